"""Passages, phrases and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer.schema import LANGUAGES
from analyzer.stages import encode
from analyzer.themes.assign import build_space
from analyzer.themes.concepts import GENERAL, PLAIN, REMARKS, area_names, concepts, topics
from analyzer.themes.hierarchy import macro_themes
from analyzer.themes.label import label_themes
from analyzer.themes.passages import join_spans, spoken
from analyzer.themes.phrases import count_phrases
from analyzer.themes.scoring import contrasts

if TYPE_CHECKING:
    from analyzer.encoders import BundledEncoder
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.label import ThemeName
    from tests.themes.conftest import Corpus


def test_phrases_start_and_end_on_content_words() -> None:
    found = count_phrases(["El tiempo de espera es muy malo", "los tiempos de espera"], "es")
    assert found.keys[0] == found.keys[1]
    assert "tiempo de espera" in found.surface.values()
    assert not any(set(name.split()) & {"malo", "muy"} for name in found.surface.values())


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("j'attends le service après-vente", "fr", "service après-vente"),
        ("la qualité de l'installation", "fr", "qualité de l'installation"),
        ("waiting for the delivery of my parcel", "en", "delivery of my parcel"),
        ("la atención telefónica", "es", "atención telefónica"),
    ],
)
def test_phrases_keep_accents_and_small_words(text: str, language: str, wanted: str) -> None:
    written = set(count_phrases([text], language).surface.values())
    if wanted.startswith("delivery"):
        assert wanted not in written  # "my" is no bridge
        assert {"delivery", "parcel"} <= written
    elif wanted.startswith("service"):
        assert "après-vente" in written
    else:
        assert wanted in written


def test_proper_names_and_placeholders_never_name() -> None:
    texts = ["I called Fibrana about [EMAIL]", "with Fibrana the router", "the router of Fibrana"]
    written = count_phrases(texts, "en").surface.values()
    assert not any("fibrana" in name or "email" in name.casefold() for name in written)
    assert any("router" in name for name in written)


def _spans(comment: str, parts: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    starts = [comment.index(part) for part in parts]
    spans = pl.DataFrame(
        {
            "feedback_id": ["a"] * len(parts),
            "span": range(len(parts)),
            "start": starts,
            "end": [start + len(part) for start, part in zip(starts, parts, strict=True)],
            "text": parts,
        }
    )
    return spans, pl.DataFrame({"feedback_id": ["a"], "text": [comment]})


def test_short_spans_borrow_their_neighbours() -> None:
    parts = ["Never again!", "The technician did not come at all.", "Twice."]
    comment = " ".join(parts)
    found = join_spans(*_spans(comment, parts))
    assert found.texts.to_list() == [comment]
    assert found.of_span.tolist() == [0, 0, 0]


def test_long_spans_stay_apart() -> None:
    parts = [
        "The technician did not come at all,",
        "and the bill was wrong for the third time.",
    ]
    found = join_spans(*_spans(" ".join(parts), parts))
    assert found.texts.to_list() == parts
    assert found.of_span.tolist() == [0, 1]


def test_shouted_passages_are_encoded_as_they_are_spoken(encoder: BundledEncoder) -> None:
    loud, calm = "¡LLEVO TRES SEMANAS SIN INTERNET!", "¡llevo tres semanas sin internet!"
    texts = pl.Series([loud, calm, "La SIM no va", "ADSL", "Llevo TRES semanas sin internet"])
    assert spoken(texts).to_list() == [calm, calm, *texts[2:]]
    spans = pl.DataFrame(
        {"feedback_id": ["a", "b"], "span": [0, 0], "start": [0, 0], "end": [33, 33]}
    ).with_columns(text=pl.Series([loud, calm]))
    made = encode(spans, spans.select("feedback_id", "text"), encoder, cache=False)
    assert np.array_equal(made.in_passage[0], made.in_passage[1])
    assert not np.array_equal(made.spans[0], made.spans[1])  # sentiment hears the shouting


def _named(corpus: Corpus, space: ThemeSpace, encoder: BundledEncoder) -> list[ThemeName]:
    return label_themes(
        corpus.texts, corpus.languages, corpus.gold, corpus.vectors, space, encoder, count=5
    )


@pytest.fixture(scope="module")
def names(corpus: Corpus, encoder: BundledEncoder) -> list[ThemeName]:
    space = build_space(corpus.vectors, corpus.gold)
    return _named(corpus, space, encoder)


def test_every_theme_has_its_own_name_in_each_language(names: list[ThemeName]) -> None:
    for code in LANGUAGES:
        given = [name.name[code] for name in names]
        assert len(set(given)) == 5
        assert all(text.strip() and len(text) < 60 for text in given)


def test_a_name_is_nearest_to_its_own_theme(
    names: list[ThemeName], corpus: Corpus, encoder: BundledEncoder
) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    hits = [
        space.assign(encoder.encode([name.name[code]])).theme[0] == theme
        for theme, name in enumerate(names)
        for code in LANGUAGES
    ]
    assert sum(hits) / len(hits) >= 0.85


def test_no_name_is_an_opinion(names: list[ThemeName]) -> None:
    opinions = {"good", "bad", "horrible", "malo", "bueno", "pésimo", "nul", "mauvais", "super"}
    for name in names:
        for text in name.name.values():
            assert not opinions & set(text.casefold().split())


def test_one_language_still_gets_three_names(corpus: Corpus, encoder: BundledEncoder) -> None:
    own = [i for i, code in enumerate(corpus.languages) if code == "fr"]
    gold = corpus.gold[own]
    space = build_space(corpus.vectors[own], gold)
    found = label_themes(
        [corpus.texts[i] for i in own], ["fr"] * len(own), gold, corpus.vectors[own], space,
        encoder, count=5,
    )  # fmt: skip
    assert all(set(name.name) == set(LANGUAGES) for name in found)
    assert all(not name.keywords["es"] for name in found)


def test_given_names_stay_and_are_not_taken_again(
    corpus: Corpus, encoder: BundledEncoder, names: list[ThemeName]
) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    given = [dict(names[1].name)]
    found = label_themes(
        corpus.texts, corpus.languages, corpus.gold, corpus.vectors, space, encoder, count=5,
        given=given,
    )  # fmt: skip
    assert found[0].name == given[0]
    for code in LANGUAGES:
        assert len({name.name[code] for name in found}) == 5


def test_concepts_are_told_apart_in_every_language() -> None:
    known = concepts()
    assert len(known) > 1_000
    assert {one.topic for one in known} <= set(topics())
    assert {told["area"] for told in topics().values()} == set(area_names())
    for code in LANGUAGES:
        own = [one.name[code].casefold() for one in known]
        above = [told[code] for told in (*topics().values(), *area_names().values())]
        assert all(text.strip() == text and text for text in own)
        assert len(set(own)) == len(own)
        assert len(set(above)) == len(above)
        assert not set(own) & set(above)


def test_a_theme_is_called_the_same_in_every_language(names: list[ThemeName]) -> None:
    known = [one.name for one in concepts()]
    assert sum(name.name in known for name in names) >= 4
    assert all(name.name["en"].removesuffix(", among others") in {k["en"] for k in known}
               for name in names)  # fmt: skip


def test_a_name_comes_from_an_industry_that_the_comments_speak_of(names: list[ThemeName]) -> None:
    domain = {one.name["en"]: one.domain for one in concepts()}
    told = [name.name["en"].removesuffix(", among others") for name in names]
    assert {domain[text] for text in told} <= {GENERAL, "telecom", "hotel", "app"}


_OUTCRIES = (
    "so so", "meh", "never again!", "a disaster", "not bad", "regularcillo", "normalito", "bof",
    "un desastre todo", "de mal en peor", "moyen moyen", "pas terrible", "n'importe quoi", "nul",
)  # fmt: skip
_STRANGE = (
    "The wombat parade was late again.", "Nobody told us where the wombat parade starts.",
    "Our wombat parade tickets never came.", "I loved the wombat parade.",
    "The wombat parade moved to another street.", "Where can I see the wombat parade?",
    "The wombat parade lasted two hours.", "My children cried at the wombat parade.",
)  # fmt: skip


def _named_with(
    corpus: Corpus, encoder: BundledEncoder, texts: tuple[str, ...], language: str
) -> dict[str, str]:
    """Name of a sixth theme beside the five of the corpus."""
    vectors = np.vstack([corpus.vectors, encoder.encode(list(texts))])
    themes = np.concatenate([corpus.gold, np.full(len(texts), 5)])
    languages = [*corpus.languages, *[language] * len(texts)]
    space = build_space(vectors, themes)
    found = label_themes(
        [*corpus.texts, *texts], languages, themes, vectors, space, encoder, count=6
    )
    return found[5].name


def test_outcries_are_no_subject(corpus: Corpus, encoder: BundledEncoder) -> None:
    name = _named_with(corpus, encoder, _OUTCRIES, "en")
    remarks = [one.name for one in concepts() if one.topic == REMARKS or one.domain == PLAIN]
    assert name in remarks or name["en"].endswith(", among others")


def test_what_no_concept_describes_is_named_by_its_own_words(
    corpus: Corpus, encoder: BundledEncoder
) -> None:
    assert "wombat" in _named_with(corpus, encoder, _STRANGE, "en")["en"]


_MOSTLY = tuple(
    f"{start} {end}"
    for start in ("I rang them", "I phoned them", "They never rang me", "Nobody called me")
    for end in ("four times about it.", "yesterday, and again today.", "back that week.")
)
_RARELY = ("The children channels are missing.", "Where are the children channels?")


def test_a_corner_of_a_theme_does_not_name_it(corpus: Corpus, encoder: BundledEncoder) -> None:
    """Two spans about TV channels among twelve about calls: telling words, yet not the subject."""
    name = _named_with(corpus, encoder, (*_MOSTLY, *_RARELY), "en")
    assert "call" in name["en"], name


def test_contrasts_are_of_all_spans(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    count = len(set(corpus.gold.tolist()))
    apart = contrasts(space, corpus.vectors, corpus.languages, corpus.gold, count)
    rows = space.centre(corpus.vectors)
    own = corpus.gold == 2
    assert np.allclose(apart[2], rows[own].mean(axis=0) - rows[~own].mean(axis=0), atol=1e-6)
    alone = contrasts(
        space, corpus.vectors[own], ["en"] * int(own.sum()), np.zeros(own.sum(), int), 1
    )
    assert np.isfinite(alone).all()


def test_the_order_of_spans_changes_no_name(corpus: Corpus, encoder: BundledEncoder) -> None:
    rows = np.random.default_rng(3).permutation(len(corpus.texts))
    space = build_space(corpus.vectors, corpus.gold)
    told = [
        label_themes(
            [corpus.texts[i] for i in order], [corpus.languages[i] for i in order],
            corpus.gold[order], corpus.vectors[order], space, encoder, count=5,
        )
        for order in (np.arange(len(rows)), rows)
    ]  # fmt: skip
    assert told[0] == told[1]


def _parents_of(encoder: BundledEncoder, english: list[str]) -> dict[str, str | None]:
    """Name of the macro-theme of each theme that is called so in English."""
    known = {one.name["en"]: one.name for one in concepts()}
    names = [known.get(text, dict.fromkeys(LANGUAGES, text)) for text in english]
    rows = np.eye(len(names), 512, dtype=np.float32)
    space = build_space(np.vstack([rows, rows]), np.tile(np.arange(len(names)), 2))
    ids, frame = macro_themes(space, encoder, names)
    assert frame.height <= 8
    assert frame["themes"].sum() == sum(one is not None for one in ids)
    by_id = dict(frame.select("parent_id", "name_en").iter_rows())
    return {text: by_id.get(one) for text, one in zip(english, ids, strict=True)}


_NAMES = [
    "bills", "refund", "payments", "price", "price increase", "technicians", "installation delay",
    "pool", "view", "location", "breakfast", "mobile app", "website problems", "doctors",
]  # fmt: skip


def test_macro_themes_hold_what_they_say(encoder: BundledEncoder) -> None:
    found = _parents_of(encoder, _NAMES)
    assert found["bills"] == found["refund"] == found["payments"] == "billing and payments"
    assert found["price"] == found["price increase"] == "prices and fees"
    assert found["technicians"] == "appointments, installation and delays"
    assert found["mobile app"] == "app and website"
    assert found["doctors"] is None
    assert found["breakfast"] == found["pool"] == "place, room and food"


def test_a_theme_with_a_name_of_its_own_finds_its_macro_theme(encoder: BundledEncoder) -> None:
    found = _parents_of(encoder, [*_NAMES, "payment by direct debit on the wrong invoice"])
    assert found["payment by direct debit on the wrong invoice"] == "billing and payments"


def test_many_topics_make_few_macro_themes(encoder: BundledEncoder) -> None:
    chosen: dict[str, list[str]] = {}
    for one in concepts():
        chosen.setdefault(one.topic, []).append(one.name["en"])
    found = _parents_of(encoder, [text for texts in chosen.values() for text in texts[:2]])
    assert 3 <= len(set(found.values()) - {None}) <= 8

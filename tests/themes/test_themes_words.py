"""Passages, phrases and names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.stages import encode
from analyzer.themes import evidence, label
from analyzer.themes.assign import build_space
from analyzer.themes.concepts import (
    GENERAL,
    PLAIN,
    REMARKS,
    area_names,
    cases,
    concepts,
    embed,
    has_subject,
    topics,
)
from analyzer.themes.coverage import coverage
from analyzer.themes.evidence import accused
from analyzer.themes.hierarchy import macro_themes
from analyzer.themes.label import label_themes
from analyzer.themes.passages import join_spans, spoken
from analyzer.themes.phrases import claims, count_phrases, stem, stems, word_tables
from analyzer.themes.ranking import Ranking, rank_phrases
from analyzer.themes.scoring import contrasts, fit_concepts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.concepts import Embedded
    from analyzer.themes.label import ThemeName
    from analyzer.themes.scoring import Fit
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
_STRANGE = {
    "en": (
        "The snow festival was late again.", "Nobody told us where the snow festival starts.",
        "I loved the snow festival.", "The snow festival moved to another street.",
        "Where can I see the snow festival?", "The snow festival lasted two hours.",
    ),
    "es": (
        "El festival de nieve empezó tarde otra vez.", "Me encantó el festival de nieve.",
        "No sabíamos dónde era el festival de nieve.", "El festival de nieve duró poco.",
        "Cambiaron de calle el festival de nieve.", "¿Cuándo es el festival de nieve?",
    ),
    "fr": (
        "Le festival de neige a encore commencé en retard.", "J'ai adoré le festival de neige.",
        "Personne ne savait où était le festival de neige.", "Où voir le festival de neige ?",
        "Le festival de neige a duré deux heures.", "Le festival de neige a changé de rue.",
    ),
}  # fmt: skip


def _named_beside(
    corpus: Corpus, encoder: BundledEncoder, *more: dict[str, tuple[str, ...]]
) -> list[dict[str, str]]:
    """Names of further themes, each with its texts per language, beside the five of the corpus."""
    added = [
        (text, code, 5 + number)
        for number, texts in enumerate(more)
        for code, own in texts.items()
        for text in own
    ]
    vectors = np.vstack([corpus.vectors, encoder.encode([text for text, _, _ in added])])
    themes = np.concatenate([corpus.gold, [theme for _, _, theme in added]])
    languages = [*corpus.languages, *(code for _, code, _ in added)]
    space = build_space(vectors, themes)
    found = label_themes(
        [*corpus.texts, *(text for text, _, _ in added)], languages, themes, vectors, space,
        encoder, count=5 + len(more),
    )  # fmt: skip
    return [one.name for one in found[5:]]


def test_outcries_are_no_subject(corpus: Corpus, encoder: BundledEncoder) -> None:
    (name,) = _named_beside(corpus, encoder, {"en": _OUTCRIES})
    remarks = [one.name for one in concepts() if one.topic == REMARKS or one.domain == PLAIN]
    assert name in remarks or name["en"].endswith(", among others")


def test_what_no_concept_describes_is_named_by_its_own_words(
    corpus: Corpus, encoder: BundledEncoder
) -> None:
    (name,) = _named_beside(corpus, encoder, _STRANGE)
    assert name == {
        "es": "festival de nieve", "fr": "festival de neige", "en": "snow festival",
    }  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_of_one_language_name_nothing_in_another(
    corpus: Corpus, encoder: BundledEncoder, code: str
) -> None:
    """A phrase that has no equal in a language would stand untranslated in its reports."""
    (name,) = _named_beside(corpus, encoder, {code: _STRANGE[code]})
    known = {one.name[code] for one in concepts()}
    mixed = {"es": ", entre otros", "fr": ", entre autres", "en": ", among others"}
    assert name[code].removesuffix(mixed[code]) in known, name
    assert len(set(name.values())) == len(LANGUAGES)


_MOSTLY = tuple(
    f"{start} {end}"
    for start in ("I rang them", "I phoned them", "They never rang me", "Nobody called me")
    for end in ("four times about it.", "yesterday, and again today.", "back that week.")
)
_RARELY = ("The children channels are missing.", "Where are the children channels?")


def test_a_corner_of_a_theme_does_not_name_it(corpus: Corpus, encoder: BundledEncoder) -> None:
    """Two spans about TV channels among twelve about calls: telling words, yet not the subject."""
    (name,) = _named_beside(corpus, encoder, {"en": (*_MOSTLY, *_RARELY)})
    assert "call" in name["en"], name


_BILLS = (
    "The bill is wrong again.", "My invoice shows a charge twice.", "I was billed for nothing.",
    "Every bill is higher than the last.", "They never explain the invoice.", "Billing errors.",
)  # fmt: skip
_ODDS = (
    "The kitten slept on the piano.", "A violin concerto in the rain.", "Tulips need deep soil.",
    "He climbed the north face alone.", "Volcanoes made these islands.", "Knit two, purl two.",
)  # fmt: skip


def test_coverage_is_the_share_of_passages_that_a_name_tells_of(encoder: BundledEncoder) -> None:
    known = embed(encoder)
    row = next(i for i, one in enumerate(known.concepts) if one.name["en"] == "bills")
    texts = [*_BILLS, *_BILLS, *_ODDS, *_ODDS]
    themes = np.repeat([0, 1, 1, 2], len(_BILLS))
    told = coverage(known, encoder.encode(texts), themes, 4)
    assert told.shape == (len(known.concepts), 4)
    all_, half, none, absent = told[row]
    assert all_ > 0.6
    assert half == pytest.approx((all_ + none) / 2, abs=1e-4)
    assert (none < 0.1, absent) == (True, 0.0)


def test_a_name_that_few_passages_bear_out_says_that_there_are_others(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a theme holds beside its name is told, and what no name tells of has no subject."""
    made = label._borne_out
    names = {}
    for told in (0.9, 0.15, 0.05):
        monkeypatch.setattr(
            label,
            "_borne_out",
            lambda fit, known, found, told=told: made(fit, known, np.full_like(found, told)),
        )
        names[told] = _named_beside(corpus, encoder, {"en": _MOSTLY})[0]["en"]
    kinds = {one.name["en"] for one in concepts() if one.topic == REMARKS}
    assert not names[0.9].endswith(", among others")
    assert names[0.15] == f"{names[0.9]}, among others"
    assert names[0.05] in kinds or names[0.05].endswith(", among others")


def test_a_name_in_part_is_one_that_people_say(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An encoder hears a subject in talk of nothing; its name leads a report and nobody said it."""
    made = label._borne_out
    names = {}
    for held in (0.06, 0.04):
        monkeypatch.setattr(
            label,
            "_borne_out",
            lambda fit, known, found, held=held: replace(
                made(fit, known, np.full_like(found, 0.15)),
                named=np.where(np.arange(found.shape[1]) == found.shape[1] - 1, held, fit.named),
            ),
        )
        names[held] = _named_beside(corpus, encoder, {"en": _MOSTLY})[0]["en"]
    assert names[0.06].endswith(", among others")
    assert names[0.04] in {one.name["en"] for one in concepts() if one.topic == REMARKS}


def test_questions_are_asked(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However near the name lies, a theme without a question mark is not one of questions."""
    asked = ("Who do I ask about this?", "Can somebody answer my question?", "What now?")
    made = label._borne_out

    def sure_of_questions(fit: Fit, known: Embedded, told: NDArray[np.float64]) -> Fit:
        row = next(i for i, one in enumerate(known.concepts) if one.name["en"].startswith("quest"))
        found = made(fit, known, told)
        score, sure = found.score.copy(), found.sure.copy()
        score[row, -1], sure[row, -1] = 9.0, True
        return replace(found, score=score, sure=sure)

    monkeypatch.setattr(label, "_borne_out", sure_of_questions)
    told = tuple(text.replace("?", ".") for text in asked) * 3
    assert _named_beside(corpus, encoder, {"en": asked * 3})[0]["en"] == "questions and doubts"
    assert _named_beside(corpus, encoder, {"en": told})[0]["en"] != "questions and doubts"


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


_INSURED = (
    "Une assurance à fuir absolument.", "Je suis très déçu de cette assurance.",
    "Mon assurance ne m'a jamais répondu.", "L'assurance n'a rien voulu savoir.",
    "Cette assurance est la pire que je connaisse.", "Je quitte cette assurance au plus vite.",
    "Une assurance qui n'assure pas.", "Assuré depuis dix ans, j'ai changé d'assurance.",
    "L'assurance se moque du monde.", "Ne prenez pas cette assurance.",
    "Bonne assurance dans l'ensemble.", "Je recommande cette assurance à tous.",
)  # fmt: skip
_EXCESS = tuple(
    f"{start} franchise {end}"
    for start in ("La", "Cette", "Votre")
    for end in ("d'assurance est trop élevée.", "d'assurance de 300 euros, c'est énorme.",
                "reste à ma charge, malgré l'assurance.", "n'est pas dans le contrat d'assurance.")
)  # fmt: skip


def test_a_name_claims_nothing_that_nobody_says(corpus: Corpus, encoder: BundledEncoder) -> None:
    """An encoder hears "insurance" in "insurance excess", and hardly the excess."""
    (wide,) = _named_beside(corpus, encoder, {"fr": _INSURED})
    assert wide["en"] == "insurance in general"
    (narrow,) = _named_beside(corpus, encoder, {"fr": _EXCESS})
    assert narrow["en"] == "insurance excess"


def test_what_is_heard_and_not_said_names_nothing(corpus: Corpus, encoder: BundledEncoder) -> None:
    """Vectors of a price increase under words of the price alone."""
    forms = (
        "The {}.", "Such {}.", "I like the {}.", "Very {} indeed.", "They have {}.", "{} here.",
        "It is about {}.", "{} everywhere.", "Thanks to {}.", "{} for all.",
    )  # fmt: skip
    heard = encoder.encode([form.format("price increase") for form in forms])
    vectors = np.vstack([corpus.vectors, heard])
    themes = np.concatenate([corpus.gold, np.full(len(forms), 5)])
    languages = [*corpus.languages, *["en"] * len(forms)]
    space = build_space(vectors, themes)

    def named(word: str) -> str:
        texts = [*corpus.texts, *(form.format(word) for form in forms)]
        found = label_themes(texts, languages, themes, vectors, space, encoder, count=6)
        return found[5].name["en"]

    assert named("price") == "price"
    assert named("price increase") == "price increase"


def test_names_nearest_to_their_own_theme_gain(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    told = corpus.texts, corpus.languages, corpus.gold
    rankings = {code: rank_phrases(*told, space, encoder, code) for code in LANGUAGES}
    shares = {code: [1 / 3] * 5 for code in LANGUAGES}
    apart = contrasts(space, corpus.vectors, corpus.languages, corpus.gold, 5)

    def fit() -> Fit:
        return fit_concepts(embed(encoder), rankings, shares, apart, space, encoder)

    with_it = fit()
    monkeypatch.setattr(evidence, "_NEAREST_FIRST", 0.0)
    gain = with_it.score - fit().score
    assert gain.max() > 0.1
    assert (with_it.own[gain > 0] > 0).all()
    assert with_it.sure[gain > 0].all()
    assert gain.min() >= 0


def test_cases_are_cases_in_every_language() -> None:
    known = [one.name["en"] for one in concepts()]
    pairs = {(known[narrow], known[wide]) for narrow, wide in cases()}
    assert {("low prices", "price"), ("insurance excess", "insurance in general")} <= pairs
    assert ("refund", "refund") not in pairs
    assert not any((wide, narrow) in pairs for narrow, wide in pairs)
    for code in LANGUAGES:
        for narrow, wide in cases():
            one, other = (concepts()[i].name[code] for i in (narrow, wide))
            assert claims(other, code) < claims(one, code), (one, other)


@pytest.mark.parametrize(
    ("name", "language", "wanted"),
    [
        ("l'hôtel en général", "fr", {"hôtel"}),
        ("precios bajos", "es", {"precio", "bajo"}),
        ("overall experience", "en", {"experience"}),
    ],
)
def test_claims_are_the_words_that_say_something(
    name: str, language: str, wanted: set[str]
) -> None:
    assert claims(name, language) == wanted


def test_stems_join_words_of_a_family() -> None:
    cancelled, cancellation = stems(["I cancelled it.", "The cancellation failed."], "en")
    assert stem("cancel") in cancelled & cancellation


_INSURERS = (
    "MACRIF et GRUPAX se renvoient la balle.", "J'ai pris un avocat contre GRUPAX.",
    "GRUPAX m'a traînée en justice.", "Chez MACRIF tout va bien.", "Je reste chez MACRIF.",
    "ZURBANO ou MACRIF, c'est pareil.", "J'ai quitté ZURBANO pour GRUPAX.",
    "L'avocat de MACRIF ne répond pas.", "Devant la justice, ZURBANO a perdu.",
    "Chez GRUPAX depuis vingt ans.", "Mon avocat a écrit à ZURBANO.", "Fuyez MACRIF.",
)  # fmt: skip


def test_a_theme_of_brands_is_not_named_by_what_some_say_of_them(
    corpus: Corpus, encoder: BundledEncoder
) -> None:
    (name,) = _named_beside(corpus, encoder, {"fr": _INSURERS})
    assert name["en"] == "legal action, among others"


def test_brands_are_told_by_their_capitals() -> None:
    assert count_phrases(list(_INSURERS), "fr").brands == {"macrif", "grupax", "zurbano"}
    assert count_phrases(["Le colis est arrivé", "un colis perdu"], "fr").brands == frozenset()


_THANKS = (
    "Thank you for your reply.", "Thanks for getting back to me.", "Many thanks to all of you.",
    "Thanks for the quick answer.", "I want to thank everybody.", "Thank you so much.",
    "Thanks again for your help.", "Thank you and congratulations.",
)  # fmt: skip


def test_the_numbering_of_themes_changes_no_name(corpus: Corpus, encoder: BundledEncoder) -> None:
    """Who fits a name best has it, also where no name fits well."""
    first, second = {"en": _OUTCRIES}, {"en": _THANKS}
    names = _named_beside(corpus, encoder, first, second)
    assert names == _named_beside(corpus, encoder, second, first)[::-1]
    assert names[1]["en"] == "thanks and congratulations"


def test_names_that_group_nothing_are_left_out_of_the_subjects(encoder: BundledEncoder) -> None:
    """A name can be added to `cx_names.csv` and no theme of anyone changes."""
    known = embed(encoder)
    with (folder("corpora") / "cx_concepts.csv").open(encoding="utf-8") as file:
        listed = sum(1 for _ in file) - 1
    assert 0 < listed < len(known.concepts)
    assert np.array_equal(known.subjects, known.middle[:listed])
    assert "vehicle damage" in {one.name["en"] for one in known.concepts[listed:]}


_BRIEF = (
    "Rien", "Nul", "Bof", "RAS", "Oui", "Non", "Top", "Moyen", "Merci", "Pas mal", "Néant",
    "Sans commentaire",
)  # fmt: skip
_CONTENT = (
    "Love it.", "So good.", "Brilliant, as always.", "Really good all round.",
    "Could not be happier with everything so far.", "Very satisfied so far.",
    "I am happy with what I have, nothing to add.", "Excellent, keep it up.",
    "Everything is just great.", "They are the best, full stop.",
)  # fmt: skip
_ASKING = (
    "Why?", "How come?", "Is it normal?", "Really?", "What now?", "Who knows?", "Is this a joke?",
    "Seriously?", "And now what?", "Are you kidding?",
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "texts", "wanted"),
    [
        ("fr", _BRIEF, "short reactions"),
        ("en", _CONTENT, "overall satisfaction"),
        ("en", _ASKING, "questions and doubts"),
    ],
)
def test_remarks_without_a_subject_are_called_what_they_are(
    corpus: Corpus, encoder: BundledEncoder, language: str, texts: tuple[str, ...], wanted: str
) -> None:
    (name,) = _named_beside(corpus, encoder, {language: texts})
    assert name["en"] == wanted


def test_only_questions_are_questions(corpus: Corpus, encoder: BundledEncoder) -> None:
    asked = np.vstack([corpus.vectors, encoder.encode(list(_ASKING))])
    themes = np.concatenate([corpus.gold, np.full(len(_ASKING), 5)])
    languages = [*corpus.languages, *["en"] * len(_ASKING)]
    told = [*corpus.texts, *(f"{text[:-1]}, tell me if you can." for text in _ASKING)]
    space = build_space(asked, themes)
    found = label_themes(told, languages, themes, asked, space, encoder, count=6)
    assert found[5].name["en"] not in {"questions and doubts", "short reactions"}


@pytest.mark.parametrize(("polarity", "praised"), [(0.8, True), (-0.8, False)])
def test_what_is_blamed_is_not_called_by_praise(
    corpus: Corpus, encoder: BundledEncoder, polarity: float, *, praised: bool
) -> None:
    fine = [
        "Everything works well", "Everything is working perfectly", "It all works fine",
        "All of it works as it should", "Works well every day", "Everything works without a hitch",
    ] * 5  # fmt: skip
    texts, languages = [*corpus.texts, *fine], [*corpus.languages, *["en"] * len(fine)]
    themes = np.concatenate([corpus.gold, np.full(len(fine), 5)])
    vectors = encoder.encode(texts)
    felt = pl.Series([-0.5] * len(corpus.texts) + [polarity] * len(fine))
    found = label_themes(
        texts, languages, themes, vectors, build_space(vectors, themes), encoder, count=6,
        polarity=felt,
    )  # fmt: skip
    assert (found[5].name["en"] in word_tables()["praise"]["names"]) is praised


@pytest.mark.parametrize(("polarity", "blamed"), [(-0.8, True), (0.8, False)])
def test_what_is_praised_is_not_called_by_blame(
    corpus: Corpus, encoder: BundledEncoder, polarity: float, *, blamed: bool
) -> None:
    fees = [
        "Fees and charges on everything", "The fees and charges they told us", "Fees, charges",
        "About fees and charges", "All those fees and charges", "The charges and the fees",
    ] * 5  # fmt: skip
    texts, languages = [*corpus.texts, *fees], [*corpus.languages, *["en"] * len(fees)]
    themes = np.concatenate([corpus.gold, np.full(len(fees), 5)])
    vectors = encoder.encode(texts)
    felt = pl.Series([-0.5] * len(corpus.texts) + [polarity] * len(fees))
    found = label_themes(
        texts, languages, themes, vectors, build_space(vectors, themes), encoder, count=6,
        polarity=felt,
    )  # fmt: skip
    assert (found[5].name["en"] in word_tables()["blame"]["names"]) is blamed


@pytest.mark.parametrize("kind", ["praise", "blame"])
def test_names_that_praise_or_blame_are_concepts(kind: str) -> None:
    listed = {one.name["en"] for one in concepts()}
    assert listed >= set(word_tables()[kind]["names"])


def test_nobody_is_accused_of_what_hardly_anybody_says() -> None:
    none = np.empty((0, 512), np.float32)

    def barred(said: dict[str, float]) -> set[str]:
        ranking = Ranking([[]], [none], [{}], [said], [[]])
        silent = Ranking([[]], [none], [{}], [{}], [[]])
        found = accused(
            {"es": ranking, "fr": silent, "en": silent}, {"es": [1.0], "fr": [0.0], "en": [0.0]}
        )
        return {one.name["en"] for one, row in zip(concepts(), found[:, 0], strict=True) if row}

    grave = set(word_tables()["grave"])
    assert barred({stem("hotel"): 0.9}) == grave
    assert barred({stem("hotel"): 0.9, stem("robar"): 0.01}) == grave
    assert "theft at the hotel" not in barred({stem("hotel"): 0.9, stem("robar"): 0.2})
    assert barred({stem("estafa"): 0.5}) == grave - {"scam", "fraud", "fraudulent messages"}
    assert grave <= {one.name["en"] for one in concepts()}


def test_names_that_tell_no_subject_are_known() -> None:
    assert not has_subject("various remarks")
    assert not has_subject("personal stories 6")  # where all of these are given away
    assert all(has_subject(name) for name in ("eSIM", "thanks and congratulations", "price"))

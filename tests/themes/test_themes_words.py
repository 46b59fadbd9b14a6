"""Passages, phrases and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.schema import LANGUAGES
from analyzer.themes.assign import build_space
from analyzer.themes.label import label_themes
from analyzer.themes.passages import join_spans
from analyzer.themes.phrases import count_phrases

if TYPE_CHECKING:
    from analyzer.encoders import BundledEncoder
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
    assert found.texts == [comment]
    assert found.of_span.tolist() == [0, 0, 0]


def test_long_spans_stay_apart() -> None:
    parts = [
        "The technician did not come at all,",
        "and the bill was wrong for the third time.",
    ]
    found = join_spans(*_spans(" ".join(parts), parts))
    assert found.texts == parts
    assert found.of_span.tolist() == [0, 1]


@pytest.fixture(scope="module")
def names(corpus: Corpus, encoder: BundledEncoder) -> list[ThemeName]:
    space = build_space(corpus.vectors, corpus.gold)
    return label_themes(corpus.texts, corpus.languages, corpus.gold, space, encoder, count=5)


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
        [corpus.texts[i] for i in own], ["fr"] * len(own), gold, space, encoder, count=5
    )
    assert all(set(name.name) == set(LANGUAGES) for name in found)
    assert all(not name.keywords["es"] for name in found)


def test_given_names_stay_and_are_not_taken_again(
    corpus: Corpus, encoder: BundledEncoder, names: list[ThemeName]
) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    given = [dict(names[1].name)]
    found = label_themes(
        corpus.texts, corpus.languages, corpus.gold, space, encoder, count=5, given=given
    )
    assert found[0].name == given[0]
    for code in LANGUAGES:
        assert len({name.name[code] for name in found}) == 5

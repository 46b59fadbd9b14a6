"""Names of firms and places: found by how they are written, and no reason for a theme."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

from analyzer.schema import LANGUAGES
from analyzer.themes import coded, find
from analyzer.themes.codebook import Codebook
from analyzer.themes.find import find_themes
from analyzer.themes.propernames import proper_names, without_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.encoders import BundledEncoder
    from tests.themes.conftest import Corpus

_BRANDS = ("Garmin", "Huawei", "Movistar")
_SAID = {
    "es": "Mi {} es un desastre y con {} ya no puedo más: ",
    "fr": "Mon {} est une honte et avec {} je suis à bout : ",
    "en": "My {} is a mess and with {} I have had enough: ",
}


def _often(*words: str, times: int = 12) -> list[str]:
    return [f"he said number {i}: my {word} works" for word in words for i in range(times)]


def _names(texts: list[str], encoder: BundledEncoder, language: str = "en") -> frozenset[str]:
    return proper_names(texts, [language] * len(texts), encoder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_found_by_their_capitals(encoder: BundledEncoder, language: str) -> None:
    sentence = {
        "es": "la tienda de {} en {} no responde",
        "fr": "la boutique de {} à {} ne répond pas",
        "en": "the shop of {} in {} never answers",
    }[language]
    texts = [f"{i} {sentence.format('Garmin', 'Denver')}" for i in range(12)]
    assert _names(texts, encoder, language) == {"garmin", "denver"}


def test_what_is_shouted_is_a_name_where_no_dictionary_has_it(encoder: BundledEncoder) -> None:
    assert _names(_often("MAIF", "ATM"), encoder) == {"maif"}


def test_subjects_and_common_words_are_no_names(encoder: BundledEncoder) -> None:
    assert not _names(_often("Bluetooth", "Refund", "Monday", "Wonderful", "garmin"), encoder)


def test_a_name_that_few_passages_hold_makes_no_theme(encoder: BundledEncoder) -> None:
    texts = _often("Garmin", times=12)
    assert _names(texts, encoder) == {"garmin"}
    assert not _names(texts[:9], encoder)
    others = [f"the queue was {i} minutes long" for i in range(1_200)]
    assert not _names(texts + others, encoder)


def test_passages_lose_the_name_and_nothing_else(encoder: BundledEncoder) -> None:
    texts = ["My Garmin's strap broke, GARMIN!", "Garmin", "the garminian strap broke", "ok"]
    vectors = encoder.encode(texts)
    silent, rows = without_names(texts, vectors, frozenset({"garmin"}), encoder)
    assert silent == ["My 's strap broke, !", *texts[1:]]
    assert np.array_equal(rows, np.vstack([encoder.encode(silent[:1]), vectors[1:]]))
    assert texts[0].startswith("My Garmin")


def test_a_shouted_passage_is_put_in_small_letters_again(encoder: BundledEncoder) -> None:
    texts = ["GARMIN CHARGED ME TWICE"]
    _, rows = without_names(texts, encoder.encode(texts), frozenset({"garmin"}), encoder)
    assert np.array_equal(rows, encoder.encode(["charged me twice"]))


def test_without_names_everything_stays(encoder: BundledEncoder) -> None:
    texts = ["My Garmin broke"]
    vectors = encoder.encode(texts)
    silent, rows = without_names(texts, vectors, frozenset(), encoder)
    assert silent == texts
    assert rows is vectors


def _branded(corpus: Corpus) -> tuple[list[str], np.ndarray]:
    """Each sentence of a firm, whatever it says; and the firm."""
    firm = np.arange(len(corpus.texts)) * 7 % len(_BRANDS)
    return [
        _SAID[code].format(_BRANDS[one], _BRANDS[one]) + text
        for text, code, one in zip(corpus.texts, corpus.languages, firm, strict=True)
    ], firm


def _found(
    texts: list[str], corpus: Corpus, encoder: BundledEncoder, codebook: Codebook | None = None
) -> np.ndarray:
    branded = replace(corpus, texts=texts, vectors=encoder.encode(texts))
    feedback, spans = branded.frames(list(range(len(texts))))
    found = find_themes(feedback, spans, branded.vectors, encoder, codebook=codebook, themes=5)
    mentions = found.mentions.sort("feedback_id")
    return mentions["theme_id"].to_numpy()


def test_themes_tell_what_is_said_and_not_of_whom(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, firm = _branded(corpus)
    themes = _found(texts, corpus, encoder)
    monkeypatch.setattr(find, "proper_names", lambda *_: frozenset())
    blind = _found(texts, corpus, encoder)
    assert normalized_mutual_info_score(firm, blind) > 0.5
    assert normalized_mutual_info_score(firm, themes) < 0.1
    gold = corpus.gold
    assert adjusted_mutual_info_score(gold, themes) > adjusted_mutual_info_score(gold, blind) + 0.1


def test_candidates_beside_a_codebook_tell_what_is_said(
    corpus: Corpus, encoder: BundledEncoder, starter: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(coded, "without_names", lambda *given: asked.append(given[2]) or given[:2])
    texts, _ = _branded(corpus)
    _found(texts, corpus, encoder, Codebook(theme=starter.theme[:1], group=starter.group))
    assert asked == [{"garmin", "huawei", "movistar"}]


def _noting(function: Callable[..., Any], told: list[list[str]]) -> Callable[..., Any]:
    def noting(*given: Any) -> Any:  # noqa: ANN401 - as the function is called
        told.append(sorted(given[0]))
        return function(*given)

    return noting


def test_texts_of_one_vector_are_read_alike_in_any_order(
    corpus: Corpus, encoder: BundledEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, loud = "the engineer never came to our street", "THE ENGINEER NEVER CAME TO OUR STREET"
    seen = []
    for pair in ([calm, loud], [loud, calm]):
        texts = [*corpus.texts, *pair]
        twins = np.vstack([corpus.vectors, encoder.encode([calm, calm])])
        wave = replace(corpus, texts=texts, languages=[*corpus.languages, "en", "en"])
        told: list[list[str]] = []
        monkeypatch.setattr(find, "proper_names", _noting(proper_names, told))
        monkeypatch.setattr(find, "without_names", _noting(without_names, told))
        feedback, spans = wave.frames(list(range(len(texts))))
        find_themes(feedback, spans, twins, encoder, themes=5)
        seen.append(told)
    assert seen[0] == seen[1]
    assert seen[0][0].count(loud) == 1
    assert seen[0][1].count(loud) == 2
    assert not any(calm in told for told in seen[0])

"""Whether people's words bear out a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.themes.concepts import cases, concepts
from analyzer.themes.evidence import branded, heard, named, preference, widened
from analyzer.themes.phrases import stem
from analyzer.themes.ranking import Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = [one.name["en"] for one in concepts()]
_SHARES = {"es": [0.0], "fr": [0.0], "en": [1.0]}


def _ranking(said: dict[str, float], brands: tuple[str, ...] = ()) -> Ranking:
    """One theme in which so many spans hold each word."""
    shares = {stem(word): share for word, share in said.items()}
    return Ranking([[]], [np.empty((0, 4), np.float32)], [{}], [shares], [list(brands)])


def _heard(said: dict[str, float]) -> NDArray[np.float64]:
    return heard({"en": _ranking(said)}, _SHARES)


def _case(narrow: str, wide: str) -> int:
    return cases().index((_NAMES.index(narrow), _NAMES.index(wide)))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"price": 0.5}, 0.0),
        ({"price": 0.5, "low": 0.25}, 0.5),
        ({"price": 0.5, "low": 0.6}, 1.0),
        ({"low": 0.5}, 1.0),
        ({}, 1.0),
    ],
)
def test_a_case_is_heard_as_often_as_its_words_are_said(
    said: dict[str, float], wanted: float
) -> None:
    assert _heard(said)[_case("low prices", "price"), 0] == pytest.approx(wanted)


def test_only_languages_that_are_spoken_are_heard() -> None:
    french = _ranking({"prix": 0.5, "bas": 0.5})
    english = _ranking({"price": 0.5})
    shares = {"es": [0.0], "fr": [0.75], "en": [0.25]}
    found = heard({"fr": french, "en": english}, shares)
    assert found[_case("low prices", "price"), 0] == pytest.approx(0.75)


def _scored(**scores: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores of names in one theme, those above 0.5 sure."""
    score = np.zeros((len(_NAMES), 1))
    for name, value in scores.items():
        score[_NAMES.index(name.replace("_", " "))] = value
    return score, score > 0.5


def _best(score: NDArray[np.float64], sure: NDArray[np.bool_]) -> str:
    return _NAMES[int(np.argmax(np.where(sure, score, -1)))]


def test_the_wide_name_stands_for_a_case_that_nobody_speaks_of() -> None:
    score, sure = _scored(low_prices=1.0, price=0.9)
    assert _best(*widened(score, sure, _heard({"price": 0.5, "low": 0.01}))) == "price"
    assert _best(*widened(score, sure, _heard({"price": 0.5, "low": 0.3}))) == "low prices"


def test_a_wide_name_that_fits_far_worse_stands_for_nothing() -> None:
    score, sure = _scored(low_prices=1.0, price=0.7)
    assert _best(*widened(score, sure, _heard({"price": 0.5}))) == "low prices"


def test_a_wide_name_becomes_as_sure_as_its_case() -> None:
    score, sure = _scored(low_prices=0.6, price=0.45)
    found, certain = widened(score, sure, _heard({"price": 0.5}))
    assert certain[_NAMES.index("price"), 0]
    assert found[_NAMES.index("price"), 0] == pytest.approx(0.6)
    assert not sure[_NAMES.index("price"), 0]  # the caller's array is left as it is


def _preferred(
    own: dict[str, float],
    words: dict[str, float] | None = None,
    said: dict[str, float] | None = None,
    strange: str | None = None,
    **scores: float,
) -> str:
    score, sure = _scored(**scores)
    nearest, told = np.zeros_like(score), np.ones_like(score)
    for name, value in own.items():
        nearest[_NAMES.index(name)] = value
    for name, value in (words or {}).items():
        told[_NAMES.index(name)] = value
    foreign = np.array([name == strange for name in _NAMES])
    gained = preference(score, sure, nearest, told, foreign, _heard(said or {}))
    return _best(score + gained, sure)


def test_of_names_that_fit_alike_the_one_nearest_to_its_own_theme_goes_first() -> None:
    assert _preferred({"delivery": 1.0}, parcel=1.0, delivery=0.92) == "delivery"
    assert _preferred({}, parcel=1.0, delivery=0.92) == "parcel"
    assert _preferred({"delivery": 1.0}, parcel=1.0, delivery=0.8) == "parcel"
    assert _preferred({"delivery": 1 / 3}, parcel=1.0, delivery=0.92) == "parcel"


def test_a_name_far_from_the_words_is_not_preferred() -> None:
    found = _preferred({"delivery": 1.0}, {"delivery": 0.2}, parcel=1.0, delivery=0.92)
    assert found == "parcel"


def test_a_name_of_a_strange_industry_is_not_preferred() -> None:
    own = {"reward card": 1.0}
    assert _preferred(own, menu=1.0, reward_card=0.92) == "reward card"
    assert _preferred(own, strange="reward card", menu=1.0, reward_card=0.92) == "menu"


def test_a_case_needs_more_than_nearness_to_go_before_its_wide_name() -> None:
    own = {"first bill": 1.0, "bills": 1 / 3}
    assert _preferred(own, said={"bill": 0.4, "first": 0.05}, first_bill=0.92, bills=1.0) == "bills"
    spoken = {"bill": 0.4, "first": 0.2}
    assert _preferred(own, said=spoken, first_bill=0.92, bills=1.0) == "first bill"


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_preference_is_never_a_loss(own: list[float]) -> None:
    score, sure = _scored(price=1.0, bills=0.9, refund=0.95, parcel=0.2)
    nearest = np.zeros_like(score)
    nearest[[_NAMES.index(name) for name in ("price", "bills", "refund", "parcel")], 0] = own
    none = np.zeros(len(_NAMES), dtype=np.bool_)
    gained = preference(score, sure, nearest, np.ones_like(score), none, _heard({}))
    assert (gained >= 0).all()
    assert not gained[~sure].any()


def test_several_brands_are_a_subject_and_one_unknown_word_is_none() -> None:
    legal = _NAMES.index("legal action")
    said = {"zurbano": 0.3, "makliff": 0.2}
    assert branded({"en": _ranking(said, ("zurbano", "makliff"))}, _SHARES)[legal, 0]
    assert not branded({"en": _ranking({"atm": 0.9}, ("atm",))}, _SHARES)[legal, 0]
    rare = _ranking({"zurbano": 0.1, "makliff": 0.1}, ("zurbano", "makliff"))
    assert not branded({"en": rare}, _SHARES)[legal, 0]


def test_a_brand_that_is_a_word_of_the_name_is_no_stranger_to_it() -> None:
    ranking = _ranking({"esim": 0.4, "zurbano": 0.2}, ("esim", "zurbano"))
    found = branded({"en": ranking}, _SHARES)
    assert not found[_NAMES.index("eSIM"), 0]
    assert found[_NAMES.index("refund"), 0]


def test_a_name_is_named_by_its_word_that_most_spans_hold() -> None:
    found = named({"en": _ranking({"wait": 0.3, "time": 0.1})}, _SHARES)
    assert found[_NAMES.index("waiting time"), 0] == pytest.approx(0.3)
    assert found[_NAMES.index("price"), 0] == 0


def test_a_name_is_named_in_the_languages_that_are_read() -> None:
    shares = {"es": [0.5], "fr": [0.25], "en": [0.25]}
    spoken = {"es": _ranking({"precio": 0.2}), "en": _ranking({"price": 0.8})}
    silent = {"fr": Ranking([[]], [np.empty((0, 4), np.float32)], [{}], [{}], [[]])}
    found = named(spoken | silent, shares)
    assert found[_NAMES.index("price"), 0] == pytest.approx((0.5 * 0.2 + 0.25 * 0.8) / 0.75)
    assert named(silent, shares).tolist() == [[1.0]] * len(_NAMES)  # too small to tell

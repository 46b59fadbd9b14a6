"""Rows of several languages: how they are compared, and what says the same in two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.encoders import load_encoder
from analyzer.schema import LANGUAGES
from analyzer.themes import discover, discovery, nearest, stability
from analyzer.themes.concepts import embed
from analyzer.themes.nearest import Likeness, largest
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF = 120
_CODES = np.repeat(["es", "fr"], _HALF).tolist()


def _translated(noise: float = 0.03) -> NDArray[np.float32]:
    """Spanish rows, and their French translations in the same order behind them."""
    random = np.random.default_rng(1)
    one = unit(random.normal(size=(_HALF, 128)).astype(np.float32))
    other = unit(one + random.normal(0, noise, one.shape).astype(np.float32))
    return np.vstack([one, other])


def _words() -> NDArray[np.float32]:
    """All Spanish rows share a word, and all French ones another."""
    words = np.zeros((2 * _HALF, 2), dtype=np.float32)
    words[:_HALF, 0] = words[_HALF:, 1] = 1
    return words


def test_languages_are_compared_by_meaning_alone() -> None:
    rows = Likeness.of(_translated(), _words(), _CODES)
    alike = rows.to(rows)
    meaning = rows.meaning @ rows.meaning.T
    codes = np.array(_CODES)
    across = codes[:, None] != codes
    assert np.allclose(alike[across], meaning[across], atol=1e-6)
    # a cosine of both side by side, words half as long as meaning
    assert np.allclose(alike[~across], ((meaning + 0.25) / 1.25)[~across], atol=2e-3)
    whole = Likeness.of(rows.meaning, _words())
    assert np.allclose(whole.to(whole)[across], (meaning / 1.25)[across], atol=2e-3)


def test_translations_are_found_and_linked_firmly() -> None:
    found = nearest.nearest(Likeness.of(_translated(), _words(), _CODES))
    assert found.same.tolist() == [[i, i + _HALF] for i in range(_HALF)]
    graph = found.graph()
    assert all(graph[i, i + _HALF] > 3 for i in range(_HALF))
    part = np.arange(_HALF - 5, _HALF + 60)  # five Spanish rows whose translations are left out
    assert found.graph(part).max() < 1
    assert (graph != graph.T).nnz == 0


def test_one_language_has_no_translations() -> None:
    assert not len(nearest.nearest(Likeness.of(_translated())).same)
    assert not len(nearest.nearest(Likeness.of(_translated(), None, ["es"] * 240)).same)


def test_the_nearest_of_another_language_may_say_something_else() -> None:
    random = np.random.default_rng(2)
    rows = unit(random.normal(size=(2 * _HALF, 128)).astype(np.float32))
    assert not len(nearest.nearest(Likeness.of(rows, None, _CODES)).same)


def test_a_row_that_is_nearest_to_many_says_the_same_as_one() -> None:
    rows = _translated()
    noise = np.random.default_rng(3).normal(0, 0.03, (8, 128))
    rows[1:9] = unit((rows[:1] + noise).astype(np.float32))
    same = nearest.nearest(Likeness.of(rows, None, _CODES)).same
    assert same[:, 0].tolist().count(0) <= 1
    assert np.unique(same[:, 1]).size == len(same)


def test_translations_share_a_theme() -> None:
    """Names of concepts in three languages: short, and often not word for word."""
    known = embed(load_encoder())
    some = range(0, len(known.concepts), 2)
    rows = np.vstack([known.vectors[code][some] for code in LANGUAGES])
    texts = [known.concepts[i].name[code] for code in LANGUAGES for i in some]
    together = []
    for codes in (np.repeat(LANGUAGES, len(some)).tolist(), None):
        labels = discover(rows, codes, texts=texts).labels.reshape(len(LANGUAGES), -1)
        together.append(np.mean([(labels[0] == labels[1]).mean(), (labels[0] == labels[2]).mean()]))
    assert together[0] > 0.88
    assert together[0] > together[1] + 0.03


def test_equal_rows_of_two_languages_do_not_depend_on_which_stands_first() -> None:
    rows = np.vstack([_translated(), _translated()[:40]])
    codes = [*_CODES, *["en"] * 40]
    order = np.random.default_rng(4).permutation(len(rows))
    plain = discover(rows, codes)
    shuffled = discover(rows[order], [codes[i] for i in order])
    assert np.array_equal(plain.labels[order], shuffled.labels)
    assert plain.leak == shuffled.leak


@given(st.integers(1, 6), st.integers(1, 900), st.data())
def test_the_largest_are_found(rows: int, columns: int, data: st.DataObject) -> None:
    m = data.draw(st.integers(1, columns))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    kinds = data.draw(st.sampled_from([3, 10_000]))  # with many ties, and with hardly any
    values = random.integers(0, kinds, (rows, columns)).astype(np.float32)
    found = largest(values, m)
    assert all(len(set(row)) == m for row in found.tolist())
    expected = np.sort(values, axis=1)[:, columns - m :]
    assert np.array_equal(np.sort(np.take_along_axis(values, found, axis=1), axis=1), expected)


def test_of_equally_near_rows_the_first_are_taken() -> None:
    rows = np.eye(100, dtype=np.float32)  # no two are alike
    found = nearest.nearest(Likeness.of(rows)).rows
    for row, known in enumerate(found.tolist()):
        assert known == [other for other in range(100) if other != row][:40]


def test_likeness_is_the_same_in_whatever_order_it_is_summed() -> None:
    rows = Likeness.of(unit(np.random.default_rng(4).normal(size=(60, 700)).astype(np.float32)))
    turned = np.ascontiguousarray(rows.meaning[:, ::-1])
    exact = rows.meaning.astype(np.float64) @ rows.meaning.T.astype(np.float64)
    assert np.array_equal(rows.to(rows), turned @ turned.T)
    assert np.array_equal(rows.to(rows), exact)


def test_resamples_hold_half_of_the_largest_graph() -> None:
    """With three tenths of a graph its rows lack neighbours, and no theme looks stable."""
    assert 2 * stability._RESAMPLE_ROWS >= discovery.FIT_ROWS


def test_dimensions_are_learned_on_some_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "FIT_ROWS", 200)
    monkeypatch.setattr(discovery, "_LEARNED_ROWS", 120)
    learned: list[list[int]] = []

    def spied(name: str, at: int) -> None:
        plain = getattr(discovery, name)

        def call(*args: Any) -> Any:  # noqa: ANN401 - as the function is called
            learned.append(args[at].tolist())
            return plain(*args)

        monkeypatch.setattr(discovery, name, call)

    spied("wording", 1)
    spied("with_subjects", 2)
    texts = [f"texto {i % 7} palabra {i % 11}" for i in range(2 * _HALF)]
    discover(_translated(), ["es"] * 2 * _HALF, texts=texts, concepts=_translated()[:150])
    assert learned[0] == learned[1]
    assert len(learned[0]) == len(set(learned[0])) == 120

"""Rows on a shelf read like an array, in memory and on disk."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.encoders.vectors import Gathered, Shelf, only
from analyzer.themes.rows import distinct, sample

INDEX = np.array([2, 0, 2, 1, 0])


def _gathered(large: int) -> tuple[Gathered, np.ndarray]:
    shelf = Shelf(3, 4, large=large)
    shelf.array[:] = np.arange(12, dtype=np.float32).reshape(3, 4)
    shelf.rest()
    return Gathered(shelf, INDEX), np.arange(12, dtype=np.float32).reshape(3, 4)[INDEX]


@pytest.mark.parametrize("large", [1, 10**9], ids=["disk", "memory"])
def test_it_reads_like_the_array_that_it_stands_for(large: int) -> None:
    rows, plain = _gathered(large)
    assert rows.shape == plain.shape
    assert len(rows) == 5
    for key in (3, slice(1, 4), np.array([4, 0]), plain[:, 0] > 1):
        assert np.array_equal(rows[key], plain[key])
    assert np.array_equal(np.asarray(rows), plain)
    assert np.asarray(rows, dtype=np.float64).dtype == np.float64
    matrix = np.linspace(0, 1, 8, dtype=np.float32).reshape(4, 2)
    assert np.allclose(rows @ matrix, plain @ matrix)
    assert np.array_equal(np.asarray(only(rows, np.array([1, 3]))), plain[[1, 3]])


def test_what_is_read_is_a_copy() -> None:
    rows, plain = _gathered(10**9)
    rows[0:2][:] = -1
    assert np.array_equal(np.asarray(rows), plain)


def test_only_of_an_array_is_the_array_indexed() -> None:
    plain = np.eye(3, dtype=np.float32)
    assert np.array_equal(only(plain, np.array([2])), plain[[2]])


def test_equal_rows_are_found_whatever_their_order() -> None:
    rows, plain = _gathered(10**9)
    for given in (rows, plain):
        same = distinct(given)
        assert np.array_equal(plain[same.first][same.inverse], plain)
        assert sorted(same.counts.tolist()) == [1, 2, 2]
    turned = distinct(plain[::-1])
    assert np.array_equal(plain[::-1][turned.first], plain[distinct(plain).first])


def test_a_sample_is_small_sorted_and_repeatable() -> None:
    chosen = sample(1_000, 10, seed=1)
    assert len(set(chosen.tolist())) == 10
    assert np.array_equal(chosen, np.sort(chosen))
    assert np.array_equal(chosen, sample(1_000, 10, seed=1))
    assert not np.array_equal(chosen, sample(1_000, 10, seed=2))
    assert sample(5, 10, seed=0).tolist() == [0, 1, 2, 3, 4]

"""Products in whole numbers: near the floats', and the same in any row and company."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyzer.encoders.wholenumbers import InBytes, Product, largest

_WEIGHTS = np.random.default_rng(0).standard_normal((256, 64)).astype(np.float32)
_PRODUCT = Product(_WEIGHTS)


def rows(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, 256)).astype(np.float32)


def test_bytes_tell_a_row_to_half_of_their_step() -> None:
    given_rows = rows(40)
    told = InBytes.of(given_rows)
    high, low = told.high.astype(np.float64) - 128, told.low.astype(np.float64) - 128
    again = told.top[:, None] / 127 * (high + low / 128)
    step = told.top[:, None] / (127 * 128)
    assert (np.abs(again - given_rows) <= 0.501 * step).all()


def test_a_product_is_near_that_of_doubles() -> None:
    given_rows = rows(100)
    exact = given_rows.astype(np.float64) @ _WEIGHTS
    error = np.abs(_PRODUCT(InBytes.of(given_rows)) - exact)
    assert error.max() < 2e-3 * np.abs(exact).max()


def test_many_rows_are_multiplied_as_few_are() -> None:
    many = rows(1100)
    last = _PRODUCT(InBytes.of(many[1000:]))
    assert np.array_equal(_PRODUCT(InBytes.of(many))[1000:], last)


@given(st.integers(1, 70), st.integers(0, 69))
def test_a_row_has_one_product_wherever_it_stands(count: int, place: int) -> None:
    many = rows(count)
    place %= count
    alone = _PRODUCT(InBytes.of(many[place : place + 1]))
    assert np.array_equal(_PRODUCT(InBytes.of(many))[place], alone[0])


def test_the_largest_numbers_do_not_overflow() -> None:
    product = Product(np.ones((1280, 8), np.float32))
    found = product(InBytes.of(np.full((3, 1280), 7.0, np.float32)))
    assert np.allclose(found, 7 * 1280, rtol=1e-4)


def test_rows_and_columns_of_zeros_stay_zero() -> None:
    weights = _WEIGHTS.copy()
    weights[:, 3] = 0
    found = Product(weights)(InBytes.of(np.vstack([rows(2), np.zeros((1, 256), np.float32)])))
    assert not found[2].any()
    assert not found[:, 3].any()


def test_the_scale_of_others_may_be_larger() -> None:
    given_rows = rows(5)
    wide = InBytes.of(given_rows, np.full(5, 2 * float(largest(given_rows).max()), np.float32))
    near = _PRODUCT(InBytes.of(given_rows))
    assert np.abs(_PRODUCT(wide) - near).max() < 2e-2

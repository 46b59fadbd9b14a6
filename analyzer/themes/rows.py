"""Rows of vectors: which are the same, some of many, and the directions that they lie in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.encoders.vectors import Gathered, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Distinct", "cosines", "distinct", "sample", "unit", "widest"]

_BLOCK = 8_192
_DIGEST = 16  # bytes


@dataclass(frozen=True)
class Distinct:
    """The m distinct rows among n.

    Attributes:
        first: (m,) where each distinct row stands first, in an order that depends on content alone.
        inverse: (n,) which distinct row each row is.
        keys: (m,) numbers that tell the distinct rows apart, made of their content alone.
    """

    first: NDArray[np.int64]
    inverse: NDArray[np.int64]
    keys: NDArray[np.uint64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How often each distinct row stands there, (m,)."""
        return np.bincount(self.inverse, minlength=len(self.first))


def distinct(rows: Rows) -> Distinct:
    """Find equal rows by a digest of their bytes: a tenth of the memory of sorting the rows.

    Args:
        rows: (n, d); -0.0 and 0.0 count as different.

    Returns:
        A `Distinct`.
    """
    # Rows of one place on a shelf are equal without a look at them.
    place = rows.index if isinstance(rows, Gathered) else np.arange(len(rows))
    _, shown, at = np.unique(place, return_index=True, return_inverse=True)
    keys = np.empty(len(shown), dtype=f"S{_DIGEST}")
    for start in range(0, len(shown), _BLOCK):
        block = rows[shown[start : start + _BLOCK]]
        keys[start : start + _BLOCK] = [
            hashlib.blake2b(row.tobytes(), digest_size=_DIGEST).digest() for row in block
        ]
    known, inverse = np.unique(keys, return_inverse=True)
    inverse = inverse.reshape(-1)[at]
    first = np.empty(len(known), dtype=np.int64)
    first[inverse[::-1]] = np.arange(len(inverse))[::-1]
    told = known.view("<u8").reshape(-1, _DIGEST // 8)[:, 0]
    return Distinct(first, inverse, told.astype(np.uint64))


def sample(count: int, most: int, seed: int) -> NDArray[np.int64]:
    """Choose at most so many of ``count`` rows, in their order; all of them where they are few."""
    if count <= most:
        return np.arange(count)
    chosen = np.random.default_rng(seed).choice(count, most, replace=False)
    return np.sort(chosen)


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale rows to unit length; a zero row stays zero.

    Lengths are sums in doubles: in which order a processor adds must not show in the result.
    """
    rows = np.asarray(rows, dtype=np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64)).astype(np.float32)
    return np.asarray(rows / np.maximum(length, np.float32(1e-9))[:, None], dtype=np.float32)


def cosines(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Compare unit rows (n, d) and (m, d): (n, m), rounded to what every processor agrees on."""
    columns = others.T.astype(np.float64)
    found = np.empty((len(rows), len(others)))
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        found[part] = np.round(rows[part].astype(np.float64) @ columns, 5)
    return found


def widest(rows: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Directions (d, at most ``count``) along which rows (n, d) are longest, the longest last."""
    from scipy.linalg import eigh

    wide = rows.astype(np.float64)
    square = wide.T @ wide
    last = len(square) - 1
    return np.asarray(eigh(square, subset_by_index=(max(0, last - count + 1), last))[1])

"""The nearest rows of each row, in meaning and in wording, and the graphs that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Nearest", "joint", "nearest"]

_NEIGHBOURS = 15
_KNOWN = 40  # of a part with 60 % of the rows, all but one row in a thousand know 15 neighbours
_BLOCK = 2048
_WORDING = 0.5  # of a joint vector, beside meaning
_MEANING = 1.5  # weight of links by meaning, beside those by meaning and wording


@dataclass(frozen=True)
class Nearest:
    """The m nearest of each of n rows, in one view or two: meaning, and meaning with wording.

    Attributes:
        rows: per view (n, m), by falling similarity.
        similar: per view (n, m), similarities in (0, 1].
    """

    rows: tuple[NDArray[np.int32], ...]
    similar: tuple[NDArray[np.float32], ...]

    def graph(self, part: NDArray[np.int64] | None = None) -> sparse.csr_matrix:
        """Link rows to their 15 nearest in each view.

        The graphs of both views are added. One graph of joint vectors serves a single language as
        well; where there are several it parts translations of each other, which share no words.
        Small sets get fewer links a row, so that groups can still part.

        Args:
            part: the p rows that take part, rising; default all.

        Returns:
            (p, p) symmetric sparse weights.
        """
        views = [
            _linked(rows, similar, part)
            for rows, similar in zip(self.rows, self.similar, strict=True)
        ]
        return views[0] if len(views) == 1 else (_MEANING * views[0] + views[1]).tocsr()


def nearest(meaning: NDArray[np.float32], wording: NDArray[np.float32] | None = None) -> Nearest:
    """Find the 40 nearest of each row by cosine.

    Args:
        meaning: (n, d) rows of unit length.
        wording: (n, e) rows of unit length or zero; without them there is one view.

    Returns:
        A `Nearest`.
    """
    n = len(meaning)
    views = [_Best(n, min(n - 1, _KNOWN)) for _ in range(1 if wording is None else 2)]
    words = None if wording is None else _WORDING * wording
    length = None if words is None else _lengths(meaning, words)
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        similar = meaning[block] @ meaning.T
        np.fill_diagonal(similar[:, start:], -np.inf)
        views[0].keep(block, similar)
        if words is not None and length is not None:
            similar += words[block] @ words.T
            similar /= length[block, None]
            similar /= length
            views[1].keep(block, similar)
    return Nearest(tuple(view.rows for view in views), tuple(view.similar for view in views))


def joint(meaning: NDArray[np.float32], wording: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Put meaning (n, d) and wording (n, e), where it is known, side by side; unit rows."""
    if wording is None:
        return meaning
    words = _WORDING * wording
    return np.asarray(np.hstack([meaning, words]) / _lengths(meaning, words)[:, None])


class _Best:
    """The m nearest of n rows in one view, filled block by block."""

    def __init__(self, n: int, m: int) -> None:
        self.rows = np.empty((n, m), dtype=np.int32)
        self.similar = np.empty((n, m), dtype=np.float32)

    def keep(self, block: slice, similar: NDArray[np.float32]) -> None:
        """Take the nearest by similarities (rows of the block, n)."""
        n, m = self.rows.shape
        best = np.argpartition(similar, n - 1 - m, axis=1)[:, n - m :]
        near = np.take_along_axis(similar, best, axis=1)
        order = np.argsort(-near, axis=1, kind="stable")
        self.rows[block] = np.take_along_axis(best, order, axis=1)
        self.similar[block] = np.clip(np.take_along_axis(near, order, axis=1), 1e-3, 1.0)


def _linked(
    rows: NDArray[np.int32], similar: NDArray[np.float32], part: NDArray[np.int64] | None
) -> sparse.csr_matrix:
    part = np.arange(len(rows)) if part is None else part
    n = len(part)
    most = min(_NEIGHBOURS, max(2, round(n**0.5)))
    place = np.full(len(rows), -1)
    place[part] = np.arange(n)
    other = place[rows[part]]
    inside = other >= 0
    inside &= np.cumsum(inside, axis=1) <= most
    weights = similar[part][inside].astype(np.float64)
    directed = sparse.csr_matrix((weights, (np.nonzero(inside)[0], other[inside])), shape=(n, n))
    return directed.maximum(directed.T).tocsr()


def _lengths(meaning: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """Length of each row of both side by side, (n,)."""
    squares = np.einsum("ij,ij->i", meaning, meaning) + np.einsum("ij,ij->i", words, words)
    return np.asarray(np.maximum(np.sqrt(squares), 1e-9))

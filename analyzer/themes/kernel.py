"""What belongs to a theme, learned from the passages that made it: kernel ridge classification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from analyzer.themes.rows import sample, widest
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Learned"]

_ROWS = 10_000  # that are learned from
_LANDMARKS, _DIMENSIONS = 1_000, 128
_WIDTH = 2.0  # of the kernel: exp(2 (cosine - 1))
_RIDGE = 2.0
_JITTER = 1e-6  # of landmarks that hardly differ
_BLOCK = 2_048  # rows at a time: each takes 8 KB


@dataclass(frozen=True)
class Learned:
    """Scores of k themes: least squares on how like m landmarks a row is.

    Regularised least squares classification with a Gaussian kernel (Rifkin, Yeo and Poggio 2003)
    on a subset of the rows as landmarks (Smola and Schölkopf, ICML 2000). A theme of many sides
    keeps them all, which a mean or a few would blur; `docs/themes.md` has the comparison.

    Attributes:
        axes: (d, c) principal components that rows are compared in; None for all dimensions.
        landmarks: (m, c) unit rows.
        weights: (m, k) of landmarks for themes.
    """

    axes: NDArray[np.float32] | None
    landmarks: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, rows: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> Self:
        """Learn from rows with themes.

        Args:
            rows: (n, d) distinct centred unit rows; beyond 10,000 a sample is learned from.
            labels: (n,) their themes, 0..k-1, none empty.
            seed: of the samples.
        """
        from scipy.linalg import solve

        count = int(labels.max()) + 1
        chosen = sample(len(rows), _ROWS, seed)
        rows, labels = rows[chosen], labels[chosen]
        # Principal components of few rows would be those rows, and tell nothing of others.
        axes = widest(rows, _DIMENSIONS).astype(np.float32) if len(rows) > _LANDMARKS else None
        seen = _along(axes, rows)
        landmarks = seen[sample(len(seen), _LANDMARKS, seed)]
        # Small themes count for more than their rows, and for less than large ones.
        weight = (1 / np.sqrt(np.maximum(np.bincount(labels, minlength=count), 1)))[labels]
        weight /= weight.mean()
        # What a row says more than chance does: one far from all does not fall to a large theme.
        share = np.bincount(labels, weights=weight, minlength=count) / len(labels)
        like = _kernel(seen, landmarks)
        weighed = (like * weight[:, None]).T
        square = weighed @ like + _RIDGE * _kernel(landmarks, landmarks)
        square[np.diag_indices_from(square)] += _RIDGE * _JITTER
        weights = solve(square, weighed @ (np.eye(count)[labels] - share), assume_a="pos")
        return cls(axes, landmarks, weights)

    def themes(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        """Find the theme (n,) that scores highest for each of n centred unit rows (n, d)."""
        found = np.empty(len(rows), dtype=np.int64)

        def block(part: slice) -> None:
            like = _kernel(_along(self.axes, rows[part]), self.landmarks)
            found[part] = np.argmax(np.round(like @ self.weights, 5), axis=1)

        over_blocks(block, len(rows), _BLOCK)
        return found


def _along(axes: NDArray[np.float32] | None, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Rows along some axes, in doubles: what a sum's order changes must not show."""
    wide = rows.astype(np.float64)
    if axes is None:
        return wide
    wide = wide @ axes
    length = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(wide / np.maximum(length, 1e-9), dtype=np.float64)


def _kernel(rows: NDArray[np.float64], landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    like = rows @ landmarks.T
    like -= 1
    like *= _WIDTH
    return np.asarray(np.exp(like, out=like), dtype=np.float64)

"""A linear model beside the networks: it errs elsewhere, so that the sum of both errs less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

if TYPE_CHECKING:
    from analyzer.sentiment.train.network import Inputs, Options, Targets

__all__ = ["Linear", "fit_linear"]

_CLASSES = 3
_WIDE_SCALE = 3.0  # an n-gram's count beside an entry of the vector; by cross-validation
_ROUNDS = 300


@dataclass(frozen=True, eq=False)
class Linear:
    """Maps of the dense inputs (d, 3), of the n-grams (buckets, 3), and three constants."""

    dense: NDArray[np.float64]
    wide: NDArray[np.float64]
    constant: NDArray[np.float64]

    def outputs(self, inputs: Inputs) -> NDArray[np.float64]:
        """Raw outputs (n, 3)."""
        raw: NDArray[np.float64] = inputs.dense @ self.dense + inputs.wide @ self.wide
        return raw + self.constant


def fit_linear(inputs: Inputs, targets: Targets, options: Options) -> Linear:
    """Fit a logistic regression to the public posts, scaled by ``options.linear``.

    Without posts of every class all entries are 0.
    """
    from sklearn.linear_model import LogisticRegression

    width, buckets = inputs.dense.shape[1], inputs.wide.shape[1]
    rows = np.flatnonzero((targets.posts > 0) & (targets.weights > 0))
    labels = targets.shares[rows].argmax(axis=1)
    if len(np.unique(labels)) < _CLASSES:
        return Linear(np.zeros((width, 3)), np.zeros((buckets, 3)), np.zeros(3))
    part = inputs.take(rows)
    used = np.unique(part.wide.indices)
    features = hstack([csr_matrix(part.dense), part.wide[:, used] * _WIDE_SCALE], format="csr")
    model = LogisticRegression(C=options.linear_freedom, max_iter=_ROUNDS)
    model.fit(features, labels, sample_weight=targets.weights[rows])
    # Softmax is blind to a constant beside all three, and smaller numbers are kept more exactly.
    slopes = options.linear * (model.coef_ - model.coef_.mean(axis=0)).T
    constant = options.linear * (model.intercept_ - model.intercept_.mean())
    wide = np.zeros((buckets, _CLASSES))
    wide[used] = slopes[width:] * _WIDE_SCALE
    return Linear(slopes[:width], wide, constant)

"""A linear model beside the networks: it errs elsewhere, so that the sum of both errs less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from analyzer.sentiment.train.network import Inputs, Options, Targets

__all__ = ["Linear", "fit_linear"]

_CLASSES = 3
_OWN = 0.7  # how freely a language's own map departs from the common one; by cross-validation
_WIDE_SCALE = 3.0  # an n-gram's count beside an entry of the vector; by cross-validation
_ROUNDS = 300


@dataclass(frozen=True, eq=False)
class Linear:
    """A map to three classes, and what each language adds to it.

    Attributes:
        dense: (d, 3), of the dense inputs.
        own: (languages, d, 3), what is added for texts of each of `analyzer.schema.LANGUAGES`.
        wide: (buckets, 3), of the n-grams.
        constant: (3,).
    """

    dense: NDArray[np.float64]
    own: NDArray[np.float64]
    wide: NDArray[np.float64]
    constant: NDArray[np.float64]

    def outputs(self, inputs: Inputs, languages: NDArray[np.str_]) -> NDArray[np.float64]:
        """Raw outputs (n, 3) of n texts in the languages given, (n,)."""
        raw: NDArray[np.float64] = inputs.dense @ self.dense + inputs.wide @ self.wide
        for code, own in zip(LANGUAGES, self.own, strict=True):
            spoken = languages == code
            raw[spoken] += inputs.dense[spoken] @ own
        return raw + self.constant


def fit_linear(inputs: Inputs, targets: Targets, options: Options) -> Linear:
    """Fit a logistic regression to the public posts, scaled by ``options.linear``.

    What a language says in its own way is learned from a copy of the dense inputs that only its
    texts have (Daume, ACL 2007). Without posts of every class all entries are 0.
    """
    from sklearn.linear_model import LogisticRegression

    width, buckets = inputs.dense.shape[1], inputs.wide.shape[1]
    rows = np.flatnonzero((targets.posts > 0) & (targets.weights > 0))
    labels = targets.shares[rows].argmax(axis=1)
    blocks = 1 + len(LANGUAGES)
    slopes, constant = np.zeros((blocks, width, _CLASSES)), np.zeros(_CLASSES)
    wide = np.zeros((buckets, _CLASSES))
    if len(np.unique(labels)) == _CLASSES:
        part, spoken = inputs.take(rows), targets.languages[rows]
        used = np.unique(part.wide.indices)
        copies = [part.dense * (_OWN * (spoken == code))[:, None] for code in LANGUAGES]
        dense = [csr_matrix(copy, dtype=np.float64) for copy in (part.dense, *copies)]
        features = hstack([*dense, part.wide[:, used] * _WIDE_SCALE], format="csr")
        model = LogisticRegression(C=options.linear_freedom, max_iter=_ROUNDS)
        model.fit(features, labels, sample_weight=targets.weights[rows])
        # Softmax is blind to a constant beside all three, and smaller numbers are kept exactly.
        found = options.linear * (model.coef_ - model.coef_.mean(axis=0)).T
        constant = options.linear * (model.intercept_ - model.intercept_.mean())
        slopes = found[: blocks * width].reshape(blocks, width, _CLASSES)
        wide[used] = found[blocks * width :] * _WIDE_SCALE
    return Linear(slopes[0], slopes[1:] * _OWN, wide, constant)

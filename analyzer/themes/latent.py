"""Latent semantic analysis: rows of many columns in few dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

__all__ = ["Latent"]


@dataclass(frozen=True)
class Latent:
    """Dimensions that rows were found to differ in (Deerwester et al., JASIS 41 (1990) 391).

    The last of a number of dimensions are hardly longer than the first that are left out: which
    ones are kept hangs on single rows, and with it who is whose neighbour. So each dimension
    counts for 1 - (l / s)**2 of what it holds, s being its singular value and l the smallest.

    Rows are doubles: what a processor rounds otherwise than another is gone from the result.
    """

    space: TruncatedSVD
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, rows: csr_matrix | NDArray[np.float64], dimensions: int, seed: int) -> Self:
        """Learn at most so many dimensions, one at least, of (n, c) rows."""
        from sklearn.decomposition import TruncatedSVD

        most = max(1, min(dimensions, *(size - 1 for size in rows.shape)))
        space = TruncatedSVD(most, random_state=seed).fit(rows)
        lengths = space.singular_values_
        counts = 1 - (lengths[-1] / np.maximum(lengths, 1e-12)) ** 2 if most > 1 else np.ones(1)
        return cls(space, counts)

    def unit(self, rows: csr_matrix | NDArray[np.float64]) -> NDArray[np.float32]:
        """Rows (n, c) in these dimensions: (n, dimensions) of unit length, or zero."""
        from sklearn.preprocessing import normalize

        told = np.round(self.space.transform(rows) * self.counts, 6)
        return np.asarray(normalize(told), dtype=np.float32)

    def __len__(self) -> int:
        """Tell how many dimensions there are."""
        return len(self.counts)

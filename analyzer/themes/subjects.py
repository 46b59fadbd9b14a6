"""What passages are about: how like each concept of customer experience they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.themes.latent import Latent
from analyzer.themes.rows import unit
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["with_subjects"]

_FEWEST_ROWS = 100
_DIMENSIONS = 50
_SHARPNESS = 5.0  # of the choice among concepts; without limit only the nearest would count
_WEIGHT = 0.4  # of subjects, beside meaning
_BLOCK = 4_096


def with_subjects(
    rows: NDArray[np.float32],
    concepts: NDArray[np.float32],
    learned: NDArray[np.int64],
    seed: int,
) -> NDArray[np.float32]:
    """Put beside the meaning of each row what it is about.

    An encoder knows a thousand ways in which texts differ; themes of customers differ in what
    customers speak of. A row's subjects are a choice among concepts (a softmax of similarities,
    compared by Hellinger distance), told in few dimensions by latent semantic analysis. Concepts
    have one vector for all languages, so that translations stay together.

    Args:
        rows: (n, d) centred unit rows.
        concepts: (c, d) vectors of concepts.
        learned: rows that the dimensions are learned from.
        seed: of the decomposition.

    Returns:
        (n, at most d + 50) unit rows; ``rows`` themselves where fewer than 100 are learned from.
    """
    if len(learned) < _FEWEST_ROWS:
        return rows
    directions = unit(concepts - concepts.mean(axis=0)).T.astype(np.float64)
    chosen = _chosen(rows[learned], directions)
    middle = chosen.mean(axis=0)
    latent = Latent.of(chosen - middle, _DIMENSIONS, seed)
    subjects = np.empty((len(rows), len(latent)), dtype=np.float32)

    def block(part: slice) -> None:
        subjects[part] = latent.unit(_chosen(rows[part], directions) - middle)

    over_blocks(block, len(rows), _BLOCK)
    return unit(np.hstack([rows, np.float32(_WEIGHT) * subjects]))


def _chosen(rows: NDArray[np.float32], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Square roots of the shares (m, c) that concepts have of each row."""
    roots = np.exp(_SHARPNESS / 2 * (rows.astype(np.float64) @ directions))
    total = np.einsum("ij,ij->i", roots, roots)
    return np.asarray(roots / np.sqrt(total)[:, None], dtype=np.float64)

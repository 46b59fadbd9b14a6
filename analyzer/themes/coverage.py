"""How much of a theme a name tells of: a name that few of its passages bear out names a corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.themes.rows import cosines, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders.vectors import Rows
    from analyzer.themes.concepts import Embedded

__all__ = ["coverage"]

_NEARLY = 0.6  # of the similarity to a passage's nearest concept, from which another tells it too
_BLOCK = 4_096


def coverage(
    known: Embedded, vectors: Rows, themes: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Share of each theme's passages that a concept tells of.

    The mean of two shares: of passages that lie nearly as near to it as to any concept, and of
    passages whose nearest concept is of its topic, since a list of a thousand concepts has many
    that say nearly the same.

    Args:
        known: c concepts.
        vectors: (n, d) unit rows of the passages.
        themes: (n,) 0..k-1.
        count: k.

    Returns:
        (c, k), 0..1; 0 for a theme without passages.
    """
    middle = known.middle.mean(axis=0)
    rows = unit(known.middle - middle)
    topics, topic = np.unique([one.topic for one in known.concepts], return_inverse=True)
    sizes = np.bincount(themes, minlength=count)
    mean = np.zeros(rows.shape[1])
    for start in range(0, len(vectors), _BLOCK):
        mean += vectors[start : start + _BLOCK].sum(axis=0, dtype=np.float64)
    mean /= max(1, len(vectors))
    told = np.zeros((count, len(topic)))
    nearest = np.zeros((count, len(topics)))
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        alike = cosines(unit(vectors[part] - mean.astype(np.float32)), rows)
        best = alike.max(axis=1)
        np.add.at(told, themes[part], alike >= _NEARLY * np.maximum(best, 0)[:, None])
        np.add.at(nearest, (themes[part], topic[alike.argmax(axis=1)]), 1)
    share = (told + nearest[:, topic]) / 2 / np.maximum(1, sizes)[:, None]
    return np.asarray(np.round(share, 5)).T

"""What holds when the data is resampled: cuts of the graph, and themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from analyzer.themes.draws import part, shuffled
from analyzer.themes.graph import ROUGH, communities, consensus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.themes.draws import Keys
    from analyzer.themes.nearest import Nearest

    Labels = NDArray[np.int64]

__all__ = ["Spread", "robustness", "theme_stability"]

_RESAMPLES, _MANY, _FEWER = 5, 5_000, 3  # from so many rows fewer resamples tell as much
_RESAMPLE_ROWS = 5_000
_SHARE = 0.6
_RESOLUTIONS = (0.3, 0.7, 1.0, 2.0, 4.0)


class Spread(Protocol):
    """Applies a function to items and gives the results in order, as the built-in ``map`` does."""

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterable[Any]:
        """Apply."""
        ...


def robustness(
    graph: csr_matrix,
    keys: Keys,
    cuts: dict[int, Labels],
    mass: NDArray[np.float64],
    seed: int,
    spread: Spread = map,
) -> dict[int, float]:
    """Tell how well each cut of a graph holds when parts of the graph are cut again.

    Args:
        graph: (n, n) symmetric weights.
        keys: (n,) that parts are drawn from; see `analyzer.themes.draws`.
        cuts: number of groups to the (n,) labels of that cut.
        mass: (n,) weights of the rows.
        seed: of the resamples.
        spread: runs the resamples.

    Returns:
        Number of groups to 0..1, the groups' mean best Jaccard, by mass.
    """
    chosen = _parts(keys, round(len(keys) * _SHARE), seed)
    total = {groups: np.zeros(groups) for groups in cuts}
    graphs = ((graph[rows][:, rows], shuffled(keys[rows], seed)) for rows in chosen)
    for rows, again in zip(chosen, spread(_cuts, graphs), strict=True):
        for groups, labels in cuts.items():
            total[groups] += _best_jaccard(labels[rows], _like(again, groups), groups)
    return {
        groups: float(np.average(total[groups], weights=np.bincount(labels, weights=mass)))
        / len(chosen)
        for groups, labels in cuts.items()
    }


def theme_stability(
    near: Nearest, keys: Keys, labels: Labels, seed: int, spread: Spread = map
) -> NDArray[np.float64]:
    """Tell how well each theme holds when part of the data is clustered anew, graph and all.

    Args:
        near: the nearest of each of n rows.
        keys: (n,) that parts are drawn from; see `analyzer.themes.draws`.
        labels: (n,) theme of each.
        seed: of the resamples.
        spread: runs the resamples.

    Returns:
        (k,) 0..1, mean best Jaccard of each theme (Hennig 2007).
    """
    groups = int(labels.max()) + 1
    if groups == 1:
        return np.ones(1)
    size = min(round(len(labels) * _SHARE), _RESAMPLE_ROWS)
    chosen = _parts(keys, size, seed)
    total = np.zeros(groups)
    graphs = ((near.graph(rows), keys[rows], seed + number) for number, rows in enumerate(chosen))
    for rows, again in zip(chosen, spread(partial(_again, groups), graphs), strict=True):
        total += _best_jaccard(labels[rows], again, groups)
    return total / len(chosen)


def _parts(keys: Keys, size: int, seed: int) -> list[Labels]:
    resamples = _RESAMPLES if len(keys) < _MANY else _FEWER
    return [part(keys, size, seed, number) for number in range(resamples)]


def _again(groups: int, sample: tuple[csr_matrix, Keys, int]) -> Labels:
    """Cut a graph anew, by halving resolutions towards so many groups."""
    graph, keys, seed = sample
    graph = consensus(graph, keys, seed, rounds=1)
    order = shuffled(keys, seed)
    cuts: list[Labels] = []
    low, high = 0, len(_RESOLUTIONS)
    while low < high:
        middle = (low + high) // 2
        cuts.append(communities(graph, _RESOLUTIONS[middle], order, ROUGH))
        low, high = (middle + 1, high) if _groups(cuts[-1]) < groups else (low, middle)
    return _like(cuts, groups)


def _cuts(sample: tuple[csr_matrix, Labels]) -> list[Labels]:
    graph, order = sample
    return [communities(graph, resolution, order, ROUGH) for resolution in _RESOLUTIONS]


def _like(cuts: list[Labels], groups: int) -> Labels:
    """The cut whose number of groups comes nearest to ``groups``."""
    return min(cuts, key=lambda cut: abs(_groups(cut) - groups))


def _groups(labels: Labels) -> int:
    """How many groups have three rows or more."""
    return int((np.bincount(labels) > 2).sum())


def _best_jaccard(reference: Labels, other: Labels, groups: int) -> NDArray[np.float64]:
    table = np.zeros((groups, int(other.max()) + 1))
    np.add.at(table, (reference, other), 1)
    union = table.sum(1, keepdims=True) + table.sum(0, keepdims=True) - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1), dtype=np.float64)

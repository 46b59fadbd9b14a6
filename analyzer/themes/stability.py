"""What holds when the data is resampled: cuts of the graph, and themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from analyzer.themes.graph import communities, consensus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.themes.nearest import Nearest

    Labels = NDArray[np.int64]

__all__ = ["Spread", "robustness", "theme_stability"]

_RESAMPLES = 5
_RESAMPLE_ROWS = 5_000
_SHARE = 0.6
_TOLERANCE = 1e-3  # how well a cut holds needs no better cuts
_RESOLUTIONS = (0.3, 0.7, 1.0, 2.0, 4.0)


class Spread(Protocol):
    """Applies a function to items and gives the results in order, as the built-in ``map`` does."""

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterable[Any]:
        """Apply."""
        ...


def robustness(
    graph: csr_matrix,
    cuts: dict[int, Labels],
    mass: NDArray[np.float64],
    seed: int,
    spread: Spread = map,
) -> dict[int, float]:
    """Tell how well each cut of a graph holds when parts of the graph are cut again.

    Args:
        graph: (n, n) symmetric weights.
        cuts: number of groups to the (n,) labels of that cut.
        mass: (n,) weights of the rows.
        seed: of the resamples.
        spread: runs the resamples.

    Returns:
        Number of groups to 0..1, the groups' mean best Jaccard, by mass.
    """
    random = np.random.default_rng(seed)
    n = len(mass)
    chosen = [_part(random, n, round(n * _SHARE)) for _ in range(_RESAMPLES)]
    total = {groups: np.zeros(groups) for groups in cuts}
    graphs = ((graph[part][:, part], seed + number) for number, part in enumerate(chosen))
    for part, again in zip(chosen, spread(_cuts, graphs), strict=True):
        for groups, labels in cuts.items():
            total[groups] += _best_jaccard(labels[part], _like(again, groups), groups)
    return {
        groups: float(np.average(total[groups], weights=np.bincount(labels, weights=mass)))
        / _RESAMPLES
        for groups, labels in cuts.items()
    }


def theme_stability(
    near: Nearest, labels: Labels, seed: int, spread: Spread = map
) -> NDArray[np.float64]:
    """Tell how well each theme holds when part of the data is clustered anew, graph and all.

    Args:
        near: the nearest of each of n rows.
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
    random = np.random.default_rng(seed)
    chosen = [_part(random, len(labels), size) for _ in range(_RESAMPLES)]
    total = np.zeros(groups)
    graphs = ((near.graph(part), seed + number) for number, part in enumerate(chosen))
    for part, again in zip(chosen, spread(partial(_again, groups), graphs), strict=True):
        total += _best_jaccard(labels[part], again, groups)
    return total / _RESAMPLES


def _part(random: np.random.Generator, n: int, size: int) -> Labels:
    return np.sort(random.choice(n, size, replace=False))


def _again(groups: int, sample: tuple[csr_matrix, int]) -> Labels:
    """Cut a graph anew, by halving resolutions towards so many groups."""
    graph, seed = sample
    graph = consensus(graph, seed, rounds=1, tolerance=_TOLERANCE)
    cuts: list[Labels] = []
    low, high = 0, len(_RESOLUTIONS)
    while low < high:
        middle = (low + high) // 2
        cuts.append(communities(graph, _RESOLUTIONS[middle], seed, _TOLERANCE))
        low, high = (middle + 1, high) if _groups(cuts[-1]) < groups else (low, middle)
    return _like(cuts, groups)


def _cuts(sample: tuple[csr_matrix, int]) -> list[Labels]:
    graph, seed = sample
    return [communities(graph, resolution, seed, _TOLERANCE) for resolution in _RESOLUTIONS]


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

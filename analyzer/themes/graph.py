"""Communities of a neighbour graph that survive resampling it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from sknetwork.clustering import Louvain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

__all__ = ["communities", "consensus"]

_EXACT = 1e-5  # the library stops at 1e-3, a little short of the best cut
# Fine to coarse; a pair of neighbours that stays together at all of these belongs together.
_RESOLUTIONS = (0.7, 1.0, 1.5, 2.2)
_KEEP = 0.7
_ROUNDS, _SMALL, _SMALL_ROUNDS = 4, 2_000, 12


def communities(
    graph: sparse.csr_matrix, resolution: float, seed: int, tolerance: float = _EXACT
) -> NDArray[np.int64]:
    """Louvain communities of a graph; (n,) labels.

    Passes end where modularity rises by less than the tolerance.

    Not Leiden: scikit-network's Leiden refines with the C library's ``rand()``, which no seed of
    Python reaches, so that the same graph gives other themes in the next run. Under resampling the
    two agree with gold codes equally well (`docs/themes.md`).
    """
    if graph.nnz == 0:
        return np.arange(graph.shape[0])
    found = Louvain(
        resolution=resolution,
        tol_optimization=tolerance,
        tol_aggregation=tolerance,
        random_state=seed,
    ).fit_predict(graph)
    return np.asarray(found, dtype=np.int64)


def consensus(
    graph: sparse.csr_matrix,
    seed: int,
    rounds: int | None = None,
    tolerance: float = _EXACT,
    spread: Callable[..., Iterable[NDArray[np.int64]]] = map,
) -> sparse.csr_matrix:
    """Weigh each edge by how often its ends stay together when the graph is resampled.

    Every round drops 30 % of the edges and cuts the rest at several resolutions; an edge's weight
    is multiplied by the squared share of cuts that keep its ends in one community. Consensus of
    resampled partitions: Lancichinetti and Fortunato, Scientific Reports 2 (2012) 336. Small
    graphs are resampled more often, which halves what the seed decides and costs little.

    Args:
        graph: (n, n) symmetric similarities.
        seed: of the resamples.
        rounds: how many resamples; by default 12 up to 2,000 rows, 4 beyond.
        tolerance: of each cut; see `communities`.
        spread: runs the resamples, as ``map`` does.

    Returns:
        (n, n) symmetric weights, 0 where no cut kept a pair together.
    """
    rounds = rounds or (_SMALL_ROUNDS if graph.shape[0] <= _SMALL else _ROUNDS)
    upper = sparse.triu(graph, k=1).tocoo()
    together = np.zeros(upper.nnz)
    random = np.random.default_rng(seed)
    tasks = (
        (random.random(upper.nnz) < _KEEP, resolution, seed + round_)
        for round_ in range(rounds)
        for resolution in _RESOLUTIONS
    )
    for labels in spread(partial(_cut_sample, upper, tolerance), tasks):
        together += labels[upper.row] == labels[upper.col]
    share = together / (rounds * len(_RESOLUTIONS))
    return _symmetric(upper.data * share**2, upper.row, upper.col, graph.shape[0])


def _cut_sample(
    edges: sparse.coo_matrix, tolerance: float, task: tuple[NDArray[np.bool_], float, int]
) -> NDArray[np.int64]:
    kept, resolution, seed = task
    rows, columns = edges.row[kept], edges.col[kept]
    graph = _symmetric(edges.data[kept], rows, columns, edges.shape[0])
    return communities(graph, resolution, seed, tolerance)


def _symmetric(
    data: NDArray[np.float64], row: NDArray[np.int32], col: NDArray[np.int32], n: int
) -> sparse.csr_matrix:
    half = sparse.csr_matrix((data, (row, col)), shape=(n, n))
    full = (half + half.T).tocsr()
    full.eliminate_zeros()
    return full

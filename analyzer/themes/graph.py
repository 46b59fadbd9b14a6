"""Communities of a neighbour graph that survive resampling it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from sknetwork.clustering import Louvain

from analyzer.themes.draws import likely, shuffled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from analyzer.themes.draws import Keys

__all__ = ["ROUGH", "communities", "consensus"]

_EXACT = 1e-5
ROUGH = 1e-3  # the library's own: a little short of the best cut, enough where cuts are counted
# Fine to coarse; a pair of neighbours that stays together at all of these belongs together.
_RESOLUTIONS = (0.7, 1.0, 1.5, 2.2)
_KEEP = 0.7
_ROUNDS = (4, 24)
_ROUNDS_TIMES_ROWS = 40_000


def communities(
    graph: sparse.csr_matrix, resolution: float, order: NDArray[np.int64], tolerance: float = _EXACT
) -> NDArray[np.int64]:
    """Louvain communities of a graph; (n,) labels.

    Passes go through the rows in the order (n,) given, and end where modularity rises by less than
    the tolerance.

    Not Leiden: scikit-network's Leiden refines with the C library's ``rand()``, which no seed of
    Python reaches, so that the same graph gives other themes in the next run. Under resampling the
    two agree with gold codes equally well (`docs/themes.md`).
    """
    if graph.nnz == 0:
        return np.arange(graph.shape[0])
    cut = Louvain(
        resolution=resolution,
        tol_optimization=tolerance,
        tol_aggregation=tolerance,
        shuffle_nodes=False,
    )
    found = np.empty(len(order), dtype=np.int64)
    found[order] = cut.fit_predict(graph[order][:, order])
    return found


def consensus(
    graph: sparse.csr_matrix,
    keys: Keys,
    seed: int,
    rounds: int | None = None,
    spread: Callable[..., Iterable[NDArray[np.int64]]] = map,
) -> sparse.csr_matrix:
    """Weigh each edge by how often its ends stay together when the graph is resampled.

    Every round drops 30 % of the edges and cuts the rest at several resolutions; an edge's weight
    is multiplied by the squared share of cuts that keep its ends in one community. Consensus of
    resampled partitions: Lancichinetti and Fortunato, Scientific Reports 2 (2012) 336. Small
    graphs are resampled more often, so that less hangs on the seed, at the cost of large ones.
    Which edges are dropped, and in which order rows are looked at, is drawn for the rows
    themselves: a row more or less changes little elsewhere.

    Args:
        graph: (n, n) symmetric similarities.
        keys: (n,) what is drawn for rows is drawn from; see `analyzer.themes.draws`.
        seed: of the resamples.
        rounds: how many resamples; by default 24 up to 1,600 rows, 4 from 10,000.
        spread: runs the resamples, as ``map`` does.

    Returns:
        (n, n) symmetric weights, 0 where no cut kept a pair together.
    """
    rounds = rounds or int(np.clip(_ROUNDS_TIMES_ROWS // len(keys), *_ROUNDS))
    upper = sparse.triu(graph, k=1).tocoo()
    together = np.zeros(upper.nnz)
    pairs = keys[upper.row] ^ keys[upper.col]
    tasks = (
        (likely(pairs, _KEEP, *draw), resolution, shuffled(keys, *draw))
        for round_ in range(rounds)
        for number, resolution in enumerate(_RESOLUTIONS)
        for draw in [(seed, round_, number)]
    )
    for labels in spread(partial(_cut_sample, upper), tasks):
        together += labels[upper.row] == labels[upper.col]
    share = together / (rounds * len(_RESOLUTIONS))
    return _symmetric(upper.data * share**2, upper.row, upper.col, graph.shape[0])


def _cut_sample(
    edges: sparse.coo_matrix, task: tuple[NDArray[np.bool_], float, NDArray[np.int64]]
) -> NDArray[np.int64]:
    kept, resolution, order = task
    rows, columns = edges.row[kept], edges.col[kept]
    graph = _symmetric(edges.data[kept], rows, columns, edges.shape[0])
    return communities(graph, resolution, order, ROUGH)


def _symmetric(
    data: NDArray[np.float64], row: NDArray[np.int32], col: NDArray[np.int32], n: int
) -> sparse.csr_matrix:
    half = sparse.csr_matrix((data, (row, col)), shape=(n, n))
    full = (half + half.T).tocsr()
    full.eliminate_zeros()
    return full

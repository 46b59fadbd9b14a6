"""Vectors of spans to themes: a total partition, with nobody left over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from analyzer.errors import ConfigError
from analyzer.themes.draws import part, shuffled
from analyzer.themes.graph import communities, consensus
from analyzer.themes.kernel import Learned
from analyzer.themes.leak import LEAK_LIMIT, language_leak, remove_language
from analyzer.themes.nearest import Likeness, Nearest, nearest
from analyzer.themes.rows import Distinct, cosines, distinct, unit
from analyzer.themes.stability import Spread, robustness, theme_stability
from analyzer.themes.subjects import with_subjects
from analyzer.themes.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["FIT_ROWS", "READABLE", "Discovery", "discover"]

READABLE = (8, 30)
FIT_ROWS = 10_000  # beyond this the graph is built on a sample, and the rest is assigned
_LEARNED_ROWS = 5_000  # that dimensions of wording and of subjects are learned from
_ROWS_A_THEME = 12  # a readable default never makes themes of a handful of rows
_ROBUST, _DOUBT = 0.8, 0.03  # how well a cut is to hold, and how well that is known
_FINER = 0.5  # what a step to a finer cut is worth, against doubts
_RESOLUTIONS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)


@dataclass(frozen=True)
class Discovery:
    """A partition of n rows into k themes.

    Attributes:
        labels: (n,) theme of each row, 0..k-1 by falling weight; no row is left out.
        confidence: (n,) 0..1, how clearly the row belongs to its theme and not to a neighbour.
        stability: (k,) 0..1, mean Jaccard of each theme with its best match when half of the data
            is clustered anew (Hennig 2007); under 0.5 a theme is weak.
        centroids: (k, d) unit rows, in the space of the vectors given.
        leak: NMI between theme and language, 0 when languages are unknown or alone.
        language_offsets: what was subtracted per language, empty unless the leak called for it.
    """

    labels: NDArray[np.int64]
    confidence: NDArray[np.float64]
    stability: NDArray[np.float64]
    centroids: NDArray[np.float32]
    leak: float = 0.0
    language_offsets: dict[str, NDArray[np.float32]] | None = None


@dataclass(frozen=True)
class _Plan:
    """How to cut: an exact number of themes or fewest and most, the seed, and who resamples."""

    themes: int | None
    between: tuple[int, int]
    seed: int
    spread: Spread


@dataclass(frozen=True)
class _Links:
    """A graph of rows, with what it is cut by.

    Attributes:
        weights: (n, n) symmetric.
        rows: (n, d) meaning of the rows.
        mass: (n,) their weights.
        keys: (n,) that draws for them come from.
    """

    weights: csr_matrix
    rows: NDArray[np.float32]
    mass: NDArray[np.float64]
    keys: NDArray[np.uint64]

    def cuts(self, resolutions: Iterable[float], plan: _Plan) -> Iterable[NDArray[np.int64]]:
        """Groups (n,) at each resolution."""
        order = shuffled(self.keys, plan.seed)
        return plan.spread(partial(communities, self.weights, order=order), resolutions)


@dataclass(frozen=True)
class _Views:
    """How rows are compared: chosen ones make the graph; the rest where it is known.

    Learned ones, some of the chosen, make the dimensions of wording and of subjects. Keys are those
    of the chosen.
    """

    chosen: NDArray[np.int64]
    learned: NDArray[np.int64]
    keys: NDArray[np.uint64]
    wording: NDArray[np.float32] | None
    concepts: NDArray[np.float32] | None
    languages: list[str] | None
    seed: int

    def of(self, centred: NDArray[np.float32]) -> Likeness:
        """What centred rows are compared by."""
        if self.concepts is not None:
            centred = with_subjects(centred, self.concepts, self.learned, self.seed)
        return Likeness.of(centred, self.wording, self.languages)


def discover(
    vectors: NDArray[np.float32],
    languages: Sequence[str] | None = None,
    *,
    texts: Sequence[str] | None = None,
    concepts: NDArray[np.float32] | None = None,
    weights: NDArray[np.float64] | None = None,
    themes: int | None = None,
    between: tuple[int, int] = READABLE,
    seed: int = 0,
    spread: Spread = map,
) -> Discovery:
    """Group rows into themes.

    Identical rows share a theme, and the order of rows changes nothing but the order of labels in
    the result's arrays.

    Args:
        vectors: (n, d) float32, rows of unit length, n >= 1.
        languages: n language codes; with them rows of two languages are compared by meaning alone,
            and the language leak is measured, and removed when it is above the limit.
        texts: n texts that the vectors were made of; with them rows are alike in wording, too.
        concepts: (c, d) vectors of what customers speak of; with them rows are alike in that, too.
        weights: n positive weights, for rows that stand for several; default 1.
        themes: exact number of themes; by default a large number in ``between`` that holds.
        between: fewest and most themes that a reader wants; small sets get fewer.
        seed: of every random step.
        spread: runs resamples, which do not wait for one another; the result is the same.

    Returns:
        A `Discovery`.

    Raises:
        ConfigError: ``themes`` is under 1 or above the number of distinct rows, or the lengths of
            the arguments differ.
    """
    _check(vectors, languages=languages, texts=texts, weights=weights)
    vectors = np.round(vectors, 5)
    same = distinct(vectors)
    rows = vectors[same.first]
    mass = np.bincount(same.inverse, weights=weights, minlength=len(rows)).astype(np.float64)
    if themes is not None and not 1 <= themes <= len(rows):
        raise ConfigError(
            f"{themes} themes were asked for, but there are {len(rows)} distinct passages to group."
            f" Ask for a number from 1 to {len(rows)}, or leave the number out."
        )
    codes = _least(languages, same) if languages is not None else None
    plan = _Plan(themes, between, seed, spread)
    chosen = part(same.keys, FIT_ROWS, seed)
    keys = same.keys[chosen]
    learned = chosen[part(keys, _LEARNED_ROWS, seed)]
    with threadpool_limits(1):
        words = None if texts is None else wording(_least(texts, same), learned, seed)
        views = _Views(chosen, learned, keys, words, concepts, codes, seed)
        return _discover_distinct(rows, mass, codes, same.inverse, views, plan)


def _discover_distinct(
    rows: NDArray[np.float32],
    mass: NDArray[np.float64],
    languages: list[str] | None,
    inverse: NDArray[np.int64],
    views: _Views,
    plan: _Plan,
) -> Discovery:
    centred = unit(rows - np.average(rows, axis=0, weights=mass).astype(np.float32))
    fit, offsets = _fit(centred, views, mass, plan), None
    if languages is not None:
        spoken = [languages[i] for i in views.chosen]
        if language_leak(fit.found, spoken) > LEAK_LIMIT:
            centred, offsets = remove_language(centred, languages, plan.seed)
            fit = _fit(centred, views, mass, plan)
    labels = _for_all(fit, views, mass)
    return Discovery(
        labels=labels[inverse],
        confidence=_confidence(centred, labels, mass)[inverse],
        stability=theme_stability(
            fit.near, views.keys, labels[views.chosen], plan.seed, plan.spread
        ),
        centroids=_centroids(rows, labels, mass),
        leak=language_leak(labels, languages),
        language_offsets=offsets,
    )


@dataclass(frozen=True)
class _Fit:
    """What rows are compared by, the nearest of the chosen, and the groups of the chosen."""

    seen: Likeness
    near: Nearest
    found: NDArray[np.int64]


def _fit(
    centred: NDArray[np.float32], views: _Views, mass: NDArray[np.float64], plan: _Plan
) -> _Fit:
    seen = views.of(centred)
    near = nearest(seen.take(views.chosen))
    graph = consensus(near.graph(), views.keys, plan.seed, spread=plan.spread)
    links = _Links(graph, seen.meaning[views.chosen], mass[views.chosen], views.keys)
    return _Fit(seen, near, _choose(links, plan))


def _for_all(fit: _Fit, views: _Views, mass: NDArray[np.float64]) -> NDArray[np.int64]:
    """Themes (n,) of distinct rows by falling mass: the groups of the chosen, and who is like."""
    labels = np.full(len(fit.seen), -1)
    labels[views.chosen] = fit.found
    others = np.flatnonzero(labels < 0)
    if len(others):
        worded = fit.seen.worded
        known = Learned.of(worded[views.chosen], fit.found, views.seed)
        labels[others] = known.themes(worded[others])
    order = np.argsort(-np.bincount(labels, weights=mass), kind="stable")
    return np.asarray(np.argsort(order)[labels], dtype=np.int64)


def _choose(links: _Links, plan: _Plan) -> NDArray[np.int64]:
    """Cut the graph: exactly so many groups, or a large readable number that holds.

    Cuts hold about as well as the next finer ones, so that the last of them which holds well enough
    would hang on single rows. The cut taken lies in the middle of all, each counting for how likely
    it is to hold well enough, and a finer one for more.
    """
    rows, mass = links.rows, links.mass
    if plan.themes is not None:
        return _exactly(links, plan.themes, plan)
    fewest, most = plan.between
    most = max(1, min(most, len(rows) // _ROWS_A_THEME))
    cuts: dict[int, NDArray[np.int64]] = {}
    for found in links.cuts(_RESOLUTIONS, plan):
        labels = _absorb_small(rows, found, mass)
        cuts.setdefault(int(labels.max()) + 1, labels)
    readable = {k: cuts[k] for k in sorted(cuts) if min(fewest, most) <= k <= most}
    if not readable:
        above = [k for k in cuts if k > most]
        return _merge(rows, cuts[min(above)], mass, most) if above else cuts[max(cuts)]
    if len(readable) == 1:
        return next(iter(readable.values()))
    holds = robustness(links.weights, links.keys, readable, mass, plan.seed, plan.spread)
    return list(readable.values())[_middle(np.array([holds[k] for k in readable]))]


def _middle(holds: NDArray[np.float64]) -> int:
    """Which cut, from coarse to fine, lies in the middle of those that hold (c,)."""
    steps = np.arange(len(holds))
    likely = -np.logaddexp(0, (_ROBUST - holds) / _DOUBT) + _FINER * steps
    counts = np.exp(likely - likely.max())
    return int(np.rint((counts * steps).sum() / counts.sum()))


def _exactly(links: _Links, themes: int, plan: _Plan) -> NDArray[np.int64]:
    """Bisect the resolution for exactly ``themes`` groups, and merge down what is left over."""
    low, high = -4.0, 4.0
    best = np.arange(len(links.rows))
    for _ in range(14):
        middle = (low + high) / 2
        (labels,) = links.cuts([float(np.exp(middle))], plan)
        count = int(labels.max()) + 1
        if themes <= count <= best.max() + 1:
            best = labels
        if count == themes:
            break
        low, high = (middle, high) if count < themes else (low, middle)
    return _merge(links.rows, best, links.mass, themes)


def _absorb_small(
    rows: NDArray[np.float32], labels: NDArray[np.int64], mass: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give the rows of tiny groups to the nearest group that is large enough to be a theme."""
    least = min(5, max(1, len(rows) // 20))
    sizes = np.bincount(labels)
    large = np.flatnonzero(sizes >= least)
    if len(large) in (0, len(sizes)):
        return np.unique(labels, return_inverse=True)[1].reshape(-1)
    kept = np.isin(labels, large)
    dense = np.searchsorted(large, labels, side="left")
    dense[~kept] = 0
    centres = _centroids(rows[kept], dense[kept], mass[kept])
    dense[~kept] = _nearest(rows[~kept], centres)
    return np.asarray(dense, dtype=np.int64)


def _merge(
    rows: NDArray[np.float32], labels: NDArray[np.int64], mass: NDArray[np.float64], themes: int
) -> NDArray[np.int64]:
    """Join groups, Ward on their centroids weighted by mass, until ``themes`` are left."""
    labels = np.unique(labels, return_inverse=True)[1].reshape(-1).copy()
    sizes = np.bincount(labels, weights=mass)
    sums = np.zeros((len(sizes), rows.shape[1]))
    np.add.at(sums, labels, rows * mass[:, None])
    alive = list(range(len(sizes)))
    while len(alive) > themes:
        means = sums[alive] / sizes[alive][:, None]
        square = np.einsum("ij,ij->i", means, means)
        gap = square[:, None] + square[None, :] - 2 * means @ means.T
        harmonic = 1 / (1 / sizes[alive][:, None] + 1 / sizes[alive][None, :])
        cost = np.round(gap * harmonic, 9)
        np.fill_diagonal(cost, np.inf)
        a, b = np.unravel_index(int(np.argmin(cost)), cost.shape)
        keep, gone = sorted((alive[int(a)], alive[int(b)]))
        labels[labels == gone] = keep
        sums[keep] += sums[gone]
        sizes[keep] += sizes[gone]
        alive.remove(gone)
    return np.asarray(np.unique(labels, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def _confidence(
    rows: NDArray[np.float32], labels: NDArray[np.int64], mass: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of a softmax over similarities that the row's own theme gets against its rival."""
    centres = _centroids(rows, labels, mass)
    if len(centres) == 1:
        return np.ones(len(rows))
    similar = cosines(rows, centres)
    own = similar[np.arange(len(rows)), labels].copy()
    similar[np.arange(len(rows)), labels] = -np.inf
    return np.asarray(np.round(1 / (1 + np.exp(-10 * (own - similar.max(axis=1)))), 9))


def _centroids(
    rows: NDArray[np.float32], labels: NDArray[np.int64], mass: NDArray[np.float64]
) -> NDArray[np.float32]:
    shape = (int(labels.max()) + 1, len(rows))
    sums = csr_matrix((mass, (labels, np.arange(len(rows)))), shape=shape) @ rows
    return unit(sums.astype(np.float32))


def _nearest(rows: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.asarray(np.argmax(cosines(rows, centres), axis=1), dtype=np.int64)


def _least(values: Sequence[str], same: Distinct) -> list[str]:
    """A text or code of each distinct row, the same whatever the order of the rows."""
    least: dict[int, str] = {}
    for value, row in zip(values, same.inverse.tolist(), strict=True):
        least[row] = min(value, least.get(row, value))
    return [least[row] for row in range(len(least))]


def _check(
    vectors: NDArray[np.float32], **given: Sequence[str] | NDArray[np.float64] | None
) -> None:
    if vectors.ndim != 2 or len(vectors) == 0:
        raise ConfigError(f"vectors must be a (n, d) array with n >= 1, got {vectors.shape}.")
    for name, values in given.items():
        if values is not None and len(values) != len(vectors):
            raise ConfigError(f"{len(vectors)} vectors came with {len(values)} {name}.")

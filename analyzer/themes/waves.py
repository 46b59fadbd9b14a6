"""Themes from wave to wave: what is new, what became of what was known, and what drifted.

A new wave gets the themes that are known; what is new is looked for in the new wave and earlier
rows together. Rows are clustered without being told which wave they are from, so that when nothing
changed every cluster holds both waves alike, and a test of that is honest; clustering the new wave
alone finds "new" themes in anything, because its centroids fit its own rows. Looking only at rows
that no known theme explains misses new themes as well: on the demo waves 73 % of the rows of the
one new theme lie within the limits of old ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.themes.assign import ThemeSpace
from analyzer.themes.discovery import unit
from analyzer.themes.graph import communities, neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Candidate",
    "Drift",
    "Relation",
    "centroids",
    "drift",
    "emerging",
    "extend",
    "match",
    "move",
    "pool",
    "relations",
]

_RESOLUTION: Final = 3.0
_POOL_ROWS: Final = 6_000  # of each side, beyond this a sample
_FEWEST_PEOPLE: Final = 10
_Q: Final = 0.05
_RATIO: Final = 3.0  # new share against earlier share
_RARE: Final = 0.03  # earlier share above which a theme was there before
_MUTUAL: Final = 0.5
_BOOTSTRAP: Final = 100
_SAME: Final = 0.9  # of what chance gives between samples of one theme
_SLOW: Final = 0.2  # most that one wave may move a prototype
_DRIFT: Final = 0.75  # a theme whose centroids are nearer than this still says the same
_SLACK: Final = 0.75  # rows that made a theme are nearer to it than any later ones
_DOMINANT: Final = 0.5
_PART: Final = 0.3
_WAS_SMALL: Final = 0.1
_FEWEST_ROWS: Final = 20
_NULL_QUANTILE: Final = 0.97


@dataclass(frozen=True)
class Candidate:
    """A cluster that the new wave has far more of.

    Attributes:
        rows: indices of its rows in the new wave.
        people: distinct people of the new wave in it.
        share: of the people of the new wave.
        share_before: of the people of the earlier rows.
        q: of Fisher's exact test, Benjamini-Hochberg over all clusters.
    """

    rows: NDArray[np.int64]
    people: int
    share: float
    share_before: float
    q: float


@dataclass(frozen=True)
class Relation:
    """What shared comments say became of a theme.

    Attributes:
        status: split or merged.
        related: indices of the themes it is merged with, or that it was split into.
        overlap: share of its rows that says so.
    """

    status: str
    related: tuple[int, ...]
    overlap: float


@dataclass(frozen=True)
class Drift:
    """Whether a theme's content changed under its name.

    Attributes:
        similarity: of its centroid now to that when it was made.
        limit: three quarters of what chance gives between samples of these sizes; 0.75 at most.
        alarm: similarity is under the limit.
    """

    similarity: float
    limit: float
    alarm: bool


def centroids(
    rows: NDArray[np.float32], labels: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    """Unit centroids (count, d) of centred rows; a label without rows has a zero row."""
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, labels, rows)
    return unit(sums.astype(np.float32))


def pool(
    new: NDArray[np.float32], earlier: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cluster new and earlier rows together, finely, blind to which are which.

    Args:
        new: (n, d) centred unit rows.
        earlier: (m, d) centred unit rows.
        seed: of sampling and clustering.

    Returns:
        Labels (n,) and (m,); -1 for rows beyond the sample of 6,000 distinct rows a side.
    """
    kept_new, kept_old = _sample(new, seed), _sample(earlier, seed)
    both = np.vstack([new[kept_new], earlier[kept_old]])
    rows, inverse = np.unique(both, axis=0, return_inverse=True)
    found = communities(neighbours(rows), _RESOLUTION, seed)[inverse.reshape(-1)]
    labels = np.full(len(new), -1), np.full(len(earlier), -1)
    labels[0][kept_new] = found[: len(kept_new)]
    labels[1][kept_old] = found[len(kept_new) :]
    return labels


def emerging(
    new: NDArray[np.int64],
    earlier: NDArray[np.int64],
    people: Sequence[str],
    people_before: Sequence[str],
    known: NDArray[np.int64],
) -> list[Candidate]:
    """Clusters that the new wave has, and earlier rows hardly have.

    Args:
        new: (n,) clusters of the new rows, from `pool`.
        earlier: (m,) clusters of the earlier rows.
        people: n persons.
        people_before: m persons.
        known: (n,) known theme of each new row. A cluster that holds more than half of a theme's
            rows, more than half of which are that theme's, is that theme and not a new one.

    Returns:
        Candidates, largest first: ten people or more, at most 3 % of people before, three times
        the share or more, q <= 0.05.
    """
    from scipy.stats import false_discovery_control, fisher_exact

    now, before = _people(new, people), _people(earlier, people_before)
    size = max(1, len(set(_in_sample(people, new))))
    size_before = max(1, len(set(_in_sample(people_before, earlier))))
    clusters = sorted(c for c in now if now[c] + before.get(c, 0) >= _FEWEST_PEOPLE)
    if not clusters:
        return []
    tables = [
        ((now[c], size - now[c]), (before.get(c, 0), size_before - before.get(c, 0)))
        for c in clusters
    ]
    q = false_discovery_control([float(fisher_exact(table).pvalue) for table in tables])
    found = []
    for cluster, value in zip(clusters, q, strict=True):
        share, share_before = now[cluster] / size, before.get(cluster, 0) / size_before
        rows = np.flatnonzero(new == cluster)
        if (
            value <= _Q
            and now[cluster] >= _FEWEST_PEOPLE
            and share_before <= _RARE
            and share >= _RATIO * share_before
            and not _is_known(rows, known)
        ):
            found.append(Candidate(rows, now[cluster], share, share_before, float(value)))
    return sorted(found, key=lambda candidate: (-candidate.people, int(candidate.rows[0])))


def match(
    candidates: NDArray[np.float32],
    sizes: Sequence[int],
    stored: Sequence[NDArray[np.float32]],
    seed: int,
) -> NDArray[np.int64]:
    """Recognise known themes among candidates, one to one.

    A candidate may be a known theme when its centroid is nearly as near to the theme's as that of
    another sample of the theme, of the candidate's size, would be; and nearer than to any other
    theme by the spread of such samples.

    Args:
        candidates: (c, d) centred unit centroids.
        sizes: rows of each candidate.
        stored: centred unit rows of each of the k known themes.
        seed: of the samples.

    Returns:
        (c,) index of the known theme, or -1.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(candidates) or not stored:
        return np.full(len(candidates), -1)
    middles = np.stack([unit(rows.mean(axis=0, keepdims=True))[0] for rows in stored])
    similar = candidates @ middles.T
    limits, margins = np.ones_like(similar), np.zeros_like(similar)
    for theme, rows in enumerate(stored):
        for candidate, size in enumerate(sizes):
            limits[candidate, theme] = _SAME * _agreement(rows, size)
            margins[candidate, theme] = float(_samples(rows, size, middles[theme], seed).std())
    gain = np.round(similar - limits, 6)
    result = np.full(len(candidates), -1)
    for candidate, theme in zip(*linear_sum_assignment(-gain), strict=True):
        rivals = np.delete(similar[candidate], theme)
        margin = similar[candidate, theme] - rivals.max(initial=-1.0)
        if gain[candidate, theme] >= 0 and margin >= margins[candidate, theme]:
            result[candidate] = theme
    return result


def relations(
    theme: NDArray[np.int64],
    cluster: NDArray[np.int64],
    theme_before: NDArray[np.int64],
    cluster_before: NDArray[np.int64],
) -> dict[int, Relation]:
    """Splits and merges, from the comments that themes and clusters share.

    A theme is split when a cluster that held at most 10 % of it before holds 30 % or more now, a
    second one does as well or still holds the rest, and chance does not explain it (chi-squared,
    q <= 0.05). Two themes are merged when half of each lies in one cluster now and did not before.

    Args:
        theme: (n,) theme of each new row.
        cluster: (n,) its cluster, from `pool`; -1 takes no part.
        theme_before: (m,) theme of each earlier row.
        cluster_before: (m,) its cluster.

    Returns:
        Relations by theme; most themes have none.
    """
    from scipy.stats import chi2_contingency, false_discovery_control

    count = int(max(theme.max(initial=-1), theme_before.max(initial=-1))) + 1
    width = int(max(cluster.max(initial=-1), cluster_before.max(initial=-1))) + 1
    now, before = (
        _table(theme, cluster, (count, width)),
        _table(theme_before, cluster_before, (count, width)),
    )
    large = np.flatnonzero((now.sum(1) >= _FEWEST_ROWS) & (before.sum(1) >= _FEWEST_ROWS))
    if not len(large):
        return {}
    p = []
    for one in large:
        both = np.stack([now[one], before[one]])
        p.append(float(chi2_contingency(both[:, both.sum(0) > 0]).pvalue))
    changed = large[false_discovery_control(p) <= _Q]
    share = now / np.maximum(1, now.sum(1, keepdims=True))
    share_before = before / np.maximum(1, before.sum(1, keepdims=True))
    found: dict[int, Relation] = {}
    for one in changed:
        fresh = (share[one] >= _PART) & (share_before[one] <= _WAS_SMALL)
        rest = (share[one] >= _PART) & ~fresh
        if fresh.any() and (rest.any() or fresh.sum() > 1):
            found[int(one)] = Relation("split", (), float(share[one][fresh].sum()))
    for one in changed:
        others = [
            int(other)
            for other in large
            if other != one
            and (np.minimum(share[one], share[other]) >= _DOMINANT).any()
            and not (np.minimum(share_before[one], share_before[other]) >= _DOMINANT).any()
        ]
        if others:
            found[int(one)] = Relation("merged", tuple(others), float(share[one].max()))
    return found


def drift(
    born: NDArray[np.float32], earlier: NDArray[np.float32], now: NDArray[np.float32]
) -> Drift:
    """Compare a theme's rows of one wave with what it was when it was made.

    Args:
        born: (d,) centroid when it was made.
        earlier: (m, d) centred unit rows it had before; may be few.
        now: (n, d) centred unit rows it has in this wave, n >= 1.
    """
    middle = unit(now.mean(axis=0, keepdims=True))[0]
    similarity = float(middle @ born)
    chance = _agreement(now, len(earlier))
    limit = min(_DRIFT, _SLACK * chance)
    enough = min(len(now), len(earlier)) >= _FEWEST_ROWS
    return Drift(round(similarity, 4), round(limit, 4), bool(enough and similarity < limit))


def move(
    space: ThemeSpace, rows: NDArray[np.float32], theme: NDArray[np.int64], sizes: Sequence[int]
) -> ThemeSpace:
    """Let each theme follow its new rows, slowly: a running mean that one wave moves by 20 % most.

    Args:
        space: where themes lie.
        rows: (n, d) centred rows that belong with confidence.
        theme: (n,) their themes.
        sizes: rows each theme had before.

    Returns:
        The space with prototypes moved; mean, offsets and limits stay.
    """
    prototypes = space.prototypes.copy()
    similar = rows @ prototypes.T
    similar[theme[:, None] != space.owner[None, :]] = -np.inf
    nearest = np.argmax(similar, axis=1)
    for number in np.unique(nearest):
        own = rows[nearest == number]
        before = max(
            1, sizes[space.owner[number]] // int((space.owner == space.owner[number]).sum())
        )
        weight = min(_SLOW, len(own) / (len(own) + before))
        target = unit(own.mean(axis=0, keepdims=True))[0]
        prototypes[number] = (1 - weight) * prototypes[number] + weight * target
    return ThemeSpace(space.mean, unit(prototypes), space.owner, space.limits, space.offsets)


def extend(
    space: ThemeSpace, groups: Sequence[NDArray[np.float32]], others: NDArray[np.float32]
) -> ThemeSpace:
    """Add themes at the end.

    Args:
        space: where themes lie.
        groups: centred unit rows of each theme to add.
        others: centred unit rows of other themes, to calibrate the limits by.

    Returns:
        The space with ``len(groups)`` more themes.
    """
    added = np.stack([unit(rows.mean(axis=0, keepdims=True))[0] for rows in groups])
    first = len(space.limits)
    limits = [
        float(np.quantile(others @ row, _NULL_QUANTILE)) if len(others) else -1.0 for row in added
    ]
    return ThemeSpace(
        space.mean,
        np.vstack([space.prototypes, added]),
        np.concatenate([space.owner, np.arange(first, first + len(added))]),
        np.concatenate([space.limits, np.round(limits, 5)]),
        space.offsets,
    )


def _sample(rows: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    if len(rows) <= _POOL_ROWS:
        return np.arange(len(rows))
    chosen = np.random.default_rng(seed).choice(len(rows), _POOL_ROWS, replace=False)
    return np.sort(chosen)


def _in_sample(people: Sequence[str], clusters: NDArray[np.int64]) -> list[str]:
    return [person for person, cluster in zip(people, clusters, strict=True) if cluster >= 0]


def _people(clusters: NDArray[np.int64], people: Sequence[str]) -> dict[int, int]:
    groups: dict[int, set[str]] = {}
    for cluster, person in zip(clusters.tolist(), people, strict=True):
        if cluster >= 0:
            groups.setdefault(cluster, set()).add(person)
    return {cluster: len(members) for cluster, members in groups.items()}


def _is_known(rows: NDArray[np.int64], known: NDArray[np.int64]) -> bool:
    sizes = np.bincount(known)
    inside = np.bincount(known[rows], minlength=len(sizes))
    theme = int(inside.argmax())
    return bool(inside[theme] > _MUTUAL * len(rows) and inside[theme] > _MUTUAL * sizes[theme])


def _samples(
    rows: NDArray[np.float32], size: int, middle: NDArray[np.float32], seed: int
) -> NDArray[np.float64]:
    """Similarity to ``middle`` of centroids of samples, with replacement, of the rows."""
    random = np.random.default_rng(seed)
    size = min(size, 2_000)
    picks = random.integers(0, len(rows), (_BOOTSTRAP, size))
    means = np.stack([rows[pick].mean(axis=0) for pick in picks])
    return np.asarray(unit(means) @ middle, dtype=np.float64)


def _agreement(rows: NDArray[np.float32], other: int) -> float:
    """Cosine to expect between the centroids of these rows and of ``other`` more of their kind."""
    count = len(rows)
    if min(count, other) < 2:
        return 0.0
    length = float(np.sum(rows.mean(axis=0, dtype=np.float64) ** 2))
    signal = max(1e-3, (count * length - 1) / (count - 1))
    noise = (1 - signal) / signal
    return float(1 / np.sqrt((1 + noise / count) * (1 + noise / other)))


def _table(
    theme: NDArray[np.int64], cluster: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    table = np.zeros(shape)
    kept = cluster >= 0
    np.add.at(table, (theme[kept], cluster[kept]), 1)
    return table

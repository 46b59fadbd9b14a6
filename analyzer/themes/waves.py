"""Themes from wave to wave: what is new, and what became of what was known.

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

from analyzer.themes.draws import shuffled
from analyzer.themes.graph import communities
from analyzer.themes.nearest import Likeness, nearest
from analyzer.themes.rows import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "MIDDLE",
    "Candidate",
    "Relation",
    "emerging",
    "pool",
    "relations",
]

# All finer than themes are: a broad subject is whole at 3 and in pieces at 8, a narrow one hides
# among its neighbours at 3. docs/workspace.md tells what the three find.
_RESOLUTIONS: Final = (3.0, 5.0, 8.0)
MIDDLE: Final = 1  # the row of `pool` that is neither coarse nor fine
_OVERLAP: Final = 0.1  # of a cluster's rows that a clearer one may have taken
_POOL_ROWS: Final = 6_000  # of each side, beyond this a sample
_FEWEST_PEOPLE: Final = 10
_Q: Final = 0.05
_RATIO: Final = 2.0  # new share against earlier share
_RARE: Final = 0.06  # earlier share above which a theme was there before
_MUTUAL: Final = 0.5
_DOMINANT: Final = 0.5
_PART: Final = 0.3
_WAS_SMALL: Final = 0.1
_FEWEST_ROWS: Final = 20


@dataclass(frozen=True)
class Candidate:
    """A cluster that the new wave has far more of.

    Attributes:
        rows: indices of its rows in the new wave.
        people: distinct people of the new wave in it.
        share: of the people of the new wave.
        share_before: of the people of the earlier rows.
        q: of Fisher's exact test (mid-p), Benjamini-Hochberg over all clusters.
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


def pool(
    new: NDArray[np.float32], earlier: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cluster new and earlier rows together, blind to which are which, from coarse to fine.

    By meaning alone: with wording too, new subjects are found no more often, and waves in which
    nothing changed get new themes (docs/workspace.md).

    Args:
        new: (n, d) centred unit rows.
        earlier: (m, d) centred unit rows.
        seed: of sampling and clustering.

    Returns:
        Labels (3, n) and (3, m), one row a resolution; -1 for rows beyond the sample of 6,000 a
        side.
    """
    kept_new, kept_old = _sample(new, seed), _sample(earlier, seed)
    both = np.vstack([new[kept_new], earlier[kept_old]])
    same = distinct(both)
    graph = nearest(Likeness.of(both[same.first])).graph()
    order = shuffled(same.keys, seed)
    labels = tuple(np.full((len(_RESOLUTIONS), len(side)), -1) for side in (new, earlier))
    for row, resolution in enumerate(_RESOLUTIONS):
        found = communities(graph, resolution, order)[same.inverse]
        labels[0][row, kept_new] = found[: len(kept_new)]
        labels[1][row, kept_old] = found[len(kept_new) :]
    return labels[0], labels[1]


def emerging(
    new: NDArray[np.int64],
    earlier: NDArray[np.int64],
    people: Sequence[str],
    people_before: Sequence[str],
    known: NDArray[np.int64],
    known_before: NDArray[np.int64],
) -> list[Candidate]:
    """Clusters that the new wave has, and earlier rows hardly have.

    Args:
        new: (r, n) clusters of the new rows at r resolutions, from `pool`.
        earlier: (r, m) clusters of the earlier rows.
        people: n persons.
        people_before: m persons.
        known: (n,) known theme of each new row.
        known_before: (m,) theme of each earlier row; -1 for none. A cluster that holds more than
            half of a theme's rows, now and before (if it had any), and more than half of whose rows
            are that theme's, is that theme and not a new one. Now alone would not do: a new subject
            fills the small theme that it is nearest to.

    Returns:
        Candidates, largest first: ten people or more, at most 6 % of people before, twice
        the share or more, q <= 0.05. Where clusters of several resolutions share rows, the one with
        the smallest q stands for them.
    """
    from scipy.stats import false_discovery_control

    size, size_before = _everyone(new[0], people), _everyone(earlier[0], people_before)
    clusters = []
    for level, (now, before) in enumerate(zip(new, earlier, strict=True)):
        here, there = _people(now, people), _people(before, people_before)
        clusters += [
            (level, one, here[one], there.get(one, 0))
            for one in sorted(here)
            if here[one] + there.get(one, 0) >= _FEWEST_PEOPLE
        ]
    if not clusters:
        return []
    counts = np.array([one[2:] for one in clusters])
    q = false_discovery_control(_mid_p(counts[:, 0], size, counts[:, 1], size_before))
    taken = np.zeros(new.shape[1], dtype=np.bool_)
    found = []
    for value, (level, one, count, count_before) in sorted(zip(q.tolist(), clusters, strict=True)):
        share, share_before = count / size, count_before / size_before
        rows = np.flatnonzero(new[level] == one)
        if (
            value <= _Q
            and count >= _FEWEST_PEOPLE
            and share_before <= _RARE
            and share >= _RATIO * share_before
            and taken[rows].mean() <= _OVERLAP
            and not _is_known(rows, known, earlier[level] == one, known_before)
        ):
            taken[rows] = True
            found.append(Candidate(rows, count, share, share_before, float(value)))
    return sorted(found, key=lambda candidate: (-candidate.people, int(candidate.rows[0])))


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


def _sample(rows: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    if len(rows) <= _POOL_ROWS:
        return np.arange(len(rows))
    chosen = np.random.default_rng(seed).choice(len(rows), _POOL_ROWS, replace=False)
    return np.sort(chosen)


def _everyone(clusters: NDArray[np.int64], people: Sequence[str]) -> int:
    """People with a row in the sample."""
    return max(1, len({who for who, one in zip(people, clusters, strict=True) if one >= 0}))


def _mid_p(
    count: NDArray[np.int64], size: int, count_before: NDArray[np.int64], size_before: int
) -> NDArray[np.float64]:
    """Fisher's exact test with half of the observed table's chance, twice the smaller tail.

    Lancaster (1961), JASA 56: the exact test of counts this small rejects far less than it may.
    """
    from scipy.stats import hypergeom

    chance = hypergeom(size + size_before, count + count_before, size)
    half = chance.pmf(count) / 2
    tails = np.minimum(chance.cdf(count) - half, chance.sf(count) + half)
    return np.asarray(np.clip(2 * tails, 0.0, 1.0), dtype=np.float64)


def _people(clusters: NDArray[np.int64], people: Sequence[str]) -> dict[int, int]:
    groups: dict[int, set[str]] = {}
    for cluster, person in zip(clusters.tolist(), people, strict=True):
        if cluster >= 0:
            groups.setdefault(cluster, set()).add(person)
    return {cluster: len(members) for cluster, members in groups.items()}


def _is_known(
    rows: NDArray[np.int64],
    known: NDArray[np.int64],
    inside_before: NDArray[np.bool_],
    known_before: NDArray[np.int64],
) -> bool:
    sizes = np.bincount(known)
    inside = np.bincount(known[rows], minlength=len(sizes))
    theme = int(inside.argmax())
    before = known_before == theme
    return bool(
        inside[theme] > _MUTUAL * len(rows)
        and inside[theme] > _MUTUAL * sizes[theme]
        and (not before.any() or (before & inside_before).sum() > _MUTUAL * before.sum())
    )


def _table(
    theme: NDArray[np.int64], cluster: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    table = np.zeros(shape)
    kept = cluster >= 0
    np.add.at(table, (theme[kept], cluster[kept]), 1)
    return table

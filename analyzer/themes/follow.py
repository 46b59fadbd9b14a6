"""Where known themes lie from wave to wave: recognised, followed slowly, and watched for drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.themes.assign import Assignment, ThemeSpace
from analyzer.themes.rows import cosines, distinct, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Drift", "centroids", "drift", "extend", "held_out", "match", "move"]

_BOOTSTRAP: Final = 100
_SAME: Final = 0.9  # of what chance gives between samples of one theme
_SLOW: Final = 0.2  # most that one wave may move a prototype
_DRIFT: Final = 0.75  # a theme whose centroids are nearer than this still says the same
_SLACK: Final = 0.75  # rows that made a theme are nearer to it than any later ones
_FEWEST_ROWS: Final = 20
_NULL_QUANTILE: Final = 0.97


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
    similar = cosines(candidates, middles)
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


def drift(
    born: NDArray[np.float32], earlier: NDArray[np.float32], now: NDArray[np.float32]
) -> Drift:
    """Compare a theme's rows of one wave with what it was when it was made.

    Args:
        born: (d,) centroid when it was made.
        earlier: (m, d) centred unit rows it had before; may be few.
        now: (n, d) centred unit rows it has in this wave, n >= 1.
    """
    middle = unit(now.mean(axis=0, keepdims=True))
    similarity = float(cosines(middle, born[None])[0, 0])
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
    nearest = _own_prototype(space, rows, theme)
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
        float(np.quantile(cosines(others, row[None]), _NULL_QUANTILE)) if len(others) else -1.0
        for row in added
    ]
    return ThemeSpace(
        space.mean,
        np.vstack([space.prototypes, added]),
        np.concatenate([space.owner, np.arange(first, first + len(added))]),
        np.concatenate([space.limits, np.round(limits, 5)]),
        space.offsets,
    )


def held_out(
    space: ThemeSpace,
    rows: NDArray[np.float32],
    made: NDArray[np.int64],
    assigned: Assignment,
) -> Assignment:
    """Judge rows that made a theme as rows of a later wave are: as if they had not made it.

    A row lies nearer to a mean that it is part of than another of its kind does. Were it judged by
    that, fewer rows of the next wave would pass the same limit, and themes would seem to fade. So
    its share is taken out of the prototype that it is nearest to: with s the sum of the rows of
    that prototype, the similarity to s - row instead of s. Themes stay as they are assigned.

    Args:
        space: where themes lie.
        rows: (n, d) centred unit rows.
        made: (n,) theme that the row helped to make, or -1.
        assigned: of the rows, by ``space``.

    Returns:
        The assignment with similarities and confidence held out.
    """
    same = distinct(rows)
    once = same.first[made[same.first] >= 0]
    number = _own_prototype(space, rows[once], made[once])
    sums = np.zeros(space.prototypes.shape)
    np.add.at(sums, number, rows[once])
    length = np.linalg.norm(sums, axis=1)[number]
    # The words of somebody else too would be there without this row.
    alone = (same.counts[same.inverse[once]] == 1) & (assigned.theme[once] == made[once])
    near = np.einsum("ij,ij->i", rows[once], space.prototypes[number], dtype=np.float64)
    rest = np.sqrt(np.maximum(length**2 - 2 * near * length + 1, 1e-6))
    out = np.where(length > 1, (near * length - 1) / rest, -1.0)
    similarity = assigned.similarity.copy()
    similarity[once[alone]] = np.round(np.clip(out[alone], -1.0, 1.0), 5)
    return Assignment(assigned.theme, similarity, similarity >= space.limits[assigned.theme])


def _own_prototype(
    space: ThemeSpace, rows: NDArray[np.float32], theme: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Find the nearest prototype of each row's own theme."""
    similar = cosines(rows, space.prototypes)
    similar[theme[:, None] != space.owner[None, :]] = -np.inf
    return np.asarray(np.argmax(similar, axis=1), dtype=np.int64)


def _samples(
    rows: NDArray[np.float32], size: int, middle: NDArray[np.float32], seed: int
) -> NDArray[np.float64]:
    """Similarity to ``middle`` of centroids of samples, with replacement, of the rows."""
    random = np.random.default_rng(seed)
    size = min(size, 2_000)
    picks = random.integers(0, len(rows), (_BOOTSTRAP, size))
    means = np.stack([rows[pick].mean(axis=0) for pick in picks])
    return cosines(unit(means), middle[None])[:, 0]


def _agreement(rows: NDArray[np.float32], other: int) -> float:
    """Cosine to expect between the centroids of these rows and of ``other`` more of their kind."""
    count = len(rows)
    if min(count, other) < 2:
        return 0.0
    length = float(np.sum(rows.mean(axis=0, dtype=np.float64) ** 2))
    signal = max(1e-3, (count * length - 1) / (count - 1))
    noise = (1 - signal) / signal
    return float(1 / np.sqrt((1 + noise / count) * (1 + noise / other)))

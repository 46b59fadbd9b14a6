"""Which of the passages that passed are exported: no two alike, one a person, varied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.quotes.wording import fold
from analyzer.themes.rows import cosines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders.vectors import Rows
    from analyzer.quotes.candidates import Candidate

__all__ = ["best_of_each", "choose", "diverse", "without_duplicates"]

_RELEVANCE: Final = 0.6  # against redundancy, in maximal marginal relevance
_NEAR: Final = 0.15  # cosine distance under which words are compared
_SAME_WORDS: Final = 0.6  # Jaccard


def ranked(passages: Iterable[Candidate]) -> list[Candidate]:
    """Best first; ties by id and place."""
    return sorted(passages, key=lambda p: (-p.quality, p.comment, p.first, p.last))


def best_of_each(
    passages: Sequence[Candidate], key: Callable[[Candidate], str]
) -> tuple[list[Candidate], list[Candidate]]:
    """Keep the best passage of each comment or person.

    Returns:
        Those kept, best first, and the others.
    """
    kept: dict[str, Candidate] = {}
    rest = []
    for passage in ranked(passages):
        if key(passage) in kept:
            rest.append(passage)
        else:
            kept[key(passage)] = passage
    return list(kept.values()), rest


def without_duplicates(
    passages: Sequence[Candidate], vectors: Rows
) -> tuple[list[Candidate], list[Candidate]]:
    """Drop passages that say with nearly the same words what a better one says.

    Args:
        passages: at most one a comment.
        vectors: (n spans, d) rows that `Candidate.rows` points into.

    Returns:
        Those kept, best first, and the others.
    """
    from sklearn.neighbors import NearestNeighbors

    order = ranked(passages)
    if len(order) < 2:
        return order, []
    points = np.stack([passage.vector(vectors) for passage in order])
    near = NearestNeighbors(radius=_NEAR, metric="cosine", algorithm="brute").fit(points)
    pairs = near.radius_neighbors(points, return_distance=False)
    words = [frozenset(re.findall(r"\w+", fold(passage.text))) for passage in order]
    kept: list[Candidate] = []
    dropped: list[Candidate] = []
    alive = np.zeros(len(order), dtype=bool)
    for at, passage in enumerate(order):
        alive[at] = not any(
            alive[other] and _alike(words[at], words[other]) for other in pairs[at] if other < at
        )
        (kept if alive[at] else dropped).append(passage)
    return kept, dropped


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME_WORDS * len(one | other)


def choose(
    passages: Sequence[Candidate],
    vectors: Rows,
    *,
    limit: int,
    per_theme: int | None,
) -> tuple[list[Candidate], list[Candidate]]:
    """Take the most fitting passages that differ most (Carbonell and Goldstein 1998).

    Passages of themes, languages, touchpoints and segments that have not had their even share come
    before others; ``per_theme`` is never exceeded.

    Returns:
        Those chosen, first choice first, and the others.
    """
    order = ranked(passages)
    points = np.stack([p.vector(vectors) for p in order]) if order else np.empty((0, 1), np.float32)
    traits = [(p.theme, p.language, p.about["touchpoint"], p.about["segment"]) for p in order]
    hard = None if per_theme is None else [per_theme, None, None, None]
    quality = np.array([p.quality for p in order])
    chosen = diverse(points, quality, traits, limit=limit, hard=hard)
    taken = set(chosen)
    return [order[i] for i in chosen], [p for i, p in enumerate(order) if i not in taken]


def diverse(
    points: NDArray[np.float32],
    relevance: NDArray[np.float64],
    traits: Sequence[tuple[str | None, ...]],
    *,
    limit: int,
    hard: Sequence[int | None] | None = None,
) -> list[int]:
    """Maximal marginal relevance with quotas.

    Args:
        points: (n, d) unit rows.
        relevance: n values in 0..1.
        traits: n tuples of equal length. The even share of a value, None among them, is the limit
            over the number of values; rows beyond fewer shares come first.
        limit: how many at most.
        hard: for each trait the most that one of its values, None aside, may take; None for no
            such bound.

    Returns:
        Positions, first choice first.
    """
    if not traits:
        return []
    codes, sizes = _codes(traits)
    soft = [-(-min(limit, len(traits)) // size) for size in sizes]
    counts = [np.zeros(size + 1, dtype=np.int64) for size in sizes]
    open_ = np.ones(len(traits), dtype=bool)
    redundancy = np.zeros(len(traits))
    chosen: list[int] = []

    def reached(bounds: Sequence[int | None], first: int) -> NDArray[np.int64]:
        """How many bounds each row's traits have reached, among values numbered from ``first``."""
        full = np.zeros(len(traits), dtype=np.int64)
        for column, most in enumerate(bounds):
            if most is not None:
                values = codes[column]
                full += (values >= first) & (counts[column][values] >= most)
        return full

    while len(chosen) < limit:
        if hard is not None:
            open_ &= reached(hard, 1) == 0
        left = np.flatnonzero(open_)
        if not len(left):
            break
        beyond = reached(soft, 0)[left]
        pool = left[beyond == beyond.min()]
        score = _RELEVANCE * relevance[pool] - (1 - _RELEVANCE) * redundancy[pool]
        best = int(pool[np.argmax(np.round(score, 6))])
        chosen.append(best)
        open_[best] = False
        redundancy = np.maximum(redundancy, cosines(points, points[best : best + 1])[:, 0])
        for column, tally in enumerate(counts):
            tally[codes[column][best]] += 1
    return chosen


def _codes(traits: Sequence[tuple[str | None, ...]]) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Number the values of each trait from 1, None as 0; and how many values each has."""
    codes, sizes = [], []
    for column in zip(*traits, strict=True):
        values = sorted({value for value in column if value is not None})
        places = {value: place for place, value in enumerate(values, 1)}
        codes.append(np.array([places.get(value, 0) for value in column], dtype=np.int64))
        sizes.append(len(set(column)))
    return codes, sizes

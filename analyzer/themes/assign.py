"""Give any span its theme: the nearest one, with a limit that the data itself calibrates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from analyzer.themes.kernel import Learned
from analyzer.themes.rows import cosines, distinct, sample, unit
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders.vectors import Gathered

__all__ = ["Assignment", "ThemeSpace", "build_space", "learn"]

_PROTOTYPES = 4
_ROWS_A_PROTOTYPE = 15
_PROTOTYPE_ROWS = 600  # of a theme, that its prototypes are the means of
# A span belongs with confidence when it is nearer than 97 of 100 spans of other themes are.
_NULL_QUANTILE = 0.97
_CALIBRATION_ROWS = 5_000
_BLOCK = 2_048  # rows at a time


@dataclass(frozen=True)
class Assignment:
    """Themes of n spans.

    Attributes:
        theme: (n,) index of a theme; every span has one.
        similarity: (n,) centred cosine to the theme's nearest prototype.
        confident: (n,) whether the similarity is above the theme's limit.
    """

    theme: NDArray[np.int64]
    similarity: NDArray[np.float64]
    confident: NDArray[np.bool_]


@dataclass(frozen=True)
class ThemeSpace:
    """Where themes lie, once vectors are centred.

    Attributes:
        mean: (d,) what is subtracted from every vector.
        offsets: per language (d,), what is subtracted on top; empty unless a leak was corrected.
        prototypes: (m, d) unit rows, a few a theme.
        owner: (m,) theme of each prototype.
        limits: (k,) similarity from which a span belongs to a theme with confidence.
    """

    mean: NDArray[np.float32]
    prototypes: NDArray[np.float32]
    owner: NDArray[np.int64]
    limits: NDArray[np.float64]
    offsets: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def centre(
        self, vectors: NDArray[np.float32], languages: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Move (n, d) encoder vectors into the themes' space; unit rows."""
        rows = unit(vectors - self.mean)
        if self.offsets and languages is not None:
            place = {code: i for i, code in enumerate(self.offsets, start=1)}
            offsets = np.stack([np.zeros_like(self.mean), *self.offsets.values()])
            rows = unit(rows - offsets[[place.get(code, 0) for code in languages]])
        return rows

    def similarities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Similarity (n, k) of centred rows to each theme: that of its nearest prototype."""
        similar = cosines(rows, self.prototypes)
        return np.maximum.reduceat(similar, np.unique(self.owner, return_index=True)[1], axis=1)

    def assign(
        self,
        vectors: NDArray[np.float32] | Gathered,
        languages: Sequence[str] | None = None,
        learned: Learned | None = None,
        known: NDArray[np.int64] | None = None,
    ) -> Assignment:
        """Find the theme of each of n spans: the one that is known, was learned, or is nearest.

        Args:
            vectors: (n, d) encoder vectors.
            languages: n codes, needed where the space has offsets.
            learned: chooses the theme in place of nearness; see `learn`.
            known: (n,) theme that a span has whatever it is near to, or -1.
        """
        theme = np.empty(len(vectors), dtype=np.int64)
        similarity = np.empty(len(vectors))

        def block(part: slice) -> None:
            rows = self.centre(vectors[part], None if languages is None else languages[part])
            similar = self.similarities(rows)
            own = np.argmax(similar, axis=1) if learned is None else learned.themes(rows)
            if known is not None:
                own = np.where(known[part] >= 0, known[part], own)
            theme[part], similarity[part] = own, similar[np.arange(len(own)), own]

        over_blocks(block, len(vectors), _BLOCK)
        return Assignment(theme, similarity, similarity >= self.limits[theme])


def build_space(
    vectors: NDArray[np.float32],
    labels: NDArray[np.int64],
    languages: Sequence[str] | None = None,
    *,
    offsets: dict[str, NDArray[np.float32]] | None = None,
    seed: int = 0,
) -> ThemeSpace:
    """Describe discovered themes so that any other span can be assigned to them.

    Args:
        vectors: (n, d) unit rows that themes were discovered on.
        labels: (n,) their themes, 0..k-1, none empty.
        languages: n codes, needed when ``offsets`` is given.
        offsets: language offsets of the discovery.
        seed: of the prototypes.

    Returns:
        A `ThemeSpace` whose limits are quantiles of what the spans of other themes reach.
    """
    same = distinct(vectors)
    rows, labels = vectors[same.first], labels[same.first]
    codes = None if languages is None else [languages[i] for i in same.first]
    bare = ThemeSpace(
        np.average(rows, axis=0, weights=same.counts).astype(np.float32),
        np.empty((0, vectors.shape[1]), np.float32),
        np.empty(0, np.int64),
        np.empty(0),
        offsets or {},
    )
    rows = bare.centre(rows, codes)
    groups = int(labels.max()) + 1
    parts = [_prototypes(rows[labels == group], seed) for group in range(groups)]
    owner = np.repeat(np.arange(groups), [len(part) for part in parts])
    space = ThemeSpace(bare.mean, np.vstack(parts), owner, np.zeros(groups), bare.offsets)
    return ThemeSpace(
        bare.mean, space.prototypes, owner, _limits(space, rows, labels, seed), bare.offsets
    )


def learn(
    space: ThemeSpace,
    vectors: NDArray[np.float32],
    labels: NDArray[np.int64],
    languages: Sequence[str] | None,
    seed: int,
) -> Learned:
    """Learn what belongs to the themes, from what `build_space` described them by.

    Args:
        space: of these themes.
        vectors: (n, d) unit rows that themes were discovered on.
        labels: (n,) their themes, 0..k-1, none empty.
        languages: n codes, needed where the space has offsets.
        seed: of the samples.
    """
    first = distinct(vectors).first
    codes = None if languages is None else [languages[i] for i in first]
    return Learned.of(space.centre(vectors[first], codes), labels[first], seed)


def _prototypes(rows: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    rows = rows[sample(len(rows), _PROTOTYPE_ROWS, seed)]
    count = min(_PROTOTYPES, len(rows) // _ROWS_A_PROTOTYPE)
    if count < 2:
        return unit(rows.mean(axis=0, keepdims=True))
    from sklearn.cluster import KMeans

    wide = rows.astype(np.float64)
    return unit(KMeans(count, n_init=1, random_state=seed).fit(wide).cluster_centers_)


def _limits(
    space: ThemeSpace, rows: NDArray[np.float32], labels: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    pick = sample(len(rows), _CALIBRATION_ROWS, seed)
    rows, labels = rows[pick], labels[pick]
    similar = space.similarities(rows)
    limits = np.full(similar.shape[1], -1.0)
    for theme in range(similar.shape[1]):
        others = similar[labels != theme, theme]
        if len(others):
            limits[theme] = np.quantile(others, _NULL_QUANTILE)
    return np.round(limits, 5)

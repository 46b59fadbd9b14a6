"""Macro-themes: a second, coarser level when there are too many themes to hold in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES
from analyzer.themes.discovery import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.themes.assign import ThemeSpace

__all__ = ["PARENTS", "macro_themes"]

PARENTS = {
    "parent_id": pl.String,
    **{f"name_{code}": pl.String for code in LANGUAGES},
    "themes": pl.Int64,
}

_NEEDED = 8  # at most so many themes are read without a second level
_THEMES_A_PARENT = 3.5


def macro_themes(
    space: ThemeSpace, encoder: Encoder, taken: list[dict[str, str]]
) -> tuple[list[str | None], pl.DataFrame]:
    """Join themes that lie near each other.

    Ward on the themes' centres, about 3.5 themes a macro-theme. A macro-theme is named by the
    concept of the shipped trilingual list that is near all of its themes; one with a single theme
    is none.

    Args:
        space: where k themes lie.
        encoder: the encoder of ``space``.
        taken: names of the k themes per language, which no macro-theme takes again.

    Returns:
        For each theme the id of its macro-theme or None, and a frame of macro-themes with the
        columns of `PARENTS`. Both are empty of macro-themes with 8 themes or fewer.
    """
    count = len(space.limits)
    if count <= _NEEDED:
        return [None] * count, pl.DataFrame(schema=PARENTS)
    centres = unit(
        np.stack([space.prototypes[space.owner == i].mean(axis=0) for i in range(count)])
    )
    groups = _ward(centres, max(3, round(count / _THEMES_A_PARENT)))
    several = [g for g in np.unique(groups) if (groups == g).sum() > 1]
    order = sorted(several, key=lambda g: int(np.flatnonzero(groups == g)[0]))
    ids = {g: f"M{number + 1:02d}" for number, g in enumerate(order)}
    names = _names([centres[groups == g] for g in order], space, encoder, taken)
    frame = pl.DataFrame(
        {
            "parent_id": [ids[g] for g in order],
            **{f"name_{code}": [name[code] for name in names] for code in LANGUAGES},
            "themes": [int((groups == g).sum()) for g in order],
        },
        schema=PARENTS,
    )
    return [ids.get(g) for g in groups], frame


def _ward(centres: NDArray[np.float32], groups: int) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(np.round(centres.astype(np.float64), 5), method="ward")
    return np.asarray(fcluster(tree, groups, criterion="maxclust"), dtype=np.int64)


def _names(
    families: list[NDArray[np.float32]],
    space: ThemeSpace,
    encoder: Encoder,
    taken: list[dict[str, str]],
) -> list[dict[str, str]]:
    from analyzer.themes.concepts import concept_vectors

    concepts, vectors = concept_vectors(encoder)
    rows = space.centre(vectors)
    used = {name.get(code) for name in taken for code in LANGUAGES}
    names: list[dict[str, str]] = []
    for centres in families:
        similar = rows @ centres.T
        score = np.round(rows @ unit(centres.mean(axis=0, keepdims=True))[0] + similar.min(1), 5)
        for best in np.lexsort((np.arange(len(score)), -score)):
            name: dict[str, str] = {code: concepts[best][code] for code in LANGUAGES}
            if used.isdisjoint(name.values()):
                break
        used |= set(name.values())
        names.append(name)
    return names

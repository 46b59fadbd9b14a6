"""A flat map of themes: near on paper when near in meaning, each theme a readable cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.themes.rows import sample, widest
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analyzer.themes.assign import ThemeSpace

__all__ = ["place_spans", "place_themes"]

_CLOUD = 0.35  # a cloud's width against the gap to the nearest theme
_REPEL_ROUNDS = 200
_BLOCK = 8_192  # rows at a time


def place_themes(space: ThemeSpace) -> NDArray[np.float64]:
    """Lay k themes out by classical scaling of their distances, then push overlaps apart.

    Returns:
        (k, 2) positions in about -1..1; the same input gives the same map.
    """
    centres = np.stack(
        [space.prototypes[space.owner == i].mean(axis=0) for i in range(len(space.limits))]
    ).astype(np.float64)
    count = len(centres)
    if count == 1:
        return np.zeros((1, 2))
    centred = centres - centres.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((count, 2))
    usable = min(2, len(scale))
    flat[:, :usable] = left[:, :usable] * scale[:usable]
    flat *= np.sign(flat[np.abs(flat).argmax(axis=0), np.arange(2)] + 1e-12)
    flat /= max(1e-9, np.abs(flat).max())
    return np.round(_push_apart(flat, 1.6 / np.sqrt(count)), 4)


def place_spans(
    centred: Callable[[NDArray[np.int64]], NDArray[np.float32]],
    themes: NDArray[np.int64],
    themes_at: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Put n spans in clouds around their themes, along each theme's two widest directions.

    Args:
        centred: gives the centred unit rows (m, d) of m spans by their index; never asked for many
            at a time.
        themes: (n,) theme indices.
        themes_at: (k, 2) from `place_themes`.

    Returns:
        (n, 2) positions.
    """
    gaps = np.linalg.norm(themes_at[:, None] - themes_at[None], axis=-1)
    np.fill_diagonal(gaps, np.inf)
    width = _CLOUD * (gaps.min(axis=1) if len(themes_at) > 1 else np.ones(1))
    placed = themes_at[themes].copy()

    def cloud(part: slice) -> None:
        theme = part.start
        own = np.flatnonzero(themes == theme)
        if len(own) < 3:
            return
        shown = centred(own[sample(len(own), _BLOCK, 0)])
        middle = shown.mean(axis=0)
        shown -= middle
        axes = _axes(shown)
        if len(own) > _BLOCK:
            blocks = [own[first : first + _BLOCK] for first in range(0, len(own), _BLOCK)]
            spread = np.concatenate([(centred(block) - middle) @ axes for block in blocks])
        else:
            spread = shown @ axes
        placed[own] += spread / max(1e-9, 2 * float(spread.std())) * width[theme]

    over_blocks(cloud, len(themes_at), 1)
    return np.round(placed, 4)


def _axes(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """The two directions (d, 2) that rows (n, d) differ most in; a largest part is positive."""
    axes = widest(rows, 2)
    return np.asarray(axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(2)]))


def _push_apart(points: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    points = points.copy()
    for _ in range(_REPEL_ROUNDS):
        delta = points[:, None] - points[None]
        distance = np.linalg.norm(delta, axis=-1) + np.eye(len(points))
        overlap = np.clip(gap - distance, 0, None) * (1 - np.eye(len(points)))
        if not overlap.any():
            break
        points += (delta / np.maximum(distance, 1e-6)[..., None] * overlap[..., None]).sum(1) * 0.25
    return points

"""The theme map of the page: bubbles for themes over dots for passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analyzer.report.drawing import bubbles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.pipeline import Analysis

__all__ = ["DOTS", "map_points", "plane"]

DOTS: Final = 1500
_SIZE: Final = (1000, 560)

Point = tuple[str, float, float]


def map_points(analysis: Analysis, most: int = DOTS) -> list[Point]:
    """Theme and place of passages in a stable order; of more than ``most``, evenly taken ones."""
    placed = (
        analysis.mentions.select("feedback_id", "span", "theme_id")
        .join(analysis.positions, on=["feedback_id", "span"])
        .sort("feedback_id", "span", "theme_id")
    )
    step = max(1, -(-placed.height // most))
    return placed.select("theme_id", "x", "y").gather_every(step).rows()


def plane(themes: Sequence[dict[str, Any]], points: Sequence[Point]) -> dict[str, Any] | None:
    """Lay out the theme map.

    Args:
        themes: mappings with ``theme_id``, ``origin``, ``x``, ``y``, ``size`` and ``text``; those
            without a place are left out.
        points: result of `map_points`.

    Returns:
        ``width``, ``height``, ``bubbles`` (see `analyzer.report.drawing.Label`) and ``dots``
        (origin to places); None with fewer than two themes to show.
    """
    placed = [t for t in themes if t["x"] is not None and t["y"] is not None]
    if len(placed) < 2:
        return None
    width, height = _SIZE
    labels, place = bubbles(placed, width=width, height=height)
    origins = {theme["theme_id"]: theme["origin"] for theme in placed}
    passages: dict[str, list[tuple[float, float]]] = {"problem": [], "strength": []}
    for theme_id, x, y in points:
        left, top = place(x, y)
        if theme_id in origins and 0 <= left <= width and 0 <= top <= height:
            passages[origins[theme_id]].append((left, top))
    return {"width": width, "height": height, "bubbles": labels, "dots": passages}

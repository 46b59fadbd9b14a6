"""Geometry of the small charts in the page: scales, ticks and labels, in percent of their box.

The page draws with SVG attributes and never with style attributes, which its content-security
policy forbids.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Label", "Scale", "bubbles", "heat", "scale", "sparkline"]

_STEPS: Final = (1, 2, 2.5, 5, 10)
_LETTERS: Final = 30  # of a label
_LETTER: Final = 7.4  # width of one

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Scale:
    """A linear scale from ``low..high`` to 0..100 percent."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Position of a value in percent, clipped to the box."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)


def scale(values: Sequence[float | None], *, zero: bool = True, ticks: int = 4) -> Scale:
    """Make a scale with round ends around values.

    Args:
        values: what must fit in; None is skipped.
        zero: zero must fit in too.
        ticks: about how many steps there should be.
    """
    known = [value for value in values if value is not None] + ([0.0] if zero else [])
    low, high = min(known, default=0.0), max(known, default=1.0)
    span = (high - low) or 1.0
    magnitude = 10.0 ** math.floor(math.log10(span / ticks))
    step = next(m * magnitude for m in _STEPS if m * magnitude * ticks >= span - 1e-12)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    marks = tuple(round(step * i, 10) for i in range(first, last + 1))
    return Scale(marks[0], marks[-1], marks)


def heat(share: float | None, top: float, steps: int = 6) -> int:
    """Step of a heat colour: 0 for nothing, ``steps`` for the largest share of the table."""
    if not share or top <= 0:
        return 0
    return min(steps, max(1, math.ceil(steps * share / top - 1e-9)))


def sparkline(values: Sequence[float | None], width: int = 120, height: int = 32) -> dict[str, Any]:
    """Points of a line over equal steps, from zero up.

    Args:
        values: one a step; None breaks the line.
        width: of the box.
        height: of the box.

    Returns:
        ``lines`` (polyline points of each unbroken part), ``last`` (x and y of the last known
        point, or None), ``width`` and ``height``.
    """
    top = max((value for value in values if value is not None), default=0) or 1
    step = (width - 8) / max(len(values) - 1, 1)
    points = [
        None
        if value is None
        else (round(4 + step * i, 1), round(height - 4 - (height - 8) * value / top, 1))
        for i, value in enumerate(values)
    ]
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            parts[-1].append(point)
        elif parts[-1]:
            parts.append([])
    lines = [" ".join(f"{x},{y}" for x, y in part) for part in parts if len(part) > 1]
    known = [point for point in points if point is not None]
    return {
        "lines": lines,
        "last": known[-1] if known else None,
        "points": known,
        "width": width,
        "height": height,
    }


@dataclass(frozen=True)
class Label:
    """A bubble of the theme map with its label, if there was room for one."""

    theme_id: str
    x: float
    y: float
    radius: float
    text: str
    anchor: str  # start | middle | end
    label_x: float
    label_y: float


def bubbles(
    themes: Sequence[dict[str, Any]], *, width: float, height: float, margin: float = 46
) -> tuple[list[Label], Any]:
    """Lay the themes out as bubbles, and give labels to those that have room, largest first.

    Args:
        themes: mappings with ``theme_id``, ``x``, ``y``, ``size`` and ``text``.
        width: of the drawing.
        height: of the drawing.
        margin: free on every side, for labels.

    Returns:
        The bubbles, largest first (so that small ones lie on top), and the function that maps a
        point of the themes' plane to the drawing.
    """
    xs, ys = [t["x"] for t in themes], [t["y"] for t in themes]
    wide, tall = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(margin + (width - 2 * margin) * (x - min(xs)) / wide, 1),
            round(margin + (height - 2 * margin) * (1 - (y - min(ys)) / tall), 1),
        )

    largest = max(t["size"] for t in themes) or 1
    ordered = sorted(themes, key=lambda t: (-t["size"], t["theme_id"]))
    placed = [
        (
            theme,
            *place(theme["x"], theme["y"]),
            round(6 + 22 * math.sqrt(theme["size"] / largest), 1),
        )
        for theme in ordered
    ]
    taken = [(x - r, y - r, x + r, y + r) for _, x, y, r in placed]
    labels = []
    for theme, x, y, r in placed:
        text, anchor, label_x, label_y = _free_place(theme["text"], x, y, r, taken, (width, height))
        labels.append(Label(theme["theme_id"], x, y, r, text, anchor, label_x, label_y))
    return labels, place


def _free_place(
    text: str,
    x: float,
    y: float,
    r: float,
    taken: list[Box],
    size: tuple[float, float],
) -> tuple[str, str, float, float]:
    """Try the sides and corners of a bubble; the label is left out when all are taken."""
    shown = text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"
    long = _LETTER * len(shown)
    for anchor, label_x, label_y in _tries(x, y, r, long, size):
        left = label_x - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
        box = (left, label_y - 12, left + long, label_y + 4)
        inside = box[0] >= 0 and box[2] <= size[0] and box[1] >= 0 and box[3] <= size[1]
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return shown, anchor, round(label_x, 1), round(label_y, 1)
    return "", "start", x, y


def _tries(
    x: float, y: float, r: float, long: float, size: tuple[float, float]
) -> Iterator[tuple[str, float, float]]:
    """Anchor and place of a label right, left, above and below; then at the corners."""
    yield "start", x + r + 5, y + 4.5
    yield "end", x - r - 5, y + 4.5
    above, below = y - r - 6, y + r + 15
    within = min(max(x, long / 2), size[0] - long / 2)  # a long name at the edge moves inwards
    yield "middle", within, above
    yield "middle", within, below
    for up in (above, below):
        yield "start", x, up
        yield "end", x, up
    for near in (-0.7, 0.7):
        yield "start", x + 0.8 * r + 4, y + 4.5 + near * r
        yield "end", x - 0.8 * r - 4, y + 4.5 + near * r
    for up in (above - 13, below + 13):
        yield "middle", within, up


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

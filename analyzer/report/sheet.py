"""A table of the workbook, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from analyzer.report.view import Page

__all__ = ["Cell", "Column", "Sheet", "Style", "ends", "three"]

Style = Literal["word", "long", "count", "share", "end", "signed", "points", "decimal", "tone", "q"]
Cell = str | float | int | bool | None


@dataclass(frozen=True)
class Column:
    """A column: its header and how its cells are written."""

    header: str
    style: Style = "word"


@dataclass(frozen=True)
class Sheet:
    """A table of the workbook.

    Attributes:
        name: on the sheet's tab.
        about: what a row is, in a sentence.
        columns: one a column.
        rows: one cell a column; a text stands where a figure is hidden.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]


def ends(page: Page, header: str, style: Style) -> list[Column]:
    """A figure's column and those of the ends of its interval."""
    words = page.words
    end: Style = "end" if style == "share" else style
    return [
        Column(header, style),
        Column(words.text("%(figure)s, lower end", figure=header), end),
        Column(words.text("%(figure)s, upper end", figure=header), end),
    ]


def three(figure: dict[str, Any], factor: float = 1) -> list[Cell]:
    """A figure and the ends of its interval, as cells."""
    return [
        None if figure[end] is None else figure[end] * factor for end in ("value", "low", "high")
    ]

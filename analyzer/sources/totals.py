"""Totals under a table: rows that a spreadsheet adds and nobody answered."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.values import fold, vocabulary

if TYPE_CHECKING:
    from analyzer.sources.model import Table

__all__ = ["without_totals"]

_LAST: Final = 6  # rows of a table that can be its totals
_HEAD: Final = 200  # rows that tell which columns hold prose
_FIGURE: Final = re.compile(r"[\s\d.,%+()/:-]*\d[\s\d.,%+()/:-]*|#\S+")


def without_totals(table: Table) -> Table:
    """Set aside totals and means in the last rows of a table.

    Args:
        table: a file as strings.

    Returns:
        The table; rows that begin with a word such as "Total" or "Promedio", in a column that does
        not hold comments, and hold figures and nothing else behind it are listed in ``totals``.
    """
    frame = table.frame
    if frame.width < 2 or not table.rows:
        return table
    first = max(frame.height - _LAST, 0)
    words = frame.head(_HEAD).select(pl.all().str.strip_chars().str.count_matches(r"\s+").mean())
    prose = [(spaces or 0) >= 1 for spaces in words.row(0)]
    last = enumerate(frame.tail(_LAST).rows(), start=first)
    sums = [place for place, row in last if _is_total(row, prose)]
    if not sums or len(sums) == frame.height:
        return table
    keep = pl.Series([True] * frame.height).scatter(sums, False)
    return replace(
        table,
        frame=frame.filter(keep),
        rows=[row for row, kept in zip(table.rows, keep, strict=True) if kept],
        totals=[table.rows[place] for place in sums],
    )


def _is_total(row: tuple[str | None, ...], prose: list[bool]) -> bool:
    filled = [place for place, cell in enumerate(row) if cell and cell.strip()]
    cells = [str(row[place]).strip() for place in filled]
    # "average" and a 5 is an opinion with its score, where the column holds comments.
    if len(cells) < 2 or prose[filled[0]]:
        return False
    words = re.sub(r"[\W\d]+", " ", fold(cells[0])).split()
    summary = bool(words) and words[0] in vocabulary()["totals"] and len(words) <= 4
    return summary and all(_FIGURE.fullmatch(cell) for cell in cells[1:])

"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from analyzer.sources.dialect import Dialect, find_dialect
from analyzer.sources.names import meanings
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Layout", "find_layout", "is_named", "unique_names"]

_PREAMBLE: Final = 15
_LONG: Final = 60  # characters; a longer name of a column is a question
_ENOUGH: Final = 4  # rows, from which the first can be compared with the others
_SENTENCE: Final = 4  # words
_STOP: Final = re.compile(r"[.!?…;,:]\s|[.!…]$")
_VALUE: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")


@dataclass(frozen=True)
class Layout:
    """Rows above the data.

    Attributes:
        header: index of the row with the column names, -1 when there is none.
        start: index of the first data row.
        known: how many of the header's cells are names that are known.
        dialect: the vendor's export, if it is one.
    """

    header: int
    start: int
    known: int
    dialect: Dialect | None = None
    notes: tuple[str, ...] = ()

    def names(self, rows: Sequence[Sequence[str]], width: int) -> list[str]:
        """Return ``width`` distinct column names."""
        cells = list(rows[self.header])[:width] if self.header >= 0 else []
        if self.dialect and self.dialect.header.rows > 1 and self.header + 1 < len(rows):
            # A choice or a sub-question under a question that stands only above the first of them.
            below = [*rows[self.header + 1], *[""] * width]
            cells = [cell or choice for cell, choice in zip(cells, below, strict=False)]
        return unique_names(cells + [""] * (width - len(cells)))

    def questions(self, rows: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, str]:
        """Return the survey question of each column, where a header row holds the questions."""
        row = self.dialect.header.question_row if self.dialect else None
        if row is None or self.header + row > len(rows):
            return {}
        cells = [_one_line(cell) for cell in rows[self.header + row - 1]]
        if row == 1:
            cells = list(accumulate(cells, _said_before))
        return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


def find_layout(rows: Sequence[Sequence[str]], format_: str) -> Layout:
    """Find the header among the first rows of a table.

    Args:
        rows: the first rows, as strings, blank ones left out.
        format_: csv, tsv or xlsx; txt for a list without columns, whose first line is a comment
            unless it is a known name.

    Returns:
        The layout. Rows above the header are taken for a preamble only when a later row has more
        known names.
    """
    found = find_dialect(rows, format_)
    if found:
        dialect, index = found
        return Layout(
            header=index,
            start=index + _header_rows(dialect, rows[index:]),
            known=max(_known(rows[index]), 4),
            dialect=dialect,
            notes=_above(index),
        )
    counts = [_known(row) for row in rows[: _PREAMBLE + 1]]
    header = 0
    for index, known in enumerate(counts):
        better = known >= 2 and known > counts[header] and len(rows[index]) >= len(rows[header])
        if better and is_named(rows[index]):
            header = index
    alone = len(rows[0]) == 1
    if header == 0 and (
        _is_comment(rows[0][0], counts[0], format_) if alone else _is_answer(rows, counts[0])
    ):
        return Layout(header=-1, start=0, known=0, notes=(Note("no_header"),))
    return Layout(header=header, start=header + 1, known=counts[header], notes=_above(header))


def is_named(row: Sequence[str]) -> bool:
    """Whether a cell is a whole known name; comments too can begin with "why" or "what"."""
    return any(
        min(meanings(_one_line(cell)).values(), default=1000) < 1000
        for cell in row
        if cell and len(cell) < _LONG
    )


def _is_answer(rows: Sequence[Sequence[str]], known: int) -> bool:
    """Whether the first row is data: numbers or dates stand over numbers or dates."""
    first, rest = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    if len(rest) < _ENOUGH:
        return False
    alike = 0
    for place, cell in enumerate(first):
        below = [row[place].strip() for row in rest if row[place].strip()]
        values = sum(1 for value in below if _VALUE.match(value))
        alike += bool(_VALUE.match(cell.strip())) and values >= 0.8 * len(below) > 0
    return alike > known


def _is_comment(cell: str, known: int, format_: str) -> bool:
    """Whether the first line of a list is a comment and no name of the list: else one is lost."""
    if known:
        return len(cell) > _LONG and "?" not in cell
    return format_ == "txt" or len(cell.split()) >= _SENTENCE or bool(_STOP.search(cell.strip()))


def _said_before(before: str, cell: str) -> str:
    """A question stands only above the first of its columns."""
    return cell or before


def _above(rows: int) -> tuple[Note, ...]:
    return (Note("rows_above_header", n=rows),) if rows else ()


def unique_names(cells: Sequence[str]) -> list[str]:
    """Return non-empty, distinct names for header cells: ``column 3``, ``Note (2)``."""
    names: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        base = _one_line(cell) or f"column {number}"
        name, copy = base, 2
        while name in seen:
            name, copy = f"{base} ({copy})", copy + 1
        seen.add(name)
        names.append(name)
    return names


def _header_rows(dialect: Dialect, rows: Sequence[Sequence[str]]) -> int:
    until = dialect.header.until
    if until:
        for index, row in enumerate(rows[:5]):
            if any(re.search(until, cell) for cell in row):
                return index + 1
    return dialect.header.rows


def _known(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell and len(cell) < 300 and meanings(_one_line(cell)))


def _one_line(cell: str) -> str:
    plain = re.sub(r"<[^>]*>", " ", cell) if "<" in cell else cell
    return " ".join(plain.replace("\ufeff", "").split())

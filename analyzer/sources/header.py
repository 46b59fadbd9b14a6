"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.sources.dialect import Dialect, find_dialect
from analyzer.sources.names import meanings
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Layout", "find_layout", "unique_names"]

_PREAMBLE = 15


@dataclass(frozen=True)
class Layout:
    """Rows above the data.

    Attributes:
        header: index of the row with the column names.
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
        cells = list(rows[self.header])[:width]
        return unique_names(cells + [""] * (width - len(cells)))

    def questions(self, rows: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, str]:
        """Return the survey question of each column, where a header row holds the questions."""
        row = self.dialect.header.question_row if self.dialect else None
        if row is None or self.header + row > len(rows):
            return {}
        cells = [_one_line(cell) for cell in rows[self.header + row - 1]]
        return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


def find_layout(rows: Sequence[Sequence[str]], format_: str) -> Layout:
    """Find the header among the first rows of a table.

    Args:
        rows: the first rows, as strings, blank ones left out.
        format_: csv, tsv or xlsx.

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
        if known >= 2 and known > counts[header] and len(rows[index]) >= len(rows[header]):
            header = index
    return Layout(header=header, start=header + 1, known=counts[header], notes=_above(header))


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

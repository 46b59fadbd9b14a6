"""Rows of a text file with too many or too few fields, where it is plain what they should be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Mender"]

_ENOUGH: Final = 20  # sound rows that show what each column holds
_PROSE: Final = 4  # words a cell
_FEW: Final = 50  # distinct values of a column that only takes a few
_FIGURE: Final = re.compile(r"[\s\d.,:/+%TZ-]*\d[\s\d.,:/+%TZ-]*")


class Mender:
    """Mends rows of one file, and counts those whose comment it put together again.

    A comment with a delimiter in it and no quotation marks around it falls into pieces. They are
    joined when every other field of the row then looks like the other values of its column.

    Attributes:
        joined: rows whose comment was put together.
        column: index of the column with the comments, None where that is not plain.
    """

    def __init__(
        self, sound: Sequence[Sequence[str]], width: int, delimiter: str, *, pad: bool
    ) -> None:
        """Learn from the first rows.

        Args:
            sound: data rows with as many fields as the table has columns.
            width: of the table.
            delimiter: between fields.
            pad: whether it is the file's habit to leave out empty fields at the end.
        """
        self.joined = 0
        self._width = width
        self._delimiter = delimiter
        self._pad = pad
        columns = [_Column.of([row[place] for row in sound]) for place in range(width)]
        prose = [place for place, column in enumerate(columns) if column.words >= _PROSE]
        plain = len(sound) >= _ENOUGH and len(prose) == 1 and width > 1
        self.column = prose[0] if plain else None
        if self.column is not None and self.column + 1 < width:
            after = columns[self.column + 1]
            self.column = self.column if after.figures or after.values else None
        self._columns = columns

    def __call__(self, row: list[str], line: str) -> list[str] | None:
        """Return the row with the right number of fields, or None.

        Args:
            row: its fields.
            line: as it stands in the file.
        """
        width = self._width
        if len(row) > width:
            return self._join(row, line) if any(row[width:]) else row[:width]
        return row + [""] * (width - len(row)) if self._pad else None

    def _join(self, row: list[str], line: str) -> list[str] | None:
        if self.column is None:
            return None
        end = self.column + len(row) - self._width + 1
        pieces, rest = row[self.column : end], row[: self.column] + row[end:]
        others = self._columns[: self.column] + self._columns[self.column + 1 :]
        if self._delimiter.join(pieces) not in line or not self._is_prose(pieces):
            return None
        if not all(column.fits(cell) for column, cell in zip(others, rest, strict=True)):
            return None
        self.joined += 1
        between = " " if self._delimiter == "\t" else self._delimiter
        return [*row[: self.column], between.join(pieces), *row[end:]]

    def _is_prose(self, pieces: list[str]) -> bool:
        """Whether the delimiter stands as people write it: before a space, or within a number."""
        if self._delimiter == "\t":
            return all(piece.strip() for piece in pieces)
        return all(
            right[:1].isspace() or (left[-1:].isdigit() and right[:1].isdigit())
            for left, right in pairwise(pieces)
        )


@dataclass(frozen=True)
class _Column:
    """What the sound rows have in a column: mean words, only figures, or a few values."""

    words: float
    figures: bool
    values: frozenset[str]

    @classmethod
    def of(cls, cells: list[str]) -> _Column:
        given = [cell.strip() for cell in cells if cell.strip()]
        words = sum(len(cell.split()) for cell in given) / max(len(given), 1)
        figures = bool(given) and all(map(_FIGURE.fullmatch, given))
        values = frozenset(given)
        few = len(values) <= min(_FEW, len(given) / 2)
        return cls(words, figures, values if few else frozenset())

    def fits(self, cell: str) -> bool:
        plain = cell.strip()
        if not plain:
            return True
        if self.figures:
            return bool(_FIGURE.fullmatch(plain))
        return not self.values or plain in self.values

"""Excel workbooks: the sheet with the answers, its cells as strings."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.header import find_layout
from analyzer.sources.model import Table
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from pathlib import Path

    from fastexcel import ExcelReader

__all__ = ["read_workbook"]

_UNPACKED_LIMIT: Final = 4 << 30
_RATIO_LIMIT: Final = 200
_SMALL: Final = 100 << 20
_CELLS: Final = 200_000_000  # that a sheet may span, 32 bytes each; 1,000,000 rows of 200 columns
_BLOCK: Final = 1 << 20
_HEAD: Final = 40  # rows that tell what a sheet is
_PROSE: Final = 4  # words a cell, from which a column holds comments
_OVERLAP: Final = 300  # bytes of a tag that two blocks may share
_ROW: Final = re.compile(rb'<row [^>]{0,150}?\br="(\d{1,7})"')
_THREE_LETTERS: Final = re.compile(rb' r="([A-Z]{3})\d{1,7}"')
_ANY_LETTERS: Final = re.compile(rb' r="([A-Z]{1,3})\d{1,7}"')
_ZZ: Final = 702  # the last column with two letters


def read_workbook(path: Path, sheet: str | None = None) -> Table:
    """Read one sheet.

    Args:
        path: an .xlsx, .xlsm, .xls or .ods file.
        sheet: its name; None for the visible sheet that looks most like answers, the first of
            several.

    Returns:
        Its rows as strings; dates come out as ISO, wholly blank rows are left out.

    Raises:
        InputError: The workbook is damaged, locked, far too large when unpacked, or has no row or
            no such sheet.
    """
    import fastexcel

    _check_archive(path)
    try:
        reader = fastexcel.read_excel(path)
        filled = _filled(reader) if sheet is None else {}
        chosen = max(filled, key=lambda name: filled[name], default=None)
        if sheet is not None:
            chosen = _named(reader, sheet, path)
        grid = None if chosen is None else _grid(reader, chosen)
    except fastexcel.FastExcelError as error:
        raise InputError(
            f"{path.name} cannot be read as a workbook: it is damaged, incomplete or has a "
            "password. Open it in the spreadsheet program, save a copy without password and "
            "give that."
        ) from error
    if chosen is None or grid is None:
        raise InputError(_no_row(path.name))
    notes: tuple[str, ...] = ()
    if len(filled) > 1:
        others = tuple(name for name in filled if name != chosen)
        notes = (Note("sheet_read", sheet=chosen, sheets=others),)
    return _as_table(grid, notes, path.name if sheet is None else f"{path.name}#{chosen}")


def _grid(reader: ExcelReader, sheet: str) -> pl.DataFrame:
    return reader.load_sheet(sheet, header_row=None, dtypes="string").to_polars()


def _named(reader: ExcelReader, wanted: str, path: Path) -> str:
    """The sheet of a name; a spreadsheet program tells no capitals from small letters there."""
    for name in reader.sheet_names:
        if name.casefold() == wanted.casefold():
            return name
    there = ", ".join(map(repr, reader.sheet_names))
    raise InputError(
        f"{path.name} has no sheet {wanted!r}. Name one of these behind the #, or leave it out to "
        f"have the answers found: {there}."
    )


def _filled(reader: ExcelReader) -> dict[str, tuple[bool, int, bool]]:
    """The sheets that are not empty: whether one is visible, and how much it looks like answers."""
    names = list(reader.sheet_names)
    if len(names) == 1:  # a look would parse the whole sheet, and there is no choice
        return {names[0]: (True, 0, False)}
    filled = {}
    for name in names:
        sheet = reader.load_sheet(name, header_row=None, dtypes="string", n_rows=_HEAD)
        if sheet.height > 0:
            filled[name] = (sheet.visible == "visible", *_likeness(sheet.to_polars()))
    return filled


def _likeness(head: pl.DataFrame) -> tuple[int, bool]:
    """How much a sheet looks like answers: names of columns that are known, and prose."""
    head = head.fill_null("")
    rows = [list(map(str, row)) for row in head.rows() if any(str(cell).strip() for cell in row)]
    layout = find_layout(rows, "xlsx") if rows else None
    if layout is None or len(rows) <= layout.start:
        return (0, False)
    words = head.select(pl.all().str.count_matches(r"\w+").mean()).row(0)
    return (min(layout.known, 4), max(words) >= _PROSE)


def _as_table(grid: pl.DataFrame, notes: tuple[str, ...], name: str) -> Table:
    if grid.is_empty():
        raise InputError(_no_row(name))
    grid = grid.with_columns(pl.all().fill_null("")).with_row_index("_position")
    cells = pl.exclude("_position")
    grid = grid.filter(pl.any_horizontal(cells.str.strip_chars() != ""))
    first = [list(map(str, row[1:])) for row in grid.head(_HEAD).rows()]
    if not first:
        raise InputError(_no_row(name))
    layout = find_layout(first, "xlsx")
    columns = layout.names(first, grid.width - 1)
    if grid.height <= layout.start:
        raise InputError(
            f"{name} has a header but no data row under it. Export it again with its answers."
        )
    zero = int(grid["_position"][layout.start - 1])
    grid = grid.slice(layout.start)
    rows = (grid["_position"].cast(pl.Int64) - zero).to_list()
    frame = grid.drop("_position")
    frame.columns = columns
    return Table(
        frame=frame,
        rows=rows,
        format="xlsx",
        questions=layout.questions(first, columns),
        dialect=layout.dialect,
        notes=(*notes, *layout.notes),
    )


def _no_row(name: str) -> str:
    return f"{name} has no row with anything in it. Export it again with its answers."


def _check_archive(path: Path) -> None:
    """Refuse what would fill the memory when it is unpacked or laid out."""
    if not zipfile.is_zipfile(path):
        return  # .xls is no archive; a truncated one is reported by the reader
    packed = max(path.stat().st_size, 1)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
            if size > _UNPACKED_LIMIT or (size > _SMALL and size / packed > _RATIO_LIMIT):
                raise InputError(
                    f"{path.name} unpacks to {size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB, "
                    "which no ordinary workbook does. Save it as CSV and give that."
                )
            extents = [_extent(archive, item) for item in archive.infolist() if _is_sheet(item)]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise InputError(
            f"{path.name} is cut short or damaged: its archive cannot be opened. Download or "
            "export it again."
        ) from error
    rows, columns = max(extents, key=lambda extent: extent[0] * extent[1], default=(0, 0))
    if rows * columns > _CELLS:
        raise InputError(
            f"{path.name} has a cell at row {rows:,}, column {columns:,}: a stray cell far from "
            "the table makes the sheet too large to read. Delete the rows and columns beyond the "
            "table, or save it as CSV and give that."
        )


def _is_sheet(item: zipfile.ZipInfo) -> bool:
    return item.filename.startswith("xl/worksheets/") and item.filename.endswith(".xml")


def _extent(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> tuple[int, int]:
    """Last row and last column of a sheet: a reader lays out every cell between."""
    rows, columns = _scan(archive, item, _THREE_LETTERS)
    if columns == 1:
        columns = _ZZ
    if rows * columns > _CELLS:
        rows, columns = _scan(archive, item, _ANY_LETTERS)
    return rows, columns


def _scan(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo, cell: re.Pattern[bytes]
) -> tuple[int, int]:
    """Last row, and last column among the cells that the pattern finds, read as a stream."""
    rows, columns = 1, 1
    rest = b""
    with archive.open(item) as stream:
        while block := stream.read(_BLOCK):
            block = rest + block
            last = block.rfind(b"<row ", 0, len(block) - _OVERLAP)
            found = _ROW.match(block, max(last, 0))
            rows = max(rows, int(found[1])) if found else rows
            letters = set(cell.findall(block))
            columns = max(columns, *map(_column_number, letters), 1)
            rest = block[-_OVERLAP:]
    found = _ROW.search(rest)
    return max(rows, int(found[1])) if found else rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number

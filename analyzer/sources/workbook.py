"""Excel workbooks: the first sheet with rows, its cells as strings."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.header import find_layout
from analyzer.sources.model import Table

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_workbook"]

_UNPACKED_LIMIT: Final = 4 << 30
_RATIO_LIMIT: Final = 200
_SMALL: Final = 100 << 20


def read_workbook(path: Path) -> Table:
    """Read the first sheet that is not empty.

    Args:
        path: an .xlsx, .xlsm, .xlsb, .xls or .ods file.

    Returns:
        Its rows as strings; dates come out as ISO, wholly blank rows are left out.

    Raises:
        InputError: The workbook is damaged, locked, far too large when unpacked, or has no row.
    """
    import fastexcel

    _check_archive(path)
    try:
        reader = fastexcel.read_excel(path)
        names = list(reader.sheet_names)
        filled = []
        grid = None
        for name in names:
            sheet = reader.load_sheet(name, header_row=None, dtypes="string", n_rows=40)
            if sheet.height > 0:
                filled.append(name)
        if filled:
            grid = reader.load_sheet(filled[0], header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise InputError(
            f"{path.name} cannot be read as a workbook: it is damaged, incomplete or has a "
            "password. Open it in the spreadsheet program, save a copy without password and "
            "give that."
        ) from error
    if grid is None:
        raise InputError(f"{path.name} has no sheet with a row in it.")
    notes: tuple[str, ...] = ()
    if len(filled) > 1:
        notes = (f"sheet {filled[0]!r} read; not read: {', '.join(map(repr, filled[1:]))}",)
    return _as_table(grid, notes, path)


def _as_table(grid: pl.DataFrame, notes: tuple[str, ...], path: Path) -> Table:
    grid = grid.with_columns(pl.all().fill_null("")).with_row_index("_position")
    cells = pl.exclude("_position")
    grid = grid.filter(pl.any_horizontal(cells.str.strip_chars() != ""))
    first = [list(map(str, row[1:])) for row in grid.head(40).rows()]
    if not first:
        raise InputError(f"{path.name} has no sheet with a row in it.")
    layout = find_layout(first, "xlsx")
    columns = layout.names(first, grid.width - 1)
    if grid.height <= layout.start:
        raise InputError(
            f"{path.name} has a header but no data row under it. Export it again with its answers."
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


def _check_archive(path: Path) -> None:
    """Refuse what would fill the memory when it is unpacked."""
    if not zipfile.is_zipfile(path):
        return  # .xls is no archive; a truncated one is reported by the reader
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
        packed = max(path.stat().st_size, 1)
    if size > _UNPACKED_LIMIT or (size > _SMALL and size / packed > _RATIO_LIMIT):
        raise InputError(
            f"{path.name} unpacks to {size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB, which no "
            "ordinary workbook does. Save it as CSV and give that."
        )

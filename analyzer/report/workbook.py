"""The report as an Excel workbook: formatted, filtered, and without a single formula."""

from __future__ import annotations

import io
import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from analyzer.report import story
from analyzer.report.sheets import ROWS, sheets

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.sheet import Cell, Column, Sheet
    from analyzer.report.view import Page

__all__ = ["workbook"]

_CREATED: Final = datetime(2000, 1, 1)  # the same bytes every time
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
_NUMBERS: Final = {
    "count": "#,##0",
    "share": "0.0%",  # with a bar behind it
    "end": "0.0%",
    "signed": "+0;\N{MINUS SIGN}0;0",
    "points": "+0.0;\N{MINUS SIGN}0.0;0.0",
    "decimal": "0.0",
    "tone": "+0.00;\N{MINUS SIGN}0.00;0.00",
    "q": "0.000",
}
_NARROW, _WIDE, _FULL = 12, 34, 90
_LINE = 15  # points; not every program makes room for a text that wraps
_LONG_TEXT: Final = 60
_INK, _HEAD, _RULE = "#1a1f26", "#eef1f8", "#d7deef"


def workbook(analysis: Analysis, page: Page) -> bytes:
    """Draw the workbook.

    Args:
        analysis: a finished analysis.
        page: its report model in one language.

    Returns:
        An XLSX file: a sheet that says what is in it, then those of `analyzer.report.sheets`. Text
        that starts like a formula is written as text and marked as such, links stay text, and the
        same analysis gives the same bytes.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": page.words.text("Customer feedback report"), "created": _CREATED})
    formats = _formats(book)
    made = sheets(analysis, page)
    _read_me(book, formats, page, made)
    for sheet in made:
        _table(book, formats, sheet)
    book.close()
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter has no types
    top = {"valign": "top", "font_color": _INK}
    formats = {name: book.add_format({**top, "num_format": n}) for name, n in _NUMBERS.items()}
    formats["word"] = book.add_format(top)
    formats["long"] = book.add_format({**top, "text_wrap": True})
    # Excel's own mark of text that looks like a formula: it stays text when the cell is edited.
    formats["quoted"] = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
    formats["hidden"] = book.add_format({**top, "align": "right", "font_color": "#56606c"})
    formats["head"] = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "valign": "bottom",
            "bg_color": _HEAD,
            "bottom": 1,
            "bottom_color": _RULE,
            "font_color": _INK,
        }
    )
    formats["title"] = book.add_format({"bold": True, "font_size": 18, "font_color": _INK})
    formats["bold"] = book.add_format({"bold": True, **top, "text_wrap": True})
    return formats


def _read_me(book: Any, formats: dict[str, Any], page: Page, made: list[Sheet]) -> None:  # noqa: ANN401
    words = page.words
    sheet = book.add_worksheet(_tab(words.text("Read me")))
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, _FULL)
    sheet.write_string(0, 0, words.text("Customer feedback report"), formats["title"])
    sheet.set_row(0, 28)
    rows = [(words.text("In one minute"), story.headline(page).text)]
    rows += [("", found.text) for found in story.three(page)]
    rows += [("", "")]
    rows += [(_tab(each.name), each.about) for each in made]
    rows += [("", ""), (words.text("How to read it"), story.quality(page).text)]
    rows += [("", note) for note in _notes(page, made)]
    for number, (name, told) in enumerate(rows, 2):
        sheet.set_row(number, _LINE * max(1, math.ceil(len(told) / _FULL)))
        _text(sheet, number, 0, name, formats["bold"], formats)
        _text(sheet, number, 1, told, formats["long"], formats)


def _notes(page: Page, made: list[Sheet]) -> list[str]:
    words = page.words
    notes = [
        words.text(
            "“%(few)s” stands for a number too small to be shown; “–” for a group that is hidden "
            "because it is small, or because the others would give a small one away.",
            few=page.few,
        ),
        words.text(
            "q is how easily chance alone gives such a difference, corrected for the number of "
            "themes: up to 0.05 is clear, up to 0.10 likely."
        ),
        words.text("Figures say what goes together, not what causes what."),
    ]
    if any(len(each.rows) == ROWS for each in made):
        notes.append(
            words.text(
                "A sheet holds %(n)s rows at most; the CSV file has all of them.",
                n=words.number(ROWS),
            )
        )
    return notes


def _table(book: Any, formats: dict[str, Any], table: Sheet) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_tab(table.name))
    last = len(table.columns) - 1
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.header, formats["head"])
        sheet.set_column(number, number, _width(table, number, column))
    for line, row in enumerate(table.rows, 1):
        for number, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _cell(sheet, line, number, value, column, formats)
    sheet.freeze_panes(1, 1 if last > 2 else 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), last)
    for number, column in enumerate(table.columns):
        if column.style == "share" and table.rows:
            sheet.conditional_format(
                1,
                number,
                len(table.rows),
                number,
                {"type": "data_bar", "bar_color": "#b6c3e2", "bar_solid": True, "min_value": 0},
            )
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(
    sheet: Any,  # noqa: ANN401
    line: int,
    number: int,
    value: Cell,
    column: Column,
    formats: dict[str, Any],
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        # A text where a figure belongs stands for one that is hidden.
        plain = formats[column.style if column.style in {"word", "long"} else "hidden"]
        _text(sheet, line, number, value, plain, formats)
    else:
        sheet.write_number(line, number, value, formats[column.style])


def _text(
    sheet: Any,  # noqa: ANN401
    line: int,
    number: int,
    value: str,
    plain: Any,  # noqa: ANN401
    formats: dict[str, Any],
) -> None:
    if value:
        looks_like_one = _FORMULA.match(value) is not None
        sheet.write_string(line, number, value, formats["quoted"] if looks_like_one else plain)


def _width(table: Sheet, number: int, column: Column) -> float:
    """Wide enough for what is in it; long texts wrap."""
    if column.style not in {"word", "long"}:
        return _NARROW
    sizes = sorted(len(str(row[number] or "")) for row in table.rows[:2000])
    longest = sizes[-1] if sizes else 0
    if column.style == "word":
        return float(min(_WIDE, max(_NARROW, longest + 2)))
    return float(_FULL if longest > _LONG_TEXT else max(_NARROW, min(_WIDE, longest + 2)))


def _tab(name: str) -> str:
    """A name that Excel takes for a sheet."""
    return _FORBIDDEN.sub(" ", name)[:31].strip("'") or "-"

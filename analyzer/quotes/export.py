"""Quotes and tables to files: CSV, XLSX, JSON, Markdown, and a page that is a wall of quotes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer import __version__
from analyzer.errors import ConfigError, OutputError
from analyzer.quotes.wording import words
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from analyzer.quotes.selection import Quotes

__all__ = ["FORMATS", "TABLES", "audit_path", "check_out", "write", "write_table"]

FORMATS: Final = (".csv", ".xlsx", ".json", ".md", ".html")
TABLES: Final = (".csv", ".xlsx", ".json")
SCHEMA: Final = "analyzer-quotes/1"
# A cell that starts with one of these runs as a formula in a spreadsheet.
_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~&])")
_LINE_START: Final = re.compile(r"^(\s*)([-+=#])|^(\s*\d{1,9})([.)])")
_TEMPLATES: Final = Path(__file__).parent / "templates"


def audit_path(out: Path) -> Path:
    """Return the audit file of an export: ``quotes-audit.csv`` beside ``quotes.html``."""
    return out.with_name(f"{out.stem}-audit.csv")


def check_out(out: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """Refuse a file that cannot be written, before any work is done.

    Raises:
        OutputError: Its ending is not one of ``formats``, it is a folder, or its folder cannot be
            made or written.
    """
    if out.suffix.lower() not in formats:
        raise OutputError(
            f"{out} has the ending {out.suffix or '(none)'!r}. Choose one of: {', '.join(formats)}."
        )
    if out.is_dir():
        raise OutputError(f"{out} is a folder. Give the name of a file.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot(out, error) from error
    if not os.access(out.parent, os.W_OK):
        raise OutputError(f"{out.parent} cannot be written to. Choose another folder.")


def write(quotes: Quotes, out: Path, *, language: str = "en") -> list[Path]:
    """Write quotes and, beside them, the audit file.

    CSV cells that a spreadsheet would run get an apostrophe in front; workbook cells are marked as
    text and stay as they are. The page holds no script, asks for nothing and forbids both.

    Args:
        quotes: result of `selection.select`.
        out: where to; its ending decides the form.
        language: words of the page and of the Markdown file: es, fr or en.

    Returns:
        The two files. Both are written, or none.

    Raises:
        ConfigError: There is no such language.
        OutputError: A file cannot be written.
    """
    if language not in LANGUAGES:
        raise ConfigError(f"No words in {language!r}. Choose one of: {', '.join(LANGUAGES)}.")
    check_out(out)
    forms: Mapping[str, Callable[[], bytes]] = {
        ".csv": lambda: _csv(quotes.quotes),
        ".xlsx": lambda: _xlsx(quotes.quotes, "quotes"),
        ".json": lambda: _json(_document(quotes)),
        ".md": lambda: _markdown(quotes, language),
        ".html": lambda: _html(quotes, language),
    }
    return _save({audit_path(out): _csv(quotes.audit), out: forms[out.suffix.lower()]()})


def write_table(frame: pl.DataFrame, out: Path) -> list[Path]:
    """Write a frame as CSV, XLSX or JSON, with the same care as `write`.

    Raises:
        OutputError: The file cannot be written, or has another ending.
    """
    check_out(out, TABLES)
    forms: Mapping[str, Callable[[], bytes]] = {
        ".csv": lambda: _csv(frame),
        ".xlsx": lambda: _xlsx(frame, out.stem),
        ".json": lambda: _json(frame.to_dicts()),
    }
    return _save({out: forms[out.suffix.lower()]()})


def _save(files: Mapping[Path, bytes]) -> list[Path]:
    """Write all files under other names first, so that a failure leaves what was there."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in files.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            waiting.append((Path(name), path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
        for part, path in waiting:
            part.chmod(0o644)
            part.replace(path)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        for part, _ in waiting:
            part.unlink(missing_ok=True)
    return sorted(files)


def _cannot(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path} cannot be written ({error.strerror}). Choose another place.")


def _csv(frame: pl.DataFrame) -> bytes:
    from analyzer.report.tables import safe_cells

    # The mark at the start makes a spreadsheet read accents.
    return safe_cells(frame).write_csv(include_bom=True).encode()


def _xlsx(frame: pl.DataFrame, title: str) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes every time
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    # Excel's own mark of a text that looks like a formula: it stays one when the cell is edited.
    quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "table")
    sheet.write_row(0, 0, frame.columns, book.add_format({"bold": True}))
    for number, row in enumerate(frame.iter_rows(), 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(
                    number, column, value, quoted if _FORMULA.match(value) else plain
                )
            elif value is not None:
                sheet.write(number, column, value, plain)
    for column, name in enumerate(frame.columns):
        sheet.set_column(column, column, 80 if name == "quote" else max(10, len(name) + 2))
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _document(quotes: Quotes) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "analyzer_version": __version__,
        "rules_version": quotes.rules_version,
        "quotes": quotes.quotes.to_dicts(),
        "counts": quotes.counts.to_dicts(),
    }


def _markdown(quotes: Quotes, language: str) -> bytes:
    own = words()["page"][language]
    parts = [f"# {own['title']}\n"]
    for row in quotes.quotes.iter_rows(named=True):
        lines = "\n".join(f"> {_escape(line)}" for line in row["quote"].split("\n"))
        told = " · ".join([*map(_escape, _told(row, own, language)), f"`{row['comment']}`"])
        parts.append(f"{lines}\n>\n> {told}\n")
    if quotes.quotes.is_empty():
        parts.append(f"{_escape(own['empty'])}\n")
    return "\n".join([*parts, _escape(_foot(quotes, language)), ""]).encode()


def _escape(text: str) -> str:
    """Make one line plain text for Markdown: no markup, HTML, list or heading."""
    escaped = _MARKUP.sub(r"\\\1", text)
    return _LINE_START.sub(r"\1\3\\\2\4", escaped)


def _html(quotes: Quotes, language: str) -> bytes:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    own = words()["page"][language]
    style = (_TEMPLATES / "wall.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("wall.html.j2").render(
        language=language,
        own=own,
        rows=[
            {**row, "told": _told(row, own, language)}
            for row in quotes.quotes.iter_rows(named=True)
        ],
        foot=_foot(quotes, language),
        style=Markup(style),  # noqa: S704  our own file
        style_hash=f"sha256-{digest}",
    )
    return (page + "\n").encode()


def _told(row: Mapping[str, Any], own: Mapping[str, Any], language: str) -> list[str]:
    """What stands under a quote: what it is about, whose consent it has, and what was taken out."""
    from babel import Locale

    segment = None if row["segment"] == "promoter" else row["segment"]
    source = f" ({row['consent_source']})" if row["consent_source"] else ""
    holes = own["redacted"].format(n=row["redactions"]) if row["redactions"] else None
    consent = own["consent"].format(value=own[row["consent"]]) + source
    parts = (
        row["theme"],
        Locale(language).languages.get(row["language"]),
        row["month"],
        row["touchpoint"],
        segment,
        consent,
        holes,
    )
    return [part for part in parts if part]


def _foot(quotes: Quotes, language: str) -> str:
    text: str = words()["page"][language]["foot"]
    return text.format(quotes=len(quotes.quotes), rules=quotes.rules_version, version=__version__)

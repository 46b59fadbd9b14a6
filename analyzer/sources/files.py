"""From a path to a table: what can go wrong with a file, and which reader it needs."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.delimited import read_delimited
from analyzer.sources.notes import Note
from analyzer.sources.remote import address_of, fetched

if TYPE_CHECKING:
    from analyzer.sources.model import Table

__all__ = ["SUFFIXES", "read_table"]

_TEXT: Final = (".csv", ".tsv", ".tab", ".txt")
_BOOK: Final = (".xlsx", ".xlsm", ".xls", ".ods")
_JSON: Final = (".json", ".jsonl", ".ndjson")
_PARQUET: Final = (".parquet", ".pq")
SUFFIXES: Final = (*_TEXT, *_BOOK, *_JSON, *_PARQUET)
_MAGIC: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_OLE: Final = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
_SHEET: Final = re.compile(r"(?is)(.+\.(?:xlsx|xlsm|xls|ods))#([^#/]+)")
_PACKED: Final = (".gz", ".zip", ".bz2", ".xz", ".7z", ".rar", ".zst")


def read_table(path: Path) -> Table:
    """Read any supported file into strings.

    Args:
        path: a CSV, TSV, XLSX, JSON, JSON lines or Parquet file, told by its content first and by
            its ending second; or its address (``s3://bucket/wave.parquet``). The name of a sheet
            may stand behind that of a workbook: ``answers.xlsx#March``.

    Returns:
        The table.

    Raises:
        InputError: The file is missing, is a folder, cannot be opened, is empty, has an ending
            that is not supported, a content that is not a table or no such sheet.
    """
    file, sheet = _parted(path)
    if address_of(file) is None:
        return _read(file, sheet)
    with fetched(file) as copy:
        return _read(copy, sheet)


def _parted(path: Path) -> tuple[Path, str | None]:
    """The file, and the sheet that is named behind it."""
    found = _SHEET.fullmatch(path.as_posix())
    if found is None:
        return path, None
    return Path(found[1]), found[2]


def _read(path: Path, sheet: str | None) -> Table:
    suffix = path.suffix.lower()
    head = _check(path, suffix)
    if head.startswith(b"PK\x03\x04"):
        return _read_archive(path, sheet)
    if head.startswith(b"PAR1") or suffix in _PARQUET:
        from analyzer.sources.structured import read_parquet

        return read_parquet(path)
    if suffix == ".xls" and _is_text(head):
        return _named_like_a_workbook(path, head, sheet)
    if suffix in _BOOK:
        from analyzer.sources.workbook import read_workbook

        return read_workbook(path, sheet)
    if suffix in _JSON or (suffix not in _TEXT and head.lstrip()[:1] in (b"{", b"[")):
        from analyzer.sources.structured import read_json, read_json_lines

        return read_json(path) if suffix == ".json" else read_json_lines(path)
    return read_delimited(path, suffix)


def _is_text(head: bytes) -> bool:
    """Whether a file without the marks of a workbook holds text: a web page or a table."""
    return not head.startswith(_OLE) and b"\0" not in head.replace(b"\xff\xfe", b"")[:200]


def _named_like_a_workbook(path: Path, head: bytes, sheet: str | None) -> Table:
    """Many tools call a web page or a tab-separated file .xls."""
    if re.match(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|style)", head):
        raise InputError(
            f"{path.name} is a web page or XML called .xls. Open it in the spreadsheet program, "
            "save it as XLSX or CSV and give that."
        )
    if sheet is not None:
        raise InputError(
            f"{path.name} is text called .xls and has no sheets. Leave #{sheet} out of its name."
        )
    table = read_delimited(path, ".txt")
    return replace(table, notes=(Note("text_named_xls"), *table.notes))


def _check(path: Path, suffix: str) -> bytes:
    if not path.exists():
        raise InputError(f"{path} does not exist. Check the name and the folder.")
    if path.is_dir():
        raise InputError(f"{path} is a folder. Give the files in it, for example {path}/*.csv.")
    if suffix in _PACKED:
        raise InputError(f"{path.name} is packed ({suffix}). Unpack it and give the file inside.")
    if suffix == ".xlsb":
        raise InputError(_binary(path))
    if suffix and suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} has the ending {suffix}, which is not read. Export it as CSV, TSV, XLSX, "
            "JSON, JSONL or Parquet."
        )
    if not path.is_file():
        raise InputError(f"{path} is not a regular file. Save its content to a file first.")
    try:
        with path.open("rb") as handle:
            head = handle.read(4096)
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({os.strerror(error.errno or 0)}). Check its permissions, "
            "and that no other program holds it."
        ) from error
    packed = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    if packed:
        raise InputError(f"{path.name} is packed ({packed}). Unpack it and give the file inside.")
    if not head.strip():
        raise InputError(f"{path.name} is empty. Export it again.")
    return head


def _binary(path: Path) -> str:
    return (
        f"{path.name} is a binary workbook (.xlsb), which is not read. Open it in the spreadsheet "
        "program, save it as XLSX and give that."
    )


def _read_archive(path: Path, sheet: str | None) -> Table:
    """A workbook is a zip archive; any other archive is refused without unpacking it."""
    from analyzer.sources.workbook import read_workbook

    suffix = path.suffix.lower()
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise InputError(
            f"{path.name} is cut short or damaged: its archive cannot be opened. Download or "
            "export it again."
        ) from error
    if "xl/workbook.bin" in names:
        raise InputError(_binary(path))
    if any(name.startswith("xl/workbook") for name in names) or suffix == ".ods":
        return read_workbook(path, sheet)
    raise InputError(
        f"{path.name} is an archive and not a workbook. Unpack it and give the file inside."
    )

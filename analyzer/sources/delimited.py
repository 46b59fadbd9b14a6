"""CSV and TSV as they are found: any encoding, delimiter, preamble, and rows that are broken."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter, deque
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.header import Layout, find_layout, is_named
from analyzer.sources.mend import Mender
from analyzer.sources.model import Table
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["detect_encoding", "read_delimited"]

_DELIMITERS: Final = ",;\t|"
_EIGHT_BIT: Final = ("cp1252", "cp850", "mac_roman")
_UNDEFINED: Final = b"\x81\x8d\x8f\x90\x9d"  # in Windows-1252
_ACCENTED: Final = frozenset("áéíóúüñçàâèêëîïôùûœæÁÉÍÓÚÜÑÇÀÂÈÊËÎÏÔÙÛŒÆ¿¡«»“”‘’€…–—ºª°")
_NONE: Final = "\x1f"  # one column: a delimiter that no text holds
_SAMPLE_LINES: Final = 400
_SAMPLE_CHARS: Final = 400_000
_LINE_LIMIT: Final = 1_000_000  # a longer line is no comment
_CONSTANT: Final = 0.6  # share of rows with as many fields as most, below which commas are prose
_USUAL: Final = 0.8  # share of rows with more fields than the header has, which then lacks names
_CHUNK: Final = 50_000
_BLOCK: Final = 1 << 20


def read_delimited(path: Path, suffix: str) -> Table:
    """Read a CSV or TSV file.

    Args:
        path: the file; its encoding is found by byte order mark, then strict UTF-8, then
            Windows-1252.
        suffix: the file's ending, lower case with its dot.

    Returns:
        Its rows as strings. Rows with too many or too few fields are listed as broken, unless it is
        plain what they should be, see `mend.Mender`.

    Raises:
        InputError: The file has a header but no row, or looks like no table.
    """
    encoding, notes = detect_encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as handle:
        lines = _lines(handle)
        sample: list[str] = []
        size = 0
        for line in islice(lines, _SAMPLE_LINES):
            sample.append(line)
            size += len(line)
            if size > _SAMPLE_CHARS:
                break
        declared = re.match(r"^\ufeff?\"?sep=(.)\"?\s*$", sample[0]) if sample else None
        if declared:
            sample = sample[1:]
        if not any(line.strip() for line in sample):
            raise InputError(f"{path.name} is empty: there is no line with text in it.")
        escape = _find_escape(sample)
        delimiter = declared.group(1) if declared else _find_delimiter(sample, escape)
        first = [row for row in _records(iter(sample), delimiter, None, escape=escape) if row]
        format_ = "tsv" if delimiter == "\t" else "csv"
        listed = path.suffix.lower() == ".txt" and delimiter == _NONE
        layout = find_layout(first, "txt" if listed else format_)
        width, pad = _width(first, layout)
        names = layout.names(first, width)
        sound = [row for row in first[layout.start :] if len(row) == width]
        mender = Mender(sound, width, delimiter, pad=pad)
        everything = _records(chain(sample, lines), delimiter, width, mender, escape)
        table = _collect(_after(everything, layout.start), names)
    frame, rows, broken = table
    if not rows and not broken:
        raise InputError(
            f"{path.name} has a header but no data row under it. Export it again with its answers."
        )
    mended: tuple[str, ...] = ()
    if mender.joined and mender.column is not None:
        mended = (Note("comments_joined", n=mender.joined, column=names[mender.column]),)
    return Table(
        frame=frame,
        rows=rows,
        broken=broken,
        format="tsv" if suffix in (".tsv", ".tab") else format_,
        questions=layout.questions(first, names),
        encoding=encoding,
        delimiter=None if delimiter == _NONE else delimiter,
        dialect=layout.dialect,
        notes=(*notes, *layout.notes, *mended),
    )


def detect_encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    """Find how a text file is encoded, reading it in blocks.

    Args:
        path: a text file.

    Returns:
        A Python codec name, and notes for the analyst.

    Raises:
        InputError: The file is not text.
    """
    with path.open("rb") as handle:
        head = handle.read(_BLOCK)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if head.startswith(mark):
                return name, ()
        wide = _utf16_without_mark(head)
        if wide:
            return wide, (Note("utf16_without_mark"),)
        controls = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 32)))
        if head.count(b"\0") + controls > max(len(head) / 200, 20):
            raise InputError(
                f"{path.name} is not a text file: it holds binary data. Export it as CSV, XLSX, "
                "JSON or Parquet."
            )
        handle.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := handle.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            name, notes = _eight_bit(head)
            handle.seek(0)
            unknown = _unknown(handle) if name == "cp1252" else 0
            return name, (Note("unknown_characters", n=unknown),) if unknown else notes
    return "utf-8", ()


def _unknown(handle: BinaryIO) -> int:
    """How many bytes stand for nothing in Windows-1252."""
    count = 0
    while block := handle.read(_BLOCK):
        count += len(block) - len(block.translate(None, _UNDEFINED))
    return count


def _eight_bit(head: bytes) -> tuple[str, tuple[str, ...]]:
    """Windows-1252, unless the file is plainly UTF-8 with a few damaged bytes."""
    text = head.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    letters = sum(1 for char in text if char > "\x7f") - damaged
    if letters > 20 * max(damaged, 1):
        told = Note("damaged_characters", n=damaged) if damaged else Note("damaged_text")
        return "utf-8", (told,)
    return max(_EIGHT_BIT, key=lambda name: (_usual(head, name), name == "cp1252")), ()


def _usual(head: bytes, encoding: str) -> float:
    """Share of letters with accents and usual signs among what is no ASCII, in steps of a tenth."""
    strange = [char for char in head.decode(encoding, errors="replace") if char > "\x7f"]
    usual = sum(char in _ACCENTED for char in strange)
    return round(usual / max(len(strange), 1), 1)


def _utf16_without_mark(head: bytes) -> str | None:
    sample = head[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half < 4:
        return None
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _lines(handle: Iterator[str]) -> Iterator[str]:
    for line in handle:
        yield line.replace("\0", "") if "\0" in line else line


def _find_escape(sample: list[str]) -> str | None:
    r"""Return the backslash when quotes inside cells are written ``\"`` and not ``""``."""
    text = "".join(sample)
    if '\\"' not in text:
        return None
    # A cell may end in a backslash: then the quote behind it stands before a delimiter.
    inside = len(re.findall(r'[^\\]\\"(?!\s*[,;\t|\r\n])', text))
    doubled = len(re.findall(r'[^,;\t|\r\n"]""', text))
    return "\\" if inside > doubled else None


def _find_delimiter(sample: list[str], escape: str | None = None) -> str:
    """Score each candidate by how constant it keeps the number of fields, quotes respected."""
    best, best_score = _NONE, 0.0
    for delimiter in _DELIMITERS:
        rows = [row for row in _records(iter(sample), delimiter, None, escape=escape) if row]
        counts = Counter(len(row) for row in rows)
        width, times = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if width < 2:
            continue
        layout = find_layout(rows, "tsv" if delimiter == "\t" else "csv")
        if layout.header >= 0 and len(rows[layout.header]) < 2:
            continue
        known = min(layout.known, 4) / 4
        prose = times < _CONSTANT * len(rows)
        if prose and not layout.dialect and not is_named(rows[max(layout.header, 0)]):
            continue
        score = times / len(rows) + known + min(width, 20) / 1000
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _width(first: list[list[str]], layout: Layout) -> tuple[int, bool]:
    """Fields of a sound row, and whether this file's habit is to leave out trailing empty ones."""
    header = len(first[layout.header]) if layout.header >= 0 else 0
    data = [row for row in first[layout.start :] if row]
    if not data:
        return header, False
    counts = Counter(len(row) for row in data)
    usual = counts.most_common(1)[0][0]
    header = header or usual
    if usual == header + 1 and all(not row[-1].strip() for row in data if len(row) == usual):
        return usual, False
    short = sum(n for width, n in counts.items() if width < header)
    if usual > header > 1 and counts[usual] >= _USUAL * len(data):
        header = usual
    return header, len(data) >= 4 and short > 0.3 * len(data)


def _records(
    lines: Iterator[str],
    delimiter: str,
    width: int | None,
    mender: Mender | None = None,
    escape: str | None = None,
) -> Iterator[list[str] | None]:
    """Parse strictly, and start again at the next line after a record that is broken.

    Yields:
        Fields of a record ([] for a blank line), or None for a broken one when ``width`` is given.
        Without a width every record that parses is yielded as it is.
    """
    waiting: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while True:
            line = waiting.popleft() if waiting else next(lines, None)
            if line is None:
                return
            taken.append(line)
            yield line if len(line) <= _LINE_LIMIT else line[:_LINE_LIMIT]

    reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape, strict=True)
    while True:
        taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        if row is not None and (width is None or not row or len(row) == width):
            if len(taken) > 1 and width is not None and _swallowed(taken, delimiter, width):
                waiting.extendleft(reversed(taken[1:]))
                yield taken[0].rstrip("\r\n").split(delimiter)
                reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape, strict=True)
                continue
            yield row
            continue
        if row and mender is not None and len(taken) == 1:
            yield mender(row, taken[0])
            continue
        # An unclosed quote swallows good rows: only the line where the record began is lost.
        waiting.extendleft(reversed(taken[1:]))
        plain = taken[0].rstrip("\r\n").split(delimiter)
        fits = width is None or len(plain) == width
        yield plain if fits and len(taken[0]) <= _LINE_LIMIT else None
        reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape, strict=True)


def _swallowed(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a stray quote made one record of several: each of its lines is a whole record."""
    return width > 2 and all(line.count(delimiter) == width - 1 for line in lines)


def _after(records: Iterator[list[str] | None], start: int) -> Iterator[list[str] | None]:
    """Leave out the preamble and the header: the first ``start`` records that are not blank."""
    seen = 0
    for record in records:
        if record == []:
            continue
        seen += 1
        if seen > start:
            yield record


def _collect(
    records: Iterator[list[str] | None], names: list[str]
) -> tuple[pl.DataFrame, list[int], list[int]]:
    schema = dict.fromkeys(names, pl.String)
    frames = [pl.DataFrame(schema=schema)]
    rows: list[int] = []
    broken: list[int] = []
    number = 0
    while chunk := list(islice(records, _CHUNK)):
        good = []
        for record in chunk:
            number += 1
            if record is None:
                broken.append(number)
            else:
                good.append(record)
                rows.append(number)
        if good:
            columns = dict(zip(names, zip(*good, strict=True), strict=True))
            frames.append(pl.DataFrame(columns, schema=schema))
    return pl.concat(frames, rechunk=True), rows, broken

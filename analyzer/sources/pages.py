"""Look at the page headers of a Parquet file before a reader allocates what they promise.

A damaged header can announce 2^63 values, and the reader that believes it ends the whole process.
Format: Apache Parquet, ``PageHeader`` in Thrift's compact protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sound_pages"]

_SEEN: Final = 1 << 16  # bytes of a header; statistics in it can hold long values
_DEEPEST: Final = 8
_SIZE, _DATA, _DICTIONARY, _DATA_V2 = 3, 5, 7, 8  # fields of a PageHeader
_VALUES: Final = 1  # field of the three headers within

Value = int | bytes | dict[int, "Value"] | list["Value"]


def sound_pages(path: Path) -> bool:
    """Whether the pages of every column hold as many values as the file says.

    Args:
        path: a Parquet file.

    Returns:
        False when a page header is damaged; True too when the file's own index cannot be read,
        which a reader notices by itself.
    """
    import duckdb

    try:
        with duckdb.connect() as database:
            chunks = database.execute(
                "SELECT num_values, dictionary_page_offset, data_page_offset, "
                "total_compressed_size FROM parquet_metadata(?)",
                [str(path)],
            ).fetchall()
    except duckdb.Error:
        return True
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for values, dictionary, data, packed in chunks:
            start = min(offset for offset in (dictionary, data) if offset)
            if not 0 < start <= start + packed <= size:
                return False
            file.seek(start)
            if _values(file.read(packed)) != values:
                return False
    return True


def _values(chunk: bytes) -> int | None:
    """Values in the data pages of a column chunk, or None when a header makes no sense."""
    place = found = 0
    try:
        while place < len(chunk):
            header, length = _struct(chunk[place : place + _SEEN], 0, 0)
            inner = header.get(_DATA) or header.get(_DATA_V2)
            told = inner or header.get(_DICTIONARY)
            packed = header.get(_SIZE)
            if not isinstance(told, dict) or not isinstance(packed, int) or packed < 0:
                return None
            number = told.get(_VALUES)
            if not isinstance(number, int) or number < 0:
                return None
            found += number if inner else 0
            place += length + packed
    except (IndexError, ValueError):
        return None
    return found if place == len(chunk) else None


def _struct(data: bytes, place: int, depth: int) -> tuple[dict[int, Value], int]:
    """Fields by number, and where the struct ends."""
    if depth > _DEEPEST:
        raise ValueError
    fields: dict[int, Value] = {}
    field = 0
    while (head := data[place]) != 0:
        place += 1
        step, kind = head >> 4, head & 15
        if step:
            field += step
        else:
            field, place = _number(data, place)
        if kind in (1, 2):  # true and false are in the head itself
            fields[field] = 2 - kind
        else:
            fields[field], place = _value(data, place, kind, depth)
    return fields, place + 1


def _value(data: bytes, place: int, kind: int, depth: int) -> tuple[Value, int]:
    if kind in (4, 5, 6):
        return _number(data, place)
    if kind == 8:
        length, place = _varint(data, place)
        if place + length > len(data):
            raise ValueError
        return data[place : place + length], place + length
    if kind == 12:
        return _struct(data, place, depth + 1)
    if kind in (3, 7):  # a byte, a double
        return 0, place + (1 if kind == 3 else 8)
    raise ValueError  # page headers have no lists, sets or maps


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A signed number, whose lowest bit is its sign."""
    plain, place = _varint(data, place)
    return (plain >> 1) ^ -(plain & 1), place


def _varint(data: bytes, place: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        byte = data[place]
        found |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return found, place
        if shift > 63:
            raise ValueError

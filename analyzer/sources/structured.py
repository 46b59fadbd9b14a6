"""JSON, JSON lines and Parquet: rows as strings, nested objects as dotted columns."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.sources.delimited import detect_encoding
from analyzer.sources.dialect import Dialect, find_dialect
from analyzer.sources.header import unique_names
from analyzer.sources.model import Table
from analyzer.sources.pages import sound_pages

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["read_json", "read_json_lines", "read_parquet", "typed_table"]

# Keys under which documents keep their rows, the usual ones first.
_LISTS: Final = (
    "data",
    "results",
    "items",
    "reviews",
    "responses",
    "records",
    "rows",
    "feedback",
    "satisfaction_ratings",
    "survey_responses",
    "conversations",
    "statuses",
    "posts",
    "tweets",
    "messages",
    "mentions",
    "comments",
)
_ENVELOPES: Final = ("data", "result", "response", "payload", "body")
_DEPTH: Final = 6
_ANSWERS: Final = 10  # objects in a list that may become columns
_CHUNK: Final = 50_000
_LINE_LIMIT: Final = 20_000_000  # characters of a line, which may hold a page of posts
_CELL_LIMIT: Final = 1_000_000  # characters of a value; a longer one is no comment


def read_json(path: Path) -> Table:
    """Read a JSON document: a list of objects, or an object that holds one.

    Args:
        path: the file.

    Returns:
        One row an object; a file with one object a line is read as JSON lines.

    Raises:
        InputError: The file is not JSON or holds no list of objects.
    """
    encoding, notes = detect_encoding(path)
    text = path.read_text(encoding=encoding, errors="replace")
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        if _one_object_a_line(text):
            return read_json_lines(path)
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(
            f"{path.name} is not valid JSON{where}: it may be cut short. Export it again."
        ) from error
    items = _find_rows(document)
    if not items:
        raise InputError(
            f"{path.name} holds no list of objects. Expected [{{...}}, ...] or "
            '{"data": [{...}, ...]}.'
        )
    return _from_objects(items, "json", encoding, notes, path)


def read_json_lines(path: Path) -> Table:
    """Read one JSON object a line.

    Args:
        path: the file; an object that holds a list under ``data`` gives one row for each item.

    Returns:
        One row an object; lines that are not JSON objects are listed as broken.

    Raises:
        InputError: No line is a JSON object.
    """
    encoding, notes = detect_encoding(path)
    with path.open(encoding=encoding, errors="replace") as handle:
        items = (item for line in handle if line.strip() for item in _line_objects(line))
        return _from_objects(items, "jsonl", encoding, notes, path)


def read_parquet(path: Path) -> Table:
    """Read a Parquet file.

    Args:
        path: the file.

    Returns:
        Its rows as strings, structs as dotted columns.

    Raises:
        InputError: The file is damaged or has no row.
    """
    damaged = (
        f"{path.name} cannot be read as Parquet: it is damaged or incomplete. Export it again."
    )
    if not sound_pages(path):
        raise InputError(damaged)
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise InputError(damaged) from error
    if frame.is_empty():
        raise InputError(f"{path.name} has columns but no row.")
    return typed_table(frame, "parquet")


def typed_table(frame: pl.DataFrame, format_: str) -> Table:
    """Turn columns of any type into a table of strings, structs as dotted columns."""
    frame = _unnest(frame)
    frame = frame.select(_as_string(frame[name]) for name in frame.columns)
    return _typed_table(frame, list(range(1, frame.height + 1)), [], format_, None, ())


def _typed_table(
    frame: pl.DataFrame,
    rows: list[int],
    broken: list[int],
    format_: str,
    encoding: str | None,
    notes: tuple[str, ...],
) -> Table:
    frame.columns = unique_names(frame.columns)
    found = find_dialect([frame.columns], format_, preamble=0)
    return Table(
        frame=frame,
        rows=rows,
        broken=broken,
        format=format_,
        encoding=encoding,
        dialect=found[0] if found else None,
        notes=notes,
    )


def _line_objects(line: str) -> list[dict[str, Any] | None]:
    if len(line) > _LINE_LIMIT:
        return [None]
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return [None]
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return _with_authors(value["data"], value)
    return [value if isinstance(value, dict) else None]


def _one_object_a_line(text: str) -> bool:
    lines = [line for line in text.splitlines()[:5] if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict) for line in lines[:-1])
    except (json.JSONDecodeError, RecursionError):
        return False


def _find_rows(document: object) -> list[dict[str, Any] | None]:
    if isinstance(document, dict):
        lists = {
            key: value
            for key, value in document.items()
            if isinstance(value, list) and any(isinstance(item, dict) for item in value)
        }
        if not lists:
            inner = [document[key] for key in _ENVELOPES if isinstance(document.get(key), dict)]
            if inner and any(isinstance(inner[0].get(key), list) for key in _LISTS):
                return _find_rows(inner[0])
            return [document] if document else []
        known = [key for key in _LISTS if key in lists]
        key = known[0] if known else max(lists, key=lambda name: (len(lists[name]), name))
        return _with_authors(_find_rows(lists[key]), document)
    if isinstance(document, list) and any(isinstance(item, dict) for item in document):
        return [item if isinstance(item, dict) else None for item in document]
    return []


def _with_authors(items: list[Any], document: dict[str, Any]) -> list[dict[str, Any] | None]:
    """Put the account that wrote a post beside it, where the document lists accounts apart."""
    includes = document.get("includes")
    users = includes.get("users") if isinstance(includes, dict) else None
    names = {
        user.get("id"): user.get("username")
        for user in (users if isinstance(users, list) else [])
        if isinstance(user, dict) and isinstance(user.get("id"), str)
    }
    return [
        {**item, "author_username": names[item["author_id"]]}
        if isinstance(item, dict)
        and isinstance(item.get("author_id"), str)
        and item["author_id"] in names
        else (item if isinstance(item, dict) else None)
        for item in items
    ]


def _from_objects(
    items: Iterable[dict[str, Any] | None],
    format_: str,
    encoding: str,
    notes: tuple[str, ...],
    path: Path,
) -> Table:
    """Turn objects into columns chunk by chunk, so that a large file never stands as objects."""
    stream = enumerate(items, start=1)
    rows: list[int] = []
    broken: list[int] = []
    frames: list[pl.DataFrame] = []
    unwrap: str | None = None
    while chunk := list(islice(stream, _CHUNK)):
        chunk = [(number, _bounded(item)) for number, item in chunk]
        good = [item for _, item in chunk if item is not None]
        rows.extend(number for number, item in chunk if item is not None)
        broken.extend(number for number, item in chunk if item is None)
        if not frames:
            dialect = _dialect(good)
            unwrap = dialect.unwrap if dialect else None
        flat = [_flatten(_original(item, unwrap)) for item in good]
        names = list(dict.fromkeys(name for item in flat for name in item))
        columns = {name: [item.get(name) for item in flat] for name in names}
        frames.append(pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)))
    if not rows:
        raise InputError(
            f"{path.name} has no line that is a JSON object. Check that it is one object a line."
        )
    frame = pl.concat(frames, how="diagonal", rechunk=True)
    if frame.height != len(rows):
        raise InputError(f"{path.name} holds only empty objects.")
    return _typed_table(frame, rows, broken, format_, encoding, notes)


def _bounded(item: dict[str, Any] | None) -> dict[str, Any] | None:
    """Leave out a record with a value that is far too long to be a comment."""
    if item is None or any(isinstance(v, str) and len(v) > _CELL_LIMIT for v in item.values()):
        return None
    return item


def _dialect(items: Iterable[dict[str, Any]]) -> Dialect | None:
    first: dict[str, None] = {}
    for number, item in enumerate(items):
        if number == 50:
            break
        first.update(dict.fromkeys(_flatten(item)))
    found = find_dialect([list(first)], "json", preamble=0)
    return found[0] if found else None


def _original(item: dict[str, Any], unwrap: str | None) -> dict[str, Any]:
    """Replace a copy by what it copies: a boost of a post is that post."""
    inner = item.get(unwrap) if unwrap else None
    if not isinstance(inner, dict):
        return item
    return {**inner, unwrap or "": None}


def _flatten(item: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in item.items():
        name = _whole_characters(f"{prefix}{key}")
        if isinstance(value, dict) and depth < _DEPTH:
            flat.update(_flatten(value, f"{name}.", depth + 1))
        elif value is None:
            flat[name] = None
        elif isinstance(value, str):
            flat[name] = value if value.isascii() else _whole_characters(value)
        elif isinstance(value, list) and (typed := _by_type(value)) and depth < _DEPTH:
            flat.update(_flatten(typed, f"{name}.", depth + 1))
        else:
            flat[name] = _whole_characters(json.dumps(value, ensure_ascii=False))
    return flat


def _by_type(items: list[Any]) -> dict[str, Any] | None:
    """Answers of a survey by their type, where each has another: its rating, its open text."""
    if not items or len(items) > _ANSWERS or not all(isinstance(item, dict) for item in items):
        return None
    typed = {item["type"]: item for item in items if isinstance(item.get("type"), str)}
    return typed if len(typed) == len(items) else None


def _whole_characters(value: str) -> str:
    """Join the halves of characters that JSON escapes as two; half a one becomes U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unnest(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn structs into dotted columns, level by level."""
    for _ in range(_DEPTH):
        structs = [name for name, kind in frame.schema.items() if kind == pl.Struct]
        if not structs:
            break
        for name in structs:
            fields = frame[name].struct.fields
            frame = frame.with_columns(
                pl.col(name).struct.field(field).alias(f"{name}.{field}") for field in fields
            ).drop(name)
    return frame


def _as_string(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind == pl.String:
        return column
    if isinstance(kind, pl.Datetime):
        pattern = "%Y-%m-%d %H:%M:%S%.f" + ("%:z" if kind.time_zone else "")
        return column.dt.to_string(pattern)
    if kind in (pl.List, pl.Array, pl.Object, pl.Struct):
        return pl.Series(
            column.name,
            [
                None
                if value is None
                else json.dumps(_plain(value), ensure_ascii=False, default=str)
                for value in column
            ],
            dtype=pl.String,
        )
    if kind == pl.Binary:
        return pl.Series(column.name, [_decoded(value) for value in column], dtype=pl.String)
    if kind == pl.Duration:
        return column.dt.total_seconds().cast(pl.String)
    return column.cast(pl.String)


def _decoded(value: bytes | None) -> str | None:
    """Text where the bytes are text, else their digits, as ids are written."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return _decoded(value)
    return value.to_list() if isinstance(value, pl.Series) else value

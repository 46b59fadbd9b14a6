"""Cells that people type: yes and no, numbers, durations, in es, fr and en."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "MISSING",
    "by_value",
    "fold",
    "joined_texts",
    "named",
    "one_spelling",
    "parse_bool",
    "parse_consent",
    "parse_count",
    "parse_duration",
    "parse_number",
    "vocabulary",
    "words",
]

_T = TypeVar("_T")


@cache
def vocabulary() -> dict[str, Any]:
    """Return ``vocabulary.toml``: what cells say in words."""
    return tomllib.loads(
        resources.files("analyzer.sources").joinpath("vocabulary.toml").read_text("utf-8")
    )


MISSING: Final[frozenset[str]] = frozenset(vocabulary()["missing"])
_TRUE: Final[frozenset[str]] = frozenset(vocabulary()["yes"])
_FALSE: Final[frozenset[str]] = frozenset(vocabulary()["no"])
_YES: Final = frozenset(("si", "oui", "yes"))
_REFUSALS: Final = tuple(vocabulary()["refusals"])
_NEGATIONS: Final = tuple(vocabulary()["negations"])
_CONFIRMING: Final = _YES.union(vocabulary()["confirming"])
_DAY_ZERO: Final = re.compile(r"(1899-12-31|1900-01-(?:0[1-9]|[12]\d)) ")  # of a workbook's times
_UNITS: Final = {
    "ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "seg": 1, "segundo": 1,
    "seconde": 1, "m": 60, "min": 60, "mn": 60, "minute": 60, "minuto": 60, "h": 3600, "hr": 3600,
    "hour": 3600, "heure": 3600, "hora": 3600, "d": 86400, "day": 86400, "dia": 86400, "j": 86400,
    "jour": 86400,
}  # fmt: skip


def fold(value: str) -> str:
    """One spelling of a cell: lower case, no accents, plain spaces, digits and quotes."""
    plain = unicodedata.normalize("NFKD", value.replace("’", "'")).casefold()
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def by_value(
    column: pl.Series, parse: Callable[[str], _T | None], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """Parse each distinct value of a string column once.

    Args:
        column: strings.
        parse: from a value to what it means, or None.
        dtype: of the result.

    Returns:
        A column of the same length and name; null stays null.
    """
    distinct = column.drop_nulls().unique().sort()
    parsed = pl.Series([parse(value) for value in distinct], dtype=dtype)
    return column.replace_strict(distinct, parsed, default=None, return_dtype=dtype)


def words(column: pl.Series) -> pl.Series:
    """Cells without spaces around them; blank ones are null."""
    plain = column.str.strip_chars()
    return plain.to_frame().select(pl.when(pl.first() != "").then(pl.first()))[plain.name]


def named(column: pl.Series, unnamed: frozenset[str] = MISSING) -> pl.Series:
    """Cells that name something; ``N/A`` and its like, or what ``unnamed`` holds, are null."""
    return by_value(column, lambda cell: None if fold(cell) in unnamed else cell, pl.String)


def one_spelling(column: pl.Series) -> pl.Series:
    """Write cells that differ in capitals, accents and spaces only as most of them are written."""
    usual: dict[str, str] = {}
    counts = column.drop_nulls().value_counts(sort=False).rows()
    for cell, _ in sorted(counts, key=lambda item: (-item[1], item[0])):
        usual.setdefault(fold(cell), cell)
    return by_value(column, lambda cell: usual[fold(cell)], pl.String)


def joined_texts(cell: str) -> str | None:
    """Texts of a JSON list, one a line; None when the cell is no list of texts."""
    try:
        items = json.loads(cell)
    except (json.JSONDecodeError, RecursionError):
        return None
    if not isinstance(items, list) or not all(isinstance(i, str | None) for i in items):
        return None
    return "\n".join(item.strip() for item in items if item and item.strip())


def parse_bool(column: pl.Series) -> pl.Series:
    """Return yes and no of three languages as booleans, null for anything else."""

    def parse(value: str) -> bool | None:
        plain = fold(value)
        if plain in _TRUE:
            return True
        return False if plain in _FALSE else None

    return by_value(column, parse, pl.Boolean)


def parse_consent(column: pl.Series) -> pl.Series:
    """Return ``yes``, ``no`` or ``unknown``; a refusal or a doubt is never a yes.

    A yes that takes itself back ("Yes (withdrawn)") is a no, and one with a condition ("yes, but
    not with my name") is unknown.
    """
    return by_value(column, _consent, pl.String).fill_null("unknown")


def _consent(value: str) -> str:
    plain = fold(value)
    if plain in _TRUE or plain in _FALSE:
        return "yes" if plain in _TRUE else "no"
    words = re.findall(r"[\w']+", plain)
    said = f" {' '.join(words)} "
    if plain in MISSING or not words:
        return "unknown"
    if any(f" {word} " in said for word in _REFUSALS):
        return "no"
    if words[0] in _YES:
        return "yes" if _CONFIRMING.issuperset(words[1:]) else "unknown"
    return "no" if any(f" {word} " in said for word in _NEGATIONS) else "unknown"


def parse_number(column: pl.Series) -> pl.Series:
    """Return numbers with decimal comma or point, thousands and currency signs as floats."""
    return by_value(column, number, pl.Float64)


def parse_count(column: pl.Series) -> pl.Series:
    """Return whole numbers such as ``12``, ``1,204`` or ``1.2K``; negative ones are null."""

    def parse(value: str) -> int | None:
        match = re.fullmatch(r"([\d.,]+) ?([km])\+?", fold(value))
        if match:
            scaled = number(match.group(1))
            return None if scaled is None else int(scaled * {"k": 1e3, "m": 1e6}[match.group(2)])
        plain = number(value)
        return int(plain) if plain is not None and 0 <= plain < 2**62 else None

    return by_value(column, parse, pl.Int64)


def parse_duration(column: pl.Series, header: str) -> pl.Series:
    """Return durations in seconds.

    Args:
        column: ``00:05:30``, ``5 min``, ``1h 20m``, a bare number, or what a workbook has for a
            time: ``1899-12-31 00:05:30``.
        header: normalised; it gives the unit of bare numbers (``handle time minutes``), else they
            are seconds.
    """
    words = header.split()
    scale = next(
        (_UNITS[w.rstrip("s")] for w in words if len(w) > 1 and w.rstrip("s") in _UNITS), 1.0
    )

    def parse(value: str) -> float | None:
        plain = fold(value)
        zero = _DAY_ZERO.match(plain)
        days = 0 if zero is None else (date.fromisoformat(zero[1]) - date(1899, 12, 31)).days
        plain = plain if zero is None else plain[zero.end() :]
        clock = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)", plain)
        if clock:
            hours, minutes, seconds = clock.groups(default="0")
            clocked = int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
            return days * 86_400 + clocked
        parts = re.findall(r"(\d+(?:[.,]\d+)?) ?([a-z]+)", plain)
        if parts and all(unit in _UNITS or unit.rstrip("s") in _UNITS for _, unit in parts):
            return sum(
                float(n.replace(",", ".")) * _UNITS.get(unit, _UNITS.get(unit.rstrip("s"), 1))
                for n, unit in parts
            )
        bare = number(plain)
        return bare * scale if bare is not None and bare >= 0 else None

    return by_value(column, parse, pl.Float64)


def number(value: str) -> float | None:
    """Read one number: ``1.234,5``, ``1,234.5``, ``12 €``, ``-3``; None when it is not one."""
    plain = re.sub(r"[\s'$€£%]|eur|usd|gbp|mxn", "", fold(value))
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*", plain):
        return None
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "." if comma > point else ","
        plain = plain.replace(thousands, "")
    elif plain.count(",") > 1 or plain.count(".") > 1:
        plain = plain.replace(",", "").replace(".", "")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", plain):
        plain = plain.replace(",", "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None

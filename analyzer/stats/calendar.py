"""When a wave was, where its name says it: ``Q4 2025``, ``marzo 2026``, ``2026-03``, ``T1 26``."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["calendar_key"]

_MONTHS: Final = (
    "jan january ene enero janv janvier",
    "feb february febrero fev fevr fevrier",
    "mar march marzo mars",
    "apr april abr abril avr avril",
    "may mayo mai",
    "jun june junio juin",
    "jul july julio juil juillet",
    "aug august ago agosto aou aout",
    "sep sept september septiembre setiembre septembre",
    "oct october octubre octobre",
    "nov november noviembre novembre",
    "dec december dic diciembre decembre",
)
_MONTH_OF: Final = {word: n for n, words in enumerate(_MONTHS, 1) for word in words.split()}
_SEASONS: Final = {
    "spring": 3, "primavera": 3, "printemps": 3, "summer": 6, "verano": 6, "ete": 6, "autumn": 9,
    "fall": 9, "otono": 9, "automne": 9,
}  # fmt: skip
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d|19\d\d)(?!\d)|(?<=['’])(\d\d)(?!\d)")
_PART: Final = re.compile(
    r"\b(?:(?P<kind>[qthsp])[ -]?(?P<n>[1-4])"
    r"|(?P<n2>[1-4])(?:er|o|º|°)? ?(?P<kind2>[qtsh]|trim\w*|sem\w*))\b"
)
_NUMBERED: Final = re.compile(
    r"^(?:20\d\d)[-/. _]?(?P<a>\d{1,2})\b|\b(?P<b>\d{1,2})[-/. _](?:20\d\d)$"
)
_HALF: Final = ("h", "s")


def calendar_key(name: str) -> tuple[int, int] | None:
    """Tell year and first month of a wave.

    Args:
        name: of a wave, in Spanish, French or English.

    Returns:
        Year (0 where the name has none) and month 1 to 12 (0 where it has none), comparable among
        names that have the same parts; None where the name has neither.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).strip()
    found = _YEAR.search(plain)
    year = int(found[1] or f"20{found[2]}") if found else _short_year(plain)
    month = _month(plain)
    return (year, month) if year or month else None


def _short_year(plain: str) -> int:
    """A year of two digits beside a quarter or a month: ``Q1 26``, ``mar-26``."""
    parts = re.findall(r"[a-z]+\d?|\d+", plain)
    beside = len(parts) == 2 and parts[1].isdecimal() and len(parts[1]) == 2
    return 2000 + int(parts[1]) if beside and _month(parts[0]) else 0


def _month(plain: str) -> int:
    part = _PART.search(plain)
    if part:
        n, kind = int(part["n"] or part["n2"]), part["kind"] or part["kind2"]
        months = 6 if kind[0] in _HALF else 3
        return 1 + months * (n - 1) if months * (n - 1) < 12 else 0
    words = [word for word in re.findall(r"[a-z]+", plain) if word in _MONTH_OF]
    if words:
        return _MONTH_OF[words[0]]
    numbered = _NUMBERED.search(plain)
    if numbered and 1 <= int(numbered["a"] or numbered["b"]) <= 12:
        return int(numbered["a"] or numbered["b"])
    season = next((w for w in re.findall(r"[a-z]+", plain) if w in _SEASONS), "")
    return _SEASONS.get(season, 0)

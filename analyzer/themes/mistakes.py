"""Mistakes in a codebook file, told with their line in words of the file and not of the program."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import ValidationError

__all__ = ["headers", "mistakes", "not_toml"]

_HEADER: Final = re.compile(r"^\s*\[\[\s*(theme|group)\s*\]\]")
_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_FIELDS: Final = {
    "theme": ("id", "name", "parent", "description", "examples", "include", "exclude"),
    "group": ("id", "name"),
}
_LISTS: Final = ("examples", "include", "exclude")
_TABLE: Final = "Entries start with [[theme]] or [[group]]"


def mistakes(error: ValidationError, values: Mapping[str, Any], source: str) -> list[str]:
    """Say what is wrong with a codebook, by line.

    Args:
        error: what the codebook was refused for.
        values: the file, as TOML.
        source: its text.

    Returns:
        Sentences without a full stop, to follow the name of the file: the first as
        ", line 6: theme 'price' has no name", or ": there is no theme" where no line can be named.
    """
    found = set()
    for item in error.errors():
        if _is_entry(item["loc"]):
            found.add(_in_entry(item, values, source))
        elif item["type"] != "too_short" or not values["theme"]:  # wrong entries do not count
            found.add(_in_file(item, source))
    ordered = sorted(found)
    sentences = [f"line {line}: {told}" if line else told for line, told in ordered]
    return [(", " if ordered[0][0] else ": ") + sentences[0], *sentences[1:]]


def not_toml(error: ValueError) -> str:
    """Say where a file stops being TOML, to follow its name."""
    told = str(error)
    place = _PLACE.search(told)
    where = f", line {place.group(1)}" if place else ""
    what = _PLACE.sub("", told).strip()
    return f"{where}: not valid TOML ({what}). Check quotes, brackets and commas there."


def headers(source: str) -> dict[str, list[int]]:
    """Line of each [[theme]] and [[group]] header, from 1."""
    lines: dict[str, list[int]] = {"theme": [], "group": []}
    for number, line in enumerate(source.splitlines(), start=1):
        if match := _HEADER.match(line):
            lines[match.group(1)].append(number)
    return lines


def _is_entry(place: Sequence[int | str]) -> bool:
    return len(place) > 1 and place[0] in _FIELDS and isinstance(place[1], int)


def _in_file(item: Any, source: str) -> tuple[int, str]:  # noqa: ANN401 - pydantic's own
    """What is wrong outside of entries."""
    name = str(item["loc"][0]) if item["loc"] else ""
    line = _line_of(source, 0, (rf"\[*\s*{re.escape(name)}\s*\]", rf"{re.escape(name)}\b"))
    if item["type"] in ("missing", "too_short"):
        return line, "there is no theme. Add an entry that starts with [[theme]]"
    if item["type"] == "extra_forbidden":
        return line, f"{name!r} is not known here. {_TABLE}"
    return line, f"{name!r} is not a list of entries. Begin each with [[{name}]], in two brackets"


def _in_entry(item: Any, values: Mapping[str, Any], source: str) -> tuple[int, str]:  # noqa: ANN401
    """What is wrong with one theme or group."""
    kind, number, *rest = item["loc"]
    entry = values[kind][number]
    known = headers(source)[kind]
    start = known[number] if number < len(known) else 0
    field = str(rest[0]) if rest else ""
    several = isinstance(entry, dict) and isinstance(entry.get(field), dict)
    code = str(rest[1]) if len(rest) > 1 and several else ""
    first, second = re.escape(field), re.escape(code)
    words = [rf"{first}\s*\.\s*{second}\b", rf"{first}\b", rf"{second}\b"]
    words = words if code else [rf"{first}\b"]
    line = _line_of(source, start, words) if field and item["type"] != "missing" else start
    ident = entry.get("id") if isinstance(entry, dict) else None
    who = f"{kind} {ident!r}" if isinstance(ident, str) else f"a {kind}"
    return line, _told(kind, who, field, code, item)


def _told(kind: str, who: str, field: str, code: str, item: Any) -> str:  # noqa: ANN401
    wrong, given = item["type"], item["input"]
    if not field:
        return f"{who} is not an entry. {_TABLE}"
    if wrong == "missing":
        return f"{who} has no {field}. Add: {_example(field, '')}"
    if wrong == "extra_forbidden":
        near = get_close_matches(field, _FIELDS[kind], 1)
        meant = f"; did you mean {near[0]!r}?" if near else "."
        return f"{who} has {field!r}, which is not known{meant} A {kind} has {_known(kind)}"
    if wrong == "string_pattern_mismatch":
        return (
            f"the id {given!r} cannot be used. An id has up to 64 letters without accents, digits "
            "and _ . # & / -, no space, and starts with a letter or a digit"
        )
    if code in _FIELDS["theme"]:
        return f"{code!r} of {who} stands under its {field}. Move it above that"
    if code and code not in LANGUAGES:
        spoken = ", ".join(LANGUAGES)
        return f"{who} has {field} in {code!r}. Texts are given in {spoken}"
    if wrong == "too_short":
        return f"{who} has an empty {field}. Add: {_example(field, '')}"
    shown = f", not {given}" if isinstance(given, int | float) else ""  # never a comment's text
    what = "a list of texts" if field in _LISTS else "a text in quotes"
    return f"{field} of {who} must be {what}{shown}. Write: {_example(field, code)}"


def _example(field: str, code: str) -> str:
    if field in ("id", "parent"):
        return f'{field} = "delivery"'
    at = code if code in LANGUAGES else "en"
    return f'{field}.{at} = ["..."]' if field in _LISTS else f'{field}.{at} = "..."'


def _known(kind: str) -> str:
    *first, last = _FIELDS[kind]
    return f"{', '.join(first)} and {last}"


def _line_of(source: str, start: int, words: Sequence[str]) -> int:
    """First line of an entry that begins with one of the words, tried in turn; else its header."""
    lines = source.splitlines()
    end = next((i for i in range(start, len(lines)) if _HEADER.match(lines[i])), len(lines))
    own = range(start, end if start else len(lines))
    for word in words:
        begins = re.compile(rf"\s*(?:\[[\w.]*\.)?[\"']?{word}")
        for number in own:
            if begins.match(lines[number]):
                return number + 1
    return start

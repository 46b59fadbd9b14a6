"""Vendor exports as data: one TOML file each, recognised by the header."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from analyzer.sources.names import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Dialect", "dialects", "find_dialect"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recognise(_Part):
    """Headers (in normalised spelling) that tell this export from every other table."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    at_least: int = 1
    none: tuple[str, ...] = ()
    marker: str | None = None  # found in one of the first rows

    def fits(self, headers: frozenset[str], following: Sequence[Sequence[str]]) -> bool:
        """Whether a header row, with the rows under it, is this export."""
        if not set(self.all) <= headers or headers & set(self.none):
            return False
        if self.any and len(headers & set(self.any)) < self.at_least:
            return False
        if self.marker is None:
            return True
        return any(re.search(self.marker, cell) for row in following for cell in row)


class Header(_Part):
    """Rows above the data."""

    rows: int = 1
    until: str | None = None  # the last header row is the one with a cell that matches
    question_row: int | None = None  # 1-based row of the survey questions


class Scale(_Part):
    """What the values of a score column mean: bounds, or each value's share of the scale."""

    minimum: float = 0
    maximum: float = 1
    values: dict[str, float] = Field(default_factory=dict)
    higher_is_better: bool = True


class Drop(_Part):
    """Rows that are not feedback: ``pattern`` (or its absence) in a column."""

    column: str
    pattern: str
    reason: Literal["preview", "spam", "not_public", "copy", "own_post"]
    unless: bool = False  # drop rows that do NOT match


class Replace(_Part):
    """A repair of the text column that only this export needs."""

    pattern: str
    by: str = ""


class Dialect(_Part):
    """One vendor's export.

    Attributes:
        columns: canonical name to headers, the best first; ``re:`` starts a regular expression.
        ignore: headers that are neither input nor segments.
        records: keys under which a JSON document keeps its rows.
        unwrap: column of a JSON record that holds the original of a copy.
    """

    name: str
    title: str
    kind: Literal["survey", "review", "ticket", "social"]
    formats: tuple[str, ...]
    notes: str = ""
    channel: str | None = None
    recognise: Recognise
    header: Header = Header()
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    score: dict[Literal["nps", "csat", "ces"], Scale] = Field(default_factory=dict)
    drop: tuple[Drop, ...] = ()
    replace: tuple[Replace, ...] = ()
    unwrap: str | None = None

    def column(self, role: str, headers: Sequence[str]) -> str | None:
        """Return the header of a file that means ``role`` in this export, or None."""
        return next(iter(self.all_columns(role, headers)), None)

    def all_columns(self, role: str, headers: Sequence[str], *, exact: bool = False) -> list[str]:
        """Return every header of a file that means ``role``, the best first.

        With ``exact`` only those that are declared by their whole name.
        """
        return [
            header
            for wanted in self.columns.get(role, ())
            for header in headers
            if _matches(wanted, header) and not (exact and wanted.startswith("re:"))
        ]

    def ignores(self, header: str) -> bool:
        """Whether a column of this export is neither input nor a segment."""
        return any(_matches(wanted, header) for wanted in self.ignore)


def _matches(wanted: str, header: str) -> bool:
    name = normalise(header)
    if wanted.startswith("re:"):
        return re.search(wanted[3:], name) is not None
    return wanted in (name, header)


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return every vendor export that is recognised, by name."""
    folder = resources.files("analyzer.sources").joinpath("dialects")
    files = sorted(
        (item for item in folder.iterdir() if item.name.endswith(".toml")),
        key=lambda item: item.name,
    )
    return tuple(Dialect(**tomllib.loads(item.read_text("utf-8"))) for item in files)


def find_dialect(
    rows: Sequence[Sequence[str]], format_: str, preamble: int = 15
) -> tuple[Dialect, int] | None:
    """Look for a vendor's header.

    Args:
        rows: the first rows of a file, as strings.
        format_: csv, tsv, xlsx, json, jsonl or parquet.
        preamble: how many rows may stand above the header.

    Returns:
        The dialect and the index of its header row; None for a file of nobody in particular. When
        several fit, the one that asks for most headers wins.
    """
    best: tuple[int, Dialect, int] | None = None
    for index, row in enumerate(rows[: preamble + 1]):
        headers = frozenset(normalise(cell) for cell in row if cell)
        for dialect in dialects():
            if format_ not in dialect.formats:
                continue
            wish = dialect.recognise
            weight = len(wish.all) + (wish.at_least if wish.any else 0) + bool(wish.marker)
            if wish.fits(headers, rows[index + 1 : index + 4]) and (
                best is None or weight > best[0]
            ):
                best = (weight, dialect, index)
        if best:
            break
    return (best[1], best[2]) if best else None

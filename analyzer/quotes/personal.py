"""What kinds of personal data files hold, before anything else is done with them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError, MappingError
from analyzer.quotes.people import names_somebody, usual_names
from analyzer.sources.columns import check_mapping, plan_columns, resolve_mapping
from analyzer.sources.files import read_table
from analyzer.sources.names import is_personal, meanings
from analyzer.text import clean, redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.sources.model import Table

__all__ = ["KINDS", "Privacy", "privacy"]

# Kinds beside those of `analyzer.text.TYPES`.
KINDS: Final = {
    "IDENTIFYING_COLUMN": "the column's name says that it identifies a person",
    "RESPONDENT_ID": "the column tells people apart; with other files it can name them",
    "UNANNOUNCED_NAME": "a word that looks like a person's name, which redaction leaves alone",
}
_SHORTEST: Final = 2  # characters of a value that could identify anybody
_MOMENT: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,]+\d{1,2}:\d{2}.{0,20})?")
_NUMBER: Final = re.compile(r"[\d .-]+")
# A checksum holds for one number in ten by chance: a column of numbers needs more than that.
_CHECKED: Final = frozenset({"CARD", "SIRET", "NIR", "NUSS"})
_MORE_THAN_CHANCE: Final = 0.3
_FOUND: Final = {
    "source": pl.String,
    "column": pl.String,
    "used_as": pl.String,
    "kind": pl.String,
    "cells": pl.Int64,
    "filled": pl.Int64,
}


@dataclass(frozen=True)
class Privacy:
    """Personal data by file, column and kind; nothing of the values.

    Attributes:
        found: source, column, used_as (what the column is read as, null when it is not read), kind
            (`analyzer.text.TYPES` or `KINDS`), cells that hold it, filled (cells that hold
            anything); in the order of the files and columns.
        columns: source, columns, clean (columns in which nothing was found), rows.
        notes: what could not be told.
    """

    found: pl.DataFrame
    columns: pl.DataFrame
    notes: tuple[str, ...]


def privacy(paths: Sequence[str | Path], mapping: Mapping[str, str] | None = None) -> Privacy:
    """Look for personal data in every column of files, without keeping any of it.

    Args:
        paths: files as `analyzer.analyze` reads them.
        mapping: canonical name to column, where recognition needs help.

    Returns:
        A `Privacy`.

    Raises:
        InputError: A file cannot be read.
        MappingError: A mapped column is in none of the files.
        ConfigError: A key of the mapping is not known.
    """
    if not paths:
        raise InputError("No file was given. Name at least one file of feedback.")
    wanted = check_mapping(mapping or {})
    files = [Path(path) for path in paths]
    tables = [read_table(path) for path in files]
    found: list[pl.DataFrame] = []
    summary: list[tuple[str, int, int, int]] = []
    notes: list[str] = []
    for path, table, here in zip(files, tables, resolve_mapping(wanted, tables), strict=True):
        roles = _roles(table, path.name, here, notes)
        rows = [row for column in table.frame.columns for row in _column(table, column, roles)]
        frame = pl.DataFrame(rows, schema=list(_FOUND)[1:], orient="row") if rows else None
        if frame is not None:
            found.append(frame.select(pl.lit(path.name).alias("source"), pl.all()).cast(_FOUND))  # type: ignore[arg-type]
        dirty = {row[0] for row in rows}
        width = table.frame.width
        summary.append((path.name, width, width - len(dirty), table.frame.height))
        if table.broken:
            notes.append(f"{path.name}: {len(table.broken)} broken rows were not looked at.")
    return Privacy(
        found=pl.concat(found) if found else pl.DataFrame(schema=_FOUND),
        columns=pl.DataFrame(
            summary,
            schema={"source": pl.String, "columns": pl.Int64, "clean": pl.Int64, "rows": pl.Int64},
            orient="row",
        ),
        notes=tuple(notes),
    )


def _roles(table: Table, name: str, mapping: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    """Return column to canonical name; of a file that is not understood, only what was mapped."""
    try:
        plan = plan_columns(table, name, mapping)
    except MappingError:
        notes.append(f"{name}: which column holds the comments is not clear; all were looked at.")
        return {column: role for role, column in mapping.items()}
    roles = {column: role for role, column in plan.roles.items()}
    roles.update(dict.fromkeys(plan.fallback, "text"))
    roles.update(dict.fromkeys(plan.segments, "segment"))
    roles.update({score.decision.column: score.decision.metric for score in plan.scores})
    return roles


def _column(
    table: Table, column: str, roles: Mapping[str, str]
) -> list[tuple[str, str | None, str, int, int]]:
    values = table.frame[column].drop_nulls()
    values = values.filter(values.str.strip_chars().str.len_chars() >= _SHORTEST)
    role = roles.get(column)
    distinct = dict(values.value_counts().iter_rows())
    usual = usual_names(list(distinct)) if role in ("text", "title") else None
    cells: Counter[str] = Counter()
    by_chance: Counter[str] = Counter()
    numbers = 0
    for value, count in distinct.items():
        bare = bool(_NUMBER.fullmatch(value))
        numbers += count * bare
        for kind in _kinds(value, usual):
            (by_chance if bare and kind in _CHECKED else cells)[kind] += count
    cells.update({kind: n for kind, n in by_chance.items() if n >= _MORE_THAN_CHANCE * numbers})
    if is_personal(column):
        cells["IDENTIFYING_COLUMN"] = len(values)
    elif role == "respondent_id" or "respondent_id" in meanings(column):
        cells["RESPONDENT_ID"] = len(values)
    return [
        (column, role, kind, count, len(values)) for kind, count in sorted(cells.items()) if count
    ]


def _kinds(value: str, usual: frozenset[str] | None) -> set[str]:
    """Kinds of personal data in a cell; unannounced names only where ``usual`` ones are known."""
    if _MOMENT.fullmatch(value.strip()):
        return set()
    text, findings = redact(clean(value), None)
    kinds = {finding.type for finding in findings}
    if usual is not None and names_somebody(text, usual):
        kinds.add("UNANNOUNCED_NAME")
    return kinds

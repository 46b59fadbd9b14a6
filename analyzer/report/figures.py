"""Small pieces of the report model: rounded figures, estimates with their n, counts by group."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analyzer.stats.privacy import MINIMUM_CELL, small_cells

__all__ = [
    "CLEAR",
    "INDICATIVE",
    "LIKELY",
    "confidence",
    "count",
    "counts",
    "estimate",
    "figure",
    "impact",
]

Row = Mapping[str, Any]

INDICATIVE: Final = 30
CLEAR: Final = 0.05
LIKELY: Final = 0.10
_DIGITS: Final = 6


def figure(value: object) -> float | None:
    """A number of six digits, so that its JSON reads well; nan and None give None."""
    if not isinstance(value, (int, float)) or math.isnan(value):
        return None
    return float(f"{value:.{_DIGITS}g}") + 0.0


def count(people: object, minimum: int = MINIMUM_CELL) -> dict[str, Any]:
    """People as ``n``; for null and for 1 to ``minimum`` - 1, null and ``suppressed`` true."""
    known = isinstance(people, int) and not 0 < people < minimum
    return {"n": people if known else None, "suppressed": not known}


def size(people: int, minimum: int = MINIMUM_CELL) -> int | None:
    """People of a group; null for 1 to ``minimum`` - 1."""
    return None if 0 < people < minimum else people


def estimate(
    row: Row, name: str, *, low: str = "", high: str = "", n: str = "", minimum: int = MINIMUM_CELL
) -> dict[str, Any]:
    """A figure with interval and n, from columns ``name``, ``name_low``, ``name_high``.

    Args:
        row: one row of a frame as a mapping.
        name: column with the figure.
        low: column with the lower end, when not ``{name}_low``.
        high: column with the upper end, when not ``{name}_high``.
        n: column with the people behind the figure.
        minimum: fewer people are not shown.
    """
    people = row.get(n) if n else None
    return {
        "value": figure(row.get(name)),
        "low": figure(row.get(low or f"{name}_low")),
        "high": figure(row.get(high or f"{name}_high")),
        "n": people if people is None or people >= minimum else None,
    }


def confidence(q: float | None) -> str:
    """How sure a difference is, from its corrected q-value: clear, likely or cannot_tell."""
    if q is None or q > LIKELY:
        return "cannot_tell"
    return "clear" if q <= CLEAR else "likely"


def impact(row: Row, name: str) -> dict[str, Any]:
    """What a theme is associated with, from columns ``name`` and ``name_low/high/p/q``."""
    q = figure(row.get(f"{name}_q"))
    value = figure(row.get(name))
    sure = confidence(q)
    verdict = "cannot_tell"
    if value is not None and sure != "cannot_tell":
        verdict = "costs" if value < 0 else "helps"
    return {
        "value": value,
        "low": figure(row.get(f"{name}_low")),
        "high": figure(row.get(f"{name}_high")),
        "p": figure(row.get(f"{name}_p")),
        "q": q,
        "confidence": sure,
        "verdict": verdict,
    }


def counts(
    rows: pl.DataFrame, column: str, person: str = "respondent", minimum: int = MINIMUM_CELL
) -> list[dict[str, Any]]:
    """Distinct people by the levels of a column, largest first, small cells hidden.

    Args:
        rows: rows with ``column`` and ``person``.
        column: the grouping; null is left out.
        person: who is counted.
        minimum: levels of fewer people are hidden.

    Returns:
        Mappings with ``level``, ``n`` (null when hidden), ``share`` of all people (null when
        hidden) and ``suppressed``; a second level is hidden where one alone could be derived.
    """
    total = rows[person].n_unique()
    table = (
        rows.filter(pl.col(column).is_not_null())
        .group_by(level=pl.col(column).cast(pl.String))
        .agg(respondents=pl.col(person).n_unique())
        .sort(["respondents", "level"], descending=[True, False])
        .with_columns(group=pl.lit(0), base=pl.lit(total, dtype=pl.UInt32))
    )
    if table.is_empty():
        return []
    hidden = small_cells(table, within=["group"], minimum=minimum)
    return [
        {
            "level": row["level"],
            "n": None if secret else row["respondents"],
            "share": None if secret else figure(row["respondents"] / total),
            "suppressed": secret,
        }
        for row, secret in zip(table.to_dicts(), hidden, strict=True)
    ]

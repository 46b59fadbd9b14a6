"""The part of the report model that says how people feel about a theme, group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.report.figures import figure
from analyzer.stats.moods import MOODS

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["divided_entries", "mood_entries"]


def mood_entries(analysis: Analysis) -> dict[str, list[dict[str, Any]]]:
    """Theme id to its tables, one a dimension; keys in docs/report-json.md under ``moods``."""
    found: dict[str, list[dict[str, Any]]] = {}
    grouped = analysis.linked.moods.group_by("theme_id", "dimension", maintain_order=True)
    for (theme_id, dimension), part in grouped:
        levels = [_level(row) for row in part.to_dicts()]
        found.setdefault(str(theme_id), []).append({"dimension": dimension, "levels": levels})
    return found


def divided_entries(analysis: Analysis) -> dict[str, list[dict[str, Any]]]:
    """Theme id to the groups that feel most differently about it, one entry a dimension."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in analysis.linked.divided.to_dicts():
        told = {
            "dimension": row["dimension"],
            "level": row["level"],
            "other": row["other"],
            "n": row["respondents"],
            "other_n": row["other_respondents"],
            **{
                name: figure(row[name])
                for name in ("polarity", "other_polarity", "gap", "low", "high", "p", "q")
            },
            "verdict": row["verdict"],
        }
        found.setdefault(row["theme_id"], []).append(told)
    return found


def _level(row: dict[str, Any]) -> dict[str, Any]:
    hidden = bool(row["suppressed"])
    return {
        "level": row["level"],
        "n": None if hidden else row["respondents"],
        "suppressed": hidden,
        **{
            name: {
                end: None if hidden else figure(row[name + column])
                for end, column in (("value", ""), ("low", "_low"), ("high", "_high"))
            }
            for name in (*MOODS, "polarity")
        },
    }

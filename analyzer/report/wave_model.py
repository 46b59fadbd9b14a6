"""The part of the report model that holds one wave against another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.report.figures import confidence, count, figure
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["subjects", "wave_change"]


def wave_change(row: dict[str, Any], minimum: int) -> dict[str, Any]:
    """How many people say something now and said it before, and how sure a change of it is.

    Args:
        row: of `analyzer.stats.waves.theme_waves`.
        minimum: fewer people are not shown.
    """
    now, before = count(row["n"], minimum), count(row["previous_n"], minimum)
    hidden = now["suppressed"] or before["suppressed"]
    return {
        "wave": row["wave"],
        "previous": row["previous"],
        "now": {**now, "base": row["base"], "share": _unless(now, row["share"])},
        "before": {
            **before,
            "base": row["previous_base"],
            "share": _unless(before, row["previous_share"]),
        },
        **{
            name: None if hidden else figure(row[name])
            for name in ("change", "low", "high", "p", "q")
        },
        "confidence": confidence(figure(row["q"])),
        "verdict": row["verdict"],
    }


def subjects(analysis: Analysis) -> list[dict[str, Any]] | None:
    """Subjects of a list that is the same for both waves, clear changes first; None without."""
    if analysis.subjects is None:
        return None
    before = {"people": "n", "people_before": "previous_n"}
    before |= {"base_before": "previous_base", "share_before": "previous_share"}
    return [
        {
            "subject_id": row["subject"],
            "names": {code: row[f"name_{code}"] for code in LANGUAGES},
            "wave": wave_change(row, analysis.linked.minimum_cell),
        }
        for row in analysis.subjects.rename(before).to_dicts()
    ]


def _unless(hidden: dict[str, Any], value: object) -> float | None:
    return None if hidden["suppressed"] else figure(value)

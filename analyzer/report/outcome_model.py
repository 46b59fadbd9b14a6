"""The report model of outcomes, where files have such columns, and of the score's change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.report.figures import confidence, count, figure
from analyzer.stats import outcomes as outcomes_of
from analyzer.stats import value_ranking

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["outcomes", "score_change"]

_WORTH: Final = 8  # themes shown by the value of their people
_THEMES: Final = 3  # themes shown with an outcome: the most different from the rest


def outcomes(analysis: Analysis) -> dict[str, Any] | None:
    """Churn, resolution, times, targets, status and value; None without any such column."""
    found = outcomes_of(
        analysis.feedback,
        analysis.mentions,
        analysis.themes["theme_id"].to_list(),
        minimum_cell=analysis.linked.minimum_cell,
    )
    model = {
        "rates": _compared(found.rates, "value", "risk_ratio", ("rr_low", "rr_high")),
        "times": _compared(
            found.times, "median", "difference", ("difference_low", "difference_high")
        ),
        "targets": [
            {
                "outcome": row["outcome"],
                "channel": row["channel"],
                "target": figure(row["target"]),
                "n": row["n"],
                **{name: figure(row[name]) for name in ("share", "low", "high")},
            }
            for row in found.targets.filter(pl.col("theme_id").is_null()).to_dicts()
        ],
        "status": [
            {
                "status": row["status"],
                "n": row["n"],
                "base": row["base"],
                "share": figure(row["share"]),
            }
            for row in found.status.filter(pl.col("theme_id").is_null()).to_dicts()
        ],
    }
    model["value"] = _value(analysis)
    return model if any(model.values()) else None


def _value(analysis: Analysis) -> list[dict[str, Any]]:
    """Themes by the lifetime value of the people who mention them, most first."""
    ids = analysis.themes["theme_id"].to_list()
    table = value_ranking(analysis.feedback, analysis.mentions, ids)
    if table is None:
        return []
    known = table.filter(pl.col("value_share").is_not_null()).sort("rank_value", "theme_id")
    return [
        {
            "theme_id": row["theme_id"],
            "n": row["n"],
            "base": row["base"],
            **{
                name: figure(row[name])
                for name in ("share", "value_share", "value_low", "value_high")
            },
            "rank_people": row["rank_people"],
            "rank_value": row["rank_value"],
        }
        for row in known.to_dicts()
        if not count(row["n"], analysis.linked.minimum_cell)["suppressed"]
    ][:_WORTH]


def _compared(
    table: pl.DataFrame, value: str, against: str, ends: tuple[str, str]
) -> list[dict[str, Any]]:
    """The whole of each outcome, with the themes that can be told from the rest."""
    entries = []
    for key, part in table.group_by("outcome", maintain_order=True):
        whole = part.filter(pl.col("theme_id").is_null()).to_dicts()[0]
        themes = part.filter(pl.col("theme_id").is_not_null() & (pl.col("q") <= 0.1)).sort(
            ["q", "theme_id"]
        )
        entries.append(
            {
                "outcome": key[0],
                "n": whole["n"],
                **{name: figure(whole[source]) for name, source in _ends(value)},
                "themes": [
                    {
                        "theme_id": row["theme_id"],
                        "n": row["n"],
                        **{name: figure(row[source]) for name, source in _ends(value)},
                        "without": figure(row["without"]),
                        against: figure(row[against]),
                        f"{against}_low": figure(row[ends[0]]),
                        f"{against}_high": figure(row[ends[1]]),
                        "q": figure(row["q"]),
                        "confidence": confidence(figure(row["q"])),
                    }
                    for row in themes.head(_THEMES).to_dicts()
                ],
            }
        )
    return entries


def _ends(value: str) -> tuple[tuple[str, str], ...]:
    return (("value", value), ("low", "low"), ("high", "high"))


def score_change(analysis: Analysis) -> dict[str, Any] | None:
    """How the change of the score between the newest two waves is made up."""
    found = analysis.linked.change
    if found is None:
        return None
    return {
        "metric": found.metric,
        "wave": found.wave,
        "previous": found.previous,
        "n": found.n,
        "previous_n": found.previous_n,
        **{
            name: figure(getattr(found, name)) for name in ("change", "mentioned", "weighs", "rest")
        },
        "mix": {
            "moved": bool(found.mix.moved),
            "dimensions": found.mix.table.filter("moved")["dimension"].to_list(),
            "standardised": figure(found.mix.standardised),
            "low": figure(found.mix.low),
            "high": figure(found.mix.high),
            "covered": figure(found.mix.covered),
        },
    }

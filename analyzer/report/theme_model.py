"""The part of the report model that speaks of one theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.report.base import sentiment
from analyzer.report.figures import INDICATIVE, confidence, count, counts, estimate, figure, impact
from analyzer.schema import LANGUAGES, SENTIMENTS
from analyzer.stats.privacy import MINIMUM_CELL

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.base import Base

__all__ = ["VERBATIMS", "theme_entries"]

VERBATIMS: Final = 12  # a theme shows at most so many comments
_RELATED: Final = 3
_PER_SENTIMENT: Final = 2  # comments of each sentiment that a theme shows if it has them


def theme_entries(analysis: Analysis, rows: Base) -> list[dict[str, Any]]:
    """Describe every theme.

    Args:
        analysis: a finished analysis.
        rows: its `analyzer.report.base.base`.

    Returns:
        One mapping a theme in the order of ``analysis.themes``; keys in docs/report-json.md.
    """
    linked = {row["theme_id"]: row for row in analysis.linked.themes.to_dicts()}
    waves = (
        {row["theme_id"]: row for row in analysis.linked.waves.to_dicts()}
        if analysis.linked.waves is not None
        else {}
    )
    drivers = analysis.linked.drivers
    readings = dict(drivers.readings.select("theme_id", "reading").iter_rows()) if drivers else {}
    segments = {
        str(key[0]): part
        for key, part in analysis.linked.segments.group_by("theme_id", maintain_order=True)
    }
    entries = []
    for theme in analysis.themes.to_dicts():
        theme_id = theme["theme_id"]
        entries.append(
            {
                **_identity(theme),
                **_size(linked[theme_id], rows.spans.filter(pl.col("theme_id") == theme_id)),
                **_scores(linked[theme_id]),
                "segments": _segments(segments.get(theme_id)),
                **_breakdowns(theme_id, rows),
                "wave": _wave(waves.get(theme_id)),
                "reading": readings.get(theme_id),
                "related": _related(theme_id, rows),
                "verbatims": _verbatims(analysis, theme_id, linked[theme_id]),
            }
        )
    return entries


def _identity(theme: dict[str, Any]) -> dict[str, Any]:
    return {
        "theme_id": theme["theme_id"],
        "parent_id": theme["parent_id"],
        "origin": theme["origin"],
        "names": {language: theme[f"name_{language}"] for language in LANGUAGES},
        "keywords": {language: list(theme[f"keywords_{language}"] or []) for language in LANGUAGES},
        "weak": bool(theme["weak"]),
        "stability": figure(theme["stability"]),
        "x": figure(theme["x"]),
        "y": figure(theme["y"]),
    }


def _size(row: dict[str, Any], spans: pl.DataFrame) -> dict[str, Any]:
    """People, shares and sentiment, surveys and social media apart; nothing of a few people."""
    people = row["respondents"]
    mentions = count(row["social_mentions"])
    shown = not count(people)["suppressed"]
    asked = spans.filter(~pl.col("social")) if shown else spans.clear()
    posted = spans.clear() if mentions["suppressed"] else spans.filter("social")
    return {
        "respondents": count(people),
        "base": row["base"],
        "share": {
            "value": figure(row["share"]) if shown else None,
            "low": figure(row["share_low"]) if shown else None,
            "high": figure(row["share_high"]) if shown else None,
            "n": row["base"],
        },
        "comments": row["comments"] if shown else None,
        "sentiment": sentiment(asked),
        "mixed_share": figure(row["mixed_share"]) if shown else None,
        "social": {**mentions, "sentiment": sentiment(posted)},
    }


def _scores(row: dict[str, Any]) -> dict[str, Any]:
    n = row["nps_n"]
    nps = estimate(row, "nps", n="nps_n")
    nps["reason"] = row.get("nps_reason")
    nps["indicative"] = bool(nps["value"] is not None and n is not None and n < INDICATIVE)
    csat = estimate(row, "csat", n="csat_n")
    csat["top_box"] = figure(row.get("csat_top"))
    return {
        "nps": nps,
        "nps_without": figure(row["nps_without"]),
        "impact": impact(row, "impact"),
        "csat": csat,
        "csat_impact": impact(row, "csat_impact"),
        "no_impact_reason": row.get("reason"),
        "detractor_share": figure(row["detractor_share"]),
        "promoter_share": figure(row["promoter_share"]),
        "lift": figure(row["lift"]),
    }


def _segments(cells: pl.DataFrame | None) -> list[dict[str, Any]]:
    """The theme's row of every theme x segment table."""
    if cells is None:
        return []
    return [
        {
            "dimension": key[0],
            "levels": [
                {
                    "level": row["level"],
                    "n": None if row["suppressed"] else row["respondents"],
                    "base": row["base"],
                    **{
                        name: None if row["suppressed"] else figure(row[name])
                        for name in ("share", "low", "high", "lift", "odds_ratio", "p", "q")
                    },
                    "confidence": confidence(figure(row["q"])),
                    "suppressed": bool(row["suppressed"]),
                }
                for row in part.to_dicts()
            ],
        }
        for key, part in cells.group_by("dimension", maintain_order=True)
    ]


def _breakdowns(theme_id: str, rows: Base) -> dict[str, Any]:
    said = rows.said.filter(pl.col("theme_id") == theme_id)
    social = rows.social.filter(pl.col("theme_id") == theme_id)
    return {
        "languages": counts(said, "language", "answer"),
        "touchpoints": counts(said, "touchpoint", "answer"),
        "weekdays": _in_order(counts(said, "weekday", "answer")),
        "hours": _in_order(counts(said, "block", "answer")),
        "trend": _trend(said, rows),
        "engagement": {
            "languages": counts(social, "language", "feedback_id"),
            **{
                name: None if social.height < MINIMUM_CELL else int(social[name].sum() or 0)
                for name in ("likes", "replies", "shares")
            },
        },
    }


def _in_order(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(levels, key=lambda level: int(level["level"]))


def _trend(said: pl.DataFrame, rows: Base) -> list[dict[str, Any]]:
    """Share of the answers of each wave, oldest first; nothing of a single wave."""
    if len(rows.waves) < 2:
        return []
    people = dict(said.group_by("wave").len().iter_rows())
    points = []
    for wave, size in rows.waves.items():
        shown = count(people.get(wave, 0))
        share = None if shown["suppressed"] else figure(shown["n"] / size)
        points.append({"wave": wave, **shown, "base": size, "share": share})
    return points


def _wave(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    now, before = count(row["n"]), count(row["previous_n"])
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


def _unless(hidden: dict[str, Any], value: object) -> float | None:
    return None if hidden["suppressed"] else figure(value)


def _related(theme_id: str, rows: Base) -> list[dict[str, Any]]:
    """Themes that five or more of the same answers name."""
    found = rows.together.filter(pl.col("theme_id") == theme_id).head(_RELATED)
    return found.select(theme_id="other", n="n").to_dicts()


def _verbatims(analysis: Analysis, theme_id: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Central comments, in the proportions of the theme's sentiment, some of each."""
    found: list[dict[str, Any]] = []
    for mood in SENTIMENTS:
        share = figure(row[mood]) or 0.0
        wanted = max(_PER_SENTIMENT, round(VERBATIMS * share)) if share else 0
        found += analysis.examples(theme_id, wanted, mood)
    seen: set[str] = set()
    shown = []
    for example in sorted(found, key=lambda e: -(row[e["sentiment"]] or 0)):
        if example["feedback_id"] in seen or not example["text"]:
            continue
        seen.add(example["feedback_id"])
        shown.append(_verbatim(example))
    return shown[:VERBATIMS]


def _verbatim(example: dict[str, Any]) -> dict[str, Any]:
    keys = (
        "feedback_id",
        "span",
        "text",
        "start",
        "end",
        "language",
        "sentiment",
        "kind",
        "nps",
        "wave",
        "touchpoint",
    )
    return {
        **{key: example[key] for key in keys},
        "polarity": figure(example["polarity"]),
        "csat": figure(example["csat"]),
        "segment": _segment(example["nps"]),
    }


def _segment(nps: int | None) -> str | None:
    if nps is None:
        return None
    return "promoter" if nps >= 9 else "passive" if nps >= 7 else "detractor"

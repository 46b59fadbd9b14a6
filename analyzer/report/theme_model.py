"""The part of the report model that speaks of one theme."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.report.base import sentiment
from analyzer.report.figures import (
    INDICATIVE,
    confidence,
    count,
    counts,
    estimate,
    figure,
    impact,
    size,
)
from analyzer.report.mood_model import divided_entries, mood_entries
from analyzer.report.verbatims import verbatims
from analyzer.report.wave_model import wave_change
from analyzer.schema import LANGUAGES
from analyzer.stats import engagement
from analyzer.stats.intervals import wilson
from analyzer.themes.concepts import REMARKS, concepts

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.base import Base

__all__ = ["VOICES", "groups", "theme_entries"]

VOICES: Final = ("complaints", "praise")
_RELATED: Final = 3


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
    voices, effort = _voices(analysis), _effort(analysis)
    moods, divided = mood_entries(analysis), divided_entries(analysis)
    reactions = _reactions(analysis, rows.minimum)
    no_span = rows.spans.clear()
    spoken = {str(key[0]): part for key, part in rows.spans.group_by("theme_id")}
    criticised = _voiced(rows)
    entries = []
    for theme in analysis.themes.to_dicts():
        theme_id = theme["theme_id"]
        entries.append(
            {
                **_identity(theme),
                **_size(linked[theme_id], spoken.get(theme_id, no_span), rows.minimum),
                **_tone(linked[theme_id], criticised, rows.minimum),
                **_scores(linked[theme_id], rows.minimum),
                "segments": _segments(segments.get(theme_id), rows.minimum),
                "moods": moods.get(theme_id, []),
                "divided": divided.get(theme_id, []),
                "voices": voices.get(theme_id, {}),
                "effort": effort.get(theme_id),
                **_breakdowns(theme_id, rows),
                "engagement": {
                    "languages": _social_languages(theme_id, rows),
                    **reactions[theme_id],
                },
                "wave": (wave_change(waves[theme_id], rows.minimum) if theme_id in waves else None),
                "reading": _reading(readings.get(theme_id), voices.get(theme_id, {})),
                "related": _related(theme_id, rows),
                "verbatims": verbatims(analysis, theme_id, linked[theme_id]),
            }
        )
    return entries


def groups(analysis: Analysis) -> list[dict[str, Any]]:
    """Themes that belong together under one name, in the order of their ids."""
    parents = analysis.found.parents.sort("parent_id")
    members = analysis.themes.select("theme_id", "parent_id")
    found = [
        {
            "parent_id": row["parent_id"],
            "names": {language: row[f"name_{language}"] for language in LANGUAGES},
            "themes": members.filter(pl.col("parent_id") == row["parent_id"])["theme_id"].to_list(),
        }
        for row in parents.to_dicts()
    ]
    return [group for group in found if group["themes"]]


def _identity(theme: dict[str, Any]) -> dict[str, Any]:
    return {
        "theme_id": theme["theme_id"],
        "parent_id": theme["parent_id"],
        "origin": theme["origin"],
        "status": theme["status"],
        "names": {language: theme[f"name_{language}"] for language in LANGUAGES},
        "keywords": {language: list(theme[f"keywords_{language}"] or []) for language in LANGUAGES},
        "general": theme["name_en"] in _remarks(),
        "weak": bool(theme["weak"]),
        "stability": figure(theme["stability"]),
        "x": figure(theme["x"]),
        "y": figure(theme["y"]),
    }


@cache
def _remarks() -> frozenset[str]:
    """English names of themes that are about nothing in particular."""
    return frozenset(one.name["en"] for one in concepts() if one.topic == REMARKS)


def _size(row: dict[str, Any], spans: pl.DataFrame, minimum: int) -> dict[str, Any]:
    """People, shares and sentiment, surveys and social media apart; nothing of a few people."""
    people = row["respondents"]
    mentions = count(row["social_mentions"], minimum)
    asked_of = count(people, minimum)
    shown = not asked_of["suppressed"]
    asked = spans.filter(~pl.col("social")) if shown else spans.clear()
    posted = spans.clear() if mentions["suppressed"] else spans.filter("social")
    return {
        "respondents": asked_of,
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


def _voiced(rows: Base) -> dict[tuple[str, bool], dict[str, int]]:
    """Theme and whether in social media, to how many criticise and praise it."""
    return {(row["theme_id"], row["social"]): row for row in rows.voices.to_dicts()}


def _tone(
    row: dict[str, Any], voiced: dict[tuple[str, bool], dict[str, int]], minimum: int
) -> dict[str, Any]:
    """People who criticise and who praise a theme; in ``posts``, mentions that do."""
    asked, posted = (voiced.get((row["theme_id"], social), {}) for social in (False, True))
    people, posts = row["respondents"], row["social_mentions"]
    return {
        **{voice: _voice(asked.get(voice, 0), people, row["base"], minimum) for voice in VOICES},
        "posts": {voice: _of_few(posted.get(voice, 0), posts, minimum) for voice in VOICES},
    }


def _of_few(n: int, whole: int, minimum: int) -> dict[str, Any]:
    """A count that is hidden with the group that it is part of."""
    return count(n if count(whole, minimum)["n"] is not None else None, minimum)


def _voice(n: int, people: int, base: int, minimum: int) -> dict[str, Any]:
    told = _of_few(n, people, minimum)
    if told["suppressed"] or not base:
        return {**told, "value": None, "low": None, "high": None}
    low, high = (figure(float(end)) for end in wilson(n, base))
    return {**told, "value": figure(n / base), "low": low, "high": high}


def _scores(row: dict[str, Any], minimum: int) -> dict[str, Any]:
    n = row["nps_n"]
    nps = estimate(row, "nps", n="nps_n", minimum=minimum)
    nps["reason"] = row.get("nps_reason")
    nps["indicative"] = bool(nps["value"] is not None and n is not None and n < INDICATIVE)
    csat = estimate(row, "csat", n="csat_n", minimum=minimum)
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


def _segments(cells: pl.DataFrame | None, minimum: int) -> list[dict[str, Any]]:
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
                    "base": size(row["base"], minimum),
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

    def people(column: str) -> list[dict[str, Any]]:
        return counts(said, column, "answer", rows.minimum)

    return {
        "languages": people("language"),
        "touchpoints": people("touchpoint"),
        "weekdays": _in_order(people("weekday")),
        "hours": _in_order(people("block")),
        "trend": _trend(said, rows),
    }


def _social_languages(theme_id: str, rows: Base) -> list[dict[str, Any]]:
    social = rows.social.filter(pl.col("theme_id") == theme_id)
    return counts(social, "language", "feedback_id", rows.minimum)


def _reactions(analysis: Analysis, minimum: int) -> dict[str, dict[str, Any]]:
    """Reactions to the mentions of each theme in social media; nothing of a few mentions."""
    table = engagement(analysis.feedback, analysis.mentions, analysis.themes["theme_id"].to_list())
    return {
        row["theme_id"]: {
            **{
                name: None if row["mentions"] < minimum else row[name]
                for name in ("likes", "replies", "shares")
            },
            **{
                name: None if row["mentions"] < minimum else figure(row[name])
                for name in ("weighted", "per_mention")
            },
        }
        for row in table.to_dicts()
    }


def _voices(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Impact of complaints and of praise apart, by theme; on NPS, or on CSAT without an NPS."""
    table = analysis.linked.impacts
    metrics = set(table["metric"])
    chosen = "nps" if "nps" in metrics else "csat"
    found: dict[str, dict[str, Any]] = {}
    for row in table.filter(pl.col("metric") == chosen).to_dicts():
        shown = impact({"impact": row["impact"], **_ends(row)}, "impact")
        if row["n"] is None:
            shown = dict.fromkeys(shown) | {"confidence": "cannot_tell", "verdict": "cannot_tell"}
        found.setdefault(row["theme_id"], {})[row["sentiment"]] = {"n": row["n"], **shown}
    return found


def _ends(row: dict[str, Any]) -> dict[str, Any]:
    return {f"impact_{name}": row[name] for name in ("low", "high", "p", "q")}


def _reading(reading: str | None, voices: dict[str, Any]) -> str | None:
    """What the regression says of complaints and praise, where their impacts bear it out."""
    if reading is None:
        return None
    told = tuple(voices.get(name, {}).get("verdict") for name in ("negative", "positive"))
    shown = {
        ("costs", "helps"): "both",
        ("costs", "cannot_tell"): "hygiene",
        ("cannot_tell", "helps"): "delight",
    }.get(told, "cannot_tell")
    return shown if reading in (shown, "both") else "cannot_tell"


def _effort(analysis: Analysis) -> dict[str, dict[str, Any]]:
    """Customer effort of the people who mention each theme; of themes that enough rated."""
    table = analysis.linked.effort
    if table is None:
        return {}
    return {
        row["theme_id"]: {
            **estimate({**row, "ces_low": row["low"], "ces_high": row["high"]}, "ces", n="n"),
            "without": figure(row["without"]),
            "impact": impact({**row, "impact_p": row["p"], "impact_q": row["q"]}, "impact"),
        }
        for row in table.to_dicts()
        if row["ces"] is not None
    }


def _in_order(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(levels, key=lambda level: int(level["level"]))


def _trend(said: pl.DataFrame, rows: Base) -> list[dict[str, Any]]:
    """Share of the answers of each wave, oldest first; nothing of a single wave."""
    if len(rows.waves) < 2:
        return []
    people = dict(said.group_by("wave").len().iter_rows())
    points = []
    for wave, people_then in rows.waves.items():
        shown = count(people.get(wave, 0), rows.minimum)
        share = None if shown["suppressed"] else figure(shown["n"] / people_then)
        points.append({"wave": wave, **shown, "base": people_then, "share": share})
    return points


def _related(theme_id: str, rows: Base) -> list[dict[str, Any]]:
    """Themes that most of the same answers name."""
    found = rows.together.filter(pl.col("theme_id") == theme_id).head(_RELATED)
    return found.select(theme_id="other", n="n").to_dicts()

"""The report model: everything a report says, without a word of any language."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from analyzer.report.base import base
from analyzer.report.outcome_model import outcomes, score_change
from analyzer.report.overview_model import heat_tables, overview, situation, social
from analyzer.report.quality_model import quality
from analyzer.report.theme_model import groups, theme_entries

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["SCHEMA_VERSION", "build"]

SCHEMA_VERSION: Final = "1.1"


def build(analysis: Analysis) -> dict[str, Any]:
    """Build the report model, which is also the content of report.json.

    Args:
        analysis: a finished analysis.

    Returns:
        Mappings, lists, strings, numbers, booleans and None only; docs/report-json.md names every
        key. Shares are in 0..1, NPS in -100..100, CSAT in 0..1. Counts of fewer people than
        ``minimum_cell`` are null with ``suppressed`` true. The same analysis gives the same model.
    """
    rows = base(analysis)
    themes = theme_entries(analysis, rows)
    state = situation(analysis.linked.overview)
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "analyzer", "version": _version()},
        "situation": state,
        "minimum_cell": rows.minimum,
        "overview": overview(analysis),
        "change": score_change(analysis),
        "rankings": _rankings(themes, state),
        "dimensions": heat_tables(analysis),
        "themes": themes,
        "groups": groups(analysis),
        "outcomes": outcomes(analysis),
        "social": social(analysis, rows),
        "quality": quality(analysis, themes, rows),
    }


def _version() -> str:
    try:
        return version("analyzer")
    except PackageNotFoundError:  # used from a folder that was never installed
        return "0"


def _rankings(themes: list[dict[str, Any]], state: str) -> dict[str, Any]:
    """Theme ids in the order a reader should meet them; docs/report-json.md has the rules."""
    basis = {"nps": "impact", "csat": "csat_impact"}.get(state)
    if basis is None:
        spoken = [(theme, _voice(theme)) for theme in themes]
        hurts = [(t, voice) for t, voice in spoken if voice["negative"] > voice["positive"]]
        loves = [(t, voice) for t, voice in spoken if voice["positive"] > voice["negative"]]
        hurts.sort(key=lambda pair: (-pair[1]["negative"], pair[0]["theme_id"]))
        loves.sort(key=lambda pair: (-pair[1]["positive"], pair[0]["theme_id"]))
        ordered = [t["theme_id"] for t, _ in hurts], [t["theme_id"] for t, _ in loves]
    else:
        known = [theme for theme in themes if theme[basis]["value"] is not None]
        ordered = _by_impact(known, basis, -1), _by_impact(known, basis, 1)
    moved = [theme for theme in themes if theme["wave"] is not None]
    changed = [t for t in moved if t["wave"]["verdict"] in {"growing", "fading", "gone"}]
    new = [t for t in moved if t["wave"]["verdict"] == "emerging"]
    return {
        "basis": basis or "people",
        "hurts": ordered[0],
        "loves": ordered[1],
        "changed": _by_change(changed),
        "new": _by_change(new),
    }


def _voice(theme: dict[str, Any]) -> dict[str, float]:
    """People who speak badly and well of a theme, about: shares of the spans times the people."""
    asked, posted = theme["respondents"]["n"] or 0, theme["social"]["n"] or 0
    return {
        mood: asked * (theme["sentiment"][mood] or 0)
        + posted * (theme["social"]["sentiment"][mood] or 0)
        for mood in ("negative", "positive")
    }


def _by_impact(themes: list[dict[str, Any]], basis: str, sign: int) -> list[str]:
    """Themes whose impact has the sign, those that can be told first, then by size."""
    chosen = [theme for theme in themes if theme[basis]["value"] * sign > 0]
    chosen.sort(
        key=lambda theme: (
            theme[basis]["verdict"] == "cannot_tell",
            -abs(theme[basis]["value"]),
            theme["theme_id"],
        )
    )
    return [theme["theme_id"] for theme in chosen]


def _by_change(themes: list[dict[str, Any]]) -> list[str]:
    chosen = sorted(
        themes,
        key=lambda theme: (-abs(theme["wave"]["change"] or 0), theme["theme_id"]),
    )
    return [theme["theme_id"] for theme in chosen]

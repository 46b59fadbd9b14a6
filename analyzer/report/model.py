"""The report model: everything a report says, without a word of any language."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from analyzer.report.base import base
from analyzer.report.outcome_model import outcomes, score_change
from analyzer.report.overview_model import heat_tables, overview, situation, social
from analyzer.report.quality_model import quality
from analyzer.report.ranking import rankings
from analyzer.report.theme_model import groups, theme_entries
from analyzer.report.wave_model import subjects

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["SCHEMA_VERSION", "build"]

SCHEMA_VERSION: Final = "1.4"


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
    state, posted = situation(analysis.linked.overview), social(analysis, rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "generator": {"name": "analyzer", "version": _version()},
        "situation": state,
        "minimum_cell": rows.minimum,
        "overview": overview(analysis),
        "change": score_change(analysis),
        "rankings": rankings(themes, state, posted["comments"] if posted else 0),
        "dimensions": heat_tables(analysis),
        "themes": themes,
        "groups": groups(analysis),
        "subjects": subjects(analysis),
        "outcomes": outcomes(analysis),
        "social": posted,
        "quality": quality(analysis, themes, rows),
    }


def _version() -> str:
    try:
        return version("analyzer")
    except PackageNotFoundError:  # used from a folder that was never installed
        return "0"

"""The report model: everything a report says, without a word of any language."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from analyzer.quotes.wording import is_problem
from analyzer.report.base import base
from analyzer.report.outcome_model import outcomes, score_change
from analyzer.report.overview_model import heat_tables, overview, situation, social
from analyzer.report.quality_model import quality
from analyzer.report.theme_model import groups, theme_entries
from analyzer.report.wave_model import subjects

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["SCHEMA_VERSION", "build"]

SCHEMA_VERSION: Final = "1.3"


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
        "subjects": subjects(analysis),
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
    basis = {"nps": "impact", "csat": "csat_impact"}.get(state, "people")
    known = [theme for theme in themes if basis in theme and theme[basis]["value"]]
    if known:
        ordered = _by_impact(known, basis, -1), _by_impact(known, basis, 1)
    else:  # no score, too few people with one to compare, or all of one kind
        basis = "people"
        ordered = (
            _by_voice(themes, "complaints", "praise"),
            _by_voice(themes, "praise", "complaints"),
        )
    moved = [theme for theme in themes if theme["wave"] is not None]
    changed = [t for t in moved if t["wave"]["verdict"] in {"growing", "fading", "gone"}]
    new = [t for t in moved if t["wave"]["verdict"] == "emerging"]
    return {
        "basis": basis,
        "hurts": ordered[0],
        "loves": ordered[1],
        "changed": _by_change(changed),
        "new": _by_change(new),
    }


def _by_voice(themes: list[dict[str, Any]], voice: str, other: str) -> list[str]:
    """Themes that more people criticise than praise (or the reverse), by how many do.

    Social media count only where nobody was asked.
    """

    def people(theme: dict[str, Any], said: str) -> int:
        return (theme[said] if theme["base"] else theme["posts"][said])["n"] or 0

    chosen = [theme for theme in themes if people(theme, voice) > people(theme, other)]
    praise = voice == "praise"
    chosen.sort(
        key=lambda theme: (_says_little(theme, praise), -people(theme, voice), theme["theme_id"])
    )
    return [theme["theme_id"] for theme in chosen]


def _by_impact(themes: list[dict[str, Any]], basis: str, sign: int) -> list[str]:
    """Themes whose impact has the sign.

    Those that can be told come first, of these the ones about something in particular, praise
    not under the name of a problem, then by size.
    """
    chosen = [theme for theme in themes if theme[basis]["value"] * sign > 0]
    chosen.sort(
        key=lambda theme: (
            theme[basis]["verdict"] == "cannot_tell",
            _says_little(theme, sign > 0),
            -abs(theme[basis]["value"]),
            theme["theme_id"],
        )
    )
    return [theme["theme_id"] for theme in chosen]


def _says_little(theme: dict[str, Any], praise: bool) -> bool:
    """Whether a name would not do as the first of a ranking: no subject, or a problem as praise."""
    return bool(theme["general"] or (praise and is_problem(theme["names"]["en"], "en")))


def _by_change(themes: list[dict[str, Any]]) -> list[str]:
    chosen = sorted(
        themes,
        key=lambda theme: (-abs(theme["wave"]["change"] or 0), theme["theme_id"]),
    )
    return [theme["theme_id"] for theme in chosen]

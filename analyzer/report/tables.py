"""The report's tables for spreadsheets: plain UTF-8 CSV in which no cell is a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.schema import LANGUAGES, SENTIMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

__all__ = [
    "ledger_csv",
    "mentions_csv",
    "mentions_frame",
    "safe_cells",
    "themes_csv",
    "themes_frame",
]

_ROWS: Final = 100_000  # written at a time
_FORMULA: Final = r"^[=+\-@\t\r]"  # what a spreadsheet takes for the start of a formula


def safe_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run as a formula."""
    return frame.with_columns(
        pl.when(pl.col(pl.String).str.contains(_FORMULA))
        .then("'" + pl.col(pl.String))
        .otherwise(pl.col(pl.String))
        .name.keep()
    )


def themes_csv(model: dict[str, Any]) -> str:
    """One row a theme: names, and every figure with its n and interval.

    Args:
        model: result of `analyzer.report.build`; what is hidden there is empty here.

    Returns:
        CSV with a header.
    """
    return safe_cells(themes_frame(model)).write_csv()


def themes_frame(model: dict[str, Any]) -> pl.DataFrame:
    """Return the rows of `themes_csv`; without themes, a frame of one empty column."""
    rows = [_theme_row(theme) for theme in model["themes"]]
    if not rows:
        return pl.DataFrame(schema={"theme_id": pl.String})
    return pl.DataFrame(rows, infer_schema_length=None)


def _theme_row(theme: dict[str, Any]) -> dict[str, Any]:
    return {
        "theme_id": theme["theme_id"],
        "parent_id": theme["parent_id"],
        "origin": theme["origin"],
        "status": theme["status"],
        **{f"name_{code}": theme["names"][code] for code in LANGUAGES},
        **{f"keywords_{code}": ", ".join(theme["keywords"][code]) for code in LANGUAGES},
        "weak": theme["weak"],
        "stability": theme["stability"],
        "respondents": theme["respondents"]["n"],
        "respondents_suppressed": theme["respondents"]["suppressed"],
        "base": theme["base"],
        **_flat("share", theme["share"]),
        "comments": theme["comments"],
        **{name: theme["sentiment"][name] for name in SENTIMENTS},
        "polarity": theme["sentiment"]["polarity"],
        "spans": theme["sentiment"]["spans"],
        "mixed_share": theme["mixed_share"],
        **_flat("nps", theme["nps"]),
        "nps_n": theme["nps"]["n"],
        "nps_reason": theme["nps"]["reason"],
        "nps_indicative": theme["nps"]["indicative"],
        "nps_without": theme["nps_without"],
        **_flat("impact", theme["impact"]),
        "impact_q": theme["impact"]["q"],
        "impact_confidence": theme["impact"]["confidence"],
        **_flat("csat", theme["csat"]),
        "csat_n": theme["csat"]["n"],
        "csat_top_box": theme["csat"]["top_box"],
        **_flat("csat_impact", theme["csat_impact"]),
        "csat_impact_q": theme["csat_impact"]["q"],
        "csat_impact_confidence": theme["csat_impact"]["confidence"],
        "no_impact_reason": theme["no_impact_reason"],
        "detractor_share": theme["detractor_share"],
        "promoter_share": theme["promoter_share"],
        "lift": theme["lift"],
        **_wave_columns(theme["wave"] or {}),
        "social_mentions": theme["social"]["n"],
        "social_negative": theme["social"]["sentiment"]["negative"],
    }


def _wave_columns(wave: dict[str, Any]) -> dict[str, Any]:
    return {
        "wave": wave.get("wave"),
        "wave_previous": wave.get("previous"),
        "wave_n": wave.get("now", {}).get("n"),
        "wave_share": wave.get("now", {}).get("share"),
        "wave_previous_n": wave.get("before", {}).get("n"),
        "wave_previous_share": wave.get("before", {}).get("share"),
        "wave_change": wave.get("change"),
        "wave_change_low": wave.get("low"),
        "wave_change_high": wave.get("high"),
        "wave_q": wave.get("q"),
        "wave_verdict": wave.get("verdict"),
    }


def _flat(name: str, estimate: dict[str, Any]) -> dict[str, Any]:
    return {
        name: estimate["value"],
        f"{name}_low": estimate["low"],
        f"{name}_high": estimate["high"],
    }


def mentions_csv(analysis: Analysis, language: str, path: Path) -> None:
    """One row a passage and theme that counts: where it is, what it says (redacted) and of what.

    Args:
        analysis: a finished analysis.
        language: of the theme names.
        path: to write to.
    """
    _write(mentions_frame(analysis, language), path)


def mentions_frame(analysis: Analysis, language: str) -> pl.DataFrame:
    """Return the rows of `mentions_csv`."""
    return (
        analysis.mentions.join(
            analysis.spans.select("feedback_id", "span", "sentiment", "polarity", "text"),
            on=["feedback_id", "span"],
        )
        .join(
            analysis.feedback.select(
                "feedback_id", "source", "row", "kind", "language", "wave", segment="nps_segment"
            ),
            on="feedback_id",
        )
        .join(analysis.themes.select("theme_id", theme=f"name_{language}"), on="theme_id")
        .sort("source", "row", "feedback_id", "span", "theme_id")
        .select(
            "feedback_id",
            "span",
            "theme_id",
            "theme",
            "sentiment",
            pl.col("polarity").round(4),
            pl.col("similarity").round(4),
            "segment",
            "language",
            "kind",
            "wave",
            "text",
        )
    )


def ledger_csv(analysis: Analysis, path: Path) -> None:
    """Write one row a row of a file: what became of it."""
    rows = analysis.ledger.select("source", "row", "stage", "reason")
    _write(rows.sort("source", "row", "stage", "reason"), path)


def _write(rows: pl.DataFrame, path: Path) -> None:
    """Write a long table part by part: the text of a whole one takes as much memory as it has."""
    with path.open("wb") as file:
        rows.clear().write_csv(file)
        for part in rows.iter_slices(_ROWS):
            safe_cells(part).write_csv(file, include_header=False)

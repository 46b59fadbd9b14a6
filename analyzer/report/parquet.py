"""Tables for BI tools and for a map of embeddings, as Parquet."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.report.tables import mentions_frame, themes_frame
from analyzer.schema import FEEDBACK, segment_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer.pipeline import Analysis
    from analyzer.report.files import Content

__all__ = ["atlas_frame", "feedback_frame", "parquet_files"]

_PERSONAL: Final = ("respondent_id",)  # names a person; a table of opinions need not


def parquet_files(analysis: Analysis, model: dict[str, Any], language: str) -> dict[str, Content]:
    """Make feedback, mentions, themes and atlas.

    Args:
        analysis: a finished analysis.
        model: result of `analyzer.report.build`; what is hidden there is null here.
        language: es, fr or en: of theme names in mentions and atlas.

    Returns:
        File name to content. mentions and themes have the columns of the CSV files of that name,
        feedback and atlas those of `feedback_frame` and `atlas_frame`.
    """
    frames = {
        "feedback.parquet": partial(feedback_frame, analysis),
        "mentions.parquet": partial(mentions_frame, analysis, language),
        "themes.parquet": partial(themes_frame, model),
        "atlas.parquet": partial(atlas_frame, analysis, language),
    }
    return {name: partial(_write, frame) for name, frame in frames.items()}


def feedback_frame(analysis: Analysis) -> pl.DataFrame:
    """One row a comment or score, text redacted, without the respondent's id.

    Returns:
        Columns of `analyzer.schema.FEEDBACK` but ``respondent_id``, then those of the user's own
        columns that the analysis breaks themes down by, sorted by source and row.
    """
    asked = set(analysis.linked.segments["dimension"].unique())
    own = [name for name in segment_columns(analysis.feedback) if name in asked]
    kept = [name for name in FEEDBACK if name not in _PERSONAL]
    return analysis.feedback.select(*kept, *own).sort("source", "row", "feedback_id")


def atlas_frame(analysis: Analysis, language: str) -> pl.DataFrame:
    """One row a passage that lies on the map, with the theme it is nearest to.

    Args:
        analysis: a finished analysis.
        language: of the theme names.

    Returns:
        ``id, text`` (redacted), ``theme, theme_id, segment, sentiment, polarity, language, kind,
        wave, touchpoint, x, y``; embedding-atlas reads it as it is.
    """
    nearest = (
        analysis.mentions.sort(["similarity", "theme_id"], descending=[True, False])
        .unique(["feedback_id", "span"], keep="first", maintain_order=True)
        .select("feedback_id", "span", "theme_id")
    )
    names = analysis.themes.select("theme_id", theme=f"name_{language}")
    told = analysis.feedback.select(
        "feedback_id", "language", "kind", "wave", "touchpoint", segment="nps_segment"
    )
    return (
        nearest.join(analysis.positions, on=["feedback_id", "span"])
        .join(
            analysis.spans.select("feedback_id", "span", "text", "sentiment", "polarity"),
            on=["feedback_id", "span"],
        )
        .join(told, on="feedback_id")
        .join(names, on="theme_id")
        .sort("feedback_id", "span")
        .select(
            pl.format("{}#{}", "feedback_id", "span").alias("id"),
            "text",
            "theme",
            "theme_id",
            "segment",
            "sentiment",
            "polarity",
            "language",
            "kind",
            "wave",
            "touchpoint",
            "x",
            "y",
        )
    )


def _write(frame: Callable[[], pl.DataFrame], path: Path) -> None:
    buffer = io.BytesIO()  # a full disk is an OSError here, and the library's own error there
    frame().write_parquet(buffer)
    path.write_bytes(buffer.getbuffer())

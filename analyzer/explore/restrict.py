"""An analysis of fewer people, with the same themes: what `Analysis.where` does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer import explore
from analyzer.encoders.vectors import only
from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.stats import filters, link
from analyzer.text.duplicates import with_refusals
from analyzer.text.placeholders import TYPES, placeholder
from analyzer.themes.leak import language_leak

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, Quality
    from analyzer.stats import Linked
    from analyzer.themes.result import Themes

__all__ = ["keep", "relink", "where"]

_ALWAYS = ("nps_segment", "csat_band")  # broken down by whether asked for or not


def where(analysis: Analysis, condition: str) -> Analysis:
    """Keep the rows that a condition names, and count again.

    Themes keep id, name and place on the map; nothing is discovered or assigned anew. Impacts,
    shares, segments, waves, the language leak and the personal data replaced are those of the
    comments that are left. Rows that go are counted in the ledger as ``filtered_out``. Who refused
    to be quoted in any row, also one that goes, has refused in all.

    Args:
        analysis: a finished analysis.
        condition: as in `analyzer.stats.filters.where`, e.g. ``country = 'ES' AND nps <= 6``.

    Returns:
        A new `Analysis`; the given one stays as it is.

    Raises:
        ConfigError: The condition is not understood, or leaves fewer people than may be shown.
    """
    if not isinstance(condition, str):
        raise ConfigError(
            f"where needs a condition in quotation marks, such as \"country = 'ES'\", got "
            f"{condition!r}."
        )
    feedback = filters.where(with_refusals(analysis.feedback), condition)
    said = feedback.filter("analysed")
    people = said.select(pl.coalesce("respondent_id", "feedback_id")).n_unique()
    if people < max(analysis.linked.minimum_cell, 1):
        raise ConfigError(
            f"The condition {condition!r} leaves comments of {people} people; groups under "
            f"{analysis.linked.minimum_cell} are not shown. Widen the condition."
        )
    return keep(analysis, feedback)


def keep(analysis: Analysis, feedback: pl.DataFrame) -> Analysis:
    """Restrict an analysis to some of its feedback rows.

    Args:
        analysis: a finished analysis.
        feedback: some rows of ``analysis.feedback``.
    """
    left = feedback.select("feedback_id")
    rows = analysis.spans.with_row_index("at").join(
        left, on="feedback_id", how="semi", maintain_order="left"
    )
    spans = rows.drop("at")
    mentions = _of(analysis.mentions, left)
    found = _found(analysis.found, feedback, rows["at"].to_numpy())
    return replace(
        analysis,
        feedback=feedback,
        spans=spans,
        mentions=mentions,
        themes=found.frame,
        ledger=_ledger(analysis, left),
        linked=relink(analysis, feedback, spans, mentions),
        positions=_of(analysis.positions, left),
        quality=_quality(analysis.quality, feedback, spans, mentions, found.leak),
        findings=_findings(feedback),
        found=found,
        subjects=None,
    )


def relink(
    analysis: Analysis, feedback: pl.DataFrame, spans: pl.DataFrame, mentions: pl.DataFrame
) -> Linked:
    """Count again, with the breakdowns and the smallest group of the analysis."""
    named = analysis.linked.segments["dimension"].unique(maintain_order=True).to_list()
    return link(
        feedback,
        spans,
        mentions,
        analysis.themes["theme_id"].to_list(),
        by=[name for name in named if name not in _ALWAYS],
        minimum_cell=analysis.linked.minimum_cell,
    )


def _of(frame: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    return frame.join(left, on="feedback_id", how="semi", maintain_order="left")


def _found(found: Themes, feedback: pl.DataFrame, at: np.ndarray) -> Themes:
    left = feedback.select("feedback_id")
    mentions = _of(found.mentions, left)
    sizes = dict(mentions.group_by("theme_id").len().iter_rows())
    frame = found.frame.with_columns(
        size=pl.Series(
            [int(sizes.get(name, 0)) for name in found.frame["theme_id"]], dtype=pl.Int64
        )
    )
    return replace(
        found,
        frame=frame,
        mentions=mentions,
        positions=_of(found.positions, left),
        vectors=only(found.vectors, at),
        leak=_leak(mentions, feedback),
    )


def _leak(mentions: pl.DataFrame, feedback: pl.DataFrame) -> float:
    told = mentions.join(
        feedback.select("feedback_id", "language"), on="feedback_id", maintain_order="left"
    )
    themes = told["theme_id"].cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()
    return round(language_leak(themes, told["language"].to_list()), 4)


def _findings(feedback: pl.DataFrame) -> pl.DataFrame:
    """Kinds of personal data and how often a placeholder stands for one in the comments left."""
    said = feedback.filter("analysed")
    words = {kind: sorted({placeholder(kind, code) for code in LANGUAGES}) for kind in TYPES}
    counted = said.select(
        "source",
        *(
            pl.sum_horizontal(
                pl.col("text").str.count_matches(word, literal=True) for word in told
            ).alias(kind)
            for kind, told in words.items()
        ),
    )
    return (
        counted.group_by("source")
        .agg(pl.col(*TYPES).sum().cast(pl.Int64))
        .unpivot(index="source", variable_name="type", value_name="count")
        .filter(pl.col("count") > 0)
        .sort("source", "type")
    )


def _ledger(analysis: Analysis, left: pl.DataFrame) -> pl.DataFrame:
    gone = (
        analysis.feedback.join(left, on="feedback_id", how="anti")
        .select("source", "row", gone=pl.lit(value=True))
        .unique(["source", "row"])
    )
    out = pl.col("gone").fill_null(value=False)
    return (
        analysis.ledger.join(gone, on=["source", "row"], how="left", maintain_order="left")
        .with_columns(
            stage=pl.when(out).then(pl.lit("read")).otherwise("stage"),
            reason=pl.when(out).then(pl.lit("filtered_out")).otherwise("reason"),
        )
        .drop("gone")
    )


def _quality(
    quality: Quality,
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    mentions: pl.DataFrame,
    leak: float,
) -> Quality:
    sure = float(mentions["confident"].mean() or 0.0)  # type: ignore[arg-type]
    return replace(
        quality,
        language_leak=leak,
        low_confidence_share=round(1 - sure, 4),
        contradictions=len(explore.contradictions(feedback, spans)),
    )

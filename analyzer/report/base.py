"""Frames counted once and used by every theme of the report model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.report.figures import figure
from analyzer.schema import SENTIMENTS
from analyzer.stats.population import population, theme_spans, valid_mentions
from analyzer.stats.waves import wave_order

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.stats.population import Population

__all__ = ["Base", "base", "sentiment"]


@dataclass(frozen=True)
class Base:
    """Who said what, counted as `analyzer.stats` counts.

    Attributes:
        answers: one row an answer that shares are counted over.
        said: one row an answer and theme: ``theme_id, answer, language, touchpoint, wave, weekday,
            block`` (first hour of a four-hour block; null when the dates have no time of day).
        social: one row a mention in social media and theme: ``theme_id, feedback_id, language,
            likes, replies, shares``.
        spans: one row a span and theme: ``theme_id, social, sentiment, polarity``.
        voices: one row a theme and side that speaks of it: ``theme_id, social``, and how many
            answers (or mentions) criticise it, ``complaints``, or praise it, ``praise``.
        together: themes named by the same answers: ``theme_id, other, n``; no small groups.
        waves: wave to its answers, oldest first.
        minimum: groups of fewer people are not shown.
    """

    answers: pl.DataFrame
    said: pl.DataFrame
    social: pl.DataFrame
    spans: pl.DataFrame
    voices: pl.DataFrame
    together: pl.DataFrame
    waves: dict[str, int]
    minimum: int


def base(analysis: Analysis) -> Base:
    """Count; see `Base`."""
    theme_ids = analysis.themes["theme_id"].to_list()
    feedback = analysis.feedback
    mentioned = valid_mentions(feedback, analysis.mentions, theme_ids)
    spans = theme_spans(mentioned, analysis.spans)
    people = population(feedback, spans, theme_ids)
    pairs = pl.DataFrame(
        {
            "answer": people.pair_answer,
            "theme_id": pl.Series(theme_ids, dtype=pl.String)[people.pair_theme],
        },
        schema={"answer": pl.Int64, "theme_id": pl.String},
    )
    answers = people.answers.with_columns(pl.col("answer").cast(pl.Int64))
    timed = answers["created_at"].dt.hour().n_unique() > 1
    hour = pl.col("created_at").dt.hour() // 4 * 4
    said = pairs.join(
        answers.select(
            "answer",
            "language",
            "touchpoint",
            "wave",
            weekday=pl.col("created_at").dt.weekday() - 1,
            block=hour if timed else pl.lit(None, dtype=pl.Int8),
        ),
        on="answer",
        maintain_order="left",
    )
    social = (
        mentioned.filter("social")
        .select("theme_id", "feedback_id")
        .unique(maintain_order=True)
        .join(
            feedback.select("feedback_id", "language", "likes", "replies", "shares"),
            on="feedback_id",
            maintain_order="left",
        )
    )
    order = wave_order(answers)
    sizes = dict(answers.group_by("wave").len().iter_rows())
    return Base(
        answers=answers,
        said=said,
        social=social,
        spans=spans.select("theme_id", "social", "sentiment", "polarity"),
        voices=pl.concat([_asked(pairs, people), _posted(spans)]),
        together=_together(pairs, analysis.linked.minimum_cell),
        waves={wave: sizes[wave] for wave in order},
        minimum=analysis.linked.minimum_cell,
    )


def _asked(pairs: pl.DataFrame, people: Population) -> pl.DataFrame:
    """Answers that criticise and that praise each theme."""
    negative, positive = (SENTIMENTS.index(name) for name in ("negative", "positive"))
    told = pairs.with_columns(
        social=pl.lit(value=False),
        complaints=people.pair_sentiment[:, negative],
        praise=people.pair_sentiment[:, positive],
    )
    return _summed(told)


def _posted(spans: pl.DataFrame) -> pl.DataFrame:
    """Mentions in social media that criticise and that praise each theme."""
    told = (
        spans.filter("social")
        .group_by("theme_id", "social", "feedback_id")
        .agg(
            complaints=(pl.col("sentiment") == "negative").any(),
            praise=(pl.col("sentiment") == "positive").any(),
        )
    )
    return _summed(told)


def _summed(told: pl.DataFrame) -> pl.DataFrame:
    return told.group_by("theme_id", "social").agg(
        pl.col("complaints", "praise").sum().cast(pl.Int64)
    )


def _together(pairs: pl.DataFrame, minimum: int) -> pl.DataFrame:
    return (
        pairs.join(pairs.rename({"theme_id": "other"}), on="answer")
        .filter(pl.col("theme_id") != pl.col("other"))
        .group_by("theme_id", "other")
        .agg(n=pl.len().cast(pl.Int64))
        .filter(pl.col("n") >= minimum)
        .sort(["theme_id", "n", "other"], descending=[False, True, False])
    )


def sentiment(spans: pl.DataFrame) -> dict[str, Any]:
    """Shares of the sentiments, mean polarity and number of spans; null without spans."""
    n = spans.height
    shares: dict[str, Any] = {
        name: figure((spans["sentiment"] == name).sum() / n) if n else None for name in SENTIMENTS
    }
    return {**shares, "polarity": figure(spans["polarity"].mean()), "spans": n}

"""Who is counted: one answer per respondent and wave, and which themes each answer mentions.

An answer is the latest submission (created_at, then feedback_id) of a respondent in a wave, with
all comments of that submission: two open questions of one survey are one answer. Rows from social
media never take part. When any row has a score, answers without one are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyzer.schema import SENTIMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ASKED",
    "Population",
    "answers",
    "population",
    "respondent",
    "scored_answers",
    "theme_spans",
    "valid_mentions",
]

# What `answers` reads; of a million rows all columns take half a gigabyte each time.
ASKED: Final = (
    "feedback_id",
    "respondent_id",
    "wave",
    "created_at",
    "nps_segment",
    "csat",
    "ces",
)
_SUBMISSION: Final = ("respondent", "wave", "created_at", "nps_segment", "csat", "ces")


@dataclass(frozen=True)
class Population:
    """The base of every share and impact.

    ``answers``: one row an answer, sorted, with ``respondent``, ``wave``, ``s`` (NPS as -1, 0, 1),
    ``c`` (CSAT as -1..1) and the feedback columns. ``pair_answer`` and ``pair_theme`` are parallel
    index arrays: answer i mentions theme j, once however often; ``pair_sentiment`` has a column
    each for negative, neutral and positive spans.
    """

    answers: pl.DataFrame
    theme_ids: tuple[str, ...]
    pair_answer: NDArray[np.int64]
    pair_theme: NDArray[np.int64]
    pair_sentiment: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Answers in the base."""
        return self.answers.height

    def column(self, name: str) -> NDArray[np.float64]:
        """A numeric column over the answers; null is nan."""
        return self.answers[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    def sums(
        self, values: NDArray[np.float64], pairs: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Sum of a value of the answers (nan counts as 0) over each theme: shape (themes,).

        Args:
            values: shape (answers,).
            pairs: mask over the pairs, to count some mentions only.
        """
        weights = np.nan_to_num(values)[self.pair_answer]
        if pairs is not None:
            weights = weights * pairs
        summed = np.bincount(self.pair_theme, weights=weights, minlength=len(self.theme_ids))
        return summed.astype(np.float64)

    def subset(self, keep: NDArray[np.bool_]) -> Population:
        """The answers where ``keep`` is true, with their mentions."""
        position = np.cumsum(keep) - 1
        pairs = keep[self.pair_answer]
        return Population(
            answers=self.answers.filter(pl.Series(keep)),
            theme_ids=self.theme_ids,
            pair_answer=position[self.pair_answer[pairs]],
            pair_theme=self.pair_theme[pairs],
            pair_sentiment=self.pair_sentiment[pairs],
        )


def respondent() -> pl.Expr:
    """The person behind a row; without an id, the row stands for a person of its own."""
    return pl.coalesce("r:" + pl.col("respondent_id"), "f:" + pl.col("feedback_id"))


def answers(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Latest submission per respondent and wave.

    Args:
        rows: rows of a feedback frame, none of them social; `ASKED` and any other columns.

    Returns:
        One row an answer in a stable order, with ``answer`` (its number), ``respondent``, ``s``
        and ``c``; and one row a comment of these answers: ``feedback_id``, ``answer``.
    """
    told = rows.select(pl.exclude("text")).with_columns(
        respondent=respondent(),
        s=pl.col("nps_segment")
        .replace_strict({"promoter": 1, "passive": 0, "detractor": -1}, default=None)
        .cast(pl.Int8),
        c=2 * pl.col("csat") - 1,
    )
    # All columns are copied once, for the answers alone: what is sorted and joined is narrow.
    ordered = (
        told.select("feedback_id", *_SUBMISSION)
        .with_row_index("place")
        .sort("respondent", "wave", "created_at", "feedback_id", nulls_last=False)
    )
    latest = ordered.unique(
        ["respondent", "wave"], keep="last", maintain_order=True
    ).with_row_index("answer")
    comments = ordered.join(
        latest.select(*_SUBMISSION, "answer"), on=_SUBMISSION, nulls_equal=True, how="inner"
    ).select("feedback_id", "answer")
    return told[latest["place"]].with_row_index("answer"), comments


def scored_answers(feedback: pl.DataFrame) -> pl.DataFrame:
    """The answers of everybody who gave a score, with or without a comment; see `answers`."""
    scored = pl.any_horizontal(pl.col("nps_segment", "csat", "ces").is_not_null())
    return answers(feedback.filter((pl.col("kind") != "social") & scored))[0]


def valid_mentions(
    feedback: pl.DataFrame, mentions: pl.DataFrame, theme_ids: Sequence[str]
) -> pl.DataFrame:
    """Mentions of the given themes in analysed comments, one row a span and theme, sorted.

    Columns: ``feedback_id, span, theme_id, theme`` (its position in ``theme_ids``), ``social``.
    """
    themes = pl.DataFrame(
        {"theme_id": list(theme_ids), "theme": range(len(theme_ids))},
        schema={"theme_id": pl.String, "theme": pl.Int64},
    )
    analysed = feedback.filter("analysed").select("feedback_id", social=pl.col("kind") == "social")
    return (
        mentions.select("feedback_id", "span", "theme_id")
        .unique()
        .join(themes, on="theme_id")
        .join(analysed, on="feedback_id")
        .sort("theme", "feedback_id", "span")
    )


def theme_spans(mentioned: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Add ``sentiment`` and ``polarity`` of the span to the result of ``valid_mentions``."""
    return mentioned.join(
        spans.select("feedback_id", "span", "sentiment", "polarity"),
        on=["feedback_id", "span"],
        how="left",
        maintain_order="left",
    )


def population(
    feedback: pl.DataFrame, mentioned: pl.DataFrame, theme_ids: Sequence[str]
) -> Population:
    """Build the base: answers with an analysed comment, and with a score when the data has any.

    Args:
        feedback: a FEEDBACK frame.
        mentioned: result of ``theme_spans``.
        theme_ids: themes, in the order of every table.
    """
    scored = pl.any_horizontal(pl.col("nps_segment", "csat", "ces").is_not_null())
    asked = pl.col("kind") != "social"
    if feedback.select((asked & scored).any()).item():
        asked = asked & scored
    latest, comments = answers(feedback.filter(asked & pl.col("analysed")))
    pairs = (
        mentioned.filter(~pl.col("social"))
        .join(comments, on="feedback_id")
        .group_by("theme", "answer")
        .agg(
            (pl.col("sentiment") == name).any().fill_null(value=False).alias(name)
            for name in SENTIMENTS
        )
        .sort("theme", "answer")
    )
    return Population(
        answers=latest,
        theme_ids=tuple(theme_ids),
        pair_answer=pairs["answer"].cast(pl.Int64).to_numpy(),
        pair_theme=pairs["theme"].to_numpy(),
        pair_sentiment=pairs.select(SENTIMENTS).to_numpy().astype(bool),
    )

"""What notebooks ask of an analysis: one theme, examples, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.pipeline import Analysis

__all__ = ["ThemeView", "contradictions", "examples", "search", "theme"]

_RELEVANCE = 0.6  # against redundancy, in maximal marginal relevance
_POOL = 80
_READABLE = (25, 320)  # characters of a comment that reads well as an example
_SURE = 0.6


@dataclass(frozen=True, repr=False)
class ThemeView:
    """One theme, opened.

    Attributes:
        theme_id: its id.
        name: per language code.
        keywords: per language code.
        figures: its row of `analyzer.stats.Linked.themes`.
        comments: its comments, nearest first: feedback_id, text, language, nps, csat, sentiment,
            polarity, similarity.
        neighbours: nearest themes: theme_id, name, similarity.
    """

    theme_id: str
    name: dict[str, str]
    keywords: dict[str, list[str]]
    figures: dict[str, Any]
    comments: pl.DataFrame
    neighbours: pl.DataFrame

    def __repr__(self) -> str:
        """Id, English name and size."""
        return f"<Theme {self.theme_id} {self.name['en']!r}: {len(self.comments)} passages>"


def theme(analysis: Analysis, theme_id: str) -> ThemeView:
    """Open one theme.

    Raises:
        ConfigError: There is no such theme.
    """
    row = _theme_row(analysis, theme_id)
    figures = analysis.linked.themes.filter(pl.col("theme_id") == theme_id).to_dicts()
    return ThemeView(
        theme_id=theme_id,
        name={code: row[f"name_{code}"] for code in LANGUAGES},
        keywords={code: row[f"keywords_{code}"] for code in LANGUAGES},
        figures=figures[0] if figures else {},
        comments=_passages(analysis, theme_id),
        neighbours=_neighbours(analysis, theme_id),
    )


def examples(
    analysis: Analysis, theme_id: str, n: int = 5, sentiment: str | None = None
) -> list[dict[str, Any]]:
    """Choose passages that show a theme: near its centre, unlike each other (MMR).

    Args:
        analysis: where to look.
        theme_id: which theme.
        n: how many at most; one a comment.
        sentiment: only passages with this sentiment.

    Returns:
        Dicts with feedback_id, span, text (the whole comment), start, end (of the passage in it),
        language, sentiment, polarity, kind, nps, csat, wave, touchpoint.

    Raises:
        ConfigError: There is no such theme.
    """
    _theme_row(analysis, theme_id)
    pool = analysis.mentions.filter(pl.col("theme_id") == theme_id).join(
        analysis.spans.with_row_index("at").select(
            "at", "feedback_id", "span", "start", "end", "sentiment", "polarity"
        ),
        on=["feedback_id", "span"],
        maintain_order="left",
    )
    if sentiment is not None:
        pool = pool.filter(pl.col("sentiment") == sentiment)
    told = analysis.feedback.select(
        "feedback_id", "text", "language", "kind", "nps", "csat", "wave", "touchpoint"
    )
    length = pl.col("text").str.len_chars()
    pool = (
        pool.join(told, on="feedback_id", maintain_order="left")
        .with_columns(readable=length.is_between(*_READABLE))
        .sort(
            ["readable", "confident", "similarity", "feedback_id", "span"],
            descending=[True, True, True, False, False],
        )
        .unique("feedback_id", keep="first", maintain_order=True)
        .head(_POOL)
    )
    rows = analysis.found.vectors[pool["at"].to_numpy()]
    chosen = _diverse(rows, pool["similarity"].to_numpy(), n)
    return pool.drop("at", "theme_id", "readable").select(
        "feedback_id", "span", "text", "start", "end", "language", "sentiment", "polarity",
        "kind", "nps", "csat", "wave", "touchpoint",
    )[chosen].to_dicts()  # fmt: skip


def search(analysis: Analysis, query: str, k: int = 20) -> pl.DataFrame:
    """Find comments by meaning; a Spanish query finds French and English comments too.

    Args:
        analysis: where to look.
        query: a few words.
        k: how many comments at most.

    Returns:
        Best first: feedback_id, text, passage, language, nps, csat, sentiment, theme_id,
        similarity.

    Raises:
        ConfigError: The query is empty, or k is under 1.
    """
    if not query.strip() or k < 1:
        raise ConfigError(
            f"search needs words and k of at least 1, got {len(query)} characters, {k}."
        )
    vector = analysis.encoder.encode([query])[0]
    similar = np.round(analysis.found.vectors @ vector, 4).astype(np.float64)
    return (
        analysis.spans.select("feedback_id", "span", "sentiment", passage="text")
        .with_columns(similarity=pl.Series(similar))
        .sort(["similarity", "feedback_id", "span"], descending=[True, False, False])
        .unique("feedback_id", keep="first", maintain_order=True)
        .head(k)
        .join(
            analysis.feedback.select("feedback_id", "text", "language", "nps", "csat"),
            on="feedback_id",
            maintain_order="left",
        )
        .join(
            analysis.mentions.sort("similarity", descending=True, maintain_order=True)
            .unique(["feedback_id", "span"], keep="first", maintain_order=True)
            .select("feedback_id", "span", "theme_id"),
            on=["feedback_id", "span"],
            how="left",
            maintain_order="left",
        )
        .select(
            "feedback_id", "text", "passage", "language", "nps", "csat", "sentiment", "theme_id",
            "similarity",
        )
    )  # fmt: skip


def contradictions(feedback: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Comments whose text says the opposite of their score.

    A promoter or high CSAT whose every span is surely negative, or a detractor or low CSAT whose
    every span is surely positive.

    Returns:
        feedback_id, sentiment.
    """
    sure = pl.col("confidence") >= _SURE
    tone = spans.group_by("feedback_id", maintain_order=True).agg(
        angry=((pl.col("sentiment") == "negative") & sure).all(),
        happy=((pl.col("sentiment") == "positive") & sure).all(),
    )
    high = (pl.col("nps_segment") == "promoter") | (pl.col("csat_band") == "high")
    low = (pl.col("nps_segment") == "detractor") | (pl.col("csat_band") == "low")
    return (
        feedback.join(tone, on="feedback_id", maintain_order="left")
        .filter((high & pl.col("angry")) | (low & pl.col("happy")))
        .select(
            "feedback_id",
            sentiment=pl.when("angry").then(pl.lit("negative")).otherwise(pl.lit("positive")),
        )
    )


def _theme_row(analysis: Analysis, theme_id: str) -> dict[str, Any]:
    rows = analysis.themes.filter(pl.col("theme_id") == theme_id).to_dicts()
    if not rows:
        known = ", ".join(analysis.themes["theme_id"])
        raise ConfigError(f"There is no theme {theme_id!r}; there are {known}.")
    return rows[0]


def _passages(analysis: Analysis, theme_id: str) -> pl.DataFrame:
    return (
        analysis.mentions.filter(pl.col("theme_id") == theme_id)
        .join(
            analysis.spans.select("feedback_id", "span", "sentiment", "polarity", passage="text"),
            on=["feedback_id", "span"],
            maintain_order="left",
        )
        .join(
            analysis.feedback.select("feedback_id", "text", "language", "kind", "nps", "csat"),
            on="feedback_id",
            maintain_order="left",
        )
        .sort(["similarity", "feedback_id", "span"], descending=[True, False, False])
        .drop("theme_id")
    )


def _neighbours(analysis: Analysis, theme_id: str) -> pl.DataFrame:
    ids = analysis.themes["theme_id"].to_list()
    at = ids.index(theme_id)
    space = analysis.found.space
    similar = space.similarities(space.prototypes[space.owner == at]).max(axis=0)
    return (
        analysis.themes.select("theme_id", "name_es", "name_fr", "name_en")
        .with_columns(similarity=pl.Series(np.round(similar, 4).astype(np.float64)))
        .filter(pl.col("theme_id") != theme_id)
        .sort(["similarity", "theme_id"], descending=[True, False])
        .head(5)
    )


def _diverse(rows: NDArray[np.float32], relevance: NDArray[np.float64], n: int) -> list[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998) over unit rows; indices chosen."""
    chosen: list[int] = []
    redundancy = np.zeros(len(rows))
    while len(chosen) < min(n, len(rows)):
        score = _RELEVANCE * relevance - (1 - _RELEVANCE) * redundancy
        score[chosen] = -np.inf
        best = int(np.argmax(np.round(score, 6)))
        chosen.append(best)
        redundancy = np.maximum(redundancy, rows @ rows[best])
    return chosen

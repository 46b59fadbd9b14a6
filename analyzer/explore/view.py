"""What notebooks ask of an analysis: one theme, and comments that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.explore.frames import is_count, safe_themes
from analyzer.explore.search import in_passages
from analyzer.schema import LANGUAGES, SENTIMENTS
from analyzer.stats.intervals import wilson
from analyzer.stats.population import population, theme_spans, valid_mentions
from analyzer.stats.privacy import hide, small_cells
from analyzer.stats.waves import wave_order
from analyzer.themes.rows import cosines

if TYPE_CHECKING:
    import altair as alt
    from numpy.typing import NDArray

    from analyzer.analysis import Analysis

__all__ = ["ThemeView", "contradictions", "examples", "theme"]

_RELEVANCE = 0.6  # against redundancy, in maximal marginal relevance
_POOL = 80
_READABLE = (25, 320)  # characters of a comment that reads well as an example
_SURE = 0.6
# Questions whose answer is blame, or praise, whatever the score: "What could we do better?"
_ASKS_BLAME: Final = (
    r"(?i)improv|better|dislik|worse|\bworst|n[o']t (?:you )?like|mejorar|mejorías?\b|peor|cambiar"
    r"|no (?:te |le |os )?(?:ha )?gust|am[ée]lior|mieux|\bmoins|d[ée]plu|\bpire|changer"
)
_ASKS_PRAISE: Final = (
    r"(?i)\bgood\b|\bwell\b|\bbest|\blike|\benjoy"
    r"|gust|\bbien\b|\bmejor\b|\baim|appr[ée]ci|\bplus?\b"
)
_TREND: Final[dict[str, type[pl.DataType]]] = {
    "wave": pl.String,
    "n": pl.Int64,
    "base": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True, repr=False)
class ThemeView:
    """One theme, opened.

    Attributes:
        theme_id: its id.
        name: per language code.
        keywords: per language code.
        figures: its row of `analyzer.stats.Linked.themes`; without the figures that fewer people
            than may be shown stand behind.
        comments: its comments, nearest first: feedback_id, text, start, end (of the nearest passage
            in the text), language, kind, wave, touchpoint, nps, csat, sentiment (of that passage's
            strongest clause), polarity (mean of its clauses in the theme), clauses (how many),
            similarity.
        spans: its clauses, nearest first: feedback_id, span, language, polarity, similarity,
            confident, text, sentiment.
        neighbours: nearest themes: theme_id, name_<language>, similarity.
        trend: one row a wave, oldest first: wave, n (people who mention it), base (people), share,
            low, high (Wilson, 95 %); no row with fewer than two waves, null where n is too few.
        minimum_cell: groups of fewer people are not shown.
    """

    theme_id: str
    name: dict[str, str]
    keywords: dict[str, list[str]]
    figures: dict[str, Any]
    comments: pl.DataFrame
    spans: pl.DataFrame
    neighbours: pl.DataFrame
    trend: pl.DataFrame
    minimum_cell: int

    def chart(self, language: str = "en") -> alt.LayerChart:
        """Share of people who mention the theme in each wave, as an Altair chart."""
        from analyzer.charts.waves import trend

        return trend(self, language)

    def __repr__(self) -> str:
        """Id, English name and size."""
        return f"<Theme {self.theme_id} {self.name['en']!r}: {len(self.comments)} comments>"

    def _repr_html_(self) -> str:
        """Figures, words, trend and the most central comments."""
        from analyzer.explore.display import theme_html

        return theme_html(self)


def theme(analysis: Analysis, theme_id: str) -> ThemeView:
    """Open one theme.

    Raises:
        ConfigError: There is no such theme.
    """
    row = _theme_row(analysis, theme_id)
    figures = safe_themes(analysis).filter(pl.col("theme_id") == theme_id).to_dicts()
    said = _said(analysis, theme_id)
    return ThemeView(
        theme_id=theme_id,
        name={code: row[f"name_{code}"] for code in LANGUAGES},
        keywords={code: list(row[f"keywords_{code}"] or []) for code in LANGUAGES},
        figures=figures[0] if figures else {},
        comments=_comments(said),
        spans=said.select(
            "feedback_id", "span", "language", "polarity", "similarity", "confident",
            text="clause", sentiment="clause_sentiment",
        ),
        neighbours=_neighbours(analysis, theme_id),
        trend=_trend(analysis, theme_id),
        minimum_cell=analysis.linked.minimum_cell,
    )  # fmt: skip


def examples(
    analysis: Analysis, theme_id: str, n: int = 5, sentiment: str | None = None
) -> list[dict[str, Any]]:
    """Choose passages that show a theme: near its centre, unlike each other (MMR).

    Args:
        analysis: where to look.
        theme_id: which theme.
        n: how many at most; one a comment.
        sentiment: only passages with this sentiment: negative, neutral or positive.

    Returns:
        Dicts with feedback_id, span, text (the whole comment), start, end (of the passage in it),
        language, sentiment, polarity, confidence (of the sentiment), similarity (to the theme's
        centre), confident (no other theme is as near), kind, nps, csat, wave, touchpoint.

    Raises:
        ConfigError: There is no such theme or sentiment, or n is no number.
    """
    _theme_row(analysis, theme_id)
    if sentiment is not None and sentiment not in SENTIMENTS:
        raise ConfigError(
            f"There is no sentiment {sentiment!r}. Choose one of: {', '.join(SENTIMENTS)}."
        )
    if not is_count(n) or n < 0:
        raise ConfigError(f"examples needs n of 0 or more, got {n!r}.")
    pool = analysis.mentions.filter(pl.col("theme_id") == theme_id).join(
        analysis.spans.with_row_index("at").select(
            "at", "feedback_id", "span", "start", "end", "sentiment", "polarity", "confidence"
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
        "confidence", "similarity", "confident", "kind", "nps", "csat", "wave", "touchpoint",
    )[chosen].to_dicts()  # fmt: skip


def contradictions(feedback: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Comments whose text says the opposite of their score.

    A promoter or high CSAT whose every span is surely negative, or a detractor or low CSAT whose
    every span is surely positive; unless that is what the question asks for, such as "What could
    we do better?".

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
    asked = pl.col("question").fill_null("")
    angry = pl.col("angry") & ~asked.str.contains(_ASKS_BLAME)
    happy = pl.col("happy") & ~asked.str.contains(_ASKS_PRAISE)
    return (
        feedback.join(tone, on="feedback_id", maintain_order="left")
        .filter((high & angry) | (low & happy))
        .select(
            "feedback_id",
            sentiment=pl.when("angry").then(pl.lit("negative")).otherwise(pl.lit("positive")),
        )
    )


def _theme_row(analysis: Analysis, theme_id: str) -> dict[str, Any]:
    rows = analysis.themes.filter(pl.col("theme_id") == str(theme_id)).to_dicts()
    if not rows:
        known = ", ".join(analysis.themes["theme_id"])
        raise ConfigError(f"There is no theme {theme_id!r}; there are {known}.")
    return rows[0]


def _said(analysis: Analysis, theme_id: str) -> pl.DataFrame:
    """Passages of a theme with their comments, nearest first."""
    mentions = analysis.mentions.filter(pl.col("theme_id") == theme_id)
    spans, feedback = (
        frame.join(mentions, on="feedback_id", how="semi", maintain_order="left")
        for frame in (analysis.spans, analysis.feedback)
    )
    told = feedback.select(
        "feedback_id", "text", "language", "kind", "wave", "touchpoint", "nps", "csat"
    )
    span = spans.select(
        "feedback_id", "span", "polarity", clause="text", clause_sentiment="sentiment"
    )
    return (
        mentions.join(span, on=["feedback_id", "span"], maintain_order="left")
        .join(in_passages(spans, feedback), on=["feedback_id", "span"], maintain_order="left")
        .join(told, on="feedback_id", maintain_order="left")
        .sort(["similarity", "feedback_id", "span"], descending=[True, False, False])
    )


def _comments(said: pl.DataFrame) -> pl.DataFrame:
    """One row a comment, with its nearest passage."""
    return (
        said.with_columns(
            clauses=pl.len().over("feedback_id"),
            polarity=pl.col("polarity").mean().over("feedback_id").round(4),
        )
        .unique("feedback_id", keep="first", maintain_order=True)
        .select(
            "feedback_id", "text", "start", "end", "language", "kind", "wave", "touchpoint", "nps",
            "csat", "sentiment", "polarity", "clauses", "similarity",
        )
    )  # fmt: skip


def _trend(analysis: Analysis, theme_id: str) -> pl.DataFrame:
    """People who mention a theme in each wave, counted as every share is."""
    ids = analysis.themes["theme_id"].to_list()
    spoken = theme_spans(valid_mentions(analysis.feedback, analysis.mentions, ids), analysis.spans)
    base = population(analysis.feedback, spoken, ids)
    order = wave_order(base.answers)
    if len(order) < 2:
        return pl.DataFrame(schema=_TREND)
    wave = base.answers["wave"]
    at = ids.index(theme_id)
    own = wave.gather(base.pair_answer[base.pair_theme == at])
    n = np.array([(own == name).sum() for name in order], dtype=np.float64)
    size = np.array([(wave == name).sum() for name in order], dtype=np.float64)
    low, high = wilson(n, size)
    frame = pl.DataFrame(
        {"wave": order, "n": n, "base": size, "share": n / size, "low": low, "high": high}
    ).cast(_TREND)  # type: ignore[arg-type]
    hidden = small_cells(
        frame.with_columns(theme_id=pl.lit(theme_id)),
        within=["theme_id"],
        count="n",
        minimum=analysis.linked.minimum_cell,
    )
    return hide(frame.with_columns(suppressed=hidden), ("n", "share", "low", "high")).drop(
        "suppressed"
    )


def _neighbours(analysis: Analysis, theme_id: str) -> pl.DataFrame:
    ids = analysis.themes["theme_id"].to_list()
    at = ids.index(theme_id)
    space = analysis.found.space
    similar = space.similarities(space.prototypes[space.owner == at]).max(axis=0)
    return (
        analysis.themes.select("theme_id", "name_es", "name_fr", "name_en")
        .with_columns(similarity=pl.Series(np.round(similar, 4)))
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
        redundancy = np.maximum(redundancy, cosines(rows, rows[best : best + 1])[:, 0])
    return chosen

"""The report model of the whole: scores, sentiment, languages and social media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.report.base import sentiment
from analyzer.report.figures import figure, size
from analyzer.schema import SEGMENTS
from analyzer.stats.intervals import MINIMUM_SCORE
from analyzer.stats.population import ASKED, answers

_REACTIONS = frozenset({"likes", "replies", "shares"})
_HANDLES = 0.1  # accounts a post: nobody else writes to so many

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.base import Base
    from analyzer.stats import Overview, Score

__all__ = ["comment_rates", "heat_tables", "kinds", "languages", "overview", "situation", "social"]


def situation(overview: Overview) -> str:
    """What can be said: nps, csat, only_detractors (shares only) or no_score (shares only)."""
    if overview.nps is not None:
        return "only_detractors" if overview.detractors_only else "nps"
    return "csat" if overview.csat is not None else "no_score"


def overview(analysis: Analysis) -> dict[str, Any]:
    """The figures at the head of the report; too few scores are not told apart either."""
    whole = analysis.linked.overview
    feedback = analysis.feedback
    analysed = feedback.select("kind", "language", "created_at", "analysed").filter("analysed")
    people, _ = answers(
        feedback.select(*ASKED, "csat_band", "kind").filter(pl.col("kind") != "social")
    )
    days = analysed["created_at"].drop_nulls().dt.date().cast(pl.String).sort()
    return {
        "rows_read": analysis.ledger.height,
        "comments": whole.analysed,
        "respondents": whole.respondents,
        "base": whole.base,
        "social_comments": whole.social_comments,
        "kinds": kinds(analysed),
        "period": {
            "first": days[0] if days.len() else None,
            "last": days[-1] if days.len() else None,
        },
        "languages": languages(analysed),
        "nps": _score(whole.nps),
        "nps_commented": _score(whole.nps_commented),
        "nps_segments": _segments(people, "nps_segment", SEGMENTS),
        "csat": _score(whole.csat),
        "csat_top_box": _score(whole.csat_top),
        "csat_bands": _segments(people, "csat_band", ("high", "mid", "low")),
        "ces": _score(whole.ces),
        "negative": _negative(whole),
        "comment_rate": comment_rates(whole.comment_rate, analysis.linked.minimum_cell),
        "sentiment": _moods(analysis),
        "waves": _waves(analysis.linked.wave_scores),
    }


def _score(score: Score | None) -> dict[str, Any] | None:
    if score is None:
        return None
    return {
        "value": figure(score.value),
        "low": figure(score.low),
        "high": figure(score.high),
        "n": score.n,
        "reason": score.reason,
        "indicative": score.indicative and score.value is not None,
    }


def _segments(people: pl.DataFrame, column: str, levels: tuple[str, ...]) -> list[dict[str, Any]]:
    known = people[column].drop_nulls()
    if known.len() < MINIMUM_SCORE:
        return []
    sizes = {level: int((known == level).sum()) for level in levels}
    return [
        {"level": level, "n": size, "share": figure(size / known.len())}
        for level, size in sizes.items()
    ]


def _negative(whole: Overview) -> dict[str, Any] | None:
    found = whole.negative
    if found is None:
        return None
    return {
        "basis": found.basis,
        "n": found.n,
        "share": figure(found.share),
        "low": figure(found.low),
        "high": figure(found.high),
        "limit": figure(found.limit),
        "verdict": found.verdict,
    }


def comment_rates(rates: pl.DataFrame, minimum: int) -> list[dict[str, Any]]:
    """Who commented, of those who were asked; nothing of groups of fewer than the minimum."""
    return [
        {
            "dimension": row["dimension"],
            "level": row["level"],
            "n": row["respondents"],
            "rate": figure(row["rate"]),
            "low": figure(row["low"]),
            "high": figure(row["high"]),
        }
        for row in rates.to_dicts()
        if row["respondents"] >= max(minimum, 1)
    ]


def _waves(scores: pl.DataFrame | None) -> list[dict[str, Any]]:
    if scores is None:
        return []
    figures = ("value", "low", "high", "change", "change_low", "change_high", "p")
    return [
        {
            "metric": row["metric"],
            "wave": row["wave"],
            "previous": row["previous"],
            "n": row["n"],
            "paired": row["paired"],
            **{name: figure(row[name]) for name in figures},
        }
        for row in scores.to_dicts()
    ]


def _moods(analysis: Analysis) -> list[dict[str, Any]]:
    """Comments by sentiment: those of surveys, or of social media where there is nothing else."""
    analysed = analysis.feedback.select("feedback_id", "kind", "analysed").filter("analysed")
    asked = analysed.filter(pl.col("kind") != "social")
    chosen = asked if asked.height else analysed
    spans = analysis.spans.join(chosen.select("feedback_id"), on="feedback_id", how="semi")
    found = spans.group_by("feedback_id").agg(pl.col("sentiment").unique())
    bad = pl.col("sentiment").list.contains("negative")
    good = pl.col("sentiment").list.contains("positive")
    mood = (
        pl.when(bad & good)
        .then(pl.lit("mixed"))
        .when(bad)
        .then(pl.lit("negative"))
        .when(good)
        .then(pl.lit("positive"))
        .otherwise(pl.lit("neutral"))
    )
    sizes = dict(found.group_by(mood.alias("mood")).len().iter_rows())
    return [
        {
            "sentiment": name,
            "comments": sizes.get(name, 0),
            "base": found.height,
            "share": figure(sizes.get(name, 0) / found.height) if found.height else None,
        }
        for name in ("negative", "mixed", "neutral", "positive")
    ]


def languages(analysed: pl.DataFrame) -> list[dict[str, Any]]:
    """Comments by language, most first."""
    sizes = analysed.group_by("language").len().sort(["len", "language"], descending=[True, False])
    return [
        {"language": language, "comments": n, "share": figure(n / analysed.height)}
        for language, n in sizes.iter_rows()
    ]


def kinds(analysed: pl.DataFrame) -> list[dict[str, Any]]:
    """Comments by the kind of feedback, most first."""
    sizes = analysed.group_by("kind").len().sort(["len", "kind"], descending=[True, False])
    return [{"kind": kind, "comments": n} for kind, n in sizes.iter_rows()]


def heat_tables(analysis: Analysis) -> list[dict[str, Any]]:
    """The levels of every dimension with the people in them; cells are in the themes."""
    levels = analysis.linked.segments.select("dimension", "level", "base").unique(
        ["dimension", "level"], maintain_order=True
    )
    return [
        {
            "dimension": key[0],
            "levels": [
                {"level": row["level"], "base": size(row["base"], analysis.linked.minimum_cell)}
                for row in part.to_dicts()
            ],
        }
        for key, part in levels.group_by("dimension", maintain_order=True)
    ]


def social(analysis: Analysis, rows: Base) -> dict[str, Any] | None:
    """Mentions in social media, apart from every other figure; None when there are none."""
    posts = analysis.feedback.filter((pl.col("kind") == "social") & pl.col("analysed"))
    if posts.is_empty():
        return None
    spans = analysis.spans.join(posts.select("feedback_id"), on="feedback_id", how="semi")
    return {
        "posts": _posted(analysis),
        "comments": posts.height,
        "languages": languages(posts),
        "sentiment": sentiment(spans),
        "themed": rows.social["feedback_id"].n_unique(),
        **{name: int(posts[name].sum() or 0) for name in ("likes", "replies", "shares")},
    }


def _posted(analysis: Analysis) -> bool:
    """Whether the comments without a score come from social media, as far as a file tells."""
    unscored = [source for source in analysis.sources if source.kind == "social"]
    if any(source.dialect or _REACTIONS & set(source.mapping) for source in unscored):
        return True
    named = pl.col("source").is_in([source.name for source in unscored])
    handles = analysis.findings.filter(named & (pl.col("type") == "HANDLE"))["count"].sum()
    return bool(handles > _HANDLES * sum(source.rows for source in unscored))

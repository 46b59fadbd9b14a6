"""Scores that say the opposite of their comments: a scale that was read the wrong way round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources.model import ScoreDecision, Source

__all__ = ["with_doubts"]

_ENOUGH: Final = 10  # comments at either end of the scale
_AGAINST: Final = -0.1  # rank correlation
_LEVEL: Final = 0.01
_ENDS: Final = {"nps": (6, 9), "csat": (0.25, 0.75), "ces": (0.25, 0.75)}
_ADVICE: Final = {
    "nps": {},
    "csat": {"option": "csat_inverted"},
    "ces": {"option": "ces_effort", "other": "ces"},
}


def with_doubts(
    sources: Sequence[Source], feedback: pl.DataFrame, spans: pl.DataFrame
) -> tuple[Source, ...]:
    """Compare the scores of each file with the tone of its comments.

    The tone of a comment is the mean polarity of its spans. A score is in doubt when its rank
    correlation (Spearman) with the tone is at most -0.1 with p < 0.01, and the comments with low
    scores sound better on average than those with high ones; both ends need ten comments.

    Args:
        sources: how each file was read.
        feedback: source, feedback_id, nps, csat, ces.
        spans: feedback_id, polarity.

    Returns:
        The sources, in their order; one in doubt has a note with the figures and what to do.
    """
    tone = spans.group_by("feedback_id").agg(tone=pl.col("polarity").mean())
    rows = feedback.join(tone, on="feedback_id", how="inner")
    doubted = []
    for source in sources:
        own = rows.filter(pl.col("source") == source.name)
        notes = [_doubt(own, decision) for decision in source.scores]
        doubted.append(replace(source, notes=(*source.notes, *(n for n in notes if n))))
    return tuple(doubted)


def _doubt(rows: pl.DataFrame, decision: ScoreDecision) -> Note | None:
    score = pl.col(decision.metric)
    rows = rows.filter(score.is_not_null() & pl.col("tone").is_not_null()).sort("feedback_id")
    low, high = _ENDS[decision.metric]
    worst = rows.filter(score <= low)["tone"]
    best = rows.filter(score >= high)["tone"]
    if min(len(worst), len(best)) < _ENOUGH or _mean(worst) <= _mean(best):
        return None
    if rows["tone"].n_unique() < 2:
        return None
    from scipy.stats import spearmanr

    found = spearmanr(rows[decision.metric].to_numpy(), rows["tone"].to_numpy())
    if found.statistic > _AGAINST or found.pvalue >= _LEVEL:
        return None
    advice = _ADVICE[decision.metric].items()
    return Note(
        f"{decision.metric}_upside_down",
        column=decision.column,
        low=_mean(worst),
        low_n=len(worst),
        high=_mean(best),
        high_n=len(best),
        correlation=float(found.statistic),
        **{key: f'--map {name}="{decision.column}"' for key, name in advice},
    )


def _mean(values: pl.Series) -> float:
    return float(str(values.mean()))

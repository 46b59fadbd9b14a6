"""NPS, CSAT and effort with intervals, and the figures at the head of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from analyzer.schema import FOCUS_CSAT_BAND, SEGMENTS
from analyzer.stats.intervals import MINIMUM_SCORE, mean_interval, ratio, wilson
from analyzer.stats.population import ASKED, respondent, scored_answers

if TYPE_CHECKING:
    from analyzer.stats.population import Population

__all__ = [
    "CSAT_BANDS",
    "INDICATIVE",
    "TOP_BOX",
    "LimitVerdict",
    "Overview",
    "Score",
    "mean_score",
    "negative_verdict",
    "nps_score",
    "overview",
    "share_score",
]

INDICATIVE: Final = 30
TOP_BOX: Final = 0.75  # 4 of 5
CSAT_BANDS: Final = ("high", "mid", "low")
_NEGATIVE_LIMIT: Final = 0.10


@dataclass(frozen=True)
class Score:
    """A figure with its n and 95 % interval.

    ``value``, ``low`` and ``high`` are None, and ``reason`` is "too_few", under ten people;
    ``indicative`` marks fewer than thirty.
    """

    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    indicative: bool
    reason: str | None = None


@dataclass(frozen=True)
class LimitVerdict:
    """Share of dissatisfied people held against a limit.

    ``verdict`` is "below" or "above" when the whole Wilson interval is, else "cannot_tell".
    ``basis`` says who is dissatisfied: "csat" (low band) or, without any CSAT, "nps" (detractors).
    """

    basis: Literal["csat", "nps"]
    count: int
    n: int
    share: float
    low: float
    high: float
    limit: float
    verdict: Literal["below", "above", "cannot_tell"]


@dataclass(frozen=True)
class Overview:
    """The whole before its parts.

    NPS, CSAT and CES are over everybody who gave the score, with or without a comment;
    ``nps_commented`` is the NPS of ``base``, the answers that themes are counted in.
    ``comment_rate`` has one row a segment: ``dimension, level, respondents, commented, rate, low,
    high``. ``sentiment`` has one row a class: ``sentiment (negative|mixed|neutral|positive),
    comments, base, share, low, high`` over all analysed comments that have spans.
    """

    rows: int
    analysed: int
    respondents: int
    base: int
    social_comments: int
    nps: Score | None
    nps_commented: Score | None
    csat: Score | None
    csat_top: Score | None
    ces: Score | None
    negative: LimitVerdict | None
    comment_rate: pl.DataFrame
    sentiment: pl.DataFrame
    detractors_only: bool


def mean_score(metric: str, s: pl.Series, *, scale: float, offset: float) -> Score | None:
    """Mean of a bounded score with its adjusted-Wald interval.

    Args:
        metric: name that the result carries.
        s: the score mapped to -1..1; nulls are left out.
        scale: figure = scale x mean of s + offset.
        offset: see ``scale``.

    Returns:
        The score, or None when nobody gave one.
    """
    values = np.sort(s.drop_nulls().cast(pl.Float64).to_numpy())
    n = len(values)
    if n == 0:
        return None
    if n < MINIMUM_SCORE:
        return Score(metric, n, None, None, None, indicative=True, reason="too_few")
    low, high = mean_interval(n, values.sum(), (values**2).sum())
    return Score(
        metric=metric,
        n=n,
        value=scale * float(values.mean()) + offset,
        low=scale * float(low) + offset,
        high=scale * float(high) + offset,
        indicative=n < INDICATIVE,
    )


def nps_score(segments: pl.Series, metric: str = "nps") -> Score | None:
    """NPS in -100..100 of a series of segment names; nulls are left out."""
    s = segments.replace_strict({"promoter": 1, "passive": 0, "detractor": -1}, default=None)
    return mean_score(metric, s.cast(pl.Int8), scale=100.0, offset=0.0)


def share_score(metric: str, hits: pl.Series) -> Score | None:
    """Share of true values with its Wilson interval; nulls are left out; None without any value."""
    known = hits.drop_nulls()
    n = known.len()
    if n == 0:
        return None
    if n < MINIMUM_SCORE:
        return Score(metric, n, None, None, None, indicative=True, reason="too_few")
    count = int(known.sum())
    low, high = wilson(count, n)
    return Score(metric, n, count / n, float(low), float(high), indicative=n < INDICATIVE)


def negative_verdict(
    people: pl.DataFrame, *, limit: float = _NEGATIVE_LIMIT
) -> LimitVerdict | None:
    """Hold the share of dissatisfied people against a limit, 10 % by default.

    Args:
        people: frame with ``csat_band`` and ``nps_segment``, one row an answer.
        limit: largest share that is acceptable, 0..1.

    Returns:
        The verdict, or None when there is no score. 3 of 50 is 6 % with an interval of 2.1 to
        16.2 %: "cannot_tell".
    """
    basis: Literal["csat", "nps"] = "csat"
    hits = (people["csat_band"] == FOCUS_CSAT_BAND).drop_nulls()
    if hits.len() == 0:
        basis, hits = "nps", (people["nps_segment"] == "detractor").drop_nulls()
    n, count = hits.len(), int(hits.sum())
    if n == 0:
        return None
    low, high = (float(bound) for bound in wilson(count, n))
    verdict: Literal["below", "above", "cannot_tell"] = "cannot_tell"
    if high < limit:
        verdict = "below"
    elif low > limit:
        verdict = "above"
    return LimitVerdict(basis, count, n, count / n, low, high, limit, verdict)


def overview(
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    base: Population,
    *,
    negative_limit: float = _NEGATIVE_LIMIT,
    top_box: float = TOP_BOX,
) -> Overview:
    """Compute the figures at the head of a report; see ``Overview``."""
    social = pl.col("kind") == "social"
    everybody = scored_answers(feedback.select(*ASKED, "kind", "csat_band"))
    segments = everybody["nps_segment"].drop_nulls()
    return Overview(
        rows=feedback.height,
        analysed=int(feedback["analysed"].sum()),
        respondents=feedback.select(respondent().filter(~social).n_unique()).item(),
        base=base.n,
        social_comments=int(feedback.select((social & pl.col("analysed")).sum()).item()),
        nps=nps_score(everybody["nps_segment"]),
        nps_commented=nps_score(base.answers["nps_segment"], "nps_commented"),
        csat=mean_score("csat", everybody["c"], scale=0.5, offset=0.5),
        csat_top=share_score("csat_top", everybody["csat"] >= top_box - 1e-9),
        ces=mean_score("ces", 2 * everybody["ces"] - 1, scale=0.5, offset=0.5),
        negative=negative_verdict(everybody, limit=negative_limit),
        comment_rate=_comment_rate(everybody, base.answers),
        sentiment=_sentiment(spans),
        detractors_only=segments.len() > 0 and bool((segments == "detractor").all()),
    )


def _comment_rate(everybody: pl.DataFrame, commented: pl.DataFrame) -> pl.DataFrame:
    parts = []
    wrote = everybody.select("respondent", "wave", "nps_segment", "csat_band").join(
        commented.select("respondent", "wave", commented=pl.lit(value=True)),
        on=["respondent", "wave"],
        how="left",
        nulls_equal=True,
    )
    for dimension, levels in (("nps_segment", SEGMENTS), ("csat_band", CSAT_BANDS)):
        counted = wrote.group_by(level=dimension).agg(
            respondents=pl.len().cast(pl.Int64),
            commented=pl.col("commented").fill_null(value=False).sum().cast(pl.Int64),
        )
        ordered = pl.DataFrame({"dimension": dimension, "level": levels})
        parts.append(ordered.join(counted, on="level", maintain_order="left"))
    rates = pl.concat(parts)
    return with_share(rates, "commented", "respondents", "rate", "low", "high")


def _sentiment(spans: pl.DataFrame) -> pl.DataFrame:
    per_comment = spans.group_by("feedback_id").agg(
        negative=(pl.col("sentiment") == "negative").any(),
        positive=(pl.col("sentiment") == "positive").any(),
    )
    verdict = (
        pl.when(pl.col("negative") & pl.col("positive"))
        .then(pl.lit("mixed"))
        .when("negative")
        .then(pl.lit("negative"))
        .when("positive")
        .then(pl.lit("positive"))
        .otherwise(pl.lit("neutral"))
    )
    counted = per_comment.group_by(sentiment=verdict).agg(comments=pl.len().cast(pl.Int64))
    ordered = pl.DataFrame({"sentiment": ["negative", "mixed", "neutral", "positive"]})
    table = ordered.join(counted, on="sentiment", how="left", maintain_order="left").with_columns(
        pl.col("comments").fill_null(0), base=pl.lit(per_comment.height, dtype=pl.Int64)
    )
    return with_share(table, "comments", "base", "share", "low", "high")


def with_share(
    frame: pl.DataFrame, count: str, n: str, share: str, low: str, high: str
) -> pl.DataFrame:
    """Add a share and its Wilson interval to a frame of counts; null where n is 0."""
    counts, sizes = frame[count].to_numpy(), frame[n].to_numpy()
    bounds = wilson(counts, sizes)
    return frame.with_columns(
        pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
        for name, values in zip((share, low, high), (ratio(counts, sizes), *bounds), strict=True)
    )

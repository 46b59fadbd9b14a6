"""One row a theme: how many people, how they feel, and what the theme goes with in NPS and CSAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.schema import SENTIMENTS
from analyzer.stats.intervals import (
    MINIMUM_SCORE,
    Q_LIMIT,
    Floats,
    benjamini_hochberg,
    leave_out,
    mean_interval,
    ratio,
    wilson,
)
from analyzer.stats.privacy import MINIMUM_CELL
from analyzer.stats.scores import INDICATIVE, TOP_BOX

if TYPE_CHECKING:
    from analyzer.stats.population import Population

__all__ = ["THEME_SCHEMA", "effort_table", "impact_by_sentiment", "theme_table"]

THEME_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "theme_id": pl.String,
    "comments": pl.Int64,
    "spans": pl.Int64,
    "respondents": pl.Int64,
    "base": pl.Int64,
    "share": pl.Float64,
    "share_low": pl.Float64,
    "share_high": pl.Float64,
    "social_mentions": pl.Int64,
    "negative": pl.Float64,
    "neutral": pl.Float64,
    "positive": pl.Float64,
    "polarity": pl.Float64,
    "mixed_share": pl.Float64,
    "nps_n": pl.Int64,
    "nps": pl.Float64,
    "nps_low": pl.Float64,
    "nps_high": pl.Float64,
    "nps_reason": pl.String,
    "nps_indicative": pl.Boolean,
    "nps_without": pl.Float64,
    "impact": pl.Float64,
    "impact_low": pl.Float64,
    "impact_high": pl.Float64,
    "impact_p": pl.Float64,
    "impact_q": pl.Float64,
    "csat_n": pl.Int64,
    "csat": pl.Float64,
    "csat_low": pl.Float64,
    "csat_high": pl.Float64,
    "csat_top": pl.Float64,
    "csat_impact": pl.Float64,
    "csat_impact_low": pl.Float64,
    "csat_impact_high": pl.Float64,
    "csat_impact_p": pl.Float64,
    "csat_impact_q": pl.Float64,
    "detractor_share": pl.Float64,
    "promoter_share": pl.Float64,
    "lift": pl.Float64,
    "verdict": pl.String,
    "reason": pl.String,
}


def theme_table(
    base: Population,
    spans: pl.DataFrame,
    segments: pl.DataFrame,
    *,
    top_box: float = TOP_BOX,
    minimum_cell: int = MINIMUM_CELL,
) -> pl.DataFrame:
    """Build the table of themes.

    Args:
        base: the answers that are counted.
        spans: result of ``population.theme_spans``: every span of every theme, social ones too.
        segments: result of ``segments.theme_segments``; what is hidden there stays hidden here.
        top_box: smallest CSAT (0..1) that counts as satisfied.
        minimum_cell: scores and impacts of fewer people who gave a score are null; with the score
            of everybody they would tell how many people these are.

    Returns:
        Columns of ``THEME_SCHEMA``, one row a theme in the order of ``base.theme_ids``.
        ``comments`` and ``respondents`` leave social rows out; so do ``spans``, the sentiment
        shares of these, ``polarity`` and ``mixed_share`` (comments with negative and positive spans
        of the theme), except of a theme that social rows alone mention. ``impact`` is NPS of the
        base minus NPS without the people who mention the theme: negative goes with a lower score.
        ``verdict`` is "costs" or "helps" when q <= 0.10, else "cannot_tell"; it speaks of NPS, or
        of CSAT in data without NPS. ``reason`` says why
        there is no impact: "no_score", "only_detractors", "same_score" (all count the same, as
        where all are promoters) or "too_few".
    """
    respondents = base.sums(np.ones(base.n)).astype(int)
    low, high = wilson(respondents, np.full(len(respondents), base.n))
    nps, csat = _nps(base, minimum_cell), _csat(base, top_box, minimum_cell)
    columns: dict[str, Any] = {
        "theme_id": list(base.theme_ids),
        "respondents": respondents,
        "base": np.full(len(respondents), base.n),
        "share": ratio(respondents, base.n),
        "share_low": low,
        "share_high": high,
        **_sentiment(spans, len(base.theme_ids)),
        **nps,
        **csat,
        **_shares(segments, base.theme_ids),
    }
    prefix = "" if np.isfinite(base.column("s")).any() else "csat_"
    columns.update(_verdict(base, columns, prefix))
    frame = pl.DataFrame(
        {
            name: pl.Series(columns[name], strict=False).cast(kind)
            for name, kind in THEME_SCHEMA.items()
        }
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def impact_by_sentiment(base: Population, *, minimum_cell: int = MINIMUM_CELL) -> pl.DataFrame:
    """Impact of the negative and of the positive mentions of each theme, apart.

    Returns:
        ``theme_id, sentiment (negative|positive), metric (nps|csat), n, impact, low, high, p, q``;
        n is the people with such a mention, null when they are fewer than ``minimum_cell``. NPS in
        points, CSAT in 0..1. The rest of a group is everybody else, with or without the theme. q
        over the table of one metric and sentiment.
    """
    tables = []
    for metric, column, scale in (("nps", "s", 100.0), ("csat", "c", 0.5)):
        values = base.column(column)
        known = np.isfinite(values)
        if not known.any() or _only_low(values) or _all_alike(values):
            continue
        for position, sentiment in ((0, "negative"), (2, "positive")):
            chosen = base.pair_sentiment[:, position]
            n = base.sums(known.astype(float), chosen)
            out = leave_out(
                n,
                base.sums(values, chosen),
                base.sums(values**2, chosen),
                int(known.sum()),
                float(np.nansum(values)),
                float(np.nansum(values**2)),
            )
            tables.append(
                pl.DataFrame(
                    {
                        "theme_id": list(base.theme_ids),
                        "sentiment": sentiment,
                        "metric": metric,
                        "n": [None if 0 < k < minimum_cell else int(k) for k in n],
                        "impact": scale * out.value,
                        "low": scale * out.low,
                        "high": scale * out.high,
                        "p": out.p,
                        "q": benjamini_hochberg(out.p),
                    },
                    schema_overrides={"theme_id": pl.String, "n": pl.Int64},
                )
            )
    schema = {
        "theme_id": pl.String,
        "sentiment": pl.String,
        "metric": pl.String,
        "n": pl.Int64,
        **dict.fromkeys(("impact", "low", "high", "p", "q"), pl.Float64),
    }
    return pl.concat([pl.DataFrame(schema=schema), *tables]).with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def effort_table(base: Population, *, minimum_cell: int = MINIMUM_CELL) -> pl.DataFrame | None:
    """Effort (CES, 0..1, 1 is least effort) of the people who mention each theme.

    Args:
        base: the answers that are counted.
        minimum_cell: figures of fewer people are null.

    Returns:
        ``theme_id, n, ces, low, high, without, impact, impact_low, impact_high, p, q``: mean with
        its adjusted-Wald interval, mean of everybody else, and leave-out impact (negative goes
        with more effort); null under ten people. None when nobody was asked about effort.
    """
    values = 2 * base.column("ces") - 1
    known = np.isfinite(values)
    if not known.any():
        return None
    n, total, squares = base.sums(known.astype(float)), base.sums(values), base.sums(values**2)
    low, high = mean_interval(n, total, squares)
    out = leave_out(
        n, total, squares, int(known.sum()), float(np.nansum(values)), float(np.nansum(values**2))
    )
    figures = {
        "ces": np.where(n >= MINIMUM_SCORE, 0.5 + 0.5 * ratio(total, n), np.nan),
        "low": np.where(n >= MINIMUM_SCORE, 0.5 + 0.5 * low, np.nan),
        "high": np.where(n >= MINIMUM_SCORE, 0.5 + 0.5 * high, np.nan),
        "without": 0.5 + 0.5 * out.without,
        "impact": 0.5 * out.value,
        "impact_low": 0.5 * out.low,
        "impact_high": 0.5 * out.high,
        "p": out.p,
        "q": benjamini_hochberg(out.p),
    }
    few = n < minimum_cell
    return pl.DataFrame(
        {
            "theme_id": list(base.theme_ids),
            "n": n.astype(int),
            **{name: np.where(few, np.nan, values) for name, values in figures.items()},
        },
        schema_overrides={"theme_id": pl.String},
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _only_low(values: Floats) -> bool:
    """Everybody is a detractor (NPS), or in the low band (CSAT): nothing to compare with."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool((known <= -0.5 + 1e-9).all())


def _all_alike(values: Floats) -> bool:
    """Everybody's score counts the same, so that nothing can go with another one."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(np.ptp(known) == 0)


def _moments(base: Population, column: str) -> tuple[Floats, Floats, Floats, int, float, float]:
    values = base.column(column)
    known = np.isfinite(values)
    return (
        base.sums(known.astype(float)),
        base.sums(values),
        base.sums(values**2),
        int(known.sum()),
        float(np.nansum(values)),
        float(np.nansum(values**2)),
    )


def _impact(base: Population, column: str, scale: float, minimum_cell: int) -> dict[str, Floats]:
    moments = _moments(base, column)
    out = leave_out(*moments)
    hidden = np.full(len(base.theme_ids), np.nan)
    values = base.column(column)
    if _only_low(values) or _all_alike(values):
        return dict.fromkeys(
            ("impact", "impact_low", "impact_high", "impact_p", "impact_q"), hidden
        )
    figures = {
        "impact": scale * out.value,
        "impact_low": scale * out.low,
        "impact_high": scale * out.high,
        "impact_p": out.p,
        "impact_q": benjamini_hochberg(out.p),
    }
    few = moments[0] < minimum_cell
    return {name: np.where(few, np.nan, column) for name, column in figures.items()}


def _nps(base: Population, minimum_cell: int) -> dict[str, Any]:
    n, total, squares, *whole = _moments(base, "s")
    enough = n >= max(MINIMUM_SCORE, minimum_cell)
    low, high = mean_interval(n, total, squares)
    reason = "too_few" if whole[0] else "no_score"
    impact = _impact(base, "s", 100.0, minimum_cell)
    without = 100 * leave_out(n, total, squares, *whole).without
    return {
        "nps_n": n.astype(int),
        "nps": np.where(enough, 100 * ratio(total, n), np.nan),
        "nps_low": np.where(enough, 100 * low, np.nan),
        "nps_high": np.where(enough, 100 * high, np.nan),
        "nps_reason": [None if fine else reason for fine in enough],
        "nps_indicative": n < INDICATIVE,
        "nps_without": np.where(np.isfinite(impact["impact"]), without, np.nan),
        **impact,
    }


def _csat(base: Population, top_box: float, minimum_cell: int) -> dict[str, Any]:
    n, total, squares, *_ = _moments(base, "c")
    enough = n >= max(MINIMUM_SCORE, minimum_cell)
    low, high = mean_interval(n, total, squares)
    top = base.sums((base.column("csat") >= top_box - 1e-9).astype(float))
    return {
        "csat_n": n.astype(int),
        "csat": np.where(enough, 0.5 + 0.5 * ratio(total, n), np.nan),
        "csat_low": np.where(enough, 0.5 + 0.5 * low, np.nan),
        "csat_high": np.where(enough, 0.5 + 0.5 * high, np.nan),
        "csat_top": np.where(enough, ratio(top, n), np.nan),
        **{
            f"csat_{name}": values for name, values in _impact(base, "c", 0.5, minimum_cell).items()
        },
    }


def _sentiment(spans: pl.DataFrame, themes: int) -> dict[str, Any]:
    """Counts and sentiment of each theme; ``spans`` is sorted, so sums are exact.

    The sentiment is of what people answered, and of posts only where nobody's answer has the theme.
    """
    comments = spans.group_by("theme", "feedback_id", "social").agg(
        mixed=(pl.col("sentiment") == "negative").any() & (pl.col("sentiment") == "positive").any()
    )
    told, social = comments["theme"].to_numpy(), comments["social"].to_numpy()
    figures = {
        "comments": np.bincount(told[~social], minlength=themes),
        "social_mentions": np.bincount(told[social], minlength=themes),
    }
    answered = spans.filter(~pl.col("social"))["theme"].unique().implode()
    counts_here = ~pl.col("social") | ~pl.col("theme").is_in(answered)
    spans, comments = spans.filter(counts_here), comments.filter(counts_here)
    theme = spans["theme"].to_numpy()
    counts = np.bincount(theme, minlength=themes)
    polarity = spans["polarity"].cast(pl.Float64)
    known = np.bincount(theme, polarity.is_not_null().to_numpy(), themes)
    shares = {
        name: ratio(
            np.bincount(
                theme, (spans["sentiment"] == name).fill_null(value=False).to_numpy(), themes
            ),
            counts,
        )
        for name in SENTIMENTS
    }
    of = comments["theme"].to_numpy()
    return {
        **figures,
        "spans": counts,
        **shares,
        "polarity": ratio(np.bincount(theme, polarity.fill_null(0).to_numpy(), themes), known),
        "mixed_share": ratio(
            np.bincount(of, comments["mixed"].fill_null(value=False).to_numpy(), themes),
            np.bincount(of, minlength=themes),
        ),
    }


def _shares(segments: pl.DataFrame, theme_ids: tuple[str, ...]) -> dict[str, Any]:
    order = pl.DataFrame({"theme_id": list(theme_ids)}, schema={"theme_id": pl.String})
    nps = segments.filter(pl.col("dimension") == "nps_segment")

    def column(level: str, name: str) -> pl.Series:
        part = nps.filter(pl.col("level") == level).select("theme_id", name)
        return order.join(part, on="theme_id", how="left", maintain_order="left")[name]

    return {
        "detractor_share": column("detractor", "share"),
        "promoter_share": column("promoter", "share"),
        "lift": column("detractor", "lift"),
    }


def _verdict(base: Population, columns: dict[str, Any], prefix: str) -> dict[str, Any]:
    impact = np.asarray(columns[f"{prefix}impact"], dtype=float)
    q = np.asarray(columns[f"{prefix}impact_q"], dtype=float)
    column = "c" if prefix else "s"
    values = base.column(column)
    if not np.isfinite(values).any():
        reason = "no_score"
    elif _only_low(values):
        reason = "only_detractors"
    elif _all_alike(values):
        reason = "same_score"
    else:
        reason = "too_few"
    clear = np.nan_to_num(q, nan=1.0) <= Q_LIMIT
    return {
        "verdict": np.select(
            [clear & (impact < 0), clear & (impact > 0)], ["costs", "helps"], "cannot_tell"
        ).tolist(),
        "reason": [None if fine else reason for fine in np.isfinite(impact)],
    }

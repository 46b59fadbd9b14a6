"""What happened to customers and cases: churn, first-contact resolution, times, targets, status.

Every table has a row of the whole (``theme_id`` null) and a row a theme that compares the cases
that mention it with the other analysed cases. A difference is associated with a theme, not caused
by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.stats.cases import Cases, cases_of, share_row, table
from analyzer.stats.intervals import (
    Floats,
    association_p,
    benjamini_hochberg,
    ratio,
    risk_ratio,
)
from analyzer.stats.population import respondent, valid_mentions
from analyzer.stats.privacy import MINIMUM_CELL
from analyzer.stats.targets import STATUS_SCHEMA, TARGET_SCHEMA, Targets, status_rows, target_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Outcomes", "bootstrap_medians", "outcomes"]

_RATES: Final = ("churned", "resolved", "first_contact_resolution")
_TIMES: Final = ("handle_seconds", "first_response_seconds", "resolution_seconds")
_ABOUT: Final = ("feedback_id", "respondent_id", "kind", "channel", "created_at", "analysed")
_DRAWS: Final = 2000


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of the whole and of each theme; a table is empty when its columns are not there.

    Attributes:
        rates: ``outcome, theme_id, n, count, value, low, high, without_n, without, risk_ratio,
            rr_low, rr_high, p, q``. Outcomes: churned (lost / customers whose fate is known; some
            divide by customers *acquired* in the period, which is not this rate), retained
            (1 - churned), resolved, first_contact_resolution. Wilson intervals; risk ratio of the
            theme against the rest; q over the themes of one outcome.
        times: ``outcome, theme_id, n, median, low, high, without_n, without, difference,
            difference_low, difference_high, p, q`` in seconds; percentile bootstrap.
        targets: ``outcome, theme_id, channel, target, n, within, share, low, high``; a channel
            that is null stands for all channels, whose target is null when they differ.
        status: ``theme_id, status, n, base, share, low, high``.
    """

    rates: pl.DataFrame
    times: pl.DataFrame
    targets: pl.DataFrame
    status: pl.DataFrame


def outcomes(
    feedback: pl.DataFrame,
    mentions: pl.DataFrame,
    theme_ids: Sequence[str],
    *,
    targets: Targets | None = None,
    minimum_cell: int = MINIMUM_CELL,
    seed: int = 0,
) -> Outcomes:
    """Compute every outcome that the feedback has columns for.

    Args:
        feedback: FEEDBACK frame. Churn counts each customer once, by the latest known flag; the
            others count cases (rows). Social rows take part in targets only.
        mentions: MENTIONS frame; every row counts.
        theme_ids: themes to report, in the order of the tables.
        targets: longest acceptable times; 24 h for a first response by e-mail, 1 h in social
            media and 48 h for a resolution when None.
        minimum_cell: figures of fewer cases are null.
        seed: of the bootstrap.

    Returns:
        The tables; see ``Outcomes``.
    """
    told = (*_RATES, *_TIMES, "status")
    if all(feedback[name].null_count() == feedback.height for name in told):
        return Outcomes(*(table([], columns) for columns in _SCHEMAS))
    mentioned = valid_mentions(feedback, mentions, theme_ids).select("feedback_id", "theme")
    ids = tuple(theme_ids)
    feedback = feedback.select(*_ABOUT, *told)
    people = feedback.filter(pl.col("kind") != "social")
    rates = [
        _rates(cases_of(_per_person(people), mentioned, ids), name, minimum_cell)
        if name == "churned"
        else _rates(cases_of(people, mentioned, ids), name, minimum_cell)
        for name in _RATES
    ]
    cases = cases_of(people, mentioned, ids)
    times = [_times(cases, name, minimum_cell, seed) for name in _TIMES]
    everything = cases_of(feedback, mentioned, ids)
    return Outcomes(
        rates=table([row for rows in rates for row in rows], _RATE_SCHEMA),
        times=table([row for rows in times for row in rows], _TIME_SCHEMA),
        targets=table(target_rows(everything, targets or Targets(), minimum_cell), TARGET_SCHEMA),
        status=table(status_rows(cases, minimum_cell), STATUS_SCHEMA),
    )


def bootstrap_medians(values: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Medians of ``draws`` bootstrap resamples, without resampling.

    The k-th smallest of n uniform draws has a Beta(k, n - k + 1) distribution, and a resample is
    the sample's quantile function at such draws: the same distribution as the usual bootstrap, in
    a time that does not depend on n.

    Args:
        values: shape (n,), n >= 1.
        draws: number of resamples.
        rng: source of randomness.

    Returns:
        Array of shape (draws,).
    """
    ordered = np.sort(values)
    n = len(ordered)
    half = (n + 1) // 2
    lower = rng.beta(half, n - half + 1, draws)
    first = ordered[np.minimum((lower * n).astype(int), n - 1)]
    if n % 2:
        return np.asarray(first)
    upper = lower + (1 - lower) * rng.beta(1, n - half, draws)
    return np.asarray((first + ordered[np.minimum((upper * n).astype(int), n - 1)]) / 2)


_RATE_SCHEMA: Final[dict[str, Any]] = {
    "outcome": pl.String,
    "theme_id": pl.String,
    "n": pl.Int64,
    "count": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "without_n": pl.Int64,
    "without": pl.Float64,
    "risk_ratio": pl.Float64,
    "rr_low": pl.Float64,
    "rr_high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
}
_TIME_SCHEMA: Final[dict[str, Any]] = {
    "outcome": pl.String,
    "theme_id": pl.String,
    "n": pl.Int64,
    "median": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "without_n": pl.Int64,
    "without": pl.Float64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
}
_SCHEMAS: Final = (_RATE_SCHEMA, _TIME_SCHEMA, TARGET_SCHEMA, STATUS_SCHEMA)


def _per_person(people: pl.DataFrame) -> pl.DataFrame:
    """One row a customer: the latest known churn flag, on all of the customer's comments."""
    flags = (
        people.filter(pl.col("churned").is_not_null())
        .sort("created_at", "feedback_id", nulls_last=False)
        .group_by(person=respondent(), maintain_order=True)
        .agg(pl.col("churned").last())
    )
    return people.drop("churned").with_columns(person=respondent()).join(flags, on="person")


def _rates(cases: Cases, outcome: str, minimum: int) -> list[dict[str, Any]]:
    known = cases.rows[outcome].is_not_null().to_numpy()
    if not known.any():
        return []
    hit = cases.rows[outcome].fill_null(value=False).to_numpy() & known
    analysed = cases.rows["analysed"].to_numpy() & known
    inside = cases.member & known[:, None]
    n, count = inside.sum(axis=0), (inside & hit[:, None]).sum(axis=0)
    rest, rest_count = analysed.sum() - n, (analysed & hit).sum() - count
    rows = _rate_rows(outcome, cases.theme_ids, n, count, rest, rest_count, minimum)
    rows.insert(0, share_row(int(hit.sum()), int(known.sum()), minimum) | {"outcome": outcome})
    if outcome == "churned":
        kept = _rate_rows(
            "retained", cases.theme_ids, n, n - count, rest, rest - rest_count, minimum
        )
        whole = share_row(int((known & ~hit).sum()), int(known.sum()), minimum)
        rows += [whole | {"outcome": "retained"}, *kept]
    return rows


def _rate_rows(
    outcome: str,
    theme_ids: tuple[str, ...],
    n: np.ndarray,
    count: np.ndarray,
    rest: np.ndarray,
    rest_count: np.ndarray,
    minimum: int,
) -> list[dict[str, Any]]:
    enough = (n >= minimum) & (rest >= minimum)
    against = risk_ratio(count, n, rest_count, rest)
    p = np.where(enough, association_p(count, n - count, rest_count, rest - rest_count), np.nan)
    q = benjamini_hochberg(p)
    without = ratio(rest_count, rest)
    rows = []
    for i, theme in enumerate(theme_ids):
        row = {"outcome": outcome, "theme_id": theme, "without_n": int(rest[i])}
        row |= share_row(int(count[i]), int(n[i]), minimum)
        if enough[i]:
            row |= {
                "without": without[i],
                "risk_ratio": against.value[i],
                "rr_low": against.low[i],
                "rr_high": against.high[i],
                "p": p[i],
                "q": q[i],
            }
        rows.append(row)
    return rows


def _times(cases: Cases, outcome: str, minimum: int, seed: int) -> list[dict[str, Any]]:
    values = cases.rows[outcome].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = np.isfinite(values)
    if not known.any():
        return []
    analysed = cases.rows["analysed"].to_numpy() & known
    rng = np.random.default_rng(seed)
    rows = [{"outcome": outcome, **_median(values[known], minimum, rng)[0]}]
    for position, theme in enumerate(cases.theme_ids):
        inside = cases.member[:, position] & known
        row, medians = _median(values[inside], minimum, rng)
        rest, rest_medians = _median(values[analysed & ~inside], minimum, rng)
        row |= {"outcome": outcome, "theme_id": theme, "without_n": rest["n"]}
        if medians is not None and rest_medians is not None:
            gap = medians - rest_medians
            tail = min((gap <= 0).sum(), (gap >= 0).sum())
            low, high = np.quantile(gap, [0.025, 0.975])
            row |= {
                "without": rest["median"],
                "difference": row["median"] - rest["median"],
                "difference_low": low,
                "difference_high": high,
                "p": min(1.0, 2 * (tail + 1) / (_DRAWS + 1)),
            }
        rows.append(row)
    q = benjamini_hochberg([row.get("p", np.nan) for row in rows])
    return [row | {"q": value} for row, value in zip(rows, q, strict=True)]


def _median(
    values: Floats, minimum: int, rng: np.random.Generator
) -> tuple[dict[str, Any], Floats | None]:
    if len(values) < max(minimum, 1):
        return {"n": len(values)}, None
    draws = bootstrap_medians(values, _DRAWS, rng)
    low, high = np.quantile(draws, [0.025, 0.975])
    return {"n": len(values), "median": float(np.median(values)), "low": low, "high": high}, draws

"""Intervals and tests on arrays of counts: thin, vectorised, and nan where there is no data.

Means of bounded scores are computed on -1..1 (NPS: -1, 0, 1; CSAT: 2 x csat - 1) from three sums:
``n`` answers, ``total`` = sum of s, ``squares`` = sum of s squared. The adjusted Wald interval adds
three pseudo-answers (0.75 at -1, 1.5 at 0, 0.75 at 1), which is the adjusted Wald of NPS written
for any bounded score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MINIMUM_SCORE",
    "Q_LIMIT",
    "Floats",
    "LeaveOut",
    "OddsRatio",
    "RiskRatio",
    "Z",
    "adjusted",
    "association_p",
    "benjamini_hochberg",
    "leave_out",
    "mean_interval",
    "n_minus_one",
    "newcombe",
    "odds_ratio",
    "ratio",
    "risk_ratio",
    "two_sided",
    "wilson",
]

Floats = NDArray[np.float64]
Z: Final = 1.959963984540054
Q_LIMIT: Final = 0.10
MINIMUM_SCORE: Final = 10  # no NPS, CSAT or impact of fewer people

_PSEUDO: Final = 3.0
_PSEUDO_SQUARES: Final = 1.5
_ALIKE: Final = 1e-12  # variance over mean square of what does not vary


@dataclass(frozen=True)
class LeaveOut:
    """Leave-out impact of groups on a mean of s in -1..1; every field is an array over groups."""

    value: Floats  # mean of all minus mean of the rest
    low: Floats
    high: Floats
    p: Floats
    without: Floats  # mean of the rest


@dataclass(frozen=True)
class OddsRatio:
    """Odds ratios with 95 % intervals; every field is an array."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class RiskRatio:
    """Risk ratios with 95 % intervals; every field is an array."""

    value: Floats
    low: Floats
    high: Floats


def _floats(*values: ArrayLike) -> list[Floats]:
    return [np.array(v, dtype=np.float64) for v in np.broadcast_arrays(*values)]


def ratio(top: ArrayLike, bottom: ArrayLike) -> Floats:
    """Divide, with nan wherever the divisor is 0."""
    a, b = _floats(top, bottom)
    return np.divide(a, b, out=np.full_like(a, np.nan), where=b != 0)


def two_sided(z: ArrayLike, freedom: ArrayLike | None = None) -> Floats:
    """Two-sided p-value of a normal statistic, or of Student's with ``freedom``; nan stays nan."""
    from scipy.special import ndtr, stdtr

    tail = -np.abs(np.asarray(z, dtype=np.float64))
    p = ndtr(tail) if freedom is None else stdtr(freedom, tail)
    return np.asarray(2 * p, dtype=np.float64)


def wilson(count: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson 95 % interval of shares (statsmodels), 0 and 1 exact; nan where n is 0."""
    from statsmodels.stats.proportion import proportion_confint

    counts, sizes = _floats(count, n)
    known = sizes > 0
    low, high = proportion_confint(
        np.where(known, counts, 0), np.where(known, sizes, 1), alpha=0.05, method="wilson"
    )
    low, high = np.where(counts <= 0, 0.0, low), np.where(counts >= sizes, 1.0, high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def newcombe(
    count: ArrayLike, n: ArrayLike, other: ArrayLike, other_n: ArrayLike
) -> tuple[Floats, Floats]:
    """Newcombe's 95 % interval (method 10) of count/n - other/other_n; nan where an n is 0."""
    share, rest = ratio(count, n), ratio(other, other_n)
    low, high = wilson(count, n)
    rest_low, rest_high = wilson(other, other_n)
    change = share - rest
    down = np.sqrt((share - low) ** 2 + (rest_high - rest) ** 2)
    up = np.sqrt((high - share) ** 2 + (rest - rest_low) ** 2)
    return change - down, change + up


def n_minus_one(count: ArrayLike, n: ArrayLike, other: ArrayLike, other_n: ArrayLike) -> Floats:
    """p-values of the N-1 two-proportion test (Campbell 2007); 1 where nobody or everybody counts.

    The statistic is the pooled z times sqrt((N - 1) / N); nan where an n is 0.
    """
    a, m, b, k = _floats(count, n, other, other_n)
    whole = m + k
    pooled = ratio(a + b, whole)
    variance = pooled * (1 - pooled) * (ratio(1, m) + ratio(1, k))
    difference = ratio(a, m) - ratio(b, k)
    z = ratio(difference * np.sqrt(ratio(whole - 1, whole)), np.sqrt(np.maximum(variance, 0)))
    return np.where(variance <= 0, 1.0, two_sided(z))


def odds_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> OddsRatio:
    """Odds ratios (a/b)/(c/d) with log-Wald 95 % intervals.

    Half a person is added to every cell of a table that has an empty cell (Haldane-Anscombe).
    Tables with an empty row or column say nothing and give nan.
    """
    cells = np.stack(_floats(a, b, c, d))
    empty = (
        (cells[0] + cells[1] == 0)
        | (cells[2] + cells[3] == 0)
        | (cells[0] + cells[2] == 0)
        | (cells[1] + cells[3] == 0)
    )
    cells = cells + 0.5 * (cells == 0).any(axis=0)
    log = np.log(cells[0]) - np.log(cells[1]) - np.log(cells[2]) + np.log(cells[3])
    margin = Z * np.sqrt((1 / cells).sum(axis=0))
    values = [np.where(empty, np.nan, np.exp(x)) for x in (log, log - margin, log + margin)]
    return OddsRatio(*values)


def risk_ratio(count: ArrayLike, n: ArrayLike, other: ArrayLike, other_n: ArrayLike) -> RiskRatio:
    """Risk ratios (count/n)/(other/other_n) with log (Katz) 95 % intervals.

    Half a person is added to both counts, and to both sizes, where a count is 0; nan where an n
    is 0 or both counts are.
    """
    a, m, b, k = _floats(count, n, other, other_n)
    known = (m > 0) & (k > 0) & (a + b > 0)
    half = 0.5 * ((a == 0) | (b == 0))
    a, m, b, k = (np.where(known, x, 1.0) + np.where(known, half, 0) for x in (a, m, b, k))
    log = np.log(a) - np.log(m) - np.log(b) + np.log(k)
    margin = Z * np.sqrt(np.maximum(1 / a - 1 / m + 1 / b - 1 / k, 0))
    values = [np.where(known, np.exp(x), np.nan) for x in (log, log - margin, log + margin)]
    return RiskRatio(*values)


def association_p(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """p-values of 2 x 2 tables [[a, b], [c, d]]: Fisher's exact test when an expected cell is < 5.

    Otherwise the N-1 two-proportion test. nan where a row is empty, 1 where a column is.
    """
    from scipy.stats import fisher_exact

    cells = np.stack(_floats(a, b, c, d))
    whole = cells.sum(axis=0)
    rows = np.stack([cells[0] + cells[1], cells[2] + cells[3]])
    columns = np.stack([cells[0] + cells[2], cells[1] + cells[3]])
    p = n_minus_one(cells[0], rows[0], cells[2], rows[1])
    expected = ratio(rows.min(axis=0) * columns.min(axis=0), whole)
    small = (expected < 5) & (rows.min(axis=0) > 0) & (columns.min(axis=0) > 0)
    for index in np.flatnonzero(small):
        table = cells.reshape(4, -1)[:, index].astype(int).reshape(2, 2)
        p.flat[index] = fisher_exact(table).pvalue
    return p


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Benjamini-Hochberg q-values of one table; nan is left out of the family and stays nan."""
    from scipy.stats import false_discovery_control

    values = np.array(p, dtype=np.float64)
    known = ~np.isnan(values)
    if known.any():
        values[known] = false_discovery_control(np.clip(values[known], 0, 1))
    return values


def adjusted(n: ArrayLike, total: ArrayLike, squares: ArrayLike) -> tuple[Floats, Floats]:
    """Adjusted mean of s and its standard error, from n, sum of s and sum of s squared."""
    size, first, second = _floats(n, total, squares)
    size = size + _PSEUDO
    mean = first / size
    variance = np.maximum((second + _PSEUDO_SQUARES) / size - mean**2, 0)
    return mean, np.sqrt(variance / size)


def mean_interval(n: ArrayLike, total: ArrayLike, squares: ArrayLike) -> tuple[Floats, Floats]:
    """Adjusted-Wald 95 % interval of a mean of s in -1..1, clipped; nan where n is 0."""
    mean, error = adjusted(n, total, squares)
    known = np.asarray(n, dtype=np.float64) > 0
    low = np.where(known, np.clip(mean - Z * error, -1, 1), np.nan)
    return low, np.where(known, np.clip(mean + Z * error, -1, 1), np.nan)


def leave_out(
    n: Floats,
    total: Floats,
    squares: Floats,
    all_n: float | Floats,
    all_total: float | Floats,
    all_squares: float | Floats,
    *,
    minimum: int = MINIMUM_SCORE,
) -> LeaveOut:
    """Impact of groups: the mean of all answers minus the mean of the answers outside the group.

    Args:
        n: answers in each group.
        total: sum of s in each group.
        squares: sum of s squared in each group.
        all_n: answers in all; this and the next two may be arrays, for groups of several files.
        all_total: sum of s over all answers.
        all_squares: sum of s squared over all answers.
        minimum: with fewer answers inside or outside the group every figure is nan.

    Returns:
        The impact, which equals f (mean of the group - mean of the rest) with f = n / all_n, and is
        0 without a p where all answers are the same; its interval from SE^2 = f^2 (SE_t^2 + SE_r^2)
        + gap^2 f (1 - f) / all_n; and p of the Welch test on adjusted means. With a normal tail
        instead, 12 % of reports of thirty themes on shuffled scores hold a false hit at q <= 0.10;
        so they are 10 %. The errors are adjusted, f counts as (n + 2) / (all_n + 4) inside SE, and
        the interval is around the raw impact: around the adjusted one it would cover large effects
        of small groups in 85 % of cases instead of 93 or more.
    """
    rest = all_n - n
    share = ratio(n, all_n)
    mean, error = adjusted(n, total, squares)
    other, other_error = adjusted(rest, all_total - total, all_squares - squares)
    spread = error**2 + other_error**2
    without = ratio(all_total - total, rest)
    gap = ratio(total, n) - without
    varies = np.asarray(all_n * all_squares - np.square(all_total) > _ALIKE * all_n * all_squares)
    part = (n + 2) / (all_n + 4)
    spread_of_share = gap**2 * part * (1 - part) / np.maximum(all_n, 1)
    margin = Z * np.sqrt(part**2 * spread + spread_of_share)
    known = (n >= minimum) & (rest >= minimum)
    value = share * gap
    freedom = ratio(
        spread**2,
        error**4 / np.maximum(n - 1, 1) + other_error**4 / np.maximum(rest - 1, 1),
    )
    p = two_sided(ratio(mean - other, np.sqrt(spread)), freedom)
    fields = (value, value - margin, value + margin, np.where(varies, p, np.nan), without)
    return LeaveOut(*(np.where(known, field, np.nan) for field in fields))

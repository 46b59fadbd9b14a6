"""Drivers that add up: a regression of the score on what people mention, and how they feel.

With an intercept, least squares gives ``score = intercept + sum of effect x share`` exactly, so
the contributions of all themes and the intercept add up to the NPS (or CSAT) of the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import polars as pl

from analyzer.stats.intervals import (
    MINIMUM_SCORE,
    Q_LIMIT,
    Floats,
    benjamini_hochberg,
    two_sided,
)
from analyzer.stats.scores import INDICATIVE

if TYPE_CHECKING:
    from analyzer.stats.population import Population

__all__ = [
    "ROUNDING",
    "Design",
    "Drivers",
    "Fit",
    "correlations",
    "design",
    "drivers",
    "fit",
    "scored",
]

Metric = Literal["nps", "csat"]
Indicators: TypeAlias = Any  # scipy.sparse.csr_array, which has no types
_FEELINGS: Final = ("negative", "neutral", "positive")
_ANSWERS_PER_COLUMN: Final = 10
# A column that the others explain to 90 % (variance inflation 10) has no effect of its own.
_EXPLAINED: Final = 0.90
# Share of the largest score up to which a difference is rounding.
ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Design:
    """Indicators of the regression.

    Attributes:
        matrix: sparse float array (answers, columns) of 0 and 1.
        columns: theme position and feeling ("negative", "neutral", "positive") of each column.
        left_out: ``theme_id, sentiment, reason (too_few|too_many|collinear),
            with_theme_id, with_sentiment``; a collinear column names the kept one it follows most.
    """

    matrix: Indicators
    columns: list[tuple[int, str]]
    left_out: pl.DataFrame


@dataclass(frozen=True)
class Fit:
    """Least squares with an intercept; ``covariance`` of the effects is HC3.

    What rounding leaves of a score that is explained wholly is 0, as an effect and as an error.
    """

    intercept: float
    effects: Floats
    covariance: Floats
    p: Floats
    freedom: Floats
    r_squared: float


@dataclass(frozen=True)
class Drivers:
    """Additive drivers of a score.

    Attributes:
        metric: "nps" (points, -100..100) or "csat" (0..1).
        n: answers with the score.
        value: score of these answers = intercept + sum of ``contribution``.
        intercept: score of people who mention none of the columns.
        r_squared: share of the variance of single answers that the columns explain.
        table: ``theme_id, sentiment, respondents, share, effect, low, high, p, q, contribution``;
            ``effect`` is the difference that goes with such a mention, other mentions equal,
            with an HC3 95 % interval (Student's t); ``contribution`` = effect x share.
        readings: ``theme_id, reading``: "hygiene" when only negative mentions go with a lower
            score, "delight" when only positive ones go with a higher score, "both", or
            "cannot_tell"; at q <= 0.10.
        left_out: columns that could not take part and why; see ``Design``.
    """

    metric: Metric
    n: int
    value: float
    intercept: float
    r_squared: float
    table: pl.DataFrame
    readings: pl.DataFrame
    left_out: pl.DataFrame


def scored(base: Population, metric: Metric) -> tuple[Population, Floats]:
    """Answers that have the score, and the score of each: -100, 0, 100 or CSAT in 0..1."""
    column = base.column("s") * 100 if metric == "nps" else base.column("csat")
    known = np.isfinite(column)
    return base.subset(known), column[known]


def design(base: Population) -> Design:
    """Build indicators of theme and feeling.

    A mention counts as negative or positive when any of its spans is, and as neutral when none is
    either. Columns of fewer than ten people, or of all but fewer than ten, are left out; then the
    rarest beyond one column per ten answers; then those that larger columns explain to 90 %.
    """
    from scipy.sparse import csr_array

    feelings = np.column_stack(
        [
            base.pair_sentiment[:, 0],
            ~base.pair_sentiment[:, 0] & ~base.pair_sentiment[:, 2],
            base.pair_sentiment[:, 2],
        ]
    )
    width = len(_FEELINGS)
    pair, position = np.nonzero(feelings)
    full = csr_array(
        (
            np.ones(len(pair)),
            (base.pair_answer[pair], base.pair_theme[pair] * width + position),
        ),
        shape=(base.n, len(base.theme_ids) * width),
    )
    counts = [int(count) for count in np.asarray(full.sum(axis=0)).ravel()]
    enough = {
        column for column, count in enumerate(counts) if min(count, base.n - count) >= MINIMUM_SCORE
    }
    order = sorted(enough, key=lambda column: (-counts[column], column))
    cap = base.n // _ANSWERS_PER_COLUMN
    kept, followed = _independent(full, order[:cap])
    reasons = {
        column: "too_few" for column, count in enumerate(counts) if count and column not in enough
    }
    reasons |= dict.fromkeys(order[cap:], "too_many") | dict.fromkeys(followed, "collinear")
    rows = [
        {
            "theme_id": base.theme_ids[column // width],
            "sentiment": _FEELINGS[column % width],
            "reason": reasons[column],
            "with_theme_id": base.theme_ids[followed[column] // width]
            if column in followed
            else None,
            "with_sentiment": _FEELINGS[followed[column] % width] if column in followed else None,
        }
        for column in sorted(reasons)
    ]
    kept = sorted(kept)
    return Design(
        matrix=full[:, kept],
        columns=[(column // width, _FEELINGS[column % width]) for column in kept],
        left_out=pl.DataFrame(
            rows,
            schema={
                "theme_id": pl.String,
                "sentiment": pl.String,
                "reason": pl.String,
                "with_theme_id": pl.String,
                "with_sentiment": pl.String,
            },
        ),
    )


def correlations(matrix: Indicators) -> Floats:
    """Correlations of 0/1 columns, shape (columns, columns); no column may be constant."""
    share = np.asarray(matrix.mean(axis=0)).ravel()
    products = (matrix.T @ matrix).toarray() / matrix.shape[0]
    spread = np.sqrt(share * (1 - share))
    return np.asarray((products - np.outer(share, share)) / np.outer(spread, spread))


def _independent(matrix: Indicators, order: list[int]) -> tuple[list[int], dict[int, int]]:
    """Keep columns, largest first, unless the kept ones explain them; say which one the most."""
    if not order:
        return [], {}
    correlation = correlations(matrix[:, order])
    kept: list[int] = []
    followed: dict[int, int] = {}
    for position, column in enumerate(order):
        if not kept:
            kept.append(position)
            continue
        with_kept = correlation[position, kept]
        weights = np.linalg.solve(correlation[np.ix_(kept, kept)], with_kept)
        if with_kept @ weights < _EXPLAINED:
            kept.append(position)
        else:
            followed[column] = order[kept[int(np.argmax(np.abs(with_kept)))]]
    return [order[position] for position in kept], followed


def fit(matrix: Indicators, score: Floats) -> Fit:
    """Least squares of a score on indicators with HC3 errors (MacKinnon and White 1985).

    Written on sparse sums: most people mention two or three of ninety columns, and a dense
    decomposition of 100,000 answers takes a minute where this takes a moment.

    Args:
        matrix: sparse array (n, columns), full column rank with an intercept.
        score: shape (n,).
    """
    from scipy.sparse import csr_array, hstack

    x = csr_array(hstack([csr_array(np.ones((len(score), 1))), matrix]))
    inverse = np.linalg.inv((x.T @ x).toarray())
    weights = inverse @ (x.T @ score)
    least = ROUNDING * float(np.abs(score).max())
    residual = _without_rounding(score - x @ weights, least)
    leverage = np.asarray(x.multiply(x @ inverse).sum(axis=1)).ravel()
    scaled = x.multiply((residual / np.maximum(1 - leverage, 1e-6))[:, None]).tocsr()
    covariance = (inverse @ (scaled.T @ scaled).toarray() @ inverse)[1:, 1:]
    uncertain = np.diag(covariance) > least**2
    covariance = np.where(np.outer(uncertain, uncertain), covariance, 0.0)
    error = np.sqrt(np.diag(covariance))
    effects = _without_rounding(np.asarray(weights[1:]), least)
    sure = np.where(effects == 0, 0.0, np.inf)  # without an error, any effect is certain
    t = np.divide(np.abs(effects), error, out=sure, where=error > 0)
    freedom = _freedom(matrix, len(weights))
    total = float(((score - score.mean()) ** 2).sum())
    share = np.asarray(matrix.mean(axis=0)).ravel()
    return Fit(
        intercept=float(score.mean() - effects @ share),
        effects=effects,
        covariance=covariance,
        p=two_sided(t, freedom),
        freedom=freedom,
        r_squared=float(1 - (residual**2).sum() / total) if total > 0 else 0.0,
    )


def _without_rounding(values: Floats, least: float) -> Floats:
    """Zero what is rounding: it would pass for an effect when there is no error beside it.

    Args:
        values: of any shape.
        least: the largest number that is rounding.
    """
    return np.where(np.abs(values) <= least, 0.0, values)


def _freedom(matrix: Indicators, weights: int) -> Floats:
    """Degrees of freedom of each effect: a rare mention is known from the few who make it."""
    counts = np.asarray(matrix.sum(axis=0)).ravel()
    rarer = np.minimum(counts, matrix.shape[0] - counts) - 1
    return np.asarray(np.clip(rarer, 1, max(matrix.shape[0] - weights, 1)))


def drivers(base: Population, metric: Metric = "nps") -> Drivers | None:
    """Regress the score on theme x feeling.

    Args:
        base: the answers that are counted.
        metric: "nps" or "csat".

    Returns:
        The drivers, or None when there is nothing to explain: fewer than thirty scores, all
        alike (a file of detractors), or no column with ten people.
    """
    from scipy.special import stdtrit

    people, score = scored(base, metric)
    if len(score) < INDICATIVE or np.ptp(score) == 0 or (metric == "nps" and score.max() < 0):
        return None
    indicators = design(people)
    if not indicators.columns:
        return None
    model = fit(indicators.matrix, score)
    share = np.asarray(indicators.matrix.mean(axis=0)).ravel()
    margin = stdtrit(model.freedom, 0.975) * np.sqrt(np.diag(model.covariance))
    table = pl.DataFrame(
        {
            "theme_id": [base.theme_ids[theme] for theme, _ in indicators.columns],
            "sentiment": [feeling for _, feeling in indicators.columns],
            "respondents": np.asarray(indicators.matrix.sum(axis=0)).ravel().astype(int),
            "share": share,
            "effect": model.effects,
            "low": model.effects - margin,
            "high": model.effects + margin,
            "p": model.p,
            "q": benjamini_hochberg(model.p),
            "contribution": model.effects * share,
        }
    )
    return Drivers(
        metric=metric,
        n=len(score),
        value=float(score.mean()),
        intercept=model.intercept,
        r_squared=model.r_squared,
        table=table,
        readings=_readings(table, base.theme_ids),
        left_out=indicators.left_out,
    )


def _readings(table: pl.DataFrame, theme_ids: tuple[str, ...]) -> pl.DataFrame:
    clear = table.filter(pl.col("q") <= Q_LIMIT)
    hurts = clear.filter((pl.col("sentiment") == "negative") & (pl.col("effect") < 0))
    lifts = clear.filter((pl.col("sentiment") == "positive") & (pl.col("effect") > 0))
    down, up = set(hurts["theme_id"]), set(lifts["theme_id"])
    names = {(True, True): "both", (True, False): "hygiene", (False, True): "delight"}
    return pl.DataFrame(
        {
            "theme_id": list(theme_ids),
            "reading": [names.get((t in down, t in up), "cannot_tell") for t in theme_ids],
        },
        schema={"theme_id": pl.String, "reading": pl.String},
    )

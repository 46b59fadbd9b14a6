"""Why the score moved between two waves: what people mention, how much it weighs, and who answers.

Oaxaca-Blinder with averaged weights: the change of the score is, exactly, the sum over themes of
mean effect x change of share ("mentioned more or less") and mean share x change of effect ("weighs
more or less"), plus the change of the intercept ("rest").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.stats.drivers import (
    ROUNDING,
    Design,
    Fit,
    Indicators,
    Metric,
    correlations,
    design,
    fit,
    scored,
)
from analyzer.stats.intervals import MINIMUM_SCORE, Floats, Z, adjusted
from analyzer.stats.scores import INDICATIVE
from analyzer.stats.waves import wave_order

if TYPE_CHECKING:
    from analyzer.stats.population import Population

__all__ = ["Change", "Mix", "change", "mix"]

_MIX_DIMENSIONS: Final = ("language", "channel")
_MIX_P: Final = 0.05
_MIX_DISTANCE: Final = 0.05
_INFLATION: Final = 10


@dataclass(frozen=True)
class Mix:
    """Whether other people answer than before, and what the change is at the same mix.

    Attributes:
        moved: some dimension differs (chi-square p <= 0.05) by five points or more.
        table: ``dimension, distance, p, moved``; ``distance`` is the share of answers that would
            have to change level for the mixes to agree.
        change: plain change of the score.
        standardised: change with the newest wave weighted to the mix of the wave before, over the
            levels (language x channel) that both waves have; None when not moved or not possible.
        low: lower 95 % bound of ``standardised``.
        high: upper 95 % bound of ``standardised``.
        covered: share of all answers of the two waves that ``standardised`` rests on.
    """

    moved: bool
    table: pl.DataFrame
    change: float
    standardised: float | None
    low: float | None
    high: float | None
    covered: float


@dataclass(frozen=True)
class Change:
    """The change of a score between the newest two waves, decomposed.

    Attributes:
        metric: "nps" (points) or "csat" (0..1).
        wave: newest wave.
        previous: the wave before.
        n: answers with the score in the newest wave.
        previous_n: the same, in the wave before.
        change: ``mentioned + weighs + rest``.
        mentioned: part of all themes mentioned more or less.
        weighs: part of all themes that hurt or help more or less.
        rest: change of the score of people who mention none of the themes.
        table: ``theme_id, mentioned, mentioned_low, mentioned_high, weighs, weighs_low,
            weighs_high``, one row a theme that takes part; 95 % delta-method intervals.
        mix: whether the mix of languages or channels moved.
    """

    metric: Metric
    wave: str
    previous: str
    n: int
    previous_n: int
    change: float
    mentioned: float
    weighs: float
    rest: float
    table: pl.DataFrame
    mix: Mix


def change(base: Population, metric: Metric = "nps") -> Change | None:
    """Decompose the change of the score between the newest two waves.

    A theme and feeling that fewer than ten people of one of the waves mention keeps the effect of
    both waves together, so all of its part is "mentioned more or less".

    Args:
        base: the answers that are counted.
        metric: "nps" or "csat".

    Returns:
        The decomposition, or None when there are fewer than two waves, a wave has fewer than
        thirty scores, all scores are alike, or no theme can take part.
    """
    order = wave_order(base.answers)
    if len(order) < 2:
        return None
    both = base.subset(
        base.answers["wave"].is_in(order[-2:]).fill_null(value=False).to_numpy().astype(bool)
    )
    people, score = scored(both, metric)
    newest = (people.answers["wave"] == order[-1]).to_numpy().astype(bool)
    if min(newest.sum(), (~newest).sum()) < INDICATIVE or np.ptp(score) == 0:
        return None
    indicators = design(people)
    if not indicators.columns:
        return None
    pooled = fit(indicators.matrix, score)
    waves = [indicators.matrix[mask] for mask in (~newest, newest)]
    free = np.all([_free(part) for part in waves], axis=0)
    fits = [
        _fit_wave(part, score[mask], free, pooled)
        for part, mask in zip(waves, (~newest, newest), strict=True)
    ]
    table = _terms(indicators, waves, fits, people.theme_ids)
    gap = float(score[newest].mean() - score[~newest].mean())
    return Change(
        metric=metric,
        wave=order[-1],
        previous=order[-2],
        n=int(newest.sum()),
        previous_n=int((~newest).sum()),
        change=gap,
        mentioned=float(table["mentioned"].sum()),
        weighs=float(table["weighs"].sum()),
        rest=fits[1].intercept - fits[0].intercept,
        table=table,
        mix=mix(people, score, newest, gap),
    )


def _free(part: Indicators) -> np.ndarray:
    """Columns whose effect can be estimated in this wave alone."""
    counts = np.asarray(part.sum(axis=0)).ravel()
    free = (counts >= MINIMUM_SCORE) & (part.shape[0] - counts >= MINIMUM_SCORE)
    columns = list(np.flatnonzero(free))
    # A wave may lack the people who tell two themes apart, so independence is checked again.
    while columns:
        correlation = correlations(part[:, columns])
        inflation = np.diag(np.linalg.pinv(correlation, hermitian=True))
        rank = np.linalg.matrix_rank(correlation, hermitian=True)
        if rank == len(columns) and inflation.max() < _INFLATION:
            break
        columns.pop(int(np.argmin(counts[columns])))
    result = np.zeros(part.shape[1], dtype=bool)
    result[columns] = True
    return result


def _fit_wave(part: Indicators, score: Floats, free: np.ndarray, pooled: Fit) -> Fit:
    """Fit one wave with the effects of the columns that are not free fixed to the pooled ones."""
    model = fit(part[:, free], score - part[:, ~free] @ pooled.effects[~free])
    effects = pooled.effects.copy()
    effects[free] = model.effects
    covariance = np.zeros_like(pooled.covariance)
    covariance[np.ix_(free, free)] = model.covariance
    covariance[np.ix_(~free, ~free)] = pooled.covariance[np.ix_(~free, ~free)]
    return Fit(model.intercept, effects, covariance, pooled.p, pooled.freedom, model.r_squared)


def _terms(
    indicators: Design, waves: list[Indicators], fits: list[Fit], theme_ids: tuple[str, ...]
) -> pl.DataFrame:
    shares = [np.asarray(part.mean(axis=0)).ravel() for part in waves]
    mean_effect, mean_share = (fits[0].effects + fits[1].effects) / 2, (shares[0] + shares[1]) / 2
    effect, share = fits[1].effects - fits[0].effects, shares[1] - shares[0]
    least = ROUNDING * float(np.abs(mean_effect).max(initial=0))
    of_theme = np.array([theme for theme, _ in indicators.columns])
    rows = []
    for theme in sorted(set(of_theme.tolist())):
        at = np.flatnonzero(of_theme == theme)
        block = np.ix_(at, at)
        of_effects = fits[0].covariance[block] + fits[1].covariance[block]
        of_shares = np.sum(
            [np.atleast_2d(np.cov(w[:, at].toarray(), rowvar=False)) / w.shape[0] for w in waves],
            axis=0,
        )
        mentioned, weighs = mean_effect[at] @ share[at], mean_share[at] @ effect[at]
        spread = _root(
            share[at] @ of_effects @ share[at] / 4 + mean_effect[at] @ of_shares @ (mean_effect[at])
        )
        # Effects that are fixed in both waves do not change, so they have no error either.
        moving = at[effect[at] != 0]
        inner = np.ix_(moving, moving)
        weight = fits[0].covariance[inner] + fits[1].covariance[inner]
        error = _root(
            mean_share[moving] @ weight @ mean_share[moving]
            + effect[at] @ of_shares @ (effect[at]) / 4
        )
        if max(abs(weighs), error) <= least:  # rounding is no change, however sure it seems
            weighs = error = 0.0
        rows.append(
            {
                "theme_id": theme_ids[theme],
                "mentioned": mentioned,
                "mentioned_low": mentioned - Z * spread,
                "mentioned_high": mentioned + Z * spread,
                "weighs": weighs,
                "weighs_low": weighs - Z * error,
                "weighs_high": weighs + Z * error,
            }
        )
    return pl.DataFrame(rows)


def _root(variance: float) -> float:
    """Standard error; rounding can leave a variance of nothing just below zero."""
    return float(np.sqrt(max(variance, 0.0)))


def mix(people: Population, score: Floats, newest: np.ndarray, gap: float) -> Mix:
    """Compare the mix of languages and channels of two waves and standardise the change to it.

    Args:
        people: answers of two waves.
        score: their scores, shape (answers,).
        newest: which answers are of the newest wave, shape (answers,).
        gap: plain change of the score.
    """
    frame = people.answers.select(
        *(pl.col(name).fill_null("").alias(name) for name in _MIX_DIMENSIONS)
    ).with_columns(score=pl.Series(score), newest=pl.Series(newest))
    table = pl.DataFrame([_shift(frame, name) for name in _MIX_DIMENSIONS])
    if not table["moved"].any():
        return Mix(
            moved=False,
            table=table,
            change=gap,
            standardised=None,
            low=None,
            high=None,
            covered=1.0,
        )
    return _standardised(frame, table, gap)


def _shift(frame: pl.DataFrame, dimension: str) -> dict[str, object]:
    from scipy.stats import chi2_contingency

    counts = (
        frame.group_by(dimension)
        .agg(now=pl.col("newest").sum(), before=(~pl.col("newest")).sum())
        .sort(dimension)
        .select("before", "now")
        .to_numpy()
        .astype(float)
    )
    if len(counts) < 2:
        return {"dimension": dimension, "distance": 0.0, "p": 1.0, "moved": False}
    shares = counts / counts.sum(axis=0)
    distance = float(np.abs(shares[:, 0] - shares[:, 1]).sum() / 2)
    p = float(chi2_contingency(counts, correction=False).pvalue)
    moved = p <= _MIX_P and distance >= _MIX_DISTANCE
    return {"dimension": dimension, "distance": distance, "p": p, "moved": moved}


def _standardised(frame: pl.DataFrame, table: pl.DataFrame, gap: float) -> Mix:
    scale = max(float(np.abs(frame["score"].to_numpy()).max()), 1.0)
    s = pl.col("score") / scale
    cells = (
        frame.group_by(*_MIX_DIMENSIONS, "newest")
        .agg(n=pl.len(), mean=s.sort().mean(), total=s.sort().sum(), squares=(s**2).sort().sum())
        .sort(*_MIX_DIMENSIONS)
    )
    now, before = cells.filter("newest"), cells.filter(~pl.col("newest"))
    pairs = now.join(before, on=_MIX_DIMENSIONS, suffix="_before", maintain_order="left")
    if pairs.is_empty():
        return Mix(
            moved=True, table=table, change=gap, standardised=None, low=None, high=None, covered=0.0
        )
    weight = pairs["n_before"].to_numpy() / pairs["n_before"].sum()
    value = float(weight @ (pairs["mean"] - pairs["mean_before"]).to_numpy())
    variance = sum(
        adjusted(pairs[f"n{end}"], pairs[f"total{end}"], pairs[f"squares{end}"])[1] ** 2
        for end in ("", "_before")
    )
    margin = Z * float(np.sqrt((weight**2) @ variance))
    return Mix(
        moved=True,
        table=table,
        change=gap,
        standardised=scale * value,
        low=scale * (value - margin),
        high=scale * (value + margin),
        covered=float(pairs.select(pl.col("n").sum() + pl.col("n_before").sum()).item())
        / frame.height,
    )

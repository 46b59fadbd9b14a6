"""Wave against wave: which themes grow or fade, and how the scores moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.stats.calendar import calendar_key
from analyzer.stats.intervals import (
    MINIMUM_SCORE,
    Q_LIMIT,
    Floats,
    Z,
    adjusted,
    benjamini_hochberg,
    mean_interval,
    n_minus_one,
    newcombe,
    ratio,
    two_sided,
)

if TYPE_CHECKING:
    from analyzer.stats.population import Population

__all__ = [
    "WAVE_SCHEMA",
    "WAVE_SCORE_SCHEMA",
    "score_change",
    "theme_waves",
    "wave_order",
    "wave_scores",
]

WAVE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "theme_id": pl.String,
    "wave": pl.String,
    "previous": pl.String,
    "n": pl.Int64,
    "base": pl.Int64,
    "share": pl.Float64,
    "previous_n": pl.Int64,
    "previous_base": pl.Int64,
    "previous_share": pl.Float64,
    "change": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
    "verdict": pl.String,
}
WAVE_SCORE_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "metric": pl.String,
    "wave": pl.String,
    "n": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "previous": pl.String,
    "change": pl.Float64,
    "change_low": pl.Float64,
    "change_high": pl.Float64,
    "p": pl.Float64,
    "paired": pl.Int64,
}
_EMERGING_MENTIONS: Final = 10
_NEAR_ZERO: Final = 0.01
_STABLE_POINTS: Final = 0.02
_STABLE_RATIO: Final = 0.25


def wave_order(answers: pl.DataFrame) -> list[str]:
    """Waves from oldest to newest.

    By the middle one of their dates when all have dates: one date too early or too late moves no
    wave. Else by the quarters, months and years in their names, where all tell the same parts of a
    date; else by name, numbers inside it counted as numbers ("wave 2" before "wave 10").

    Args:
        answers: with ``wave`` and ``created_at``.
    """
    waves = (
        answers.filter(pl.col("wave").is_not_null())
        .group_by("wave")
        .agg(date=pl.col("created_at").median())
    )
    names = sorted(waves["wave"].to_list(), key=_natural)
    if waves["date"].null_count() == 0:
        dates = dict(waves.iter_rows())
        return sorted(names, key=lambda name: dates[name])
    keys = {name: calendar_key(name) for name in names}
    told = {(key[0] > 0, key[1] > 0) if key else None for key in keys.values()}
    if len(told) == 1 and None not in told and len(set(keys.values())) == len(names):
        return sorted(names, key=lambda name: keys[name] or (0, 0))
    return names


def theme_waves(base: Population) -> pl.DataFrame | None:
    """Share of each theme in the newest wave against the wave before.

    Returns:
        Columns of ``WAVE_SCHEMA``, one row a theme, or None with fewer than two waves. ``n`` is the
        answers that mention the theme, ``low`` and ``high`` Newcombe's interval of the change, p
        the N-1 test, q Benjamini-Hochberg over the table; people who are in both waves count as
        independent, which makes the test a little careful. ``verdict``: at q <= 0.10 "emerging"
        (up, 10 or more mentions, at most 1 % before), "growing", "fading" or "gone" (nobody
        now); otherwise "stable" when the whole interval is within 2 points, or within a quarter
        of the share before, else "cannot_tell".
    """
    order = wave_order(base.answers)
    if len(order) < 2:
        return None
    previous, newest = order[-2:]
    wave = base.answers["wave"]
    now = (wave == newest).fill_null(value=False).cast(pl.Float64).to_numpy()
    before = (wave == previous).fill_null(value=False).cast(pl.Float64).to_numpy()
    n, previous_n = base.sums(now), base.sums(before)
    size, previous_size = np.full_like(n, now.sum()), np.full_like(n, before.sum())
    low, high = newcombe(n, size, previous_n, previous_size)
    p = n_minus_one(n, size, previous_n, previous_size)
    q = benjamini_hochberg(p)
    share, previous_share = ratio(n, size), ratio(previous_n, previous_size)
    columns: dict[str, Any] = {
        "theme_id": list(base.theme_ids),
        "wave": [newest] * len(n),
        "previous": [previous] * len(n),
        "n": n,
        "base": size,
        "share": share,
        "previous_n": previous_n,
        "previous_base": previous_size,
        "previous_share": previous_share,
        "change": share - previous_share,
        "low": low,
        "high": high,
        "p": p,
        "q": q,
        "verdict": _verdicts(n, share, previous_share, low, high, q),
    }
    return pl.DataFrame(
        {name: pl.Series(columns[name]).cast(kind) for name, kind in WAVE_SCHEMA.items()}
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def wave_scores(answers: pl.DataFrame) -> pl.DataFrame | None:
    """NPS and CSAT of every wave, each with its change from the wave before.

    Args:
        answers: one row an answer, as `analyzer.stats.population.answers` gives them.

    Returns:
        Columns of ``WAVE_SCORE_SCHEMA``, or None with fewer than two waves. NPS in -100..100, CSAT
        in 0..1; a wave with fewer than ten scores has no value. The test is the z of adjusted
        means; ``paired`` people are in both waves, and the covariance of their two scores is taken
        out of the variance of the change.
    """
    order = wave_order(answers)
    if len(order) < 2:
        return None
    rows: list[dict[str, object]] = []
    for metric, column, scale, offset in (("nps", "s", 100.0, 0.0), ("csat", "c", 0.5, 0.5)):
        scores = answers.select("respondent", "wave", value=pl.col(column).cast(pl.Float64))
        scores = scores.drop_nulls()
        parts = [scores.filter(pl.col("wave") == wave) for wave in order]
        for position, part in enumerate(parts):
            if part.is_empty():
                continue
            row = {"metric": metric, "wave": order[position], **_wave(part, scale, offset)}
            if position and not parts[position - 1].is_empty():
                row["previous"] = order[position - 1]
                row |= score_change(parts[position - 1], part, scale)
            rows.append(row)
    return pl.DataFrame(rows, schema=WAVE_SCORE_SCHEMA)


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _verdicts(
    n: Floats, share: Floats, before: Floats, low: Floats, high: Floats, q: Floats
) -> list[str]:
    clear = q <= Q_LIMIT
    up = share > before
    within = np.maximum(_STABLE_POINTS, _STABLE_RATIO * before)
    return [
        str(name)
        for name in np.select(
            [
                clear & up & (n >= _EMERGING_MENTIONS) & (before <= _NEAR_ZERO),
                clear & up,
                clear & (n == 0),
                clear,
                (low >= -within) & (high <= within),
            ],
            ["emerging", "growing", "gone", "fading", "stable"],
            "cannot_tell",
        )
    ]


def _sums(values: pl.Series) -> tuple[int, float, float]:
    ordered = np.sort(values.to_numpy())
    return len(ordered), float(ordered.sum()), float((ordered**2).sum())


def _wave(part: pl.DataFrame, scale: float, offset: float) -> dict[str, object]:
    n, total, squares = _sums(part["value"])
    if n < MINIMUM_SCORE:
        return {"n": n}
    low, high = mean_interval(n, total, squares)
    return {
        "n": n,
        "value": scale * total / n + offset,
        "low": scale * float(low) + offset,
        "high": scale * float(high) + offset,
    }


def score_change(
    before: pl.DataFrame, now: pl.DataFrame, scale: float = 100.0
) -> dict[str, object]:
    """Change of a mean score between two waves.

    Args:
        before: ``respondent, value`` (-1..1) of the wave before, one row an answer.
        now: the same of the newer wave.
        scale: factor from the mean of ``value`` to the figure; 100 for NPS.

    Returns:
        ``paired``, and ``change, change_low, change_high, p`` when both waves have ten answers.
    """
    old, new = _sums(before["value"]), _sums(now["value"])
    both = before.join(now, on="respondent").sort("respondent")
    result: dict[str, object] = {"paired": both.height}
    if min(old[0], new[0]) < MINIMUM_SCORE:
        return result
    (old_mean, old_error), (new_mean, new_error) = adjusted(*old), adjusted(*new)
    variance = float(old_error**2 + new_error**2)
    if both.height > 2:
        shared = float(np.cov(both["value"].to_numpy(), both["value_right"].to_numpy())[0, 1])
        # Scores of the same person can only correlate by what the two samples share.
        variance = max(variance - 2 * both.height * shared / (old[0] * new[0]), variance * 0.05)
    error = variance**0.5
    gap = float(new_mean - old_mean)
    return result | {
        "change": scale * (new[1] / new[0] - old[1] / old[0]),
        "change_low": scale * (gap - Z * error),
        "change_high": scale * (gap + Z * error),
        "p": float(two_sided(gap / error)),
    }

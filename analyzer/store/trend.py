"""Shares of themes over all waves, as the themes are today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.stages import counted
from analyzer.stats.intervals import two_sided, wilson
from analyzer.stats.privacy import hide, small_cells
from analyzer.store.changes import registry_of, row_of
from analyzer.store.status import order_of_waves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.store.database import Session

__all__ = ["safe_trend", "trend"]

_DECIMALS: Final = 4


def trend(session: Session, theme_id: str | None) -> pl.DataFrame:
    """Count people wave by wave; see `analyzer.store.verbs.ThemeVerbs.trend`."""
    registry = registry_of(session)
    if theme_id is not None:
        row_of(registry, theme_id)
    people = session.frame(
        "SELECT feedback_id, wave, coalesce('r:' || respondent_id, 'f:' || feedback_id) AS person "
        "FROM feedback WHERE analysed"
    )
    said = counted(session.frame("SELECT * FROM mentions")).join(people, on="feedback_id")
    waves = order_of_waves(session)
    base = _by_wave(people, waves)
    wanted = registry.themes.filter(pl.col("state") != "merged")["theme_id"].to_list()
    parts = [
        _rows(name, waves, _by_wave(said.filter(pl.col("theme_id") == name), waves), base)
        for name in (wanted if theme_id is None else [theme_id])
    ]
    return pl.concat(parts)


def safe_trend(session: Session, theme_id: str | None, minimum_cell: int) -> pl.DataFrame:
    """Give `trend`, null where fewer people than may be shown stand behind."""
    frame = trend(session, theme_id)
    small = small_cells(frame, within=["theme_id"], count="people", minimum=minimum_cell)
    return hide(
        frame.with_columns(suppressed=small), ("people", "share", "low", "high", "change")
    ).drop("suppressed")


def _by_wave(rows: pl.DataFrame, waves: list[str]) -> NDArray[np.float64]:
    counts = dict(rows.group_by("wave").agg(pl.col("person").n_unique()).iter_rows())
    return np.array([counts.get(wave, 0) for wave in waves], dtype=np.float64)


def _rows(
    theme_id: str, waves: list[str], n: NDArray[np.float64], base: NDArray[np.float64]
) -> pl.DataFrame:
    share = np.divide(n, base, out=np.full_like(n, np.nan), where=base > 0)
    low, high = wilson(n, np.maximum(base, 1))
    p = _armitage(n, base)
    return pl.DataFrame(
        {
            "theme_id": [theme_id] * len(waves),
            "wave": waves,
            "people": n.astype(np.int64),
            "base": base.astype(np.int64),
            "share": share,
            "low": np.where(base > 0, low, np.nan),
            "high": np.where(base > 0, high, np.nan),
            "change": np.concatenate([[np.nan], np.diff(share)]),
            "trend_p": pl.Series([p] * len(waves), dtype=pl.Float64),
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None).round(_DECIMALS))


def _armitage(n: NDArray[np.float64], base: NDArray[np.float64]) -> float | None:
    """Test for a linear trend of a share over equally spaced waves.

    Cochran (1954), Biometrics 10, and Armitage (1955), Biometrics 11: z = sum t (n - p N) /
    sqrt(p (1 - p) (sum t^2 N - (sum t N)^2 / sum N)), with p the share of all waves together.
    """
    known = base > 0
    if known.sum() < 2:
        return None
    at, n, base = np.flatnonzero(known).astype(np.float64), n[known], base[known]
    share = n.sum() / base.sum()
    spread = (at**2 * base).sum() - (at * base).sum() ** 2 / base.sum()
    variance = share * (1 - share) * spread
    if variance <= 0:
        return None
    return float(two_sided((at * (n - share * base)).sum() / np.sqrt(variance)))

"""Which spans themes are discovered on: where it hurts, and where people are glad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.schema import FOCUS_CSAT_BAND

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["happy", "problem_rows"]


def problem_rows(joined: pl.DataFrame) -> NDArray[np.int64]:
    """Spans to discover problems on; every span when nobody complains."""
    focus = (
        (pl.col("nps_segment") == "detractor").fill_null(value=False)
        | (pl.col("csat_band") == FOCUS_CSAT_BAND).fill_null(value=False)
        | (pl.col("kind") == "social")
        | (pl.col("nps").is_null() & pl.col("csat").is_null())
    )
    unhappy = joined.select(focus & (pl.col("sentiment") != "positive")).to_series().to_numpy()
    for rows in (unhappy, joined.select(focus).to_series().to_numpy()):
        if rows.sum() > 0:
            return np.flatnonzero(rows)
    return np.arange(len(joined))


def happy(joined: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell which spans praise: positive ones of promoters, high CSAT and unscored comments."""
    loves = (
        (pl.col("nps_segment") == "promoter").fill_null(value=False)
        | (pl.col("csat_band") == "high").fill_null(value=False)
        | (pl.col("nps").is_null() & pl.col("csat").is_null())
    )
    praise = joined.select(loves & (pl.col("sentiment") == "positive")).to_series().to_numpy()
    return np.asarray(praise, dtype=np.bool_)

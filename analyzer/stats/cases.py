"""Cases and customers with their outcomes and themes, and the rows of the tables about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analyzer.stats.intervals import wilson

__all__ = ["Cases", "cases_of", "share_row", "table"]


@dataclass(frozen=True)
class Cases:
    """Rows with an outcome, and the theme membership of the analysed ones (rows, themes)."""

    rows: pl.DataFrame
    member: np.ndarray
    theme_ids: tuple[str, ...]


def cases_of(rows: pl.DataFrame, mentioned: pl.DataFrame, theme_ids: tuple[str, ...]) -> Cases:
    """Cases in a stable order; rows of one ``person`` are one case when that column is there."""
    key = "person" if "person" in rows.columns else "feedback_id"
    ordered = rows.sort("feedback_id")
    units = ordered.group_by(key, maintain_order=True).agg(
        pl.exclude("analysed", key).first(), pl.col("analysed").any()
    )
    units = units.with_row_index("case")
    pairs = mentioned.join(ordered.select("feedback_id", unit=key), on="feedback_id").join(
        units.select("case", unit=key), on="unit"
    )
    member = np.zeros((units.height, len(theme_ids)), dtype=bool)
    member[pairs["case"].to_numpy(), pairs["theme"].to_numpy()] = True
    return Cases(units, member, theme_ids)


def share_row(count: int, n: int, minimum: int) -> dict[str, Any]:
    """Share with its Wilson interval as a table row; only ``n`` when it is under the minimum."""
    if n < minimum:
        return {"n": n}
    low, high = wilson(count, n)
    return {"n": n, "count": count, "value": count / n, "low": float(low), "high": float(high)}


def table(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Build a frame of exactly the columns of ``schema``; what a row lacks is null."""
    full = [dict.fromkeys(schema) | row for row in rows]
    return pl.DataFrame(full, schema=schema, orient="row").with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )

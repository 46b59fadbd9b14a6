"""Times held against targets, and the status of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from analyzer.stats.cases import Cases, share_row

__all__ = ["STATUS_SCHEMA", "TARGET_SCHEMA", "Targets", "status_rows", "target_rows"]

_HOUR: Final = 3600.0
TARGET_SCHEMA: Final[dict[str, Any]] = {
    "outcome": pl.String,
    "theme_id": pl.String,
    "channel": pl.String,
    "target": pl.Float64,
    "n": pl.Int64,
    "within": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
STATUS_SCHEMA: Final[dict[str, Any]] = {
    "theme_id": pl.String,
    "status": pl.String,
    "n": pl.Int64,
    "base": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True)
class Targets:
    """Longest acceptable times, in seconds.

    Attributes:
        first_response: by channel, lower case; "social" also holds for rows of kind social.
        other_first_response: for every other channel.
        resolution: for every case.
    """

    first_response: Mapping[str, float] = field(
        default_factory=lambda: {"email": 24 * _HOUR, "e-mail": 24 * _HOUR, "social": _HOUR}
    )
    other_first_response: float = 24 * _HOUR
    resolution: float = 48 * _HOUR


def target_rows(cases: Cases, targets: Targets, minimum: int) -> list[dict[str, Any]]:
    """Rows of ``TARGET_SCHEMA``: in all, by channel and by theme."""
    channel = pl.when(pl.col("kind") == "social").then(pl.lit("social"))
    rows = cases.rows.with_columns(
        channel=channel.otherwise(pl.col("channel").str.to_lowercase())
    ).with_columns(
        first_response_target=pl.col("channel").replace_strict(
            dict(targets.first_response),
            default=targets.other_first_response,
            return_dtype=pl.Float64,
        ),
        resolution_target=pl.lit(targets.resolution),
    )
    result = []
    for outcome in ("first_response", "resolution"):
        frame = rows.select(
            "channel",
            target=f"{outcome}_target",
            seconds=f"{outcome}_seconds",
            within=pl.col(f"{outcome}_seconds") <= pl.col(f"{outcome}_target"),
        )
        if frame["seconds"].null_count() == frame.height:
            continue
        names = frame.filter(pl.col("seconds").is_not_null())["channel"].drop_nulls().unique()
        masks: list[tuple[str | None, str | None, np.ndarray]]
        masks = [(None, None, np.ones(frame.height, dtype=bool))]
        masks += [
            (None, name, (frame["channel"] == name).fill_null(value=False).to_numpy())
            for name in names.sort()
        ]
        masks += [(theme, None, cases.member[:, i]) for i, theme in enumerate(cases.theme_ids)]
        for theme, name, mask in masks:
            part = frame.filter(pl.Series(mask)).drop_nulls("seconds")
            share = share_row(int(part["within"].sum()), part.height, minimum)
            aims = part["target"].unique()
            result.append(
                {
                    "outcome": outcome,
                    "theme_id": theme,
                    "channel": name,
                    "target": aims[0] if aims.len() == 1 else None,
                    "n": share["n"],
                    "within": share.get("count"),
                    "share": share.get("value"),
                    "low": share.get("low"),
                    "high": share.get("high"),
                }
            )
    return result


def status_rows(cases: Cases, minimum: int) -> list[dict[str, Any]]:
    """Rows of ``STATUS_SCHEMA``: in all and by theme, every status that occurs."""
    status = cases.rows["status"]
    names = status.drop_nulls().unique().sort().to_list()
    masks: list[tuple[str | None, np.ndarray]] = [(None, np.ones(len(status), dtype=bool))]
    masks += [(theme, cases.member[:, i]) for i, theme in enumerate(cases.theme_ids)]
    rows = []
    for theme, mask in masks if names else []:
        part = status.filter(pl.Series(mask)).drop_nulls()
        for name in names:
            share = share_row(int((part == name).sum()), part.len(), minimum)
            rows.append(
                {
                    "theme_id": theme,
                    "status": name,
                    "n": share.get("count"),
                    "base": share["n"],
                    "share": share.get("value"),
                    "low": share.get("low"),
                    "high": share.get("high"),
                }
            )
    return rows

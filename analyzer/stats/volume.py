"""When people write, how far social mentions reach, and what the customers are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.stats.intervals import MINIMUM_SCORE, Z, ratio
from analyzer.stats.population import respondent, valid_mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EngagementWeights", "engagement", "value_ranking", "volume"]

_DATES_ONLY: Final = 0.9


@dataclass(frozen=True)
class EngagementWeights:
    """What a reaction counts: writing or passing on takes more than a like."""

    like: float = 1.0
    reply: float = 3.0
    share: float = 3.0


def volume(
    feedback: pl.DataFrame,
    mentions: pl.DataFrame,
    theme_ids: Sequence[str],
    *,
    timezone: str | None = None,
) -> pl.DataFrame:
    """Count rows by weekday and hour, in all and for each theme.

    Args:
        feedback: FEEDBACK frame; rows of every kind count.
        mentions: MENTIONS frame; every row counts.
        theme_ids: themes to report.
        timezone: name such as "Europe/Madrid"; rows whose UTC offset is known are moved to it.
            Rows without an offset keep the clock of their file. None keeps every clock.

    Returns:
        ``theme_id`` (null = all rows), ``weekday`` (1 = Monday), ``hour`` (0..23, null when the
        file has dates without times), ``rows``; sorted, without empty cells.

    Raises:
        ConfigError: The time zone is unknown.
    """
    if timezone is not None:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(
                f"Unknown time zone {timezone!r}. Give a name such as 'Europe/Madrid', "
                "'Europe/Paris', 'Europe/London' or 'UTC'."
            ) from error
    clock = pl.col("created_at")
    if timezone is not None:
        utc = clock - pl.duration(minutes=pl.col("utc_offset").cast(pl.Int64))
        moved = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone)
        clock = pl.coalesce(moved.dt.replace_time_zone(None), clock)
    midnight = pl.col("created_at").dt.time() == pl.time(0, 0, 0)
    rows = feedback.filter(pl.col("created_at").is_not_null()).with_columns(
        dates_only=midnight.mean().over("source") >= _DATES_ONLY
    )
    rows = rows.select(
        "feedback_id",
        weekday=pl.when("dates_only").then(pl.col("created_at")).otherwise(clock).dt.weekday(),
        hour=pl.when(~pl.col("dates_only")).then(clock.dt.hour()),
    )
    mentioned = valid_mentions(feedback, mentions, theme_ids).select(
        "feedback_id", "theme_id", "theme"
    )
    parts = pl.concat(
        [
            rows.with_columns(
                theme_id=pl.lit(None, dtype=pl.String), theme=pl.lit(-1, dtype=pl.Int64)
            ),
            mentioned.unique()
            .join(rows, on="feedback_id")
            .select("feedback_id", "weekday", "hour", "theme_id", "theme"),
        ]
    )
    return (
        parts.group_by("theme", "theme_id", "weekday", "hour")
        .agg(rows=pl.len().cast(pl.Int64))
        .sort("theme", "weekday", "hour")
        .select("theme_id", "weekday", "hour", "rows")
    )


def engagement(
    feedback: pl.DataFrame,
    mentions: pl.DataFrame,
    theme_ids: Sequence[str],
    *,
    weights: EngagementWeights | None = None,
) -> pl.DataFrame:
    """Add up the reactions to the social mentions of each theme.

    Args:
        feedback: FEEDBACK frame; only social rows count.
        mentions: MENTIONS frame; every row counts.
        theme_ids: themes to report, in the order of the table.
        weights: what a reaction counts; 1 a like, 3 a reply or share when None.

    Returns:
        ``theme_id, mentions, known`` (mentions with any count), ``likes, replies, shares,
        raw`` (their sum), ``weighted``, ``per_mention`` (weighted / known, null without any).
    """
    scale = weights or EngagementWeights()
    social = feedback.filter(pl.col("kind") == "social").select(
        "feedback_id", "likes", "replies", "shares"
    )
    mentioned = valid_mentions(feedback, mentions, theme_ids).select("feedback_id", "theme_id")
    counted = (
        mentioned.unique()
        .join(social, on="feedback_id")
        .group_by("theme_id")
        .agg(
            pl.len().cast(pl.Int64).alias("mentions"),
            pl.any_horizontal(pl.col("likes", "replies", "shares").is_not_null())
            .sum()
            .cast(pl.Int64)
            .alias("known"),
            pl.col("likes", "replies", "shares").sum(),
        )
    )
    order = pl.DataFrame({"theme_id": list(theme_ids)}, schema={"theme_id": pl.String})
    return (
        order.join(counted, on="theme_id", how="left", maintain_order="left")
        .with_columns(pl.col("mentions", "known", "likes", "replies", "shares").fill_null(0))
        .with_columns(
            raw=pl.sum_horizontal("likes", "replies", "shares"),
            weighted=pl.col("likes") * scale.like
            + pl.col("replies") * scale.reply
            + pl.col("shares") * scale.share,
        )
        .with_columns(
            per_mention=pl.when(pl.col("known") > 0).then(pl.col("weighted") / pl.col("known"))
        )
    )


def value_ranking(
    feedback: pl.DataFrame, mentions: pl.DataFrame, theme_ids: Sequence[str]
) -> pl.DataFrame | None:
    """Rank themes by the lifetime value of the people who mention them, beside the people.

    Args:
        feedback: FEEDBACK frame; a person's value is the highest that any of their rows says.
        mentions: MENTIONS frame; every row counts.
        theme_ids: themes to report, in the order of the table.

    Returns:
        ``theme_id, n`` (people with a known value), ``base``, ``share`` (of people),
        ``value_share`` (of all value), ``value_low, value_high`` (95 %, linearised ratio),
        ``rank_people, rank_value`` (1 is the largest), or None when no value is known or none is
        above 0. Shares are null for fewer than ten people.
    """
    people = (
        feedback.select("feedback_id", "respondent_id", "kind", "analysed", "lifetime_value")
        .filter((pl.col("kind") != "social") & pl.col("analysed"))
        .with_columns(person=respondent())
    )
    values = (
        people.drop_nulls("lifetime_value")
        .group_by("person")
        .agg(worth=pl.col("lifetime_value").max())
        .sort("person")
        .with_row_index("unit")
    )
    worth = values["worth"].to_numpy()
    if len(worth) == 0 or worth.sum() <= 0:
        return None
    pairs = (
        valid_mentions(feedback, mentions, theme_ids)
        .join(people.select("feedback_id", "person"), on="feedback_id")
        .join(values, on="person")
    )
    member = np.zeros((len(worth), len(theme_ids)))
    member[pairs["unit"].to_numpy(), pairs["theme"].to_numpy()] = 1.0
    n, total = member.sum(axis=0), worth.sum()
    share = worth @ member / total
    error = np.sqrt((worth[:, None] ** 2 * (member - share) ** 2).sum(axis=0)) / total
    enough = n >= MINIMUM_SCORE
    figures = {
        "share": ratio(n, len(worth)),
        "value_share": share,
        "value_low": np.clip(share - Z * error, 0, 1),
        "value_high": np.clip(share + Z * error, 0, 1),
    }
    return pl.DataFrame(
        {
            "theme_id": list(theme_ids),
            "n": n.astype(int),
            "base": [len(worth)] * len(theme_ids),
            **{name: np.where(enough, v, np.nan) for name, v in figures.items()},
        },
        schema_overrides={"theme_id": pl.String},
    ).with_columns(
        pl.col(pl.Float64).fill_nan(None),
        rank_people=pl.Series(n).rank("min", descending=True).cast(pl.Int64),
        rank_value=pl.Series(share).rank("min", descending=True).cast(pl.Int64),
    )

"""What a consent covers: until when it holds, and what for."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import ConfigError
from analyzer.quotes.wording import fold, phrases, words
from analyzer.sources.dates import parse_dates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources import Source

__all__ = ["check_day", "with_permission"]

_NOT: Final = re.compile(
    r"\b(?:no|not|non|except\w*|excluding|sin|sans|hors|salvo|menos|pas|never)\b"
)


def check_day(value: date | str | None) -> date | None:
    """Read a day given as YYYY-MM-DD, or as a date or a moment of Python.

    Raises:
        ConfigError: It is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return datetime.strptime(value.strip(), "%Y-%m-%d").date()
    except (AttributeError, ValueError) as error:
        raise ConfigError(
            f"--as-of takes a day such as 2026-03-31 (year-month-day), got {value!r}."
        ) from error


def with_permission(
    comments: pl.DataFrame, sources: Iterable[Source], as_of: date | None
) -> pl.DataFrame:
    """Add what the files say about each consent.

    Args:
        comments: has source, and of consent_date, consent_until, consent_scope (as the files have
            them) those that some file gives.
        sources: how each file was read; the order of its dates decides what 03/04/2026 is.
        as_of: day on which consent must hold.

    Returns:
        The frame with consent_expired (bool; also where the end of a consent cannot be read),
        consent_elsewhere (bool: its scope is given, and is not publication) and consent_month
        (YYYY-MM, null when not known).

    Raises:
        ConfigError: A file says until when consent holds, and ``as_of`` is None.
    """
    until = _dates(comments, "consent_until", sources)
    given = _given(comments, "consent_until")
    if as_of is None and given.any():
        raise ConfigError(
            "A file says until when consent holds (consent_until). Say for which day the quotes "
            "are: as_of=datetime.date(...), or --as-of YYYY-MM-DD on the command line."
        )
    expired = given & (until < (as_of or date.max)).fill_null(value=True)
    month = _dates(comments, "consent_date", sources).dt.strftime("%Y-%m")
    scope = comments["consent_scope"] if "consent_scope" in comments.columns else None
    elsewhere = [False] * len(comments) if scope is None else [_elsewhere(v) for v in scope]
    return comments.with_columns(
        consent_expired=expired,
        consent_elsewhere=pl.Series(elsewhere, dtype=pl.Boolean),
        consent_month=month,
    )


def _given(comments: pl.DataFrame, column: str) -> pl.Series:
    if column not in comments.columns:
        return pl.repeat(value=False, n=len(comments), eager=True, dtype=pl.Boolean)
    return comments[column].str.strip_chars().fill_null("") != ""


def _dates(comments: pl.DataFrame, column: str, sources: Iterable[Source]) -> pl.Series:
    """Days of a column, file by file, null where there is none."""
    days = pl.repeat(None, len(comments), eager=True, dtype=pl.Date)
    if column not in comments.columns:
        return days
    for source in sources:
        here = comments["source"] == source.name
        values = comments[column].set(~here, None)
        if values.null_count() < len(values):
            first = {"dmy": True, "mdy": False}.get(source.date_order or "")
            read = parse_dates(values, day_first=first).values["created_at"].dt.date()
            days = pl.select(pl.when(here).then(read).otherwise(days)).to_series()
    return days


def _elsewhere(scope: str | None) -> bool:
    """Whether a scope is given and does not plainly hold publication."""
    plain = fold(scope or "").strip()
    if not plain:
        return False
    return bool(_NOT.search(plain)) or not phrases(tuple(words()["scope"]["public"])).search(plain)

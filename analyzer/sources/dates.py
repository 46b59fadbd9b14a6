"""Dates as files have them, vectorised: ISO, d/m/Y, m/d/Y, month names, serials, epochs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from analyzer.sources.notes import Note

__all__ = ["Dates", "parse_dates"]

_TIME: Final = (
    r"(?:[T ,;à·-]*?\s*(?:a las |at |à )?(?P<h>\d{1,2})\s*[:hH.]\s*(?P<mi>\d{2})"
    r"(?:[:.m](?P<s>\d{2}))?"
    r"(?:[.,](?P<f>\d{1,9}))?\s*(?P<ap>[ap]\.?\s?m\.?)?"
    r"(?:\s*(?P<z>z|utc|gmt|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?|[a-z]{3,4}))?)?\s*(?:\([^)]*\))?$"
)
_MONTHS: Final = (
    "jan january ene enero janv janvier janv.",
    "feb february febrero fev fevr fevrier févr février fév",
    "mar march marzo mars",
    "apr april abr abril avr avril",
    "may mayo mai",
    "jun june junio juin",
    "jul july julio juil juillet",
    "aug august ago agosto aou aout août aoû",
    "sep sept september septiembre setiembre septembre",
    "oct october octubre octobre",
    "nov november noviembre novembre",
    "dec december dic diciembre decembre déc décembre",
)
_MONTH_OF: Final = {
    word.rstrip("."): number for number, words in enumerate(_MONTHS, 1) for word in words.split()
}
_DAY: Final = r"(?:[a-zéáíóú]+\.?,?\s+)?"
_PATTERNS: Final = {
    "ymd": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "compact": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[t ](?P<h>\d{2}):?(?P<mi>\d{2})"
    r":?(?P<s>\d{2})?(?:\.(?P<f>\d{1,9}))?(?P<z>z|[+-]\d{2}(?::?\d{2})?)?$",
    "dmy": r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME,
    "day month": r"^" + _DAY + r"(?P<d>\d{1,2})(?:er|st|nd|rd|th|º|ª|°)?[\s./-]+(?:de\s+)?"
    r"(?P<w>[a-zéû]+)\.?,?[\s./-]+(?:del?\s+)?(?P<y>\d{4}|\d{2})" + _TIME,
    "month day": r"^" + _DAY + r"(?P<w>[a-zéû]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    r"(?P<y>\d{4})" + _TIME,
    # A month or a quarter is its first day.
    "year month": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})$",
    "month year": r"^(?P<m>0?[1-9]|1[0-2])[-/](?P<y>\d{4})$",
    "named month": r"^(?P<w>[a-zéû]+)\.?[\s./-]+(?:del?\s+)?(?P<y>\d{4})$",
    "twitter": r"^[a-z]{3}\s+(?P<w>[a-z]{3})\s+(?P<d>\d{1,2})\s+(?P<h>\d{2}):(?P<mi>\d{2})"
    r":(?P<s>\d{2})\s+(?P<z>[+-]\d{4}|utc|gmt)\s+(?P<y>\d{4})$",
}
_GROUPS: Final = ("y", "m", "d", "a", "b", "w", "h", "mi", "s", "f", "ap", "z")
# Minutes east of Greenwich; those of Spain, France, Britain and of the United States and Mexico.
_ZONES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120,
    "met": 60, "mest": 120, "eet": 120, "eest": 180, "est": -300, "edt": -240, "cst": -360,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
# The day that a spreadsheet gives to a time without one: its day zero.
_NO_DAY: Final = pl.lit(date(1899, 12, 30)), pl.lit(date(1900, 1, 1))
_BLANK: Final = ("", "-", "--", "n/a", "na", "null", "none", "nan", "0")


@dataclass(frozen=True)
class Dates:
    """A column of dates.

    Attributes:
        values: ``created_at`` (wall clock of the file, microseconds) and ``utc_offset`` (minutes,
            null when not said), as long as the column.
        order: ``dmy``, ``mdy`` or ``ymd``; None for epochs, serials and month names.
        notes: what was assumed and what could not be read.
    """

    values: pl.DataFrame
    order: str | None
    notes: tuple[str, ...]


def parse_dates(
    column: pl.Series, *, day_first: bool | None = None, order: str | None = None
) -> Dates:
    """Read a column of dates.

    Args:
        column: strings.
        day_first: what other evidence (the file's language) says about 03/04/2024; None when there
            is none. Values above 12 in the file decide before it.
        order: ``dmy`` or ``mdy`` where the user said it, which decides before everything.

    Returns:
        The dates; a value that is none, or only a time of day, is null and counted in a note.
    """
    raw = column.alias("raw")
    distinct = raw.drop_nulls().unique().sort().to_frame()
    text = pl.col("raw").str.normalize("NFKC").str.to_lowercase().str.strip_chars(" \t\r\n\"'")
    text = text.str.replace_all(r"[\s\u00a0\u202f]+", " ")
    for quarter, month in enumerate((1, 4, 7, 10), 1):
        text = text.str.replace(rf"^[qt]{quarter}[ /-](\d{{4}})$", f"${{1}}-{month}")
        text = text.str.replace(rf"^(\d{{4}})[ /-][qt]{quarter}$", f"${{1}}-{month}")
    distinct = distinct.with_columns(text.alias("t"))
    distinct = distinct.filter(~pl.col("t").is_in(_BLANK))
    parts = [_numeric(distinct)]
    left = distinct.filter(
        pl.col("t").str.contains(r"[^\d.,]") | pl.col("t").str.contains(r"[.,].*[.,]")
    )
    told = order
    order = None
    notes: list[str] = []
    for kind, pattern in _PATTERNS.items():
        if left.is_empty():
            break
        found = _extract(left, pattern)
        left = found.filter(pl.col("y").is_null()).select("raw", "t")
        found = found.filter(pl.col("y").is_not_null())
        if found.is_empty():
            continue
        if kind == "dmy":
            found, order, note = _decide(found, raw, day_first, told)
            notes.extend(note)
        elif kind == "ymd":
            order = order or "ymd"
        parts.append(_assemble(found))
    table = pl.concat(parts)
    values = raw.to_frame().join(table, on="raw", how="left", maintain_order="left").drop("raw")
    given = ~text.is_in(_BLANK) & pl.col("raw").is_not_null()
    bad = int(raw.to_frame().select((given & values["created_at"].is_null()).sum()).item())
    if bad:
        notes.append(Note("dates_unreadable", n=bad, column=column.name))
    times = values.select(pl.col("created_at").dt.date().is_between(*_NO_DAY)).to_series()
    if times.any():
        notes.append(Note("dates_only_times", n=int(times.sum()), column=column.name))
        values = values.with_columns(pl.when(~times).then(pl.all()))
    return Dates(values, order, tuple(notes))


def _extract(frame: pl.DataFrame, pattern: str) -> pl.DataFrame:
    groups = frame["t"].str.extract_groups("(?i)" + pattern).struct.unnest()
    missing = [pl.lit(None, dtype=pl.String).alias(g) for g in _GROUPS if g not in groups.columns]
    return pl.concat([frame, groups.with_columns(missing).select(_GROUPS)], how="horizontal")


def _decide(
    found: pl.DataFrame, raw: pl.Series, day_first: bool | None, told: str | None
) -> tuple[pl.DataFrame, str, list[str]]:
    """Tell day from month by the values above 12, counted in rows; then by other evidence."""
    rows = raw.to_frame().join(found, on="raw", how="inner")
    a, b = pl.col("a").cast(pl.Int32), pl.col("b").cast(pl.Int32)
    day = int(rows.select(((a > 12) & (b <= 12)).sum()).item())
    month = int(rows.select(((b > 12) & (a <= 12)).sum()).item())
    notes: list[str] = []
    if told is not None:
        order = told
        other = month if told == "dmy" else day
        if other:
            notes.append(Note("dates_not_as_told", n=other, order=told))
    elif day == month:
        clock = rows["ap"].drop_nulls().len() > 0
        dotted = rows["t"].str.contains(r"^\d+\.\d+\.").any()
        first = day_first if day_first is not None else (dotted or not clock)
        order = "dmy" if first else "mdy"
        how = "dates_assumed" if day_first is None else "dates_by_language"
        notes.append(Note(how, order=order))
    else:
        order = "dmy" if day > month else "mdy"
        other = min(day, month)
        if other:
            notes.append(Note("dates_mixed", n=other))
    # A value above 12 cannot be a month, whatever the rest of the file does.
    swap = pl.lit(order == "dmy")
    is_dmy = ((a > 12) | swap) & ~(b > 12)
    return (
        found.with_columns(
            pl.when(is_dmy).then("a").otherwise("b").alias("d"),
            pl.when(is_dmy).then("b").otherwise("a").alias("m"),
        ),
        order,
        notes,
    )


def _assemble(found: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("y").cast(pl.Int32)
    year = pl.when(year < 70).then(year + 2000).when(year < 100).then(year + 1900).otherwise(year)
    month = pl.coalesce(
        pl.col("m").cast(pl.Int32, strict=False),
        pl.col("w").replace_strict(_MONTH_OF, default=None, return_dtype=pl.Int32),
    )
    hour = pl.col("h").cast(pl.Int32, strict=False).fill_null(0)
    half = pl.col("ap").str.head(1)
    hour = (
        pl.when((half == "p") & (hour < 12)).then(hour + 12)
        .when((half == "a") & (hour == 12)).then(0)
        .otherwise(hour)
    )  # fmt: skip
    stamp = pl.format(
        "{}-{}-{} {}:{}:{}.{}",
        year.cast(pl.String).str.zfill(4),
        month.cast(pl.String).str.zfill(2),
        pl.col("d").fill_null("1").str.zfill(2),
        hour.cast(pl.String).str.zfill(2),
        pl.col("mi").fill_null("00"),
        pl.col("s").fill_null("00"),
        pl.col("f").fill_null("0").str.head(6).str.pad_end(6, "0"),
    )
    zone = pl.col("z").str.extract_groups(r"([+-])(\d{1,2}):?(\d{2})?$").struct
    minutes = zone["2"].cast(pl.Int16) * 60 + zone["3"].cast(pl.Int16).fill_null(0)
    offset = (
        pl.when(pl.col("z").is_in(list(_ZONES)))
        .then(pl.col("z").replace_strict(_ZONES, default=None, return_dtype=pl.Int16))
        .when(zone["1"] == "-").then(-minutes)
        .otherwise(minutes)
    )  # fmt: skip
    return found.select(
        "raw",
        stamp.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", strict=False, time_unit="us").alias(
            "created_at"
        ),
        offset.cast(pl.Int16).alias("utc_offset"),
    )


def _numeric(distinct: pl.DataFrame) -> pl.DataFrame:
    """Epochs, spreadsheet serials and 20240315."""
    plain = pl.col("t").str.replace(",", ".", literal=True)
    value = plain.cast(pl.Float64, strict=False)
    digits = plain.str.extract(r"^(\d+)(?:\.\d+)?$").str.len_chars()
    whole = plain.str.extract(r"^(\d+)").cast(pl.Int64, strict=False)
    day = pl.datetime(1899, 12, 30) + pl.duration(
        microseconds=(value * 86_400_000_000).round().cast(pl.Int64, strict=False)
    )
    epoch = (
        pl.when(digits.is_between(9, 10)).then((value * 1_000_000).cast(pl.Int64, strict=False))
        .when(digits.is_between(12, 13)).then(whole * 1000)
        .when(digits == 16).then(whole)
    )  # fmt: skip
    stamp = (
        pl.when((digits == 5) & value.is_between(20_000, 60_000)).then(day.dt.round("1s"))
        .when(digits == 8).then(plain.str.to_datetime("%Y%m%d", strict=False, time_unit="us"))
        .otherwise(epoch.cast(pl.Datetime("us")))
    )  # fmt: skip
    numeric = distinct.filter(pl.col("t").str.contains(r"^\d+([.,]\d+)?$"))
    return numeric.select(
        "raw",
        stamp.cast(pl.Datetime("us")).alias("created_at"),
        pl.when(epoch.is_not_null()).then(0).cast(pl.Int16).alias("utc_offset"),
    ).filter(pl.col("created_at").is_not_null())

"""Dates in every spelling, and the decision between day and month."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sources.dates import parse_dates

WHEN = dt.datetime(2024, 3, 12, 9, 5, 7)
DAY = dt.datetime(2024, 3, 12)


def first(value: str, **options: bool) -> tuple[dt.datetime | None, int | None]:
    row = parse_dates(pl.Series("d", [value]), **options).values.row(0)
    return (row[0], row[1])


@pytest.mark.parametrize(
    ("value", "expected", "offset"),
    [
        ("2024-03-12", DAY, None),
        ("2024-03-12T09:05:07", WHEN, None),
        ("2024-03-12T09:05:07Z", WHEN, 0),
        ("2024-03-12T09:05:07.000+01:00", WHEN, 60),
        ("2024-03-12 09:05:07 -0530", WHEN, -330),
        ("2024-03-12 09:05:07 UTC", WHEN, 0),
        ("2024/03/12 9:05:07", WHEN, None),
        ("12/03/2024 09:05:07", WHEN, None),
        ("12.03.2024", DAY, None),
        ("12/03/24", DAY, None),
        ("12-03-2024 9h05", WHEN.replace(second=0), None),
        ("12 de marzo de 2024", DAY, None),
        ("12 mars 2024", DAY, None),
        ("12 mars 2024 à 09:05", WHEN.replace(second=0), None),
        ("1er février 2024", dt.datetime(2024, 2, 1), None),
        ("mardi 12 mars 2024", DAY, None),
        ("March 12, 2024", DAY, None),
        ("Mar 12, 2024, 9:05:07 AM", WHEN, None),
        ("12-Mar-2024 09:05PM", WHEN.replace(hour=21, second=0), None),
        ("Tue, 12 Mar 2024 09:05:07 -0800", WHEN, -480),
        ("Tue Mar 12 09:05:07 -0800 2024", WHEN, -480),
        ("Tue Mar 12 09:05:07 +0000 2024", WHEN, 0),
        ("1710234307", WHEN, 0),
        ("1710234307000", WHEN, 0),
        ("20240312", DAY, None),
        ("45363", DAY, None),
        ("45363.5", DAY.replace(hour=12), None),
        ("45363,5", DAY.replace(hour=12), None),
        ("not a date", None, None),
        ("2024-02-31", None, None),
        ("n/a", None, None),
    ],
)
def test_spellings(value: str, expected: dt.datetime | None, offset: int | None) -> None:
    assert first(value) == (expected, offset)


@pytest.mark.parametrize(
    ("values", "hint", "order", "note"),
    [
        (["03/04/2024", "25/04/2024"], None, "dmy", ""),
        (["03/04/2024", "04/25/2024"], None, "mdy", ""),
        (["03/04/2024", "04/25/2024"], True, "mdy", ""),
        (["03/04/2024", "04/05/2024"], True, "dmy", "from the file's language"),
        (["03/04/2024", "04/05/2024"], None, "dmy", "assumed"),
        (["03/04/2024 4:00 PM"], None, "mdy", "assumed"),
        (["25/04/2024", "26/04/2024", "04/27/2024"], None, "dmy", "1 date has day and month"),
    ],
)
def test_day_or_month(values: list[str], hint: bool | None, order: str, note: str) -> None:
    dates = parse_dates(pl.Series("d", values), day_first=hint)
    assert dates.order == order
    assert note in " ".join(dates.notes)
    assert dates.values["created_at"].null_count() == 0
    assert dates.values["created_at"][0].month == (
        int(values[0][3:5]) if order == "dmy" else int(values[0][:2])
    )


def test_unreadable_dates_are_counted() -> None:
    dates = parse_dates(pl.Series("Fecha", ["2024-03-12", "ayer", None, ""]))
    assert dates.notes == ("1 date of 'Fecha' could not be read and was left empty",)
    assert dates.values.height == 4


moment = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2068, 12, 31)).map(
    lambda t: t.replace(microsecond=0)
)


@settings(deadline=None)
@given(
    st.lists(moment, min_size=1, max_size=20),
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d %B %Y %H:%M:%S"]
    ),
)
def test_what_is_written_is_read(moments: list[dt.datetime], pattern: str) -> None:
    day_first = pattern.startswith("%d")
    values = pl.Series("d", [m.strftime(pattern) for m in moments])
    read = parse_dates(values, day_first=day_first).values["created_at"].to_list()
    assert read == moments

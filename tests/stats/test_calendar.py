"""Waves follow each other as time does, whatever their names sort like."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from analyzer.stats.calendar import calendar_key
from analyzer.stats.waves import wave_order

NAMES = [
    ("Q4 2025", (2025, 10)),
    ("2025-Q3", (2025, 7)),
    ("T1 26", (2026, 1)),
    ("1er trimestre 2026", (2026, 1)),
    ("H2 2025", (2025, 7)),
    ("marzo de 2026", (2026, 3)),
    ("Févr. 2026", (2026, 2)),
    ("2026-03", (2026, 3)),
    ("03/2026", (2026, 3)),
    ("Summer '25", (2025, 6)),
    ("Abril", (0, 4)),
    ("2026", (2026, 0)),
    ("Ola 3", None),
    ("wave 12", None),
    ("marketing", None),
    ("", None),
]


@pytest.mark.parametrize(("name", "key"), NAMES)
def test_a_wave_says_when_it_was(name: str, key: tuple[int, int] | None) -> None:
    assert calendar_key(name) == key


@pytest.mark.parametrize(
    "waves",
    [
        ["Q4 2025", "Q1 2026"],
        ["Marzo", "Abril"],
        ["Mayo 2026", "Junio 2026", "Enero 2027"],
        ["wave 2", "wave 10"],
        ["Ola 1", "Piloto"],
    ],
)
def test_waves_without_dates_follow_the_calendar(waves: list[str]) -> None:
    answers = pl.DataFrame(
        {"wave": [*waves[::-1], None], "created_at": [None] * (len(waves) + 1)},
        schema={"wave": pl.String, "created_at": pl.Datetime("us")},
    )
    assert wave_order(answers) == waves


def test_one_stray_date_turns_no_waves_round() -> None:
    old = [datetime(2026, 3, day) for day in range(1, 10)]
    new = [datetime(2026, 6, day) for day in range(1, 9)] + [datetime(2025, 1, 1)]
    answers = pl.DataFrame({"wave": ["b"] * 9 + ["a"] * 9, "created_at": old + new})
    assert wave_order(answers) == ["b", "a"]

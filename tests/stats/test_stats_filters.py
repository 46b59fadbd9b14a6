"""Conditions keep the right rows and reach nothing but the columns."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from statsdata import feedback_frame

from analyzer.errors import ConfigError
from analyzer.stats import where


@pytest.fixture(name="feedback")
def _feedback() -> pl.DataFrame:
    rows = [
        {"country": "ES", "nps": 3, "Mi país": "l'Hospitalet", "created_at": datetime(2025, 1, 5)},
        {"country": "FR", "nps": 9, "Mi país": "b", "created_at": datetime(2025, 2, 5)},
        {"country": None, "nps": None, "Mi país": "c", "read_csv": 1, "select": "x"},
    ]
    named = [{"feedback_id": "abc"[i], "text": "algo", **row} for i, row in enumerate(rows)]
    return feedback_frame(named)


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("country = 'ES' and nps <= 6", "a"),
        ("nps >= 0", "ab"),
        ("NOT (country = 'ES' OR nps = 9)", ""),
        ("country IN ('ES', 'FR') AND nps BETWEEN 5 AND 10", "b"),
        ("country is null", "c"),
        ("country IS NOT NULL", "ab"),
        ("country LIKE 'E%'", "a"),
        ("\"Mi país\" = 'l''Hospitalet'", "a"),
        ("created_at >= '2025-02-01'", "b"),
        ("analysed = true and nps > -1", "ab"),
        ("read_csv = 1", "c"),
        ("select = 'x'", "c"),
    ],
)
def test_a_condition_keeps_the_rows_it_names(
    feedback: pl.DataFrame, expression: str, kept: str
) -> None:
    assert "".join(where(feedback, expression)["feedback_id"]) == kept


@pytest.mark.parametrize(
    "expression",
    [
        "pais = 'ES'",
        "text = 'algo'",
        "text LIKE '%a%'",
        'country = "ES"',
        "nps",
        "nps >",
        "",
        "1 = 1",
        "nps > 'a'",
        "nps = 3 -- all",
        "nps = 3; DROP TABLE x",
        "count(*) > 1",
        "read_csv('x') = 1",
        "\"read_csv\"('x') = 1",
        "COLUMNS('.*') = 3",
        "country = 'ES' country",
        "country = 'ES",
    ],
)
def test_anything_else_is_refused_with_the_columns(feedback: pl.DataFrame, expression: str) -> None:
    with pytest.raises(ConfigError, match=r"Columns: .*country"):
        where(feedback, expression)


def test_no_file_can_be_read(feedback: pl.DataFrame, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("country\nES\n")
    for query in (
        "country IN (SELECT country FROM read_csv('PATH'))",
        "country IN (select country from read_csv('PATH'))",
        'country IN ("select" "country" from read_csv(\'PATH\'))',
    ):
        with pytest.raises(ConfigError):
            where(feedback, query.replace("PATH", str(secret)))

"""Frames that a notebook holds are read as files are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from analyzer import analyze, sources
from analyzer.errors import AnalyzerError, ConfigError, InputError

if TYPE_CHECKING:
    from pathlib import Path

ROWS: dict[str, list[Any]] = {
    "id": ["a", "b", "c", "d"],
    "score": [10, 0, 9, None],
    "when": [date(2026, 3, day) for day in (1, 2, 3, 4)],
    "comment": ["Lovely staff.", "Nobody answers the phone.", None, "Too dear for what it is."],
}


def records(*given: object) -> pl.DataFrame:
    return sources.read(given, {"nps": "score", "text": "comment"}).records.drop("source")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    pl.DataFrame(ROWS).write_parquet(path)
    return path


def test_a_frame_is_read_as_its_file_is(file: Path) -> None:
    wanted = records(file)
    assert wanted["nps"].to_list() == [10, 0, 9, None]
    assert records(pl.DataFrame(ROWS)).equals(wanted)
    assert records(pd.DataFrame(ROWS)).equals(wanted)
    assert records(pd.DataFrame(ROWS).set_index("id")).equals(wanted)
    assert records(pd.DataFrame(ROWS).convert_dtypes()).equals(wanted)
    assert records(pl.DataFrame(ROWS).to_arrow()).equals(wanted)


def test_columns_of_mixed_kinds_and_names_are_read(file: Path) -> None:
    frame = pd.DataFrame(ROWS)
    frame["score"] = pd.Series([10, "0", 9.0, None], dtype=object)
    frame.columns = pd.MultiIndex.from_tuples(
        [("score", "") if c == "score" else (c, "") for c in frame]
    )
    assert records(frame).equals(records(file))


def test_frames_are_told_apart_and_named() -> None:
    frame = pl.DataFrame(ROWS)
    other = frame.with_columns(id=pl.col("id") + "2")
    found = sources.read([frame, other], {"nps": "score"})
    assert [one.name for one in found.sources] == ["frame", "frame (2)"]
    assert {one.format for one in found.sources} == {"frame"}
    with pytest.raises(InputError, match="given twice"):
        sources.read([frame, frame])


def test_an_analysis_takes_frames_and_files_together(file: Path) -> None:
    more = pd.DataFrame(ROWS).assign(id=["e", "f", "g", "h"])
    found = analyze(file, more, mapping={"nps": "score", "text": "comment"}, cache=False)
    assert found.ledger.group_by("source").len().sort("source").rows() == [
        ("frame", 4), ("rows.parquet", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a.csv", "b.csv"], "one by one"),
        (None, "NoneType is no file"),
        (7, "int is no file"),
        (pl.LazyFrame(ROWS), "collect"),
        (pl.DataFrame(ROWS).clear(), "no row"),
    ],
)
def test_what_is_no_table_is_a_sentence(given: object, said: str) -> None:
    with pytest.raises(AnalyzerError, match=said):
        analyze(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minimum_cell", -1), ("minimum_cell", "many"), ("seed", -1), ("themes", "some"),
        ("by", 3), ("where", 3), ("mapping", "x"), ("date_order", "ymd"), ("engine", "spark"),
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_used_is_a_sentence(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"arguments of analyze.*{name}"):
        analyze("none.csv", **{name: value})


def test_one_name_stands_for_a_list_of_one(file: Path) -> None:
    with pytest.raises(InputError, match="language"):
        analyze(file, languages="fr", mapping={"nps": "score", "text": "comment"}, cache=False)


def test_rows_are_picked_by_columns_of_many_values(tmp_path: Path) -> None:
    rows = 60 * 25
    frame = pl.DataFrame(
        {
            "nps": [i % 11 for i in range(rows)],
            "comment": [f"The phone line {i} is dead." for i in range(rows)],
            "Insurer": [f"Insurer {i % 60}" for i in range(rows)],
            "Voucher": [f"voucher {i % 700}" for i in range(rows)],
        }
    )
    found = sources.read([frame])
    assert "Insurer" in found.records.columns
    assert "Voucher" not in found.records.columns
    picked = analyze(frame, where="Insurer = 'Insurer 7'", cache=False)
    assert len(picked.feedback) == 25
    with pytest.raises(ConfigError, match="--where"):
        analyze(frame.head(1500), by="Insurer", where="nps < 1", cache=False)

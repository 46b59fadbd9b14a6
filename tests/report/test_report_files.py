"""What `analyzer.report.write` leaves on the disk."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import Sample

from analyzer.errors import ConfigError, OutputError
from analyzer.report import build, tables, write
from analyzer.report.plane import map_points
from analyzer.report.tables import ledger_csv, mentions_csv, safe_cells, themes_csv

NAMES = ["report.html", "report.json", "themes.csv", "mentions.csv", "ledger.csv"]


def test_write_leaves_five_files_and_nothing_else(nps: Sample, tmp_path: Path) -> None:
    paths = write(nps, tmp_path / "new" / "report")
    assert [path.name for path in paths] == NAMES
    assert sorted(os.listdir(tmp_path / "new" / "report")) == sorted(NAMES)
    model = json.loads(paths[1].read_text("utf-8"))
    assert model == build(nps)


def test_two_writes_give_the_same_bytes(nps: Sample, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write(nps, tmp_path / "a", language="es")]
    second = [path.read_bytes() for path in write(nps, tmp_path / "b", language="es")]
    assert first == second
    assert all(b"\r\n" not in content for content in first)


def test_language_changes_the_page_and_not_the_model(nps: Sample, tmp_path: Path) -> None:
    spanish = write(nps, tmp_path / "es", language="es")
    french = write(nps, tmp_path / "fr", language="fr")
    assert spanish[1].read_bytes() == french[1].read_bytes()
    assert '<html lang="es">' in spanish[0].read_text("utf-8")
    assert "Cortes de la fibra" in spanish[3].read_text("utf-8")
    assert "Coupures de la fibre" in french[3].read_text("utf-8")


def test_an_unknown_language_is_refused_before_anything_is_written(
    nps: Sample, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="'de'"):
        write(nps, tmp_path / "out", language="de")
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way_is_named(nps: Sample, tmp_path: Path) -> None:
    taken = tmp_path / "report"
    taken.write_text("mine")
    with pytest.raises(OutputError, match="that is a file"):
        write(nps, taken)
    assert taken.read_text() == "mine"


def test_nothing_is_written_when_one_file_cannot_be(nps: Sample, tmp_path: Path) -> None:
    (tmp_path / "ledger.csv").mkdir()
    (tmp_path / "report.html").write_text("old")
    with pytest.raises(OutputError, match=r"ledger\.csv"):
        write(nps, tmp_path)
    assert (tmp_path / "report.html").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["ledger.csv", "report.html"]


def test_a_folder_that_cannot_be_made_is_named(nps: Sample, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="that you may write to"):
        write(nps, tmp_path / "file" / "inside")


def test_themes_csv_has_one_row_a_theme_with_n_and_interval(nps: Sample) -> None:
    model = build(nps)
    table = pl.read_csv(themes_csv(model).encode())
    assert table["theme_id"].to_list() == [theme["theme_id"] for theme in model["themes"]]
    for name in ("name_es", "name_fr", "name_en", "nps_n", "impact_low", "impact_q", "share_high"):
        assert name in table.columns
    small = table.filter(pl.col("theme_id") == "T08").to_dicts()[0]
    assert small["respondents"] is None
    assert small["respondents_suppressed"] is True


def test_mentions_csv_has_the_passage_and_its_theme(nps: Sample, tmp_path: Path) -> None:
    mentions_csv(nps, "fr", tmp_path / "mentions.csv")
    table = pl.read_csv(tmp_path / "mentions.csv", infer_schema_length=None)
    assert table.height == nps.mentions.height
    row = table.filter(pl.col("feedback_id") == nps.mentions["feedback_id"][0]).to_dicts()[0]
    span = nps.spans.filter(pl.col("feedback_id") == row["feedback_id"]).to_dicts()[0]
    assert row["text"] == span["text"]
    assert row["sentiment"] == span["sentiment"]
    assert row["theme"] in set(nps.themes["name_fr"])


def test_ledger_csv_has_every_row_read(nps: Sample, tmp_path: Path) -> None:
    ledger_csv(nps, tmp_path / "ledger.csv")
    table = pl.read_csv(tmp_path / "ledger.csv")
    assert table.columns == ["source", "row", "stage", "reason"]
    assert table.height == nps.ledger.height


def test_a_long_table_is_written_part_by_part(
    nps: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger_csv(nps, tmp_path / "whole.csv")
    monkeypatch.setattr(tables, "_ROWS", 7)
    ledger_csv(nps, tmp_path / "parts.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    ledger_csv(replace(nps, ledger=nps.ledger.clear()), tmp_path / "empty.csv")
    assert (tmp_path / "empty.csv").read_text() == "source,row,stage,reason\n"


@given(st.lists(st.text(max_size=6) | st.sampled_from(["=1+1", "@x", "-2", "\tx", "\rx", "+1"])))
def test_no_cell_starts_a_formula(values: list[str]) -> None:
    frame = safe_cells(pl.DataFrame({"text": values}, schema={"text": pl.String}))
    for before, after in zip(values, frame["text"], strict=True):
        assert after.removeprefix("'") == before.removeprefix("'")
        assert not after.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_keep_their_minus_sign(nps: Sample) -> None:
    table = pl.read_csv(themes_csv(build(nps)).encode())
    assert table["impact"].dtype == pl.Float64
    assert table["impact"].min() < 0


def test_a_map_shows_evenly_many_of_its_passages(nps: Sample) -> None:
    every = map_points(nps, nps.mentions.height)
    assert len(every) == nps.mentions.height
    assert map_points(nps, 7) == every[:: -(-len(every) // 7)]

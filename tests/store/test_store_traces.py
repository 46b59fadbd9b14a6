"""The proof of an erasure finds what is left, and damage is told."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import polars as pl
import pytest

from analyzer.encoders.cache import VectorCache
from analyzer.errors import AnalyzerError, ConfigError, StoreError
from analyzer.store import Workspace
from analyzer.store.traces import Wanted, traces

TEXT = "The parrot ate the invoice twice"


def found(space: Workspace, wanted: Wanted) -> list[str]:
    files = [path for path in space.folder.rglob("*") if path.is_file()]
    with space._database.reading() as session:
        return traces(session, files, wanted)


def test_a_text_in_any_column_is_found(space: Workspace) -> None:
    wanted = Wanted((TEXT,), ("C99999",), ())
    assert found(space, wanted) == []
    space.note("T02", f"as in: {TEXT}!")
    space.rename("T03", en="C99999")
    left = found(space, wanted)
    assert {"themes.note", "themes.name_en"} <= set(left)


def test_a_vector_or_a_stray_file_is_found(space: Workspace) -> None:
    key = space.query("SELECT min(passage) FROM passages").item()
    assert found(space, Wanted((), (), (key,)))[0].endswith(".parquet")
    (space.folder / "old.csv").write_text(f"1,{TEXT}\n", "utf-8")
    assert found(space, Wanted((TEXT,), (), ())) == ["old.csv"]


def test_what_another_person_wrote_too_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "cache"))
    space = Workspace.create(tmp_path / "space")
    file = tmp_path / "a.csv"
    shared = "The bill is wrong every single month"
    pl.DataFrame(
        {"customer_id": ["C1", "C2", "C1"], "nps": [1, 2, 3], "comment": [TEXT, shared, shared]}
    ).write_csv(file)
    space.ingest(file, "W1")
    done = space.forget("C1")
    assert (done.comments, done.left) == (2, ())
    assert done.cached >= 1
    assert VectorCache.files_with(tmp_path / "cache", [TEXT]) == []
    assert VectorCache.files_with(tmp_path / "cache", [shared]) != []
    assert space.query("SELECT text FROM feedback WHERE analysed")["text"].to_list() == [shared]
    with pytest.raises(ConfigError, match="erased already"):
        space.forget("C1")


def test_damage_anywhere_is_a_sentence(demo_folder: Path, tmp_path: Path) -> None:
    content = (demo_folder / "workspace.duckdb").read_bytes()
    place = tmp_path / "space"
    place.mkdir()
    places = random.Random(3)  # noqa: S311 - where to damage a file
    damaged = [content[: len(content) // 3], b"", content[:4096]]
    for _ in range(5):
        at = places.randrange(len(content) - 4096)
        damaged.append(content[:at] + bytes(4096) + content[at + 4096 :])
    told = []
    for bad in damaged:
        (place / "workspace.duckdb").write_bytes(bad)
        try:
            space = Workspace.open(place, cache=False)
            for table in ("feedback", "spans", "mentions", "themes", "history", "space"):
                space.query(f"SELECT * FROM {table}")  # noqa: S608
        except AnalyzerError as error:
            told.append(str(error))
        assert (place / "workspace.duckdb").read_bytes() == bad
    assert len(told) >= 3
    assert all(str(place) in one and ("doctor" in one or "copy" in one) for one in told)


def test_a_query_that_is_wrong_is_told(demo: Workspace) -> None:
    with pytest.raises(ConfigError, match="query cannot be run"):
        demo.query("SELECT nothing FROM nowhere")
    with pytest.raises((ConfigError, StoreError)):
        demo.query("DELETE FROM feedback")
    assert demo.query("SELECT count(*) FROM feedback").item() > 0


def test_the_readers_options_reach_the_reader(empty: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    pl.DataFrame(
        {"date": ["03/04/2026", "05/06/2026"], "nps": [1, 9], "comment": ["Wrong bill", "Nice"]}
    ).write_csv(file)
    empty.ingest(file, "W1", date_order="mdy")
    months = empty.query("SELECT month(created_at) AS m FROM feedback ORDER BY 1")["m"]
    assert months.to_list() == [3, 5]


def test_a_step_that_does_nothing_lets_the_other_process_go_on(space: Workspace) -> None:
    before = space.meta()["revision"]
    with space._database.writing() as session:
        session.frame("SELECT 1")
    assert space.meta()["revision"] == before
    with duckdb.connect(str(space.folder / "workspace.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM steps").fetchall() == [(0,)]

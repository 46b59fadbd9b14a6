"""The proof of an erasure finds what is left, and damage is told."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from analyzer.cli.workspace import register
from analyzer.encoders.cache import VectorCache
from analyzer.errors import AnalyzerError, ConfigError, StoreError
from analyzer.store import Workspace
from analyzer.store.database import Database
from analyzer.store.remarks import ERASED, person_pattern
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


def test_an_id_is_known_in_small_letters_and_a_word_is_not() -> None:
    pattern = person_pattern(["C10241", "MAIN"], [])
    assert pattern is not None
    assert pattern.sub(ERASED, "c10241 in the main office") == f"{ERASED} in the main office"
    assert pattern.sub(ERASED, "XC10241 and MAIN") == f"XC10241 and {ERASED}"


def test_a_vector_or_a_stray_file_is_found(space: Workspace) -> None:
    key = space.query("SELECT min(passage) FROM passages").item()
    assert found(space, Wanted((), (), (key,)))[0].endswith(".parquet")
    (space.folder / "old.csv").write_text(f"1,{TEXT}\n", "utf-8")
    assert found(space, Wanted((TEXT,), (), ())) == ["old.csv"]


def filled(tmp_path: Path) -> Workspace:
    """A small workspace with a theme each wave, and C10241 who wrote of a parrot."""
    space = Workspace.create(tmp_path / "space", cache=False)
    told = [TEXT, *(f"The bill of month {i} is wrong" for i in range(20))]
    people = ["C10241", *(f"D{i}" for i in range(20))]
    frame = pl.DataFrame({"customer_id": people, "nps": [1] * 21, "comment": told})
    frame.write_csv(tmp_path / "a.csv")
    space.ingest(tmp_path / "a.csv", "W1")
    space.update()
    return space


def everything(space: Workspace) -> str:
    tables = space.query("SELECT table_name FROM duckdb_tables")["table_name"]
    rows = [repr(space.query(f"SELECT * FROM {one}").rows()) for one in tables]  # noqa: S608
    return "\n".join(rows)


def test_what_others_wrote_of_a_person_is_erased_too(tmp_path: Path) -> None:
    space = filled(tmp_path)
    theme = space.themes()["theme_id"][0]
    space.note(theme, "C10241 rang twice, like C102411", reason="asked by C10241")
    space.note(theme, f'Ask C10241: "{TEXT.replace(" ", "  ")}"')
    space.rename(theme, en="The case of C10241")
    space.rename(theme, en="Bills")
    book = tmp_path / "book.toml"
    space.codebook_export(book)
    described = f'description.en = "As in: {TEXT}, or worse"'
    book.write_text(book.read_text("utf-8").replace("name =", f"{described}\nname =", 1), "utf-8")
    space.codebook_import(book)
    done = space.forget("C10241")
    assert (done.comments, done.left) == (1, ())
    left = everything(space)
    assert "parrot" not in left
    assert "C10241 " not in left.replace("C102411", "")
    assert space.themes()["note"][0] == 'Ask [erased]: "[erased]"'
    assert space.edits()["reason"][0] == "asked by [erased]"
    space.codebook_export(book)
    assert "As in: [erased], or worse" in book.read_text("utf-8")
    assert space.doctor() == []
    for _ in range(5):
        space.undo()
    assert space.themes()["note"][0] is None
    with pytest.raises(ConfigError, match="erased already"):
        space.forget("C10241")


def test_a_second_search_tells_what_was_left_until_it_is_gone(tmp_path: Path) -> None:
    space = filled(tmp_path)
    stray = space.folder / "old.csv"
    stray.write_text(f"1,{TEXT}\n", "utf-8")
    assert space.forget("C10241").left == ("old.csv",)
    again = space.forget("C10241")
    assert (again.comments, again.left) == (0, ("old.csv",))
    stray.unlink()
    assert space.forget("C10241").left == ()
    theme = space.themes()["theme_id"][0]
    space.note(theme, "C10241 rang again")
    assert space.forget("C10241").left == ()
    assert space.themes()["note"][0] == "[erased] rang again"
    with pytest.raises(ConfigError, match="erased already"):
        space.forget("C10241")


def test_the_command_line_tells_what_is_left_and_what_to_do(tmp_path: Path) -> None:
    space = filled(tmp_path)
    (space.folder / "old.csv").write_text(f"1,{TEXT}\n", "utf-8")
    app = typer.Typer()
    register(app)
    words = ["forget", "--respondent", "C10241", "--workspace", str(space.folder)]
    first = CliRunner().invoke(app, words)
    assert first.exit_code == 1
    assert "found in old.csv." in first.output
    assert "Delete the files that are named" in first.output
    (space.folder / "old.csv").unlink()
    again = CliRunner().invoke(app, words)
    assert (again.exit_code, "none left." in again.output) == (0, True)


def test_a_short_id_or_a_year_is_no_trace_in_a_sentence(space: Workspace) -> None:
    space.note("T01", "7 people since 2024, see C99999")
    assert found(space, Wanted((), ("7", "2024", "C9999"), ())) == []
    assert found(space, Wanted((), ("C99999",), ())) == ["themes.note"]


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
    assert demo.query("SELECT count(*) FROM feedback").item() > 0


def test_a_query_looks_and_does_nothing_else(
    demo: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for sql in (
        "COPY feedback TO 'x.csv'", "DELETE FROM feedback", "ATTACH 'y.duckdb' AS y", "SELECT 1; "
        "COPY feedback TO 'x.csv'", "SET threads = 1", "EXPORT DATABASE 'z'", "",
    ):  # fmt: skip
        with pytest.raises(ConfigError, match="one SELECT or WITH statement"):
            demo.query(sql)
    (tmp_path / "other.csv").write_text("a\n1\n", "utf-8")
    for sql in ("SELECT * FROM 'other.csv'", "EXPLAIN ANALYZE COPY feedback TO 'x.csv'"):
        with pytest.raises(ConfigError, match="only tables of the workspace"):
            demo.query(sql)
    assert [path.name for path in tmp_path.iterdir()] == ["other.csv"]
    assert demo.query("WITH n AS (SELECT 1 AS one) SELECT * FROM n;").item() == 1
    waves = demo.query("PIVOT (SELECT wave, nps FROM feedback) ON wave USING count(nps)")
    assert waves.columns == ["2026-Q2", "2026-Q3"]


def test_what_the_doctor_says_of_damage_does_not_send_back_to_the_doctor(tmp_path: Path) -> None:
    database = Database(tmp_path, 0)
    again = r"Put back a copy of the folder from before"
    with pytest.raises(StoreError, match=again) as told, database._guard():
        raise duckdb.InternalException("INTERNAL Error: a comment")
    assert "Run: analyzer doctor" not in str(told.value)
    assert "a comment" not in str(told.value)


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

"""Kills, locks, full disks and damaged files."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pytest

from analyzer.errors import StoreError
from analyzer.store import Workspace

SCRIPT = Path(__file__).with_name("full_disk.py")
# Child processes replay stored vectors, so that a test takes seconds.
INGEST = """
import sys
from analyzer.store import Workspace
space = Workspace.open(sys.argv[1], wait=float(sys.argv[4]), cache=False)
space.models
print("ready", flush=True)
sys.stdin.readline()
space.ingest(sys.argv[2], sys.argv[3])
space.update()
print("done", flush=True)
"""


def comments(path: Path, first: int, count: int = 40) -> Path:
    told = ["The bill is wrong again, case {}", "Nadie coge el teléfono, caso {}"]
    pl.DataFrame(
        {
            "response_id": [f"X{first + i}" for i in range(count)],
            "nps": [i % 11 for i in range(count)],
            "comment": [told[i % 2].format(first + i) for i in range(count)],
        }
    ).write_csv(path)
    return path


def start(space: Path, file: Path, wave: str, wait: float = 20) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", INGEST, str(space), str(file), wave, str(wait)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def test_a_kill_at_any_moment_loses_no_committed_wave(demo_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    file = comments(tmp_path / "w.csv", 0)
    seconds = random.Random(7)  # noqa: S311 - moments, not secrets
    moments = [seconds.uniform(0.0, 1.2) for _ in range(8)]
    whole = Workspace.open(place, cache=False).waves()
    for number, moment in enumerate(moments):
        child = start(place, file, f"K{number}")
        go(child)
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        space = Workspace.open(place, cache=False)
        broken = [p for p in space.doctor() if "cut off" not in p.what]
        assert [p for p in broken if "without a theme" not in p.what] == []
        waves = space.waves()
        assert waves.filter(pl.col("wave").is_in(whole["wave"].to_list())).equals(whole)
        assert set(waves["rows"]) <= {*whole["rows"], 40}
    space = Workspace.open(place, cache=False)
    space.ingest(comments(tmp_path / "last.csv", 500), "last")
    space.update()
    assert space.doctor() == []
    assert not list(place.glob(".tmp-*"))


def test_two_processes_take_turns(demo_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    children = [
        start(place, comments(tmp_path / f"{name}.csv", 100 * i), name)
        for i, name in enumerate(("A", "B"))
    ]
    for child in children:
        go(child)
    for child in children:
        out, err = child.communicate(timeout=600)
        assert (out, err) == ("done\n", "")
    space = Workspace.open(place, cache=False)
    waves = space.waves().filter(pl.col("wave").is_in(["A", "B"]))
    assert waves["rows"].to_list() == [40, 40]
    assert space.doctor() == []


def test_a_writer_that_waits_too_long_says_so(demo_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    hold = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); "
        "sys.stdin.readline(); con.close()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(place / "workspace.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match=rf"process {holder.pid}.*0.2 seconds.*Nothing was"):
        Workspace.open(place, wait=0.2, cache=False)
    holder.communicate("go\n")
    assert Workspace.open(place, wait=0.2, cache=False).doctor() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(demo_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    for path in [*place.rglob("*"), place]:
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    space = Workspace.open(place, cache=False)
    assert space.waves().height == 2
    assert space.overview().height == space.themes().height
    person = space.query("SELECT min(respondent_id) FROM feedback WHERE analysed").item()
    file = comments(tmp_path / "w.csv", 0)
    writes: tuple[Callable[[], object], ...] = (
        lambda: space.rename("T01", en="x"),
        lambda: space.merge("T02", "T01"),
        lambda: space.note("T01", "x"),
        lambda: space.exclude("T01"),
        lambda: space.restore("T01"),
        lambda: space.ingest(file, "W9"),
        lambda: space.forget(person),
        space.undo,
    )
    for write in writes:
        with pytest.raises(StoreError, match=r"cannot be written to\. Nothing was changed"):
            write()


def sheet(space: Workspace, out: Path) -> Path:
    """A review sheet of four comments that a coder put into T01."""
    space.review_sample("2026-Q3", out, n=4)
    rows = fastexcel.read_excel(str(out)).load_sheet(0, dtypes="string").to_polars()
    column = next(name for name in rows.columns if name.startswith("themes ("))
    rows.with_columns(pl.lit("T01").alias(column)).write_excel(out)
    return out


EDITS = (
    "undo", "rename", "note", "merge", "split", "move", "exclude", "restore", "reassign", "import",
    "accept",
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "verbs"),
    [
        (1, (*EDITS, "ingest", "forget")),
        (100_000, ("merge", "restore", "ingest", "forget", "reencode")),
    ],
)
def test_a_full_disk_is_told_by_every_verb_and_nothing_is_lost(
    demo_folder: Path, tmp_path: Path, size: int, verbs: tuple[str, ...]
) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    space = Workspace.open(place, cache=False)
    space.exclude("T06")
    space.note("T01", "an edit to undo")
    comments(tmp_path / "new.csv", 0, count=100)
    book = tmp_path / "book.toml"
    space.codebook_export(book)
    added = '\n[[theme]]\nid = "hold"\nname = { en = "On hold" }\nexamples.en = ["on hold"]\n'
    book.write_text(book.read_text("utf-8") + added, "utf-8")
    sheet(space, tmp_path / "one.xlsx")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(place), str(tmp_path), str(size), *verbs],
        capture_output=True, text=True, check=False,
        env={**os.environ, "ANALYZER_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for one in told:
        assert one["problems"] in ([], ["files of an ingest that was cut off"]), one
        assert one["changed"] is (one["error"] is None), one
        if one["error"] is not None:
            assert one["error"] == "StoreError", one
            assert "full" in one["said"], one
            assert "Nothing was changed" in one["said"] or "is unchanged" in one["said"], one
    failed = {one["verb"] for one in told if one["error"]}
    assert failed == set(verbs) if size == 1 else {"ingest", "reencode"} <= failed
    assert [p for p in Workspace.open(place, cache=False).doctor() if "cut off" not in p.what] == []


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "workspace.duckdb").write_bytes(b"no database at all" * 400)
    with pytest.raises(StoreError, match="damaged"):
        Workspace.open(tmp_path)


def test_another_database_is_told(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "workspace.duckdb")) as con:
        con.execute("CREATE TABLE x (y INTEGER)")
    with pytest.raises(StoreError, match="not of a workspace"):
        Workspace.open(tmp_path)


def test_a_newer_schema_is_told(empty: Workspace) -> None:
    with duckdb.connect(str(empty.folder / "workspace.duckdb")) as con:
        con.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match=r"newer analyzer.*version 99"):
        Workspace.open(empty.folder)


def test_a_missing_vector_file_is_told(space: Workspace) -> None:
    next((space.folder / "vectors").glob("*.parquet")).unlink()
    assert [p.what for p in space.doctor()] == ["vector files missing or damaged"]
    with pytest.raises(StoreError, match="analyzer reencode"):
        space.report("2026-Q2")
    space.reencode()
    assert space.doctor() == []


def test_a_changed_vector_file_is_told(space: Workspace) -> None:
    file = next((space.folder / "vectors").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert [p.count for p in space.doctor()] == [1]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("DELETE FROM spans WHERE span = 0", "analysed comments without spans"),
        ("DELETE FROM feedback WHERE wave = '2026-Q2'", "spans without a comment"),
        ("DELETE FROM themes WHERE theme_id = 'T01'", "mentions of a theme that is not there"),
        ("DELETE FROM passages", "passages without a vector"),
        ("INSERT INTO feedback SELECT * FROM feedback LIMIT 1", "comments with the same"),
        ("ALTER TABLE themes DROP COLUMN note", "tables or columns"),
    ],
)
def test_the_doctor_finds(space: Workspace, sql: str, what: str) -> None:
    with duckdb.connect(str(space.folder / "workspace.duckdb")) as con:
        con.execute(sql)
    assert any(what in problem.what for problem in space.doctor())


def test_an_error_rolls_everything_back(space: Workspace) -> None:
    before = space.query("SELECT * FROM themes ORDER BY ALL").rows()

    def fail() -> None:
        with space._database.writing() as session:
            session.run("DELETE FROM themes")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert space.query("SELECT * FROM themes ORDER BY ALL").rows() == before

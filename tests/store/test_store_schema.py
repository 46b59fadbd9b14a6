"""Workspaces of older versions of the tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from analyzer.errors import StoreError
from analyzer.store import Workspace
from analyzer.store.migrations import STEPS
from analyzer.store.tables import SCHEMA_VERSION, TABLES
from analyzer.text.columns import hidden_id


def to_version_1(folder: Path) -> None:
    """Make the tables those of version 1, which is what the first release wrote.

    Whoever adds a version adds the way back to this builder, so that every step stays tested.
    """
    with duckdb.connect(str(folder / "workspace.duckdb")) as con:
        con.execute("ALTER TABLE history DROP COLUMN change")
        con.execute("ALTER TABLE examples DROP COLUMN dropped_by")
        con.execute("DROP TABLE wording")
        con.execute("DROP TABLE steps")
        con.execute("DROP TABLE aliases")
        con.execute("DROP TABLE refusals")
        con.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")


def columns(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect(str(folder / "workspace.duckdb"), read_only=True) as con:
        rows = con.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns"
        ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


@pytest.fixture
def old(demo_folder: Path, tmp_path: Path) -> Path:
    """The demo workspace as version 1 had it."""
    place = tmp_path / "old"
    shutil.copytree(demo_folder, place)
    to_version_1(place)
    return place


def test_there_is_a_step_to_every_version() -> None:
    assert sorted(STEPS) == list(range(2, SCHEMA_VERSION + 1))


def test_a_workspace_of_version_1_is_brought_up_to_date(old: Path, demo: Workspace) -> None:
    assert "wording" not in columns(old)
    space = Workspace.open(old, cache=False)
    assert columns(old) == columns(demo.folder)
    assert set(columns(old)) == set(TABLES)
    assert space.meta()["schema_version"] == str(SCHEMA_VERSION)
    assert space.query("SELECT version FROM steps").rows() == [(2,), (3,), (4,)]
    assert space.doctor() == []
    for table in ("feedback", "spans", "mentions", "themes", "edits"):
        sql = f"SELECT * FROM {table} ORDER BY ALL"  # noqa: S608
        assert space.query(sql).equals(demo.query(sql))
    changed = "SELECT theme_id, status, change FROM history WHERE change IS NOT NULL ORDER BY ALL"
    assert all(status == change for _, status, change in space.query(changed).rows())
    space.rename("T01", en="Bills")
    assert space.report("2026-Q3", "2026-Q2").themes.height == demo.themes().height
    Workspace.open(old, cache=False)
    assert space.query("SELECT version FROM steps").rows() == [(2,), (3,), (4,)]


def to_two_names(folder: Path) -> None:
    """Make the ids and waves those of version 2, where a name in them was hidden in one place."""
    with duckdb.connect(str(folder / "workspace.duckdb")) as con:
        rows = con.execute("SELECT feedback_id, row FROM ledger").fetchall()
        for ident, row in rows:
            old = f"Ola María/Tienda Santiago.csv/ana.ruiz{row}@example.org"
            con.execute("UPDATE ledger SET feedback_id = ? WHERE feedback_id = ?", [old, ident])
            for table in ("feedback", "spans", "mentions"):
                hidden = [hidden_id(old), ident]
                con.execute(f"UPDATE {table} SET feedback_id = ? WHERE feedback_id = ?", hidden)  # noqa: S608
            con.execute("INSERT INTO corrections VALUES (1, ?, 'a', 'b')", [old])
        con.execute("UPDATE ledger SET own_id = 'ana.ruiz' || row || '@example.org'")
        con.execute("UPDATE feedback SET wave = 'Ola [NAME]'")
        con.execute("UPDATE history SET wave = 'Ola [NAME]'")
        con.execute("UPDATE themes SET since = 'Ola [NAME]'")
        con.execute("UPDATE waves SET assigned = NULL")
        for table in ("waves", "ledger", "sources", "ingests", "findings"):
            con.execute(f"UPDATE {table} SET wave = 'Ola María '")  # noqa: S608
        con.execute("DROP TABLE aliases")
        con.execute("DROP TABLE refusals")
        con.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")


def test_a_row_and_a_wave_get_one_name(tmp_path: Path) -> None:
    space = Workspace.create(tmp_path / "space", cache=False)
    file = tmp_path / "Tienda Santiago.csv"
    told = [f"The bill of month {i} is wrong" for i in range(12)]
    who = [f"ana.ruiz{i + 2}@example.org" for i in range(12)]
    pl.DataFrame({"response_id": who, "nps": [1] * 12, "comment": told}).write_csv(file)
    space.ingest(file, "Ola María")
    space.update()
    to_two_names(space.folder)
    space = Workspace.open(space.folder, cache=False)
    assert space.doctor() == []
    ids = "SELECT DISTINCT feedback_id FROM {} ORDER BY 1"
    tables = ("feedback", "spans", "mentions", "corrections", "ledger")
    assert len({tuple(space.query(ids.format(table))["feedback_id"]) for table in tables}) == 1
    for table in ("waves", "ledger", "sources", "ingests", "feedback", "history"):
        assert space.query(f"SELECT DISTINCT wave FROM {table}")["wave"].to_list() == ["Ola María"]  # noqa: S608
    assert space.query("SELECT DISTINCT since FROM themes").item() == "Ola María"
    assert space.waves()["themes_assigned"].to_list() == [True]
    for path in space.folder.rglob("*"):
        assert not path.is_file() or b"ana.ruiz" not in path.read_bytes()
    assert space.ingest(file, "Ola María").unchanged == 12


def test_a_step_that_fails_leaves_the_workspace_as_it_was(old: Path) -> None:
    before = columns(old)
    with duckdb.connect(str(old / "workspace.duckdb")) as con:
        con.execute("CREATE TABLE steps (something INTEGER)")
    with pytest.raises(StoreError, match="could not be used"):
        Workspace.open(old, cache=False)
    with duckdb.connect(str(old / "workspace.duckdb")) as con:
        con.execute("DROP TABLE steps")
    assert columns(old) == before
    assert Workspace.open(old, cache=False).doctor() == []


def test_the_documentation_names_every_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "workspace.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    named = {name.strip(" `") for row in rows for name in row.split(",")}
    assert set(TABLES) <= named

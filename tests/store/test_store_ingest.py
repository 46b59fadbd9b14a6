"""Rows that are known, corrected and new."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analyzer.errors import ConfigError, InputError, ModelError, StoreError
from analyzer.store import Workspace

ROWS = [
    ("R1", "C1", "2026-04-01", 2, "La factura llega siempre mal y nadie la corrige"),
    ("R2", "C2", "2026-04-02", 9, "The engineer was friendly and came on time"),
    ("R3", "C3", "2026-04-03", 4, "Une heure d'attente au téléphone, c'est trop long"),
    ("R4", "C4", "2026-04-04", 10, ""),
]
HEAD = ("response_id", "customer_id", "date", "nps", "comment")


def write(path: Path, rows: list[tuple[object, ...]], head: tuple[str, ...] = HEAD) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    pl.DataFrame(rows, schema=list(head), orient="row").write_csv(path)
    return path


def content(space: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored, but counters and clocks."""
    tables = ("ledger", "feedback", "segments", "spans", "mentions", "passages", "sources")
    return {
        table: sorted(space.query(f"SELECT * FROM {table}").rows(), key=repr)  # noqa: S608
        for table in tables
    }


def test_the_same_rows_twice_change_nothing(empty: Workspace, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", ROWS)
    first = empty.ingest(file, "W1")
    before = content(empty)
    again = empty.ingest(file, "W1")
    assert (first.added, first.unchanged, first.replaced) == (4, 0, 0)
    assert (again.added, again.unchanged, again.replaced) == (0, 4, 0)
    assert content(empty) == before


def test_a_renamed_file_is_the_same_file(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(write(tmp_path / "a.csv", ROWS), "W1")
    again = empty.ingest(write(tmp_path / "b.csv", ROWS), "W1")
    assert (again.added, again.unchanged) == (0, 4)


def test_a_corrected_row_replaces_with_a_record(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(write(tmp_path / "a.csv", ROWS), "W1")
    mended = [*ROWS[:2], (*ROWS[2][:3], 8, "Une heure d'attente, mais un bon conseil"), ROWS[3]]
    result = empty.ingest(write(tmp_path / "a.csv", mended), "W1")
    assert (result.added, result.replaced, result.unchanged) == (0, 1, 3)
    row = empty.query("SELECT nps, text FROM feedback WHERE feedback_id = 'W1/a.csv/R3'")
    assert row.row(0) == (8, "Une heure d'attente, mais un bon conseil")
    assert empty.query("SELECT count(*) FROM feedback").item() == 4
    record = empty.query("SELECT * FROM corrections").row(0, named=True)
    assert record["feedback_id"] == "W1/a.csv/R3"
    assert record["old_digest"] != record["new_digest"]
    assert empty.doctor() == []


def test_rows_without_ids_are_known_by_what_they_say(empty: Workspace, tmp_path: Path) -> None:
    bare = [(nps, text) for *_, nps, text in ROWS]
    head = ("nps", "comment")
    empty.ingest(write(tmp_path / "a.csv", bare, head), "W1")
    moved = [(7, "El técnico no vino el día que dijo"), *bare]
    result = empty.ingest(write(tmp_path / "a.csv", moved, head), "W1")
    assert (result.added, result.unchanged, result.replaced) == (1, 4, 0)
    mended = [(7, "El técnico vino tarde y sin avisar"), *bare]
    result = empty.ingest(write(tmp_path / "a.csv", mended, head), "W1")
    assert (result.added, result.unchanged, result.replaced) == (0, 4, 1)


def test_another_file_of_the_same_name_overwrites_nothing(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(write(tmp_path / "es" / "export.csv", ROWS), "W1")
    others = [(f"R{i}", f"D{i}", "2026-04-09", 3, f"The app is slow, attempt {i}") for i in (7, 8)]
    result = empty.ingest(write(tmp_path / "fr" / "export.csv", others), "W1")
    assert (result.added, result.replaced) == (2, 0)
    assert any("export.csv (2)" in note for note in result.notes)


def test_ids_that_two_files_use_stay_apart(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(write(tmp_path / "a.csv", ROWS), "W1")
    others = [("R1", "D1", "2026-05-09", 3, "The invoice is a mystery to me every month")]
    result = empty.ingest(write(tmp_path / "b.csv", others), "W1")
    assert (result.added, result.replaced) == (1, 0)
    assert empty.query("SELECT count(*) FROM feedback").item() == 5


def test_rows_in_two_overlapping_exports_count_once(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(write(tmp_path / "april.csv", ROWS), "W1")
    more = [
        (f"R{i}", f"C{i}", "2026-05-01", 5, f"Router number {i} never works") for i in range(5, 12)
    ]
    result = empty.ingest(write(tmp_path / "may.csv", [*ROWS[2:], *more]), "W1")
    assert (result.added, result.unchanged, result.replaced) == (7, 2, 0)


def test_equal_answers_of_two_people_are_two(empty: Workspace, tmp_path: Path) -> None:
    rows = [("muy bien", 9), ("muy bien", 9), ("mal", 1)]
    file = write(tmp_path / "a.csv", rows, ("comment", "nps"))
    assert empty.ingest(file, "W1").added == 3
    assert empty.ingest(file, "W1").unchanged == 3


def test_the_wave_is_named_or_in_the_file(empty: Workspace, tmp_path: Path) -> None:
    plain = write(tmp_path / "a.csv", ROWS)
    with pytest.raises(InputError, match="do not say which wave"):
        empty.ingest(plain)
    two = [(*row, f"W{i % 2 + 1}") for i, row in enumerate(ROWS)]
    waved = write(tmp_path / "b.csv", two, (*HEAD, "wave"))
    with pytest.raises(InputError, match="has a wave column with 2 waves"):
        empty.ingest(waved, "W9")
    assert empty.ingest(waved).waves == ("W1", "W2")
    assert empty.waves()["rows"].to_list() == [2, 2]


def test_mapping_reaches_the_reader(empty: Workspace, tmp_path: Path) -> None:
    rows = [(i, "x", f"The router number {i} is broken again") for i in range(5)]
    file = write(tmp_path / "a.csv", rows, ("note", "foo", "bar"))
    empty.ingest(file, "W1", mapping={"text": "bar", "nps": "note"})
    assert empty.query("SELECT count(*) FROM feedback WHERE analysed AND nps < 5").item() == 5


def test_no_personal_data_reaches_the_file(empty: Workspace, tmp_path: Path) -> None:
    rows = [("R1", "C1", "2026-04-01", 2, "Write to maria.garcia@example.org, the bill is wrong")]
    empty.ingest(write(tmp_path / "a.csv", rows), "W1")
    for path in empty.folder.rglob("*"):
        if path.is_file():
            assert b"maria.garcia" not in path.read_bytes()
    assert empty.query("SELECT type, count FROM findings").rows() == [("EMAIL", 1)]


def test_languages_are_those_of_the_workspace(tmp_path: Path) -> None:
    space = Workspace.create(tmp_path / "w", languages=["es"], cache=False)
    space.ingest(write(tmp_path / "a.csv", ROWS), "W1")
    assert space.query("SELECT language FROM feedback WHERE analysed").rows() == [("es",)]
    with pytest.raises(ConfigError, match="de"):
        Workspace.create(tmp_path / "x", languages=["de"])


def test_the_users_own_columns_come_back(demo: Workspace) -> None:
    countries = demo.query(
        "SELECT DISTINCT value FROM segments WHERE name = 'country' ORDER BY ALL"
    )
    assert {"ES", "FR", "GB"} <= set(countries["value"])


def test_vectors_of_another_encoder_are_refused(empty: Workspace, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(empty.folder / "workspace.duckdb")) as con:
        con.execute("UPDATE meta SET value = 'other:1' WHERE key = 'encoder_fingerprint'")
    with pytest.raises(ModelError, match=r"analyzer reencode --workspace"):
        empty.ingest(write(tmp_path / "a.csv", ROWS), "W1")
    empty.reencode()
    assert empty.ingest(write(tmp_path / "a.csv", ROWS), "W1").added == 4


def test_a_folder_without_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"analyzer init"):
        Workspace.open(tmp_path)


def test_a_workspace_is_not_made_twice(empty: Workspace) -> None:
    with pytest.raises(StoreError, match="is a workspace already"):
        Workspace.create(empty.folder)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_that_no_step_could_use_is_refused(tmp_path: Path, seed: int) -> None:
    with pytest.raises(ConfigError, match=f"seed is {seed}. Give a number from 0 to 2147483647"):
        Workspace.create(tmp_path / "new", seed=seed, cache=False)
    assert not (tmp_path / "new").exists()


def test_nothing_to_ingest_is_a_sentence(empty: Workspace) -> None:
    with pytest.raises(InputError, match="No file was given"):
        empty.ingest([], "one")


def test_one_language_is_not_its_letters(tmp_path: Path) -> None:
    space = Workspace.create(tmp_path / "one", languages="es")
    assert space.meta()["languages"] == "es"

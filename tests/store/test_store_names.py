"""Names of files, waves and people as ids: one name everywhere, and nobody's in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from analyzer.errors import ConfigError, InputError
from analyzer.store import Workspace

TOLD = (
    "La factura llega siempre mal y nadie la corrige, mes {}",
    "The engineer was friendly and came on time, visit {}",
    "Une heure d'attente au téléphone, dossier {}",
)


def export(
    path: Path,
    columns: Mapping[str, Sequence[object]] | None = None,
    *,
    count: int = 12,
    first: int = 0,
) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    numbers = range(first, first + count)
    rows: dict[str, Sequence[object]] = {
        "date": [f"2026-04-{1 + i % 28:02d}" for i in numbers],
        "nps": [i % 11 for i in numbers],
        "comment": [TOLD[i % 3].format(i) for i in numbers],
    }
    pl.DataFrame(rows | dict(columns or {})).write_csv(path)
    return path


def ids(space: Workspace, table: str) -> set[str]:
    return set(space.query(f"SELECT feedback_id FROM {table} WHERE feedback_id <> ''")[  # noqa: S608
        "feedback_id"
    ])  # fmt: skip


def cells(space: Workspace) -> str:
    """Every value of every table."""
    tables = space.query("SELECT table_name FROM duckdb_tables")["table_name"]
    return "\n".join(repr(space.query(f"SELECT * FROM {t}").rows()) for t in tables)  # noqa: S608


@pytest.mark.parametrize("name", ["Tienda Santiago.csv", "Marie Dupont.csv", "ana@example.org.csv"])
@pytest.mark.parametrize("own", [True, False])
def test_a_file_called_after_somebody_is_a_file_like_any_other(
    empty: Workspace, tmp_path: Path, name: str, own: bool
) -> None:
    given = {"response_id": [f"R{i}" for i in range(12)]} if own else {}
    file = export(tmp_path / name, given)
    assert empty.ingest(file, "2018-6").added == 12
    assert ids(empty, "ledger") == ids(empty, "feedback") == ids(empty, "spans")
    assert empty.doctor() == []
    table = pl.read_csv(file).with_row_index()
    edited = pl.when(pl.col("index") < 2).then(pl.col("comment") + ", again").otherwise("comment")
    table.with_columns(comment=edited).drop("index").write_csv(file)
    done = empty.ingest(file, "2018-6")
    assert (done.added, done.replaced, done.unchanged) == (0, 2, 10)
    assert empty.query("SELECT count(*) FROM feedback").item() == 12
    assert empty.doctor() == []
    assert not any(who in one for one in ids(empty, "feedback") for who in ("Dupont", "ana@"))


def test_an_address_as_an_id_is_in_no_table_and_corrections_find_it(
    empty: Workspace, tmp_path: Path
) -> None:
    who = [f"maria.lopez{i}@gmail.com" for i in range(12)]
    columns: dict[str, Sequence[object]] = {"response_id": who}
    empty.ingest(export(tmp_path / "a.csv", columns), "W1")
    before = ids(empty, "feedback")
    assert before == ids(empty, "ledger")
    columns["comment"] = ["The parrot ate the invoice", *(TOLD[0].format(i) for i in range(11))]
    done = empty.ingest(export(tmp_path / "a.csv", columns), "W1")
    assert (done.added, done.replaced + done.unchanged) == (0, 12)
    assert ids(empty, "corrections") <= before == ids(empty, "feedback")
    assert empty.doctor() == []
    assert "maria.lopez" not in cells(empty)
    for path in empty.folder.rglob("*"):
        assert not path.is_file() or b"maria.lopez" not in path.read_bytes()


@pytest.mark.parametrize("named", ["maria.lopez{}@gmail.com", "Marie Dupont {}"])
def test_who_was_erased_under_a_name_does_not_come_back(
    empty: Workspace, tmp_path: Path, named: str
) -> None:
    who = [named.format(i) for i in range(12)]
    file = export(tmp_path / "a.csv", {"customer_id": who})
    empty.ingest(file, "W1")
    assert empty.forget(named.format(3)).comments == 1
    again = empty.ingest(file, "W1")
    assert (again.added, again.left_out) == (0, {"filtered_out": 1})
    assert empty.query("SELECT count(*) FROM feedback").item() == 11


@pytest.mark.parametrize(
    "wave", ["Marie Dupont survey", "Ola María", "Lanzamiento Lola", "2026-Q3 (Julie)", "2018-6"]
)
def test_a_wave_is_a_label_and_the_same_everywhere(
    empty: Workspace, tmp_path: Path, wave: str
) -> None:
    file = export(tmp_path / "a.csv")
    empty.ingest(file, f" {wave.replace(' ', '  ')} ")
    assert empty.ingest(file, wave).unchanged == 12
    for table in ("waves", "feedback", "ledger", "sources", "ingests"):
        found = empty.query(f"SELECT DISTINCT wave FROM {table}")["wave"].to_list()  # noqa: S608
        assert found == [wave], table
    assert empty.waves()["wave"].to_list() == [wave]
    empty.update()
    assert empty.waves()["themes_assigned"].to_list() == [True]


def test_waves_of_a_column_that_differ_by_a_name_stay_apart(
    empty: Workspace, tmp_path: Path
) -> None:
    waves = ["Ola María", " Ola  Lola "] * 6
    empty.ingest(export(tmp_path / "a.csv", {"wave": waves}))
    assert sorted(empty.waves()["wave"]) == ["Ola Lola", "Ola María"]
    assert empty.waves()["rows"].to_list() == [6, 6]
    with pytest.raises(InputError, match=r"b\.csv: 1 of 12 rows do not say which wave"):
        empty.ingest(export(tmp_path / "b.csv", {"wave": [" ", *["W1"] * 11]}))


def test_a_wave_that_reaches_somebody_or_is_blank_is_refused(
    empty: Workspace, tmp_path: Path
) -> None:
    file = export(tmp_path / "a.csv")
    for blank in ("", "   "):
        with pytest.raises(ConfigError, match=r"name is blank.*--wave 2026-Q3"):
            empty.ingest(file, blank)
    for reached, what in (("Ola ana@example.org", "e-mail"), ("Ola 612 345 678", "phone")):
        with pytest.raises(ConfigError, match=what) as told:
            empty.ingest(file, reached)
        assert reached not in str(told.value)
        column = [reached, *["W1"] * 11]
        with pytest.raises(InputError, match=rf"b\.csv: the wave of 1 row.*{what}"):
            empty.ingest(export(tmp_path / "b.csv", {"wave": column}))
    assert empty.waves().is_empty()


def test_a_file_that_another_wave_has_is_told(empty: Workspace, tmp_path: Path) -> None:
    file = export(tmp_path / "a.csv")
    assert empty.ingest(file, "W1").notes == ()
    (note,) = empty.ingest(file, "W2").notes
    assert "12 of 12 rows of 'a.csv' are in wave W1 too" in note
    assert empty.ingest(file, "W2").notes == ()
    assert empty.ingest(export(tmp_path / "b.csv", first=100), "W2").notes == ()


def test_rows_that_an_edition_no_longer_has_are_told(empty: Workspace, tmp_path: Path) -> None:
    empty.ingest(export(tmp_path / "a.csv"), "W1")
    (note,) = empty.ingest(export(tmp_path / "a.csv", count=9), "W1").notes
    assert "3 rows that 'a.csv' had before are not in this edition" in note
    assert empty.query("SELECT count(*) FROM feedback").item() == 12


def test_waves_without_dates_follow_the_calendar(empty: Workspace, tmp_path: Path) -> None:
    for first, wave in enumerate(("Enero 2027", "Mayo 2026", "Junio 2026")):
        table = pl.read_csv(export(tmp_path / "a.csv", first=100 * first))
        table.drop("date").write_csv(tmp_path / "a.csv")
        empty.ingest(tmp_path / "a.csv", wave)
    assert empty.waves()["wave"].to_list() == ["Mayo 2026", "Junio 2026", "Enero 2027"]

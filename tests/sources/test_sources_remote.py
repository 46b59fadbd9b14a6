"""Files at an address: read like any other, never left behind, and told apart from paths."""

from __future__ import annotations

import tempfile
from pathlib import Path

import fsspec
import polars as pl
import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.errors import InputError
from analyzer.sources import read
from analyzer.sources.remote import address_of, fetched, name_of

ROWS = {"id": ["a", "b"], "nps": [2, 9], "comment": ["The queue was far too long", "Very kind"]}


@pytest.fixture
def address() -> str:
    """A Parquet file in fsspec's own store."""
    place = "memory://bucket/waves/wave.parquet"
    with fsspec.open(place, "wb") as file:
        pl.DataFrame(ROWS).write_parquet(file)
    return place


def test_a_file_at_an_address_reads_like_a_local_one(address: str, tmp_path: Path) -> None:
    local = tmp_path / "wave.parquet"
    pl.DataFrame(ROWS).write_parquet(local)
    there, here = read([address]), read([local])
    assert there.records.equals(here.records)
    assert there.sources[0].name == "wave.parquet"


def test_the_command_line_takes_addresses(address: str) -> None:
    done = CliRunner().invoke(app, ["inspect", address])
    assert done.exit_code == 0, done.output
    assert "wave.parquet" in done.output


@pytest.mark.parametrize("failing", [False, True])
def test_the_copy_goes(address: str, *, failing: bool) -> None:
    seen = Path()
    try:
        with fetched(Path(address)) as copy:
            seen = copy
            assert copy.parent.stat().st_mode & 0o077 == 0
            assert copy.is_relative_to(tempfile.gettempdir())
            if failing:
                raise RuntimeError
    except RuntimeError:
        pass
    assert seen.name == "wave.parquet"
    assert not seen.parent.exists()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("memory://bucket/none.csv", "memory://bucket/none.csv does not exist"),
        ("s4://bucket/wave.csv?signature=secret", "needs the package s3fs"),
        ("file:///etc", "could not be read"),
    ],
)
def test_what_cannot_be_read_is_told(address: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as told:
        read([address])
    assert "secret" not in str(told.value)


def test_files_of_one_name_and_the_same_file_twice(address: str) -> None:
    other = address.replace("waves", "older")
    with fsspec.open(other, "wb") as file:
        pl.DataFrame(ROWS).write_parquet(file)
    assert [one.name for one in read([address, other]).sources] == [
        "wave.parquet",
        "wave.parquet (2)",
    ]
    with pytest.raises(InputError, match="given twice"):
        read([address, address])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3://bucket/a b/wave.csv", "s3://bucket/a b/wave.csv"),
        ("file:///srv/wave.csv", "file:///srv/wave.csv"),
        ("waves/2026/wave.csv", None),
        ("/srv/wave.csv", None),
        ("C:/waves/wave.csv", None),
        ("wave: of June.csv", None),
    ],
)
def test_addresses_and_paths(path: str, expected: str | None) -> None:
    assert address_of(Path(path)) == expected


def test_a_signature_is_no_part_of_the_name() -> None:
    assert name_of(Path("https://host/wave.csv?signature=secret")) == "wave.csv"

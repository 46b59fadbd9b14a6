"""What a command must not write over, and what it says when it is stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.cli import main
from analyzer.cli.app import _Output
from analyzer.cli.common import check_outputs
from analyzer.errors import OutputError
from analyzer.report import _NAMES, FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program where every analysis fails the test; returns exit status and stderr."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("computed before the outputs were checked")

    monkeypatch.setattr("analyzer.pipeline.analyze", never)
    monkeypatch.setattr("analyzer.inspection.inspect_files", never)

    def call(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["analyzer", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        return int(stop.value.code or 0), capsys.readouterr().err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with files of the user's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("mentions.csv", "ledger.csv", "n.csv", "n-audit.csv", "gone.txt"):
        Path(name).write_text("nps,comment\n9,Fine people and a fair price\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["report", "mentions.csv", "--out", "."],
        ["report", "n.csv", "ledger.csv", "--out", "."],
        ["quotes", "n.csv", "--out", "n.csv"],
        ["quotes", "n.csv", "--out", "./n.csv"],
        ["quotes", "n-audit.csv", "--out", "n.csv"],
        ["quotes", "n.csv", "--out", "q.csv", "--list-unknown", "n.csv"],
        ["quotes", "n.csv", "--out", "q.csv", "--list-unknown", "q.csv"],
        ["quotes", "n.csv", "--out", "q.html", "--list-unknown", "q-audit.csv"],
        ["quotes", "n.csv", "--out", "ledger.csv", "--withdrawn", "ledger.csv"],
        ["interviews", "n.csv", "--out", "n.csv"],
        ["inspect", "n.csv", "--write", "n.csv"],
    ],
)
def test_no_command_writes_over_what_it_reads(run: Run, folder: Path, words: list[str]) -> None:
    before = {path: path.read_bytes() for path in folder.glob("*.*")}
    status, err = run(*words)
    assert status == 2
    assert "Cannot write" in err
    assert {path: path.read_bytes() for path in folder.glob("*.*")} == before


def test_a_link_and_a_sheet_are_the_file_they_stand_for(folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder / "n.csv")
    for out, read in (("link.csv", "n.csv"), ("n.csv", "link.csv"), ("n.csv", "n.csv#March")):
        with pytest.raises(OutputError, match="reads that file"):
            check_outputs([Path(out)], [Path(read), None])
    check_outputs([Path("new.csv"), Path("ledger.csv")], [Path("n.csv")])


def test_a_database_is_never_replaced(folder: Path) -> None:
    import duckdb

    path = folder / "workspace.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(OutputError, match="a database is there"):
        check_outputs([path])


def test_every_file_of_a_report_is_checked() -> None:
    output = _Output(Path("r"), FORMATS, quiet=True, as_json=False)
    assert {path.name for path in output.files()} == set(_NAMES)


def test_an_interrupt_is_told(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.pipeline.analyze", stop)
    status, err = run("report", "n.csv", "--out", folder / "r")
    assert status == 130
    assert err == "analyzer: interrupted; no result is left half-written.\n"
    assert not (folder / "r").exists()


def test_quiet_still_tells_who_was_not_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from types import SimpleNamespace

    from analyzer.cli import quotes as cli_quotes

    monkeypatch.setattr("analyzer.quotes.write", lambda *_, **__: [])
    selected = SimpleNamespace(withdrawals_unmatched=2)
    cli_quotes._write(selected, tmp_path / "q.csv", "en", None, quiet=True)  # type: ignore[arg-type]
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "2 withdrawals match no comment here\n"

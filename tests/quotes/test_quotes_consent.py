"""Withdrawal lists and the secret."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer import sources
from analyzer.errors import ConfigError, InputError
from analyzer.quotes import load_secret
from analyzer.quotes.consent import Withdrawals, hashed, secret_path

if TYPE_CHECKING:
    from pathlib import Path


def test_secret_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    first = load_secret()
    path = tmp_path / "config" / "analyzer" / "quotes.key"
    assert path == secret_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_secret() == first
    assert len(first) >= 32
    assert load_secret(tmp_path / "other.key") != first


def test_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quotes.key"
    load_secret(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_secret(path)


def test_short_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quotes.key"
    path.write_text("short")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="5 bytes"):
        load_secret(path)


def test_secret_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="--secret-file"):
        load_secret(tmp_path / "file" / "quotes.key")


def test_hashed_ids_depend_on_id_and_secret() -> None:
    ids = pl.Series(["R1", "R2", None])
    one, two = hashed(ids, b"a" * 16).to_list(), hashed(ids, b"b" * 16).to_list()
    assert one[2] is None
    assert len({*one[:2], *two[:2]}) == 4
    assert all(len(code) == 20 for code in one[:2] if code)
    assert hashed(ids, b"a" * 16).to_list() == one


@pytest.mark.parametrize(
    "content",
    ["R1\n", "id\nR1\n", "2026-05-01;R1;web\n", '"R1","x"\n', "\ufeffR1\r\n", "  R1  \n"],
)
def test_withdrawal_lists_of_many_forms(tmp_path: Path, content: str) -> None:
    path = tmp_path / "withdrawn.csv"
    path.write_text(content, encoding="utf-8")
    frame = pl.DataFrame({"feedback_id": ["R1", "R2"], "respondent_id": [None, "C2"]})
    hit = frame.select(Withdrawals(path).hit(["feedback_id", "respondent_id"])).to_series()
    assert hit.to_list() == [True, False]


@pytest.mark.parametrize(
    "content",
    ["r1", "<R1>", "1001.0", "001001", "1001 1002", "Ana Gil 1001 (by phone)", "id\t1001"],
)
def test_near_forms_of_an_id_withdraw(tmp_path: Path, content: str) -> None:
    path = tmp_path / "withdrawn.txt"
    path.write_text(content, encoding="utf-8")
    frame = pl.DataFrame({"feedback_id": ["R1", "R2"], "respondent_id": ["1001", "77"]})
    withdrawals = Withdrawals(path)
    columns = ["feedback_id", "respondent_id"]
    assert frame.select(withdrawals.hit(columns)).to_series().to_list() == [True, False]
    assert withdrawals.unmatched(frame, columns) == 0


def test_withdrawal_list_says_what_it_did_not_match(tmp_path: Path) -> None:
    path = tmp_path / "withdrawn.txt"
    path.write_text("R1\nR9\n\n", encoding="utf-8")
    frame = pl.DataFrame({"feedback_id": ["R1"]})
    assert Withdrawals(path).unmatched(frame, ["feedback_id"]) == 1


def test_an_address_withdraws_what_reading_hid(tmp_path: Path) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "nps,comment,email\n10,Great service all round,ana@example.org\n"
        "9,Nice people here,b@example.org\n"
    )
    records = sources.read([survey]).records
    assert "ana@example.org" not in records["respondent_id"].to_list()
    path = tmp_path / "withdrawn.txt"
    for line in ("Ana@Example.org\n", "Ana Gil <ana@example.org>\n", "mailto:ana@example.org"):
        path.write_text(line)
        hit = records.select(Withdrawals(path).hit(["respondent_id"])).to_series()
        assert hit.to_list() == [True, False]


def test_a_withdrawal_list_that_is_no_text_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "withdrawn.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 4)
    with pytest.raises(InputError, match="Save it as CSV or as text, one id a line"):
        Withdrawals(path)


def test_missing_withdrawal_list_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is exported"):
        Withdrawals(tmp_path / "none.txt")


def test_no_list_withdraws_nobody() -> None:
    frame = pl.DataFrame({"feedback_id": ["R1", None]}, schema={"feedback_id": pl.String})
    assert not frame.select(Withdrawals(None).hit(["feedback_id"])).to_series().any()

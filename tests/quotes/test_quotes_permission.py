"""What a consent covers: until when, and what for."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from quotes_sample import SECRET, sample

from analyzer.cli import main
from analyzer.errors import ConfigError
from analyzer.quotes import Quotes, check_day, select

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "The fibre is fast and the price never changes from month to month."
KIND = "The staff were kind to my whole family that Saturday morning."


def ask(folder: Path, rows: list[dict[str, Any]], **options: object) -> Quotes:
    return select(sample(folder, rows), secret=SECRET, **options)  # type: ignore[arg-type]


def rules(quotes: Quotes) -> dict[str, int]:
    return dict(quotes.counts.filter(pl.col("comments") > 0).select("rule", "comments").iter_rows())


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("consent_until", "2026-03-31"),
        ("Consent expires", "31/03/2026"),
        ("consentimiento hasta", "31 de marzo de 2026"),
        ("consentement jusqu'au", "31 mars 2026"),
    ],
)
def test_a_consent_ends(tmp_path: Path, header: str, value: str) -> None:
    rows = [{"comment": GOOD, header: value}]
    assert rules(ask(tmp_path, rows, as_of=date(2026, 3, 31))) == {"exported": 1}
    assert rules(ask(tmp_path, rows, as_of=date(2026, 4, 1))) == {"consent_expired": 1}


def test_an_end_that_cannot_be_read_is_an_end(tmp_path: Path) -> None:
    rows = [
        {"comment": GOOD, "consent_until": "2030-01-01"},
        {"comment": KIND, "consent_until": "until further notice"},
    ]
    found = rules(ask(tmp_path, rows, as_of=date(2026, 3, 31)))
    assert found == {"exported": 1, "consent_expired": 1}


def test_the_day_is_needed_only_where_consents_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--as-of"):
        ask(tmp_path, [{"comment": GOOD, "consent_until": "2030-01-01"}])
    assert rules(ask(tmp_path, [{"comment": GOOD}])) == {"exported": 1}


@pytest.mark.parametrize(
    ("scope", "rule"),
    [
        ("marketing", "exported"),
        ("Research; Marketing", "exported"),
        ("publicación en web y redes", "exported"),
        ("témoignages sur le site", "exported"),
        ("todo", "exported"),
        ("", "exported"),
        ("internal research", "consent_scope"),
        ("solo formación interna", "consent_scope"),
        ("enquête seulement", "consent_scope"),
        ("not marketing", "consent_scope"),
        ("tout sauf publicité: non", "consent_scope"),
        ("all except marketing", "consent_scope"),
    ],
)
def test_a_consent_is_for_something(tmp_path: Path, scope: str, rule: str) -> None:
    rows = [
        {"comment": GOOD, "consent_scope": scope},
        {"comment": "Slow and awful.", "nps": 0, "consent_scope": "x"},
    ]
    assert rules(ask(tmp_path, rows)) == {rule: 1, "promoter": 1}


def test_the_month_of_the_consent_is_told(tmp_path: Path) -> None:
    rows = [{"comment": GOOD, "fecha de consentimiento": "17/02/2026"}, {"comment": KIND}]
    quotes = ask(tmp_path, rows).quotes
    assert dict(quotes.select("quote", "consent_month").iter_rows()) == {
        GOOD: "2026-02",
        KIND: None,
    }


def test_days_are_read_and_others_refused() -> None:
    assert check_day("2026-03-31") == date(2026, 3, 31)
    assert check_day(date(2026, 3, 31)) == date(2026, 3, 31)
    assert check_day(None) is None
    for bad in ("31/03/2026", "soon", "2026-02-30", ""):
        with pytest.raises(ConfigError, match="--as-of"):
            check_day(bad)


def test_the_command_line_asks_for_today_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ["id,nps,comment,can_quote,consent_until"]
    said = ("fibre is fast", "staff were kind", "bill is clear", "router is tiny", "app is quick")
    rows += [f"R{i},10,The {text} and we are happy with all of it.,yes,2001-01-01" for i, text in
             enumerate(said)]  # fmt: skip
    wave = tmp_path / "wave.csv"
    wave.write_text("\n".join(rows) + "\n", encoding="utf-8")
    key = tmp_path / "key"
    key.write_bytes(SECRET)
    key.chmod(0o600)
    stopped = {}
    for day in ("2000-06-01", None):
        out = tmp_path / f"{day}.json"
        told = ["--as-of", day] if day else []
        words = ["quotes", str(wave), "--out", str(out), "--secret-file", str(key), *told]
        monkeypatch.setattr(sys, "argv", ["analyzer", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        assert not stop.value.code
        counts = json.loads(out.read_text("utf-8"))["counts"]
        stopped[day] = {row["rule"]: row["comments"] for row in counts}["consent_expired"]
    assert stopped == {"2000-06-01": 0, None: 5}

"""Scores and dates in every spelling that exports have."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sources import read
from analyzer.sources.dates import parse_dates
from analyzer.sources.scores import read_scores, scale_of
from analyzer.sources.values import parse_consent


def scored(folder: Path, header: str, cells: list[str]) -> tuple[tuple[float, float], list[float]]:
    """The scale that a column is read on, and its scores."""
    path = folder / "a.csv"
    rows = "".join(f'"{cell}",this is comment {i}\n' for i, cell in enumerate(cells))
    path.write_text(f"{header},comment\n{rows}", "utf-8")
    reading = read([path])
    (decision,) = reading.sources[0].scores
    values = reading.records[decision.metric].to_list()
    return (decision.minimum, decision.maximum), [round(v, 3) for v in values]


@pytest.mark.parametrize(
    ("cells", "scale", "values"),
    [
        (["85%", "90 %", "0%", "100 %"], (0, 100), [0.85, 0.9, 0, 1]),
        (["85", "90", "0", "100"], (0, 100), [0.85, 0.9, 0, 1]),
        (["0.85", "0.9", "0.1", "1"], (0, 1), [0.85, 0.9, 0.1, 1]),
        (["0,85", "0,9", "0,1", "0"], (0, 1), [0.85, 0.9, 0.1, 0]),
        (["😀", "😡", "🙂", "😐", "🙁"], (0, 1), [1, 0, 0.75, 0.5, 0.25]),
        (["😍", "😢", "👍", "👎"], (0, 1), [1, 0, 1, 0]),
        (["👍", "👎"], (0, 1), [1, 0]),
        (["😀 Very happy", "😡 Very unhappy", "😐 Neutral"], (0, 1), [1, 0, 0.5]),
        (["⭐⭐⭐", "⭐", "★★★★★", "★★☆☆☆"], (1, 5), [0.5, 0, 1, 0.25]),
        (["FIVE", "ONE", "THREE"], (1, 5), [1, 0, 0.5]),
        (["5 étoiles", "1 étoile", "3 étoiles"], (1, 5), [1, 0, 0.5]),
        (["4 sur 5", "1 sur 5", "4,5 sur 5"], (1, 5), [0.75, 0, 0.875]),
        (["Muy satisfecho", "Insatisfecho", "Neutral"], (0, 1), [1, 0.25, 0.5]),
    ],
)
def test_satisfaction(
    tmp_path: Path, cells: list[str], scale: tuple[float, float], values: list[float]
) -> None:
    assert scored(tmp_path, "CSAT", cells) == (scale, values)


@pytest.mark.parametrize(
    "cells",
    [
        ["10 - Muy probable", "0 - Nada probable", "7"],
        ["10/10", "0/10", "7/10"],
        ["10,0", "0,0", "7,0"],
        ["１０", "０", "７"],
        ["ten", "cero", "sept"],
        ["10 (Muy probable)", "0 (Nada probable)", "7"],
    ],
)
def test_nps(tmp_path: Path, cells: list[str]) -> None:
    assert scored(tmp_path, "NPS", cells) == ((0, 10), [10, 0, 7])


def test_no_rating_is_no_score(tmp_path: Path) -> None:
    cells = ["FIVE", "STAR_RATING_UNSPECIFIED", "TWO"]
    values = read_scores(pl.Series(cells))
    assert values.unread == ()
    assert scale_of(values) == (1, 5)


@pytest.mark.parametrize(
    ("cell", "wanted", "offset"),
    [
        ("12 de marzo de 2024", "2024-03-12 00:00:00", None),
        ("1er août 2024 à 14h05", "2024-08-01 14:05:00", None),
        ("5 setiembre 2024", "2024-09-05 00:00:00", None),
        ("3 févr. 2024", "2024-02-03 00:00:00", None),
        ("March 12, 2024 3:05 PM", "2024-03-12 15:05:00", None),
        ("lundi 4 mars 2024", "2024-03-04 00:00:00", None),
        ("4-mar-24", "2024-03-04 00:00:00", None),
        ("15-ene-2024", "2024-01-15 00:00:00", None),
        ("Mon, 04 Mar 2024 10:00:00 +0100", "2024-03-04 10:00:00", 60),
        ("45292", "2024-01-01 00:00:00", None),
        ("45292,5", "2024-01-01 12:00:00", None),
        ("1704067200", "2024-01-01 00:00:00", 0),
        ("1704067200123", "2024-01-01 00:00:00.123000", 0),
        ("2024-03-12T10:00:00+02:00", "2024-03-12 10:00:00", 120),
        ("2024-03-12T10:00:00-0530", "2024-03-12 10:00:00", -330),
        ("2024-03-12T10:00:00Z", "2024-03-12 10:00:00", 0),
        ("2024-03-12 10:00 CEST", "2024-03-12 10:00:00", 120),
        ("2024-03-12 10:00 PST", "2024-03-12 10:00:00", -480),
        ("2024/03/12 10:00:00 p. m. GMT+2", "2024-03-12 22:00:00", 120),
        ("20240312", "2024-03-12 00:00:00", None),
        ("20240312T101500Z", "2024-03-12 10:15:00", 0),
        ("12.03.2024 14:05", "2024-03-12 14:05:00", None),
    ],
)
def test_dates(cell: str, wanted: str, offset: int | None) -> None:
    dates = parse_dates(pl.Series("d", [cell]))
    assert [(str(stamp), zone) for stamp, zone in dates.values.rows()] == [(wanted, offset)]


@pytest.mark.parametrize(("order", "month"), [("dmy", 4), ("mdy", 3)])
def test_the_user_decides_what_the_file_does_not(tmp_path: Path, order: str, month: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,comment\n03/04/2024,slow\n05/06/2024,late again\n", "utf-8")
    (asked,) = [n for n in read([path]).sources[0].notes if "dates read" in n]
    assert "--date-order dmy or mdy" in asked
    told = read([path], date_order=order)  # type: ignore[arg-type]
    assert told.records["created_at"][0].month == month
    assert told.sources[0].date_order == order
    assert not [n for n in told.sources[0].notes if "dates read" in n]


def test_dates_that_contradict_the_user_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,comment\n03/14/2024,slow\n05/06/2024,late again\n", "utf-8")
    told = read([path], date_order="dmy")
    assert told.records["created_at"].null_count() == 0
    assert any("1 date can only be read the other way" in n for n in told.sources[0].notes)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.sampled_from([0, 1, 2, 5, 10, 100])), min_size=1))
def test_a_scale_has_a_length_whatever_the_cells_say(pairs: list[tuple[int, int]]) -> None:
    scores = read_scores(pl.Series([f"{value}/{top}" for value, top in pairs]))
    for metric in ("csat", "ces"):
        found = scale_of(scores, metric)
        assert found is None or found[0] < found[1]


def test_a_score_out_of_one_is_a_share_and_out_of_none_no_score(tmp_path: Path) -> None:
    assert scored(tmp_path, "CSAT", ["1/1", "1/1", "0.5/1"]) == ((0, 1), [1, 1, 0.5])
    (tmp_path / "b.csv").write_text("csat,comment\n5/0,it is slow\n4/0,so it is\n")
    (source,) = read([tmp_path / "b.csv"]).sources
    assert source.scores == ()
    assert "fits no satisfaction scale" in " ".join(source.notes)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((cell, "yes") for cell in (
            "Yes", "SÍ", "oui.", "1", "✓", "x", "I agree", "d'accord", "Yes, you may quote me",
            "Sí, pueden publicar mi comentario", "Oui, bien sûr", "sí, claro", "acepto",
        )),
        *((cell, "no") for cell in (
            "No", "non", "0", "no, gracias", "I do not agree", "I don't agree", "pas d'accord",
            "opt-out", "Opted out", "revoked", "jamás", "Não", "unsubscribed", "never",
            "Yes (withdrawn 2026-01-02)", "Sí, retirado en marzo", "Oui, puis retiré",
            "refuse", "no estoy de acuerdo", "je ne suis pas d'accord", "Not agreed", "disagree",
        )),
        *((cell, "unknown") for cell in (
            "", "-", "n/a", "Yes, but only internally", "Sí pero sin mi nombre", "Oui mais anonyme",
            "yes if you ask me first", "maybe", "peut-être", "no sé", "no answer", "ne sait pas",
            "Si vous me le demandez", "pending", "yes?no? ask",
        )),
    ],
)  # fmt: skip
def test_only_a_plain_yes_is_consent(said: str, meant: str) -> None:
    assert parse_consent(pl.Series([said])).to_list() == [meant]

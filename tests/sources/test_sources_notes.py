"""Notes of how a file was read: a sentence, and what another language needs to say it."""

from __future__ import annotations

import json
import pickle
import re
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources import Note, read, read_note
from analyzer.sources.notes import NOTES

if TYPE_CHECKING:
    from pathlib import Path


def test_a_note_is_its_sentence() -> None:
    note = Note("dates_unreadable", n=1200, column="Fecha")
    assert note == "1,200 dates of 'Fecha' could not be read and were left empty"
    assert (note.code, note.values) == ("dates_unreadable", {"n": 1200, "column": "Fecha"})
    assert Note("rows_above_header", n=1) == "1 row above the header"


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (Note("dates_assumed", order="mdy"), "dates read as month/day: assumed"),
        (
            Note("sheet_read", sheet="A", sheets=("B", "C")),
            "sheet 'A' read; not read: 'B', 'C'; to read",
        ),
        (Note("csat_unclear", n=2, options=("--map a", "--map b")), "--map a or --map b"),
        (
            Note(
                "nps_upside_down",
                column="N",
                low=0.5,
                low_n=1000,
                high=-0.25,
                high_n=20,
                correlation=-0.31,
            ),
            "(mean tone +0.50, n=1,000) than those with high ones (-0.25, n=20)",
        ),
    ],
)
def test_values_are_written_by_what_they_are(note: Note, told: str) -> None:
    assert told in note


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_a_note_survives_every_way_to_keep_it(column: str, columns: list[str]) -> None:
    note = Note("text_chosen", column=column, columns=tuple(columns))
    for same in (
        deepcopy(note),
        pickle.loads(pickle.dumps(note)),  # noqa: S301 - made a line above
        read_note(json.loads(json.dumps(note.told()))),
    ):
        assert isinstance(same, Note)
        assert (same, same.code, same.values) == (note, note.code, note.values)


def test_what_an_older_or_newer_version_told_stays_a_sentence() -> None:
    assert read_note("3 rows above the header") == "3 rows above the header"
    for told in ({"code": "unheard_of", "values": {}}, {"code": "no_scale", "values": {}}):
        assert read_note({**told, "text": "so it was"}) == "so it was"


def test_every_place_of_a_sentence_is_a_value_a_report_can_write() -> None:
    known = {"n", "column", "columns", "sheet", "sheets", "options", "option", "other", "order"}
    known |= {"low", "low_n", "high", "high_n", "correlation", "labels"}
    for template in NOTES.values():
        one, many = (template, template) if isinstance(template, str) else template
        assert set(re.findall(r"%\((\w+)\)s", one)) == set(re.findall(r"%\((\w+)\)s", many))
        assert set(re.findall(r"%\((\w+)\)s", one)) <= known


def test_reading_gives_notes_and_not_mere_sentences(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "Export of March\ndate,id,comment,language,score\n"
        + "".join(f"0{i}/04/2024,7,the line is very slow,en,{i % 5 + 1}\n" for i in range(1, 9))
        + "soon,7,it was not good at all,en,3\n",
        "utf-8",
    )
    notes = read([path]).sources[0].notes
    assert all(isinstance(note, Note) for note in notes)
    assert {note.code for note in notes if isinstance(note, Note)} >= {
        "rows_above_header",
        "language_not_used",
        "dates_assumed",
        "dates_unreadable",
        "ids_unusable",
    }

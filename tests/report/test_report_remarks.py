"""Notes of how files were read, and rows in other languages, in the reader's own language."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest
from report_sample import Sample

from analyzer.report import build, html
from analyzer.report.remarks import rating, remark
from analyzer.report.words import load
from analyzer.schema import LANGUAGES
from analyzer.sources import Note
from analyzer.sources.notes import NOTES

VALUES = {
    "column": "Fecha de alta",
    "labels": ("99", "n/d"),
    "columns": ("Uno", "Dos"),
    "sheet": "Datos",
    "sheets": ("Notas",),
    "order": "dmy",
    "options": ('--map csat="A"', '--map csat="B"'),
    "option": "--map ces=X",
    "other": "--map ces_effort=X",
    "low": 0.25,
    "high": -0.5,
    "correlation": -0.31,
    "low_n": 1200,
    "high_n": 30,
}


def note(code: str, n: int = 1200) -> Note:
    template = NOTES[code]
    places = re.findall(r"%\((\w+)\)s", template if isinstance(template, str) else template[1])
    return Note(code, **{key: n if key == "n" else VALUES[key] for key in places})  # type: ignore[arg-type]


def said(language: str, told: Note) -> str:
    sentence, spoken = remark(load(language), str(told), told.told())
    assert spoken == language
    return sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", NOTES)
def test_every_note_can_be_said(code: str, language: str) -> None:
    for n in (1, 1200):
        sentence = said(language, note(code, n))
        assert not sentence[0].islower()
        assert "%(" not in sentence
        if language != "en":
            assert sentence != said("en", note(code, n))


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("en", "dates_unreadable", "1,200 dates of “Fecha de alta” could not be read"),
        ("es", "dates_unreadable", "1.200 fechas de «Fecha de alta» no se han podido leer"),
        ("fr", "dates_unreadable", "dates de «\u00a0Fecha de alta\u00a0» n’ont pas pu être lues"),
        ("es", "dates_assumed", "Las fechas se leen como día, mes, año"),
        ("fr", "csat_unclear", '--map csat="A" ou --map csat="B"'),
        ("es", "sheet_read", "la hoja «Datos»; sin leer: «Notas»"),
        ("es", "nps_upside_down", "(tono medio +0,25; n\u00a0=\u00a01.200)"),
        ("fr", "ces_upside_down", "(−0,50\u202f; n\u00a0=\u00a030)"),
    ],
)
def test_values_are_written_as_the_language_writes_them(
    language: str, code: str, expected: str
) -> None:
    assert expected in said(language, note(code))


def test_one_and_many_are_told_apart() -> None:
    assert said("es", note("rows_above_header", 1)) == "1 fila por encima de la cabecera"
    assert said("fr", note("rows_above_header", 2)) == "2 lignes au-dessus de l’en-tête"


def test_a_sentence_without_a_code_is_marked_as_english() -> None:
    told = {"code": None, "values": {}}
    assert remark(load("fr"), "so it was", told) == ("So it was", "en")


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_page_tells_notes_in_its_language(csat: Sample, language: str) -> None:
    noted = tuple(note(code) for code in NOTES)
    survey = replace(csat.sources[0], notes=(*noted, "kept by an earlier version"))
    changed = replace(csat, sources=(survey, *csat.sources[1:]))
    model = build(changed)
    source = model["quality"]["sources"][0]
    assert source["notes"] == [*map(str, noted), "kept by an earlier version"]
    assert [told["code"] for told in source["note_codes"]] == [*NOTES, None]
    page = html(changed, language=language)
    for one in noted:
        assert str(one) not in page
    assert page.count('<dd lang="en">') == 1
    assert '<dd lang="en">Kept by an earlier version</dd>' in page


def test_rows_in_other_languages_are_named_with_their_numbers(csat: Sample) -> None:
    silent = csat.feedback.filter(pl.col("left_out") == "no_comment").select("source", "row")
    silent = silent.filter(pl.col("source") == "survey.csv").sort("row").head(3)
    silent = silent.with_columns(told=pl.Series(["pt", None, "pt"]), hit=pl.lit(value=True))
    on = ["source", "row"]
    changed = replace(
        csat,
        feedback=csat.feedback.join(silent, on=on, how="left", maintain_order="left").with_columns(
            language=pl.when("hit").then("told").otherwise("language")
        ),
        ledger=csat.ledger.join(silent, on=on, how="left", maintain_order="left")
        .with_columns(reason=pl.when("hit").then(pl.lit("other_language")).otherwise("reason"))
        .select(csat.ledger.columns),
    )
    rows = build(changed)["quality"]["ledger"]
    (file,) = [file for file in rows if file["source"] == "survey.csv"]
    (row,) = [row for row in file["reasons"] if row["reason"] == "other_language"]
    assert row["n"] == 3
    assert row["languages"] == [{"language": "pt", "n": 2}, {"language": "und", "n": 1}]
    assert all("languages" not in row for row in file["reasons"] if row["n"] != 3)
    assert "Portugais 2 · Langue inconnue 1" in html(changed, language="fr")


@pytest.mark.parametrize(
    ("scales", "told"),
    [
        ([(1, 5, True)], "4/5"),
        ([(1, 5, True), (1, 5, True)], "4/5"),
        ([(1, 5, False)], "2/5"),
        ([(1, 7, True)], "5.5/7"),
        ([(0, 1, True)], "75%"),
        ([(0, 100, True)], "75%"),
        ([(1, 5, True), (1, 10, True)], "75%"),
        ([], "75%"),
    ],
)
def test_a_rating_reads_as_the_person_gave_it(
    scales: list[tuple[int, int, bool]], told: str
) -> None:
    scores = [
        {"metric": "csat", "minimum": low, "maximum": high, "higher_is_better": up}
        for low, high, up in scales
    ]
    scores.append({"metric": "ces", "minimum": 1, "maximum": 7, "higher_is_better": True})
    model = {"quality": {"sources": [{"scores": [score]} for score in scores]}}
    assert rating(model, load("en"), 0.75) == told


def test_verbatims_on_the_page_carry_the_rating_of_the_file(csat: Sample) -> None:
    assert re.search(r"CSAT [1-5]/5<", html(csat))

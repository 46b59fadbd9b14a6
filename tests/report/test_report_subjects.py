"""Subjects of a list, in two waves: in the model, on the page and in every other format."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import fastexcel
import polars as pl
import pptx
import pytest
from report_sample import Sample

from analyzer.report import build, html, story
from analyzer.report.mail import markdown
from analyzer.report.slides import slides
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.report.workbook import workbook

# name, people now and before, change with its interval, q, verdict
Row = tuple[str, int | None, int | None, tuple[float, float, float] | None, float, str]
MORE: Row = ("Waiting", 60, 30, (0.075, 0.03, 0.12), 0.0002, "growing")
LESS: Row = ("Installation", 20, 40, (-0.05, -0.09, -0.01), 0.031, "fading")
SAME: Row = ("Prices", 50, 48, (0.005, -0.04, 0.05), 0.9, "cannot_tell")
FEW: Row = ("Roaming", None, 12, None, 0.4, "cannot_tell")
LANGUAGES = ("es", "fr", "en")


def counted(nps: Sample, *rows: Row, base: int = 400) -> Sample:
    """The sample with subjects, as `analyzer.store.subjects.compare` gives them."""

    def entry(row: Row) -> dict[str, Any]:
        name, now, before, change, q, verdict = row
        hidden = now is None or before is None
        change = change or (None, None, None)  # type: ignore[assignment]
        return {
            "subject": name.lower(),
            **{f"name_{code}": f"{name} ({code})" for code in LANGUAGES},
            "wave": "2026-H2",
            "previous": "2026-H1",
            "people": None if hidden else now,
            "base": base,
            "share": None if hidden else now / base,
            "people_before": None if hidden else before,
            "base_before": base,
            "share_before": None if hidden else before / base,
            **dict(zip(("change", "low", "high"), change, strict=True)),
            "p": q / 2,
            "q": q,
            "verdict": verdict,
        }

    frame = pl.DataFrame([entry(row) for row in rows], infer_schema_length=None)
    return replace(nps, subjects=frame)


def page(analysis: Sample, language: str = "en") -> Page:
    return Page(build(analysis), load(language), [])


def unmoved(analysis: Sample) -> dict[str, Any]:
    """A model in which no theme changed."""
    model = build(analysis)
    model["rankings"] |= {"new": [], "changed": []}
    return model


def test_the_model_has_names_shares_interval_and_q_and_hides_small_groups(nps: Sample) -> None:
    assert build(nps)["subjects"] is None
    more, few = build(counted(nps, MORE, FEW))["subjects"]
    assert (more["subject_id"], more["names"]["fr"]) == ("waiting", "Waiting (fr)")
    assert more["wave"] == {
        "wave": "2026-H2",
        "previous": "2026-H1",
        "now": {"n": 60, "suppressed": False, "base": 400, "share": 0.15},
        "before": {"n": 30, "suppressed": False, "base": 400, "share": 0.075},
        "change": 0.075,
        "low": 0.03,
        "high": 0.12,
        "p": 0.0001,
        "q": 0.0002,
        "confidence": "clear",
        "verdict": "growing",
    }
    assert few["wave"]["now"] == {"n": None, "suppressed": True, "base": 400, "share": None}
    assert few["wave"]["q"] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_those_that_changed_and_folds_the_others(nps: Sample, language: str) -> None:
    assert 'id="subjects"' not in html(nps, language=language)
    made = html(counted(nps, MORE, LESS, SAME, FEW), language=language)
    shown, folded = made.split('id="subjects"')[1].split("<details", 1)
    folded = folded.split("</details>")[0]
    assert [f"{row[0]} ({language})" in shown for row in (MORE, LESS, SAME, FEW)] == (
        [True, True, False, False]
    )
    assert f"Prices ({language})" in folded
    assert f"Roaming ({language})" in folded
    words = load(language)
    assert "q\N{NO-BREAK SPACE}&lt;\N{NO-BREAK SPACE}" + words.number(0.001, 3) in shown
    assert "q\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}" + words.number(0.031, 3) in shown
    assert f"{words.percent(0.075)} → {words.percent(0.15)}" in shown
    assert words.text("No subject of the list is named clearly more or less often.") not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_when_nothing_changed_clearly(nps: Sample, language: str) -> None:
    made = html(counted(nps, SAME), language=language).split('id="subjects"')[1]
    told = load(language).text("No subject of the list is named clearly more or less often.")
    assert told.replace("'", "&#39;") in made.split("<details")[0]
    assert "<table" not in made.split("<details")[0]


def test_workbook_has_a_sheet_of_them(nps: Sample) -> None:
    assert "Subjects" not in fastexcel.read_excel(workbook(nps, page(nps))).sheet_names
    analysis = counted(nps, MORE, FEW)
    book = fastexcel.read_excel(workbook(analysis, page(analysis)))
    more, few = book.load_sheet("Subjects").to_polars().to_dicts()
    assert more["Subject"] == "Waiting (en)"
    assert more["Share, 2026-H1"] == pytest.approx(0.075)
    assert more["Change in points"] == pytest.approx(7.5)
    assert more["q"] == pytest.approx(0.0002)
    assert few["Share, 2026-H2"] is None


def test_a_slide_says_what_changed_and_is_left_out_when_nothing_did(nps: Sample) -> None:
    def titles(analysis: Sample) -> list[str]:
        made = pptx.Presentation(io.BytesIO(slides(page(analysis)))).slides
        return [slide.shapes.title.text_frame.text for slide in made]

    without = titles(nps)
    assert titles(counted(nps, SAME)) == without
    told = titles(counted(nps, MORE, SAME))
    assert [one for one in told if one not in without] == [
        "“Waiting (en)” grew from 8% to 15% of people."
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_lists_them_after_the_themes(nps: Sample, language: str) -> None:
    words = load(language)
    title = f"### {words.text('Subjects named more or less often')}"
    assert title not in markdown(page(counted(nps, SAME), language))
    told = markdown(page(counted(nps, MORE, LESS, SAME), language))
    part = told.split(title)[1].split("##")[0]
    assert f"Waiting ({language})" in part
    assert f"Installation ({language})" in part
    assert f"Prices ({language})" not in part
    assert words.text("growing") in part


def test_without_a_change_of_themes_the_clearest_subject_is_the_finding(nps: Sample) -> None:
    words = load("en")
    nothing = story.changed(Page(unmoved(nps), words, []))
    assert nothing.text == "No theme’s share changed clearly between the two waves."
    told = story.changed(Page(unmoved(counted(nps, LESS, MORE)), words, []))
    assert (told.about, told.theme_id) == ("changed", None)
    assert told.text == "“Installation (en)” faded from 10% to 5% of people."
    new: Row = ("App", 40, 2, (0.095, 0.06, 0.13), 0.0, "emerging")
    assert "grew to 10%" in story.changed(Page(unmoved(counted(nps, new)), words, [])).text
    assert story.changed(page(counted(nps, MORE))).theme_id is not None

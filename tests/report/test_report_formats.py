"""The report as a workbook, slides, Markdown and Parquet: what is in them, and the same twice."""

from __future__ import annotations

import io
import re
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_sample import Sample, sample

from analyzer.errors import ConfigError
from analyzer.report import DEFAULT_FORMATS, FORMATS, build, parse_formats, story, write
from analyzer.report.slides import slides
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.report.workbook import workbook

FILES = {
    "html": ["report.html"],
    "json": ["report.json"],
    "csv": ["themes.csv", "mentions.csv", "ledger.csv"],
    "xlsx": ["report.xlsx"],
    "pptx": ["report.pptx"],
    "md": ["summary.md"],
    "parquet": ["feedback.parquet", "mentions.parquet", "themes.parquet", "atlas.parquet"],
}


def page(analysis: Sample, language: str = "en") -> Page:
    return Page(build(analysis), load(language), [])


@pytest.fixture(scope="module")
def small() -> Sample:
    return sample(40, social=0)


def hostile(analysis: Sample) -> Sample:
    """The same analysis whose names and passages look like formulas and links."""
    return replace(
        analysis,
        themes=analysis.themes.with_columns(name_en=pl.lit("=1+1")),
        spans=analysis.spans.with_columns(text=pl.lit("@SUM(A1) https://x.example")),
    )


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_writes_its_files_and_no_other(nps: Sample, tmp_path: Path, name: str) -> None:
    paths = write(nps, tmp_path, formats=[name])
    assert [path.name for path in paths] == FILES[name]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES[name])


def test_names_of_formats() -> None:
    assert parse_formats(None) == DEFAULT_FORMATS
    assert parse_formats(["pptx, XLSX", "md", "md"]) == ("xlsx", "pptx", "md")
    with pytest.raises(ConfigError, match=r"'docx'.*html, json, csv, xlsx, pptx, md, parquet"):
        parse_formats(["docx"])
    with pytest.raises(ConfigError, match="Name a format"):
        parse_formats([","])


def test_an_unknown_format_writes_nothing(nps: Sample, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        write(nps, tmp_path / "out", formats=["html", "pdf"])
    assert not (tmp_path / "out").exists()


def test_two_writes_give_the_same_bytes(nps: Sample, tmp_path: Path) -> None:
    formats = ("xlsx", "pptx", "md", "parquet")
    first = [path.read_bytes() for path in write(nps, tmp_path / "a", formats=formats)]
    time.sleep(1.1)  # office files keep seconds
    second = [path.read_bytes() for path in write(nps, tmp_path / "b", formats=formats)]
    assert first == second


@pytest.mark.parametrize("language", ["es", "fr", "en"])
def test_workbook_has_a_sheet_a_table(nps: Sample, language: str) -> None:
    words = load(language)
    book = fastexcel.read_excel(workbook(nps, page(nps, language)))
    names = ("Read me", "Themes", "Segments", "Sentiment by group", "Changes", "Limits")
    names += ("Rows read", "Mentions")
    assert book.sheet_names == [words.text(name) for name in names]
    themes = book.load_sheet(words.text("Themes")).to_polars()
    assert themes.height == nps.themes.height
    assert book.load_sheet(words.text("Mentions")).height == nps.mentions.height
    ledger = book.load_sheet(words.text("Rows read")).to_polars()
    assert ledger[words.text("Rows")].sum() == nps.ledger.height


def test_workbook_shows_figures_as_numbers_and_hides_small_groups(nps: Sample) -> None:
    book = fastexcel.read_excel(workbook(nps, page(nps)))
    themes = book.load_sheet("Themes").to_polars()
    first = themes.row(0, named=True)
    assert first["NPS points associated with it"] == pytest.approx(-12.0, abs=0.05)
    small = themes.filter(pl.col("ID") == "T08").row(0, named=True)
    assert small["People"] == "<5"
    assert small["Share of people"] is None
    segments = book.load_sheet("Segments").to_polars()
    hidden = segments.filter(pl.col("People") == "–")
    assert hidden.height > 0
    assert hidden["Share of the group"].null_count() == hidden.height


def test_workbook_fits_the_scores_there_are(csat: Sample, unscored: Sample) -> None:
    rated = fastexcel.read_excel(workbook(csat, page(csat))).load_sheet("Themes").to_polars()
    assert "CSAT points associated with it" in rated.columns
    assert not [name for name in rated.columns if "NPS" in name]
    plain = fastexcel.read_excel(workbook(unscored, page(unscored))).load_sheet("Themes")
    assert not [name for name in plain.to_polars().columns if "NPS" in name or "CSAT" in name]
    single = sample(60, waves=1)
    assert "Changes" not in fastexcel.read_excel(workbook(single, page(single))).sheet_names


def test_workbook_holds_no_formula_and_no_link(nps: Sample) -> None:
    risky = hostile(nps)
    content = workbook(risky, page(risky))
    book = fastexcel.read_excel(content)
    assert book.load_sheet("Mentions").to_polars()["Theme"].unique().to_list() == ["=1+1"]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(r"<f[ >]|<hyperlink", part)
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]


def test_workbook_can_be_filtered_and_its_header_stays(nps: Sample) -> None:
    content = workbook(nps, page(nps))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for number in range(2, 8):
            sheet = packed.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert "<autoFilter" in sheet
            assert 'state="frozen"' in sheet
            assert 'customWidth="1"' in sheet


def test_the_first_sheet_makes_room_for_what_wraps(nps: Sample) -> None:
    content = workbook(nps, page(nps, "es"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count(' ht="30" customHeight="1"') >= 2


def test_a_long_title_is_set_smaller_so_that_it_leaves_the_table_alone(nps: Sample) -> None:
    model = build(nps)
    name = "a very long name of a theme that says two things at once, and one more besides"
    model["themes"][0]["names"]["en"] = name
    for seen, wanted in ((page(nps), 28), (Page(model, load("en"), []), 24)):
        title = shapes(slides(seen))[1].shapes.title.text_frame
        assert title.paragraphs[0].runs[0].font.size.pt == wanted


def shapes(content: bytes) -> list[Any]:
    return list(pptx.Presentation(io.BytesIO(content)).slides)


@pytest.mark.parametrize("language", ["es", "fr", "en"])
@pytest.mark.parametrize("kind", ["nps", "csat", "unscored", "detractors"])
def test_each_slide_is_one_idea_and_says_it_in_its_title(
    kind: str, language: str, request: pytest.FixtureRequest
) -> None:
    seen = page(request.getfixturevalue(kind), language)
    made = shapes(slides(seen))
    finds = [story.headline, story.hurts, story.changed, story.loves]
    expected = [find(seen).text for find in finds] + [groups_told(seen)]
    expected += [story.segments(seen).text] if seen.dimensions() else []
    titles = [slide.shapes.title.text_frame.text for slide in made]
    assert titles == [*expected, story.quality(seen).text]
    for slide in made:
        assert slide.has_notes_slide
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert not any("None" in text or "nan" in text.split() for text in texts)


def groups_told(seen: Page) -> str:
    return seen.words.plural(
        "What people speak of falls into %(n)s group.",
        "What people speak of falls into %(n)s groups.",
        len(seen.model["groups"]),
    )


def test_groups_of_themes_are_on_a_slide_and_in_the_workbook(nps: Sample) -> None:
    seen = page(nps)
    slide = next(s for s in shapes(slides(seen)) if "groups" in s.shapes.title.text_frame.text)
    table = next(shape for shape in slide.shapes if shape.has_table).table
    told = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert list(told) == ["Group", "Network and devices", "Money and contracts", "Other themes"]
    named = {name: [seen.name(theme) for theme in themes] for name, themes in seen.groups()}
    for name, themes in named.items():
        assert themes[0] in told[name]
    book = fastexcel.read_excel(workbook(nps, seen)).load_sheet("Themes").to_polars()
    for name, themes in named.items():
        assert book.filter(pl.col("Group") == name)["Theme"].to_list() == themes


def test_no_slide_is_empty(unscored: Sample) -> None:
    for analysis in (sample(60, waves=1), sample(8, social=0, waves=1), unscored):
        for slide in shapes(slides(page(analysis))):
            assert [s for s in slide.shapes if s.has_chart or s.has_table] or (
                len([s for s in slide.shapes if s.has_text_frame]) > 2
            )


def test_charts_are_native_described_and_show_intervals(nps: Sample) -> None:
    made = shapes(slides(page(nps)))
    frames = [[shape for shape in slide.shapes if shape.has_chart] for slide in made]
    assert [len(found) for found in frames] == [2, 1, 1, 1, 0, 0, 0]
    for slide in made[4:]:
        assert sum(shape.has_table for shape in slide.shapes) == 1
    for found in frames:
        for frame in found:
            assert frame._element.nvGraphicFramePr.cNvPr.get("descr")
    chart = frames[1][0].chart
    assert (
        chart.plots[0].categories[0]
        == "Fibre cuts out\n−12.0 · n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}119"
    )
    assert chart.plots[0].series[0].values[0] == pytest.approx(-12.0, abs=0.05)
    assert len(chart._chartSpace.findall(".//{*}errBars")) == 1


@pytest.mark.parametrize("named", ["T01", "T08", "T12"])
def test_the_table_shows_the_theme_that_its_title_names(nps: Sample, named: str) -> None:
    model = build(nps)
    seen = Page(model, load("en"), [])
    cell = seen.cells(seen.themes[named], "nps_segment")
    for level, share in (("detractor", 0.99), ("promoter", 0.0)):
        cell[level] |= {"n": 9, "share": share, "confidence": "clear", "suppressed": False}
    made = shapes(slides(seen))[5]
    table = next(shape for shape in made.shapes if shape.has_table).table
    first = [row.cells[0].text for row in table.rows]
    assert seen.name(named) in made.shapes.title.text_frame.text
    assert seen.name(named) in first
    assert {"Fibre cuts out", "Friendly staff"} <= set(first)
    assert len(first) == 11


def test_slides_hide_small_groups() -> None:
    seen = page(sample(300, minimum_cell=9))
    table = next(s for s in shapes(slides(seen))[5].shapes if s.has_table).table
    cells = [cell.text for row in table.rows for cell in row.cells]
    assert "–" in cells
    assert not any(text.isdigit() and int(text) < 9 for text in cells)


@pytest.mark.parametrize("people", [8, 200])
def test_slides_of_one_wave_leave_changes_out(people: int) -> None:
    made = shapes(slides(page(sample(people, social=0, waves=1))))
    titles = [slide.shapes.title.text_frame.text for slide in made]
    assert not any("nothing to compare with" in title for title in titles)


@settings(max_examples=12, deadline=None)
@given(
    text=st.text(min_size=1, max_size=30) | st.sampled_from(["\x00", "\x0b=1", "<a>&", "_x0041_"])
)
def test_any_text_can_be_a_name(small: Sample, text: str) -> None:
    named = replace(
        small,
        themes=small.themes.with_columns(name_en=pl.lit(text)),
        spans=small.spans.with_columns(text=pl.lit(text)),
    )
    seen = page(named)
    assert len(shapes(slides(seen))) > 4
    book = fastexcel.read_excel(workbook(named, seen))
    assert book.load_sheet("Themes").height == small.themes.height


def test_parquet_for_bi_and_for_the_map(nps: Sample, tmp_path: Path) -> None:
    write(nps, tmp_path, formats=["parquet"], language="fr")
    frames = {path.stem: pl.read_parquet(path) for path in tmp_path.iterdir()}
    assert "respondent_id" not in frames["feedback"].columns
    assert "country" in frames["feedback"].columns
    assert "plan" not in frames["feedback"].columns
    assert frames["feedback"].height == nps.feedback.height
    assert frames["mentions"].height == nps.mentions.height
    assert frames["themes"].height == nps.themes.height
    atlas = frames["atlas"]
    assert {"text", "theme", "segment", "sentiment", "language", "x", "y"} <= set(atlas.columns)
    assert atlas["id"].is_unique().all()
    assert atlas.select(pl.col("x", "y").is_finite().all()).row(0) == (True, True)
    assert "Coupures de la fibre" in atlas["theme"].to_list()
    nearest = nps.mentions.sort("similarity").group_by("feedback_id", "span").last()
    told = atlas.join(
        nearest.select(pl.format("{}#{}", "feedback_id", "span").alias("id"), best="theme_id"),
        on="id",
    )
    assert (told["theme_id"] == told["best"]).all()


def test_parquet_hides_what_the_model_hides(nps: Sample, tmp_path: Path) -> None:
    write(nps, tmp_path, formats=["parquet"])
    themes = pl.read_parquet(tmp_path / "themes.parquet")
    assert themes.filter(pl.col("theme_id") == "T08")["respondents"].item() is None

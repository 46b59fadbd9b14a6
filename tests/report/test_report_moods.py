"""How each group feels about a theme: in the model, on the page and in the workbook."""

from __future__ import annotations

from dataclasses import replace

import fastexcel
import polars as pl
import pytest
from report_sample import Sample

from analyzer import stats
from analyzer.report import build, html
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.report.workbook import workbook
from analyzer.stats.moods import MOODS


@pytest.fixture(scope="module")
def torn(nps: Sample) -> Sample:
    """The sample with a theme that promoters praise and detractors criticise."""
    promoters = nps.feedback.filter(pl.col("nps_segment") == "promoter")["feedback_id"]
    ours = nps.mentions.filter(pl.col("theme_id") == "T03").select("feedback_id", "span")
    ours = ours.with_columns(ours=pl.lit(value=True))
    good = pl.col("feedback_id").is_in(promoters.implode())
    spans = nps.spans.join(ours, on=["feedback_id", "span"], how="left", maintain_order="left")
    spans = spans.with_columns(
        polarity=pl.when("ours")
        .then(pl.when(good).then(0.8).otherwise(-0.8))
        .otherwise("polarity"),
        sentiment=pl.when("ours")
        .then(pl.when(good).then(pl.lit("positive")).otherwise(pl.lit("negative")))
        .otherwise("sentiment"),
    ).drop("ours")
    ids = nps.themes["theme_id"].to_list()
    linked = stats.link(nps.feedback, spans, nps.mentions, ids)
    return replace(nps, spans=spans, linked=linked)


def test_shares_of_a_group_sum_to_one_and_small_groups_are_hidden(nps: Sample) -> None:
    hidden = 0
    for theme in build(nps)["themes"]:
        for table in theme["moods"]:
            for row in table["levels"]:
                shares = [row[mood]["value"] for mood in MOODS]
                hidden += row["suppressed"]
                if row["suppressed"]:
                    assert (row["n"], *shares) == (None,) * 5
                else:
                    assert sum(shares) == pytest.approx(1, abs=1e-5)
                    assert all(row[mood]["low"] <= row[mood]["high"] for mood in MOODS)
    assert hidden


def test_a_theme_that_divides_says_who_feels_how(torn: Sample) -> None:
    model = build(torn)
    theme = next(theme for theme in model["themes"] if theme["theme_id"] == "T03")
    gap = next(gap for gap in theme["divided"] if gap["dimension"] == "nps_segment")
    assert (gap["level"], gap["verdict"]) == ("promoter", "divided")
    assert gap["polarity"] > 0 > gap["other_polarity"]
    for language, told in (
        ("en", "Opinions are divided. Promoters: more praise than criticism (mean tone +0.80"),
        ("es", "Opiniones divididas. Promotores: más elogios que críticas (tono medio +0,80"),
        ("fr", "Les avis sont partagés. Promoteurs\u00a0: plus d’éloges que de critiques"),
    ):
        assert told in html(torn, language=language)
        page = Page(model, load(language), [])
        assert len(page.divisions(theme)) == sum(
            gap["verdict"] != "cannot_tell" for gap in theme["divided"]
        )


def test_the_page_shows_all_groups_or_none(nps: Sample) -> None:
    model = build(nps)
    page = Page(model, load("es"), [])
    for theme in model["themes"]:
        names = [name for name, _ in page.moods(theme)]
        if names:
            assert names[0] == "En conjunto"
            assert set(names) <= {
                "En conjunto", "Redes sociales", "Promotores", "Pasivos", "Detractores",
            }  # fmt: skip
    assert any(page.moods(theme) for theme in model["themes"])
    assert not all(page.moods(theme) for theme in model["themes"])


def test_workbook_has_feelings_by_group(torn: Sample) -> None:
    page = Page(build(torn), load("en"), [])
    book = fastexcel.read_excel(workbook(torn, page))
    table = book.load_sheet("Sentiment by group").to_polars()
    ours = table.filter(
        (pl.col("Theme") == "Bill does not add up") & (pl.col("Group") == "Promoters")
    )
    (row,) = ours.to_dicts()
    assert row["Breakdown"] == "NPS segment"
    assert row["Positive"] == pytest.approx(1)
    assert row["Mean tone"] == pytest.approx(0.8, abs=0.01)
    assert row["Verdict"] == "opinions divided"
    few = table.filter(pl.col("People") == "–")
    assert few.height > 0
    assert few["Negative"].null_count() == few.height

"""What a notebook asks of an analysis."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer import charts, explore
from analyzer.errors import ConfigError
from analyzer.explore.comparison import Comparison
from analyzer.explore.frames import TABLES, safe_themes
from analyzer.explore.restrict import keep
from analyzer.report.model import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer import Analysis


def quotes_in(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html, re.DOTALL)


def test_search_crosses_languages(demo: Analysis) -> None:
    found = demo.search("tiempo de espera al teléfono", 30)
    assert len(found) == 30
    assert set(found["language"]) == {"es", "fr", "en"}
    assert found["similarity"].is_sorted(descending=True)
    assert found["feedback_id"].is_unique().all()


def test_search_respects_k_and_refuses_nothing(demo: Analysis) -> None:
    assert len(demo.search("bill", 3)) == 3
    for text, k in (("  ", 5), ("bill", 0)):
        with pytest.raises(ConfigError, match="search needs words"):
            demo.search(text, k)


def test_a_hit_shows_the_passage_that_matched(demo: Analysis) -> None:
    found = demo.search("the bill is wrong", 8)
    for row in found.frame.to_dicts():
        assert row["text"][row["start"] : row["end"]] == row["passage"]
        assert row["passage"] in row["text"]
    assert len(quotes_in(found._repr_html_())) == 8
    assert found["text"][0] not in repr(found)
    assert list(found.to_pandas()["feedback_id"]) == found["feedback_id"].to_list()


def test_similar_comments_are_others_and_know_each_other(demo: Analysis) -> None:
    one = demo.search("the bill is wrong", 1)["feedback_id"][0]
    found = demo.similar(one, 5)
    assert len(found) == 5
    assert one not in found["feedback_id"].to_list()
    assert one in demo.similar(found["feedback_id"][0], len(demo.feedback))["feedback_id"].to_list()


def test_similar_says_why_a_comment_will_not_do(demo: Analysis) -> None:
    empty = demo.feedback.filter(pl.col("left_out") == "no_comment")["feedback_id"][0]
    with pytest.raises(ConfigError, match=r"not analysed \(no_comment\)"):
        demo.similar(empty)
    with pytest.raises(ConfigError, match="no comment 'R-none'"):
        demo.similar("R-none")
    with pytest.raises(ConfigError, match="k of at least 1"):
        demo.similar(empty, 0)


def test_a_theme_opens(demo: Analysis) -> None:
    first = demo.themes["theme_id"][0]
    view = demo.theme(first)
    mine = demo.mentions.filter(pl.col("theme_id") == first)
    assert set(view.name) == {"es", "fr", "en"}
    assert len(view.spans) == mine.height
    assert set(view.comments["feedback_id"]) == set(mine["feedback_id"])
    assert view.comments["clauses"].sum() == mine.height
    assert view.comments["similarity"].is_sorted(descending=True)
    assert view.figures["theme_id"] == first
    assert first not in view.neighbours["theme_id"].to_list()
    assert view.name["en"] in repr(view)


def test_a_trend_counts_people_as_the_statistics_do(demo: Analysis) -> None:
    waves = demo.linked.waves
    assert waves is not None
    row = waves.sort("n", descending=True).row(0, named=True)
    trend = demo.theme(row["theme_id"]).trend
    assert trend["wave"].to_list() == [row["previous"], row["wave"]]
    assert trend["n"].to_list() == [row["previous_n"], row["n"]]
    assert trend["base"].to_list() == [row["previous_base"], row["base"]]
    assert trend["share"][1] == pytest.approx(row["share"])
    assert (trend["low"] < trend["share"]).all()
    assert (trend["share"] < trend["high"]).all()


def test_an_unknown_theme_is_a_sentence(demo: Analysis) -> None:
    with pytest.raises(ConfigError, match="no theme 'T99'"):
        demo.theme("T99")


def test_examples_are_distinct_verbatim_and_of_the_asked_sentiment(demo: Analysis) -> None:
    first = demo.themes["theme_id"][0]
    shown = demo.examples(first, 6)
    assert len({one["feedback_id"] for one in shown}) == 6
    assert all(0 <= one["start"] < one["end"] <= len(one["text"]) for one in shown)
    angry = demo.examples(first, 6, "negative")
    assert {one["sentiment"] for one in angry} == {"negative"}


def test_values_of_a_wrong_kind_are_sentences(demo: Analysis) -> None:
    first = demo.themes["theme_id"][0]
    asked: list[tuple[Callable[[], object], str]] = [
        (lambda: demo.theme(1), "no theme 1"),  # type: ignore[arg-type]
        (lambda: demo.similar(5), "no comment 5"),  # type: ignore[arg-type]
        (lambda: demo.where(None), "where needs a condition"),  # type: ignore[arg-type]
        (lambda: demo.search(None), "search needs words"),  # type: ignore[arg-type]
        (lambda: demo.search("bill", "3"), "search needs words"),  # type: ignore[arg-type]
        (lambda: demo.examples(first, sentiment="bad"), "negative, neutral, positive"),
        (lambda: demo.examples(first, "3"), "examples needs n"),  # type: ignore[arg-type]
    ]
    for call, told in asked:
        with pytest.raises(ConfigError, match=told):
            call()


def test_a_refusal_outside_the_condition_still_refuses(demo: Analysis) -> None:
    two = demo.feedback.filter("analysed").unique("country", keep="first", maintain_order=True)
    here, there = two["feedback_id"][:2]
    person = pl.col("feedback_id").is_in([here, there])
    feedback = demo.feedback.with_columns(
        respondent_id=pl.when(person).then(pl.lit("one person")).otherwise("respondent_id"),
        consent=pl.when(pl.col("feedback_id") == there).then(pl.lit("no")).otherwise(pl.lit("yes")),
    )
    left = replace(demo, feedback=feedback).where(f"country = '{two['country'][0]}'").feedback
    assert there not in left["feedback_id"].to_list()
    assert left.filter(feedback_id=here)["consent"].item() == "no"


def test_repr_holds_no_comment(demo: Analysis) -> None:
    assert repr(demo).startswith("<Analysis of 3 file(s)")
    assert len(repr(demo)) < 120
    html = demo._repr_html_()
    assert f"{demo.linked.overview.base:,} people with a comment" in html
    assert "people asked" not in html
    assert not any(text in html for text in demo.feedback["text"].drop_nulls() if len(text) > 40)


def test_where_counts_again_and_keeps_the_themes(demo: Analysis) -> None:
    spain = demo.where("country = 'ES'")
    assert set(spain.feedback["country"]) == {"ES"}
    assert spain.themes["name_en"].to_list() == demo.themes["name_en"].to_list()
    assert spain.themes["size"].to_list() == [
        spain.found.mentions.filter(pl.col("theme_id") == name).height
        for name in spain.themes["theme_id"]
    ]
    assert spain.linked.overview.base < demo.linked.overview.base
    assert "touchpoint" in spain.linked.segments["dimension"].to_list()
    assert len(spain.found.vectors) == len(spain.spans)
    assert len(spain.ledger) == len(demo.ledger)
    analysed = int((spain.ledger["reason"] == "analysed").sum())
    assert analysed == int(spain.feedback["analysed"].sum())
    assert set(spain.search("factura", 9)["feedback_id"]) <= set(spain.feedback["feedback_id"])
    assert {theme["theme_id"] for theme in build(spain)["themes"]} == set(demo.themes["theme_id"])
    assert "rows filtered out" in spain._repr_html_()


def test_where_tells_the_leak_and_the_personal_data_of_what_is_left(demo: Analysis) -> None:
    whole = keep(demo, demo.feedback)
    assert whole.quality.language_leak == demo.quality.language_leak > 0
    assert whole.findings.equals(demo.findings)
    spanish = demo.where("language = 'es'")
    assert spanish.quality.language_leak == 0
    assert 0 < spanish.findings["count"].sum() < demo.findings["count"].sum()
    assert set(demo.where("wave = '2026-Q3'").findings["source"]) < set(demo.findings["source"])


def test_where_shows_no_small_group(demo: Analysis) -> None:
    one = demo.feedback.filter("analysed", pl.col("nps").is_not_null())["row"][0]
    with pytest.raises(ConfigError, match="leaves comments of 1 people; groups under 5"):
        demo.where(f"row = {one} AND wave = '2026-Q2' AND kind = 'survey'")
    with pytest.raises(ConfigError, match="names 'planet', which is no column"):
        demo.where("planet = 'Mars'")


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_part_counts_what_is_in_it(demo: Analysis, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 1000))
    part = keep(demo, demo.feedback.sample(fraction=0.4, seed=seed).sort("source", "row"))
    ids = set(part.feedback["feedback_id"])
    for frame in (part.spans, part.mentions, part.positions):
        assert set(frame["feedback_id"]) <= ids
    kept = demo.spans.with_row_index("at").filter(pl.col("feedback_id").is_in(ids))["at"]
    same = np.asarray(part.found.vectors) == demo.found.vectors[kept.to_numpy()]
    assert same.all()
    reasons = part.ledger["reason"].value_counts()
    assert int(reasons["count"].sum()) == len(demo.ledger)


def test_compare_tells_what_changed(demo: Analysis) -> None:
    change = demo.compare()
    assert (change.previous, change.wave) == ("2026-Q2", "2026-Q3")
    assert change.themes["theme_id"].to_list() == demo.themes["theme_id"].to_list()
    moved = pl.concat([change.of("growing"), change.of("emerging")])
    assert (moved["change"] > 0).all()
    assert set(change.scores["metric"]) == {"nps"}
    assert "2026-Q2 → 2026-Q3" in change._repr_html_()
    assert repr(change).startswith("<2026-Q2 to 2026-Q3:")
    with pytest.raises(ConfigError, match="No theme is 'better'"):
        change.of("better")


def test_a_chart_of_changes_paints_bad_news_and_good_news(demo: Analysis) -> None:
    change = demo.compare()
    known = change.themes.drop_nulls("change").head(4)
    made = known.with_columns(
        verdict=pl.Series(["growing", "growing", "fading", "fading"]),
        origin=pl.Series(["problem", "strength"] * 2),
    )
    spec = replace(change, themes=made).chart().to_dict()
    rows = max(spec["datasets"].values(), key=len)
    ways = {row["theme"]: row["way"] for row in rows}
    assert [ways[name] for name in made["name_en"]] == ["worse", "better", "better", "worse"]


def test_compare_takes_waves_in_any_order(demo: Analysis) -> None:
    told = demo.compare()
    for asked in (("2026-Q2",), ("2026-Q3", "2026-Q2")):
        again = demo.compare(*asked)
        assert again.wave == told.wave
        assert again.themes.equals(told.themes)


def test_compare_holds_the_waves_that_were_asked_for(demo: Analysis) -> None:
    month = pl.col("created_at").dt.strftime("%Y-%m")
    monthly = replace(demo, feedback=demo.feedback.with_columns(wave=month))
    change = monthly.compare("2026-04", "2026-08")
    assert (change.previous, change.wave) == ("2026-04", "2026-08")
    sizes = monthly.feedback.filter("analysed", pl.col("kind") == "survey", pl.col("nps") >= 0)
    told = change.themes.drop_nulls("n").row(0, named=True)
    assert told["base"] <= sizes.filter(pl.col("wave") == "2026-08").height


def test_compare_refuses_what_is_not_there(demo: Analysis) -> None:
    with pytest.raises(ConfigError, match="its waves are: 2026-Q2, 2026-Q3"):
        demo.compare("2025-Q1")
    with pytest.raises(ConfigError, match="not two waves"):
        demo.compare("2026-Q3")
    with pytest.raises(ConfigError, match="one wave only"):
        demo.where("wave = '2026-Q3'").compare()


def test_small_counts_are_hidden_everywhere(demo: Analysis) -> None:
    largest = int(demo.linked.themes["respondents"].max())  # type: ignore[arg-type]
    hidden = replace(demo, linked=replace(demo.linked, minimum_cell=largest + 1))
    table = safe_themes(hidden)
    assert table["respondents"].drop_nulls().is_in([0]).all()
    assert table["impact"].null_count() == len(table)
    assert hidden.compare().themes["n"].drop_nulls().is_empty()
    view = hidden.theme(demo.themes["theme_id"][0])
    assert view.trend["n"].null_count() == 2
    assert f"&lt;{largest + 1} people" in view._repr_html_()
    assert f"&lt;{largest + 1}" in hidden._repr_html_()
    with pytest.raises(ConfigError, match="enough people"):
        view.chart()
    with pytest.raises(ConfigError, match="enough people in both"):
        hidden.compare().chart()


def test_html_is_escaped(demo: Analysis) -> None:
    bad = '<script>alert("x")</script>'
    first = demo.themes["theme_id"][0]
    themes = demo.themes.with_columns(name_en=pl.lit(bad))
    mine = pl.col("feedback_id") == demo.theme(first).comments["feedback_id"][0]
    text = pl.when(mine).then(pl.lit(bad) + pl.col("text")).otherwise("text")
    hostile = replace(demo, themes=themes, feedback=demo.feedback.with_columns(text=text))
    shown = (hostile, hostile.theme(first), hostile.search(bad, 5), hostile.compare())
    for result in shown:
        html = result._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


def test_quotes_pass_the_gate(demo: Analysis, tmp_path: object) -> None:
    quotes = demo.quotes(limit=4, language="fr", secret=b"x" * 32)
    assert set(quotes.quotes["language"]) == {"fr"}
    assert 0 < len(quotes.quotes) <= 4
    assert set(quotes.quotes["consent"]) == {"yes"}


def test_tables_go_to_pandas(demo: Analysis) -> None:
    for name in TABLES:
        frame = demo.to_pandas(name)  # type: ignore[arg-type]
        assert len(frame) > 0
    mentions = demo.to_pandas()
    assert {"name_es", "passage", "nps", "country", "wave"} <= set(mentions.columns)
    assert "respondent_id" not in mentions.columns
    with pytest.raises(ConfigError, match="no table 'all'"):
        demo.to_pandas("all")  # type: ignore[arg-type]


def test_charts_are_altair(demo: Analysis) -> None:
    for chart in (demo.impact(), demo.map("es"), demo.heatmap("touchpoint", "fr")):
        assert "$schema" in chart.to_dict()


def test_a_contradiction_is_a_low_score_with_praise_or_a_high_one_with_anger(
    demo: Analysis,
) -> None:
    found = explore.contradictions(demo.feedback, demo.spans)
    scored = found.join(demo.feedback, on="feedback_id")
    angry = scored.filter(pl.col("sentiment") == "negative")
    assert (angry["nps"] >= 9).all()
    assert (scored.filter(pl.col("sentiment") == "positive")["nps"] <= 6).all()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (None, ["negative", "positive"]),
        ("Why did you give this score?", ["negative", "positive"]),
        ("What could we do better?", ["positive"]),
        ("¿Qué mejorarías?", ["positive"]),
        ("Que devrions-nous améliorer ?", ["positive"]),
        ("What did you like?", ["negative"]),
        ("¿Qué le gustó?", ["negative"]),
        ("Qu'avez-vous aimé ?", ["negative"]),
    ],
)
def test_an_answer_that_was_asked_for_contradicts_nothing(
    question: str | None, wanted: list[str]
) -> None:
    segments = {"feedback_id": ["a", "b"], "nps_segment": ["promoter", "detractor"]}
    feedback = pl.DataFrame(segments).with_columns(
        csat_band=pl.lit(None, pl.String), question=pl.lit(question, pl.String)
    )
    spans = pl.DataFrame(
        {"feedback_id": ["a", "b"], "sentiment": ["negative", "positive"], "confidence": [0.9, 0.9]}
    )
    assert explore.contradictions(feedback, spans)["sentiment"].to_list() == wanted


@pytest.mark.parametrize("language", ["es", "fr", "en"])
def test_charts_of_waves_speak_three_languages(demo: Analysis, language: str) -> None:
    change: Comparison = demo.compare()
    title = {"es": "Lo que ha cambiado", "fr": "Ce qui a changé", "en": "What changed"}[language]
    spec = change.chart(language).to_dict()
    rows = max(spec["datasets"].values(), key=len)
    assert [row["change"] for row in rows] == sorted((r["change"] for r in rows), reverse=True)
    assert all(row["low"] < row["change"] < row["high"] for row in rows)
    assert title in spec["title"]["text"]
    assert "%%" not in str(spec)
    view = demo.theme(demo.linked.themes.sort("respondents")["theme_id"][-1])
    svg = charts.to_svg(view.chart(language))
    assert svg.startswith("<svg")
    assert view.name[language][:12] in svg

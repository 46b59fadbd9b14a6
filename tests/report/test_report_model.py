"""The report model against the analysis it describes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from report_sample import Sample, sample

from analyzer.report import SCHEMA_VERSION, build, story
from analyzer.report.figures import confidence, count, counts, figure
from analyzer.report.mail import markdown
from analyzer.report.page import render
from analyzer.report.ranking import rankings
from analyzer.report.sheets import sheets
from analyzer.report.tables import themes_frame
from analyzer.report.verbatims import VERBATIMS, _in_each_language, _plain_first
from analyzer.report.view import Page
from analyzer.report.words import load
from analyzer.stats import link

DOCS = Path(__file__).parents[2] / "docs" / "report-json.md"


def test_model_is_plain_json_and_the_same_every_time(nps: Sample) -> None:
    first, second = build(nps), build(nps)
    assert json.dumps(first, allow_nan=False) == json.dumps(second, allow_nan=False)
    assert json.loads(json.dumps(first)) == first
    assert first["schema_version"] == SCHEMA_VERSION


def test_row_order_does_not_change_the_model(nps: Sample) -> None:
    shuffled = replace(
        nps,
        feedback=nps.feedback.reverse(),
        ledger=nps.ledger.sample(fraction=1, shuffle=True, seed=3),
        mentions=nps.mentions.reverse(),
    )
    assert build(shuffled) == build(nps)


def test_figures_are_those_of_the_statistics(nps: Sample) -> None:
    model = build(nps)
    assert model["overview"]["nps"]["value"] == pytest.approx(
        nps.linked.overview.nps.value, rel=1e-5
    )
    for theme, row in zip(model["themes"], nps.linked.themes.to_dicts(), strict=True):
        if row["impact"] is not None:
            assert theme["impact"]["value"] == pytest.approx(row["impact"], rel=1e-5)
            assert theme["respondents"]["n"] == row["respondents"]


def test_segments_of_the_headline_add_up(nps: Sample) -> None:
    over = build(nps)["overview"]
    assert sum(row["n"] for row in over["nps_segments"]) == over["nps"]["n"]
    shares = {row["level"]: row["share"] for row in over["nps_segments"]}
    assert 100 * (shares["promoter"] - shares["detractor"]) == pytest.approx(
        over["nps"]["value"], abs=1e-3
    )


def test_ledger_adds_up_to_the_rows_of_each_source(nps: Sample) -> None:
    quality = build(nps)["quality"]
    rows = {source["name"]: source["rows"] for source in quality["sources"]}
    for file in quality["ledger"]:
        assert (
            sum(reason["n"] for reason in file["reasons"]) == file["rows"] == rows[file["source"]]
        )
        assert file["reasons"][0]["reason"] == "analysed"


def _counted(node: object) -> list[dict[str, Any]]:
    """Every mapping of the model that hides or shows a number of people."""
    if isinstance(node, list):
        return [found for item in node for found in _counted(item)]
    if not isinstance(node, dict):
        return []
    here = [node] if "suppressed" in node else []
    return here + [found for item in node.values() for found in _counted(item)]


def test_no_group_of_one_to_four_people_is_shown(nps: Sample) -> None:
    cells = _counted(build(nps)["themes"])
    assert any(cell["suppressed"] for cell in cells)
    for cell in cells:
        assert (cell["n"] is None) == cell["suppressed"]
        assert cell["n"] is None or cell["n"] == 0 or cell["n"] >= 5
        if cell["suppressed"]:
            assert cell.get("share") is None or isinstance(cell["share"], dict)


@pytest.mark.parametrize("minimum", [0, 12])
def test_one_setting_governs_every_small_group(minimum: int) -> None:
    model = build(sample(300, minimum_cell=minimum, outcomes=True))
    assert model["minimum_cell"] == minimum
    cells = _counted(model["themes"])
    assert any(cell["suppressed"] for cell in cells) == (minimum > 0)
    assert all(cell["n"] is None or cell["n"] == 0 or cell["n"] >= minimum for cell in cells)
    assert all(r["n"] >= minimum for theme in model["themes"] for r in theme["related"])
    reactions = [theme["engagement"]["likes"] for theme in model["themes"]]
    assert (None in reactions) == (minimum > 0)


def test_a_theme_of_a_few_people_shows_no_figure(nps: Sample) -> None:
    theme = next(t for t in build(nps)["themes"] if t["theme_id"] == "T08")
    assert theme["respondents"] == {"n": None, "suppressed": True}
    assert theme["comments"] is None
    assert theme["share"]["value"] is None
    assert theme["nps"]["value"] is None
    assert theme["sentiment"]["negative"] is None


@pytest.mark.parametrize("score", ["nps", "csat", "both"])
def test_scores_of_a_hidden_group_do_not_tell_its_size(score: str) -> None:
    """N (all - without) / (score - without) is the number of people."""
    seen = sample(300, score=score, minimum_cell=60, outcomes=True)
    model = build(seen)
    hidden = [theme for theme in model["themes"] if theme["respondents"]["suppressed"]]
    assert 0 < len(hidden) < len(model["themes"])
    for theme in hidden:
        for part in ("nps", "impact", "csat", "csat_impact"):
            assert theme[part]["value"] is None, part
        assert theme["csat"]["top_box"] is None
        assert theme["nps_without"] is None
        assert not theme["detractor_share"]  # an empty cell tells on nobody
        assert theme["effort"] is None
        assert theme["no_impact_reason"] == "too_few"
    shown = [theme for theme in model["themes"] if not theme["respondents"]["suppressed"]]
    assert any(theme["csat" if score == "csat" else "nps"]["n"] for theme in shown)
    limits = {limit["code"]: limit for limit in model["quality"]["limits"]}
    if score != "csat":
        assert limits["small_themes"]["fewest"] == 60


def test_social_mentions_change_nothing_but_their_own_part() -> None:
    with_, without = build(sample(social=120)), build(sample(social=0))
    assert without["social"] is None
    assert with_["social"]["comments"] == 120
    for a, b in zip(with_["themes"], without["themes"], strict=True):
        for part in ("respondents", "share", "sentiment", "nps", "impact", "languages", "trend"):
            assert a[part] == b[part]
    assert with_["overview"]["sentiment"] == without["overview"]["sentiment"]


def test_ranking_puts_what_can_be_told_first(nps: Sample) -> None:
    model = build(nps)
    themes = {theme["theme_id"]: theme for theme in model["themes"]}
    hurts = [themes[theme_id]["impact"] for theme_id in model["rankings"]["hurts"]]
    assert all(impact["value"] < 0 for impact in hurts)
    keys = [(impact["verdict"] == "cannot_tell", impact["value"]) for impact in hurts]
    assert keys == sorted(keys)
    assert model["rankings"]["new"] == ["T06"]


def test_a_theme_about_nothing_in_particular_never_leads(nps: Sample) -> None:
    first = build(nps)["rankings"]["hurts"]
    names = pl.when(pl.col("theme_id") == first[0]).then(pl.lit("various remarks"))
    model = build(
        replace(nps, themes=nps.themes.with_columns(name_en=names.otherwise(pl.col("name_en"))))
    )
    themes = {theme["theme_id"]: theme for theme in model["themes"]}
    assert [theme_id for theme_id in themes if themes[theme_id]["general"]] == [first[0]]
    told = [t for t in model["rankings"]["hurts"] if themes[t]["impact"]["verdict"] == "costs"]
    assert told[0] == first[1]
    assert told[-1] == first[0]


def test_praise_is_not_led_by_the_name_of_a_problem(nps: Sample) -> None:
    before = build(nps)["rankings"]
    first = before["loves"][0]
    names = pl.when(pl.col("theme_id") == first).then(pl.lit("waiting time"))
    themes = nps.themes.with_columns(name_en=names.otherwise(pl.col("name_en")))
    after = build(replace(nps, themes=themes))["rankings"]
    assert len(before["loves"]) > 1
    assert after["loves"][0] == before["loves"][1]
    assert sorted(after["loves"]) == sorted(before["loves"])
    assert after["hurts"] == before["hurts"]


def _theme(model: dict[str, Any], theme_id: str) -> dict[str, Any]:
    return next(theme for theme in model["themes"] if theme["theme_id"] == theme_id)


def test_people_love_only_what_more_of_them_praise_than_criticise(nps: Sample) -> None:
    model = build(nps)
    first = model["rankings"]["loves"][0]
    assert model["rankings"]["leads"]["loves"] == first
    theme = _theme(model, first)
    theme["complaints"]["n"] = theme["praise"]["n"]
    after = rankings(model["themes"], "nps", 0)
    assert first not in after["loves"]
    assert after["leads"]["loves"] == after["loves"][0] == model["rankings"]["loves"][1]


@pytest.mark.parametrize(
    ("name", "share", "leads"),
    [
        ("support, among others", 0.5, False),
        ("various remarks", 0.5, False),
        ("support, among others", 0.3, True),
        ("support", 0.5, True),
        ("mistakes by the company", 0.3, False),
    ],
)
def test_nothing_broad_and_no_problem_leads_what_people_love(
    nps: Sample, name: str, share: float, *, leads: bool
) -> None:
    model = build(nps)
    first = _theme(model, model["rankings"]["leads"]["loves"])
    first["names"] = {**first["names"], "en": name}
    first["general"] = name == "various remarks"
    first["respondents"]["n"] = round(share * first["base"])
    for theme in model["themes"]:
        if theme is not first:
            theme["praise"]["n"] = 0
    found = rankings(model["themes"], "nps", 0)
    assert found["loves"] == [first["theme_id"]]
    assert found["leads"]["loves"] == (first["theme_id"] if leads else None)
    page = Page(model | {"rankings": found}, load("en"), [])
    assert [theme is first for theme in page.top("loves")] == [True] * leads
    assert (page.leader("loves") is first) is leads
    assert (story.loves(page).theme_id is None) is not leads
    assert ("No theme in particular: those folded" in render(page.model, "en")) is not leads


def test_themes_of_a_codebook_have_no_stability_and_candidates_are_marked(nps: Sample) -> None:
    given = pl.col("theme_id") != "T02"
    themes = nps.themes.with_columns(
        status=pl.when(given).then(pl.lit("codebook")).otherwise(pl.lit("candidate")),
        stability=pl.when(~given).then("stability"),
        weak=pl.when(~given).then("weak"),
    )
    model = build(replace(nps, themes=themes))
    page = Page(model, load("en"), [])
    assert _theme(model, "T01")["status"] == "codebook"
    assert _theme(model, "T01")["stability"] is None
    assert _theme(model, "T01")["weak"] is False
    assert _theme(model, "T02")["status"] == "candidate"
    row = themes_frame(model).filter(pl.col("theme_id") == "T02").to_dicts()[0]
    assert row["status"] == "candidate"
    assert page.marked(_theme(model, "T02")) == "Waiting on the phone (candidate)"
    assert "Waiting on the phone (candidate)" in markdown(page).replace("\\", "")
    assert "Waiting on the phone (candidate)" in [row[0] for row in sheets(nps, page)[0].rows]
    shown = render(model, "en")
    assert ">candidate<" in shown
    assert "not measured: the theme is given by the codebook" in shown


def test_people_who_criticise_and_praise_are_counted_once_each(unscored: Sample) -> None:
    model = build(unscored)
    felt = unscored.linked.moods.filter(dimension="all", level="answers")
    rows = {row["theme_id"]: row for row in felt.to_dicts()}
    for theme in model["themes"]:
        row = rows[theme["theme_id"]]
        for voice, mood in (("complaints", "negative"), ("praise", "positive")):
            told = theme[voice]
            if told["suppressed"]:
                assert told["n"] is told["value"] is told["low"] is None
            elif not row["suppressed"]:
                people = row["respondents"] * (row[mood] + row["mixed"])
                assert told["n"] == pytest.approx(people)
                assert told["low"] - 1e-6 <= told["value"] <= told["high"] + 1e-6
                assert told["value"] == pytest.approx(told["n"] / theme["base"], rel=1e-5)
        if theme["respondents"]["suppressed"]:
            assert theme["complaints"]["suppressed"]
            assert theme["praise"]["suppressed"]
    assert sum(theme["complaints"]["n"] or 0 for theme in model["themes"]) > 100
    ranked = {theme["theme_id"]: theme for theme in model["themes"]}
    hurts = [ranked[name]["complaints"]["n"] for name in model["rankings"]["hurts"]]
    assert hurts == sorted(hurts, reverse=True)


def test_posts_do_not_move_the_ranking_of_what_people_say() -> None:
    with_, without = (
        build(sample(400, score="none", social=social))["rankings"] for social in (200, 0)
    )
    assert with_ == without


def test_scores_that_tell_nothing_apart_leave_what_people_say() -> None:
    assert build(sample(9, social=0, waves=1))["rankings"]["basis"] == "people"
    made = sample(120, waves=1)
    every = pl.col("nps").is_not_null()
    happy = made.feedback.with_columns(
        nps=pl.when(every).then(10).otherwise(None).cast(pl.Int8),
        nps_segment=pl.when(every).then(pl.lit("promoter")),
    )
    ids = made.themes["theme_id"].to_list()
    model = build(replace(made, feedback=happy, linked=link(happy, made.spans, made.mentions, ids)))
    assert model["situation"] == "nps"
    assert model["rankings"]["basis"] == "people"
    assert model["rankings"]["hurts"]
    assert model["rankings"]["loves"]
    known = [theme for theme in model["themes"] if theme["respondents"]["n"]]
    assert {theme["impact"]["q"] for theme in known} == {None}
    assert "same_score" in {theme["no_impact_reason"] for theme in known}


@pytest.mark.parametrize(
    ("score", "situation", "basis"),
    [
        ("nps", "nps", "impact"),
        ("csat", "csat", "csat_impact"),
        ("none", "no_score", "people"),
        ("detractors", "only_detractors", "people"),
    ],
)
def test_situation_decides_what_themes_are_ranked_by(
    score: str, situation: str, basis: str
) -> None:
    model = build(sample(300, score=score))
    assert model["situation"] == situation
    assert model["rankings"]["basis"] == basis
    assert model["rankings"]["hurts"]
    codes = {limit["code"] for limit in model["quality"]["limits"]}
    assert (situation in codes) == (situation != "nps")


def test_verbatims_are_few_and_carry_their_evidence(nps: Sample) -> None:
    for theme in build(nps)["themes"]:
        assert len(theme["verbatims"]) <= VERBATIMS
        ids = [verbatim["feedback_id"] for verbatim in theme["verbatims"]]
        assert len(ids) == len(set(ids))
        for verbatim in theme["verbatims"]:
            assert 0 <= verbatim["start"] < verbatim["end"] <= len(verbatim["text"])


def test_verbatims_begin_with_those_that_surely_show_the_feeling() -> None:
    about = dict.fromkeys(("span", "text", "start", "end", "language", "wave", "touchpoint"))
    plain = about | {"kind": "survey", "sentiment": "negative", "polarity": -0.9, "csat": None}
    plain |= {"confidence": 0.9, "similarity": 0.5, "confident": True, "nps": 2}
    others = ({"nps": 10}, {"confidence": 0.5}, {"confident": False}, {"polarity": -0.2})
    same = ({"nps": 8}, {"nps": None}, {"csat": 0.5, "nps": None})
    pool = [
        plain | other | {"feedback_id": f"f{number}"}
        for number, other in enumerate([*others, *same, {}])
    ]
    shown = [one["feedback_id"] for one in _plain_first(pool, "negative")]
    assert shown == ["f4", "f5", "f6", "f7", "f0", "f1", "f2", "f3"]
    assert _plain_first(pool, "neutral") == pool


def test_the_tone_of_a_theme_is_of_what_people_answered_in_every_output(nps: Sample) -> None:
    counted = {row["theme_id"]: row for row in nps.linked.themes.to_dicts()}
    assert nps.linked.themes["social_mentions"].sum() > 0
    for theme in build(nps)["themes"]:
        row = counted[theme["theme_id"]]
        if not theme["respondents"]["suppressed"]:
            for part in ("negative", "neutral", "positive", "polarity"):
                assert theme["sentiment"][part] == pytest.approx(row[part], rel=1e-5)


def test_verbatims_show_every_sentiment_of_the_theme(nps: Sample) -> None:
    theme = build(nps)["themes"][0]
    assert {v["sentiment"] for v in theme["verbatims"]} == {"negative", "neutral"}


def test_one_row_and_no_theme_make_a_model() -> None:
    one = sample(1, social=0, waves=1)
    nothing = replace(
        one,
        mentions=one.mentions.clear(),
        themes=one.themes.clear(),
        positions=one.positions.clear(),
        linked=replace(
            one.linked, themes=one.linked.themes.clear(), segments=one.linked.segments.clear()
        ),
    )
    model = build(nothing)
    assert model["themes"] == []
    assert model["overview"]["nps"]["reason"] == "too_few"


def test_confidence_words_follow_q() -> None:
    assert [confidence(q) for q in (0.05, 0.051, 0.1, 0.11, None)] == [
        "clear",
        "likely",
        "likely",
        "cannot_tell",
        "cannot_tell",
    ]


def test_figure_rounds_and_drops_nan() -> None:
    assert figure(float("nan")) is None
    assert figure(None) is None
    assert figure(1 / 3) == 0.333333
    assert str(figure(-0.0)) == "0.0"


def test_count_hides_one_to_four() -> None:
    assert [count(n)["n"] for n in (0, 1, 4, 5)] == [0, None, None, 5]


def test_counts_hide_a_second_level_that_could_be_derived() -> None:
    rows = pl.DataFrame({"level": ["a"] * 9 + ["b"] * 2 + ["c"] * 6, "who": range(17)})
    found = counts(rows, "level", "who")
    assert [(row["level"], row["n"]) for row in found] == [("a", 9), ("c", None), ("b", None)]


def _keys(node: object) -> set[str]:
    if isinstance(node, list):
        return {key for item in node for key in _keys(item)}
    if isinstance(node, dict):
        return set(node) | {key for item in node.values() for key in _keys(item)}
    return set()


def test_every_key_is_documented(nps: Sample) -> None:
    told = set(re.findall(r"`([a-z_0-9]+)`", DOCS.read_text("utf-8")))
    model = build(nps) | {"more": build(sample(score="both", outcomes=True))}
    mapping = {key for source in model["quality"]["sources"] for key in source["mapping"]}
    assert _keys(model) - told - mapping - {"more", "es", "fr", "en"} == set()


def test_outcomes_name_the_themes_that_differ(nps: Sample) -> None:
    assert build(nps)["outcomes"] is None
    found = build(sample(outcomes=True))["outcomes"]
    churn = next(row for row in found["rates"] if row["outcome"] == "churned")
    assert churn["low"] < churn["value"] < churn["high"]
    assert 0 < len(churn["themes"]) <= 3
    assert all(theme["q"] <= 0.1 for theme in churn["themes"])
    assert {row["status"] for row in found["status"]} == {"open", "resolved"}


def test_value_ranks_themes_by_what_their_people_are_worth() -> None:
    rows = build(sample(outcomes=True))["outcomes"]["value"]
    ranks = [row["rank_value"] for row in rows]
    assert ranks == sorted(ranks)
    assert len(ranks) == 8
    assert all(row["value_low"] < row["value_share"] < row["value_high"] for row in rows)
    worst = next(row for row in rows if row["theme_id"] == "T01")
    assert worst["value_share"] > worst["share"]


def test_groups_hold_the_themes_that_name_them(nps: Sample) -> None:
    found = build(nps)["groups"]
    assert [group["themes"] for group in found] == [["T01", "T06", "T10"], ["T03", "T04"]]
    assert found[0]["names"]["fr"] == "Réseau et appareils"
    alone = replace(nps, themes=nps.themes.with_columns(parent_id=pl.lit(None, dtype=pl.String)))
    assert build(alone)["groups"] == []


def test_effort_and_voices_of_a_theme(nps: Sample, unscored: Sample) -> None:
    theme = build(sample(outcomes=True))["themes"][0]
    assert theme["effort"]["value"] < theme["effort"]["without"]
    assert theme["effort"]["impact"]["verdict"] == "costs"
    assert theme["voices"]["negative"]["value"] < 0
    assert theme["voices"]["negative"]["n"] > 0
    assert theme["voices"]["positive"]["value"] is None
    assert build(nps)["themes"][0]["effort"] is None
    assert build(unscored)["themes"][0]["voices"] == {}


def test_reactions_count_more_when_they_take_more(nps: Sample) -> None:
    theme = next(t for t in build(nps)["themes"] if t["engagement"]["weighted"] is not None)
    found = theme["engagement"]
    assert found["weighted"] == found["likes"] + 3 * (found["replies"] + found["shares"])
    assert found["per_mention"] == pytest.approx(found["weighted"] / theme["social"]["n"], rel=1e-5)


def test_change_of_the_score_adds_up(nps: Sample) -> None:
    change = build(nps)["change"]
    assert change["mentioned"] + change["weighs"] + change["rest"] == pytest.approx(
        change["change"], abs=1e-3
    )
    assert build(sample(200, waves=1))["change"] is None


def test_people_of_two_waves_are_said_to_count_twice(nps: Sample) -> None:
    codes = [limit["code"] for limit in build(nps)["quality"]["limits"]]
    assert "repeated_people" not in codes
    again = nps.feedback.with_columns(
        respondent_id=pl.when(pl.col("kind") == "survey").then(
            "r" + (pl.int_range(pl.len()) // 2).cast(pl.String)
        )
    )
    limits = build(replace(nps, feedback=again))["quality"]["limits"]
    assert next(limit for limit in limits if limit["code"] == "repeated_people")["n"] > 0


def test_a_handful_of_scores_is_not_told_apart() -> None:
    over = build(sample(8, social=0, waves=1))["overview"]
    assert over["nps"]["value"] is None
    assert over["nps_segments"] == []
    over = build(sample(8, score="csat", social=0, waves=1))["overview"]
    assert over["csat_bands"] == []
    many = build(sample(200, waves=1))["overview"]
    assert sum(row["n"] for row in many["nps_segments"]) == many["nps"]["n"]


def test_who_commented_is_not_told_of_a_small_group() -> None:
    model = build(sample(24, social=0, waves=1, minimum_cell=9))
    sizes = {row["level"]: row["n"] for row in model["overview"]["nps_segments"]}
    told = {row["level"] for row in model["overview"]["comment_rate"]}
    assert 0 < min(sizes.values()) < 9
    assert told == {level for level, size in sizes.items() if size >= 9}


@pytest.mark.parametrize(
    ("pool", "wanted", "chosen"),
    [
        ("es es es es fr en", 3, "0 4 5"),
        ("es fr es es en en", 3, "0 1 4"),
        ("es fr en es es", 3, "0 1 2"),
        ("es es es es", 3, "0 1 2"),
        ("es en fr fr", 1, "0"),
        ("es en", 5, "0 1"),
        ("", 0, ""),
    ],
)
def test_verbatims_are_the_most_central_and_of_each_language(
    pool: str, wanted: int, chosen: str
) -> None:
    examples = [{"language": spoken, "at": at} for at, spoken in enumerate(pool.split())]
    found = _in_each_language(examples, wanted)
    assert [row["at"] for row in found] == [int(at) for at in chosen.split()]


def test_the_size_of_a_small_group_is_in_no_model() -> None:
    made = sample(120, minimum_cell=60)
    model = build(made)
    levels = [level for table in model["dimensions"] for level in table["levels"]]
    levels += [
        level
        for theme in model["themes"]
        for table in theme["segments"]
        for level in table["levels"]
    ]
    assert any(level["base"] is None for level in levels)
    assert all(level["base"] is None or level["base"] >= 60 for level in levels)

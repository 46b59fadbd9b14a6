"""What link() counts, compares and hides."""

from __future__ import annotations

import time
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from statsdata import feedback_frame, mention_frames, simulated

from analyzer.errors import ConfigError
from analyzer.stats import Linked, link
from analyzer.stats.segments import SEGMENT_SCHEMA
from analyzer.stats.themes import THEME_SCHEMA
from analyzer.stats.waves import WAVE_SCHEMA, WAVE_SCORE_SCHEMA, wave_order


def _scores(values: list[int], **columns: object) -> list[dict[str, object]]:
    return [{"feedback_id": f"f{i:03d}", "nps": v, **columns} for i, v in enumerate(values)]


def _mention(rows: list[dict[str, object]], numbers: list[int], theme: str = "t") -> list:
    return [(str(rows[i]["feedback_id"]), 0, theme, "negative") for i in numbers]


def _link(rows: list[dict[str, object]], pairs: list, ids: list[str], **options: object) -> Linked:
    return link(feedback_frame(rows), *mention_frames(pairs), ids, **options)


# ---- who is counted


def test_two_comments_of_one_person_are_one_respondent() -> None:
    rows = _scores([2, 2, 9], respondent_id="ana", created_at=datetime(2025, 3, 1))
    rows[2]["respondent_id"] = "bob"
    theme = _link(rows, _mention(rows, [0, 1]), ["t"]).themes.row(0, named=True)
    assert (theme["comments"], theme["respondents"], theme["base"]) == (2, 1, 2)
    assert theme["share"] == 0.5


def test_the_latest_submission_of_a_person_counts() -> None:
    rows = _scores([2, 9], respondent_id="ana")
    rows[0]["created_at"], rows[1]["created_at"] = datetime(2025, 3, 1), datetime(2025, 4, 1)
    linked = _link(rows, _mention(rows, [0]), ["t"])
    assert linked.overview.base == 1
    assert linked.themes["respondents"].to_list() == [0]
    assert linked.themes["comments"].to_list() == [1]


def test_a_person_answers_once_in_each_wave() -> None:
    rows = _scores([2, 9], respondent_id="ana")
    rows[0]["wave"], rows[1]["wave"] = "a", "b"
    assert _link(rows, [], ["t"]).overview.base == 2


def test_social_mentions_never_enter_a_denominator() -> None:
    rows = _scores([3] * 4) + [
        {"feedback_id": f"s{i}", "kind": "social", "nps": 1} for i in range(6)
    ]
    linked = _link(rows, _mention(rows, [0, 4, 5, 6]), ["t"])
    theme = linked.themes.row(0, named=True)
    assert (theme["respondents"], theme["base"], theme["social_mentions"]) == (1, 4, 3)
    assert (theme["comments"], theme["spans"]) == (1, 1)
    assert linked.overview.social_comments == 6
    assert linked.overview.nps is not None
    assert linked.overview.nps.n == 4


def test_without_any_score_the_base_is_everybody_with_a_comment() -> None:
    rows = [{"feedback_id": f"f{i}", "analysed": i < 8} for i in range(10)]
    linked = _link(rows, _mention(rows, [0, 1]), ["t"])
    theme = linked.themes.row(0, named=True)
    assert (theme["base"], theme["share"]) == (8, 0.25)
    assert (theme["reason"], theme["nps_reason"], theme["verdict"]) == (
        "no_score",
        "no_score",
        "cannot_tell",
    )
    assert linked.overview.nps is None
    assert linked.overview.negative is None


def test_scores_without_a_comment_count_in_the_nps_but_not_in_the_base() -> None:
    rows = _scores([9] * 12 + [2] * 12)
    for row in rows[:6]:
        row["analysed"] = False
    overview = _link(rows, [], []).overview
    assert overview.nps is not None
    assert overview.nps_commented is not None
    assert (overview.nps.n, overview.nps.value) == (24, 0.0)
    assert (overview.nps_commented.n, overview.base) == (18, 18)
    rate = overview.comment_rate.row(by_predicate=pl.col("level") == "promoter", named=True)
    assert (rate["respondents"], rate["commented"], rate["rate"]) == (12, 6, 0.5)


def test_themes_that_were_not_asked_for_are_left_out_and_missing_ones_are_zero() -> None:
    rows = _scores([3] * 3)
    linked = _link(rows, _mention(rows, [0], "other"), ["b", "a"])
    assert linked.themes["theme_id"].to_list() == ["b", "a"]
    assert linked.themes["respondents"].to_list() == [0, 0]


# ---- impact


def test_impact_is_the_nps_of_all_minus_the_nps_of_the_rest() -> None:
    rows = _scores([0] * 12 + [10] * 18 + [8] * 10)
    theme = _link(rows, _mention(rows, list(range(14))), ["t"]).themes.row(0, named=True)
    assert theme["nps"] == pytest.approx(100 * (2 - 12) / 14)
    assert theme["nps_without"] == pytest.approx(100 * 16 / 26)
    assert theme["impact"] == pytest.approx(100 * 6 / 40 - 100 * 16 / 26)
    assert theme["impact_low"] < theme["impact"] < theme["impact_high"] < 0
    assert (theme["verdict"], theme["reason"], theme["nps_indicative"]) == ("costs", None, True)


def test_a_theme_of_nine_people_has_no_nps_and_no_impact() -> None:
    rows = _scores([0] * 9 + [10] * 40)
    theme = _link(rows, _mention(rows, list(range(9))), ["t"]).themes.row(0, named=True)
    assert (theme["nps_n"], theme["nps_reason"], theme["reason"]) == (9, "too_few", "too_few")
    for column in ("nps", "nps_low", "nps_without", "impact", "impact_low", "impact_q"):
        assert theme[column] is None
    assert theme["verdict"] == "cannot_tell"


def test_a_rest_of_nine_people_has_no_impact() -> None:
    rows = _scores([0] * 20 + [10] * 9)
    theme = _link(rows, _mention(rows, list(range(20))), ["t"]).themes.row(0, named=True)
    assert theme["nps"] == -100
    assert theme["impact"] is None
    assert theme["nps_without"] is None


def test_a_file_of_detractors_has_shares_and_says_why_there_is_no_impact() -> None:
    rows = _scores([2] * 50)
    linked = _link(rows, _mention(rows, list(range(20))), ["t"])
    theme = linked.themes.row(0, named=True)
    assert theme["share"] == 0.4
    assert (theme["impact"], theme["lift"]) == (None, None)
    assert (theme["reason"], theme["verdict"]) == ("only_detractors", "cannot_tell")
    assert linked.overview.detractors_only
    assert linked.impacts.is_empty()


def test_csat_has_its_own_impact_and_verdict_where_there_is_no_nps() -> None:
    rows = [
        {"feedback_id": f"f{i:03d}", "csat": 0.0 if i < 20 else 1.0 if i < 60 else 0.5}
        for i in range(80)
    ]
    theme = _link(rows, _mention(rows, list(range(22))), ["t"]).themes.row(0, named=True)
    assert theme["csat"] == pytest.approx(2 / 22)
    assert theme["csat_top"] == pytest.approx(2 / 22)
    assert theme["csat_impact"] == pytest.approx(50 / 80 - 48 / 58)
    assert (theme["impact"], theme["verdict"], theme["reason"]) == (None, "costs", None)


def test_the_top_box_is_a_choice() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "csat": 0.5} for i in range(20)]
    pairs = _mention(rows, list(range(12)))
    strict, loose = _link(rows, pairs, ["t"]), _link(rows, pairs, ["t"], top_box=0.5)
    assert strict.themes["csat_top"].to_list() == [0.0]
    assert loose.themes["csat_top"].to_list() == [1.0]
    assert loose.overview.csat_top is not None
    assert loose.overview.csat_top.value == 1.0


def test_sentiment_is_of_spans_and_mixed_of_comments() -> None:
    rows = _scores([5, 5])
    pairs = [
        ("f000", 0, "t", "negative"),
        ("f000", 1, "t", "positive"),
        ("f001", 0, "t", "negative"),
        ("f001", 1, "t", "neutral"),
    ]
    theme = _link(rows, pairs, ["t"]).themes.row(0, named=True)
    assert (theme["negative"], theme["neutral"], theme["positive"]) == (0.5, 0.25, 0.25)
    assert theme["polarity"] == pytest.approx(-0.2)
    assert theme["mixed_share"] == 0.5


def test_posts_tell_the_tone_of_a_theme_that_no_answer_has() -> None:
    rows = [*_scores([5, 5]), {"feedback_id": "p", "kind": "social"}]
    pairs = [("f000", 0, "t", "positive"), ("p", 0, "t", "negative"), ("p", 1, "u", "negative")]
    asked, posted = _link(rows, pairs, ["t", "u"]).themes.to_dicts()
    assert (asked["negative"], asked["positive"], asked["spans"]) == (0, 1, 1)
    assert (posted["negative"], posted["positive"], posted["spans"]) == (1, 0, 1)
    assert asked["social_mentions"] == posted["social_mentions"] == 1


@pytest.mark.parametrize("score", [10, 8])
def test_scores_that_all_count_the_same_have_no_impact(score: int) -> None:
    rows = _scores([score] * 60)
    linked = _link(rows, _mention(rows, list(range(20))), ["t"])
    theme = linked.themes.row(0, named=True)
    assert theme["impact"] is theme["impact_q"] is None
    assert theme["reason"] == "same_score"
    assert linked.impacts.is_empty()


def test_negative_and_positive_mentions_have_impacts_of_their_own() -> None:
    rows = _scores([1] * 15 + [10] * 15 + [5, 8, 9] * 10)
    pairs = [(f"f{i:03d}", 0, "t", "negative" if i < 15 else "positive") for i in range(30)]
    impacts = _link(rows, pairs, ["t"]).impacts.filter(pl.col("metric") == "nps")
    by = {row["sentiment"]: row for row in impacts.iter_rows(named=True)}
    assert by["negative"]["impact"] < 0 < by["positive"]["impact"]
    assert by["negative"]["n"] == 15
    few = _link(rows, pairs[:3], ["t"], minimum_cell=5).impacts
    assert few["n"].to_list()[0] is None
    assert _link(rows, pairs[:3], ["t"], minimum_cell=2).impacts["n"].to_list()[0] == 3


def test_effort_goes_with_a_theme_where_it_was_asked() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "ces": 0.25 if i < 20 else 0.75} for i in range(60)]
    effort = _link(rows, _mention(rows, list(range(20))), ["t", "u"]).effort
    assert effort is not None
    row = effort.row(0, named=True)
    assert (row["n"], row["ces"], row["without"]) == (20, 0.25, 0.75)
    assert row["impact"] == pytest.approx(-0.5 / 3)
    assert row["q"] < 0.01
    assert effort["ces"].to_list()[1] is None
    assert _link(_scores([3] * 20), [], ["t"]).effort is None


# ---- segments and small cells


def test_lift_compares_a_segment_with_everybody_else() -> None:
    rows = _scores([0] * 40 + [10] * 60)
    pairs = _mention(rows, [*range(20), *range(40, 50)])
    linked = _link(rows, pairs, ["t"])
    row = linked.segments.row(by_predicate=pl.col("level") == "detractor", named=True)
    assert (row["respondents"], row["base"], row["share"]) == (20, 40, 0.5)
    assert row["lift"] == pytest.approx(0.5 / (10 / 60))
    assert row["odds_ratio"] == pytest.approx((20 / 20) / (10 / 50))
    theme = linked.themes.row(0, named=True)
    assert theme["lift"] == row["lift"]
    assert theme["promoter_share"] == pytest.approx(10 / 60)


def _by_country(counts: dict[str, int], size: int = 30) -> tuple[list, list]:
    rows = [
        {"feedback_id": f"{country}{i:03d}", "nps": 5, "country": country}
        for country in counts
        for i in range(size)
    ]
    pairs = [(f"{c}{i:03d}", 0, "t", "negative") for c, k in counts.items() for i in range(k)]
    return rows, pairs


def test_one_small_cell_hides_another_so_that_it_cannot_be_derived() -> None:
    rows, pairs = _by_country({"DE": 3, "ES": 20, "FR": 9, "GB": 12})
    linked = _link(rows, pairs, ["t"], by=["country"])
    cells = linked.segments.filter(pl.col("dimension") == "country")
    assert cells.filter("suppressed")["level"].to_list() == ["DE", "FR"]
    for column in ("respondents", "share", "low", "high", "lift", "odds_ratio", "p", "q"):
        assert cells.filter("suppressed")[column].null_count() == 2


def test_two_small_cells_protect_each_other() -> None:
    rows, pairs = _by_country({"DE": 3, "ES": 20, "FR": 4})
    cells = _link(rows, pairs, ["t"], by=["country"]).segments.filter(
        pl.col("dimension") == "country"
    )
    assert cells.filter("suppressed")["level"].to_list() == ["DE", "FR"]


def test_the_smallest_cell_that_is_shown_is_a_choice() -> None:
    rows, pairs = _by_country({"DE": 3, "ES": 20, "FR": 9})
    cells = _link(rows, pairs, ["t"], by=["country"], minimum_cell=0).segments
    assert not cells["suppressed"].any()
    assert _link(rows, pairs, ["t"], by=["country"], minimum_cell=10).segments["suppressed"].any()


def test_levels_without_a_value_are_left_out() -> None:
    rows, pairs = _by_country({"ES": 20, "FR": 9})
    for row in rows[:10]:
        row["country"] = None
    cells = _link(rows, pairs, ["t"], by=["country"]).segments.filter(
        pl.col("dimension") == "country"
    )
    assert cells["base"].to_list() == [20, 30]


@pytest.mark.parametrize("name", ["pais", "text", "respondent_id", "nps"])
def test_a_breakdown_by_an_unknown_or_personal_column_is_refused(name: str) -> None:
    rows, pairs = _by_country({"ES": 20})
    with pytest.raises(ConfigError, match=f"'{name}'.*country"):
        _link(rows, pairs, ["t"], by=[name])


# ---- negative share


@pytest.mark.parametrize(
    ("bad", "n", "verdict"),
    [(3, 50, "cannot_tell"), (5, 200, "below"), (40, 200, "above")],
)
def test_the_negative_share_has_three_verdicts(bad: int, n: int, verdict: str) -> None:
    rows = [{"feedback_id": f"f{i:03d}", "csat": 0.0 if i < bad else 1.0} for i in range(n)]
    negative = _link(rows, [], []).overview.negative
    assert negative is not None
    assert (negative.count, negative.n, negative.verdict) == (bad, n, verdict)
    assert negative.basis == "csat"


def test_the_limit_is_a_choice() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "csat": 0.0 if i < 40 else 1.0} for i in range(200)]
    negative = _link(rows, [], [], negative_limit=0.5).overview.negative
    assert negative is not None
    assert (negative.limit, negative.verdict) == (0.5, "below")


def test_without_csat_the_negative_share_is_that_of_detractors() -> None:
    negative = _link(_scores([0] * 5 + [9] * 5), [], []).overview.negative
    assert negative is not None
    assert (negative.basis, negative.share) == ("nps", 0.5)


# ---- waves


def _waves(before: int, now: int, size: int) -> Linked:
    rows = [
        {"feedback_id": f"{wave}{i:04d}", "wave": wave, "nps": i % 11}
        for wave in ("w2", "w10")
        for i in range(size)
    ]
    pairs = [
        (f"{wave}{i:04d}", 0, "t", "negative")
        for wave, k in (("w2", before), ("w10", now))
        for i in range(k)
    ]
    return _link(rows, pairs, ["t"])


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (0, 20, "emerging"),
        (30, 60, "growing"),
        (60, 30, "fading"),
        (30, 0, "gone"),
        (8, 8, "stable"),
        (40, 50, "cannot_tell"),
    ],
)
def test_themes_get_a_verdict_from_wave_to_wave(before: int, now: int, verdict: str) -> None:
    waves = _waves(before, now, 500).waves
    assert waves is not None
    row = waves.row(0, named=True)
    assert (row["previous"], row["wave"]) == ("w2", "w10")
    assert (row["previous_n"], row["n"], row["base"]) == (before, now, 500)
    assert row["verdict"] == verdict
    assert row["low"] <= row["change"] <= row["high"]


def test_one_wave_has_nothing_to_compare() -> None:
    linked = _link(_scores([3] * 20, wave="a"), [], ["t"])
    assert linked.waves is None
    assert linked.wave_scores is None


def test_waves_are_ordered_by_date_before_name() -> None:
    rows = [
        {"feedback_id": "a", "wave": "alpha", "created_at": datetime(2025, 5, 1)},
        {"feedback_id": "b", "wave": "beta", "created_at": datetime(2025, 1, 1)},
    ]
    assert wave_order(feedback_frame(rows)) == ["beta", "alpha"]
    rows[0]["created_at"] = None
    assert wave_order(feedback_frame(rows)) == ["alpha", "beta"]


def test_the_change_of_nps_has_an_interval() -> None:
    rows = [
        {"feedback_id": f"{w}{i:03d}", "wave": w, "nps": 10 if i < k else 0}
        for w, k in (("a", 50), ("b", 80))
        for i in range(100)
    ]
    scores = _link(rows, [], ["t"]).wave_scores
    assert scores is not None
    row = scores.row(1, named=True)
    assert (row["value"], row["change"], row["paired"]) == (60, 60, 0)
    assert row["p"] < 0.001
    assert 0 < row["change_low"] < 60 < row["change_high"] + 5


def test_the_score_of_a_wave_is_over_everybody_who_gave_one() -> None:
    rows = [
        {"feedback_id": f"{w}{i:03d}", "wave": w, "nps": 10 if i < 60 else 0, "analysed": i < 50}
        for w in ("a", "b")
        for i in range(100)
    ]
    linked = _link(rows, [], ["t"])
    assert linked.wave_scores is not None
    assert linked.wave_scores["n"].to_list() == [100, 100]
    assert linked.wave_scores["value"].to_list() == [20, 20]
    assert linked.overview.nps is not None
    assert linked.overview.nps.value == 20
    assert linked.overview.base == 100


def test_the_same_people_in_both_waves_sharpen_the_test() -> None:
    rows = [
        {
            "feedback_id": f"{w}{i:03d}",
            "respondent_id": f"p{i}",
            "wave": w,
            "nps": 10 if i < k else 0,
        }
        for w, k in (("a", 50), ("b", 56))
        for i in range(100)
    ]
    paired = _link(rows, [], ["t"]).wave_scores
    for row in rows:
        row["respondent_id"] = None
    apart = _link(rows, [], ["t"]).wave_scores
    assert paired is not None
    assert apart is not None
    assert paired["paired"].to_list()[1] == 100
    assert paired["p"].to_list()[1] < 0.05 < apart["p"].to_list()[1]


# ---- the whole


def test_tables_have_exactly_the_documented_columns() -> None:
    linked = link(*simulated(300, 3), by=["country"])
    assert dict(linked.themes.schema) == THEME_SCHEMA
    assert dict(linked.segments.schema) == SEGMENT_SCHEMA
    assert linked.waves is not None
    assert linked.wave_scores is not None
    assert dict(linked.waves.schema) == WAVE_SCHEMA
    assert dict(linked.wave_scores.schema) == WAVE_SCORE_SCHEMA
    for frame in (linked.themes, linked.segments, linked.waves, linked.impacts):
        for series in frame.select(pl.col(pl.Float64)):
            assert series.is_nan().sum() == 0


@pytest.mark.parametrize("themes", [0, 2])
def test_nothing_at_all_gives_empty_tables(themes: int) -> None:
    ids = [f"t{i}" for i in range(themes)]
    linked = link(feedback_frame([]), *mention_frames([]), ids)
    assert linked.themes.height == themes
    assert linked.segments.is_empty()
    assert linked.overview.base == 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    feedback, spans, mentions, ids = simulated(150, 4, seed=seed % 5)
    first = link(feedback, spans, mentions, ids, by=["country"])
    shuffled = (
        f.sample(fraction=1.0, shuffle=True, seed=seed) for f in (feedback, spans, mentions)
    )
    second = link(*shuffled, ids, by=["country"])
    for name in ("themes", "segments", "impacts", "waves", "wave_scores"):
        assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    assert first.overview.nps == second.overview.nps
    assert first.overview.csat == second.overview.csat


def test_a_planted_cost_is_found_and_nothing_else() -> None:
    themes = link(*simulated(3000, 10, cost=3, seed=1)).themes
    assert themes["verdict"].to_list() == ["costs", *["cannot_tell"] * 9]


def test_thirty_themes_of_many_respondents_take_a_moment() -> None:
    data = simulated(50_000, 30)
    start = time.process_time()
    link(*data, by=["country"])
    assert time.process_time() - start < 6

"""Feeling by theme and segment: people are counted once, and disagreement is told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsdata import feedback_frame, mention_frames
from statsmodels.stats.proportion import proportion_confint

from analyzer.errors import ConfigError
from analyzer.stats.moods import DIVIDED_SCHEMA, MOOD_SCHEMA, MOODS, divided, moods

Pairs = list[tuple[str, int, str, str]]


def people(n: int, score: int, start: int = 0, **more: object) -> list[dict[str, object]]:
    return [{"feedback_id": f"f{start + i:03d}", "nps": score, **more} for i in range(n)]


def feelings(feeling: str, n: int, start: int = 0, theme: str = "t") -> Pairs:
    return [(f"f{start + i:03d}", 0, theme, feeling) for i in range(n)]


def row_of(table: pl.DataFrame, level: str, theme: str = "t") -> dict[str, object]:
    return table.filter((pl.col("level") == level) & (pl.col("theme_id") == theme)).row(
        0, named=True
    )


def test_promoters_and_detractors_show_both() -> None:
    feedback = feedback_frame(people(20, 10) + people(20, 2, 20))
    spans, mentions = mention_frames(feelings("positive", 20) + feelings("negative", 20, 20))
    table = moods(feedback, spans, mentions, ["t"])
    assert row_of(table, "promoter")["positive"] == 1.0
    assert row_of(table, "detractor")["negative"] == 1.0
    assert row_of(table, "answers")["polarity"] == pytest.approx(0.0)
    found = divided(table).filter(pl.col("dimension") == "nps_segment").row(0, named=True)
    assert (found["level"], found["other"], found["verdict"]) == (
        "promoter",
        "detractor",
        "divided",
    )
    assert found["gap"] == pytest.approx(1.6)
    assert 0 < found["low"] < found["gap"] < found["high"]


def test_a_difference_on_one_side_of_zero_is_no_division() -> None:
    feedback = feedback_frame(people(40, 10) + people(40, 2, 40))
    pairs = feelings("positive", 40) + feelings("positive", 24, 40) + feelings("neutral", 16, 64)
    found = divided(moods(feedback, *mention_frames(pairs), ["t"]))
    assert found["verdict"].to_list() == ["differ"]
    assert divided(moods(feedback, *mention_frames(pairs), ["t"]), q_limit=0.0)[
        "verdict"
    ].to_list() == ["cannot_tell"]


def test_alike_segments_cannot_be_told_apart() -> None:
    feedback = feedback_frame(people(20, 10) + people(20, 2, 20))
    pairs = [(f"f{i:03d}", 0, "t", "positive" if i % 2 else "negative") for i in range(40)]
    assert divided(moods(feedback, *mention_frames(pairs), ["t"]))["verdict"].to_list() == [
        "cannot_tell"
    ]


def test_a_person_counts_once_and_may_be_of_two_minds() -> None:
    rows = people(6, 9)
    rows += [{"feedback_id": "again", "nps": 9, "respondent_id": "p", "question": q} for q in "a"]
    rows += [{"feedback_id": "second", "nps": 9, "respondent_id": "p", "question": "b"}]
    pairs = feelings("positive", 6) + [("again", i, "t", "negative") for i in range(5)]
    pairs += [("second", 0, "t", "positive")]
    table = moods(feedback_frame(rows), *mention_frames(pairs), ["t"])
    whole = row_of(table, "answers")
    assert whole["respondents"] == 7
    assert whole["mixed"] == pytest.approx(1 / 7)
    assert whole["positive"] == pytest.approx(6 / 7)
    assert whole["polarity"] == pytest.approx((6 * 0.8 + (5 * -0.8 + 0.8) / 6) / 7)


def test_posts_are_apart_and_in_no_segment() -> None:
    rows = people(8, 9) + [
        {"feedback_id": f"s{i}", "kind": "social", "respondent_id": f"a{i % 6}"} for i in range(9)
    ]
    pairs = feelings("positive", 8) + [(f"s{i}", 0, "t", "negative") for i in range(9)]
    table = moods(feedback_frame(rows), *mention_frames(pairs), ["t"], minimum_cell=0)
    assert row_of(table, "social")["respondents"] == 6
    assert row_of(table, "social")["negative"] == 1.0
    assert row_of(table, "promoter")["respondents"] == 8
    assert set(table["level"]) == {"answers", "social", "promoter"}


def test_breakdown_by_own_columns_in_a_stable_order() -> None:
    rows = people(10, 9, country="ES") + people(10, 3, 10, country="FR")
    frames = mention_frames(
        feelings("positive", 20, theme="b") + feelings("negative", 20, theme="a")
    )
    table = moods(feedback_frame(rows), *frames, ["b", "a"], ["country"])
    assert table["theme_id"].to_list() == ["b"] * 5 + ["a"] * 5
    assert table["level"].to_list()[:5] == ["answers", "promoter", "detractor", "ES", "FR"]
    assert "country" not in moods(feedback_frame(rows), *frames, ["b"])["dimension"]
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=3) for frame in frames]
    again = moods(feedback_frame(rows[::-1]), *shuffled, ["b", "a"], ["country"])
    assert again.equals(table)
    with pytest.raises(ConfigError, match="planet"):
        moods(feedback_frame(rows), *frames, ["b"], ["planet"])


def test_few_people_are_hidden() -> None:
    rows = people(9, 9) + people(3, 2, 9) + people(9, 8, 12)
    frames = mention_frames(feelings("negative", 21))
    table = moods(feedback_frame(rows), *frames, ["t"])
    detractor = row_of(table, "detractor")
    assert detractor["suppressed"]
    assert detractor["respondents"] is None
    assert detractor["negative"] is None
    # The theme's NPS would tell the third cell.
    assert table.filter(pl.col("dimension") == "nps_segment")["suppressed"].all()
    every = moods(feedback_frame(rows), *frames, ["t"], minimum_cell=0)
    assert not every["suppressed"].any()
    assert row_of(every, "detractor")["respondents"] == 3


def test_nothing_gives_empty_tables() -> None:
    spans, mentions = mention_frames([])
    table = moods(feedback_frame(people(3, 9)), spans, mentions, ["t"])
    assert table.schema == MOOD_SCHEMA
    assert table.is_empty()
    assert divided(table).schema == DIVIDED_SCHEMA
    assert divided(table).is_empty()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10),
            st.lists(st.sampled_from(("negative", "neutral", "positive")), max_size=3),
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=20, deadline=None)
def test_shares_sum_to_one_inside_their_intervals(answers: list[tuple[int, list[str]]]) -> None:
    rows = [{"feedback_id": f"f{i}", "nps": score} for i, (score, _) in enumerate(answers)]
    pairs = [
        (f"f{i}", j, "t", feeling)
        for i, (_, found) in enumerate(answers)
        for j, feeling in enumerate(found)
    ]
    table = moods(feedback_frame(rows), *mention_frames(pairs), ["t"], minimum_cell=0)
    np.testing.assert_allclose(table.select(pl.sum_horizontal(MOODS)).to_series(), 1.0)
    assert ((table["polarity"] >= -1) & (table["polarity"] <= 1)).all()
    for row in table.to_dicts():
        n = row["respondents"]
        low, high = proportion_confint(round(row["mixed"] * n), n, method="wilson")
        assert (row["mixed_low"], row["mixed_high"]) == pytest.approx((low, high))
        assert row["polarity_low"] <= row["polarity_high"]


def test_intervals_cover_and_false_divisions_are_rare() -> None:
    rng = np.random.default_rng(5)
    names = np.array(["negative", "neutral", "positive"])
    covered, told = 0, 0
    runs = 150
    for _ in range(runs):
        feedback = feedback_frame(people(25, 10) + people(25, 2, 25))
        drawn = rng.choice(names, 50, p=[0.3, 0.2, 0.5])
        pairs = [(f"f{i:03d}", j, "t", str(x)) for i, x in enumerate(drawn) for j in range(3)]
        table = moods(feedback, *mention_frames(pairs), ["t"])
        row = row_of(table, "answers")
        covered += row["polarity_low"] <= 0.16 <= row["polarity_high"]
        told += divided(table)["verdict"].to_list() != ["cannot_tell"]
    assert covered / runs >= 0.90
    assert told / runs <= 0.15

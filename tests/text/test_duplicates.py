"""Near-duplicates: campaigns of posts, answers given again, and comments that only look alike."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import schema
from analyzer.text.duplicates import find_duplicates, with_refusals

NOON = datetime(2026, 5, 1, 12)
ANSWER = "the driver came two hours late and nobody told me"


def found(rows: list[dict[str, Any]]) -> list[str | None]:
    blank = dict.fromkeys(schema.RECORDS)
    full = [
        {
            **blank,
            "source": "a.csv",
            "row": i + 1,
            "feedback_id": f"{i:04}",
            "kind": "survey",
            **row,
        }
        for i, row in enumerate(rows)
    ]
    return find_duplicates(pl.DataFrame(full, schema=schema.RECORDS)).to_list()


def posts(*texts: str) -> list[dict[str, Any]]:
    return [{"text": t, "kind": "social", "respondent_id": f"p{i}"} for i, t in enumerate(texts)]


def test_a_campaign_that_changes_names_numbers_and_tags_is_one_post() -> None:
    texts = [
        "@bank_one give back our fees now, 1,200 customers have already signed",
        "@banktwo give back our fees now, 1,450 customers have already signed #fees #now",
        "Give back our fees now, 3 customers have already signed https://x.co/9",
        "@bank_one give back our money now, customers have been waiting for long",
    ]
    assert found(posts(*texts)) == [None, "repost", "repost", None]


def test_short_posts_that_differ_in_a_number_are_different() -> None:
    assert (
        found(posts("@norvia llevo 3 días sin luz", "@norvia llevo 5 días sin luz")) == [None] * 2
    )


def test_answers_of_a_survey_that_differ_in_a_number_are_different_people() -> None:
    texts = [f"I have been waiting for {n} weeks and nobody ever called me" for n in (2, 3)]
    assert found([{"text": t, "respondent_id": t[-9] + str(i)} for i, t in enumerate(texts)]) == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("again", "minutes", "wanted"),
    [
        (ANSWER, 5, "duplicate"),  # another score
        (ANSWER + " about it", 5, "duplicate"),  # went on writing
        (ANSWER.replace("told", "phoned"), 5, "duplicate"),  # one word mended
        (ANSWER.replace("told", "phoned"), 45, None),  # too late for a correction
        ("the driver was kind but the box was wet", 5, None),
        (ANSWER.replace("two hours", "2 hours"), 5, None),
    ],
)
def test_the_last_of_two_versions_stands(again: str, minutes: int, wanted: str | None) -> None:
    first = {"text": ANSWER, "nps": 2, "respondent_id": "a", "created_at": NOON}
    second = {**first, "text": again, "nps": 3, "created_at": NOON + timedelta(minutes=minutes)}
    assert found([first, second]) == [wanted, None]
    assert found([second, first]) == [None, wanted]
    assert found([first, {**second, "respondent_id": "b"}]) == [None, None]


def test_of_two_copies_the_one_that_refuses_stands() -> None:
    row = {"text": ANSWER, "respondent_id": "a", "created_at": NOON, "consent": "yes"}
    for person in ("a", None):
        rows = [{**row, "respondent_id": person}] * 2
        assert found(rows) == [None, "duplicate"]
        assert found([rows[0], {**rows[1], "consent": "no"}]) == ["duplicate", None]
        assert found([{**rows[0], "consent": "no"}, rows[1]]) == [None, "duplicate"]


def test_a_refusal_reaches_all_rows_of_the_person_and_copies_of_the_text() -> None:
    rows = pl.DataFrame(
        [
            ("a", "first answer", "yes"),
            ("a", None, "no"),
            ("b", ANSWER, "no"),
            (None, ANSWER.upper() + "!", "unknown"),
            (None, "first answer", "yes"),  # so short that two people may write it
            (None, None, None),
        ],
        schema=["respondent_id", "text", "consent"],
        orient="row",
    )
    told = with_refusals(rows)["consent"].to_list()
    assert told == ["no", "no", "no", "no", "yes", None]


def test_of_three_versions_one_is_left() -> None:
    rows = [
        {"text": ANSWER, "nps": n, "respondent_id": "a", "created_at": NOON + timedelta(minutes=n)}
        for n in (1, 2, 2)
    ]
    assert sum(reason is None for reason in found(rows)) == 1


def test_short_answers_are_not_guessed_at() -> None:
    row = {"text": "too slow", "respondent_id": "a", "created_at": NOON}
    assert found([row, {**row, "text": "not slow", "created_at": NOON}]) == [None, None]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": st.sampled_from(["slow", ANSWER, ANSWER + " again", "RT @a: " + ANSWER]),
                "kind": st.sampled_from(["survey", "social"]),
                "respondent_id": st.sampled_from([None, "a", "b"]),
                "nps": st.sampled_from([1, 9]),
                "created_at": st.sampled_from([None, NOON, NOON + timedelta(minutes=9)]),
            }
        ),
        min_size=1,
        max_size=10,
    )
)
def test_what_is_said_is_never_lost(rows: list[dict[str, Any]]) -> None:
    """Of everything that was said one version stays."""
    kept = [row for row, reason in zip(rows, found(rows), strict=True) if reason is None]
    assert kept
    for row in rows:
        said = row["text"].removeprefix("RT @a: ").removesuffix(" again")
        assert any(said in other["text"] for other in kept)


def test_the_cost_grows_with_the_rows() -> None:
    def seconds(n: int) -> float:
        rows = [
            {
                "text": f"{ANSWER} {i % 7}",
                "kind": ("survey", "social")[i % 2],
                "respondent_id": f"r{i % (n // 3)}",
                "created_at": NOON + timedelta(seconds=i),
            }
            for i in range(n)
        ]
        start = time.process_time()
        found(rows)
        return time.process_time() - start

    seconds(300)
    assert seconds(8_000) < 30 * max(seconds(1_000), 0.02)

"""The whole preparation, frames in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analyzer import schema
from analyzer.text import prepare

LONG = "Llevo tres semanas esperando y nadie me da ninguna solución"


def records(rows: list[dict[str, Any]], **own: list[str]) -> pl.DataFrame:
    defaults = {"source": "wave.csv", "kind": "survey"}
    full = [
        {"row": i + 1, "feedback_id": f"id-{i:03d}", **defaults, **row}
        for i, row in enumerate(rows)
    ]
    frame = pl.DataFrame(
        {name: [row.get(name) for row in full] for name in schema.RECORDS}, schema=schema.RECORDS
    )
    return frame.with_columns(pl.Series(name, values) for name, values in own.items())


def reasons(rows: list[dict[str, Any]], **options: tuple[str, ...]) -> list[str]:
    return prepare(records(rows), **options).ledger["reason"].to_list()


def test_shapes_and_fates() -> None:
    frame = records(
        [
            {"text": "Muy bien, me atendió Laura. Pero es caro", "nps": 9, "csat": 0.75},
            {"text": None, "nps": 3},
            {"text": "RAS", "nps": 7},
            {"text": "Der Service war sehr schlecht und niemand hat geantwortet", "nps": 0},
            {"text": LONG, "nps": 1},
            {"text": LONG.upper() + "!", "nps": 1},
            {"text": "[URL] https://t.co/abc", "nps": 8},
        ],
        region=["n", "s", "n", "s", "n", "s", "n"],
    )
    done = prepare(frame)
    assert dict(done.feedback.schema) == {**schema.FEEDBACK, "region": pl.String}
    assert done.ledger.schema == pl.Schema(schema.LEDGER)
    assert done.ledger["reason"].to_list() == [
        "analysed",
        "no_comment",
        "non_answer",
        "other_language",
        "analysed",
        "duplicate",
        "non_answer",
    ]
    assert done.ledger["stage"].unique().to_list() == ["text"]
    assert done.feedback.height == 6
    first = done.feedback.row(0, named=True)
    assert first["text"] == "Muy bien, me atendió [NOMBRE]. Pero es caro"
    assert (first["language"], first["nps_segment"], first["csat_band"]) == (
        "es",
        "promoter",
        "high",
    )
    rest = done.feedback.filter(~pl.col("analysed"))
    assert rest["text"].null_count() == rest.height == 4
    assert rest["nps"].to_list() == [3, 7, 0, 8]
    assert rest["left_out"].to_list() == [
        "no_comment",
        "non_answer",
        "other_language",
        "non_answer",
    ]
    assert done.feedback.filter(pl.col("left_out") == "other_language")["language"].item() == "de"
    assert done.findings.rows() == [("wave.csv", "NAME", 1)]


def test_spans_are_pieces_of_the_redacted_text() -> None:
    done = prepare(records([{"text": "Escribí a a@b.es. El precio es alto pero funciona bien"}]))
    text = done.feedback["text"].item()
    assert [text[s:e] for s, e in done.spans.select("start", "end").rows()] == done.spans[
        "text"
    ].to_list()
    assert done.spans["text"].to_list() == [
        "Escribí a [EMAIL].",
        "El precio es alto",
        "pero funciona bien",
    ]
    assert done.spans["span"].to_list() == [0, 1, 2]


def test_two_people_may_write_the_same() -> None:
    assert reasons([{"text": "muy bien", "nps": 9}] * 2) == ["analysed"] * 2
    assert (
        reasons([{"text": "muy bien", "nps": 9, "respondent_id": r} for r in "ab"])
        == ["analysed"] * 2
    )
    assert reasons([{"text": LONG, "nps": 1, "respondent_id": r} for r in "ab"]) == ["analysed"] * 2


@pytest.mark.parametrize("differing", ["nps", "kind", "wave", "question", "touchpoint"])
def test_one_person_twice(differing: str) -> None:
    row = {"text": "muy bien", "nps": 9, "respondent_id": "a"}
    assert reasons([row, row]) == ["analysed", "duplicate"]
    other = {"nps": 8, "kind": "review"}.get(differing, "x")
    assert reasons([row, {**row, differing: other}]) == ["analysed"] * 2


def test_one_person_on_two_days() -> None:
    row = {"text": "muy bien", "nps": 9, "respondent_id": "a"}
    days = [{**row, "created_at": datetime(2026, 5, d)} for d in (1, 2)]
    assert reasons(days) == ["analysed"] * 2
    assert reasons([{**d, "text": LONG} for d in days]) == ["analysed", "duplicate"]


def test_a_long_copy_without_respondent_yields_to_the_named_one() -> None:
    rows = [{"text": LONG, "nps": 1}, {"text": LONG, "nps": 1, "respondent_id": "a"}]
    assert reasons(rows) == ["duplicate", "analysed"]


def test_the_kept_row_does_not_depend_on_order() -> None:
    frame = records([{"text": LONG, "nps": 1}] * 3)
    kept = prepare(frame.reverse()).feedback["feedback_id"].to_list()
    assert kept == prepare(frame).feedback["feedback_id"].to_list() == ["id-000"]


def test_shared_posts() -> None:
    post = "la app de @banco no funciona desde ayer por la tarde"
    texts = [
        f"RT @otro: {post} https://t.co/x",
        post,
        f"RT @ana: {post[:30]}…",
        f"{post} https://t.co/y",
        "no va",
        "no va",
    ]
    found = reasons([{"text": t, "kind": "social"} for t in texts])
    assert found == ["repost", "analysed", "repost", "duplicate", "analysed", "analysed"]
    alone = reasons([{"text": texts[0], "kind": "social"}])
    assert alone == ["analysed"]
    people = [{"text": post, "kind": "social", "respondent_id": r} for r in "ab"]
    done = prepare(records(people))
    assert done.ledger["reason"].to_list() == ["analysed", "repost"]
    assert done.feedback["left_out"].to_list() == [None, "repost"]


def test_languages_option() -> None:
    rows = [{"text": "O atendimento foi muito ruim e a entrega não chegou"}, {"text": LONG}]
    assert reasons(rows) == ["other_language", "analysed"]
    assert reasons(rows, languages=("pt", "es")) == ["analysed", "analysed"]
    assert reasons(rows, languages=("pt",)) == ["analysed", "other_language"]


def test_mixed_comments_go_by_span() -> None:
    portuguese = "O atendimento foi muito ruim e a entrega não chegou, você também não sabe quando."
    spanish = "Pero los del taller sí que fueron muy amables con nosotros."
    done = prepare(records([{"text": f"{portuguese} {spanish}"}, {"text": portuguese}]))
    assert done.feedback["left_out"].to_list() == [None, "other_language"]
    assert done.feedback["language"].to_list() == ["es", "pt"]
    assert done.spans["text"].to_list() == [spanish]
    both = prepare(records([{"text": f"{portuguese} {spanish}"}]), languages=("pt", "es"))
    assert both.spans.height == 2


def test_progress_counts_every_record() -> None:
    seen: list[int] = []
    prepare(records([{"text": LONG}, {"text": None}, {"text": "caro"}]), progress=seen.append)
    assert sum(seen) == 3


@pytest.mark.parametrize(
    "rows", [[], [{"text": None}], [{"text": "ok"}], [{"text": "👍"}], [{"text": "   "}]]
)
def test_tiny_inputs(rows: list[dict[str, Any]]) -> None:
    done = prepare(records(rows))
    assert done.ledger.height == len(rows)
    assert done.spans.columns == ["feedback_id", "span", "start", "end", "text"]


TEXTS = st.sampled_from(
    [None, "", "ok", "muy bien", LONG, "RT @a: " + LONG, "me atendió Laura", "😡", "10", "nul"]
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": TEXTS,
                "kind": st.sampled_from(["survey", "social"]),
                "nps": st.sampled_from([None, 0, 10]),
                "respondent_id": st.sampled_from([None, "a", "b"]),
            }
        ),
        max_size=12,
    )
)
def test_the_ledger_adds_up(rows: list[dict[str, Any]]) -> None:
    frame = records(rows)
    done = prepare(frame)
    assert done.ledger.height == frame.height
    counts = dict(done.ledger["reason"].value_counts().iter_rows())
    assert counts.get("analysed", 0) == int(done.feedback["analysed"].sum())
    assert done.feedback.height == frame.height - counts.get("duplicate", 0)
    assert set(done.spans["feedback_id"]) == set(done.feedback.filter("analysed")["feedback_id"])
    again = prepare(frame)
    assert_frame_equal(done.feedback, again.feedback)
    assert_frame_equal(done.spans, again.spans)

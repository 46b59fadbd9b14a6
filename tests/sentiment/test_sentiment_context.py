"""A passage leans towards the mood of its comment, as far as its own words allow."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import stages
from analyzer.encoders import load_encoder
from analyzer.sentiment import Sentiment, load_sentiment
from analyzer.sentiment.context import in_context

BLAME, PRAISE, OPEN = (0.9, 0.05, 0.05), (0.05, 0.05, 0.9), (0.42, 0.1, 0.48)


def read(
    *passages: tuple[str, tuple[float, float, float]], comments: list[int] | None = None
) -> Sentiment:
    texts, shares = zip(*passages, strict=True)
    where = np.array(comments or [0] * len(texts))
    return in_context(Sentiment(np.array(shares)), texts, where)


def test_an_open_passage_is_read_as_its_comment_is_meant() -> None:
    assert read(("Still waiting.", OPEN), ("Awful.", BLAME)).sentiment == ["negative"] * 2
    assert read(("Still waiting.", OPEN), ("Lovely.", PRAISE)).sentiment == ["positive"] * 2


def test_odds_are_multiplied_by_those_of_the_others() -> None:
    first = read(("a", OPEN), ("b", BLAME), ("c", PRAISE), ("d", BLAME)).probabilities[0]
    negative, positive = (0.9 + 0.05 + 0.9) / 3, (0.05 + 0.9 + 0.05) / 3
    odds = (0.48 / 0.42) * ((positive + 0.05) / (negative + 0.05)) ** (0.5 * 3 / 4)
    assert first[2] / first[0] == pytest.approx(odds)
    assert first.sum() == pytest.approx(1)


def test_a_plain_passage_changes_sides_in_no_company() -> None:
    found = read(("The fee is a scam.", (0.75, 0.03, 0.22)), *[("Lovely.", PRAISE)] * 50)
    assert found.sentiment[0] == "negative"


def test_praise_weighs_less_than_blame() -> None:
    """A complaint among praise is what a report looks for."""
    even = (0.45, 0.1, 0.45)
    kinder = read(("a", even), ("b", PRAISE)).probabilities[0]
    worse = read(("a", even), ("b", BLAME)).probabilities[0]
    assert kinder[2] - kinder[0] < worse[0] - worse[2]


@pytest.mark.parametrize("turn", ["but", "Pero", "mais", "However,", "sin embargo"])
def test_a_turn_ends_the_context(turn: str) -> None:
    found = read(("Awful.", BLAME), (f"{turn} it came", OPEN), ("Lovely.", PRAISE))
    assert found.probabilities[0] == pytest.approx(BLAME)
    assert found.sentiment == ["negative", "positive", "positive"]
    assert found.probabilities[1, 2] > OPEN[2]


def test_the_next_comment_is_no_context() -> None:
    alone = read(("Still waiting.", OPEN), ("Awful.", BLAME), comments=[0, 1])
    assert alone.probabilities.tolist() == [list(OPEN), list(BLAME)]


@given(st.lists(st.tuples(*[st.floats(0.001, 1.0)] * 3), max_size=12), st.integers(1, 4))
def test_shares_stay_shares(rows: list[tuple[float, float, float]], each: int) -> None:
    shares = np.array(rows, dtype=float).reshape(-1, 3)
    shares /= shares.sum(axis=1, keepdims=True)
    found = in_context(Sentiment(shares), ["x"] * len(rows), np.arange(len(rows)) // each)
    assert np.isfinite(found.probabilities).all()
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (found.probabilities >= 0).all()


def test_spans_are_scored_in_their_comment_wherever_blocks_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    comments = ["Sigo esperando.", "Pésimo servicio.", "Nadie contesta."], ["Sigo esperando."]
    spans = pl.DataFrame(
        [
            {"feedback_id": str(i), "span": j, "text": text}
            for i, parts in enumerate(comments * 3)
            for j, text in enumerate(parts)
        ]
    )
    feedback = spans.select("feedback_id", language=pl.lit("es")).unique(maintain_order=True)
    encoder, scorer = load_encoder(), load_sentiment()
    vectors = encoder.encode(spans["text"].to_list())
    whole = stages.score(spans, feedback, vectors, encoder, scorer)
    monkeypatch.setattr(stages, "_BLOCK", 2)
    assert stages.score(spans, feedback, vectors, encoder, scorer).equals(whole)
    waits = whole.filter(text="Sigo esperando.")["polarity"].to_list()
    assert waits[0] < waits[1]
    assert waits == waits[:2] * 3

"""Sentences that are left out of a quote, and the words around them that stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quotes_sample import SECRET, sample

from analyzer.quotes import Quotes, select
from analyzer.quotes.candidates import CUT

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

FIRST = "The fibre is fast and has never once let me down."
LAST = "The staff in the shop were kind to all of us."
MAIL = "Write to me at ana@example.org about it."
SLOW = "The shop was slow that day."


def ask(folder: Path, comment: str, **options: object) -> Quotes:
    return select(sample(folder, [{"comment": comment}]), secret=SECRET, **options)  # type: ignore[arg-type]


def in_order(quote: str, comment: str) -> bool:
    """Whether the parts of a quote stand in a comment one after the other."""
    place = 0
    for part in quote.split(CUT):
        place = comment.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def test_a_personal_middle_is_cut(tmp_path: Path) -> None:
    quotes = ask(tmp_path, f"{FIRST} {MAIL} {LAST}").quotes
    assert quotes["redactions"].to_list() == [0]
    assert "[EMAIL]" not in quotes["quote"].item()


def test_a_complaint_in_the_middle_is_cut_only_when_asked(tmp_path: Path) -> None:
    comment = f"{FIRST} {SLOW} {LAST}"
    assert ask(tmp_path, comment).quotes.is_empty()
    quote = ask(tmp_path, comment, cut_complaints=True).quotes["quote"].item()
    assert "slow" not in quote
    assert in_order(quote, comment)


def test_what_follows_a_cut_must_stand_alone(tmp_path: Path) -> None:
    comment = f"Fast fibre. {SLOW} But the staff were kind to all of us in the end."
    assert ask(tmp_path, comment, cut_complaints=True).quotes.is_empty()


def test_a_cut_joins_short_sentences(tmp_path: Path) -> None:
    comment = f"Fast fibre, kind staff. {MAIL} Patient on the phone, fast."
    quote = ask(tmp_path, comment).quotes["quote"].item()
    assert quote == "Fast fibre, kind staff. [...] Patient on the phone, fast."


def test_a_comment_that_only_praises_while_it_complains_is_told(tmp_path: Path) -> None:
    quotes = ask(
        tmp_path, "The fibre is fast and the shop is slow, all in all.", cut_complaints=True
    )
    assert quotes.quotes.is_empty()
    assert quotes.counts["comments"].sum() == 1


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(
        st.sampled_from([FIRST, LAST, MAIL, SLOW, "Ring 612 345 678.", "Fast."]),
        min_size=1,
        max_size=5,
    ),
    cut=st.booleans(),
)
def test_parts_are_verbatim_and_in_order(tmp_path: Path, parts: list[str], *, cut: bool) -> None:
    rows: list[dict[str, Any]] = [{"comment": " ".join(parts)}]
    analysis: Analysis = sample(tmp_path, rows)
    texts = analysis.feedback["text"].to_list()
    for quote in select(analysis, secret=SECRET, cut_complaints=cut).quotes["quote"]:
        assert any(in_order(quote, text) for text in texts if text)


@pytest.mark.parametrize("cut", [False, True])
def test_demo_quotes_are_made_of_the_comments_words(demo: Analysis, cut: bool) -> None:
    quotes = select(demo, secret=SECRET, limit=500, cut_complaints=cut).quotes
    comments = [text for text in demo.feedback["text"].to_list() if text]
    assert all(any(in_order(quote, text) for text in comments) for quote in quotes["quote"])
    assert len(quotes) > 20


def test_what_may_be_a_complaint_is_left_out_and_a_sure_one_stops_all(tmp_path: Path) -> None:
    analysis = sample(tmp_path, [{"comment": f"{FIRST} {SLOW}"}])
    negative = pl.col("sentiment") == "negative"
    fates = {}
    for confidence in (0.6, 0.7):
        spans = analysis.spans.with_columns(
            confidence=pl.when(negative).then(confidence).otherwise("confidence")
        )
        chosen = select(replace(analysis, spans=spans), secret=SECRET)
        fates[confidence] = chosen.quotes["quote"].to_list()
    assert fates == {0.6: [FIRST], 0.7: []}


def test_faint_praise_beside_a_doubt_is_no_quote(tmp_path: Path) -> None:
    analysis = sample(tmp_path, [{"comment": f"{FIRST} {SLOW}"}, {"comment": LAST}])
    faint = analysis.spans.with_columns(
        polarity=pl.lit(0.1),
        confidence=pl.when(pl.col("sentiment") == "negative").then(0.6).otherwise("confidence"),
    )
    quotes = select(replace(analysis, spans=faint), secret=SECRET)
    assert quotes.quotes["quote"].to_list() == [LAST]
    assert "warm" in quotes.audit["rule"].to_list()

"""What a notebook asks of an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis


def test_search_crosses_languages(demo: Analysis) -> None:
    found = demo.search("tiempo de espera al teléfono", 30)
    assert len(found) == 30
    assert set(found["language"]) == {"es", "fr", "en"}
    assert found["similarity"].is_sorted(descending=True)
    assert found["feedback_id"].is_unique().all()


def test_search_respects_k_and_refuses_nothing(demo: Analysis) -> None:
    assert len(demo.search("bill", 3)) == 3
    with pytest.raises(ConfigError, match="search needs words"):
        demo.search("  ")


def test_a_theme_opens(demo: Analysis) -> None:
    first = demo.themes["theme_id"][0]
    view = demo.theme(first)
    assert set(view.name) == {"es", "fr", "en"}
    assert len(view.comments) == demo.mentions.filter(pl.col("theme_id") == first).height
    assert view.figures["theme_id"] == first
    assert first not in view.neighbours["theme_id"].to_list()
    assert view.name["en"] in repr(view)


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


def test_repr_holds_no_comment(demo: Analysis) -> None:
    assert repr(demo).startswith("<Analysis of 3 file(s)")
    assert len(repr(demo)) < 120


def test_charts_are_altair(demo: Analysis) -> None:
    for chart in (demo.impact(), demo.map("es"), demo.heatmap("touchpoint", "fr")):
        assert "$schema" in chart.to_dict()

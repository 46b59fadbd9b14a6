"""Quotes of the demo waves, through the whole real pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from quotes_sample import SECRET

from analyzer.errors import ConfigError
from analyzer.quotes import audit_path, interviews, privacy, select, write
from analyzer.text import redact

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis

# Staff of the invented company that nothing announces in the comments of its promoters.
STAFF = [
    "Imran",
    "Kwame",
    "Lucy",
    "Priya",
    "Colin",
    "Danielle",
    "Karim",
    "Samuel",
    "Marek",
    "Aisha",
    "Callum",
    "Fatima",
    "Tomasz",
    "Nadège",
    "Ellie",
    "Joanne",
    "Carmen",
    "Rubén",
    "Encarni",
    "Nia",
    "Pete",
    "Lorena",
]


def test_demo_quotes_are_verbatim_clean_and_consented(demo: Analysis) -> None:
    quotes = select(demo, secret=SECRET, limit=500).quotes
    assert len(quotes) >= 20
    comments = [text for text in demo.feedback["text"].to_list() if text]
    for text, language in quotes.select("quote", "language").iter_rows():
        assert any(text in comment for comment in comments)
        assert redact(text, language) == (text, [])
        assert not any(name in text for name in STAFF)
        assert 40 <= len(text) <= 280
    assert set(quotes["consent"]) == {"yes"}
    assert quotes["language"].n_unique() == 3
    assert quotes["comment"].is_unique().all()


def test_demo_counts_add_up(demo: Analysis) -> None:
    quotes = select(demo, secret=SECRET)
    assert quotes.counts["comments"].sum() == demo.feedback["analysed"].sum()
    assert len(quotes.unknown) > 0
    asked = demo.feedback.join(quotes.unknown, on="feedback_id")
    assert set(asked["consent"]) == {"unknown"}
    assert set(asked["nps_segment"]) == {"promoter"}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".md", ".html"])
def test_no_id_of_the_file_leaves_with_the_quotes(
    demo: Analysis, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"quotes{suffix}"
    write(select(demo, secret=SECRET), out)
    content = out.read_bytes() + audit_path(out).read_bytes()
    people = demo.feedback["respondent_id"].drop_nulls().to_list()
    ids = [i for i in [*demo.feedback["feedback_id"], *people] if i.startswith(("R0", "C1"))]
    assert len(ids) > 1000
    assert not [value for value in ids if value.encode() in content]


def test_demo_interviews_are_detractors_once_each(demo: Analysis) -> None:
    chosen = interviews(demo, 12).sample
    assert len(chosen) == 12
    assert chosen["respondent_id"].is_unique().all()
    assert chosen["nps"].max() <= 6  # type: ignore[operator]
    assert chosen["language"].n_unique() == 3


def test_without_an_nps_nobody_is_known_to_be_a_detractor(demo: Analysis) -> None:
    bare = replace(demo, feedback=demo.feedback.with_columns(nps_segment=pl.lit(None, pl.String)))
    with pytest.raises(ConfigError, match="--map nps=COLUMN"):
        interviews(bare, 12)


def test_demo_privacy_names_the_columns(demo_files: list[Path]) -> None:
    found = privacy(demo_files).found
    assert {"EMAIL", "PHONE", "REF"} <= set(found.filter(pl.col("column") == "comment")["kind"])
    assert "responded_at" not in found["column"].to_list()

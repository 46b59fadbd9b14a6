"""Scores that contradict the tone of their comments are doubted, with figures."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from analyzer.errors import ConfigError
from analyzer.sources import ScoreDecision, Source, read, with_doubts

SCALES = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0)}


def source(metric: str) -> Source:
    low, high = SCALES[metric]
    decision = ScoreDecision(metric, "Nota", low, high, "name")  # type: ignore[arg-type]
    return Source(
        "a.csv", "survey", "csv", None, None, None, 60, {}, (decision,), None, ("first note",)
    )


def frames(metric: str, slope: float, n: int = 60) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Comments whose tone goes with the score (slope 1), against it (-1) or not at all (0)."""
    draw = random.Random(3)  # noqa: S311 - numbers for a test
    top = 10 if metric == "nps" else 1
    scores = [i % 11 if metric == "nps" else i % 5 / 4 for i in range(n)]
    feedback = pl.DataFrame(
        {
            "source": "a.csv",
            "feedback_id": [f"{i:03}" for i in range(n)],
            **{m: [None] * n for m in SCALES if m != metric},
            metric: scores,
        }
    )
    tone = [slope * (2 * s / top - 1) * 0.6 + draw.uniform(-0.4, 0.4) for s in scores]
    return feedback, pl.DataFrame({"feedback_id": feedback["feedback_id"], "polarity": tone})


@pytest.mark.parametrize(
    ("metric", "advice"), [("nps", "recode"), ("csat", "csat_inverted="), ("ces", "ces_effort=")]
)
def test_a_scale_upside_down_is_doubted_with_figures(metric: str, advice: str) -> None:
    (doubted,) = with_doubts([source(metric)], *frames(metric, -1))
    assert doubted.notes[0] == "first note"
    note = doubted.notes[1]
    assert note.startswith(f"WARNING: {metric.upper()} from column 'Nota'")
    assert advice in note
    assert "n=" in note
    assert "rank correlation -0." in note


@pytest.mark.parametrize("slope", [1, 0])
@pytest.mark.parametrize("metric", sorted(SCALES))
def test_a_scale_that_agrees_or_says_nothing_is_not(metric: str, slope: float) -> None:
    (same,) = with_doubts([source(metric)], *frames(metric, slope))
    assert same.notes == ("first note",)


def test_a_few_comments_prove_nothing() -> None:
    (same,) = with_doubts([source("nps")], *frames("nps", -1, 14))
    assert same.notes == ("first note",)


def test_every_file_is_judged_by_its_own_comments() -> None:
    feedback, spans = frames("nps", -1)
    other = feedback.with_columns(source=pl.lit("b.csv"))
    (same,) = with_doubts([source("nps")], other, spans)
    assert same.notes == ("first note",)


def test_a_scale_can_be_turned_round(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "\n".join(f"{i % 5 + 1},comment number {i}" for i in range(10))
    path.write_text(f"Note,Comment\n{rows}\n", "utf-8")
    usual, turned = (read([path], {key: "Note"}) for key in ("csat", "csat_inverted"))
    assert turned.records["csat"].to_list() == [1 - v for v in usual.records["csat"].to_list()]
    assert not turned.sources[0].scores[0].higher_is_better
    with pytest.raises(ConfigError, match="exclude each other"):
        read([path], {"csat": "Note", "csat_inverted": "Note"})

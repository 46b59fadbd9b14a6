"""Outcomes per theme: rates, times, targets, status, volume, engagement and value."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from statsdata import feedback_frame, mention_frames

from analyzer.errors import ConfigError
from analyzer.stats import (
    EngagementWeights,
    Outcomes,
    Targets,
    engagement,
    outcomes,
    value_ranking,
    volume,
)
from analyzer.stats.outcomes import bootstrap_medians


def _outcomes(rows: list, mentioned: list[int], **options: object) -> Outcomes:
    named = [{"feedback_id": f"f{i:03d}", **row} for i, row in enumerate(rows)]
    _, mentions = mention_frames([(f"f{i:03d}", 0, "t", "negative") for i in mentioned])
    return outcomes(feedback_frame(named), mentions, ["t"], **options)


def test_churn_and_its_complement_are_compared_with_the_rest() -> None:
    rows = [{"churned": i < 12} for i in range(20)] + [{"churned": i < 8} for i in range(80)]
    rates = _outcomes(rows, list(range(20))).rates
    by = {(r["outcome"], r["theme_id"]): r for r in rates.iter_rows(named=True)}
    assert by["churned", None]["value"] == pytest.approx(0.2)
    theme = by["churned", "t"]
    assert (theme["n"], theme["value"], theme["without_n"], theme["without"]) == (20, 0.6, 80, 0.1)
    assert theme["risk_ratio"] == pytest.approx(6)
    assert theme["rr_low"] > 1
    assert theme["q"] < 0.001
    assert by["retained", "t"]["value"] == pytest.approx(0.4)


def test_a_customer_churns_once_however_many_comments() -> None:
    rows = [
        {"churned": False, "respondent_id": "ana", "created_at": datetime(2025, 1, 1)},
        {"churned": True, "respondent_id": "ana", "created_at": datetime(2025, 2, 1)},
        *({"churned": False} for _ in range(9)),
    ]
    whole = _outcomes(rows, []).rates.row(0, named=True)
    assert (whole["n"], whole["count"]) == (10, 1)


def test_cases_count_one_by_one_and_unknown_ones_do_not() -> None:
    rows = [{"resolved": True, "respondent_id": "ana"}] * 6 + [{"resolved": None}] * 4
    whole = _outcomes(rows, []).rates.row(0, named=True)
    assert (whole["outcome"], whole["n"], whole["value"]) == ("resolved", 6, 1.0)


def test_figures_of_a_few_cases_are_hidden_by_default() -> None:
    rows = [{"resolved": i % 2 == 0} for i in range(40)]
    few = _outcomes(rows, [0, 1, 2, 3]).rates.row(1, named=True)
    assert (few["n"], few["value"], few["risk_ratio"]) == (4, None, None)
    shown = _outcomes(rows, [0, 1, 2, 3], minimum_cell=2).rates.row(1, named=True)
    assert shown["value"] == 0.5


def test_a_slow_theme_has_a_longer_median() -> None:
    rows = [{"handle_seconds": 600.0 + i} for i in range(30)]
    rows += [{"handle_seconds": 200.0 + i} for i in range(60)]
    times = _outcomes(rows, list(range(30))).times
    theme = times.row(1, named=True)
    assert (theme["median"], theme["without"]) == (614.5, 229.5)
    assert theme["difference"] == 385
    assert theme["difference_low"] < 385 < theme["difference_high"]
    assert theme["q"] < 0.01
    assert times.row(0, named=True)["n"] == 90


def test_the_bootstrap_is_seeded() -> None:
    rows = [{"handle_seconds": float(i**1.5)} for i in range(900)]
    first, again, other = (_outcomes(rows, list(range(0, 900, 2)), seed=s).times for s in (0, 0, 1))
    assert first.equals(again)
    assert not first.equals(other)


@pytest.mark.parametrize("n", [1, 7, 40])
def test_the_quick_bootstrap_is_the_bootstrap(n: int) -> None:
    values = np.random.default_rng(5).lognormal(size=n)
    quick = bootstrap_medians(values, 20_000, np.random.default_rng(1))
    slow = np.median(np.random.default_rng(2).choice(values, (20_000, n)), axis=1)
    for quantile in (0.025, 0.25, 0.5, 0.75, 0.975):
        near = np.quantile(slow, [quantile - 0.012, quantile + 0.012])
        assert near[0] - 1e-9 <= np.quantile(quick, quantile) <= near[1] + 1e-9


def test_targets_depend_on_the_channel_and_can_be_chosen() -> None:
    rows = [{"channel": "Email", "first_response_seconds": 7200.0}] * 10
    rows += [{"kind": "social", "first_response_seconds": 7200.0}] * 10
    targets = _outcomes(rows, [0, 1]).targets
    by = {
        r["channel"]: r for r in targets.filter(pl.col("theme_id").is_null()).iter_rows(named=True)
    }
    assert (by["email"]["share"], by["email"]["target"]) == (1.0, 86400)
    assert (by["social"]["share"], by["social"]["target"]) == (0.0, 3600)
    assert (by[None]["share"], by[None]["target"]) == (0.5, None)
    chosen = Targets(first_response={"email": 60.0}, other_first_response=9000.0)
    strict = _outcomes(rows, [], targets=chosen).targets
    by = {
        r["channel"]: r for r in strict.filter(pl.col("theme_id").is_null()).iter_rows(named=True)
    }
    assert (by["email"]["share"], by["social"]["share"]) == (0.0, 1.0)


def test_the_resolution_target_can_be_chosen() -> None:
    rows = [{"resolution_seconds": 3600.0 * i} for i in range(100)]
    assert _outcomes(rows, []).targets["within"].to_list() == [49, None]
    chosen = _outcomes(rows, [], targets=Targets(resolution=3600.0)).targets
    assert chosen["within"][0] is not None
    assert chosen["share"][0] == 0.02


def test_status_is_counted_in_all_and_per_theme() -> None:
    rows = [{"status": "open"}] * 10 + [{"status": "closed"}] * 10
    status = _outcomes(rows, list(range(8))).status
    counted = status.select("theme_id", "status", "n", "share").rows()
    assert (None, "open", 10, 0.5) in counted
    assert ("t", "open", 8, 1.0) in counted


def test_a_file_without_outcomes_has_empty_tables() -> None:
    result = _outcomes([{"nps": 3}] * 5, [0])
    for table in (result.rates, result.times, result.targets, result.status):
        assert table.is_empty()


def _volume(rows: list, **options: object) -> list[tuple]:
    named = [{"feedback_id": f"f{i:03d}", **row} for i, row in enumerate(rows)]
    _, mentions = mention_frames([("f000", 0, "t", "negative"), ("f000", 1, "t", "negative")])
    return volume(feedback_frame(named), mentions, ["t"], **options).rows()


def test_volume_counts_weekdays_and_hours() -> None:
    rows = [{"created_at": datetime(2025, 3, 3, 9, 30)}] * 2 + [{"created_at": None}]
    assert _volume(rows) == [(None, 1, 9, 2), ("t", 1, 9, 1)]


def test_volume_moves_known_clocks_to_the_time_zone() -> None:
    rows = [
        {"created_at": datetime(2025, 7, 1, 23, 30), "utc_offset": 0},
        {"created_at": datetime(2025, 7, 1, 10, 0)},
    ]
    moved = _volume(rows, timezone="Europe/Madrid")
    assert (None, 3, 1, 1) in moved
    assert (None, 2, 10, 1) in moved
    with pytest.raises(ConfigError, match="Mars"):
        _volume(rows, timezone="Mars")


def test_dates_without_times_have_no_hour() -> None:
    assert _volume([{"created_at": datetime(2025, 3, 3)}]) == [
        (None, 1, None, 1),
        ("t", 1, None, 1),
    ]


def test_engagement_weighs_replies_and_shares_above_likes() -> None:
    rows = [
        {"feedback_id": "f0", "kind": "social", "likes": 10, "replies": 1, "shares": 2},
        {"feedback_id": "f1", "kind": "social"},
        {"feedback_id": "f2", "likes": 99},
    ]
    _, mentions = mention_frames([(f"f{i}", 0, "t", "negative") for i in range(3)])
    row = engagement(feedback_frame(rows), mentions, ["t", "u"]).row(0, named=True)
    assert (row["mentions"], row["known"], row["raw"], row["weighted"]) == (2, 1, 13, 19.0)
    flat = EngagementWeights(like=1, reply=1, share=1)
    plain = engagement(feedback_frame(rows), mentions, ["t"], weights=flat).row(0, named=True)
    assert plain["weighted"] == 13


def test_few_valuable_people_rank_higher_by_value_than_by_heads() -> None:
    rows = [
        {"feedback_id": f"f{i:03d}", "lifetime_value": 1000.0 if i < 15 else 10.0}
        for i in range(100)
    ]
    pairs = [(f"f{i:03d}", 0, "rich" if i < 15 else "poor", "negative") for i in range(70)]
    pairs += [(f"f{i:03d}", 0, "few", "negative") for i in range(3)]
    _, mentions = mention_frames(pairs)
    ids = ["rich", "poor", "few"]
    ranking = value_ranking(feedback_frame(rows), mentions, ids)
    assert ranking is not None
    assert ranking["rank_people"].to_list() == [2, 1, 3]
    assert ranking["rank_value"].to_list()[0] == 1
    assert ranking["value_share"].to_list()[0] == pytest.approx(15000 / 15850)
    assert ranking["value_share"].to_list()[2] is None
    assert value_ranking(feedback_frame([{"feedback_id": "a"}]), mentions, ids) is None

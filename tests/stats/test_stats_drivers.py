"""The regression adds up, finds what was planted, and says what it left out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from statsdata import feedback_frame, mention_frames, simulated

from analyzer.stats import Linked, link
from analyzer.stats.drivers import fit


def _linked(rows: list, pairs: list, ids: list[str]) -> Linked:
    return link(feedback_frame(rows), *mention_frames(pairs), ids)


def test_effects_and_errors_agree_with_statsmodels() -> None:
    rng = np.random.default_rng(0)
    x = (rng.random((400, 3)) < 0.3).astype(float)
    y = rng.choice([-100.0, 0.0, 100.0], 400) - 20 * x[:, 0]
    ours, theirs = fit(csr_array(x), y), sm.OLS(y, sm.add_constant(x)).fit()
    assert np.allclose(ours.effects, theirs.params[1:], atol=1e-9)
    assert np.allclose(np.sqrt(np.diag(ours.covariance)), theirs.HC3_se[1:], atol=1e-9)
    assert ours.r_squared == pytest.approx(theirs.rsquared)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999), n=st.integers(40, 400), themes=st.integers(1, 6))
def test_the_parts_add_up_to_the_score(seed: int, n: int, themes: int) -> None:
    linked = link(*simulated(n, themes, seed=seed, share=0.3, cost=3))
    drivers = linked.drivers
    if drivers is not None:
        total = drivers.intercept + drivers.table["contribution"].sum()
        assert total == pytest.approx(drivers.value, abs=1e-9)
        assert linked.overview.nps_commented is not None
        assert drivers.value == pytest.approx(linked.overview.nps_commented.value, abs=1e-9)
    if linked.change is not None:
        parts = linked.change.mentioned + linked.change.weighs + linked.change.rest
        assert parts == pytest.approx(linked.change.change, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 20_000), columns=st.integers(1, 4))
@example(seed=211, columns=2)
def test_a_theme_that_parts_the_ratings_perfectly_takes_all_and_leaves_no_noise(
    seed: int, columns: int
) -> None:
    rng = np.random.default_rng(seed)
    people = int(rng.integers(30, 120))
    x = (rng.random((people, columns)) < rng.uniform(0.2, 0.6, columns)).astype(float)
    assume(np.linalg.matrix_rank(np.column_stack([np.ones(people), x])) == columns + 1)
    found = fit(csr_array(x), 100 - 200 * x[:, 0])
    assert found.effects[0] == pytest.approx(-200)
    assert found.p[0] == 0
    assert found.effects[1:].tolist() == [0] * (columns - 1)
    assert found.p[1:].tolist() == [1] * (columns - 1)
    assert not found.covariance.any()
    assert found.intercept == pytest.approx(100)


def test_problems_of_one_kind_that_no_rating_tells_apart_are_no_drivers_of_their_own() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "nps": 0 if i < 60 else 10} for i in range(140)]
    pairs = [(f"f{i:03d}", 0, "a" if i < 30 else "b", "negative") for i in range(60)]
    pairs += [(f"f{i:03d}", 0, "c", "positive") for i in range(60, 140)]
    drivers = _linked(rows, pairs, ["a", "b", "c"]).drivers
    assert drivers is not None
    assert dict(drivers.readings.iter_rows()) == {
        "a": "cannot_tell",
        "b": "cannot_tell",
        "c": "delight",
    }


@pytest.mark.parametrize(("key", "worst", "best"), [("nps", 0, 10), ("csat", 0.0, 1.0)])
def test_a_perfect_theme_weighs_the_same_in_both_waves(key: str, worst: float, best: float) -> None:
    rows = [
        {"feedback_id": f"f{i:03d}", key: best if i % 3 else worst, "wave": "1" if i < 100 else "2"}
        for i in range(200)
    ]
    pairs = [
        (f"f{i:03d}", 0, "ab"[i % 3], ["negative", "positive"][i % 3])
        for i in range(200)
        if i % 3 < 2
    ]
    change = _linked(rows, pairs, ["a", "b"]).change
    assert change is not None
    for name in ("weighs", "weighs_low", "weighs_high"):
        assert change.table[name].to_list() == [0, 0]
    assert change.mentioned + change.weighs + change.rest == pytest.approx(change.change, abs=1e-9)


def test_only_a_negative_mention_that_costs_is_hygiene() -> None:
    rng = np.random.default_rng(4)
    rows, pairs = [], []
    for i in range(900):
        kind = ["negative", "positive", None][i % 3]
        base = int(rng.integers(4, 11))
        rows.append({"feedback_id": f"f{i:03d}", "nps": max(base - 4 * (kind == "negative"), 0)})
        if kind:
            pairs.append((f"f{i:03d}", 0, "t", kind))
    drivers = _linked(rows, pairs, ["t", "unused"]).drivers
    assert drivers is not None
    by = {row["sentiment"]: row for row in drivers.table.iter_rows(named=True)}
    assert by["negative"]["high"] < 0
    assert by["positive"]["low"] < 0 < by["positive"]["high"]
    assert drivers.readings["reading"].to_list() == ["hygiene", "cannot_tell"]


def test_themes_of_the_same_people_are_not_told_apart_and_that_is_said() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "nps": i % 11} for i in range(200)]
    pairs = [(f"f{i:03d}", 0, t, "negative") for i in range(60) for t in ("a", "b")]
    pairs += [("f100", 0, "c", "negative"), ("f199", 0, "a", "negative")]
    drivers = _linked(rows, pairs, ["a", "b", "c"]).drivers
    assert drivers is not None
    assert drivers.table["theme_id"].to_list() == ["a"]
    assert drivers.left_out.select("theme_id", "reason", "with_theme_id").rows() == [
        ("b", "collinear", "a"),
        ("c", "too_few", None),
    ]


def test_more_columns_than_people_can_carry_are_left_out() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "nps": i % 11} for i in range(60)]
    rng = np.random.default_rng(1)
    ids = [f"t{j:02d}" for j in range(20)]
    pairs = [(f"f{i:03d}", 0, theme, "negative") for theme in ids for i in rng.permutation(60)[:25]]
    drivers = _linked(rows, pairs, ids).drivers
    assert drivers is not None
    assert drivers.table.height <= 6
    assert (drivers.left_out["reason"] == "too_many").sum() >= 14


@pytest.mark.parametrize("scores", [[2] * 80, [1, 3] * 10])
def test_detractors_alone_or_few_people_have_no_drivers(scores: list[int]) -> None:
    rows = [{"feedback_id": f"f{i:03d}", "nps": v} for i, v in enumerate(scores)]
    pairs = [(f"f{i:03d}", 0, "t", "negative") for i in range(12)]
    assert _linked(rows, pairs, ["t"]).drivers is None


def test_csat_has_drivers_where_there_is_no_nps() -> None:
    rows = [{"feedback_id": f"f{i:03d}", "csat": (i % 5) / 4} for i in range(100)]
    pairs = [(f"f{i:03d}", 0, "t", "negative") for i in range(0, 100, 5)]
    drivers = _linked(rows, pairs, ["t"]).drivers
    assert drivers is not None
    assert (drivers.metric, drivers.value) == ("csat", pytest.approx(0.5))
    assert drivers.table["effect"].to_list() == [pytest.approx(-0.625)]


def _two_waves(
    before: tuple[int, int], now: tuple[int, int], size: int = 400, **columns: tuple[str, str]
) -> Linked:
    """Waves with (mentions, detractors among them); all others give 10 and 8 in turn."""
    rows, pairs = [], []
    for side, (wave, (k, bad)) in enumerate((("a", before), ("b", now))):
        for i in range(size):
            score = (0 if i < bad else 9) if i < k else (10, 8)[i % 2]
            extra = {name: values[side] for name, values in columns.items()}
            rows.append({"feedback_id": f"{wave}{i:03d}", "wave": wave, "nps": score, **extra})
        pairs += [(f"{wave}{i:03d}", 0, "t", "negative") for i in range(k)]
    return _linked(rows, pairs, ["t"])


def test_a_theme_mentioned_more_often_shows_as_mentioned() -> None:
    change = _two_waves((40, 20), (120, 60)).change
    assert change is not None
    assert change.weighs == pytest.approx(0, abs=1e-9)
    assert change.mentioned == pytest.approx(change.change - change.rest)
    row = change.table.row(0, named=True)
    assert row["mentioned_high"] < 0
    assert row["weighs_low"] < 0 < row["weighs_high"]


def test_a_theme_that_weighs_more_shows_as_weighing() -> None:
    change = _two_waves((100, 20), (100, 80)).change
    assert change is not None
    assert change.mentioned == pytest.approx(0, abs=1e-9)
    assert change.weighs == pytest.approx(change.change, abs=1e-9)
    assert change.table["weighs_high"][0] < 0


def test_a_new_theme_is_all_mentioned_more() -> None:
    change = _two_waves((0, 0), (100, 90)).change
    assert change is not None
    assert change.weighs == 0
    assert change.mentioned == pytest.approx(change.change - change.rest)
    assert change.mentioned < -20


def test_the_example_of_three_parts_adds_up_with_several_themes() -> None:
    change = link(*simulated(4000, 6, seed=9, cost=4)).change
    assert change is not None
    assert change.table.height == 6
    assert change.mentioned + change.weighs + change.rest == pytest.approx(change.change, abs=1e-9)
    assert not change.mix.moved


def test_a_wave_in_other_languages_is_said_and_standardised() -> None:
    rows = []
    for wave, spanish in (("a", 150), ("b", 50)):
        for i in range(200):
            language = "es" if i < spanish else "fr"
            score = 10 if language == "es" else 0
            rows.append(
                {"feedback_id": f"{wave}{i:03d}", "wave": wave, "nps": score, "language": language}
            )
    pairs = [(row["feedback_id"], 0, "t", "negative") for row in rows[::7]]
    change = _linked(rows, pairs, ["t"]).change
    assert change is not None
    assert change.change == pytest.approx(-100)
    assert change.mix.moved
    assert change.mix.standardised == pytest.approx(0, abs=1e-9)
    assert change.mix.low is not None
    assert change.mix.low < 0
    assert change.mix.covered == 1.0
    moved = change.mix.table.filter(pl.col("moved"))
    assert moved["dimension"].to_list() == ["language"]
    assert moved["distance"].to_list() == [pytest.approx(0.5)]


def test_waves_without_a_common_level_cannot_be_standardised() -> None:
    change = _two_waves((40, 20), (40, 20), channel=("web", "phone")).change
    assert change is not None
    assert change.mix.moved
    assert change.mix.standardised is None
    assert change.mix.covered == 0

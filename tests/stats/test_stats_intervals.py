"""Intervals and tests against published values, statsmodels and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from analyzer.stats.intervals import (
    adjusted,
    association_p,
    benjamini_hochberg,
    leave_out,
    mean_interval,
    n_minus_one,
    newcombe,
    odds_ratio,
    risk_ratio,
    wilson,
)


def test_wilson_of_3_of_50_is_the_published_interval() -> None:
    low, high = wilson(3, 50)
    assert (round(float(low), 3), round(float(high), 3)) == (0.021, 0.162)


def test_wilson_is_nan_without_people() -> None:
    low, high = wilson([0, 1], [0, 4])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert low[1] > 0


def test_wilson_ends_at_nobody_and_at_everybody() -> None:
    sizes = np.arange(1, 200)
    assert set(wilson(0 * sizes, sizes)[0]) == {0.0}
    assert set(wilson(sizes, sizes)[1]) == {1.0}


def test_a_score_that_does_not_vary_has_no_p() -> None:
    n = np.array([30.0])
    same = leave_out(n, n, n, 100, 100.0, 100.0)
    assert same.value[0] == 0
    assert np.isnan(same.p[0])
    assert same.without[0] == 1
    assert not np.isnan(leave_out(n, n, n, 100, 99.0, 99.0).p[0])


@pytest.mark.parametrize(("a", "n", "b", "m"), [(56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 4, 30)])
def test_newcombe_agrees_with_statsmodels(a: int, n: int, b: int, m: int) -> None:
    expected = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff")
    assert np.allclose(newcombe(a, n, b, m), expected, atol=1e-9)


def test_newcombe_gives_the_published_example() -> None:
    # Newcombe 1998, method 10: 56/70 against 48/80.
    low, high = newcombe(56, 70, 48, 80)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


def test_n_minus_one_is_the_pooled_test_with_one_person_fewer() -> None:
    z, _ = proportions_ztest([30, 18], [200, 210])
    from scipy.stats import norm

    expected = 2 * norm.sf(abs(z) * np.sqrt(409 / 410))
    assert n_minus_one(30, 200, 18, 210) == pytest.approx(expected, abs=1e-12)


def test_n_minus_one_says_nothing_where_nobody_differs() -> None:
    assert n_minus_one(0, 20, 0, 30) == 1
    assert n_minus_one(20, 20, 30, 30) == 1
    assert np.isnan(n_minus_one(0, 0, 3, 30))


def test_odds_ratio_agrees_with_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import Table2x2

    table = Table2x2(np.array([[30, 70], [15, 185]]))
    ours = odds_ratio(30, 70, 15, 185)
    assert ours.value == pytest.approx(table.oddsratio, rel=1e-12)
    assert (ours.low, ours.high) == pytest.approx(table.oddsratio_confint(), rel=1e-9)


def test_an_empty_cell_gets_half_a_person_in_every_cell() -> None:
    assert odds_ratio(0, 10, 5, 15).value == pytest.approx((0.5 / 10.5) / (5.5 / 15.5))


def test_an_empty_margin_has_no_odds_ratio() -> None:
    assert np.isnan(odds_ratio(0, 10, 0, 15).value)


def test_risk_ratio_agrees_with_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import Table2x2

    table = Table2x2(np.array([[30, 70], [15, 185]]))
    ours = risk_ratio(30, 100, 15, 200)
    assert ours.value == pytest.approx(table.riskratio, rel=1e-12)
    assert (ours.low, ours.high) == pytest.approx(table.riskratio_confint(), rel=1e-9)


def test_small_tables_use_fisher_and_large_ones_do_not() -> None:
    from scipy.stats import fisher_exact

    p = association_p([3, 60], [7, 140], [0, 30], [12, 270])
    assert p[0] == pytest.approx(fisher_exact([[3, 7], [0, 12]]).pvalue, abs=1e-12)
    assert p[1] == pytest.approx(float(n_minus_one(60, 200, 30, 300)), abs=1e-12)


def test_q_values_agree_with_statsmodels_and_leave_unknown_out() -> None:
    p = np.array([0.001, np.nan, 0.2, 0.03, 0.04])
    q = benjamini_hochberg(p)
    expected = multipletests(p[~np.isnan(p)], method="fdr_bh")[1]
    assert np.allclose(q[~np.isnan(p)], expected)
    assert np.isnan(q[1])
    assert benjamini_hochberg([np.nan]).shape == (1,)


def test_adjusted_wald_is_the_formula_of_nps() -> None:
    promoters, detractors, n = 40, 25, 100
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    mean, error = adjusted(n, promoters - detractors, promoters + detractors)
    assert mean == pytest.approx(p - d)
    assert error == pytest.approx(np.sqrt((p + d - (p - d) ** 2) / (n + 3)))


@pytest.mark.parametrize(("n", "nps"), [(10, 80), (20, 80), (50, 0), (200, -60), (1000, 85)])
def test_the_interval_of_nps_covers_the_truth(n: int, nps: int) -> None:
    passive = 0.1
    p = (1 - passive + nps / 100) / 2
    counts = np.random.default_rng(n).multinomial(n, [p, passive, 1 - passive - p], 4000)
    low, high = mean_interval(n, counts[:, 0] - counts[:, 2], counts[:, 0] + counts[:, 2])
    assert 0.93 <= np.mean((low <= nps / 100) & (nps / 100 <= high)) <= 0.985


def test_a_plain_test_would_cry_wolf_where_the_adjusted_one_does_not() -> None:
    # A theme of 15 people among 1,000 at a true NPS of +80.
    rng = np.random.default_rng(3)
    few, rest = (rng.multinomial(k, [0.85, 0.1, 0.05], 4000) for k in (15, 985))
    n = np.full(4000, 15.0)
    whole = few + rest
    hits = [
        leave_out(
            n[:1],
            np.array([a[0] - a[2]], dtype=float),
            np.array([a[0] + a[2]], dtype=float),
            1000,
            float(b[0] - b[2]),
            float(b[0] + b[2]),
        ).p[0]
        < 0.05
        for a, b in zip(few, whole, strict=True)
    ]
    assert np.mean(hits) < 0.06


@given(
    inside=st.tuples(*[st.integers(0, 60)] * 3),
    outside=st.tuples(*[st.integers(0, 60)] * 3),
)
def test_impact_is_the_share_times_the_gap(
    inside: tuple[int, int, int], outside: tuple[int, int, int]
) -> None:
    n, rest = sum(inside), sum(outside)
    whole = [a + b for a, b in zip(inside, outside, strict=True)]
    out = leave_out(
        np.array([float(n)]),
        np.array([float(inside[0] - inside[2])]),
        np.array([float(inside[0] + inside[2])]),
        n + rest,
        whole[0] - whole[2],
        whole[0] + whole[2],
    )
    if min(n, rest) < 10:
        assert np.isnan(out.value[0])
        return
    group, others = (inside[0] - inside[2]) / n, (outside[0] - outside[2]) / rest
    everybody = (whole[0] - whole[2]) / (n + rest)
    assert out.value[0] == pytest.approx(n / (n + rest) * (group - others), abs=1e-12)
    assert out.value[0] == pytest.approx(everybody - others, abs=1e-12)
    assert out.low[0] <= out.high[0]

"""A quick run of the simulation table: every exact claim, and the others with room for chance."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

_SCRIPT = Path(__file__).parents[2] / "benchmarks" / "statistics.py"


@pytest.fixture(name="simulation", scope="module")
def _simulation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("statistics_benchmark", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_intervals_cover_and_tests_do_not_cry_wolf(simulation: ModuleType) -> None:
    rng = np.random.default_rng(0)
    rows = [
        *simulation.coverage_of_scores(rng, 1000),
        *simulation.impact_rows(rng, 1000),
        *simulation.share_tests(rng, 1000),
    ]
    for row in rows:
        low, high = row.accepted
        assert low <= row.mean <= high, row
        # One setting of a thousand draws strays by two points.
        assert low - 2 <= row.low, row
        assert row.high <= high + 2, row


def test_sums_are_exact_and_rankings_agree(simulation: ModuleType) -> None:
    rng = np.random.default_rng(0)
    for row in (*simulation.decomposition_rows(rng), *simulation.shapley_rows(rng)):
        assert row.holds, row


def test_shuffled_scores_rarely_give_a_false_report(simulation: ModuleType) -> None:
    impact, driver, identity = simulation.report_rows(np.random.default_rng(0), 100)
    assert impact.mean <= 17
    assert driver.mean <= 17
    assert identity.holds

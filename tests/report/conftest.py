"""One invented analysis for all tests of the report."""

from __future__ import annotations

import pytest
import report_sample


@pytest.fixture(scope="session")
def nps() -> report_sample.Sample:
    return report_sample.sample()


@pytest.fixture(scope="session")
def csat() -> report_sample.Sample:
    return report_sample.sample(score="csat")


@pytest.fixture(scope="session")
def unscored() -> report_sample.Sample:
    return report_sample.sample(score="none")


@pytest.fixture(scope="session")
def detractors() -> report_sample.Sample:
    return report_sample.sample(score="detractors")

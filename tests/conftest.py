"""What every test shares: a cache of its own, and one analysis of the demo waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.pipeline import Analysis


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Keep the user's cache out of the tests, and the tests out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv("ANALYZER_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def demo_files() -> list[Path]:
    """The demo waves, as the wheel ships them."""
    return sorted((folder("corpora") / "demo").glob("*.*"))


@pytest.fixture(scope="session")
def demo(demo_files: list[Path]) -> Analysis:
    """The demo waves, analysed once for all tests; never change it."""
    from analyzer import analyze

    return analyze(*demo_files, by=["touchpoint"])

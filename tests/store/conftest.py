"""A workspace of the demo waves, built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analyzer.resources import folder
from analyzer.store import Workspace

DEMO = folder("corpora") / "demo"


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with both demo waves and their themes; read it, or copy it."""
    place = tmp_path_factory.mktemp("store") / "demo"
    made = Workspace.create(place, cache=False)
    made.ingest(DEMO / "nps_2026_q2.csv", "2026-Q2")
    made.ingest([DEMO / "nps_2026_q3.csv", DEMO / "social_2026.jsonl"])
    made.update()
    return place


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Workspace:
    """The demo workspace, for reading only."""
    return Workspace.open(demo_folder, cache=False)


@pytest.fixture
def space(demo_folder: Path, tmp_path: Path) -> Workspace:
    """A copy of the demo workspace, to change."""
    copy = tmp_path / "space"
    shutil.copytree(demo_folder, copy)
    return Workspace.open(copy, cache=False)


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    """A workspace without waves."""
    return Workspace.create(tmp_path / "empty", cache=False)

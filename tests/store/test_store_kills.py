"""A process that is killed in the middle of an edit, an undo, an import or an erasure."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.store import Workspace

SCRIPT = Path(__file__).with_name("kill_points.py")
BOOK = """
[[theme]]
id = "waiting"
name = { en = "Waiting on hold" }
examples.en = ["I waited an hour on hold", "Nobody ever calls back"]
"""


def killed(space: Path, place: Path, verb: str, points: int) -> list[dict[str, Any]]:
    place.mkdir(exist_ok=True)
    # A cache of its own: what others leave in a shared one would change the number of writes.
    own = {**os.environ, "ANALYZER_CACHE": str(place / "cache")}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(space), str(place), verb, str(points)],
        capture_output=True, text=True, check=False, timeout=600, env=own,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("verb", ["undo", "import"])
def test_a_kill_leaves_an_edit_undone_or_done(demo_folder: Path, tmp_path: Path, verb: str) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    space = Workspace.open(place, cache=False)
    if verb == "undo":
        space.split("T04", 2, author="ana")
    book = tmp_path / "work" / "book.toml"
    book.parent.mkdir()
    space.codebook_export(book)
    text = book.read_text("utf-8").replace('id = "T02"', 'id = "T02"\ndescription.en = "x"')
    book.write_text(text + BOOK, "utf-8")
    told = killed(place, book.parent, verb, 2)
    done, before = told[0]["state"], told[-1]["state"]
    assert done != before
    for one in told[1:-1]:
        assert one["killed"]
        assert one["state"] in (before, done), one["point"]
        assert one["problems"] in ([], ["files of an ingest that was cut off"])


def test_a_killed_erasure_is_finished_by_the_next(demo_folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "space"
    shutil.copytree(demo_folder, place)
    told = killed(place, tmp_path / "work", "forget", 2)
    before = told[-1]["state"]
    rows = [one for one in told[1:-1] if one["killed"]]
    assert len(rows) == 2
    for one in rows:
        whole = one["state"] == before
        cut_off = [what for what in one["problems"] if "ingest" not in what]
        assert cut_off == ([] if whole else ["erasure that was cut off"]), one["point"]
        assert one["again"]["problems"] == []

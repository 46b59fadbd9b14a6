"""Themes are the same on every processor: libraries add in another order, and none may show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# What numpy and its algebra run on a processor of today, of 2013, and of before.
PROCESSORS = {
    "today": {},
    "2013": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4"},
    "2009": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"},
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo's report, made from nothing on each processor."""
    made = {}
    for name, flags in PROCESSORS.items():
        folder = tmp_path_factory.mktemp(name)
        command = [sys.executable, "-W", "ignore", "-m", "analyzer", "demo", "--quiet"]
        subprocess.run(
            [*command, "--out", str(folder / "report")],
            env=os.environ | flags | {"ANALYZER_CACHE": str(folder / "cache")},
            check=True,
            capture_output=True,
        )
        made[name] = folder / "report"
    return made


@pytest.mark.parametrize("other", [name for name in PROCESSORS if name != "today"])
@pytest.mark.parametrize("file", ["report.json", "themes.csv", "mentions.csv", "report.html"])
def test_bytes_do_not_depend_on_the_processor(
    reports: dict[str, Path], other: str, file: str
) -> None:
    assert (reports["today"] / file).read_bytes() == (reports[other] / file).read_bytes()

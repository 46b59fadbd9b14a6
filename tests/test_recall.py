"""A second run on the same rows recalls the first, and only who has the rows can read it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyzer import Analysis, analyze, pipeline, recall
from analyzer.recall import Groundwork, Recall
from analyzer.resources import folder

FRAMES = ("feedback", "spans", "mentions", "themes", "ledger", "positions", "findings")
SAID = "El router azul del salón se apaga"


@pytest.fixture(scope="module")
def wave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty rows of the demo, and one comment that is easy to look for."""
    rows = pl.read_csv(folder("corpora") / "demo" / "nps_2026_q2.csv", infer_schema=False).head(80)
    text = next(name for name in rows.columns if (rows[name].str.len_chars().max() or 0) > 80)
    said = pl.Series(text, [SAID + " cada noche", *rows[text].to_list()[1:]])
    path = tmp_path_factory.mktemp("recall") / "wave.csv"
    rows.with_columns(said).write_csv(path)
    return path


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def found(wave: Path) -> tuple[Analysis, Groundwork]:
    """The analysis of the wave without a cache, and what it rests on."""
    done: list[Groundwork] = []
    work = pipeline._work

    def kept(*given: object) -> Groundwork:
        done.append(work(*given))  # type: ignore[arg-type]
        return done[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "_work", kept)
        return analyze(wave, cache=False), done[0]


@pytest.fixture
def worked(found: tuple[Analysis, Groundwork], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time the long work would be done; what it gives is known."""
    done: list[int] = []

    def counted(*_: object) -> Groundwork:
        done.append(1)
        return found[1]

    monkeypatch.setattr(pipeline, "_work", counted)
    return done


def same(one: Analysis, other: Analysis) -> None:
    for name in FRAMES:
        assert getattr(one, name).equals(getattr(other, name)), name
    assert one.linked.themes.equals(other.linked.themes)
    assert one.quality == other.quality
    assert one.found.parents.equals(other.found.parents)
    assert np.array_equal(np.asarray(one.found.vectors), np.asarray(other.found.vectors))
    assert np.array_equal(one.found.space.prototypes, other.found.space.prototypes)
    assert repr(one.search("router", 3)) == repr(other.search("router", 3))


def test_the_second_run_recalls_the_first(
    wave: Path, cache: Path, found: tuple[Analysis, Groundwork], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = analyze(wave)
    monkeypatch.delattr(pipeline, "_work")
    again = analyze(wave)
    same(first, again)
    same(found[0], again)


def test_a_run_without_a_cache_recalls_nothing(wave: Path, cache: Path, worked: list[int]) -> None:
    analyze(wave)
    analyze(wave, cache=False)
    assert len(worked) == 2


def test_what_the_report_shows_may_change(wave: Path, cache: Path, worked: list[int]) -> None:
    wide = analyze(wave, minimum_cell=5)
    narrow = analyze(wave, minimum_cell=40)
    assert len(worked) == 1
    assert not wide.linked.segments.equals(narrow.linked.segments)


@pytest.mark.parametrize(
    "options",
    [{"seed": 1}, {"themes": 3}, {"languages": ("es", "en")}, {"where": "nps <= 8"}],
    ids=lambda options: next(iter(options)),
)
def test_other_settings_are_other_runs(
    options: dict[str, Any], wave: Path, cache: Path, worked: list[int]
) -> None:
    analyze(wave)
    analyze(wave, **options)
    assert len(worked) == 2


def test_a_changed_row_or_codebook_is_another_run(
    wave: Path, cache: Path, worked: list[int], tmp_path: Path
) -> None:
    other = tmp_path / wave.name
    other.write_text(wave.read_text().replace("cada noche", "cada día"))
    analyze(wave)
    analyze(other)
    book = tmp_path / "codebook.toml"
    written = (folder("corpora") / "codebook.toml").read_text()
    book.write_text(written)
    analyze(wave, codebook=book)
    book.write_text(written + "\n# an edit\n")
    analyze(wave, codebook=book)
    assert len(worked) == 4


def test_a_changed_program_or_package_is_another_run(
    wave: Path, cache: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze(wave)
    monkeypatch.setattr(recall, "_program", lambda: b"another")
    analyze(wave)
    monkeypatch.setattr(recall, "_packages", lambda: b"another")
    analyze(wave)
    assert len(worked) == 3


def test_nothing_readable_is_kept(wave: Path, cache: Path) -> None:
    analyze(wave)
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert [path.suffix for path in sorted(cache.glob("runs/*"))] == [".npy", ".sealed"]
    for path in kept:
        content = path.read_bytes()
        assert SAID.encode() not in content
        assert b"router" not in content
    assert (cache / "runs").stat().st_mode & 0o077 == 0
    (sealed,) = cache.glob("runs/*.sealed")
    assert Recall(cache).load(b"0" * 32) is None
    assert sealed.exists()


def test_without_a_cache_nothing_is_kept(wave: Path, cache: Path) -> None:
    analyze(wave, cache=False)
    assert not cache.exists()


@pytest.mark.parametrize("damaged", [".sealed", ".npy"])
def test_a_damaged_run_is_made_anew(
    damaged: str, wave: Path, cache: Path, worked: list[int]
) -> None:
    analyze(wave)
    (path,) = cache.glob(f"runs/*{damaged}")
    path.write_bytes(path.read_bytes()[:100])
    analyze(wave)
    assert len(worked) == 2
    analyze(wave)
    assert len(worked) == 2


def test_a_cache_that_cannot_be_written_changes_nothing(
    wave: Path, worked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "file"))
    assert analyze(wave).feedback.height > 0


def test_the_runs_used_last_are_kept(
    wave: Path, cache: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_KEPT", 2)
    for seed in (0, 1, 0, 2):  # 0 is used again before 2 needs room
        analyze(wave, seed=seed)
        time.sleep(0.01)
    assert len(list(cache.glob("runs/*"))) == 4
    assert len(worked) == 3
    analyze(wave, seed=0)
    assert len(worked) == 3
    analyze(wave, seed=1)
    assert len(worked) == 4


@pytest.mark.parametrize(("free", "kept"), [(1_000, 0), (10**12, 2)])
def test_runs_too_large_for_the_disk_are_not_kept(
    wave: Path,
    cache: Path,
    worked: list[int],
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    kept: int,
) -> None:
    monkeypatch.setattr(recall, "_LARGEST", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    analyze(wave)
    assert len(list(cache.glob("runs/*"))) == kept


def test_a_run_too_large_to_be_sealed_leaves_nothing(
    wave: Path, cache: Path, worked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "_MESSAGE", 1000)
    analyze(wave)
    assert not list(cache.glob("runs/*"))


def test_all_runs_can_be_cleared(wave: Path, cache: Path, worked: list[int]) -> None:
    analyze(wave)
    analyze(wave, seed=1)
    assert Recall.clear(cache) == 2
    assert not list(cache.glob("runs/*"))
    assert Recall.clear(cache) == 0

"""Processes of this machine give what one process gives."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer import analyze
from analyzer.engine import LocalEngine, parts, work
from analyzer.engine.work import read_words
from analyzer.errors import ConfigError, ModelError
from analyzer.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBERS = pl.DataFrame({"number": range(20)})


def process(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(process=pl.lit(os.getpid()))


def die(rows: pl.DataFrame) -> pl.DataFrame:
    os.kill(os.getpid(), signal.SIGKILL)
    return rows


def refuse(rows: pl.DataFrame) -> pl.DataFrame:
    raise ConfigError(f"{len(rows)} rows are too many.")


def threads(_: int) -> list[int]:
    from threadpoolctl import threadpool_info

    return [pool["num_threads"] for pool in threadpool_info()]


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(processes=2)
    yield engine
    engine.close()


def test_parts_come_back_in_order_from_other_processes(engine: LocalEngine) -> None:
    done = pl.concat(list(engine.map(process, parts(NUMBERS, 3))))
    assert done["number"].to_list() == list(range(20))
    assert os.getpid() not in done["process"]
    assert done["process"].n_unique() == 2


def test_one_process_keeps_all_work_where_it_is() -> None:
    done = pl.concat(list(LocalEngine(processes=1).map(process, parts(NUMBERS, 3))))
    assert done["process"].unique().to_list() == [os.getpid()]


def test_little_work_is_not_shared_out() -> None:
    assert not LocalEngine(processes=2).worth(4_999)
    assert LocalEngine(processes=2).worth(5_000)
    assert not LocalEngine(processes=1).worth(5_000)


def test_resamples_use_processes_only_where_they_run_already(engine: LocalEngine) -> None:
    assert set(engine.spread(lambda _: os.getpid(), range(4))) == {os.getpid()}
    list(engine.map(process, parts(NUMBERS, 10)))
    assert os.getpid() not in set(engine.spread(lambda _: os.getpid(), range(4)))
    engine.close()
    assert set(engine.spread(lambda _: os.getpid(), range(4))) == {os.getpid()}


def test_each_process_computes_with_one_thread(engine: LocalEngine) -> None:
    list(engine.map(process, parts(NUMBERS, 10)))
    assert {number for pools in engine.spread(threads, range(2)) for number in pools} <= {1}


def test_errors_keep_their_sentence(engine: LocalEngine) -> None:
    with pytest.raises(ConfigError, match="3 rows are too many"):
        list(engine.map(refuse, parts(NUMBERS, 3)))


def test_a_process_that_is_killed_is_told(engine: LocalEngine) -> None:
    with pytest.raises(ModelError, match="memory ran out"):
        list(engine.map(die, parts(NUMBERS, 3)))


def test_an_analysis_is_the_same_in_many_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wave = folder("corpora") / "demo" / "nps_2026_q2.csv"
    monkeypatch.setattr(LocalEngine, "least_rows", 10**9)
    here = analyze(wave, cache=False)
    started: list[object] = []
    run = LocalEngine._run
    monkeypatch.setattr(LocalEngine, "_run", lambda *given: started.append(given[1]) or run(*given))
    monkeypatch.setattr(LocalEngine, "least_rows", 64)
    monkeypatch.setattr(LocalEngine, "part_rows", 50)
    monkeypatch.setattr(work, "_LEAST_WORDS", 64)
    there = analyze(wave, cache=False)
    assert read_words in started
    assert len(started) > 6  # and cleaning, redaction and the resamples of both kinds of themes
    for name in ("feedback", "spans", "mentions", "themes", "ledger", "positions", "findings"):
        assert getattr(here, name).equals(getattr(there, name)), name
    assert np.array_equal(np.asarray(here.found.vectors), np.asarray(there.found.vectors))
    assert here.linked.themes.equals(there.linked.themes)

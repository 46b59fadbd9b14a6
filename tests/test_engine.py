"""A Ray cluster gives what this process gives, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer import analyze, schema
from analyzer.encoders import load_encoder
from analyzer.engine import LocalEngine, load_engine, parts
from analyzer.engine.work import Encoding, RemoteEncoder, RemoteSentiment
from analyzer.errors import ConfigError, ModelError
from analyzer.resources import folder
from analyzer.sentiment import load_sentiment
from analyzer.text import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.engine.ray_data import RayEngine

ray = pytest.importorskip("ray", reason="the Ray engine is an extra: pip install 'analyzer[scale]'")

# Ray warns of settings that it makes itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TEXTS = ["Llegó tarde", "Trop cher", "Très aimable, merci", "Nobody answered the phone", "ok"]


@dataclass(frozen=True)
class Slow:
    """Doubles numbers, slowly, and leaves its process id behind."""

    folder: Path

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        (self.folder / str(os.getpid())).touch()
        time.sleep(0.3)
        return rows.select(twice=pl.col("number") * 2)


@dataclass(frozen=True)
class Placed:
    """Tells which graphics processors Ray gave to the actor."""

    wants_gpu: bool

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        given = ray.get_runtime_context().get_accelerator_ids().get("GPU", [])
        return rows.with_columns(gpus=pl.lit(len(given)))


@dataclass(frozen=True)
class Broken:
    """Fails on every row."""

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        raise ArithmeticError("secret words of a customer")


@dataclass(frozen=True)
class Forgetful:
    """Loses the first row of each part."""

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        return rows[1:]


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """Two nodes of one processor each, the second of which the last test takes away."""
    os.environ["RAY_AUTH_MODE"] = "disabled"
    from ray import cloudpickle
    from ray.cluster_utils import Cluster

    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers do not have the tests
    head = {"num_cpus": 1, "include_dashboard": False}
    nodes = Cluster(initialize_head=True, head_node_args=head | {"num_gpus": 1})
    nodes.add_node(num_cpus=1)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


@pytest.fixture(scope="module")
def engine(cluster: object) -> RayEngine:
    return load_engine("ray", cluster.address)  # type: ignore[attr-defined,return-value]


def test_an_engine_must_be_known_and_an_address_fit_it() -> None:
    with pytest.raises(ConfigError, match="'spark' is not known"):
        load_engine("spark")
    with pytest.raises(ConfigError, match="--engine ray"):
        load_engine("local", "auto")
    assert load_engine().name == "local"


def test_parts_hold_every_row_once() -> None:
    frame = pl.DataFrame({"number": range(10)})
    assert [len(part) for part in parts(frame, 4)] == [4, 4, 2]
    assert pl.concat(parts(frame, 4)).equals(frame)


def test_vectors_and_sentiment_are_the_same_on_a_cluster(engine: RayEngine) -> None:
    texts = [f"{text} {number}" for number in range(8) for text in TEXTS]
    engine.part_rows = 16
    done: list[int] = []
    here = load_encoder().encode(texts)
    there = RemoteEncoder(load_encoder(), engine, None).encode(texts, done.append)
    assert np.array_equal(here, there)
    assert sum(done) == len(texts)
    scorer = load_sentiment()
    scored = RemoteSentiment(scorer, engine, None).predict(texts, ["fr"] * len(texts), vectors=here)
    same = scorer.predict(texts, ["fr"] * len(texts), vectors=here)
    assert np.array_equal(scored.probabilities, same.probabilities)
    assert not np.array_equal(
        same.probabilities, scorer.predict(texts, ["es"] * len(texts), vectors=here).probabilities
    )


def test_an_analysis_is_the_same_on_a_cluster(
    engine: RayEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.engine.ray_data import RayEngine

    monkeypatch.setattr(RayEngine, "part_rows", 128)
    wave = folder("corpora") / "demo" / "nps_2026_q2.csv"
    here, there = analyze(wave, cache=False), analyze(wave, cache=False, engine="ray")
    for name in ("feedback", "spans", "mentions", "themes", "ledger", "positions", "findings"):
        assert getattr(here, name).equals(getattr(there, name)), name
    assert np.array_equal(np.asarray(here.found.vectors), np.asarray(there.found.vectors))
    assert here.linked.themes.equals(there.linked.themes)


HOSTILE = [
    "\x00\x00 NUL\x00 bytes in the middle of a complaint",
    "a" * 50_000,
    "😡" * 3_000,
    "\u202e\u200b\ufeff evil marks \u202d",
    "<script>alert(1)</script> =cmd|' /C calc'!A0",
    "https://" + "a." * 5_000 + "es",
    "(((((((((((((((((((((((((((((" * 50,
    "\n\n\n \t\r\n",
    "٣٤٥ 中文 عربي русский",
    "e\u0301" * 2_000,
]


def test_hostile_rows_are_counted_once_on_a_cluster(engine: RayEngine) -> None:
    texts = [f"{text} {number}" for number in range(8) for text in HOSTILE]
    told = {"text": texts, "row": range(1, 81), "feedback_id": [f"id{i:02d}" for i in range(80)]}
    about = {"source": ["wave.csv"] * 80, "kind": ["survey"] * 80}
    empty = {name: [None] * 80 for name in schema.RECORDS}
    frame = pl.DataFrame(empty | about | told, schema=schema.RECORDS)
    engine.part_rows = 16
    here, there = prepare(frame), prepare(frame, engine=engine)
    assert there.ledger.height == frame.height == there.ledger["row"].n_unique()
    for name in ("feedback", "spans", "ledger", "findings"):
        assert getattr(here, name).equals(getattr(there, name)), name


def test_work_that_wants_a_gpu_gets_one(engine: RayEngine) -> None:
    numbers = parts(pl.DataFrame({"number": range(4)}), 2)
    assert pl.concat(list(engine.map(Placed(True), numbers)))["gpus"].to_list() == [1] * 4
    assert pl.concat(list(engine.map(Placed(False), numbers)))["gpus"].to_list() == [0] * 4
    assert Encoding("some/model").wants_gpu
    assert not Encoding(None).wants_gpu
    assert not Encoding("use-multilingual-v3").wants_gpu


def test_few_texts_stay_in_this_process(engine: RayEngine) -> None:
    engine.part_rows = 100
    remote = RemoteEncoder(load_encoder(), engine, "no such model on the cluster")
    assert np.array_equal(remote.encode(TEXTS), load_encoder().encode(TEXTS))
    assert remote.fingerprint == load_encoder().fingerprint


def test_the_local_engine_does_the_same_work() -> None:
    frame = pl.DataFrame({"text": TEXTS})
    done = list(LocalEngine().map(Encoding(None), parts(frame, 2)))
    assert [len(part) for part in done] == [2, 2, 1]
    assert np.array_equal(
        np.vstack([part["vector"].to_numpy() for part in done]), load_encoder().encode(TEXTS)
    )


def test_work_that_fails_is_told_without_its_words(engine: RayEngine) -> None:
    with pytest.raises(ModelError) as caught:
        list(engine.map(Broken(), parts(pl.DataFrame({"number": range(4)}), 2)))
    assert "after 0 of 4 rows" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_work_that_loses_rows_is_caught(engine: RayEngine) -> None:
    with pytest.raises(ModelError):
        list(engine.map(Forgetful(), parts(pl.DataFrame({"number": range(4)}), 2)))


def test_a_killed_worker_costs_no_row(engine: RayEngine, tmp_path: Path) -> None:
    numbers = pl.DataFrame({"number": range(120)})

    def kill() -> None:
        while not (seen := list(tmp_path.iterdir())):
            time.sleep(0.05)
        os.kill(int(seen[0].name), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    done = pl.concat(list(engine.map(Slow(tmp_path), parts(numbers, 10))))
    killer.join()
    assert done["twice"].to_list() == [2 * number for number in range(120)]
    assert len(list(tmp_path.iterdir())) > 1


def test_a_node_that_goes_away_costs_no_row(
    cluster: object, engine: RayEngine, tmp_path: Path
) -> None:
    numbers = pl.DataFrame({"number": range(120)})
    results = engine.map(Slow(tmp_path), parts(numbers, 10))
    first = next(results)
    node = sorted(cluster.worker_nodes, key=str)[0]  # type: ignore[attr-defined]
    cluster.remove_node(node, allow_graceful=False)  # type: ignore[attr-defined]
    done = pl.concat([first, *results])
    assert done["twice"].to_list() == [2 * number for number in range(120)]

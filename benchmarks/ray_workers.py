"""How much faster two Ray workers encode than one, on this machine.

    python benchmarks/ray_workers.py --data DIR --texts 40000 --workers 1 2

DIR holds JSON lines files as for ``speed.py``. Each number of workers runs in a process and a
cluster of its own. "wall" is from the first part sent to the last part back, once the workers have
their models; "processor" is what encoding itself took, added up over the workers: where it grows
with their number, they stand in each other's way.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from speed import sentences

from analyzer.engine import parts
from analyzer.engine.work import Encoding


@dataclass(frozen=True)
class Timed:
    """Encodes, and tells the processor time that it took."""

    work: Encoding

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Encode a part; only the seconds travel back with the vectors."""
        start = time.process_time()
        done = self.work(rows)
        return done.with_columns(seconds=pl.lit(time.process_time() - start))


def run(folder: Path, count: int, workers: int) -> dict[str, float]:
    """Encode so many distinct sentences on so many workers."""
    import ray

    from analyzer.engine.ray_data import RayEngine

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    engine = RayEngine()
    texts = pl.DataFrame({"text": sorted(sentences(folder, count), key=len)})
    # The first parts make each worker load its model; workers of one run serve one run only.
    first = [texts[:8]] * (4 * workers)
    begun: list[float] = []
    seconds = 0.0
    pieces = [*first, *parts(texts, engine.part_rows)]
    for number, part in enumerate(engine.map(Timed(Encoding(None)), pieces)):
        if number >= len(first):
            seconds += float(part["seconds"][0])
        elif number == len(first) - 1:
            begun.append(time.perf_counter())
    return {"wall": time.perf_counter() - begun[0], "processor": seconds}


def main() -> None:
    """Print one row a number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=40_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(run(options.data, options.texts, options.workers[0])))
        return
    print("workers", "wall", "processor", "times", sep="\t")
    walls: list[float] = []
    for workers in options.workers:
        command = [sys.executable, __file__, "--data", options.data, "--alone"]
        command += ["--texts", str(options.texts), "--workers", str(workers)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
        told = json.loads(done.stdout.splitlines()[-1])
        walls.append(told["wall"])
        shown = (told["wall"], told["processor"], walls[0] / told["wall"])
        print(workers, *(f"{value:.2f}" for value in shown), sep="\t", flush=True)


if __name__ == "__main__":
    main()

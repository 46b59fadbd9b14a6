"""Where the time goes: seconds a stage, and peak memory, on comments resampled from real files.

    python benchmarks/speed.py --data DIR --rows 1000 20000 [--peer] [--words 12] [--engine ray]
    python benchmarks/speed.py --data DIR --passages 10000 50000 1000000

DIR holds JSON lines files with ``text``. Texts are drawn with replacement and varied (a number
added, a word dropped or swapped), so that few are the same. Each size runs in a process of its
own with an empty cache, and ``again`` is analysis and report of a second process that only changes
the minimum cell. The peak is that of this process; those that help with Python-bound work take some
200 MB each. Absolute figures depend on the machine; shares do not. ``--peer`` adds
BERTopic's documented multilingual defaults on the same comments with the same encoder, and how many
times longer it takes. ``--words`` cuts comments short, for sizes that would take hours.

With ``--passages`` so many sentences, no two the same, are encoded and made into themes, all in one
process; seconds of processor time: to encode, to cluster, and for all of the themes, which adds
assignment of every sentence, names and tables. "share" is clustering as a part of encoding.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = ("nps_telco_en", "insurance_reviews_fr", "bank_mentions_es", "hotel_reviews_es", "nhs_fft")
LONGEST = 400
SEED = 0


def comments(folder: Path, rows: int, words: int | None = None) -> pl.DataFrame:
    """Draw a survey of so many rows from the files."""
    pool = [
        " ".join(json.loads(line)["text"][:LONGEST].split()[:words])
        for name in FILES
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    draw = random.Random(SEED)  # noqa: S311 - a benchmark, not a secret
    return pl.DataFrame(
        {
            "id": [f"r{i}" for i in range(rows)],
            "nps": [draw.choice((0, 2, 4, 6, 7, 8, 9, 10)) for _ in range(rows)],
            "comment": [varied(draw.choice(pool), draw) for _ in range(rows)],
        }
    )


def varied(text: str, draw: random.Random) -> str:
    """Change a text a little."""
    words = text.split()
    if len(words) > 4:
        del words[draw.randrange(len(words))]
        at = draw.randrange(len(words) - 1)
        words[at], words[at + 1] = words[at + 1], words[at]
    words.insert(draw.randrange(len(words) + 1), str(draw.randrange(2, 60)))
    return " ".join(words)


def run_peer(path: Path) -> dict[str, float]:
    """Encode and model the comments with BERTopic."""
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder

    from analyzer.encoders import load_encoder

    start = time.perf_counter()
    texts = pl.read_csv(path)["comment"].to_list()
    vectors = load_encoder().encode(texts)
    encoded = time.perf_counter() - start
    BERTopic(language="multilingual", embedding_model=BaseEmbedder()).fit_transform(texts, vectors)
    return {"encode": encoded, "all": time.perf_counter() - start}


def run_passages(folder: Path, count: int) -> dict[str, float]:
    """Encode and cluster so many distinct sentences in this process; seconds of processor time."""
    from analyzer.encoders import load_encoder
    from analyzer.encoders.cache import VectorCache
    from analyzer.themes import find
    from analyzer.themes.concepts import embed
    from analyzer.themes.phrases import in_dictionary

    texts = pl.Series("text", sentences(folder, count))
    feedback = pl.DataFrame({"feedback_id": [str(i) for i in range(count)]}).with_columns(
        language=pl.lit("en"),
        kind=pl.lit("survey"),
        nps=pl.lit(0),
        nps_segment=pl.lit("detractor"),
        csat=pl.lit(None, pl.Float64),
        csat_band=pl.lit(None, pl.String),
    )
    spans = feedback.select("feedback_id", span=pl.lit(0), sentiment=pl.lit("negative"))
    spans = spans.with_columns(texts, polarity=pl.lit(-1.0))
    cluster: list[float] = []

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **words: Any) -> Any:  # noqa: ANN401 - as the function is called
            cluster.append(-time.process_time())
            found = function(*args, **words)
            cluster.append(time.process_time())
            return found

        return run

    for part in ("proper_names", "without_names", "discover"):
        setattr(find, part, timed(getattr(find, part)))
    encoder = load_encoder()
    first = texts.head(300).to_list()
    # Loads weights, libraries, concepts and the dictionaries of all languages.
    find.discover(encoder.encode(first), texts=first, concepts=embed(encoder).subjects)
    in_dictionary("esim")
    cluster.clear()
    with threadpool_limits(1):
        start = time.process_time()
        vectors = VectorCache(None, encoder.fingerprint).encode(texts, encoder)
        encoded = time.process_time()
        found = find.find_themes(feedback, spans, vectors, encoder)
        done = time.process_time()
    return {
        "encode": encoded - start,
        "cluster": sum(cluster),
        "themes": done - encoded,
        "found": len(found.frame),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def sentences(folder: Path, count: int) -> list[str]:
    """Vary sentences of the files until there are so many that no two are the same."""
    comments = (
        json.loads(line)["text"]
        for name in FILES
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    )
    pool = [part for text in comments for part in re.split(r"(?<=[.!?])\s+", text[:LONGEST])]
    draw = random.Random(SEED)  # noqa: S311 - a benchmark, not a secret
    found: dict[str, None] = {}
    while len(found) < count:
        found[varied(draw.choice(pool), draw)] = None
    return list(found)


def run_one(path: Path, engine: str, minimum_cell: int) -> dict[str, float]:
    """Analyse one file in this process, timing the pipeline's stages."""
    from analyzer import pipeline

    seconds: dict[str, float] = {}

    def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **words: object) -> object:
            start = time.perf_counter()
            try:
                return stage(*args, **words)
            finally:
                seconds[name] = seconds.get(name, 0) + time.perf_counter() - start

        return call

    pipeline.sources.read = timed("read", pipeline.sources.read)  # type: ignore[attr-defined]
    pipeline.text.prepare = timed("prepare", pipeline.text.prepare)  # type: ignore[attr-defined]
    for name, attribute in (
        ("encode", "encode"),
        ("sentiment", "score"),
        ("themes", "find_themes"),
        ("statistics", "link"),
    ):
        setattr(pipeline, attribute, timed(name, getattr(pipeline, attribute)))
    start = time.perf_counter()
    analysis = pipeline.analyze(path, engine=engine, minimum_cell=minimum_cell)
    seconds["all"] = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        from analyzer.report import write

        seconds["report"] = -time.perf_counter()
        write(analysis, Path(folder))
        seconds["report"] += time.perf_counter()
    seconds["spans"] = len(analysis.spans)
    seconds["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


def apart(options: argparse.Namespace, path: Path | None, *more: str) -> dict[str, float]:
    """Run this file on one survey, or without one, in a process of its own."""
    command = [sys.executable, __file__, "--data", options.data, *more]
    own = dict(os.environ)
    if path is not None:
        command += ["--one", path]
        own["ANALYZER_CACHE"] = str(path.parent / "cache")
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=own)  # noqa: S603 - this very file
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def print_passages(options: argparse.Namespace) -> None:
    """Print one row a number of sentences."""
    names = ("encode", "cluster", "themes")
    print("passages", "found", *names, "share", "peak MB", sep="\t")
    for count in options.passages:
        told = apart(options, None, "--alone", str(count))
        shown = [f"{told[name]:.1f}" for name in names]
        shown += [f"{told['cluster'] / told['encode']:.2f}", f"{told['peak_mb']:.0f}"]
        print(count, int(told["found"]), *shown, sep="\t", flush=True)


def main() -> None:
    """Print one row a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--words", type=int, help="cut comments to so many words")
    parser.add_argument("--engine", default="local")
    parser.add_argument("--peer", action="store_true", help="time BERTopic too")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--minimum-cell", type=int, default=5, help=argparse.SUPPRESS)
    parser.add_argument("--passages", type=int, nargs="+", help="cluster so many sentences")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(run_passages(options.data, options.alone)))
        return
    if options.passages:
        print_passages(options)
        return
    if options.one:
        told = (
            run_peer(options.one)
            if options.peer
            else run_one(options.one, options.engine, options.minimum_cell)
        )
        print(json.dumps(told))
        return
    names = ("read", "prepare", "encode", "sentiment", "themes", "statistics", "all", "report")
    heads = ("rows", "spans", *names, "encode share", "peak MB", "again", "times")
    print(*heads, *(["BERTopic", "times"] if options.peer else []), sep="\t")
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "wave.csv"
            comments(options.data, rows, options.words).write_csv(path)
            told = apart(options, path, "--engine", options.engine)
            again = apart(options, path, "--engine", options.engine, "--minimum-cell", "6")
            peer = apart(options, path, "--peer")["all"] if options.peer else None
        second = again["all"] + again["report"]
        shown = [f"{told[name]:.1f}" for name in names]
        shown += [f"{told['encode'] / told['all']:.0%}", f"{told['peak_mb']:.0f}"]
        shown += [f"{second:.1f}", f"{(told['all'] + told['report']) / second:.0f}"]
        if peer is not None:
            shown += [f"{peer:.1f}", f"{peer / told['all']:.1f}"]
        print(rows, int(told["spans"]), *shown, sep="\t", flush=True)


if __name__ == "__main__":
    main()

"""Damage files in many ways and read them: every outcome must be rows or an `AnalyzerError`.

    python benchmarks/fuzz.py tests/sources/fixtures corpora/demo --minutes 60 --out findings

Each case takes a sound file, sometimes as a workbook, Parquet or JSON, and mutates its bytes,
lines, fields or archive members. The file is read and its comments are prepared. Then rows read
must be records plus ledger rows, each row must have one fate, and spans must lie in their comments.
Whatever else happens is a finding: its input is kept, one of each kind, with how to repeat it.

Cases run in child processes, so that a crash or a full memory (``--memory``, MB) ends one batch and
not the run. ``--seed`` and the case number repeat a case exactly.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 400
SLOW = 20  # seconds of CPU from which a case is a finding
TOKENS = (
    b'"', b'""', b'\\"', b";", b",", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\x85", b"\xa0",
    b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xe2\x80\x8b", b"\xf0\x9f\x91\x8d", b"{", b"}", b"[",
    b"]", b":", b"null", b"NaN", b"Infinity", b"1e999", b"-1", b"11", b"99", b"10/10", b"100%",
    b"99999999999999999999", b"0x10", b"31/02/2024", b"2024-13-45", b"00/00/0000", b"1e400",
    b"<p>", b"&#0;", b"&lt;br&gt;", b"=1+1", b"sep=;\n", b"RT @x: ", b"'", b"\xed\xa0\x80",
    b"\x1f", b"\x1a", b"\\u0000", b"\\ud800", b"a" * 5000, b"[" * 2000, b"(" * 300, b"x@y.z ",
)  # fmt: skip
SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx", ".xls", ".ods", ".parquet", "")

Case = tuple[bytes, str]


def seeds(folders: list[Path]) -> list[Case]:
    """Sound files: those in the folders, and tables of them in other formats."""
    found: list[Case] = []
    for path in sorted(p for folder in folders for p in folder.iterdir() if p.is_file()):
        content = path.read_bytes()[:60_000]
        found.append((content, path.suffix))
        found += other_formats(path)
    return found


def other_formats(path: Path) -> list[Case]:
    """The first rows of a file as a workbook, Parquet and JSON lines."""
    from analyzer.errors import AnalyzerError
    from analyzer.sources.files import read_table

    try:
        frame = read_table(path).frame.head(40)
    except AnalyzerError:
        return []
    book, parquet = io.BytesIO(), io.BytesIO()
    frame.write_excel(book)
    frame.write_parquet(parquet)
    lines = frame.write_ndjson().encode()
    return [(book.getvalue(), ".xlsx"), (parquet.getvalue(), ".parquet"), (lines, ".jsonl")]


def random_of(seed: int, number: int) -> random.Random:
    """What a case draws from."""
    return random.Random(f"{seed}:{number}")  # noqa: S311 - a benchmark, not a secret


def mutate(draw: random.Random, pool: list[Case]) -> Case:
    """One damaged file."""
    content, suffix = draw.choice(pool)
    if content[:2] == b"PK" and draw.random() < 0.7:
        content = in_archive(content, draw, pool)
    else:
        for _ in range(draw.choice((1, 1, 2, 3, 8, 30))):
            content = draw.choice(MUTATIONS)(content, draw, pool)
    if draw.random() < 0.05:
        suffix = draw.choice(SUFFIXES)
    return content[:2_000_000], suffix


def in_archive(content: bytes, draw: random.Random, pool: list[Case]) -> bytes:
    """Damage one member of a workbook, or its name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        names = old.namelist()
        hit = draw.choice(names)
        for name in names:
            data = old.read(name)
            if name == hit:
                if draw.random() < 0.1:
                    name = draw.choice(("../../x.xml", "/etc/x", "xl/", "é" * 50))
                for _ in range(draw.choice((1, 2, 5))):
                    data = draw.choice(MUTATIONS)(data, draw, pool)
            if draw.random() > 0.01:
                new.writestr(name, data)
    return out.getvalue()


def spot(content: bytes, draw: random.Random) -> int:
    """A place in the content."""
    return draw.randrange(len(content) + 1)


def flip(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Change a byte."""
    if not content:
        return content
    at = draw.randrange(len(content))
    return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]


def insert(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Put something in that readers stumble over."""
    at = spot(content, draw)
    return content[:at] + draw.choice(TOKENS) * draw.choice((1, 1, 1, 2, 50)) + content[at:]


def delete(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Take some bytes out."""
    at = spot(content, draw)
    return content[:at] + content[at + draw.choice((1, 2, 10, 200, 5000)) :]


def repeat(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Say some bytes more than once."""
    at, length = spot(content, draw), draw.choice((1, 5, 100, 1000))
    return content[:at] + content[at : at + length] * draw.choice((2, 3, 20)) + content[at:]


def cut(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Cut the end off."""
    return content[: spot(content, draw)]


def splice(content: bytes, draw: random.Random, pool: list[Case]) -> bytes:
    """Go on with the end of another file."""
    other = draw.choice(pool)[0]
    return content[: spot(content, draw)] + other[spot(other, draw) :]


def lines(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Shuffle, repeat or drop lines."""
    rows = content.split(b"\n")
    choice = draw.randrange(4)
    if choice == 0:
        draw.shuffle(rows)
    elif choice == 1:
        rows.insert(draw.randrange(len(rows) + 1), draw.choice(rows))
    elif choice == 2:
        rows.pop(draw.randrange(len(rows)))
    else:
        rows = rows[:1] + rows[1:] * 3
    return b"\n".join(rows)


def fields(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Put something else in the fields of a line."""
    rows = content.split(b"\n")
    at = draw.randrange(len(rows))
    mark = max((b",", b";", b"\t"), key=rows[at].count)
    cells = rows[at].split(mark)
    for _ in range(draw.choice((1, 1, 3))):
        cells[draw.randrange(len(cells))] = draw.choice(TOKENS)
    rows[at] = mark.join(cells)
    return b"\n".join(rows)


def column(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Put the same thing in one field of every line."""
    rows = content.split(b"\n")
    mark = max((b",", b";", b"\t"), key=rows[0].count)
    at, token = draw.randrange(max(rows[0].count(mark), 1)), draw.choice(TOKENS)
    out = rows[:1]
    for row in rows[1:]:
        cells = row.split(mark)
        if at < len(cells):
            cells[at] = token
        out.append(mark.join(cells))
    return b"\n".join(out)


def encoding(content: bytes, draw: random.Random, _: list[Case]) -> bytes:
    """Another encoding, or the same twice."""
    name = draw.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig", "utf-7", "twice")
    )
    text = content.decode("utf-8", "replace")
    if name == "twice":
        return text.encode().decode("cp1252", "replace").encode()
    return text.encode(name, "replace")


MUTATIONS: tuple[Callable[[bytes, random.Random, list[Case]], bytes], ...] = (
    flip, insert, insert, delete, repeat, cut, splice, lines, fields, fields, column, encoding,
)  # fmt: skip


def check(path: Path) -> str:
    """Read a file and prepare its comments; return what came of it.

    Raises:
        AssertionError: A row is lost or counted twice, or a span is not in its comment.
    """
    from analyzer import sources, text
    from analyzer.errors import AnalyzerError

    try:
        reading = sources.read([path])
        prepared = text.prepare(reading.records.head(300))
    except AnalyzerError as error:
        require(0 < len(str(error)) < 4000, "message without words, or far too many")
        return f"refused: {type(error).__name__}"
    (source,) = reading.sources
    rows = [*reading.records["row"], *reading.ledger["row"]]
    require(len(rows) == source.rows == len(set(rows)), "rows read are not records plus ledger")
    require(reading.records["feedback_id"].is_unique().all(), "ids repeat")
    require(reading.records["nps"].drop_nulls().is_between(0, 10).all(), "NPS off the scale")
    require(reading.records["csat"].drop_nulls().is_between(0, 1).all(), "CSAT off the scale")
    require(reading.records["ces"].drop_nulls().is_between(0, 1).all(), "CES off the scale")
    require(len(prepared.ledger) == min(300, len(reading.records)), "a prepared row has no fate")
    told = prepared.feedback.select("feedback_id", comment="text", kept="analysed")
    spans = prepared.spans.join(told, on="feedback_id", how="left")
    inside = spans.select(
        (pl.col("comment").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))
        .eq_missing(pl.col("text"))
        .all()
    ).item()
    require(bool(inside), "a span is not in its comment")
    require(bool(spans["kept"].all()), "a span of a comment that is left out")
    return "rows"


def require(holds: bool, what: str) -> None:
    """Raise when a property does not hold."""
    if not holds:
        raise AssertionError(what)


def run_batch(folders: list[Path], seed: int, first: int, memory: int, scratch: Path) -> None:
    """Run `BATCH` cases in this process; one line of JSON for each."""
    limit = memory << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    signal.signal(signal.SIGPROF, too_slow)
    pool = seeds(folders)
    warm_up()
    for number in range(first, first + BATCH):
        content, suffix = mutate(random_of(seed, number), pool)
        path = scratch / f"case{suffix}"
        path.write_bytes(content)
        sys.stdout.write(json.dumps({"case": number, "suffix": suffix}) + "\n")
        sys.stdout.flush()
        signal.setitimer(signal.ITIMER_PROF, SLOW)
        told: dict[str, Any] = {"case": number}
        try:
            told["outcome"] = check(path)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            told |= {"outcome": "finding", "kind": kind_of(error), "trace": traceback.format_exc()}
        signal.setitimer(signal.ITIMER_PROF, 0)
        path.unlink()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def warm_up() -> None:
    """Load the models, so that no case pays for it."""
    from analyzer import text

    text.detect(["it was slow", "o serviço não foi muito bom", "c'est lent", "molt lent i car"])


def too_slow(*_: object) -> None:
    """Turn the alarm into an exception."""
    raise TimeoutError(f"more than {SLOW} s")


def kind_of(error: BaseException) -> str:
    """Name a finding by its exception and the package's own line that it went through last."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if "/analyzer/" in f.filename]
    where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "check"
    words = f" {error}" if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} at {where}{words}"


def main() -> None:
    """Run batches until the time is over; print how many cases and which findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory", type=int, default=3000, help="MB that a batch may use")
    parser.add_argument("--out", type=Path, default=Path("findings"))
    parser.add_argument("--first", type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, default=None, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.first is not None:
        run_batch(given.folders, given.seed, given.first, given.memory, given.scratch)
        return
    given.out.mkdir(parents=True, exist_ok=True)
    outcomes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    end = time.monotonic() + 60 * given.minutes
    first = 0
    while time.monotonic() < end:
        one_batch(given, first, outcomes, kinds)
        first += BATCH
        summary = {"cases": sum(outcomes.values()), "outcomes": outcomes, "findings": kinds}
        (given.out / "summary.json").write_text(json.dumps(summary, indent=1))
    print(json.dumps(summary, indent=1))


def one_batch(
    given: argparse.Namespace, first: int, outcomes: Counter[str], kinds: Counter[str]
) -> None:
    """Run a batch in a child process and take down what came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            sys.executable, __file__, *map(str, given.folders), "--seed", str(given.seed),
            "--memory", str(given.memory), "--first", str(first), "--scratch", scratch,
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        told = [json.loads(line) for line in run.stdout.splitlines()]
        left = sorted(Path(scratch).glob("case*"))
        if run.returncode and told:
            crash = f"process ended with {run.returncode}"
            told[-1] |= {"outcome": "finding", "kind": crash, "trace": run.stderr[-4000:]}
            if left:
                shutil.copy(left[0], given.out / f"crash-{told[-1]['case']}{left[0].suffix}")
    for case in told:
        if "outcome" not in case:
            continue
        outcomes[case["outcome"]] += 1
        if case["outcome"] == "finding":
            keep(given, case, kinds)


def keep(given: argparse.Namespace, case: dict[str, Any], kinds: Counter[str]) -> None:
    """Keep the input of the first finding of a kind."""
    kinds[case["kind"]] += 1
    if kinds[case["kind"]] > 1:
        return
    content, suffix = mutate(random_of(given.seed, case["case"]), seeds(given.folders))
    (given.out / f"{case['case']}{suffix}").write_bytes(content)
    (given.out / f"{case['case']}.trace").write_text(f"{case['kind']}\n{case['trace']}")


if __name__ == "__main__":
    main()

"""Do themes keep their identity, and are changes found? Figures for docs/workspace.md.

    python benchmarks/waves.py still   DATA.jsonl ...            nothing changed: two random halves
    python benchmarks/waves.py listed  DATA.jsonl ...            the same, by the list of subjects
    python benchmarks/waves.py planted DATA.jsonl ... [--by date]  changes put into real comments
    python benchmarks/waves.py demo                              the demo waves, eight tenths each
    python benchmarks/waves.py order   DATA.jsonl ...            files ingested in another order
    python benchmarks/waves.py cost    DATA.jsonl ... [--size 200000 --wave 5000 --parts 8]

Each line of DATA is a comment: text, and lang and date where known. Nothing is downloaded. A file
is ingested once; each resample puts its comments into two waves of a copy.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from waves_claims import UP, calm, claims, clear_subjects, contents, named_subjects

from analyzer.resources import folder
from analyzer.store import Workspace

# Words whose comments are thinned out of one wave, so that the subject is new, grows or fades.
SUBJECTS = {
    "en": {
        "engineer": r"\b(?:engineer|technician|install)",
        "price": r"\b(?:price|cost|bill|expensive|cheap)",
        "phone": r"\b(?:phone|call|rang|ring)",
        "website": r"\b(?:website|online|app|web)\b",
        "speed": r"\b(?:speed|broadband|wifi|connection)\b",
    },
    "fr": {
        "repayment": r"\bremboursements?\b|\bmutuelle",
        "cancelling": r"\br[ée]sili",
        "accident": r"\b(?:sinistre|accident|expert)",
        "phone": r"\b(?:t[ée]l[ée]phone|appel|joindre)",
        "price": r"\b(?:prix|tarif|cher|augment)",
    },
}
DEMO = {"esim": "new", "support_wait": "growing", "installation": "fading"}
DEMO_STABLE = ("billing",)
KEPT = 0.25  # of a subject's comments, in the wave where it is rare; none where it is new
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Data:
    """Comments of a file, ingested once: ids, dates, and which speak of each subject."""

    name: str
    place: Path
    ids: list[str]
    dates: NDArray[np.float64]
    wave: NDArray[np.int64]  # 0 or 1, of files that have waves
    about: dict[str, Mask]


def ingested(path: Path, place: Path) -> Data:
    """Ingest a file of JSON lines."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["text"].strip()]
    frame = pl.DataFrame(
        {
            "id": [str(i) for i in range(len(rows))],
            "comment": [" ".join(row["text"].split()) for row in rows],
        }
    )
    file = place / f"{path.stem}.csv"
    frame.write_csv(file)
    space = Workspace.create(place / path.stem)
    space.ingest(file, "all", mapping={"text": "comment", "feedback_id": "id"})
    stored = stored_comments(space)
    dates = [when(rows[int(own)].get("date")) for own in stored["own_id"]]
    subjects = SUBJECTS[rows[0].get("lang", "en")]
    about = {
        name: np.array([bool(re.search(words, text.lower())) for text in stored["text"]])
        for name, words in subjects.items()
    }
    nowhere = np.zeros(stored.height, dtype=np.int64)
    return Data(path.stem, space.folder, stored["feedback_id"].to_list(), np.array(dates),
                nowhere, about)  # fmt: skip


def demo(place: Path) -> Data:
    """Ingest the demo waves; what a comment is about is what a coder said."""
    space = Workspace.create(place / "demo")
    gold: dict[str, set[str]] = {}
    for wave in ("2026_q2", "2026_q3"):
        file = folder("corpora") / "demo" / f"nps_{wave}.csv"
        space.ingest(file, wave)
        told = pl.read_csv(file, infer_schema=False).select("response_id", "gold_themes")
        gold |= {one: set((codes or "").split(";")) for one, codes in told.iter_rows()}
    stored = stored_comments(space)
    codes = [gold[own] for own in stored["own_id"]]
    about = {
        name: np.array([name in one for one in codes])
        for name in sorted(set().union(*gold.values()))
    }
    wave_of = (stored["wave"] == "2026_q3").cast(pl.Int64).to_numpy()
    return Data("demo", space.folder, stored["feedback_id"].to_list(), np.zeros(stored.height),
                wave_of, about)  # fmt: skip


def stored_comments(space: Workspace) -> pl.DataFrame:
    """Comments that take part in themes."""
    return space.query(
        "SELECT feedback_id, f.wave, own_id, f.text FROM feedback f JOIN ledger USING (feedback_id)"
        " WHERE analysed ORDER BY feedback_id"
    )


def when(date: str | None) -> float:
    """Seconds of a date as day/month/year, perhaps with a time."""
    return datetime.strptime(date[:10], "%d/%m/%Y").timestamp() if date else 0.0


def two_waves(
    data: Data, kept: Mask, wave: NDArray[np.int64], place: Path, *, themes: bool = True
) -> Workspace:
    """Copy a workspace, with the comments that are kept in two waves that get their themes."""
    to = place / "copy"
    shutil.copytree(data.place, to)
    rows = pl.DataFrame({"feedback_id": data.ids, "to": [f"W{one + 1}" for one in wave]})
    rows.filter(pl.Series(kept)).write_parquet(place / "rows.parquet")
    with duckdb.connect(str(to / "workspace.duckdb")) as con:
        con.execute(f"CREATE TEMP TABLE kept AS FROM '{place / 'rows.parquet'}'")
        for table in ("feedback", "spans", "ledger"):
            con.execute(
                f"DELETE FROM {table} WHERE feedback_id NOT IN "  # noqa: S608 - own names
                "(SELECT feedback_id FROM kept)"
            )
        con.execute("UPDATE feedback SET wave = kept.to, created_at = NULL FROM kept "
                    "WHERE kept.feedback_id = feedback.feedback_id")  # fmt: skip
        con.execute("DELETE FROM waves")
        con.execute("INSERT INTO waves VALUES ('W1', NULL), ('W2', NULL)")
    space = Workspace.open(to)
    if themes:
        space.update()
    return space


def still(data: Data, seed: int, by: str) -> dict[str, float]:
    """Two halves of one wave: nothing changed."""
    del by
    half = halves(data, seed, "half")
    with tempfile.TemporaryDirectory() as place:
        space = two_waves(data, np.ones(len(data.ids), dtype=np.bool_), half, Path(place))
        second = space.history().filter(pl.col("wave") == "W2")
        first = space.query("SELECT count(*) FROM themes WHERE since = 'W1'").item()
    kept = second.filter(pl.col("status").is_in(["continued", "growing", "fading"]))
    return {
        "themes": first,
        "kept": kept.height / first,
        "covered": kept["people"].sum() / second["people"].sum(),
        "growing_fading": second["change"].is_not_null().sum() / first,
        "any_theme": float(second["change"].is_not_null().any()),
        "emerging": second.filter(pl.col("status") == "emerging").height,
        "split_merged": second.filter(pl.col("status").is_in(["split", "merged"])).height,
        "drift": second["drift"].sum() / first,
    }


def listed(data: Data, seed: int, by: str) -> dict[str, float]:
    """Two halves of one wave, by the list of subjects: nothing changed."""
    half = halves(data, seed, by)
    with tempfile.TemporaryDirectory() as place:
        everybody = np.ones(len(data.ids), dtype=np.bool_)
        space = two_waves(data, everybody, half, Path(place), themes=False)
        changed = len(clear_subjects(space))
        tested = space.subjects("W2", "W1").height
    return {"subjects": tested, "changed": changed / tested, "any": float(changed > 0)}


def planted(data: Data, seed: int, by: str) -> dict[str, float]:
    """One subject is new, one grows four-fold, one fades to a quarter; two stay as they are."""
    random = np.random.default_rng(seed)
    new, grows, fades = random.choice(sorted(data.about), 3, replace=False).tolist()
    wave = halves(data, seed, by)
    rare = random.random(len(data.ids)) >= KEPT
    kept = ~(data.about[new] & (wave == 0)) & ~(data.about[grows] & (wave == 0) & rare)
    kept &= ~(data.about[fades] & (wave == 1) & rare)
    if by == "date":
        kept &= random.random(len(data.ids)) < 0.8
    truth = {new: "new", grows: "growing", fades: "fading"}
    stable = [name for name in data.about if name not in truth]
    return judged(data, kept, wave, truth, stable)


def planted_demo(data: Data, seed: int, by: str) -> dict[str, float]:
    """Eight tenths of each demo wave."""
    del by
    kept = np.random.default_rng(seed).random(len(data.ids)) < 0.8
    return judged(data, kept, data.wave, DEMO, DEMO_STABLE)


def halves(data: Data, seed: int, by: str) -> NDArray[np.int64]:
    """First or second wave of each comment."""
    order = np.random.default_rng(seed).permutation(len(data.ids))
    if by == "date":
        order = np.argsort(data.dates, kind="stable")
    wave = np.ones(len(order), dtype=np.int64)
    wave[order[: len(order) // 2]] = 0
    return wave


def judged(
    data: Data, kept: Mask, wave: NDArray[np.int64], truth: dict[str, str], stable: list[str]
) -> dict[str, float]:
    """Which changes are claimed, and which claims are true."""
    with tempfile.TemporaryDirectory() as place:
        space = two_waves(data, kept, wave, Path(place))
        history = space.history().filter(pl.col("wave") == "W2")
        mentions = space.query("SELECT DISTINCT theme_id, feedback_id FROM mentions")
        named, spoken = named_subjects(space)
    themes = [
        (theme, status == "emerging" or change == "growing")
        for theme, status, change in history.select("theme_id", "status", "change").iter_rows()
        if status == "emerging" or change is not None
    ]
    about = pl.DataFrame(
        {"feedback_id": data.ids, **{name: pl.Series(own) for name, own in data.about.items()}}
    ).filter(pl.Series(kept))
    of_themes = claims(contents(about, mentions), themes, truth)
    of_subjects = claims(contents(about, spoken), named, truth)
    either = of_themes.found | of_subjects.found
    return {
        "claims": len(themes),
        "true_claims": of_themes.right,
        **{kind: float(kind in of_themes.found) for kind in UP},
        "stable": calm(of_themes, stable),
        "subject_claims": len(named),
        "true_subject_claims": of_subjects.right,
        **{f"subject_{kind}": float(kind in of_subjects.found) for kind in UP},
        "subject_stable": calm(of_subjects, stable),
        **{f"either_{kind}": float(kind in either) for kind in UP},
    }  # fmt: skip


def order(data: Data, seed: int, by: str) -> dict[str, float]:
    """Two files of each of two waves, ingested forwards and backwards: are all themes the same?"""
    del by
    texts = stored_comments(Workspace.open(data.place)).select("own_id", "text").sort("own_id")
    part = np.random.default_rng(seed).integers(0, 4, texts.height)
    told = []
    with tempfile.TemporaryDirectory() as folder_:
        place = Path(folder_)
        for number in range(4):
            texts.filter(pl.Series(part == number)).write_csv(place / f"{number}.csv")
        for numbers in ((0, 1, 2, 3), (3, 1, 0, 2)):
            space = Workspace.create(place / "".join(map(str, numbers)))
            for number in numbers:
                space.ingest(place / f"{number}.csv", f"W{number // 2}",
                             mapping={"text": "text", "feedback_id": "own_id"})  # fmt: skip
            space.update()
            told.append(
                (
                    space.query("SELECT theme_id, name_en FROM themes ORDER BY 1").rows(),
                    space.query("SELECT * FROM mentions ORDER BY ALL").rows(),
                )
            )
    return {
        "themes_same": float(told[0][0] == told[1][0]),
        "mentions_same": float(told[0] == told[1]),
    }


def cost(paths: list[Path], size: int, wave: int, parts: int = 8) -> None:
    """Seconds of computing to add a wave to a workspace, against starting over in an empty one.

    What other processes compute is not seen: run it on one processor, with ``taskset -c 0``.
    """
    texts = [
        json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()
    ]
    said = [
        one
        for text in texts
        for one in re.split(r"(?<=[.!?])\s+", " ".join(text.split()))
        if 15 <= len(one) <= 140
    ]
    pairs = np.random.default_rng(0).integers(0, len(said), (size + wave, 2))
    rows = pl.DataFrame(
        {
            "id": [f"c{i}" for i in range(size + wave)],
            "comment": [f"{said[a]} {said[b]}" for a, b in pairs],
        }
    )
    cuts = [*np.linspace(0, size, parts + 1).astype(int).tolist(), size + wave]
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{number}.csv" for number in range(parts + 1)]
        for number, file in enumerate(files):
            rows[cuts[number] : cuts[number + 1]].write_csv(file)
        space = Workspace.create(Path(place) / "space", cache=False)
        filled(f"{size} comments in {parts} waves", space, dict(enumerate(files[:-1])))
        added = filled(f"{wave} more", space, {parts: files[-1]})
        filled("the same file again", space, {parts: files[-1]})
        empty = Workspace.create(Path(place) / "empty", cache=False)
        over = filled(f"starting over with {size + wave}", empty, dict(enumerate(files)))
    print(f"{over / added:.1f} times as much")


def filled(what: str, space: Workspace, files: dict[int, Path]) -> float:
    """Ingest waves, give them themes and compare the last; print and return the seconds spent."""
    newest = max(files)
    steps: dict[str, Callable[[], object]] = {
        "ingest": lambda: [
            space.ingest(file, f"W{number}", mapping={"text": "comment", "feedback_id": "id"})
            for number, file in files.items()
        ],
        "themes": space.update,
        "report": lambda: space.report(f"W{newest}", f"W{newest - 1}"),
    }
    spent = {}
    for name, step in steps.items():
        begun = time.process_time()
        step()
        spent[name] = time.process_time() - begun
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    print(f"{what}: {told}", flush=True)
    return sum(spent.values())


def table(name: str, rows: list[dict[str, float]]) -> None:
    """Print means over resamples, and precision where claims were made."""
    mean = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    for kind in ("", "subject_"):
        if f"{kind}claims" in mean:
            made = max(mean[f"{kind}claims"], 1e-9)
            mean[f"{kind}precision"] = mean[f"true_{kind}claims"] / made
    print(
        f"| {name} | {len(rows)} | " + " | ".join(f"{k} {v:.3f}" for k, v in mean.items()),
        flush=True,
    )


def main() -> None:
    """Print a line a resample, and a table row a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["still", "listed", "planted", "demo", "order", "cost"])
    parser.add_argument("data", type=Path, nargs="*")
    parser.add_argument("--by", choices=["half", "date"], default="half")
    parser.add_argument("--resamples", type=int, default=20)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--wave", type=int, default=5_000)
    parser.add_argument("--parts", type=int, default=8)
    given = parser.parse_args()
    if given.what == "cost":
        cost(given.data, given.size, given.wave, given.parts)
        return
    measures: dict[str, Callable[[Data, int, str], dict[str, float]]] = {
        "still": still, "listed": listed, "planted": planted, "demo": planted_demo, "order": order,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder_:
        place = Path(folder_)
        files = [demo(place)] if given.what == "demo" else [ingested(p, place) for p in given.data]
        for data in files:
            rows = []
            for seed in range(given.resamples):
                rows.append(measures[given.what](data, seed, given.by))
                print(data.name, seed, rows[-1], flush=True)
            table(f"{data.name}, {given.what}, {given.by}", rows)


if __name__ == "__main__":
    main()

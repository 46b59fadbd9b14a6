"""Do themes keep their identity, and are changes found? Figures for the workspace.

    python benchmarks/waves.py still   DATA.jsonl ...   nothing changed: two halves of one wave
    python benchmarks/waves.py planted DATA.jsonl ...   changes put into real comments
    python benchmarks/waves.py cost    DATA.jsonl ... --size 200000 --wave 5000

Each line of DATA is a comment: text, and date and rating where known. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

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
KEPT = 0.25  # of a subject's comments, in the wave where it is rare; none where it is new


def read(path: Path) -> pl.DataFrame:
    """Comments with an id, a person each."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return pl.DataFrame(
        {
            "id": [f"{path.stem}-{i}" for i in range(len(rows))],
            "comment": [" ".join(row["text"].split()) for row in rows],
            "lang": [row.get("lang", "en") for row in rows],
        }
    ).filter(pl.col("comment").str.len_chars() > 0)


def two_waves(waves: list[pl.DataFrame], place: Path) -> Workspace:
    """A workspace of two waves with themes."""
    space = Workspace.create(place / "space")
    for number, frame in enumerate(waves, start=1):
        file = place / f"w{number}.csv"
        frame.select("id", "comment").write_csv(file)
        space.ingest(file, f"W{number}", mapping={"text": "comment", "feedback_id": "id"})
    space.update()
    return space


def still(data: pl.DataFrame, seed: int) -> dict[str, float]:
    """Two halves of one wave."""
    order = np.random.default_rng(seed).permutation(data.height)
    half = data.height // 2
    with tempfile.TemporaryDirectory() as place:
        space = two_waves([data[order[:half]], data[order[half:]]], Path(place))
        second = space.history().filter(pl.col("wave") == "W2")
        kept = second.filter(pl.col("status").is_in(["continued", "growing", "fading"]))
        first = space.query("SELECT count(*) FROM themes WHERE since = 'W1'").item()
        return {
            "themes": first,
            "kept": kept.height / first,
            "covered": kept["people"].sum() / second["people"].sum(),
            "moved": second.filter(pl.col("status").is_in(["growing", "fading"])).height / first,
            "emerging": second.filter(pl.col("status") == "emerging").height,
            "split_merged": second.filter(pl.col("status").is_in(["split", "merged"])).height,
            "drift": second["drift"].sum() / first,
        }


def planted(data: pl.DataFrame, seed: int) -> dict[str, int]:
    """One subject is new, one grows, one fades; are they found, and what else is claimed?"""
    random = np.random.default_rng(seed)
    subjects = SUBJECTS[data["lang"][0]]
    new, grows, fades = random.choice(sorted(subjects), 3, replace=False)
    order = random.permutation(data.height)
    half = data.height // 2
    waves = [data[order[:half]], data[order[half:]]]
    waves[0] = thin(thin(waves[0], subjects[new], 0, random), subjects[grows], KEPT, random)
    waves[1] = thin(waves[1], subjects[fades], KEPT, random)
    truth = {"emerging": new, "growing": grows, "fading": fades}
    with tempfile.TemporaryDirectory() as place:
        space = two_waves(waves, Path(place))
        history = space.history().filter(pl.col("wave") == "W2")
        about = contents(space, subjects)
    up = {"emerging": "up", "growing": "up", "fading": "down", "retired": "down"}
    claims = history.filter(pl.col("status").is_in(list(up)))
    right = set()
    true_claims = 0
    for theme, status in claims.select("theme_id", "status").iter_rows():
        hit = [
            change
            for change, subject in truth.items()
            if up[change] == up[status] and about[theme, subject] >= 2
        ]
        right.update(hit)
        true_claims += bool(hit)
    return {
        "claims": claims.height,
        "true_claims": true_claims,
        **{f"found_{change}": int(change in right) for change in truth},
        "new_as_emerging": int(
            any(
                status == "emerging" and about[theme, new] >= 2
                for theme, status in claims.select("theme_id", "status").iter_rows()
            )
        ),
    }


def thin(wave: pl.DataFrame, words: str, share: float, random: np.random.Generator) -> pl.DataFrame:
    """Leave out most comments that name a subject."""
    about = np.array([bool(re.search(words, text.lower())) for text in wave["comment"]])
    return wave.filter(pl.Series(~about | (random.random(wave.height) < share)))


def contents(space: Workspace, subjects: dict[str, str]) -> dict[tuple[str, str], float]:
    """How much more often a theme's comments name a subject than all comments do."""
    rows = space.query(
        "SELECT DISTINCT theme_id, feedback_id, lower(f.text) AS text FROM mentions "
        "JOIN feedback f USING (feedback_id)"
    )
    found = {}
    for subject, words in subjects.items():
        about = rows.with_columns(hit=pl.Series([bool(re.search(words, t)) for t in rows["text"]]))
        base = float(about["hit"].mean() or 0)
        for theme, share in about.group_by("theme_id").agg(pl.col("hit").mean()).iter_rows():
            found[theme, subject] = share / max(base, 1e-9)
    return found


def cost(data: pl.DataFrame, size: int, wave: int) -> dict[str, float]:
    """Seconds to add a wave to a large workspace, against starting over."""
    random = np.random.default_rng(0)
    pairs = random.integers(0, data.height, (size + wave, 2))
    texts = data["comment"].to_list()
    rows = pl.DataFrame(
        {
            "id": [f"c{i}" for i in range(size + wave)],
            "comment": [f"{texts[a]}. {texts[b]}" for a, b in pairs],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows[:size].write_csv(place / "w1.csv")
        rows[size:].write_csv(place / "w2.csv")
        mapping = {"text": "comment", "feedback_id": "id"}
        space = Workspace.create(place / "space", cache=False)
        begun = time.perf_counter()
        space.ingest(place / "w1.csv", "W1", mapping=mapping)
        space.update()
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        space.ingest(place / "w2.csv", "W2", mapping=mapping)
        space.update()
        added = time.perf_counter() - begun
        begun = time.perf_counter()
        space.report("W2", "W1")
        report = time.perf_counter() - begun
        return {
            "size": size,
            "wave": wave,
            "first_s": round(first, 1),
            "added_s": round(added, 1),
            "cheaper": round((first + added) / added, 1),
            "report_s": round(report, 1),
            "disk_mb": round(sum(p.stat().st_size for p in place.rglob("*")) / 1e6),
        }


def main() -> None:
    """Print one table a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["still", "planted", "cost"])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--resamples", type=int, default=20)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--wave", type=int, default=5_000)
    given = parser.parse_args()
    if given.what == "cost":
        data = pl.concat([read(path) for path in given.data])
        print(cost(data, given.size, given.wave))
        return
    measure = {"still": still, "planted": planted}[given.what]
    for path in given.data:
        data = read(path)
        rows = []
        for seed in range(given.resamples):
            rows.append(measure(data, seed))
            print(path.stem, seed, rows[-1], flush=True)
        mean = pl.DataFrame(rows).mean().row(0, named=True)
        print(path.stem, "mean of", len(rows), {k: round(v, 3) for k, v in mean.items()})


if __name__ == "__main__":
    main()

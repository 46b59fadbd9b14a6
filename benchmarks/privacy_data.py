"""What redaction finds in real comments: hits per 1,000 by type, and how many of them are wrong.

A person has to say which hits are wrong. ``--sample FILE`` writes random hits of each type with
the words around them and an empty column ``label``; write ``person`` there for the personal data
of somebody, ``other`` for the right kind of value that belongs to a company, an office or a public
figure, ``false`` for what is no such value. ``--labels FILE`` reads the file back and estimates
false alarms per 1,000 comments. The file holds personal data in clear: keep it where the comments
are.

    python benchmarks/privacy_data.py DIR [--sample FILE [--size 60] [--seed 0] | --labels FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
from statsmodels.stats.proportion import proportion_confint

from analyzer.text import clean, redact

LABELS: Final = ("person", "other", "false")
BEFORE, AFTER = 60, 40  # characters around a hit


class Hit(NamedTuple):
    """One value that was redacted."""

    type: str
    source: str
    context: str


def read(folder: Path) -> tuple[dict[str, list[Hit]], dict[str, int], float]:
    """Redact every text of the JSON-lines files of a folder.

    Returns:
        Hits by file, comments by file, and comments a second.
    """
    hits: dict[str, list[Hit]] = {}
    sizes: dict[str, int] = {}
    spent = 0.0
    redact("merci à Ana 612345678", "fr")  # load what is loaded lazily
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts = [(clean(row["text"]), row.get("lang")) for row in rows if row.get("text")]
        start = time.process_time()
        found = [(text, redact(text, language)[1]) for text, language in texts]
        spent += time.process_time() - start
        sizes[path.stem] = len(texts)
        hits[path.stem] = [
            Hit(
                f.type,
                path.stem,
                f"{text[max(0, f.start - BEFORE) : f.start]}⟦{text[f.start : f.end]}⟧"
                f"{text[f.end : f.end + AFTER]}",
            )
            for text, findings in found
            for f in findings
        ]
    return hits, sizes, sum(sizes.values()) / max(spent, 1e-9)


def show_counts(hits: dict[str, list[Hit]], sizes: dict[str, int], rate: float) -> None:
    """Print hits per 1,000 comments by file and type."""
    print(f"{'file':30}{'n':>7}  hits per 1,000 comments")
    every = {**hits, "all": [hit for group in hits.values() for hit in group]}
    for name, group in every.items():
        n = sizes.get(name, sum(sizes.values()))
        counts = Counter(hit.type for hit in group)
        shown = " ".join(f"{kind} {1000 * c / n:.2f}" for kind, c in counts.most_common())
        print(f"{name:30}{n:7}  {shown}")
    print(f"{rate:.0f} comments a second")


def write_sample(hits: dict[str, list[Hit]], file: Path, size: int, seed: int) -> None:
    """Write at most ``size`` random hits of each type, to be labelled by hand."""
    rng = random.Random(seed)  # noqa: S311
    by_type: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hit for group in hits.values() for hit in group):
        by_type[hit.type].append(hit)
    rows = [
        {
            "type": kind,
            "hits": len(group),
            "label": "",
            "source": hit.source,
            "context": hit.context,
        }
        for kind, group in sorted(by_type.items())
        for hit in rng.sample(group, min(size, len(group)))
    ]
    pl.DataFrame(rows).write_csv(file)


def show_labels(file: Path, comments: int) -> None:
    """Print, by type and in all, the share of each label and false alarms per 1,000 comments."""
    labelled = pl.read_csv(file).filter(pl.col("label").is_in(LABELS))
    print(
        f"{'type':12}{'hits':>7}{'read':>6}{'person':>8}{'other':>7}{'false':>7}  false per 1,000"
    )
    total = variance = 0.0
    for (kind,), group in labelled.group_by("type", maintain_order=True):
        read_, hits = len(group), group["hits"][0]
        counts = Counter(group["label"].to_list())
        wrong = counts["false"]
        low, high = (
            (wrong / read_,) * 2
            if read_ == hits
            else proportion_confint(wrong, read_, method="wilson")
        )
        scale = 1000 * hits / comments
        total += scale * wrong / read_
        share = (wrong + 1) / (read_ + 2)
        variance += scale**2 * share * (1 - share) / read_ * (1 - read_ / hits)
        shares = "".join(f"{counts[label]:{w}}" for label, w in zip(LABELS, (8, 7, 7), strict=True))
        print(
            f"{kind:12}{hits:7}{read_:6}{shares}  {scale * wrong / read_:.3f}"
            f" ({scale * low:.3f} to {scale * high:.3f})"
        )
    print(f"false alarms per 1,000 comments: {total:.2f} ± {1.96 * math.sqrt(variance):.2f}")


def main() -> None:
    """Count, or sample, or estimate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=Path)
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--labels", type=Path)
    options = parser.parse_args()
    hits, sizes, rate = read(options.folder)
    show_counts(hits, sizes, rate)
    if options.sample:
        write_sample(hits, options.sample, options.size, options.seed)
    if options.labels:
        show_labels(options.labels, sum(sizes.values()))


if __name__ == "__main__":
    main()

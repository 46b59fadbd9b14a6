"""How much planted personal data redaction finds, what it costs, and what it takes by mistake.

Values are generated with valid checksums (python-stdnum computes them) and planted in sentences
of three languages, written as people write them; the same shapes with a wrong checksum are
planted too and must stay. Then sentences written by hand: ``privacy_hard.txt`` marks what must go
as ``[[TYPE|value]]``, nothing in ``privacy_plain.txt`` may. Real comments are measured by
``privacy_data.py``.

    python benchmarks/privacy.py [--rounds 40] [--seed 0]
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from pathlib import Path

from privacy_values import BARE, CHECKED, MAKERS, hard_negatives, sentences, spoil

from analyzer.text import redact

MARK = re.compile(r"\[\[([A-Z]+)\|(.*?)\]\]")


def measure_planted(rounds: int, rng: random.Random) -> None:
    """Print recall of each planted kind, how often its type is right, and what else is taken."""
    print(f"{'planted':14}{'type':12}{'n':>6}{'recall':>9}{'typed':>8}{'extra':>7}")
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for label, (kind, make) in MAKERS.items():
        n = hit = typed = extra = 0
        for language, pattern in sentences(label) * rounds:
            value = make(rng)
            text = pattern.format(value)
            wanted, covered, found = _outcome(text, value, language)
            n += 1
            hit += wanted <= covered
            typed += wanted <= covered and kind in found
            extra += bool(covered - wanted)
        group = "names" if kind == "NAME" else "structured"
        totals[group][0] += hit
        totals[group][1] += n
        print(f"{label:14}{kind:12}{n:6}{hit / n:9.3f}{typed / n:8.3f}{extra:7}")
    for group, (hit, n) in totals.items():
        print(f"recall, {group}: {hit / n:.4f} of {n}")


def _outcome(text: str, value: str, language: str) -> tuple[set[int], set[int], set[str]]:
    """Letters and digits of the value, those redacted, and the types found."""
    start = text.index(value)
    _, findings = redact(text, language)
    wanted = {i for i in range(start, start + len(value)) if text[i].isalnum()}
    covered = {i for f in findings for i in range(f.start, f.end) if text[i].isalnum()}
    return wanted, covered, {f.type for f in findings}


def measure_spoiled(rounds: int, rng: random.Random) -> None:
    """Print how often a value with a wrong checksum is taken for a right one."""
    print("\nwrong checksum, taken as that type:")
    for label, (kind, make) in MAKERS.items():
        if kind not in CHECKED:
            continue
        taken = 0
        for i in range(rounds * 4):
            text = BARE["es"][i % 4].format(spoil(make(rng), rng))
            taken += any(f.type == kind for f in redact(text, "es")[1])
        print(f"  {label:10} {taken:4} of {rounds * 4}")


def measure_negatives(rng: random.Random) -> None:
    """Print how many sentences without personal data lose something."""
    plain = hard_negatives(rng, 600)
    false = [
        (text, [f.type for f in found])
        for language, text in plain
        if (found := redact(text, language)[1])
    ]
    print(f"\nhard negatives touched: {len(false)} of {len(plain)}")
    for text, kinds in false[:20]:
        print("  ", kinds, text)


def measure_written(folder: Path) -> None:
    """Print recall, and what is taken by mistake, for the sentences written by hand."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    right = found = 0
    for line in (folder / "privacy_hard.txt").read_text("utf-8").splitlines():
        language, marked = line.split("|", 1)
        text, planted = _unmark(marked)
        findings = redact(text, language)[1]
        covered = {i for f in findings for i in range(f.start, f.end) if text[i].isalnum()}
        for kind, start, end in planted:
            tally = counts[language, "names" if kind == "NAME" else "structured"]
            tally[0] += {i for i in range(start, end) if text[i].isalnum()} <= covered
            tally[1] += 1
        found += len(findings)
        right += sum(
            any(f.start < end and start < f.end for _, start, end in planted) for f in findings
        )
    print("\nwritten by hand: recall")
    for (language, group), (hit, n) in sorted(counts.items()):
        print(f"  {language} {group:10} {hit:4} of {n}")
    print(f"  redactions that touch a planted value: {right} of {found}")
    plain = [
        line.split("|", 1)
        for line in (folder / "privacy_plain.txt").read_text("utf-8").splitlines()
    ]
    touched = sum(bool(redact(text, language)[1]) for language, text in plain)
    print(f"  sentences without personal data touched: {touched} of {len(plain)}")


def _unmark(marked: str) -> tuple[str, list[tuple[str, int, int]]]:
    """A sentence without its marks, and type, start and end of each value."""
    text, last, planted = "", 0, []
    for match in MARK.finditer(marked):
        text += marked[last : match.start()]
        planted.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return text + marked[last:], planted


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    redact("merci à Ana 612345678", "fr")  # load what is loaded lazily
    measure_planted(options.rounds, random.Random(options.seed))  # noqa: S311
    measure_spoiled(options.rounds, random.Random(options.seed))  # noqa: S311
    measure_negatives(random.Random(options.seed))  # noqa: S311
    measure_written(Path(__file__).parent)


if __name__ == "__main__":
    main()

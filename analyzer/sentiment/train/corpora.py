"""Read the research corpora into one list of examples with soft labels."""

from __future__ import annotations

import json
import tomllib
import zlib
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import InputError
from analyzer.text.placeholders import placeholder
from analyzer.text.spans import split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Example", "aspects", "fold_of", "phrases", "read", "reviews"]

Target = tuple[float, float, float]
_CLASSES: Final = {"negative": 0, "neutral": 1, "positive": 2}
_LONGEST: Final = 320  # a longer review rarely holds one opinion only

# What a score says of the words beside it, as shares of negative, neutral and positive; by hand.
_STARS: Final[dict[int, Target]] = {
    1: (0.93, 0.05, 0.02),
    2: (0.80, 0.15, 0.05),
    3: (0.35, 0.35, 0.30),
    4: (0.06, 0.12, 0.82),
    5: (0.02, 0.03, 0.95),
}
_NPS: Final[tuple[Target, ...]] = (
    *[(0.85, 0.12, 0.03)] * 5,
    *[(0.65, 0.25, 0.10)] * 2,
    (0.30, 0.30, 0.40),
    (0.15, 0.20, 0.65),
    *[(0.03, 0.07, 0.90)] * 2,
)

# How much one example counts beside one tweet of UMSAB.
_WEIGHTS: Final = {
    "umsab_train": 1.0,
    "umsab_val": 1.0,
    "airline_tweets": 0.3,
    "semeval16_restaurants_train": 1.0,
    "opener_hotels_train": 0.6,
    "m_absa_dev": 0.4,
    "nhs_fft": 0.5,
    "nps_telco_en": 0.2,
    "insurance_reviews_fr": 0.2,
    "hotel_reviews_es": 0.3,
    "app_reviews": 0.3,
    "shop_reviews_fr": 0.3,
    "mtop_dev": 0.1,
}
REQUESTS: Final = "mtop_dev"  # to an assistant: they ask for something and judge nothing
_PHRASE_WEIGHT: Final = 1.0
_PHRASE_AS_POST: Final = 0.1  # more costs the tweets a point
_PHRASE_STEADY: Final = 0.7
WRITTEN: Final = ("phrases", "outcomes")  # files of this project


@dataclass(frozen=True)
class Example:
    """One text to learn from.

    Attributes:
        text: as the pipeline would hand it over.
        language: es, fr or en.
        corpus: file it comes from, without ending.
        group: examples of one author or review, kept in one fold.
        target: shares of negative, neutral and positive.
        weight: how much it counts.
        post: a public post about anything, rather than feedback.
    """

    text: str
    language: str
    corpus: str
    group: str
    target: Target
    weight: float
    post: bool

    @property
    def steady_weight(self) -> float:
        """How much it counts for the members that learn no outcomes."""
        if self.corpus == "outcomes":
            return 0.0
        return _PHRASE_STEADY if self.corpus == "phrases" else self.weight


def read(data: Path, *, validation: bool = False) -> list[Example]:
    """Read every corpus of ``data`` that has labels, scores or stars.

    Args:
        data: folder with the JSONL files that the model card names.
        validation: read the tweets' validation split instead of everything else.

    Raises:
        InputError: A file is missing.
    """
    names = ["umsab_val"] if validation else [name for name in _WEIGHTS if name != "umsab_val"]
    examples: list[Example] = []
    for name in names:
        for row in _rows(data, name):
            examples.extend(_examples(name, row))
    return examples if validation else examples + phrases()


def phrases() -> list[Example]:
    """Turns of phrase written for this project, once as a post and once as feedback."""
    folder = files(__package__)
    tables = {
        name: tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        for name in WRITTEN
    }
    return [
        Example(text, language, corpus, text, _hard(name), weight, post)
        for corpus, table in tables.items()
        for language, by_class in table.items()
        for name, texts in by_class.items()
        for text in texts
        for weight, post in ((_PHRASE_AS_POST, True), (_PHRASE_WEIGHT, False))
    ]


def fold_of(example_group: str, folds: int = 5) -> int:
    """Fold of a group, the same on every machine."""
    return zlib.crc32(example_group.encode()) % folds


def aspects(data: Path) -> list[tuple[Example, str]]:
    """Return each gold aspect of the restaurant reviews: its clause as an example, its sentence."""
    found = []
    for row in _rows(data, "semeval16_restaurants_train"):
        for opinion in row.get("opinions", []):
            if opinion["polarity"] in _CLASSES:
                clause = _clause(row["text"], row["lang"], opinion["target"])
                example = _example("semeval16_restaurants_train", row, clause, _one(opinion))
                found.append((example, row["text"]))
    return found


def reviews(data: Path) -> dict[str, dict[str, list[str]]]:
    """Return the sentences of each restaurant review, by its group, and the spans of each."""
    name = "semeval16_restaurants_train"
    found: dict[str, dict[str, list[str]]] = {}
    for row in _rows(data, name):
        text = row["text"]
        spans = [text[start:end] for start, end in split(text, row["lang"])]
        found.setdefault(_group(name, row), {})[text] = spans
    return found


def _rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    path = data / f"{name}.jsonl"
    if not path.is_file():
        raise InputError(
            f"The corpus {path} is missing. Give the folder that holds the files named in "
            "models/sentiment/MODEL_CARD.md as --data."
        )
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _examples(name: str, row: dict[str, Any]) -> list[Example]:
    text = row["text"]
    if row.get("opinions"):
        return _opinionated(name, row)
    target = _hard("neutral") if name == REQUESTS else _target(row)
    if target is None:
        return []
    found = [_example(name, row, text, target)] if len(text) <= _LONGEST else []
    if row.get("title") and "rating" in row:
        found.append(_example(name, row, row["title"], target))
    if name.startswith("umsab") or name == "airline_tweets":
        found += [
            replace(example, text=_redacted(text, row["lang"]), weight=example.weight / 2)
            for example in found
        ]
        found[0] = replace(found[0], weight=found[0].weight / 2)
    return found


def _opinionated(name: str, row: dict[str, Any]) -> list[Example]:
    """The sentence as a whole, and each clause that holds a target when opinions differ."""
    opinions = row["opinions"]
    found = [_example(name, row, row["text"], _mean([_one(o) for o in opinions]))]
    if len({o["polarity"] for o in opinions}) > 1:
        by_clause: dict[str, list[Target]] = {}
        for opinion in opinions:
            clause = _clause(row["text"], row["lang"], opinion.get("target", ""))
            by_clause.setdefault(clause, []).append(_one(opinion))
        found += [
            _example(name, row, clause, _mean(targets))
            for clause, targets in by_clause.items()
            if clause != row["text"]
        ]
    return found


def _clause(text: str, language: str, target: str) -> str:
    """Clause of ``text`` that holds ``target``; the whole text when it names none."""
    position = text.find(target) if target and target != "NULL" else -1
    for start, end in split(text, language) if position >= 0 else []:
        if start <= position < end:
            return text[start:end]
    return text


def _example(name: str, row: dict[str, Any], text: str, target: Target) -> Example:
    return Example(
        text=text,
        language=row["lang"],
        corpus=name,
        group=_group(name, row),
        target=target,
        weight=_WEIGHTS[name],
        post=name.startswith("umsab"),
    )


def _group(name: str, row: dict[str, Any]) -> str:
    if name.startswith("semeval16"):
        return str(row["id"]).rsplit(":", 1)[0]
    return str(row.get("parallel_id") or row.get("respondent_id") or row["id"])


def _target(row: dict[str, Any]) -> Target | None:
    if row.get("sentiment") in _CLASSES:
        return _hard(row["sentiment"])
    rating = row.get("rating")
    if rating is None:
        return None
    return _NPS[int(rating)] if "nps_segment" in row else _STARS.get(int(rating))


def _one(opinion: dict[str, Any]) -> Target:
    return _hard(opinion["polarity"])


def _hard(name: str) -> Target:
    """Shares of one label; a conflict is half negative, half positive."""
    if name not in _CLASSES:
        return (0.5, 0.0, 0.5)
    shares = [0.0, 0.0, 0.0]
    shares[_CLASSES[name]] = 1.0
    return (shares[0], shares[1], shares[2])


def _mean(targets: list[Target]) -> Target:
    n = len(targets)
    return (
        sum(t[0] for t in targets) / n,
        sum(t[1] for t in targets) / n,
        sum(t[2] for t in targets) / n,
    )


def _redacted(text: str, language: str) -> str:
    """The text with handles and links as redaction writes them."""
    words = [
        placeholder("HANDLE", language)
        if word.startswith("@")
        else placeholder("URL", language)
        if word.startswith("http")
        else word
        for word in text.split()
    ]
    return " ".join(words)

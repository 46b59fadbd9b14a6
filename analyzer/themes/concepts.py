"""The shipped list of customer-experience concepts, in three languages, as names for themes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.themes.phrases import claims, count_phrases, word_tables
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder

__all__ = [
    "GENERAL",
    "PLAIN",
    "REMARKS",
    "Concept",
    "Embedded",
    "area_names",
    "cases",
    "concepts",
    "embed",
    "has_subject",
    "spoken",
    "topics",
]

GENERAL = "general"  # the domain of what is said in every industry
PLAIN = "plain"  # the domain of names which tell that there is no common subject
_SUBJECTS, _NAMES = "cx_concepts.csv", "cx_names.csv"
REMARKS = "remarks"  # the topic of comments that are about nothing in particular


@dataclass(frozen=True)
class Concept:
    """Something that comments are about.

    Attributes:
        domain: the industry that speaks of it, or `GENERAL`.
        topic: the macro-theme that it belongs to; a key of the table ``topics`` in ``words.toml``.
        name: per language code, what to call it.
    """

    domain: str
    topic: str
    name: dict[str, str]


@dataclass(frozen=True)
class Embedded:
    """The c concepts and their vectors.

    Attributes:
        concepts: in the order of the file.
        vectors: per language code, (c, d) unit rows.
        middle: (c, d) unit rows, the languages' mean.
        subjects: the rows of ``middle`` that passages are grouped by.
    """

    concepts: tuple[Concept, ...]
    vectors: dict[str, NDArray[np.float32]]
    middle: NDArray[np.float32]
    subjects: NDArray[np.float32]


@cache
def concepts() -> tuple[Concept, ...]:
    """Return the rows of ``cx_concepts.csv`` and ``cx_names.csv``: domain, topic, es, fr, en.

    The first file tells what passages are about, and so takes part in grouping them. The second
    has more names, which group nothing: a name can be added there and no theme changes.
    """
    return tuple(
        Concept(row["domain"], row["topic"], {str(code): row[code] for code in LANGUAGES})
        for name in (_SUBJECTS, _NAMES)
        for row in _rows(name)
    )


def has_subject(name: str) -> bool:
    """Whether an English name says what a theme is about: not "various remarks" and the like."""
    plain = tuple(one.name["en"] for one in concepts() if one.domain == PLAIN)
    return not name.startswith(plain)


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (folder("corpora") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def topics() -> dict[str, dict[str, str]]:
    """Names of the macro-themes: per topic its area and a name a language."""
    return word_tables()["topics"]


def area_names() -> dict[str, dict[str, str]]:
    """Names of the areas that join topics: per area a name a language."""
    return word_tables()["areas"]


@lru_cache(maxsize=1)
def embed(encoder: Encoder) -> Embedded:
    """Return the concepts with their vectors, which cost as much as some thousand passages."""
    known = concepts()
    vectors: dict[str, NDArray[np.float32]] = {
        code: unit(np.asarray(encoder.encode([one.name[code] for one in known]), np.float32))
        for code in LANGUAGES
    }
    middle = unit(np.add.reduce(list(vectors.values())))
    return Embedded(known, vectors, middle, middle[: len(_rows(_SUBJECTS))])


def spoken(
    words: Mapping[str, Sequence[Mapping[str, float]]], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.float64]:
    """How much each theme speaks the very words of each concept's name.

    Args:
        words: per language and theme, how telling each lemma is for the theme, 0..1.
        shares: per language and theme, the share of the theme's spans in that language.

    Returns:
        (concepts, themes), 0 where no language holds all content words of the concept's name.
    """
    themes = len(next(iter(words.values())))
    total = np.zeros((len(concepts()), themes))
    for language, per_theme in words.items():
        if not any(per_theme):
            continue
        for row, lemmas in enumerate(_lemmas(language)):
            for theme, telling in enumerate(per_theme):
                if lemmas and all(lemma in telling for lemma in lemmas):
                    strength = sum(telling[lemma] for lemma in lemmas) / len(lemmas)
                    total[row, theme] += shares[language][theme] * strength
    return total


@cache
def cases() -> tuple[tuple[int, int], ...]:
    """Pairs of concepts of which the first is a case of the second: "low prices" of "price".

    In each language, the name of the first has all words of the second's, and others beside them.
    """
    told = [[claims(one.name[code], code) for code in LANGUAGES] for one in concepts()]
    wide: dict[str, list[int]] = {}
    for row, each in enumerate(told):
        if all(len(words) == 1 for words in each):
            wide.setdefault(min(each[0]), []).append(row)
    return tuple(
        (narrow, row)
        for narrow, claimed in enumerate(told)
        for row in sorted(row for word in claimed[0] for row in wide.get(word, ()))
        if all(words < more for words, more in zip(told[row], claimed, strict=True))
    )


@cache
def _lemmas(language: str) -> list[tuple[str, ...]]:
    """Content lemmas of each concept's name."""
    keys = count_phrases([one.name[language] for one in concepts()], language).keys
    return [tuple(sorted({key for key in found if " " not in key})) for found in keys]

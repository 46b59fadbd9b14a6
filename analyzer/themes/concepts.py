"""The shipped list of customer-experience topics, in three languages, as names for themes."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.themes.discovery import unit
from analyzer.themes.phrases import count_phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder

__all__ = ["concept_vectors", "concepts", "spoken"]


@cache
def concepts() -> list[dict[str, str]]:
    """Return the rows of ``cx_concepts.csv``: concept, es, fr, en."""
    with (folder("corpora") / "cx_concepts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def concept_vectors(encoder: Encoder) -> tuple[list[dict[str, str]], NDArray[np.float32]]:
    """Return the concepts, n dicts of a name a language, and their (n, d) unit vectors."""
    rows = [encoder.encode([concept[code] for concept in concepts()]) for code in LANGUAGES]
    return concepts(), unit(np.add.reduce(rows))


def spoken(
    words: Mapping[str, Sequence[Mapping[str, float]]], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.float64]:
    """How much each theme speaks of each concept.

    Args:
        words: per language and theme, how telling each lemma is for the theme, 0..1.
        shares: per language and theme, the share of the theme's spans in that language.

    Returns:
        (concepts, themes), 0 where no language holds all content words of the concept's name.
    """
    themes = len(next(iter(words.values())))
    total = np.zeros((len(concepts()), themes))
    for language, per_theme in words.items():
        for row, lemmas in enumerate(_lemmas(language)):
            if not lemmas:
                continue
            for theme, telling in enumerate(per_theme):
                if all(lemma in telling for lemma in lemmas):
                    strength = sum(telling[lemma] for lemma in lemmas) / len(lemmas)
                    total[row, theme] += shares[language][theme] * strength
    return total


@cache
def _lemmas(language: str) -> list[tuple[str, ...]]:
    """Content lemmas of each concept's name."""
    keys = count_phrases([concept[language] for concept in concepts()], language).keys
    return [tuple(sorted({key for key in found if " " not in key})) for found in keys]

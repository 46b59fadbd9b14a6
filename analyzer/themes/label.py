"""Names for themes, in Spanish, French and English, from phrases that people wrote."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.themes.discovery import unit
from analyzer.themes.phrases import count_phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder
    from analyzer.themes.assign import ThemeSpace

__all__ = ["ThemeName", "concept_vectors", "label_themes"]

_OWN_WORDS = 5  # spans a theme needs in a language to be named by that language's own phrases
_SHORTLIST = 25
_KEYWORDS = 8
_LENGTH_BONUS = {1: 0.75, 2: 1.15, 3: 1.0}
_CONCEPT_TIE = 0.5


@dataclass(frozen=True)
class ThemeName:
    """Names and keywords of one theme.

    Attributes:
        name: per language code, what to call it.
        keywords: per language code, up to eight phrases, most telling first; may be empty.
    """

    name: dict[str, str]
    keywords: dict[str, tuple[str, ...]]


def label_themes(
    texts: Sequence[str],
    languages: Sequence[str],
    themes: NDArray[np.int64],
    space: ThemeSpace,
    encoder: Encoder,
    *,
    count: int,
    given: Sequence[dict[str, str]] = (),
) -> list[ThemeName]:
    """Name each theme in each language.

    Phrases are ranked by c-TF-IDF within their language (Grootendorst 2022: term frequency in the
    theme times log(1 + mean words a theme / frequency in all)), then by how near their own vector
    is to the theme and how far from the sibling that is nearest. A language with too few comments
    in a theme takes the name of the nearest concept of the shipped trilingual list.

    Args:
        texts: n spans.
        languages: n codes.
        themes: n theme indices.
        space: where the themes lie.
        encoder: the encoder of the vectors that made ``space``.
        count: number of themes, k.
        given: names that the first themes have already.

    Returns:
        k names, distinct within each language.
    """
    ranked = {
        language: _rank_language(texts, languages, themes, space, encoder, language, count)
        for language in LANGUAGES
    }
    main = max(LANGUAGES, key=lambda code: (list(languages).count(code), code))
    names: list[dict[str, str]] = [{} for _ in range(count)]
    for theme, name in enumerate(given):
        names[theme].update(name)
    for language in (main, *(code for code in LANGUAGES if code != main)):
        taken = {name[language] for name in given}
        own = _pick_distinct([[p for p, _ in r] for r in ranked[language]], taken)
        for theme, phrase in own.items():
            names[theme].setdefault(language, phrase)
        _fill_from_concepts(names, language, main, space, encoder)
    return [
        ThemeName(
            names[theme],
            {code: _keywords([p for p, _ in ranked[code][theme]]) for code in LANGUAGES},
        )
        for theme in range(count)
    ]


def _rank_language(
    texts: Sequence[str],
    languages: Sequence[str],
    themes: NDArray[np.int64],
    space: ThemeSpace,
    encoder: Encoder,
    language: str,
    count: int,
) -> list[list[tuple[str, float]]]:
    """Per theme, phrases of one language with their scores, best first."""
    rows = [i for i, code in enumerate(languages) if code == language]
    sizes = np.bincount(themes[rows], minlength=count) if rows else np.zeros(count)
    if not rows or sizes.max() < _OWN_WORDS:
        return [[] for _ in range(count)]
    phrases = count_phrases([texts[i] for i in rows], language)
    table, vocabulary = _theme_table(phrases.keys, themes[rows], count)
    shortlist = _shortlist(table, sizes)
    wanted = sorted({column for columns, _ in shortlist for column in columns})
    if not wanted:
        return [[] for _ in range(count)]
    written = [phrases.surface[vocabulary[column]] for column in wanted]
    similar = space.similarities(space.centre(encoder.encode(written), [language] * len(written)))
    position = {column: i for i, column in enumerate(wanted)}
    return [
        _rank_theme(theme, columns, scores, position, similar, written)
        for theme, (columns, scores) in enumerate(shortlist)
    ]


def _theme_table(
    keys: list[tuple[str, ...]], themes: NDArray[np.int64], count: int
) -> tuple[csr_matrix, list[str]]:
    from scipy import sparse
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=tuple, binary=True)
    if not any(keys):
        return sparse.csr_matrix((count, 0)), []
    spans = vectorizer.fit_transform(keys)
    member = sparse.csr_matrix(
        (np.ones(len(themes)), (themes, np.arange(len(themes)))), shape=(count, len(themes))
    )
    return (member @ spans).tocsr(), list(vectorizer.get_feature_names_out())


def _shortlist(
    table: csr_matrix, sizes: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Best columns by c-TF-IDF for each theme that has enough spans in the language."""
    total = np.asarray(table.sum(axis=0)).ravel()
    mean = table.sum() / max(1, int((sizes > 0).sum()))
    picked = []
    for theme, size in enumerate(sizes):
        row = table[theme]
        if size < _OWN_WORDS:
            picked.append((np.empty(0, np.int64), np.empty(0)))
            continue
        columns, counts = row.indices, row.data
        often = counts >= max(2, 0.01 * size)
        columns, counts = columns[often], counts[often]
        score = counts / size * np.log1p(mean / total[columns]) * (counts / total[columns]) ** 0.5
        order = np.lexsort((columns, -score))[:_SHORTLIST]
        picked.append((columns[order], score[order]))
    return picked


def _rank_theme(
    theme: int,
    columns: NDArray[np.int64],
    scores: NDArray[np.float64],
    position: dict[int, int],
    similar: NDArray[np.float32],
    written: list[str],
) -> list[tuple[str, float]]:
    ranked = []
    for column, score in zip(columns, scores, strict=True):
        at = position[int(column)]
        rivals = np.delete(similar[at], theme)
        margin = float(similar[at, theme] - rivals.max(initial=-1.0))
        words = min(3, len(written[at].split()))
        nearness = max(0.05, 0.3 + float(similar[at, theme]) + min(0.3, margin))
        total = float(score / scores.max()) ** 0.5 * nearness * _LENGTH_BONUS[words]
        ranked.append((written[at], round(total, 6)))
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def _pick_distinct(ranked: list[list[str]], taken: set[str]) -> dict[int, str]:
    """Give each theme its best phrase that no larger theme has taken."""
    picked = {}
    for theme, phrases in enumerate(ranked):
        free = [phrase for phrase in phrases if phrase not in taken]
        if free:
            picked[theme] = free[0]
            taken.add(free[0])
    return picked


def _keywords(phrases: list[str]) -> tuple[str, ...]:
    """Drop phrases that another one contains."""
    kept: list[str] = []
    for phrase in phrases:
        if not any(set(phrase.split()) & set(other.split()) for other in kept):
            kept.append(phrase)
    return tuple(kept[:_KEYWORDS])


def _fill_from_concepts(
    names: list[dict[str, str]], language: str, main: str, space: ThemeSpace, encoder: Encoder
) -> None:
    """Name the themes that this language's own comments could not name."""
    missing = [theme for theme, name in enumerate(names) if language not in name]
    if not missing:
        return
    concepts, middle = concept_vectors(encoder)
    nearness = space.similarities(space.centre(middle))
    rivals = np.partition(nearness, -2, axis=1)[:, -2:] if len(names) > 1 else nearness
    taken = {name[language] for name in names if language in name}
    for theme in missing:
        score = nearness[:, theme] - _CONCEPT_TIE * np.maximum(
            0, rivals[:, -1] - nearness[:, theme]
        )
        known = names[theme].get(main)
        if known is not None:
            score = score + middle @ encoder.encode([known])[0]
        for best in np.lexsort((np.arange(len(score)), -np.round(score, 5))):
            phrase = concepts[best][language]
            if phrase not in taken:
                names[theme][language] = phrase
                taken.add(phrase)
                break


def concept_vectors(encoder: Encoder) -> tuple[list[dict[str, str]], NDArray[np.float32]]:
    """Return the shipped concepts, n dicts of a name a language, and their (n, d) unit vectors."""
    concepts = _concepts()
    vectors = [encoder.encode([concept[code] for concept in concepts]) for code in LANGUAGES]
    return concepts, unit(np.add.reduce(vectors))


@cache
def _concepts() -> list[dict[str, str]]:
    with (folder("corpora") / "cx_concepts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""What a theme's own comments offer as its name: phrases, and how telling each of them is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.themes.phrases import count_phrases, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder
    from analyzer.themes.assign import ThemeSpace

__all__ = ["Phrase", "Ranking", "rank_phrases"]

_OWN_WORDS = 5  # spans a theme needs in a language before that language's phrases count
_SAMPLE = 200  # spans a theme and language that are read
_SHORTLIST = 25
_TELLING = 0.5  # of what the most telling word is
_LENGTH_BONUS = {1: 0.75, 2: 1.15, 3: 1.0}


@dataclass(frozen=True)
class Phrase:
    """A phrase that people wrote in a theme.

    Attributes:
        text: as it is written most often.
        score: how good a name it would be, about 0..1.5.
        share: of the theme's spans in the language that hold it.
        purity: share of the phrase's spans that belong to the theme.
    """

    text: str
    score: float
    share: float
    purity: float


@dataclass(frozen=True)
class Ranking:
    """One language's phrases for each of k themes.

    Attributes:
        phrases: a theme, at most 25, the best first.
        vectors: a theme, (phrases, d) unit rows of the encoder.
        words: a theme, how telling each single lemma is, 0..1.
        said: a theme, share of its spans that hold a word of each stem.
        brands: per theme, the most telling brands.
    """

    phrases: list[list[Phrase]]
    vectors: list[NDArray[np.float32]]
    words: list[dict[str, float]]
    said: list[dict[str, float]]
    brands: list[list[str]]


def rank_phrases(
    texts: Sequence[str],
    languages: Sequence[str],
    themes: NDArray[np.int64],
    space: ThemeSpace,
    encoder: Encoder,
    language: str,
) -> Ranking:
    """Rank the phrases of one language for each theme.

    First by c-TF-IDF within the language (Grootendorst 2022: term frequency in the theme times
    log(1 + mean words a theme / frequency in all)), then by how near the phrase's own vector is to
    the theme, and how far from the sibling that is nearest.

    Args:
        texts: n spans.
        languages: n codes.
        themes: (n,) theme indices, under k.
        space: where the k themes lie.
        encoder: of the vectors that made ``space``.
        language: which spans to read; of more than 200 a theme, an even choice.

    Returns:
        A `Ranking`; a theme with fewer than five spans in the language has no phrases.
    """
    count = len(space.limits)
    rows = _sample(texts, languages, themes, language, count)
    none = np.empty((0, space.mean.shape[0]), np.float32)
    nothing: list[dict[str, float]] = [{} for _ in range(count)]
    empty = Ranking([[]] * count, [none] * count, nothing, nothing, [[]] * count)
    sizes = np.bincount(themes[rows], minlength=count) if rows else np.zeros(count, np.int64)
    if sizes.max() < _OWN_WORDS:
        return empty
    found = count_phrases([texts[i] for i in rows], language)
    table, vocabulary = _theme_table(found.keys, themes[rows], count)
    telling = [_telling(table, theme, int(size)) for theme, size in enumerate(sizes)]
    shortlist = [_shortlist(*one) for one in telling]
    wanted = sorted({int(column) for columns, _ in shortlist for column in columns})
    if not wanted:
        return empty
    written = [found.surface[vocabulary[column]] for column in wanted]
    vectors = np.asarray(encoder.encode(written), dtype=np.float32)
    similar = space.similarities(space.centre(vectors, [language] * len(written)))
    total = np.asarray(table.sum(axis=0)).ravel()
    at = {column: i for i, column in enumerate(wanted)}
    phrases, rows_of = [], []
    for theme, (columns, scores) in enumerate(shortlist):
        counts = np.asarray(table[theme, columns].todense()).ravel() if len(columns) else scores
        places = np.array([at[int(column)] for column in columns], dtype=np.int64)
        ranked = [
            Phrase(
                written[place],
                _worth(score / scores.max(), similar[place], theme, written[place]),
                float(held / sizes[theme]),
                float(held / total[column]),
            )
            for place, column, score, held in zip(places, columns, scores, counts, strict=True)
        ]
        order = sorted(range(len(ranked)), key=lambda i: (-ranked[i].score, ranked[i].text))
        phrases.append([ranked[i] for i in order])
        rows_of.append(vectors[places[order]] if order else none)
    said = _said([texts[i] for i in rows], themes[rows], sizes, language)
    words = [_single_words(*one, vocabulary) for one in telling]
    brands = [[w for w, v in own.items() if v >= _TELLING and w in found.brands] for own in words]
    return Ranking(phrases, rows_of, words, said, brands)


def _said(
    texts: Sequence[str], themes: NDArray[np.int64], sizes: NDArray[np.int64], language: str
) -> list[dict[str, float]]:
    """Share of each theme's spans that hold a word of each stem."""
    counts: list[Counter[str]] = [Counter() for _ in sizes]
    for theme, found in zip(themes, stems(texts, language), strict=True):
        counts[theme].update(found)
    return [
        {stem: held / int(size) for stem, held in count.items()}
        for count, size in zip(counts, sizes, strict=True)
    ]


def _sample(
    texts: Sequence[str],
    languages: Sequence[str],
    themes: NDArray[np.int64],
    language: str,
    count: int,
) -> list[int]:
    """Rows of the language; of each theme at most so many, evenly over the sorted texts."""
    rows: list[list[int]] = [[] for _ in range(count)]
    for i, code in enumerate(languages):
        if code == language:
            rows[themes[i]].append(i)
    chosen: list[int] = []
    for own in rows:
        if len(own) > _SAMPLE:
            own.sort(key=texts.__getitem__)
            own = [own[i] for i in np.linspace(0, len(own) - 1, _SAMPLE).astype(int)]
        chosen += own
    return sorted(chosen)


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


def _telling(
    table: csr_matrix, theme: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Columns of a theme, and how telling each is by c-TF-IDF; none in a language hardly used."""
    if size < _OWN_WORDS:
        return np.empty(0, np.int64), np.empty(0)
    row = table[theme]
    columns, counts = row.indices, row.data
    often = counts >= max(2, 0.01 * size)
    columns, counts = columns[often], counts[often]
    total = np.asarray(table.sum(axis=0)).ravel()
    mean = table.sum() / max(1, table.shape[0])
    score = counts / size * np.log1p(mean / total[columns]) * (counts / total[columns]) ** 0.5
    return columns, score


def _shortlist(
    columns: NDArray[np.int64], score: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    order = np.lexsort((columns, -score))[:_SHORTLIST]
    return columns[order], score[order]


def _single_words(
    columns: NDArray[np.int64], score: NDArray[np.float64], vocabulary: list[str]
) -> dict[str, float]:
    best = score.max(initial=1e-9)
    return {
        vocabulary[column]: float(value / best)
        for column, value in zip(columns, score, strict=True)
        if " " not in vocabulary[column]
    }


def _worth(telling: float, similar: NDArray[np.float32], theme: int, text: str) -> float:
    """Join how telling a phrase is with how near to its theme and far from the others it lies."""
    rivals = np.delete(similar, theme)
    margin = float(similar[theme] - rivals.max(initial=-1.0))
    near = 0.3 + float(similar[theme]) + (min(0.3, margin) if margin > 0 else 2 * margin)
    length = _LENGTH_BONUS[min(3, len(text.split()))]
    return float(round(telling**0.5 * max(0.05, near) * length, 6))

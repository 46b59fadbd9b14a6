"""Names for themes, in Spanish, French and English, from phrases that people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import concept_vectors, spoken
from analyzer.themes.phrases import count_phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder
    from analyzer.themes.assign import ThemeSpace

__all__ = ["ThemeName", "label_themes"]

_OWN_WORDS = 5  # spans a theme needs in a language to be named by that language's own phrases
_SHORTLIST = 25
_KEYWORDS = 8
_LENGTH_BONUS = {1: 0.75, 2: 1.15, 3: 1.0}
_CONCEPT_TIE = 0.5
_SAYS_ENOUGH = 0.1  # score under which another language's phrase is an accident of few comments
_NEARLY = 0.5  # of the best score, for a second word beside a first
_CONCEPT_BONUS = 1.3  # a known concept is easier to say in a meeting than a phrase


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
    ranked: dict[str, _Ranked] = {
        language: _rank_language(texts, languages, themes, space, encoder, language, count)
        for language in LANGUAGES
    }
    names: list[dict[str, str]] = [{} for _ in range(count)]
    for theme, name in enumerate(given):
        names[theme].update(name)
    _name_by_concepts(names, ranked, _shares(languages, themes, count), space, encoder)
    main = max(LANGUAGES, key=lambda code: (list(languages).count(code), code))
    for language in (main, *(code for code in LANGUAGES if code != main)):
        _name_by_phrases(names, ranked[language].phrases, language, main, encoder)
        _fill_from_concepts(names, language, main, space, encoder)
    return [
        ThemeName(
            names[theme],
            {code: _keywords([p for p, _ in ranked[code].phrases[theme]]) for code in LANGUAGES},
        )
        for theme in range(count)
    ]


@dataclass(frozen=True)
class _Ranked:
    """One language's phrases a theme, best first, and how telling each single word is, 0..1."""

    phrases: list[list[tuple[str, float]]]
    words: list[dict[str, float]]


def _shares(
    languages: Sequence[str], themes: NDArray[np.int64], count: int
) -> dict[str, list[float]]:
    """Per language and theme, the share of the theme's spans in the language."""
    codes = np.array(languages)
    sizes = np.maximum(1, np.bincount(themes, minlength=count))
    return {
        code: (np.bincount(themes[codes == code], minlength=count) / sizes).tolist()
        for code in LANGUAGES
    }


def _name_by_concepts(
    names: list[dict[str, str]],
    ranked: Mapping[str, _Ranked],
    shares: Mapping[str, list[float]],
    space: ThemeSpace,
    encoder: Encoder,
) -> None:
    """Use a known concept where its very words are spoken and no phrase of the comments says more.

    A concept has one meaning and a name in each language, so the theme is called the same
    everywhere.
    """
    known, middle = concept_vectors(encoder)
    similar = space.similarities(space.centre(middle))
    said = spoken({code: ranked[code].words for code in LANGUAGES}, shares)
    taken = {tuple(name.get(code) for code in LANGUAGES) for name in names}
    for theme, name in enumerate(names):
        if name:
            continue
        near = np.array([_nearness(row, theme) for row in similar])
        score = np.round(np.sqrt(said[:, theme]) * near * _CONCEPT_BONUS, 6)
        rival = max(
            (ranked[code].phrases[theme][0][1] * shares[code][theme] ** 0.5
             for code in LANGUAGES if ranked[code].phrases[theme]),
            default=0.0,
        )  # fmt: skip
        for best in np.lexsort((np.arange(len(score)), -score)):
            if score[best] <= rival:
                break
            label = tuple(known[best][code] for code in LANGUAGES)
            if label not in taken:
                name.update({code: known[best][code] for code in LANGUAGES})
                taken.add(label)
                break


def _name_by_phrases(
    names: list[dict[str, str]],
    phrases: list[list[tuple[str, float]]],
    language: str,
    main: str,
    encoder: Encoder,
) -> None:
    """Name what is left by the language's own phrases, near in meaning to the main name."""
    taken = {name[language] for name in names if language in name}
    for theme, name in enumerate(names):
        free = [
            (phrase, score)
            for phrase, score in phrases[theme]
            if phrase not in taken and (language == main or score >= _SAYS_ENOUGH)
        ]
        if language in name or not free:
            continue
        if main in name:
            meaning = encoder.encode([name[main], *(phrase for phrase, _ in free)])
            alike = meaning[1:] @ meaning[0]
            free = [
                (phrase, round(score * (0.5 + float(near)), 6))
                for (phrase, score), near in zip(free, alike, strict=True)
            ]
        free.sort(key=lambda pair: (-pair[1], pair[0]))
        name[language] = _with_second(free)
        taken.add(free[0][0])


def _with_second(ranked: list[tuple[str, float]]) -> str:
    """A single word says little alone: put the next one beside it when it says nearly as much."""
    (first, best), *rest = ranked
    if " " not in first:
        for phrase, score in rest:
            if score >= _NEARLY * best and " " not in phrase and first not in phrase:
                return f"{first}, {phrase}"
    return first


def _rank_language(
    texts: Sequence[str],
    languages: Sequence[str],
    themes: NDArray[np.int64],
    space: ThemeSpace,
    encoder: Encoder,
    language: str,
    count: int,
) -> _Ranked:
    """Rank the phrases of one language for each theme."""
    rows = [i for i, code in enumerate(languages) if code == language]
    sizes = np.bincount(themes[rows], minlength=count) if rows else np.zeros(count)
    if not rows or sizes.max() < _OWN_WORDS:
        return _Ranked([[] for _ in range(count)], [{} for _ in range(count)])
    phrases = count_phrases([texts[i] for i in rows], language)
    table, vocabulary = _theme_table(phrases.keys, themes[rows], count)
    telling = [_telling(table, theme, size) for theme, size in enumerate(sizes)]
    shortlist = [_shortlist(*one) for one in telling]
    wanted = sorted({column for columns, _ in shortlist for column in columns})
    if not wanted:
        return _Ranked([[] for _ in range(count)], [{} for _ in range(count)])
    written = [phrases.surface[vocabulary[column]] for column in wanted]
    similar = space.similarities(space.centre(encoder.encode(written), [language] * len(written)))
    position = {column: i for i, column in enumerate(wanted)}
    ranked = [
        _rank_theme(theme, columns, scores, position, similar, written)
        for theme, (columns, scores) in enumerate(shortlist)
    ]
    return _Ranked(ranked, [_single_words(*one, vocabulary) for one in telling])


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
    row = table[theme]
    if size < _OWN_WORDS:
        return np.empty(0, np.int64), np.empty(0)
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
        words = min(3, len(written[at].split()))
        total = (
            float(score / scores.max()) ** 0.5
            * _nearness(similar[at], theme)
            * _LENGTH_BONUS[words]
        )
        ranked.append((written[at], round(total, 6)))
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def _nearness(similar: NDArray[np.float32], theme: int) -> float:
    """How near a phrase is to its theme, and how much nearer than to any other."""
    rivals = np.delete(similar, theme)
    margin = float(similar[theme] - rivals.max(initial=-1.0))
    return max(0.05, 0.3 + float(similar[theme]) + (min(0.3, margin) if margin > 0 else 2 * margin))


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

"""Whether what people say in a theme bears out a name that lies near it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import cases, concepts
from analyzer.themes.phrases import claims, stem, word_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.themes.ranking import Ranking

__all__ = ["accused", "branded", "heard", "named", "preference", "widened"]

_HARDLY, _OFTEN = 0.1, 0.3  # of the times that a wide name's words are spoken
_WIDER = 0.2  # score that a wide name may lack to stand for a case of it that is not spoken of
_UNSPOKEN = 0.1  # what that case loses then
_NEAREST_FIRST = 0.2  # what a name nearest to its own theme gains on names that fit about as well:
_CLOSE, _AS_TELLING = 0.1, 0.5  # less than the best score, and of the best one's words
_ACCUSED = 0.05  # share of spans with a word of a name that accuses
_BRANDED = 0.4  # share of spans with brands, from which these are the subject


def heard(
    rankings: Mapping[str, Ranking], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.float64]:
    """How often each theme speaks of what makes a case narrower, for once that it says the rest.

    An encoder hears the insurance in "insurance excess", and hardly the excess.

    Args:
        rankings: per language, the words of k themes.
        shares: per language and theme, the share of the theme's spans in the language.

    Returns:
        (pairs of `analyzer.themes.concepts.cases`, k), 0..1; 1 where the rest is not said.
    """
    known = concepts()
    lost = np.zeros((len(cases()), len(shares[LANGUAGES[0]])))
    spoken = np.zeros_like(lost)
    for code, ranking in rankings.items():
        for row, (narrow, wide) in enumerate(cases()):
            words = claims(known[wide].name[code], code)
            rest = [stem(one) for one in sorted(claims(known[narrow].name[code], code) - words)]
            common = [stem(one) for one in words]
            for theme, said in enumerate(ranking.said):
                often = min(said.get(one, 0.0) for one in common)
                if often:
                    more = sum(said.get(one, 0.0) for one in rest) / len(rest)
                    spoken[row, theme] += shares[code][theme]
                    lost[row, theme] += shares[code][theme] * max(0.0, 1 - more / often)
    return np.asarray(1 - lost / np.where(spoken > 0, spoken, 1.0))


def named(
    rankings: Mapping[str, Ranking], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.float64]:
    """How many of a theme's spans hold a word of a name, for each concept and theme.

    Returns:
        (concepts, k), 0..1, by the word that most of them hold; 1 for a name without such words,
        and for a theme too small to tell.
    """
    known = concepts()
    held = np.zeros((len(known), len(shares[LANGUAGES[0]])))
    read = np.zeros(held.shape[1])
    for code, ranking in rankings.items():
        parts = [[stem(word) for word in claims(one.name[code], code)] for one in known]
        for theme, said in enumerate(ranking.said):
            if said:
                told = [max((said.get(one, 0.0) for one in own), default=1.0) for own in parts]
                held[:, theme] += shares[code][theme] * np.array(told)
                read[theme] += shares[code][theme]
    return np.where(read > 0, held / np.where(read > 0, read, 1.0), 1.0)


def widened(
    score: NDArray[np.float64], sure: NDArray[np.bool_], spoken_of: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Let a wide name ("price") stand for a case of it ("low prices") that is hardly spoken of.

    Args:
        score: (concepts, k).
        sure: (concepts, k) whether a concept says what a theme is about.
        spoken_of: (cases, k) of `heard`.

    Returns:
        Scores and whether they are sure, as they are then.
    """
    found, certain = score.copy(), sure.copy()
    for (narrow, wide), silent in zip(cases(), spoken_of < _HARDLY, strict=True):
        stands = silent & sure[narrow] & (score[wide] >= score[narrow] - _WIDER)
        found[wide, stands] = np.maximum(found[wide, stands], score[narrow, stands])
        found[narrow, stands] = np.minimum(found[narrow, stands], score[narrow, stands] - _UNSPOKEN)
        certain[wide] |= stands
    return found, certain


def preference(
    score: NDArray[np.float64],
    sure: NDArray[np.bool_],
    own: NDArray[np.float64],
    words: NDArray[np.float64],
    strange: NDArray[np.bool_],
    spoken_of: NDArray[np.float64],
) -> NDArray[np.float64]:
    """What names gain that are nearest to their own theme, of those that fit nearly best.

    A name gains nothing if it is far from the theme's words or of a strange industry, and a case
    that the theme seldom speaks of gains no more than its wide name.

    Args:
        score: (concepts, k).
        sure: (concepts, k) whether a concept says what a theme is about.
        own: (concepts, k) share of languages in which a name is nearest to the theme.
        words: (concepts, k) how near a concept is to the theme's telling phrases.
        strange: (concepts,) whether a concept is of an industry that the comments do not speak of.
        spoken_of: (cases, k) of `heard`.

    Returns:
        (concepts, k), to be added to ``score``.
    """
    certain = np.where(sure, score, -1.0)
    best = certain.argmax(axis=0), np.arange(score.shape[1])
    close = sure & (score >= certain[best] - _CLOSE) & (words >= _AS_TELLING * words[best])
    preferred = np.where(close & ~strange[:, None], own, 0.0)
    for (narrow, wide), seldom in zip(cases(), spoken_of < _OFTEN, strict=True):
        limit = np.where(sure[wide] & seldom, preferred[wide], 1.0)
        preferred[narrow] = np.minimum(preferred[narrow], limit)
    return np.asarray(_NEAREST_FIRST * preferred)


def branded(
    rankings: Mapping[str, Ranking], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.bool_]:
    """Whether brands are what many of a theme's spans speak of, and not a word of the name.

    One such word alone may be what people call the subject: "ATM" is in no dictionary.

    Returns:
        (concepts, k).
    """
    known = concepts()
    share = np.zeros((len(known), len(shares[LANGUAGES[0]])))
    for code, ranking in rankings.items():
        for theme, brands in enumerate(ranking.brands):
            for word in brands if len(brands) > 1 else ():
                others = [word not in claims(one.name[code], code) for one in known]
                spans = ranking.said[theme].get(stem(word), 0.0)
                share[:, theme] += shares[code][theme] * spans * np.array(others)
    return np.asarray(share >= _BRANDED)


def accused(
    rankings: Mapping[str, Ranking], shares: Mapping[str, Sequence[float]]
) -> NDArray[np.bool_]:
    """Whether a name accuses of what hardly anybody in a theme says: (concepts, k).

    An encoder hears the hotel in "theft at the hotel", and hardly the theft.
    """
    known = concepts()
    found = np.zeros((len(known), len(shares[LANGUAGES[0]])), dtype=np.bool_)
    grave = word_tables()["grave"]
    for row, one in enumerate(known):
        stems = {stem(word) for word in grave.get(one.name["en"], ())}
        if stems:
            for theme in range(found.shape[1]):
                told = sum(
                    shares[code][theme] * max(ranking.said[theme].get(part, 0.0) for part in stems)
                    for code, ranking in rankings.items()
                )
                found[row, theme] = told < _ACCUSED
    return found

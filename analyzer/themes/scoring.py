"""How well each concept of the shipped list would name each theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import GENERAL, Embedded, spoken
from analyzer.themes.evidence import accused, branded, heard, named, preference, widened
from analyzer.themes.phrases import opinion_words
from analyzer.themes.rows import cosines, unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Rows
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.ranking import Ranking

__all__ = ["Fit", "contrasts", "fit_concepts"]

_SURE, _TOLD = 0.5, 0.3  # a concept names a theme by score and words,
_SURE_IF_NEAR, _NEAR = 0.42, 0.35  # or by score and meaning
_VAGUE = 0.3
_EXPLAINED = 0.72  # of what the best concept says about a theme's spans, that its name must say
_EXPLAINS, _USUAL = 0.15, 0.6  # what saying all of it adds, and the share that adds nothing
_HALF_EXPLAINED, _UNTOLD = 0.5, 0.3  # a concept that says less than half of it loses
_LEAST_SAID = 0.05  # spans whose best concept says less have no common subject
_STRANGE = 0.2  # loss from which a concept is of another industry
_BLOCK = 8_192
_CONTRAST = 0.7
_LEAST_MARGIN, _MOST_MARGIN = -0.3, 0.15
_WORDS = 0.35
_FULL_WORDS = 0.2  # evidence of words that counts in full; less is an accident of few words
_SPOKEN = 0.15
_OWN = 0.12
_SEVERAL_WORDS = 0.03
_STRANGER = 0.4  # what a concept of an industry that the comments never speak of loses
_AT_HOME = 0.5  # of the leading industry's weight, from which an industry is at home
_NATIVE = 0.05  # what one of the comments' own industry gains on one of every industry
_QUIET = 0.05  # of all voices; an industry below it is none
_LEADERS = 6
_BARRED = -9.0  # under any score


@dataclass(frozen=True)
class Fit:
    """How c concepts fit k themes.

    Attributes:
        score: (c, k) about 0..1.4.
        sure: (c, k) whether a concept says what the theme is about.
        nearness: (c, k) centred cosine to the theme's spans, before opinion is taken out.
        vague: (k,) whether the theme is of outcries rather than of a subject.
        own: (c, k) share of languages in which the name as it stands is nearest to the theme.
        named: (c, k) share of the theme's spans that hold the word of the name that most hold.
        foreign: (c,) whether a concept is of an industry that the comments hardly speak of.
    """

    score: NDArray[np.float64]
    sure: NDArray[np.bool_]
    nearness: NDArray[np.float64]
    vague: NDArray[np.bool_]
    own: NDArray[np.float64]
    named: NDArray[np.float64]
    foreign: NDArray[np.bool_]


def contrasts(
    space: ThemeSpace,
    vectors: Rows,
    languages: Sequence[str],
    themes: NDArray[np.int64],
    count: int,
) -> NDArray[np.float64]:
    """Where the spans of each theme lie on average, less where all others lie; (count, d).

    Prototypes are scaled to unit length, so that a concept near a small corner of a theme seems to
    be as near as one that all of its spans speak of. These are not.
    """
    sums = np.zeros((count, space.mean.shape[0]))
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        rows = space.centre(vectors[part], languages[part])
        for theme in np.unique(themes[part]):
            sums[theme] += rows[themes[part] == theme].sum(axis=0, dtype=np.float64)
    sizes = np.bincount(themes, minlength=count)[:, None]
    others = (sums.sum(axis=0) - sums) / np.maximum(1, len(vectors) - sizes)
    return np.asarray(sums / np.maximum(1, sizes) - others, dtype=np.float64)


def fit_concepts(
    known: Embedded,
    rankings: Mapping[str, Ranking],
    shares: Mapping[str, Sequence[float]],
    apart: NDArray[np.float64],
    space: ThemeSpace,
    encoder: Encoder,
) -> Fit:
    """Score concepts by what themes mean, by the words spoken in them, and against siblings.

    Single words lie near every outcry ("deposit" is nearest to "bof"), so the direction of opinions
    is taken out of the concepts first. The score is the sum of the nearness to all sides of the
    theme, how much nearer that is than to any other theme, how near the theme's telling phrases
    are, whether its very words are spoken, and whether the name as it stands is nearest to its
    theme. Concepts of an industry that nothing else in the comments speaks of lose. A concept is
    only sure when all spans of the theme together, not a few of them, lie near it: nearly as near
    as to the concept that explains them best. A wide name ("price") stands for a case of it ("low
    prices") that nobody speaks of. Of sure names that fit about as well, one that is nearest to its
    own theme goes first.

    Args:
        known: the concepts.
        rankings: per language, the themes' phrases.
        shares: per language and theme, the share of the theme's spans in the language.
        apart: (k, d) of `contrasts`.
        space: where the themes lie.
        encoder: of the vectors that made ``space``.

    Returns:
        A `Fit`.
    """
    outcries = np.asarray(encoder.encode(list(opinion_words())), dtype=np.float32)
    plain = _without(known.middle, outcries)
    cries = space.centre(outcries)
    rows = _without(space.centre(known.middle), cries)
    near = _nearness(rows, space)
    words = _words(plain, _without_each(rankings, outcries), rankings, shares)
    said = spoken({code: rankings[code].words for code in LANGUAGES}, shares)
    own = _own(known, space)
    several = np.array([" " in one.name["en"] for one in known.concepts])
    score = (
        near
        + _CONTRAST * np.clip(_margin(near), _LEAST_MARGIN, _MOST_MARGIN)
        + _WORDS * words
        + _SPOKEN * np.minimum(1, said)
        + _OWN * own
        + _SEVERAL_WORDS * several[:, None]
    )
    strange = _stranger(known, score, words)
    score -= strange[:, None]
    score[accused(rankings, shares)] = _BARRED
    share = _explained(rows @ apart.T, strange)
    nearness = _nearness(space.centre(known.middle), space)
    ranked, near = np.round(score + _EXPLAINS * (share - _USUAL), 5), np.round(near, 5)
    sure = ((ranked >= _SURE) & (words >= _TOLD)) | ((ranked >= _SURE_IF_NEAR) & (near >= _NEAR))
    sure &= (share >= _EXPLAINED) & ~branded(rankings, shares)
    spoken_of = heard(rankings, shares)
    ranked, sure = widened(ranked, sure, spoken_of)
    ranked += preference(ranked, sure, own, words, strange > _STRANGE, spoken_of)
    score = np.where(sure, ranked, score - _UNTOLD * (share < _HALF_EXPLAINED))
    vague = _nearness(unit(cries.mean(axis=0, keepdims=True)), space)[0] >= _VAGUE
    return Fit(
        np.round(score, 5),
        sure,
        np.round(nearness, 5),
        vague,
        own,
        named(rankings, shares),
        strange > _STRANGE,
    )


def _without(rows: NDArray[np.float32], outcries: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take out of unit rows what they share with the mean of the outcries."""
    direction = unit(outcries.mean(axis=0, keepdims=True))
    shared = np.maximum(0, cosines(rows, direction)).astype(np.float32)
    return unit(rows - shared * direction)


def _without_each(
    rankings: Mapping[str, Ranking], outcries: NDArray[np.float32]
) -> dict[str, list[NDArray[np.float32]]]:
    return {
        code: [_without(rows, outcries) for rows in ranking.vectors]
        for code, ranking in rankings.items()
    }


def _nearness(rows: NDArray[np.float32], space: ThemeSpace) -> NDArray[np.float64]:
    """Mean of the similarity (c, k) to the nearest prototype and to all of a theme's."""
    similar = cosines(rows, space.prototypes)
    starts = np.unique(space.owner, return_index=True)[1]
    sides = np.diff(np.append(starts, len(space.owner)))
    mean = np.add.reduceat(similar, starts, axis=1) / sides
    return np.asarray((mean + np.maximum.reduceat(similar, starts, axis=1)) / 2, dtype=np.float64)


def _margin(near: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much nearer each theme is than the best of the others."""
    if near.shape[1] == 1:
        return np.zeros_like(near)
    order = np.sort(near, axis=1)
    rival = np.where(near == order[:, -1:], order[:, -2:-1], order[:, -1:])
    return near - rival


def _words(
    plain: NDArray[np.float32],
    vectors: Mapping[str, Sequence[NDArray[np.float32]]],
    rankings: Mapping[str, Ranking],
    shares: Mapping[str, Sequence[float]],
) -> NDArray[np.float64]:
    """How near a concept is to the telling phrases of each theme, 0..1, best concept near 1."""
    limit = float(np.quantile(cosines(plain, plain), 0.95))
    themes = len(next(iter(shares.values())))
    total = np.zeros((len(plain), themes))
    for code, ranking in rankings.items():
        for theme, phrases in enumerate(ranking.phrases):
            if phrases:
                weights = np.array([phrase.score for phrase in phrases])
                near = cosines(plain, vectors[code][theme])
                similar = np.maximum(0, near - limit) / max(1 - limit, 1e-5)
                total[:, theme] += shares[code][theme] * (similar @ (weights / weights.sum()))
    return np.asarray(total / np.maximum(total.max(axis=0), _FULL_WORDS), dtype=np.float64)


def _explained(said: NDArray[np.float64], strange: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share, 0..1, of what the best concept that is no stranger says about a theme's spans."""
    best = said[strange <= _STRANGE].max(axis=0, initial=0.0)
    return np.asarray(np.round(np.clip(said / np.maximum(best, _LEAST_SAID), 0, 1), 5))


def _own(known: Embedded, space: ThemeSpace) -> NDArray[np.float64]:
    """Share of languages in which the name as it stands is nearest to the theme."""
    own = np.zeros((len(known.concepts), len(space.limits)))
    for code in LANGUAGES:
        rows = space.centre(known.vectors[code], [code] * len(known.concepts))
        nearest = np.argmax(np.round(space.similarities(rows), 5), axis=1)
        own[np.arange(len(own)), nearest] += 1 / len(LANGUAGES)
    return own


def _stranger(
    known: Embedded, score: NDArray[np.float64], words: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each concept loses because its industry is not that of the comments."""
    leaders = np.argsort(-np.round(score, 5), axis=0, kind="stable")[:_LEADERS]
    weight: dict[str, float] = {}
    for theme in range(score.shape[1]):
        for one in leaders[:, theme]:
            domain = known.concepts[one].domain
            voice = max(0.0, float(score[one, theme])) * float(words[one, theme])
            weight[domain] = weight.get(domain, 0.0) + voice
    voices = [w for name, w in weight.items() if name != GENERAL]
    most = max(*voices, _QUIET * sum(weight.values()), 0.0) if voices else 0.0
    if most <= 0:
        return np.zeros(len(score))
    home = {name: min(1.0, w / most / _AT_HOME) for name, w in weight.items()} | {GENERAL: 1.0}
    return np.array(
        [
            _STRANGER * (1 - (at_home := home.get(one.domain, 0.0)))
            - (_NATIVE if at_home == 1 and one.domain != GENERAL else 0.0)
            for one in known.concepts
        ]
    )

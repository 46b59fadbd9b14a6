"""Names for themes, in Spanish, French and English, that one can say in a meeting."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import GENERAL, PLAIN, REMARKS, Embedded, embed
from analyzer.themes.coverage import coverage
from analyzer.themes.phrases import in_dictionary, word_tables
from analyzer.themes.ranking import rank_phrases
from analyzer.themes.rows import cosines
from analyzer.themes.scoring import contrasts, fit_concepts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Rows
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.concepts import Concept
    from analyzer.themes.ranking import Phrase, Ranking
    from analyzer.themes.scoring import Fit

__all__ = ["ThemeName", "label_themes"]

_RUNNERS_UP = 40  # concepts a theme that are tried
_HALF = 0.48  # score from which a concept goes before the kind of remark
_NEAREST = 0.4  # score from which a concept names a theme that has others beside it
_SAYS_SO = 0.25  # nearness from which a remark is of a kind
_SHORT = 3  # words of a short reaction
_BORNE_OUT, _USUAL, _COUNTS = 0.15, 0.3, 0.2  # least and usual share, and weight, of such spans
_NEAREST_KIND = 0.05
_OFTEN, _PURE = 0.15, 0.5  # a phrase that names a theme which no concept describes
_SAME_MEANING = 0.4  # quantile of the likeness of a concept's own translations
_OWN_FIRST = 0.2  # how much a name that is nearest to its own theme goes before others,
_PLAIN_FIRST = 0.1  # and one that every industry knows, where neither says all
_OWN_LANGUAGES = 0.6  # in which an industry's term is nearest to its theme, to name it in part;
_IN_PART = 0.42  # or its score
_TELLS, _HARDLY_TELLS = 0.18, 0.1  # coverage from which a name tells of its theme; of a corner
_NAMED = 0.05  # spans that hold a word of a name, from which it may name a theme in part
_NEARLY = 0.25  # of score, that a name which tells of a theme may lack to one of a corner
_KEYWORDS = 8
_WORD = re.compile(r"[^\W\d_]{3,}")


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
    vectors: Rows,
    space: ThemeSpace,
    encoder: Encoder,
    *,
    count: int,
    given: Sequence[dict[str, str]] = (),
    polarity: pl.Series | None = None,
) -> list[ThemeName]:
    """Name each theme in each language.

    A theme takes the name of the concept of the shipped trilingual list that fits it best, so that
    it is called the same in every language; see `analyzer.themes.scoring`. The surest theme chooses
    first, and no name is given twice. What no concept describes is named by a phrase that its own
    comments repeat, or, where they repeat none, by what kind of remark they are.

    Args:
        texts: n spans.
        languages: n codes.
        themes: n theme indices.
        vectors: (n, d) unit rows of the spans.
        space: where the themes lie.
        encoder: the encoder of the vectors that made ``space``.
        count: number of themes, k.
        given: names that the first themes have already.
        polarity: (n,) -1..1 of the spans; with it, no name praises what most blame, or the reverse.

    Returns:
        k names, distinct within each language.
    """
    rankings: dict[str, Ranking] = {
        code: rank_phrases(texts, languages, themes, space, encoder, code) for code in LANGUAGES
    }
    shares = _shares(languages, themes, count)
    names: list[dict[str, str]] = [{} for _ in range(count)]
    for theme, name in enumerate(given):
        names[theme].update(name)
    if not all(names):
        known = embed(encoder)
        apart = contrasts(space, vectors, languages, themes, count)
        fit = fit_concepts(known, rankings, shares, apart, space, encoder)
        fit = _borne_out(fit, known, coverage(known, vectors, themes, count))
        if polarity is not None:
            felt = np.bincount(themes, polarity.fill_null(0.0).to_numpy(), minlength=count)
            fit = _without(fit, known, word_tables()["praise"]["names"], felt < 0)
            fit = _without(fit, known, word_tables()["blame"]["names"], felt > 0)
        counted = _counted(texts, themes, count)
        for kind, share in counted.items():
            fit = _without(fit, known, (kind,), share < _BORNE_OUT)
        _name_by_concepts(names, known, fit)
        _name_the_rest(names, rankings, shares, known, fit, counted)
    return [
        ThemeName(
            names[theme],
            {code: _keywords(rankings[code].phrases[theme]) for code in LANGUAGES},
        )
        for theme in range(count)
    ]


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


def _borne_out(fit: Fit, known: Embedded, told: NDArray[np.float64]) -> Fit:
    """Let names go first that tell of enough of a theme's spans, and be sure of no others.

    A name that tells of a corner gives way to one that fits nearly as well. Where there is none,
    and the best name tells of hardly any spans or is nearest to another theme in every language,
    none tells what the theme is about.

    Args:
        fit: of concepts to themes.
        known: the concepts.
        told: (c, k) coverage.
    """
    subjects = np.array([one.topic != REMARKS for one in known.concepts])
    every = np.arange(told.shape[1])
    best = np.argmax(np.where(fit.sure, fit.score, -np.inf), axis=0), every
    corner = fit.sure[best] & subjects[best[0]] & (told[best] < _TELLS)
    whole = fit.sure & (told >= _TELLS) & (fit.score >= fit.score[best] - _NEARLY)
    mended = corner & whole.any(axis=0)
    corner &= ~mended
    lost = corner & ((told[best] < _HARDLY_TELLS) | (fit.own[best] == 0))
    sure = fit.sure & ~corner & (whole | ~mended)
    return replace(fit, sure=sure, vague=fit.vague | lost)


def _without(fit: Fit, known: Embedded, names: Collection[str], themes: NDArray[np.bool_]) -> Fit:
    """Bar names, given in English, from the themes (k,) that what they say is not true of."""
    barred = np.outer([one.name["en"] in names for one in known.concepts], themes)
    return replace(
        fit,
        score=np.where(barred, -np.inf, fit.score),
        sure=fit.sure & ~barred,
        nearness=np.where(barred, -np.inf, fit.nearness),
    )


def _name_by_concepts(names: list[dict[str, str]], known: Embedded, fit: Fit) -> None:
    """Give each concept to the theme that it fits best, the best fit first."""
    open_ = [theme for theme, name in enumerate(names) if not name]
    best = np.argsort(-fit.score, axis=0, kind="stable")[:_RUNNERS_UP]
    pairs = sorted(
        (-float(fit.score[one, theme]), theme, int(one))
        for theme in open_
        for one in best[:, theme]
        if fit.sure[one, theme]
    )
    for _, theme, one in pairs:
        name = known.concepts[one].name
        if not names[theme] and _free(name, names):
            names[theme].update(name)


def _free(name: Mapping[str, str], names: Sequence[Mapping[str, str]]) -> bool:
    return not any(
        other.get(code, "").casefold() == text.casefold()
        for other in names
        for code, text in name.items()
    )


def _name_the_rest(
    names: list[dict[str, str]],
    rankings: Mapping[str, Ranking],
    shares: Mapping[str, Sequence[float]],
    known: Embedded,
    fit: Fit,
    counted: Mapping[str, NDArray[np.float64]],
) -> None:
    """Name the themes that no concept describes as a whole; who fits a name best has it.

    By a phrase that their comments repeat, by the nearest concept "among others", or as a kind of
    remark; as one of the remarks that tell nothing where none of these is left.
    """
    open_ = [theme for theme, name in enumerate(names) if not name]
    ranked = [
        (kind, -round(worth, 5), theme, place, name)
        for theme in open_
        for kind, options in enumerate(
            _options(theme, names, rankings, shares, known, fit, counted)
        )
        for place, (worth, name) in enumerate(options)
    ]
    for _, _, theme, _, name in sorted(ranked, key=lambda option: option[:4]):
        if not names[theme] and _free(name, names):
            names[theme].update(name)
    last = [one.name for one in known.concepts if one.domain == PLAIN][-1]
    for theme in open_:
        if not names[theme]:
            names[theme].update({code: f"{text} {theme + 1}" for code, text in last.items()})


def _options(
    theme: int,
    names: Sequence[Mapping[str, str]],
    rankings: Mapping[str, Ranking],
    shares: Mapping[str, Sequence[float]],
    known: Embedded,
    fit: Fit,
    counted: Mapping[str, NDArray[np.float64]],
) -> list[list[tuple[float, dict[str, str]]]]:
    """What could name a theme, and how well: kind by kind, the most telling kind first."""
    everywhere = np.array([one.domain == GENERAL for one in known.concepts])
    score, own = fit.score[:, theme], fit.own[:, theme]
    worth = score + _OWN_FIRST * own + _PLAIN_FIRST * everywhere
    tried = [
        i
        for i in np.argsort(-np.round(worth, 5), kind="stable")[:_RUNNERS_UP]
        if (everywhere[i] or own[i] >= _OWN_LANGUAGES or score[i] >= _IN_PART)
        and fit.named[i, theme] >= _NAMED
        and not fit.foreign[i]
        and _free(known.concepts[i].name, names)
    ]
    half = [i for i in tried if score[i] >= _HALF and (everywhere[i] or not fit.vague[theme])]
    near = [i for i in tried if score[i] >= _NEAREST]
    plain = [i for i, one in enumerate(known.concepts) if one.domain == PLAIN]
    repeated = [(phrase.score, name) for phrase, name in _repeated(theme, rankings, shares, known)]
    in_part = [(float(worth[i]), _beside_others(known.concepts[i])) for i in half]
    kinds = _kinds(theme, known, fit, counted)
    return [
        repeated,
        *((kinds, in_part) if fit.vague[theme] else (in_part, kinds)),
        [(float(worth[i]), _beside_others(known.concepts[i])) for i in near],
        [(float(own[i]), known.concepts[i].name) for i in plain],
    ]


def _repeated(
    theme: int,
    rankings: Mapping[str, Ranking],
    shares: Mapping[str, Sequence[float]],
    known: Embedded,
) -> list[tuple[Phrase, dict[str, str]]]:
    """Phrases that the theme's comments repeat and that can be said in every language."""
    main = max(LANGUAGES, key=lambda code: (shares[code][theme], code))
    told = [
        (phrase, _translated(at, theme, main, rankings, known))
        for at, phrase in enumerate(rankings[main].phrases[theme])
        if phrase.share >= _OFTEN
        and phrase.purity >= _PURE
        and " " in phrase.text
        and all(in_dictionary(word) for word in _WORD.findall(phrase.text))
    ]
    return [(phrase, name) for phrase, name in told if name]


def _beside_others(concept: Concept) -> dict[str, str]:
    """A subject, and that there are others beside it; a kind of remark says so by itself."""
    if concept.topic == REMARKS:
        return concept.name
    forms = word_tables()["mixed"]
    return {code: str(forms[code]).format(text) for code, text in concept.name.items()}


def _kinds(
    theme: int, known: Embedded, fit: Fit, counted: Mapping[str, NDArray[np.float64]]
) -> list[tuple[float, dict[str, str]]]:
    """Kinds of remark that the theme lies near, and that its spans bear out where one can count."""
    kinds = []
    for one, near, own in zip(
        known.concepts, fit.nearness[:, theme], fit.own[:, theme], strict=True
    ):
        share = float(counted[one.name["en"]][theme]) if one.name["en"] in counted else _USUAL
        close = near > -np.inf and (fit.vague[theme] or near >= _SAYS_SO)
        if one.topic == REMARKS and one.domain != PLAIN and close:
            worth = near + _NEAREST_KIND * own + _COUNTS * (share - _USUAL)
            kinds.append((float(worth), one.name))
    return kinds


def _counted(
    texts: Sequence[str], themes: NDArray[np.int64], count: int
) -> dict[str, NDArray[np.float64]]:
    """Share of each theme's spans, (k,), that are plainly of a kind of remark; by English name."""
    sizes = np.maximum(1, np.bincount(themes, minlength=count))
    plainly = {
        "questions and doubts": ["?" in text for text in texts],
        "short reactions": [len(text.split()) <= _SHORT for text in texts],
    }
    return {
        name: np.bincount(themes, weights=of_kind, minlength=count) / sizes
        for name, of_kind in plainly.items()
    }


def _translated(
    at: int, theme: int, main: str, rankings: Mapping[str, Ranking], known: Embedded
) -> dict[str, str]:
    """A phrase, and per other language what means the same there.

    Where the theme's comments have no equal in a language, a concept that means the same names the
    theme instead; nothing does where there is none.
    """
    meaning = rankings[main].vectors[theme][at : at + 1]
    name: dict[str, str] = {main: rankings[main].phrases[theme][at].text}
    listed = np.ones(len(known.concepts), dtype=np.bool_)
    for code in LANGUAGES:
        if code == main:
            continue
        limit = float(
            np.quantile(
                np.einsum("ij,ij->i", known.vectors[main], known.vectors[code], dtype=np.float64),
                _SAME_MEANING,
            )
        )
        own = cosines(rankings[code].vectors[theme], meaning)[:, 0]
        listed &= cosines(known.vectors[code], meaning)[:, 0] >= limit
        if len(own) and own.max() >= limit:
            name[code] = rankings[code].phrases[theme][int(np.argmax(own))].text
    if len(name) == len(LANGUAGES):
        return name
    if not listed.any():
        return {}
    likeness = np.where(listed, cosines(known.vectors[main], meaning)[:, 0], -1)
    return known.concepts[int(np.argmax(likeness))].name


def _keywords(phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """Drop phrases that share a word with a better one."""
    kept: list[str] = []
    for phrase in phrases:
        if not any(set(phrase.text.split()) & set(other.split()) for other in kept):
            kept.append(phrase.text)
    return tuple(kept[:_KEYWORDS])

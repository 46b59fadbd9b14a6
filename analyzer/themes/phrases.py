"""Phrases that really occur in comments and could name a theme, per language."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.schema import LANGUAGES
from analyzer.text.functionwords import function_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "Phrases",
    "capitalised",
    "claims",
    "count_phrases",
    "empty_words",
    "in_dictionary",
    "opinion_words",
    "stem",
    "stems",
    "tokens",
    "word_tables",
]

_TOKEN = re.compile(r"\[[A-ZÉÑ_ ]+\]|[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\w\s]|\d+")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)
_CONTENT_WORDS = 3
_WORDS = 5
_PROPER_SHARE = 0.6
_STARTING = frozenset({".", "!", "?", "…", "¡", "¿", ":", '"'})  # after which a sentence starts
_STEM = 5  # letters that words of a family share: "cancel" and "cancellation"


@dataclass(frozen=True)
class Phrases:
    """Phrases of n spans in one language.

    Attributes:
        keys: per span, the distinct phrases in it, each as its lemmas joined by a space.
        surface: for each phrase, how it is written most often.
        brands: lemmas that no dictionary has and that are mostly written with a capital.
    """

    keys: list[tuple[str, ...]]
    surface: dict[str, str]
    brands: frozenset[str]


def count_phrases(texts: Sequence[str], language: str) -> Phrases:
    """Find candidate names: 1-3 content words, starting and ending on one, joined as written.

    Opinions ("good"), general words ("thing"), numbers, placeholders and proper names, which are
    recognised by their capitals, never take part. Singular and plural share a key.

    Args:
        texts: n spans, already redacted.
        language: es, fr or en.

    Returns:
        A `Phrases`.
    """
    spans = [tokens(text, language) for text in texts]
    proper, named = capitalised(spans)
    keys: list[tuple[str, ...]] = []
    surfaces: dict[str, Counter[str]] = {}
    for words in spans:
        found = dict(_candidates(words, proper, language))
        keys.append(tuple(sorted(found)))
        for key, surface in found.items():
            surfaces.setdefault(key, Counter())[surface] += 1
    best = {key: min(seen, key=lambda s: (-seen[s], s)) for key, seen in surfaces.items()}
    brands = {_lemma(word, language) for word in named if not in_dictionary(word)}
    return Phrases(keys, best, frozenset(brands))


def stems(texts: Sequence[str], language: str) -> list[frozenset[str]]:
    """Find the stems of all words of each of n texts."""
    return [
        frozenset(stem(_lemma(word.casefold(), language)) for word in tokens(text, language))
        for text in texts
    ]


@cache
def claims(name: str, language: str) -> frozenset[str]:
    """Lemmas of a name that a theme must speak of to bear it: all but joining words."""
    empty = _bridges(language) | set(word_tables()[language]["whole"].split())
    words = (token.casefold() for token in tokens(name, language))
    return frozenset(
        _lemma(word, language) for word in words if word.isalpha() and word not in empty
    )


def stem(lemma: str) -> str:
    """Return what the lemmas of a family share: the start of "cancel" and "cancellation"."""
    return lemma[:_STEM]


def tokens(text: str, language: str) -> list[str]:
    """Cut a text into words, signs and placeholders; French elisions stand apart."""
    words = _TOKEN.findall(text)
    if language != "fr":
        return words
    parted: list[str] = []
    for word in words:
        elided = _ELISION.match(word)
        if elided and elided.end() < len(word) and word.casefold() != "aujourd'hui":
            parted += [elided.group(), word[elided.end() :]]
        else:
            parted.append(word)
    return parted


def capitalised(texts: Iterable[Sequence[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """Find words that mostly start with a capital within sentences.

    Args:
        texts: n texts as `tokens` gives them.

    Returns:
        Words in small letters: those whose other letters are small, and these with the shouted.
    """
    written: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for words in texts:
        for before, word in pairwise(words):
            if word[0].isalpha() and before not in _STARTING:
                folded = word.casefold()
                total[folded] += 1
                if word[0].isupper():
                    capital[folded] += 1
                    written[folded] += word[1:].islower()
    return (
        frozenset(w for w, n in written.items() if n > _PROPER_SHARE * total[w]),
        frozenset(w for w, n in capital.items() if n > _PROPER_SHARE * total[w]),
    )


def _candidates(
    words: Sequence[str], proper: frozenset[str], language: str
) -> Iterator[tuple[str, str]]:
    folded = [word.casefold().replace("’", "'") for word in words]
    usable = [_is_content(word, proper, language) for word in folded]
    bridges = _bridges(language)
    for start, first in enumerate(usable):
        if not first:
            continue
        lemmas: list[str] = []
        for end in range(start, min(start + _WORDS, len(words))):
            if usable[end]:
                lemmas.append(_lemma(folded[end], language))
                if len(set(lemmas)) == len(lemmas) <= _CONTENT_WORDS:
                    yield " ".join(lemmas), _join(folded[start : end + 1])
            elif folded[end] not in bridges:
                break


def _is_content(word: str, proper: frozenset[str], language: str) -> bool:
    return (
        word[0].isalpha()
        and len(word) > 2
        and word not in proper
        and word not in empty_words(language)
        and _lemma(word, language) not in empty_words(language)
        and len(set(word)) > 1
    )


def _join(words: Sequence[str]) -> str:
    joined = " ".join(words)
    return re.sub(r"(['’]) ", r"\1", joined)


@cache
def _bridges(language: str) -> frozenset[str]:
    """Small words that may stand inside a name: "tiempo de espera", "service à la clientèle"."""
    inside = {
        "es": "de del al a la el los las en por con para y",
        "fr": "de du des d' à au aux la le les l' en par pour et sur",
        "en": "of the to on in for at and with by",
    }
    return frozenset(inside[language].split())


@cache
def empty_words(language: str) -> frozenset[str]:
    """Words that name nothing by themselves: function words, opinions, general words."""
    table = word_tables()[language]
    stop = {word.replace("’", "'") for word in function_words(language)}
    return frozenset(stop | set(table["opinion"].split()) | set(table["general"].split()))


@cache
def opinion_words() -> tuple[str, ...]:
    """Words of all languages that praise or blame and say nothing else, sorted."""
    return tuple(
        sorted({word for code in LANGUAGES for word in word_tables()[code]["opinion"].split()})
    )


@cache
def word_tables() -> dict[str, dict[str, Any]]:
    """Return the tables of ``words.toml``."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


@cache
def in_dictionary(word: str) -> bool:
    """Whether a dictionary of any of the languages has the word; most brands are in none."""
    import simplemma

    return any(simplemma.is_known(word, lang=language) for language in LANGUAGES)


@cache
def _lemma(word: str, language: str) -> str:
    import simplemma

    return str(simplemma.lemmatize(word, lang=language)).casefold()

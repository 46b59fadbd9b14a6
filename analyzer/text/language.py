"""The language of each comment, with the languages of its neighbours as a prior.

A comment of one word rarely shows its language: "caro" is Spanish, Portuguese and Italian. lingua's
probabilities are therefore multiplied by the language mix of the long comments of the same file
(Bayes' rule), and in comments of up to three words by whether a dictionary knows the words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ConfigError
from analyzer.text.contacts import LINK, MENTION
from analyzer.text.functionwords import function_words
from analyzer.text.placeholders import PLACEHOLDER
from analyzer.text.wordlists import COLLOQUIAL

if TYPE_CHECKING:
    from lingua import LanguageDetector

__all__ = ["UNKNOWN", "detect", "mask", "plain_language", "span_languages"]

UNKNOWN: Final = "und"

# The three languages, those that are mistaken for them, and the scripts of other customers.
_LOOK_ALIKES: Final = ("es", "fr", "en", "pt", "ca", "it", "de", "nl")
_OTHER_SCRIPTS: Final = ("ar", "ru", "zh", "ja")
_HEAD: Final = 200  # characters are enough, and a review of a page costs no more than a post
_SHORT: Final = 3  # words, up to which dictionaries are asked
_LONG: Final = 5  # words, from which a comment counts in the mix of its file
_SURE: Final = 0.9
_OTHER_PRIOR: Final = 0.02
_OTHER_PRIOR_SHORT: Final = 0.001  # "Jadore" is French misspelt before it is Portuguese
_SHORT_FOR_ONE, _MOST = 10, 20.0  # short comments that count as a sure one, and the most of these
_FAVOUR: Final = 2.0
_ENOUGH: Final = 3  # function words that no other language has, and the case is clear
_UNLISTED: Final = 0.25  # likelihood of a word that the language's dictionary does not have

_BLOCK: Final = 65_536  # comments whose words are held at one time
_MANY: Final = 50_000  # comments, beside which loading models again costs nothing
_CHUNK: Final = 2_000  # texts whose confidences are objects at one time

_HASHTAG: Final = re.compile(r"#\w+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

Matrix = NDArray[np.float64]


def mask(text: str) -> str:
    """Blank out links, handles, hashtags and placeholders, which belong to no language."""
    # Looking for a sign is far quicker than trying a pattern everywhere.
    if "[" in text:
        text = PLACEHOLDER.sub(" ", text)
    if "/" in text or "www." in text.lower():
        text = LINK.sub(" ", text)
    if "@" in text:
        text = MENTION.sub(" ", text)
    if "#" in text:
        text = _HASHTAG.sub(" ", text)
    return text


def detect(
    texts: Sequence[str],
    *,
    languages: Sequence[str] = ("es", "fr", "en"),
    groups: Sequence[str] | None = None,
) -> list[str]:
    """Name the language of every text.

    Args:
        texts: n comments, cleaned; redacted or not.
        languages: ISO 639-1 codes expected in the data.
        groups: n names, the file of each comment; the mix of languages is taken per file.

    Returns:
        n codes: one of ``languages``, the code of another language, or ``und``. A text without
        letters, such as an emoji, gets the main language of its file.

    Raises:
        ConfigError: A code in ``languages`` is not known.
    """
    if not texts:
        return []
    codes = _all_codes(languages)
    count = np.zeros(len(texts), dtype=np.int64)
    likelihood = np.zeros((len(texts), len(codes)))
    for start in range(0, len(texts), _BLOCK):
        block = slice(start, start + _BLOCK)
        masked = [mask(text)[:_HEAD] for text in texts[block]]
        words = [_WORD.findall(text) for text in masked]
        count[block] = [len(found) for found in words]
        likelihood[block] = _staged_likelihood(masked, words, codes, len(set(languages)))
    if len(texts) >= _MANY:
        _detector(codes).unload_language_models()  # type: ignore[no-untyped-call]
    prior = _prior(likelihood, count, groups, len(languages))
    # A dictionary is asked only where the file itself leaves the language open.
    mixed = prior[:, : len(languages)].max(axis=1) < _SURE
    for i in np.flatnonzero((count > 0) & (count <= _SHORT) & mixed).tolist():
        short = _WORD.findall(mask(texts[i])[:_HEAD])
        likelihood[i, : len(languages)] *= _known(short, languages)
    posterior = likelihood * prior
    best = posterior.argmax(axis=1)
    silent = count == 0
    best[silent] = prior[silent, : len(languages)].argmax(axis=1)
    unknown = ~silent & (posterior.max(axis=1) <= 0.0)
    return [UNKNOWN if lost else codes[i] for i, lost in zip(best, unknown, strict=True)]


def plain_language(text: str, languages: Sequence[str] = ("es", "fr", "en")) -> str | None:
    """Name the language of a passage that shows it beyond doubt.

    Args:
        text: a passage of a comment.
        languages: ISO 639-1 codes expected in the data.

    Returns:
        The only language whose own function words the passage has, three of them or more: one of
        ``languages`` or of those that are mistaken for them. None when that cannot be told.
    """
    codes = tuple(dict.fromkeys([*languages, *_LOOK_ALIKES]))
    return _plain_language(set(_WORD.findall(mask(text).lower())), codes)


def span_languages(
    texts: Sequence[str],
    comments: Sequence[str],
    languages: Sequence[str] = ("es", "fr", "en"),
) -> list[str]:
    """Name the language of every span of comments that may mix languages.

    Args:
        texts: n spans.
        comments: n codes, the language of the comment of each.
        languages: ISO 639-1 codes that are analysed.

    Returns:
        n codes: the span's own where it shows one of ``languages`` beyond doubt, else its
        comment's.
    """
    named: list[str] = []
    for text, comment in zip(texts, comments, strict=True):
        own = plain_language(text, languages)
        named.append(own if own is not None and own in languages else comment)
    return named


def _all_codes(languages: Sequence[str]) -> tuple[str, ...]:
    from lingua import IsoCode639_1

    known = {name.lower() for name in dir(IsoCode639_1) if len(name) == 2}
    for code in languages:
        if code not in known:
            raise ConfigError(
                f"Language {code!r} is not known. Give ISO 639-1 codes such as es, fr, en or pt."
            )
    if not languages:
        raise ConfigError("No language is given. Name at least one of es, fr, en.")
    return tuple(dict.fromkeys([*languages, *_LOOK_ALIKES, *_OTHER_SCRIPTS]))


@cache
def _detector(codes: tuple[str, ...]) -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    iso = [getattr(IsoCode639_1, code.upper()) for code in sorted(codes)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*iso).build()


def _staged_likelihood(
    texts: list[str], words: list[list[str]], codes: tuple[str, ...], expected: int
) -> Matrix:
    """Ask lingua about the expected languages, and about the look-alikes only where a word hints.

    Half of all comments show their language by words that no other has and need no model; a
    detector of all languages takes three times as long, and nine comments in ten need none.
    """
    likelihood = np.zeros((len(texts), len(codes)))
    open_rows = []
    for i, found in enumerate(words):
        plain = _plain_language({word.lower() for word in found}, codes)
        if plain is None:
            open_rows.append(i)
        else:
            likelihood[i, codes.index(plain)] = 1.0  # no model is asked
    if not open_rows:
        return likelihood
    first = tuple(c for c in codes if c in codes[:expected] or c in _OTHER_SCRIPTS)
    likelihood[open_rows] = _likelihood([texts[i] for i in open_rows], first, codes)
    best = likelihood.argmax(axis=1)
    doubtful = [
        i
        for i in open_rows
        if words[i] and _hints_elsewhere(words[i], codes[best[i]], codes[:expected])
    ]
    if doubtful:
        likelihood[doubtful] = _likelihood([texts[i] for i in doubtful], codes, codes)
        for i in doubtful:
            for word in {word.lower() for word in words[i]} & _foreign_words(codes[:expected]):
                likelihood[i] *= _favour(word, codes)
    return likelihood


def _plain_language(words: set[str], codes: tuple[str, ...]) -> str | None:
    """The language of a text with function words of this one only, and enough of them."""
    only_in = _own_words(codes)
    found = [only_in[word] for word in words if word in only_in]
    return found[0] if len(found) >= _ENOUGH and len(set(found)) == 1 else None


@cache
def _own_words(codes: tuple[str, ...]) -> dict[str, str]:
    """Function words that one of the languages has and no other, with its code."""
    listed = [(word, code) for code in codes for word in function_words(code)]
    shared = Counter(word for word, _ in listed)
    return {word: code for word, code in listed if shared[word] == 1}


@cache
def _favour(word: str, codes: tuple[str, ...]) -> Matrix:
    """A function word that only look-alikes have speaks for those that have it."""
    return np.array([_FAVOUR if word in function_words(code) else 1.0 for code in codes])


def _hints_elsewhere(words: list[str], winner: str, expected: tuple[str, ...]) -> bool:
    lower = {word.lower() for word in words}
    own = len(lower & function_words(winner))
    foreign = len(lower & _foreign_words(expected))
    return own == 0 or 3 * foreign >= own


@cache
def _foreign_words(expected: tuple[str, ...]) -> frozenset[str]:
    """Function words of the look-alikes that none of the expected languages has."""
    own: frozenset[str] = frozenset().union(*map(function_words, expected))
    return frozenset().union(*map(function_words, _LOOK_ALIKES)) - own


def _likelihood(texts: list[str], asked: tuple[str, ...], codes: tuple[str, ...]) -> Matrix:
    """Lingua's probabilities among ``asked``, one row a text, one column a code."""
    distinct = sorted(set(texts))
    detector = _detector(asked)
    column: dict[Any, int] = {}
    rows = np.zeros((len(distinct), len(codes)))
    values = (
        confidences
        for first in range(0, len(distinct), _CHUNK)
        for confidences in detector.compute_language_confidence_values_in_parallel(
            distinct[first : first + _CHUNK]
        )
    )
    for i, confidences in enumerate(values):
        for confidence in confidences:
            if confidence.value < 1e-4:
                break  # they come in falling order
            language = confidence.language
            if language not in column:
                column[language] = codes.index(language.iso_code_639_1.name.lower())
            rows[i, column[language]] = confidence.value
    index = {text: i for i, text in enumerate(distinct)}
    return rows[[index[text] for text in texts]]


def _known(words: list[str], languages: Sequence[str]) -> list[float]:
    return [
        float(np.prod([1.0 if _in_dictionary(w.lower(), code) else _UNLISTED for w in words]))
        for code in languages
    ]


@cache
def _has_dictionary(language: str) -> bool:
    from simplemma import is_known

    try:
        is_known("a", lang=language)
    except ValueError:
        return False
    return True


def _in_dictionary(word: str, language: str) -> bool:
    from simplemma import is_known

    if any(word in words for words in COLLOQUIAL.values()):
        return word in COLLOQUIAL.get(language, ())
    return not _has_dictionary(language) or is_known(word, lang=language)


def _prior(
    likelihood: Matrix, words: NDArray[np.int64], groups: Sequence[str] | None, expected: int
) -> Matrix:
    """The mix of languages in each text's file, from the long comments that leave no doubt.

    Short ones say together what each leaves open: one Portuguese comment among three hundred of a
    word or two, most of them likest Spanish, is no Portuguese file.
    """
    names, member = np.unique(
        np.asarray(groups if groups is not None else [""] * len(words), dtype=str),
        return_inverse=True,
    )
    sure = (words >= _LONG) & (likelihood.max(axis=1) >= _SURE)
    counts = np.zeros((len(names), likelihood.shape[1]))
    np.add.at(counts, (member[sure], likelihood[sure].argmax(axis=1)), 1.0)
    overall = counts.sum(axis=0)
    overall[:expected] += 1.0
    counts += 2.0 * overall / overall.sum()
    spoken = np.zeros((len(names), expected))
    short = (words > 0) & ~sure
    np.add.at(spoken, member[short], likelihood[short, :expected])
    weight = np.minimum(_MOST, np.bincount(member[short], minlength=len(names)) / _SHORT_FOR_ONE)
    total = np.maximum(spoken.sum(axis=1), 1.0)
    counts[:, :expected] += (weight / total)[:, None] * spoken
    shares = counts / counts.sum(axis=1, keepdims=True)
    floor = np.where(words <= _SHORT, _OTHER_PRIOR_SHORT, _OTHER_PRIOR)[:, None]
    # Of the expected languages none is ever out of the question.
    floor = np.where(np.arange(shares.shape[1]) < expected, _OTHER_PRIOR, floor)
    priors: Matrix = np.maximum(shares[member], floor)
    return priors

"""Names of people that nothing announces, so that redaction left them in the comment."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from analyzer.quotes.wording import fold, words
from analyzer.text import PLACEHOLDER
from analyzer.text.given import doubtful_names, given_names, word_names

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["names_somebody", "usual_names"]

_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?…:;\n\"«“(\[•-])[\s\"'«»“”¡¿(\[*-]*$")
_NOT_PERSON_BEFORE: Final = re.compile(
    r"(?:^|\s)(?:in|at|from|near|outside|to|around|across|of|the|via|en|de|desde|hasta|por|hacia"
    r"|el|la|los|las|à|au|aux|dans|depuis|vers|chez|du|le|les|l['’]|d['’])\s?$",
    re.IGNORECASE,
)
_PERSON_AFTER: Final = re.compile(
    r"(?:,| (?:from|in|at|was|is|has|had|went|came|did|made|took|kept|gave|got|rang|knew|\w{2,12}ed"
    r"|fue|es|me|nos|de|del|muy|a (?:été|pris|fait|su|bien|tout|\w{2,12}é)|est|était|nous|m['’]\w+"
    r"|du|à|très)\b)",
    re.IGNORECASE,
)
_NO_ACRONYM: Final = 5  # letters from which a word in capitals may be a name
_COMMON: Final = 3  # people who write a capitalised word before it counts as a brand or a place


def usual_names(texts: list[str]) -> frozenset[str]:
    """Capitalised words that so many comments share that they name a brand or a place.

    Args:
        texts: redacted comments.

    Returns:
        Folded words that at least three comments, and one in 500, write with a capital.
    """
    counts: dict[str, int] = {}
    for text in texts:
        seen = {fold(match[0]) for match in _WORD.finditer(text) if match[0][0].isupper()}
        for word in seen:
            counts[word] = counts.get(word, 0) + 1
    least = max(_COMMON, len(texts) / 500)
    return frozenset(word for word, count in counts.items() if count >= least)


def names_somebody(text: str, usual: frozenset[str] = frozenset()) -> bool:
    """Whether a passage seems to name a person.

    A listed given name counts anywhere; so does a capitalised word that is in no dictionary, no
    list of places and brands and not in ``usual``, unless the words around it make it a place. It
    errs on the side of finding a name: a quote that is lost costs less than a person who is named.

    Args:
        text: a redacted passage; placeholders are not names.
        usual: result of `usual_names`.
    """
    bare = PLACEHOLDER.sub(" ", text)
    return any(_is_name(bare, word, usual) for word in _WORD.finditer(bare))


def _is_name(text: str, word: re.Match[str], usual: frozenset[str]) -> bool:
    folded = fold(word[0])
    if folded in _listed() and (not word[0].islower() or word[0] == folded):
        return True
    if not word[0][0].isupper() or (1 < len(word[0]) < _NO_ACRONYM and word[0].isupper()):
        return False
    starts = bool(_SENTENCE_START.search(text[max(0, word.start() - 6) : word.start()]))
    if folded in word_names():
        return not starts
    if len(folded) < 3 or folded in usual or folded in _places() or _is_known(word[0]):
        return False
    if starts:
        return bool(_PERSON_AFTER.match(text, word.end()))
    return not _NOT_PERSON_BEFORE.search(text[max(0, word.start() - 12) : word.start()])


def _is_known(word: str) -> bool:
    import simplemma

    return any(simplemma.is_known(word.lower(), lang) for lang in ("es", "fr", "en"))


@cache
def _listed() -> frozenset[str]:
    return given_names() | doubtful_names()


@cache
def _places() -> frozenset[str]:
    return _folded(words()["places"]["names"])


def _folded(names: str) -> frozenset[str]:
    return frozenset(_split(names))


def _split(names: str) -> Iterator[str]:
    return (fold(name) for name in names.split())

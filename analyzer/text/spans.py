"""Cut a comment into sentences, and sentences into clauses where the opinion turns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from analyzer.text.placeholders import PLACEHOLDER
from analyzer.text.wordlists import ABBREVIATIONS

__all__ = ["split", "turns"]

Offsets = tuple[int, int]

_UPPER = "A-ZÀ-ÖØ-ÞŒ"
_LOWER = "a-zß-öø-ÿœ"
_STOP: Final = re.compile(
    r"(?P<line>\n)"
    r"|(?P<stop>[.!?…]{1,50}+)[\"')»\]]{0,3}(?=\s)"
    rf"|(?<=[{_LOWER}]{{2}})(?P<tight>[.!?])(?=[¡¿]?[{_UPPER}][{_LOWER}])"
)
_ADVERSATIVES: Final = (
    "pero|sino|aunque|sin embargo|no obstante|en cambio|por el contrario"
    "|mais|cependant|pourtant|par contre|en revanche|toutefois|néanmoins"
    "|but|however|although|though"
)
_TURN: Final = re.compile(
    r";(?=\s+[^\W_])"
    rf"|(?i:(?<=[\s,;:(…-])(?:{_ADVERSATIVES}|(?:(?<=, )|(?<=and ))yet)(?=[\s,]))"
)
_TURNED: Final = re.compile(rf"(?i)\W*(?:{_ADVERSATIVES}|yet)\b")
_CONJUNCTIONS: Final = re.compile(rf"(?i)(?:{_ADVERSATIVES}|yet|and|y|et)\b")
_NOT_A_TURN: Final = re.compile(
    r"(?i)(?:nothing|anything|none|all|last|help|non|no solo|no sólo) $"
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SIGN: Final = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_CONTENT: Final = 2  # words that a clause needs besides its conjunction


def split(text: str, language: str) -> list[Offsets]:
    """Cut a redacted comment into spans.

    Sentences end at ``. ! ?`` and at newlines, not at abbreviations, decimals or an ellipsis that a
    small letter follows. A sentence is cut before an adversative (pero, mais,
    but ...) and after a semicolon when each side keeps two words besides the conjunction, which
    stays with its own clause. What has no word of its own, such as an emoji or a placeholder, stays
    with the span before it.

    Args:
        text: a comment, cleaned and redacted.
        language: "es", "fr" or "en"; the abbreviations of any other language are English ones.

    Returns:
        (start, end) of each span, in order, not overlapping, without outer white space, each with a
        letter or an emoji. Empty when the text has neither.
    """
    borders = [0, *_sentence_ends(text, language), len(text)]
    pieces: list[Offsets] = []
    for start, end in pairwise(borders):
        cuts = [start, *_turns(text, start, end), end]
        pieces += pairwise(cuts)
    return _tidy(text, pieces)


def turns(text: str) -> bool:
    """Whether a span begins with an adversative: what it says turns from what was said before."""
    return _TURNED.match(text) is not None


def _sentence_ends(text: str, language: str) -> Iterator[int]:
    for match in _STOP.finditer(text):
        if match["line"] or match["tight"] or _ends_sentence(text, match, language):
            yield match.end()


def _ends_sentence(text: str, match: re.Match[str], language: str) -> bool:
    stop = match["stop"]
    if stop[0] == "…" or stop[:2] == "..":
        following = text[match.end() : match.end() + 3].lstrip(" ¡¿\"'")
        return following[:1].isupper() or "!" in stop or "?" in stop
    if stop != ".":
        return True
    last = match.end("stop")
    word = text[
        max(text.rfind(" ", max(0, last - 25), last), text.rfind("\n", max(0, last - 25), last), -1)
        + 1 : last
    ]
    word = word.lstrip("(\"'¿¡«[-")
    if len(word) == 2 and word[0].isalpha():
        return False  # an initial
    if word[:-1].isdigit():
        return len(word) > 3 or not _starts_line(text, last - len(word))
    return word not in _abbreviations(language)


def _starts_line(text: str, position: int) -> bool:
    return not text[max(0, position - 2) : position].strip()


@cache
def _abbreviations(language: str) -> frozenset[str]:
    own = ABBREVIATIONS[language if language in ABBREVIATIONS else "en"]
    known = own | ABBREVIATIONS["any"]
    return frozenset(known | {word.capitalize() for word in known})


def _turns(text: str, start: int, end: int) -> Iterator[int]:
    last = start
    for match in _TURN.finditer(text, start, end):
        at = match.end() if match[0] == ";" else match.start()
        if _NOT_A_TURN.search(text, max(start, at - 12), at):
            continue
        if _weight(text, last, at) and _weight(text, at, end):
            yield at
            last = at


def _weight(text: str, start: int, end: int) -> bool:
    """Whether a clause has enough words besides the conjunction that it begins with."""
    while start < end and not text[start].isalnum():
        start += 1
    conjunction = _CONJUNCTIONS.match(text, start, end)
    words = _WORD.finditer(text, conjunction.end() if conjunction else start, end)
    return sum(1 for _, _ in zip(words, range(_CONTENT), strict=False)) >= _CONTENT


def _tidy(text: str, pieces: list[Offsets]) -> list[Offsets]:
    """Strip the pieces, and join those without a word of their own to a neighbour."""
    spans: list[Offsets] = []
    waiting: int | None = None
    for raw_start, raw_end in pieces:
        piece = text[raw_start:raw_end]
        start = raw_start + len(piece) - len(piece.lstrip())
        end = raw_start + len(piece.rstrip())
        if start >= end:
            continue
        if _LETTER.search(PLACEHOLDER.sub("", piece)):
            spans.append((start if waiting is None else waiting, end))
            waiting = None
        elif spans:
            spans[-1] = (spans[-1][0], end)
        elif waiting is None:
            waiting = start
    if not spans and _SIGN.search(text):
        inner = text.strip()
        first = text.index(inner)
        spans = [(first, first + len(inner))]
    return spans

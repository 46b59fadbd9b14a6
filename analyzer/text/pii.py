"""Redact personal data in comments, before anything else sees them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

from analyzer.text.addresses import ADDRESSES
from analyzer.text.contacts import EMAILS, HANDLES, LINKS, SPOKEN_EMAILS, phones
from analyzer.text.identifiers import PLATES, RULES, Hit, Rule
from analyzer.text.names import find_names
from analyzer.text.placeholders import PLACEHOLDER, placeholder
from analyzer.text.references import REFERENCES
from analyzer.text.told import TOLD

__all__ = ["Finding", "redact"]

Span = tuple[int, int, str]

# What one redaction uncovers is looked at again; in practice the second look finds nothing.
_PASSES: Final = 6
_MOST_DIGITS: Final = 20  # that any rule asks for
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that was redacted; the value itself is not kept.

    Attributes:
        type: one of `placeholders.TYPES`.
        start: where the value began in the text as given.
        end: where it ended.
        placeholder_start: where its placeholder begins in the redacted text.
        placeholder_end: where it ends.
    """

    type: str
    start: int
    end: int
    placeholder_start: int
    placeholder_end: int


def redact(text: str, language: str | None = None) -> tuple[str, list[Finding]]:
    """Replace personal data by typed placeholders.

    Checksums come from python-stdnum and phonenumbers; where a type has one, an invalid value is
    left alone unless a word before it says that it identifies something. Redacting twice changes
    nothing, and a placeholder is never redacted. No pattern finds everything: names that nothing
    announces stay.

    Args:
        text: a comment.
        language: "es", "fr" or "en" for the words of the placeholders (else English) and for the
            telephone numbers and titles to expect.

    Returns:
        The redacted text and what was found, in order of position.
    """
    spans: list[Span] = []
    current = text
    for _ in range(_PASSES):
        found = _scan(current, language)
        if not found:
            break
        spans = sorted([*spans, *_to_original(found, spans, language)])
        current = _apply(text, spans, language)
    return current, _findings(spans, language)


@cache
def _rules(language: str | None) -> tuple[Rule, ...]:
    """All rules, surest first: a character belongs to the first rule that claims it."""

    def names(text: str) -> Iterator[Hit]:
        return find_names(text, language)

    return (
        LINKS,
        EMAILS,
        SPOKEN_EMAILS,
        *RULES,
        *TOLD,
        REFERENCES,
        phones(language),
        PLATES,
        *ADDRESSES,
        HANDLES,
        Rule("NAME", names),
    )


@cache
def _possible(language: str | None, digits: int) -> tuple[Rule, ...]:
    """The rules that a text with so many digits can meet."""
    return tuple(rule for rule in _rules(language) if digits >= rule.digits)


def _scan(text: str, language: str | None) -> list[Span]:
    taken = bytearray(len(text))
    for match in PLACEHOLDER.finditer(text):
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    digits = len(_DIGIT.findall(text))
    lower = text.lower()
    found: list[Span] = []
    for rule in _possible(language, min(digits, _MOST_DIGITS)):
        if rule.signs and not rule.may_be_in(lower):
            continue
        for start, end in rule.find(text):
            if taken.find(1, start, end) == -1:
                taken[start:end] = b"\x01" * (end - start)
                found.append((start, end, rule.kind))
    return found


def _to_original(found: list[Span], spans: list[Span], language: str | None) -> list[Span]:
    """Carry positions in the text redacted so far back to the text as given."""
    if not spans:
        return found
    shifts = list(
        accumulate(len(placeholder(kind, language)) - (end - start) for start, end, kind in spans)
    )
    starts = [start for start, _, _ in spans]
    redacted_starts = [s + (shifts[i - 1] if i else 0) for i, s in enumerate(starts)]

    def back(position: int) -> int:
        i = bisect_right(redacted_starts, position)
        return position - (shifts[i - 1] if i else 0)

    return [(back(start), back(end - 1) + 1, kind) for start, end, kind in found]


def _apply(text: str, spans: list[Span], language: str | None) -> str:
    parts: list[str] = []
    last = 0
    for start, end, kind in spans:
        parts += text[last:start], placeholder(kind, language)
        last = end
    return "".join([*parts, text[last:]])


def _findings(spans: list[Span], language: str | None) -> list[Finding]:
    findings = []
    shift = 0
    for start, end, kind in spans:
        length = len(placeholder(kind, language))
        findings.append(Finding(kind, start, end, start + shift, start + shift + length))
        shift += length - (end - start)
    return findings

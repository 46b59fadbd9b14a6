"""Personal data in what stands beside a comment: the user's own columns, touchpoints, ids."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer import schema
from analyzer.sources.values import fold
from analyzer.text.clean import clean
from analyzer.text.given import folded
from analyzer.text.pii import redact
from analyzer.text.placeholders import placeholder
from analyzer.text.wordlists import NOT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["without_personal_values"]

_SHOWN: Final = ("channel", "touchpoint", "wave", "question", "status")
_PEOPLE: Final = re.compile(
    r"(?:^|[^a-z])(?:agente?s?|advis[eo]rs?|asesora?s?|conseiller(?:e|s)?|consultants?"
    r"|owner|assignee|handler|handled|employee|empleado|employe|staff|technicians?"
    r"|tecnico|technicien|sellers?|vendeur|vendedora?|manager|gestora?|gestionnaire|operadora?|operateur"
    r"|customer|cliente?|person|doctor)"
)
_NAME: Final = re.compile(r"[^\W\d_]\.|[^\W\d_][^\W\d_'’-]*+(?:['’-][^\W\d_]+)*")
# An id with too few signs to be anything else; most are, and a file has one a row.
_NUMBERED: Final = re.compile(r"[A-Za-z]{0,2}[-_]?[0-9]{1,7}")
# Kinds that nothing else looks like; a bare number passes a checksum by chance.
_SURE: Final = frozenset(
    {"EMAIL", "URL", "IBAN", "DNI", "NIE", "NIR", "NINO", "CURP", "RFC", "ADDRESS", "NAME"}
)


def without_personal_values(records: pl.DataFrame) -> pl.DataFrame:
    """Redact what reports show beside comments, and hide ids that name somebody.

    Args:
        records: `schema.RECORDS` and the user's own columns.

    Returns:
        The same rows and columns. Values of channel, touchpoint, wave, question, status and of the
        user's own columns hold placeholders where they held personal data, in English, as a column
        has no language. In a column that is called after people ("agent", "asesor", "vendeur")
        every value of two to four capitalised words is a name. A respondent's or comment's id that
        is an address, a name or an official number is a digest, the same for the same value.
    """
    own = [c for c in schema.segment_columns(records) if c not in schema.CONSENT_FACTS]
    shown = [c for c in (*_SHOWN, *own) if records.schema[c] == pl.String]
    return records.with_columns(
        *(_mapped(records[c], _name if _PEOPLE.search(folded(c)) else _value) for c in shown),
        *(_mapped(records[c], _id) for c in ("feedback_id", "respondent_id")),
    )


def _mapped(column: pl.Series, change: Callable[[str], str]) -> pl.Series:
    """Change each distinct value once; a column in which nothing changes stays as it is."""
    changed = {
        value: new for value in column.drop_nulls().unique() if (new := change(value)) != value
    }
    return column.replace(changed) if changed else column


def _value(value: str) -> str:
    return redact(clean(value), None)[0]


def _name(value: str) -> str:
    words = value.split()
    looks = 2 <= len(words) <= 4 and all(
        word[0].isupper() and _NAME.fullmatch(word) for word in words
    )
    if looks and not {word.casefold() for word in words} & NOT_NAMES:
        return placeholder("NAME", None)
    return _value(value)


def _id(value: str) -> str:
    if _NUMBERED.fullmatch(value):
        return value
    if not any(finding.type in _SURE for finding in redact(value, None)[1]):
        return value
    return "p" + hashlib.blake2b(fold(value).encode(), digest_size=8).hexdigest()

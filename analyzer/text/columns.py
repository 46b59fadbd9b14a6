"""Personal data in what stands beside a comment: the user's own columns, touchpoints, ids."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer import schema
from analyzer.sources.values import fold
from analyzer.text.clean import clean
from analyzer.text.numbered import told_apart
from analyzer.text.pii import redact
from analyzer.text.placeholders import placeholder
from analyzer.text.staff import is_person, is_staff, is_who

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["hidden_id", "safe_id", "without_personal_values"]

_SHOWN: Final = ("channel", "touchpoint", "wave", "question", "status")
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
        has no language, with a number where several values would read alike ("[ADDRESS 2]"). In a
        column that is called after people ("agent", "asesor", "vendeur") every value of two to
        four capitalised words is a name; where the column says nothing else, a word that no
        dictionary has is one, too. A respondent's or comment's id that
        is an address, a name or an official number is a digest, the same for the same value.
    """
    own = [c for c in schema.segment_columns(records) if c not in schema.CONSENT_FACTS]
    shown = [c for c in (*_SHOWN, *own) if records.schema[c] == pl.String]
    return records.with_columns(
        *(_mapped(records[c], _change(c), apart=True) for c in shown),
        *(_mapped(records[c], safe_id) for c in ("feedback_id", "respondent_id")),
    )


def _mapped(column: pl.Series, change: Callable[[str], str], *, apart: bool = False) -> pl.Series:
    """Change each distinct value once; a column in which nothing changes stays as it is.

    With ``apart``, values that redaction makes equal get numbers: their groups are not one.
    """
    changed = {
        value: new for value in column.drop_nulls().unique() if (new := change(value)) != value
    }
    if apart:
        changed = told_apart(changed)
    return column.replace(changed) if changed else column


def _value(value: str) -> str:
    return redact(clean(value), None)[0]


def _name(value: str) -> str:
    return placeholder("NAME", None) if is_person(value, who=False) else _value(value)


def _who(value: str) -> str:
    return placeholder("NAME", None) if is_person(value, who=True) else _value(value)


def _change(column: str) -> Callable[[str], str]:
    """How to redact the values of a column, by what it is called."""
    if is_who(column):
        return _who
    return _name if is_staff(column) else _value


def safe_id(value: str) -> str:
    """Give an id as it is, or its digest where it is an address, a name or an official number."""
    if _NUMBERED.fullmatch(value):
        return value
    if not any(finding.type in _SURE for finding in redact(value, None)[1]):
        return value
    return hidden_id(value)


def hidden_id(value: str) -> str:
    """Digest of an id that names somebody, the same however it is written."""
    return "p" + hashlib.blake2b(fold(value).encode(), digest_size=8).hexdigest()

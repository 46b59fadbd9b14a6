"""Whose answer a row is: people told apart without being named."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.sources.names import is_personal, normalise
from analyzer.sources.notes import Note
from analyzer.sources.values import MISSING, by_value, fold, named, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["hidden", "people_notes", "respondents"]

_NOBODY: Final[frozenset[str]] = MISSING.union(vocabulary()["nobody"])
_MANY: Final = 30  # rows of one value,
_CROWD, _TIMES = (
    0.2,
    5,
)  # its share of all, and of the next, from which it may stand for many people


def respondents(values: pl.Series, column: str) -> pl.Series:
    """Identify people without naming them: a name or an address becomes a short digest.

    Args:
        values: cells of the column.
        column: its header.

    Returns:
        An id for each row, null for blanks and placeholders (``N/A``, ``Anonymous``).
    """
    plain = named(words(values), _NOBODY)
    number = re.search(
        r"\b(id|n|no|number|numero|num|reference|token|folio|code|codigo)\b", normalise(column)
    )
    if number and not is_personal(column) and not plain.str.contains("@").any():
        return plain

    return by_value(plain, hidden, pl.String)


def hidden(value: str) -> str:
    """Digest of a name, an address or an id, the same however it is written."""
    return "p" + hashlib.blake2b(fold(value).encode(), digest_size=8).hexdigest()


def people_notes(values: pl.Series, column: str) -> Iterable[Note]:
    """Tell of placeholders in a column of people, and of one value that may stand for many."""
    plain = words(values)
    people = named(plain, _NOBODY)
    nobody = people.null_count() - plain.null_count()
    if nobody:
        yield Note("people_unnamed", n=nobody, column=column)
    counts = [*people.drop_nulls().value_counts(sort=True)["count"].to_list()[:2], 0, 0]
    most, next_ = counts[0], counts[1]
    if most >= _MANY and most > _CROWD * people.count() and most > _TIMES * next_:
        yield Note("one_for_many", n=most, column=column)

"""Which column holds the comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import MappingError
from analyzer.sources.names import SCORE_ROLES, is_personal, meanings
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from analyzer.sources.model import Table

__all__ = ["TextChoice", "choose_text"]

# A column is the main one when the next holds less than this share of its letters.
_CLEAR: Final = 0.6
_LONG: Final = 20
# Figures, stars, links, addresses, JSON, and codes: one word with a digit in it.
_WORDLESS: Final = r"^\s*[\d\s.,:/+%★⭐-]*\s*$|^\S+://\S+$|^\S+@\S+\.\S+$|^[\[{]|^\s*\S*\d\S*\s*$"

_PLAIN: Final = re.compile(r"[a-z]\w{0,20}")  # a header and nobody's name, address or answer


@dataclass(frozen=True)
class TextChoice:
    """The text column, columns that stand in where it is blank, and notes."""

    column: str
    fallback: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    column: str
    tier: int  # 0 named, 1 looks like text, 2 named but says little, 3 named and says nothing
    mass: int


def choose_text(table: Table, sample: pl.DataFrame, name: str, free: list[str]) -> TextChoice:
    """Find the column with the comments.

    Args:
        table: the file.
        sample: its first rows.
        name: of the file, for messages.
        free: columns that may be text.

    Returns:
        The column; other columns with much text are named in a note.

    Raises:
        MappingError: No column holds text, or two hold about as much.
    """
    declared: tuple[str, ...] = ()
    if table.dialect:
        spare = tuple(table.dialect.all_columns("text_fallback", free))
        exact = [
            c for c in table.dialect.all_columns("text", free, exact=True) if _letters(sample[c])
        ]
        if exact or spare:
            main = exact[0] if exact else spare[0]
            return TextChoice(main, tuple(c for c in spare if c != main))
        declared = tuple(table.dialect.all_columns("text", free))
    found = [c for c in (_judge(table, sample, column, column in declared) for column in free) if c]
    if not found:
        raise MappingError(
            f"{name}: no column with comments was recognised. {_columns(table.frame.columns)} "
            "Say which one with --map text=COLUMN; the first row must hold the column names."
        )
    tier = min(candidate.tier for candidate in found)
    ranked = sorted(
        (c for c in found if c.tier == tier),
        key=lambda c: (-c.mass, table.frame.columns.index(c.column)),
    )
    best, others = ranked[0], ranked[1:]
    rivals = [c for c in others if c.mass >= _CLEAR * best.mass and not _same(sample, best, c)]
    if rivals:
        choices = " or ".join(f'--map text="{c.column}"' for c in (best, *rivals))
        raise MappingError(
            f"{name}: {len(rivals) + 1} columns hold about as much text and could be the comments. "
            f"Say which one: {choices}. One run reads one of them."
        )
    notes: tuple[str, ...] = ()
    if others:
        unread = tuple(c.column for c in others)
        notes = (Note("text_chosen", column=best.column, columns=unread),)
    return TextChoice(best.column, (), notes)


def _columns(columns: list[str]) -> str:
    """What a message may say of headers: where none is known they may be somebody's answers."""
    known = any(map(meanings, columns))
    if not known and not all(map(_PLAIN.fullmatch, columns)):
        return f"None of its {len(columns)} columns has a name that is known."
    shown = ", ".join(repr(column[:40]) for column in columns[:30])
    return f"Columns: {shown}{', ...' if len(columns) > 30 else ''}."


def _judge(table: Table, sample: pl.DataFrame, column: str, declared: bool) -> _Candidate | None:
    given = sample[column].drop_nulls()
    given = given.filter(given.str.contains(r"\S"))
    known = meanings(column) | meanings(table.questions.get(column, ""))
    named = declared or known.get("text", 1000) < 1000
    last = _Candidate(column, 3, 0) if named and not set(known) & set(SCORE_ROLES) else None
    if given.is_empty():
        return last
    wordless = given.str.contains(_WORDLESS)
    if int(wordless.sum()) > 0.5 * len(given):
        return last
    lengths = given.str.len_chars()
    mass, mean = int(lengths.sum()), int(lengths.sum()) / len(given)
    distinct = given.n_unique() / len(given)
    if "consent" in known and mean < _LONG:
        return None
    if declared or "text" in known:
        # A list of reasons to pick from is named like a comment and is none.
        coded = len(given) >= 50 and distinct < 0.2 and mean < 2 * _LONG
        return _Candidate(column, 2 if coded else 0, mass)
    if is_personal(column) or (known and min(known.values()) < 1000):
        return None
    spaced = int(given.str.contains(r"\S\s+\S+\s+\S").sum()) / len(given)
    if mean >= _LONG and spaced >= 0.5 and distinct >= 0.5:
        return _Candidate(column, 1, mass)
    return None


def _letters(column: pl.Series) -> int:
    return int(column.drop_nulls().str.count_matches(r"\w").sum())


def _same(sample: pl.DataFrame, one: _Candidate, other: _Candidate) -> bool:
    equal = (sample[one.column].fill_null("") == sample[other.column].fill_null("")).mean()
    return equal is not None and float(str(equal)) > 0.9

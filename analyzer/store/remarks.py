"""A person in what others wrote about themes: notes, reasons, names and words of a codebook."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.store.database import Session

__all__ = ["ERASED", "person_pattern", "remarks_with", "take_out"]

ERASED: Final = "[erased]"  # stands where a person's id or words stood
_COLUMNS: Final = (
    ("edits", "reason"),
    ("themes", "note"),
    ("themes", "name_es"),
    ("themes", "name_fr"),
    ("themes", "name_en"),
    ("wording", "text"),
)
# What an edit keeps as JSON: fields of it that people wrote.
_WRITTEN: Final = frozenset({"es", "fr", "en", "name_es", "name_fr", "name_en", "note"})
_SIGNS: Final = 4  # of an id; a shorter one stands in a sentence by chance
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def person_pattern(ids: Iterable[str], texts: Iterable[str]) -> re.Pattern[str] | None:
    """Match ids as whole words, and texts however they are spaced; None where nothing tells.

    An id of fewer than four signs, or one that reads as a year, tells nobody in a sentence.
    """
    told = {one for one in ids if len(one) >= _SIGNS and not _YEAR.fullmatch(one)}
    words = [rf"(?<!\w){_written(one)}(?!\w)" for one in _longest_first(told)]
    words += [r"\s+".join(map(re.escape, text.split())) for text in _longest_first(set(texts))]
    return re.compile("|".join(words)) if words else None


def remarks_with(session: Session, person: re.Pattern[str] | None) -> list[str]:
    """Columns, as ``table.column``, in which somebody wrote of a person."""
    return sorted({f"{table}.{column}" for table, column, *_ in _changes(session, person)})


def take_out(session: Session, person: re.Pattern[str] | None) -> int:
    """Write ``[erased]`` in place of a person in every remark; in how many."""
    changes = _changes(session, person)
    for table, column, old, new in changes:
        session.run(
            f"UPDATE {table} SET {column} = $new WHERE {column} = $old",  # noqa: S608 - own names
            new=new,
            old=old,
        )
    return len(changes)


def _changes(session: Session, person: re.Pattern[str] | None) -> list[tuple[str, str, str, str]]:
    """Table, column, what stands there and what should, of every remark with the person."""
    if person is None:
        return []
    found = []
    for table, column in _COLUMNS:
        for old in _values(session, table, column):
            if (new := person.sub(ERASED, old)) != old:
                found.append((table, column, old, new))
    for column, plain in (("detail", False), ("before", True)):
        for old in _values(session, "edits", column):
            told = json.loads(old)
            if (without := _without(told, person)) != told:
                found.append(("edits", column, old, json.dumps(without, ensure_ascii=plain)))
    return found


def _values(session: Session, table: str, column: str) -> list[str]:
    sql = f"SELECT DISTINCT {column} AS told FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"  # noqa: S608
    return session.frame(sql)["told"].to_list()


def _without(told: Any, person: re.Pattern[str], written: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Take a person out of the fields that people wrote."""
    if isinstance(told, dict):
        return {name: _without(one, person, name in _WRITTEN) for name, one in told.items()}
    if isinstance(told, list):
        # Numbers of the themes' geometry, tens of thousands of them, hold nobody.
        return [_without(one, person) if isinstance(one, dict) else one for one in told]
    return person.sub(ERASED, told) if written and isinstance(told, str) else told


def _written(ident: str) -> str:
    """An id as people write it: in small letters or capitals, where no word could be meant."""
    plain = re.escape(ident)
    return f"(?i:{plain})" if any(sign.isdigit() for sign in ident) else plain


def _longest_first(texts: set[str]) -> list[str]:
    return sorted((text for text in texts if text.strip()), key=lambda text: (-len(text), text))

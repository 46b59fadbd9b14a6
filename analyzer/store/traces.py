"""Proof of an erasure: every value of the database and every byte of the files is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.store.remarks import person_pattern, remarks_with
from analyzer.store.vectors import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.store.database import Session

__all__ = ["Wanted", "own_words", "traces"]

_LONG: Final = 12  # bytes; a shorter text may stand in a file by chance


@dataclass(frozen=True)
class Wanted:
    """What must not be found.

    Attributes:
        texts: that the person wrote and nobody else.
        ids: of the person and of the comments.
        passages: keys of vectors.
    """

    texts: tuple[str, ...]
    ids: tuple[str, ...]
    passages: tuple[str, ...]


def traces(session: Session, files: Sequence[Path], wanted: Wanted) -> list[str]:
    """Look for a person.

    A database compresses its values, so that bytes alone prove little: every column of text is
    asked too, for ids as a whole and for texts of twelve bytes or more as a part, and what people
    wrote about themes for ids as whole words. Vectors are found by the keys in their files.

    Returns:
        File names and ``table.column`` where something was found, sorted.
    """
    texts = own_words(wanted.texts, session)
    left = set(_in_tables(session, texts, wanted.ids))
    left.update(remarks_with(session, person_pattern(wanted.ids, texts)))
    words = [text.encode() for text in texts]
    words += [name.encode() for name in wanted.ids if len(name.encode()) >= _LONG]
    for path in files:
        content = path.read_bytes()
        if any(word in content for word in words) or _has_vector(path, wanted.passages):
            left.add(path.name)
    return sorted(left)


def own_words(texts: Sequence[str], session: Session) -> list[str]:
    """Texts of twelve bytes or more that no comment holds: others are somebody else's words too."""
    comments = "\0".join(session.frame("SELECT text FROM feedback")["text"].drop_nulls())
    return [text for text in texts if len(text.encode()) >= _LONG and text not in comments]


def _in_tables(session: Session, texts: list[str], ids: tuple[str, ...]) -> list[str]:
    found = []
    for table, column, kind in session.text_columns():
        value = f'"{column}"' if kind == "VARCHAR" else f'array_to_string("{column}", chr(0))'
        for part in (
            "list_contains($ids, {0})",
            "list_bool_or([contains({0}, t) FOR t IN $texts])",
        ):
            sql = f"SELECT count(*) FROM {table} WHERE {part.format(value)}"  # noqa: S608
            values = {"ids": list(ids)} if "$ids" in part else {"texts": texts}
            if values.get("texts", True) and session.frame(sql, **values).item():
                found.append(f"{table}.{column}")
    return found


def _has_vector(path: Path, passages: tuple[str, ...]) -> bool:
    if path.parent.name != FOLDER or path.suffix != ".parquet":
        return False
    keys = pl.read_parquet(path, columns=["passage"])["passage"]
    return bool(keys.is_in(list(passages)).any())

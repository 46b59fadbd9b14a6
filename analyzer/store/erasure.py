"""Forget a person: comments, vectors, examples and caches, and a proof that they are gone."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np
import polars as pl

from analyzer.cache import default_folder
from analyzer.errors import ConfigError
from analyzer.store import vectors
from analyzer.store.ingest import forgotten_key

if TYPE_CHECKING:
    from analyzer.store.database import Database, Session

__all__ = ["Forgotten", "forget"]

_TABLES: Final = (
    "feedback", "segments", "spans", "mentions", "ledger", "corrections", "examples",
    "edit_mentions",
)  # fmt: skip
_LONG: Final = 12  # bytes; a shorter text may stand in a file by chance


@dataclass(frozen=True)
class Forgotten:
    """What was erased, and the proof.

    Attributes:
        comments: rows of feedback that are gone.
        vectors: vectors that are gone; those of texts that others wrote too stay.
        cached: vectors that are gone from the user's cache folder.
        checked: files searched afterwards.
        left: names of files in which a trace was found; empty means erased.
    """

    comments: int
    vectors: int
    cached: int
    checked: int
    left: tuple[str, ...]


def forget(database: Database, respondent_id: str) -> Forgotten:
    """Erase a person; see `analyzer.store.Workspace.forget`."""
    folder = database.folder
    with database.writing() as session:
        who = _respondent(session, respondent_id)
        rows = session.frame(
            "SELECT feedback_id, text FROM feedback WHERE respondent_id = $who", who=who
        )
        gone = rows.select("feedback_id")
        spans = session.matching("spans", gone)
        texts = _texts(rows, spans)
        for table in _TABLES:
            session.delete(table, gone)
        passages = spans.select("passage").unique()
        own = passages.join(
            session.matching("spans", passages).select("passage"), on="passage", how="anti"
        )
        vectors.rewrite(session, folder, own)
        key = forgotten_key(session.meta()["salt"], who)
        session.append("forgotten", pl.DataFrame({"person": [key]}))
    _rebuild(database)
    with database.writing() as session:
        vectors.sweep(session, folder)
        kept = set(session.frame("SELECT text FROM spans")["text"])
    cached = _clean_cache(default_folder(), [text for text in texts if text not in kept])
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    left = _traces(files, rows["text"].drop_nulls().to_list(), [who, *gone["feedback_id"]])
    return Forgotten(rows.height, own.height, cached, len(files), tuple(left))


def _respondent(session: Session, given: str) -> str:
    """Find the person by the id of the file, or by what it is a digest of (an address, a name)."""
    from analyzer.sources.values import fold

    digest = "p" + hashlib.blake2b(fold(given).encode(), digest_size=8).hexdigest()
    for who in (given, digest):
        found = session.frame(
            "SELECT 1 AS one FROM feedback WHERE respondent_id = $who LIMIT 1", who=who
        )
        if found.height:
            return who
    raise ConfigError(
        "Nobody in the workspace has this respondent id. Give it as it stands in the column that "
        "names people, or as respondent_id of the table feedback."
    )


def _texts(rows: pl.DataFrame, spans: pl.DataFrame) -> list[str]:
    """Every text that may have been encoded: spans, and runs of neighbouring spans."""
    texts = set(spans["text"].to_list())
    comments = dict(rows.iter_rows())
    for (feedback_id,), own in spans.sort("feedback_id", "span").group_by("feedback_id"):
        comment = comments.get(feedback_id) or ""
        starts, ends = own["start"].to_list(), own["end"].to_list()
        texts.update(comment[s:e] for s in starts for e in ends if e > s)
    return sorted(texts)


def _rebuild(database: Database) -> None:
    """Copy what is left into a new file: a database keeps deleted bytes until they are needed."""
    fresh = database.path.with_name(".rebuilt.duckdb")
    fresh.unlink(missing_ok=True)
    with database.exclusive() as con:
        con.execute("CHECKPOINT")
        con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
        con.execute("COPY FROM DATABASE workspace TO fresh")
        con.execute("DETACH fresh")
        fresh.replace(database.path)
    database.path.with_name(database.path.name + ".wal").unlink(missing_ok=True)


def _clean_cache(folder: Path, texts: list[str]) -> int:
    """Take texts out of the shards of the user's cache."""
    keys = {hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts}
    removed = 0
    for shard in sorted(folder.glob("vectors/*/*.npz")):
        with suppress(OSError, ValueError, KeyError, EOFError):
            with np.load(shard, allow_pickle=False) as arrays:
                names, rows = arrays["keys"], arrays["vectors"]
            stay = np.array([name.tobytes() not in keys for name in names], dtype=bool)
            if stay.all():
                continue
            removed += int((~stay).sum())
            part = shard.with_suffix(".part")
            with part.open("wb") as file:
                np.savez(file, keys=names[stay], vectors=rows[stay])
            part.replace(shard)
    return removed


def _traces(files: list[Path], texts: list[str], ids: list[str]) -> list[str]:
    """Files that still hold a text or an id, as bytes or as a value of the database."""
    wanted = [word.encode() for word in [*texts, *ids] if len(word.encode()) >= _LONG]
    left = []
    for path in files:
        content = path.read_bytes()
        if any(word in content for word in wanted) or _in_database(path, ids):
            left.append(path.name)
    return left


def _in_database(path: Path, ids: list[str]) -> bool:
    if path.suffix != ".duckdb":
        return False
    with duckdb.connect(str(path), read_only=True) as con:
        columns = con.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE column_name IN ('feedback_id', 'respondent_id')"
        ).fetchall()
        for table, column in columns:
            found = con.execute(
                f"SELECT count(*) FROM {table} WHERE list_contains(?, {column})",  # noqa: S608
                [ids],
            ).fetchall()
            if found[0][0]:
                return True
    return False

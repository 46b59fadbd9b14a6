"""Forget a person: comments, vectors, examples and caches, and a proof that they are gone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.encoders.cache import VectorCache, default_folder
from analyzer.errors import ConfigError
from analyzer.recall import Recall
from analyzer.store import vectors
from analyzer.store.consent import person_key
from analyzer.store.remarks import person_pattern, take_out
from analyzer.store.tables import TABLES
from analyzer.store.traces import Wanted, own_words, traces
from analyzer.text.columns import hidden_id
from analyzer.themes.passages import join_spans, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.store.database import Database, Session

__all__ = ["ERASING", "Forgotten", "forget"]

_TABLES: Final = (
    "feedback", "segments", "spans", "mentions", "ledger", "corrections", "examples",
    "edit_mentions", "aliases",
)  # fmt: skip
ERASING: Final = "erasing"  # of the table meta: an erasure that is not finished
_LEFT: Final = "left:"  # of the table meta, before a person's digest: where traces were found


@dataclass(frozen=True)
class Forgotten:
    """What was erased, and the proof.

    Attributes:
        comments: rows of feedback that are gone; 0 when a person who was erased is looked for
            again.
        vectors: vectors that are gone; those of texts that others wrote too stay.
        cached: vectors that are gone from the user's cache folder.
        checked: files of the workspace and of the cache that were searched afterwards.
        left: where a trace was found, as a file or table.column; empty means erased.
    """

    comments: int
    vectors: int
    cached: int
    checked: int
    left: tuple[str, ...]


def forget(database: Database, respondent_id: str) -> Forgotten:
    """Erase a person; see `analyzer.store.Workspace.forget`.

    The cache goes first: were the process stopped there, the rows would still say what to look for.
    A process that is stopped later leaves a mark, and the same call finishes the work.
    """
    folder, cache = database.folder, default_folder()
    with database.writing() as session:
        vectors.sweep(session, folder)
        who = _respondent(session, respondent_id)
        key = person_key(session.meta()["salt"], who)
        rows = session.frame(
            "SELECT feedback_id, text FROM feedback WHERE respondent_id = $who", who=who
        )
        gone = rows.select("feedback_id")
        spans = session.matching("spans", gone)
        others = _others(session, who)
        own_texts = [text for text in _texts(rows, spans) if text not in others]
        cached = VectorCache.forget(cache, own_texts)
        Recall.clear(cache)
        said = [text for text in [*rows["text"].drop_nulls(), *own_texts] if text not in others]
        _delete(session, gone, said)
        ids = (who, respondent_id, *gone["feedback_id"])
        remarks = take_out(session, person_pattern(ids, own_words(said, session)))
        if rows.is_empty() and _is_done(session, key) and not remarks:
            raise ConfigError("This person was erased already; the workspace has nothing of them.")
        passages = spans.select("passage").unique()
        own = passages.join(
            session.matching("spans", passages).select("passage"), on="passage", how="anti"
        )
        vectors.rewrite(session, folder, own)
        session.delete("aliases", pl.DataFrame({"person": [who, hidden_id(who)]}))
        for table in ("forgotten", "refusals"):
            session.delete(table, pl.DataFrame({"person": [key]}))
        session.append("forgotten", pl.DataFrame({"person": [key]}))
        session.set_meta(ERASING, key)
    database.rebuild()
    with database.writing() as session:
        vectors.sweep(session, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = [path for path in cache.glob("vectors/*/*") if path.is_file()]
    wanted = Wanted(tuple(said), ids, tuple(own["passage"]))
    with database.reading() as session:
        left = {*traces(session, files, wanted), *_remembered(session, key, [*files, *kept])}
    left.update(path.name for path in VectorCache.files_with(cache, own_texts))
    with database.writing() as session:
        session.run("DELETE FROM meta WHERE key IN ($mark, $left)", mark=ERASING, left=_LEFT + key)
        if left:
            session.set_meta(_LEFT + key, json.dumps(sorted(left)))
    checked = len(files) + len(kept)
    return Forgotten(rows.height, own.height, cached, checked, tuple(sorted(left)))


def _delete(session: Session, gone: pl.DataFrame, said: list[str]) -> None:
    """Delete a person's rows, and examples and descriptions that are the person's words."""
    for table in _TABLES:
        session.delete(table, gone)
    for table in ("examples", "wording"):
        session.delete(table, pl.DataFrame({"text": said}, schema={"text": pl.String}))


def _is_done(session: Session, key: str) -> bool:
    """Whether a person was erased before, to the end and without a trace."""
    meta = session.meta()
    erased = set(session.frame("SELECT person FROM forgotten")["person"])
    return key in erased and meta.get(ERASING) != key and _LEFT + key not in meta


def _remembered(session: Session, key: str, files: Sequence[Path]) -> list[str]:
    """Where an earlier search found what the person wrote, which nobody knows any more.

    Files that were deleted since are not told again.
    """
    there = {path.name for path in files}
    columns = {f"{table}.{column}" for table, told in TABLES.items() for column in told}
    places: list[str] = json.loads(session.meta().get(_LEFT + key, "[]"))
    return [place for place in places if place in there | columns]


def _others(session: Session, who: str) -> set[str]:
    """What other people wrote word for word: comments, spans and passages."""
    frame = session.frame(
        "SELECT * FROM spans JOIN (SELECT feedback_id, text AS comment FROM feedback "
        "WHERE respondent_id IS DISTINCT FROM $who) USING (feedback_id)",
        who=who,
    )
    comments = frame.select("feedback_id", text="comment").unique("feedback_id")
    joined = join_spans(frame.sort("feedback_id", "span"), comments)
    return {*frame["text"], *comments["text"], *joined.texts, *spoken(joined.texts)}


def _respondent(session: Session, given: str) -> str:
    """Find the person by the id of the file, or by what it is a digest of (an address, a name)."""
    digest = hidden_id(given)
    for who in (given, digest):
        found = session.frame(
            "SELECT 1 AS one FROM feedback WHERE respondent_id = $who LIMIT 1", who=who
        )
        if found.height:
            return who
    unfinished = session.meta().get(ERASING)
    for who in (given, digest):
        if unfinished == person_key(session.meta()["salt"], who):
            return who
    erased = set(session.frame("SELECT person FROM forgotten")["person"])
    for who in (given, digest):
        if person_key(session.meta()["salt"], who) in erased:
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
    texts.update(spoken(pl.Series(list(texts), dtype=pl.String)))
    return sorted(texts)

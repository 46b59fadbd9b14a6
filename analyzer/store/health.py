"""Is the workspace whole: every row has its partner, every vector its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.store.erasure import ERASING
from analyzer.store.vectors import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.store.database import Database, Session

__all__ = ["Problem", "examine"]

# What is wrong, a query that counts it, and what to do.
_RULES: Final = (
    (
        "comments with the same feedback_id",
        "SELECT count(*) - count(DISTINCT feedback_id) FROM feedback",
        "restore a copy from before",
    ),
    (
        "analysed comments without spans",
        "SELECT count(*) FROM feedback f ANTI JOIN spans s USING (feedback_id) WHERE analysed",
        "ingest their files again",
    ),
    (
        "spans without a comment",
        "SELECT count(*) FROM spans s ANTI JOIN feedback f USING (feedback_id)",
        "ingest their files again",
    ),
    (
        "mentions without a span",
        "SELECT count(*) FROM mentions m ANTI JOIN spans s "
        "ON m.feedback_id = s.feedback_id AND m.span = s.span",
        "restore a copy from before",
    ),
    (
        "mentions of a theme that is not there",
        "SELECT count(*) FROM mentions m ANTI JOIN themes t USING (theme_id)",
        "analyzer themes reassign",
    ),
    (
        "spans with more than one theme row",
        "SELECT count(*) - count(DISTINCT (feedback_id, span)) FROM mentions",
        "analyzer themes reassign",
    ),
    (
        "spans of themed waves without a theme",
        "SELECT count(*) FROM spans s JOIN feedback f USING (feedback_id) JOIN waves w USING (wave)"
        " ANTI JOIN mentions m ON s.feedback_id = m.feedback_id AND s.span = m.span"
        " WHERE w.assigned IS NOT NULL",
        "run: analyzer themes list",
    ),
    (
        "passages without a vector",
        "SELECT count(DISTINCT passage) FROM spans s ANTI JOIN passages p USING (passage)",
        "analyzer reencode",
    ),
    (
        "active themes without a place",
        "SELECT count(*) FROM themes t ANTI JOIN (SELECT theme_id FROM space WHERE part = "
        "'prototype') p USING (theme_id) WHERE state <> 'merged'",
        "restore a copy from before",
    ),
    (
        "rows of the ledger whose comment is missing",
        "SELECT count(*) FROM ledger l ANTI JOIN feedback f USING (feedback_id) "
        "WHERE stage = 'text' AND reason <> 'duplicate'",
        "ingest their files again",
    ),
)


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        what: in words.
        count: how often.
        remedy: what to do.
    """

    what: str
    count: int
    remedy: str


def examine(database: Database) -> list[Problem]:
    """Check tables and files; an empty list means whole."""
    with database.reading() as session:
        missing = session.missing()
        if missing:
            return [
                Problem(
                    f"tables or columns ({', '.join(missing)})",
                    len(missing),
                    "restore a copy from before",
                )
            ]
        found = [
            Problem(what, count, remedy)
            for what, query, remedy in _RULES
            if (count := int(session.frame(query).item()))
        ]
        if ERASING in session.meta():
            told = "analyzer forget with the same id once more"
            found.append(Problem("erasure that was cut off", 1, told))
        return found + _files(session, database.folder)


def _files(session: Session, folder: Path) -> list[Problem]:
    """Vector files against their digests."""
    bad, known = 0, set()
    for name, digest in session.frame("SELECT file, sha256 FROM vectors").iter_rows():
        known.add(name)
        path = folder / FOLDER / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            bad += 1
    extra = sum(path.name not in known for path in (folder / FOLDER).glob("*"))
    found = []
    if bad:
        found.append(Problem("vector files missing or damaged", bad, "analyzer reencode"))
    if extra:
        found.append(
            Problem(
                "files of an ingest that was cut off",
                extra,
                "nothing: the next ingest removes them",
            )
        )
    return found

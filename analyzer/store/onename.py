"""One name for a row and for a wave in all tables, for workspaces that had two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analyzer.store.wavenames import label
from analyzer.text import redact
from analyzer.text.columns import hidden_id, safe_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.store.database import Session

__all__ = ["one_name"]

_OF_WAVES = ("waves", "ledger", "sources", "ingests", "findings")


def one_name(session: Session) -> None:
    """Give the tables of rows the ids and waves that the tables of comments have.

    Before version 3, comments were stored under a digest where file, wave or id held a name, and
    what was read of them under the name itself; a wave was cleaned in one place and not in others.
    """
    _one_id(session)
    _one_wave(session)


def _one_id(session: Session) -> None:
    there = set(session.frame("SELECT feedback_id FROM feedback")["feedback_id"])
    for table, column in (("ledger", "feedback_id"), ("corrections", "feedback_id")):
        _rename(session, table, column, lambda old: _stored(old, there))
    _rename(session, "ledger", "own_id", safe_id)


def _stored(ident: str, there: set[str]) -> str:
    if ident in there:
        return ident
    return hidden if (hidden := hidden_id(ident)) in there else safe_id(ident)


def _one_wave(session: Session) -> None:
    given = session.frame("SELECT wave FROM waves")["wave"].to_list()
    for table in _OF_WAVES:
        _rename(session, table, "wave", label)
    session.run(
        "UPDATE feedback SET wave = l.wave FROM ledger l "
        "WHERE l.feedback_id = feedback.feedback_id AND l.wave <> feedback.wave"
    )
    shown: dict[str, set[str]] = {}
    for wave in given:
        shown.setdefault(redact(label(wave), None)[0], set()).add(label(wave))
    sure = {old: next(iter(new)) for old, new in shown.items() if len(new) == 1}
    for table, column in (("history", "wave"), ("history", "compared"), ("themes", "since")):
        _rename(session, table, column, lambda old: sure.get(old, old))
    session.run(
        "CREATE TEMP TABLE named AS SELECT wave, coalesce(max(assigned), (SELECT max(turn) "
        "FROM history h WHERE h.wave = w.wave)) AS assigned FROM waves w GROUP BY wave"
    )
    session.run("DELETE FROM waves")
    session.run("INSERT INTO waves BY NAME SELECT wave, assigned FROM named")
    session.run("DROP TABLE named")


def _rename(session: Session, table: str, column: str, new: Callable[[str], str]) -> None:
    """Change the values of a column, where they change at all."""
    found = session.frame(f"SELECT DISTINCT {column} AS old FROM {table}").drop_nulls()  # noqa: S608
    names = found.with_columns(new=pl.Series([new(old) for old in found["old"]], dtype=pl.String))
    changed = names.filter(pl.col("old") != pl.col("new"))
    if changed.is_empty():
        return
    with session.lent(changed) as told:
        session.run(
            f"UPDATE {table} SET {column} = told.new FROM {told} AS told "  # noqa: S608 - own names
            f"WHERE {table}.{column} = told.old"
        )

"""Refusals and withdrawals reach over waves: who said no in one of them is quoted from none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.quotes.patterns import refuses_quoting
from analyzer.quotes.wording import fold
from analyzer.sources.people import hidden
from analyzer.sources.ties import ALIASES, near
from analyzer.sources.values import by_value
from analyzer.text.columns import safe_id
from analyzer.text.duplicates import shared, with_refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources import Source
    from analyzer.store.database import Session

__all__ = ["new_refusals", "person_key", "refused_in_copies", "with_consent"]

_TOLD: Final = ("respondent_id", "text", "consent")
_NO_ROW: Final = 0  # rows of files are counted from 1: an alias of a person, and of no row


def person_key(salt: str, respondent_id: str) -> str:
    """Name a person without saying who it is."""
    return hashlib.blake2b(respondent_id.encode(), key=salt.encode(), digest_size=16).hexdigest()


def refused_in_copies(records: pl.DataFrame, feedback: pl.DataFrame) -> pl.DataFrame:
    """Keep the refusal of a row that was left out as a duplicate: the row that stays says no too.

    Args:
        records: what was prepared, with feedback_id, respondent_id, text and consent.
        feedback: what is left of it.
    """
    gone = ~pl.col("feedback_id").is_in(feedback["feedback_id"].implode())
    refused = shared(records, gone & (pl.col("consent") == "no"))
    said = records["feedback_id"].filter(refused)
    no = pl.when(pl.col("feedback_id").is_in(said.implode())).then(pl.lit("no"))
    return feedback.with_columns(consent=no.otherwise("consent"))


def new_refusals(
    session: Session, wave: str, source: str, refused: Sequence[str]
) -> pl.DataFrame | None:
    """What a file says of people who refuse in rows that are left out.

    Returns:
        Rows of the table ``refusals``; None where they are there already.
    """
    salt = session.meta()["salt"]
    erased = set(session.frame("SELECT person FROM forgotten")["person"])
    keys = sorted({person_key(salt, safe_id(who)) for who in refused} - erased)
    there = session.matching("refusals", pl.DataFrame({"wave": [wave], "source": [source]}))
    if sorted(there["person"]) == keys:
        return None
    schema = {"wave": pl.String, "source": pl.String, "person": pl.String}
    return pl.DataFrame([(wave, source, key) for key in keys], schema=schema, orient="row")


def with_consent(
    session: Session, wave: str, feedback: pl.DataFrame, sources: Sequence[Source]
) -> tuple[pl.DataFrame, tuple[Source, ...]]:
    """Say no for who refused in any wave, and know the ids that people may withdraw by.

    Args:
        session: an open workspace.
        wave: the wave.
        feedback: its rows.
        sources: how its files were read.

    Returns:
        The rows with ``consent`` no where the person, or the same text, refuses in any wave, in the
        column or in words; and the sources with the aliases of rows.
    """
    return _refused(session, wave, feedback), _called(session, wave, feedback, sources)


def _refused(session: Session, wave: str, feedback: pl.DataFrame) -> pl.DataFrame:
    others = session.frame(
        "SELECT respondent_id, text, consent FROM feedback WHERE wave <> $wave AND (consent = 'no' "
        "OR respondent_id IN (SELECT respondent_id FROM feedback WHERE wave = $wave AND analysed "
        "AND nps_segment = 'promoter'))",  # only promoters are quoted, and reading takes time
        wave=wave,
    )
    asks = [text is not None and refuses_quoting(fold(text)) for text in others["text"]]
    others = others.with_columns(
        consent=pl.when(pl.Series(asks, dtype=pl.Boolean)).then(pl.lit("no")).otherwise("consent")
    )
    keys = set(session.frame("SELECT person FROM refusals")["person"])
    salt = session.meta()["salt"]
    people = feedback["respondent_id"].drop_nulls().unique() if keys else ()
    absent = [who for who in people if person_key(salt, who) in keys]
    said = pl.DataFrame({"respondent_id": absent}, schema={"respondent_id": pl.String})
    told = pl.concat(
        [feedback.select(_TOLD), others.select(_TOLD), said.with_columns(consent=pl.lit("no"))],
        how="diagonal",
    )
    return feedback.with_columns(with_refusals(told)["consent"].head(feedback.height))


def _called(
    session: Session, wave: str, feedback: pl.DataFrame, sources: Sequence[Source]
) -> tuple[Source, ...]:
    """Aliases of the wave's rows, and of the rows that its people have in other waves."""
    kept = session.frame(
        "SELECT l.source, l.row, l.own_id, a.id, a.words, a.person FROM ledger l LEFT JOIN aliases "
        "a USING (feedback_id) WHERE l.wave = $wave AND l.feedback_id IS NOT NULL",
        wave=wave,
    )
    other = session.frame(
        "SELECT f.feedback_id, f.respondent_id, l.own_id, a.id FROM feedback f JOIN ledger l USING "
        "(feedback_id) LEFT JOIN aliases a USING (feedback_id) WHERE f.wave <> $wave AND "
        "f.respondent_id IN (SELECT respondent_id FROM feedback WHERE wave = $wave)",
        wave=wave,
    )
    own = near(pl.col("own_id"))
    rows = kept.select("source", "row", "words", "person", id=pl.concat_list(own, "id"))
    people = other.select(
        source=pl.lit(sources[0].name if sources else ""),
        row=pl.lit(_NO_ROW, pl.Int64),
        words=pl.lit(None, pl.UInt64),
        person=by_value(other["respondent_id"], hidden, pl.String),
        id=pl.concat_list(own, near(pl.col("feedback_id")), "id"),
    )
    told = pl.concat([rows, people]).explode("id").drop_nulls("id").unique()
    told = told.sort("source", "row", "id")
    return tuple(
        replace(source, aliases=told.filter(source=source.name).select(*ALIASES))
        for source in sources
    )

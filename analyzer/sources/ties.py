"""What a row that is left out says of those that stay: a refusal, and the ids they go by."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer.sources.people import hidden
from analyzer.sources.values import by_value

__all__ = ["ALIASES", "LEFT", "NUMBER", "OWN_ID", "aliases", "near", "with_refusals"]

OWN_ID: Final = "\0own_id"  # column of the file's own id: no file has one of that name
# What is asked of rows that are left out.
LEFT: Final = ("source", "row", OWN_ID, "respondent_id", "created_at", "text", "consent")
# Rows that may be meant by an id that no comment has.
ALIASES: Final = {
    "row": pl.Int64,
    "id": pl.String,  # what the file calls it, as a digest of `near`
    "words": pl.UInt64,  # the same for rows that say the same; null where no other does
    "person": pl.String,  # digest of the respondent's id
}
_OWN: Final = 6  # words: in fewer, two people may say the same
_MINUTES: Final = 30  # between two versions of one answer
# What a spreadsheet makes of a number: 1001.0 of 1001, 12 of 0012.
NUMBER: Final = r"^0*(\d+)(?:\.0+)?$"


def near(ids: pl.Expr) -> pl.Expr:
    """Ids without what programs change in them: capitals, spaces, zeros in front, ".0" behind."""
    return ids.str.strip_chars().str.to_lowercase().str.replace(NUMBER, "${1}")


def with_refusals(records: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Set ``consent`` to "no" where a row that is left out refuses for the person, id or text.

    Args:
        records: has the columns `LEFT`.
        left: columns `LEFT` of the rows that are left out.
    """
    refused = left.filter(pl.col("consent") == "no")
    if refused.is_empty():
        return records
    ident = pl.concat_str("source", OWN_ID, separator="\0")
    same = pl.any_horizontal(
        one.is_in(refused.select(one).to_series().drop_nulls().unique().implode())
        for one in (pl.col("respondent_id"), ident, _words())
    )
    no = pl.when(same.fill_null(value=False)).then(pl.lit("no"))
    return records.with_columns(consent=no.otherwise("consent"))


def aliases(records: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Find the ids that somebody may withdraw by, and that no comment has.

    A row whose id cannot serve is named by number, of rows that repeat each other only one stays
    under its own id, and a row without an answer does not stay at all.

    Args:
        records: has feedback_id and the columns `LEFT`.
        left: columns `LEFT` of the rows that are left out.

    Returns:
        Source and the columns of `ALIASES`: of rows that are left out, that say what another one
        says, that are followed by another answer of the person within half an hour, or whose id is
        not ``feedback_id``.
    """
    who, when = pl.col("respondent_id"), pl.col("created_at")
    soon = (who.shift(-1) == who) & (when.shift(-1) - when <= pl.duration(minutes=_MINUTES))
    own = pl.coalesce(OWN_ID, "feedback_id")
    rows = (
        pl.concat(
            [records.select(*LEFT, "feedback_id", stays=True), left.with_columns(stays=False)],
            how="diagonal",
        )
        .sort("respondent_id", "created_at", "source", "row")
        .with_columns(words=_words(), goes=soon.fill_null(value=False) | ~pl.col("stays"))
        .with_columns(words=pl.when(pl.col("words").is_duplicated()).then("words"))
        .filter(
            pl.col("words").is_not_null() | pl.col("goes") | own.ne_missing(pl.col("feedback_id"))
        )
        .sort("source", "row")
        .select(
            "source",
            "row",
            "words",
            id=pl.concat_list(near(own), near(pl.col("feedback_id"))),
            person=who,
        )
        .explode("id")
        .unique(maintain_order=True)
    )
    digests = (by_value(rows[name], hidden, pl.String) for name in ("id", "person"))
    return rows.with_columns(digests).drop_nulls("id").select("source", *ALIASES)


def _words() -> pl.Expr:
    """A number for the words of a text; null where they are few."""
    plain = pl.col("text").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ")
    plain = plain.str.strip_chars()
    return pl.when(plain.str.count_matches(" ") + 1 >= _OWN).then(plain.hash())

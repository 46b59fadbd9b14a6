"""The frames that rooms hand to each other: columns, types and what they mean, in one place."""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

__all__ = [
    "CONSENT_FACTS",
    "FEEDBACK",
    "FOCUS_CSAT_BAND",
    "LANGUAGES",
    "LEDGER",
    "MENTIONS",
    "OUTCOMES",
    "RECORDS",
    "SEGMENTS",
    "SENTIMENTS",
    "SPANS",
    "Language",
    "csat_band",
    "empty",
    "nps_segment",
    "reserved_columns",
    "segment_columns",
]

Language = Literal["es", "fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("es", "fr", "en")
SENTIMENTS: Final = ("negative", "neutral", "positive")
SEGMENTS: Final = ("promoter", "passive", "detractor")
FOCUS_CSAT_BAND: Final = "low"
MOST_LEVELS: Final = 50  # of a column that comments are broken down by
ROWS_A_LEVEL: Final = 20  # of a column with more values, that rows are picked by

# What some files say about consent beside yes and no; kept as text behind the schema's own columns.
CONSENT_FACTS: Final = ("consent_date", "consent_until", "consent_scope")

# What a customer did or what happened to the case; every one is optional.
OUTCOMES: Final[dict[str, type[pl.DataType]]] = {
    "churned": pl.Boolean,
    "resolved": pl.Boolean,
    "first_contact_resolution": pl.Boolean,
    "handle_seconds": pl.Float64,
    "first_response_seconds": pl.Float64,
    "resolution_seconds": pl.Float64,
    "lifetime_value": pl.Float64,
    "status": pl.String,
}

# One row per row of a file that could be read. `text` is raw here and nowhere later.
RECORDS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "source": pl.String,  # file name
    "row": pl.Int64,  # row in the file as a person counts them: the first data row is 1
    "feedback_id": pl.String,  # the file's own id, or source:row; unique in a run
    "kind": pl.String,  # survey | review | ticket | social
    "channel": pl.String,
    "touchpoint": pl.String,
    "wave": pl.String,
    "created_at": pl.Datetime("us"),  # wall clock of the file
    "utc_offset": pl.Int16,  # minutes, null when the file does not say
    "respondent_id": pl.String,
    "question": pl.String,  # the survey question, where known
    "text": pl.String,
    "nps": pl.Int8,  # 0..10
    "csat": pl.Float64,  # 0..1, 1 is best
    "ces": pl.Float64,  # 0..1, 1 is least effort
    "consent": pl.String,  # yes | no | unknown: may be quoted in public
    "likes": pl.Int64,
    "replies": pl.Int64,
    "shares": pl.Int64,
    **OUTCOMES,
}

# RECORDS after text/: `text` is redacted, and null in rows that are not analysed.
FEEDBACK: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    **RECORDS,
    "language": pl.String,  # es | fr | en | an ISO code of another language | und
    "nps_segment": pl.String,  # promoter | passive | detractor
    "csat_band": pl.String,  # low | mid | high
    "analysed": pl.Boolean,  # the comment takes part in themes
    "left_out": pl.String,  # why not, one of the ledger's reasons
}

# One row a clause or sentence. start and end are character offsets into feedback.text.
SPANS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "feedback_id": pl.String,
    "span": pl.Int32,  # 0, 1, ... within the comment
    "start": pl.Int32,
    "end": pl.Int32,
    "text": pl.String,
    "sentiment": pl.String,  # negative | neutral | positive
    "polarity": pl.Float64,  # P(positive) - P(negative)
    "confidence": pl.Float64,  # probability of `sentiment`
}

# One row a span-theme pair.
MENTIONS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "feedback_id": pl.String,
    "span": pl.Int32,
    "theme_id": pl.String,
    "similarity": pl.Float64,
    "confident": pl.Boolean,  # above the theme's calibrated limit
}

# One row per row read of any file: its one fate. `reason` is "analysed" or why it was left out.
LEDGER: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "source": pl.String,
    "row": pl.Int64,
    "stage": pl.String,  # read | text
    "reason": pl.String,
}


def empty(schema: dict[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """Return a frame without rows that has every column of ``schema``."""
    return pl.DataFrame(schema=schema)


def nps_segment(score: pl.Expr) -> pl.Expr:
    """Segment of a 0-10 score: 0-6 detractor, 7-8 passive, 9-10 promoter, null stays null."""
    return (
        pl.when(score >= 9)
        .then(pl.lit("promoter"))
        .when(score >= 7)
        .then(pl.lit("passive"))
        .when(score >= 0)
        .then(pl.lit("detractor"))
    )


def csat_band(csat: pl.Expr) -> pl.Expr:
    """Band of a CSAT in 0..1: low up to 0.25 (2 of 5), high from 0.75 (4 of 5), else mid."""
    return (
        pl.when(csat >= 0.75 - 1e-9)
        .then(pl.lit("high"))
        .when(csat > 0.25 + 1e-9)
        .then(pl.lit("mid"))
        .when(csat.is_not_null())
        .then(pl.lit("low"))
    )


def reserved_columns() -> frozenset[str]:
    """Names that a user's own segment column cannot take."""
    return frozenset(FEEDBACK)


def segment_columns(feedback: pl.DataFrame) -> list[str]:
    """Return the user's own columns of a feedback or records frame, in their order."""
    known = reserved_columns()
    return [name for name in feedback.columns if name not in known]

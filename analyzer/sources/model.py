"""What reading hands on: a table of strings first, then a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer.sources.ties import ALIASES

if TYPE_CHECKING:
    from analyzer.sources.dialect import Dialect

__all__ = ["REASONS", "Reading", "ScoreDecision", "Source", "Table"]

# Why a row can be left out while reading; the ledger's reasons of stage "read".
REASONS: Final[tuple[str, ...]] = (
    "broken_row",
    "totals_row",
    "empty_row",
    "invalid_score",
    "preview",
    "spam",
    "not_public",
    "copy",
    "own_post",
)


@dataclass(frozen=True)
class ScoreDecision:
    """Which column is which score, on which scale, and what said so."""

    metric: Literal["nps", "csat", "ces"]
    column: str
    minimum: float
    maximum: float
    basis: Literal["name", "values", "map", "dialect"]
    higher_is_better: bool = True


@dataclass(frozen=True)
class Source:
    """How one file was read, in full."""

    name: str
    kind: str  # survey | review | ticket | social
    format: str  # csv | tsv | xlsx | json | jsonl | parquet
    encoding: str | None
    delimiter: str | None
    dialect: str | None
    rows: int  # data rows read = records + ledger rows of this source
    mapping: dict[str, str]  # canonical name -> column of the file
    scores: tuple[ScoreDecision, ...]
    date_order: str | None  # dmy | mdy | ymd
    notes: tuple[str, ...]
    # What else rows may be called by somebody who withdraws; for quotes, and in no report.
    aliases: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=ALIASES), repr=False, compare=False
    )


@dataclass(frozen=True)
class Reading:
    """All files of a run.

    Attributes:
        records: `analyzer.schema.RECORDS` columns, then the user's own segment columns (strings).
        ledger: `analyzer.schema.LEDGER` columns, one row for each row left out, stage ``read``.
        sources: one entry a file, in the order given.
        refused: respondent ids of those who refuse to be quoted in rows that are left out; rows of
            theirs in ``records`` say no already.
    """

    records: pl.DataFrame
    ledger: pl.DataFrame
    sources: tuple[Source, ...]
    refused: tuple[str, ...] = ()

    @property
    def called(self) -> dict[str, str]:
        """Columns of the files to what they were read as, where all files agree."""
        found: dict[str, set[str]] = {}
        for source in self.sources:
            for name, column in source.mapping.items():
                found.setdefault(column, set()).add(name)
        return {
            column: names.pop()
            for column, names in found.items()
            if len(names) == 1 and column not in self.records.columns
        }


@dataclass(frozen=True)
class Table:
    """A file as strings, before anybody says what a column means.

    Attributes:
        frame: one row a data row that has the right shape, every column a string.
        rows: row number in the file of each frame row, the first data row is 1.
        broken: row numbers of rows without the right shape.
        totals: row numbers of totals and means under the answers.
        questions: column to the survey question that the header rows give it.
    """

    frame: pl.DataFrame
    rows: list[int]
    format: str
    broken: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    questions: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    dialect: Dialect | None = None
    notes: tuple[str, ...] = ()

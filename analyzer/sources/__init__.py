"""Read any file of feedback: survey exports, reviews, tickets, social posts.

    read(paths, mapping) -> Reading(records, ledger, sources)

The way of a file: `files` picks the reader, which gives a `Table` of strings; `columns` decides
what each column is; `assemble` turns it into records and a ledger. What a vendor does differently
is declared in `dialects/*.toml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from analyzer import schema
from analyzer.errors import InputError
from analyzer.sources.assemble import Assembled, assemble
from analyzer.sources.columns import Plan, check_mapping, plan_columns, resolve_mapping
from analyzer.sources.dialect import Dialect, dialects
from analyzer.sources.direction import with_doubts
from analyzer.sources.files import read_table
from analyzer.sources.model import REASONS, Reading, ScoreDecision, Source, Table
from analyzer.sources.notes import Note, read_note
from analyzer.sources.own import check_handles
from analyzer.sources.remote import name_of
from analyzer.sources.totals import without_totals
from analyzer.sources.values import one_spelling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "REASONS",
    "Dialect",
    "Note",
    "Reading",
    "ScoreDecision",
    "Source",
    "dialects",
    "read",
    "read_note",
    "with_doubts",
]


_SAME: Final = ("feedback_id", "text", "nps", "csat", "ces", "created_at", "respondent_id", "wave")

_OWN_WORDS: Final = 20  # characters that two people hardly write alike


def read(
    paths: Sequence[str | Path],
    mapping: Mapping[str, str] | None = None,
    *,
    brand_handles: Sequence[str] = (),
    date_order: Literal["dmy", "mdy"] | None = None,
) -> Reading:
    """Read files of feedback.

    Args:
        paths: CSV, TSV, XLSX, JSON, JSON lines or Parquet files, or their addresses
            (``s3://bucket/wave.parquet``).
        mapping: canonical name to a column, over what is recognised, in every file that has the
            column (``{"text": "Commentaire", "csat": "Note"}``).
        brand_handles: accounts of the brand itself (``@norvia``); what they wrote is left out, and
            agents' initials at the end of posts and tickets are cut.
        date_order: whether 03/04/2024 has the day first; None to decide it from each file.

    Returns:
        Records, the ledger of rows left out, and how each file was read. Files come in the order
        given, rows in the order of the file. People's names, addresses and handles are in no
        column; ``respondent_id`` holds a digest where the file has nothing else.

    Raises:
        InputError: A file cannot be used, or no row of any file can.
        MappingError: A file's columns are not recognised or are ambiguous, or a mapped column is
            in no file.
        ConfigError: A key of the mapping is not known, or a handle is blank.
    """
    wanted = check_mapping(mapping or {})
    handles = check_handles(brand_handles)
    files = [Path(path) for path in paths]
    if not files:
        raise InputError("No file was given. Name at least one file of feedback.")
    names = _source_names(files)
    tables = [without_totals(read_table(path)) for path in files]
    mapped = resolve_mapping(wanted, tables)
    parts: list[Assembled] = []
    sources: list[Source] = []
    for table, name, here in zip(tables, names, mapped, strict=True):
        plan = plan_columns(table, name, here)
        part = assemble(table, plan, name, handles, date_order)
        parts.append(part)
        sources.append(_describe(table, plan, part, name))
    records, again = _once(pl.concat([part.records for part in parts], how="diagonal"))
    records = _with_ids(records).with_columns(
        one_spelling(records[name]) for name in ("channel", "touchpoint", "wave")
    )
    ledger = pl.concat([schema.empty(schema.LEDGER), *(part.ledger for part in parts), again])
    if records.is_empty():
        raise InputError(_nothing_left(names, ledger))
    return Reading(records, ledger, tuple(sources))


def _source_names(files: list[Path]) -> list[str]:
    """File names, told apart by a number where folders hold files of one name."""
    places = [path.resolve() for path in files]
    for path, place in zip(files, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"{path} is given twice. Give each file once.")
    names: list[str] = []
    for path in files:
        name, copy = name_of(path), 2
        while name in names:
            name, copy = f"{name_of(path)} ({copy})", copy + 1
        names.append(name)
    return names


def _describe(table: Table, plan: Plan, part: Assembled, name: str) -> Source:
    scores = tuple(chosen.decision for chosen in plan.scores)
    mapping = plan.roles | {str(score.metric): score.column for score in scores}
    return Source(
        name=name,
        kind=part.kind,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        dialect=table.dialect.name if table.dialect else None,
        rows=len(table.rows) + len(table.broken) + len(table.totals),
        mapping=mapping,
        scores=scores,
        date_order=part.date_order,
        notes=(*table.notes, *plan.notes, *part.notes),
    )


def _once(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take rows that exports share once: the same id, comment, scores and date in another file.

    Returns:
        The records without the copies of the later files, and the ledger of the copies.
    """
    same = [name for name in _SAME if name in records.columns]
    first = pl.col("source").first().over(same)
    # Rows that say neither when nor much may be other people's: ids can start anew in each file.
    sure = pl.col("created_at").is_not_null() | (pl.col("text").str.len_chars() >= _OWN_WORDS)
    copies = (
        pl.col("feedback_id").is_not_null() & sure.fill_null(False) & (pl.col("source") != first)
    )
    ledger = records.filter(copies).select(
        "source", "row", pl.lit("read").alias("stage"), pl.lit("copy").alias("reason")
    )
    return records.filter(~copies), ledger


def _with_ids(records: pl.DataFrame) -> pl.DataFrame:
    """Give every row an id; one that two files use names a row of neither."""
    shared = (
        records.filter(pl.col("feedback_id").is_not_null() & pl.col("feedback_id").is_duplicated())[
            "source"
        ]
        .unique()
        .to_list()
    )
    numbered = pl.format("{}:{}", "source", "row")
    own = pl.when(pl.col("source").is_in(shared)).then(None).otherwise(pl.col("feedback_id"))
    return records.with_columns(pl.coalesce(own, numbered).alias("feedback_id"))


def _nothing_left(names: list[str], ledger: pl.DataFrame) -> str:
    counts = ledger.group_by("reason").len().sort("len", "reason", descending=[True, False])
    why = ", ".join(f"{number} {reason}" for reason, number in counts.rows())
    return (
        f"No usable row in {', '.join(names)}: {why}. Check that the text and score columns are "
        "the right ones, or name them with --map text=COLUMN."
    )

"""Read any file of feedback: survey exports, reviews, tickets, social posts.

    read(paths, mapping) -> Reading(records, ledger, sources)

The way of a file: `files` picks the reader, which gives a `Table` of strings; `columns` decides
what each column is; `assemble` turns it into records and a ledger. What a vendor does differently
is declared in `dialects/*.toml`.
"""

from __future__ import annotations

from dataclasses import replace
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
from analyzer.sources.frames import FRAME, Frame, Input, checked, read_frame
from analyzer.sources.model import REASONS, Reading, ScoreDecision, Source, Table
from analyzer.sources.notes import Note, read_note
from analyzer.sources.own import check_handles
from analyzer.sources.remote import name_of
from analyzer.sources.ties import OWN_ID, aliases, with_refusals
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
    given: Sequence[Input],
    mapping: Mapping[str, str] | None = None,
    *,
    brand_handles: str | Sequence[str] = (),
    date_order: Literal["dmy", "mdy"] | None = None,
) -> Reading:
    """Read files of feedback.

    Args:
        given: CSV, TSV, XLSX, JSON, JSON lines or Parquet files, or their addresses
            (``s3://bucket/wave.parquet``), or frames of polars or pandas.
        mapping: canonical name to a column, over what is recognised, in every file that has the
            column (``{"text": "Commentaire", "csat": "Note"}``).
        brand_handles: account or accounts of the brand itself (``@norvia``); what they wrote is
            left out, and agents' initials at the end of posts and tickets are cut.
        date_order: whether 03/04/2024 has the day first; None to decide it from each file.

    Returns:
        Records, the ledger of rows left out, and how each file was read. Files come in the order
        given, rows in the order of the file. People's names, addresses and handles are in no
        column; ``respondent_id`` holds a digest where the file has nothing else. Who refuses to be
        quoted in a row that is left out has refused in every row.

    Raises:
        InputError: A file cannot be used, or no row of any file can.
        MappingError: A file's columns are not recognised or are ambiguous, or a mapped column is
            in no file.
        ConfigError: A key of the mapping is not known, or a handle is blank.
    """
    wanted = check_mapping(mapping or {})
    handles = check_handles(brand_handles)
    inputs = [checked(one) for one in given]
    if not inputs:
        raise InputError("No file was given. Name at least one file of feedback.")
    names = _source_names(inputs)
    tables = [
        without_totals(read_table(one) if isinstance(one, Path) else read_frame(one, name))
        for one, name in zip(inputs, names, strict=True)
    ]
    mapped = resolve_mapping(wanted, tables)
    parts: list[Assembled] = []
    sources: list[Source] = []
    for table, name, here in zip(tables, names, mapped, strict=True):
        plan = plan_columns(table, name, here)
        part = assemble(table, plan, name, handles, date_order)
        parts.append(part)
        sources.append(_describe(table, plan, part, name))
    left = pl.concat([part.left for part in parts])
    records, again = _once(pl.concat([part.records for part in parts], how="diagonal"))
    records = _with_ids(with_refusals(records, left))
    called = aliases(records, left)
    records = records.drop(OWN_ID).with_columns(
        one_spelling(records[name]) for name in ("channel", "touchpoint", "wave")
    )
    ledger = pl.concat([schema.empty(schema.LEDGER), *(part.ledger for part in parts), again])
    if records.is_empty():
        raise InputError(_nothing_left(names, ledger))
    about = (
        replace(source, aliases=called.filter(source=source.name).drop("source"))
        for source in sources
    )
    refused = left.filter(consent="no")["respondent_id"].drop_nulls().unique().sort()
    return Reading(records, ledger, tuple(about), tuple(refused))


def _source_names(inputs: list[Path | Frame]) -> list[str]:
    """File names, told apart by a number where folders hold files of one name."""
    places = [one.resolve() if isinstance(one, Path) else id(one) for one in inputs]
    names: list[str] = []
    for one, place in zip(inputs, places, strict=True):
        plain = name_of(one) if isinstance(one, Path) else FRAME
        if places.count(place) > 1:
            told = one if isinstance(one, Path) else f"A {plain}"
            raise InputError(f"{told} is given twice. Give each file once.")
        name, copy = plain, 2
        while name in names:
            name, copy = f"{plain} ({copy})", copy + 1
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
        The records without the copies of the later files, and the ledger of the copies. A copy that
        refuses to be quoted refuses for the one that stays.
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
    refused = (copies & (pl.col("consent") == "no")).any().over(same)
    told = records.with_columns(consent=pl.when(refused).then(pl.lit("no")).otherwise("consent"))
    return told.filter(~copies), ledger


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

"""Before an analysis: what a file was recognised as, and a settings file to correct it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import tomli_w

from analyzer import sources, text
from analyzer.report.files import write_all
from analyzer.schema import segment_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analyzer.sources import Source
    from analyzer.text import Prepared

__all__ = ["Inspection", "inspect_files", "write_settings"]

_SHOWN = ("row", "created_at", "nps", "csat", "touchpoint", "language", "text")


@dataclass(frozen=True)
class Inspection:
    """What is known of some files without analysing them.

    Attributes:
        sources: how each file was read.
        first_rows: the first rows of each file, comments redacted.
        problems: source, reason and rows, of rows that will be left out; comments in other
            languages are told apart by language.
        segments: the user's own columns that themes can be broken down by.
    """

    sources: tuple[Source, ...]
    first_rows: pl.DataFrame
    problems: pl.DataFrame
    segments: list[str]


def inspect_files(
    paths: Sequence[Path],
    mapping: Mapping[str, str] | None = None,
    rows: int = 5,
    *,
    brand_handles: Sequence[str] = (),
) -> Inspection:
    """Read files, prepare their comments, and stop there.

    Args:
        paths: files of feedback.
        mapping: canonical name to column, where recognition needs help.
        rows: rows to show of each file.
        brand_handles: accounts of the brand itself; their posts are left out.

    Returns:
        An `Inspection`.

    Raises:
        InputError: A file cannot be used.
        MappingError: Columns are not recognised, or could mean two things.
    """
    reading = sources.read(paths, mapping, brand_handles=brand_handles)
    prepared = text.prepare(reading.records)
    fates = pl.concat([reading.ledger, _by_language(prepared)])
    shown = prepared.feedback.group_by("source", maintain_order=True).head(rows)
    return Inspection(
        sources=reading.sources,
        first_rows=shown.select("source", *_SHOWN),
        problems=(
            fates.filter(pl.col("reason") != "analysed")
            .group_by("source", "reason")
            .agg(rows=pl.len())
            .sort("source", "rows", "reason", descending=[False, True, False])
        ),
        segments=segment_columns(reading.records),
    )


def _by_language(prepared: Prepared) -> pl.DataFrame:
    """The ledger of the comments, with the language where that is the reason."""
    spoken = prepared.feedback.select("source", "row", "language")
    named = prepared.ledger.join(spoken, on=["source", "row"], how="left", maintain_order="left")
    other = pl.col("reason") == "other_language"
    told = pl.format("{} ({})", "reason", "language")
    return named.with_columns(reason=pl.when(other).then(told).otherwise("reason")).drop("language")


def write_settings(inspection: Inspection, path: Path) -> Path:
    """Write what was recognised as a settings file to edit and give back with ``--config``.

    Raises:
        OutputError: The file cannot be written.
    """
    mapping: dict[str, str] = {}
    for source in inspection.sources:
        for name, column in source.mapping.items():
            mapping.setdefault(name, column)
    settings = {"language": "en", "by": inspection.segments[:1], "mapping": mapping}
    return write_all({path.name: tomli_w.dumps(settings)}, path.parent)[0]

"""Before an analysis: what a file was recognised as, and a settings file to correct it with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import tomli_w

from analyzer import sources, text
from analyzer.config import Settings
from analyzer.report.files import write_all
from analyzer.schema import segment_columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.sources import Source
    from analyzer.text import Prepared

__all__ = ["Inspection", "inspect_files", "write_settings"]

_TURNED = {"nps": "nps", "csat": "csat_inverted", "ces": "ces_effort"}
_SHOWN = ("row", "created_at", "nps", "csat", "touchpoint", "language", "text")


@dataclass(frozen=True)
class Inspection:
    """What is known of some files without analysing them.

    Attributes:
        sources: how each file was read.
        first_rows: the first rows of each file, comments redacted.
        problems: source, reason and rows, of rows that will be left out; comments in other
            languages are told apart by language.
        segments: columns that themes can be broken down by, the user's own first.
        settings: what was asked for.
    """

    sources: tuple[Source, ...]
    first_rows: pl.DataFrame
    problems: pl.DataFrame
    segments: list[str]
    settings: Settings


def inspect_files(
    paths: Sequence[Path], settings: Settings | None = None, rows: int = 5
) -> Inspection:
    """Read files, prepare their comments, and stop there.

    Args:
        paths: files of feedback.
        settings: of reading: mapping, languages, brand handles and date order.
        rows: rows to show of each file.

    Returns:
        An `Inspection`.

    Raises:
        InputError: A file cannot be used.
        MappingError: Columns are not recognised, or could mean two things.
        ConfigError: A setting cannot be used.
    """
    told = settings or Settings()
    reading = sources.read(
        paths, told.mapping, brand_handles=told.brand_handles, date_order=told.date_order
    )
    prepared = text.prepare(reading.records, languages=told.languages)
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
        segments=segment_columns(reading.records) + _told_apart(reading.records),
        settings=told,
    )


def _told_apart(records: pl.DataFrame) -> list[str]:
    """Known columns with several values that themes can be broken down by, too."""
    return [name for name in ("touchpoint", "channel") if records[name].drop_nulls().n_unique() > 1]


def _by_language(prepared: Prepared) -> pl.DataFrame:
    """The ledger of the comments, with the language where that is the reason."""
    spoken = prepared.feedback.select("source", "row", "language")
    named = prepared.ledger.join(spoken, on=["source", "row"], how="left", maintain_order="left")
    other = pl.col("reason") == "other_language"
    told = pl.format("{} ({})", "reason", "language")
    return named.with_columns(reason=pl.when(other).then(told).otherwise("reason")).drop("language")


def write_settings(inspection: Inspection, path: Path) -> Path:
    """Write what was recognised as a settings file to edit and give back with ``--config``.

    Without an edit it changes nothing but the breakdown by the first of the user's own columns.

    Raises:
        OutputError: The file cannot be written.
    """
    mapping: dict[str, str] = {}
    for source in inspection.sources:
        turned = {_TURNED[s.metric] for s in source.scores if not s.higher_is_better}
        for name, column in source.mapping.items():
            mapping.setdefault(next((t for t in turned if t.startswith(name)), name), column)
    told = inspection.settings
    orders = [told.date_order, *(s.date_order for s in inspection.sources)]
    order = next((str(o) for o in orders if o in ("dmy", "mdy")), "dmy")
    lines = [
        "# For --config. A line that begins with # is not read: take the # away to use it.",
        "# Words of the report (es, fr or en); without this line the comments' own language.",
        '# language = "en"',
        "# Languages to analyse.",
        _line("languages", list(told.languages)),
        "# The brand's own accounts, whose posts are left out.",
        _line("brand_handles", list(told.brand_handles)),
        "# What 03/04/2024 means (dmy or mdy); without this line each file decides.",
        ("" if told.date_order else "# ") + _line("date_order", order),
        f"# Columns to break themes down by; there are: {', '.join(inspection.segments) or '-'}.",
        _line("by", inspection.segments[:1]),
        "# Groups of fewer people are not shown.",
        _line("minimum_cell", told.minimum_cell),
        "",
        "# What each column is. A file without such a column is read by the names that it has.",
        tomli_w.dumps({"mapping": mapping}),
    ]
    return write_all({path.name: "\n".join(lines)}, path.parent)[0]


def _line(key: str, value: str | int | list[str]) -> str:
    if isinstance(value, list):
        items = [_line("x", item).removeprefix("x = ") for item in value]
        return f"{key} = [{', '.join(items)}]"
    return tomli_w.dumps({key: value}).strip()

"""Options that several commands share, and the analysis that they run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzer.config import Settings
    from analyzer.pipeline import Analysis

__all__ = [
    "Address",
    "BrandHandles",
    "Cache",
    "Config",
    "DateOrder",
    "EncoderName",
    "Engine",
    "Files",
    "Formats",
    "Json",
    "Languages",
    "Map",
    "Quiet",
    "Seed",
    "SentimentName",
    "ThemeCount",
    "Where",
    "run_analysis",
]

Files = Annotated[
    list[Path],
    typer.Argument(help="CSV, TSV, XLSX, JSON, JSONL or Parquet; surveys and mentions together."),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=COLUMN", help="Say what a column means, e.g. csat=Note."),
]
BrandHandles = Annotated[
    list[str] | None,
    typer.Option(
        "--brand-handle",
        metavar="ACCOUNT",
        help="The brand's own account, whose posts are left out; may be repeated.",
    ),
]
DateOrder = Annotated[
    str | None,
    typer.Option(help="What 03/04/2024 means: dmy or mdy [default: decided from each file]."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--languages", help="Languages to analyse; may be repeated [default: es, fr and en]."
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file (analyzer.toml).")
]
EncoderName = Annotated[
    str | None,
    typer.Option(help="A sentence-transformers model, by folder or name, for the bundled encoder."),
]
SentimentName = Annotated[
    str | None,
    typer.Option(help="A text-classification model, by folder or name, for the shipped one."),
]
ThemeCount = Annotated[
    int | None, typer.Option("--themes", help="Exact number of themes [default: the data decide].")
]
Where = Annotated[
    str | None, typer.Option(help="Keep rows that meet a condition, e.g. \"country = 'ES'\".")
]
Seed = Annotated[int | None, typer.Option(help="Seed of every random step [default: 0].")]
Cache = Annotated[
    bool | None,
    typer.Option(
        "--cache/--no-cache", help="Keep vectors, and sealed what was found, on disk between runs."
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="Where texts are encoded and scored: local or ray [default: local]."),
]
Address = Annotated[
    str | None,
    typer.Option(help="A running Ray cluster, with --engine ray [default: one on this machine]."),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="What to write: html, json, csv, xlsx, pptx, md, parquet; may be repeated or a list "
        "with commas [default: html,json,csv].",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON summary for another program, nothing else.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")]


def run_analysis(files: list[Path], settings: Settings, *, quiet: bool) -> Analysis:
    """Analyse files, with progress bars unless nobody watches."""
    from analyzer.cli import console
    from analyzer.pipeline import analyze

    with console.progress(shown=not quiet) as progress:
        return analyze(*files, **settings.for_analyze(), progress=progress)

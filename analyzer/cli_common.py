"""Options that several commands share, and the analysis that they run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analyzer.config import Settings
    from analyzer.pipeline import Analysis

__all__ = [
    "Cache",
    "Config",
    "EncoderName",
    "Files",
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
    bool | None, typer.Option("--cache/--no-cache", help="Keep vectors on disk between runs.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")]


def run_analysis(files: list[Path], settings: Settings, *, quiet: bool) -> Analysis:
    """Analyse files, with progress bars unless nobody watches."""
    from analyzer import console
    from analyzer.pipeline import analyze

    with console.progress(shown=not quiet) as progress:
        return analyze(*files, **settings.for_analyze(), progress=progress)

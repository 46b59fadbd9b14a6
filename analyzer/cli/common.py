"""Options that several commands share, and the analysis that they run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    "check_address",
    "check_outputs",
    "run_analysis",
]

# What Ray takes: auto, local, ray://head:10001, head:6379.
_ADDRESS = re.compile(r"auto|local|[a-z][\w.+-]*://\S+|(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")
_MAGIC_AT = 8  # bytes before the mark of a DuckDB file
_MAGIC = b"DUCK"

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


def check_address(address: str | None) -> None:
    """Refuse what no cluster can be at, also where the result is recalled and none is asked.

    Raises:
        ConfigError: It is neither a host with its port, nor one of Ray's own words.
    """
    if address is not None and not _ADDRESS.fullmatch(address):
        raise ConfigError(
            f"--address is {address!r}. Give a cluster such as ray://head:10001 or head:6379, or "
            "auto for the one that this machine is part of."
        )


def check_outputs(outputs: Iterable[Path], inputs: Iterable[Path | None] = ()) -> None:
    """Refuse to replace a file that is read, to write one twice, and to destroy a workspace.

    Args:
        outputs: files that the command will write.
        inputs: files that it reads, ``answers.xlsx#March`` too; None is passed over.

    Raises:
        OutputError: An output is an input, another output, or a DuckDB database.
    """
    read = [_without_sheet(path) for path in inputs if path is not None]
    before: list[Path] = []
    for out in outputs:
        if any(_same(out, path) for path in read):
            raise OutputError(
                f"Cannot write {out}: this command reads that file, and would replace it. Choose "
                "another name or folder for what is written."
            )
        if any(_same(out, path) for path in before):
            raise OutputError(
                f"Cannot write {out}: two results of this command would have that name. Give each "
                "a name of its own; an audit file ends in -audit.csv."
            )
        if _is_database(out):
            raise OutputError(
                f"Cannot write {out}: a database is there, such as that of a workspace, and would "
                "be destroyed. Choose another name."
            )
        before.append(out)


def _without_sheet(path: Path) -> Path:
    name, mark, _ = path.name.rpartition("#")
    return path.with_name(name) if mark and name and not path.exists() else path


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file: by name, by link, or in capitals on some disks."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(_MAGIC_AT + len(_MAGIC))[_MAGIC_AT:] == _MAGIC
    except OSError:
        return False


def run_analysis(files: list[Path], settings: Settings, *, quiet: bool) -> Analysis:
    """Analyse files, with progress bars unless nobody watches."""
    from analyzer.cli import console
    from analyzer.pipeline import analyze

    with console.progress(shown=not quiet) as progress:
        return analyze(*files, **settings.for_analyze(), progress=progress)

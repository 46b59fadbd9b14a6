"""The command line: one command a job; it parses, calls and prints."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer import __version__, cli_quotes, cli_workspace
from analyzer.cli_common import (
    Cache,
    Config,
    EncoderName,
    Files,
    Map,
    Quiet,
    Seed,
    SentimentName,
    ThemeCount,
    Where,
    run_analysis,
)
from analyzer.errors import AnalyzerError, ConfigError

if TYPE_CHECKING:
    from analyzer.config import Settings
    from analyzer.pipeline import Analysis

__all__ = ["app", "main"]

app = typer.Typer(
    name="analyzer",
    help="Themes in Spanish, French and English feedback, tied to NPS segments. Works offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"analyzer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def report(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of feedback; surveys and mentions together."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("report"),
    language: Annotated[
        str | None,
        typer.Option(help="Words of the report: es, fr or en [default: the comments' own]."),
    ] = None,
    mapping: Map = None,
    config: Config = None,
    encoder: EncoderName = None,
    sentiment_model: SentimentName = None,
    themes: ThemeCount = None,
    codebook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Assign to the themes of a codebook (TOML)."),
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Column to break themes down by; may be repeated.")
    ] = None,
    where: Where = None,
    minimum_cell: Annotated[
        int | None, typer.Option(help="Hide groups of fewer people [default: 5].")
    ] = None,
    seed: Seed = None,
    cache: Cache = None,
    workspace: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Report a wave of a workspace instead of files."),
    ] = None,
    wave: Annotated[str | None, typer.Option(help="Wave to report, with --workspace.")] = None,
    compare: Annotated[
        str | None, typer.Option(help="Wave to compare with, with --workspace.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a theme report: what hurts, how many people, how much NPS it costs."""
    from analyzer.config import load_settings, parse_mapping

    _check_source(files, workspace, wave, compare)
    settings = load_settings(
        config,
        mapping=parse_mapping(mapping),
        language=language,
        encoder=encoder,
        sentiment_model=sentiment_model,
        themes=themes,
        codebook=None if codebook is None else str(codebook),
        by=by or None,
        where=where,
        minimum_cell=minimum_cell,
        seed=seed,
        cache=cache,
    )
    if workspace is None or wave is None:
        _report(files or [], out, settings, quiet=quiet)
    else:
        _report_workspace(workspace, wave, compare, out, settings, quiet=quiet)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("demo-report"),
    language: Annotated[
        str | None,
        typer.Option(help="Words of the report: es, fr or en [default: the comments' own]."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the report of the two demo waves that come with analyzer."""
    from analyzer.config import load_settings
    from analyzer.resources import folder

    files = sorted((folder("corpora") / "demo").glob("*.*"))
    _report(files, out, load_settings(None, language=language, by=["touchpoint"]), quiet=quiet)


@app.command()
def inspect(
    files: Files,
    mapping: Map = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to show of each file.")] = 5,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a settings file to edit.")
    ] = None,
) -> None:
    """Say what files were recognised as: columns, scores, problems, first rows (redacted)."""
    from analyzer import console
    from analyzer.config import parse_mapping
    from analyzer.inspection import inspect_files, write_settings

    seen = inspect_files(files, parse_mapping(mapping), rows)
    console.inspection(seen)
    if write is not None:
        typer.echo(f"Written: {write_settings(seen, write)}")


@app.command()
def dialects() -> None:
    """List the vendor exports that are recognised by their shape."""
    from analyzer import console
    from analyzer.sources import dialects as known

    console.dialects(known())


app.command()(cli_quotes.quotes)
app.command()(cli_quotes.interviews)
app.command()(cli_quotes.privacy)


cli_workspace.register(app)


def _check_source(
    files: list[Path] | None, workspace: Path | None, wave: str | None, compare: str | None
) -> None:
    """Files, or a wave of a workspace: one of the two."""
    if workspace is None:
        if not files:
            raise ConfigError("Name the files to report, or a workspace with --workspace DIR.")
        if wave or compare:
            raise ConfigError("--wave and --compare need --workspace DIR.")
    elif files:
        raise ConfigError(
            "Name files or --workspace, not both; `analyzer ingest` adds files to a workspace."
        )
    elif wave is None:
        raise ConfigError(
            "Say which wave of the workspace with --wave; `analyzer waves` lists them."
        )


def _report_workspace(
    workspace: Path,
    wave: str,
    compare: str | None,
    out: Path,
    settings: Settings,
    *,
    quiet: bool,
) -> None:
    check = (settings.where, settings.themes, settings.codebook, settings.mapping or None)
    if any(value is not None for value in check):
        raise ConfigError(
            "--where, --themes, --codebook and --map shape the themes of files; those of a "
            "workspace are already there. Leave them out."
        )
    from analyzer.report.files import check_folder

    check_folder(out)
    analysis = cli_workspace.workspace_report(
        workspace,
        wave,
        compare,
        by=list(settings.by),
        minimum_cell=settings.minimum_cell,
        encoder=settings.encoder,
        sentiment_model=settings.sentiment_model,
    )
    _write(analysis, out, settings, quiet=quiet)


def _report(files: list[Path], out: Path, settings: Settings, *, quiet: bool) -> None:
    from analyzer.report.files import check_folder

    check_folder(out)
    _write(run_analysis(files, settings, quiet=quiet), out, settings, quiet=quiet)


def _write(analysis: Analysis, out: Path, settings: Settings, *, quiet: bool) -> None:
    from analyzer import console
    from analyzer.report import write

    language = settings.language or analysis.main_language
    written = write(analysis, out, language=language)
    if not quiet:
        console.summary(analysis, written, language)


def main() -> None:
    """Run the command line; expected failures are one message on stderr and exit status 2."""
    try:
        app()
    except AnalyzerError as error:
        typer.echo(f"analyzer: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("ANALYZER_DEBUG"):
            raise
        # The message of an unforeseen exception may hold a comment: say where, not what.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        typer.echo(
            f"analyzer: internal error, {type(error).__name__} at {Path(frame.filename).name}:"
            f"{frame.lineno}. Set ANALYZER_DEBUG=1 to see it whole, and please report it.",
            err=True,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()

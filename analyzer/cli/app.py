"""The command line: one command a job; it parses, calls and prints."""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer import __version__
from analyzer.cli import quotes as cli_quotes
from analyzer.cli import workspace as cli_workspace
from analyzer.cli.common import (
    Address,
    BrandHandles,
    Cache,
    Config,
    DateOrder,
    EncoderName,
    Engine,
    Files,
    Formats,
    Json,
    Languages,
    Map,
    Quiet,
    Seed,
    SentimentName,
    ThemeCount,
    Where,
    check_address,
    check_outputs,
    run_analysis,
)
from analyzer.errors import AnalyzerError, ConfigError

if TYPE_CHECKING:
    from analyzer.config import Settings
    from analyzer.pipeline import Analysis

__all__ = ["app", "main"]

_INTERRUPTED = 130  # what typer exits with after Ctrl-C, without a word

app = typer.Typer(
    name="analyzer",
    help="Themes in Spanish, French and English feedback, tied to NPS segments. Works offline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help is plain text: a default in brackets is not markup
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
    languages: Languages = None,
    brand_handles: BrandHandles = None,
    date_order: DateOrder = None,
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
    engine: Engine = None,
    address: Address = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            metavar="DIR",
            help="Report a wave of a workspace instead of files [default, with --wave: this "
            "folder].",
        ),
    ] = None,
    wave: Annotated[str | None, typer.Option(help="Wave of the workspace to report.")] = None,
    compare: Annotated[
        str | None, typer.Option(help="Wave of the workspace to compare with.")
    ] = None,
    formats: Formats = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a theme report: what hurts, how many people, how much NPS it costs."""
    from analyzer.config import load_settings, parse_mapping

    workspace = cli_workspace.reported(workspace, files, wave)
    _check_source(files, workspace, wave, compare)
    output = _output(out, formats, quiet=quiet, as_json=as_json)
    check_outputs(output.files(), [*(files or []), config, codebook])
    settings = load_settings(
        config,
        mapping=parse_mapping(mapping),
        language=language,
        languages=languages or None,
        brand_handles=brand_handles or None,
        date_order=date_order,
        encoder=encoder,
        sentiment_model=sentiment_model,
        themes=themes,
        codebook=None if codebook is None else str(codebook),
        by=by or None,
        where=where,
        minimum_cell=minimum_cell,
        seed=seed,
        cache=cache,
        engine=engine,
        address=address,
    )
    check_address(settings.address)
    if workspace is None or wave is None:
        _report(files or [], settings, output)
    else:
        _report_workspace(workspace, wave, compare, settings, output)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("demo-report"),
    language: Annotated[
        str | None,
        typer.Option(help="Words of the report: es, fr or en [default: the comments' own]."),
    ] = None,
    formats: Formats = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of the two demo waves that come with analyzer."""
    from analyzer.config import load_settings
    from analyzer.resources import folder

    output = _output(out, formats, quiet=quiet, as_json=as_json)
    files = sorted((folder("corpora") / "demo").glob("*.*"))
    check_outputs(output.files(), files)
    _report(files, load_settings(None, language=language, by=["touchpoint"]), output)


@app.command("open")
def open_report(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Folder of a report, or its page.")
    ] = Path("report"),
) -> None:
    """Show a report in the browser."""
    from analyzer.cli.browser import show

    typer.echo(f"Opened {show(folder)}")


@app.command()
def inspect(
    files: Files,
    mapping: Map = None,
    config: Config = None,
    languages: Languages = None,
    brand_handles: BrandHandles = None,
    date_order: DateOrder = None,
    rows: Annotated[int, typer.Option(min=1, help="Rows to show of each file.")] = 5,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a settings file to edit.")
    ] = None,
) -> None:
    """Say what files were recognised as: columns, scores, problems, first rows (redacted)."""
    from analyzer.cli import console
    from analyzer.config import load_settings, parse_mapping
    from analyzer.inspection import inspect_files, write_settings

    if write is not None:
        check_outputs([write], [*files, config])
    settings = load_settings(
        config,
        mapping=parse_mapping(mapping),
        languages=languages or None,
        brand_handles=brand_handles or None,
        date_order=date_order,
    )
    seen = inspect_files(files, settings, rows)
    console.inspection(seen)
    if write is not None:
        typer.echo(f"Written: {write_settings(seen, write)}")


@app.command()
def dialects() -> None:
    """List the vendor exports that are recognised by their shape."""
    from analyzer.cli import console
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
            raise ConfigError(
                "--wave and --compare are about a workspace. Leave the files out: those of the "
                "workspace are already there."
            )
    elif files:
        raise ConfigError(
            "Name files or --workspace, not both; `analyzer ingest` adds files to a workspace."
        )
    elif wave is None:
        raise ConfigError(
            "Say which wave of the workspace with --wave; `analyzer waves` lists them."
        )


# Settings that a workspace has of its own, or that a file is read by.
_OF_FILES = {
    "where": "--where", "themes": "--themes", "codebook": "--codebook", "mapping": "--map",
    "seed": "--seed", "languages": "--languages", "brand_handles": "--brand-handle",
    "date_order": "--date-order",
}  # fmt: skip


# What a report writes beside report.html and the like.
_FILES = {
    "csv": ("themes.csv", "mentions.csv", "ledger.csv"),
    "md": ("summary.md",),
    "parquet": ("feedback.parquet", "mentions.parquet", "themes.parquet", "atlas.parquet"),
}


@dataclass(frozen=True)
class _Output:
    """Where a report goes, as what, and what is said about it."""

    folder: Path
    formats: tuple[str, ...]
    quiet: bool
    as_json: bool

    def files(self) -> list[Path]:
        """Every file that will be written."""
        names = (_FILES.get(name, (f"report.{name}",)) for name in self.formats)
        return [self.folder / name for own in names for name in own]


def _output(out: Path, formats: list[str] | None, *, quiet: bool, as_json: bool) -> _Output:
    """Check what can be checked before long work starts."""
    from analyzer.report import parse_formats
    from analyzer.report.files import check_folder

    chosen = parse_formats(formats)
    check_folder(out)
    return _Output(out, chosen, quiet, as_json)


def _report_workspace(
    workspace: Path, wave: str, compare: str | None, settings: Settings, output: _Output
) -> None:
    given = [option for name, option in _OF_FILES.items() if name in settings.model_fields_set]
    if given:
        raise ConfigError(
            f"{', '.join(given)} says how files become themes, and those of a workspace are there "
            "already. Leave it out, of the settings file too; `analyzer init` and "
            "`analyzer ingest` take what holds for a workspace."
        )
    if settings.engine != "local" or settings.address is not None:
        raise ConfigError(
            "--engine and --address are for files: the comments of a workspace were redacted, "
            "encoded and scored when they were ingested, on that machine. Leave them out, of the "
            "settings file too."
        )
    analysis = cli_workspace.workspace_report(
        workspace,
        wave,
        compare,
        by=list(settings.by),
        minimum_cell=settings.minimum_cell,
        encoder=settings.encoder,
        sentiment_model=settings.sentiment_model,
        cache=settings.cache,
    )
    _write(analysis, settings, output)
    if output.quiet or output.as_json:
        return
    language = settings.language or analysis.main_language
    cli_workspace.tell_changes(analysis, language)
    cli_workspace.tell_subjects(analysis, language)


def _report(files: list[Path], settings: Settings, output: _Output) -> None:
    _write(run_analysis(files, settings, quiet=output.quiet), settings, output)


def _write(analysis: Analysis, settings: Settings, output: _Output) -> None:
    from analyzer import report
    from analyzer.cli import console

    language = settings.language or analysis.main_language
    model = report.build(analysis)
    written = report.write(
        analysis, output.folder, language=language, formats=output.formats, model=model
    )
    told = report.summary(model, language, written)
    if output.as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif not output.quiet:
        old = report.left_over(written)
        console.summary(analysis, told, model["rankings"]["hurts"], written, old)


def main() -> None:
    """Run the command line; expected failures are one message on stderr and exit status 2."""
    try:
        app()
    except SystemExit as stop:
        if stop.code == _INTERRUPTED:
            typer.echo("analyzer: interrupted; no result is left half-written.", err=True)
        raise
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

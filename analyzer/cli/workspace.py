"""Commands on a workspace: parse, call, print. `register` adds them to the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli import themes as cli_themes
from analyzer.cli.common import BrandHandles, DateOrder, EncoderName, Quiet, SentimentName
from analyzer.cli.space import HERE, Folder, number, open_space, percent, show

if TYPE_CHECKING:
    from analyzer.analysis import Analysis

__all__ = ["register", "reported", "tell_changes", "tell_subjects", "workspace_report"]

# What a status of the history is called, and what a person can do.
_STATUSES = {
    "emerging": ("New theme", ""),
    "split": (
        "Two subjects where there was one",
        ". To divide it for good: analyzer themes split",
    ),
    "merged": (
        "One subject where there were two themes",
        ". To make them one for good: analyzer themes merge",
    ),
    "retired": ("Nobody names it now", ""),
}


def register(app: typer.Typer) -> None:
    """Add the commands to the analyzer's command line."""
    for command in (init, ingest, waves, forget, doctor, reencode):
        app.command()(command)
    cli_themes.register(app)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new workspace.")],
    encoder: EncoderName = None,
    sentiment_model: SentimentName = None,
    languages: Annotated[
        list[str] | None, typer.Option("--languages", help="Languages to analyse; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random step.")] = 0,
) -> None:
    """Make a workspace: a folder that remembers waves and themes."""
    from analyzer.schema import LANGUAGES
    from analyzer.store import Workspace

    Workspace.create(
        folder,
        encoder=encoder,
        sentiment_model=sentiment_model,
        languages=languages or LANGUAGES,
        seed=seed,
    )
    typer.echo(f"Made {folder}. Next: analyzer ingest FILE --wave 2026-Q3 --workspace {folder}")


def ingest(
    files: Annotated[list[Path], typer.Argument(help="Files of feedback of one wave.")],
    wave: Annotated[
        str | None,
        typer.Option(help="Name of the wave, such as 2026-Q3 [default: the file's wave column]."),
    ] = None,
    workspace: Folder = HERE,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="NAME=COLUMN", help="Say what a column means."),
    ] = None,
    brand_handles: BrandHandles = None,
    date_order: DateOrder = None,
    encoder: EncoderName = None,
    sentiment_model: SentimentName = None,
    quiet: Quiet = False,
) -> None:
    """Add files to a wave; the same rows twice change nothing, corrected rows replace."""
    from analyzer.cli import console
    from analyzer.config import parse_mapping

    space = open_space(workspace, encoder, sentiment_model)
    with console.progress(shown=not quiet) as progress:
        done = space.ingest(
            files,
            wave,
            parse_mapping(mapping),
            progress,
            brand_handles=brand_handles or (),
            date_order=_order(date_order),
        )
    if quiet:
        return
    typer.echo(
        f"{', '.join(done.waves)}: {number(done.added, 'row')} added, {done.replaced:,} replaced, "
        f"{done.unchanged:,} unchanged"
    )
    if done.fates:
        typer.echo("  " + ", ".join(f"{n:,} {fate}" for fate, n in done.fates.items()))
    for reason, count in done.left_out.items():
        typer.echo(f"  {count:,} left out: {reason}")
    for line in done.notes:
        typer.echo(f"  {line}")


def _order(given: str | None) -> Literal["dmy", "mdy"] | None:
    """Check the order of day and month."""
    from analyzer.errors import ConfigError

    match given:
        case None | "dmy" | "mdy":
            return given
    raise ConfigError(f"--date-order is {given!r}. Choose dmy or mdy, or leave it out.")


def waves(workspace: Folder = HERE) -> None:
    """List the waves, oldest first."""
    show(open_space(workspace).waves().drop("themes_assigned"), "waves")


def reported(workspace: Path | None, files: list[Path] | None, wave: str | None) -> Path | None:
    """Where ``analyzer report`` looks: with a wave and no file, where other commands do."""
    if workspace is None and wave is not None and not files:
        return Path(os.environ.get("ANALYZER_WORKSPACE") or HERE)
    return workspace


def workspace_report(
    workspace: Path,
    wave: str,
    compare: str | None,
    *,
    by: list[str] | None,
    minimum_cell: int,
    encoder: str | None,
    sentiment_model: str | None,
    cache: bool,
) -> Analysis:
    """Build the analysis for ``analyzer report --workspace``."""
    return open_space(workspace, encoder, sentiment_model, cache=cache).report(
        wave, compare, by=by or (), minimum_cell=5 if minimum_cell is None else minimum_cell
    )


def tell_changes(analysis: Analysis, language: str) -> None:
    """Print what became of themes in this wave, and what to do about it."""
    import polars as pl

    themes = analysis.themes.with_columns(
        named=pl.format("{} {}", "theme_id", f"name_{language}")
    ).sort("theme_id")
    for status, told in _STATUSES.items():
        own = themes.filter(pl.col("wave_status") == status)["named"].to_list()
        if own:
            typer.echo(f"{told[0]}: {', '.join(own)}{told[1]}")
    drifted = themes.filter(pl.col("drift"))["named"].to_list()
    if drifted:
        typer.echo(
            f"Content changed under its name: {', '.join(drifted)}. Look at its comments, and "
            "rename or split it: analyzer themes rename, analyzer themes split"
        )


def tell_subjects(analysis: Analysis, language: str) -> None:
    """Print which subjects people name more or less often than in the wave compared with."""
    import polars as pl

    from analyzer.store.subjects import CHANGES

    found = analysis.subjects
    if found is None:
        return
    clear = found.filter(pl.col("verdict").is_in(list(CHANGES)))
    if clear.is_empty():
        typer.echo("No subject of the starter codebook is named clearly more or less often.")
        return
    before = clear["previous"][0]
    for way, told in ((1, "more"), (-1, "less")):
        named = [
            f"{row[f'name_{language}']} ({_percent_or_few(row['share_before'])} -> "
            f"{_percent_or_few(row['share'])} of people)"
            for row in clear.iter_rows(named=True)
            if CHANGES[row["verdict"]] == way
        ]
        if named:
            typer.echo(f"Named {told} often than in {before}: {', '.join(named)}")


def _percent_or_few(share: float | None) -> str:
    return "a few" if share is None else percent(share)


def forget(
    respondent: Annotated[str, typer.Option("--respondent", help="Id of the person.")],
    workspace: Folder = HERE,
) -> None:
    """Erase a person's comments, vectors and cached vectors, and prove it."""
    done = open_space(workspace).forget(respondent)
    erased = (
        number(done.comments, "row"),
        number(done.vectors, "vector"),
        number(done.cached, "cached vector"),
    )
    typer.echo(
        f"Erased: {', '.join(erased)}. Looked for traces in {number(done.checked, 'file')}: "
        + (f"found in {', '.join(done.left)}." if done.left else "none left.")
    )
    typer.echo("Reports, quotes and sheets that you exported are yours to delete.")
    if done.left:
        typer.echo(
            "Not everything is gone. Delete the files that are named; table.column is where "
            "workspace.duckdb still has the id or the words: change what they came from, such as a "
            "codebook or another file's column. Then run this command again."
        )
        raise typer.Exit(1)


def doctor(workspace: Folder = HERE) -> None:
    """Check that the workspace is whole."""
    problems = open_space(workspace).doctor()
    for problem in problems:
        typer.echo(f"{problem.count:,} {problem.what}: {problem.remedy}")
    if problems:
        raise typer.Exit(1)
    typer.echo("The workspace is whole.")


def reencode(
    workspace: Folder = HERE, encoder: EncoderName = None, sentiment_model: SentimentName = None
) -> None:
    """Redo all vectors and sentiment with other models; themes keep ids, names and comments."""
    count = open_space(workspace, encoder, sentiment_model).reencode()
    typer.echo(f"{number(count, 'passage')} encoded anew.")

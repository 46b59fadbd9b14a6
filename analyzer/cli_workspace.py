"""Commands on a workspace: parse, call, print. `register` adds them to the command line."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import polars as pl

    from analyzer.store import Workspace
    from analyzer.store.edits import Edit

__all__ = ["register", "workspace_report"]

themes_app = typer.Typer(no_args_is_help=True, help="List and edit the themes of a workspace.")
codebook_app = typer.Typer(no_args_is_help=True, help="Themes as a file that people can edit.")
review_app = typer.Typer(no_args_is_help=True, help="Let people check, and measure agreement.")

Folder = Annotated[
    Path,
    typer.Option("--workspace", "-w", metavar="DIR", envvar="ANALYZER_WORKSPACE",
                 help="The workspace [default: this folder]."),
]  # fmt: skip
EncoderName = Annotated[
    str | None,
    typer.Option(help="A sentence-transformers model, by folder or name, for the bundled encoder."),
]
SentimentName = Annotated[
    str | None,
    typer.Option(help="A text-classification model, by folder or name, for the shipped one."),
]
By = Annotated[str | None, typer.Option("--author", help="Who does it [default: your login].")]
Why = Annotated[str, typer.Option("--reason", help="Why, for those who come after.")]
Preview = Annotated[bool, typer.Option("--preview", help="Tell what would move; change nothing.")]
ThemeId = Annotated[str, typer.Argument(metavar="THEME", help="Id of a theme, such as T03.")]
_HERE = Path()


def register(app: typer.Typer) -> None:
    """Add the commands to the analyzer's command line."""
    for command in (init, ingest, waves, forget, doctor, reencode):
        app.command()(command)
    app.add_typer(themes_app, name="themes")
    app.add_typer(codebook_app, name="codebook")
    app.add_typer(review_app, name="review")


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
    workspace: Folder = _HERE,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="NAME=COLUMN", help="Say what a column means."),
    ] = None,
    encoder: EncoderName = None,
    sentiment_model: SentimentName = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = False,
) -> None:
    """Add files to a wave; the same rows twice change nothing, corrected rows replace."""
    from analyzer import console
    from analyzer.config import parse_mapping

    space = _open(workspace, encoder, sentiment_model)
    with console.progress(shown=not quiet) as progress:
        done = space.ingest(files, wave, parse_mapping(mapping), progress)
    if quiet:
        return
    typer.echo(
        f"{', '.join(done.waves)}: {done.added:,} rows added, {done.replaced:,} replaced, "
        f"{done.unchanged:,} unchanged"
    )
    for reason, count in done.left_out.items():
        typer.echo(f"  {count:,} left out: {reason}")
    for line in done.notes:
        typer.echo(f"  {line}")


def waves(workspace: Folder = _HERE) -> None:
    """List the waves, oldest first."""
    _table(_open(workspace).waves().drop("themes_assigned"), "waves")


def workspace_report(
    workspace: Path,
    wave: str,
    compare: str | None,
    *,
    by: list[str] | None,
    minimum_cell: int | None,
    encoder: str | None,
    sentiment_model: str | None,
) -> Any:  # noqa: ANN401 - an Analysis, whose import is slow
    """Build the analysis for ``analyzer report --workspace``."""
    return _open(workspace, encoder, sentiment_model).report(
        wave, compare, by=by or (), minimum_cell=5 if minimum_cell is None else minimum_cell
    )


def forget(
    respondent: Annotated[str, typer.Option("--respondent", help="Id of the person.")],
    workspace: Folder = _HERE,
) -> None:
    """Erase a person's comments, vectors and cached vectors, and prove it."""
    done = _open(workspace).forget(respondent)
    typer.echo(
        f"Erased {done.comments:,} rows, {done.vectors:,} vectors and {done.cached:,} cached "
        f"vectors. Looked for traces in {done.checked} files: "
        + (", ".join(done.left) if done.left else "none left.")
    )
    typer.echo("Reports, quotes and sheets that you exported are yours to delete.")
    if done.left:
        raise typer.Exit(1)


def doctor(workspace: Folder = _HERE) -> None:
    """Check that the workspace is whole."""
    problems = _open(workspace).doctor()
    for problem in problems:
        typer.echo(f"{problem.count:,} {problem.what}: {problem.remedy}")
    if problems:
        raise typer.Exit(1)
    typer.echo("The workspace is whole.")


def reencode(
    workspace: Folder = _HERE, encoder: EncoderName = None, sentiment_model: SentimentName = None
) -> None:
    """Redo all vectors and sentiment with other models; themes keep ids, names and comments."""
    count = _open(workspace, encoder, sentiment_model).reencode()
    typer.echo(f"{count:,} passages encoded anew.")


@themes_app.command("list")
def themes_list(workspace: Folder = _HERE) -> None:
    """List every theme there ever was."""
    columns = ("theme_id", "name_es", "name_fr", "name_en", "comments", "state", "since")
    _table(_open(workspace).themes().select(columns), "themes")


@themes_app.command("show")
def themes_show(theme: ThemeId, workspace: Folder = _HERE) -> None:
    """Show what became of a theme, wave by wave."""
    import polars as pl

    space = _open(workspace)
    _table(space.themes().filter(pl.col("theme_id") == theme).drop("theme_id"), theme)
    columns = ("wave", "status", "people", "share", "share_before", "related", "drift")
    _table(space.history(theme).select(columns), "history")


@themes_app.command("rename")
def themes_rename(
    theme: ThemeId,
    es: Annotated[str | None, typer.Option(help="Spanish name.")] = None,
    fr: Annotated[str | None, typer.Option(help="French name.")] = None,
    en: Annotated[str | None, typer.Option(help="English name.")] = None,
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Rename a theme; the name stays in every later wave."""
    names = {code: name for code, name in (("es", es), ("fr", fr), ("en", en)) if name is not None}
    _told(
        _open(workspace).rename(
            theme, author=_author(author), reason=reason, preview=preview, **names
        )
    )


@themes_app.command("merge")
def themes_merge(
    sources: Annotated[list[str], typer.Argument(metavar="THEME...", help="Themes to merge.")],
    into: Annotated[str, typer.Option(help="The theme that stays.")],
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Make several themes one."""
    _told(
        _open(workspace).merge(
            sources, into, author=_author(author), reason=reason, preview=preview
        )
    )


@themes_app.command("split")
def themes_split(
    theme: ThemeId,
    parts: Annotated[int, typer.Option(help="How many themes to make of it.")] = 2,
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Divide a theme; the largest part keeps the id."""
    _told(
        _open(workspace).split(theme, parts, author=_author(author), reason=reason, preview=preview)
    )


@themes_app.command("move")
def themes_move(
    comments: Annotated[
        list[str], typer.Argument(metavar="FEEDBACK_ID...", help="Ids, as in mentions.csv.")
    ],
    to: Annotated[str, typer.Option(help="The theme they belong to.")],
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Put comments into a theme by hand, for good."""
    _told(
        _open(workspace).move(comments, to, author=_author(author), reason=reason, preview=preview)
    )


@themes_app.command("exclude")
def themes_exclude(
    theme: ThemeId,
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Take a theme out of reports."""
    _told(_open(workspace).exclude(theme, author=_author(author), reason=reason, preview=preview))


@themes_app.command("restore")
def themes_restore(
    theme: ThemeId,
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Bring an excluded theme back."""
    _told(_open(workspace).restore(theme, author=_author(author), reason=reason, preview=preview))


@themes_app.command("note")
def themes_note(
    theme: ThemeId,
    text: Annotated[str, typer.Argument(help="The remark; empty takes it away.")],
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
) -> None:
    """Keep a remark on a theme."""
    _told(_open(workspace).note(theme, text, author=_author(author), reason=reason))


@themes_app.command("reassign")
def themes_reassign(
    wave: Annotated[
        list[str] | None, typer.Option(help="Only this wave; may be repeated [default: all].")
    ] = None,
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Assign past comments anew to the themes of today."""
    _told(
        _open(workspace).reassign(
            wave or None, author=_author(author), reason=reason, preview=preview
        )
    )


@themes_app.command("undo")
def themes_undo(workspace: Folder = _HERE, author: By = None, reason: Why = "") -> None:
    """Take back the newest edit."""
    _told(_open(workspace).undo(author=_author(author), reason=reason))


@themes_app.command("edits")
def themes_edits(workspace: Folder = _HERE) -> None:
    """List all edits: what, who, why and when."""
    _table(_open(workspace).edits().drop("detail"), "edits")


@codebook_app.command("export")
def codebook_export(
    out: Annotated[Path, typer.Argument(help="A .toml file to write.")], workspace: Folder = _HERE
) -> None:
    """Write the themes to a file."""
    typer.echo(f"{_open(workspace).codebook_export(out)} themes written to {out}.")


@codebook_app.command("diff")
def codebook_diff(
    file: Annotated[Path, typer.Argument(help="A codebook file.")], workspace: Folder = _HERE
) -> None:
    """Tell how a file differs from the workspace."""
    _differences(_open(workspace).codebook_diff(file))


@codebook_app.command("import")
def codebook_import(
    file: Annotated[Path, typer.Argument(help="A codebook file.")],
    workspace: Folder = _HERE,
    author: By = None,
    reason: Why = "",
) -> None:
    """Take over what was changed in a file."""
    done = _open(workspace).codebook_import(file, author=_author(author), reason=reason)
    _differences(done)


@review_app.command("sample")
def review_sample(
    wave: Annotated[str, typer.Option(help="Whose comments.")],
    out: Annotated[Path, typer.Option(help="An .xlsx file to write.")] = Path("review.xlsx"),
    n: Annotated[int, typer.Option("--n", help="Comments at most.")] = 100,
    language: Annotated[str, typer.Option(help="Of the theme names: es, fr or en.")] = "en",
    workspace: Folder = _HERE,
) -> None:
    """Write a blind sheet for one or two coders."""
    count = _open(workspace).review_sample(wave, out, n=n, language=language)
    typer.echo(f"{count} comments written to {out}. Give each coder a copy.")


@review_app.command("score")
def review_score(
    sheets: Annotated[list[Path], typer.Argument(help="The filled sheets of one coder or two.")],
    accept: Annotated[
        bool, typer.Option("--accept", help="Keep what coders agree on as examples.")
    ] = False,
    workspace: Folder = _HERE,
    author: By = None,
) -> None:
    """Compare coders with each other and with analyzer."""
    scores = _open(workspace).review_score(list(sheets), accept=accept, author=_author(author))
    _table(scores.overall, "agreement")
    _table(scores.themes, "by theme")
    typer.echo(f"{scores.corrections.height} comments where coders agree against analyzer.")


def _open(
    folder: Path, encoder: str | None = None, sentiment_model: str | None = None
) -> Workspace:
    from analyzer.store import Workspace

    return Workspace.open(folder, encoder=encoder, sentiment_model=sentiment_model)


def _author(given: str | None) -> str:
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login, as in some containers
        return os.environ.get("USER", "")


def _told(edit: Edit) -> None:
    would = "would change" if edit.number is None else "changed"
    number = "" if edit.number is None else f"Edit {edit.number}: "
    typer.echo(f"{number}{edit.verb} {', '.join(edit.themes)}; {edit.comments:,} comments {would}.")
    for origin, to, comments in edit.moves.iter_rows():
        typer.echo(f"  {origin} -> {to}: {comments:,}")


def _differences(found: list[Any]) -> None:
    for one in found:
        typer.echo(f"{one.theme_id} {one.what}: {one.here!r} -> {one.there!r}")
    if not found:
        typer.echo("No difference.")


def _table(frame: pl.DataFrame, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return str(value)

"""What commands on a workspace share: options, opening, and how results are printed."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

if TYPE_CHECKING:
    import polars as pl

    from analyzer.store import Workspace
    from analyzer.store.edits import Edit

__all__ = [
    "HERE", "Act", "By", "Folder", "How", "NameLanguage", "Preview", "ThemeId", "Why", "author_of",
    "cell", "edit_command", "number", "open_space", "percent", "show", "told",
]  # fmt: skip

Folder = Annotated[
    Path,
    typer.Option("--workspace", "-w", metavar="DIR", envvar="ANALYZER_WORKSPACE",
                 show_default=False, help="The workspace [default: this folder]."),
]  # fmt: skip
By = Annotated[str | None, typer.Option("--author", help="Who does it [default: your login].")]
Why = Annotated[str, typer.Option("--reason", help="Why, for those who come after.")]
Preview = Annotated[bool, typer.Option("--preview", help="Tell what would move; change nothing.")]
ThemeId = Annotated[str, typer.Argument(metavar="THEME", help="Id of a theme, such as T03.")]
NameLanguage = Annotated[
    str | None,
    typer.Option("--language", help="Of the names: es, fr or en [default: that of most comments]."),
]
HERE = Path()
_MOVES = 12


class How(TypedDict):
    """Who edits, why, and whether it is only to be tried."""

    author: str
    reason: str
    preview: bool


Act = Callable[["Workspace", How], "Edit"]  # what a command does once its options are read
_SHARED = {
    "workspace": (Folder, HERE), "author": (By, None), "reason": (Why, ""),
    "preview": (Preview, False),
}  # fmt: skip


def open_space(
    folder: Path,
    encoder: str | None = None,
    sentiment_model: str | None = None,
    *,
    cache: bool = True,
) -> Workspace:
    """Open a workspace with the models given."""
    from analyzer.store import Workspace

    return Workspace.open(folder, encoder=encoder, sentiment_model=sentiment_model, cache=cache)


def author_of(given: str | None) -> str:
    """Return the author given, else the login."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no login, as in some containers
        return os.environ.get("USER", "")


def edit_command(read: Callable[..., Act]) -> Callable[..., None]:
    """Make a command of a function that reads its own options and returns what to do.

    The command takes the options that all edits share as well, and says what was done.
    """
    own = signature(read, eval_str=True).parameters.values()
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _SHARED.items()
    ]

    def command(
        workspace: Path,
        author: str | None,
        reason: str,
        preview: bool,
        **given: Any,  # noqa: ANN401 - the options of the function
    ) -> None:
        how: How = {"author": author_of(author), "reason": reason, "preview": preview}
        told(read(**given)(open_space(workspace), how))

    parameters = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own] + shared
    command.__doc__ = read.__doc__
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return command


def told(edit: Edit) -> None:
    """Say what an edit did, or would do; the largest moves first."""
    typer.echo(str(edit))
    moves = edit.moves.sort(["comments", "from", "to"], descending=[True, False, False]).rows()
    for origin, to, comments in moves[:_MOVES]:
        typer.echo(f"  {origin} -> {to}: {comments:,}")
    if len(moves) > _MOVES:
        rest = sum(comments for *_, comments in moves[_MOVES:])
        typer.echo(f"  and {rest:,} in {len(moves) - _MOVES} other ways")


def show(frame: pl.DataFrame, title: str) -> None:
    """Print a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(cell(value) for value in row))
    Console().print(table)


def cell(value: object) -> str:
    """Write one value as a person reads it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return str(value)


def number(count: int, unit: str) -> str:
    """Write a count with its unit."""
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def percent(share: float | None) -> str:
    """Write a share as a percentage; what is not known or not shown is a dash."""
    return "-" if share is None else f"{100 * share:.1f} %"

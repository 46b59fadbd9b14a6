"""Commands on the themes of a workspace: parse, call, print. `register` adds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.cli.space import (
    HERE,
    By,
    Folder,
    Preview,
    ThemeId,
    Why,
    author_of,
    open_space,
    show,
    told,
)  # fmt: skip

if TYPE_CHECKING:
    from analyzer.store.codebook import Difference

__all__ = ["register"]

themes_app = typer.Typer(no_args_is_help=True, help="List and edit the themes of a workspace.")
codebook_app = typer.Typer(no_args_is_help=True, help="Themes as a file that people can edit.")
review_app = typer.Typer(no_args_is_help=True, help="Let people check, and measure agreement.")


def register(app: typer.Typer) -> None:
    """Add the commands to the analyzer's command line."""
    app.add_typer(themes_app, name="themes")
    app.add_typer(codebook_app, name="codebook")
    app.add_typer(review_app, name="review")


@themes_app.command("list")
def themes_list(workspace: Folder = HERE) -> None:
    """List every theme there ever was."""
    columns = ("theme_id", "name_es", "name_fr", "name_en", "comments", "state", "since")
    show(open_space(workspace).themes().select(columns), "themes")


@themes_app.command("show")
def themes_show(theme: ThemeId, workspace: Folder = HERE) -> None:
    """Show what became of a theme, wave by wave."""
    import polars as pl

    space = open_space(workspace)
    show(space.themes().filter(pl.col("theme_id") == theme).drop("theme_id"), theme)
    columns = ("wave", "status", "people", "share", "share_before", "related", "drift")
    show(space.history(theme).select(columns), "history")
    show(space.trend(theme).drop("theme_id"), "share of people, counted as of today")


@themes_app.command("rename")
def themes_rename(
    theme: ThemeId,
    es: Annotated[str | None, typer.Option(help="Spanish name.")] = None,
    fr: Annotated[str | None, typer.Option(help="French name.")] = None,
    en: Annotated[str | None, typer.Option(help="English name.")] = None,
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Rename a theme; the name stays in every later wave."""
    names = {code: name for code, name in (("es", es), ("fr", fr), ("en", en)) if name is not None}
    told(
        open_space(workspace).rename(
            theme, author=author_of(author), reason=reason, preview=preview, **names
        )
    )


@themes_app.command("merge")
def themes_merge(
    sources: Annotated[list[str], typer.Argument(metavar="THEME...", help="Themes to merge.")],
    into: Annotated[str, typer.Option(help="The theme that stays.")],
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Make several themes one."""
    told(
        open_space(workspace).merge(
            sources, into, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("split")
def themes_split(
    theme: ThemeId,
    parts: Annotated[int, typer.Option(help="How many themes to make of it.")] = 2,
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Divide a theme; the largest part keeps the id."""
    told(
        open_space(workspace).split(
            theme, parts, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("move")
def themes_move(
    comments: Annotated[
        list[str], typer.Argument(metavar="FEEDBACK_ID...", help="Ids, as in mentions.csv.")
    ],
    to: Annotated[str, typer.Option(help="The theme they belong to.")],
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Put comments into a theme by hand, for good."""
    told(
        open_space(workspace).move(
            comments, to, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("exclude")
def themes_exclude(
    theme: ThemeId,
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Take a theme out of reports."""
    told(
        open_space(workspace).exclude(
            theme, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("restore")
def themes_restore(
    theme: ThemeId,
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Bring an excluded theme back."""
    told(
        open_space(workspace).restore(
            theme, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("note")
def themes_note(
    theme: ThemeId,
    text: Annotated[str, typer.Argument(help="The remark; empty takes it away.")],
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
) -> None:
    """Keep a remark on a theme."""
    told(open_space(workspace).note(theme, text, author=author_of(author), reason=reason))


@themes_app.command("reassign")
def themes_reassign(
    wave: Annotated[
        list[str] | None, typer.Option(help="Only this wave; may be repeated [default: all].")
    ] = None,
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
    preview: Preview = False,
) -> None:
    """Assign past comments anew to the themes of today."""
    told(
        open_space(workspace).reassign(
            wave or None, author=author_of(author), reason=reason, preview=preview
        )
    )


@themes_app.command("undo")
def themes_undo(workspace: Folder = HERE, author: By = None, reason: Why = "") -> None:
    """Take back the newest edit."""
    told(open_space(workspace).undo(author=author_of(author), reason=reason))


@themes_app.command("edits")
def themes_edits(workspace: Folder = HERE) -> None:
    """List all edits: what, who, why and when."""
    show(open_space(workspace).edits().drop("detail"), "edits")


@codebook_app.command("export")
def codebook_export(
    out: Annotated[Path, typer.Argument(help="A .toml file to write.")], workspace: Folder = HERE
) -> None:
    """Write the themes to a file."""
    typer.echo(f"{open_space(workspace).codebook_export(out)} themes written to {out}.")


@codebook_app.command("diff")
def codebook_diff(
    file: Annotated[Path, typer.Argument(help="A codebook file.")], workspace: Folder = HERE
) -> None:
    """Tell how a file differs from the workspace."""
    _differences(open_space(workspace).codebook_diff(file))


@codebook_app.command("import")
def codebook_import(
    file: Annotated[Path, typer.Argument(help="A codebook file.")],
    workspace: Folder = HERE,
    author: By = None,
    reason: Why = "",
) -> None:
    """Take over what was changed in a file."""
    space = open_space(workspace)
    done = space.codebook_import(file, author=author_of(author), reason=reason)
    _differences(done)
    if any(one.what == "added" for one in done):
        typer.echo(space.reassign(preview=True).waiting())


@review_app.command("sample")
def review_sample(
    wave: Annotated[str, typer.Option(help="Whose comments.")],
    out: Annotated[Path, typer.Option(help="An .xlsx file to write.")] = Path("review.xlsx"),
    n: Annotated[int, typer.Option("--n", help="Comments at most.")] = 100,
    language: Annotated[str, typer.Option(help="Of the theme names: es, fr or en.")] = "en",
    workspace: Folder = HERE,
) -> None:
    """Write a blind sheet for one or two coders."""
    count = open_space(workspace).review_sample(wave, out, n=n, language=language)
    typer.echo(f"{count} comments written to {out}. Give each coder a copy.")


@review_app.command("score")
def review_score(
    sheets: Annotated[list[Path], typer.Argument(help="The filled sheets of one coder or two.")],
    accept: Annotated[
        bool, typer.Option("--accept", help="Move comments to the themes that coders agree on.")
    ] = False,
    workspace: Folder = HERE,
    author: By = None,
) -> None:
    """Compare coders with each other and with analyzer."""
    scores = open_space(workspace).review_score(
        list(sheets), accept=accept, author=author_of(author)
    )
    show(scores.overall, "agreement")
    show(scores.themes, "by theme")
    typer.echo(f"{scores.corrections.height} comments where coders agree against analyzer.")


def _differences(found: list[Difference]) -> None:
    for one in found:
        typer.echo(f"{one.theme_id} {one.what}: {one.here!r} -> {one.there!r}")
    if not found:
        typer.echo("No difference.")

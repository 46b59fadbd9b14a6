"""Commands on the themes of a workspace: parse, call, print. `register` adds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.common import check_outputs
from analyzer.cli.space import (
    HERE,
    Act,
    By,
    Folder,
    NameLanguage,
    ThemeId,
    Why,
    author_of,
    edit_command,
    open_space,
    percent,
    show,
    told,
)  # fmt: skip
from analyzer.errors import OutputError

if TYPE_CHECKING:
    import polars as pl

    from analyzer.store.codebook import Difference

__all__ = ["register"]

_NAMED = 4  # themes of an edit that are named in a list
themes_app = typer.Typer(no_args_is_help=True, help="List and edit the themes of a workspace.")
codebook_app = typer.Typer(no_args_is_help=True, help="Themes as a file that people can edit.")
review_app = typer.Typer(no_args_is_help=True, help="Let people check, and measure agreement.")


def register(app: typer.Typer) -> None:
    """Add the commands to the analyzer's command line."""
    app.add_typer(themes_app, name="themes")
    app.add_typer(codebook_app, name="codebook")
    app.add_typer(review_app, name="review")


@themes_app.command("list")
def themes_list(workspace: Folder = HERE, language: NameLanguage = None) -> None:
    """List every theme there ever was, with the share of people now and in the wave before."""
    import polars as pl

    space = open_space(workspace)
    found = space.overview(language)
    if found.is_empty():
        typer.echo("No themes yet. Add a wave: analyzer ingest FILE --wave NAME")
        return
    shares = [pl.col(name).map_elements(percent, pl.String, skip_nulls=False)
              for name in ("share", "share_before")]  # fmt: skip
    show(
        found.with_columns(shares).select(
            "name", "comments", "share", "became", "since", theme="theme_id", before="share_before"
        ).select("theme", "name", "comments", "before", "share", "became", "since"),
        "themes; share of people in the newest wave and the one before",
    )  # fmt: skip


@themes_app.command("show")
def themes_show(theme: ThemeId, workspace: Folder = HERE) -> None:
    """Show what a theme is, and what became of it wave by wave."""
    import polars as pl

    space = open_space(workspace)
    shares = space.safe_trend(theme)
    row = space.themes().filter(pl.col("theme_id") == theme).row(0, named=True)
    state = f"merged into {row['into_id']}" if row["into_id"] else row["state"]
    named = " · ".join(row[f"name_{code}"] for code in ("es", "fr", "en") if row[f"name_{code}"])
    typer.echo(f"{theme}: {named}")
    typer.echo(f"  {state}, {row['origin']}, since {row['since']}, {row['comments']:,} comments")
    if row["note"]:
        typer.echo(f"  {row['note']}")
    said = space.history(theme).select(
        "wave",
        "compared",
        # A wave that nothing was compared with says nothing of a change.
        pl.when(pl.col("compared").is_not_null()).then("status").alias("status"),
        "change",
        "related",
        "drift",
    )
    if said.height:
        show(said, "what was said when the wave came")
    counted = [
        {
            "wave": one["wave"], "people": "<5" if one["people"] is None else one["people"],
            "of": one["base"], "share": percent(one["share"]), "from": percent(one["low"]),
            "to": percent(one["high"]),
        }
        for one in shares.iter_rows(named=True)
    ]  # fmt: skip
    show(
        pl.DataFrame(counted, strict=False),
        "share of people by the themes of today, 95 % interval",
    )
    p = shares["trend_p"][0]
    if p is not None and shares.height > 2:
        typer.echo(f"Trend over {shares.height} waves: p = {p:.3f} (Cochran-Armitage)")


@themes_app.command("rename")
@edit_command
def themes_rename(
    theme: ThemeId,
    es: Annotated[str | None, typer.Option(help="Spanish name.")] = None,
    fr: Annotated[str | None, typer.Option(help="French name.")] = None,
    en: Annotated[str | None, typer.Option(help="English name.")] = None,
) -> Act:
    """Rename a theme; the name stays in every later wave."""
    names = {code: name for code, name in (("es", es), ("fr", fr), ("en", en)) if name is not None}
    return lambda space, how: space.rename(theme, **how, **names)


@themes_app.command("merge")
@edit_command
def themes_merge(
    sources: Annotated[list[str], typer.Argument(metavar="THEME", help="Themes to merge.")],
    into: Annotated[str, typer.Option(help="The theme that stays.")],
) -> Act:
    """Make several themes one."""
    return lambda space, how: space.merge(sources, into, **how)


@themes_app.command("split")
@edit_command
def themes_split(
    theme: ThemeId,
    parts: Annotated[int, typer.Option(help="How many themes to make of it.")] = 2,
) -> Act:
    """Divide a theme; the largest part keeps the id."""
    return lambda space, how: space.split(theme, parts, **how)


@themes_app.command("move")
@edit_command
def themes_move(
    comments: Annotated[
        list[str], typer.Argument(metavar="FEEDBACK_ID", help="Ids, as in mentions.csv.")
    ],
    to: Annotated[str, typer.Option(help="The theme they belong to.")],
) -> Act:
    """Put comments into a theme by hand, for good."""
    return lambda space, how: space.move(comments, to, **how)


@themes_app.command("exclude")
@edit_command
def themes_exclude(theme: ThemeId) -> Act:
    """Take a theme out of reports."""
    return lambda space, how: space.exclude(theme, **how)


@themes_app.command("restore")
@edit_command
def themes_restore(theme: ThemeId) -> Act:
    """Bring an excluded theme back."""
    return lambda space, how: space.restore(theme, **how)


@themes_app.command("reassign")
@edit_command
def themes_reassign(
    wave: Annotated[
        list[str] | None, typer.Option(help="Only this wave; may be repeated [default: all].")
    ] = None,
) -> Act:
    """Assign past comments anew to the themes of today."""
    return lambda space, how: space.reassign(wave or None, **how)


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


@themes_app.command("undo")
def themes_undo(workspace: Folder = HERE, author: By = None, reason: Why = "") -> None:
    """Take back the newest edit."""
    told(open_space(workspace).undo(author=author_of(author), reason=reason))


@themes_app.command("edits")
def themes_edits(workspace: Folder = HERE) -> None:
    """List all edits: what, who, why and when."""
    import polars as pl

    rows = [
        {
            "edit": one["edit"], "what": _what(one), "comments": one["comments"],
            "author": one["author"] or "-", "reason": one["reason"] or "-",
            "when": f"{one['made_at']:%Y-%m-%d %H:%M}",
        }
        for one in open_space(workspace).edits().iter_rows(named=True)
    ]  # fmt: skip
    if not rows:
        typer.echo("No edits yet.")
        return
    show(pl.DataFrame(rows, strict=False), "edits")


def _what(edit: dict[str, Any]) -> str:
    """Say in a few words what a row of the table edits did, and whether it stands."""
    themes = edit["themes"]
    named = ", ".join(themes[:_NAMED]) + (" ..." if len(themes) > _NAMED else "")
    if edit["verb"] == "undo":
        named = f"edit {json.loads(edit['detail'])['edit']}"
    undone = f" (undone by {edit['undone_by']})" if edit["undone_by"] else ""
    return f"{edit['verb']} {named}".strip() + undone


@codebook_app.command("export")
def codebook_export(
    out: Annotated[Path, typer.Argument(help="A .toml file to write.")], workspace: Folder = HERE
) -> None:
    """Write the themes to a file."""
    check_outputs([out])
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
    added = [one.theme_id for one in done if one.what == "added"]
    if added:
        typer.echo(space.reassign(preview=True).waiting(added))


@review_app.command("sample")
def review_sample(
    wave: Annotated[str, typer.Option(help="Whose comments.")],
    out: Annotated[Path, typer.Option(help="An .xlsx file to write.")] = Path("review.xlsx"),
    n: Annotated[int, typer.Option("--n", help="Comments at most.")] = 100,
    language: Annotated[str, typer.Option(help="Of the theme names: es, fr or en.")] = "en",
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a sheet that is there.")
    ] = False,
    workspace: Folder = HERE,
) -> None:
    """Write a blind sheet for one or two coders."""
    check_outputs([out])
    if out.exists() and not replace:
        raise OutputError(
            f"{out} is there already, and a coder may have filled it. Give another name with "
            "--out, or say --replace."
        )
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
    space = open_space(workspace)
    scores = space.review_score(list(sheets), accept=accept, author=author_of(author))
    for number, sheet in enumerate(sheets, start=1):
        typer.echo(f"coder_{number} is {sheet}")
    show(_intervals(scores.overall), "agreement; 95 % intervals in brackets")
    names = space.overview().select("theme_id", "name")
    rows = scores.themes.join(names, on="theme_id", how="left", maintain_order="left")
    for (pair,), own in rows.group_by("pair", maintain_order=True):
        shown = _intervals(own.sort("comments", "theme_id", descending=[True, False]))
        show(shown.select("theme", "name", "comments", "kappa", "F1"), f"{pair}, by theme")
    found = scores.corrections.height
    typer.echo(f"{found} comments where coders agree against analyzer.")
    if scores.accepted is not None:
        told(scores.accepted)
    elif found:
        typer.echo("To move them to the themes that coders gave: --accept")


def _differences(found: list[Difference]) -> None:
    for one in found:
        typer.echo(f"{one.theme_id} {one.what}: {one.here!r} -> {one.there!r}")
    if not found:
        typer.echo("No difference.")


def _intervals(rows: pl.DataFrame) -> pl.DataFrame:
    """Put each figure and its interval in one cell."""
    import polars as pl

    columns = {"kappa": "kappa", "f1": "F1"}
    cells = {
        shown: [_interval(row, name) for row in rows.iter_rows(named=True)]
        for name, shown in columns.items()
    }
    kept = rows.select(pl.all().exclude("^(kappa|f1).*$"))
    return kept.rename({"theme_id": "theme"}, strict=False).with_columns(
        pl.Series(name, values) for name, values in cells.items()
    )


def _interval(row: dict[str, Any], name: str) -> str:
    value, low = row[name], row.get(f"{name}_low")
    if value is None:
        return "-"
    return f"{value:.2f}" if low is None else f"{value:.2f} [{low:.2f}, {row[f'{name}_high']:.2f}]"

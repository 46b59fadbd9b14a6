"""Themes of a workspace as a codebook file, for people to read, edit by hand and bring back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.store import edits
from analyzer.store.frames import ACTIVE, load_registry
from analyzer.store.whole import write_whole
from analyzer.store.wording import Wording, add_theme, reword, wordings
from analyzer.themes.codebook import Codebook

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.store.changes import Author
    from analyzer.store.database import Session
    from analyzer.store.models import Models
    from analyzer.themes.codebook import CodebookTheme

__all__ = ["Difference", "bring", "differences", "export"]

_HEAD: Final = (
    "# Themes of a workspace. Change what you like, then: analyzer codebook import FILE\n"
    "# An id stays with its theme for ever: do not change it, and do not use it again.\n"
    "# An entry with an id of your own adds a theme; its examples say where it lies.\n"
    "# A theme that is taken out of this file is excluded from reports.\n"
)


@dataclass(frozen=True)
class Difference:
    """How a codebook file differs from the workspace.

    Attributes:
        theme_id: the theme.
        what: added, name_<language>, description, examples, excluded or restored.
        here: in the workspace.
        there: in the file.
    """

    theme_id: str
    what: str
    here: str | None
    there: str | None


def export(session: Session, out: Path) -> int:
    """Write the themes that are reported, with descriptions and examples; how many."""
    themes = _themes(session).filter(pl.col("state").is_in(ACTIVE))
    told = wordings(session)
    parts = [_HEAD]
    for row in themes.iter_rows(named=True):
        parts.append(_entry(row, told.get(row["theme_id"], Wording())))
    write_whole(out, "\n".join(parts).encode())
    return themes.height


def differences(session: Session, path: Path) -> list[Difference]:
    """Compare a codebook file with the workspace; see `analyzer.themes.codebook` for its form.

    Raises:
        ConfigError: The file is not a codebook, or says something that a workspace cannot do; the
            message has the line.
    """
    book = Codebook.load(path)
    there = {theme.id: theme for theme in book.theme}
    here = {row["theme_id"]: row for row in _themes(session).iter_rows(named=True)}
    _refuse(book, here, set(session.frame("SELECT theme_id FROM history")["theme_id"]), path)
    told = wordings(session)
    found = []
    for name, row in here.items():
        if name in there:
            found += _changes(row, there[name], told.get(name, Wording()))
        elif row["state"] in ACTIVE:
            found.append(Difference(name, "excluded", row["state"], None))
    for name, theme in there.items():
        if name not in here:
            found.append(Difference(name, "added", None, next(iter(theme.name.values()))))
    return found


def _refuse(book: Codebook, here: dict[str, dict[str, Any]], past: set[str], path: Path) -> None:
    """Refuse entries that a workspace cannot follow."""
    for theme in book.theme:
        row = here.get(theme.id)
        wrong = None
        if row is not None and row["state"] == "merged":
            wrong = f"was merged into {row['into_id']}. Take it out"
        elif row is None and theme.id in past:
            wrong = "had a past that an undo ended, and ids are not used twice. Choose another"
        elif theme.include or theme.exclude or theme.parent:
            part = next(p for p in ("include", "exclude", "parent") if getattr(theme, p))
            wrong = (
                f"has {part!r}, and themes of a workspace go by meaning alone. Take it out, or "
                "give the file to: analyzer report FILE --codebook"
            )
        if wrong:
            line = line_of(path, theme.id)
            raise ConfigError(f"Codebook {path}, line {line}: theme {theme.id} {wrong}.")
    if book.group:
        line = line_of(path, book.group[0].id)
        raise ConfigError(
            f"Codebook {path}, line {line}: a workspace has no [[group]]; it groups themes by "
            "itself. Take the groups out."
        )


def line_of(path: Path, ident: str) -> int:
    """Line of a file on which an id is given."""
    given = re.compile(rf"""^\s*id\s*=\s*["']{re.escape(ident)}["']""")
    lines = path.read_text("utf-8").splitlines()
    return next((i for i, line in enumerate(lines, start=1) if given.match(line)), 1)


def _changes(row: dict[str, Any], theme: CodebookTheme, told: Wording) -> list[Difference]:
    """How an entry differs from a theme that is there."""
    name = row["theme_id"]
    found = []
    if row["state"] == "excluded":
        found.append(Difference(name, "restored", "excluded", "active"))
    for code in LANGUAGES:
        given = theme.name.get(code)
        if given is not None and given != row[f"name_{code}"]:
            found.append(Difference(name, f"name_{code}", row[f"name_{code}"], given))
    now = Wording.of(theme)
    for part in ("description", "examples"):
        old, new = getattr(told, part), getattr(now, part)
        if old != new:
            gone, come = len(set(old) - set(new)), len(set(new) - set(old))
            found.append(Difference(name, part, f"{gone} taken out", f"{come} put in"))
    return found


def bring(
    session: Session, folder: Path, path: Path, models: Models, author: Author
) -> list[Difference]:
    """Do what a codebook file says, one edit a change; what was changed."""
    found = differences(session, path)
    there = {theme.id: theme for theme in Codebook.load(path).theme}
    reworded = set()
    for one in found:
        theme_id = one.theme_id
        if one.what == "excluded":
            edits.exclude(session, theme_id, author, preview=False)
        elif one.what == "restored":
            edits.restore(session, theme_id, author, preview=False)
        elif one.what == "added":
            add_theme(session, folder, there[theme_id], models, author)
        elif one.what in ("description", "examples"):
            if theme_id not in reworded:
                reword(session, theme_id, Wording.of(there[theme_id]), author)
            reworded.add(theme_id)
        elif one.there is not None:
            names = {one.what.removeprefix("name_"): one.there}
            edits.rename(session, theme_id, names, author, preview=False)
    return found


def _themes(session: Session) -> pl.DataFrame:
    registry = load_registry(session)
    if registry is None:
        raise ConfigError("The workspace has no themes yet. Ingest a wave first.")
    return registry.themes


def _entry(row: dict[str, Any], told: Wording) -> str:
    names = ", ".join(
        f"{code} = {_quoted(row[f'name_{code}'])}" for code in LANGUAGES if row[f"name_{code}"]
    )
    lines = ["[[theme]]", f"id = {_quoted(row['theme_id'])}", f"name = {{ {names} }}"]
    if row["note"]:
        lines.insert(0, "# " + " ".join(row["note"].split()))
    lines += [f"description.{code} = {_quoted(text)}" for code, text in told.description]
    for code in LANGUAGES:
        own = [text for language, text in told.examples if language == code]
        if own:
            lines += [f"examples.{code} = [", *(f"  {_quoted(text)}," for text in own), "]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in kept) + '"'

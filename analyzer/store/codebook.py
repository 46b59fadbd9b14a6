"""Themes of a workspace as a codebook file, for people to read, edit by hand and bring back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.errors import ConfigError, OutputError
from analyzer.schema import LANGUAGES
from analyzer.store import edits
from analyzer.store.frames import ACTIVE, load_registry
from analyzer.themes.codebook import Codebook

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.store.database import Session

__all__ = ["Difference", "bring", "differences", "export"]

_HEAD: Final = (
    "# Themes of a workspace. Change names, then: analyzer codebook import FILE\n"
    "# An id stays with its theme for ever: do not change it, and do not use it again.\n"
    "# A theme that is taken out of this file is excluded from reports.\n"
)


@dataclass(frozen=True)
class Difference:
    """How a codebook file differs from the workspace.

    Attributes:
        theme_id: the theme.
        what: name_<language>, excluded or restored.
        here: in the workspace.
        there: in the file.
    """

    theme_id: str
    what: str
    here: str | None
    there: str | None


def export(session: Session, out: Path) -> int:
    """Write the themes that are reported, with their accepted examples; how many."""
    themes = _themes(session).filter(pl.col("state").is_in(ACTIVE))
    examples = session.frame("SELECT * FROM examples").sort("theme_id", "language", "text")
    parts = [_HEAD]
    for row in themes.iter_rows(named=True):
        own = examples.filter(pl.col("theme_id") == row["theme_id"])
        parts.append(_entry(row, own))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror}. Choose another.") from error
    return themes.height


def differences(session: Session, path: Path) -> list[Difference]:
    """Compare a codebook file with the workspace; see `analyzer.themes.codebook` for its form.

    Raises:
        ConfigError: The file is not a codebook, or names a theme that the workspace lacks.
    """
    there = {theme.id: theme for theme in Codebook.load(path).theme}
    here = {row["theme_id"]: row for row in _themes(session).iter_rows(named=True)}
    unknown = sorted(name for name in there if name not in here)
    if unknown:
        raise ConfigError(
            f"Codebook {path}: the workspace has no theme {', '.join(unknown)}. New themes come "
            "from comments: split one (analyzer themes split), or ingest a wave."
        )
    found = []
    for name, row in here.items():
        if name not in there:
            if row["state"] in ACTIVE:
                found.append(Difference(name, "excluded", row["state"], None))
            continue
        if row["state"] == "merged":
            raise ConfigError(
                f"Codebook {path}: theme {name} was merged into {row['into_id']}. Take it out."
            )
        if row["state"] == "excluded":
            found.append(Difference(name, "restored", "excluded", "active"))
        for code in LANGUAGES:
            given = there[name].name.get(code)
            if given is not None and given != row[f"name_{code}"]:
                found.append(Difference(name, f"name_{code}", row[f"name_{code}"], given))
    return found


def bring(session: Session, path: Path, author: edits.Author) -> list[Difference]:
    """Do what a codebook file says, one edit a change; what was changed."""
    found = differences(session, path)
    for one in found:
        if one.what == "excluded":
            edits.exclude(session, one.theme_id, author, preview=False)
        elif one.what == "restored":
            edits.restore(session, one.theme_id, author, preview=False)
        elif one.there is not None:
            names = {one.what.removeprefix("name_"): one.there}
            edits.rename(session, one.theme_id, names, author, preview=False)
    return found


def _themes(session: Session) -> pl.DataFrame:
    registry = load_registry(session)
    if registry is None:
        raise ConfigError("The workspace has no themes yet. Ingest a wave first.")
    return registry.themes


def _entry(row: dict[str, Any], examples: pl.DataFrame) -> str:
    names = ", ".join(
        f"{code} = {_quoted(row[f'name_{code}'])}" for code in LANGUAGES if row[f"name_{code}"]
    )
    lines = ["[[theme]]", f"id = {_quoted(row['theme_id'])}", f"name = {{ {names} }}"]
    if row["note"]:
        lines.insert(0, *["# " + " ".join(row["note"].split())])
    for (code,), own in examples.group_by("language", maintain_order=True):
        lines.append(f"examples.{code} = [")
        lines += [f"  {_quoted(text)}," for text in own["text"]]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in kept) + '"'

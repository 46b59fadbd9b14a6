"""How an edit is done: what was there before is kept, so that it can come back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.store.frames import Registry, Stored, load_registry, load_wave, save_space
from analyzer.themes.assign import ThemeSpace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.store.database import Session

__all__ = [
    "Author",
    "Change",
    "Edit",
    "do",
    "limit_of",
    "moves_between",
    "no_mentions",
    "owned",
    "record",
    "registry_of",
    "reported",
    "row_of",
    "space_of",
    "stored_spans",
]


@dataclass(frozen=True)
class Author:
    """Who changes something, and why."""

    name: str
    reason: str


@dataclass(frozen=True, repr=False)
class Edit:
    """One edit, done or previewed.

    Attributes:
        number: its version; None of a preview.
        verb: what was done.
        themes: the themes it touches.
        comments: how many comments change theme, or appear in reports or vanish from them.
        moves: from, to, comments: how many of each.
        undid: number of the edit that was taken back, by an undo.
        moved: feedback_id, to: each comment once for every theme that it comes to.
    """

    number: int | None
    verb: str
    themes: tuple[str, ...]
    comments: int
    moves: pl.DataFrame = field(repr=False)
    undid: int | None = None
    moved: pl.DataFrame | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """One line, such as ``Edit 3: merge T02 into T01; 40 comments changed.``."""
        number = "" if self.number is None else f"Edit {self.number}: "
        changed = "would change" if self.number is None else "changed"
        unit = "comment" if self.comments == 1 else "comments"
        return f"{number}{self._told()}; {self.comments:,} {unit} {changed}."

    __repr__ = __str__

    def _told(self) -> str:
        named = ", ".join(self.themes)
        match self.verb:
            case "merge":
                return f"merge {', '.join(self.themes[:-1])} into {self.themes[-1]}"
            case "split":
                return f"split {self.themes[0]} into {named}"
            case "move":
                return f"move to {named}"
            case "undo":
                return f"undo edit {self.undid} ({named})" if named else f"undo edit {self.undid}"
        return f"{self.verb} {named}".strip()

    def waiting(self, added: Sequence[str]) -> str:
        """Say what a preview of `reassign` means for past comments, once themes were added."""
        own = 0
        if self.moved is not None:
            own = self.moved.filter(pl.col("to").is_in(list(added)))["feedback_id"].n_unique()
        return (
            f"{self.comments:,} past comments are nearer to other themes than their own now, "
            f"{own:,} of them to {', '.join(added)}. To move them: analyzer themes reassign"
        )


@dataclass(frozen=True)
class Change:
    """What an edit does to the tables, before it is done."""

    verb: str
    themes: tuple[str, ...]
    detail: dict[str, Any]
    mentions: pl.DataFrame  # rows of the table, as they shall be
    columns: dict[str, dict[str, Any]]  # theme to the values that change
    added: pl.DataFrame | None = None  # rows of the table themes
    space: tuple[list[str], ThemeSpace] | None = None
    comments: int | None = None  # where mentions do not tell


def do(
    session: Session, registry: Registry, change: Change, author: Author, *, preview: bool
) -> Edit:
    """Do an edit and keep what was there before, or only tell what it would do."""
    old = session.matching("mentions", change.mentions.select("feedback_id", "span"))
    moves = moves_between(old, change.mentions)
    moved = _moved(old, change.mentions).select("feedback_id", "to").unique()
    comments = change.comments
    if comments is None:
        comments = moved["feedback_id"].n_unique()
    if preview:
        return Edit(None, change.verb, change.themes, comments, moves, moved=moved)
    number = session.next("edits", "edit")
    before = _before(session, registry, change)
    session.append("edit_mentions", old.with_columns(edit=pl.lit(number)))
    session.delete("mentions", change.mentions.select("feedback_id", "span"))
    session.append("mentions", change.mentions)
    for theme_id, columns in change.columns.items():
        for column, value in columns.items():
            session.run(
                f"UPDATE themes SET {column} = $value WHERE theme_id = $theme",  # noqa: S608
                value=value,
                theme=theme_id,
            )
    if change.added is not None:
        session.append("themes", change.added)
    if change.space is not None:
        save_space(session, *change.space)
    record(session, number, change.verb, {"themes": change.themes, **change.detail}, author,
            comments, before)  # fmt: skip
    return Edit(number, change.verb, change.themes, comments, moves, moved=moved)


def _before(session: Session, registry: Registry, change: Change) -> dict[str, Any]:
    """Return what undo needs: theme rows that change, and the space if it does."""
    touched = [name for name in change.themes if name in set(registry.themes["theme_id"])]
    rows = registry.themes.filter(pl.col("theme_id").is_in(touched))
    told: dict[str, Any] = {"themes_touched": list(change.themes), "themes": rows.to_dicts()}
    told["turn"] = session.next("history", "turn")
    told["added"] = change.added["theme_id"].to_list() if change.added is not None else []
    if change.space is not None:
        told["owners"] = [registry.ids[i] for i in registry.space.owner]
        told["prototypes"] = [
            [float(f"{value:.9g}") for value in row] for row in registry.space.prototypes
        ]
        told["limits"] = dict(zip(registry.ids, registry.space.limits.tolist(), strict=True))
    return told


def moves_between(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Count comments that go from one theme to another."""
    return (
        _moved(old, new)
        .group_by("origin", "to")
        .agg(comments=pl.col("feedback_id").n_unique().cast(pl.Int64))
        .rename({"origin": "from"})
        .sort("from", "to")
    )


def _moved(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Spans that change theme: feedback_id, span, origin, to."""
    both = old.select("feedback_id", "span", origin="theme_id").join(
        new.select("feedback_id", "span", to="theme_id"), on=["feedback_id", "span"]
    )
    return both.filter(pl.col("origin") != pl.col("to"))


def record(
    session: Session,
    number: int,
    verb: str,
    detail: dict[str, Any],
    author: Author,
    comments: int,
    before: dict[str, Any],
) -> None:
    """Add a row to the table edits."""
    session.append(
        "edits",
        pl.DataFrame(
            {
                "edit": [number],
                "verb": [verb],
                "detail": [json.dumps(detail, ensure_ascii=False)],
                "author": [author.name],
                "reason": [author.reason],
                "made_at": [datetime.now(UTC).replace(tzinfo=None, microsecond=0)],
                "comments": [comments],
                "before": [json.dumps(before)],
            }
        ),
    )


def registry_of(session: Session, *theme_ids: str) -> Registry:
    """Themes; those named must exist and not be merged away."""
    registry = load_registry(session)
    if registry is None:
        raise ConfigError(
            "The workspace has no themes yet. Ingest a wave, then run: analyzer themes list"
        )
    for theme_id in theme_ids:
        row = row_of(registry, theme_id)
        if row["state"] == "merged":
            raise ConfigError(f"Theme {theme_id} was merged into {row['into_id']}. Use that one.")
    return registry


def reported(registry: Registry, theme_id: str) -> None:
    """Refuse a theme whose comments no report shows, where comments are about to come."""
    if row_of(registry, theme_id)["state"] == "excluded":
        raise ConfigError(
            f"Theme {theme_id} is excluded from reports, and what comes to it would be in none. "
            f"Bring it back first: analyzer themes restore {theme_id}"
        )


def row_of(registry: Registry, theme_id: str) -> dict[str, Any]:
    """Return a theme's row of the table themes."""
    rows = registry.themes.filter(pl.col("theme_id") == theme_id).to_dicts()
    if not rows:
        known = ", ".join(registry.themes["theme_id"])
        raise ConfigError(f"There is no theme {theme_id!r}; there are {known}.")
    return rows[0]


def no_mentions(session: Session) -> pl.DataFrame:
    """Return mentions without rows."""
    return session.frame("SELECT * FROM mentions LIMIT 0")


def stored_spans(session: Session, folder: Path, mentions: pl.DataFrame) -> Stored:
    """Read the spans of some mentions."""
    waves = session.matching("feedback", mentions.select("feedback_id"))["wave"].unique().sort()
    return load_wave(session, folder, waves.to_list(), spans=mentions.select("feedback_id", "span"))


def space_of(
    space: ThemeSpace,
    owner: list[str],
    prototypes: np.ndarray[Any, Any],
    limits: dict[str, float],
) -> tuple[list[str], ThemeSpace]:
    """A space in the order of theme ids, from prototypes and who owns them."""
    ids = sorted(set(owner))
    position = {name: i for i, name in enumerate(ids)}
    at = np.array([position[name] for name in owner], dtype=np.int64)
    order = np.argsort(at, kind="stable")
    return ids, ThemeSpace(
        space.mean,
        np.asarray(prototypes, dtype=np.float32)[order],
        at[order],
        np.array([limits[name] for name in ids]),
        space.offsets,
    )


def limit_of(registry: Registry, theme_id: str) -> float:
    """Return the similarity from which a span belongs to a theme."""
    return float(registry.space.limits[registry.ids.index(theme_id)])


def owned(
    registry: Registry, owner: list[str], limits: dict[str, float]
) -> tuple[list[str], ThemeSpace]:
    """Give prototypes other owners."""
    known = dict(zip(registry.ids, registry.space.limits.tolist(), strict=True))
    return space_of(registry.space, owner, registry.space.prototypes, known | limits)

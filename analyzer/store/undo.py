"""Take back the newest edit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.store.changes import (
    Author,
    Edit,
    limit_of,
    moves_between,
    record,
    registry_of,
    space_of,
    stored_spans,
)
from analyzer.store.frames import Registry, as_mentions, save_space

if TYPE_CHECKING:
    from analyzer.store.database import Session

__all__ = ["undo"]


def undo(session: Session, author: Author) -> Edit:
    """Take back the newest edit that stands.

    Comments that came in since are assigned anew where the edit had changed the themes.
    """
    open_edits = session.frame(
        "SELECT * FROM edits WHERE undone_by IS NULL AND verb <> 'undo' ORDER BY edit"
    )
    if open_edits.is_empty():
        raise ConfigError("There is no edit to undo.")
    last = open_edits.row(-1, named=True)
    number = session.next("edits", "edit")
    key = pl.DataFrame({"edit": [last["edit"]]})
    old = session.matching("edit_mentions", key).drop("edit")
    spans = session.matching("spans", old.select("feedback_id", "span"))
    old = old.join(spans.select("feedback_id", "span"), on=["feedback_id", "span"], how="semi")
    now = session.matching("mentions", old.select("feedback_id", "span"))
    before = json.loads(last["before"])
    _restore_tables(session, before)
    session.delete("mentions", old.select("feedback_id", "span"))
    session.append("mentions", old)
    _assign_later(session, before)
    session.run("DELETE FROM examples WHERE edit = $edit", edit=last["edit"])
    session.run("DELETE FROM wording WHERE edit = $edit", edit=last["edit"])
    session.run("UPDATE examples SET dropped_by = NULL WHERE dropped_by = $edit", edit=last["edit"])
    session.run(
        "UPDATE edits SET undone_by = $number WHERE edit = $edit", number=number, edit=last["edit"]
    )
    moves = moves_between(now, old)
    record(session, number, "undo", {"edit": last["edit"], "verb": last["verb"]}, author,
            last["comments"], {})  # fmt: skip
    touched = tuple(before["themes_touched"])
    return Edit(number, "undo", touched, last["comments"], moves, undid=last["edit"])


def _restore_tables(session: Session, before: dict[str, Any]) -> None:
    registry = registry_of(session)
    if before["added"]:
        gone = pl.DataFrame({"theme_id": before["added"]})
        session.delete("themes", gone)
        session.delete("space", gone)
    if before["themes"]:
        rows = pl.DataFrame(before["themes"], schema=registry.themes.schema)
        session.delete("themes", rows.select("theme_id"))
        session.append("themes", rows)
    if "owners" in before:
        # Themes that emerged since keep the prototypes they have now.
        touched = {*before["owners"], *before["added"]}
        now = [registry.ids[i] for i in registry.space.owner]
        later = [name not in touched for name in now]
        limits = before["limits"] | {name: limit_of(registry, name) for name in set(now) - touched}
        old = np.array(before["prototypes"], dtype=np.float32)
        space = space_of(
            registry.space,
            before["owners"] + [name for name, kept in zip(now, later, strict=True) if kept],
            np.vstack([old, registry.space.prototypes[later]]),
            limits,
        )
        save_space(session, *space)


def _assign_later(session: Session, before: dict[str, Any]) -> None:
    """Assign anew what came into the edit's themes after it, and what has no theme now."""
    orphans = session.frame(
        "SELECT m.* FROM mentions m ANTI JOIN (SELECT theme_id FROM themes WHERE state <> 'merged')"
        " t ON m.theme_id = t.theme_id"
    )
    later = session.frame(
        "SELECT m.* FROM mentions m JOIN feedback USING (feedback_id) JOIN waves USING (wave) "
        "WHERE assigned >= $turn AND NOT pinned AND list_contains($touched, theme_id)",
        turn=before["turn"],
        touched=before["themes_touched"],
    )
    waiting = pl.concat([orphans, later]).unique(["feedback_id", "span"])
    if waiting.height and "owners" in before:
        _nearest(session, registry_of(session), waiting)


def _nearest(session: Session, registry: Registry, orphans: pl.DataFrame) -> None:
    """Give spans whose theme is gone the nearest one that is there."""
    stored = stored_spans(session, session.folder, orphans)
    again = registry.space.assign(stored.vectors, stored.languages)
    fresh = as_mentions(stored.spans, registry.ids, again)
    session.delete("mentions", fresh.select("feedback_id", "span"))
    session.append("mentions", fresh)

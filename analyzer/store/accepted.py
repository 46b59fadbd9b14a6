"""What coders agree on, taken over: comments move to the themes that they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.store.changes import Author, Change, Edit, do, registry_of, reported, stored_spans

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.store.database import Session
    from analyzer.store.frames import Registry
    from analyzer.store.review import Scores

__all__ = ["accept"]


def accept(session: Session, folder: Path, scores: Scores, author: Author) -> Edit:
    """Take over corrections on which the coders agree.

    The passages of a comment go to the nearest of the themes it was given, each of which gets one
    at least while there are enough, and stay there whatever comes. A comment that coders left
    without a theme stays where it is, because every comment counts somewhere.
    """
    registry = registry_of(session)
    number = session.next("edits", "edit")
    given = _given(registry, scores.corrections)
    for theme_id in given["theme_id"].unique().sort():
        reported(registry, theme_id)
    mentions = session.matching("mentions", given.select("feedback_id"))
    stored = stored_spans(session, folder, mentions) if mentions.height else None
    moved = mentions.clear()
    if stored is not None:
        similar = registry.space.similarities(
            registry.space.centre(stored.vectors, stored.languages)
        )
        chosen = _nearest(stored.spans["feedback_id"].to_list(), similar, registry, given)
        moved = (
            stored.spans.select("feedback_id", "span", chosen=pl.Series(chosen, dtype=pl.String))
            .join(mentions, on=["feedback_id", "span"], maintain_order="left")
            .with_columns(theme_id="chosen", pinned=pl.lit(value=True))
            .select(mentions.columns)
        )
    examples = _keep_examples(session, given, number)
    change = Change("accept", tuple(given["theme_id"].unique().sort()), {"examples": examples},
                    moved, {})  # fmt: skip
    return do(session, registry, change, author, preview=False)


def _given(registry: Registry, corrections: pl.DataFrame) -> pl.DataFrame:
    """Comment and theme; a theme that was merged meanwhile stands for the one it is in."""
    merged = dict(registry.themes.select("theme_id", "into_id").drop_nulls().iter_rows())
    into = {}
    for name in registry.themes["theme_id"]:
        into[name] = name
        while into[name] in merged:
            into[name] = merged[into[name]]
    return (
        corrections.select("feedback_id", theme_id=pl.col("themes").str.split(", "))
        .explode("theme_id")
        .with_columns(pl.col("theme_id").replace_strict(into, default=None))
        .drop_nulls("theme_id")
        .unique(maintain_order=True)
        .sort("feedback_id", "theme_id")
    )


def _nearest(
    comments: list[str], similar: NDArray[np.float64], registry: Registry, given: pl.DataFrame
) -> list[str]:
    """Theme of each span, out of those that its comment was given."""
    wanted = dict(given.group_by("feedback_id", maintain_order=True).agg("theme_id").iter_rows())
    chosen = [""] * len(comments)
    for comment, themes in wanted.items():
        rows = [i for i, name in enumerate(comments) if name == comment]
        own = np.round(similar[np.ix_(rows, [registry.ids.index(name) for name in themes])], 5)
        best = own.argmax(axis=1)
        for column in range(min(len(themes), len(rows))):
            counts = np.bincount(best, minlength=len(themes))
            if not counts[column]:
                spare = np.where(counts[best] > 1, own[:, column], -np.inf)
                best[int(spare.argmax())] = column
        for row, column in zip(rows, best, strict=True):
            chosen[row] = themes[column]
    return chosen


def _keep_examples(session: Session, given: pl.DataFrame, edit: int) -> int:
    texts = session.matching("feedback", given.select("feedback_id"))
    told = given.join(
        texts.select("feedback_id", "language", "text"), on="feedback_id", maintain_order="left"
    ).with_columns(edit=pl.lit(edit))
    session.append("examples", told)
    return told.height

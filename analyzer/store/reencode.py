"""Change models: redo every vector and sentiment, and keep the themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer import stages
from analyzer.store import vectors
from analyzer.store.frames import load_registry, save_born, save_space
from analyzer.store.models import passages_of
from analyzer.themes.assign import ThemeSpace, build_space
from analyzer.themes.follow import centroids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.store.database import Database, Session
    from analyzer.store.models import Models

__all__ = ["reencode"]


def reencode(database: Database, models: Models, *, cache: bool) -> int:
    """Redo a workspace with other models; see `analyzer.store.Workspace.reencode`."""
    while True:
        with database.reading() as session:
            revision = session.meta()["revision"]
            feedback = session.frame("SELECT * FROM feedback WHERE analysed").sort("feedback_id")
            spans = session.frame("SELECT * FROM spans").sort("feedback_id", "span")
        made = stages.encode(spans, feedback, models.encoder, cache=cache)
        scored = passages_of(spans, feedback, made, models)
        told = feedback.select("feedback_id", "language")
        language = spans.join(told, on="feedback_id", maintain_order="left")["language"].to_list()
        with database.writing() as session:
            if session.meta()["revision"] != revision:
                continue
            session.run("DELETE FROM spans")
            session.append("spans", scored.spans)
            session.run("DELETE FROM vectors")
            session.run("DELETE FROM passages")
            vectors.add(session, database.folder, scored.keys, scored.vectors)
            _place_themes(session, scored.spans, language, np.asarray(np.asarray(made.in_passage)))
            for key, value in models.meta().items():
                session.set_meta(key, value)
        with database.writing() as session:
            vectors.sweep(session, database.folder)
        return len(set(scored.keys))


def _place_themes(
    session: Session, spans: pl.DataFrame, languages: list[str], rows: NDArray[np.float32]
) -> None:
    """Put each theme where its comments are now; a theme without comments cannot be placed."""
    registry = load_registry(session)
    if registry is None:
        return
    mentions = session.frame("SELECT feedback_id, span, theme_id FROM mentions")
    theme = spans.select("feedback_id", "span").join(
        mentions, on=["feedback_id", "span"], how="left", maintain_order="left"
    )["theme_id"]
    ids = [name for name in registry.ids if name in set(theme.drop_nulls())]
    position = {name: i for i, name in enumerate(ids)}
    label = np.array([position.get(name, -1) for name in theme.to_list()], dtype=np.int64)
    known = label >= 0
    space: ThemeSpace = build_space(
        rows[known], label[known], [code for code, k in zip(languages, known, strict=True) if k]
    )
    save_space(session, ids, space)
    save_born(session, ids, centroids(space.centre(rows[known]), label[known], len(ids)))

"""Comments of a workspace by meaning, over all waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.errors import ConfigError
from analyzer.explore.search import Hits, described
from analyzer.store import vectors

if TYPE_CHECKING:
    from analyzer.encoders import Encoder
    from analyzer.store.database import Session

__all__ = ["search"]


def search(session: Session, encoder: Encoder, text: str, k: int, wave: str | None) -> Hits:
    """Find the nearest comments; see `analyzer.store.Workspace.search`."""
    if not text.strip() or k < 1:
        raise ConfigError(
            f"search needs words and k of at least 1, got {len(text)} characters, {k}."
        )
    asked = np.asarray(encoder.encode([text]), dtype=np.float32)[0]
    spans = session.frame(
        "SELECT feedback_id, span, passage FROM spans JOIN feedback USING (feedback_id) "
        "WHERE $wave IS NULL OR wave = $wave",
        wave=wave,
    )
    best = (
        spans.join(vectors.near(session, session.folder, asked), on="passage")
        .sort(["similarity", "feedback_id", "span"], descending=[True, False, False])
        .unique("feedback_id", keep="first", maintain_order=True)
        .head(k)
        .drop("passage")
    )
    ids = best.select("feedback_id")
    found = described(
        best,
        session.matching("spans", ids).sort("feedback_id", "span"),
        session.matching("feedback", ids).sort("feedback_id"),
        session.matching("mentions", ids),
        session.frame("SELECT * FROM themes"),
    )
    return Hits(found, text.strip())

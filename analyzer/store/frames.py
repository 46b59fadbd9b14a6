"""Frames and theme geometry, as the workspace keeps them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer import schema
from analyzer.sources import ScoreDecision, Source, read_note
from analyzer.store import vectors
from analyzer.themes.assign import ThemeSpace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.store.database import Session
    from analyzer.themes.assign import Assignment

__all__ = [
    "ACTIVE",
    "Registry",
    "Stored",
    "as_mentions",
    "load_registry",
    "load_sources",
    "load_wave",
    "save_born",
    "save_space",
    "used_ids",
]

ACTIVE = ("active", "retired")  # states whose themes are reported


@dataclass(frozen=True)
class Stored:
    """Rows of some waves.

    Attributes:
        feedback: `analyzer.schema.FEEDBACK` and the user's own columns, by feedback_id.
        spans: `analyzer.schema.SPANS` and passage, by feedback_id and span.
        vectors: (n, d) of the passages of the n spans.
        languages: n codes.
        people: n persons; a row without a respondent is a person of its own.
    """

    feedback: pl.DataFrame
    spans: pl.DataFrame
    vectors: NDArray[np.float32]
    languages: list[str]
    people: list[str]

    def passages(self) -> pl.Series:
        """Texts of the passages of the n spans."""
        run = pl.struct("feedback_id", "passage").rle_id()
        texts = self.feedback.select("feedback_id", whole="text")
        told = self.spans.join(texts, on="feedback_id", how="left", maintain_order="left")
        start, end = pl.col("start").min().over(run), pl.col("end").max().over(run)
        return told.select(text=pl.col("whole").str.slice(start, end - start))["text"]


@dataclass(frozen=True)
class Registry:
    """Every theme there ever was, and where those lie that comments can belong to.

    Attributes:
        themes: the table ``themes``, by theme_id.
        ids: k theme ids, in the order of the space's themes.
        space: where they lie.
        born: (k, d) centred centroid of each theme when it was made; what drift is measured from.
    """

    themes: pl.DataFrame
    ids: list[str]
    space: ThemeSpace
    born: NDArray[np.float32]


def load_wave(
    session: Session, folder: Path, waves: Sequence[str], *, spans: pl.DataFrame | None = None
) -> Stored:
    """Read waves, or only the given spans (feedback_id, span) of them."""
    wanted = pl.DataFrame({"wave": list(waves)}, schema={"wave": pl.String})
    feedback = session.matching("feedback", wanted).drop("ingest").sort("feedback_id")
    rows = session.matching("spans", feedback.select("feedback_id")).sort("feedback_id", "span")
    if spans is not None:
        rows = rows.join(spans, on=["feedback_id", "span"], how="semi", maintain_order="left")
    own = session.matching("segments", feedback.select("feedback_id"))
    if own.height:
        wide = own.sort("name", "feedback_id").pivot(
            "name", index="feedback_id", values="value", sort_columns=True
        )
        feedback = feedback.join(wide, on="feedback_id", how="left", maintain_order="left")
    person = pl.coalesce("r:" + pl.col("respondent_id"), "f:" + pl.col("feedback_id"))
    told = rows.join(
        feedback.select("feedback_id", "language", person=person),
        on="feedback_id",
        how="left",
        maintain_order="left",
    )
    return Stored(
        feedback=feedback.cast(dict(schema.FEEDBACK)),  # type: ignore[arg-type]
        spans=rows,
        vectors=vectors.load(session, folder, rows["passage"].to_list()),
        languages=told["language"].to_list(),
        people=told["person"].to_list(),
    )


def load_registry(session: Session) -> Registry | None:
    """Themes and their space; None before the first wave has themes."""
    themes = session.frame("SELECT * FROM themes").sort("theme_id")
    if themes.is_empty():
        return None
    space = session.frame("SELECT * FROM space").sort("part", "theme_id", "number")
    prototypes = space.filter(pl.col("part") == "prototype")
    ids = prototypes["theme_id"].unique().sort().to_list()
    position = {theme: i for i, theme in enumerate(ids)}
    limits = dict(themes.select("theme_id", "match_limit").iter_rows())
    offsets = space.filter(pl.col("part").str.starts_with("offset:"))
    return Registry(
        themes=themes,
        ids=ids,
        space=ThemeSpace(
            mean=_rows(space.filter(pl.col("part") == "mean"))[0],
            prototypes=_rows(prototypes),
            owner=np.array([position[theme] for theme in prototypes["theme_id"]], dtype=np.int64),
            limits=np.array([limits[theme] for theme in ids]),
            offsets={
                part.removeprefix("offset:"): row
                for part, row in zip(offsets["part"], _rows(offsets), strict=True)
            },
        ),
        born=_rows(space.filter((pl.col("part") == "born") & pl.col("theme_id").is_in(ids))),
    )


def save_space(session: Session, ids: Sequence[str], space: ThemeSpace) -> None:
    """Replace mean, offsets, prototypes and limits; what themes looked like when born stays."""
    session.run("DELETE FROM space WHERE part <> 'born'")
    parts = [("mean", "", 0, space.mean)]
    parts += [(f"offset:{code}", "", 0, row) for code, row in sorted(space.offsets.items())]
    parts += [
        ("prototype", ids[owner], number, row)
        for number, (owner, row) in enumerate(zip(space.owner, space.prototypes, strict=True))
    ]
    session.append("space", _space_frame(parts))
    for theme, limit in zip(ids, space.limits.tolist(), strict=True):
        session.run(
            "UPDATE themes SET match_limit = $limit WHERE theme_id = $theme",
            limit=limit,
            theme=theme,
        )


def save_born(session: Session, ids: Sequence[str], centroids: NDArray[np.float32]) -> None:
    """Keep what themes look like now as what they are measured against from now on."""
    session.delete("space", pl.DataFrame({"theme_id": list(ids), "part": ["born"] * len(ids)}))
    parts = [("born", theme, 0, row) for theme, row in zip(ids, centroids, strict=True)]
    session.append("space", _space_frame(parts))


def as_mentions(spans: pl.DataFrame, ids: Sequence[str], assigned: Assignment) -> pl.DataFrame:
    """Rows of the table ``mentions`` for spans that were assigned to themes ``ids``."""
    return spans.select("feedback_id", "span").with_columns(
        theme_id=pl.Series([ids[i] for i in assigned.theme], dtype=pl.String),
        similarity=pl.Series(np.round(assigned.similarity, 4)),
        confident=pl.Series(assigned.confident),
        pinned=pl.lit(value=False),
    )


def used_ids(session: Session) -> list[str]:
    """Every id that a theme has or had, one that an undo took away too."""
    found = session.frame(
        "SELECT theme_id FROM themes UNION SELECT theme_id FROM history UNION "
        "SELECT unnest(from_json(json_extract(detail, '$.themes'), '[\"VARCHAR\"]')) FROM edits "
        "ORDER BY 1"
    )
    return found["theme_id"].drop_nulls().to_list()


def load_sources(session: Session, waves: Sequence[str]) -> tuple[Source, ...]:
    """How the files of some waves were read."""
    wanted = pl.DataFrame({"wave": list(waves)}, schema={"wave": pl.String})
    told = session.matching("sources", wanted).sort("wave", "source")["description"]
    return tuple(_source(json.loads(text)) for text in told)


def _source(told: dict[str, Any]) -> Source:
    scores = tuple(ScoreDecision(**score) for score in told["scores"])
    return Source(**told | {"scores": scores, "notes": tuple(map(read_note, told["notes"]))})


def _rows(frame: pl.DataFrame) -> NDArray[np.float32]:
    if frame.is_empty():
        return np.empty((0, 0), dtype=np.float32)
    return np.array(frame["vector"].to_list(), dtype=np.float32)


def _space_frame(parts: list[tuple[str, str, int, NDArray[np.float32]]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "part": [part for part, *_ in parts],
            "theme_id": [theme for _, theme, *_ in parts],
            "number": [number for *_, number, _ in parts],
            "vector": pl.Series([row.tolist() for *_, row in parts], dtype=pl.List(pl.Float32)),
        },
        schema_overrides={"part": pl.String, "theme_id": pl.String, "number": pl.Int64},
    )

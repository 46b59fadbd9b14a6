"""What a wave did to each theme: status, people, drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer import schema
from analyzer.errors import ConfigError
from analyzer.stages import counted
from analyzer.stats.population import Population, population, theme_spans, valid_mentions
from analyzer.stats.waves import theme_waves, wave_order
from analyzer.themes import follow
from analyzer.themes import waves as identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.store.database import Session
    from analyzer.store.frames import Registry, Stored
    from analyzer.themes.assign import Assignment

__all__ = [
    "Job", "base_of", "check_waves", "drifts", "history", "indices", "order_of_waves", "reference",
]  # fmt: skip

_REFERENCE: Final = 12_000  # spans of earlier waves that a new one is compared with
# What the test of a theme's share says, in the words of the history.
_CHANGE: Final = {
    "growing": "growing", "emerging": "growing", "fading": "fading", "gone": "fading",
}  # fmt: skip
_FEW: Final = 30  # answers under which social mentions are counted with them


@dataclass(frozen=True)
class Job:
    """A wave that waits for themes, and what it is compared with.

    Attributes:
        wave: its name.
        compared: the wave before, if it has themes.
        now: its rows.
        mentions: those of its mentions that exist.
        registry: the themes so far; None before the first wave.
        before: rows of the wave before, else of the next one that has themes.
        mentions_before: their mentions.
        sizes: spans of each theme so far.
        used: ids that no new theme may take.
    """

    wave: str
    compared: str | None
    now: Stored
    mentions: pl.DataFrame  # of this wave, that exist
    registry: Registry | None
    before: Stored | None
    mentions_before: pl.DataFrame
    sizes: dict[str, int]
    used: list[str]


def order_of_waves(session: Session) -> list[str]:
    """Waves from oldest to newest, by date, else by name; as `analyzer.stats` orders them."""
    return wave_order(session.frame("SELECT wave, created_at FROM feedback"))


def check_waves(order: list[str], *waves: str | None) -> None:
    """Refuse waves that the workspace does not have; None stands for no wave."""
    for name in waves:
        if name is not None and name not in order:
            known = ", ".join(order) or "none yet"
            raise ConfigError(f"There is no wave {name!r} in the workspace; there are {known}.")


def reference(count: int, seed: int) -> NDArray[np.int64]:
    """Choose the spans of an earlier wave that stand for it."""
    if count <= _REFERENCE:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, _REFERENCE, replace=False))


def drifts(
    job: Job, registry: Registry, rows: NDArray[np.float32], assigned: Assignment, seed: int
) -> dict[str, follow.Drift]:
    """Drift of each known theme, where there is something to compare."""
    if job.before is None:
        return {}
    chosen = reference(len(job.before.spans), seed)
    earlier = registry.space.centre(job.before.vectors, job.before.languages)[chosen]
    stored = job.before.spans.select("feedback_id", "span")[chosen].join(
        job.mentions_before, on=["feedback_id", "span"], how="left", maintain_order="left"
    )
    theme_before = indices(stored["theme_id"], registry.ids)
    found = {}
    for i, name in enumerate(registry.ids):
        own = rows[assigned.theme == i]
        if len(own):
            found[name] = follow.drift(registry.born[i], earlier[theme_before == i], own)
    return found


def history(
    job: Job,
    ids: list[str],
    mentions: pl.DataFrame,
    before_mentions: pl.DataFrame | None,
    moved: dict[str, follow.Drift],
    related: dict[int, identity.Relation],
) -> pl.DataFrame:
    """One row a theme: its status in this wave, and what it rests on."""
    figures = _figures(job, ids, mentions, before_mentions)
    known = set(job.registry.ids) if job.registry else set(ids)
    rows = []
    for i, name in enumerate(ids):
        figure = figures.get(name, {})
        relation = related.get(i)
        status = _status(name in known, figure.get("verdict"), relation)
        others = relation.related if relation and status == relation.status else ()
        drift = moved.get(name)
        rows.append(
            {
                "wave": job.wave,
                "compared": job.compared,
                "theme_id": name,
                "status": status,
                "people": figure.get("n", 0),
                "share": figure.get("share"),
                "share_before": figure.get("previous_share"),
                "related": [ids[len(known) - 1 - o] if o < 0 else ids[o] for o in others],
                "overlap": relation.overlap if relation and status == relation.status else None,
                "similarity": drift.similarity if drift else None,
                "similarity_limit": drift.limit if drift else None,
                "drift": bool(drift and drift.alarm),
                "change": _CHANGE.get(str(figure.get("verdict"))) if name in known else None,
            }
        )
    return pl.DataFrame(
        rows,
        schema_overrides={
            "related": pl.List(pl.String),
            "overlap": pl.Float64,
            "change": pl.String,
            "compared": pl.String,
            "share": pl.Float64,
            "share_before": pl.Float64,
            "similarity": pl.Float64,
            "similarity_limit": pl.Float64,
        },
        infer_schema_length=None,
    )


def _status(known: bool, verdict: object, relation: identity.Relation | None) -> str:
    if not known:
        return "emerging"
    if relation is not None:
        return relation.status
    return "retired" if verdict == "gone" else _CHANGE.get(str(verdict), "continued")


def _figures(
    job: Job, ids: list[str], mentions: pl.DataFrame, before: pl.DataFrame | None
) -> dict[str, dict[str, object]]:
    """People and shares, as the report counts them."""
    parts = [(job.now.feedback, job.now.spans, counted(mentions))]
    if before is not None and job.before is not None:
        parts.append((job.before.feedback, job.before.spans, counted(before)))
    feedback = pl.concat([part[0] for part in parts], how="diagonal")
    spans = pl.concat([part[1] for part in parts])
    said = pl.concat([part[2].select(*schema.MENTIONS) for part in parts])
    base = base_of(feedback, spans, said, ids)
    found = theme_waves(base)
    if found is not None:
        return {row["theme_id"]: row for row in found.iter_rows(named=True)}
    n = base.sums(np.ones(base.n))
    return {
        name: {"n": int(count), "share": count / base.n if base.n else None}
        for name, count in zip(ids, n, strict=True)
    }


def base_of(
    feedback: pl.DataFrame, spans: pl.DataFrame, mentions: pl.DataFrame, ids: list[str]
) -> Population:
    """Answers; social mentions with them where answers alone are too few to compare."""
    mentioned = theme_spans(valid_mentions(feedback, mentions, ids), spans)
    base = population(feedback, mentioned, ids)
    sizes = base.answers["wave"].value_counts()["count"]
    if len(sizes) == feedback["wave"].n_unique() and (sizes.min() or 0) >= _FEW:  # type: ignore[operator]
        return base
    everyone = feedback.with_columns(
        kind=pl.lit("survey"),
        nps_segment=pl.lit(None, dtype=pl.String),
        csat=pl.lit(None, dtype=pl.Float64),
        ces=pl.lit(None, dtype=pl.Float64),
    )
    mentioned = mentioned.with_columns(social=pl.lit(False))
    return population(everyone, mentioned, ids)


def indices(theme_ids: pl.Series, ids: Sequence[str]) -> NDArray[np.int64]:
    """Position of each id in ``ids``; -1 where it is in none of them."""
    position = {name: i for i, name in enumerate(ids)}
    return np.array([position.get(name, -1) for name in theme_ids.to_list()], dtype=np.int64)

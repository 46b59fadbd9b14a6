"""Waves to themes: discover once, then recognise, extend and follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from analyzer import schema
from analyzer.store.frames import (
    ACTIVE,
    Registry,
    Stored,
    as_mentions,
    load_registry,
    load_wave,
    save_born,
    save_space,
    used_ids,
)
from analyzer.store.status import Job, drifts, history, indices, order_of_waves, reference
from analyzer.store.tables import TABLES
from analyzer.themes import follow
from analyzer.themes import waves as identity
from analyzer.themes.concepts import has_subject
from analyzer.themes.find import find_themes
from analyzer.themes.focus import happy, problem_rows
from analyzer.themes.label import label_themes
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.store.database import Database, Session
    from analyzer.themes.assign import Assignment, ThemeSpace
    from analyzer.themes.result import Themes

__all__ = ["apply_new", "new_ids", "update"]


def update(database: Database, encoder: Encoder, seed: int) -> list[str]:
    """Give themes to every wave that has comments without; oldest wave first.

    Returns:
        The waves that were worked on.
    """
    done: list[str] = []
    while True:
        with database.reading() as session:
            waiting = _waiting(session)
            if not waiting:
                return done
            revision = session.meta()["revision"]
            job = _load(session, database, waiting[0])
        with threadpool_limits(1):
            result = (
                _first(job, encoder, seed) if job.registry is None else _next(job, encoder, seed)
            )
        with database.writing() as session:
            if session.meta()["revision"] == revision:
                _save(session, job, result)
                done.append(job.wave)


@dataclass(frozen=True)
class _Result:
    themes: pl.DataFrame  # rows to add to the table
    ids: list[str]
    space: ThemeSpace
    born: NDArray[np.float32]  # of the new themes
    mentions: pl.DataFrame  # all of the wave
    history: pl.DataFrame


def _waiting(session: Session) -> list[str]:
    found = session.frame(
        "SELECT DISTINCT f.wave FROM spans s JOIN feedback f USING (feedback_id) "
        "ANTI JOIN mentions m ON s.feedback_id = m.feedback_id AND s.span = m.span"
    )
    waiting = set(found["wave"])
    return [wave for wave in order_of_waves(session) if wave in waiting]


def _load(session: Session, database: Database, wave: str) -> Job:
    order = order_of_waves(session)
    at = order.index(wave)
    assigned = set(session.frame("SELECT wave FROM waves WHERE assigned IS NOT NULL")["wave"])
    known = [w for w in (*reversed(order[:at]), *order[at + 1 :]) if w in assigned]
    compared = next((w for w in reversed(order[:at]) if w in assigned), None)
    now = load_wave(session, database.folder, [wave])
    sizes = session.frame("SELECT theme_id, count(*) AS n FROM mentions GROUP BY ALL")
    registry = load_registry(session)
    before = None
    if registry is not None and known:
        before = load_wave(session, database.folder, [known[0]])
    return Job(
        wave=wave,
        compared=compared,
        now=now,
        mentions=session.matching("mentions", now.feedback.select("feedback_id")),
        registry=registry,
        before=before,
        mentions_before=session.matching("mentions", before.feedback.select("feedback_id"))
        if before
        else session.frame("SELECT * FROM mentions LIMIT 0"),
        sizes=dict(sizes.iter_rows()),
        used=used_ids(session),
    )


def _first(job: Job, encoder: Encoder, seed: int) -> _Result:
    now = job.now
    spans = now.spans.drop("passage")
    found = find_themes(
        now.feedback, spans, now.vectors, encoder, passages=now.passages(), seed=seed
    )
    ids = found.frame["theme_id"].to_list()
    keep = [name for name in found.frame.columns if name in TABLES["themes"]]
    themes = found.frame.select(keep).with_columns(
        state=pl.lit("active"), since=pl.lit(job.wave), renamed=pl.lit(False)
    )
    rows = found.space.centre(now.vectors, now.languages)
    # By the rule that later waves are assigned by, and as if no span had made its theme: else all
    # themes look smaller in the next wave, though nothing changed.
    nearest = found.space.assign(now.vectors, now.languages)
    assigned = follow.held_out(found.space, rows, _made(job, found), nearest)
    theme = assigned.theme
    mentions = as_mentions(now.spans, ids, assigned)
    told = history(job, ids, mentions, None, {}, {})
    return _Result(
        themes, ids, found.space, follow.centroids(rows, theme, len(ids)), mentions, told
    )


def _made(job: Job, found: Themes) -> NDArray[np.int64]:
    """Theme that each span of the first wave helped to make, or -1; see `find_themes`."""
    joined = job.now.spans.join(
        job.now.feedback.drop("text"), on="feedback_id", how="left", maintain_order="left"
    )
    theme = indices(found.mentions["theme_id"], found.frame["theme_id"].to_list())
    strength = (found.frame["origin"] == "strength").to_numpy()[theme]
    made = happy(joined) & strength
    made[problem_rows(joined)] = True
    return np.where(made, theme, -1)


def _next(job: Job, encoder: Encoder, seed: int) -> _Result:
    """Assign a later wave; odds and ends that it has more of are no new theme."""
    registry, now, before = job.registry, job.now, job.before
    assert registry is not None  # noqa: S101 - for the type checker; the caller asked
    rows = registry.space.centre(now.vectors, now.languages)
    theme = registry.space.assign(now.vectors, now.languages).theme
    groups: list[NDArray[np.int64]] = []
    related: dict[int, identity.Relation] = {}
    if before is not None and len(before.spans):
        groups, related = _compare(job, registry, before, rows, theme, seed)
    while True:
        space, assigned = _with_new(registry.space, now, rows, groups)
        fresh_ids = new_ids(job.used, len(groups))
        ids = [*registry.ids, *fresh_ids]
        themes = _describe(job, ids, fresh_ids, assigned.theme, space, encoder)
        subjects = [has_subject(name) for name in themes["name_en"]] if groups else []
        if all(subjects):
            break
        groups = [group for group, subject in zip(groups, subjects, strict=True) if subject]
    mentions = _mentions(job, ids, assigned, fresh_ids)
    born = follow.centroids(rows, assigned.theme, len(ids))
    moved_away = drifts(job, registry, rows, assigned, seed)
    unheard = {name for name in registry.ids if not job.sizes.get(name)}  # added by a person
    before_mentions = _before_mentions(job, ids, space, unheard | set(fresh_ids))
    parents = _parents(theme, groups)
    told = history(job, ids, mentions, before_mentions, moved_away, related | parents)
    sizes = [job.sizes.get(name, 0) for name in ids]
    sure = assigned.confident & _arrived(job)
    moved = follow.move(space, rows[sure], assigned.theme[sure], sizes)
    return _Result(themes, ids, moved, born[len(registry.ids) :], mentions, told)


def _with_new(
    space: ThemeSpace, now: Stored, rows: NDArray[np.float32], groups: list[NDArray[np.int64]]
) -> tuple[ThemeSpace, Assignment]:
    """Add a theme for each group of rows, and assign the wave."""
    made = np.full(len(rows), -1)
    for number, group in enumerate(groups):
        made[group] = len(space.limits) + number
    if groups:
        space = follow.extend(space, [rows[group] for group in groups], rows[made < 0])
    return space, follow.held_out(space, rows, made, space.assign(now.vectors, now.languages))


def _compare(
    job: Job,
    registry: Registry,
    before: Stored,
    rows: NDArray[np.float32],
    theme: NDArray[np.int64],
    seed: int,
) -> tuple[list[NDArray[np.int64]], dict[int, identity.Relation]]:
    """Rows of each new theme, and what became of the known ones."""
    chosen = reference(len(before.spans), seed)
    earlier = registry.space.centre(before.vectors, before.languages)[chosen]
    people_before = [before.people[i] for i in chosen]
    stored = before.spans.select("feedback_id", "span")[chosen].join(
        job.mentions_before, on=["feedback_id", "span"], how="left", maintain_order="left"
    )
    theme_before = indices(stored["theme_id"], registry.ids)
    cluster, cluster_before = identity.pool(rows, earlier, seed)  # at several resolutions
    candidates = identity.emerging(
        cluster, cluster_before, job.now.people, people_before, theme, theme_before
    )
    known = theme_before >= 0
    middle = identity.MIDDLE
    related = identity.relations(
        theme, cluster[middle], theme_before[known], cluster_before[middle][known]
    )
    own = [earlier[theme_before == i] for i in range(len(registry.ids))]
    filled = [i for i, part in enumerate(own) if len(part)]
    groups = [candidate.rows for candidate in candidates]
    middles = (
        np.stack([unit(rows[g].mean(0, keepdims=True))[0] for g in groups])
        if groups
        else np.empty((0, rows.shape[1]), np.float32)
    )
    matched = follow.match(middles, [len(g) for g in groups], [own[i] for i in filled], seed)
    return [g for g, found in zip(groups, matched, strict=True) if found < 0], related


def _parents(
    theme: NDArray[np.int64], groups: list[NDArray[np.int64]]
) -> dict[int, identity.Relation]:
    """Themes that lost a large part of their comments to a new one: they were split."""
    count = int(theme.max(initial=0)) + 1
    sizes = np.bincount(theme, minlength=count)
    found = {}
    for number, rows in enumerate(groups):
        inside = np.bincount(theme[rows], minlength=count)
        parent = int(inside.argmax())
        if inside[parent] > 0.6 * len(rows) and inside[parent] > 0.25 * sizes[parent]:
            share = float(inside[parent] / sizes[parent])
            found[parent] = identity.Relation("split", (-1 - number,), share)
    return found


def _mentions(
    job: Job, ids: list[str], assigned: Assignment, fresh_ids: Sequence[str]
) -> pl.DataFrame:
    """Themes of the wave. What had one keeps it, unless it belongs to a theme that is new."""
    fresh = as_mentions(job.now.spans, ids, assigned)
    emerged = fresh.filter(pl.col("theme_id").is_in(list(fresh_ids)))
    stay = pl.concat(
        [
            job.mentions.filter("pinned"),
            job.mentions.filter(~pl.col("pinned")).join(
                emerged, on=["feedback_id", "span"], how="anti"
            ),
        ]
    )
    free = fresh.join(stay, on=["feedback_id", "span"], how="anti", maintain_order="left")
    return pl.concat([free, stay.select(free.columns)]).sort("feedback_id", "span")


def _arrived(job: Job) -> NDArray[np.bool_]:
    """Spans that had no theme before."""
    known = job.mentions.select("feedback_id", "span", had=pl.lit(value=True))
    spans = job.now.spans.select("feedback_id", "span")
    had = spans.join(known, on=["feedback_id", "span"], how="left", maintain_order="left")["had"]
    return np.asarray(had.is_null().to_numpy(), dtype=np.bool_)


def _before_mentions(
    job: Job, ids: list[str], space: ThemeSpace, new: set[str]
) -> pl.DataFrame | None:
    """Mentions of the wave before, with new themes looked for there too, for a fair comparison."""
    if job.before is None or job.compared is None:
        return None
    return apply_new(job.before, job.mentions_before, ids, space, new)


def apply_new(
    stored: Stored,
    mentions: pl.DataFrame,
    ids: Sequence[str],
    space: ThemeSpace,
    new: set[str],
) -> pl.DataFrame:
    """Mentions of earlier rows, with those moved that belong to themes made later."""
    if not new or not len(stored.spans):
        return mentions
    again = space.assign(stored.vectors, stored.languages)
    moved = as_mentions(stored.spans, ids, again)
    moved = moved.filter(pl.col("theme_id").is_in(sorted(new)))
    pinned = mentions.filter("pinned")
    moved = moved.join(pinned, on=["feedback_id", "span"], how="anti")
    rest = mentions.join(moved, on=["feedback_id", "span"], how="anti")
    return pl.concat([rest, moved.select(rest.columns)]).sort("feedback_id", "span")


def _describe(
    job: Job,
    ids: list[str],
    new: list[str],
    theme: NDArray[np.int64],
    space: ThemeSpace,
    encoder: Encoder,
) -> pl.DataFrame:
    """Rows of the new themes, named from the comments of this wave."""
    if not new:
        return pl.DataFrame()
    now = job.now
    known = job.registry.themes if job.registry else pl.DataFrame()
    named = {row["theme_id"]: row for row in known.iter_rows(named=True)}
    names = label_themes(
        now.spans["text"].to_list(),
        now.languages,
        theme,
        now.vectors,
        space,
        encoder,
        count=len(ids),
        given=[
            {code: named[old][f"name_{code}"] for code in schema.LANGUAGES}
            for old in ids[: len(ids) - len(new)]
        ],
        polarity=now.spans["polarity"],
    )[-len(new) :]
    return pl.DataFrame(
        {
            "theme_id": new,
            "origin": _origins(now, theme, len(ids))[-len(new) :],
            **{f"name_{c}": [name.name.get(c) for name in names] for c in schema.LANGUAGES},
            **{
                f"keywords_{c}": pl.Series(
                    [list(name.keywords[c]) for name in names], dtype=pl.List(pl.String)
                )
                for c in schema.LANGUAGES
            },
            "weak": [False] * len(new),
            "state": ["active"] * len(new),
            "since": [job.wave] * len(new),
            "renamed": [False] * len(new),
        }
    )


def _origins(now: Stored, theme: NDArray[np.int64], count: int) -> list[str]:
    happy = (now.spans["sentiment"] == "positive").to_numpy()
    praise = np.bincount(theme, weights=happy, minlength=count)
    size = np.bincount(theme, minlength=count)
    return ["strength" if p > s / 2 else "problem" for p, s in zip(praise, size, strict=True)]


def new_ids(known: Sequence[str], count: int) -> list[str]:
    """Return ids for so many more themes; an id is never used twice."""
    last = max((int(name[1:]) for name in known if name[1:].isdecimal()), default=0)
    return [f"T{last + 1 + i:02d}" for i in range(count)]


def _save(session: Session, job: Job, result: _Result) -> None:
    turn = session.next("history", "turn")
    if result.themes.height:
        session.append("themes", result.themes)
        save_born(session, result.themes["theme_id"].to_list(), result.born)
    save_space(session, result.ids, result.space)
    session.delete("mentions", job.now.feedback.select("feedback_id"))
    session.append("mentions", result.mentions)
    session.append("history", result.history.with_columns(turn=pl.lit(turn)))
    _set_states(session, result.history)
    session.run(
        "UPDATE waves SET assigned = $turn WHERE wave = $wave AND assigned IS NULL",
        turn=turn,
        wave=job.wave,
    )


def _set_states(session: Session, history: pl.DataFrame) -> None:
    """A theme that nobody names is retired, and active again when somebody does."""
    for name, status in history.select("theme_id", "status").iter_rows():
        state = "retired" if status == "retired" else "active"
        session.run(
            "UPDATE themes SET state = $state WHERE theme_id = $name AND state IN $open",
            state=state,
            name=name,
            open=list(ACTIVE),
        )

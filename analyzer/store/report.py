"""A wave as an `Analysis`, so that reports, quotes and notebooks read it like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from analyzer import explore, schema
from analyzer.analysis import Analysis, Quality
from analyzer.errors import ConfigError
from analyzer.stages import counted
from analyzer.stats import link
from analyzer.store import subjects
from analyzer.store.assign import apply_new
from analyzer.store.consent import with_consent
from analyzer.store.frames import ACTIVE, Registry, Stored, load_registry, load_sources, load_wave
from analyzer.store.status import check_waves, order_of_waves
from analyzer.themes.assign import ThemeSpace
from analyzer.themes.hierarchy import macro_themes
from analyzer.themes.layout import place_spans, place_themes
from analyzer.themes.leak import language_leak
from analyzer.themes.result import Themes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.stats import Linked
    from analyzer.store.database import Database, Session
    from analyzer.store.models import Models

__all__ = ["analysis", "check_apart"]


def analysis(
    database: Database,
    models: Models,
    wave: str,
    compare: str | None,
    *,
    by: Sequence[str],
    minimum_cell: int,
    seed: int,
) -> Analysis:
    """Build the analysis of one wave; see `analyzer.store.Workspace.report`."""
    with database.reading() as session:
        order = order_of_waves(session)
        check_waves(order, wave, compare)
        check_apart(order, wave, compare)
        registry = load_registry(session)
        now = load_wave(session, database.folder, [wave])
        if registry is None or now.spans.is_empty():
            raise ConfigError(
                f"Wave {wave} has no comment to analyse: {now.feedback.height} rows were ingested "
                "without any. Ingest a file with comments first."
            )
        mentions = session.matching("mentions", now.feedback.select("feedback_id"))
        before = _before(session, database, registry, (wave, compare), mentions)
        ledger, findings = _accounts(session, wave)
        feedback, sources = with_consent(session, wave, now.feedback, load_sources(session, [wave]))
        now = replace(now, feedback=feedback)
        status = _statuses(session, wave)
    with threadpool_limits(1):
        found = _found(registry, now, mentions, status, models.encoder)
        ids = found.frame["theme_id"].to_list()
        said = counted(found.mentions).select(*schema.MENTIONS)
        spans = now.spans.drop("passage")
        linked = link(now.feedback, spans, said, ids, by=by, minimum_cell=minimum_cell)
        listed = None
        if before is not None:
            linked = _with_waves(linked, before, now.feedback, spans, said, ids)
            listed = subjects.compare(
                (now, before[0]),
                subjects.listed(),
                models.encoder,
                minimum_cell=minimum_cell,
                seed=seed,
            )
    return Analysis(
        feedback=now.feedback,
        spans=spans,
        mentions=said,
        themes=found.frame,
        ledger=ledger,
        sources=sources,
        linked=linked,
        positions=found.positions,
        quality=_quality(now, spans, found, models, seed),
        findings=findings,
        found=replace(found, mentions=found.mentions.select(*schema.MENTIONS)),
        encoder=models.encoder,
        subjects=listed,
    )


def check_apart(order: list[str], wave: str, compare: str | None) -> None:
    """Refuse to compare a wave with itself or a later one: what is new would be of that one."""
    if wave == compare:
        raise ConfigError(f"Wave {wave!r} cannot be compared with itself. Name another one.")
    if compare is not None and order.index(compare) > order.index(wave):
        raise ConfigError(
            f"Wave {compare!r} comes after {wave!r}. A wave is compared with an earlier one: "
            f"ask for {compare!r}, compared with {wave!r}."
        )


def _before(
    session: Session,
    database: Database,
    registry: Registry,
    waves: tuple[str, str | None],
    mentions: pl.DataFrame,
) -> tuple[Stored, pl.DataFrame] | None:
    """The wave to compare with; themes that only the wave itself was searched for are there too."""
    wave, compare = waves
    if compare is None:
        return None
    stored = load_wave(session, database.folder, [compare])
    earlier = session.matching("mentions", stored.feedback.select("feedback_id"))
    told = session.frame("SELECT DISTINCT wave, theme_id FROM history")
    at = {name: number for number, name in enumerate(order_of_waves(session))}
    searched = set(told.filter(pl.col("wave") == wave)["theme_id"]) | set(mentions["theme_id"])
    # A theme that a person adds is looked for from the wave after the one it was made in.
    first = dict.fromkeys(earlier["theme_id"].unique(), at[compare])
    for name, theme_id in told.iter_rows():
        first[theme_id] = min(first.get(theme_id, len(at)), at.get(name, 0))
    since = {name: at.get(made, 0) for name, made in registry.themes["theme_id", "since"].rows()}
    later = {
        name
        for name in searched & set(registry.ids)
        if max(since[name], first.get(name, 0)) > at[compare]
    }
    return stored, apply_new(stored, earlier, registry.ids, registry.space, later)


def _with_waves(
    linked: Linked,
    before: tuple[Stored, pl.DataFrame],
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    said: pl.DataFrame,
    ids: list[str],
) -> Linked:
    """Keep the wave's own figures, and take the comparison from both waves."""
    stored, mentions = before
    both = link(
        pl.concat([feedback, stored.feedback], how="diagonal"),
        pl.concat([spans, stored.spans.drop("passage")]),
        pl.concat([said, counted(mentions).select(*schema.MENTIONS)]),
        ids,
    )
    return replace(linked, waves=both.waves, wave_scores=both.wave_scores, change=both.change)


def _accounts(session: Session, wave: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    ledger = session.frame("SELECT * FROM ledger WHERE wave = $wave", wave=wave)
    findings = session.frame(
        "SELECT source, type, sum(count)::BIGINT AS count FROM findings WHERE wave = $wave "
        "GROUP BY ALL",
        wave=wave,
    )
    return (
        ledger.select(*schema.LEDGER).sort("source", "row"),
        findings.sort("source", "type"),
    )


def _statuses(session: Session, wave: str) -> pl.DataFrame:
    """The latest word on each theme in the wave."""
    history = session.frame("SELECT * FROM history WHERE wave = $wave", wave=wave)
    return (
        history.sort("turn", "theme_id")
        .unique("theme_id", keep="last", maintain_order=True)
        .select("theme_id", "drift", wave_status="status")
    )


def _found(
    registry: Registry,
    now: Stored,
    mentions: pl.DataFrame,
    status: pl.DataFrame,
    encoder: Encoder,
) -> Themes:
    shown = registry.themes.filter(pl.col("state").is_in(ACTIVE))
    ids = [name for name in registry.ids if name in set(shown["theme_id"])]
    space = _only(registry, ids)
    at = {name: i for i, name in enumerate(ids)}
    rows = now.spans.select("feedback_id", "span").with_row_index("at")
    kept = mentions.filter(pl.col("theme_id").is_in(ids)).join(
        rows, on=["feedback_id", "span"], maintain_order="left"
    )
    theme = np.array([at[name] for name in kept["theme_id"]], dtype=np.int64)
    own = kept["at"].to_numpy()
    themes_at = place_themes(space)
    codes = np.array(now.languages)
    placed = place_spans(
        lambda rows: space.centre(now.vectors[own[rows]], codes[own[rows]].tolist()),
        theme,
        themes_at,
    )
    sizes = np.bincount(theme, minlength=len(ids))
    order = pl.DataFrame(
        {
            "theme_id": ids,
            "size": sizes.astype(np.int64),
            "x": themes_at[:, 0],
            "y": themes_at[:, 1],
        }
    )
    frame = order.join(shown, on="theme_id", maintain_order="left").join(
        status, on="theme_id", how="left", maintain_order="left"
    )
    words = [f"{kind}_{code}" for kind in ("name", "keywords") for code in schema.LANGUAGES]
    names: list[dict[str, str]] = [
        {str(code): row[f"name_{code}"] for code in schema.LANGUAGES}
        for row in frame.iter_rows(named=True)
    ]
    parent_ids, parents = macro_themes(space, encoder, names)
    frame = frame.select(
        "theme_id", "origin", pl.lit("discovered").alias("status"),
        pl.Series("parent_id", parent_ids, dtype=pl.String), *words,
        pl.col("stability").fill_null(1.0), pl.col("weak").fill_null(value=False),
        "size", "x", "y", "wave_status", "drift", "since", "note",
    )  # fmt: skip
    positions = kept.select("feedback_id", "span").with_columns(
        x=pl.Series(placed[:, 0]), y=pl.Series(placed[:, 1])
    )
    leak = round(language_leak(theme, [now.languages[i] for i in own]), 4)
    return Themes(
        frame, kept.drop("at"), positions, now.vectors, space, leak, bool(space.offsets), parents
    )


def _only(registry: Registry, ids: list[str]) -> ThemeSpace:
    """The space without themes that are not reported."""
    space = registry.space
    kept = [registry.ids.index(name) for name in ids]
    mask = np.isin(space.owner, kept)
    dense: NDArray[np.int64] = np.searchsorted(kept, space.owner[mask])
    return ThemeSpace(space.mean, space.prototypes[mask], dense, space.limits[kept], space.offsets)


def _quality(now: Stored, spans: pl.DataFrame, found: Themes, models: Models, seed: int) -> Quality:
    said = counted(found.mentions)
    unsure = 1 - float((said["confident"] | said["pinned"]).mean() or 0.0)  # type: ignore[arg-type]
    return Quality(
        language_leak=found.leak,
        language_corrected=found.corrected,
        low_confidence_share=round(unsure, 4),
        contradictions=len(explore.contradictions(now.feedback, spans)),
        encoder=models.encoder.fingerprint,
        sentiment_model=models.scorer.fingerprint,
        seed=seed,
    )

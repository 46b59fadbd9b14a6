"""Files into a wave: the same rows twice change nothing, corrected rows replace, with a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from analyzer import schema, sources, text
from analyzer.engine import LocalEngine
from analyzer.errors import InputError
from analyzer.store import models as models_
from analyzer.store import vectors
from analyzer.store.consent import new_refusals, person_key, refused_in_copies
from analyzer.store.notices import elsewhere, gone
from analyzer.store.rows import KNOWN, identify, plan
from analyzer.store.wavenames import given_wave, read_waves
from analyzer.text.columns import hidden_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analyzer.sources import Reading, Source
    from analyzer.store.database import Database, Session
    from analyzer.store.models import Models, Scored
    from analyzer.text import Prepared

__all__ = ["Ingested", "Progress", "ingest"]

Progress = Callable[[str, int, int], None]
_PARTS = ("ledger", "feedback", "segments", "spans", "mentions", "examples", "aliases")


@dataclass(frozen=True)
class Ingested:
    """What one ingest did.

    Attributes:
        waves: the waves it touched, sorted.
        added: rows that were new.
        replaced: rows that corrected one that was there; the table ``corrections`` has them.
        unchanged: rows that were there already.
        left_out: rows that cannot be used, by reason.
        fates: what became of rows that were added or replaced: analysed, or why not.
        notes: what a person should know.
    """

    waves: tuple[str, ...]
    added: int
    replaced: int
    unchanged: int
    left_out: dict[str, int]
    fates: dict[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Planned:
    """Rows of all files with their fate, the records that are new, and the rows left out.

    Refusals replace those of the wave and source before them, see `consent.new_refusals`.
    """

    rows: pl.DataFrame  # columns of rows.plan, and wave
    records: pl.DataFrame
    left_out: pl.DataFrame  # wave and schema.LEDGER
    described: list[tuple[str, str, Source]]  # wave, source, how it was read
    refusals: list[tuple[str, str, pl.DataFrame]]  # wave, source, rows of the table
    aliases: pl.DataFrame  # rows of the table
    notes: list[str]


def ingest(
    database: Database,
    readings: Sequence[Reading],
    wave: str | None,
    *,
    languages: Sequence[str],
    load_models: Callable[[], Models],
    cache: bool,
    progress: Progress,
) -> Ingested:
    """Add files, each read on its own, to a workspace; see `analyzer.store.Workspace.ingest`."""
    named = None if wave is None else given_wave(wave)
    readings = [_with_wave(reading, named) for reading in readings]
    while True:
        with database.reading() as session:
            revision = session.meta()["revision"]
            planned = _plan(session, readings)
        fresh = planned.rows.filter(pl.col("action") != "unchanged")
        if fresh.is_empty():
            if planned.refusals:
                with database.writing() as session:
                    _write_refusals(session, planned)
            return _result(planned, readings, {})
        models = load_models()
        models_.check(_meta(database), models, database.folder)
        with closing(LocalEngine()) as engine:
            prepared = _prepare(planned.records, languages, engine, progress)
        scored = models_.score(
            prepared,
            models,
            cache=cache,
            progress=lambda done, total: progress("encode", done, total),
        )
        with database.writing() as session:
            if session.meta()["revision"] == revision:
                _write(session, database.folder, planned, prepared, scored)
                fates = prepared.ledger["reason"].value_counts().sort("count", "reason")
                return _result(planned, readings, dict(fates.reverse().iter_rows()))


def _prepare(
    records: pl.DataFrame, languages: Sequence[str], engine: LocalEngine, progress: Progress
) -> Prepared:
    """Prepare records under numbers: a name in a file's or a wave's name is no personal data.

    The numbers are in the order of the ids, of which the smallest of two duplicates is kept.
    """
    ids = records["feedback_id"]
    width = len(str(records.height))
    numbers = (ids.rank("ordinal") - 1).cast(pl.String).str.zfill(width)
    waves = records["wave"].unique().sort()
    codes = pl.Series([f"w{number}" for number in range(len(waves))], dtype=pl.String)
    records = records.with_columns(
        feedback_id=numbers, wave=records["wave"].replace_strict(waves, codes)
    )
    prepared = text.prepare(
        records,
        languages=languages,
        engine=engine,
        progress=partial(_prepared, progress, records.height),
    )
    own = pl.col("feedback_id").replace_strict(numbers, ids)
    return replace(
        prepared,
        feedback=refused_in_copies(records, prepared.feedback).with_columns(
            own, wave=pl.col("wave").replace_strict(codes, waves)
        ),
        spans=prepared.spans.with_columns(own),
    )


def _prepared(progress: Progress, total: int, done: int) -> None:
    progress("prepare", done, total)


def _meta(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return session.meta()


def _with_wave(reading: Reading, wave: str | None) -> Reading:
    """Put every record in its wave: the one given, else the one that the file names."""
    reading = read_waves(reading) if wave is None else reading
    named = reading.records["wave"].drop_nulls().unique().sort().to_list()
    name = reading.sources[0].name
    if wave is None:
        missing = reading.records["wave"].null_count()
        if missing:
            raise InputError(
                f"{name}: {missing} of {reading.records.height} rows do not say which wave they "
                "belong to. Name it: --wave 2026-Q3"
            )
        return reading
    if len(named) > 1:
        raise InputError(
            f"{name} has a wave column with {len(named)} waves ({', '.join(named[:5])}), and "
            f"--wave {wave} would make them one. Leave --wave out to use the file's own, or give "
            "a file with one wave."
        )
    records = reading.records.with_columns(wave=pl.lit(wave))
    return replace(reading, records=records)


def _plan(session: Session, readings: Sequence[Reading]) -> _Planned:
    waves = pl.concat([reading.records.select("wave") for reading in readings]).unique()
    known = session.matching("ledger", waves).filter(pl.col("digest").is_not_null())
    erased = set(session.frame("SELECT person FROM forgotten")["person"])
    salt = session.meta()["salt"]
    rows, records, left_out, described, notes = [], [], [], [], []
    refusals, aliases = [], []
    for reading in readings:
        refused: tuple[str, ...] = reading.refused
        kept, forgotten = _without_forgotten(reading.records, erased, salt)
        skipped = pl.concat([reading.ledger, forgotten])
        for (wave,), part in kept.group_by("wave", maintain_order=True):
            here = known.filter(pl.col("wave") == wave).select(KNOWN)
            told = plan(here, identify(part), str(wave)).with_columns(wave=pl.lit(wave))
            notes += [*gone(here, told, str(wave)), *elsewhere(session, told, str(wave))]
            known = pl.concat([known, told.select("wave", *KNOWN)], how="diagonal").unique(
                ["wave", "source", "digest", "seen"], keep="first", maintain_order=True
            )
            rows.append(told)
            source = str(told["source"][0])
            fresh = told["action"] != "unchanged"
            records.append(
                part.with_columns(told["feedback_id"], source=pl.lit(source)).filter(fresh)
            )
            left_out.append(skipped.with_columns(source=pl.lit(source), wave=pl.lit(wave)))
            new = new_refusals(session, str(wave), source, refused)
            if new is not None:
                refusals.append((str(wave), source, new))
            ids = told.filter(fresh).select("row", "feedback_id")
            aliases.append(ids.join(reading.sources[0].aliases, on="row").drop("row"))
            skipped, refused = skipped.clear(), ()  # told once, with the file's first wave
            described.append((str(wave), source, reading.sources[0]))
    return _Planned(
        pl.concat(rows),
        pl.concat(records, how="diagonal"),
        pl.concat(left_out),
        described,
        refusals,
        pl.concat(aliases),
        notes,
    )


def _without_forgotten(
    records: pl.DataFrame, erased: set[str], salt: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Leave out who was erased, under the id of the file or under what a table has for it."""
    if not erased:
        return records, schema.empty(schema.LEDGER)
    known = [
        person is not None
        and any(person_key(salt, name) in erased for name in (person, hidden_id(person)))
        for person in records["respondent_id"].to_list()
    ]
    mask = pl.Series(known, dtype=pl.Boolean)
    ledger = records.filter(mask).select(
        "source", "row", stage=pl.lit("read"), reason=pl.lit("filtered_out")
    )
    return records.filter(~mask), ledger


def _write(
    session: Session, folder: Path, planned: _Planned, prepared: Prepared, scored: Scored
) -> None:
    vectors.sweep(session, folder)
    number = session.next("ingests", "ingest")
    fresh = planned.rows.filter(pl.col("action") != "unchanged")
    replaced = fresh.filter(pl.col("action") == "replaced")
    for table in _PARTS:
        session.delete(table, replaced.select("feedback_id"))
    _write_accounts(session, number, planned, replaced)
    fates = prepared.ledger.select("source", "row", "stage", "reason")
    session.append(
        "ledger",
        fresh.join(fates, on=["source", "row"], how="left", maintain_order="left").select(
            "wave", *schema.LEDGER, "feedback_id", "own_id", "digest", "seen", "strong"
        ),
    )
    own = schema.segment_columns(prepared.feedback)
    session.append(
        "feedback", prepared.feedback.select(*schema.FEEDBACK).with_columns(ingest=pl.lit(number))
    )
    session.append(
        "segments",
        prepared.feedback.select("feedback_id", pl.col(own).cast(pl.String))
        .unpivot(index="feedback_id", variable_name="name", value_name="value")
        .drop_nulls("value"),
    )
    session.append("spans", scored.spans)
    vectors.add(session, folder, scored.keys, scored.vectors)
    session.append(
        "findings",
        prepared.findings.join(
            fresh.select("source", "wave").unique(), on="source", maintain_order="left"
        ).with_columns(ingest=pl.lit(number)),
    )


def _write_accounts(
    session: Session, number: int, planned: _Planned, replaced: pl.DataFrame
) -> None:
    """What was read, how, and what it changed."""
    session.append(
        "corrections",
        replaced.select("feedback_id", "old_digest", new_digest="digest", ingest=pl.lit(number)),
    )
    session.append("aliases", planned.aliases)
    _write_refusals(session, planned)
    for wave, source, description in planned.described:
        key = pl.DataFrame({"wave": [wave], "source": [source]})
        session.delete("sources", key)
        notes = [n.told() if isinstance(n, sources.Note) else n for n in description.notes]
        described = asdict(description) | {"name": source, "notes": notes}
        del described["aliases"]  # a table of their own has them
        told = json.dumps(described, ensure_ascii=False)
        session.append("sources", key.with_columns(ingest=pl.lit(number), description=pl.lit(told)))
        session.delete("ledger", key.with_columns(stage=pl.lit("read")))
    session.append("ledger", planned.left_out)
    counts = planned.rows.group_by("wave").agg(
        added=(pl.col("action") == "added").sum(),
        replaced=(pl.col("action") == "replaced").sum(),
        unchanged=(pl.col("action") == "unchanged").sum(),
    )
    session.append(
        "ingests",
        counts.sort("wave").with_columns(
            ingest=pl.lit(number),
            made_at=pl.lit(datetime.now(UTC).replace(tzinfo=None, microsecond=0)),
            version=pl.lit(_version()),
        ),
    )
    waves = planned.rows.select("wave").unique().sort("wave")
    session.append("waves", waves.join(session.frame("SELECT wave FROM waves"), "wave", "anti"))


def _write_refusals(session: Session, planned: _Planned) -> None:
    for wave, source, rows in planned.refusals:
        session.delete("refusals", pl.DataFrame({"wave": [wave], "source": [source]}))
        session.append("refusals", rows)


def _result(planned: _Planned, readings: Sequence[Reading], fates: dict[str, int]) -> Ingested:
    counts = dict(planned.rows["action"].value_counts().iter_rows())
    reasons = planned.left_out["reason"].value_counts().sort("reason")
    names = {source.name for reading in readings for source in reading.sources}
    notes = [
        f"{wave}: read as {source!r}, because the wave has another file of that name"
        if source.startswith(description.name)
        else f"{wave}: {description.name} is a new edition of {source!r}"
        for wave, source, description in planned.described
        if source not in names
    ]
    return Ingested(
        waves=tuple(sorted(planned.rows["wave"].unique())),
        added=counts.get("added", 0),
        replaced=counts.get("replaced", 0),
        unchanged=counts.get("unchanged", 0),
        left_out=dict(reasons.iter_rows()),
        fates=fates,
        notes=(*notes, *planned.notes),
    )


def _version() -> str:
    from analyzer import __version__

    return __version__

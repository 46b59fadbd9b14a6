"""The whole way, from files to an `Analysis`: one line a stage."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import polars as pl
from threadpoolctl import threadpool_limits

from analyzer import explore, sources, text
from analyzer.analysis import Analysis, Quality
from analyzer.config import check_settings
from analyzer.encoders import load_encoder
from analyzer.encoders.cache import default_folder
from analyzer.engine import Engine, check_engine, load_engine
from analyzer.engine.work import RemoteEncoder, RemoteSentiment
from analyzer.errors import InputError
from analyzer.recall import Groundwork, Recall
from analyzer.schema import LANGUAGES
from analyzer.sentiment import load_sentiment
from analyzer.stages import counted, encode, score
from analyzer.stats import link
from analyzer.stats.filters import where as keep_where
from analyzer.text.duplicates import with_refusals
from analyzer.themes.codebook import Codebook
from analyzer.themes.find import find_themes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.config import Settings
    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.sentiment import SentimentModel
    from analyzer.sources.frames import Input

__all__ = ["Analysis", "Quality", "analyze"]


class Progress(Protocol):
    """What long work reports to: the stage's name, units done since the last call, units in all."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Take note."""


def analyze(
    *files: Input,
    mapping: Mapping[str, str] | None = None,
    encoder: str | None = None,
    sentiment_model: str | None = None,
    themes: int | None = None,
    codebook: str | Path | None = None,
    languages: Sequence[str] = LANGUAGES,
    brand_handles: Sequence[str] = (),
    date_order: Literal["dmy", "mdy"] | None = None,
    by: str | Sequence[str] = (),
    where: str | None = None,
    minimum_cell: int = 5,
    seed: int = 0,
    cache: bool = True,
    engine: str = "local",
    address: str | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Read files of feedback, find their themes and tie them to NPS and CSAT.

    Args:
        files: paths of CSV, TSV, XLSX, JSON, JSONL or Parquet; or frames of polars or pandas, one
            row an answer or a post. Surveys and social mentions together.
        mapping: canonical name to column, e.g. ``{"text": "Commentaire", "csat": "Note"}``, where
            recognition needs help.
        encoder: folder or name of a sentence-transformers model; None for the bundled encoder.
        sentiment_model: folder or name of a text-classification model; None for the shipped one.
        themes: exact number of themes; None to let stability decide.
        codebook: TOML file of themes to assign to; problems that fit nowhere in it become candidate
            themes, and ``themes`` is then their number. None to discover themes.
        languages: languages to analyse; other comments are counted and left out.
        brand_handles: accounts of the brand itself, whose posts are left out.
        date_order: whether 03/04/2024 has the day first; None to decide it from each file.
        by: a column or columns to break themes down by, beside NPS segment and CSAT band; as the
            file calls them, or as they were read (``touchpoint``).
        where: condition on columns, e.g. ``"country = 'ES'"``; rows that fail are left out.
        minimum_cell: groups of fewer people are not shown.
        seed: of every random step.
        cache: keep vectors on disk, and what was found, sealed, so that a run on more comments
            encodes only these, and one with other ``by`` or ``minimum_cell`` starts from there.
        engine: "local", or "ray" to redact, encode and score on a Ray cluster; the result is the
            same. Parts of under 2,048 rows stay in this process.
        address: of a running Ray cluster; by default one is started on this machine.
        progress: called with a stage's name, units done and units in all.

    Returns:
        An `Analysis`.

    Raises:
        InputError: A file cannot be used, or no comment is left to analyse.
        MappingError: Columns are not recognised, or could mean two things.
        ConfigError: An argument has a value that cannot be used.
        ModelError: A model cannot be loaded.
    """
    settings = check_settings(
        "the arguments of analyze()",
        mapping=mapping,
        encoder=encoder,
        sentiment_model=sentiment_model,
        themes=themes,
        codebook=None if codebook is None else str(codebook),
        languages=languages,
        brand_handles=brand_handles,
        date_order=date_order,
        by=by,
        where=where,
        minimum_cell=minimum_cell,
        seed=seed,
        cache=cache,
        engine=engine,
        address=address,
    )
    return _analyze(files, settings, progress or _silent)


def _analyze(files: Sequence[Input], told: Settings, progress: Progress) -> Analysis:
    check_engine(told.engine, told.address)
    known = None if told.codebook is None else Codebook.load(told.codebook)
    reading = sources.read(
        files, told.mapping, brand_handles=told.brand_handles, date_order=told.date_order
    )
    records, left_out = _filtered(reading, told.where)
    by = [reading.called.get(name, name) for name in told.by]
    model, scorer = load_encoder(told.encoder), load_sentiment(told.sentiment_model)
    store = Recall(default_folder() if told.cache else None)
    book = None if told.codebook is None else Path(told.codebook).read_bytes()
    key = store.key(
        records,
        list(told.languages),
        model.fingerprint,
        scorer.fingerprint,
        told.themes,
        book,
        told.seed,
    )
    work = store.load(key)
    about, read = reading.sources, reading.ledger
    if work is None:
        with closing(load_engine(told.engine, told.address)) as runs_on, threadpool_limits(1):
            remote = RemoteEncoder(model, runs_on, told.encoder)
            scored_by = RemoteSentiment(scorer, runs_on, told.sentiment_model)
            ways = _Ways(model, remote, scored_by, runs_on, told.cache, progress)
            prepared = _prepared(records, ways, told.languages)
            del reading, records  # comments as they were written are needed no more
            work = _work(prepared, ways, told.themes, known, told.seed)
        store.save(key, work)
    mentions = counted(work.found.mentions)
    linked = link(
        work.feedback,
        work.spans,
        mentions,
        work.found.frame["theme_id"].to_list(),
        by=by,
        minimum_cell=told.minimum_cell,
    )
    return Analysis(
        feedback=work.feedback,
        spans=work.spans,
        mentions=mentions,
        themes=work.found.frame,
        ledger=pl.concat([read, left_out, work.ledger]).sort("source", "row"),
        sources=sources.with_doubts(about, work.feedback, work.spans),
        linked=linked,
        positions=work.found.positions,
        quality=_quality(work, mentions, model, scorer, told.seed),
        findings=work.findings,
        found=work.found,
        encoder=model,
    )


@dataclass(frozen=True)
class _Ways:
    """What does the long work, and where."""

    model: BundledEncoder | SentenceTransformerEncoder
    encoder: RemoteEncoder
    scorer: RemoteSentiment
    engine: Engine
    cache: bool
    progress: Progress


def _prepared(records: pl.DataFrame, ways: _Ways, languages: Sequence[str]) -> text.Prepared:
    report, total = ways.progress, len(records)
    prepared = text.prepare(
        records,
        languages=languages,
        engine=ways.engine,
        progress=lambda done: report("prepare", done, total),
    )
    _require_comments(prepared.feedback, prepared.ledger)
    return prepared


def _work(
    prepared: text.Prepared,
    ways: _Ways,
    themes: int | None,
    codebook: Codebook | None,
    seed: int,
) -> Groundwork:
    report = ways.progress
    encoded = encode(
        prepared.spans,
        prepared.feedback,
        ways.encoder,
        cache=ways.cache,
        progress=lambda done, total: report("encode", done, total),
    )
    spans = score(prepared.spans, prepared.feedback, encoded.spans, ways.model, ways.scorer)
    found = find_themes(
        prepared.feedback,
        spans,
        encoded.in_passage,
        ways.model,
        themes=themes,
        codebook=codebook,
        passages=encoded.passages.texts[encoded.passages.of_span],
        seed=seed,
        spread=ways.engine.spread,
    )
    return Groundwork(prepared.feedback, spans, prepared.ledger, prepared.findings, found)


def _filtered(reading: sources.Reading, where: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that meet the condition, and ledger rows of those that do not."""
    records = with_refusals(reading.records)
    kept = records if where is None else keep_where(records, where, reading.called)
    if records.height and not kept.height:
        raise InputError(
            f"None of {records.height:,} rows meets the condition {where!r}. Check its values "
            "with `analyzer inspect FILE`, or leave --where out."
        )
    gone = records.join(kept, on="feedback_id", how="anti", maintain_order="left")
    ledger = gone.select("source", "row", stage=pl.lit("read"), reason=pl.lit("filtered_out"))
    return kept, ledger


def _require_comments(feedback: pl.DataFrame, ledger: pl.DataFrame) -> None:
    if feedback["analysed"].any():
        return
    reasons = ledger["reason"].value_counts(sort=True)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.iter_rows())
    raise InputError(
        f"No comment is left to analyse: {told or 'no row was read'}. Check that the column with "
        'the comments is the right one (--map text="COLUMN") and that they are in '
        f"{', '.join(LANGUAGES)}."
    )


def _quality(
    work: Groundwork,
    mentions: pl.DataFrame,
    encoder: BundledEncoder | SentenceTransformerEncoder,
    scorer: SentimentModel,
    seed: int,
) -> Quality:
    unsure = 1 - float(mentions["confident"].mean() or 0.0)  # type: ignore[arg-type]
    return Quality(
        language_leak=work.found.leak,
        language_corrected=work.found.corrected,
        low_confidence_share=round(unsure, 4),
        contradictions=len(explore.contradictions(work.feedback, work.spans)),
        encoder=encoder.fingerprint,
        sentiment_model=scorer.fingerprint,
        seed=seed,
    )


def _silent(stage: str, done: int, total: int, /) -> None:
    """Report to nobody."""

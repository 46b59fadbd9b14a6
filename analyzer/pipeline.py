"""The whole way, from files to an `Analysis`: one line a stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
from threadpoolctl import threadpool_limits

from analyzer import explore, sources, text
from analyzer.cache import VectorCache, default_folder
from analyzer.encoders import BUNDLED, load_encoder
from analyzer.errors import InputError
from analyzer.schema import LANGUAGES
from analyzer.sentiment import load_sentiment
from analyzer.stats import Linked, link
from analyzer.stats.filters import where as keep_where
from analyzer.themes.codebook import Codebook
from analyzer.themes.find import Themes, find_themes
from analyzer.themes.passages import join_spans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt
    import numpy as np
    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.explore import ThemeView
    from analyzer.sentiment import SentimentModel
    from analyzer.sources import Source
    from analyzer.text import Prepared

__all__ = ["Analysis", "Quality", "analyze"]


_MAIN_SHARE = 0.8


class Progress(Protocol):
    """What long work reports to: the stage's name, units done since the last call, units in all."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Take note."""


@dataclass(frozen=True)
class Quality:
    """How far the result can be trusted, and what made it.

    Attributes:
        language_leak: NMI of theme and language, 0 is none; see `analyzer.themes.leak`.
        language_corrected: whether language offsets were removed because the leak was high.
        low_confidence_share: share of mentions whose theme is only the nearest one.
        contradictions: comments whose text contradicts their score.
        encoder: fingerprint of the encoder.
        sentiment_model: fingerprint of the sentiment model.
        seed: of every random step.
    """

    language_leak: float
    language_corrected: bool
    low_confidence_share: float
    contradictions: int
    encoder: str
    sentiment_model: str
    seed: int


@dataclass(frozen=True, repr=False)
class Analysis:
    """The result that everything downstream reads; frames as in `analyzer.schema`.

    Attributes:
        feedback: one row a comment or score, text redacted.
        spans: one row a clause or sentence, with sentiment.
        mentions: one row a span-theme pair that counts.
        themes: one row a theme; see `analyzer.themes.find.Themes`.
        ledger: one row per row read, with its one fate.
        sources: how each file was read.
        linked: themes tied to scores and segments.
        positions: where each span lies on the map.
        quality: how far to trust all this.
        findings: kinds and counts of personal data that was redacted.
        found: the themes' geometry.
        encoder: what made the vectors.
    """

    feedback: pl.DataFrame
    spans: pl.DataFrame
    mentions: pl.DataFrame
    themes: pl.DataFrame
    ledger: pl.DataFrame
    sources: tuple[Source, ...]
    linked: Linked
    positions: pl.DataFrame
    quality: Quality
    findings: pl.DataFrame
    found: Themes
    encoder: BundledEncoder | SentenceTransformerEncoder

    @property
    def main_language(self) -> str:
        """The language of at least four in five analysed comments, else English."""
        spoken = self.feedback.filter("analysed")["language"].value_counts(sort=True)
        code, comments = spoken.row(0)
        enough = comments >= _MAIN_SHARE * int(spoken["count"].sum())
        return code if enough and code in LANGUAGES else "en"

    def theme(self, theme_id: str) -> ThemeView:
        """Everything about one theme; see `analyzer.explore.theme`."""
        return explore.theme(self, theme_id)

    def search(self, query: str, k: int = 20) -> pl.DataFrame:
        """Find the k comments nearest in meaning; see `analyzer.explore.search`."""
        return explore.search(self, query, k)

    def examples(
        self, theme_id: str, n: int = 5, sentiment: str | None = None
    ) -> list[dict[str, Any]]:
        """Central, varied passages of a theme; see `analyzer.explore.examples`."""
        return explore.examples(self, theme_id, n, sentiment)

    def map(self, language: str = "en") -> alt.Chart | alt.LayerChart:
        """Themes and their passages on a plane, as an Altair chart."""
        from analyzer import charts

        return charts.theme_map(self, language)

    def impact(self, language: str = "en") -> alt.Chart | alt.LayerChart:
        """What each theme costs or earns in NPS points, with intervals, as an Altair chart."""
        from analyzer import charts

        return charts.impact(self, language)

    def heatmap(self, by: str = "nps_segment", language: str = "en") -> alt.Chart | alt.LayerChart:
        """Share of each theme in each group of ``by``, as an Altair chart."""
        from analyzer import charts

        return charts.heatmap(self, by, language)

    def __repr__(self) -> str:
        """One line without any comment's text."""
        overview = self.linked.overview
        score = overview.nps
        nps = f", NPS {score.value:+.0f} (n={score.n})" if score and score.value is not None else ""
        return (
            f"<Analysis of {len(self.sources)} file(s): {int(self.feedback['analysed'].sum())} "
            f"comments, {len(self.themes)} themes{nps}>"
        )


def analyze(
    *files: str | Path,
    mapping: Mapping[str, str] | None = None,
    encoder: str | None = None,
    sentiment_model: str | None = None,
    themes: int | None = None,
    codebook: str | Path | None = None,
    languages: Sequence[str] = LANGUAGES,
    by: Sequence[str] = (),
    where: str | None = None,
    minimum_cell: int = 5,
    seed: int = 0,
    cache: bool = True,
    progress: Progress | None = None,
) -> Analysis:
    """Read files of feedback, find their themes and tie them to NPS and CSAT.

    Args:
        files: CSV, TSV, XLSX, JSON, JSONL or Parquet; surveys and social mentions together.
        mapping: canonical name to column, e.g. ``{"text": "Commentaire", "csat": "Note"}``, where
            recognition needs help.
        encoder: folder or name of a sentence-transformers model; None for the bundled encoder.
        sentiment_model: folder or name of a text-classification model; None for the shipped one.
        themes: exact number of themes; None to let stability decide.
        codebook: TOML file of themes to assign to; problems that fit nowhere in it become candidate
            themes, and ``themes`` is then their number. None to discover themes.
        languages: languages to analyse; other comments are counted and left out.
        by: columns to break themes down by, beside NPS segment and CSAT band.
        where: condition on columns, e.g. ``"country = 'ES'"``; rows that fail are left out.
        minimum_cell: groups of fewer people are not shown.
        seed: of every random step.
        cache: keep vectors on disk, so that a second run does not encode again.
        progress: called with a stage's name, units done and units in all.

    Returns:
        An `Analysis`.

    Raises:
        InputError: A file cannot be used, or no comment is left to analyse.
        MappingError: Columns are not recognised, or could mean two things.
        ConfigError: An argument has a value that cannot be used.
        ModelError: A model cannot be loaded.
    """
    report = progress or _silent
    known = None if codebook is None else Codebook.load(codebook)
    with threadpool_limits(1):
        reading = sources.read(files, mapping)
        records, left_out = _filtered(reading.records, where)
        prepared = text.prepare(
            records,
            languages=languages,
            progress=lambda done: report("prepare", done, len(records)),
        )
        _require_comments(prepared.feedback, prepared.ledger)
        model, scorer = load_encoder(encoder), load_sentiment(sentiment_model)
        alone, in_passage = _encode(prepared, model, report, cache=cache)
        spans = _score(prepared, alone, model, scorer)
        found = find_themes(
            prepared.feedback,
            spans,
            in_passage,
            model,
            themes=themes,
            codebook=known,
            passages=_passages(prepared) if known else None,
            seed=seed,
        )
        mentions = _counted(found.mentions)
        linked = link(
            prepared.feedback,
            spans,
            mentions,
            found.frame["theme_id"].to_list(),
            by=by,
            minimum_cell=minimum_cell,
        )
    return Analysis(
        feedback=prepared.feedback,
        spans=spans,
        mentions=mentions,
        themes=found.frame,
        ledger=pl.concat([reading.ledger, left_out, prepared.ledger]).sort("source", "row"),
        sources=reading.sources,
        linked=linked,
        positions=found.positions,
        quality=_quality(prepared.feedback, spans, mentions, found, model, scorer, seed),
        findings=prepared.findings,
        found=found,
        encoder=model,
    )


def _filtered(records: pl.DataFrame, where: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that meet the condition, and ledger rows of those that do not."""
    kept = records if where is None else keep_where(records, where)
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


def _encode(
    prepared: Prepared,
    encoder: BundledEncoder | SentenceTransformerEncoder,
    report: Progress,
    *,
    cache: bool,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors (n, d) of n spans alone, for sentiment, and of their passages, for themes."""
    passages = join_spans(prepared.spans, prepared.feedback)
    texts = prepared.spans["text"].to_list() + passages.texts
    total = len(set(texts))
    store = VectorCache(default_folder() if cache else None, encoder.fingerprint)
    vectors = store.encode(texts, encoder, lambda done: report("encode", done, total))
    spans = len(prepared.spans)
    return vectors[:spans], vectors[spans:][passages.of_span]


def _passages(prepared: Prepared) -> list[str]:
    """Text of the passage of each span."""
    passages = join_spans(prepared.spans, prepared.feedback)
    return [passages.texts[i] for i in passages.of_span]


def _score(
    prepared: Prepared,
    vectors: NDArray[np.float32],
    encoder: BundledEncoder | SentenceTransformerEncoder,
    scorer: SentimentModel,
) -> pl.DataFrame:
    spans = prepared.spans
    told = prepared.feedback.select("feedback_id", "language")
    language = spans.join(told, on="feedback_id", maintain_order="left")["language"].to_list()
    bundled = vectors if encoder.name == BUNDLED else None
    scored = scorer.predict(spans["text"].to_list(), language, vectors=bundled)
    return spans.with_columns(
        sentiment=pl.Series(list(scored.sentiment), dtype=pl.String),
        polarity=pl.Series(scored.polarity, dtype=pl.Float64).round(4),
        confidence=pl.Series(scored.confidence, dtype=pl.Float64).round(4),
    )


def _counted(mentions: pl.DataFrame) -> pl.DataFrame:
    """Confident mentions; of a comment that has none, the nearest one, so that nobody is lost."""
    best = pl.col("similarity").rank("ordinal", descending=True).over("feedback_id") == 1
    any_sure = pl.col("confident").any().over("feedback_id")
    return mentions.filter(pl.col("confident") | (~any_sure & best))


def _quality(
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    mentions: pl.DataFrame,
    found: Themes,
    encoder: BundledEncoder | SentenceTransformerEncoder,
    scorer: SentimentModel,
    seed: int,
) -> Quality:
    unsure = 1 - float(mentions["confident"].mean() or 0.0)  # type: ignore[arg-type]
    return Quality(
        language_leak=found.leak,
        language_corrected=found.corrected,
        low_confidence_share=round(unsure, 4),
        contradictions=len(explore.contradictions(feedback, spans)),
        encoder=encoder.fingerprint,
        sentiment_model=scorer.fingerprint,
        seed=seed,
    )


def _silent(stage: str, done: int, total: int, /) -> None:
    """Report to nobody."""

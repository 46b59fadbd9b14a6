"""Stages that a single run and a workspace share: vectors, sentiment, and which mentions count."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.encoders import BUNDLED
from analyzer.encoders.cache import VectorCache, default_folder
from analyzer.sentiment.context import in_context
from analyzer.text import span_languages
from analyzer.themes.passages import Passages, join_spans, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.encoders.vectors import Gathered
    from analyzer.engine.work import RemoteEncoder
    from analyzer.sentiment import SentimentModel

__all__ = ["Encoded", "counted", "encode", "score"]

_BLOCK = 65_536  # spans whose words are counted and vectors copied at a time


@dataclass(frozen=True)
class Encoded:
    """Vectors of n spans and of the m passages that they are joined to.

    Attributes:
        spans: (n, d) of the spans alone, which sentiment is read from.
        passages: texts of the m passages, and the passage of each span.
        vectors: (m, d) of the passages, which themes are made of.
    """

    spans: Gathered
    passages: Passages
    vectors: Gathered

    @property
    def in_passage(self) -> Gathered:
        """Vectors (n, d) of each span's passage."""
        return self.vectors.only(self.passages.of_span)


def encode(
    spans: pl.DataFrame,
    feedback: pl.DataFrame,
    encoder: BundledEncoder | SentenceTransformerEncoder | RemoteEncoder,
    *,
    cache: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Encoded:
    """Turn spans and their passages into vectors; texts that were encoded before cost nothing.

    Args:
        spans: feedback_id, span, start, end, text; spans of a comment stand together.
        feedback: feedback_id, text.
        encoder: makes the vectors.
        cache: read and keep vectors in the user's cache folder.
        progress: called with distinct texts done since the last call, and how many there are.
    """
    passages = join_spans(spans, feedback)
    texts = pl.concat([spans["text"], spoken(passages.texts)])
    total = texts.n_unique()
    store = VectorCache(default_folder() if cache else None, encoder.fingerprint)
    told = None if progress is None else (lambda done: progress(done, total))
    vectors = store.encode(texts, encoder, told)
    n = len(spans)
    return Encoded(vectors.only(np.arange(n)), passages, vectors.only(np.arange(n, len(texts))))


def score(
    spans: pl.DataFrame,
    feedback: pl.DataFrame,
    vectors: NDArray[np.float32] | Gathered,
    encoder: BundledEncoder | SentenceTransformerEncoder,
    scorer: SentimentModel,
) -> pl.DataFrame:
    """Give each span its sentiment.

    Args:
        spans: feedback_id, span, text and more.
        feedback: feedback_id, language.
        vectors: (n, d) of the spans alone; only the shipped model reads them.
        encoder: made the vectors.
        scorer: the sentiment model.

    Returns:
        ``spans`` with sentiment, polarity (-1..1) and confidence (0..1), four decimals; each as
        its comment lets one understand it, see `analyzer.sentiment.context`.
    """
    told = feedback.select("feedback_id", "language")
    joined = spans.select("feedback_id", "text").join(
        told, on="feedback_id", how="left", maintain_order="left"
    )
    blocks = [
        _scored(joined[first:last], vectors[first:last], encoder, scorer)
        for first, last in _blocks(spans)
    ]
    return spans.with_columns(pl.concat(blocks).get_columns())


def _blocks(spans: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """Ends of blocks of about so many spans, none of which parts a comment; one if none is left."""
    begins = [*np.flatnonzero(np.diff(spans["feedback_id"].rle_id())) + 1, len(spans)]
    ends = {begins[at] for at in np.searchsorted(begins, range(_BLOCK, len(spans), _BLOCK))}
    return pairwise([0, *sorted(ends - {len(spans)}), len(spans)])


def _scored(
    spans: pl.DataFrame,
    vectors: NDArray[np.float32],
    encoder: BundledEncoder | SentenceTransformerEncoder,
    scorer: SentimentModel,
) -> pl.DataFrame:
    texts, languages = spans["text"].to_list(), spans["language"].to_list()
    bundled = vectors if encoder.name == BUNDLED else None
    alone = scorer.predict(texts, span_languages(texts, languages), vectors=bundled)
    scored = in_context(alone, texts, spans["feedback_id"].rle_id().to_numpy())
    return pl.DataFrame(
        {
            "sentiment": pl.Series(scored.sentiment, dtype=pl.String),
            "polarity": pl.Series(scored.polarity, dtype=pl.Float64).round(4),
            "confidence": pl.Series(scored.confidence, dtype=pl.Float64).round(4),
        }
    )


def counted(mentions: pl.DataFrame) -> pl.DataFrame:
    """Keep the mentions that figures rest on.

    Args:
        mentions: `analyzer.schema.MENTIONS`; ``pinned`` too, where people have put comments into
            themes by hand, which counts like confidence.

    Returns:
        Confident mentions; of a comment that has none, the nearest one, so that nobody is lost.
    """
    sure = pl.col("confident")
    if "pinned" in mentions.columns:
        sure = sure | pl.col("pinned")
    best = pl.col("similarity").rank("ordinal", descending=True).over("feedback_id") == 1
    return mentions.filter(sure | (~sure.any().over("feedback_id") & best))

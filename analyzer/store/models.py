"""The models of a workspace: the same ones for every wave, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.cache import VectorCache, default_folder
from analyzer.encoders import BUNDLED, load_encoder
from analyzer.errors import ModelError
from analyzer.sentiment import load_sentiment
from analyzer.store.vectors import passage_key
from analyzer.themes.passages import join_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.sentiment import SentimentModel
    from analyzer.text import Prepared

__all__ = ["Models", "Scored", "check", "score"]

_WHAT = {"encoder": "encoder", "sentiment": "sentiment model"}


@dataclass(frozen=True)
class Models:
    """What turns text into numbers.

    Attributes:
        encoder: makes the vectors.
        scorer: gives each span its sentiment.
    """

    encoder: BundledEncoder | SentenceTransformerEncoder
    scorer: SentimentModel

    @classmethod
    def load(cls, encoder: str | None, sentiment_model: str | None) -> Models:
        """Load by name; None for the models that come with analyzer."""
        return cls(load_encoder(encoder), load_sentiment(sentiment_model))

    def meta(self) -> dict[str, str]:
        """Return what a workspace keeps of its models."""
        return {
            "encoder": self.encoder.name,
            "encoder_fingerprint": self.encoder.fingerprint,
            "sentiment_fingerprint": self.scorer.fingerprint,
        }


@dataclass(frozen=True)
class Scored:
    """Spans with sentiment and passage, and the vectors of the passages.

    Attributes:
        spans: `analyzer.schema.SPANS` and passage (its key).
        keys: m keys of distinct passages.
        vectors: (m, d).
    """

    spans: pl.DataFrame
    keys: list[str]
    vectors: NDArray[np.float32]


def check(meta: Mapping[str, str], models: Models, folder: Path) -> None:
    """Refuse models other than those that made what is stored.

    Raises:
        ModelError: A fingerprint differs; the message has the command that changes models.
    """
    for name, value in models.meta().items():
        part = name.removesuffix("_fingerprint")
        if not name.endswith("_fingerprint") or meta.get(name, value) == value:
            continue
        option = "" if models.encoder.name == BUNDLED else f" --encoder {models.encoder.name}"
        raise ModelError(
            f"{folder} was made with the {_WHAT[part]} {meta[name]}, and this one is {value}: "
            "their results cannot be mixed. Use the same one, or redo everything stored with: "
            f"analyzer reencode --workspace {folder}{option}"
        )


def score(
    prepared: Prepared,
    models: Models,
    *,
    cache: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Scored:
    """Encode and score spans.

    Args:
        prepared: comments and their spans.
        models: with what.
        cache: keep vectors in the user's cache folder too.
        progress: called with texts done and texts in all.
    """
    spans, encoder = prepared.spans, models.encoder
    passages = join_spans(spans, prepared.feedback)
    alone = spans["text"].to_list()
    texts = alone + passages.texts
    total = len(set(texts))
    store = VectorCache(default_folder() if cache else None, encoder.fingerprint)
    vectors = store.encode(
        texts, encoder, (lambda done: progress(done, total)) if progress else None
    )
    told = prepared.feedback.select("feedback_id", "language")
    language = spans.join(told, on="feedback_id", maintain_order="left")["language"].to_list()
    bundled = vectors[: len(alone)] if encoder.name == BUNDLED else None
    scored = models.scorer.predict(alone, language, vectors=bundled)
    keys = [passage_key(text) for text in passages.texts]
    frame = spans.with_columns(
        sentiment=pl.Series(list(scored.sentiment), dtype=pl.String),
        polarity=pl.Series(scored.polarity, dtype=pl.Float64).round(4),
        confidence=pl.Series(scored.confidence, dtype=pl.Float64).round(4),
        passage=pl.Series([keys[i] for i in passages.of_span], dtype=pl.String),
    )
    return Scored(frame, keys, vectors[len(alone) :])

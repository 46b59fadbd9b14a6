"""The models of a workspace: the same ones for every wave, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer import stages
from analyzer.encoders import BUNDLED, load_encoder
from analyzer.errors import ModelError
from analyzer.sentiment import load_sentiment
from analyzer.store.vectors import passage_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.sentiment import SentimentModel
    from analyzer.text import Prepared

__all__ = ["Models", "Scored", "check", "passages_of", "score"]

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
    made = stages.encode(
        prepared.spans, prepared.feedback, models.encoder, cache=cache, progress=progress
    )
    return passages_of(prepared.spans, prepared.feedback, made, models)


def passages_of(
    spans: pl.DataFrame, feedback: pl.DataFrame, made: stages.Encoded, models: Models
) -> Scored:
    """Give spans their sentiment and the key of their passage."""
    scored = stages.score(spans, feedback, made.spans, models.encoder, models.scorer)
    keys = [passage_key(text) for text in made.passages.texts]
    of_span = pl.Series([keys[i] for i in made.passages.of_span], dtype=pl.String)
    return Scored(scored.with_columns(passage=of_span), keys, np.asarray(made.vectors))

"""The shipped encoder, and the starter codebook's examples as a small coded corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from analyzer.encoders import BundledEncoder, load_encoder
from analyzer.resources import folder
from analyzer.schema import FEEDBACK
from analyzer.themes.codebook import Codebook

if TYPE_CHECKING:
    from numpy.typing import NDArray


# One of each of the five themes of the corpus, in their order.
UNSEEN = (
    "nobody ever answers the phone",
    "me han cobrado dos veces la factura",
    "le technicien n'est jamais venu installer la box",
    "la aplicación se cierra sola",
    "the room was filthy",
)


@dataclass(frozen=True)
class Corpus:
    """n sentences of five themes: texts, languages, gold labels (n,) and vectors (n, d).

    ``unseen`` are five more, one a theme.
    """

    texts: list[str]
    languages: list[str]
    gold: NDArray[np.int64]
    vectors: NDArray[np.float32]
    unseen: tuple[str, ...] = UNSEEN

    def frames(self, rows: list[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """One comment a sentence, all from detractors."""
        ids = [f"c{i:03d}" for i in rows]
        texts = [self.texts[i] for i in rows]
        spans = pl.DataFrame(
            {
                "feedback_id": ids,
                "span": pl.Series([0] * len(rows), dtype=pl.Int32),
                "start": pl.Series([0] * len(rows), dtype=pl.Int32),
                "end": pl.Series([len(text) for text in texts], dtype=pl.Int32),
                "text": texts,
                "sentiment": ["negative"] * len(rows),
                "polarity": [-0.8] * len(rows),
                "confidence": [0.9] * len(rows),
            }
        )
        told = pl.DataFrame(
            {
                "feedback_id": ids,
                "kind": ["survey"] * len(rows),
                "nps": pl.Series([2] * len(rows), dtype=pl.Int8),
                "nps_segment": ["detractor"] * len(rows),
                "language": [self.languages[i] for i in rows],
            }
        )
        missing = {name: kind for name, kind in FEEDBACK.items() if name not in told.columns}
        missing.pop("text")
        nulls = [pl.lit(None, dtype=kind).alias(name) for name, kind in missing.items()]
        return told.with_columns(nulls), spans


@pytest.fixture(scope="session")
def encoder() -> BundledEncoder:
    return load_encoder()  # type: ignore[return-value]


@pytest.fixture(scope="session")
def starter() -> Codebook:
    return Codebook.load(folder("corpora") / "codebook.toml")


@pytest.fixture(scope="session")
def corpus(starter: Codebook, encoder: BundledEncoder) -> Corpus:
    chosen = (
        "waiting_support",
        "billing_errors",
        "installation_technician",
        "app_website",
        "cleanliness_comfort",
    )
    rows = [
        (text, code, number)
        for number, name in enumerate(chosen)
        for theme in starter.theme
        if theme.id == name
        for code, sentences in theme.examples.items()
        for text in sentences
    ]
    texts, languages, gold = (list(column) for column in zip(*rows, strict=True))
    return Corpus(texts, languages, np.array(gold), encoder.encode(texts))

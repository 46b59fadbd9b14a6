"""The shipped encoder, and the starter codebook's examples as a small coded corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analyzer.encoders import BundledEncoder, load_encoder
from analyzer.resources import folder
from analyzer.themes.codebook import Codebook

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Corpus:
    """n sentences of five themes: texts, languages, gold labels (n,) and vectors (n, d)."""

    texts: list[str]
    languages: list[str]
    gold: NDArray[np.int64]
    vectors: NDArray[np.float32]


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

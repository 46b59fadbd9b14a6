"""The work that an engine can do row by row, and proxies that hand it to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from analyzer.encoders import BUNDLED
from analyzer.engine import Engine, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.encoders.vectors import Gathered
    from analyzer.sentiment import SentimentModel
    from analyzer.sentiment.bundled import BundledSentiment
    from analyzer.sentiment.result import Sentiment

__all__ = ["Encoding", "RemoteEncoder", "RemoteSentiment", "Scoring", "read_words"]

_LEAST_WORDS = 50_000  # texts below which processes load longer than they read
_WORDS_ROWS = 4_096  # words repeat: what is known of them is put together once a part


@dataclass(frozen=True)
class Encoding:
    """Texts to vectors: column text to column vector.

    Attributes:
        encoder: name or folder, as for `analyzer.load_encoder`; None for the bundled one.
    """

    encoder: str | None

    @property
    def wants_gpu(self) -> bool:
        """Whether a graphics processor would make it faster; the bundled encoder uses none."""
        return self.encoder not in (None, BUNDLED)

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Encode a part."""
        from analyzer.encoders import load_encoder

        vectors = load_encoder(self.encoder, workers=1).encode(rows["text"].to_list())
        return pl.DataFrame({"vector": pl.Series(vectors)})


@dataclass(frozen=True)
class Scoring:
    """Sentiment of spans: columns text, language and vector to column probabilities.

    Attributes:
        model: name or folder, as for `analyzer.sentiment.load_sentiment`; None for the shipped one.
    """

    model: str | None

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Score a part; without vectors the model makes its own."""
        from analyzer.sentiment import load_sentiment

        vectors = rows["vector"].to_numpy() if "vector" in rows.columns else None
        scored = load_sentiment(self.model).predict(
            rows["text"].to_list(), rows["language"].to_list(), vectors=vectors
        )
        return pl.DataFrame({"probabilities": pl.Series(scored.probabilities)})


def read_words(rows: pl.DataFrame, /) -> pl.DataFrame:
    """Read words for the shipped sentiment model: column text to those of `Reading.to_frame`."""
    from analyzer.sentiment import load_sentiment

    model = cast("BundledSentiment", load_sentiment())
    return model.read(rows["text"].to_list()).to_frame()


class RemoteEncoder:
    """An encoder whose texts are encoded by an engine."""

    def __init__(
        self,
        local: BundledEncoder | SentenceTransformerEncoder,
        engine: Engine,
        name: str | None,
    ) -> None:
        self._local, self._engine, self._work = local, engine, Encoding(name)
        self.name, self.dimension = local.name, local.dimension

    @property
    def fingerprint(self) -> str:
        """That of the encoder itself: where it ran changes nothing."""
        return self._local.fingerprint

    def encode(
        self, sentences: Sequence[str], /, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Embed texts; see `analyzer.encoders.BundledEncoder.encode`."""
        # On this machine the encoder's own threads keep all processors busy.
        if self._engine.name == "local" or not self._engine.worth(len(sentences)):
            return self._local.encode(sentences, progress)
        # Texts of like length are encoded together fastest.
        order = sorted(range(len(sentences)), key=lambda i: (len(sentences[i]), sentences[i]))
        frame = pl.DataFrame({"text": [sentences[i] for i in order]})
        vectors = np.empty((len(order), self.dimension), dtype=np.float32)
        first = 0
        for part in self._engine.map(self._work, parts(frame, self._engine.part_rows)):
            vectors[order[first : first + len(part)]] = part["vector"].to_numpy()
            first += len(part)
            if progress:
                progress(len(part))
        return vectors


class RemoteSentiment:
    """A sentiment model whose texts are scored by an engine."""

    def __init__(self, local: SentimentModel, engine: Engine, name: str | None) -> None:
        self._local, self._engine, self._work = local, engine, Scoring(name)
        self._loaded = False  # whether processes of this machine hold the model

    @property
    def fingerprint(self) -> str:
        """That of the model itself."""
        return self._local.fingerprint

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | Gathered | None = None,
    ) -> Sentiment:
        """Score texts; see `analyzer.sentiment.SentimentModel.predict`."""
        from analyzer.sentiment.result import Sentiment

        if not self._engine.worth(len(texts)):
            return self._local.predict(texts, languages, vectors=vectors)
        if self._engine.name == "local":
            return self._predict_here(texts, languages, vectors)
        codes = languages if languages is not None else [""] * len(texts)
        scored = self._engine.map(self._work, self._parts(texts, codes, vectors))
        return Sentiment(np.concatenate([part["probabilities"].to_numpy() for part in scored]))

    def _predict_here(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None,
        vectors: NDArray[np.float32] | Gathered | None,
    ) -> Sentiment:
        """Share out the words only: vectors travel between processes longer than they take."""
        from analyzer.sentiment.bundled import BundledSentiment
        from analyzer.sentiment.reading import Reading

        model = self._local
        # A transformers model has threads of its own.
        self._loaded = self._loaded or len(texts) >= _LEAST_WORDS
        if not isinstance(model, BundledSentiment) or not self._loaded:
            return model.predict(texts, languages, vectors=vectors)
        rows = parts(pl.DataFrame({"text": list(texts)}), _WORDS_ROWS)
        reading = Reading.from_frames(self._engine.map(read_words, rows))
        return model.judge(reading, languages, vectors=vectors)

    def _parts(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        vectors: NDArray[np.float32] | Gathered | None,
    ) -> Iterator[pl.DataFrame]:
        """Cut when asked for: all vectors at once take much memory."""
        size = self._engine.part_rows
        for rows in (slice(first, first + size) for first in range(0, len(texts), size)):
            frame = pl.DataFrame({"text": list(texts[rows]), "language": list(languages[rows])})
            yield frame if vectors is None else frame.with_columns(vector=pl.Series(vectors[rows]))

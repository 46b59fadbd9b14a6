"""The shipped model: a small network over the bundled encoder's vectors and hashed n-grams."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.resources import folder as resource
from analyzer.schema import LANGUAGES
from analyzer.sentiment.figures import EDITION
from analyzer.sentiment.lexicon import WORDS
from analyzer.sentiment.ngrams import WordParts
from analyzer.sentiment.reading import Reading, read
from analyzer.sentiment.result import Sentiment
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.encoders import BundledEncoder
    from analyzer.encoders.vectors import Gathered

__all__ = ["SCHEMA_VERSION", "SETTINGS", "WEIGHTS", "BundledSentiment"]

SCHEMA_VERSION: Final = 3
WEIGHTS: Final = "weights.npz"
SETTINGS: Final = "settings.json"
_CHUNK: Final = 256
_BLOCK: Final = 16 * _CHUNK
_DECIMALS: Final = 4
_BLANK: Final = (0.3, 0.4, 0.3)


class BundledSentiment:
    """Reads the artifact that `analyzer.sentiment.train` writes; numpy only.

    Two experts share one hidden layer: one learned from public posts, one from customer feedback.
    A gate weighs them by what the text looks like, since a restaurant guest who writes is rarely
    neutral and a passer-by on a social network often is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
            with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
                self._arrays = {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The sentiment model in {folder} cannot be read ({type(error).__name__}). "
                "Reinstall the package, or rebuild it with `python -m analyzer.sentiment.train`."
            ) from error
        found = self._settings.get("schema_version")
        if found != SCHEMA_VERSION:
            raise ModelError(
                f"The sentiment model in {folder} has schema version {found!r}; this version of "
                f"the package reads {SCHEMA_VERSION}. Rebuild it with "
                "`python -m analyzer.sentiment.train`."
            )
        # In doubles, so that what a sum's order changes is rounded away: a text's answer must not
        # depend on its neighbours or on the processor.
        self._dense = {
            name: self._arrays[name].astype(np.float64)
            for name in ("hidden", "hidden_bias", "out", "out_bias", "own")
        }
        self._parts = WordParts()
        self._vector_scale = np.float32(self._settings["vector_scale"])
        self._table = self._arrays["table"].astype(np.float32) * self._arrays["table_scale"]

    @cached_property
    def fingerprint(self) -> str:
        """Identity of weights, ratings and figures of speech: equal ones give equal answers."""
        digest = hashlib.sha256()
        for name in (SETTINGS, WEIGHTS):
            digest.update((self._folder / name).read_bytes())
        digest.update((resource("models") / "sentiment" / WORDS).read_bytes())
        return f"shipped:{digest.hexdigest()[:16]}:f{EDITION}"

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | Gathered | None = None,
    ) -> Sentiment:
        """Score texts; see `analyzer.sentiment.SentimentModel.predict`.

        Raises:
            ModelError: ``vectors`` or ``languages`` do not fit the texts.
        """
        if not texts:
            self._check(0, languages, vectors)
            return Sentiment(np.empty((0, 3)))
        return self.judge(self.read(texts), languages, vectors=vectors)

    def read(self, texts: Sequence[str]) -> Reading:
        """Read the words of texts: the part of `predict` that needs no vector."""
        return read(texts, self._table, self._parts)

    def judge(
        self,
        reading: Reading,
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | Gathered | None = None,
    ) -> Sentiment:
        """Score texts whose words have been read.

        Args:
            reading: of n texts, n > 0, by `read`.
            languages: as for `predict`.
            vectors: as for `predict`.

        Raises:
            ModelError: ``vectors`` or ``languages`` do not fit the texts.
        """
        count = len(reading.meant)
        self._check(count, languages, vectors)
        codes = languages if languages is not None else [""] * count
        if vectors is None:
            vectors = self._encoder().encode(reading.meant)
        elif reading.changed.any():
            vectors = np.array(vectors)
            vectors[reading.changed] = self._encoder().encode(
                [reading.meant[i] for i in np.flatnonzero(reading.changed)]
            )
        rows = np.empty((count, 3))

        def block(part: slice) -> None:
            for start in range(part.start, min(part.stop, count), _CHUNK):
                one = slice(start, start + _CHUNK)
                rows[one] = self._probabilities(reading, one, codes[one], vectors[one])

        over_blocks(block, count, _BLOCK)
        return Sentiment(_undeceived(reading.mocks, rows))

    def _check(
        self,
        count: int,
        languages: Sequence[str] | None,
        vectors: NDArray[np.float32] | Gathered | None,
    ) -> None:
        width = int(self._settings["dimension"])
        if vectors is not None and vectors.shape != (count, width):
            raise ModelError(
                f"Sentiment needs one vector of the bundled encoder a text, shape "
                f"({count}, {width}), and was given {vectors.shape}. Leave `vectors` out to "
                "have them made."
            )
        if languages is not None and len(languages) != count:
            raise ModelError(
                f"Sentiment was given {len(languages)} languages for {count} texts; give one "
                "for each, or none."
            )

    @staticmethod
    def _encoder() -> BundledEncoder:
        from analyzer.encoders import load_encoder

        return cast("BundledEncoder", load_encoder())

    def _outputs(
        self,
        reading: Reading,
        part: slice,
        languages: Sequence[str],
        vectors: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Raw outputs, (n, 7): three of the expert for posts, three for feedback, and the gate."""
        dense = self._dense
        count, width = vectors.shape
        inputs = np.empty((count, dense["hidden"].shape[0]))
        inputs[:, :width] = vectors * self._vector_scale
        inputs[:, width:] = reading.style[part]
        hidden = np.maximum(inputs @ dense["hidden"] + dense["hidden_bias"], 0)
        total: NDArray[np.float64] = hidden @ dense["out"] + dense["out_bias"] + reading.words[part]
        own, spoken = inputs @ dense["own"], np.array(languages)
        for place, code in enumerate(LANGUAGES):
            total[:, :3] += own[:, 3 * place : 3 * place + 3] * (spoken == code)[:, None]
        return total

    def _probabilities(
        self,
        reading: Reading,
        part: slice,
        languages: Sequence[str],
        vectors: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        raw = self._outputs(reading, part, languages, vectors)
        heat = self._settings["temperature"]
        scale = np.array([heat.get(code, heat["other"]) for code in languages])
        posts = _softmax(raw[:, :3] / scale[:, :1])
        feedback = _softmax(raw[:, 3:6] / scale[:, 1:])
        share = 1.0 / (1.0 + np.exp(-raw[:, 6:]))
        mixed = share * posts + (1.0 - share) * feedback
        mixed[[not text.strip() for text in reading.meant[part]]] = _BLANK
        rounded = np.round(mixed, _DECIMALS)
        shares: NDArray[np.float64] = rounded / rounded.sum(axis=1, keepdims=True)
        return shares


def _undeceived(
    mocking: NDArray[np.bool_], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Praise under a mark of mockery is blame."""
    turned = mocking & (probabilities[:, 2] > probabilities[:, 0])
    probabilities[turned] = probabilities[turned, ::-1]
    return probabilities


def _softmax(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    exponentials = np.exp(raw - raw.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return shares

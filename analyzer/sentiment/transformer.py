"""Any Hugging Face text-classification model as a sentiment model of three classes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.schema import SENTIMENTS
from analyzer.sentiment.result import Sentiment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.encoders.vectors import Gathered

__all__ = ["TransformerSentiment", "class_weights"]

_NAMES: Final = {
    "negative": {"negative", "neg", "n", "negativo", "negativa", "negatif", "negatifs", "bad"},
    "neutral": {"neutral", "neu", "neut", "neutro", "neutra", "neutre", "none", "mixed"},
    "positive": {"positive", "pos", "p", "positivo", "positiva", "positif", "positifs", "good"},
}
_INTENSITY: Final = re.compile(r"^(?:very|muy|tres|strongly|extremely|slightly|somewhat) ")
_STARS: Final = re.compile(r"^([1-5])(?: (?:stars?|estrellas?|etoiles?))?$")
_BATCH: Final = 32
# Keeps the answer for a text from depending on the texts it shared a batch with.
_DECIMALS: Final = 5


class TransformerSentiment:
    """A text-classification model, from a folder or by its hub name, on the CPU."""

    def __init__(self, name_or_path: str) -> None:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        self.name = name_or_path
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name_or_path)
            self._model = AutoModelForSequenceClassification.from_pretrained(name_or_path).eval()
        except Exception as error:  # the library raises a dozen kinds for one cause
            raise ModelError(
                f"Sentiment model {name_or_path!r} could not be loaded ({type(error).__name__}). "
                "Give the folder of a Hugging Face text-classification model, or the name of one "
                "that this machine has or may download; leave --sentiment-model out to use the "
                "shipped model."
            ) from error
        labels = cast("Mapping[int, str]", self._model.config.id2label)
        self._classes = class_weights([labels[i] for i in sorted(labels)], name_or_path)

    @property
    def fingerprint(self) -> str:
        """Identity of the weights, so that a model changed in place is seen as another one."""
        digest = hashlib.sha256(self._classes.tobytes())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return f"{Path(self.name).name}:{digest.hexdigest()[:16]}"

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | Gathered | None = None,
    ) -> Sentiment:
        """Score texts; see `analyzer.sentiment.SentimentModel.predict`."""
        distinct = sorted({text for text in texts if text.strip()}, key=lambda t: (len(t), t))
        rows = [self._run(distinct[i : i + _BATCH]) for i in range(0, len(distinct), _BATCH)]
        known = dict(zip(distinct, np.concatenate(rows) if rows else [], strict=True))
        blank = np.array([0.3, 0.4, 0.3])
        scored = [known.get(text, blank) for text in texts]
        return Sentiment(np.array(scored, dtype=np.float64).reshape(-1, 3))

    def _run(self, batch: list[str]) -> NDArray[np.float64]:
        import torch

        encoded = self._tokenizer(
            batch, padding=True, truncation=True, max_length=self._limit(), return_tensors="pt"
        )
        with torch.inference_mode():
            logits = self._model(**encoded).logits.double()
        likely = torch.softmax(logits, dim=1).numpy() @ self._classes
        rounded: NDArray[np.float64] = np.round(likely, _DECIMALS)
        shares: NDArray[np.float64] = rounded / rounded.sum(axis=1, keepdims=True)
        return shares

    def _limit(self) -> int:
        positions = getattr(self._model.config, "max_position_embeddings", 512)
        # RoBERTa counts positions from 2, so its last two do not take a token.
        return int(min(self._tokenizer.model_max_length, positions - 2, 512))


def class_weights(labels: Sequence[str], name: str) -> NDArray[np.float64]:
    """Map a model's labels to negative, neutral and positive.

    Args:
        labels: the model's labels in the order of its outputs, in English, Spanish or French, as
            words (``NEG``, ``Very positive``) or as 1 to 5 stars (1-2 negative, 3 neutral).
        name: the model, for the message.

    Returns:
        float64 (labels, 3), 1 where a label belongs to a class.

    Raises:
        ModelError: A label is neither, or no label is negative or none is positive.
    """
    columns = [_class_of(label) for label in labels]
    if None in columns or not {0, 2} <= set(columns):
        raise ModelError(
            f"Sentiment model {name!r} answers with the labels {', '.join(map(repr, labels))}, "
            "which cannot be read as negative, neutral and positive. Use a model whose labels are "
            "such words or 1 to 5 stars, or rename them in `id2label` of its config.json."
        )
    weights = np.zeros((len(labels), 3))
    weights[np.arange(len(labels)), np.array(columns, dtype=np.int64)] = 1.0
    return weights


def _class_of(label: str) -> int | None:
    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[\W_]+", " ", plain).strip()
    stars = _STARS.match(plain)
    if stars:
        return 0 if int(stars[1]) < 3 else 1 if int(stars[1]) == 3 else 2
    plain = _INTENSITY.sub("", plain)
    return next((i for i, name in enumerate(SENTIMENTS) if plain in _NAMES[name]), None)

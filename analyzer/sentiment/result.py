"""What a sentiment model answers, and what every sentiment model can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.schema import SENTIMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.encoders.vectors import Gathered

__all__ = ["Sentiment", "SentimentModel"]


@dataclass(frozen=True, eq=False)
class Sentiment:
    """The sentiment of n texts.

    Attributes:
        probabilities: float64 (n, 3), columns negative, neutral, positive; rows sum to 1.
    """

    probabilities: NDArray[np.float64]

    @property
    def sentiment(self) -> list[str]:
        """The likeliest class of each text: negative, neutral or positive."""
        return [SENTIMENTS[i] for i in self.probabilities.argmax(axis=1)]

    @property
    def polarity(self) -> NDArray[np.float64]:
        """P(positive) - P(negative) of each text, -1 to 1."""
        difference: NDArray[np.float64] = self.probabilities[:, 2] - self.probabilities[:, 0]
        return difference

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of the likeliest class of each text, 1/3 to 1."""
        highest: NDArray[np.float64] = self.probabilities.max(axis=1)
        return highest


class SentimentModel(Protocol):
    """The shipped model or any text-classification model behind the same two members."""

    @property
    def fingerprint(self) -> str:
        """Identity of the weights: equal fingerprints give equal answers."""
        ...

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | Gathered | None = None,
    ) -> Sentiment:
        """Score texts.

        Args:
            texts: n texts; an empty one is neutral with low confidence.
            languages: ISO code of each text, for calibration; None for unknown.
            vectors: float32 (n, 512) of the bundled encoder for the same texts, where known.

        Returns:
            The sentiment of each text, in their order.
        """
        ...

"""What the rest of its comment says of a passage whose own words leave the matter open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.sentiment.result import Sentiment
from analyzer.text import turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["in_context"]

# How much what the others say weighs. Less where they praise: a complaint among praise is what a
# report looks for.
_WHERE_BLAMED, _WHERE_PRAISED = 0.5, 0.3
_LEAST: Final = 0.05  # probability that nobody's praise or blame falls under


def in_context(
    sentiment: Sentiment, texts: Sequence[str], comments: NDArray[np.integer]
) -> Sentiment:
    """Let each passage lean towards the mood of its comment, as far as its own words allow.

    "I am still waiting" blames among complaints. The odds of praise against blame are multiplied
    by those of the n other passages to the power of w n / (n + 1), where w is 0.5 among blame and
    0.3 among praise: by 1 / 4.6 to 2.5, so that no plain passage changes sides. A passage that
    begins with an adversative ("but", "pero", "mais") starts anew: what stands on the other side of
    a turn is not its context. How likely a passage is to be neutral hardly changes.

    Args:
        sentiment: of n passages, each by itself.
        texts: the passages; those of a comment stand together, in its order.
        comments: (n,) of which comment each is, any integer.

    Returns:
        The sentiment of each passage in its comment; of one that stands alone, as it was.
    """
    shares = sentiment.probabilities
    if not len(shares):
        return sentiment
    anew = np.array([turns(text) for text in texts])
    anew[0] = True
    anew[1:] |= comments[1:] != comments[:-1]
    stretch = np.cumsum(anew) - 1
    others = np.bincount(stretch)[stretch] - 1
    negative, positive = (_of_others(shares[:, side], stretch, others) for side in (0, 2))
    weight = np.where(negative > positive, _WHERE_BLAMED, _WHERE_PRAISED)
    odds = (positive + _LEAST) / (negative + _LEAST)
    lean = odds ** (weight * others / (others + 1) / 2)
    leaning = np.column_stack([shares[:, 0] / lean, shares[:, 1], shares[:, 2] * lean])
    leaning /= leaning.sum(axis=1, keepdims=True)
    return Sentiment(np.where((others > 0)[:, None], leaning, shares))


def _of_others(
    share: NDArray[np.float64], stretch: NDArray[np.int64], others: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Mean share of the other passages of a stretch; 0 where there are none."""
    total = np.bincount(stretch, weights=share)[stretch]
    return np.maximum(0.0, total - share) / np.maximum(1, others)

"""What each text says by its words and signs alone, before its vector is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyzer.sentiment.figures import mocks, plainly
from analyzer.sentiment.lexicon import load_lexicon
from analyzer.sentiment.ngrams import hashed, style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.sentiment.ngrams import WordParts

__all__ = ["Reading", "manner", "read"]

_BLOCK: Final = 4096  # texts whose n-grams are counted at once: words repeat


@dataclass(frozen=True, eq=False)
class Reading:
    """The words and signs of n texts.

    Attributes:
        meant: what is meant, where that is not what is written; else the text itself.
        changed: bool (n,), whether the two differ.
        mocks: bool (n,), whether the text bears a mark of mockery.
        words: float32 (n, 7), what its n-grams add to the outputs of the network.
        style: float32 (n, 54), see `manner`.
    """

    meant: list[str]
    changed: NDArray[np.bool_]
    mocks: NDArray[np.bool_]
    words: NDArray[np.float32]
    style: NDArray[np.float32]

    def to_frame(self) -> pl.DataFrame:
        """One row a text, to travel between processes."""
        return pl.DataFrame({name: pl.Series(value) for name, value in vars(self).items()})

    @classmethod
    def from_frames(cls, frames: Iterable[pl.DataFrame]) -> Self:
        """Put together what `to_frame` took apart."""
        whole = pl.concat(list(frames))
        arrays = (whole[name].to_numpy() for name in ("changed", "mocks", "words", "style"))
        return cls(whole["meant"].to_list(), *arrays)


def read(texts: Sequence[str], table: NDArray[np.float32], known: WordParts) -> Reading:
    """Read texts without their vectors; each gets the same whatever stands beside it.

    Args:
        texts: n texts, at least one.
        table: (`analyzer.sentiment.ngrams.BUCKETS`, 7) weights of n-grams.
        known: what is known of words from calls before.
    """
    meant = [plainly(text) for text in texts]
    blocks = (meant[i : i + _BLOCK] for i in range(0, len(meant), _BLOCK))
    return Reading(
        meant,
        np.array([one != text for one, text in zip(meant, texts, strict=True)]),
        np.array([mocks(text) for text in texts]),
        np.concatenate([hashed(block, known) @ table for block in blocks]),
        manner(meant),
    )


def manner(texts: Sequence[str]) -> NDArray[np.float32]:
    """How texts are written, by their signs, and how kind their words are; float32 (n, 54)."""
    blocks = (texts[i : i + _BLOCK] for i in range(0, len(texts), _BLOCK))
    ratings = [load_lexicon().features(block) for block in blocks]
    return np.hstack([style(texts), np.concatenate(ratings)])

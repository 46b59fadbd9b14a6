"""How kind the words of a text are, by ratings of words: what few labelled posts cannot teach."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.resources import folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["FEATURES", "RATERS", "WORDS", "Lexicon", "checksum", "load_lexicon", "words"]

WORDS: Final = "words.npz"
RATERS: Final = 4  # three lists of ratings, and what the encoder expects of a word
FEATURES: Final = RATERS * 2 * 6
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
_ELIDED: Final = 2  # letters before the apostrophe in l'amour, qu'il
_REACH: Final = 3  # words after a negator that it turns
_TURNED: Final = -0.74  # what is left of a rating under a negator, as in VADER
_PLAIN: Final = 0.19  # a rating nearer to 0 praises and blames nothing
_UNIT: Final = 127.0
_NEGATORS: Final = frozenset({  # beside words that end in n't
    "not", "no", "never", "nothing", "without", "cannot",
    "ne", "n", "pas", "jamais", "rien", "aucun", "aucune", "sans", "ni",
    "nunca", "jamás", "nada", "sin", "tampoco", "ningún", "ninguna", "nadie",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Ratings of words by checksum.

    Attributes:
        rows: checksum of a word to its row.
        ratings: float32 (words, RATERS), -1 to 1; 0 for a rater who does not know the word.
    """

    rows: dict[int, int]
    ratings: NDArray[np.float32]

    @classmethod
    def of(cls, path: Path) -> Lexicon:
        """Read what `analyzer.sentiment.train.words` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            keys, ratings = arrays["keys"], arrays["ratings"]
        known = np.vstack([ratings, np.zeros((1, RATERS))]).astype(np.float32) / np.float32(_UNIT)
        return cls({int(key): row for row, key in enumerate(keys)}, known)

    def features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Sum up the ratings of each text's words, as written and turned by negators.

        Returns:
            float32 (n, FEATURES): for each rater mean, highest, lowest, bounded sum and shares of
            praising and of blaming words; a text's row does not depend on its neighbours.
        """
        found, ends, turned = [], [0], []
        for text in texts:
            last = -_REACH - 1
            tokens = words(text)
            for i, token in enumerate(tokens):
                if token in _NEGATORS or token.endswith("n't"):
                    last = i
                    found.append(len(self.rows))
                else:
                    found.append(self.rows.get(checksum(token), len(self.rows)))
                turned.append(i - last <= _REACH)
            found.append(len(self.rows))  # no text is without a word
            turned.append(False)
            ends.append(len(found))
        plain = self.ratings[found]
        flipped = np.where(np.array(turned)[:, None], np.float32(_TURNED) * plain, plain)
        return np.hstack([_summary(kind, np.array(ends)) for kind in (plain, flipped)])


@cache
def load_lexicon() -> Lexicon:
    """Return the shipped ratings."""
    return Lexicon.of(folder("models") / "sentiment" / WORDS)


def words(text: str) -> list[str]:
    """Words and signs of a text in small letters, French articles apart from their nouns."""
    found = []
    for token in _TOKEN.findall(text.lower().replace("’", "'")):
        before, _, after = token.partition("'")
        if after and len(before) <= _ELIDED and not token.endswith("n't"):
            found += [before, after]
        else:
            found.append(token)
    return found


def checksum(word: str) -> int:
    """What a word is looked up by."""
    return zlib.crc32(word.encode())


def _summary(ratings: NDArray[np.float32], ends: NDArray[np.int64]) -> NDArray[np.float32]:
    starts, counts = ends[:-1], np.diff(ends)[:, None]
    rated = ratings != 0
    known = np.maximum(np.add.reduceat(rated, starts, dtype=np.int64), 1)
    total = np.add.reduceat(ratings, starts)
    some = np.add.reduceat(rated, starts, dtype=np.int64) > 0
    highest = np.maximum.reduceat(np.where(rated, ratings, -np.inf), starts)
    lowest = np.minimum.reduceat(np.where(rated, ratings, np.inf), starts)
    length = 2 * np.sqrt(counts)
    parts = [
        total / known,
        np.where(some, highest, 0),
        np.where(some, lowest, 0),
        np.tanh(total.astype(np.float64)),  # in floats, processors differ in the last bit
        np.add.reduceat(ratings > _PLAIN, starts, dtype=np.int64) / length,
        np.add.reduceat(ratings < -_PLAIN, starts, dtype=np.int64) / length,
    ]
    return np.hstack(parts).astype(np.float32)

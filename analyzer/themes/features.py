"""What a classifier reads in a text: its words, their parts, and the ideas behind its words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder

__all__ = ["WordFeatures"]

_WORD = re.compile(r"[^\W\d_]+")
_IDEAS = (50, 400)
_WORDS_AN_IDEA = 5
_FEW = 1_000  # texts; above this an n-gram must stand in two of them


@dataclass(frozen=True)
class WordFeatures:
    """Words, word pairs, parts of words, and clusters of words that mean the same.

    The clusters are what carries an example from one language to another: ``camarero``, ``serveur``
    and ``waiter`` are one of them, because the encoder puts them next to each other.

    Attributes:
        encoder: gives vectors of single words.
        words: fitted vectorizer of words and pairs.
        parts: fitted vectorizer of 2-5 characters.
        ideas: (k, d) centres of word clusters.
        rarity: (k,) inverse document frequency of each cluster.
    """

    encoder: Encoder
    words: Any
    parts: Any
    ideas: NDArray[np.float32]
    rarity: NDArray[np.float64]

    @classmethod
    def fit(cls, texts: Sequence[str], encoder: Encoder, seed: int = 0) -> WordFeatures:
        """Learn vocabularies and word clusters from texts."""
        from sklearn.cluster import KMeans
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = 1 if len(texts) <= _FEW else 2
        settings = {"min_df": least, "sublinear_tf": True, "strip_accents": "unicode"}
        words = TfidfVectorizer(ngram_range=(1, 2), **settings)
        parts = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), max_features=50_000, **settings
        )
        seen = Counter(word for text in texts for word in _words(text))
        vocabulary = sorted(word for word, count in seen.items() if count >= least)
        vectors = encoder.encode(vocabulary)
        low, high = _IDEAS
        count = min(high, max(low, len(vocabulary) // _WORDS_AN_IDEA), len(vocabulary))
        centres = KMeans(count, n_init=1, random_state=seed).fit(vectors).cluster_centers_
        bare = cls(
            encoder,
            words.fit(texts),
            parts.fit(texts),
            np.asarray(centres, dtype=np.float32),
            np.ones(count),
        )
        often = np.asarray(bare.count_ideas(texts).sum(axis=0)).ravel()
        rarity = np.log((1 + len(texts)) / (1 + often))
        return cls(encoder, bare.words, bare.parts, bare.ideas, rarity)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return the (n, m) features of n texts: three blocks, each of rows of unit length."""
        from scipy import sparse
        from sklearn.preprocessing import normalize

        ideas = normalize((self.count_ideas(texts) @ sparse.diags(self.rarity)).tocsr())
        return sparse.hstack(
            [self.words.transform(texts), self.parts.transform(texts), ideas]
        ).tocsr()

    def count_ideas(self, texts: Sequence[str]) -> csr_matrix:
        """Mark the (n, k) word clusters that n texts touch."""
        from scipy import sparse

        found = [_words(text) for text in texts]
        vocabulary = sorted({word for words in found for word in words})
        nearest = dict.fromkeys(vocabulary, 0)
        if vocabulary:
            half = 0.5 * np.einsum("ij,ij->i", self.ideas, self.ideas)
            vectors = np.asarray(self.encoder.encode(vocabulary), dtype=np.float32)
            near = np.argmax(np.round(vectors @ self.ideas.T - half, 5), axis=1)
            nearest = dict(zip(vocabulary, near.tolist(), strict=True))
        touched = [sorted({nearest[word] for word in words}) for words in found]
        rows = np.repeat(np.arange(len(texts)), [len(ideas) for ideas in touched])
        columns = np.array([idea for ideas in touched for idea in ideas], dtype=np.int64)
        shape = (len(texts), len(self.ideas))
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))

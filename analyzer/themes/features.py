"""What a classifier reads in a text besides its meaning: its words and their parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

__all__ = ["WordFeatures"]

_FEW = 1_000  # texts; above this an n-gram must stand in two of them


@dataclass(frozen=True)
class WordFeatures:
    """Words, word pairs and parts of words.

    Attributes:
        words: fitted vectorizer of words and pairs.
        parts: fitted vectorizer of 2-5 characters.
    """

    words: Any
    parts: Any

    @classmethod
    def fit(cls, texts: Sequence[str]) -> WordFeatures:
        """Learn vocabularies from texts."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        least = 1 if len(texts) <= _FEW else 2
        settings = {"min_df": least, "sublinear_tf": True, "strip_accents": "unicode"}
        words = TfidfVectorizer(ngram_range=(1, 2), **settings)
        parts = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), max_features=50_000, **settings
        )
        return cls(words.fit(texts), parts.fit(texts))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return the (n, m) features of n texts: two blocks, each of rows of unit length."""
        from scipy import sparse

        return sparse.hstack([self.words.transform(texts), self.parts.transform(texts)]).tocsr()

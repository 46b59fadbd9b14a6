"""Words and letters of a text as hashed counts: what the sentence vector blurs."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.text.occurrences import occurrences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

__all__ = ["BUCKETS", "WordParts", "canonical", "hashed", "style"]

BUCKETS: Final = 1 << 18
_HALF: Final = BUCKETS // 2
_WORDS_KEPT: Final = 100_000
_HANDLE: Final = re.compile(r"\[(?:USER|USUARIO|UTILISATEUR)\]|@\w+")
_LINK: Final = re.compile(r"\[(?:URL|EMAIL)\]|https?://\S+|www\.\S+|\bhttp\b")
_LONG: Final = re.compile(r"(\D)\1{2,}")
_TOKEN: Final = r"[#@]?\w+(?:['’]\w+)?|[^\w\s]"  # noqa: S105 - a pattern, not a password


def canonical(text: str) -> str:
    """Write a text as the n-grams see it.

    Handles, links and their placeholders become ``@user`` and ``http``, a sign that is repeated
    three times or more is kept twice, curly apostrophes become straight
    and white space single. Case is kept for the caller.
    """
    plain = _LINK.sub("http", _HANDLE.sub("@user", text)).replace("’", "'")
    return " ".join(_LONG.sub(r"\1\1", plain).split())


class WordParts:
    """Runs of 2 to 5 letters within words, counted once for each word that was ever asked for."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._counts: csr_matrix | None = None

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """Count the runs of n texts; (n, half of the columns), runs never cross a word's edge."""
        from scipy.sparse import csr_matrix, vstack

        if len(self._index) > _WORDS_KEPT:
            self._index, self._counts = {}, None
        known = len(self._index)
        words = occurrences(texts, self._index)
        if len(self._index) > known:
            fresh = _vectorizers()[1].transform(list(self._index)[known:])
            self._counts = fresh if self._counts is None else vstack([self._counts, fresh], "csr")
        if self._counts is None:
            return csr_matrix((len(texts), _HALF))
        counts = words @ self._counts
        counts.sort_indices()
        return counts


def hashed(texts: Sequence[str], parts: WordParts | None = None) -> csr_matrix:
    """Count words, pairs of words and letters of each text in hashed columns.

    Args:
        texts: n texts.
        parts: what is known of words from calls before; the counts are the same without.

    Returns:
        Sparse float32 (n, BUCKETS): words and pairs in the first half, runs of 2 to 5 letters
        within words in the second; each half of each row has length 1, or is empty.
    """
    from scipy.sparse import hstack
    from sklearn.preprocessing import normalize

    plain = [canonical(text) for text in texts]
    letters = (parts or WordParts()).of(plain)
    halves = []
    for counts in (_vectorizers()[0].transform(plain), letters):
        counts.data = 1.0 + np.log(counts.data)
        halves.append(normalize(counts, copy=False))
    return hstack(halves, format="csr", dtype=np.float32)


@cache
def _vectorizers() -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import HashingVectorizer

    common = {"n_features": _HALF, "alternate_sign": False, "norm": None, "lowercase": True}
    return (
        HashingVectorizer(ngram_range=(1, 2), token_pattern=_TOKEN, **common),
        HashingVectorizer(ngram_range=(2, 5), analyzer="char_wb", **common),
    )


def style(texts: Sequence[str]) -> NDArray[np.float32]:
    """Describe how each text is written, whatever it says.

    Returns:
        float32 (n, 6): share of capitals among its letters, repeated signs, exclamation marks,
        question marks, handles or hashtags, and length; each scaled to about 0 to 1.
    """
    rows = np.zeros((len(texts), 6), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        letters = sum(map(str.isalpha, text)) or 1
        row[:] = (
            sum(map(str.isupper, text)) / letters,
            bool(_LONG.search(text)),
            min(text.count("!"), 3) / 3,
            min(text.count("?"), 3) / 3,
            min(len(_HANDLE.findall(text)) + text.count("#"), 3) / 3,
            min(len(text), 200) / 200,
        )
    return rows

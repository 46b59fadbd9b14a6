"""Which words stand in which texts, so that what is known of a word is found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

__all__ = ["occurrences"]


def occurrences(texts: Sequence[str], index: dict[str, int]) -> csr_matrix:
    """Count words between white space, in small letters.

    Args:
        texts: n texts.
        index: word to column; words that it lacks are added at its end.

    Returns:
        Sparse float32 (n, words of ``index``); a word that stands twice has two entries, which
        products add up.
    """
    from scipy.sparse import csr_matrix

    used = [[index.setdefault(w, len(index)) for w in text.lower().split()] for text in texts]
    columns = np.fromiter((word for words in used for word in words), np.int64)
    ends = np.cumsum([0, *map(len, used)])
    ones = np.ones(len(columns), dtype=np.float32)
    return csr_matrix((ones, columns, ends), shape=(len(texts), len(index)))

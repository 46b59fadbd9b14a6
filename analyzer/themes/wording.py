"""How passages are worded, beside what they mean: runs of letters that few of them share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["FEWEST_TEXTS", "wording"]

FEWEST_TEXTS = 100
_DIMENSIONS = 100
_RUNS = (3, 5)
_FEWEST, _MOST = 3, 0.1  # texts that a run tells apart: three, to a tenth of all
_BLOCK = 4_096
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")


def wording(
    texts: Sequence[str], learned: NDArray[np.int64], seed: int
) -> NDArray[np.float32] | None:
    """Describe the wording of each text: latent semantic analysis of runs of 3 to 5 letters.

    A sentence encoder blurs the very words that a subject is called by ("eSIM", "décodeur",
    "overdraft"). Runs of letters tell them, and forgive inflections and slips of the pen.
    Deerwester et al., Journal of the American Society for Information Science 41 (1990) 391.

    Args:
        texts: n texts; placeholders of redacted values are passed over.
        learned: rows of the texts that runs and dimensions are learned from.
        seed: of the decomposition.

    Returns:
        (n, at most 100) rows of unit length, zero where a text has no run that others share; None
        where fewer than 100 texts are learned from, or they share none.
    """
    if len(learned) < FEWEST_TEXTS:
        return None
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    plain = [_PLACEHOLDER.sub(" ", text) for text in texts]
    runs = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=_RUNS,
        min_df=_FEWEST,
        max_df=_MOST,
        sublinear_tf=True,
        strip_accents="unicode",
        dtype=np.float32,
    )
    try:
        counted = runs.fit_transform([plain[i] for i in learned])
    except ValueError:  # no run is left
        return None
    dimensions = min(_DIMENSIONS, *(size - 1 for size in counted.shape))
    if dimensions < 1:
        return None
    space = TruncatedSVD(dimensions, random_state=seed).fit(counted)
    rows = np.empty((len(plain), dimensions), dtype=np.float32)
    for start in range(0, len(plain), _BLOCK):
        part = slice(start, start + _BLOCK)
        rows[part] = normalize(np.round(space.transform(runs.transform(plain[part])), 6))
    return rows

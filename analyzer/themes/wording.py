"""How passages are worded, beside what they mean: parts of words that few of them share."""

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
_PARTS = (3, 5)
_FEWEST, _MOST = 3, 0.1  # texts that a part of a word is told by: three, to a tenth of all
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")


def wording(texts: Sequence[str], seed: int) -> NDArray[np.float32] | None:
    """Describe the wording of each text: latent semantic analysis of runs of 3 to 5 letters.

    A sentence encoder blurs the very words that a subject is called by ("eSIM", "décodeur",
    "overdraft"). Runs of letters tell them, and forgive inflections and slips of the pen.
    Deerwester et al., Journal of the American Society for Information Science 41 (1990) 391.

    Args:
        texts: n texts; placeholders of redacted values are passed over.
        seed: of the decomposition.

    Returns:
        (n, at most 100) rows of unit length, zero where a text has no part that others share; None
        for fewer than 100 texts or texts without such parts.
    """
    if len(texts) < FEWEST_TEXTS:
        return None
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    parts = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=_PARTS,
        min_df=_FEWEST,
        max_df=_MOST,
        sublinear_tf=True,
        strip_accents="unicode",
        dtype=np.float32,
    )
    try:
        counted = parts.fit_transform([_PLACEHOLDER.sub(" ", text) for text in texts])
    except ValueError:  # no part of a word is left
        return None
    dimensions = min(_DIMENSIONS, *(size - 1 for size in counted.shape))
    if dimensions < 1:
        return None
    rows = TruncatedSVD(dimensions, random_state=seed).fit_transform(counted)
    return np.asarray(normalize(np.round(rows, 6)), dtype=np.float32)

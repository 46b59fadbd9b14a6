"""How passages are worded, beside what they mean: runs of letters that few of them share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from analyzer.text.occurrences import occurrences
from analyzer.themes.latent import Latent
from analyzer.threads import over_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

__all__ = ["FEWEST_TEXTS", "wording"]

FEWEST_TEXTS = 100
_DIMENSIONS = 200
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

    Args:
        texts: n texts; placeholders of redacted values are passed over.
        learned: rows of the texts that runs and dimensions are learned from.
        seed: of the decomposition.

    Returns:
        (n, at most 200) rows of unit length, zero where a text has no run that others share; None
        where fewer than 100 texts are learned from, or they share none.
    """
    if len(learned) < FEWEST_TEXTS:
        return None
    from sklearn.feature_extraction.text import TfidfTransformer

    words, runs = _runs(texts, learned)
    counted = words[learned] @ runs
    held = np.bincount(counted.indices, minlength=counted.shape[1])
    told = np.flatnonzero((held >= _FEWEST) & (held <= _MOST * len(learned)))
    if len(told) < 2:
        return None
    weigh = TfidfTransformer(sublinear_tf=True).fit(counted[:, told])
    latent = Latent.of(weigh.transform(counted[:, told]), _DIMENSIONS, seed)
    rows = np.empty((len(texts), len(latent)), dtype=np.float32)
    runs = runs[:, told]

    def block(part: slice) -> None:
        rows[part] = latent.unit(weigh.transform(words[part] @ runs))

    over_blocks(block, len(texts), _BLOCK)
    return rows


def _runs(texts: Sequence[str], learned: NDArray[np.int64]) -> tuple[csr_matrix, csr_matrix]:
    """Words of n texts (n, w), and runs of letters of the w words (w, r): they cross no word.

    A word that only one text has, and none of the learned, is passed over: most words of a large
    set are such, and what they have in common with others is said by other words too.
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    index = {"": 0}
    words = occurrences([_PLACEHOLDER.sub(" ", text) for text in texts], index)
    often = np.bincount(words.indices, minlength=len(index)) > 1
    often[words[learned].indices] = True
    kept = np.flatnonzero(often)
    spelt = np.array(list(index), dtype=object)[kept]
    letters = CountVectorizer(
        analyzer="char_wb", ngram_range=_RUNS, strip_accents="unicode", dtype=np.float64
    )
    try:
        return words[:, kept], letters.fit_transform(spelt)
    except ValueError:  # no word has a letter
        return words[:, kept], csr_matrix((len(kept), 1))

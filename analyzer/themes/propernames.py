"""Names of firms and places, which say of whom a passage speaks and not what it says.

Without care they make themes of their own: everything about "Huawei", whether its watch does not
pair or its price is fair, and everything about Havana.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import concepts, embed
from analyzer.themes.passages import spoken
from analyzer.themes.phrases import capitalised, empty_words, in_dictionary, tokens
from analyzer.themes.rows import cosines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder

__all__ = ["proper_names", "without_names"]

_FEWEST, _OFTEN = 10, 0.01  # passages that hold a name, and their share: a rarer one makes no theme
_SHORTEST = 3  # letters
_WORD = re.compile(r"\w{2}")
_SUBJECT = 0.7  # likeness to a concept, from which a word is a subject ("Mastercard")


def without_names(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    names: frozenset[str],
    encoder: Encoder,
) -> tuple[list[str], NDArray[np.float32]]:
    """Put passages as they would be without the names.

    Args:
        texts: n passages.
        vectors: (n, d) their vectors.
        names: from `proper_names`.
        encoder: made the vectors.

    Returns:
        n texts and their vectors (n, d); a passage that is nothing but names stays as it is.
    """
    if not names:
        return list(texts), vectors
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(names))})(?!\w)", re.IGNORECASE)
    silent, changed = list(texts), []
    for i, text in enumerate(texts):
        rest, count = pattern.subn(" ", text)
        if count and _WORD.search(rest):
            silent[i] = " ".join(rest.split())
            changed.append(i)
    rows = np.array(vectors)
    if changed:
        rows[changed] = encoder.encode(spoken(pl.Series([silent[i] for i in changed])).to_list())
    return silent, rows


def proper_names(
    texts: Sequence[str], languages: Sequence[str], encoder: Encoder
) -> frozenset[str]:
    """Find the names that many passages hold.

    A name is mostly written with a capital within sentences, and no concept of customers is like
    it: "Bluetooth" is a subject. What is written in capitals throughout ("ATM") is a name only
    where no dictionary has it.

    Args:
        texts: n distinct passages.
        languages: n codes.
        encoder: of the vectors that passages are compared by.

    Returns:
        Names in small letters.
    """
    words = [tokens(text, code) for text, code in zip(texts, languages, strict=True)]
    proper, capital = capitalised(words)
    held = Counter(word for some in words for word in {word.casefold() for word in some} & capital)
    often = max(_FEWEST, _OFTEN * len(texts))
    found = sorted(
        word
        for word, count in held.items()
        if count >= often
        and len(word) >= _SHORTEST
        and word.isalpha()
        and word not in _common()
        and (word in proper or not in_dictionary(word))
    )
    if not found:
        return frozenset()
    vectors = np.asarray(encoder.encode(found), dtype=np.float32)
    known = embed(encoder).vectors.values()
    like = np.max([cosines(vectors, rows).max(axis=1) for rows in known], axis=0)
    return frozenset(found[i] for i in np.flatnonzero(like < _SUBJECT))


@cache
def _common() -> frozenset[str]:
    """Words of concepts, and those that say nothing by themselves ("Monday")."""
    told = {
        word.casefold()
        for one in concepts()
        for code in LANGUAGES
        for word in tokens(one.name[code], code)
    }
    return frozenset(told.union(*(empty_words(code) for code in LANGUAGES)))

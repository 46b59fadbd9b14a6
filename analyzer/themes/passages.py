"""Passages: neighbouring spans joined until they say enough to have a theme.

A span is right for sentiment ("expensive / but fast" holds two), yet too short for a topic: "never
again!" means nothing alone. On the demo waves, joining spans to at least six words raised the
agreement of themes with the coders' from 0.21 to 0.30 (adjusted mutual information).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Passages", "join_spans", "spoken"]

_WORDS = 6
_SHOUTED = 0.7  # share of capitals among letters, from which a passage is shouted
_LETTERS = 12  # a shorter passage may be an abbreviation


@dataclass(frozen=True)
class Passages:
    """Passages of n spans.

    Attributes:
        texts: m passages, as they stand in their comments.
        of_span: (n,) index of the passage of each span.
    """

    texts: pl.Series
    of_span: NDArray[np.int64]


def join_spans(spans: pl.DataFrame, feedback: pl.DataFrame) -> Passages:
    """Join spans of a comment, in their order, until each passage has six words or none is left.

    Args:
        spans: feedback_id, span, start, end, text; spans of a comment stand together.
        feedback: feedback_id, text.

    Returns:
        A `Passages`; a comment shorter than six words is one passage.
    """
    comment = spans["feedback_id"].rle_id().to_list()
    words = spans["text"].str.count_matches(r"\w+").to_list()
    of_span = np.empty(len(spans), dtype=np.int64)
    passage = 0
    for _, rows in groupby(range(len(spans)), key=comment.__getitem__):
        for group in _groups(list(rows), words):
            of_span[group] = passage
            passage += 1
    bounds = (
        spans.select("feedback_id", "start", "end", passage=pl.Series(of_span, dtype=pl.Int64))
        .group_by("passage", maintain_order=True)
        .agg(pl.first("feedback_id", "start"), pl.last("end"))
        .join(feedback.select("feedback_id", "text"), on="feedback_id", maintain_order="left")
    )
    texts = bounds.select(
        text=pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    )
    return Passages(texts["text"], of_span)


def spoken(passages: pl.Series) -> pl.Series:
    """Passages as they are encoded: what is shouted in capitals is put in small letters.

    The encoder has other tokens for capitals, so that shouted comments made a theme of their own,
    whatever they were about.
    """
    letters = pl.col("text").str.count_matches(r"\p{L}")
    shouted = pl.col("text").str.count_matches(r"\p{Lu}") >= _SHOUTED * letters
    calm = pl.when(shouted & (letters >= _LETTERS)).then(pl.col("text").str.to_lowercase())
    return passages.to_frame("text").select(calm.otherwise("text"))["text"]


def _groups(rows: list[int], words: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    count = _WORDS
    for row in rows:
        if count >= _WORDS:
            groups.append([])
            count = 0
        groups[-1].append(row)
        count += words[row]
    if count < _WORDS and len(groups) > 1:
        tail = groups.pop()
        groups[-1] += tail
    return groups

"""Hashed counts of words and letters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sentiment import ngrams
from analyzer.sentiment.ngrams import BUCKETS, WordParts, hashed

_WORDS = st.sampled_from(["caro", "lento", "très", "GENIAL", "ok!!", "d'accord", "😡", "no"])
_TEXTS = st.lists(st.lists(_WORDS, max_size=5).map(" ".join), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4))
def test_words_known_from_before_change_no_count(calls: list[list[str]]) -> None:
    parts = WordParts()
    for texts in calls:
        known, fresh = hashed(texts, parts), hashed(texts)
        assert known.shape == (len(texts), BUCKETS)
        assert np.array_equal(known.indptr, fresh.indptr)
        assert np.array_equal(known.indices, fresh.indices)
        assert np.array_equal(known.data, fresh.data)


def test_words_are_forgotten_when_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngrams, "_WORDS_KEPT", 2)
    parts = WordParts()
    for texts in (["one two three"], ["four five"], ["one six"]):
        assert (hashed(texts, parts) != hashed(texts)).nnz == 0
    assert len(parts._index) == 4


def test_runs_of_letters_never_cross_a_word() -> None:
    parts = WordParts()
    whole, apart = parts.of(["ab cd"]), parts.of(["ab", "cd"])
    assert (whole != apart[0] + apart[1]).nnz == 0

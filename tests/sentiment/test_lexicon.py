"""Ratings of words: how a text's words are summed up, and that neighbours change nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.sentiment import lexicon
from analyzer.sentiment.lexicon import FEATURES, Lexicon, checksum, load_lexicon, words

_WORDS = st.sampled_from(["awful", "génial", "no", "l'horreur", "feliz", "xyzzy", "!", "😡"])
_TEXTS = st.lists(st.lists(_WORDS, max_size=6).map(" ".join), min_size=1, max_size=6)
_FIRST = slice(0, FEATURES // 2, lexicon.RATERS)  # mean, highest, ... of the first list, unturned
_TURNED = slice(FEATURES // 2, None, lexicon.RATERS)


def small() -> Lexicon:
    rated = {"good": 0.5, "bad": -0.5, "table": 0.0}
    rows = {checksum(word): row for row, word in enumerate(rated)}
    return Lexicon(rows, np.array([[r] * 4 for r in rated.values()] + [[0.0] * 4], np.float32))


def test_mean_highest_and_lowest_are_of_the_rated_words_alone() -> None:
    (row,) = small().features(["good table bad good"])
    assert row[_FIRST][:3].tolist() == np.float32([1 / 6, 0.5, -0.5]).tolist()


def test_a_negator_turns_the_three_words_after_it() -> None:
    near, far = small().features(["not a good one", "not at all what I call good"])
    assert near[_TURNED][0] < 0 < near[_FIRST][0]
    assert far[_TURNED][0] == far[_FIRST][0] == np.float32(0.5)


def test_a_text_of_no_rated_word_has_zeros() -> None:
    assert not small().features(["", "table", "never heard"]).any()


def test_articles_are_no_part_of_a_word() -> None:
    assert words("J’aime l'Amour, don't you") == ["j", "aime", "l", "amour", ",", "don't", "you"]


@settings(max_examples=30, deadline=None)
@given(_TEXTS)
def test_neighbours_change_nothing(texts: list[str]) -> None:
    ratings = load_lexicon()
    alone = np.vstack([ratings.features([text]) for text in texts])
    assert np.array_equal(ratings.features(texts), alone)


def test_the_shipped_ratings_know_three_languages() -> None:
    kind, unkind = (
        load_lexicon()
        .features(
            ["excellent service", "merveilleux", "maravilloso", "horrible", "affreux", "asqueroso"]
        )
        .reshape(2, 3, FEATURES)[:, :, 3]
    )
    assert (kind > 0).all()
    assert (unkind < 0).all()

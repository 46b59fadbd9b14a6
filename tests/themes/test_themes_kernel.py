"""What belongs to a theme, learned from the rows that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.themes import kernel
from analyzer.themes.assign import build_space, learn
from analyzer.themes.kernel import Learned
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder
    from tests.themes.conftest import Corpus

_SIDES = 60  # of which every third belongs to a theme


def _many_sided(rows: int, seed: int, width: int = 160) -> tuple[NDArray[np.float32], ...]:
    """Rows of three themes with twenty sides each, all in one patchwork."""
    corners = unit(np.random.default_rng(7).normal(size=(_SIDES, width)).astype(np.float32))
    random = np.random.default_rng(seed)
    side = random.integers(0, _SIDES, rows)
    seen = corners[side] + random.normal(0, 0.05, (rows, width)).astype(np.float32)
    return unit(seen), side % 3


def test_a_theme_keeps_all_of_its_sides() -> None:
    """Four prototypes a theme blur twenty sides."""
    rows, labels = _many_sided(600, seed=1, width=16)
    others, truth = _many_sided(400, seed=2, width=16)
    space = build_space(rows, labels)
    nearest = (space.assign(others).theme == truth).mean()
    learned = (
        space.assign(others, None, learn(space, rows, labels, None, 0)).theme == truth
    ).mean()
    assert learned > 0.95
    assert learned > nearest + 0.05


def test_sentences_in_three_languages_find_their_theme(
    corpus: Corpus, encoder: BundledEncoder
) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    learned = learn(space, corpus.vectors, corpus.gold, None, 0)
    new = encoder.encode(list(corpus.unseen))
    found = space.assign(new, None, learned)
    assert found.theme.tolist() == [0, 1, 2, 3, 4]
    similar = space.similarities(space.centre(new))
    assert np.allclose(found.similarity, similar[np.arange(5), found.theme], atol=1e-5)


def test_what_is_known_stays(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    learned = learn(space, corpus.vectors, corpus.gold, None, 0)
    known = np.full(len(corpus.texts), -1)
    known[:3] = (corpus.gold[:3] + 1) % 5
    found = space.assign(corpus.vectors, None, learned, known)
    assert np.array_equal(found.theme[:3], known[:3])
    assert (found.theme[3:] == corpus.gold[3:]).all()
    assert found.similarity[0] < space.assign(corpus.vectors, None, learned).similarity[0]


def test_offsets_of_languages_are_taken_off_first(corpus: Corpus) -> None:
    offset = np.full(512, 0.2, np.float32)
    space = build_space(corpus.vectors, corpus.gold, corpus.languages, offsets={"fr": offset})
    learned = learn(space, corpus.vectors, corpus.gold, corpus.languages, 0)
    rows = space.centre(corpus.vectors, corpus.languages)
    again = Learned.of(rows, corpus.gold, 0)
    assert np.array_equal(learned.themes(rows), again.themes(rows))
    plain = learn(build_space(corpus.vectors, corpus.gold), corpus.vectors, corpus.gold, None, 0)
    assert not np.allclose(np.sort(plain.landmarks, axis=0), np.sort(learned.landmarks, axis=0))


def test_what_is_like_nothing_does_not_fall_to_the_large_theme() -> None:
    random = np.random.default_rng(3)
    corners = np.eye(3, 160, dtype=np.float32)
    labels = np.repeat([0, 1, 2], [900, 45, 45])
    rows = unit(corners[labels] + random.normal(0, 0.02, (990, 160)).astype(np.float32))
    far = unit(random.normal(size=(300, 160)).astype(np.float32))
    shares = np.bincount(Learned.of(rows, labels, 0).themes(far), minlength=3) / len(far)
    assert shares[0] < 0.6


def test_repeated_words_count_once(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    often = np.concatenate([np.arange(len(corpus.texts)), np.zeros(500, np.int64)])
    once = learn(space, corpus.vectors, corpus.gold, None, 0)
    again = learn(space, corpus.vectors[often], corpus.gold[often], None, 0)
    assert np.array_equal(once.landmarks, again.landmarks)
    assert np.array_equal(once.weights, again.weights)


def test_many_rows_are_compared_in_principal_components(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, labels = _many_sided(1_500, seed=4)
    others, truth = _many_sided(400, seed=5)
    wide = Learned.of(rows[:900], labels[:900], 0)
    narrow = Learned.of(rows, labels, 0)
    assert wide.axes is None
    assert wide.landmarks.shape == (900, 160)
    assert narrow.landmarks.shape == (1_000, 128)
    assert (narrow.themes(others) == truth).mean() > 0.95
    monkeypatch.setattr(kernel, "_ROWS", 60)
    few = Learned.of(rows, labels, 0)
    assert few.landmarks.shape == (60, 160)


def test_one_row_makes_a_theme() -> None:
    row = np.eye(1, 16, dtype=np.float32)
    learned = Learned.of(row, np.zeros(1, np.int64), 0)
    assert learned.themes(np.eye(16, dtype=np.float32)).tolist() == [0] * 16


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_a_row_gets_the_same_theme_alone_and_in_company(seed: int, themes: int) -> None:
    random = np.random.default_rng(seed)
    rows = unit(random.normal(size=(60, 32)).astype(np.float32))
    learned = Learned.of(rows, np.arange(60) % themes, 0)
    others = unit(random.normal(size=(20, 32)).astype(np.float32))
    order = random.permutation(20)
    found = learned.themes(others)
    assert learned.themes(others[order]).tolist() == found[order].tolist()
    assert [int(learned.themes(row[None])[0]) for row in others] == found.tolist()

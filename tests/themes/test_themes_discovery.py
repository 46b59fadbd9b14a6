"""Themes of vectors: exact, stable, blind to order and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score

from analyzer.errors import ConfigError
from analyzer.themes import discover
from analyzer.themes.leak import LEAK_LIMIT, language_leak
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.themes.conftest import Corpus


def blobs(groups: int, each: int, spread: float = 0.15, seed: int = 1) -> NDArray[np.float32]:
    """Well-parted groups on the sphere, one after the other."""
    random = np.random.default_rng(seed)
    centres = np.repeat(np.eye(groups, 32), each, axis=0)
    return unit((centres + random.normal(0, spread, centres.shape)).astype(np.float32))


def noise(rows: int, seed: int = 2) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(rows, 32)).astype(np.float32))


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 40])
def test_small_sets_work(rows: int) -> None:
    found = discover(noise(rows), ["es", "fr", "en", "en"][:1] * rows)
    assert found.labels.shape == (rows,)
    assert found.labels.min() == 0
    assert len(found.stability) == len(found.centroids) == found.labels.max() + 1
    assert np.isfinite(found.confidence).all()


def test_one_text_many_times_is_one_theme() -> None:
    found = discover(np.repeat(noise(1), 30, axis=0))
    assert set(found.labels) == {0}


@pytest.mark.parametrize("themes", [1, 2, 7, 13, 40])
def test_exact_number_is_respected(themes: int) -> None:
    assert len(np.unique(discover(noise(150), themes=themes).labels)) == themes


def test_exact_number_beyond_distinct_rows_is_refused() -> None:
    with pytest.raises(ConfigError, match="6 themes were asked for, but there are 5 distinct"):
        discover(np.vstack([noise(5), noise(5)]), themes=6)


def test_lengths_must_agree() -> None:
    with pytest.raises(ConfigError, match="5 vectors came with 4 languages"):
        discover(noise(5), ["en"] * 4)
    with pytest.raises(ConfigError, match="5 vectors came with 2 weights"):
        discover(noise(5), weights=np.ones(2))
    with pytest.raises(ConfigError, match="n >= 1"):
        discover(np.empty((0, 4), np.float32))


def test_parted_groups_are_found_and_hold() -> None:
    found = discover(blobs(9, 40))
    gold = np.repeat(np.arange(9), 40)
    assert adjusted_mutual_info_score(gold, found.labels) > 0.97
    assert found.stability.min() > 0.8
    assert found.confidence.mean() > 0.9


def test_noise_does_not_hold() -> None:
    assert np.median(discover(noise(300)).stability) < 0.5


def test_meaning_decides_not_language(corpus: Corpus) -> None:
    found = [discover(corpus.vectors, corpus.languages, themes=5, seed=seed) for seed in range(4)]
    agree = [adjusted_mutual_info_score(corpus.gold, one.labels) for one in found]
    assert np.mean(agree) > 0.42
    assert all(one.leak < LEAK_LIMIT and one.language_offsets is None for one in found)


def test_bounds_on_the_number_have_an_effect() -> None:
    rows = blobs(20, 30)
    assert len(discover(rows, between=(2, 6)).stability) <= 6
    assert len(discover(rows, between=(8, 30)).stability) > 6


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_nothing(random: object) -> None:
    rows = blobs(6, 12, spread=0.3)
    order = np.arange(len(rows))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain, shuffled = discover(rows), discover(rows[order])
    assert np.array_equal(plain.labels[order], shuffled.labels)
    assert np.array_equal(plain.confidence[order], shuffled.confidence)
    assert np.array_equal(plain.stability, shuffled.stability)


def test_two_runs_are_identical_and_the_seed_counts() -> None:
    rows = noise(200)
    one, two, other = discover(rows), discover(rows), discover(rows, seed=7)
    assert one.labels.tobytes() == two.labels.tobytes()
    assert one.stability.tobytes() == two.stability.tobytes()
    assert one.stability.tobytes() != other.stability.tobytes()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 19), min_size=1, max_size=60))
def test_identical_rows_share_a_theme(picks: list[int]) -> None:
    labels = discover(noise(20)[picks]).labels
    by_row: dict[int, set[int]] = {}
    for pick, label in zip(picks, labels, strict=True):
        by_row.setdefault(pick, set()).add(int(label))
    assert all(len(seen) == 1 for seen in by_row.values())


def test_weights_order_themes_and_equal_repeated_rows() -> None:
    rows = blobs(3, 20, spread=0.05)
    weights = np.repeat([1.0, 1.0, 9.0], 20)
    found = discover(rows, weights=weights, themes=3)
    assert set(found.labels[40:]) == {0}
    repeated = np.repeat(np.arange(60), weights.astype(int))
    again = discover(rows[repeated], themes=3)
    assert np.array_equal(found.labels[repeated], again.labels)


def _confounded(strength: float) -> tuple[NDArray[np.float32], list[str], NDArray[np.int64]]:
    """Two markets that talk about different things, and a shift that a language adds."""
    random = np.random.default_rng(5)
    rows = blobs(6, 60, spread=0.12)
    gold = np.repeat(np.arange(6), 60)
    share = np.array([0.9, 0.8, 0.5, 0.5, 0.2, 0.1])[gold]
    languages = np.where(random.random(len(gold)) < share, "es", "fr")
    shift = np.zeros(32)
    shift[20] = strength
    rows = rows + np.where(languages == "es", 1, -1)[:, None] * shift
    return unit(rows.astype(np.float32)), languages.tolist(), gold


def test_a_leak_is_mended_and_true_differences_survive() -> None:
    rows, languages, gold = _confounded(1.2)
    blind = discover(rows, themes=6)
    mended = discover(rows, languages, themes=6)
    assert language_leak(blind.labels, languages) > LEAK_LIMIT
    assert mended.language_offsets is not None
    assert adjusted_mutual_info_score(gold, mended.labels) > 0.9
    kept = language_leak(mended.labels, languages)
    assert kept == pytest.approx(language_leak(gold, languages), abs=0.03)


def test_no_language_no_leak() -> None:
    labels = np.array([0, 1, 0, 1])
    assert language_leak(labels, None) == 0
    assert language_leak(labels, ["en"] * 4) == 0
    assert language_leak(labels, ["en", "fr", "en", "fr"]) == pytest.approx(1)

"""What is drawn for rows follows them, and a row more or less changes little."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from analyzer.resources import folder
from analyzer.themes import discover
from analyzer.themes.concepts import embed
from analyzer.themes.draws import drawn, likely, part, shuffled
from analyzer.themes.latent import Latent
from analyzer.themes.rows import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder

KEYS = distinct(np.random.default_rng(1).normal(size=(5_000, 4))).keys


def test_keys_are_of_content_and_tell_rows_apart() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
    same = distinct(np.vstack([rows, rows[:10]]))
    assert len(set(same.keys.tolist())) == 50
    alone = distinct(rows[7:8]).keys[0]
    assert same.keys[same.inverse[7]] == alone


@given(st.sets(st.integers(0, 4_999), min_size=1, max_size=200), st.integers(-5, 2**70))
def test_draws_follow_their_rows(picks: set[int], seed: int) -> None:
    rows = np.array(sorted(picks))
    assert np.array_equal(drawn(KEYS, seed, 3)[rows], drawn(KEYS[rows], seed, 3))
    order = shuffled(KEYS, seed)
    assert np.array_equal(order[np.isin(order, rows)], rows[shuffled(KEYS[rows], seed)])


def test_draws_are_even_and_differ_with_their_numbers() -> None:
    shares = [likely(KEYS, 0.3, seed) for seed in range(20)]
    assert all(abs(chosen.mean() - 0.3) < 0.03 for chosen in shares)
    alike = np.corrcoef(np.array(shares, dtype=float)) - np.eye(20)
    assert np.abs(alike).max() < 0.06
    assert not likely(KEYS, 0.0, 1).any()
    assert likely(KEYS, 1.0, 1).all()
    assert not np.array_equal(drawn(KEYS, 1, 2), drawn(KEYS, 2, 1))


def test_a_part_is_rising_and_keeps_its_rows_when_others_go() -> None:
    chosen = part(KEYS, 400, 5)
    assert len(chosen) == 400
    assert np.array_equal(chosen, np.unique(chosen))
    left = np.delete(np.arange(5_000), np.arange(0, 5_000, 10))
    again = left[part(KEYS[left], 400, 5)]
    assert len(np.intersect1d(chosen, again)) >= len(np.intersect1d(chosen, left))
    assert not np.array_equal(chosen, part(KEYS, 400, 6))
    assert part(KEYS[:4], 9, 5).tolist() == [0, 1, 2, 3]


def test_the_last_dimensions_hardly_count() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(300, 40)) * np.linspace(3, 0.5, 40)
    latent = Latent.of(rows, 20, seed=0)
    assert len(latent) == 20
    assert latent.counts[-1] == 0
    assert (np.diff(latent.counts) <= 0).all()
    told = latent.unit(rows)
    assert np.allclose(np.linalg.norm(told, axis=1), 1, atol=1e-5)
    assert np.abs(told[:, 0]).mean() > 5 * np.abs(told[:, 17]).mean()


@pytest.mark.parametrize("columns", [2, 3])
def test_few_columns_make_few_dimensions(columns: int) -> None:
    rows = np.random.default_rng(4).normal(size=(9, columns))
    latent = Latent.of(rows, 200, seed=0)
    assert len(latent) == columns - 1
    assert np.isfinite(latent.unit(rows)).all()


@pytest.fixture(scope="module")
def wave(encoder: BundledEncoder) -> tuple[list[str], NDArray[np.float32]]:
    texts = []
    for name in ("nps_2026_q2", "nps_2026_q3"):
        with (folder("corpora") / "demo" / f"{name}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            texts += [row["comment"] for row in csv.DictReader(file) if row["comment"].strip()]
    return texts, encoder.encode(texts)


def test_a_few_rows_less_leave_the_other_rows_together_and_as_many_themes(
    wave: tuple[list[str], NDArray[np.float32]], encoder: BundledEncoder
) -> None:
    texts, vectors = wave
    concepts = embed(encoder).subjects
    whole = discover(vectors, texts=texts, concepts=concepts).labels
    random = np.random.default_rng(5)
    agree, numbers = [], {int(whole.max()) + 1}
    for _ in range(6):
        kept = np.sort(random.permutation(len(texts))[: len(texts) - 5])
        told = [texts[row] for row in kept]
        found = discover(vectors[kept], texts=told, concepts=concepts).labels
        agree.append(adjusted_rand_score(whole[kept], found))
        numbers.add(int(found.max()) + 1)
    assert np.mean(agree) > 0.85  # draws by place: 0.6 to 0.8
    assert max(numbers) - min(numbers) <= 3  # a limit on what holds: up to 8

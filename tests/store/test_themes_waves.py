"""Identity of themes, on vectors whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from analyzer.themes import follow, waves
from analyzer.themes.assign import ThemeSpace
from analyzer.themes.rows import unit

RANDOM = np.random.default_rng(5)
SUBJECTS = unit(RANDOM.normal(size=(6, 64)).astype(np.float32))


def rows(subject: int, count: int, spread: float = 0.1) -> NDArray[np.float32]:
    noise = RANDOM.normal(scale=spread, size=(count, 64)).astype(np.float32)
    return unit(SUBJECTS[subject] + noise)


def people(count: int, name: str) -> list[str]:
    return [f"{name}{i}" for i in range(count)]


def test_a_new_subject_emerges_and_nothing_else() -> None:
    earlier = np.vstack([rows(0, 60), rows(1, 60)])
    new = np.vstack([rows(0, 60), rows(1, 60), rows(2, 25)])
    cluster, before = waves.pool(new, earlier, seed=0)
    known = np.repeat([0, 1, 1], [60, 60, 25])
    found = waves.emerging(cluster, before, people(145, "n"), people(120, "e"), known, known[:120])
    assert found
    for one in found:
        assert set(one.rows.tolist()) <= set(range(120, 145))
        assert one.share_before == 0
        assert one.q <= 0.05


def test_a_new_subject_emerges_out_of_a_small_theme_that_it_fills() -> None:
    earlier = np.vstack([rows(0, 100), rows(1, 12)])
    new = np.vstack([rows(0, 100), rows(1, 12), rows(2, 40)])
    cluster, before = waves.pool(new, earlier, seed=0)
    known = np.repeat([0, 1, 1], [100, 12, 40])
    found = waves.emerging(cluster, before, people(152, "n"), people(112, "e"), known, known[:112])
    assert found
    assert set(np.concatenate([one.rows for one in found]).tolist()) <= set(range(112, 152))


def test_nothing_emerges_from_two_samples_of_the_same() -> None:
    earlier, new = (np.vstack([rows(i, 50, 0.3) for i in range(4)]) for _ in range(2))
    cluster, before = waves.pool(new, earlier, seed=0)
    known = np.repeat(np.arange(4), 50)
    assert waves.emerging(cluster, before, people(200, "n"), people(200, "e"), known, known) == []


def test_one_person_who_writes_a_lot_is_not_a_theme() -> None:
    earlier = np.vstack([rows(0, 60), rows(1, 60)])
    new = np.vstack([rows(0, 60), rows(1, 60), rows(2, 25)])
    cluster, before = waves.pool(new, earlier, seed=0)
    who = [*people(120, "n"), *["same"] * 25]
    known = np.repeat([0, 1, 1], [60, 60, 25])
    assert waves.emerging(cluster, before, who, people(120, "e"), known, known[:120]) == []


def by_level(*levels: list[int]) -> NDArray[np.int64]:
    return np.array(levels, dtype=np.int64)


def test_a_subject_that_only_one_resolution_parts_from_its_neighbours_is_found() -> None:
    new = by_level([0] * 130, [0] * 100 + [1] * 30)
    earlier = by_level([0] * 100, [0] * 100)
    known, known_before = np.zeros(130, dtype=np.int64), np.zeros(100, dtype=np.int64)
    who = people(130, "n"), people(100, "e")
    found = waves.emerging(new, earlier, *who, known, known_before)
    assert [one.rows.tolist() for one in found] == [list(range(100, 130))]
    assert waves.emerging(new[:1], earlier[:1], *who, known, known_before) == []


def test_clusters_of_one_subject_at_several_resolutions_are_one_theme() -> None:
    new = by_level([0] * 100 + [1] * 60, [0] * 100 + [1] * 30 + [2] * 30)
    earlier = by_level([0] * 100, [0] * 100)
    known, known_before = np.zeros(160, dtype=np.int64), np.zeros(100, dtype=np.int64)
    found = waves.emerging(new, earlier, people(160, "n"), people(100, "e"), known, known_before)
    assert [one.rows.tolist() for one in found] == [list(range(100, 160))]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40), st.integers(1, 40))
def test_mid_p_lies_between_none_and_twice_what_the_exact_test_says(
    extra: int, extra_before: int, count: int, count_before: int
) -> None:
    size, size_before = count + extra, count_before + extra_before
    p = waves._mid_p(np.array([count]), size, np.array([count_before]), size_before).item()
    table = ((count, extra), (count_before, extra_before))
    exact = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert 0 <= p <= min(1.0, 2 * min(exact)) + 1e-9
    swapped = waves._mid_p(np.array([count_before]), size_before, np.array([count]), size).item()
    assert p == pytest.approx(swapped, abs=1e-9)


def test_matching_is_one_to_one_and_rejects_strangers() -> None:
    stored = [rows(i, 40) for i in range(3)]
    candidates = np.stack([unit(rows(i, 20).mean(0, keepdims=True))[0] for i in (1, 1, 5)])
    found = follow.match(candidates, [20, 20, 20], stored, seed=0)
    assert sorted(found.tolist())[:2] == [-1, -1]
    assert 1 in found.tolist()
    assert found[2] == -1


def test_a_theme_whose_comments_part_is_split() -> None:
    theme, theme_before = np.repeat([0, 1], [80, 60]), np.repeat([0, 1], [80, 60])
    cluster_before = np.repeat([0, 1], [80, 60])
    cluster = np.concatenate([np.repeat([0, 2], [40, 40]), np.ones(60, dtype=int)])
    found = waves.relations(theme, cluster, theme_before, cluster_before)
    assert {one: relation.status for one, relation in found.items()} == {0: "split"}
    assert found[0].overlap == pytest.approx(0.5)


def test_themes_whose_comments_join_are_merged() -> None:
    theme, theme_before = np.repeat([0, 1, 2], 60), np.repeat([0, 1, 2], 60)
    cluster_before = np.repeat([0, 1, 2], 60)
    cluster = np.repeat([0, 0, 2], 60)
    found = waves.relations(theme, cluster, theme_before, cluster_before)
    assert found[1].status == "merged"
    assert found[1].related == (0,)
    assert 2 not in found


def test_nothing_is_split_or_merged_when_nothing_changed() -> None:
    theme = np.repeat([0, 1, 2], 60)
    assert waves.relations(theme, theme, theme, theme) == {}


def test_drift_is_a_change_of_content_and_not_of_size() -> None:
    born = unit(rows(0, 60).mean(0, keepdims=True))[0]
    assert not follow.drift(born, rows(0, 60), rows(0, 25)).alarm
    assert not follow.drift(born, rows(0, 60), rows(0, 400)).alarm
    assert follow.drift(born, rows(0, 60), rows(3, 60)).alarm


def space(count: int) -> ThemeSpace:
    return ThemeSpace(
        np.zeros(64, np.float32), SUBJECTS[:count], np.arange(count), np.full(count, 0.3)
    )


def test_prototypes_follow_slowly() -> None:
    target = rows(3, 500)
    moved = follow.move(space(2), target, np.zeros(500, dtype=np.int64), [10, 10])
    before = float(SUBJECTS[0] @ SUBJECTS[3])
    after = float(moved.prototypes[0] @ SUBJECTS[3])
    assert before < after < 0.6
    assert np.allclose(moved.prototypes[1], SUBJECTS[1], atol=1e-6)
    large = follow.move(space(2), target, np.zeros(500, dtype=np.int64), [100_000, 10])
    assert float(large.prototypes[0] @ SUBJECTS[0]) > 0.999


def test_an_added_theme_gets_its_rows_and_leaves_the_others_theirs() -> None:
    wider = follow.extend(space(2), [rows(4, 30)], np.vstack([rows(0, 30), rows(1, 30)]))
    assert wider.assign(rows(4, 10)).theme.tolist() == [2] * 10
    assert wider.assign(rows(0, 10)).theme.tolist() == [0] * 10
    assert wider.limits[2] < 0.6


def one_prototype(*groups: NDArray[np.float32], limit: float = 0.9) -> ThemeSpace:
    """A theme for each group, at its mean."""
    middles = np.vstack([unit(group.mean(axis=0, keepdims=True)) for group in groups])
    return ThemeSpace(
        np.zeros(64, np.float32), middles, np.arange(len(groups)), np.full(len(groups), limit)
    )


@given(st.integers(0, 1_000), st.integers(3, 30))
def test_a_row_is_judged_by_the_others_that_made_its_theme(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    own = unit(SUBJECTS[0] + random.normal(scale=0.2, size=(count, 64)).astype(np.float32))
    space = one_prototype(own)
    plain = space.assign(own)
    found = follow.held_out(space, own, np.zeros(count, np.int64), plain)
    for i, row in enumerate(own):
        others = np.delete(own, i, axis=0).mean(axis=0)
        assert found.similarity[i] == pytest.approx(row @ others / np.linalg.norm(others), abs=1e-4)
    assert (found.similarity <= plain.similarity).all()
    assert (found.theme == plain.theme).all()
    assert (found.confident == (found.similarity >= 0.9)).all()


def test_only_rows_that_made_the_theme_they_have_are_judged_anew() -> None:
    first, second, late = rows(0, 12), rows(1, 12), rows(0, 5)
    stray = rows(0, 1)  # made the second theme, and lies in the first
    space = one_prototype(first, np.vstack([second, stray]))
    every = np.vstack([first, second, stray, late, first[:2]])
    made = np.repeat([0, 1, 1, -1, 0], [12, 12, 1, 5, 2])
    plain = space.assign(every)
    found = follow.held_out(space, every, made, plain)
    changed = found.similarity < plain.similarity
    # The first two have the same words as the last two, which would be there without them.
    assert np.flatnonzero(changed).tolist() == list(range(2, 24))


def test_held_out_themes_are_as_large_in_the_next_wave_as_in_their_own() -> None:
    made = np.repeat(np.arange(6), 15)
    own, later = (np.vstack([rows(i, 15, 0.35) for i in range(6)]) for _ in range(2))
    middles = [own[made == theme] for theme in range(6)]
    limits = [
        float(np.quantile(later @ unit(group.mean(0, keepdims=True))[0], 0.9)) for group in middles
    ]
    space = one_prototype(*middles)
    space = ThemeSpace(space.mean, space.prototypes, space.owner, np.array(limits))
    plain, after = space.assign(own), space.assign(later)
    held = follow.held_out(space, own, made, plain)
    assert plain.confident.mean() > after.confident.mean() + 0.15
    assert held.confident.mean() == pytest.approx(after.confident.mean(), abs=0.1)

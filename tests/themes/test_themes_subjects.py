"""What passages are about beside what they mean: concepts draw together what speaks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from analyzer.themes import discover
from analyzer.themes.rows import unit
from analyzer.themes.subjects import with_subjects

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SUBJECTS, _MANNERS, _ROWS = 6, 6, 480


def _said() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Rows whose manner tells them apart as clearly as their subject, concepts, and the subjects.

    The concepts are about subjects alone: several stand near each.
    """
    random = np.random.default_rng(3)
    subject = np.arange(_ROWS) % _SUBJECTS
    manner = random.integers(0, _MANNERS, _ROWS)
    axes = np.eye(64, dtype=np.float32)
    noise = random.normal(0, 0.1, (_ROWS, 64)).astype(np.float32)
    rows = unit(axes[subject] + 1.1 * axes[20 + manner] + noise)
    about = np.repeat(np.arange(_SUBJECTS), 20)
    shades = random.normal(0, 0.05, (len(about), 64)).astype(np.float32)
    return rows, unit(axes[about] + shades), subject


def _centred(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit(rows - rows.mean(axis=0))


def test_rows_about_the_same_come_nearer() -> None:
    rows, concepts, subject = _said()
    centred = _centred(rows)
    seen = with_subjects(centred, concepts, np.arange(_ROWS), 0)
    assert np.allclose(np.linalg.norm(seen, axis=1), 1, atol=1e-5)
    same = subject[:, None] == subject[None, :]
    apart = [float((x @ x.T)[same].mean() - (x @ x.T)[~same].mean()) for x in (centred, seen)]
    assert apart[1] > apart[0] + 0.05


def test_themes_follow_concepts() -> None:
    rows, concepts, subject = _said()
    blind = discover(rows, themes=_SUBJECTS).labels
    told = discover(rows, concepts=concepts, themes=_SUBJECTS).labels
    agree = [adjusted_mutual_info_score(subject, labels) for labels in (blind, told)]
    assert agree[1] > agree[0] + 0.2


def test_some_rows_teach_what_all_are_told() -> None:
    rows, concepts, _ = _said()
    centred = _centred(rows)
    learned = np.arange(0, _ROWS, 2)
    some = with_subjects(centred, concepts, learned, 0)
    alone = with_subjects(centred[learned], concepts, np.arange(len(learned)), 0)
    assert some.shape[0] == _ROWS
    assert np.allclose(some[learned], alone, atol=1e-5)


@pytest.mark.parametrize("rows", [1, 99])
def test_few_rows_stay_as_they_are(rows: int) -> None:
    centred, concepts, _ = _said()
    few = centred[:rows]
    assert with_subjects(few, concepts, np.arange(rows), 0) is few


def test_the_order_of_rows_changes_nothing_with_concepts() -> None:
    rows, concepts, _ = _said()
    order = np.random.default_rng(1).permutation(_ROWS)
    plain = discover(rows, concepts=concepts)
    shuffled = discover(rows[order], concepts=concepts)
    assert np.array_equal(plain.labels[order], shuffled.labels)

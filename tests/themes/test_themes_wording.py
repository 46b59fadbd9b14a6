"""Wording beside meaning: what it adds to the graph, and where it must not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from analyzer.themes import discover, discovery
from analyzer.themes.kernel import Learned
from analyzer.themes.nearest import Likeness, nearest
from analyzer.themes.rows import distinct, unit
from analyzer.themes.stability import theme_stability
from analyzer.themes.wording import FEWEST_TEXTS, wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SUBJECTS = (
    "decoder", "invoice", "voucher", "antenna", "postman", "landline", "keyboard", "elevator",
    "passport", "umbrella", "hospital", "contract",
)  # fmt: skip


def _said(rows: int) -> tuple[list[str], NDArray[np.int64]]:
    """Texts that only one word tells apart, and which word it is."""
    random = np.random.default_rng(4)
    filler = ["again", "always", "yesterday", "sadly", "really", "twice", "still", "never"]
    which = np.arange(rows) % len(_SUBJECTS)
    texts = [
        " ".join([*random.choice(filler, 3), _SUBJECTS[one], *random.choice(filler, 2), str(i)])
        for i, one in enumerate(which)
    ]
    return texts, which


def _meaning(rows: int) -> NDArray[np.float32]:
    return unit(np.random.default_rng(5).normal(size=(rows, 256)).astype(np.float32))


def _worded(texts: list[str]) -> NDArray[np.float32] | None:
    return wording(texts, np.arange(len(texts)), seed=0)


def test_texts_with_a_word_in_common_lie_near_each_other() -> None:
    texts, which = _said(240)
    rows = _worded(texts)
    assert rows is not None
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    similar = rows @ rows.T
    same = which[:, None] == which[None, :]
    assert similar[same].mean() > similar[~same].mean() + 0.3


def test_slips_of_the_pen_and_accents_are_forgiven() -> None:
    texts, _ = _said(240)
    rows = _worded([*texts, "the decoder again", "the décoderr again", "the invoicce again"])
    assert rows is not None
    right, slip, other = rows[-3:]
    assert right @ slip > 0.8
    assert right @ slip > right @ other + 0.3


def test_placeholders_are_no_words() -> None:
    texts, which = _said(240)
    marked = [
        f"{text} [PERSON]" if one == 0 else text for text, one in zip(texts, which, strict=True)
    ]
    assert np.array_equal(_worded(texts), _worded(marked))


def test_few_texts_or_none_in_common_have_no_wording() -> None:
    texts, _ = _said(FEWEST_TEXTS)
    assert _worded(texts[1:]) is None
    assert _worded([chr(0x4E00 + i) for i in range(FEWEST_TEXTS)]) is None


def test_wording_parts_what_meaning_does_not() -> None:
    texts, which = _said(480)
    meaning = _meaning(480)
    blind = discover(meaning, themes=12).labels
    told = discover(meaning, texts=texts, themes=12).labels
    assert adjusted_mutual_info_score(which, blind) < 0.1
    assert adjusted_mutual_info_score(which, told) > 0.4


def test_rows_are_linked_to_the_fifteen_most_alike() -> None:
    meaning = Likeness.of(_meaning(300)).meaning
    similar = meaning @ meaning.T
    np.fill_diagonal(similar, -1)
    most = np.argsort(-similar, axis=1)[:, :15]
    expected = np.zeros((300, 300))
    np.put_along_axis(expected, most, np.take_along_axis(similar, most, axis=1), axis=1)
    expected = np.maximum(expected, expected.T)
    assert np.allclose(nearest(Likeness.of(meaning)).graph().toarray(), expected, atol=1e-5)


def test_a_part_is_linked_as_if_it_were_alone() -> None:
    meaning = _meaning(400)
    words = unit(np.random.default_rng(9).normal(size=(400, 20)).astype(np.float32))
    part = np.sort(np.random.default_rng(2).choice(400, 240, replace=False))
    likeness = Likeness.of(meaning, words, ["es", "fr"] * 200)
    whole = nearest(likeness).graph(part)
    alone = nearest(likeness.take(part)).graph()
    differ = abs(whole - alone) > 1e-5  # a row in a thousand knows fewer than 15 of the part
    assert differ.nnz <= 0.005 * alone.nnz


def test_rows_without_a_shared_word_are_linked_by_meaning() -> None:
    meaning = _meaning(150)
    graph = nearest(Likeness.of(meaning, np.zeros((150, 10), dtype=np.float32))).graph()
    assert abs(graph - nearest(Likeness.of(meaning)).graph()).max() < 1e-5


def test_rows_of_few_are_linked_to_fewer() -> None:
    for n in (1, 2, 3, 10, 100):
        graph = nearest(Likeness.of(_meaning(n))).graph()
        assert graph.shape == (n, n)
        links = min(n - 1, max(2, round(n**0.5)))
        assert n * links / 2 <= graph.nnz / 2 <= n * links


def test_the_order_of_rows_changes_nothing_with_texts_either() -> None:
    texts, _ = _said(200)
    meaning = _meaning(200)
    order = np.random.default_rng(8).permutation(200)
    plain = discover(meaning, texts=texts)
    shuffled = discover(meaning[order], texts=[texts[i] for i in order])
    assert np.array_equal(plain.labels[order], shuffled.labels)
    assert np.array_equal(plain.stability, shuffled.stability)


def test_wording_is_learned_from_some_and_told_of_all() -> None:
    texts, _ = _said(240)
    learned = np.arange(0, 240, 2)
    rows = wording(texts, learned, seed=0)
    assert rows is not None
    assert rows.shape[0] == 240
    assert np.array_equal(rows[learned], _worded([texts[i] for i in learned]))


def test_a_word_of_one_text_alone_says_nothing_beyond_the_learned() -> None:
    texts, _ = _said(240)
    learned = np.arange(240)
    alone = wording([*texts, "quibbling decoders"], learned, seed=0)
    twice = wording([*texts, "quibbling decoders", "decoders"], learned, seed=0)
    assert alone is not None
    assert twice is not None
    assert not alone[-1].any()
    assert twice[-2].any()


def test_rows_beyond_the_graph_get_the_theme_of_those_they_are_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discovery, "FIT_ROWS", 240)
    texts, which = _said(480)
    found = discover(_meaning(480), texts=texts, themes=12).labels
    learn = Learned.of
    wordless = slice(0, _meaning(1).shape[1])

    def blind(rows: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> Learned:
        seen = rows.copy()
        seen[:, wordless.stop :] = 0
        return learn(unit(seen), labels, seed)

    monkeypatch.setattr(discovery.Learned, "of", blind)
    deaf = discover(_meaning(480), texts=texts, themes=12).labels
    agree = [adjusted_mutual_info_score(which, labels) for labels in (found, deaf)]
    assert agree[0] > agree[1] + 0.05


def test_stability_is_of_the_graph_that_made_the_themes() -> None:
    texts, which = _said(480)
    meaning, words = _meaning(480), _worded(texts)
    keys = distinct(meaning).keys
    blind = theme_stability(nearest(Likeness.of(meaning)), keys, which, 0)
    told = theme_stability(nearest(Likeness.of(meaning, words)), keys, which, 0)
    assert told.mean() > blind.mean() + 0.1

"""Themes take in new spans, with limits from the data; the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from analyzer.themes import discover
from analyzer.themes.assign import build_space
from analyzer.themes.layout import place_spans, place_themes

if TYPE_CHECKING:
    from analyzer.encoders import BundledEncoder
    from tests.themes.conftest import Corpus


def test_new_sentences_find_their_theme(corpus: Corpus, encoder: BundledEncoder) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    new = encoder.encode(list(corpus.unseen))
    found = space.assign(new)
    assert found.theme.tolist() == [0, 1, 2, 3, 4]
    assert found.confident.sum() >= 4
    assert np.abs(found.similarity).max() <= 1 + 1e-5


def test_unrelated_text_is_not_confident(corpus: Corpus, encoder: BundledEncoder) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    far = space.assign(encoder.encode(["Julius Caesar crossed the Rubicon in 49 BC"]))
    assert not far.confident.any()


def test_assignment_does_not_depend_on_neighbours(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    alone = [space.assign(row[None]).theme[0] for row in corpus.vectors]
    assert space.assign(corpus.vectors).theme.tolist() == alone


def test_limits_come_from_the_other_themes(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, corpus.gold)
    similar = space.similarities(space.centre(corpus.vectors))
    for theme in range(5):
        others = similar[corpus.gold != theme, theme]
        assert np.mean(others >= space.limits[theme]) == pytest.approx(0.03, abs=0.012)


def test_offsets_are_subtracted_for_their_language_alone(corpus: Corpus) -> None:
    offset = np.zeros(512, np.float32)
    offset[0] = 0.5
    space = build_space(corpus.vectors, corpus.gold, corpus.languages, offsets={"fr": offset})
    row = corpus.vectors[:1]
    assert not np.allclose(space.centre(row, ["fr"]), space.centre(row, ["en"]))
    assert np.allclose(space.centre(row, ["en"]), space.centre(row))


def test_one_theme_takes_everything(corpus: Corpus) -> None:
    space = build_space(corpus.vectors, np.zeros(len(corpus.texts), np.int64))
    assert set(space.assign(corpus.vectors).theme) == {0}
    assert place_themes(space).tolist() == [[0, 0]]


def test_map_is_deterministic_and_themes_keep_apart(corpus: Corpus) -> None:
    labels = discover(corpus.vectors, themes=8).labels
    space = build_space(corpus.vectors, labels)
    at = place_themes(space)
    assert at.shape == (8, 2)
    assert np.array_equal(at, place_themes(space))
    gaps = np.linalg.norm(at[:, None] - at[None], axis=-1) + 9 * np.eye(8)
    assert gaps.min() > 0.3
    spans = place_spans(lambda own: space.centre(corpus.vectors[own]), labels, at)
    own = np.linalg.norm(spans - at[labels], axis=1)
    nearest = np.linalg.norm(spans[:, None] - at[None], axis=-1).argmin(axis=1)
    assert np.isfinite(spans).all()
    assert own.max() < 3
    assert np.mean(nearest == labels) > 0.8

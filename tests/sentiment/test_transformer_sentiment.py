"""A Hugging Face classifier from a folder, small and real, built here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzer.errors import ModelError
from analyzer.sentiment import load_sentiment
from analyzer.sentiment.transformer import class_weights

LABELS = ("negative", "neutral", "positive")


def classifier(folder: Path, labels: tuple[str, ...] = LABELS, seed: int = 0) -> Path:
    """A BERT of one tiny layer with random weights, saved as its library saves it."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bueno", "malo", "good", "bad", "nul"]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_model_from_a_folder_answers(tmp_path: Path) -> None:
    model = load_sentiment(str(classifier(tmp_path / "tiny")))
    texts = ["bueno bueno", "malo", "", "bad " * 200, "bueno bueno"]
    found = model.predict(texts, ["es"] * 5)
    assert found.probabilities.shape == (5, 3)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1.0)
    np.testing.assert_array_equal(found.probabilities[0], found.probabilities[4])
    assert found.sentiment[2] == "neutral"
    assert not np.allclose(found.probabilities[0], found.probabilities[1])


def test_order_of_labels_is_the_models_own(tmp_path: Path) -> None:
    straight = load_sentiment(str(classifier(tmp_path / "a")))
    turned = load_sentiment(str(classifier(tmp_path / "b", tuple(reversed(LABELS)))))
    texts = ["good", "nul", "malo bad"]
    np.testing.assert_allclose(
        straight.predict(texts).probabilities, turned.predict(texts).probabilities[:, ::-1]
    )


def test_fingerprint_follows_weights_and_labels(tmp_path: Path) -> None:
    one = load_sentiment(str(classifier(tmp_path / "one" / "m"))).fingerprint
    same = load_sentiment(str(classifier(tmp_path / "same" / "m"))).fingerprint
    other = load_sentiment(str(classifier(tmp_path / "other" / "m", seed=1))).fingerprint
    relabelled = classifier(tmp_path / "relabelled" / "m", ("pos", "neu", "neg"))
    assert one == same
    assert len({one, other, load_sentiment(str(relabelled)).fingerprint}) == 3


def test_labels_that_mean_nothing_are_named(tmp_path: Path) -> None:
    folder = classifier(tmp_path / "topics", ("sport", "politics", "weather"))
    with pytest.raises(ModelError, match="'sport', 'politics', 'weather'"):
        load_sentiment(str(folder))


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        load_sentiment(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        (("NEG", "NEU", "POS"), (0, 1, 2)),
        (("POSITIVE", "NEGATIVE"), (2, 0)),
        (("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), (0, 0, 1, 2, 2)),
        (("Very Negative", "Negative", "Neutral", "Positive", "Very Positive"), (0, 0, 1, 2, 2)),
        (("négatif", "neutre", "positif"), (0, 1, 2)),
        (("muy_negativo", "neutro", "muy_positivo"), (0, 1, 2)),
    ],
)
def test_labels_of_well_known_models(labels: tuple[str, ...], columns: tuple[int, ...]) -> None:
    weights = class_weights(labels, "m")
    assert tuple(weights.argmax(axis=1)) == columns
    np.testing.assert_array_equal(weights.sum(axis=1), 1.0)


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("negative", "neutral")])
def test_labels_that_cannot_be_mapped(labels: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match=labels[0]):
        class_weights(labels, "m")

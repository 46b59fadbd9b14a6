"""From corpora to the artifact: features, network, calibration, files."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.encoders import load_encoder
from analyzer.sentiment.bundled import SCHEMA_VERSION, SETTINGS, WEIGHTS
from analyzer.sentiment.ngrams import BUCKETS, hashed, style
from analyzer.sentiment.train.corpora import Example, fold_of, read
from analyzer.sentiment.train.network import Inputs, Network, Options, Targets, fit, outputs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Built", "build", "ensemble", "inputs_of", "targets_of", "train", "write"]

VECTOR_SCALE = 5.0  # brings a unit vector's entries to about the size of the style features
_CALIBRATION_FOLD = 4
_PRECISION = 1e-4
_TINY = 1e-8
_RANGE = (0.5, 3.0)

Built = tuple[dict[str, NDArray[Any]], dict[str, Any]]


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
    return Inputs(np.hstack([vectors, style(texts)]).astype(np.float32), hashed(texts))


def train(examples: Sequence[Example], inputs: Inputs, options: Options | None = None) -> Built:
    """Fit the network to all examples, and temperatures to a model that has not seen a fold.

    Returns:
        The arrays and the settings of the artifact.
    """
    options = options or Options()
    targets = targets_of(examples)
    held = np.array([fold_of(e.group) == _CALIBRATION_FOLD for e in examples])
    seen, unseen = np.flatnonzero(~held), np.flatnonzero(held)
    part = Targets(targets.shares[seen], targets.weights[seen], targets.posts[seen])
    rehearsal = ensemble(inputs.take(seen), part, options)
    raw = np.mean([outputs(net, inputs.take(unseen)) for net in rehearsal], axis=0)
    temperature = _temperatures(raw, [examples[int(i)] for i in unseen])
    nets = ensemble(inputs, targets, options)
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
    return _arrays(nets), settings


def ensemble(inputs: Inputs, targets: Targets, options: Options) -> list[Network]:
    """Train some networks that differ in their seed; their mean errs less than each."""
    pruned = _pruned(inputs, options)
    return [
        fit(pruned, targets, replace(options, seed=options.seed + i))
        for i in range(options.members)
    ]


def targets_of(examples: Sequence[Example]) -> Targets:
    """What the network shall answer for each example."""
    return Targets(
        np.array([e.target for e in examples], dtype=np.float32),
        np.array([e.weight for e in examples], dtype=np.float32),
        np.array([e.post for e in examples], dtype=np.float32),
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
    annotated = shares.max(axis=1) == 1.0
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

    best = minimize(wrong, x0=[0.0], method="Nelder-Mead", options={"xatol": _PRECISION})
    return round(float(np.clip(np.exp(best.x[0]), *_RANGE)), 3)


def _arrays(nets: Sequence[Network]) -> dict[str, NDArray[Any]]:
    """The mean of the networks as one: half floats, and one byte for an entry of the table."""
    n = len(nets)
    table = np.mean([net.table.weight.detach().numpy() for net in nets], axis=0)
    scale = np.maximum(np.abs(table).max(axis=0) / 127.0, _TINY).astype(np.float32)
    hidden = np.hstack([net.hidden.weight.detach().numpy().T for net in nets])
    out = np.vstack([net.out.weight.detach().numpy().T / n for net in nets])
    return {
        "hidden": hidden.astype(np.float16),
        "hidden_bias": np.hstack([net.hidden.bias.detach().numpy() for net in nets]),
        "out": out.astype(np.float16),
        "out_bias": np.mean([net.out.bias.detach().numpy() for net in nets], axis=0),
        "table": np.round(table / scale).astype(np.int8),
        "table_scale": scale,
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

"""The network and its training, in torch; what it learned leaves as numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Inputs", "Network", "Options", "Targets", "fit", "outputs"]

OUTPUTS = 7  # three classes of two experts, and the gate


@dataclass(frozen=True)
class Options:
    """How to train; the defaults are what the shipped model was made with."""

    epochs: int = 4
    batch: int = 128
    hidden: int = 192
    rate: float = 2e-3
    table_rate: float = 4e-3
    decay: float = 0.02
    dropout: float = 0.4
    input_dropout: float = 0.2
    smoothing: float = 0.05
    other_expert: float = 0.02
    gate: float = 0.3
    least_texts: int = 3
    average: float = 0.998
    members: int = 3
    steady: int = (
        3  # further members that learn no outcomes: these cost posts what they gain feedback
    )
    linear: float = 1.0
    linear_freedom: float = 0.05
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the network reads of n texts: dense (n, d) and hashed n-grams (n, buckets)."""

    dense: NDArray[np.float32]
    wide: csr_matrix

    def take(self, rows: NDArray[np.int64]) -> Inputs:
        """Return the inputs of some texts."""
        return Inputs(self.dense[rows], self.wide[rows])


@dataclass(frozen=True, eq=False)
class Targets:
    """What it shall answer for n texts.

    Attributes:
        shares: (n, 3) negative, neutral, positive.
        weights: (n,) how much each counts.
        posts: (n,) 1 for a public post, 0 for feedback.
        steady: (n,) how much each counts for the steady members.
        languages: (n,) language codes.
    """

    shares: NDArray[np.float32]
    weights: NDArray[np.float32]
    posts: NDArray[np.float32]
    steady: NDArray[np.float32]
    languages: NDArray[np.str_]

    def take(self, rows: NDArray[np.int64]) -> Targets:
        """Return the targets of some texts."""
        return Targets(**{name: column[rows] for name, column in vars(self).items()})


class Network(nn.Module):
    """One hidden layer over the dense inputs, plus a linear map of the n-grams."""

    def __init__(self, width: int, buckets: int, options: Options) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, options.hidden)
        self.out = nn.Linear(options.hidden, OUTPUTS)
        self.table = nn.EmbeddingBag(buckets, OUTPUTS, mode="sum")
        nn.init.zeros_(self.table.weight)
        self.before = nn.Dropout(options.input_dropout)
        self.after = nn.Dropout(options.dropout)

    def forward(
        self, dense: torch.Tensor, ids: torch.Tensor, starts: torch.Tensor, values: torch.Tensor
    ) -> torch.Tensor:
        """Raw outputs (n, 7)."""
        hidden = self.after(torch.relu(self.hidden(self.before(dense))))
        wide: torch.Tensor = self.table(ids, starts, per_sample_weights=values)
        deep: torch.Tensor = self.out(hidden)
        return deep + wide


def fit(inputs: Inputs, targets: Targets, options: Options) -> Network:
    """Train on one thread, so that the same inputs give the same weights to the last bit."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(options.seed)
    order = np.random.default_rng(options.seed)
    net = Network(inputs.dense.shape[1], inputs.wide.shape[1], options)
    mean = Network(inputs.dense.shape[1], inputs.wide.shape[1], options)
    mean.load_state_dict(net.state_dict())
    optimizer, schedule = _optimizer(net, options, len(targets.weights))
    wanted = _smoothed(targets, options)
    for _ in range(options.epochs):
        net.train()
        for rows in _batches(order.permutation(len(targets.weights)), options.batch):
            raw = net(*_tensors(inputs.take(rows)))
            loss = _loss(raw, wanted, rows, options)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                for kept, new in zip(mean.parameters(), net.parameters(), strict=True):
                    kept.lerp_(new, 1 - options.average)
    return mean.eval()


def outputs(net: Network, inputs: Inputs) -> NDArray[np.float64]:
    """Raw outputs (n, 7) of a trained network."""
    rows = np.arange(inputs.dense.shape[0])
    with torch.inference_mode():
        parts = [net(*_tensors(inputs.take(b))).numpy() for b in _batches(rows, 512)]
    return np.concatenate(parts).astype(np.float64)


def _optimizer(
    net: Network, options: Options, n: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    dense = [*net.hidden.parameters(), *net.out.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": dense, "lr": options.rate, "weight_decay": options.decay},
            {"params": [net.table.weight], "lr": options.table_rate, "weight_decay": options.decay},
        ],
        fused=True,
    )
    steps = options.epochs * -(-n // options.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 200) * max(0.02, 1 - step / steps)
    )
    return optimizer, schedule


def _smoothed(targets: Targets, options: Options) -> tuple[torch.Tensor, ...]:
    shares = targets.shares * (1 - options.smoothing) + options.smoothing / 3
    return (
        torch.from_numpy(shares.astype(np.float32)),
        torch.from_numpy(targets.weights),
        torch.from_numpy(targets.posts),
    )


def _loss(
    raw: torch.Tensor,
    wanted: tuple[torch.Tensor, ...],
    rows: NDArray[np.int64],
    options: Options,
) -> torch.Tensor:
    shares, weights, posts = (tensor[rows] for tensor in wanted)
    wrong_post = -(shares * torch.log_softmax(raw[:, :3], 1)).sum(1)
    wrong_feedback = -(shares * torch.log_softmax(raw[:, 3:6], 1)).sum(1)
    as_post = posts + (1 - posts) * options.other_expert
    as_feedback = (1 - posts) + posts * options.other_expert
    gate = nn.functional.binary_cross_entropy_with_logits(raw[:, 6], posts, reduction="none")
    each = as_post * wrong_post + as_feedback * wrong_feedback + options.gate * gate
    return (each * weights).sum() / weights.sum()


def _batches(order: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    return [order[i : i + size] for i in range(0, len(order), size)]


def _tensors(inputs: Inputs) -> tuple[torch.Tensor, ...]:
    wide = inputs.wide
    return (
        torch.from_numpy(np.ascontiguousarray(inputs.dense)),
        torch.from_numpy(wide.indices.astype(np.int64)),
        torch.from_numpy(wide.indptr[:-1].astype(np.int64)),
        torch.from_numpy(wide.data.astype(np.float32)),
    )

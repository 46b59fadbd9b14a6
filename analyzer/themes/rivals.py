"""What else people write about: themes of the shipped codebook that stand beside a small one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.resources import folder
from analyzer.themes.checks import said_by
from analyzer.themes.codebook import Codebook
from analyzer.themes.rows import cosines, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.themes.codebook import CodebookTheme

__all__ = ["Rivals", "rivals"]

# A shipped theme is no rival of a theme that is nearer to it than 97 of 100 texts of others are,
# nor of a theme that has no nearer one: a few words need not lie in the middle of their subject.
_NULL_QUANTILE = 0.97


@dataclass(frozen=True)
class Rivals:
    """Texts of r rival themes.

    Attributes:
        texts: n distinct texts, sorted: names, descriptions and examples.
        coded: (n, r) 0 or 1, the themes of each.
        real: (n,) which are examples.
    """

    texts: list[str]
    coded: NDArray[np.float64]
    real: NDArray[np.bool_]


def rivals(texts: Sequence[str], coded: NDArray[np.float64], encoder: Encoder) -> Rivals:
    """Choose the themes of the shipped codebook that mean something else than those of a user.

    Args:
        texts: m texts of the user's themes.
        coded: (m, k) 0 or 1, the themes of each.
        encoder: gives sentence vectors.

    Returns:
        A `Rivals` without the texts given.
    """
    shipped = Codebook.load(folder("corpora") / "codebook.toml").theme
    away = _away(texts, coded, shipped, encoder)
    kept = [theme for theme, far in zip(shipped, away, strict=True) if far]
    told: dict[str, set[int]] = {}
    for number, theme in enumerate(kept):
        for text in said_by(theme):
            told.setdefault(text, set()).add(number)
    examples = {text for theme in kept for text in _examples(theme)}
    chosen = sorted(told.keys() - set(texts))
    table = np.zeros((len(chosen), len(kept)))
    for row, text in enumerate(chosen):
        table[row, sorted(told[text])] = 1
    return Rivals(chosen, table, np.array([text in examples for text in chosen], dtype=np.bool_))


def _away(
    texts: Sequence[str],
    coded: NDArray[np.float64],
    shipped: Sequence[CodebookTheme],
    encoder: Encoder,
) -> NDArray[np.bool_]:
    """Whether each shipped theme is far from every theme of the user."""
    pool = [(text, number) for number, theme in enumerate(shipped) for text in _examples(theme)]
    owner = np.array([number for _, number in pool])
    rows = np.asarray(encoder.encode([text for text, _ in pool]), dtype=np.float32)
    mean = rows.mean(axis=0)
    rows = unit(rows - mean)
    middles = unit(np.stack([rows[owner == i].mean(axis=0) for i in range(len(shipped))]))
    near = cosines(rows, middles)
    limits = [np.quantile(near[owner != i, i], _NULL_QUANTILE) for i in range(len(shipped))]
    told = unit(np.asarray(encoder.encode(list(texts)), dtype=np.float32) - mean)
    own = cosines(told, middles)
    used = coded[:, coded.any(axis=0)]
    meant = (used.T @ own) / used.sum(axis=0)[:, None]
    beyond = np.round(meant - limits, 5)
    away = (beyond <= 0).all(axis=0)
    away[beyond.argmax(axis=1)] = False
    return np.asarray(away, dtype=np.bool_)


def _examples(theme: CodebookTheme) -> list[str]:
    return [text for texts in theme.examples.values() for text in texts]

"""Does a theme only know its language? Measured always, mended only when it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.themes.rows import sample, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LEAK_LIMIT", "language_leak", "remove_language"]

LEAK_LIMIT = 0.15
_ROUNDS = 6
_GROUPS = 30
_RIDGE = 1e-3
_FIT_ROWS = 5_000  # that the offsets are estimated on


def language_leak(labels: NDArray[np.int64], languages: Sequence[str] | None) -> float:
    """Normalised mutual information of theme and language, 0 (none) to 1; 0 with one language."""
    if languages is None or len(set(languages)) < 2:
        return 0.0
    from sklearn.metrics import normalized_mutual_info_score

    codes = {code: i for i, code in enumerate(sorted(set(languages)))}
    return float(normalized_mutual_info_score([codes[code] for code in languages], labels))


def remove_language(
    rows: NDArray[np.float32], languages: Sequence[str], seed: int
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Subtract what a language adds to a vector, estimated jointly with what its themes add.

    Plain centring by language also removes true differences between markets. Here rows are
    regressed on group and language together (two-way fixed effects, languages summing to zero,
    ridge 1e-3), the language term alone is subtracted, and groups are found anew, six times.

    Args:
        rows: (n, d) unit rows.
        languages: n codes.
        seed: of the grouping.

    Returns:
        (n, d) corrected unit rows, and the offset (d,) subtracted per language.
    """
    from sklearn.cluster import KMeans

    pick = sample(len(rows), _FIT_ROWS, seed)
    codes = sorted({languages[i] for i in pick})
    known = {code: i for i, code in enumerate(codes)}
    everyone = np.array([known.get(code, len(codes)) for code in languages])
    seen, member = rows[pick].astype(np.float64), everyone[pick]
    groups = min(_GROUPS, max(2, len(seen) // 20))
    means = np.stack([seen[member == i].mean(axis=0) for i in range(len(codes))])
    offsets = means - means.mean(axis=0)
    start: Any = "k-means++"
    for _ in range(_ROUNDS):
        fitted = KMeans(groups, init=start, n_init=1, random_state=seed).fit(seen - offsets[member])
        start = fitted.cluster_centers_
        design = np.zeros((len(seen), groups + len(codes) - 1))
        design[np.arange(len(seen)), fitted.labels_] = 1
        for i in range(len(codes) - 1):
            design[:, groups + i] = (member == i) * 1.0 - (member == len(codes) - 1)
        gram = design.T @ design + _RIDGE * np.eye(design.shape[1])
        free = np.linalg.solve(gram, design.T @ seen)[groups:]
        offsets = np.vstack([free, -free.sum(axis=0, keepdims=True)])
    offsets = offsets.astype(np.float32)
    # A language too rare to be in the sample has no offset.
    corrected = rows - np.vstack([offsets, np.zeros_like(offsets[:1])])[everyone]
    return unit(corrected), {code: offsets[i] for i, code in enumerate(codes)}

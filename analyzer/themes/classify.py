"""Give texts the themes of a codebook: none, one or several, each above its own limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from analyzer.errors import ConfigError
from analyzer.resources import folder
from analyzer.schema import LANGUAGES, Language
from analyzer.themes.codebook import Codebook
from analyzer.themes.features import WordFeatures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder
    from analyzer.themes.codebook import CodebookTheme

__all__ = ["CodebookModel", "CodebookScores"]

_VECTOR_C = 3.0
_WORDS_C = 5.0
_FOLDS = 4
# The limit that all themes start from, as a share of what the surest theme of a held-out text
# scores: small codebooks with many examples score high, large ones with few score low. It met the
# best limit within 0.03 for 12 themes with ten or hundreds of examples, and for 26 themes.
_PRIOR_SHARE = 0.68
_PRIOR_MOST = 0.3
_FEW_THEMES = 8  # under this the examples do not show what else people write about
_PRIOR_LIMIT_WEIGHT = 2_000
_PRIOR_WEIGHT = 200  # positives that weigh as much as the limit common to all themes
_GRID = np.round(np.arange(0.08, 0.72, 0.02), 2)
_NULL_QUANTILE = 0.97
_LEAST_POSITIVES = 3


@dataclass(frozen=True)
class CodebookScores:
    """What n texts are about.

    Attributes:
        ids: k theme ids.
        scores: (n, k) 0..1, how sure the model is of each theme.
        labels: (n, k) whether a theme is given: its score reaches the theme's limit.
    """

    ids: tuple[str, ...]
    scores: NDArray[np.float64]
    labels: NDArray[np.bool_]

    @property
    def themes(self) -> list[tuple[str, ...]]:
        """Themes of each text, the surest first; empty where nothing fits."""
        found = []
        for score, label in zip(self.scores, self.labels, strict=True):
            given = np.flatnonzero(label)
            found.append(
                tuple(self.ids[i] for i in given[np.argsort(-score[given], kind="stable")])
            )
        return found


@dataclass(frozen=True)
class _Heads:
    """One logistic regression a theme."""

    weights: NDArray[np.float64]  # (m, k)
    bias: NDArray[np.float64]  # (k,)

    def probabilities(self, rows: NDArray[np.float32] | csr_matrix) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.bias))), dtype=np.float64)


@dataclass(frozen=True)
class CodebookModel:
    """A codebook that has learned from its examples.

    Two one-vs-rest logistic regressions are averaged: one on encoder vectors, which carries meaning
    across languages, and one on words, parts of words and word clusters, which is precise. Names
    and descriptions are examples too, so a theme without any other example works (zero-shot).

    Attributes:
        codebook: the themes.
        encoder: the encoder.
        features: fitted word features.
        limits: (k,) score from which a theme is given.
        trained_on: distinct texts that it learned from, names and descriptions included.
    """

    codebook: Codebook
    encoder: Encoder
    features: WordFeatures
    limits: NDArray[np.float64]
    trained_on: int
    _meaning: _Heads
    _wording: _Heads

    @classmethod
    def fit(
        cls,
        codebook: Codebook,
        encoder: Encoder,
        examples: pl.DataFrame | None = None,
        *,
        seed: int = 0,
    ) -> CodebookModel:
        """Learn a codebook.

        Limits are found per theme on texts that were held out (4 folds): where F1 is best, drawn
        towards the limit that is best for all themes together as far as examples are few. A theme
        without examples to hold out gets the 97 % quantile of what texts of other themes score.

        Args:
            codebook: the themes, with names, descriptions and examples.
            encoder: gives sentence vectors.
            examples: more coded texts: ``text`` (String) and ``themes`` (List(String), ids; empty
                for a text that belongs nowhere). Hundreds a theme are welcome.
            seed: of folds and word clusters.

        Returns:
            A fitted model; the order of examples changes nothing.

        Raises:
            ConfigError: ``examples`` lacks a column or names a theme that the codebook has not.
        """
        texts, coded, real = _training_set(codebook, examples)
        with threadpool_limits(1):
            if len(codebook.theme) < _FEW_THEMES:
                texts, coded, real = _with_elsewhere(texts, coded, real, encoder)
            vectors = np.asarray(encoder.encode(texts), dtype=np.float32)
            features = WordFeatures.fit(texts, encoder, seed)
            words = features.transform(texts)
            held_out = _held_out(vectors, words, coded, real, seed)
            return cls(
                codebook=codebook,
                encoder=encoder,
                features=features,
                limits=_limits(held_out, coded, real),
                trained_on=len(texts),
                _meaning=_heads(vectors, coded, _VECTOR_C),
                _wording=_heads(words, coded, _WORDS_C),
            )

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: NDArray[np.float32] | None = None,
    ) -> CodebookScores:
        """Give texts their themes; each text is judged on its own.

        Args:
            texts: n texts.
            languages: n codes: include and exclude phrases then apply in their language alone.
            vectors: (n, d) of the texts from the same encoder, where they are at hand.

        Returns:
            `CodebookScores`.

        Raises:
            ConfigError: ``languages`` or ``vectors`` are not n.
        """
        for name, given in (("languages", languages), ("vectors", vectors)):
            if given is not None and len(given) != len(texts):
                raise ConfigError(f"{len(texts)} texts came with {len(given)} {name}.")
        ids = tuple(self.codebook.ids)
        if not len(texts):
            return CodebookScores(ids, np.empty((0, len(ids))), np.empty((0, len(ids)), np.bool_))
        distinct, index, inverse = np.unique(
            np.asarray(texts, dtype=object).astype(str), return_index=True, return_inverse=True
        )
        with threadpool_limits(1):
            rows = self.encoder.encode(distinct.tolist()) if vectors is None else vectors[index]
            words = self.features.transform(distinct.tolist())
            scores = (
                self._meaning.probabilities(np.asarray(rows, dtype=np.float32))
                + self._wording.probabilities(words)
            ) / 2
        scores = np.round(scores, 5)[inverse.reshape(-1)]
        _apply_phrases(self.codebook.theme, texts, languages, scores)
        return CodebookScores(ids, scores, scores >= self.limits)


def _training_set(
    codebook: Codebook, examples: pl.DataFrame | None
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Distinct texts in sorted order, their themes (n, k), and which are no mere name."""
    position = {theme: i for i, theme in enumerate(codebook.ids)}
    coded: dict[str, set[int]] = {}
    for theme in codebook.theme:
        for sentences in theme.examples.values():
            for text in sentences:
                coded.setdefault(text, set()).add(position[theme.id])
    if examples is not None:
        for text, themes in _checked(examples, position).iter_rows():
            coded.setdefault(text, set()).update(position[theme] for theme in themes or ())
    real = set(coded)
    for theme in codebook.theme:
        for told in (theme.name, theme.description):
            for text in told.values():
                coded.setdefault(text, set()).add(position[theme.id])
    texts = sorted(text for text in coded if text.strip())
    table = np.zeros((len(texts), len(position)))
    for row, text in enumerate(texts):
        table[row, sorted(coded[text])] = 1
    return texts, table, np.array([text in real for text in texts])


def _with_elsewhere(
    texts: list[str], coded: NDArray[np.float64], real: NDArray[np.bool_], encoder: Encoder
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Add sentences of the shipped codebook far from every theme, lest few themes take all."""
    shipped = Codebook.load(folder("corpora") / "codebook.toml")
    spoken = {one for theme in shipped.theme for some in theme.examples.values() for one in some}
    pool = sorted(spoken - set(texts))
    near = np.asarray(encoder.encode(pool)) @ np.asarray(encoder.encode(texts)).T
    order = np.argsort(np.round(near.max(axis=1), 5), kind="stable")[: len(pool) // 2]
    count = min(len(order), 2 * len(texts))
    others = [pool[i] for i in sorted(order[np.linspace(0, len(order) - 1, count).astype(int)])]
    return (
        [*texts, *others],
        np.vstack([coded, np.zeros((len(others), coded.shape[1]))]),
        np.concatenate([real, np.zeros(len(others), np.bool_)]),
    )


def _checked(examples: pl.DataFrame, known: dict[str, int]) -> pl.DataFrame:
    missing = [name for name in ("text", "themes") if name not in examples.columns]
    if missing or examples.schema["themes"] != pl.List(pl.String):
        raise ConfigError(
            "examples need the columns text (String) and themes (a list of theme ids), got "
            f"{dict(examples.schema)}."
        )
    unknown = sorted(set(examples["themes"].explode().drop_nulls()) - set(known))
    if unknown:
        raise ConfigError(
            f"examples name themes that the codebook does not have: {', '.join(unknown[:5])}. "
            "Add them to the codebook, or correct the ids."
        )
    return examples.select("text", "themes").drop_nulls("text")


def _heads(rows: NDArray[np.float32] | csr_matrix, coded: NDArray[np.float64], c: float) -> _Heads:
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((rows.shape[1], coded.shape[1]))
    bias = np.full(coded.shape[1], -10.0)
    for theme, wanted in enumerate(coded.T):
        if 0 < wanted.sum() < len(wanted):
            fitted = LogisticRegression(C=c, max_iter=500).fit(rows, wanted)
            weights[:, theme], bias[theme] = fitted.coef_[0], fitted.intercept_[0]
        elif wanted.all():
            bias[theme] = 10.0
    return _Heads(weights, bias)


def _held_out(
    vectors: NDArray[np.float32],
    words: csr_matrix,
    coded: NDArray[np.float64],
    real: NDArray[np.bool_],
    seed: int,
) -> NDArray[np.float64]:
    """Scores (n, k) of each text by models that did not see it; NaN for a theme left empty."""
    count = len(vectors)
    fold = np.random.default_rng(seed).permutation(count) % min(_FOLDS, max(2, count))
    scores = np.full(coded.shape, np.nan)
    for part in range(fold.max() + 1):
        out, kept = fold == part, fold != part
        if not kept.any():
            continue
        scores[out] = (
            _heads(vectors[kept], coded[kept], _VECTOR_C).probabilities(vectors[out])
            + _heads(words[kept], coded[kept], _WORDS_C).probabilities(words[out])
        ) / 2
        scores[np.ix_(out, coded[kept].sum(axis=0) == 0)] = np.nan
    return scores


def _limits(
    scores: NDArray[np.float64], coded: NDArray[np.float64], real: NDArray[np.bool_]
) -> NDArray[np.float64]:
    judged = np.repeat(real[:, None], coded.shape[1], axis=1)
    judged[:, coded[real].sum(axis=0) < _LEAST_POSITIVES] = True
    judged[~coded.any(axis=1)] = True
    judged &= ~np.isnan(scores)
    surest = np.nan_to_num(scores, nan=0.0).max(axis=1)
    judge = real if real.any() else coded.any(axis=1)
    prior = min(_PRIOR_MOST, _PRIOR_SHARE * float(np.median(surest[judge])))
    every = _best_limit(scores[judged], coded[judged], prior, _PRIOR_LIMIT_WEIGHT)
    limits = np.empty(coded.shape[1])
    for theme in range(coded.shape[1]):
        rows = judged[:, theme]
        own, wanted = scores[rows, theme], coded[rows, theme]
        if coded[real, theme].sum() >= _LEAST_POSITIVES:
            limits[theme] = _best_limit(own, wanted, every, _PRIOR_WEIGHT)
        else:
            others = own[wanted == 0]
            limits[theme] = np.quantile(others, _NULL_QUANTILE) if len(others) else every
    return np.round(limits, 4)


def _best_limit(
    scores: NDArray[np.float64], wanted: NDArray[np.float64], prior: float, weight: float
) -> float:
    """Limit with the best F1, drawn towards ``prior`` as if that stood on ``weight`` positives."""
    positives = wanted.sum()
    if positives < _LEAST_POSITIVES:
        return prior
    given = scores[:, None] >= _GRID
    hit = (given * wanted[:, None]).sum(axis=0)
    f1 = 2 * hit / (given.sum(axis=0) + positives)
    best = float(_GRID[np.flatnonzero(f1 >= f1.max() - 1e-9)].mean())
    return float((positives * best + weight * prior) / (positives + weight))


def _apply_phrases(
    themes: Sequence[CodebookTheme],
    texts: Sequence[str],
    languages: Sequence[str] | None,
    scores: NDArray[np.float64],
) -> None:
    """Set the score of a theme to 1 where a phrase includes a text, and to 0 where one excludes."""
    for column, theme in enumerate(themes):
        for phrases, score in ((theme.include, 1.0), (theme.exclude, 0.0)):
            patterns = {code: _any_of(phrases[code]) for code in LANGUAGES if phrases.get(code)}
            if not patterns:
                continue
            for row, text in enumerate(texts):
                of_text = patterns if languages is None else _own(patterns, languages[row])
                if any(pattern.search(text) for pattern in of_text.values()):
                    scores[row, column] = score


def _own(
    patterns: Mapping[Language, re.Pattern[str]], language: str
) -> dict[Language, re.Pattern[str]]:
    return {code: pattern for code, pattern in patterns.items() if code == language}


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Match any of the phrases as whole words, whatever its case and spacing."""
    written = [r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases if phrase.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(written) or '(?!)'})(?!\w)", re.IGNORECASE)

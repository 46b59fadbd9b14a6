"""Give texts the themes of a codebook: none, one or several, each above its own limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES, Language
from analyzer.themes.features import WordFeatures
from analyzer.themes.rivals import rivals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Rows
    from analyzer.themes.codebook import Codebook, CodebookTheme

__all__ = ["CodebookModel", "CodebookScores"]

# Chosen on SemEval-16 restaurant sentences, split by review: with 4,500 examples and with 350.
_MEANING = 4.0  # weight of what two texts mean, beside 1 each for their words and parts of words
_WIDTH = 2.0  # a text counts for others by exp(width * (cosine - 1))
_RIDGE = 2.0
# The limit that all themes start from, as a share of what the surest theme of a left-out text
# scores: codebooks with many examples score high, those with few beside much else score low. It met
# the best limit within 0.04 for 12 themes with ten or hundreds of examples.
_PRIOR_SHARE = 0.7
_PRIOR_MOST = 0.36
_FEW_THEMES = 8  # under this the examples do not show what else people write about
_PRIOR_LIMIT_WEIGHT = 20_000
_PRIOR_WEIGHT = 500  # positives that weigh as much as the limit common to all themes
_GRID = np.round(np.arange(0.08, 0.72, 0.02), 2)
_NULL_QUANTILE = 0.99
_LEAST_POSITIVES = 3
_MOST_EXAMPLES = 6_000  # the time of fitting grows with the cube of their number
_BLOCK = 2_048


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
class CodebookModel:
    """A codebook that has learned from its examples.

    Kernel ridge regression: a text has the themes of the examples that it is like, in meaning (a
    radial kernel on encoder vectors, which works across languages) and in wording (words, word
    pairs and parts of words, which is precise). Names and descriptions are examples too, so a theme
    without any other example works (zero-shot).

    Attributes:
        codebook: the themes.
        encoder: the encoder.
        limits: (k,) score from which a theme is given.
        trained_on: distinct texts that it learned from, names and descriptions included.
    """

    codebook: Codebook
    encoder: Encoder
    limits: NDArray[np.float64]
    trained_on: int
    _features: WordFeatures
    _examples: NDArray[np.float64]  # (n, d)
    _by_meaning: NDArray[np.float64]  # (n, k)
    _by_wording: NDArray[np.float64]  # (m, k)
    _bias: NDArray[np.float64]  # (k,)

    @classmethod
    def fit(
        cls,
        codebook: Codebook,
        encoder: Encoder,
        examples: pl.DataFrame | None = None,
    ) -> CodebookModel:
        """Learn a codebook.

        Limits are found per theme on scores of texts by a model that has not seen them (each is
        left out in turn; Rasmussen and Williams 2006, 5.4.2): where F1 is best, drawn towards the
        limit that is best for all themes together as far as examples are few. A theme without
        examples to leave out gets the 99 % quantile of what texts of other themes score.

        Few themes, or names alone, do not show what else people write about. Beside them stand
        those themes of the shipped codebook that mean something else; see
        `analyzer.themes.rivals`.

        Args:
            codebook: the themes, with names, descriptions and examples.
            encoder: gives sentence vectors.
            examples: more coded texts: ``text`` (String) and ``themes`` (List(String), ids; empty
                for a text that belongs nowhere). Hundreds a theme are welcome; of more than 6,000
                texts in all an even choice is learned.

        Returns:
            A fitted model; the order of examples changes nothing.

        Raises:
            ConfigError: ``examples`` lacks a column or names a theme that the codebook has not.
        """
        texts, coded, real = _training_set(codebook, examples)
        with threadpool_limits(1):
            if len(codebook.theme) < _FEW_THEMES or not real.any():
                texts, coded, real = _with_rivals(texts, coded, real, encoder)
            vectors = np.asarray(encoder.encode(texts), dtype=np.float64)
            features = WordFeatures.fit(texts)
            words = features.transform(texts)
            weights, left_out = _ridge(_alike(vectors, words), coded)
            weights = weights[:, : len(codebook.theme)]
        return cls(
            codebook=codebook,
            encoder=encoder,
            limits=_limits(left_out, coded, real, len(codebook.theme)),
            trained_on=len(texts),
            _features=features,
            _examples=vectors,
            _by_meaning=_MEANING * weights,
            _by_wording=np.asarray(words.T @ weights),
            _bias=weights.sum(axis=0),
        )

    def predict(
        self,
        texts: Sequence[str],
        languages: Sequence[str] | None = None,
        *,
        vectors: Rows | None = None,
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
            parts = [slice(i, i + _BLOCK) for i in range(0, len(distinct), _BLOCK)]
            scores = np.vstack(
                [
                    self._scores(
                        distinct[part].tolist(), None if vectors is None else vectors[index[part]]
                    )
                    for part in parts
                ]
            )
        scores = np.round(scores, 5)[inverse.reshape(-1)]
        _apply_phrases(self.codebook.theme, texts, languages, scores)
        return CodebookScores(ids, scores, scores >= self.limits)

    def _scores(self, texts: list[str], vectors: NDArray[np.float32] | None) -> NDArray[np.float64]:
        rows = np.asarray(self.encoder.encode(texts) if vectors is None else vectors, np.float64)
        scores = _near(rows, self._examples) @ self._by_meaning
        scores += self._features.transform(texts) @ self._by_wording
        return np.clip(scores + self._bias, 0, 1)


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
    texts = _even_choice(sorted(text for text in coded if text.strip()), real)
    table = np.zeros((len(texts), len(position)))
    for row, text in enumerate(texts):
        table[row, sorted(coded[text])] = 1
    return texts, table, np.array([text in real for text in texts])


def _even_choice(texts: list[str], real: set[str]) -> list[str]:
    """All names and descriptions, and of more examples than can be learned an even choice."""
    examples = [text for text in texts if text in real]
    if len(examples) <= _MOST_EXAMPLES:
        return texts
    places = np.linspace(0, len(examples) - 1, _MOST_EXAMPLES).astype(int)
    chosen = {examples[i] for i in places}
    return [text for text in texts if text in chosen or text not in real]


def _with_rivals(
    texts: list[str], coded: NDArray[np.float64], real: NDArray[np.bool_], encoder: Encoder
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Put rival themes and their texts behind the user's, lest few themes take all."""
    more = rivals(texts, coded, encoder)
    (rows, own), (added, others) = coded.shape, more.coded.shape
    table = np.zeros((rows + added, own + others))
    table[:rows, :own], table[rows:, own:] = coded, more.coded
    return [*texts, *more.texts], table, np.concatenate([real, more.real])


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


def _near(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """How near (n, m) unit rows lie to each other, 1 where they are the same."""
    near = rows @ others.T
    near -= 1
    near *= _WIDTH
    return np.asarray(np.exp(near, out=near))


def _alike(vectors: NDArray[np.float64], words: csr_matrix) -> NDArray[np.float64]:
    """How like each other n texts are (n, n), in meaning and in wording."""
    alike = np.empty((len(vectors), len(vectors)))
    turned = words.T.tocsr()
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        alike[part] = _MEANING * _near(vectors[part], vectors) + 1
        alike[part] += (words[part] @ turned).toarray()
    return alike


def _ridge(
    alike: NDArray[np.float64], coded: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (n, k) of the texts, and what each would score had it not been learned from.

    Both come from one factorisation, in the memory of ``alike``.
    """
    from scipy.linalg import cho_factor, cho_solve, lapack

    alike[np.diag_indices_from(alike)] += _RIDGE
    factor = cho_factor(alike.T, lower=True, overwrite_a=True, check_finite=False)
    weights = np.asarray(cho_solve(factor, coded, check_finite=False))
    inverse, _ = lapack.dpotri(factor[0], lower=1, overwrite_c=1)
    return weights, coded - weights / np.diag(inverse)[:, None]


def _limits(
    scores: NDArray[np.float64],
    coded: NDArray[np.float64],
    real: NDArray[np.bool_],
    themes: int,
) -> NDArray[np.float64]:
    """Limits of the first ``themes`` columns; what stands behind them are rivals."""
    judged = np.repeat(real[:, None], coded.shape[1], axis=1)
    judged[:, coded[real].sum(axis=0) < _LEAST_POSITIVES] = True
    judged[~coded.any(axis=1)] = True
    own = real & ~coded[:, themes:].any(axis=1)
    judge = own if own.any() else coded.any(axis=1)
    prior = min(_PRIOR_MOST, _PRIOR_SHARE * float(np.median(scores.max(axis=1)[judge])))
    every = _best_limit(scores[judged], coded[judged], prior, _PRIOR_LIMIT_WEIGHT)
    limits = np.empty(themes)
    for theme in range(themes):
        rows = judged[:, theme]
        reached, wanted = scores[rows, theme], coded[rows, theme]
        if coded[real, theme].sum() >= _LEAST_POSITIVES:
            limits[theme] = _best_limit(reached, wanted, every, _PRIOR_WEIGHT)
        else:
            others = reached[wanted == 0]
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

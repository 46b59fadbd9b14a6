"""Spans to the themes of a codebook; what fits nowhere is searched for candidate themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analyzer.encoders.vectors import only
from analyzer.errors import ConfigError
from analyzer.themes.assign import ThemeSpace, build_space
from analyzer.themes.checks import said_by
from analyzer.themes.classify import CodebookModel
from analyzer.themes.concepts import embed
from analyzer.themes.discovery import discover
from analyzer.themes.propernames import proper_names, without_names
from analyzer.themes.rows import distinct, sample, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Rows
    from analyzer.themes.codebook import Codebook

__all__ = ["Coded", "code_spans"]

_CANDIDATES = (1, 8)
_CANDIDATE_ROWS = 15_000  # distinct passages that candidates are made of
_SPACE_ROWS = 2_000  # of a theme, that its place on the map is made of
_FEWEST = 20  # passages that fit nowhere, before they are searched for themes


@dataclass(frozen=True)
class Coded:
    """Themes of n spans: first those of the codebook, then the candidates.

    Attributes:
        labels: (n, k) whether a span has a theme.
        scores: (n, k) 0..1 for codebook themes, centred cosine for candidates.
        nearest: (n,) one theme a span: its surest, or the nearest where nothing fits.
        stability: (candidates,) see `analyzer.themes.discovery.Discovery`.
        space: where all k themes lie.
    """

    labels: NDArray[np.bool_]
    scores: NDArray[np.float64]
    nearest: NDArray[np.int64]
    stability: NDArray[np.float64]
    space: ThemeSpace


def code_spans(
    texts: Sequence[str],
    languages: Sequence[str],
    vectors: Rows,
    focus: NDArray[np.int64],
    codebook: Codebook,
    encoder: Encoder,
    *,
    candidates: int | None = None,
    seed: int = 0,
) -> Coded:
    """Assign spans to a codebook and search the remainder for themes that it lacks.

    Args:
        texts: n passages.
        languages: n codes.
        vectors: (n, d) unit rows of the passages.
        focus: rows whose remainder is searched for candidates: those of people who complain.
        codebook: the themes.
        encoder: made the vectors.
        candidates: exact number of candidate themes; None to let stability decide.
        seed: of every random step.

    Returns:
        A `Coded`.

    Raises:
        ConfigError: More candidates are asked for than passages fit nowhere.
    """
    model = CodebookModel.fit(codebook, encoder)
    found = model.predict(texts, languages, vectors=vectors)
    fits = np.asarray(found.labels).max(axis=1, initial=False)
    known = np.where(fits, np.argmax(np.where(found.labels, found.scores, -1), axis=1), -1)
    rest = focus[~fits[focus]]
    new = _candidates(vectors, languages, texts, rest, encoder, candidates, seed)
    known[rest] = np.where(new.labels >= 0, new.labels + len(codebook.theme), -1)
    space = _space(vectors, known, codebook, encoder, seed)
    count = len(space.limits)
    nearest = space.assign(vectors)
    labels: NDArray[np.bool_] = np.zeros((len(texts), count), dtype=np.bool_)
    scores = np.zeros((len(texts), count))
    labels[:, : len(codebook.theme)] = found.labels
    scores[:, : len(codebook.theme)] = found.scores
    late = np.flatnonzero(
        ~fits & nearest.confident & (nearest.theme >= len(codebook.theme)) & (known < 0)
    )
    kept = known.copy()
    kept[late] = nearest.theme[late]
    joined = np.flatnonzero(kept >= len(codebook.theme))
    labels[joined, kept[joined]] = True
    scores[joined, kept[joined]] = np.clip(nearest.similarity[joined], 0, 1)
    return Coded(labels, scores, np.where(kept >= 0, kept, nearest.theme), new.stability, space)


@dataclass(frozen=True)
class _Found:
    labels: NDArray[np.int64]
    stability: NDArray[np.float64]


def _candidates(
    vectors: Rows,
    languages: Sequence[str],
    texts: Sequence[str],
    rest: NDArray[np.int64],
    encoder: Encoder,
    wanted: int | None,
    seed: int,
) -> _Found:
    same = distinct(only(vectors, rest))
    some = len(same.first)
    if wanted is not None and wanted > some:
        raise ConfigError(
            f"{wanted} candidate themes were asked for beside the codebook, but {some} distinct"
            f" passages fit nowhere in it. Ask for at most {some}, or leave --themes out."
        )
    labels = np.full(len(rest), -1)
    if wanted is None and some < _FEWEST:
        return _Found(labels, np.empty(0))
    read = np.flatnonzero(np.isin(same.inverse, sample(some, _CANDIDATE_ROWS, seed)))
    own = rest[read]
    said, codes = [texts[i] for i in own], [languages[i] for i in own]
    names = proper_names(said, codes, encoder)
    said, rows = without_names(said, vectors[own], names, encoder)
    found = discover(
        rows,
        codes,
        texts=said,
        concepts=embed(encoder).subjects,
        themes=wanted,
        between=_CANDIDATES,
        seed=seed,
    )
    labels[read] = found.labels
    return _Found(labels, found.stability)


def _some_of_each(vectors: Rows, known: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Rows that show each theme: all of a small one, distinct ones of a large one."""
    chosen = [np.empty(0, np.int64)]
    for theme in np.unique(known[known >= 0]):
        own = np.flatnonzero(known == theme)
        if len(own) > _SPACE_ROWS:
            first = distinct(only(vectors, own)).first
            own = own[first[sample(len(first), _SPACE_ROWS, seed)]]
        chosen.append(own)
    return np.sort(np.concatenate(chosen))


def _space(
    vectors: Rows,
    known: NDArray[np.int64],
    codebook: Codebook,
    encoder: Encoder,
    seed: int,
) -> ThemeSpace:
    """Lay out themes by their spans; names and examples keep a theme without spans on the map."""
    told = [
        (text, number) for number, theme in enumerate(codebook.theme) for text in said_by(theme)
    ]
    rows = _some_of_each(vectors, known, seed)
    own = unit(np.asarray(encoder.encode([text for text, _ in told]), dtype=np.float32))
    places = np.array([number for _, number in told])
    shown, labels = np.vstack([vectors[rows], own]), np.concatenate([known[rows], places])
    if _without_rows(shown, labels, codebook):
        # A comment of another theme says a theme's only text: the codebook's word counts.
        shown, labels = np.vstack([own, vectors[rows]]), np.concatenate([places, known[rows]])
        if without := _without_rows(shown, labels, codebook):
            raise ConfigError(
                f"Theme {without[0]!r} of the codebook has no name, description or example that "
                "another theme does not have too. Give it an example of its own, or make them one."
            )
    return build_space(shown, labels, seed=seed)


def _without_rows(
    rows: NDArray[np.float32], labels: NDArray[np.int64], codebook: Codebook
) -> list[str]:
    """Themes of the codebook none of whose rows is the first of its kind."""
    shown = set(labels[distinct(rows).first].tolist())
    return [name for number, name in enumerate(codebook.ids) if number not in shown]

"""From spans to themes: discover on those who hurt and on those who love, then assign all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.themes.assign import Assignment, ThemeSpace, build_space, learn
from analyzer.themes.concepts import embed
from analyzer.themes.discovery import FIT_ROWS, Discovery, discover
from analyzer.themes.draws import part
from analyzer.themes.focus import happy, problem_rows
from analyzer.themes.hierarchy import macro_themes
from analyzer.themes.label import label_themes
from analyzer.themes.propernames import proper_names, without_names
from analyzer.themes.result import Themes, assemble, codes, take
from analyzer.themes.rows import Distinct, distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Gathered
    from analyzer.themes.codebook import Codebook
    from analyzer.themes.stability import Spread

__all__ = ["find_themes"]

_ABOUT = ("language", "kind", "nps", "nps_segment", "csat", "csat_band")  # comments, that is used
_NAMING_SPANS = 500  # a theme
_PROBLEMS = (8, 24)
_STRENGTHS = (2, 8)
_FEWEST_STRENGTHS = 20  # positive spans that no problem theme explains
_STRENGTH_SHARE = 0.25  # of the themes, when their number is given
_NAMES_ROWS = 10_000  # distinct passages that are searched for proper names


def find_themes(
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    vectors: NDArray[np.float32] | Gathered,
    encoder: Encoder,
    *,
    themes: int | None = None,
    codebook: Codebook | None = None,
    passages: pl.Series | None = None,
    seed: int = 0,
    spread: Spread = map,
) -> Themes:
    """Find what people talk about.

    Problems are discovered on spans of detractors, low CSAT and social mentions that are not
    positive; strengths on positive spans of promoters, high CSAT and social mentions that no
    problem theme explains. Then every span gets the theme whose spans it is like. With a codebook,
    spans get its themes instead, and problems among those that fit nowhere become candidates.

    Args:
        feedback: schema.FEEDBACK.
        spans: schema.SPANS, n rows with sentiment.
        vectors: (n, d) unit rows of the spans' passages; see `analyzer.themes.passages`.
        encoder: made the vectors; names themes too.
        themes: exact number of themes in all; with a codebook, of candidates beside it.
        codebook: themes to assign to, instead of discovering them.
        passages: n texts that the vectors were made of; default the spans' own.
        seed: of every random step.
        spread: runs resamples, which do not wait for one another; the result is the same.

    Returns:
        A `Themes`.

    Raises:
        ConfigError: More themes are asked for than there are distinct passages.
    """
    about = feedback.select("feedback_id", *_ABOUT)
    joined = spans.join(about, on="feedback_id", how="left", maintain_order="left")
    said = joined["text"] if passages is None else passages
    if codebook is not None:
        from analyzer.themes.find_coded import find_coded

        return find_coded(joined, said.to_list(), vectors, codebook, encoder, themes, seed)
    same = distinct(vectors)
    if themes is not None and themes > (most := len(same.first)):
        raise ConfigError(
            f"{themes} themes were asked for, but the comments have {most} distinct passages. "
            f"Ask for at most {most}, or leave --themes out."
        )
    languages = codes(joined)
    wave = _Wave.of(said, languages, vectors, same, encoder, seed, spread)
    complaints = problem_rows(joined)
    wanted = _split(themes, _fewest_possible(joined, complaints))
    problems = wave.discover(_few(complaints, same, seed), wanted[0], _PROBLEMS)
    labels = np.full(len(vectors), -1)
    labels[problems.rows] = problems.found.labels
    offsets = problems.found.language_offsets
    space = build_space(
        problems.vectors, labels[problems.rows], problems.languages, offsets=offsets, seed=seed
    )
    made, stability = problems, [problems.found.stability]
    strength_rows = _strength_rows(joined, space.assign(vectors, languages), labels, themes)
    if len(strength_rows) and wanted[1] != 0:
        strengths = wave.discover(_few(strength_rows, same, seed), wanted[1], _STRENGTHS)
        labels[strengths.rows] = strengths.found.labels + len(stability[0])
        stability.append(strengths.found.stability)
        made = made.beside(strengths)
        space = build_space(
            made.vectors, labels[made.rows], made.languages, offsets=offsets, seed=seed
        )
    learned = learn(space, made.vectors, labels[made.rows], made.languages, seed)
    assigned = space.assign(vectors, languages, learned, _kept(same, labels))
    return _describe(joined, vectors, assigned, space, stability, encoder)


@dataclass(frozen=True)
class _Discovered:
    """Themes of some rows, and the vectors that they were found on: without proper names."""

    rows: NDArray[np.int64]
    languages: list[str]
    vectors: NDArray[np.float32]
    found: Discovery

    def beside(self, others: Self) -> Self:
        """Put the rows of others behind these; the themes stay these rows' own."""
        return replace(
            self,
            rows=np.concatenate([self.rows, others.rows]),
            languages=self.languages + others.languages,
            vectors=np.vstack([self.vectors, others.vectors]),
        )


@dataclass(frozen=True)
class _Wave:
    """n passages, and what is known of them as a whole."""

    texts: pl.Series
    languages: list[str]
    vectors: NDArray[np.float32] | Gathered
    same: Distinct
    names: frozenset[str]
    encoder: Encoder
    seed: int
    spread: Spread

    @classmethod
    def of(
        cls,
        texts: pl.Series,
        languages: list[str],
        vectors: NDArray[np.float32] | Gathered,
        same: Distinct,
        encoder: Encoder,
        seed: int,
        spread: Spread,
    ) -> Self:
        """Look for proper names in a sample of the distinct passages."""
        picked = part(same.keys, _NAMES_ROWS, seed)
        rows = np.flatnonzero(np.isin(same.inverse, picked))
        told = (
            pl.DataFrame({"place": same.inverse[rows], "text": texts[rows]})
            .with_columns(language=pl.Series(take(languages, rows), dtype=pl.String))
            .group_by("place")
            .agg(pl.min("text", "language"))  # equal vectors can have texts that differ
            .sort("place")
        )
        names = proper_names(told["text"].to_list(), told["language"].to_list(), encoder)
        return cls(texts, languages, vectors, same, names, encoder, seed, spread)

    def discover(
        self, rows: NDArray[np.int64], themes: int | None, between: tuple[int, int]
    ) -> _Discovered:
        """Group some of the passages."""
        languages = take(self.languages, rows)
        told = pl.DataFrame({"place": self.same.inverse[rows], "text": self.texts[rows]})
        least = told.select(pl.min("text").over("place"))["text"].to_list()
        texts, vectors = without_names(least, self.vectors[rows], self.names, self.encoder)
        found = discover(
            vectors,
            languages,
            texts=texts,
            concepts=embed(self.encoder).subjects,
            themes=themes,
            between=between,
            seed=self.seed,
            spread=self.spread,
        )
        return _Discovered(rows, languages, vectors, found)


def _describe(
    joined: pl.DataFrame,
    rows: NDArray[np.float32] | Gathered,
    assigned: Assignment,
    space: ThemeSpace,
    stability: list[NDArray[np.float64]],
    encoder: Encoder,
) -> Themes:
    languages = codes(joined)
    count = len(space.limits)
    central = _central(assigned, joined["text"])
    names = label_themes(
        joined["text"][central].to_list(),
        take(languages, central),
        assigned.theme[central],
        rows[central],
        space,
        encoder,
        count=count,
        polarity=joined["polarity"][central],
    )
    parent_ids, parents = macro_themes(space, encoder, [name.name for name in names])
    theme_ids = [f"T{number + 1:02d}" for number in range(count)]
    about = {
        "theme_id": theme_ids,
        "origin": ["problem"] * len(stability[0]) + ["strength"] * (count - len(stability[0])),
        "status": ["discovered"] * count,
        "parent_id": parent_ids,
        "stability": np.concatenate(stability),
        "size": np.bincount(assigned.theme, minlength=count).astype(np.int64),
    }
    mentions = joined.select("feedback_id", "span").with_columns(
        theme_id=pl.Series([theme_ids[theme] for theme in assigned.theme], dtype=pl.String),
        similarity=pl.Series(np.round(assigned.similarity, 4)),
        confident=pl.Series(assigned.confident),
    )
    return assemble(joined, rows, assigned.theme, space, names, about, mentions, parents)


def _fewest_possible(joined: pl.DataFrame, complaints: NDArray[np.int64]) -> bool:
    """Whether there is enough praise beside the problems to make themes of it."""
    praise = happy(joined)
    praise[complaints] = False
    return int(praise.sum()) >= _FEWEST_STRENGTHS


def _split(themes: int | None, praise: bool) -> tuple[int | None, int | None]:
    """Share an exact number of themes between problems and strengths."""
    if themes is None:
        return None, None
    strengths = round(themes * _STRENGTH_SHARE) if praise and themes > 1 else 0
    return themes - strengths, strengths


def _strength_rows(
    joined: pl.DataFrame, assigned: Assignment, labels: NDArray[np.int64], themes: int | None
) -> NDArray[np.int64]:
    praise = happy(joined) & (labels < 0)
    unexplained = np.flatnonzero(praise & ~assigned.confident)
    if len(unexplained) >= _FEWEST_STRENGTHS:
        return unexplained
    return np.flatnonzero(praise) if themes is not None else np.empty(0, np.int64)


def _few(chosen: NDArray[np.int64], same: Distinct, seed: int) -> NDArray[np.int64]:
    """Rows that show as many of the distinct passages as one graph holds; others are assigned."""
    shown = np.unique(same.inverse[chosen])
    picked = shown[part(same.keys[shown], FIT_ROWS, seed)]
    return chosen[np.isin(same.inverse[chosen], picked)]


def _kept(same: Distinct, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Spans that made a theme stay in it, and so does every span with the same words; or -1."""
    made = np.full(len(same.first), -1)
    made[same.inverse[labels >= 0]] = labels[labels >= 0]
    return np.asarray(made[same.inverse], dtype=np.int64)


def _central(assigned: Assignment, texts: pl.Series) -> NDArray[np.int64]:
    """Rows that name the themes: the nearest of each, as many as tell all there is to tell."""
    rows = pl.DataFrame({"theme": assigned.theme, "near": assigned.similarity, "text": texts})
    nearest = (
        rows.with_row_index("row")
        .sort("near", "text", descending=[True, False], maintain_order=True)
        .group_by("theme", maintain_order=True)
        .head(_NAMING_SPANS)
    )
    return nearest["row"].sort().cast(pl.Int64).to_numpy()

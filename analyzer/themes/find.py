"""From spans to themes: discover on those who hurt and on those who love, then assign all."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import FOCUS_CSAT_BAND, LANGUAGES, Language
from analyzer.themes.assign import Assignment, ThemeSpace, build_space
from analyzer.themes.discovery import Discovery, discover
from analyzer.themes.hierarchy import PARENTS, macro_themes
from analyzer.themes.label import label_themes
from analyzer.themes.layout import place_spans, place_themes
from analyzer.themes.leak import language_leak
from analyzer.themes.rows import Distinct, distinct, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Gathered
    from analyzer.themes.codebook import Codebook
    from analyzer.themes.label import ThemeName
    from analyzer.themes.stability import Spread

__all__ = ["Themes", "find_themes"]

_ABOUT = ("language", "kind", "nps", "nps_segment", "csat", "csat_band")  # comments, that is used
_NAMING_SPANS = 500  # a theme
_PROBLEMS = (8, 24)
_STRENGTHS = (2, 8)
_FEWEST_STRENGTHS = 20  # positive spans that no problem theme explains
_STRENGTH_SHARE = 0.25  # of the themes, when their number is given
_WEAK = 0.5
_DISCOVERY_ROWS = 30_000  # distinct passages that themes are discovered on; all others are assigned


@dataclass(frozen=True)
class Themes:
    """Themes of one analysis.

    Attributes:
        frame: one row a theme: theme_id, origin (problem|strength), status (discovered|codebook|
            candidate), parent_id, name_<language>, keywords_<language>, stability, weak, size
            (spans), x, y.
        parents: one row a macro-theme: parent_id, name_<language>, themes (how many).
        mentions: schema.MENTIONS, one row a span-theme pair; with a codebook, a span can have
            several themes, or none where nothing fits.
        positions: feedback_id, span, x, y.
        vectors: (n, d) what the spans were compared by, in the order of the spans.
        space: where the themes lie.
        leak: NMI of theme and language over all spans.
        corrected: whether language offsets were removed.
    """

    frame: pl.DataFrame
    mentions: pl.DataFrame
    positions: pl.DataFrame
    vectors: NDArray[np.float32] | Gathered
    space: ThemeSpace
    leak: float
    corrected: bool
    parents: pl.DataFrame


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
    problem theme explains. Then every span gets its nearest theme. With a codebook, spans get its
    themes instead, and problems among the spans that fit nowhere become candidate themes.

    Args:
        feedback: schema.FEEDBACK.
        spans: schema.SPANS, n rows with sentiment.
        vectors: (n, d) unit rows of the spans' passages; see `analyzer.themes.passages`.
        encoder: made the vectors; names themes too.
        themes: exact number of themes in all; with a codebook, of candidates beside it.
        codebook: themes to assign to, instead of discovering them.
        passages: n texts that the vectors were made of, for the codebook; default the spans' own.
        seed: of every random step.
        spread: runs resamples, which do not wait for one another; the result is the same.

    Returns:
        A `Themes`.

    Raises:
        ConfigError: More themes are asked for than there are distinct passages.
    """
    about = feedback.select("feedback_id", *_ABOUT)
    joined = spans.join(about, on="feedback_id", how="left", maintain_order="left")
    languages = _codes(joined)
    rows = vectors
    if codebook is not None:
        texts = (joined["text"] if passages is None else passages).to_list()
        return _find_coded(joined, texts, np.asarray(rows), codebook, encoder, themes, seed)
    same = distinct(rows)
    if themes is not None and themes > (most := len(same.first)):
        raise ConfigError(
            f"{themes} themes were asked for, but the comments have {most} distinct passages. "
            f"Ask for at most {most}, or leave --themes out."
        )
    problem_rows = _problem_rows(joined)
    wanted = _split(themes, _fewest_possible(joined, problem_rows))
    problem_rows = _few(problem_rows, same, seed)
    run = partial(_discover_on, rows, languages, seed=seed, spread=spread)
    problems = run(problem_rows, wanted[0], _PROBLEMS)
    labels = np.full(len(rows), -1)
    labels[problem_rows] = problems.labels
    offsets = problems.language_offsets
    space = build_space(
        rows[problem_rows],
        problems.labels,
        _take(languages, problem_rows),
        offsets=offsets,
        seed=seed,
    )
    stability = [problems.stability]
    strength_rows = _strength_rows(joined, space.assign(rows, languages), labels, themes)
    strength_rows = _few(strength_rows, same, seed)
    if len(strength_rows) and wanted[1] != 0:
        strengths = run(strength_rows, wanted[1], _STRENGTHS)
        labels[strength_rows] = strengths.labels + len(problems.stability)
        stability.append(strengths.stability)
        known = np.flatnonzero(labels >= 0)
        space = build_space(
            rows[known], labels[known], _take(languages, known), offsets=offsets, seed=seed
        )
    assigned = _keep_discovered(space.assign(rows, languages), same, labels)
    return _describe(joined, rows, assigned, space, stability, encoder)


def _find_coded(
    joined: pl.DataFrame,
    texts: Sequence[str],
    rows: NDArray[np.float32],
    codebook: Codebook,
    encoder: Encoder,
    themes: int | None,
    seed: int,
) -> Themes:
    from analyzer.themes.coded import code_spans

    languages = _codes(joined)
    coded = code_spans(
        texts, languages, rows, _problem_rows(joined), codebook, encoder,
        candidates=themes, seed=seed,
    )  # fmt: skip
    names = label_themes(
        joined["text"].to_list(),
        languages,
        coded.nearest,
        coded.space,
        encoder,
        count=len(coded.space.limits),
        given=[{code: theme.name_in(code) for code in LANGUAGES} for theme in codebook.theme],
    )
    new = len(coded.stability)
    bad = (joined["polarity"].fill_null(0.0).to_numpy()[:, None] * coded.labels).sum(axis=0) <= 0
    parents = {group.id: group for group in codebook.group}
    used = [group for group in parents if any(t.parent == group for t in codebook.theme)]
    theme_ids = [*codebook.ids, *_new_ids(new, codebook.ids)]
    about = {
        "theme_id": theme_ids,
        "origin": ["problem" if hurts else "strength" for hurts in bad],
        "status": ["codebook"] * len(codebook.theme) + ["candidate"] * new,
        "parent_id": [*(theme.parent for theme in codebook.theme), *[None] * new],
        "stability": np.concatenate([np.ones(len(codebook.theme)), coded.stability]),
        "size": coded.labels.sum(axis=0).astype(np.int64),
    }
    span, theme = np.nonzero(coded.labels)
    mentions = joined.select("feedback_id", "span")[span].with_columns(
        theme_id=pl.Series([theme_ids[i] for i in theme], dtype=pl.String),
        similarity=pl.Series(np.round(coded.scores[span, theme], 4)),
        confident=pl.lit(value=True),
    )
    parent_frame = pl.DataFrame(
        [
            {"parent_id": group, **_named(parents[group].name),
             "themes": sum(t.parent == group for t in codebook.theme)}
            for group in used
        ],
        schema=PARENTS,
    )  # fmt: skip
    return _assemble(joined, rows, coded.nearest, coded.space, names, about, mentions, parent_frame)


def _named(name: dict[Language, str]) -> dict[str, str]:
    first = next(name[code] for code in LANGUAGES if code in name)
    return {f"name_{code}": name.get(code, first) for code in LANGUAGES}


def _new_ids(count: int, taken: Sequence[str]) -> list[str]:
    """Ids C01, C02, ... that the codebook does not use."""
    free = (f"C{number:02d}" for number in range(1, count + len(taken) + 1))
    return [name for name in free if name not in set(taken)][:count]


def _describe(
    joined: pl.DataFrame,
    rows: NDArray[np.float32] | Gathered,
    assigned: Assignment,
    space: ThemeSpace,
    stability: list[NDArray[np.float64]],
    encoder: Encoder,
) -> Themes:
    languages = _codes(joined)
    count = len(space.limits)
    central = _central(assigned, joined["text"])
    names = label_themes(
        joined["text"][central].to_list(),
        _take(languages, central),
        assigned.theme[central],
        space,
        encoder,
        count=count,
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
    return _assemble(joined, rows, assigned.theme, space, names, about, mentions, parents)


def _assemble(
    joined: pl.DataFrame,
    rows: NDArray[np.float32] | Gathered,
    theme: NDArray[np.int64],
    space: ThemeSpace,
    names: list[ThemeName],
    about: dict[str, Any],
    mentions: pl.DataFrame,
    parents: pl.DataFrame,
) -> Themes:
    languages = _codes(joined)
    themes_at = place_themes(space)
    placed = place_spans(
        lambda own: space.centre(rows[own], _take(languages, own)), theme, themes_at
    )
    steady = np.round(about["stability"], 4)
    frame = pl.DataFrame(
        {
            "theme_id": about["theme_id"],
            "origin": about["origin"],
            "status": about["status"],
            "parent_id": pl.Series(about["parent_id"], dtype=pl.String),
            **{f"name_{code}": [name.name[code] for name in names] for code in LANGUAGES},
            **{
                f"keywords_{code}": pl.Series(
                    [list(name.keywords[code]) for name in names], dtype=pl.List(pl.String)
                )
                for code in LANGUAGES
            },
            "stability": steady,
            "weak": steady < _WEAK,
            "size": about["size"],
            "x": themes_at[:, 0],
            "y": themes_at[:, 1],
        }
    )
    positions = joined.select("feedback_id", "span").with_columns(
        x=pl.Series(placed[:, 0]), y=pl.Series(placed[:, 1])
    )
    leak = round(language_leak(theme, languages), 4)
    return Themes(frame, mentions, positions, rows, space, leak, bool(space.offsets), parents)


def _problem_rows(joined: pl.DataFrame) -> NDArray[np.int64]:
    """Spans to discover problems on; every span when nobody complains."""
    focus = (
        (pl.col("nps_segment") == "detractor").fill_null(value=False)
        | (pl.col("csat_band") == FOCUS_CSAT_BAND).fill_null(value=False)
        | (pl.col("kind") == "social")
        | (pl.col("nps").is_null() & pl.col("csat").is_null())
    )
    unhappy = joined.select(focus & (pl.col("sentiment") != "positive")).to_series().to_numpy()
    for rows in (unhappy, joined.select(focus).to_series().to_numpy()):
        if rows.sum() > 0:
            return np.flatnonzero(rows)
    return np.arange(len(joined))


def _happy(joined: pl.DataFrame) -> NDArray[np.bool_]:
    loves = (
        (pl.col("nps_segment") == "promoter").fill_null(value=False)
        | (pl.col("csat_band") == "high").fill_null(value=False)
        | (pl.col("nps").is_null() & pl.col("csat").is_null())
    )
    happy = joined.select(loves & (pl.col("sentiment") == "positive")).to_series().to_numpy()
    return np.asarray(happy, dtype=np.bool_)


def _fewest_possible(joined: pl.DataFrame, problem_rows: NDArray[np.int64]) -> bool:
    """Whether there is enough praise beside the problems to make themes of it."""
    happy = _happy(joined)
    happy[problem_rows] = False
    return int(happy.sum()) >= _FEWEST_STRENGTHS


def _split(themes: int | None, praise: bool) -> tuple[int | None, int | None]:
    """Share an exact number of themes between problems and strengths."""
    if themes is None:
        return None, None
    strengths = round(themes * _STRENGTH_SHARE) if praise and themes > 1 else 0
    return themes - strengths, strengths


def _strength_rows(
    joined: pl.DataFrame, assigned: Assignment, labels: NDArray[np.int64], themes: int | None
) -> NDArray[np.int64]:
    happy = _happy(joined) & (labels < 0)
    unexplained = np.flatnonzero(happy & ~assigned.confident)
    if len(unexplained) >= _FEWEST_STRENGTHS:
        return unexplained
    return np.flatnonzero(happy) if themes is not None else np.empty(0, np.int64)


def _few(chosen: NDArray[np.int64], same: Distinct, seed: int) -> NDArray[np.int64]:
    """Rows that show a sample of the distinct passages, whatever the order of the rows."""
    shown = np.unique(same.inverse[chosen])
    picked = shown[sample(len(shown), _DISCOVERY_ROWS, seed)]
    return chosen[np.isin(same.inverse[chosen], picked)]


def _discover_on(
    rows: NDArray[np.float32] | Gathered,
    languages: list[str],
    chosen: NDArray[np.int64],
    themes: int | None,
    between: tuple[int, int],
    *,
    seed: int,
    spread: Spread,
) -> Discovery:
    codes = _take(languages, chosen)
    return discover(rows[chosen], codes, themes=themes, between=between, seed=seed, spread=spread)


def _keep_discovered(assigned: Assignment, same: Distinct, labels: NDArray[np.int64]) -> Assignment:
    """Spans that made a theme stay in it, and so does every span with the same words."""
    made = np.full(len(same.first), -1)
    made[same.inverse[labels >= 0]] = labels[labels >= 0]
    theme = np.where(made[same.inverse] >= 0, made[same.inverse], assigned.theme)
    return Assignment(theme, assigned.similarity, assigned.confident)


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


def _codes(joined: pl.DataFrame) -> list[str]:
    """Language of each row; one object a language, however many rows."""
    return [sys.intern(code) for code in joined["language"]]


def _take(values: Sequence[str], chosen: NDArray[np.int64]) -> list[str]:
    return [values[i] for i in chosen]

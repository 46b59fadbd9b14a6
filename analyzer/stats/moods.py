"""How people feel about each theme, as a whole and in every segment; where segments disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.schema import SEGMENTS
from analyzer.stats.intervals import (
    MINIMUM_SCORE,
    Q_LIMIT,
    Floats,
    Z,
    adjusted,
    benjamini_hochberg,
    mean_interval,
    ratio,
    two_sided,
    wilson,
)
from analyzer.stats.population import ASKED, population, respondent, theme_spans, valid_mentions
from analyzer.stats.privacy import MINIMUM_CELL, hide, small_cells, with_scores
from analyzer.stats.scores import CSAT_BANDS
from analyzer.stats.segments import check_dimensions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.stats.population import Population

__all__ = ["DIVIDED_SCHEMA", "MOODS", "MOOD_SCHEMA", "divided", "moods", "moods_of"]

MOODS: Final = ("negative", "neutral", "positive", "mixed")
MOOD_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "theme_id": pl.String,
    "dimension": pl.String,
    "level": pl.String,
    "respondents": pl.Int64,
    **{f"{mood}{end}": pl.Float64 for mood in MOODS for end in ("", "_low", "_high")},
    "polarity": pl.Float64,
    "polarity_low": pl.Float64,
    "polarity_high": pl.Float64,
    "suppressed": pl.Boolean,
}
DIVIDED_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "theme_id": pl.String,
    "dimension": pl.String,
    "level": pl.String,
    "other": pl.String,
    "respondents": pl.Int64,
    "other_respondents": pl.Int64,
    "polarity": pl.Float64,
    "other_polarity": pl.Float64,
    "gap": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
    "verdict": pl.String,
}
_ORDER: Final = {"nps_segment": SEGMENTS, "csat_band": CSAT_BANDS}
_SUBMISSION: Final = ("respondent", "wave", "created_at", "nps_segment", "csat", "ces")
_KEY: Final = ("theme_id", "dimension", "level")


def moods(
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    mentions: pl.DataFrame,
    theme_ids: Sequence[str],
    by: Sequence[str] = (),
    *,
    minimum_cell: int = MINIMUM_CELL,
) -> pl.DataFrame:
    """Distribution of feeling and mean polarity of the people who mention each theme.

    One person (one answer, see `analyzer.stats.population`) is counted once a theme, however much
    they wrote: "mixed" when the theme's spans hold both negative and positive ones, else negative
    or positive when any is, else neutral. The four shares sum to 1; since people are independent
    of each other and their spans are not, the intervals need no further clustering.

    Args:
        feedback: FEEDBACK frame, with the user's own columns.
        spans: SPANS frame.
        mentions: MENTIONS frame; every row counts.
        theme_ids: themes to report, in the order of the table.
        by: columns to break down by, beside NPS segment and CSAT band.
        minimum_cell: rows of fewer people are hidden, and what would give them away; 0 hides
            nothing.

    Returns:
        Columns of ``MOOD_SCHEMA``, one row for each theme and each level where anybody mentions
        it. ``dimension`` "all" has the levels "answers" (the people of the survey) and "social"
        (authors of posts, who belong to no segment). Shares 0..1 with Wilson 95 % intervals.
        ``polarity`` is the mean over people of each one's mean, -1..1, with an adjusted-Wald 95 %
        interval. Both are null where ``suppressed``.

    Raises:
        ConfigError: A column of ``by`` is not in the feedback, or names single people.
    """
    check_dimensions(feedback, by)
    mentioned = theme_spans(valid_mentions(feedback, mentions, theme_ids), spans)
    base = population(feedback, mentioned, theme_ids)
    return moods_of(feedback, mentioned, base, by, minimum_cell=minimum_cell)


def moods_of(
    feedback: pl.DataFrame,
    mentioned: pl.DataFrame,
    base: Population,
    by: Sequence[str] = (),
    *,
    minimum_cell: int = MINIMUM_CELL,
) -> pl.DataFrame:
    """Compute `moods` of mentions and people that have been put together already.

    Args:
        feedback: as for `moods`.
        mentioned: result of `analyzer.stats.population.theme_spans`.
        base: result of `analyzer.stats.population.population`.
        by: as for `moods`, all of them columns of ``feedback``.
        minimum_cell: as for `moods`.
    """
    dimensions = [*_ORDER, *(name for name in by if name not in _ORDER)]
    felt, levels = _people(feedback, base.answers, mentioned, dimensions)
    sizes = [own.group_by("dimension", "level").agg(base=_count()) for own in levels]
    # One dimension at a time: each holds everybody, for every theme that they speak of.
    cells = (
        pl.concat([_felt_by(felt, own) for own in levels])
        .join(_placed(pl.concat(sizes), dimensions), on=["dimension", "level"])
        .sort("theme", "place")
    )
    suppressed = small_cells(cells, within=["theme_id", "dimension"], minimum=minimum_cell)
    table = _figures(cells.with_columns(with_scores(cells, suppressed)))
    hidden = [name for name in MOOD_SCHEMA if name not in {*_KEY, "suppressed"}]
    return hide(table, hidden).select(pl.col(name).cast(kind) for name, kind in MOOD_SCHEMA.items())


def divided(table: pl.DataFrame, *, q_limit: float = Q_LIMIT) -> pl.DataFrame:
    """Find themes that one segment speaks well of and another badly.

    Args:
        table: result of `moods`; hidden rows and rows of fewer than ten people take no part.
        q_limit: largest q-value of a gap that counts.

    Returns:
        Columns of ``DIVIDED_SCHEMA``: for each theme and dimension the level with the highest mean
        polarity, the ``other`` with the lowest, and their ``gap`` (0..2) with its 95 % interval
        and the p of a z test; q is Benjamini-Hochberg over one dimension. p is multiplied by the
        number of pairs of levels, since the two were picked as the most different (Bonferroni).
        ``verdict``: "divided" when q is within the limit and the two lie wholly on either side of
        0; "differ" when only q is; else "cannot_tell". Themes with one level are left out.
    """
    usable = table.filter(
        (pl.col("dimension") != "all")
        & ~pl.col("suppressed")
        & (pl.col("respondents") >= MINIMUM_SCORE)
        & pl.col("polarity").is_not_null()
    ).with_row_index("row")
    pairs = (
        usable.group_by("theme_id", "dimension", maintain_order=True)
        .agg(
            best=pl.col("row").sort_by("polarity", "row", descending=[True, False]).first(),
            worst=pl.col("row").sort_by("polarity", "row").first(),
            levels=pl.len().cast(pl.Int64),
        )
        .filter(pl.col("levels") > 1)
    )
    best, worst = usable[pairs["best"].to_list()], usable[pairs["worst"].to_list()]
    gap = (best["polarity"] - worst["polarity"]).to_numpy()
    error = np.hypot(_error(best), _error(worst))
    picked = (pairs["levels"] * (pairs["levels"] - 1) // 2).to_numpy()
    p = np.minimum(two_sided(ratio(gap, error)) * picked, 1.0)
    found = pl.DataFrame(
        {
            "theme_id": best["theme_id"],
            "dimension": best["dimension"],
            "level": best["level"],
            "other": worst["level"],
            "respondents": best["respondents"],
            "other_respondents": worst["respondents"],
            "polarity": best["polarity"],
            "other_polarity": worst["polarity"],
            "gap": gap,
            "low": np.clip(gap - Z * error, -2, 2),
            "high": np.clip(gap + Z * error, -2, 2),
            "p": p,
            "q": _q_by(best["dimension"], p),
            "apart": (best["polarity_low"] > 0) & (worst["polarity_high"] < 0),
        }
    )
    tells = pl.col("q") <= q_limit
    verdict = (
        pl.when(tells & pl.col("apart"))
        .then(pl.lit("divided"))
        .when(tells)
        .then(pl.lit("differ"))
        .otherwise(pl.lit("cannot_tell"))
    )
    return found.with_columns(verdict=verdict).select(
        pl.col(name).cast(kind) for name, kind in DIVIDED_SCHEMA.items()
    )


def _count() -> pl.Expr:
    return pl.len().cast(pl.Int64)


def _felt_by(felt: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Count how the people of each level feel about each theme."""
    return (
        felt.join(levels, on="person", maintain_order="left")
        .group_by("theme", "theme_id", "dimension", "level")
        .agg(
            _count().alias("respondents"),
            *((pl.col("mood") == mood).sum().cast(pl.Int64).alias(mood) for mood in MOODS),
            pl.col("polarity").count().alias("known"),
            pl.col("polarity").sum().alias("total"),
            (pl.col("polarity") ** 2).sum().alias("squares"),
        )
    )


def _people(
    feedback: pl.DataFrame,
    counted: pl.DataFrame,
    mentioned: pl.DataFrame,
    dimensions: Sequence[str],
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """One row a person and theme; and ``person, dimension, level``, a frame a dimension.

    Answers are people 0, 1, ...; authors of posts follow them.
    """
    analysed = feedback.select(*ASKED, "kind", "analysed").filter("analysed")
    analysed = analysed.with_columns(respondent=respondent())
    social = pl.col("kind") == "social"
    asked = (
        analysed.filter(~social)
        .join(counted.select("answer", *_SUBMISSION), on=_SUBMISSION, nulls_equal=True)
        .select("feedback_id", person=pl.col("answer").cast(pl.Int64))
    )
    posts = analysed.filter(social).select("feedback_id", "respondent")
    authors = (
        posts.select("respondent")
        .unique()
        .sort("respondent")
        .with_row_index("person", offset=counted.height)
        .with_columns(pl.col("person").cast(pl.Int64))
    )
    posted = posts.join(authors, on="respondent").select("feedback_id", "person")
    felt = (
        mentioned.join(pl.concat([asked, posted]), on="feedback_id", maintain_order="left")
        .group_by("theme", "theme_id", "person", maintain_order=True)
        .agg(
            bad=(pl.col("sentiment") == "negative").any(),
            good=(pl.col("sentiment") == "positive").any(),
            polarity=pl.col("polarity").mean(),
        )
        .with_columns(mood=_mood())
    )
    wrote = authors.select("person", dimension=pl.lit("all"), level=pl.lit("social"))
    return felt, [*_levels(counted, dimensions), wrote]


def _mood() -> pl.Expr:
    return (
        pl.when(pl.col("bad") & pl.col("good"))
        .then(pl.lit("mixed"))
        .when("bad")
        .then(pl.lit("negative"))
        .when("good")
        .then(pl.lit("positive"))
        .otherwise(pl.lit("neutral"))
    )


def _levels(counted: pl.DataFrame, dimensions: Sequence[str]) -> list[pl.DataFrame]:
    """Every answer's level, ``person, dimension, level``, a frame a dimension; no null levels.

    Each answer has level "answers" of dimension "all" besides.
    """
    person = pl.col("answer").cast(pl.Int64)
    parts = [counted.select(person=person, dimension=pl.lit("all"), level=pl.lit("answers"))]
    parts += [
        counted.select(person=person, dimension=pl.lit(name), level=pl.col(name).cast(pl.String))
        for name in dimensions
    ]
    return [part.drop_nulls("level") for part in parts]


def _placed(sizes: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """Add ``place``: dimensions as asked for, levels of scores in their order, else by name."""
    order = {"all": ("answers", "social"), **_ORDER}
    rank = ["all", *dimensions]

    def key(row: dict[str, str]) -> tuple[int, int, str]:
        known = order.get(row["dimension"], ())
        place = known.index(row["level"]) if row["level"] in known else len(known)
        return rank.index(row["dimension"]), place, row["level"]

    rows = sorted(sizes.select("dimension", "level").to_dicts(), key=key)
    places = pl.DataFrame(
        [row | {"place": i} for i, row in enumerate(rows)],
        schema={"dimension": pl.String, "level": pl.String, "place": pl.Int64},
    )
    return sizes.join(places, on=["dimension", "level"])


def _figures(cells: pl.DataFrame) -> pl.DataFrame:
    n = cells["respondents"].to_numpy()
    columns: dict[str, Floats] = {}
    for mood in MOODS:
        count = cells[mood].to_numpy()
        low, high = wilson(count, n)
        columns |= {mood: ratio(count, n), f"{mood}_low": low, f"{mood}_high": high}
    sums = [cells[name].to_numpy() for name in ("known", "total", "squares")]
    low, high = mean_interval(*sums)
    columns |= {"polarity": ratio(sums[1], sums[0]), "polarity_low": low, "polarity_high": high}
    return cells.with_columns(
        pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in columns.items()
    )


def _error(rows: pl.DataFrame) -> np.ndarray:
    """Standard error of the adjusted mean, from the interval that `moods` made of it."""
    low, high = rows["polarity_low"].to_numpy(), rows["polarity_high"].to_numpy()
    # An end that was cut off at -1 or 1 is as far from the adjusted mean as the other end.
    n = rows["respondents"].to_numpy().astype(float)
    middle, _ = adjusted(n, rows["polarity"].to_numpy() * n, np.zeros_like(n))
    half: np.ndarray = np.maximum(high - middle, middle - low) / Z
    return half


def _q_by(dimension: pl.Series, p: np.ndarray) -> np.ndarray:
    """q-values, each dimension a family of its own."""
    q = np.full(len(p), np.nan)
    for name in dimension.unique().to_list():
        inside = (dimension == name).to_numpy()
        q[inside] = benjamini_hochberg(p[inside])
    return q

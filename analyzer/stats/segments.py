"""Theme x segment: who mentions a theme more than the others do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import FEEDBACK, MOST_LEVELS, SEGMENTS
from analyzer.stats.intervals import (
    association_p,
    benjamini_hochberg,
    odds_ratio,
    ratio,
    wilson,
)
from analyzer.stats.privacy import hide, small_cells, with_scores
from analyzer.stats.scores import CSAT_BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.stats.population import Population

__all__ = ["SEGMENT_SCHEMA", "check_dimensions", "theme_segments"]

SEGMENT_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "theme_id": pl.String,
    "dimension": pl.String,
    "level": pl.String,
    "respondents": pl.Int64,
    "base": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "lift": pl.Float64,
    "odds_ratio": pl.Float64,
    "or_low": pl.Float64,
    "or_high": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
    "suppressed": pl.Boolean,
}
_ORDER: Final = {"nps_segment": SEGMENTS, "csat_band": CSAT_BANDS}
# Names or texts of single people: a table of them would be a list of persons.
_NOT_SEGMENTS: Final = frozenset({"text", "feedback_id", "respondent_id", "row", "created_at"})


def check_dimensions(feedback: pl.DataFrame, by: Sequence[str]) -> None:
    """Check that breakdown columns exist and are not personal.

    Raises:
        ConfigError: A column is unknown, or would list single people.
    """
    usable = [
        name
        for name in feedback.columns
        if name not in _NOT_SEGMENTS
        and (name not in FEEDBACK or feedback[name].dtype == pl.String)
        and (name in FEEDBACK or feedback[name].n_unique() <= MOST_LEVELS + 1)
    ]
    for name in by:
        if name not in usable:
            raise ConfigError(
                f"Cannot break down by {name!r}: there is no such column, it was read as a score, "
                f"a date or the comment, or it has too many different values (over {MOST_LEVELS}, "
                "or nearly one a row) or long ones. Rows can be picked by a column of more values, "
                "such as with --where. "
                f"Columns that can be used: {', '.join(usable)}."
            )


def theme_segments(
    base: Population, by: Sequence[str] = (), *, minimum_cell: int = 5
) -> pl.DataFrame:
    """Count themes in the levels of every dimension and compare each level with all others.

    Args:
        base: the answers that are counted.
        by: further columns of the feedback; answers without a value are left out of that column.
        minimum_cell: smaller cells are hidden, with what would give them away: one more cell of
            the theme, or all of its NPS segments and CSAT bands.

    Returns:
        Columns of ``SEGMENT_SCHEMA``. ``share`` is the share of the level's answers that mention
        the theme; ``lift`` and ``odds_ratio`` compare it with the answers of the other levels; p
        is Fisher's exact test when an expected cell is under 5, else the N-1 test; q is
        Benjamini-Hochberg over the table of one dimension. Hidden cells take no part in q.
    """
    dimensions = [*_ORDER, *(name for name in by if name not in _ORDER)]
    tables = [_one_dimension(base, name, minimum_cell) for name in dimensions]
    return pl.concat([pl.DataFrame(schema=SEGMENT_SCHEMA), *tables])


def _one_dimension(base: Population, dimension: str, minimum_cell: int) -> pl.DataFrame:
    values = base.answers[dimension].cast(pl.String)
    levels = [name for name in _ORDER.get(dimension, ()) if (values == name).any()]
    if dimension not in _ORDER:
        levels = sorted(values.drop_nulls().unique().to_list())
    if not levels or not base.theme_ids:
        return pl.DataFrame(schema=SEGMENT_SCHEMA)
    codes = (
        values.replace_strict(levels, list(range(len(levels))), default=-1)
        .cast(pl.Int64)
        .to_numpy()
    )
    width, themes = len(levels), len(base.theme_ids)
    sizes = np.bincount(codes[codes >= 0], minlength=width)
    of_pair = codes[base.pair_answer]
    kept = of_pair >= 0
    flat = base.pair_theme[kept] * width + of_pair[kept]
    counts = np.bincount(flat, minlength=themes * width)
    per_theme = counts.reshape(themes, width).sum(axis=1).repeat(width)
    level_n = np.tile(sizes, themes)
    cells = pl.DataFrame(
        {
            "theme_id": [theme for theme in base.theme_ids for _ in levels],
            "dimension": dimension,
            "level": levels * themes,
            "respondents": counts,
            "base": level_n,
        }
    )
    suppressed = small_cells(cells, within=["theme_id", "dimension"], minimum=minimum_cell)
    cells = cells.with_columns(with_scores(cells, suppressed))
    return _compare(cells, per_theme, int(sizes.sum()))


def _compare(cells: pl.DataFrame, per_theme: np.ndarray, whole: int) -> pl.DataFrame:
    inside, size = cells["respondents"].to_numpy(), cells["base"].to_numpy()
    outside, rest = per_theme - inside, whole - size
    shown = ~cells["suppressed"].to_numpy()
    share = ratio(inside, size)
    low, high = wilson(inside, size)
    odds = odds_ratio(inside, size - inside, outside, rest - outside)
    p = np.full(len(inside), np.nan)
    p[shown] = association_p(
        inside[shown], (size - inside)[shown], outside[shown], (rest - outside)[shown]
    )
    figures = {
        "share": share,
        "low": low,
        "high": high,
        "lift": ratio(share, ratio(outside, rest)),
        "odds_ratio": odds.value,
        "or_low": odds.low,
        "or_high": odds.high,
        "p": p,
        "q": benjamini_hochberg(p),
    }
    table = cells.with_columns(
        pl.Series(name, values, dtype=pl.Float64).fill_nan(None) for name, values in figures.items()
    )
    return hide(table, ["respondents", *figures]).select(
        pl.col(name).cast(kind) for name, kind in SEGMENT_SCHEMA.items()
    )

"""Small cells: hide counts of a few people, and what would let a reader work them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MINIMUM_CELL", "hide", "small_cells", "with_scores"]

MINIMUM_CELL: Final = 5


def small_cells(
    cells: pl.DataFrame,
    *,
    within: Sequence[str],
    count: str = "respondents",
    base: str = "base",
    minimum: int = MINIMUM_CELL,
) -> pl.Series:
    """Mark the cells of a table that must not be shown.

    A cell is hidden when 1 to ``minimum`` - 1 people are in it, or when the level itself has fewer
    than ``minimum`` people; an empty cell of a large level tells on nobody. When exactly one cell
    of a group is hidden, the total would give it away, so the smallest other cell is hidden too.

    Args:
        cells: one row a cell.
        within: columns that name a group of cells whose total is known, such as theme and
            dimension.
        count: column with the people in the cell.
        base: column with the people in the level.
        minimum: smallest count that may be shown; 0 or 1 hides nothing.

    Returns:
        Boolean series ``suppressed``, in the order of the rows.
    """
    people = pl.col(count)
    small = ((people > 0) & (people < minimum)) | (pl.col(base) < minimum)
    alone = pl.col("small").sum().over(within) == 1
    smallest_other = (
        pl.when(~pl.col("small")).then(people).rank("ordinal").over(within) == 1
    ).fill_null(value=False)
    return (
        cells.with_columns(small=small)
        .select(suppressed=pl.col("small") | (alone & smallest_other))
        .to_series()
    )


def with_scores(cells: pl.DataFrame, suppressed: pl.Series) -> pl.Series:
    """Hide all NPS segments and all CSAT bands of a theme where one is hidden.

    The score of the theme tells promoters less detractors, beside how many people there are: with
    two of three cells hidden, both could be computed.

    Args:
        cells: one row a cell, with ``theme_id`` and ``dimension``.
        suppressed: result of `small_cells`.

    Returns:
        Boolean series ``suppressed``, in the order of the rows.
    """
    group = ["theme_id", "dimension"]
    scored = pl.col("dimension").is_in(["nps_segment", "csat_band"])
    all_ = pl.col("suppressed") | (scored & pl.col("suppressed").any().over(group))
    return cells.select(*group).with_columns(suppressed).select(suppressed=all_).to_series()


def hide(cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Null the given columns in the rows where ``suppressed`` is true."""
    return cells.with_columns(
        pl.when(~pl.col("suppressed")).then(pl.col(name)).alias(name) for name in columns
    )

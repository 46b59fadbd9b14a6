"""No hidden cell can be worked out from the ones that are shown."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats.privacy import hide, small_cells, with_scores

_GROUPS = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=1, max_size=5),
    min_size=1,
    max_size=4,
)


def _cells(groups: list[list[tuple[int, int]]]) -> pl.DataFrame:
    rows = [
        {"theme_id": f"t{g}", "respondents": count, "base": count + more}
        for g, group in enumerate(groups)
        for count, more in group
    ]
    return pl.DataFrame(rows)


@given(groups=_GROUPS, minimum=st.integers(0, 10))
def test_no_group_has_a_single_hidden_cell(
    groups: list[list[tuple[int, int]]], minimum: int
) -> None:
    cells = _cells(groups)
    cells = cells.with_columns(small_cells(cells, within=["theme_id"], minimum=minimum))
    for _, group in cells.group_by("theme_id"):
        shown = group.filter(~pl.col("suppressed"))
        assert not ((shown["respondents"] > 0) & (shown["respondents"] < minimum)).any()
        assert not (shown["base"] < minimum).any()
        hidden = group["suppressed"].sum()
        assert hidden != 1 or group.height == 1


@given(groups=_GROUPS)
def test_a_minimum_of_one_hides_nothing_but_empty_levels(
    groups: list[list[tuple[int, int]]],
) -> None:
    assert not small_cells(_cells(groups), within=["theme_id"], minimum=0).any()


def test_hidden_cells_lose_their_figures_and_keep_their_names() -> None:
    cells = _cells([[(3, 9), (9, 9), (20, 9)]])
    cells = cells.with_columns(small_cells(cells, within=["theme_id"]))
    hidden = hide(cells, ["respondents"])
    assert hidden["respondents"].to_list() == [None, None, 20]
    assert hidden["theme_id"].null_count() == 0


def test_no_segment_of_a_theme_is_shown_beside_a_hidden_one() -> None:
    """Promoters less detractors is the theme's NPS: two hidden cells would both be known."""
    cells = pl.DataFrame(
        {
            "theme_id": ["t"] * 3 + ["u"] * 3 + ["t"] * 3,
            "dimension": ["nps_segment"] * 6 + ["country"] * 3,
            "respondents": [51, 21, 4, 30, 20, 10, 40, 30, 3],
            "base": [100] * 9,
        }
    )
    alone = small_cells(cells, within=["theme_id", "dimension"])
    assert alone.to_list() == [False, True, True, *[False] * 3, False, True, True]
    hidden = with_scores(cells, alone)
    assert hidden.to_list() == [True, True, True, *[False] * 3, False, True, True]

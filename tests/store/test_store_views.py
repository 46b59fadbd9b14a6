"""A workspace in a notebook: itself, a theme, comments by meaning; nothing of a few people."""

from __future__ import annotations

import re

import duckdb
import polars as pl
import pytest

from analyzer.errors import ConfigError
from analyzer.store import Workspace


def shown(space: Workspace) -> str:
    return re.sub(r"<[^>]+>", " ", space._repr_html_())


def test_a_workspace_shows_waves_and_themes_and_no_comment(demo: Workspace) -> None:
    text = shown(demo)
    assert "2026-Q2" in text
    assert "emerging" in text
    assert ".search(words)" in text
    assert repr(demo).startswith(f"<Workspace {demo.folder}: 2 waves, ")
    comments = demo.query("SELECT text FROM feedback WHERE length(text) > 15")["text"]
    assert not [one for one in comments if one in text]


def test_a_new_workspace_shows_that_it_is_empty(empty: Workspace) -> None:
    assert "0 waves, 0 comments, 0 themes" in shown(empty)
    assert repr(empty).endswith("0 waves, 0 comments, 0 themes>")
    assert empty.overview().is_empty()


def test_waves_that_wait_for_themes_are_named(space: Workspace) -> None:
    with duckdb.connect(str(space.folder / "workspace.duckdb")) as con:
        con.execute("UPDATE waves SET assigned = NULL WHERE wave = '2026-Q3'")
    assert "still to be given to 2026-Q3" in shown(space)


def test_figures_of_a_few_people_are_hidden(space: Workspace) -> None:
    ids = space.query("SELECT DISTINCT feedback_id FROM mentions WHERE theme_id = 'T02'")
    few = ids["feedback_id"].sort()[:3].to_list()
    with duckdb.connect(str(space.folder / "workspace.duckdb")) as con:
        con.execute(
            "UPDATE mentions SET theme_id = 'T01' WHERE theme_id = 'T02' "
            "AND NOT list_contains(?, feedback_id)", [few],
        )  # fmt: skip
    row = space.overview().filter(pl.col("theme_id") == "T02").row(0, named=True)
    assert (row["people"], row["share"], row["share_before"]) == (None, None, None)
    assert space.safe_trend("T02")["people"].null_count() == 2
    assert space.theme("T02").trend["n"].null_count() == 2
    assert space.safe_trend("T02", minimum_cell=0)["people"].sum() > 0
    assert space.theme("T02", minimum_cell=0).trend["n"].null_count() == 0
    assert space.overview(minimum_cell=0)["people"].null_count() == 0


def test_names_are_of_the_language_asked_for(demo: Workspace) -> None:
    french = dict(demo.query("SELECT theme_id, name_fr FROM themes").iter_rows())
    assert dict(demo.overview("fr").select("theme_id", "name").iter_rows()) == french
    english = dict(demo.query("SELECT theme_id, name_en FROM themes").iter_rows())
    assert dict(demo.overview().select("theme_id", "name").iter_rows()) == english
    with pytest.raises(ConfigError, match="No names in 'de'"):
        demo.overview("de")


def test_what_people_did_to_themes_is_told(space: Workspace) -> None:
    space.merge("T02", "T01")
    space.exclude("T03")
    split = space.split("T04", 2).themes[-1]
    became = dict(space.overview().select("theme_id", "became").iter_rows())
    assert became["T02"] == "merged into T01"
    assert became["T03"] == "excluded"
    assert became[split] == "new, by a person"
    assert became["T01"].endswith(", edited since")
    assert became["T04"].endswith(", edited since")
    assert "edited" not in became["T05"]
    space.undo()  # of the split
    space.restore("T03")
    became = dict(space.overview().select("theme_id", "became").iter_rows())
    assert "edited" not in became["T03"] + became["T04"]
    assert became["T01"].endswith(", edited since")
    space.exclude("T03")
    with pytest.raises(ConfigError, match="T02 was merged into T01"):
        space.theme("T02")
    with pytest.raises(ConfigError, match="analyzer themes restore T03"):
        space.theme("T03")
    assert "T02" not in shown(space)


def test_a_theme_has_comments_of_one_wave_and_shares_of_all(demo: Workspace) -> None:
    view = demo.theme("T01")
    assert set(view.comments["wave"]) == {"2026-Q3"}
    assert view.trend["wave"].to_list() == ["2026-Q2", "2026-Q3"]
    assert view.trend.columns == ["wave", "n", "base", "share", "low", "high"]
    assert "2026-Q2" in view._repr_html_()
    assert set(demo.theme("T01", "2026-Q2").comments["wave"]) == {"2026-Q2"}
    with pytest.raises(ConfigError, match="There is no theme 'T99'"):
        demo.theme("T99")


def test_search_finds_what_a_report_finds_and_in_all_waves(demo: Workspace) -> None:
    found = demo.search("factura equivocada", 30)
    assert len(found) == 30
    assert set(found["wave"]) == {"2026-Q2", "2026-Q3"}
    assert found["similarity"].is_sorted(descending=True)
    assert found["feedback_id"].n_unique() == 30
    one = demo.search("factura equivocada", 10, wave="2026-Q3")
    report = demo.report("2026-Q3").search("factura equivocada", 10)
    columns = ["feedback_id", "text", "passage", "start", "end", "theme_id", "similarity"]
    assert one.frame.select(columns).equals(report.frame.select(columns))
    assert "<mark>" in one._repr_html_()


def test_search_says_what_is_wrong(demo: Workspace) -> None:
    with pytest.raises(ConfigError, match="no wave 'W9'"):
        demo.search("bill", wave="W9")
    with pytest.raises(ConfigError, match="search needs words"):
        demo.search(" ")
    with pytest.raises(ConfigError, match="k of at least 1"):
        demo.search("bill", 0)

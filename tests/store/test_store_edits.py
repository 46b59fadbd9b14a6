"""Edits: what they do, preview, undo."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from analyzer.errors import ConfigError
from analyzer.store import Workspace
from analyzer.themes import label
from analyzer.themes.label import label_themes

STATE = ("themes", "mentions", "space")


def state(space: Workspace) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for table in STATE:
        frame = space.query(f"SELECT * FROM {table}")  # noqa: S608
        if table == "space":
            frame = frame.drop("number").with_columns(
                pl.col("vector").list.eval(pl.element().round(5))
            )
        found[table] = sorted(frame.rows(), key=repr)
    return found


def size(space: Workspace, theme: str) -> int:
    sql = f"SELECT count(DISTINCT feedback_id) FROM mentions WHERE theme_id = '{theme}'"  # noqa: S608
    return int(space.query(sql).item())


def test_a_new_name_shows_in_reports_and_survives_the_next_wave(
    space: Workspace, tmp_path: object
) -> None:
    space.rename("T01", en="Bills", es="Facturas", author="ana", reason="clearer")
    themes = space.report("2026-Q3").themes.filter(pl.col("theme_id") == "T01")
    assert themes["name_en"].item() == "Bills"
    assert themes["name_es"].item() == "Facturas"
    edit = space.edits().row(0, named=True)
    assert (edit["verb"], edit["author"], edit["reason"]) == ("rename", "ana", "clearer")


def test_merging_moves_all_comments_and_keeps_the_id(space: Workspace) -> None:
    both = space.query(
        "SELECT count(DISTINCT feedback_id) FROM mentions WHERE theme_id IN ('T01', 'T02')"
    ).item()
    preview = space.merge("T02", "T01", preview=True)
    assert preview.number is None
    assert size(space, "T02") == preview.comments > 0
    done = space.merge("T02", "T01", author="ana", reason="same")
    assert (done.number, done.comments) == (1, preview.comments)
    assert (size(space, "T01"), size(space, "T02")) == (both, 0)
    assert "T02" not in space.report("2026-Q3").themes["theme_id"].to_list()
    assert space.doctor() == []
    with pytest.raises(ConfigError, match="was merged into T01"):
        space.rename("T02", en="x")


def test_splitting_gives_new_ids_to_all_but_the_largest(space: Workspace) -> None:
    known = space.themes()["theme_id"].to_list()
    before = size(space, "T04")
    done = space.split("T04", 3, author="ana")
    new = [theme for theme in done.themes if theme not in known]
    assert len(new) == 2
    assert size(space, "T04") >= max(size(space, theme) for theme in new) > 0
    assert size(space, "T04") < before
    names = space.themes().filter(pl.col("theme_id").is_in(new))["name_en"]
    assert names.null_count() == 0
    assert names.n_unique() == 2
    assert space.doctor() == []


def test_parts_of_a_theme_are_named_knowing_whether_they_blame(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def named(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        told.append(more["polarity"].len())
        return label_themes(*given, **more)

    monkeypatch.setattr(label, "label_themes", named)
    space.split("T04", 2)
    assert told[0] > 0


def test_a_moved_comment_stays_moved(space: Workspace) -> None:
    ident = space.query("SELECT feedback_id FROM mentions WHERE theme_id = 'T05' LIMIT 1").item()
    space.move(ident, "T01", author="ana", reason="about money")
    space.reassign(author="ana")
    themes = space.query(f"SELECT DISTINCT theme_id FROM mentions WHERE feedback_id = '{ident}'")  # noqa: S608
    assert themes["theme_id"].to_list() == ["T01"]
    with pytest.raises(ConfigError, match="have no theme"):
        space.move("nobody", "T01")


def test_an_excluded_theme_is_out_of_reports_until_restored(space: Workspace) -> None:
    done = space.exclude("T03", author="ana")
    assert done.comments == size(space, "T03") > 0
    assert "T03" not in space.report("2026-Q3").themes["theme_id"].to_list()
    with pytest.raises(ConfigError, match="nothing to exclude"):
        space.exclude("T03")
    space.restore("T03", author="ana")
    assert "T03" in space.report("2026-Q3").themes["theme_id"].to_list()


def test_a_note_is_kept(space: Workspace) -> None:
    space.note("T03", "ask the call centre", author="ana")
    assert (
        space.themes().filter(pl.col("theme_id") == "T03")["note"].item() == "ask the call centre"
    )


@pytest.mark.parametrize(
    "verb", ["rename", "merge", "split", "move", "exclude", "note", "reassign"]
)
def test_every_edit_can_be_undone(space: Workspace, verb: str) -> None:
    ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
    before = state(space)
    {
        "rename": lambda: space.rename("T01", en="Bills"),
        "merge": lambda: space.merge(["T02", "T03"], "T01"),
        "split": lambda: space.split("T04", 2),
        "move": lambda: space.move(ident, "T01"),
        "exclude": lambda: space.exclude("T03"),
        "note": lambda: space.note("T03", "x"),
        "reassign": lambda: space.reassign(),
    }[verb]()
    assert state(space) != before
    space.undo(author="ana", reason="no")
    assert state(space) == before
    assert space.edits()["undone_by"].to_list()[0] == 2


def test_undo_goes_back_one_edit_at_a_time(space: Workspace) -> None:
    before = state(space)
    space.rename("T01", en="A")
    space.merge("T02", "T01")
    space.undo()
    assert space.query("SELECT name_en FROM themes WHERE theme_id = 'T01'").item() == "A"
    space.undo()
    assert state(space) == before
    with pytest.raises(ConfigError, match="no edit to undo"):
        space.undo()


@pytest.mark.parametrize("verb", ["merge", "split", "move", "exclude", "rename", "reassign"])
def test_a_preview_changes_nothing(space: Workspace, verb: str) -> None:
    ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
    before = state(space)
    {
        "rename": lambda: space.rename("T01", en="Bills", preview=True),
        "merge": lambda: space.merge("T02", "T01", preview=True),
        "split": lambda: space.split("T04", 2, preview=True),
        "move": lambda: space.move(ident, "T01", preview=True),
        "exclude": lambda: space.exclude("T03", preview=True),
        "reassign": lambda: space.reassign(["2026-Q2"], preview=True),
    }[verb]()
    assert state(space) == before
    assert space.edits().is_empty()


def test_reassigning_tells_what_moves_and_only_in_the_waves_asked_for(space: Workspace) -> None:
    preview = space.reassign(["2026-Q2"], preview=True)
    assert preview.comments > 0
    assert {"from", "to", "comments"} == set(preview.moves.columns)
    q3 = "SELECT * FROM mentions WHERE starts_with(feedback_id, '2026-Q3') ORDER BY ALL"
    before = space.query(q3).rows()
    space.reassign(["2026-Q2"])
    assert space.query(q3).rows() == before
    assert space.reassign(["2026-Q2"], preview=True).comments == 0


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda s: s.rename("T99", en="x"), "no theme 'T99'"),
        (lambda s: s.rename("T01", de="x"), "language"),
        (lambda s: s.rename("T01", en=" "), "at least one letter"),
        (lambda s: s.merge("T01", "T01"), "must be different"),
        (lambda s: s.split("T01", 1), "cannot be split"),
        (lambda s: s.reassign(["2018-99"]), "no wave '2018-99'.* 2026-Q2, 2026-Q3"),
    ],
)
def test_edits_that_make_no_sense_are_refused(space: Workspace, edit: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        edit(space)  # type: ignore[operator]


def test_nothing_is_put_where_no_report_shows_it(space: Workspace) -> None:
    ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
    space.exclude("T03")
    before = state(space)
    refused = r"T03 is excluded.*analyzer themes restore T03"
    with pytest.raises(ConfigError, match=refused):
        space.merge("T02", "T03")
    with pytest.raises(ConfigError, match=refused):
        space.move(ident, "T03")
    assert state(space) == before
    space.restore("T03")
    assert space.move(ident, "T03").comments == 1


def test_a_comment_that_comes_from_two_themes_is_counted_once(space: Workspace) -> None:
    ident, first, other = space.query(
        "SELECT feedback_id, min(theme_id), max(theme_id) FROM mentions GROUP BY ALL "
        "HAVING min(theme_id) <> max(theme_id) ORDER BY 1 LIMIT 1"
    ).row(0)
    into = next(name for name in ("T01", "T02", "T03") if name not in (first, other))
    preview = space.move(ident, into, preview=True)
    assert preview.moves["comments"].sum() > 1
    assert "1 past comments are nearer" in preview.waiting([into])
    assert ", 1 of them to" in preview.waiting([into])
    assert ", 0 of them to" in preview.waiting(["T99"])

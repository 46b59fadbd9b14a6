"""Codebook files that add themes and words, and corrections that move comments."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analyzer.errors import ConfigError
from analyzer.resources import folder
from analyzer.store import Workspace
from analyzer.store.accepted import accept
from analyzer.store.edits import Author
from analyzer.store.review import Scores

WAITING = """
[[theme]]
id = "waiting"
name = { en = "Waiting on hold", es = "Espera al teléfono" }
description.en = "People wait on hold or nobody answers"
examples.en = ["I waited an hour on hold and nobody answered", "Nobody ever calls back"]
examples.fr = ["Une heure d'attente au téléphone"]
"""


def written(space: Workspace, path: Path, more: str = "") -> Path:
    space.codebook_export(path)
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    return path


def test_a_theme_of_ones_own_gets_comments_and_can_be_undone(
    space: Workspace, tmp_path: Path
) -> None:
    book = written(space, tmp_path / "book.toml", WAITING)
    before = space.query("SELECT * FROM mentions ORDER BY ALL").rows()
    found = space.codebook_import(book, author="ana", reason="we ask for it")
    assert [(one.theme_id, one.what) for one in found] == [("waiting", "added")]
    assert space.codebook_diff(book) == []
    assert space.doctor() == []
    row = space.themes().filter(pl.col("theme_id") == "waiting").row(0, named=True)
    assert (row["name_fr"], row["origin"], row["state"]) == (
        "Espera al teléfono", "problem", "active",
    )  # fmt: skip
    assert space.query("SELECT * FROM mentions ORDER BY ALL").rows() == before
    coming = space.reassign(preview=True).moves.filter(pl.col("to") == "waiting")
    assert coming["comments"].sum() > 10
    space.reassign(author="ana")
    texts = space.query(
        "SELECT lower(s.text) AS text FROM mentions m JOIN spans s USING (feedback_id, span) "
        "WHERE theme_id = 'waiting' AND confident"
    )["text"]
    said = r"wait|hold|call|answer|attend|attente|rappel|espera|llam|conte|répon|phone|respond"
    assert texts.str.contains(said).mean() > 0.6
    assert "waiting" in space.report("2026-Q3", "2026-Q2").themes["theme_id"].to_list()
    space.undo()
    space.undo()
    assert "waiting" not in space.themes()["theme_id"].to_list()
    assert space.query("SELECT * FROM mentions ORDER BY ALL").rows() == before
    assert space.query("SELECT * FROM wording").is_empty()
    assert space.doctor() == []


def test_words_of_a_theme_go_out_and_back(space: Workspace, tmp_path: Path) -> None:
    book = written(space, tmp_path / "book.toml")
    text = book.read_text("utf-8").replace(
        'id = "T02"', 'id = "T02"\ndescription.en = "On hold"\nexamples.es = ["Nadie contesta"]'
    )
    book.write_text(text, "utf-8")
    assert [(one.what, one.there) for one in space.codebook_import(book)] == [
        ("description", "1 put in"),
        ("examples", "1 put in"),
    ]
    again = tmp_path / "again.toml"
    space.codebook_export(again)
    assert 'examples.es = [\n  "Nadie contesta",\n]' in again.read_text("utf-8")
    assert space.codebook_diff(again) == []
    bare = written(space, tmp_path / "bare.toml")
    bare.write_text(bare.read_text("utf-8").replace('  "Nadie contesta",\n', ""), "utf-8")
    assert [one.here for one in space.codebook_import(bare)] == ["1 taken out"]
    assert space.codebook_diff(bare) == []
    space.undo()
    assert space.codebook_diff(again) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('include.en = ["hold"]\n', r"line \d+: theme waiting has 'include'"),
        ('exclude.en = ["hold"]\n', r"line \d+: theme waiting has 'exclude'"),
        ('\n[[group]]\nid = "g"\nname = { en = "G" }\n', r"line \d+: a workspace has no \[\[group"),
    ],
)
def test_what_a_workspace_cannot_do_is_refused_with_the_line(
    space: Workspace, tmp_path: Path, more: str, words: str
) -> None:
    book = written(space, tmp_path / "book.toml", WAITING + more)
    with pytest.raises(ConfigError, match=words) as caught:
        space.codebook_import(book)
    line = int(str(caught.value).split("line ")[1].split(":")[0])
    assert 'id = "' in book.read_text("utf-8").splitlines()[line - 1]
    assert space.edits().is_empty()


def test_an_id_with_a_past_is_not_used_again(space: Workspace, tmp_path: Path) -> None:
    space.split("T04", 2)
    gone = space.themes()["theme_id"].to_list()[-1]
    space.undo()
    done = space.split("T04", 2)
    assert gone not in done.themes
    book = tmp_path / "book.toml"
    book.write_text(WAITING, "utf-8")
    space.merge("T02", "T01")
    book.write_text(WAITING.replace("waiting", "T02"), "utf-8")
    with pytest.raises(ConfigError, match=r"line 3: theme T02 was merged into T01"):
        space.codebook_diff(book)


def test_accepted_corrections_move_comments_for_good(space: Workspace) -> None:
    rows = space.query(
        "SELECT feedback_id FROM mentions GROUP BY 1 HAVING count(*) >= 3 AND "
        "bool_and(theme_id NOT IN ('T01', 'T02')) ORDER BY 1 LIMIT 3"
    )["feedback_id"].to_list()
    told = pl.DataFrame(
        {"feedback_id": rows, "themes": ["T01", "T01, T02", "none"], "analyzer": ["T05"] * 3}
    )
    with space._database.writing() as session:
        edit = accept(session, space.folder, Scores(told, told, told), Author("ana", "review"))
    assert (edit.verb, edit.comments, edit.themes) == ("accept", 2, ("T01", "T02"))

    def themes(comment: str) -> set[str]:
        sql = f"SELECT DISTINCT theme_id FROM mentions WHERE feedback_id = '{comment}'"  # noqa: S608
        return set(space.query(sql)["theme_id"])

    assert [themes(rows[0]), themes(rows[1])] == [{"T01"}, {"T01", "T02"}]
    kept = themes(rows[2])
    space.reassign()
    assert [themes(rows[0]), themes(rows[1])] == [{"T01"}, {"T01", "T02"}]
    assert space.doctor() == []
    space.undo()
    space.undo()
    assert themes(rows[0]).isdisjoint({"T01", "T02"})
    assert themes(rows[2]) == kept


def test_the_trend_follows_shares_over_waves_and_edits(space: Workspace) -> None:
    rows = space.trend("T01")
    assert rows["wave"].to_list() == ["2026-Q2", "2026-Q3"]
    row = rows.row(1, named=True)
    assert row["low"] < row["share"] < row["high"]
    assert row["share"] == pytest.approx(row["people"] / row["base"], abs=1e-4)
    assert row["change"] == pytest.approx(row["share"] - rows["share"][0], abs=1e-3)
    new = space.trend().filter(pl.col("theme_id") == space.themes()["theme_id"][-1])
    assert new["trend_p"][0] < 0.01
    space.merge("T02", "T01")
    assert space.trend("T01")["people"][1] > row["people"]
    assert "T02" not in space.trend()["theme_id"].to_list()
    with pytest.raises(ConfigError, match="no theme 'T77'"):
        space.trend("T77")


def test_an_edit_says_itself_in_a_line(space: Workspace) -> None:
    assert repr(space.rename("T01", en="Bills")) == "Edit 1: rename T01; 0 comments changed."
    assert str(space.merge("T02", "T01", preview=True)).endswith("comments would change.")


def test_a_theme_that_a_wave_was_not_searched_for_has_not_changed(
    space: Workspace, tmp_path: Path
) -> None:
    space.codebook_import(written(space, tmp_path / "book.toml", WAITING))

    def verdict(wave: str, compare: str) -> tuple[int, int, str]:
        waves = space.report(wave, compare, minimum_cell=0).linked.waves
        assert waves is not None
        row = waves.filter(pl.col("theme_id") == "waiting").row(0, named=True)
        return row["n"], row["previous_n"], row["verdict"]

    now, before, _ = verdict("2026-Q3", "2026-Q2")
    assert (now, before) == (0, 0)
    rows = pl.read_csv(folder("corpora") / "demo" / "nps_2026_q3.csv", infer_schema=False)
    rows = rows.with_columns(pl.col("response_id", "customer_id").str.replace("^", "Q4"))
    rows.head(280).drop("responded_at", "wave").write_csv(tmp_path / "q4.csv")
    space.ingest(tmp_path / "q4.csv", "2026-Q4")
    now, before, told = verdict("2026-Q4", "2026-Q3")
    assert (now > 5, before > 5) == (True, True)
    assert told not in ("emerging", "growing")
    last = space.history("waiting").row(-1, named=True)
    assert (last["wave"], last["change"]) == ("2026-Q4", None)
    assert last["share_before"] > 0

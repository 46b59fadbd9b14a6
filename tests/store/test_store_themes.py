"""Themes from wave to wave on the demo data."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from analyzer import analyze
from analyzer.cli.workspace import tell_changes
from analyzer.errors import ConfigError
from analyzer.report import write
from analyzer.resources import folder
from analyzer.store import Workspace
from analyzer.store.frames import load_registry, load_wave
from analyzer.themes.passages import join_spans

DEMO = folder("corpora") / "demo"


@pytest.fixture(scope="module")
def planted() -> dict[str, set[str]]:
    """What the demo comments are about; the analyzer does not read these columns."""
    found: dict[str, set[str]] = {}
    for name in ("nps_2026_q2.csv", "nps_2026_q3.csv"):
        with (DEMO / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                ident = f"{row['wave']}/{name}/{row['response_id']}"
                found[ident] = set(row["gold_themes"].split(";"))
    with (DEMO / "social_2026.jsonl").open(encoding="utf-8") as file:
        for line in file:
            post: dict[str, Any] = json.loads(line)
            ident = f"{post['wave']}/social_2026.jsonl/{post['id']}"
            found[ident] = set(post["gold_themes"].split(";"))
    return found


def test_the_planted_new_theme_emerges_and_is_what_it_says(
    demo: Workspace, planted: dict[str, set[str]]
) -> None:
    history = demo.history()
    new = history.filter(pl.col("status") == "emerging")
    assert new["wave"].to_list() == ["2026-Q3"]
    own = demo.query(
        f"SELECT DISTINCT feedback_id FROM mentions WHERE theme_id = '{new['theme_id'][0]}'"  # noqa: S608
    )["feedback_id"].to_list()
    about = [ident for ident in own if "esim" in planted[ident]]
    there = [i for i, about in planted.items() if "esim" in about and i.startswith("2026-Q3")]
    assert len(about) / len(own) > 0.7
    assert len(about) / len(there) > 0.5


@pytest.mark.parametrize(("subject", "up"), [("installation", False), ("support_wait", True)])
def test_planted_changes_have_the_right_direction(
    demo: Workspace, planted: dict[str, set[str]], subject: str, up: bool
) -> None:
    said = demo.query(
        "SELECT DISTINCT theme_id, feedback_id FROM mentions JOIN themes USING (theme_id) "
        "WHERE since = '2026-Q2'"
    )
    about = said.with_columns(
        hit=pl.Series([subject in planted[ident] for ident in said["feedback_id"]])
    )
    shares = about.group_by("theme_id").agg(pl.col("hit").mean(), pl.len())
    theme = shares.filter(pl.col("len") >= 40).sort("hit", "theme_id")["theme_id"][-1]
    row = demo.history(theme).filter(pl.col("wave") == "2026-Q3").row(0, named=True)
    assert (row["share"] > row["share_before"]) is up
    assert row["status"] != ("fading" if up else "growing")


def test_every_span_has_one_theme(demo: Workspace) -> None:
    assert demo.doctor() == []
    spans = demo.query("SELECT count(*) FROM spans").item()
    assert demo.query("SELECT count(*) FROM mentions").item() == spans


def test_the_first_wave_is_judged_as_if_it_had_not_made_its_themes(space: Workspace) -> None:
    with duckdb.connect(str(space.folder / "workspace.duckdb")) as con:
        for table in ("feedback", "ledger", "waves"):
            con.execute(f"DELETE FROM {table} WHERE wave = '2026-Q3'")  # noqa: S608
        con.execute("DELETE FROM spans WHERE feedback_id NOT IN (SELECT feedback_id FROM feedback)")
        for table in ("mentions", "themes", "history", "space"):
            con.execute(f"DELETE FROM {table}")  # noqa: S608
        con.execute("UPDATE waves SET assigned = NULL")
    space.update()
    with space._database.reading() as session:
        registry = load_registry(session)
        stored = load_wave(session, space.folder, ["2026-Q2"])
        mentions = session.frame("SELECT * FROM mentions").sort("feedback_id", "span")
    assert registry is not None
    plain = registry.space.assign(stored.vectors, stored.languages)
    assert mentions["theme_id"].to_list() == [registry.ids[i] for i in plain.theme]
    nearer = plain.similarity - mentions["similarity"].to_numpy()
    assert nearer.min() > -1e-3
    # Those of promoters and passives made no problem theme.
    assert 0.1 < (nearer > 1e-3).mean() < 0.6
    assert mentions["confident"].mean() < plain.confident.mean() - 0.02


def test_the_first_wave_has_the_themes_of_a_report_without_a_workspace(
    empty: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "some.csv"
    pl.read_csv(DEMO / "nps_2026_q2.csv", infer_schema=False).head(250).write_csv(file)
    alone = analyze(file, cache=False)
    empty.ingest(file, "2026-Q2")
    assert empty.report("2026-Q2").themes["name_en"].equals(alone.themes["name_en"])
    said = empty.query(
        "SELECT own_id, span, theme_id FROM mentions JOIN ledger USING (feedback_id)"
    )
    both = said.join(
        alone.mentions.rename({"feedback_id": "own_id"}), on=["own_id", "span"], suffix="_alone"
    )
    assert both.height == alone.mentions.height
    # Later waves have to be assigned by the same rule, which follows themes as they move.
    assert (both["theme_id"] == both["theme_id_alone"]).mean() > 0.9  # type: ignore[operator]


def test_passages_are_those_that_vectors_were_made_of(demo: Workspace) -> None:
    with demo._database.reading() as session:
        stored = load_wave(session, demo.folder, ["2026-Q2", "2026-Q3"])
    made = join_spans(stored.spans, stored.feedback)
    assert stored.passages().to_list() == made.texts.gather(made.of_span).to_list()
    assert (stored.passages() != stored.spans["text"]).mean() > 0.1  # type: ignore[operator]


def test_themes_keep_their_ids_when_files_come_in_another_order(
    demo: Workspace, tmp_path: Path
) -> None:
    other = Workspace.create(tmp_path / "other", cache=False)
    other.ingest([DEMO / "social_2026.jsonl"])
    other.ingest([DEMO / "nps_2026_q3.csv"], "2026-Q3")
    other.ingest([DEMO / "nps_2026_q2.csv"], "2026-Q2")
    names = "SELECT theme_id, name_en, since FROM themes ORDER BY theme_id"
    mentions = "SELECT * FROM mentions ORDER BY feedback_id, span"
    assert other.themes().height == demo.themes().height
    assert other.query(names).rows() == demo.query(names).rows()
    assert other.query(mentions).rows() == demo.query(mentions).rows()


def test_late_rows_of_a_wave_join_the_themes_there_are(space: Workspace, tmp_path: Path) -> None:
    before = space.query("SELECT * FROM mentions ORDER BY ALL").rows()
    known = space.themes()["theme_id"].to_list()
    late = tmp_path / "late.csv"
    pl.DataFrame(
        {
            "response_id": ["L1", "L2"],
            "nps": [3, 2],
            "comment": ["The engineer never came to install it", "Two hours on hold, then cut off"],
        }
    ).write_csv(late)
    space.ingest(late, "2026-Q3")
    assert space.update() == ["2026-Q3"]
    assert space.themes()["theme_id"].to_list()[: len(known)] == known
    joined = space.query("SELECT theme_id FROM mentions WHERE contains(feedback_id, 'late')")
    assert set(joined["theme_id"]) <= set(known)
    now = space.query("SELECT * FROM mentions WHERE NOT contains(feedback_id, 'late') ORDER BY ALL")
    changed = sum(a != b for a, b in zip(before, now.rows(), strict=True))
    assert changed / len(before) < 0.1
    assert space.doctor() == []


def test_a_report_is_of_its_wave_and_compares_with_another(demo: Workspace, tmp_path: Path) -> None:
    analysis = demo.report("2026-Q3", "2026-Q2")
    assert analysis.feedback["wave"].unique().to_list() == ["2026-Q3"]
    assert analysis.linked.waves is not None
    assert set(analysis.linked.waves["previous"]) == {"2026-Q2"}
    assert {"wave_status", "drift", "since"} <= set(analysis.themes.columns)
    assert len(analysis.found.vectors) == analysis.spans.height
    assert demo.report("2026-Q3").linked.waves is None
    written = write(analysis, tmp_path / "out")
    again = write(demo.report("2026-Q3", "2026-Q2"), tmp_path / "again")
    assert [a.read_bytes() for a in written] == [b.read_bytes() for b in again]
    assert len(analysis.search("factura equivocada", 5)) == 5
    assert analysis.theme("T01").comments.height > 10


def test_a_report_takes_its_options(demo: Workspace) -> None:
    dimensions = demo.report("2026-Q3", by="country").linked.segments["dimension"].unique()
    assert "country" in dimensions.to_list()
    shown = demo.report("2026-Q3", minimum_cell=0).linked.segments
    hidden = demo.report("2026-Q3", minimum_cell=100).linked.segments
    assert not shown.equals(hidden)


def test_a_wave_that_is_not_there_is_named(demo: Workspace) -> None:
    with pytest.raises(ConfigError, match=r"2026-Q9.*2026-Q2, 2026-Q3"):
        demo.report("2026-Q9")
    with pytest.raises(ConfigError, match="compared with itself"):
        demo.report("2026-Q3", "2026-Q3")
    with pytest.raises(ConfigError, match=r"ask for '2026-Q3', compared with '2026-Q2'"):
        demo.report("2026-Q2", "2026-Q3")


def test_themes_that_nobody_names_retire_and_come_back(space: Workspace, tmp_path: Path) -> None:
    def wave(name: str, texts: list[str]) -> Path:
        file = tmp_path / f"{name}.csv"
        rows = {
            "response_id": [f"{name}{i}" for i in range(200)],
            "nps": [i % 11 for i in range(200)],
            "comment": [texts[i % len(texts)].format(i) for i in range(200)],
        }
        pl.DataFrame(rows).write_csv(file)
        return file

    space.ingest(wave("few", ["The bill is wrong again, case {}"]), "2026-Q4")
    space.update()
    states = dict(space.query("SELECT theme_id, state FROM themes").iter_rows())
    retired = [name for name, state in states.items() if state == "retired"]
    told = space.history().filter(pl.col("wave") == "2026-Q4")
    assert retired
    assert set(told.filter(pl.col("status") == "retired")["theme_id"]) == set(retired)
    assert set(retired) <= set(space.report("2026-Q4").themes["theme_id"])
    old = space.query("SELECT DISTINCT text FROM feedback WHERE analysed AND wave = '2026-Q3'")
    texts = [text.replace("{", "").replace("}", "") for text in old["text"].sort()][:200]
    space.ingest(wave("many", texts), "2026-Q5")
    space.update()
    after = dict(space.query("SELECT theme_id, state FROM themes").iter_rows())
    assert [name for name in retired if after[name] == "active"]


def test_a_reader_is_told_what_became_of_themes(
    space: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(space.folder / "workspace.duckdb")) as con:
        con.execute("UPDATE history SET drift = true WHERE wave = '2026-Q3' AND theme_id = 'T01'")
        con.execute(
            "UPDATE history SET status = 'split', change = 'growing' WHERE wave = '2026-Q3' "
            "AND theme_id = 'T02'"
        )
    names = dict(space.query("SELECT theme_id, name_fr FROM themes").iter_rows())
    new = space.history().filter(pl.col("status") == "emerging")["theme_id"].item()
    tell_changes(space.report("2026-Q3"), "fr")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"New theme: {new} {names[new]}"
    assert told[1].startswith("Two subjects where there was one: ")
    assert f"T02 {names['T02']}" in told[1]
    assert told[1].endswith("analyzer themes split")
    assert told[2].startswith(f"Content changed under its name: T01 {names['T01']}. Look")
    became = dict(space.overview().select("theme_id", "became").iter_rows())
    assert became["T01"].endswith(", content changed")
    assert became["T02"] == "split, growing"


def test_history_is_only_ever_added_to(space: Workspace) -> None:
    before = space.history().rows()
    space.merge("T02", "T01", author="ana", reason="same thing")
    space.undo(author="ana")
    assert space.history().rows()[: len(before)] == before


def test_reencoding_keeps_themes_and_their_comments(space: Workspace) -> None:
    before = space.query("SELECT feedback_id, span, theme_id FROM mentions ORDER BY ALL").rows()
    space.reencode()
    after = space.query("SELECT feedback_id, span, theme_id FROM mentions ORDER BY ALL").rows()
    assert after == before
    assert space.doctor() == []
    assert np.isfinite(space.report("2026-Q3").found.vectors).all()

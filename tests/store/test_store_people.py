"""Erasure, review, codebook files and the command line."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from analyzer.cli.workspace import register
from analyzer.errors import ConfigError, InputError, OutputError
from analyzer.resources import folder
from analyzer.store import Workspace

DEMO = folder("corpora") / "demo"
CHOICE = "themes (ids, comma between)"


def person(space: Workspace) -> str:
    """Somebody whose comment nobody else wrote."""
    return str(
        space.query(
            "SELECT respondent_id FROM feedback WHERE analysed AND length(text) > 60 "
            "AND respondent_id IS NOT NULL ORDER BY respondent_id LIMIT 1"
        ).item()
    )


def test_a_person_is_forgotten_everywhere(space: Workspace) -> None:
    who = person(space)
    text = space.query(f"SELECT text FROM feedback WHERE respondent_id = '{who}'").item(0, 0)  # noqa: S608
    themes = space.themes()["theme_id"].to_list()
    done = space.forget(who)
    assert done.comments >= 1
    assert done.vectors >= 1
    assert done.left == ()
    assert done.checked >= 3
    for path in space.folder.rglob("*"):
        assert not path.is_file() or text.encode() not in path.read_bytes()
    assert space.doctor() == []
    assert space.themes()["theme_id"].to_list() == themes
    with pytest.raises(ConfigError, match="erased already"):
        space.forget(who)
    with pytest.raises(ConfigError, match="Nobody in the workspace"):
        space.forget("somebody else")


def test_a_forgotten_person_does_not_come_back(space: Workspace) -> None:
    who = person(space)
    wave = space.query(f"SELECT wave FROM feedback WHERE respondent_id = '{who}'").item(0, 0)  # noqa: S608
    space.forget(who)
    file = DEMO / f"nps_{wave.lower().replace('-', '_')}.csv"
    done = space.ingest(file, wave)
    assert done.added == 0
    assert done.left_out.get("filtered_out", 0) >= 1
    assert space.query(f"SELECT * FROM feedback WHERE respondent_id = '{who}'").is_empty()  # noqa: S608


def test_the_users_cache_forgets_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYZER_CACHE", str(tmp_path / "cache"))
    space = Workspace.create(tmp_path / "space")
    rows = {
        "customer_id": ["C1", "C2"],
        "nps": [1, 2],
        "comment": ["The parrot ate the invoice twice", "The bill is wrong every single month"],
    }
    file = tmp_path / "a.csv"
    pl.DataFrame(rows).write_csv(file)
    space.ingest(file, "W1")
    sealed = tmp_path / "cache" / "runs" / "one.sealed"
    sealed.parent.mkdir()
    sealed.write_bytes(b"whose words these are nobody can see")
    assert space.forget("C1").cached >= 1
    assert not sealed.exists()
    shards = list((tmp_path / "cache").glob("vectors/*/*.npz"))
    assert shards
    from analyzer.encoders.cache import VectorCache

    store = VectorCache(tmp_path / "cache", space.models.encoder.fingerprint)
    asked: list[int] = []
    store.encode([rows["comment"][0], rows["comment"][1]], space.models.encoder, asked.append)  # type: ignore[list-item]
    assert asked == [1, 1]  # one was there, one is encoded anew


def fill(sheet: Path, out: Path, themes: dict[str, str]) -> Path:
    frame = fastexcel.read_excel(str(sheet)).load_sheet(0, dtypes="string").to_polars()
    book = xlsxwriter.Workbook(str(out))
    page = book.add_worksheet("review")
    for column, name in enumerate(frame.columns):
        page.write_string(0, column, name)
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        for column, name in enumerate(frame.columns):
            value = themes.get(row["feedback_id"], "") if name == CHOICE else row[name]
            page.write_string(number, column, value or "")
    book.close()
    return out


def said(space: Workspace, sheet: Path) -> dict[str, str]:
    """What analyzer says of a sheet's comments."""
    from analyzer.stages import counted

    frame = fastexcel.read_excel(str(sheet)).load_sheet(0, dtypes="string").to_polars()
    mentions = counted(space.query("SELECT * FROM mentions"))
    own = mentions.group_by("feedback_id").agg(pl.col("theme_id").unique().sort().str.join(", "))
    told = dict(own.iter_rows())
    return {name: told[name] for name in frame["feedback_id"].to_list()}


def test_a_sheet_is_blind_spread_and_the_same_every_time(demo: Workspace, tmp_path: Path) -> None:
    count = demo.review_sample("2026-Q3", tmp_path / "a.xlsx", n=60, language="fr")
    demo.review_sample("2026-Q3", tmp_path / "b.xlsx", n=60, language="fr")
    assert count == 60
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = fastexcel.read_excel(str(tmp_path / "a.xlsx"))
    frame = book.load_sheet("review", dtypes="string").to_polars()
    assert set(frame[CHOICE].fill_null("")) == {""}
    assert frame["candidates"].str.split("\n").list.len().unique().to_list() == [4]
    names = book.load_sheet("themes", dtypes="string").to_polars()
    french = demo.themes().filter(pl.col("state") != "merged")["name_fr"]
    assert set(names["name"]) == set(french)
    mentions = demo.query("SELECT * FROM mentions")
    seen = mentions.filter(pl.col("feedback_id").is_in(frame["feedback_id"].to_list()))
    assert seen["theme_id"].n_unique() >= 0.8 * mentions["theme_id"].n_unique()


def test_perfect_coders_agree_perfectly(demo: Workspace, tmp_path: Path) -> None:
    sheet = tmp_path / "a.xlsx"
    demo.review_sample("2026-Q3", sheet, n=40)
    told = said(demo, sheet)
    one = fill(sheet, tmp_path / "one.xlsx", told)
    two = fill(sheet, tmp_path / "two.xlsx", told)
    scores = demo.review_score([one, two])
    assert scores.overall["pair"].to_list() == [
        "coder_1 + coder_2", "coder_1 + analyzer", "coder_2 + analyzer",
    ]  # fmt: skip
    assert scores.overall["kappa"].to_list() == [1.0, 1.0, 1.0]
    assert scores.overall["f1"].to_list() == [1.0, 1.0, 1.0]
    assert scores.corrections.is_empty()


def test_disagreement_is_measured_and_agreed_corrections_become_examples(
    space: Workspace, tmp_path: Path
) -> None:
    sheet = tmp_path / "a.xlsx"
    space.review_sample("2026-Q3", sheet, n=40)
    told = said(space, sheet)
    changed = sorted(told)[:10]
    mended = told | dict.fromkeys(changed, "T01")
    wrong = [name for name in changed if told[name] != "T01"]
    one = fill(sheet, tmp_path / "one.xlsx", mended)
    two = fill(sheet, tmp_path / "two.xlsx", mended | {sorted(told)[20]: "none"})
    scores = space.review_score([one, two], accept=True, author="ana")
    row = scores.overall.filter(pl.col("pair") == "coder_1 + analyzer").row(0, named=True)
    assert 0.3 < row["kappa"] < 1
    assert row["f1_low"] < row["f1"] < row["f1_high"] < 1
    assert scores.corrections["feedback_id"].to_list() == wrong
    examples = space.query("SELECT DISTINCT feedback_id FROM examples ORDER BY ALL")
    assert examples["feedback_id"].to_list() == wrong
    space.codebook_export(tmp_path / "book.toml")
    assert "examples." in (tmp_path / "book.toml").read_text("utf-8")
    space.undo()
    assert space.query("SELECT * FROM examples").is_empty()


def test_a_sheet_with_an_unknown_theme_names_the_row(demo: Workspace, tmp_path: Path) -> None:
    sheet = tmp_path / "a.xlsx"
    demo.review_sample("2026-Q3", sheet, n=10)
    bad = fill(sheet, tmp_path / "bad.xlsx", dict.fromkeys(said(demo, sheet), "T77"))
    with pytest.raises(InputError, match=r"row 2: T77 is no theme"):
        demo.review_score([bad])
    with pytest.raises(InputError, match=r"a\.xlsx: the column .* is empty"):
        demo.review_score([sheet])


def test_a_codebook_goes_out_and_back_unchanged(space: Workspace, tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    space.note("T02", 'say "hold"\nor line')
    assert space.codebook_export(book) == space.themes().height
    assert space.codebook_diff(book) == []
    assert space.codebook_import(book) == []


def test_a_codebook_edited_by_hand_becomes_edits(space: Workspace, tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    space.rename("T01", en="Bills", es="Facturas", fr="Factures")
    space.codebook_export(book)
    parts = book.read_text("utf-8").replace('"Bills"', '"Invoices \\"now\\""').split("[[theme]]")
    book.write_text("[[theme]]".join(part for part in parts if '"T02"' not in part), "utf-8")
    found = space.codebook_import(book, author="ana", reason="by hand")
    assert [(one.theme_id, one.what, one.there) for one in found] == [
        ("T01", "name_en", 'Invoices "now"'),
        ("T02", "excluded", None),
    ]
    assert space.edits()["verb"].to_list() == ["rename", "rename", "exclude"]
    assert space.codebook_diff(book) == []


def test_a_wrong_codebook_names_the_line(space: Workspace, tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    book.write_text(
        '[[theme]]\nid = "T01"\nname = { en = "A" }\n\n[[theme]]\nid = "T02"\n', "utf-8"
    )
    with pytest.raises(ConfigError, match="line 5"):
        space.codebook_diff(book)
    book.write_text('[[theme]]\nid = "T01"\nname = { en = "A" }\nparent = "x"\n', "utf-8")
    with pytest.raises(ConfigError, match="line 1"):
        space.codebook_diff(book)


def run(*words: str) -> str:
    import typer

    app = typer.Typer()
    register(app)
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_line_does_what_python_does(space: Workspace, tmp_path: Path) -> None:
    at = ("--workspace", str(space.folder))
    assert "2026-Q3" in run("waves", *at)
    new = space.history().filter(pl.col("status") == "emerging")["theme_id"].item()
    assert new in run("themes", "list", *at)
    assert "0 comments would change" in run(
        "themes", "rename", "T01", "--en", "Bills", "--preview", *at
    )
    assert "Edit 1: rename T01" in run(
        "themes", "rename", "T01", "--en", "Bills", "--author", "ana", *at
    )
    assert "T02 -> T01" in run("themes", "merge", "T02", "--into", "T01", *at)
    assert "Edit 3: split" in run("themes", "split", "T04", "--parts", "2", *at)
    assert "Edit 4: undo" in run("themes", "undo", *at)
    assert "emerging" in run("themes", "show", new, *at)
    first = next(line for line in run("themes", "show", "T01", *at).splitlines() if "Q2" in line)
    assert "continued" not in first  # nothing was compared with the first wave
    assert "exclude T05" in run("themes", "exclude", "T05", *at)
    assert "restore T05" in run("themes", "restore", "T05", *at)
    assert "note T05" in run("themes", "note", "T05", "x", *at)
    assert "ana" in run("themes", "edits", *at)
    ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
    assert "move to T01; 1 comment changed" in run("themes", "move", ident, "--to", "T01", *at)
    assert "would change" in run("themes", "reassign", "--wave", "2026-Q2", "--preview", *at)
    book = str(tmp_path / "book.toml")
    assert "themes written" in run("codebook", "export", book, *at)
    assert "No difference" in run("codebook", "diff", book, *at)
    assert "No difference" in run("codebook", "import", book, *at)
    sheet = str(tmp_path / "s.xlsx")
    assert "5 comments" in run(
        "review", "sample", "--wave", "2026-Q3", "--out", sheet, "--n", "5", *at
    )
    again = ("review", "sample", "--wave", "2026-Q3", "--out", sheet, "--n", "5", *at)
    with pytest.raises(OutputError, match="--replace"):
        run(*again)
    assert "5 comments" in run(*again, "--replace")
    name = space.themes().filter(pl.col("theme_id") == "T01")["name_en"].item()
    filled = fill(Path(sheet), tmp_path / "f.xlsx", dict.fromkeys(said(space, Path(sheet)), "T01"))
    told = run("review", "score", str(filled), *at)
    assert f"coder_1 is {filled}" in told.replace("\n", "")
    assert "coder_1 + analyzer, by theme" in told
    assert name.split()[0] in told
    assert "--accept" in told
    assert "accept T01" in run("review", "score", str(filled), "--accept", *at)
    assert "whole" in run("doctor", *at)
    assert "none left" in run("forget", "--respondent", person(space), *at)


def test_an_edit_takes_who_why_and_a_trial(space: Workspace) -> None:
    at = ("--workspace", str(space.folder), "--author", "ana", "--reason", "too broad")
    edits = (("rename", "T01", "--es", "Facturas"), ("exclude", "T06"), ("restore", "T06"))
    for number, words in enumerate(edits, start=1):
        if words[0] != "restore":
            assert "would change" in run("themes", *words, "--preview", *at)
            assert space.edits().height == number - 1
        assert f"Edit {number}: {words[0]}" in run("themes", *words, *at)
    done = space.edits()
    assert done["verb"].to_list() == [words[0] for words in edits]
    assert set(done.select("author", "reason").rows()) == {("ana", "too broad")}
    assert space.themes().filter(pl.col("theme_id") == "T01")["name_es"].item() == "Facturas"


def test_a_workspace_is_made_and_filled_from_the_command_line(tmp_path: Path) -> None:
    place = str(tmp_path / "new")
    assert "analyzer ingest" in run("init", place)
    file = tmp_path / "a.csv"
    pl.DataFrame(
        {"note": [1, 9, 3], "say": ["The bill is wrong", "Great service", "Too slow for me"]}
    ).write_csv(file)
    told = run(
        "ingest", str(file), "--wave", "W1", "--workspace", place, "--map", "nps=note",
        "--map", "text=say",
    )  # fmt: skip
    assert "3 rows added, 0 replaced, 0 unchanged\n  3 analysed\n" in told
    assert "W1: 3 rows added, 0 replaced, 0 unchanged" in told
    again = run("ingest", str(file), "--wave", "W1", "-w", place, "--map", "nps=note",
                "--map", "text=say", "--quiet")  # fmt: skip
    assert again == ""

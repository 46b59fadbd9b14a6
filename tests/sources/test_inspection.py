"""What is told of a file before it is analysed, and the settings file that is made of it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.config import Settings, load_settings
from analyzer.inspection import inspect_files, write_settings
from analyzer.sources import read

FIXTURES = sorted((Path(__file__).parent / "fixtures").iterdir())
ROWS = """id,author,nps,region,comment
1,ana,2,north,the app closes by itself every time that I open it
2,eva,9,south,O atendimento foi muito ruim e a entrega não chegou
3,lea,5,north,Der Service war sehr schlecht und niemand hat mir geantwortet
4,norvia,8,south,we are looking into it and will be back to you soon
5,tom,7,north,n/a
6,zoe,11,south,this is all far too expensive for what you get
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(ROWS + "".join(f"{i},p{i},{i % 11},north,it is slow\n" for i in range(7, 40)))
    return path


@pytest.fixture
def two_questions(tmp_path: Path) -> Path:
    path = tmp_path / "b.csv"
    rows = [
        f"0{1 + i % 9}/0{1 + i % 8}/2026,{1 + i % 5},{'ES' if i % 2 else 'FR'},"
        f"the shop in street {i} was kind,and what I would change there is the long queue {i}"
        for i in range(12)
    ]
    path.write_text("date,effort,country,best thing,comment\n" + "\n".join(rows) + "\n")
    return path


def test_problems_are_counted_by_reason_and_language(answers: Path) -> None:
    seen = inspect_files([answers], Settings(brand_handles=("@norvia",)), rows=2)
    problems = {reason: rows for _, reason, rows in seen.problems.rows()}
    assert problems == {
        "invalid_score": 1,
        "non_answer": 1,
        "other_language (de)": 1,
        "other_language (pt)": 1,
        "own_post": 1,
    }
    assert seen.first_rows.height == 2
    assert seen.segments == ["region"]
    assert "own_post" not in inspect_files([answers]).problems["reason"].to_list()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_settings_written_and_not_edited_change_nothing(tmp_path: Path, path: Path) -> None:
    written = write_settings(inspect_files([path]), tmp_path / "analyzer.toml")
    settings = load_settings(written)
    plain, again = read([path]), read([path], settings.mapping)
    assert again.records.equals(plain.records)
    assert again.ledger.equals(plain.ledger)


def test_settings_say_what_can_be_edited(answers: Path, tmp_path: Path) -> None:
    text = write_settings(inspect_files([answers]), tmp_path / "analyzer.toml").read_text("utf-8")
    settings = tomllib.loads(text)
    assert settings["by"] == ["region"]
    assert settings["mapping"]["nps"] == "nps"
    assert "language" not in settings  # the report speaks the comments' language
    assert "there are: region." in text
    # Every line that is switched off can be switched on.
    known = {line.removeprefix("# ") for line in text.splitlines() if " = " in line}
    assert {line.split(" = ")[0] for line in known} > {"language", "date_order", "brand_handles"}
    for line in known:
        tomllib.loads(line)


def test_a_score_read_upside_down_stays_so(two_questions: Path, tmp_path: Path) -> None:
    seen = inspect_files([two_questions], Settings(mapping={"ces_effort": "effort"}))
    settings = load_settings(write_settings(seen, tmp_path / "analyzer.toml"))
    assert settings.mapping["ces_effort"] == "effort"
    assert "ces" not in settings.mapping


def test_edited_settings_make_a_difference(two_questions: Path, tmp_path: Path) -> None:
    wrote = CliRunner().invoke(
        app,
        [
            "inspect", str(two_questions), "--map", "ces=effort", "--date-order", "mdy",
            "--write", str(tmp_path / "s.toml"),
        ],
    )  # fmt: skip
    assert wrote.exit_code == 0, wrote.output
    assert "dates month/day/year" in wrote.output
    path = tmp_path / "s.toml"
    text = path.read_text("utf-8")
    assert 'date_order = "mdy"' in text.splitlines()
    edited = text.replace('"mdy"', '"dmy"').replace('text = "comment"', 'text = "best thing"')
    path.write_text(edited.replace('"es", ', ""), "utf-8")
    told = CliRunner().invoke(app, ["inspect", str(two_questions), "--config", str(path)])
    assert told.exit_code == 0, told.output
    assert "comments from 'best thing'" in told.output
    assert "dates day/month/year" in told.output
    assert "ces <- effort" in told.output
    spanish = CliRunner().invoke(
        app, ["inspect", str(two_questions), "--config", str(path), "--languages", "es"]
    )
    assert "12 rows left out of themes: other_language (en)" in spanish.output


def test_first_rows_show_satisfaction_of_100_and_days_without_a_clock(two_questions: Path) -> None:
    words = ["--map", "csat=effort", "--map", "text=comment", "--date-order", "dmy", "--rows", "1"]
    told = CliRunner().invoke(app, ["inspect", str(two_questions), *words]).stdout
    assert "created_at 2026-01-01, csat 0 of 100" in told
    assert "00:00:00" not in told


def test_comments_without_a_score_are_posts_only_where_the_file_shows_it(tmp_path: Path) -> None:
    rows = "".join(f"{i},the room number {i} was too small,{i}\n" for i in range(12))
    for head, kind in (("id,review,floor", "mentions"), ("id,comment,likes", "social")):
        path = tmp_path / f"{kind}.csv"
        path.write_text(f"{head}\n{rows}")
        told = CliRunner().invoke(app, ["inspect", str(path)]).stdout
        assert f"{kind}.csv: 12 rows, {kind}; " in told

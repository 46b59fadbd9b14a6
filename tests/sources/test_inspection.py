"""What is told of a file before it is analysed."""

from __future__ import annotations

import tomllib
from pathlib import Path

from analyzer.inspection import inspect_files, write_settings
from analyzer.sources import read

ROWS = """id,author,nps,region,comment
1,ana,2,north,the app closes by itself every time that I open it
2,eva,9,south,O atendimento foi muito ruim e a entrega não chegou
3,lea,5,north,Der Service war sehr schlecht und niemand hat mir geantwortet
4,norvia,8,south,we are looking into it and will be back to you soon
5,tom,7,north,n/a
6,zoe,11,south,this is all far too expensive for what you get
"""


def test_problems_are_counted_by_reason_and_language(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS + "".join(f"{i},p{i},{i % 11},north,it is slow\n" for i in range(7, 40)))
    seen = inspect_files([path], rows=2, brand_handles=["@norvia"])
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
    assert "own_post" not in inspect_files([path]).problems["reason"].to_list()


def test_written_settings_read_the_file_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS + "".join(f"{i},p{i},{i % 11},north,it is slow\n" for i in range(7, 40)))
    seen = inspect_files([path])
    settings = tomllib.loads(write_settings(seen, tmp_path / "analyzer.toml").read_text("utf-8"))
    assert settings["by"] == ["region"]
    again = read([path], settings["mapping"])
    assert again.records.equals(read([path]).records)

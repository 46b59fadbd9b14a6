"""Codebooks are read, and mistakes in them are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.themes.codebook import Codebook

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[[group]]
id = "money"
name = { en = "Money" }

[[theme]]
id = "price"
parent = "money"
name = { en = "Price", es = "Precio" }
description = "What it costs"
examples.en = ["Too expensive"]
include = ["rip-off"]
exclude.en = ["price less"]
"""


def _load(tmp_path: Path, text: str) -> Codebook:
    path = tmp_path / "codes.toml"
    path.write_text(text, "utf-8")
    return Codebook.load(path)


def test_a_codebook_is_read(tmp_path: Path) -> None:
    codebook = _load(tmp_path, GOOD)
    theme = codebook.theme[0]
    assert codebook.ids == ["price"]
    assert theme.parent == "money"
    assert theme.examples == {"en": ("Too expensive",)}
    assert theme.include == dict.fromkeys(LANGUAGES, ("rip-off",))
    assert theme.exclude == {"en": ("price less",)}
    assert theme.description["fr"] == "What it costs"
    assert [theme.name_in(code) for code in LANGUAGES] == ["Precio", "Precio", "Price"]


def test_the_starter_codebook_is_whole(starter: Codebook) -> None:
    assert len(starter.theme) == 26
    assert all(set(theme.name) == set(LANGUAGES) for theme in starter.theme)
    assert all(len(theme.examples[code]) >= 5 for theme in starter.theme for code in LANGUAGES)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "price"\n', "", r"line 6, theme None, id: Field required"),
        ('id = "price"', 'id = "a b"', r"line 6, theme 'a b', id: .*got 'a b'"),
        ('parent = "money"', 'parent = "cash"', r"line 6: theme 'price' has the parent 'cash'"),
        ("description", "descripton", r"line 6, theme 'price', descripton: Extra inputs"),
        ('{ en = "Price", es = "Precio" }', '{ de = "Preis" }', r"name\.de.*got 'de'|name"),
        ('["Too expensive"]', "[1]", r"line 6, theme 'price', examples\.en\.0: .*got 1"),
        ("[[theme]]", "[[theme]", r"not valid TOML: .*line 6"),
        ("[[theme]]", "[[topic]]", r"theme: Field required"),
    ],
)
def test_mistakes_are_told_with_their_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        _load(tmp_path, GOOD.replace(old, new, 1))


def test_an_id_used_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    twice = GOOD + '\n[[theme]]\nid = "price"\nname = { en = "Cost" }\n'
    with pytest.raises(ConfigError, match="theme id 'price' stands at lines 6 and 15"):
        _load(tmp_path, twice)


def test_a_missing_or_undecodable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        Codebook.load(tmp_path / "nowhere.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('a = "é"'.encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        Codebook.load(path)

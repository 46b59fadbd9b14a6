"""Settings come from a file and from options, and a wrong one is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.config import Settings, load_settings, parse_mapping
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def test_options_win_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "analyzer.toml"
    path.write_text('language = "fr"\nthemes = 12\n[mapping]\ntext = "Avis"\n', encoding="utf-8")
    settings = load_settings(path, themes=9, seed=None)
    assert (settings.language, settings.themes, settings.seed) == ("fr", 9, 0)
    assert settings.mapping == {"text": "Avis"}


def test_defaults_analyse_three_languages() -> None:
    assert Settings().for_analyze()["languages"] == ("es", "fr", "en")
    assert "language" not in Settings().for_analyze()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theems = 3", "theems"),
        ("themes = 0", "themes"),
        ('language = "de"', "'de'"),
        ("themes =", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "analyzer.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_settings(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_settings(tmp_path / "none.toml")


def test_mapping_pairs() -> None:
    assert parse_mapping(["text=Votre avis", "csat = Note"]) == {
        "text": "Votre avis",
        "csat": "Note",
    }
    assert parse_mapping(None) is None
    for wrong in ("text", "=Avis", "text="):
        with pytest.raises(ConfigError, match="NAME=COLUMN"):
            parse_mapping([wrong])
    with pytest.raises(ConfigError, match="text= was given twice, for 'Avis' and 'Note'"):
        parse_mapping(["text=Avis", "text = Note"])

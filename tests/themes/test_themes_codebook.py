"""Codebooks are read, and mistakes in them are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.themes.codebook import Codebook
from analyzer.themes.mistakes import mistakes

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


NAME = 'name = { en = "Price", es = "Precio" }'
MISTAKES = [
    ('id = "price"\n', "", ", line 6: a theme has no id. Add: id = "),
    ('id = "price"', 'id = "a b"', ", line 7: the id 'a b' cannot be used. An id has up to 64"),
    ('id = "price"', "id = 5", ", line 7: id of a theme must be a text in quotes, not 5."),
    ('parent = "money"', 'parent = "cash"', ", line 6: theme 'price' has the parent 'cash'"),
    (NAME, "", ", line 6: theme 'price' has no name. Add: name.en = "),
    (NAME, "name = {}", ", line 9: theme 'price' has an empty name. Add: name.en = "),
    (NAME, 'name = { de = "Preis" }', ", line 9: theme 'price' has name in 'de'. Texts are given"),
    (NAME, 'name.en = "A"\nname.de = "B"', ", line 10: theme 'price' has name in 'de'."),
    (NAME, '[theme.name]\nen = "A"', "'description' of theme 'price' stands under its name."),
    (
        "description", "descripton",
        ", line 10: theme 'price' has 'descripton', which is not known; did you mean 'description'",
    ),
    ('description = "What it costs"', "colour = 1", "A theme has id, name, parent, description,"),
    ('description = "What it costs"', "description = [1]", ", line 10: description of theme"),
    ('["Too expensive"]', "[1]", ", line 11: examples of theme 'price' must be a list of texts"),
    ("[[theme]]", "[[theme]", ", line 6: not valid TOML (Expected ']]'"),
    ('"Precio" }', '"Precio"', ", line 9: not valid TOML ("),
    ("[[theme]]", "[theme]", ", line 6: 'theme' is not a list of entries. Begin each with [[theme"),
    ("[[theme]]", "[[topic]]", ": there is no theme. Add an entry that starts with [[theme]]; l"),
    ('id = "money"\n', "", ", line 2: a group has no id."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_mistakes_are_told_with_their_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, GOOD.replace(old, new, 1))
    assert f"codes.toml{told}" in str(caught.value) or told in str(caught.value)
    assert str(caught.value).count("Add an entry that starts") == ("[[topic]]" in new)


SAME = """
[[theme]]
id = "cost"
name = { en = "  price", es = "PRECIO" }
"""
SENSELESS = [
    (NAME, 'name = { en = "" }', ", line 6: theme 'price' has a blank name in 'en'. Write one"),
    (NAME, 'name = { en = "Price", es = " " }', "theme 'price' has a blank name in 'es'"),
    ('"Money"', '"  "', ", line 2: group 'money' has a blank name in 'en'. Write one"),
    ('["Too expensive"]', '["Too expensive", " "]', "has a blank text in examples (en). Take it"),
    ('["rip-off"]', '["", "rip-off"]', "has a blank text in include (es, fr, en). Take it out"),
    ('["price less"]', '[" Rip-Off "]', "has 'rip-off' both in include and in exclude (en). Take"),
    ('description = "What it costs"', 'description.fr = " "', "a blank description in 'fr'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), SENSELESS)
def test_what_makes_no_sense_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, GOOD.replace(old, new, 1))
    assert told in str(caught.value)
    assert "expensive" not in str(caught.value)


def test_a_phrase_may_belong_in_one_language_and_not_in_another(tmp_path: Path) -> None:
    apart = GOOD.replace("include = ", "include.es = ").replace("price less", "rip-off")
    assert _load(tmp_path, apart).ids == ["price"]


@pytest.mark.parametrize("first", [True, False])
def test_themes_that_say_the_same_are_refused(tmp_path: Path, first: bool) -> None:
    bare = GOOD.replace('description = "What it costs"\nexamples.en = ["Too expensive"]\n', "")
    with pytest.raises(ConfigError, match=r"line 13: theme 'cost' has no name.* 'price' does not"):
        _load(tmp_path, bare + SAME)
    # One that has nothing of its own is refused wherever it stands.
    both = SAME + GOOD if first else GOOD + SAME
    with pytest.raises(ConfigError, match=r"theme 'cost' has no name, description or example"):
        _load(tmp_path, both)
    own = SAME.rstrip() + '\nexamples.en = ["I pay too much"]\n'
    assert _load(tmp_path, GOOD + own).ids == ["price", "cost"]


def test_entries_without_headers_are_checked_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 1: theme 'a' has a blank name in 'en'"):
        _load(tmp_path, 'theme = [{ id = "a", name = { en = " " } }]')


def test_every_mistake_is_told_once_and_no_text_of_a_comment(tmp_path: Path) -> None:
    wrong = GOOD.replace('["Too expensive"]', '"Too expensive"').replace("include", "includes")
    more = "".join(f"extra_{i} = 1\n" for i in range(6))
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, wrong + more)
    told = str(caught.value)
    assert told.count("line 11: examples of theme 'price' must be a list of texts") == 1
    assert "line 12: theme 'price' has 'includes'" in told
    assert told.endswith("And 3 more.")
    assert "expensive" not in told


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["theme", "id", "name", "en", "a.b", "("]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["theme", "group", "x("]), VALUES))
def test_whatever_a_file_holds_its_mistakes_are_sentences(values: dict[str, object]) -> None:
    try:
        Codebook.model_validate(values)
    except ValidationError as error:
        told = mistakes(error, values, GOOD)
        assert told[0][:2] in (", ", ": ")
        assert all("[key]" not in one and "None" not in one for one in told)


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

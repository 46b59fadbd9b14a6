"""Given names as data: which words name people, and which of those mean something else too."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any, Final

__all__ = [
    "doubtful_names",
    "folded",
    "given_names",
    "listed_names",
    "small_names",
    "surnames",
    "word_names",
]


_LEAST: Final = 5  # letters; shorter ones are often slips of other words


def _letters() -> dict[int, str]:
    """Every accented Latin letter with its plain small one; lengths never change."""
    table = {}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x180)):
        plain = unicodedata.normalize("NFKD", chr(code).lower())[0]
        table[code] = plain
    return table


_PLAIN: Final = _letters()


def folded(text: str) -> str:
    """Return a text in small letters without accents, character by character."""
    return text.translate(_PLAIN)


@cache
def given_names() -> frozenset[str]:
    """Names and nothing else, folded."""
    return frozenset(_table()["names"].split())


@cache
def doubtful_names() -> frozenset[str]:
    """Names that are also places, brands or objects, folded."""
    return frozenset(_table()["doubtful"].split())


@cache
def word_names(language: str | None = None) -> frozenset[str]:
    """Names that are words of some language, folded.

    Args:
        language: leave out the words of this language; None for all of them.
    """
    words: dict[str, str] = _table()["words"]
    own = frozenset(words.get(language or "", "").split())
    return frozenset(word for group in words.values() for word in group.split()) - own


@cache
def listed_names() -> frozenset[str]:
    """All given names, whatever else they mean, folded."""
    return given_names() | doubtful_names() | word_names()


@cache
def small_names() -> frozenset[str]:
    """Given names that are nothing else even in small letters, folded."""
    short = frozenset(_table()["short"].split())
    words = frozenset(_table()["capital_only"].split())
    return frozenset(n for n in given_names() - words if len(n) >= _LEAST or n in short)


@cache
def surnames() -> frozenset[str]:
    """Common surnames, folded; many are words too."""
    return frozenset(_table()["surnames"].split())


@cache
def _table() -> dict[str, Any]:
    raw = resources.files("analyzer.text").joinpath("given.toml").read_text("utf-8")
    return tomllib.loads(raw)

"""Trouble that is denied, put plainly before sentiment is read: "no hassle" is praise.

Its words are those of complaints, and so is its vector. Each turn is rewritten as "all good" in
its language; the lists are in ``relief.toml``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any, Self

__all__ = ["relieved"]

_LISTS = ("trouble", "kinds", "burden", "harm", "failing")
_WORD = re.compile(r"n't|[^\W_]+?(?=n't)|[^\W_]+")
_WITHOUT = frozenset({"without", "sans", "sin"})
_NEGATORS = frozenset({
    "no", "not", "never", "n't", "cannot", "nobody", "pas", "jamais", "aucun", "aucune", "ni",
    "personne", "nunca", "jamás", "nadie",
})  # fmt: skip
_CLAUSE = re.compile(r"[.,;:!?\n]")


@dataclass(frozen=True)
class _Turns:
    """What one language says.

    Attributes:
        needs: words of which every turn holds one.
        unless: where it matches, nothing is denied.
        pattern: all turns.
        plain: what they mean.
    """

    needs: frozenset[str]
    unless: re.Pattern[str]
    pattern: re.Pattern[str]
    plain: str

    @classmethod
    def of(cls, table: dict[str, Any]) -> Self:
        lists = {name: f"(?:{'|'.join(table[name])})" for name in _LISTS}
        turns = "|".join(table["turns"])
        for name, entries in lists.items():
            turns = turns.replace(f"{{{name}}}", entries)
        turn = rf"(?=[{table['starts']}])(?:\b|(?=n't))(?:{turns})\b"
        unless = rf"\b(?:{table['unless']})"
        return cls(
            frozenset(table["needs"].split()),
            re.compile(unless.replace("'", "['’]"), re.IGNORECASE),
            re.compile(turn.replace("'", "['’]"), re.IGNORECASE),
            table["plain"],
        )


def relieved(text: str) -> str:
    """Rewrite what denies trouble, in any of the three languages; the same text without it."""
    words = set(_words(text))
    for turns in _languages():
        if not words.isdisjoint(turns.needs) and not turns.unless.search(text):
            text = turns.pattern.sub(partial(_meant, plain=turns.plain), text)
    return text


def _meant(found: re.Match[str], plain: str) -> str:
    """What a turn means, but "never a day without trouble" means what it says."""
    if _words(found[0])[0] in _WITHOUT:
        clause = _CLAUSE.split(found.string[: found.start()])[-1]
        if not _NEGATORS.isdisjoint(_words(clause)):
            return found[0]
    return plain


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("’", "'"))


@cache
def _languages() -> tuple[_Turns, ...]:
    lists = files(__package__).joinpath("relief.toml").read_text(encoding="utf-8")
    return tuple(_Turns.of(table) for table in tomllib.loads(lists).values())

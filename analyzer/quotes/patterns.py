"""What single words cannot say: the regular expressions of `patterns.toml`, compiled once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["raw", "refuses_quoting", "spells_out", "takes_back", "tells_origin_or_age"]

_WORDS: Final = re.compile(r"<(\d)>")
# Up to so many words of the same sentence, and what separates them from the next.
_GAP: Final = r"(?:[^\\w.!?;]+[\\w']+){0,\1}?[^\\w.!?;]+"
_LONGEST: Final = 1_000
_AGE: Final = (
    r"(?:[1-9]|1[0-7]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven)teen|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once"
    r"|doce|trece|catorce|quince|dieciseis|diecisiete|deux|trois|quatre|cinq|sept|huit|neuf|dix"
    r"|onze|douze|treize|quatorze|quinze|seize|dix-sept)"
)


def refuses_quoting(folded: str) -> bool:
    """Whether a comment asks not to be published, quoted or shared, in any language.

    Args:
        folded: the whole comment, as `wording.fold` gives it.
    """
    return _any("refused").search(_any("welcome").sub(" ", folded)) is not None


def takes_back(folded: str) -> bool:
    """Whether a comment turns its praise into the opposite: "when it works", "just kidding"."""
    return _any("taken_back").search(folded) is not None


def tells_origin_or_age(folded: str) -> bool:
    """Whether a passage says where a person comes from, or that one is a minor."""
    return _filled("personal").search(folded) is not None


def spells_out(folded: str) -> bool:
    """Whether a passage holds a telephone number or an address of e-mail in words.

    Only its beginning is read: no quote is as long, and digits in words without end take ages.
    """
    return _filled("spelled").search(folded[:_LONGEST]) is not None


@cache
def raw() -> bytes:
    """Return the file."""
    return resources.files("analyzer.quotes").joinpath("patterns.toml").read_bytes()


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(raw().decode())


@cache
def _any(table: str) -> re.Pattern[str]:
    """One pattern of all languages: people quote, and mix, more than one."""
    return _joined(pattern for own in _tables()[table].values() for pattern in own)


@cache
def _filled(table: str) -> re.Pattern[str]:
    """The patterns of a table with its lists in the place of their names."""
    own = _tables()[table]
    names = {"NATION": "nations", "TONGUE": "tongues", "PERSON": "persons", "DIGIT": "digits"}
    lists = {name: _either(own[key]) for name, key in names.items() if key in own}
    lists["AGE"] = _AGE
    filled = re.compile("|".join(lists))
    return _joined(filled.sub(lambda found: lists[found[0]], one) for one in own["patterns"])


def _either(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"


def _joined(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_WORDS.sub(_GAP, one)})" for one in patterns))

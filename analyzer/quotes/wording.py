"""What a passage says and how it stands alone: word lists of TOML files, compiled once."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from analyzer.quotes import patterns
from analyzer.schema import LANGUAGES
from analyzer.text import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "denies_trouble",
    "fold",
    "has_reservation",
    "is_complete",
    "is_problem",
    "is_profane",
    "is_self_contained",
    "is_sensitive",
    "is_shouted",
    "phrases",
    "rules_version",
    "words",
]

_OPENING: Final = " \n\t¡¿\"'«»“”‘’([*-–—"
_PAIRS: Final = (("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"), ("¿", "?"), ("¡", "!"))
_CUT_OFF: Final = (",", ";", ":", "-", "–", "—", "…", "..", "(", "/", "&")
# "10 because ...", "I gave a 9", "le pongo un 10", "je mets 9": the reader does not see the survey.
_SCORE: Final = re.compile(
    r"^(?:an? |un )?(?:9|10|nine|ten|nueve|diez|neuf|dix)(?:/10| de 10| sur 10| out of 10)?"
    r"[ ,:.-]{0,3}(?:because|cos|as|since|for|porque|por|pues|car|parce|pour)\b"
    r"|\b(?:gave|give|giving|score[ds]?|pongo|puse|doy|di|mets|mis|donne|note)"
    r" (?:it |you |them |le |les |os |vous )?(?:an? |un |una )?"
    r"(?:[0-9]|10|nine|ten|nueve|diez|neuf|dix)\b"
)
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)\W{0,5}$")


def rules_version() -> str:
    """Version of the gate: the number in `words.toml` and a digest of the three files."""
    raw = _file("words.toml") + _file("sensitive.toml") + patterns.raw()
    return f"{words()['version']}.{hashlib.sha256(raw).hexdigest()[:8]}"


def fold(text: str) -> str:
    """Small letters without accents, with plain apostrophes."""
    return _bare(_bare(text).casefold()).replace("’", "'")


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def is_complete(text: str, language: str) -> bool:
    """Whether a passage reads as whole sentences.

    It begins with a word, does not break off in a comma, an ellipsis or a small word such as
    "and", and closes what it opens.
    """
    first = text.lstrip(_OPENING)[:1]
    if not (first.isalnum() or first in {"£", "€", "$"} or PLACEHOLDER.match(text)):
        return False
    if text.endswith(_CUT_OFF) or text.count('"') % 2:
        return False
    if any(text.count(left) > text.count(right) for left, right in _PAIRS):
        return False
    last = _LAST_WORD.search(text)
    ends_sentence = text.rstrip("\"')»”").endswith((".", "!", "?"))
    return ends_sentence or last is None or last[1].lower() not in _dangling(language)


def is_self_contained(text: str, language: str) -> bool:
    """Whether a passage opens without connective or bare pronoun, and points at nothing else.

    What it must not point at: earlier text, or the score that the survey asked for.
    """
    opening = text.lstrip(_OPENING).lower().replace("’", "'")
    opener, exception = _openers(language)
    if opener.match(opening) and not exception.match(opening):
        return False
    folded = fold(text.lstrip(_OPENING))
    return not (_pattern("pointers", language).search(folded) or _SCORE.search(folded))


def has_reservation(text: str, language: str) -> bool:
    """Whether a passage takes back some of its praise; "never had a problem" is none."""
    said = _pattern("denials", language).sub(" ", fold(text))
    return bool(_pattern("reservations", language).search(said))


def denies_trouble(text: str, language: str) -> bool:
    """Whether a span says that something bad did not happen: "sans aucun souci"."""
    return bool(_pattern("denials", language).search(fold(text)))


def is_shouted(text: str) -> bool:
    """Whether half of the letters of a passage, placeholders aside, are capitals."""
    letters = [c for c in PLACEHOLDER.sub("", text) if c.isalpha()]
    return 2 * sum(c.isupper() for c in letters) > len(letters)


def is_problem(name: str, language: str) -> bool:
    """Whether the name of a theme is that of a problem."""
    return bool(_pattern("problems", language).search(fold(name)))


def is_sensitive(text: str) -> bool:
    """Whether a passage speaks of what nobody wants to read of himself in an advertisement.

    Health and the other special categories, offences, deaths, minors, violence, family and money
    trouble, in any language.
    """
    folded = fold(text)
    return bool(_sensitive().search(folded)) or patterns.tells_origin_or_age(folded)


def is_profane(text: str, language: str) -> bool:
    """Whether a passage swears; a word counts in its own language ("con" is a Spanish "with")."""
    folded = fold(text)
    return any(_pattern("profanity", kind).search(folded) for kind in ("any", language))


def phrases(entries: Iterable[str]) -> re.Pattern[str]:
    """Compile words and phrases; a final ``*`` stands for any ending.

    Args:
        entries: words without accents in small letters, as `fold` gives them.

    Returns:
        A pattern for folded text; one that matches nothing when there are no entries.
    """
    parts = [
        re.escape(entry.removesuffix("*")) + (r"\w*" if entry.endswith("*") else "")
        for entry in sorted(entries, key=lambda entry: (-len(entry), entry))
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)" if parts else r"(?!)")


@cache
def words() -> dict[str, Any]:
    """Return the tables of `words.toml`."""
    return tomllib.loads(_file("words.toml").decode())


@cache
def _file(name: str) -> bytes:
    return resources.files("analyzer.quotes").joinpath(name).read_bytes()


@cache
def _sensitive() -> re.Pattern[str]:
    topics = tomllib.loads(_file("sensitive.toml").decode()).values()
    return phrases({word for topic in topics for language in LANGUAGES for word in topic[language]})


@cache
def _pattern(table: str, key: str) -> re.Pattern[str]:
    return phrases(words()[table].get(key, ()))


@cache
def _openers(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = words()["openers"]
    return phrases(table.get(language, ())), phrases(table["except"])


@cache
def _dangling(language: str) -> frozenset[str]:
    return frozenset(words()["dangling"].get(language, ()))

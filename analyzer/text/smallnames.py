"""Names of people in small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.cues import is_announced, never_names
from analyzer.text.given import folded, given_names, listed_names, small_names, surnames
from analyzer.text.identifiers import Hit
from analyzer.text.wordlists import ROLES, TITLES

__all__ = ["after_titles", "in_small_letters", "is_word", "own_name"]

_LOW: Final = "a-zß-öø-ÿœ"
_TITLE: Final = re.compile(
    r"(?<!\w)(?:(?P<short>sra?|srta|mmes?|mlle|mrs?)|madame|monsieur|mademoiselle"
    r"|señora?|señorita)\.? "
    rf"(?P<name>[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?)(?![\w'’])",
    re.IGNORECASE,
)
_WORD: Final = re.compile(rf"(?<![\w'’@#./&+-])[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?(?![\w'’@])")
_NEXT: Final = re.compile(
    rf" (?P<link>(?:de la|del|de los|de|d[ao]|von|van) )?(?P<word>[{_LOW}]{{3,25}})(?!\w)"
)
# What makes a place, a saint or a thing of a name behind it, and of one before it.
_PLACE: Final = re.compile(
    r"\b(?:san|sant|santa|santo|saint|sainte|st|ste|playa del?|virgen del?|rue|avenue|boulevard"
    r"|place|calle|plaza|avenida|paseo|hotel|hôtel|hôpital|lycée|colegio|cayo|rancho|casa|chez|hermanos"
    r"|bar|restaurante|restaurant|tienda|marca|marque|l|the|a|an|un|une) $"
)
_THING: Final = re.compile(r"(?:['’]s\b| ?@|\.\w| (?:assurances?|hebdo|street|road|hotel|leal))")
_MOST_SURNAMES: Final = 2
_LINKS: Final = frozenset(
    {"de", "la", "los", "las", "del", "da", "dos", "du", "des", "van", "der", "von", "le", "y", "e"}
)


def after_titles(text: str, language: str | None) -> Iterator[Hit]:
    """Find what follows a title, unless a dictionary has it and no list of surnames does."""
    for match in _TITLE.finditer(text):
        name = match["name"]
        if (
            name[0].islower()
            and name not in never_names()
            and name not in ROLES
            and name not in TITLES
            and (folded(name) in surnames() | given_names() or not is_word(name, language))
        ):
            yield match.start("name"), _end_of_name(text, match.end("name"))


def in_small_letters(text: str) -> Iterator[Hit]:
    """Find given names, with what surname follows them.

    Any listed one where a cue announces it; without a cue those that nothing else is called.
    """
    for match in _WORD.finditer(text):
        first = folded(match[0]).split("-", 1)[0]
        if first in given_names():
            start = match.start()
            announced = start > 0 and text[start - 1] in " (" and is_announced(text, start - 1)
            if announced or (first in small_names() and not _is_thing(text, *match.span())):
                yield start, _end_of_name(text, match.end())


def own_name(found: str) -> str:
    """Cut "rosa gil vivo en": a word in small letters is of the name when no dictionary has it."""
    words = found.split(" ")
    if words[0][:1].isupper():
        end = next((i for i, w in enumerate(words) if i and not _continues(w)), len(words))
        return " ".join(words[:end])
    kept = words[:1]
    for word in words[1:]:
        if word in never_names() or not (
            word[:1].isupper()
            or folded(word) in listed_names()
            or folded(kept[-1]) in given_names()
            or not is_word(word)
        ):
            break
        kept.append(word)
    return " ".join(kept)


def is_word(word: str, language: str | None = None, *, every: bool = False) -> bool:
    """Whether a dictionary knows a word.

    The Spanish and the French one are asked, or that of the language; the English one, which has
    surnames too, only with ``every``.
    """
    import simplemma

    known = (language,) if language in ("es", "fr") else ("es", "fr", *(("en",) if every else ()))
    return any(simplemma.is_known(word.lower(), code) for code in known)


def _continues(word: str) -> bool:
    return word[:1].isupper() or folded(word) in _LINKS


def _is_thing(text: str, start: int, end: int) -> bool:
    word = text[start:end]
    return bool(
        _PLACE.search(text[max(0, start - 20) : start].lower())
        or _THING.match(text, end)
        or (not word.isascii() and is_word(word))  # "marié"
    )


def _end_of_name(text: str, end: int) -> int:
    for _ in range(_MOST_SURNAMES):
        match = _NEXT.match(text, end)
        word = folded(match["word"]) if match else ""
        if not match or not (
            word in surnames()
            or word in (given_names() if match["link"] else small_names())
            or word.endswith("ez")
        ):
            break
        end = match.end()
    return end

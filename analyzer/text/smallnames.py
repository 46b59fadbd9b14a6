"""Names of people in small letters, and in capitals throughout, which say as little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.cues import is_announced, never_names
from analyzer.text.given import (
    doubtful_names,
    folded,
    given_names,
    listed_names,
    small_names,
    surnames,
)
from analyzer.text.identifiers import Hit
from analyzer.text.wordlists import ROLES, TITLES

__all__ = ["after_titles", "in_small_letters", "is_word", "own_name", "without_shouting"]

_UP: Final = "A-ZÀ-ÖØ-ÞŒ"
_LOW: Final = "a-zß-öø-ÿœ"
_SHOUTED: Final = re.compile(rf"(?<![^\W\d_])[{_UP}]{{2,}}+(?![^\W\d_])")
_TITLE: Final = re.compile(
    r"(?<!\w)(?:(?P<short>sra?|srta|mmes?|mlle|mrs?)|madame|monsieur|mademoiselle"
    r"|señora?|señorita)(?:\. ?| )"
    rf"(?P<name>[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?)(?![\w'’])",
    re.IGNORECASE,
)
_WORD: Final = re.compile(rf"(?<![\w'’@#./&+-])[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?(?![\w'’@])")
_NEXT: Final = re.compile(
    rf" (?P<link>(?:de la|del|de los|de las|de|d[aou]|le|von|van|van der) )?"
    rf"(?P<word>[{_UP}{_LOW}][{_LOW}]{{2,24}})(?!\w)"
)
# Between names of which the first is sure: "maria y a carmen".
_JOIN: Final = re.compile(r"(?: ?,| ?&| (?i:y|e|et|and))(?: (?i:a|à|to))? ")
_ACRONYM: Final = 3  # letters in capitals that can be an airline, such as ANA
_MARRIED: Final = re.compile(r"(?:suis|est|[ée]t[éeé]|[êe]tre|[ée]tai[st]|homme|couple|ou|non) $")
# What makes a place, a saint or a thing of a name behind it, and of one before it.
_PLACE: Final = re.compile(
    r"\b(?:san|sant|santa|santo|saint|sainte|st|ste|playa del?|virgen del?|rue|avenue|boulevard"
    r"|place|calle|plaza|avenida|paseo|hotel|hôtel|hôpital|lycée|colegio|cayo|rancho|casa|chez|hermanos"
    r"|bar|restaurante|restaurant|tienda|marca|marque|l|the|a|an|un|une) $",
    re.IGNORECASE,
)
_THING: Final = re.compile(r"(?:['’]s\b| ?@|\.\w| (?:assurances?|hebdo|street|road|hotel|leal))")
_MOST_SURNAMES: Final = 4
_LEAST: Final = 4  # letters of a surname that is on no list
_LINKS: Final = frozenset(
    {"de", "la", "los", "las", "del", "da", "dos", "du", "des", "van", "der", "von", "le", "y", "e"}
)


_OF: Final = frozenset({"de", "del", "du", "da", "dos", "des", "van", "von"})
_ELIDED: Final = re.compile(r"^[od]['’]")


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


def without_shouting(text: str) -> str:
    """Return a text with every word that is in capitals throughout in small letters."""
    return _SHOUTED.sub(_lower, text)


def in_small_letters(text: str, names: frozenset[str]) -> Iterator[Hit]:
    """Find given names, with what surname follows them.

    Any listed one where a cue or another name announces it; without a cue those that nothing else
    is called. Words in capitals throughout are read as if in small letters. ``names`` are the
    listed ones among the words of the text.
    """
    quiet = without_shouting(text)
    plain = folded(quiet)
    last, street = len(text), -2  # where a name before this word ends: a person's, a place's
    for start in _places(plain, names):
        match = _WORD.match(quiet, start)
        if not match:
            continue
        end = match.end()
        first, _, second = plain[start:end].partition("-")
        if first not in names:
            continue
        if street == start - 1 or _PLACE.search(quiet, max(0, start - 20), start):
            street = end  # "rue victor hugo"
        given = first in given_names()
        surname = _is_surname(quiet, end)
        sure = first in small_names() or (given and surname)
        if text[start].isupper() and not surname:
            sure = sure and end - start > _ACRONYM and not _is_participle(text, start, end)
        if (sure and street != end and not _is_thing(quiet, start, end)) or (
            (given or surname or _is_told(first, second))
            and (_is_joined(quiet, last, start, given=given) or _is_cued(quiet, start))
        ):
            last = _end_of_name(quiet, end)
            yield start, last


def _places(text: str, names: frozenset[str]) -> list[int]:
    """Where names begin in a text, in order; finding them is quicker than trying each word."""
    found = set()
    for name in names:
        at = text.find(name)
        while at >= 0:
            found.add(at)
            at = text.find(name, at + 1)
    return sorted(found)


def _is_joined(text: str, last: int, start: int, *, given: bool) -> bool:
    """Whether a word follows a name; behind a comma only what is a name and nothing else."""
    join = _JOIN.fullmatch(text, last, start)
    return join is not None and (given or not join[0].lstrip().startswith(","))


def _is_cued(text: str, start: int) -> bool:
    return start > 0 and text[start - 1] in " (" and is_announced(text, start - 1)


def _is_surname(text: str, end: int) -> bool:
    """Whether the next word is a surname or one more given name, and no place as in "del mar"."""
    match = _NEXT.match(text, end)
    if not match or match["link"]:
        return False
    word = folded(match["word"])
    return word in surnames() or word in small_names()


def _is_told(first: str, second: str) -> bool:
    """Whether a name that means something else too is one where a cue announces it."""
    return second in listed_names() or (first in doubtful_names() and not is_word(first))


def _is_participle(text: str, start: int, end: int) -> bool:
    """Whether "MARIE" is a "marié" that has lost its accent."""
    before = text[max(0, start - 10) : start].lower()
    return text[start:end] == "MARIE" and bool(_MARRIED.search(before))


def own_name(found: str) -> str:
    """Cut "rosa gil vivo en": a word in small letters is of the name when no dictionary has it."""
    words = found.split(" ")
    if words[0][:1].isupper():
        end = next((i for i, w in enumerate(words) if i and not _continues(w)), len(words))
        return " ".join(words[:end])
    end = 1
    for at, word in enumerate(words[1:], 1):
        if word in _OF or (word in _LINKS and words[at - 1] in _OF):
            continue  # "de la": of the name where a surname follows
        linked = end < at
        if not _is_of_name(word, words[end - 1], linked=linked):
            break
        end = at + 1
    return " ".join(words[:end])


def _is_of_name(word: str, before: str, *, linked: bool) -> bool:
    """Whether a word belongs to the name that ends with another."""
    plain = folded(word)
    if word in never_names():
        return False
    if word[:1].isupper() or plain in surnames() or plain in listed_names():
        return True
    bare = _ELIDED.sub("", word)  # "o'brien", but not "d'accord"
    return (folded(before) in given_names() and not linked and bare == word) or not is_word(
        bare, every=linked or bare != word
    )


def is_word(word: str, language: str | None = None, *, every: bool = False) -> bool:
    """Whether a dictionary knows a word.

    The Spanish and the French one are asked, or that of the language; the English one, which has
    surnames too, only with ``every``.
    """
    import simplemma

    known = (language,) if language in ("es", "fr") else ("es", "fr", *(("en",) if every else ()))
    return any(simplemma.is_known(word.lower(), code) for code in known)


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


def _continues(word: str) -> bool:
    return word[:1].isupper() or folded(word) in _LINKS


def _is_thing(text: str, start: int, end: int) -> bool:
    word = text[start:end]
    return bool(
        _THING.match(text, end) or (not word.isascii() and is_word(word))  # "marié"
    )


def _end_of_name(text: str, end: int) -> int:
    unknown = False  # one word that no dictionary has is a surname; two are slips
    for _ in range(_MOST_SURNAMES):
        match = _NEXT.match(text, end)
        if not match:
            break
        word = folded(match["word"])
        listed = (
            word in surnames()
            or word in (given_names() if match["link"] else small_names())
            or word.endswith("ez")
            or (word in listed_names() and _is_surname(text, match.end()))
        )
        if not listed and (unknown or match["link"] or not _is_unknown(match["word"])):
            break
        unknown = unknown or not listed
        end = match.end()
    return end


def _is_unknown(word: str) -> bool:
    plain = word.lower()
    never = len(word) < _LEAST or plain in never_names() or plain in ROLES or plain in TITLES
    return not never and not any(is_word(one, every=True) for one in {word, folded(word)})

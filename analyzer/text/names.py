"""Names of people after the words that announce them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.cues import WINDOW, is_cued, is_title, never_names
from analyzer.text.given import (
    doubtful_names,
    folded,
    given_names,
    listed_names,
    surnames,
    word_names,
)
from analyzer.text.identifiers import Hit
from analyzer.text.ner import people
from analyzer.text.smallnames import after_titles, in_small_letters, is_word, own_name
from analyzer.text.wordlists import NOT_NAMES, RELATIVES, ROLES

__all__ = ["find_names"]

_UP = "A-ZÀ-ÖØ-ÞŒ"
_LOW = "a-zß-öø-ÿœ"
_PART = (
    rf"(?:Mc|Mac|O['’]|D['’]|L['’])?[{_UP}][{_LOW}]{{1,24}}(?:[-'’][{_UP}][{_LOW}]{{1,24}}){{0,2}}"
)
_INITIAL = rf"M[ªa](?=\.? [{_UP}])\.?|[{_UP}]\.?"
_CAPS = rf"[{_UP}]{{2,25}}(?:-[{_UP}]{{2,25}}){{0,2}}"
_GLUE = (
    r"(?:de la|de los|de las|del|de|da|dos|du|des|van der|der|den|ter|van|von|le|la|y a|y|e|et à|et"
    r"|and to|and|&) "
)

_WORD = (
    r"(?!(?i:sra?|srta|dra?|mmes?|mlle|mrs?|ms|miss|señor(?:a|ita)?|monsieur|madame|mademoiselle|"
    r"doña|don)\b)"
    rf"(?:{_PART}|{_CAPS}|{_INITIAL})(?![{_LOW}{_UP}])"
)
_SEQUENCE = re.compile(
    rf"(?<![\w'’@./-])(?!MM?\. ){_WORD}(?: (?:{_GLUE}|{_GLUE.upper()})?{_WORD}){{0,7}}"
)
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?…:;\n\"«“(\[•-])[\s\"'«»“”¡¿(\[*-]*$")
# What stands before a place, a saint or a brand that is called like a person.
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:san|santa|santo|saint|sainte|st|ste|s[aã]o|port|fort|lake|cape|playa del|virgen del?"
    r"|rue|avenue|boulevard|place|calle|plaza|avenida"
    r"|paseo|hotel|hôtel|aeropuerto|a[ée]roport|airport|estación|estacion|gare|lycée|colegio|stade"
    r"|barrio|quartier|ville de|ciudad de|marque|marca|brand|av|avda|annexe|m[ée]tro|restaurante"
    r"|restaurant|concessionnaire|concesionario|consulat de la|consulado de la)[ .-]{1,3}$"
    r"|(?<!\w)l[ '’]$"
)
_IN: Final = re.compile(
    r"(?:\b(?:in|near|at|around|across|to|from|via|of|en|hasta|desde|à|au|vers|depuis|de|the|el|la"
    r"|le|les|los|las) |\d |/ ?)$"
)
_OBJECT_AFTER: Final = re.compile(
    rf"(?: [{_UP}][{_LOW}]+)?(?:\s| ?-|/)?(?i:hebdo|romagne|tom\b|street|road|square|station"
    r"|airport|avenue|hotel|hospital|h[ôo]pital|house|school|coll[eè]ge|theatre|theater|museum|clinic|dock"
    r"|league|merlin|ximénez|ximenez|stadium|park|beach|call centre|call center|assurances?\b"
    r"|['’]s (?:day|pizza|steakhouse))"
    r"|\s? ?[0-9]|/\w"
)
# Particles that open a surname with a capital after a title: "Mme Le Goff", "Mrs Van der Berg".
_PARTICLES: Final = frozenset(
    {"le", "la", "van", "von", "de", "del", "du", "des", "el", "ben", "di"}
)
_OF: Final = frozenset({"de", "del", "du", "des"})
_JOINING: Final = frozenset(_GLUE.replace("(?:", "").replace(") ", "").replace("|", " ").split())
_WORDS: Final = re.compile(r"[a-zß]{2,}")
_TITLES: Final = frozenset(
    {"sr", "sra", "srta", "mme", "mmes", "mlle", "mr", "mrs", "madame", "monsieur"}
    | {"mademoiselle", "senor", "senora", "senorita"}
)
_SELF_WORDS: Final = frozenset({"llamo", "nombre", "appelle", "nom", "name", "names"})

# What a form asks for, with its answer behind a colon.
_FIELD = re.compile(
    r"(?<!\w)(?i:nombre(?: y apellidos)?|apellidos?|pr[ée]nom|nom(?: de famille)?|name|surname"
    r"|first name|last name|fdo\.?|firmado|signé|signed)\s?:\s?"
    rf"(?P<name>{_WORD}(?: (?:{_GLUE})?{_WORD}){{0,3}})"
)
# After these only first name and surname together are a name: "je suis Vraiment" is not.
_PAIR: Final = re.compile(r"(?:^|\W)(?:soy|je suis|i am|i['’]m|this is|aquí|ici)$")
_SELF = re.compile(
    r"(?<!\w)(?i:me llamo|mi nombre(?: completo)? es|je m['’]appelle|mon nom est|"
    r"my name(?: is|['’]?s)):? "
    rf"(?P<name>[{_UP}{_LOW}]{{2,25}}"
    rf"(?:(?:['’-]| (?:{_GLUE})?(?:[OoDd]['’])?)[{_UP}{_LOW}]{{2,26}}){{0,5}})(?!\w)"
)
# A title without a space, or with a small particle behind it: "Sr.Gómez", "Madame de Villepin".
_CLOSE = re.compile(
    r"(?<![\w.])(?P<title>(?i:sra?|srta|dra?|mmes?|mlle|mrs?|ms|m|d|dña)\.)"
    rf"(?P<name>(?=[{_UP}]['’{_UP}{_LOW}]{{2}}){_WORD}(?: (?:{_GLUE})?{_WORD}){{0,3}})"
)
_CLOSE_SIGN: Final = re.compile(rf"\.[{_UP}]")
_NOBLE = re.compile(
    r"(?P<article>\b(?:[Ll][ae]s?|[Uu]ne?|[Cc]e(?:tte)?|[Ee]l|[Uu]na|[Ee]st[ea]) )?\b"
    r"(?P<title>(?i:sra?|mmes?|mlle|mrs?|m(?=\.)|madame|monsieur|mademoiselle|señora?))\.? "
    r"(?P<name>(?:de [Ll]a |de Le |des? |du |d['’]|van der |van |von |del |de los )"
    rf"(?P<last>{_WORD}(?: {_WORD})?))"
)
_SHORTEST: Final = 3  # letters of a name that is known only by its company
_JOINED: Final = rf"(?P<name>{_WORD}(?: {_WORD}){{0,2}})"
_AFTER: Final = re.compile(rf"(?: ?,| y| e| et| and| &| or) {_JOINED}")
_BEFORE: Final = re.compile(rf"(?<![\w'’@.-]){_JOINED}(?: ?,| y| e| et| and| &| or) $")


def find_names(text: str, language: str | None) -> Iterator[Hit]:
    """Find names of people.

    Those after titles and cues, whatever they are; given names that nothing announces, with the
    surname behind them, where they have a capital; and names in small letters after "my name is",
    a title, or, where they are listed, a cue; and rare words beside any of these ("Yurkenia y
    Lila"). With a trained pipeline installed, also what that finds.

    Args:
        text: a comment.
        language: of the comment, for titles and words that are also names.

    Yields:
        Start and end of each name; they may overlap.
    """
    found = list(_alone(text, language))
    yield from found
    yield from _beside(text, found)


def _alone(text: str, language: str | None) -> Iterator[Hit]:
    """Names that need no other name."""
    words = frozenset(_WORDS.findall(folded(text)))
    yield from _announced(text, words)
    if not words.isdisjoint(_TITLES):
        yield from after_titles(text, language)
        yield from _noble(text)
    if _CLOSE_SIGN.search(text):
        yield from _close(text, language)
    listed = words & listed_names()
    for match in _SEQUENCE.finditer(text):
        yield from _cued(text, match, language)
        if listed:
            yield from _given(text, match, language)
    if listed:
        yield from in_small_letters(text, listed)
    yield from people(text, language)


def _close(text: str, language: str | None) -> Iterator[Hit]:
    """Names that no space parts from a title."""
    for match in _CLOSE.finditer(text):
        if is_title(match["title"].lower(), language):
            yield from _hit(match.start("name"), match["name"])


def _noble(text: str) -> Iterator[Hit]:
    """Names behind a title whose particle is in small letters."""
    for match in _NOBLE.finditer(text):
        last = _trim(match["last"])
        first = last.split(" ", 1)[0]
        listed = folded(first) in surnames() and not text.startswith(" de ", match.end())
        listed = listed or match["name"].startswith(("de La ", "de Le "))
        # "le monsieur de Lyon", "la señora de Recepción"
        common = match["article"] or match["title"].casefold().startswith("se")
        if last and (listed or not (common or _is_plain_word(first, None))):
            yield match.start("name"), match.start("last") + len(last)


def _beside(text: str, found: list[Hit]) -> Iterator[Hit]:
    """Capitalised words that no dictionary has, joined to a name by a comma or an "and"."""
    taken = list(found)
    waiting = list(found)
    while waiting:
        start, end = waiting.pop()
        first = max(0, start - WINDOW)
        after, before = _AFTER.match(text, end), _BEFORE.search(text[first:start])
        for match, shift in ((after, 0), (before, first)):
            if match and all(map(_is_rare, match["name"].split(" "))):
                hit = (match.start("name") + shift, match.end("name") + shift)
                if not any(hit[0] < stop and begin < hit[1] for begin, stop in taken):
                    taken.append(hit)
                    waiting.append(hit)
                    yield hit


def _is_rare(word: str) -> bool:
    """Whether a capitalised word is in no dictionary, and not one of those that are no names."""
    never = word.isupper() or len(word) < _SHORTEST or word.casefold() in never_names() | ROLES
    return not never and not is_word(word, every=True)


def _is_pair(name: str) -> bool:
    """Whether words are first name and surname; in capitals the first one must be listed."""
    first = folded(name.split(" ", 1)[0])
    return " " in name and (not name.isupper() or "." in first or first in listed_names())


def _is_verb(letter: str, found: str) -> bool:
    """Whether "MISS" in capitals (of which ``letter`` is the last) stands before a plain word."""
    first = folded(found.split(" ", 1)[0])
    listed = first in listed_names() or first in surnames()
    return letter == "S" and found.isupper() and not listed and is_word(first, every=True)


def _is_me(before: str, name: str) -> bool:
    """Whether "soy ..." gives a name: what one is, is in the Spanish dictionary."""
    return before == "soy" and name.isalpha() and _is_rare(name)


def _announced(text: str, words: frozenset[str]) -> Iterator[Hit]:
    """Names after "name:", "signed:", "my name is"; ``words`` are the text's, folded."""
    if ":" in text:
        for match in _FIELD.finditer(text):
            yield from _hit(match.start("name"), match["name"])
    for match in () if words.isdisjoint(_SELF_WORDS) else _SELF.finditer(text):
        name = own_name(match["name"])
        if name[0].isupper():
            yield from _hit(match.start("name"), name)
        elif name.split(" ", 1)[0] not in never_names():
            yield match.start("name"), match.start("name") + len(name)


def _cued(text: str, match: re.Match[str], language: str | None) -> Iterator[Hit]:
    """What of a run of capitalised words a cue says to be a name."""
    found, start = match[0], match.start()
    gap = 2 if text[max(0, start - 2) : start] == " (" else 1
    if start > gap and text[start - gap] == " " and text[start - gap - 1] != " ":
        before = text[max(0, start - WINDOW) : start - gap + 1].lower()
        last = before.rsplit(None, 1)[-1] if before.strip() else ""
        if is_title(last.lstrip("(\"'"), language):
            if not (last == "miss" and _is_verb(text[start - gap - 1], found)):
                yield from _hit(match.start(), found, particles=True)
        elif not _shouts(found) and is_cued(before[:-1], last):
            after_role = last in ROLES or last in RELATIVES
            if not (after_role and _is_plain_word(found, language)):
                yield from _hit(match.start(), found)
        elif _PAIR.search(before[:-1]) and (_is_pair(name := _trim(found)) or _is_me(last, name)):
            yield match.start(), match.start() + len(name)
    first, space, rest = found.partition(" ")
    role = first.lower() in ROLES and not first.isupper() and not _shouts(rest)
    if space and (role or _is_me(first.lower(), rest)):
        yield from _hit(match.start() + len(first) + 1, rest)


def _given(text: str, match: re.Match[str], language: str | None) -> Iterator[Hit]:
    """Listed names in a run of capitalised words, and what follows each there."""
    found, place, taken = match[0], match.start(), 0
    for word in found.split(" "):
        plain = folded(word).split("-", 1)[0]
        if (
            place >= taken
            and plain in listed_names()
            and word[0].isupper()
            and not (len(word) > 1 and word.isupper())
        ):
            before = text[max(0, place - 20) : place]
            thing = _is_thing(text, place, word)  # "rue Victor Hugo": nor is Hugo a person
            doubted = plain in doubtful_names() or plain in word_names(language)
            if thing or plain in given_names() or (doubted and not _could_be_a_word(before)):
                for hit in _hit(place, found[place - match.start() :], listed=True):
                    taken = hit[1]
                    if not thing:
                        yield hit
        place += len(word) + 1


def _is_thing(text: str, start: int, word: str) -> bool:
    """Whether a name is that of a place or a brand: by itself, or by the words around it."""
    return bool(
        ("-" in word and word.casefold() in NOT_NAMES)
        or _PLACE_BEFORE.search(text[max(0, start - 20) : start].lower())
        or _OBJECT_AFTER.match(text, start + len(word))
    )


def _is_plain_word(found: str, language: str | None) -> bool:
    """Whether one capitalised word is in a dictionary and on no list of names."""
    plain = folded(found)
    listed = plain in listed_names() or plain in surnames()
    return found.isalpha() and not listed and is_word(found, language)


def _could_be_a_word(before: str) -> bool:
    """Whether a capital where it stands says nothing, or a place could stand there."""
    return bool(
        _SENTENCE_START.search(before) or _capital_before(before) or _IN.search(before.lower())
    )


def _capital_before(before: str) -> bool:
    last = before.split()[-1:]
    return bool(last) and last[0][:1].isupper()


def _hit(start: int, found: str, *, particles: bool = False, listed: bool = False) -> Iterator[Hit]:
    name = _trim(found, particles=particles, listed=listed)
    if name:
        yield start, start + len(name)


def _shouts(name: str) -> bool:
    """Capitals throughout are a name after a title only."""
    first = name.split(" ", 1)[0]
    return first.isupper() and (len(first.strip(".")) > 1 or (first in "AEIOUY" and name.isupper()))


def _trim(name: str, *, particles: bool = False, listed: bool = False) -> str:
    """Cut a run of capitalised words before the first that cannot be part of a name."""
    kept: list[str] = []
    words = name.split(" ")
    for at, word in enumerate(words):
        bare = word.strip(".").casefold().replace("’", "'")
        joins = 0 < at < len(words) - 1 and word.isupper() and bare in _JOINING
        capital = (word[:1].isupper() and not joins) or not kept
        follows = at + 1 < len(words) and bare in _PARTICLES
        opens = follows and particles if not kept else follows and _is_rare(words[at + 1])
        opens = opens or (not kept and listed)
        if capital and not opens and _is_never(bare):
            break
        of = bool(kept) and (kept[-1].casefold() in _JOINING if word.isupper() else kept[-1] in _OF)
        if of and capital and _is_plain_word(word, None):
            break  # "Emilia de Relaciones"
        kept.append(word)
    # Neither a particle nor a bare letter ends a name: "Ana I" is "Ana. I ...".
    while len(kept) > 1 and not (
        kept[-1][:1].isupper() and len(kept[-1]) > 1 and kept[-1].casefold() not in _JOINING
    ):
        kept.pop()
    if len(kept) == 1 < len(words) and particles and kept[0].casefold() in _PARTICLES:
        return ""  # "Monsieur Le Maire"
    return " ".join(kept) if kept and len(kept[0].strip(".")) + len(kept) > 2 else ""


def _is_never(bare: str) -> bool:
    return len(bare) > 1 and (bare in never_names() or bare.removeprefix("l'") in NOT_NAMES)

"""Names of people after the words that announce them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from analyzer.text.functionwords import function_words
from analyzer.text.given import doubtful_names, folded, given_names, word_names
from analyzer.text.identifiers import Hit
from analyzer.text.ner import people
from analyzer.text.wordlists import ARTICLES, ATTENDED, NOT_NAMES, RELATIVES, ROLES, TITLES

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
_SEQUENCE = re.compile(rf"(?<![\w'’@./-])(?!MM?\. ){_WORD}(?: (?:{_GLUE})?{_WORD}){{0,3}}")
_LINKS: Final = frozenset(
    {"de", "la", "los", "las", "del", "da", "dos", "du", "des", "van", "der", "von", "le", "y", "e"}
)
_WINDOW: Final = 60  # characters before a name that can hold its cue
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?…:;\n\"«“(\[•-])[\s\"'«»“”¡¿(\[*-]*$")
# What stands before a place, a saint or a brand that is called like a person.
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:san|santa|santo|saint|sainte|st|ste|s[aã]o|port|fort|lake|cape|playa del|virgen del?"
    r"|rue|avenue|boulevard|place|calle|plaza|avenida"
    r"|paseo|hotel|hôtel|aeropuerto|a[ée]roport|airport|estación|estacion|gare|lycée|colegio|stade"
    r"|barrio|quartier|ville de|ciudad de|marque|marca|brand)[ .-]{1,3}$"
)
_IN: Final = re.compile(
    r"\b(?:in|near|at|around|across|to|from|via|of|en|hasta|desde|à|au|vers|depuis|de) $"
)
_OBJECT_AFTER: Final = re.compile(
    r"(?:\s| ?-)?(?:hebdo|romagne|tom\b|street|road|square|station|airport|avenue|hotel"
    r"|stadium|park|beach|[0-9]|['’]s (?:day|pizza))",
    re.IGNORECASE,
)
# Particles that open a surname with a capital after a title: "Mme Le Goff", "Mrs Van der Berg".
_PARTICLES: Final = frozenset(
    {"le", "la", "van", "von", "de", "del", "du", "des", "el", "ben", "di"}
)
_LIGHT_TITLE: Final = re.compile(
    r"(?<!\w)(?:(?P<short>sra?|srta|mmes?|mlle|mrs?)|madame|monsieur|mademoiselle"
    r"|señora?|señorita)\.? "
    rf"(?P<name>[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?)(?![\w'’])",
    re.IGNORECASE,
)
_LOWER: Final = re.compile(rf"(?<= )[{_LOW}]{{3,25}}(?:-[{_LOW}]{{3,25}})?(?![\w'’])")

_WORDS: Final = re.compile(r"[a-zß]{2,}")
_TITLES: Final = frozenset(
    {"sr", "sra", "srta", "mme", "mmes", "mlle", "mr", "mrs", "madame", "monsieur"}
    | {"mademoiselle", "senor", "senora", "senorita"}
)
_SELF_WORDS: Final = frozenset({"llamo", "nombre", "appelle", "nom", "name", "names"})

_DOTTED: Final = frozenset({"m", "mm", "d"})
_FRENCH: Final = frozenset({"m", "mm"})
_SPANISH: Final = frozenset({"don", "doña", "d", "dña"})

# Last word of a cue -> what must stand before it (a pattern that ends where that word begins).
_CUES: Final[dict[str, str]] = {
    **dict.fromkeys(ROLES, ""),
    **dict.fromkeys(ATTENDED, r"\b(?:me|nos|le) (?:ha |han )?"),
    **dict.fromkeys(RELATIVES, r"\b(?:mi|mis|mon|ma|mes|my|our|nuestr[oa]|notre) "),
    # Somebody of whom nothing is known but the name
    "tal": r"\b(?:una?|el|la) ",
    "certain": r"\b(?:un|a) ",
    "certaine": r"\bune ",
    # Spanish
    "por": r"\b(?:(?:atendid|ayudad|tratad|recibid|asesorad)[oa]s?|pregunt\w{1,5}) ",
    "con": r"\b(?:habl(?:é|e|ar|ado|amos|ando)|trat(?:é|ar|ado)|contact(?:é|ar|ado)) ",
    "parte": "",
    "especial": r"\ben ",
    "comercial": r"\b(?:el|la|una?|mi|su|nuestr[oa]) ",
    "nombre": r"\ba ",
    **dict.fromkeys(
        ("att", "att.", "atte", "atte.", "fdo.", "cdt", "cdlt", "soussigné", "soussignée"), ""
    ),
    **dict.fromkeys(("vous", "toi"), r"\bbien à "),
    "eu": r"\bj['’]ai ",
    **dict.fromkeys(
        ("llama", "llamaba"),
        r"\b(?:chic[oa]|señor(?:a|ita)?|persona|agente|emplead[oa]|técnic[oa]|asesora?|"
        r"operadora?)(?: que)? se ",
    ),
    # Spanish and French
    "a": r"\b(?:gracias(?: especiales)?|agradec(?:er|erle|ido)|felicitar|felicito|enhorabuena|"
    r"en especial|especialmente|mención especial|merci(?: beaucoup)?(?: encore)?|remerciements?|"
    r"bravo|parl[ée]) ",
    "à": r"\b(?:merci(?: beaucoup)?(?: encore)?|remerciements?|bravo|parl[ée]|eu affaire|"
    r"félicitations) ",
    "de": r"\b(?:parte|part|nom|clientèle|nombre) ",
    # French
    "par": r"\b(?:re[çc]ue?|accueillie?|servie?|conseillée?|aidée?|dépannée?|renseignée?|"
    r"accompagnée?)s? ",
    "avec": r"\b(?:parlée?|téléphone|discuté|échangé|contact|affaire) ",
    # English
    "to": r"\b(?:thanks(?: so much| again| a lot)?|thank you(?: so much)?|thankful|grateful|"
    r"sp(?:oke|oken|eaking|eak)|talked|talking|chatted|shout ?out|kudos|credit) ",
    "with": r"\b(?:sp(?:oke|oken|eaking|eak)|talked|talking|chatted|dealt) ",
    "by": r"\b(?:helped|served|assisted|seen|treated|greeted|dealt with|looked after|attended|"
    r"installed) ",
    "for": r"\b(?:praise|ask(?:ed)?) ",
    "of": r"\b(?:on behalf|in the name) ",
    **dict.fromkeys(
        ("called", "named"),
        r"\b(?:someone|somebody|man|woman|lady|guy|girl|gentleman|person|chap|agent|rep|nurse|"
        r"advis[eo]r|doctor|employee|colleague|member) ",
    ),
}
_BEFORE: Final = {word: re.compile(f"(?:{pattern})$") for word, pattern in _CUES.items() if pattern}

# What a form asks for, with its answer behind a colon.
_FIELD = re.compile(
    r"(?<!\w)(?i:nombre(?: y apellidos)?|apellidos?|pr[ée]nom|nom(?: de famille)?|name|surname"
    r"|first name|last name|fdo\.?|firmado|signé|signed)\s?:\s?"
    rf"(?P<name>{_WORD}(?: (?:{_GLUE})?{_WORD}){{0,3}})"
)
# After these only first name and surname together are a name: "soy Cliente" is not.
_PAIR: Final = re.compile(r"(?:^|\W)(?:soy|je suis|i am|i['’]m|this is|aquí|ici)$")
_SELF = re.compile(
    r"(?<!\w)(?i:me llamo|mi nombre(?: completo)? es|je m['’]appelle|mon nom est|"
    r"my name(?: is|['’]?s)):? "
    rf"(?P<name>[{_UP}{_LOW}]{{2,25}}"
    rf"(?:[ '’-](?:{_GLUE})?[{_UP}{_LOW}][{_UP}{_LOW}]{{1,25}}){{0,3}})(?!\w)"
)


@cache
def _no_names() -> frozenset[str]:
    return NOT_NAMES.union(*map(function_words, ("en", "es", "fr")))


def find_names(text: str, language: str | None) -> Iterator[Hit]:
    """Find names of people.

    Those after titles and cues, whatever they are; given names that nothing announces, with the
    surname behind them, where they have a capital; and names in small letters after "my name is",
    a title, or, where they are listed, a cue. With a trained pipeline installed, also what that
    finds.

    Args:
        text: a comment.
        language: of the comment, for titles and words that are also names.

    Yields:
        Start and end of each name; they may overlap.
    """
    words = frozenset(_WORDS.findall(folded(text)))
    yield from _announced(text, words)
    if not words.isdisjoint(_TITLES):
        yield from _after_titles(text, language)
    listed = not words.isdisjoint(_listed())
    if not words.isdisjoint(given_names()):
        yield from _in_small_letters(text)
    for match in _SEQUENCE.finditer(text):
        yield from _cued(text, match, language)
        if listed:
            yield from _given(text, match, language)
    yield from people(text, language)


def _announced(text: str, words: frozenset[str]) -> Iterator[Hit]:
    """Names after "name:", "signed:", "my name is"; ``words`` are the text's, folded."""
    if ":" in text:
        for match in _FIELD.finditer(text):
            yield from _hit(match.start("name"), match["name"])
    for match in () if words.isdisjoint(_SELF_WORDS) else _SELF.finditer(text):
        name = _own_name(match["name"])
        if name[0].isupper():
            yield from _hit(match.start("name"), name)
        elif name.split(" ", 1)[0] not in _no_names():
            yield match.start("name"), match.start("name") + len(name)


def _own_name(found: str) -> str:
    """Cut "rosa gil vivo en": a word in small letters is of the name when no dictionary has it."""
    words = found.split(" ")
    if words[0][:1].isupper():
        end = next((i for i, w in enumerate(words) if i and not _continues(w)), len(words))
        return " ".join(words[:end])
    kept = words[:1]
    for word in words[1:]:
        if word in _no_names() or not (
            word[:1].isupper()
            or folded(word) in _listed()
            or folded(kept[-1]) in given_names()
            or not _is_word(word)
        ):
            break
        kept.append(word)
    return " ".join(kept)


def _continues(word: str) -> bool:
    return word[:1].isupper() or folded(word) in _LINKS


def _cued(text: str, match: re.Match[str], language: str | None) -> Iterator[Hit]:
    """What of a run of capitalised words a cue says to be a name."""
    found, start = match[0], match.start()
    gap = 2 if text[max(0, start - 2) : start] == " (" else 1
    if start > gap and text[start - gap] == " " and text[start - gap - 1] != " ":
        before = text[max(0, start - _WINDOW) : start - gap + 1].lower()
        last = before.rsplit(None, 1)[-1] if before.strip() else ""
        titled = _is_title(last.lstrip("(\"'"), language)
        if titled or (not _shouts(found) and _is_cued(before[:-1], last)):
            yield from _hit(match.start(), found, particles=titled)
        elif " " in found and _PAIR.search(before[:-1]) and " " in (name := _trim(found)):
            yield match.start(), match.start() + len(name)
    first, space, rest = found.partition(" ")
    if space and first.lower() in ROLES and not _shouts(rest):
        yield from _hit(match.start() + len(first) + 1, rest)


def _given(text: str, match: re.Match[str], language: str | None) -> Iterator[Hit]:
    """A listed name in a run of capitalised words, and what follows it there."""
    found, place = match[0], match.start()
    for word in found.split(" "):
        plain = folded(word).split("-", 1)[0]
        if plain in _listed() and word[0].isupper() and not (len(word) > 1 and word.isupper()):
            before = text[max(0, place - 20) : place]
            if _PLACE_BEFORE.search(before.lower()) or _OBJECT_AFTER.match(text, place + len(word)):
                return  # "rue Victor Hugo": nor is what follows a person
            if plain in given_names() or (
                (plain in doubtful_names() or plain in word_names(language))
                and not _could_be_a_word(before)
            ):
                yield from _hit(place, found[place - match.start() :], listed=True)
                return
        place += len(word) + 1


def _could_be_a_word(before: str) -> bool:
    """Whether a capital where it stands says nothing, or a place could stand there."""
    return bool(
        _SENTENCE_START.search(before) or _capital_before(before) or _IN.search(before.lower())
    )


def _capital_before(before: str) -> bool:
    last = before.split()[-1:]
    return bool(last) and last[0][:1].isupper()


def _after_titles(text: str, language: str | None) -> Iterator[Hit]:
    for match in _LIGHT_TITLE.finditer(text):
        name = match["name"]
        if (
            name[0].islower()
            and name not in _no_names()
            and name not in ROLES
            and name not in TITLES
            and (match["short"] or not _is_word(name, language))
        ):
            yield match.span("name")


def _in_small_letters(text: str) -> Iterator[Hit]:
    for match in _LOWER.finditer(text):
        if folded(match[0]).split("-", 1)[0] in given_names():
            before = text[max(0, match.start() - _WINDOW) : match.start() - 1].lower()
            last = before.rsplit(None, 1)[-1] if before.strip() else ""
            if last and _is_cued(before, last):
                yield match.span()


def _is_word(word: str, language: str | None = None) -> bool:
    """Whether a dictionary knows a word; the English one knows surnames too, so it is not asked."""
    import simplemma

    known = (language,) if language in ("es", "fr") else ("es", "fr")
    return any(simplemma.is_known(word.lower(), code) for code in known)


@cache
def _listed() -> frozenset[str]:
    return given_names() | doubtful_names() | word_names()


def _hit(start: int, found: str, *, particles: bool = False, listed: bool = False) -> Iterator[Hit]:
    name = _trim(found, particles=particles, listed=listed)
    if name:
        yield start, start + len(name)


def _is_title(word: str, language: str | None) -> bool:
    """Whether a word is a title; "M." is one in French, "Don" in Spanish."""
    bare = word.removesuffix(".")
    if bare not in TITLES:
        return False
    if bare in _DOTTED and not word.endswith("."):
        return False
    if bare in _FRENCH:
        return language in {None, "fr"}
    return bare not in _SPANISH or language in {None, "es"}


def _shouts(name: str) -> bool:
    """Capitals throughout are a name after a title only."""
    first = name.split(" ", 1)[0]
    return len(first.strip(".")) > 1 and first.isupper()


def _is_cued(before: str, last: str) -> bool:
    if last in ARTICLES:
        before = before[: len(before) - len(last)].rstrip()
        last = before.rsplit(None, 1)[-1] if before else ""
    word = last.rstrip(":,").replace("’", "'").lstrip("(\"'¡¿")
    if word not in _CUES:
        word = word.rsplit("'", 1)[-1]
    if word not in _CUES:
        return False
    condition = _BEFORE.get(word)
    head = before[: len(before) - len(last)]
    return condition is None or condition.search(head) is not None


def _trim(name: str, *, particles: bool = False, listed: bool = False) -> str:
    """Cut a run of capitalised words before the first that cannot be part of a name."""
    kept: list[str] = []
    words = name.split(" ")
    for at, word in enumerate(words):
        bare = word.strip(".").casefold()
        capital = word[:1].isupper() or not kept
        opens = not kept and (listed or (particles and at + 1 < len(words) and bare in _PARTICLES))
        if capital and len(bare) > 1 and bare in _no_names() and not opens:
            break
        kept.append(word)
    # Neither a particle nor a bare letter ends a name: "Ana I" is "Ana. I ...".
    while kept and not (kept[-1][:1].isupper() and _ends_name(kept)) and len(kept) > 1:
        kept.pop()
    return " ".join(kept) if kept and len(kept[0].strip(".")) + len(kept) > 2 else ""


def _ends_name(kept: list[str]) -> bool:
    return len(kept[-1]) > 1

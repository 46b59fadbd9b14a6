"""The words that announce a name, and what must stand before them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from analyzer.text.functionwords import function_words
from analyzer.text.given import folded
from analyzer.text.wordlists import ARTICLES, ATTENDED, NOT_NAMES, RELATIVES, ROLES, TITLES

__all__ = ["WINDOW", "is_announced", "is_cued", "is_title", "never_names"]

WINDOW: Final = 60  # characters before a name that can hold its cue

_DOTTED: Final = frozenset({"m", "mm", "d"})
_FRENCH: Final = frozenset({"m", "mm"})
_SPANISH: Final = frozenset({"don", "doña", "d", "dña"})

# Things that are called something, before "called".
_NO_THING: Final = "".join(
    rf"(?<!\b{thing} )"
    for thing in (
        "bar", "restaurante", "restaurant", "hotel", "hôtel", "bus", "tour", "sitio", "lugar",
        "plato", "programa", "producto", "servicio", "empresa", "entreprise", "société",
        "service", "produit", "site", "application", "offre", "agence", "playa", "ciudad",
        "ville", "calle", "tienda",
    )
)  # fmt: skip

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
    **dict.fromkeys(("llamado", "llamada", "nommé", "nommée", "prénommé", "prénommée"), _NO_THING),
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
    "de": r"\b(?:(?:por|de|x) parte|part|nom|clientèle|nombre) ",
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
    "of": r"\b(?:on behalf|(?:in|under) the name) ",
    "name": r"\bunder (?:the|my) ",
    **dict.fromkeys(
        ("called", "named"),
        r"\b(?:someone|somebody|man|woman|lady|guy|girl|gentleman|person|chap|agent|rep|nurse|"
        r"advis[eo]r|doctor|employee|colleague|member) ",
    ),
}


def _plain(cues: dict[str, str]) -> dict[str, re.Pattern[str] | None]:
    """The same cues as people write them who leave accents out; "a" is "à" then."""
    joined: dict[str, list[str]] = {}
    for word, pattern in cues.items():
        joined.setdefault(folded(word), []).append(folded(pattern))
    return {
        word: None if "" in patterns else re.compile(f"(?:{'|'.join(patterns)})$")
        for word, patterns in joined.items()
    }


_BEFORE: Final = _plain(_CUES)


@cache
def never_names() -> frozenset[str]:
    """Return words that are no names even with a capital, in small letters."""
    return NOT_NAMES.union(*map(function_words, ("en", "es", "fr")))


def is_announced(text: str, end: int) -> bool:
    """Whether the words of text[:end] say that a name follows."""
    before = text[max(0, end - WINDOW) : end].lower()
    return bool(before.strip()) and is_cued(before, before.rsplit(None, 1)[-1])


def is_title(word: str, language: str | None) -> bool:
    """Whether a word is a title; "M." is one in French, "Don" in Spanish."""
    bare = word.removesuffix(".")
    if bare not in TITLES:
        return False
    if bare in _DOTTED and not word.endswith("."):
        return False
    if bare in _FRENCH:
        return language in {None, "fr"}
    return bare not in _SPANISH or language in {None, "es"}


def is_cued(before: str, last: str) -> bool:
    """Whether text in small letters, of which ``last`` is the last word, announces a name."""
    if last in ARTICLES:
        before = before[: len(before) - len(last)].rstrip()
        last = before.rsplit(None, 1)[-1] if before else ""
    word = _fold(last.rstrip(":,").replace("’", "'").lstrip("(\"'¡¿"))
    if word not in _BEFORE:
        word = word.rsplit("'", 1)[-1]
    if word not in _BEFORE:
        return False
    condition = _BEFORE[word]
    head = before[: len(before) - len(last)]
    return condition is None or condition.search(_fold(head)) is not None


def _fold(lower: str) -> str:
    return lower if lower.isascii() else folded(lower)

"""Names of employees and customers in the user's own columns."""

from __future__ import annotations

import re
from typing import Final

from analyzer.text.cues import never_names
from analyzer.text.given import folded, listed_names, surnames
from analyzer.text.smallnames import is_word
from analyzer.text.wordlists import NOT_NAMES

__all__ = ["is_person", "is_staff", "is_who"]

_PEOPLE: Final = re.compile(
    r"(?:^|[^a-z])(?:agente?s?|advis[eo]rs?|asesora?s?|conseiller(?:e|s)?|consultants?"
    r"|owner|assignee|handler|handled|employee|empleado|employe|staff|technicians?"
    r"|tecnico|technicien|sellers?|vendeur|vendedora?|manager|gestora?|gestionnaire|operadora?|operateur"
    r"|customer|cliente?|person|doctor)"
)
# Headers that say nothing but who it was: there a single word, or a login, is a name too.
_WHO: Final = re.compile(
    r"(?:(?:nombre|nom|name|full name|usuario|user|login|id)[^a-z]+(?:de[l ]?|du|of)?[^a-z]*)?"
    r"(?:agente?s?|advis[eo]rs?|asesora?|asesor(?:es|as)|conseiller(?:e|s)?|consultants?|assignee|handler"
    r"|employees?|emplead[oa]s?|employee?s?|staff|technicians?|tecnic[oa]s?|technicien(?:ne)?s?|sellers?"
    r"|salesperson|vendeu(?:r|se)s?|vendedor(?:a|es|as)?|gestor(?:a|es)?|gestionnaire|operador(?:a|es)?"
    r"|operateur|operatrice|operator|teleoperador(?:a|es)?|comercial|commercial|dependient[ea]s?"
    r"|camarer[oa]s?|waiter|waitress|serveu(?:r|se)|cajer[oa]s?|cashier|repartidor(?:a|es)?|livreur"
    r"|driver|conductor|chauffeur|courier|instalador(?:a|es)?|installer|engineer|fitter|doctor(?:a|es)?"
    r"|medic[oa]s?|medecin|nurse|enfermer[oa]s?|infirmiere?|supervisor(?:a|es)?|superviseur"
    r"|interlocuteur|interlocutrice|representative|rep|(?:case |ticket )?owner"
    r"|(?:account|store) manager|resolutor(?:a|es)?"
    r"|(?:atendid[oa]s?|gestionad[oa]s?|tramitad[oa]s?|asignad[oa]s?|creado|cerrado|vendid[oa]s?"
    r"|realizad[oa]s?|instalad[oa]s?)[^a-z]+(?:por|a)"
    r"|(?:handled|served|assisted|assigned|attended|managed|created|closed|sold|solved|resolved"
    r"|answered|installed)[^a-z]+(?:by|to)"
    r"|(?:traitee?|geree?|suivie?|assignee?|servie?|vendue?|cree|accueillie?|repondu)[^a-z]+(?:par|a))"
    r"(?:[^a-z]+(?:name|nombre|nom|asignad[oa]|assigned|login|user|usuario))?[^a-z]*"
)
_NAME: Final = re.compile(r"[^\W\d_]\.|[^\W\d_][^\W\d_'’-]*+(?:['’-][^\W\d_]+)*")
_PARTS: Final = re.compile(r"[^\W\d_]+")
_LOGIN: Final = re.compile(r"[^\W\d_]+(?:[._-][^\W\d_]+){0,2}\d{0,4}")
_MOST_WORDS: Final = 4
_SHORTEST: Final = 3  # letters of a name in a login


def is_staff(header: str) -> bool:
    """Whether a column is called after people: "agent", "asesor", "atendido por"."""
    plain = folded(header)
    return bool(_PEOPLE.search(plain)) or is_who(header)


def is_who(header: str) -> bool:
    """Whether a column says who it was and nothing else: "Vendedor", not "customer type"."""
    return _WHO.fullmatch(folded(header).strip()) is not None


def is_person(value: str, *, who: bool) -> bool:
    """Whether a value of a column of people is a name.

    Args:
        value: what the column says.
        who: the column says who it was and nothing else: there a name may have one word, small
            letters, or be a login ("m.lopez").
    """
    words = value.replace(",", " ").split()
    if {word.casefold() for word in words} & NOT_NAMES or not 0 < len(words) <= _MOST_WORDS:
        return False
    plain = all(map(_NAME.fullmatch, words))
    if len(words) > 1 and plain and all(word[0].isupper() for word in words):
        return True
    if not who or not (plain or (len(words) == 1 and _LOGIN.fullmatch(value))):
        return False
    return any(map(_is_name, _PARTS.findall(value)))


def _is_name(word: str) -> bool:
    """Whether a word is a listed name, or none that a dictionary has."""
    plain = folded(word)
    if len(plain) < _SHORTEST or plain in never_names():
        return False
    return plain in listed_names() or plain in surnames() or not is_word(plain, every=True)

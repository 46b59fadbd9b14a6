"""The numbers of orders, contracts and cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.identifiers import NOT_A_UNIT, Hit, Rule

__all__ = ["REFERENCES"]

_CUES = (
    r"pedidos?|expediente|factura|contrato|reserva|incidencia|tique|ticket|ticketnr|referencia|r[eé]f\.?|cliente|"
    r"p[oó]liza|siniestro|caso|reclamaci[oó]n|albar[aá]n|seguimiento|localizador|cuenta|tarjeta|abonado|"
    r"env[ií]o|gu[ií]a|orden|socio|usuario|dni|nie|nif|iban|tracking|"
    r"commande|dossier|contrat|facture|r[ée]servation|r[ée]f[ée]rence|client|police|sinistre|"
    r"r[ée]clamation|"
    r"colis|suivi|allocataire|assur[ée]|matricule|compte|carte|adh[ée]rent|"
    r"soci[ée]taire|abonn[ée]|s[ée]curit[ée] sociale|s[ée]cu|"
    r"order|parcel|shipment|paquete|case|invoice|booking|reservation|reference|account|contract|customer|policy|claim|acct|acc|cta|cpte|"
    r"confirmation|"
    r"pnr|membership|member|card|complaint"
)
_MARK = (
    r"(?P<mark>n[º°]?(?!\w)|n\.?[oº°]\.?|nos?\.|nro\.?|num\b\.?|n[uú]m(?:ero)?\b\.?|num[eé]ro\b|number\b|numbers\b|no\b|"
    r"#|id\b|ref\b\.?|r[eé]f\b\.?|c[oó]digo\b|code\b)"
)
_LINKS = (
    r"(?:es(?: el| la)?\b|is\b|was\b|est(?: le| la)?\b|:|=|\(|de (?:pedido|cliente?|commande|"
    r"contrat|dossier|suivi|seguimiento)\b)"
)
# The body is taken whole or not at all. Groups with a possessive quantifier would say so too, but
# find too little before Python 3.11.5 (gh-106052).
_VALUE = re.compile(
    r"(?<![^\W_])(?<![\w#][-/.,])(?=[A-Za-z/-]{0,12}\d)"
    r"(?=(?P<body>[A-Za-z0-9](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){2,29}(?: \d{3,6}(?!\d)){0,4}))"
    r"(?P=body)(?:(?<=\d{5}) [A-Z](?!\w))?(?![\w-])(?![.,:]\d)" + NOT_A_UNIT
)
_REF_CUE = re.compile(
    r"(?i)(?P<first>(?:n[º°]|\bnum|\bn[uú]mero|\bnum[eé]ro|\bc[oó]digo|\bnumber|\bid) (?:de |of )?"
    r"(?:la |el |le |the |my |mi |mon |d['’])?)?"
    r"(?<![\w-])(?:"
    + _CUES
    + r")s?(?!\w)(?:[ ]{0,2}(?:"
    + _MARK
    + "|"
    + _LINKS
    + r")){0,4}[ ]{0,2}$"
)
# Bookings have codes of letters with a digit or two.
_LOCATOR = re.compile(r"(?=[A-Z]{0,6}\d)[A-Z0-9]{5,7}")
_LOCATOR_CUE = re.compile(r"(?i)localizador|booking|reserva|r[ée]servation|pnr|confirmation|r[eé]f")
_WINDOW: Final = 60  # characters before a number that can hold its cue
_LEAST_DIGITS: Final = 3
_LIST_DIGITS: Final = 6  # of one more number behind a reference
_AND: Final = re.compile(r"(?: ?[,;/&]| y| et| and| :)? ?:? ?")
_NOT_REF = re.compile(
    r"(?i)(?:(?:19|20)\d{2}(?:[-/](?:19|20)?\d{2})?"  # years
    r"|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}|\d{1,3}[-/]\d{1,3}[a-z]{0,5}"  # dates, ranges, scores
    r"|\d{1,2}h\d{0,2}|\d{1,4}[a-z€]{1,6})"  # times, amounts with their unit
)


def _references(text: str) -> Iterator[Hit]:
    """Order, contract, case and customer numbers after the word that says so."""
    end = -1  # of the reference before this value
    for match in _VALUE.finditer(text):
        value = match[0]
        digits = sum(c.isdigit() for c in value)
        if digits >= _LIST_DIGITS and end >= 0 and _AND.fullmatch(text, end, match.start()):
            end = match.end()
            yield match.span()
            continue
        code = _LOCATOR.fullmatch(value)
        if digits < _LEAST_DIGITS and not code:
            continue
        cue = _REF_CUE.search(text[max(0, match.start() - _WINDOW) : match.start()])
        if not cue:
            continue
        marked = bool(cue["mark"] or cue["first"])
        mixed = any(c.isupper() for c in value) or (marked and any(c.isalpha() for c in value))
        enough = digits >= (_LEAST_DIGITS if marked or mixed else 5)
        if (code and _LOCATOR_CUE.search(cue[0])) or (
            enough and (value[0].isupper() or not _NOT_REF.fullmatch(value))
        ):
            end = match.end()
            yield match.span()


REFERENCES: Final = Rule("REF", _references, digits=1)

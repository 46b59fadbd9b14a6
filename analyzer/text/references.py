"""Postal addresses, and the numbers of orders, contracts and cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.identifiers import NOT_A_UNIT, Hit, Rule

__all__ = ["ADDRESSES", "REFERENCES"]

# Addresses ------------------------------------------------------------------------------------

_CAP = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þa-zß-öø-ÿœ'’-]{1,25}"
_LOW = r"[a-zß-öø-ÿœ'’-]{2,20}"

_OF_ES = r"(?:(?:de la|de las|de los|del|de|la|las|los|el) )?"
_ADDRESS_ES = re.compile(
    r"(?<!\w)(?:(?i:c/|calle|c\.|avda\.?|avenida|av\.|av(?= )|plaza|pza\.?|pl\.|paseo|pº|camino"
    r"|carretera|ctra\.?|ronda|traves[ií]a|urbanizaci[oó]n|urb\.|glorieta|callej[oó]n|cuesta)) ?"
    rf"(?:{_OF_ES}{_CAP}(?: (?:de la|de los|de|del|y) ?{_CAP}| {_CAP}){{0,4}},? "
    r"(?:n(?:[uú]m(?:ero)?\b)?\.?[º°o]? ?)?\d{1,4}"
    rf"|(?<=[cC]alle ){_OF_ES}{_LOW}(?:,? n[º°o.]{{1,2}} ?|, )\d{{1,4}})"
    rf"(?!\w|[.,:]\d){NOT_A_UNIT}"
    r"(?:,? (?:piso )?\d{1,2}[º°ª]?(?:-\d{1,2}\b| ?[A-Za-z]\b| izq\.?| dcha\.?)?)?"
    rf"(?:,? (?:CP )?\d{{5}}\b(?: {_CAP})?)?"
)
# Streets with numbers: "Carrera 15 # 93-47 apto 501".
_ADDRESS_CO = re.compile(
    r"(?<!\w)(?i:carrera|cra|kra|kr|calle|cl|cll|diagonal|dg|transversal|tv|avenida|av)\.? "
    r"\d{1,3}(?: ?[A-Z](?!\w))?(?: (?i:bis|sur|norte|este|oeste))?,? (?:#|[Nn][oº°]\.?) ?"
    r"\d{1,3} ?[A-Z]? ?- ?\d{1,3}(?!\w)"
    r"(?:,? (?i:apto|apartamento|casa|torre|of|oficina|int|interior)\.? \w{1,5})?"
)
_GRAN_VIA = re.compile(r"(?<!\w)(?i:gran v[ií]a),? \d{1,3}(?!\w)(?:,? \d{1,2}[º°ª] ?[A-Z]?\b)?")
_OF_FR = r"(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|et) ?)?"
_NO_STREET = r"(?:par|et|ou|sans|dans|plus|en|à|au|qui|que|est|sont|barr|ferm|bloqu|pour|sur|avec)"
_ADDRESS_FR = re.compile(
    r"(?<![\w.,])\d{1,4}(?: ?(?:bis|ter|quater)\b)?,? "
    rf"(?:(?i:rue|boulevard|bd|blvd|impasse|all[ée]es?|avenue|av\.?) {_OF_FR}"
    rf"(?:{_CAP}|(?!{_NO_STREET}){_LOW})"
    rf"(?: {_OF_FR}{_CAP}){{0,4}}"
    rf"|(?i:place|chemin|quai|square|route|cours) {_OF_FR}{_CAP}(?: {_OF_FR}{_CAP}){{0,3}})"
    rf"(?:,? \d{{5}}\b(?: {_CAP})?)?"
)
_TITLED = r"[A-Z][a-z'’-]{1,20}"
_ADDRESS_EN = re.compile(
    r"(?<![\w.,])(?:(?:Flat|Apt|Apartment|Unit) \w{1,4},? )?\d{1,5}[a-zA-Z]?,? "
    rf"(?:{_TITLED} (?:{_TITLED} ){{0,2}}"
    r"(?:Street|Str|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Terrace|Crescent|Gardens|"
    r"Grove|Boulevard|Blvd|Hill)\b"
    r"|(?!way|miles?|min|mins|minutes?|lane|star|busy|main|hour|day|blocks?)[a-z'’-]{3,20} "
    r"(?:street|road|avenue)\b)\.?"
    rf"(?:,? (?:{_TITLED},? )?[A-Z]{{1,2}}\d{{1,2}}[A-Z]? \d[A-Z]{{2}}\b)?"
)


# In small letters where the words before say that an address comes.
_ADDRESS_TOLD = re.compile(
    r"(?i)\b(?:direcci[oó]n|domicilio|vivo|vivimos|resido|env[ií]\w{1,5}|entreg\w{1,5})\b[^.\n\d]{0,20}?"
    r"\b(?P<value>(?:calle|avenida|plaza|paseo|camino|ronda) (?:(?:de|del|los|las|la|el) ){0,2}"
    r"[a-zß-öø-ÿ]{3,20}(?: [a-zß-öø-ÿ]{2,20}){0,2},? (?:n[º°o.]{1,2} ?)?\d{1,4})(?!\w|[.,:]\d)"
    + NOT_A_UNIT
)
_ADDRESS_BOX = re.compile(
    r"(?<!\w)(?i:p\.?\s?o\.? ?box|apartado(?: de correos)?|apdo\.?) ?\d{2,6}(?!\w)"
)


# What a text must hold to have one: looking for it is quicker than trying the pattern everywhere.
_ADDRESSES: Final = (
    (
        _ADDRESS_ES,
        ("c/", "calle", "c.", "av", "pla", "pza", "pl.", "paseo", "pº", "camino", "carretera",
         "ctra", "ronda", "traves", "urb", "glorieta", "cuesta"),
    ),
    (
        _ADDRESS_FR,
        ("rue", "b", "impasse", "all", "av", "place", "chemin", "quai", "square", "route", "cours"),
    ),
    (_ADDRESS_EN, ()),
    (_GRAN_VIA, ("gran v",)),
    (_ADDRESS_CO, ("#", "no", "nº", "n°")),
    (_ADDRESS_TOLD, ("calle", "avenida", "plaza", "paseo", "camino", "ronda")),
    (_ADDRESS_BOX, ("box", "apartado", "apdo")),
)  # fmt: skip


def _addresses(text: str) -> Iterator[Hit]:
    lower = text.lower()
    for pattern, signs in _ADDRESSES:
        if signs and not any(sign in lower for sign in signs):
            continue
        for match in pattern.finditer(text):
            yield match.span("value" if "value" in pattern.groupindex else 0)


# References -----------------------------------------------------------------------------------

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


ADDRESSES: Final = Rule("ADDRESS", _addresses, digits=1)
REFERENCES: Final = Rule("REF", _references, digits=1)

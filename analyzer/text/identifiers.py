"""Numbers and codes that point at one person: shapes here, checksums from python-stdnum.

Every pattern is linear in the length of the text: repetitions are bounded or possessive, and no
two neighbours can match the same character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from typing import Final

__all__ = ["NOT_A_UNIT", "NOT_MONEY", "PLATES", "RULES", "Hit", "Rule", "group"]

Hit = tuple[int, int]

_MONEY = (
    r"[€$£%°]|(?i:euros?|eur|usd|gbp|pounds?|libras?|livres?|dollars?|d[oó]lares|pesos|mxn|"
    r"millones)\b"
)
# What follows a number that costs something. A telephone number counts nothing else: "06 12 34 56
# 78 personne ne répond", "0161 715 3000 to sort it out".
NOT_MONEY: Final = rf"(?!\s{{0,2}}(?:{_MONEY}))"
# What follows a number that counts or costs something. More than four digits in a row count nobody.
NOT_A_UNIT: Final = (
    rf"(?!\s{{0,2}}(?:{_MONEY}|(?i:mil|d[ií]as?|jours?|days?|horas?|heures?|hours?|hrs?|h|min|mins|"
    r"minutos?|minutes?|"
    r"semanas?|semaines?|weeks?|mes|meses|mois|months?|a[nñ]os?|ans?|ann[ée]es?|years?|veces|fois|"
    r"times?|km|kms|kg|gr?|mg|[mgt]b|[mgt]o|mbps)\b|(?<!\d{5})(?<!\d{5}\s)(?<!\d{5}\s\s)"
    r"(?i:puntos?|points?|personas?|personnes?|people|clientes?|clients?|customers?)\b))"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One type of identifier.

    Attributes:
        kind: one of `placeholders.TYPES`.
        find: from a text to the (start, end) of every value in it.
        digits: how many digits a text must have to hold one.
        signs: pieces of text in lower case, one of which must be there; empty for no such need.
    """

    kind: str
    find: Callable[[str], Iterator[Hit]]
    digits: int = 0
    signs: tuple[str, ...] = ()

    def may_be_in(self, lower: str) -> bool:
        """Whether a text in small letters has one of the signs."""
        # any() takes twice as long
        for sign in self.signs:  # noqa: SIM110
            if sign in lower:
                return True
        return False


@cache
def _valid(module: str, **options: bool) -> Callable[[str], bool]:
    """The validity check of one python-stdnum module, imported when first asked for."""
    validate: Callable[..., str] = import_module(f"stdnum.{module}").validate
    invalid: type[Exception] = import_module("stdnum.exceptions").ValidationError

    def check(value: str) -> bool:
        try:
            validate(value, **options)
        except invalid:
            return False
        return True

    return check


def _checked(pattern: str, module: str, **options: bool) -> Callable[[str], Iterator[Hit]]:
    compiled = re.compile(pattern)

    def find(text: str) -> Iterator[Hit]:
        for match in compiled.finditer(text):
            if _valid(module, **options)(re.sub(r"[ .\-/]", "", match[0]).upper()):
                yield match.span()

    return find


def group(pattern: str) -> Callable[[str], Iterator[Hit]]:
    """Find the group ``value`` of a pattern that needs no further check."""
    compiled = re.compile(pattern)

    def find(text: str) -> Iterator[Hit]:
        for match in compiled.finditer(text):
            yield match.span("value")

    return find


_IBAN = re.compile(
    r"(?<![^\W_])(?:[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}"
    # people put the country by itself
    r"|[A-Z]{2}[ -]\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9]))"
)


def _ibans(text: str) -> Iterator[Hit]:
    """An IBAN ends where its country says, not where the run of letters and digits does."""
    for match in _IBAN.finditer(text):
        run = match[0]
        for length in range(len(run), 14, -1):
            at_border = (
                length == len(run) or not run[length].isalnum() or not run[length - 1].isalnum()
            )
            if at_border and run[length - 1].isalnum() and _valid("iban")(run[:length]):
                yield match.start(), match.start() + length
                break


_CARD = re.compile(r"(?<![\w.,+-])[23456]\d{3}(?:[ .-]?\d){9,15}(?![\w])(?![.,]\d)")


def _cards(text: str) -> Iterator[Hit]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(set(digits)) > 1 and _valid("luhn")(digits):
            yield match.span()


_PLATE = re.compile(
    r"(?<![\w-])(?:(?P<es>\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3})"
    r"|(?P<fr>[A-HJ-NP-TV-Z]{2}(?P<sep>[ -])\d{3}(?P=sep)[A-HJ-NP-TV-Z]{2})"
    r"|(?P<uk>[A-HJ-PR-Y]{2}(?:0[1-9]|[1-7]\d) ?(?!ZZZ)[A-HJ-PR-Z]{3}))(?![\w-])"
)
# Whatever stands right behind the word for a plate, of any country, with letters and digits.
_PLATE_TOLD = re.compile(
    r"(?<!\w)(?i:matr[ií]cula|placas?|plaque|immatricul[ée]e?s?"
    r"|immatriculation|immat\.?|number ?plate|plate"
    r"|reg(?:istration)?)(?: (?i:n[º°o]|number|no|es|est|is|era|was)\b\.?)?[ :]{1,3}"
    r"(?P<value>(?=[A-Z0-9 -]{0,9}\d)(?=[0-9 -]{0,6}[A-Z])"
    r"[A-Z0-9]{1,7}(?:[ -][A-Z0-9]{1,4}){0,2}"
    r"|\d{4}[ -]?[a-z]{3}|[a-z]{2}[ -]?\d{3}[ -]?[a-z]{2}|[a-z]{2}\d{2} ?[a-z]{3})(?![\w-])"
)
_PLATE_CUE = re.compile(
    r"(?i)\b(?:matr[ií]culas?|coche|veh[ií]culo|moto|furgoneta|auto|placas?|voiture|v[ée]hicule|plaque|"
    r"immat(?:ricul\w{1,8})?|moto|scooter|camion|cami[oó]n|taxi|car|vehicle|van|reg|registration|plate"
    r"|aparqu\w{1,5}|aparcad[oa]|estacion\w{2,6}|gr[uú]a|gar[ée]e?|stationn\w{1,6}|fourri[èe]re|parked"
    r"|towed)\b"
)


def _plates(text: str) -> Iterator[Hit]:
    """Spanish ones, and French ones without hyphens, are plates only where a vehicle is named."""
    for match in _PLATE.finditer(text):
        sure = match["uk"] or match["sep"] == "-"
        if sure or _PLATE_CUE.search(text, max(0, match.start() - 45), match.start()):
            yield match.span()
    for match in _PLATE_TOLD.finditer(text):
        if 5 <= sum(c.isalnum() for c in match["value"]) <= 9:
            yield match.span("value")


_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){3,7})(?![\w:])(?!\.\d)"
)
_VERSION = re.compile(r"(?i)(?:\bv|\bver|versi[oó]n|version|firmware|build|release)\.? ?$")


def _ips(text: str) -> Iterator[Hit]:
    for match in _IP.finditer(text):
        try:
            ip_address(match[0])
        except ValueError:
            continue
        if not _VERSION.search(text, max(0, match.start() - 12), match.start()):
            yield match.span()


_MONTHS = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|"
    r"diciembre|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|"
    r"d[ée]cembre|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_BIRTHDATE = group(
    r"(?i)\b(?:nac[ií]|naci[oó]|nacid[oa]s?|nacimiento|f\.? ?nac\.?|cumpleaños|n[ée]e?s? le|"
    r"naissance|born|birth|birthdate|birthday|d\.?o\.?b\.?)(?!\w)(?:(?!depuis|desde|since)[^\d\n]){0,20}?"
    r"(?P<value>\d{1,2}(?:[ ./-]{1,2})\d{1,2}[ ./-]{1,2}(?:\d{4}|\d{2})"
    r"|\d{4}-\d{2}-\d{2}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
    r"|\d{1,2}(?:er|st|nd|rd|th)?(?: de| of)? " + _MONTHS + r"\.?(?: del?)?,? \d{2,4}"
    r"|" + _MONTHS + r"\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\w)"
)

_PASSPORT = group(
    r"(?i)\b(?:pasaporte|passeport|passport)\b[^\d\n]{0,20}?"
    r"(?P<value>\b(?:[A-Z]{1,3} ?\d{5,8}|\d{2}[A-Z]{2}\d{5}|\d{8,9})\b)"
)
_NUSS = group(
    r"(?i)\b(?:seguridad social|nuss|nass|naf|n[ºo°]? ?s\.?s\.?|afiliaci[oó]n|seg\.? social)(?!\w)"
    r"[^\d\n]{0,20}?"
    r"(?P<value>\d{2}[ /-]?\d{8}[ /-]?\d{2})(?!\d)"
)
_NINO = group(
    r"(?<![\w-])(?P<value>(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])"
    r"(?P<gap>[ -]?)\d{2}(?P=gap)\d{2}(?P=gap)\d{2}(?P=gap)[A-D])(?![\w-])"
)
_TOLD_NINO = group(
    r"(?i)\b(?:NINO|(?:NI|national insurance) ?(?:number|num|no)\b\.?|national insurance)"
    r"[^\w\n]{0,3}(?:is )?"
    r"(?P<value>[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}(?:[ -]?[A-Z])?)(?![\w-])"
)
# Numbers of the state and of banks that look like dates or like nothing.
_STATE = group(
    r"(?i)\b(?:ssn|social security(?: number| no\.?)?)\b[^\d\n]{0,12}?"
    r"(?P<value>\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)"
)
_SORT_CODE = group(r"(?i)\bsort ?code\b[^\d\n]{0,12}?(?P<value>\d{2}[ -]?\d{2}[ -]?\d{2})(?!\d)")
_SIREN_CUE = group(
    r"(?i)\bsir(?:en|et)\b[^\d\n]{0,12}?(?P<value>\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?)(?!\d)"
)

# Numbers of people in Latin America, which have no letter and no checksum that all share.
_NATIONAL = group(
    r"(?i)\b(?:dni|documento(?: de identidad| nacional de identidad)?|c[eé]dula(?: de ciudadan[ií]a"
    r"| de identidad)?|c\.? ?c\.?|c\.? ?i\.?|rut|run|cuit|cuil|curp|ine)(?!\w)"
    r"[^\d\n]{0,12}?(?<![\d.,-])"
    r"(?P<value>\d{1,3}(?:\.\d{3}){2,3}(?:-[\dkK])?|\d{7,11}(?:-[\dkK])?|\d{2}-\d{7,8}-\d)"
    r"(?![\w-])(?![.,]\d)"
)
_SECRET = group(
    r"(?i)\b(?:contraseña|clave|pin|password|passcode|mot de passe|mdp|code (?:pin|secret))"
    r"(?: (?:es|is|est|era|was|était)| ?[:=])(?: (?:el|la|le))? ?[:=]?\s?"
    r"(?P<value>(?=\S{0,24}\d)[^\s,;]{3,24}[^\s,;.!?])(?![\d.,]{0,3}[€$£%])"
)
_MAC = group(
    r"(?<![\w:-])(?P<value>[0-9A-Fa-f]{2}(?P<gap>[:-])(?:[0-9A-Fa-f]{2}(?P=gap)){4}[0-9A-Fa-f]{2})"
    r"(?![\w:-])"
)
# The point of supply of electricity or gas in Spain.
_CUPS = group(r"(?<!\w)(?P<value>ES\d{16}[A-Z]{2}(?:\d[A-Z])?)(?!\w)")

_L = r"(?<![\w.,-])"  # a value starts here, and is not the tail of a longer one
_LABELLED = rf"(?:{_L}|(?<=(?i:dni))|(?<=(?i:nif)))"
_R = r"(?![\w-])(?![.,]\d)"

_NIR = r"[1278][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[ABab])[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}"
_DNI = r"(?:\d{8}|\d{1,2}[. ]\d{3}[. ]\d{3})(?:-?[A-Za-z]|[ ./]{1,2}[A-Z]| - ?[A-Z])"
_CIF = r"[ABCDEFGHJNPQRSUVW][ -]?\d{2}\.?\d{3}\.?\d{2}\d?[ -]?[0-9A-J]"

RULES: Final = (
    Rule("IBAN", _ibans, digits=12),
    Rule(
        "CURP",
        _checked(_L + r"[A-Za-z]{4}\d{6}[HMXhmx][A-Za-z]{5}[0-9A-Za-z]\d" + _R, "mx.curp"),
        7,
    ),
    Rule("RFC", _checked(_L + r"[A-ZÑ&]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{3}" + _R, "mx.rfc"), 6),
    Rule("BIRTHDATE", _BIRTHDATE, 3),
    Rule("PASSPORT", _PASSPORT, 5),
    Rule("IBAN", _checked(_L + r"\d{4}[ -]?\d{4}[ -]?\d{2}[ -]?\d{10}" + _R, "es.ccc"), 20),
    Rule("REF", _STATE, 9),
    Rule("REF", _SORT_CODE, 6, ("sort",)),
    Rule("NUSS", _NUSS, 12),
    Rule("NIR", _checked(_L + _NIR + _R, "fr.nir"), 13),
    Rule("SIRET", _checked(_L + r"\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5}" + _R, "fr.siret"), 14),
    Rule("CARD", _cards, 13),
    Rule("SIRET", _SIREN_CUE, 9),
    Rule("NIE", _checked(_L + r"[XYZxyz][ -]?\d\.?\d{3}\.?\d{3}[ -]?[A-Za-z]" + _R, "es.nie"), 7),
    Rule("DNI", _checked(_LABELLED + _DNI + _R, "es.dni"), 7),
    Rule("CIF", _checked(_L + _CIF + _R, "es.cif"), 7),
    Rule("NINO", _NINO, 6),
    Rule("NINO", _TOLD_NINO, 6, ("ni", "national")),
    Rule("DNI", _NATIONAL, 7),
    Rule("REF", _SECRET, 1, ("contra", "clave", "pin", "pass", "mdp", "secret")),
    Rule("REF", _MAC, 2, (":", "-")),
    Rule("REF", _CUPS, 16, ("es",)),
    Rule("IP", _ips, 4),
)
PLATES: Final = Rule("PLATE", _plates, 2)

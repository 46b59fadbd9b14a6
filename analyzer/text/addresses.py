"""Postal addresses of the three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.text.identifiers import NOT_A_UNIT, Hit, Rule

__all__ = ["ADDRESSES"]

_CAP = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þa-zß-öø-ÿœ'’-]{1,25}"
_LOW = r"[a-zß-öø-ÿœ'’-]{2,20}"

_OF_ES = r"(?:(?:de la|de las|de los|del|de|la|las|los|el) )?"
# Where in the house: "piso 2, puerta 3", "3º B".
_INSIDE = (
    r"(?:,? (?:(?i:piso|planta|puerta|pta|portal|bloque|escalera|esc|bajo|local)\.? )?"
    r"\d{1,2}(?!\d)[º°ª]?(?:-\d{1,2}\b| ?[A-Z]\b|[a-z]\b| [b-d]\b| izq\.?| dcha\.?)?){0,3}"
)
_TOWN = rf"(?: {_CAP}| [a-zà-öø-ÿ-]{{3,20}}(?=\s?[.,;:)\n]|$))?"
_ADDRESS_ES = (
    r"(?<!\w)(?:(?i:c/|calle|c\.|avda\.?|avenida|av\.|av(?= )|plaza|pza\.?|pl\.|paseo|pº|camino"
    r"|carretera|ctra\.?|ronda|traves[ií]a|urbanizaci[oó]n|urb\.|glorieta|callej[oó]n|cuesta)) ?"
    rf"(?:{_OF_ES}{_CAP}(?: (?:de la|de los|de|del|y) ?{_CAP}| {_CAP}){{0,4}},? "
    r"(?:n(?:[uú]m(?:ero)?\b)?\.?[º°o]? ?)?\d{1,4}"
    rf"|(?<=[cC]alle ){_OF_ES}{_LOW}(?:,? n[º°o.]{{1,2}} ?|, )\d{{1,4}})"
    rf"(?!\w|[.,:]\d){NOT_A_UNIT}" + _INSIDE + rf"(?:,? (?:CP )?\d{{5}}\b{_TOWN})?"
)
# In small letters, with "nº" before the number or a postcode behind it.
_WAY_ES = (
    r"(?<!\w)(?:(?i:c/|calle|avda\.?|avenida|av\.|plaza|pza\.?|paseo|camino|carretera|ctra\.?)) ?"
    rf"{_OF_ES}{_LOW}(?: (?:de |del )?{_LOW}){{0,2}},? "
)
_POST_ES = rf",? (?:cp )?\d{{5}}\b{_TOWN}"
_ADDRESS_ES_MARKED = rf"{_WAY_ES}n(?:[º°]|o\.) ?\d{{1,4}}(?!\w|[.,:]\d){_INSIDE}(?:{_POST_ES})?"
_ADDRESS_ES_POST = rf"{_WAY_ES}\d{{1,4}}(?!\w|[.,:]\d){_INSIDE}{_POST_ES}"
# Streets with numbers: "Carrera 15 # 93-47 apto 501".
_ADDRESS_CO = (
    r"(?<!\w)(?i:carrera|cra|kra|kr|calle|cl|cll|diagonal|dg|transversal|tv|avenida|av)\.? "
    r"\d{1,3}(?: ?[A-Z](?!\w))?(?: (?i:bis|sur|norte|este|oeste))?,? (?:#|[Nn][oº°]\.?) ?"
    r"\d{1,3} ?[A-Z]? ?- ?\d{1,3}(?!\w)"
    r"(?:,? (?i:apto|apartamento|casa|torre|of|oficina|int|interior)\.? \w{1,5})?"
)
_GRAN_VIA = r"(?<!\w)(?i:gran v[ií]a),? \d{1,3}(?!\w)(?:,? \d{1,2}[º°ª] ?[A-Z]?\b)?"
_OF_FR = r"(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|et) ?)?"
_NO_STREET = r"(?:par|et|ou|sans|dans|plus|en|à|au|qui|que|est|sont|barr|ferm|bloqu|pour|sur|avec)"
_ADDRESS_FR = (
    r"(?<![\w.,])\d{1,4}(?: ?(?:bis|ter|quater)\b)?,? "
    rf"(?:(?i:rue|boulevard|bd|blvd|impasse|all[ée]es?|avenue|av\.?) {_OF_FR}"
    rf"(?:{_CAP}|(?!{_NO_STREET}){_LOW})"
    rf"(?: {_OF_FR}{_CAP}){{0,4}}"
    rf"|(?i:place|chemin|quai|square|route|cours) {_OF_FR}{_CAP}(?: {_OF_FR}{_CAP}){{0,3}})"
    rf"(?:,? \d{{5}}\b{_TOWN})?"
)
# In small letters where a postcode follows, or what stands before says that somebody lives there.
_WAY_FR = (
    r"\d{1,4}(?: ?(?:bis|ter|quater)\b)?,? (?:rue|boulevard|bd|blvd|impasse|all[ée]es?|avenue"
    rf"|av\.?|place|chemin|quai|square|route|cours) {_OF_FR}{_LOW}(?: {_OF_FR}{_LOW}){{0,3}}?"
)
_ADDRESS_FR_POST = rf"(?i)(?<![\w.,]){_WAY_FR},? \d{{5}}\b{NOT_A_UNIT}{_TOWN}"
_ADDRESS_FR_TOLD = (
    r"(?i)\b(?:habit(?:e|ons|ant)|adresse|domicili[ée]e?|demeurant|livrer)(?: (?:au|est|le))?"
    rf"[ :]{{1,3}}(?P<value>{_WAY_FR}(?=[.,;:)\n]|$))"
)
_TITLED = r"[A-Z][a-z'’-]{1,20}"
_ADDRESS_EN = (
    r"(?<![\w.,])(?:(?:Flat|Apt|Apartment|Unit) \w{1,4},? )?\d{1,5}[a-zA-Z]?,? "
    rf"(?:{_TITLED} (?:{_TITLED} ){{0,2}}"
    r"(?:Street|Str|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Terrace|Crescent|Gardens|"
    r"Grove|Boulevard|Blvd|Hill)\b"
    r"|(?!way|miles?|min|mins|minutes?|lane|star|busy|main|hour|day|blocks?)[a-z'’-]{3,20} "
    r"(?:street|road|avenue)\b)\.?"
    rf"(?:,? (?:{_TITLED},? )?[A-Z]{{1,2}}\d{{1,2}}[A-Z]? \d[A-Z]{{2}}\b)?"
)
_POST = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)"
_ADDRESS_EN_POST = (
    r"(?i)(?<![\w.,])(?:flat \w{1,4},? )?\d{1,4}[a-z]?,? [a-z'’-]{2,20} (?:[a-z'’-]{2,20} ){0,2}"
    r"(?:street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|terrace|crescent|gardens|grove"
    rf"|boulevard|way|hill|place|square)\b\.?(?:,? [a-z'’-]{{2,20}}){{0,3}},? {_POST}"
)
# In small letters where the words before say that an address comes.
_ADDRESS_EN_TOLD = (
    r"(?i)\b(?:live|lives|living|address|home|resid\w{1,4}|deliver\w{0,3}|sent)\b[^.\n\d]{0,12}?"
    r"\b(?P<value>\d{1,4}[a-z]?,? (?!way|miles?|mins?|minutes?|hours?|days?|blocks?)[a-z'’-]{3,20} "
    r"(?:lane|drive|close|court|terrace|crescent|gardens|grove|hill)\b)"
)
_ADDRESS_TOLD = (
    r"(?i)\b(?:direcci[oó]n|domicilio|vivo|vivimos|resido|env[ií]\w{1,5}|entreg\w{1,5})\b[^.\n\d]{0,20}?"
    r"\b(?P<value>(?:calle|avenida|plaza|paseo|camino|ronda) (?:(?:de|del|los|las|la|el) ){0,2}"
    r"[a-zß-öø-ÿ]{3,20}(?: [a-zß-öø-ÿ]{2,20}){0,2},? (?:n[º°o.]{1,2} ?)?\d{1,4})(?!\w|[.,:]\d)"
    + NOT_A_UNIT
)
_ADDRESS_BOX = r"(?<!\w)(?i:p\.?\s?o\.? ?box|apartado(?: de correos)?|apdo\.?) ?\d{2,6}(?!\w)"


def _rule(pattern: str, digits: int, *signs: str) -> Rule:
    """A rule for what a pattern matches, or for its group ``value``."""
    compiled = re.compile(pattern)
    group = "value" if "value" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Hit]:
        for match in compiled.finditer(text):
            yield match.span(group)

    return Rule("ADDRESS", find, digits, signs)


_WAYS_ES: Final = (
    "c/", "calle", "av.", "av ", "avda", "avenida", "plaza", "pza", "paseo", "camino", "carretera",
    "ctra",
)  # fmt: skip
_WAYS_FR: Final = (
    "rue", "bd", "bl", "boul", "impasse", "all", "av", "place", "chemin", "quai", "square",
    "route", "cours",
)  # fmt: skip

ADDRESSES: Final = (
    _rule(_ADDRESS_ES, 1, *_WAYS_ES, "c.", "pl.", "pº", "ronda", "traves", "urb", "glorieta",
          "callej", "cuesta"),
    _rule(_ADDRESS_ES_MARKED, 1, "nº", "n°", "no."),
    _rule(_ADDRESS_ES_POST, 6, *_WAYS_ES),
    _rule(_ADDRESS_FR, 1, *_WAYS_FR),
    _rule(_ADDRESS_FR_POST, 6, *_WAYS_FR),
    _rule(_ADDRESS_FR_TOLD, 1, "habit", "adresse", "domicili", "demeurant", "livrer"),
    _rule(_ADDRESS_EN_POST, 3),
    _rule(_ADDRESS_EN, 1),
    _rule(_ADDRESS_EN_TOLD, 1, " lane", " drive", " close", " court", " terrace", " crescent",
          " gardens", " grove", " hill"),
    _rule(_GRAN_VIA, 1, "gran v"),
    _rule(_ADDRESS_CO, 3, "#", "no", "nº", "n°"),
    _rule(_ADDRESS_TOLD, 1, "calle", "avenida", "plaza", "paseo", "camino", "ronda"),
    _rule(_ADDRESS_BOX, 2, "box", "apartado", "apdo"),
)  # fmt: skip

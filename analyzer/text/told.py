"""Numbers of accounts, papers and secrets that nothing tells but the word before them.

Their checksums are not asked for: who writes "CLABE" or "NIR" before a number says what it is.
Every pattern is linear in the length of the text, as in `identifiers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from analyzer.text.identifiers import NOT_A_UNIT, Hit, Rule, group

__all__ = ["TOLD"]

# Between the word and its number: "n° :", "number is", "es el".
_LINK: Final = (
    r"(?:[\s:=#(]{0,3}(?:n[º°o]?\.?|n[uú]m(?:ero)?\.?|num[ée]ro|number|no\.?|code|c[óo]digo|clave|es"
    r"|est|is|was|era|[ée]tait|el|la|le)(?!\w)){0,3}[\s:=#(.]{0,3}"
)
_END: Final = r"(?![\w-])(?![.,]\d)"


def _told(words: str, value: str) -> Callable[[str], Iterator[Hit]]:
    return group(rf"(?i)(?<!\w)(?:{words})(?!\w){_LINK}(?P<value>{value}){_END}")


def _digits(least: int, most: int) -> str:
    return rf"\d(?:[ .-]?\d){{{least - 1},{most - 1}}}"


_IBAN = _told(
    r"iban",
    r"[A-Z]{2} ?\d{2}(?:[ -]?[A-Z0-9]{4})(?:[ -]?(?=[A-Z]{0,3}\d)[A-Z0-9]{4}){1,6}"
    r"(?:[ -]?[A-Z0-9]{0,2}\d)?",
)
_ACCOUNT = _told(r"clabe(?: interbancaria)?", _digits(18, 18))
_RIB = group(
    r"(?<![\w.,-])(?P<value>\d{5}[ -]\d{5}[ -][0-9A-Z]{11}[ -]\d{2}"
    r"|(?<=(?i:rib) )\d{10}[0-9A-Z]{11}\d{2})" + _END
)
_CURP = _told(r"curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d")
_NIR = _told(
    r"nir|s[ée]curit[ée] sociale|s[ée]cu",
    r"[123478] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?:[ /-]{0,3}\d\d)?",
)
_TAX = _told(
    r"num[ée]ro fiscal|n[º°] fiscal|r[ée]f[ée]rence fiscale|spi|utr|tax (?:id|number|reference)",
    _digits(10, 14),
)
_PAPER = _told(
    r"carte (?:nationale )?d['’ ]identit[ée]|cni|permis(?: de conduire)?|titre de s[ée]jour"
    r"|(?:carn[ée]t?|permiso|licencia) de conduc(?:ir|ci[oó]n)|licencia"
    r"|driv(?:ing|er|ers|er['’]s) licen[cs]e|id card|identity card",
    r"(?=(?:[A-Z]{0,6}\d){5})[A-Z0-9]{6,18}|" + _digits(8, 14),
)
_CVV = _told(
    r"c[vs][vc]2?|cryptogramme|c[óo]digo de seguridad|security code|code de s[ée]curit[ée]",
    r"\d{3,4}" + NOT_A_UNIT,
)
_PIN = _told(r"pin|nip|code (?:secret|pin)|c[óo]digo pin|clave", r"\d{4,8}" + NOT_A_UNIT)

TOLD: Final = (
    Rule("IBAN", _IBAN, 12, ("iban",)),
    Rule("IBAN", _ACCOUNT, 18, ("clabe",)),
    Rule("IBAN", _RIB, 12),
    Rule("CURP", _CURP, 7, ("curp",)),
    Rule("NIR", _NIR, 12, ("nir", "cu")),
    Rule("REF", _TAX, 10, ("fiscal", "spi", "utr", "tax")),
    Rule("REF", _PAPER, 5, ("identi", "cni", "permis", "titre", "carn", "licen", "id card")),
    Rule("REF", _CVV, 3, ("cv", "cs", "crypto", "segur", "curi")),
    Rule("REF", _PIN, 4, ("pin", "nip", "code", "clave")),
)

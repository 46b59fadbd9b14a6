"""The words that stand in redacted comments where a value was, by type and language."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["PLACEHOLDER", "TYPES", "placeholder"]

# type -> Spanish, French, English
_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "EMAIL": ("EMAIL", "EMAIL", "EMAIL"),
    "URL": ("URL", "URL", "URL"),
    "HANDLE": ("USUARIO", "UTILISATEUR", "USER"),
    "PHONE": ("TEL", "TEL", "PHONE"),
    "IBAN": ("IBAN", "IBAN", "IBAN"),
    "CARD": ("TARJETA", "CARTE", "CARD"),
    "DNI": ("DNI", "DNI", "DNI"),
    "NIE": ("NIE", "NIE", "NIE"),
    "CIF": ("CIF", "CIF", "CIF"),
    "NIR": ("NIR", "NIR", "NIR"),
    "SIRET": ("SIRET", "SIRET", "SIRET"),
    "NINO": ("NINO", "NINO", "NINO"),
    "CURP": ("CURP", "CURP", "CURP"),
    "RFC": ("RFC", "RFC", "RFC"),
    "NUSS": ("NUSS", "NUSS", "NUSS"),
    "PASSPORT": ("PASAPORTE", "PASSEPORT", "PASSPORT"),
    "PLATE": ("MATRÍCULA", "IMMATRICULATION", "PLATE"),
    "ADDRESS": ("DIRECCIÓN", "ADRESSE", "ADDRESS"),
    "BIRTHDATE": ("NACIMIENTO", "NAISSANCE", "BIRTHDATE"),
    "IP": ("IP", "IP", "IP"),
    "REF": ("REFERENCIA", "RÉFÉRENCE", "REFERENCE"),
    "NAME": ("NOMBRE", "NOM", "NAME"),
}
_COLUMN: Final = {"es": 0, "fr": 1, "en": 2}

TYPES: Final = tuple(_WORDS)
PLACEHOLDER: Final = re.compile(
    r"\[(?:"
    + "|".join(sorted({word for words in _WORDS.values() for word in words}))
    + r")(?: \d{1,6})?\]"
)


def placeholder(kind: str, language: str | None) -> str:
    """Return the placeholder of one of `TYPES`, such as ``[NOMBRE]``; English when in doubt."""
    return f"[{_WORDS[kind][_COLUMN.get(language or 'en', 2)]}]"

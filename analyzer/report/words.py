"""Words, numbers and dates of the report in Spanish, French or English.

After a message was added or changed, in ``analyzer/report``::

    pybabel extract -F babel.cfg -k text -k plural:1,2 --no-location --sort-output \
        -o /tmp/analyzer.pot . ../sources/notes.py
    pybabel update -i /tmp/analyzer.pot -d locales -D analyzer --no-fuzzy-matching -w 100
    pybabel compile -d locales -D analyzer

and translate in between; a test fails for what is missing. English messages translate to
themselves, so that one language is like another.
"""

from __future__ import annotations

import gettext
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from babel.units import format_unit

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DOMAIN", "LOCALES", "Words", "load"]

DOMAIN: Final = "analyzer"
LOCALES: Final = Path(__file__).parent / "locales"
_SEMICOLON: Final = {"fr": "\N{NARROW NO-BREAK SPACE};"}
_MINUS: Final = "\N{MINUS SIGN}"
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
# Spaces at which no line may end: in "n = 70" and "95 %".
_TIES: Final = re.compile(r"(?<=\bn) (?=[=<])|(?<=\bn\s[=<]) |(?<=\d) (?=%)")
# What a person in the field writes: a plain English catalogue is read in Britain and in Spain too.
_REGIONS: Final = {"es": "es_ES", "fr": "fr_FR", "en": "en_GB"}


class Words:
    """Everything that differs between the languages of a report."""

    def __init__(self, language: str) -> None:
        """Load a catalogue; see `load`."""
        self.language = language
        self.semicolon = _SEMICOLON.get(language, ";")
        self.locale = Locale.parse(_REGIONS[language])
        self.catalogue = gettext.translation(DOMAIN, LOCALES, [language])

    def gettext(self, message: str) -> str:
        """Translate a message; what belongs together stays on one line."""
        return _tied(self.catalogue.gettext(message))

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Translate a message in the form that goes with ``n``, as `gettext`."""
        return _tied(self.catalogue.ngettext(one, many, n))

    def text(self, message: str, **values: object) -> str:
        """Translate a message and fill its ``%(name)s`` places."""
        translated = self.gettext(message)
        return translated % values if values else translated

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate a message in the form that goes with ``n``; ``%(n)s`` is the number."""
        return self.ngettext(one, many, n) % {"n": self.number(n), **values}

    def size(self, n: int | str) -> str:
        """Write how many stand behind a figure: ``n = 70``, or ``n < 5`` for ``<5``."""
        told = n if isinstance(n, str) else self.number(n)
        return _tied(f"n < {told[1:]}" if told.startswith("<") else f"n = {told}")

    def corrected(self, q: float) -> str:
        """Write a corrected q-value: ``q = 0.012``, or ``q < 0.001``."""
        told = f"q < {self.number(0.001, 3)}" if q < 0.0005 else f"q = {self.number(q, 3)}"
        return told.replace(" ", _NO_BREAK)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with grouped thousands and a real minus sign."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        rounded = round(value, digits) + 0.0  # -0.0 becomes 0.0
        written = format_decimal(rounded, format=pattern, locale=self.locale)
        return written.replace("-", _MINUS)

    def signed(self, value: float, digits: int = 0) -> str:
        """Write a number that always shows its sign, except zero."""
        written = self.number(value, digits)
        return f"+{written}" if round(value, digits) > 0 else written

    def compact(self, value: float) -> str:
        """Write a count in few letters, such as 12K."""
        return format_compact_decimal(value, locale=self.locale)

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share in 0..1 as a percentage; a small one so that it does not read as 0."""
        if digits == 0 and 0 < share < 0.0005:
            return "<" + self.percent(0.001, 1)
        if digits == 0 and 0 < abs(share) < 0.0095:
            digits = 1
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        standard = self.locale.percent_formats[None].pattern  # "#,##0 %" or "#,##0%"
        written = format_percent(
            share, format=standard.replace("#,##0", pattern), locale=self.locale
        )
        return written.replace("-", _MINUS)

    def points(self, change: float, digits: int = 1) -> str:
        """Write a difference of two shares in percentage points, signed, without the unit."""
        return self.signed(100 * change, digits)

    def duration(self, seconds: float) -> str:
        """Write a time in its two largest units at most, such as 1 h 20 min."""
        minutes = round(seconds / 60)
        if minutes < 1:
            parts = [(round(seconds), "second")]
        elif minutes < 60:
            parts = [(minutes, "minute")]
        elif minutes < 48 * 60:
            parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
        else:
            parts = [(minutes // 1440, "day"), (minutes % 1440 // 60, "hour")]
        shown = [part for i, part in enumerate(parts) if i == 0 or part[0]]
        return " ".join(
            format_unit(n, f"duration-{unit}", length="narrow", locale=self.locale)
            for n, unit in shown
        )

    def date(self, day: str) -> str:
        """Write an ISO date, such as 12 March 2026."""
        written = format_date(date.fromisoformat(day[:10]), "long", locale=self.locale)
        return re.sub(r"^1(?= )", "1er", written) if self.language == "fr" else written

    def listing(self, parts: Sequence[str]) -> str:
        """Join parts as a sentence does."""
        return format_list(parts, locale=self.locale)

    def language_name(self, code: str) -> str:
        """Name of a language code in this language, as a heading writes it."""
        if code == "und":
            return self.text("Unknown language")
        name = str(self.locale.languages.get(code, code))
        return name[:1].upper() + name[1:]

    def language_in_text(self, code: str) -> str:
        """Name of a language code as it stands inside a sentence."""
        return str(self.locale.languages.get(code, code))

    def weekday(self, number: int) -> str:
        """Short name of a weekday, 0 is Monday."""
        return str(self.locale.days["stand-alone"]["abbreviated"][number])


def load(language: str) -> Words:
    """Load the words of a language.

    Args:
        language: es, fr or en.

    Raises:
        ConfigError: There is no catalogue for it.
    """
    if language not in LANGUAGES:
        raise ConfigError(
            f"A report cannot be written in {language!r}. Choose one of: {', '.join(LANGUAGES)}."
        )
    return _load(language)


def _tied(text: str) -> str:
    return _TIES.sub(_NO_BREAK, text)


@cache
def _load(language: str) -> Words:
    return Words(language)

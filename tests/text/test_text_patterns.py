"""Every pattern that comments meet takes linear time, whatever they hold."""

from __future__ import annotations

import re
import time
from itertools import chain
from types import ModuleType

import pytest

from analyzer.quotes import candidates, gate, patterns, people, personal, wording
from analyzer.schema import LANGUAGES
from analyzer.sentiment import figures, relief
from analyzer.text import (
    addresses,
    contacts,
    cues,
    identifiers,
    names,
    pii,
    placeholders,
    references,
    smallnames,
    staff,
    told,
)

MODULES = (
    addresses, contacts, cues, identifiers, names, pii, placeholders, references, smallnames, staff,
    told, candidates, gate, people, personal, wording, figures,
)  # fmt: skip
LENGTH = 20_000
HOSTILE = (
    "a", "A", "1", "1 ", "1.", "1-", "1,", " ", "\n", "a.", "a ", "A ", "Ab ", "Ab-", "a@", "@a",
    "x@x.xx ", "ES12", "ES12 ", "4111 ", "+34", "(0", "0 6", "http://", "a/", "www.", "calle ",
    "calle A ", "1 rue ", "c/", "12 Mill ", "pedido ", "pedido # ", "no ", "merci à Ana ", "M. ",
    "Mr ", "de la ", "me llamo ", "Nom : ", "nací ", "(at) ", "at dot ", "punto ", "[", "[EMAIL",
    "AB-1", "A1", "plate: ", "plate A1 ", "ssn ", "0:", "2a01:", "20/", "Sr. Don ", "l'",
    "Ab y Ab ", "ab de ", "vivo calle a ", "contrato 123456, ", "10 because ", "give ", "…",
    "passport ", "permis n° ", "iban AB12", "1 a ", "1 rue a ", "1 a road ", "calle a ",
    "mme de A ", "M.Ab ", "clave es ", "ig a.", "rib 1", "1 rue de ",
)  # fmt: skip


def _inside(value: object) -> list[re.Pattern[str]]:
    """Patterns in a value: itself, a rule's closures, or a table's entries."""
    if isinstance(value, re.Pattern):
        return [value]
    if isinstance(value, identifiers.Rule):
        return _inside(value.find)
    if isinstance(value, dict):
        return list(chain.from_iterable(map(_inside, value.values())))
    if isinstance(value, (tuple, list)):
        return list(chain.from_iterable(map(_inside, value)))
    cells = getattr(value, "__closure__", None) or ()
    return [c.cell_contents for c in cells if isinstance(c.cell_contents, re.Pattern)]


def _patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}

    def add(module: ModuleType, patterns: list[re.Pattern[str]]) -> None:
        for pattern in patterns:
            found[f"{module.__name__}: {pattern.pattern[:60]}"] = pattern

    for module in MODULES:
        for value in vars(module).values():
            add(module, _inside(value))
    names = ("pointers", "profanity", "denials", "problems")
    tables = [(name, key) for name in names for key in (*LANGUAGES, "any")]
    add(wording, [wording._pattern(table, key) for table, key in tables])
    add(wording, [p for code in LANGUAGES for p in wording._openers(code)])
    add(wording, [wording._sensitive()])
    add(patterns, [patterns._any(name) for name in ("refused", "welcome", "taken_back")])
    add(patterns, [patterns._filled("personal")])
    add(relief, [p for one in relief._languages() for p in (one.pattern, one.unless)])
    return found


PATTERNS = _patterns()


def test_patterns_are_collected() -> None:
    assert len(PATTERNS) > 60


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_pattern_is_linear(name: str) -> None:
    pattern = PATTERNS[name]
    for piece in HOSTILE:
        text = piece * (LENGTH // len(piece))
        start = time.process_time()
        for _ in pattern.finditer(text):
            pass
        spent = time.process_time() - start
        assert spent < 1.0, f"{piece!r}: {spent:.2f} s for {LENGTH:,} characters"

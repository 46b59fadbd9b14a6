"""What a theme is called beside a quote."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from analyzer.quotes.wording import is_problem, is_sensitive
from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import REMARKS, concepts
from analyzer.themes.phrases import word_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["shown_name"]


def shown_name(theme: Mapping[str, Any], language: str, *, asked: bool) -> str | None:
    """Name of a theme in a language.

    Args:
        theme: its row, with a name in every language.
        language: of the quote.
        asked: the quotes of this theme were asked for; its name is shown whatever it is.

    Returns:
        The name; None where it does not suit praise: "various remarks", several subjects at once,
        a problem, or what the gate would stop as sensitive.
    """
    names: dict[str, str] = {code: str(theme[f"name_{code}"]) for code in LANGUAGES}
    unsuited = names["en"] in _remarks() or any(
        name.endswith(_mixed()[code]) or is_problem(name, code) or is_sensitive(name)
        for code, name in names.items()
    )
    return None if unsuited and not asked else names[language]


@cache
def _mixed() -> dict[str, str]:
    """How the names of themes with several subjects end, by language."""
    return {code: str(form).format("") for code, form in word_tables()["mixed"].items()}


@cache
def _remarks() -> frozenset[str]:
    """English names of themes that are about nothing in particular."""
    return frozenset(concept.name["en"] for concept in concepts() if concept.topic == REMARKS)

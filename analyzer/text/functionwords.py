"""The words that a language cannot do without: articles, pronouns, conjunctions."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

__all__ = ["function_words"]


@cache
def function_words(language: str) -> frozenset[str]:
    """Return spaCy's stop words of a language.

    Only the file with the words is loaded: ``import spacy`` brings in every framework that it can
    find, which costs seconds and hundreds of megabytes for a list of words.

    Args:
        language: an ISO 639-1 code.

    Returns:
        Words in lower case; none for a language that has no such list.
    """
    package = importlib.util.find_spec("spacy")
    if package is None or not package.submodule_search_locations:
        return frozenset()
    file = Path(package.submodule_search_locations[0], "lang", language, "stop_words.py")
    if not file.is_file():
        return frozenset()
    spec = importlib.util.spec_from_file_location(f"_stop_words_{language}", file)
    if spec is None or spec.loader is None:
        return frozenset()
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)

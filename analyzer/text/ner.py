"""Names of people that a trained spaCy pipeline finds, where the user has one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.language import Language

__all__ = ["VARIABLE", "people"]

VARIABLE: Final = "ANALYZER_NAMES"
# Best first; the first that is installed is used.
_PACKAGES: Final = {
    "es": ("es_core_news_lg", "es_core_news_md", "es_core_news_sm"),
    "fr": ("fr_core_news_lg", "fr_core_news_md", "fr_core_news_sm"),
    "en": ("en_core_web_lg", "en_core_web_md", "en_core_web_sm"),
}
_PERSON: Final = frozenset({"PER", "PERSON"})
# What a pipeline does beside entities costs time and is not asked for.
_UNUSED: Final = ("parser", "senter", "lemmatizer", "attribute_ruler", "tagger", "morphologizer")


def people(text: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Find the people that a trained pipeline sees in a text.

    The pipeline of a language is the spaCy package for it that is installed, or the one that the
    environment variable ``ANALYZER_NAMES`` names: ``es=es_core_news_md,fr=/models/fr``, or ``off``.

    Args:
        text: a comment.
        language: es, fr or en; for any other nothing is found.

    Yields:
        Start and end of each entity of the kind PER or PERSON that has a capital letter.

    Raises:
        ConfigError: A pipeline that was asked for cannot be loaded or finds no people.
    """
    pipeline = _pipeline(language, os.environ.get(VARIABLE, "")) if language else None
    if pipeline is None:
        return
    for entity in pipeline(text).ents:
        if entity.label_ in _PERSON and any(c.isupper() for c in entity.text):
            yield entity.start_char, entity.end_char


@cache
def _pipeline(language: str, asked: str) -> Language | None:
    name = _name(language, asked)
    if name is None:
        return None
    import spacy

    try:
        pipeline = spacy.load(name, exclude=list(_UNUSED))
    except (OSError, ValueError, ImportError) as error:
        raise ConfigError(
            f"The spaCy pipeline {name!r} for names in {language!r} cannot be loaded. Install it, "
            f"or set {VARIABLE} to another name or folder, or to 'off'."
        ) from error
    labels = {label for pipe in pipeline.pipe_names for label in pipeline.pipe_labels.get(pipe, ())}
    if not labels & _PERSON:
        raise ConfigError(
            f"The spaCy pipeline {name!r} knows no entity PER or PERSON, so it finds no names. "
            f"Set {VARIABLE} to another name or folder, or to 'off'."
        )
    return pipeline


def _name(language: str, asked: str) -> str | None:
    """Name or folder of the pipeline of a language; None where there is none."""
    if asked.strip() == "off":
        return None
    given = _parse(asked)
    if given:
        return given.get(language)
    from importlib.util import find_spec

    return next((name for name in _PACKAGES.get(language, ()) if find_spec(name)), None)


def _parse(asked: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in asked.split(","))):
        language, sign, name = (piece.strip() for piece in part.partition("="))
        if not sign or not name or language not in LANGUAGES:
            raise ConfigError(
                f"{VARIABLE} takes LANGUAGE=PIPELINE, for instance es=es_core_news_md, several "
                f"with commas between them, or 'off'; got {part!r}."
            )
        given[language] = str(Path(name).expanduser()) if name.startswith("~") else name
    return given

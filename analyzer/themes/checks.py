"""What the form of a codebook does not show: blanks, contradictions, themes that are the same."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.themes.codebook import Codebook, CodebookTheme

__all__ = ["contradictions", "said_by"]

_TEXTS: Final = ("name", "description")
_LISTS: Final = ("examples", "include", "exclude")


def contradictions(codebook: Codebook, lines: Mapping[str, Sequence[int]]) -> list[str]:
    """Say what is wrong with entries whose fields are each of the right form.

    Args:
        codebook: as it was read.
        lines: of every theme and group, under "theme" and "group".

    Returns:
        Sentences without a full stop, such as "line 6: theme 'price' has a blank name in 'en' ...".
    """
    found = [
        f"line {line}: group {group.id!r} has a blank name in {code!r}. Write one, or leave it out"
        for group, line in zip(codebook.group, lines["group"], strict=True)
        for code, text in group.name.items()
        if not text.strip()
    ]
    for number, theme in enumerate(codebook.theme):
        where = f"line {lines['theme'][number]}: theme {theme.id!r}"
        found += [f"{where} {told}" for told in (*_blanks(theme), *_both_ways(theme))]
        if others := _same(codebook, number):
            named = ", ".join(map(repr, others))
            found.append(
                f"{where} has no name, description or example that {named} does not have too. "
                "Give each an example of its own, or make them one theme"
            )
    return found


def said_by(theme: CodebookTheme) -> list[str]:
    """Every text that says what a theme is."""
    examples = [text for texts in theme.examples.values() for text in texts]
    return [*theme.name.values(), *theme.description.values(), *examples]


def _blanks(theme: CodebookTheme) -> Iterator[str]:
    for field in _TEXTS:
        for code, text in getattr(theme, field).items():
            if not text.strip():
                yield f"has a blank {field} in {code!r}. Write one, or leave that language out"
    for field in _LISTS:
        codes = [c for c, texts in getattr(theme, field).items() if not all(map(str.strip, texts))]
        if codes:
            yield f"has a blank text in {field} ({', '.join(codes)}). Take it out"


def _both_ways(theme: CodebookTheme) -> Iterator[str]:
    """Phrases that would always and never belong to a theme."""
    told: dict[str, list[str]] = defaultdict(list)
    for code, phrases in theme.include.items():
        never = {_plain(phrase) for phrase in theme.exclude.get(code, ())}
        for phrase in phrases:
            if _plain(phrase) in never and phrase.strip():
                told[_plain(phrase)].append(code)
    for phrase, codes in told.items():
        yield (
            f"has {phrase!r} both in include and in exclude ({', '.join(codes)}). Take it out of "
            "one of them"
        )


def _same(codebook: Codebook, number: int) -> list[str]:
    """Themes that have every text of a theme; of two that are equal, the later one is told."""
    texts = [{_plain(text) for text in said_by(theme)} for theme in codebook.theme]
    own = texts[number]
    having = [
        i for i, other in enumerate(texts)
        if i != number and own & other and not (i > number and other == own)
    ]  # fmt: skip
    covered = own <= set().union(*(texts[i] for i in having))
    return [codebook.ids[i] for i in having] if covered else []


def _plain(text: str) -> str:
    """A text without what case and spaces do to it."""
    return " ".join(text.casefold().split())

"""Codebooks: themes that people have agreed on, with names, descriptions and examples."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES, Language
from analyzer.themes.checks import contradictions
from analyzer.themes.mistakes import headers, mistakes, not_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Codebook", "CodebookGroup", "CodebookTheme"]

_TOLD = 5  # mistakes that are told at once
_ID = r"^[A-Za-z0-9][A-Za-z0-9_.#&/-]{0,63}$"


def _per_language(value: object) -> object:
    """Let a bare text or list stand for every language, and nothing for no phrase at all."""
    if isinstance(value, str | list):
        return dict.fromkeys(LANGUAGES, value) if value else {}
    return value


Texts = Annotated[dict[Language, str], BeforeValidator(_per_language)]
Lists = Annotated[dict[Language, tuple[str, ...]], BeforeValidator(_per_language)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodebookGroup(_Entry):
    """A macro-theme.

    Attributes:
        id: what themes name as their parent.
        name: per language code.
    """

    id: Annotated[str, Field(pattern=_ID)]
    name: Annotated[Texts, Field(min_length=1)]


class CodebookTheme(_Entry):
    """One theme of a codebook.

    Attributes:
        id: stable, unique in the codebook.
        name: per language code; at least one.
        parent: id of a group, or None.
        description: per language code, a sentence that says what belongs here.
        examples: per language code, sentences as customers write them.
        include: per language code, phrases that always belong here.
        exclude: per language code, phrases that never belong here.
    """

    id: Annotated[str, Field(pattern=_ID)]
    name: Annotated[Texts, Field(min_length=1)]
    parent: str | None = None
    description: Texts = Field(default_factory=dict)
    examples: Lists = Field(default_factory=dict)
    include: Lists = Field(default_factory=dict)
    exclude: Lists = Field(default_factory=dict)

    def name_in(self, language: Language) -> str:
        """Name in ``language``, else in the first language that has one."""
        return self.name.get(language) or next(self.name[c] for c in LANGUAGES if c in self.name)


class Codebook(_Entry):
    """Themes and their groups.

    Attributes:
        theme: the themes, in the order of the file.
        group: macro-themes.
    """

    theme: Annotated[tuple[CodebookTheme, ...], Field(min_length=1)]
    group: tuple[CodebookGroup, ...] = ()

    @property
    def ids(self) -> list[str]:
        """Ids of the themes, in order."""
        return [theme.id for theme in self.theme]

    @classmethod
    def load(cls, path: str | Path) -> Codebook:
        """Read a codebook.

        Args:
            path: a TOML file with ``[[theme]]`` and ``[[group]]`` tables; see
                ``corpora/codebook.toml`` for one to copy.

        Returns:
            A `Codebook`.

        Raises:
            ConfigError: The file cannot be read, is not valid TOML, or an entry cannot be used;
                the message names the line of the entry.
        """
        try:
            source = Path(path).read_text("utf-8")
            values = tomllib.loads(source)
        except OSError as error:
            raise ConfigError(
                f"Codebook {path}: {error.strerror or error}. Check the path."
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"Codebook {path} is not UTF-8. Save it as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"Codebook {path}{not_toml(error)}") from error
        try:
            codebook = cls.model_validate(values)
        except ValidationError as error:
            raise ConfigError(_sentence(path, mistakes(error, values, source))) from error
        lines = _lines(codebook, source)
        _check(codebook, path, lines)
        if told := contradictions(codebook, lines):
            raise ConfigError(_sentence(path, [f", {told[0]}", *told[1:]]))
        return codebook


def _lines(codebook: Codebook, source: str) -> dict[str, list[int]]:
    """Line of every theme and group; the first where entries have no header of their own."""
    counts = {"theme": len(codebook.theme), "group": len(codebook.group)}
    known = headers(source)
    return {kind: (known[kind] + [1] * n)[:n] for kind, n in counts.items()}


def _sentence(path: str | Path, told: list[str]) -> str:
    """Mistakes of a file, the first ones of many."""
    more = f". And {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"Codebook {path}{'; '.join(told[:_TOLD])}{more}."


def _check(codebook: Codebook, path: str | Path, lines: dict[str, list[int]]) -> None:
    """Refuse what single entries cannot show: ids used twice, parents that do not exist."""
    for kind, ids in (("theme", codebook.ids), ("group", [g.id for g in codebook.group])):
        for twice in _repeated(ids):
            at = [lines[kind][i] for i, found in enumerate(ids) if found == twice]
            raise ConfigError(
                f"Codebook {path}: {kind} id {twice!r} stands at lines "
                f"{' and '.join(map(str, at))}. Give each {kind} an id of its own."
            )
    groups = [group.id for group in codebook.group]
    for number, theme in enumerate(codebook.theme):
        if theme.parent is not None and theme.parent not in groups:
            raise ConfigError(
                f"Codebook {path}, line {lines['theme'][number]}: theme {theme.id!r} has the "
                f"parent {theme.parent!r}, which is no group. Groups: {', '.join(groups) or 'none'}"
                ". Add a [[group]] with that id, or leave parent out."
            )


def _repeated(ids: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(ids).items() if count > 1]

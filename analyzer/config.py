"""Settings: every knob, its default and its meaning; from ``analyzer.toml`` and options."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from analyzer.errors import ConfigError

__all__ = ["Settings", "check_settings", "load_settings", "parse_mapping"]

Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda one: (one,) if isinstance(one, str) else one)
]


class Settings(BaseModel):
    """What an analysis can be told.

    Attributes:
        mapping: canonical name to column, where recognition needs help.
        language: words of the report; None for the language of most comments, see
            `Analysis.main_language`.
        languages: languages to analyse.
        brand_handles: accounts of the brand itself; their posts are left out.
        date_order: whether 03/04/2024 has the day first; None to decide it from each file.
        encoder: folder or name of a sentence-transformers model; None for the bundled encoder.
        sentiment_model: folder or name of a text-classification model; None for the shipped one.
        themes: exact number of themes; None to let stability decide.
        codebook: TOML file of themes to assign to; None to discover themes.
        by: columns to break themes down by.
        where: condition on columns that rows must meet.
        minimum_cell: groups of fewer people are not shown.
        seed: of every random step.
        cache: keep vectors on disk between runs.
        engine: where texts are redacted, encoded and scored: in this process or on a Ray cluster.
        address: of the Ray cluster; None to start one on this machine.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mapping: dict[str, str] = Field(default_factory=dict)
    language: Literal["es", "fr", "en"] | None = None
    languages: Names = ("es", "fr", "en")
    brand_handles: Names = ()
    date_order: Literal["dmy", "mdy"] | None = None
    encoder: str | None = None
    sentiment_model: str | None = None
    themes: Annotated[int, Field(ge=1, le=200)] | None = None
    codebook: str | None = None
    by: Names = ()
    where: str | None = None
    minimum_cell: Annotated[int, Field(ge=0, le=100)] = 5
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    cache: bool = True
    engine: Literal["local", "ray"] = "local"
    address: str | None = None

    def for_analyze(self) -> dict[str, Any]:
        """Return the keyword arguments of `analyzer.analyze`."""
        return self.model_dump(exclude={"language"})


def load_settings(path: Path | None, **given: Any) -> Settings:  # noqa: ANN401 - options of any type
    """Merge a settings file with options; an option that is not None wins.

    Args:
        path: a TOML file with the attributes of `Settings` as keys, or None.
        given: options by name.

    Returns:
        The settings.

    Raises:
        ConfigError: The file cannot be read, or a key or value is not one that exists.
    """
    values = {} if path is None else _read(path)
    place = "the options" if path is None else f"{path} and the options"
    return check_settings(place, **(values | _given(given)))


def check_settings(place: str, /, **given: Any) -> Settings:  # noqa: ANN401 - options of any type
    """Check settings that were given one by one; one that is None is left at its default.

    Args:
        place: what to call where they come from.
        given: settings by name.

    Returns:
        The settings.

    Raises:
        ConfigError: A key or value is not one that exists.
    """
    try:
        return Settings(**_given(given))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}, got {item['input']!r}"
            for item in error.errors()
        )
        known = ", ".join(Settings.model_fields)
        raise ConfigError(f"In {place}: {problems}. Known settings: {known}.") from error


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def parse_mapping(pairs: list[str] | None) -> dict[str, str] | None:
    """Turn ``["text=Commentaire"]`` into ``{"text": "Commentaire"}``; None when nothing was given.

    Raises:
        ConfigError: A pair has no ``=``, one of its sides is empty, or a name is given twice.
    """
    if not pairs:
        return None
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, sign, column = pair.partition("=")
        if not (sign and name.strip() and column.strip()):
            raise ConfigError(
                f'--map takes NAME=COLUMN, for instance text="Comment"; got {pair!r}.'
            )
        if name.strip() in mapping:
            raise ConfigError(
                f"--map {name.strip()}= was given twice, for {mapping[name.strip()]!r} and "
                f"{column.strip()!r}. One column can have one meaning: keep one of them."
            )
        mapping[name.strip()] = column.strip()
    return mapping


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"Settings file {path}: {error.strerror}. Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"Settings file {path} is not valid TOML: {error}.") from error

"""Names of waves: labels that people give, kept as they are but for spaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.errors import ConfigError, InputError
from analyzer.text import clean, redact

if TYPE_CHECKING:
    import polars as pl

    from analyzer.sources import Reading

__all__ = ["given_wave", "label", "read_waves"]

# A label may hold a given name ("Lanzamiento Lola"), but never how to reach somebody.
_CONTACTS: Final = {"EMAIL": "an e-mail address", "PHONE": "a phone number"}


def label(name: str) -> str:
    """Repair a wave's name and write its spaces one by one; "" where nothing is left."""
    return " ".join(clean(name).split())


def given_wave(name: str) -> str:
    """Clean the name that a person gave to a wave.

    Raises:
        ConfigError: It is blank, or holds an e-mail address or a phone number.
    """
    told = label(name)
    if not told:
        raise ConfigError("The wave's name is blank. Give it one, for instance: --wave 2026-Q3")
    if contact := _contact(told):
        raise ConfigError(
            f"The wave's name holds {contact}, and it would stand in every report. Choose another, "
            "for instance: --wave 2026-Q3"
        )
    return told


def read_waves(reading: Reading) -> Reading:
    """Clean the names that a file's own wave column gives; a blank one is none.

    Raises:
        InputError: One holds an e-mail address or a phone number.
    """
    waves = reading.records["wave"]
    told = {name: label(name) or None for name in waves.drop_nulls().unique()}
    for name, cleaned in told.items():
        if cleaned and (contact := _contact(cleaned)):
            raise InputError(
                f"{reading.sources[0].name}: the wave of {_rows(waves, name)} is a name with "
                f"{contact}, and it would stand in every report. Correct the wave column, or name "
                "the wave with --wave 2026-Q3 and a file without that column."
            )
    return replace(reading, records=reading.records.with_columns(wave=waves.replace(told)))


def _contact(name: str) -> str | None:
    """What a name holds that reaches somebody."""
    kinds = [finding.type for finding in redact(name, None)[1]]
    return next((_CONTACTS[kind] for kind in kinds if kind in _CONTACTS), None)


def _rows(waves: pl.Series, name: str) -> str:
    count = int((waves == name).sum())
    return "1 row" if count == 1 else f"{count:,} rows"

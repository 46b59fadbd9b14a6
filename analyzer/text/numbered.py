"""Placeholders of different values of one column, told apart by numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from analyzer.sources.values import fold
from analyzer.text.placeholders import PLACEHOLDER

__all__ = ["told_apart"]

_NUMBERS: Final = 10_000


def told_apart(changed: Mapping[str, str]) -> dict[str, str]:
    """Number the placeholders of values that redaction made equal.

    Groups of a column are counted apart though nobody may read what they are called: "Calle
    Serrano 45" and "Gran Vía 32" become ``[ADDRESS 4821]`` and ``[ADDRESS 307]``. The number is a
    digest of the value, so that it is the same in every file and wave. Values that differ only in
    how they are written are one.

    Args:
        changed: from a value to what stands for it.

    Returns:
        The same values; what stands for several of them has the number of each.
    """
    groups: dict[str, set[str]] = {}
    for value, new in changed.items():
        groups.setdefault(new, set()).add(fold(value))
    numbers = {new: _numbers(values) for new, values in groups.items() if len(values) > 1}
    return {
        value: _numbered(new, numbers[new][fold(value)]) if new in numbers else new
        for value, new in changed.items()
    }


def _numbers(values: Iterable[str]) -> dict[str, int]:
    """A number for each value, of its own even where two digests are alike."""
    taken: dict[int, str] = {}
    for value in sorted(values):
        digest = hashlib.blake2b(value.encode(), digest_size=8).digest()
        number = int.from_bytes(digest) % _NUMBERS
        while number in taken:
            number += 1
        taken[number] = value
    return {value: number for number, value in taken.items()}


def _numbered(text: str, number: int) -> str:
    return PLACEHOLDER.sub(lambda found: f"{found[0][:-1]} {number}]", text, count=1)

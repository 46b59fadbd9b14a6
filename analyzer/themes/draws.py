"""Numbers drawn for rows: what is drawn for one depends on that row, and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

__all__ = ["drawn", "likely", "part", "shuffled"]

_WHOLE = (1 << 64) - 1


def drawn(keys: Keys, *numbers: int) -> Keys:
    """Draw a number for each row, evenly among all of 64 bits.

    A generator gives its numbers by place: with one row less, every row behind it is drawn anew,
    and a partition found on such draws is another one. These follow a row wherever it stands.
    The mixing is that of splitmix64 (Steele, Lea and Flood, OOPSLA 2014, 453).

    Args:
        keys: (n,) what tells each row from others, as `analyzer.themes.rows.Distinct.keys`.
        numbers: the seed, and what else tells this draw from others.

    Returns:
        (n,) numbers.
    """
    for number in numbers:
        keys = _mixed(keys ^ np.uint64(number & _WHOLE))
    return keys


def shuffled(keys: Keys, *numbers: int) -> NDArray[np.int64]:
    """An order of the rows (n,), drawn; rows that stay keep theirs when others go."""
    return np.argsort(drawn(keys, *numbers), kind="stable")


def part(keys: Keys, size: int, *numbers: int) -> NDArray[np.int64]:
    """Draw ``size`` of the rows, rising; all of them where they are fewer."""
    if size >= len(keys):
        return np.arange(len(keys))
    return np.sort(shuffled(keys, *numbers)[:size])


def likely(keys: Keys, share: float, *numbers: int) -> NDArray[np.bool_]:
    """Choose each row (n,) with a probability of ``share``, 0 to 1."""
    even = (drawn(keys, *numbers) >> np.uint64(11)) * 2.0**-53  # in [0, 1), all bits of a double
    return np.asarray(even < share)


def _mixed(keys: Keys) -> Keys:
    with np.errstate(over="ignore"):
        keys = keys + np.uint64(0x9E3779B97F4A7C15)
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))

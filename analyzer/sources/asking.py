"""What to ask an analyst where a column could be read in two ways: messages and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.errors import MappingError
from analyzer.sources.notes import Note

if TYPE_CHECKING:
    from analyzer.sources.scores import ScoreValues

__all__ = ["ambiguous", "backwards", "is_shifted", "not_nps", "quoted", "unread"]

_REPEATED, _LABELS, _NAMED = 3, 12, 3  # rows of an answer, answers of a closed question, and told
_FITS: Final = 0.95


def quoted(column: str) -> str:
    """A column as one types it on the command line."""
    return column if column.replace("_", "").isalnum() else f'"{column}"'


def unread(column: str, values: ScoreValues) -> list[Note]:
    """A note on a column that is called a score and holds a few labels that are none."""
    labels = tuple(cell for cell in values.unread if values.counts[cell] >= _REPEATED)
    if values.groups or not 0 < len(values.counts) <= _LABELS or not labels:
        return []
    return [Note("score_not_read", column=column, labels=labels[:_NAMED])]


def backwards(name: str, column: str, *, alone: bool) -> Note:
    """What to do about a score of dissatisfaction.

    Raises:
        MappingError: There is no other score.
    """
    good, bad = f"--map csat={quoted(column)}", f"--map csat_inverted={quoted(column)}"
    if not alone:
        return Note("csat_direction_unclear", column=column, option=good, other=bad)
    raise MappingError(
        f"{name}: the direction of {column!r} is unclear; say {good} when a high value is the best "
        f"answer, or {bad} when a low one is."
    )


def ambiguous(name: str, column: str, values: ScoreValues) -> str:
    """Say that a column could be NPS or satisfaction."""
    told = quoted(column)
    return (
        f"{name}: column {column!r} has values up to {max(values.numbers.values()):g} and could be "
        f"NPS or satisfaction. Say which: --map nps={told} or --map csat={told}."
    )


def is_shifted(values: ScoreValues) -> bool:
    """Whether a survey tool numbered the answers 0 to 10 from 1."""
    return values.largest() == 11 and values.share_of(0) == 0


def not_nps(name: str, column: str, values: ScoreValues) -> str:
    """Say why a column about recommending is no NPS."""
    told = quoted(column)
    share = 1 - values.share_within(0, 10, whole=True)
    if share <= 1 - _FITS:
        seen = f"{min(values.numbers.values()):g} to {values.largest():g}"
        return (
            f"{name}: {column!r} looks like another scale than NPS, which goes from 0 to 10: its "
            f"{values.total} answers go from {seen}. Say --map csat={told} to read "
            f"it as satisfaction, or --map nps={told} if it was asked from 0 to 10."
        )
    shift = (
        " A recode from 0-10 to 1-11 is likely: export the choice values."
        if is_shifted(values)
        else ""
    )
    return (
        f"{name}: {share:.0%} of the values of {column!r} are not whole numbers from 0 to 10 "
        f"(largest {values.largest():g}), so it is no NPS.{shift} If it is a satisfaction score, "
        f"say --map csat={told}."
    )

"""What an analysis says of themes, however they were found."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES
from analyzer.themes.layout import place_spans, place_themes
from analyzer.themes.leak import language_leak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analyzer.encoders.vectors import Gathered
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.label import ThemeName

__all__ = ["Themes", "assemble", "codes", "take"]

_WEAK = 0.5


@dataclass(frozen=True)
class Themes:
    """Themes of one analysis.

    Attributes:
        frame: one row a theme: theme_id, origin (problem|strength), status (discovered|codebook|
            candidate), parent_id, name_<language>, keywords_<language>, stability, weak, size
            (spans), x, y.
        parents: one row a macro-theme: parent_id, name_<language>, themes (how many).
        mentions: schema.MENTIONS, one row a span-theme pair; with a codebook, a span can have
            several themes, or none where nothing fits.
        positions: feedback_id, span, x, y.
        vectors: (n, d) what the spans were compared by, in the order of the spans.
        space: where the themes lie.
        leak: NMI of theme and language over all spans.
        corrected: whether language offsets were removed.
    """

    frame: pl.DataFrame
    mentions: pl.DataFrame
    positions: pl.DataFrame
    vectors: NDArray[np.float32] | Gathered
    space: ThemeSpace
    leak: float
    corrected: bool
    parents: pl.DataFrame


def assemble(
    joined: pl.DataFrame,
    rows: NDArray[np.float32] | Gathered,
    theme: NDArray[np.int64],
    space: ThemeSpace,
    names: list[ThemeName],
    about: dict[str, Any],
    mentions: pl.DataFrame,
    parents: pl.DataFrame,
) -> Themes:
    """Put together what was found.

    Args:
        joined: n spans with feedback_id, span and language.
        rows: (n, d) vectors of their passages.
        theme: (n,) theme of each, or the nearest one.
        space: where the k themes lie.
        names: of the k themes.
        about: columns of the themes' frame that depend on how they were found.
        mentions: `schema.MENTIONS`.
        parents: macro-themes.
    """
    languages = codes(joined)
    themes_at = place_themes(space)
    placed = place_spans(
        lambda own: space.centre(rows[own], take(languages, own)), theme, themes_at
    )
    steady = np.round(about["stability"], 4)
    frame = pl.DataFrame(
        {
            "theme_id": about["theme_id"],
            "origin": about["origin"],
            "status": about["status"],
            "parent_id": pl.Series(about["parent_id"], dtype=pl.String),
            **{f"name_{code}": [name.name[code] for name in names] for code in LANGUAGES},
            **{
                f"keywords_{code}": pl.Series(
                    [list(name.keywords[code]) for name in names], dtype=pl.List(pl.String)
                )
                for code in LANGUAGES
            },
            "stability": steady,
            "weak": steady < _WEAK,
            "size": about["size"],
            "x": themes_at[:, 0],
            "y": themes_at[:, 1],
        }
    )
    positions = joined.select("feedback_id", "span").with_columns(
        x=pl.Series(placed[:, 0]), y=pl.Series(placed[:, 1])
    )
    leak = round(language_leak(theme, languages), 4)
    return Themes(frame, mentions, positions, rows, space, leak, bool(space.offsets), parents)


def codes(joined: pl.DataFrame) -> list[str]:
    """Language of each row; one object a language, however many rows."""
    return [sys.intern(code) for code in joined["language"]]


def take(values: Sequence[str], chosen: NDArray[np.int64]) -> list[str]:
    """Choose some of many strings."""
    return [values[i] for i in chosen]

"""The workbook's sheet of how each group feels about each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analyzer.report.sheet import Cell, Column, Sheet, ends, three
from analyzer.report.view import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.view import Page

__all__ = ["feelings"]

_MOODS: Final = ("negative", "mixed", "neutral", "positive")


def feelings(page: Page) -> Sheet:
    """A row a theme and group: shares of the four feelings and the mean tone, with intervals."""
    words = page.words
    columns = [
        Column(words.text("Theme"), "long"),
        Column(words.text("Breakdown")),
        Column(words.text("Group")),
        Column(words.text("People"), "count"),
    ]
    for mood in _MOODS:
        columns += ends(page, page.term("sentiment", mood), "share")
    columns += ends(page, words.text("Mean tone"), "tone")
    columns += [Column(words.text("Verdict"))]
    return Sheet(
        words.text("Sentiment by group"),
        words.text(
            "One row per theme and group: how these people feel about it; tone from −1 to +1."
        ),
        tuple(columns),
        list(_rows(page)),
    )


def _rows(page: Page) -> Iterator[list[Cell]]:
    for theme in page.ordered_themes():
        gaps = {gap["dimension"]: gap for gap in theme["divided"]}
        for table in theme["moods"]:
            for row in table["levels"]:
                figures = [cell for mood in _MOODS for cell in three(row[mood])]
                yield [
                    page.name(theme),
                    page.term("dimension", table["dimension"]),
                    page.level(table["dimension"], row["level"]),
                    HIDDEN if row["n"] is None else row["n"],
                    *figures,
                    *three(row["polarity"]),
                    _verdict(page, gaps.get(table["dimension"]), row["level"]),
                ]


def _verdict(page: Page, gap: dict[str, Any] | None, level: str) -> str | None:
    """What is known of the two groups that differ most; nothing of the others."""
    if gap is None or level not in (gap["level"], gap["other"]):
        return None
    return page.term("division", gap["verdict"])

"""The report in a few lines: what a terminal and another program are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.report import story
from analyzer.report.view import Page
from analyzer.report.words import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["summary"]


def summary(model: dict[str, Any], language: str, written: Sequence[Path] = ()) -> dict[str, Any]:
    """Sum up a report.

    Args:
        model: result of `analyzer.report.build`.
        language: es, fr or en: of the sentences.
        written: files that were written.

    Returns:
        Plain JSON: ``schema_version``, ``generator``, ``language``, ``situation``, ``files``
        (paths as given), ``headline`` and ``findings`` (``about``, ``text``, ``theme_id``: what
        hurts most, what changed or else who speaks of what, what people love), ``nps`` and
        ``csat_top_box`` (``value``, ``low``, ``high``, ``n``, or null), ``rows_read``, ``comments``
        analysed, ``left_out`` (reason to rows), ``people`` that shares are counted over, ``themes``
        found.

    Raises:
        ConfigError: There is no such language.
    """
    page = Page(model, load(language), [])
    over = model["overview"]
    return {
        "schema_version": model["schema_version"],
        "generator": model["generator"],
        "language": language,
        "situation": model["situation"],
        "files": [str(path) for path in written],
        "headline": story.headline(page).text,
        "findings": [
            {"about": found.about, "text": found.text, "theme_id": found.theme_id}
            for found in story.three(page)
        ],
        "nps": _score(over["nps"]),
        "csat_top_box": _score(over["csat_top_box"]),
        "rows_read": over["rows_read"],
        "comments": over["comments"],
        "left_out": _left_out(model),
        "people": over["base"],
        "themes": len(model["themes"]),
    }


def _score(score: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if score is None else {key: score[key] for key in ("value", "low", "high", "n")}


def _left_out(model: dict[str, Any]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for file in model["quality"]["ledger"]:
        for row in file["reasons"]:
            if row["reason"] != "analysed":
                rows[row["reason"]] = rows.get(row["reason"], 0) + row["n"]
    return dict(sorted(rows.items(), key=lambda item: (-item[1], item[0])))

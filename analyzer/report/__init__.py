"""The report: a page, its model as JSON and three tables, from a finished analysis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.report.files import write_all
from analyzer.report.model import SCHEMA_VERSION, build
from analyzer.report.page import render
from analyzer.report.tables import ledger_csv, mentions_csv, themes_csv
from analyzer.report.view import map_points
from analyzer.report.words import load

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["SCHEMA_VERSION", "build", "html", "write"]


def html(analysis: Analysis, *, language: str = "en") -> str:
    """Return the report as one HTML page that needs no other file and no network.

    Args:
        analysis: a finished analysis.
        language: es, fr or en: of the words, numbers and theme names.

    Raises:
        ConfigError: There is no such language.
    """
    return render(build(analysis), language, map_points(analysis))


def write(analysis: Analysis, out: Path, *, language: str = "en") -> list[Path]:
    """Write report.html, report.json, themes.csv, mentions.csv and ledger.csv.

    The same analysis gives the same bytes. Either all files are written or none.

    Args:
        analysis: a finished analysis.
        out: folder, made when it is missing; files of these names in it are replaced.
        language: es, fr or en: of the page and of the theme names in mentions.csv.

    Returns:
        The paths, in the order above.

    Raises:
        ConfigError: There is no such language.
        OutputError: The folder cannot be written to.
    """
    load(language)
    model = build(analysis)
    contents = {
        "report.html": render(model, language, map_points(analysis)),
        "report.json": json.dumps(model, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "themes.csv": themes_csv(model),
        "mentions.csv": mentions_csv(analysis, language),
        "ledger.csv": ledger_csv(analysis),
    }
    return write_all(contents, Path(out))

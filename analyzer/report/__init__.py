"""The report: a page, its model as JSON, tables, a workbook, slides and a summary for e-mail."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.errors import ConfigError
from analyzer.report.brief import summary
from analyzer.report.files import write_all
from analyzer.report.mail import markdown
from analyzer.report.model import SCHEMA_VERSION, build
from analyzer.report.page import render
from analyzer.report.plane import map_points
from analyzer.report.tables import ledger_csv, mentions_csv, themes_csv
from analyzer.report.view import Page
from analyzer.report.words import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.pipeline import Analysis
    from analyzer.report.files import Content

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "SCHEMA_VERSION",
    "build",
    "html",
    "left_over",
    "parse_formats",
    "summary",
    "write",
]

FORMATS: Final = ("html", "json", "csv", "xlsx", "pptx", "md", "parquet")
DEFAULT_FORMATS: Final = ("html", "json", "csv")
_NAMES: Final = (
    "report.html", "report.json", "themes.csv", "mentions.csv", "ledger.csv", "report.xlsx",
    "report.pptx", "summary.md", "feedback.parquet", "mentions.parquet", "themes.parquet",
    "atlas.parquet",
)  # fmt: skip


def html(analysis: Analysis, *, language: str = "en") -> str:
    """Return the report as one HTML page that needs no other file and no network.

    Args:
        analysis: a finished analysis.
        language: es, fr or en: of the words, numbers and theme names.

    Raises:
        ConfigError: There is no such language.
    """
    return render(build(analysis), language, map_points(analysis))


def parse_formats(given: Iterable[str] | None) -> tuple[str, ...]:
    """Read names of formats, each a name or a list with commas; the default ones when None.

    Returns:
        Names of `FORMATS`, each once, in that order.

    Raises:
        ConfigError: A name is not one of `FORMATS`.
    """
    if given is None:
        return DEFAULT_FORMATS
    names = [part.strip().lower() for text in given for part in text.split(",") if part.strip()]
    for name in names:
        if name not in FORMATS:
            raise ConfigError(
                f"A report cannot be written as {name!r}. Choose from: {', '.join(FORMATS)}."
            )
    if not names:
        raise ConfigError(f"Name a format of the report: {', '.join(FORMATS)}.")
    return tuple(name for name in FORMATS if name in names)


def write(
    analysis: Analysis,
    out: Path,
    *,
    language: str = "en",
    formats: Sequence[str] = DEFAULT_FORMATS,
    model: dict[str, Any] | None = None,
) -> list[Path]:
    """Write the report's files; docs/outputs.md says what is in each.

    The same analysis gives the same bytes. Either all files are written or none.

    Args:
        analysis: a finished analysis.
        out: folder, made when it is missing; files of these names in it are replaced.
        language: es, fr or en: of the words, and of the theme names in tables of mentions.
        formats: of `FORMATS`. html: report.html. json: report.json. csv: themes.csv, mentions.csv,
            ledger.csv. xlsx: report.xlsx. pptx: report.pptx. md: summary.md. parquet:
            feedback.parquet, mentions.parquet, themes.parquet, atlas.parquet.
        model: what `build` made of this analysis, to spare making it again.

    Returns:
        The paths, in the order above.

    Raises:
        ConfigError: There is no such language or format.
        OutputError: The folder cannot be written to.
    """
    load(language)
    chosen = parse_formats(formats)
    made = build(analysis) if model is None else model
    return write_all(_contents(analysis, made, language, chosen), Path(out))


def left_over(written: Sequence[Path]) -> list[Path]:
    """Files of an earlier report that stand beside those just written, and tell of other rows."""
    folder = written[0].parent
    return [
        folder / name
        for name in _NAMES
        if folder / name not in written and (folder / name).exists()
    ]


def _contents(
    analysis: Analysis, model: dict[str, Any], language: str, formats: Sequence[str]
) -> dict[str, Content]:
    """File name to content; a library that only one format needs is imported for it alone."""
    page = Page(model, load(language), [])
    contents: dict[str, Content] = {}
    if "html" in formats:
        contents["report.html"] = render(model, language, map_points(analysis))
    if "json" in formats:
        contents["report.json"] = _json(model)
    if "csv" in formats:
        contents["themes.csv"] = themes_csv(model)
        contents["mentions.csv"] = partial(mentions_csv, analysis, language)
        contents["ledger.csv"] = partial(ledger_csv, analysis)
    if "xlsx" in formats:
        from analyzer.report.workbook import workbook

        contents["report.xlsx"] = workbook(analysis, page)
    if "pptx" in formats:
        from analyzer.report.slides import slides

        contents["report.pptx"] = slides(page)
    if "md" in formats:
        contents["summary.md"] = markdown(page)
    if "parquet" in formats:
        from analyzer.report.parquet import parquet_files

        contents |= parquet_files(analysis, model, language)
    return contents


def _json(model: dict[str, Any]) -> str:
    return json.dumps(model, ensure_ascii=False, indent=1, allow_nan=False) + "\n"

"""What the workbook's sheets hold: their columns and rows, before anything is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analyzer.report.limits import limit_sentence
from analyzer.report.mood_sheet import feelings
from analyzer.report.sheet import Cell, Column, Sheet, ends, three
from analyzer.report.tables import mentions_frame
from analyzer.report.view import HIDDEN
from analyzer.schema import LANGUAGES, SENTIMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.pipeline import Analysis
    from analyzer.report.view import Page

__all__ = ["ROWS", "sheets"]

Theme = dict[str, Any]
ROWS: Final = 1_048_575  # rows of a sheet below its header


def sheets(analysis: Analysis, page: Page) -> list[Sheet]:
    """Make the tables: themes, segments, feelings, changes, limits, rows left out and mentions.

    Args:
        analysis: a finished analysis.
        page: its report model in one language; what is hidden there is hidden here.

    Returns:
        The sheets in their order; changes only where there are two waves, and subjects only where
        they were counted in both.
    """
    made = [_themes(page), _segments(page), feelings(page)]
    if any(theme["wave"] for theme in page.model["themes"]):
        made.append(_changes(page))
    if page.model["subjects"]:
        made.append(_subjects(page))
    return [*made, _limits(page), _ledger(page), _mentions(analysis, page)]


def _themes(page: Page) -> Sheet:
    words = page.words
    columns = [
        Column(words.text("Theme"), "long"),
        Column(words.text("ID")),
        Column(words.text("Group")),
        Column(words.text("Kind")),
        Column(words.text("People"), "count"),
        Column(words.text("Of"), "count"),
        *ends(page, words.text("Share of people"), "share"),
        Column(words.text("Criticise it"), "count"),
        Column(words.text("Praise it"), "count"),
    ]
    columns += _score_columns(page)
    columns += [Column(page.term("sentiment", mood), "share") for mood in SENTIMENTS]
    columns += [
        Column(_social_header(page), "count"),
        Column(words.text("Stability"), "share"),
        Column(words.text("Keywords"), "long"),
    ]
    others = [code for code in LANGUAGES if code != words.language]
    columns += [Column(words.language_name(code), "long") for code in others]
    groups = {theme["theme_id"]: name for name, themes in page.groups() for theme in themes}
    rows = [
        _theme_row(page, theme, groups.get(theme["theme_id"]), others)
        for theme in page.ordered_themes()
    ]
    return Sheet(
        words.text("Themes"),
        words.text("One row per theme: people, score, and what goes with it, with 95% intervals."),
        tuple(columns),
        rows,
    )


def _social_header(page: Page) -> str:
    words = page.words
    if page.posted:
        return words.text("Mentions in social media")
    return words.text("Mentions without a score")


def _score_columns(page: Page) -> list[Column]:
    words = page.words
    columns: list[Column] = []
    if page.model["situation"] == "nps":
        columns += ends(page, words.text("NPS of these people"), "signed")
        columns += [Column(words.text("NPS scores"), "count")]
        columns += ends(page, words.text("NPS points associated with it"), "points")
        columns += [Column("q", "q"), Column(words.text("How sure"))]
    if page.model["overview"]["csat"]:
        columns += ends(page, words.text("Mean CSAT of these people (0–100)"), "decimal")
        columns += [Column(words.text("CSAT ratings"), "count")]
        columns += ends(page, words.text("CSAT points associated with it"), "points")
        columns += [
            Column(words.text("q of CSAT"), "q"),
            Column(words.text("How sure, CSAT")),
        ]
    return columns


def _theme_row(page: Page, theme: Theme, group: str | None, others: Sequence[str]) -> list[Cell]:
    words = page.words
    row: list[Cell] = [
        page.marked(theme),
        theme["theme_id"],
        group,
        words.text("Problem") if page.side(theme) == "problem" else words.text("Strength"),
        _people(page, theme["respondents"]),
        theme["base"],
        *three(theme["share"]),
        _people(page, theme["complaints"]),
        _people(page, theme["praise"]),
    ]
    if page.model["situation"] == "nps":
        row += [*three(theme["nps"]), theme["nps"]["n"]]
        row += _impact(page, theme["impact"], 1)
    if page.model["overview"]["csat"]:
        row += [*three(theme["csat"], 100), theme["csat"]["n"]]
        row += _impact(page, theme["csat_impact"], 100)
    row += [theme["sentiment"][mood] for mood in SENTIMENTS]
    row += [
        _people(page, theme["social"]),
        theme["stability"],
        ", ".join(theme["keywords"][words.language]),
    ]
    return [*row, *(theme["names"][code] for code in others)]


def _impact(page: Page, found: dict[str, Any], factor: float) -> list[Cell]:
    sure = page.term("confidence", found["confidence"]) if found["value"] is not None else None
    return [*three(found, factor), found["q"], sure]


def _people(page: Page, cell: dict[str, Any]) -> Cell:
    return page.few if cell["suppressed"] else int(cell["n"])


def _segments(page: Page) -> Sheet:
    words = page.words
    columns = [
        Column(words.text("Breakdown")),
        Column(words.text("Group")),
        Column(words.text("People in the group"), "count"),
        Column(words.text("Theme"), "long"),
        Column(words.text("People"), "count"),
        *ends(page, words.text("Share of the group"), "share"),
        Column(words.text("Times the share of the others"), "decimal"),
        Column("q", "q"),
        Column(words.text("How sure")),
    ]
    return Sheet(
        words.text("Segments"),
        words.text("One row per theme and group: who speaks of what."),
        tuple(columns),
        list(_segment_rows(page)),
    )


def _segment_rows(page: Page) -> Iterator[list[Cell]]:
    for table in page.model["dimensions"]:
        dimension = table["dimension"]
        for theme in page.ordered_themes():
            for level, cell in page.cells(theme, dimension).items():
                hidden = cell["suppressed"]
                base = page.few if cell["base"] is None else cell["base"]
                yield [
                    page.term("dimension", dimension),
                    page.level(dimension, level),
                    base,
                    page.name(theme),
                    HIDDEN if hidden else cell["n"],
                    *(cell[key] for key in ("share", "low", "high", "lift", "q")),
                    None if hidden else page.term("confidence", cell["confidence"]),
                ]


def _changes(page: Page) -> Sheet:
    words = page.words
    return Sheet(
        words.text("Changes"),
        words.text("One row per theme: the newest wave against the one before."),
        *_compared(
            page, words.text("Theme"), [theme for theme in page.ordered_themes() if theme["wave"]]
        ),
    )


def _subjects(page: Page) -> Sheet:
    words = page.words
    return Sheet(
        words.text("Subjects"),
        words.text(
            "One row per subject of the starter codebook: the newest wave against the one before."
        ),
        *_compared(page, words.text("Subject"), page.model["subjects"]),
    )


def _compared(
    page: Page, kind: str, named: list[Theme]
) -> tuple[tuple[Column, ...], list[list[Cell]]]:
    """Columns and rows of themes or subjects in two waves."""
    words, first = page.words, named[0]["wave"]
    columns = [
        Column(kind, "long"),
        Column(words.text("People, %(wave)s", wave=first["previous"]), "count"),
        Column(words.text("People, %(wave)s", wave=first["wave"]), "count"),
        Column(words.text("Share, %(wave)s", wave=first["previous"]), "share"),
        Column(words.text("Share, %(wave)s", wave=first["wave"]), "share"),
        *ends(page, words.text("Change in points"), "points"),
        Column("q", "q"),
        Column(words.text("Verdict")),
    ]
    rows: list[list[Cell]] = [
        [
            page.name(theme),
            _people(page, wave["before"]),
            _people(page, wave["now"]),
            wave["before"]["share"],
            wave["now"]["share"],
            *(None if wave[key] is None else 100 * wave[key] for key in ("change", "low", "high")),
            wave["q"],
            page.term("wave", wave["verdict"]),
        ]
        for theme in named
        for wave in (theme["wave"],)
    ]
    return tuple(columns), rows


def _limits(page: Page) -> Sheet:
    words, limits = page.words, page.model["quality"]["limits"]
    return Sheet(
        words.text("Limits"),
        words.text("What these figures cannot tell"),
        (Column(words.text("What these figures cannot tell"), "long"),),
        [[limit_sentence(words, limit)] for limit in limits],
    )


def _ledger(page: Page) -> Sheet:
    words = page.words
    return Sheet(
        words.text("Rows read"),
        words.text("Every row and what became of it"),
        (
            Column(words.text("File"), "long"),
            Column(words.text("What became of the row"), "long"),
            Column(words.text("Rows"), "count"),
        ),
        [
            [file["source"], _fate(page, row), row["n"]]
            for file in page.model["quality"]["ledger"]
            for row in file["reasons"]
        ],
    )


def _fate(page: Page, row: dict[str, Any]) -> str:
    """What became of rows, with the languages where that is the reason."""
    told = page.term("reason", row["reason"])
    spoken = ", ".join(
        f"{page.words.language_name(other['language'])} {page.words.number(other['n'])}"
        for other in row.get("languages", ())
    )
    return f"{told} ({spoken})" if spoken else told


def _mentions(analysis: Analysis, page: Page) -> Sheet:
    words = page.words
    frame = mentions_frame(analysis, words.language).head(ROWS)
    rows: list[list[Cell]] = [
        [
            row["feedback_id"],
            row["theme"],
            page.term("sentiment", row["sentiment"]),
            row["polarity"],
            page.term("one_segment", row["segment"]) or None,
            words.language_name(row["language"]),
            page.term("kind", row["kind"]),
            row["wave"],
            row["text"],
        ]
        for row in frame.iter_rows(named=True)
    ]
    return Sheet(
        words.text("Mentions"),
        words.text("One row per passage and theme, with personal data replaced."),
        (
            Column(words.text("ID")),
            Column(words.text("Theme"), "long"),
            Column(words.text("Sentiment")),
            Column(words.text("Polarity"), "decimal"),
            Column(words.text("Segment")),
            Column(words.text("Language")),
            Column(words.text("Kind")),
            Column(words.text("Wave")),
            Column(words.text("Passage"), "long"),
        ),
        rows,
    )

"""The report on one screen, as Markdown that also reads well as a plain e-mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from analyzer.report import story
from analyzer.report.limits import limit_sentence

if TYPE_CHECKING:
    from analyzer.report.view import Page

__all__ = ["markdown"]

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>&|#])")
_BREAKS: Final = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")  # a no-break space is none
_HURTS: Final = 5
_LOVES: Final = 3
_CHANGES: Final = 3
_LIMITS: Final = 4

Theme = dict[str, Any]


def markdown(page: Page) -> str:
    """Write the summary.

    Args:
        page: the report's model in one language.

    Returns:
        Markdown with the headline, the three things to know, two short tables and the limits;
        markup in names and comments is escaped.
    """
    words, model = page.words, page.model
    parts = [
        f"# {words.text('Customer feedback report')}",
        escape(_context(page)),
        f"**{escape(story.headline(page).text)}**",
        "\n".join(f"{i}. {escape(f.text)}" for i, f in enumerate(story.three(page), 1)),
        *_ranking(page, "hurts", words.text("What hurts most"), _HURTS),
        *_changes(page),
        *_ranking(page, "loves", words.text("What they love"), _LOVES),
        f"## {words.text('What these figures cannot tell')}",
        "\n".join(
            f"- {escape(limit_sentence(words, limit))}"
            for limit in _most_telling(model["quality"]["limits"])
        ),
        escape(story.quality(page).text),
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Make one line of plain text safe in Markdown and in the HTML made of it."""
    return _MARKUP.sub(r"\\\1", _BREAKS.sub(" ", text).strip())


def _context(page: Page) -> str:
    words, period = page.words, page.model["overview"]["period"]
    told = [words.listing([source["name"] for source in page.model["quality"]["sources"]])]
    if period["first"]:
        days = dict.fromkeys((words.date(period["first"]), words.date(period["last"])))
        told.append(" – ".join(days))
    return " · ".join(told)


def _most_telling(limits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first limits, and always the last: figures say what goes together."""
    return limits if len(limits) <= _LIMITS else [*limits[: _LIMITS - 1], limits[-1]]


def _ranking(page: Page, ranking: str, title: str, most: int) -> list[str]:
    words = page.words
    themes = page.top(ranking)[:most]
    if not themes:
        return []
    head = [words.text("Theme"), _measure_name(page, ranking), words.text("Mention it")]
    if page.basis != "people":
        head.append(words.text("How sure"))
    rows = [head, ["---", "---:", "---:", "---"][: len(head)]]
    rows += [[escape(cell) for cell in _row(page, theme, ranking)] for theme in themes]
    return [f"## {title}", "\n".join(f"| {' | '.join(row)} |" for row in rows)]


def _measure_name(page: Page, ranking: str) -> str:
    """What the themes are ordered by."""
    words = page.words
    if page.basis == "people":
        return words.text("Criticise it") if ranking == "hurts" else words.text("Praise it")
    if page.basis == "impact":
        return words.text("NPS points (95% interval)")
    return words.text("CSAT points (95% interval)")


def _row(page: Page, theme: Theme, ranking: str) -> list[str]:
    words, measured = page.words, page.measure(theme, ranking)
    people = page.people(page.mentions(theme))
    if page.basis == "people":
        share = "" if measured["value"] is None else f" ({words.percent(measured['value'])})"
        return [page.marked(theme), page.people(measured) + share, people]
    between = words.text(
        "%(low)s to %(high)s",
        low=words.number(measured["low"], 1),
        high=words.number(measured["high"], 1),
    )
    return [
        page.marked(theme),
        f"{words.signed(measured['value'], 1)} ({between})",
        people,
        page.term("confidence", measured["confidence"]),
    ]


def _changes(page: Page) -> list[str]:
    """New themes first, then those whose share moved most, then the subjects of a list."""
    words, rankings = page.words, page.model["rankings"]
    themes = page.named([*rankings["new"], *rankings["changed"]])[:_CHANGES]
    subjects = page.subjects(changed=True)[:_CHANGES]
    parts = [_moves(page, themes)] if themes else []
    if subjects:
        parts += [
            f"### {words.text('Subjects named more or less often')}",
            _moves(page, subjects),
        ]
    return [f"## {words.text('What changed')}", *parts] if parts else []


def _moves(page: Page, named: list[Theme]) -> str:
    """A line a theme or subject: shares before and now."""
    return "\n".join(
        "- "
        + page.words.text(
            "%(name)s: %(value)s",
            name=escape(page.name(theme)),
            value=f"{escape(page.share(theme['wave']['before']))} → "
            f"**{escape(page.share(theme['wave']['now']))}**, "
            f"{page.term('wave', theme['wave']['verdict'])}",
        )
        for theme in named
    )

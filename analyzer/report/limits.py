"""What the figures cannot tell, in sentences: the codes of ``quality.limits`` in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analyzer.report.words import Words

__all__ = ["limit_sentence"]

Limit = dict[str, Any]


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated when it is used."""
    return message


_PLAIN: Final = {
    "no_score": _("Nothing about NPS or CSAT: no file holds a score."),
    "csat": _(
        "Nothing about NPS: no file holds a 0–10 recommendation score. Impacts are "
        "points of mean CSAT, from 0 to 100."
    ),
    "only_detractors": _(
        "What goes with a lower score: every score in the files is a detractor’s, so there is "
        "nobody to compare with."
    ),
    "one_wave": _("What changed: there is one wave only."),
    "association": _(
        "What would happen if a theme were mended: figures say what goes together, not what "
        "causes what."
    ),
}


def limit_sentence(words: Words, limit: Limit) -> str:
    """Say one limit.

    Args:
        words: of the report's language.
        limit: one entry of ``quality.limits`` of the model.

    Returns:
        A sentence.
    """
    code = limit["code"]
    if code in _PLAIN:
        return words.text(_PLAIN[code])
    if code == "comment_rate_gap":
        return words.text(
            "What silent customers think: themes describe those who comment, and between %(low)s "
            "and %(high)s of a segment do.",
            low=words.percent(limit["low"]),
            high=words.percent(limit["high"]),
        )
    if code == "groups_of_posts":
        return words.text(
            "How groups of %(columns)s differ: only survey answers are compared by group, and the "
            "files hold none.",
            columns=words.listing(limit["columns"]),
        )
    if code == "small_languages":
        return words.text(
            "Much about comments in %(languages)s: there are fewer than 30.",
            languages=words.listing([words.language_in_text(c) for c in limit["languages"]]),
        )
    return _counted(words, limit)


def _counted(words: Words, limit: Limit) -> str:
    code, n = limit["code"], limit["n"]
    if code == "unclear_impacts":
        return words.plural(
            "Whether %(n)s of %(of)s themes goes with the score at all: chance alone could "
            "explain the difference.",
            "Whether %(n)s of %(of)s themes go with the score at all: chance alone could "
            "explain the difference.",
            n,
            of=words.number(limit["of"]),
        )
    if code == "small_themes":
        return words.plural(
            "The score of %(n)s theme that fewer than %(few)s people with a score mention.",
            "The score of %(n)s themes that fewer than %(few)s people with a score mention.",
            n,
            few=words.number(limit["fewest"]),
        )
    if code == "weak_themes":
        return words.plural(
            "Where %(n)s of %(of)s themes ends and its neighbours begin: it is not well separated.",
            "Where %(n)s of %(of)s themes end and their neighbours begin: they are not well "
            "separated.",
            n,
            of=words.number(limit["of"]),
        )
    if code == "repeated_people":
        return words.plural(
            "Each person apart: %(n)s answer comes from somebody who also answered in another "
            "wave, and counts once in each.",
            "Each person apart: %(n)s answers come from people who also answered in another "
            "wave, and count once in each.",
            n,
        )
    if code == "social_apart":
        return words.plural(
            "The score of those who write unasked: %(n)s comment has none, and none was guessed.",
            "The score of those who write unasked: %(n)s comments have none, and none was guessed.",
            n,
        )
    return words.plural(  # contradictions
        "What %(n)s comment means whose words and score disagree, such as an angry text with a "
        "top score.",
        "What %(n)s comments mean whose words and scores disagree, such as an angry text with a "
        "top score.",
        n,
    )

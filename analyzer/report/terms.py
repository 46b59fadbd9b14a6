"""Codes of the model as words a CX analyst uses; translated through the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analyzer.report.words import Words

__all__ = ["COUNTED", "TERMS", "term"]


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated when it is used."""
    return message


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark both forms of a message for the catalogue."""
    return one, many


# People, mentions, and comments by the kind of feedback.
COUNTED: Final = {
    "person": ngettext("%(n)s person", "%(n)s people"),
    "mention": ngettext("%(n)s mention", "%(n)s mentions"),
    "survey": ngettext("%(n)s survey answer", "%(n)s survey answers"),
    "review": ngettext("%(n)s review", "%(n)s reviews"),
    "ticket": ngettext("%(n)s ticket", "%(n)s tickets"),
    "social": ngettext("%(n)s post in social media", "%(n)s posts in social media"),
    "unscored": ngettext("%(n)s comment without a score", "%(n)s comments without a score"),
}
TERMS: Final[dict[str, dict[str, str]]] = {
    "segment": {
        "promoter": _("Promoters"),
        "passive": _("Passives"),
        "detractor": _("Detractors"),
    },
    "one_segment": {
        "promoter": _("Promoter"),
        "passive": _("Passive"),
        "detractor": _("Detractor"),
    },
    "csat_band": {
        "low": _("Dissatisfied"),
        "mid": _("In between"),
        "high": _("Satisfied"),
    },
    "sentiment": {
        "negative": _("Negative"),
        "mixed": _("Mixed"),
        "neutral": _("Neutral"),
        "positive": _("Positive"),
    },
    "all": {
        "answers": _("Overall"),
        "social": _("Social media"),
    },
    "dimension": {
        "all": _("Everybody"),
        "nps_segment": _("NPS segment"),
        "csat_band": _("Satisfaction"),
        "touchpoint": _("Touchpoint"),
        "channel": _("Channel"),
        "language": _("Language"),
        "kind": _("Kind of feedback"),
        "wave": _("Wave"),
        "status": _("Status"),
    },
    "confidence": {
        "clear": _("clear"),
        "likely": _("likely"),
        "cannot_tell": _("cannot tell"),
    },
    "wave": {
        "emerging": _("new"),
        "growing": _("growing"),
        "fading": _("fading"),
        "gone": _("gone"),
        "stable": _("stable"),
        "cannot_tell": _("cannot tell"),
    },
    "kind": {
        "survey": _("Survey"),
        "review": _("Reviews"),
        "ticket": _("Tickets"),
        "social": _("Social media"),
    },
    "reason": {
        "analysed": _("Comment analysed"),
        "no_comment": _("Score without a comment"),
        "non_answer": _("Says nothing (“none”, “-”, “n/a”)"),
        "duplicate": _("Same answer twice"),
        "repost": _("Repost or copy"),
        "other_language": _("Other language"),
        "empty_row": _("Empty row"),
        "invalid_score": _("Score outside its scale"),
        "broken_row": _("Broken row"),
        "totals_row": _("Row of totals"),
        "preview": _("Survey preview"),
        "spam": _("Marked as spam"),
        "not_public": _("Not public"),
        "copy": _("Repost or copy"),
        "own_post": _("The brand’s own post"),
        "filtered_out": _("Outside the filter"),
        "no_span": _("No words to analyse"),
    },
    "outcome": {
        "churned": _("Churn"),
        "retained": _("Retention"),
        "resolved": _("Resolution rate"),
        "first_contact_resolution": _("First-contact resolution"),
        "handle_seconds": _("Handle time"),
        "first_response_seconds": _("First response time"),
        "resolution_seconds": _("Resolution time"),
    },
    "division": {
        "divided": _("opinions divided"),
        "differ": _("unlike in tone"),
        "cannot_tell": _("cannot tell"),
    },
    "reading": {
        "hygiene": _("Taken for granted: only complaints about it go with a different score"),
        "delight": _("A delight: only praise of it goes with a different score"),
        "both": _("Praise and complaints both go with a different score"),
    },
    "metric": {"nps": _("NPS"), "csat": _("CSAT"), "ces": _("Customer effort")},
    "basis": {
        "name": _("recognised by its name and values"),
        "values": _("recognised by its values"),
        "map": _("as you said"),
        "dialect": _("known export format"),
    },
    "date_order": {
        "dmy": _("day, month, year"),
        "mdy": _("month, day, year"),
        "ymd": _("year, month, day"),
    },
}


def term(words: Words, group: str, code: str | None) -> str:
    """Word of a code; a code without one (a user's own level) is its own word."""
    message = TERMS[group].get(code or "")
    return words.text(message) if message else str(code or "")

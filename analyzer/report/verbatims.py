"""The comments that a theme shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from analyzer.report.figures import figure
from analyzer.schema import SENTIMENTS

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["VERBATIMS", "doubtful", "opposed", "telling", "verbatims"]

VERBATIMS: Final = 12  # a theme shows at most so many comments
_SURE: Final = 0.6  # confidence from which a feeling is sure
_PER_SENTIMENT: Final = 2  # comments of each sentiment that a theme shows if it has them
_PLAIN: Final = 0.5  # polarity from which a feeling is plain
_MIDDLE: Final = 0.5  # of CSAT
_LOW: Final = 0.25  # the worst marks of CSAT, as in `analyzer.schema.csat_band`
_WORD: Final = 4  # letters of a word that says something
_ENDING: Final = 2  # letters that singular and plural may differ in
_WIDER: Final = 3  # among so many times as many, one of a language that is missing is looked for


def verbatims(analysis: Analysis, theme_id: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Choose comments that show a theme.

    Args:
        analysis: a finished analysis.
        theme_id: the theme.
        row: its row of ``analysis.linked.themes``.

    Returns:
        At most `VERBATIMS` central comments, in the proportions of the theme's sentiment, some of
        each, and of each language where there are any. Of each sentiment first those that surely
        show it and whose score does not say the opposite.
    """
    found: list[dict[str, Any]] = []
    for mood in SENTIMENTS:
        share = figure(row[mood]) or 0.0
        wanted = max(_PER_SENTIMENT, round(VERBATIMS * share)) if share else 0
        pool = analysis.examples(theme_id, max(_WIDER * wanted, VERBATIMS), mood) if wanted else []
        found += _in_each_language(_plain_first(pool, mood), wanted)
    seen: set[str] = set()
    shown = []
    for example in sorted(found, key=lambda e: -(row[e["sentiment"]] or 0)):
        if example["feedback_id"] in seen or not example["text"]:
            continue
        seen.add(example["feedback_id"])
        shown.append(_verbatim(example))
    return shown[:VERBATIMS]


def doubtful(verbatim: dict[str, Any], sentiment: str | None) -> bool:
    """Tell whether a comment is weak evidence of a feeling.

    Args:
        verbatim: one of `verbatims`.
        sentiment: "negative" or "positive"; None for no feeling in particular.

    Returns:
        True where the feeling is faint or unsure, the passage is as near to another theme, the
        score says otherwise, or there is no score.
    """
    if sentiment is None:
        return False
    bad = sentiment == "negative"
    if _faint(verbatim, sentiment):
        return True
    if verbatim["segment"] is not None:
        return bool(verbatim["segment"] != ("detractor" if bad else "promoter"))
    return verbatim["csat"] is None or (verbatim["csat"] > _MIDDLE) == bad


def telling(said: str, verbatim: dict[str, Any], theme: dict[str, Any]) -> int:
    """Tell how plainly evidence shows what its theme is called.

    Args:
        said: the evidence.
        verbatim: one of `verbatims`.
        theme: of the report's model.

    Returns:
        2 where it says a word of the theme's name, singular or plural; 1 for a keyword; else 0.
        A comment in a language that themes have no names in gives 0.
    """
    spoken, code = said.casefold(), verbatim["language"]
    if code not in theme["names"]:
        return 0
    subject = theme["names"][code].casefold().split(",")[0]  # and not "among others"
    words = (word for word in subject.split() if len(word) >= _WORD)
    if any(word[: max(_WORD, len(word) - _ENDING)] in spoken for word in words):
        return 2
    return int(any(word.casefold() in spoken for word in theme["keywords"][code]))


def _faint(verbatim: dict[str, Any], sentiment: str) -> bool:
    """Whether a feeling is faint or unsure, or is as likely about another theme."""
    strength = (-1 if sentiment == "negative" else 1) * verbatim["polarity"]
    return bool(strength < _PLAIN or verbatim["confidence"] < _SURE or not verbatim["confident"])


def opposed(verbatim: dict[str, Any], sentiment: str | None) -> bool:
    """Whether a comment's score says the opposite of a feeling, as praise by a detractor.

    Args:
        verbatim: one of `verbatims`.
        sentiment: "negative" or "positive"; None for no feeling in particular.
    """
    if sentiment is None:
        return False
    bad = sentiment == "negative"
    if verbatim["segment"] is not None:
        return bool(verbatim["segment"] == ("promoter" if bad else "detractor"))
    csat = verbatim["csat"]
    return csat is not None and bool(csat >= 1 - _LOW if bad else csat <= _LOW)


def _plain_first(pool: list[dict[str, Any]], mood: str) -> list[dict[str, Any]]:
    """The pool, those that surely show the feeling and whose score does not deny it first.

    People of middling scores and posts without one stay among them: they complain too.
    """
    if mood == "neutral":
        return pool
    shown = [_verbatim(example) for example in pool]
    last = [_faint(one, mood) or opposed(one, mood) for one in shown]
    return [pool[at] for at in sorted(range(len(pool)), key=last.__getitem__)]


def _in_each_language(pool: list[dict[str, Any]], wanted: int) -> list[dict[str, Any]]:
    """The first of the pool; a missing language takes the place of the last of the most frequent.

    Whoever reads the report in that language wants to read it in a customer's words too.
    """
    chosen, others = list(range(len(pool)))[:wanted], range(wanted, len(pool))
    for place in others:
        spoken = Counter(pool[at]["language"] for at in chosen)
        most, times = max(spoken.items(), key=lambda item: (item[1], item[0]))
        if times > 1 and pool[place]["language"] not in spoken:
            chosen.remove(max(at for at in chosen if pool[at]["language"] == most))
            chosen.append(place)
    return [pool[at] for at in sorted(chosen)]


def _verbatim(example: dict[str, Any]) -> dict[str, Any]:
    keys = (
        "feedback_id",
        "span",
        "text",
        "start",
        "end",
        "language",
        "sentiment",
        "confident",
        "kind",
        "nps",
        "wave",
        "touchpoint",
    )
    return {
        **{key: example[key] for key in keys},
        "polarity": figure(example["polarity"]),
        "confidence": figure(example["confidence"]),
        "similarity": figure(example["similarity"]),
        "csat": figure(example["csat"]),
        "segment": _segment(example["nps"]),
    }


def _segment(nps: int | None) -> str | None:
    if nps is None:
        return None
    return "promoter" if nps >= 9 else "passive" if nps >= 7 else "detractor"

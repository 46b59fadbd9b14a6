"""What a report says in a sentence each: its headline, and the findings that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer.report.figures import CLEAR, LIKELY

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from analyzer.report.view import Page

__all__ = [
    "Finding",
    "changed",
    "headline",
    "hurts",
    "loves",
    "moved",
    "quality",
    "segments",
    "subject",
    "three",
]

Theme = dict[str, Any]
_SCORES: Final = ("nps_segment", "csat_band")


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated when it is used."""
    return message


# Whether low and high scores of a dimension disagree about a theme more than about any other, or
# more than about any other that is specific, of which the first may be named already.
_DIVIDES: Final = {
    ("nps_segment", "all"): _(
        "“%(theme)s” divides most: %(worst)s of detractors mention it, %(best)s of promoters."
    ),
    ("nps_segment", "specific"): _(
        "Of the specific themes, “%(theme)s” divides most: %(worst)s of detractors mention it, "
        "%(best)s of promoters."
    ),
    ("nps_segment", "others"): _(
        "Of the other specific themes, “%(theme)s” divides most: %(worst)s of detractors mention "
        "it, %(best)s of promoters."
    ),
    ("csat_band", "all"): _(
        "“%(theme)s” divides most: %(worst)s of the dissatisfied mention it, %(best)s of the "
        "satisfied."
    ),
    ("csat_band", "specific"): _(
        "Of the specific themes, “%(theme)s” divides most: %(worst)s of the dissatisfied mention "
        "it, %(best)s of the satisfied."
    ),
    ("csat_band", "others"): _(
        "Of the other specific themes, “%(theme)s” divides most: %(worst)s of the dissatisfied "
        "mention it, %(best)s of the satisfied."
    ),
}


# The same of what most people mention, or most posts: whether people are counted.
_MENTIONED: Final = {
    (True, "all"): _("“%(theme)s” is mentioned most: by %(share)s of people (%(n)s)."),
    (True, "specific"): _(
        "Of the specific themes, “%(theme)s” is mentioned most: by %(share)s of people (%(n)s)."
    ),
    (True, "others"): _(
        "Of the other specific themes, “%(theme)s” is mentioned most: by %(share)s of people "
        "(%(n)s)."
    ),
    (False, "all"): _("“%(theme)s” is mentioned most: %(n)s mentions."),
    (False, "specific"): _(
        "Of the specific themes, “%(theme)s” is mentioned most: %(n)s mentions."
    ),
    (False, "others"): _(
        "Of the other specific themes, “%(theme)s” is mentioned most: %(n)s mentions."
    ),
}


@dataclass(frozen=True)
class Finding:
    """One sentence and what it is about.

    Attributes:
        about: headline, hurts, changed, loves, segments or quality.
        text: the sentence, in the page's language.
        theme_id: the theme it names, or None.
        dimension: the breakdown it is about, or None.
    """

    about: str
    text: str
    theme_id: str | None = None
    dimension: str | None = None


def three(page: Page) -> tuple[Finding, Finding, Finding]:
    """Say the three things to know: what hurts most, what changed and what people love.

    With a single wave nothing can have changed, and who speaks of what takes that place, of a
    theme that the other two do not name where there is one.
    """
    first, last = hurts(page), loves(page)
    if "changed" in page.sections():
        return first, changed(page), last
    said = {first.theme_id, last.theme_id}
    return first, _apart(page, said) or _divides(page) or changed(page), last


def headline(page: Page) -> Finding:
    """Say how the score stands, and how it moved where that is clear."""
    words, model = page.words, page.model
    over, state = model["overview"], model["situation"]
    if state == "only_detractors":
        text = words.text("Detractors only: what they say, not what it costs.")
    elif state == "no_score":
        text = words.plural(
            "%(n)s comment without a score: what people say, not what it costs.",
            "%(n)s comments without a score: what people say, not what it costs.",
            over["comments"],
        )
    elif state == "nps":
        text = _nps(page)
    else:
        share = over["csat_top_box"]
        text = (
            words.text("Too few ratings for a CSAT: it needs 10 people.")
            if share is None or share["value"] is None
            else words.text(
                "%(share)s are satisfied (between %(low)s and %(high)s).",
                share=words.percent(share["value"]),
                low=words.percent(share["low"]),
                high=words.percent(share["high"]),
            )
        )
    return Finding("headline", text)


def _nps(page: Page) -> str:
    words, nps = page.words, page.model["overview"]["nps"]
    if nps["value"] is None:
        return words.text("Too few scores for an NPS: it needs 10 people.")
    newest = page.newest("nps")
    step = moved(page) if newest is not None and newest["p"] <= LIKELY else ""
    return step or words.text(
        "NPS is %(score)s, between %(low)s and %(high)s.",
        score=words.signed(nps["value"]),
        low=words.number(nps["low"]),
        high=words.number(nps["high"]),
    )


def moved(page: Page) -> str:
    """Say how the NPS of the newest wave differs from the wave before; empty without two."""
    words, newest = page.words, page.newest("nps")
    before = _wave_value(page, newest["previous"]) if newest else None
    if newest is None or before is None or page.model["situation"] != "nps":
        return ""
    up = newest["change"] > 0
    if newest["p"] <= CLEAR:
        message = (
            words.text("NPS rose from %(before)s to %(now)s since %(wave)s.")
            if up
            else words.text("NPS fell from %(before)s to %(now)s since %(wave)s.")
        )
    elif newest["p"] <= LIKELY:
        message = (
            words.text("NPS probably rose since %(wave)s, from %(before)s to %(now)s.")
            if up
            else words.text("NPS probably fell since %(wave)s, from %(before)s to %(now)s.")
        )
    else:
        message = words.text(
            "NPS went from %(before)s to %(now)s since %(wave)s, which chance alone could explain."
        )
    return message % {
        "before": words.signed(before),
        "now": words.signed(newest["value"]),
        "wave": newest["previous"],
    }


def _wave_value(page: Page, wave: str) -> float | None:
    rows = page.model["overview"]["waves"]
    return next((r["value"] for r in rows if r["metric"] == "nps" and r["wave"] == wave), None)


def hurts(page: Page) -> Finding:
    """Name the theme that goes with the lowest score, or that draws the most complaints."""
    return _leading(
        page,
        "hurts",
        {
            "impact": _("“%(theme)s” weighs most: %(points)s NPS points go with it."),
            "csat_impact": _(
                "“%(theme)s” weighs most: %(points)s points of mean CSAT (0–100) go with it."
            ),
            "people": _("“%(theme)s” draws the most complaints."),
            "leads": _("“%(theme)s” leads what is criticised more than praised."),
        },
        _("Too few comments to compare themes.")
        if not page.comparable()
        else _("No particular theme draws more complaints than praise.")
        if page.basis == "people"
        else _("No particular theme clearly goes with a lower score."),
    )


def loves(page: Page) -> Finding:
    """Name the theme that goes with the highest score, or that draws the most praise."""
    return _leading(
        page,
        "loves",
        {
            "impact": _("“%(theme)s” is what they love most: %(points)s NPS points go with it."),
            "csat_impact": _(
                "“%(theme)s” is what they love most: %(points)s points of mean CSAT (0–100) go "
                "with it."
            ),
            "people": _("“%(theme)s” draws the most praise."),
            "leads": _("“%(theme)s” leads what is praised more than criticised."),
        },
        _("No theme stands out clearly.")
        if not page.comparable()
        else _("No particular theme draws more praise than complaints.")
        if page.basis == "people"
        else _("No particular theme that people praise clearly goes with a higher score."),
    )


def _leading(page: Page, ranking: str, messages: dict[str, str], nothing: str) -> Finding:
    """Say a ranking's first theme in the message of its basis, or that nothing leads it."""
    words, theme = page.words, page.leader(ranking)
    if theme is None:
        return Finding(ranking, words.text(nothing))
    value = page.measure(theme, ranking)["value"]
    points = "" if value is None else words.signed(value, 1)
    basis = page.basis
    if basis == "people" and _outdone(page, theme, ranking):
        basis = "leads"
    text = words.text(messages[basis], theme=page.name(theme), points=points)
    return Finding(ranking, text, theme["theme_id"])


def _outdone(page: Page, first: Theme, ranking: str) -> bool:
    """Whether another theme draws more of the same voice, as one that most people praise may."""
    n = page.measure(first, ranking)["n"] or 0
    return any((page.measure(t, ranking)["n"] or 0) > n for t in page.themes.values())


def changed(page: Page) -> Finding:
    """Name what is new, else the theme whose share moved most, else the clearest subject."""
    words, rankings = page.words, page.model["rankings"]
    new, moved = page.named(rankings["new"]), page.named(rankings["changed"])
    listed = page.subjects(changed=True)
    if new:
        theme = new[0]
        text = words.text(
            "New: “%(theme)s”, %(share)s of people in %(wave)s.",
            theme=page.name(theme),
            share=page.share(theme["wave"]["now"]),
            wave=theme["wave"]["wave"],
        )
        return Finding("changed", text, theme["theme_id"])
    if moved:
        return Finding("changed", _moved(page, moved[0]), moved[0]["theme_id"])
    if listed:
        return subject(page, listed[0])
    if any(theme["wave"] for theme in page.model["themes"]):
        text = words.text("No theme’s share changed clearly between the two waves.")
    else:
        text = words.text("One wave only: nothing to compare with yet.")
    return Finding("changed", text)


def subject(page: Page, named: Theme) -> Finding:
    """Say how many people more, or fewer, speak of a subject that is in no theme alone."""
    return Finding("changed", _moved(page, named))


def _moved(page: Page, theme: Theme) -> str:
    words, wave = page.words, theme["wave"]
    told = {
        "theme": page.name(theme),
        "before": page.share(wave["before"]),
        "now": page.share(wave["now"]),
    }
    if wave["verdict"] in ("growing", "emerging"):
        message = (
            words.text("“%(theme)s” grew to %(now)s of people.")
            if wave["before"]["share"] is None
            else words.text("“%(theme)s” grew from %(before)s to %(now)s of people.")
        )
    elif not wave["now"]["share"]:
        message = words.text(
            "“%(theme)s” is hardly mentioned any more: %(before)s of people before."
        )
    else:
        message = words.text("“%(theme)s” faded from %(before)s to %(now)s of people.")
    return message % told


def segments(page: Page) -> Finding:
    """Name the theme that divides detractors and promoters most, else a group that stands out."""
    found = _divides(page) or _one_group(page)
    nothing = _("No group clearly speaks more of any theme than the others do.")
    return found or Finding("segments", page.words.text(nothing))


def _apart(page: Page, said: set[str | None]) -> Finding | None:
    """What a single wave tells beside what hurts and what people love."""
    return _one_group(page) or _divides(page, said) or _most_mentioned(page, said)


def _divides(page: Page, said: Container[str | None] = ()) -> Finding | None:
    """The theme, other than those already named, that divides high and low scores most."""
    words = page.words
    for dimension, worst, best in (
        ("nps_segment", "detractor", "promoter"),
        ("csat_band", "low", "high"),
    ):
        gaps = sorted(_gaps(page, dimension, worst, best), key=lambda gap: (-gap[0], gap[1]))
        left = _first(page, [gap[1] for gap in gaps], said)
        if left is None:
            continue
        theme, among = page.themes[left[0]], left[1]
        cells = page.cells(theme, dimension)
        message = words.text(_DIVIDES[dimension, among])
        told = {
            "theme": page.name(theme),
            "worst": page.share(cells[worst]),
            "best": page.share(cells[best]),
        }
        return Finding("segments", message % told, theme["theme_id"], dimension)
    return None


def _first(page: Page, ids: list[str], said: Container[str | None]) -> tuple[str, str] | None:
    """The first specific theme that is not yet named, and of which it is the first.

    Of ``all`` themes, of the ``specific`` ones, or of the ``others`` that are, when one before it
    is named already.
    """
    specific = {theme["theme_id"] for theme in page.particular()}
    left = next((one for one in ids if one in specific and one not in said), None)
    if left is None:
        return None
    before = ids[: ids.index(left)]
    if not before:
        return left, "all"
    return left, "others" if any(one in specific for one in before) else "specific"


def _gaps(page: Page, dimension: str, worst: str, best: str) -> Iterator[tuple[float, str]]:
    """How far apart low and high scores are about each theme, where that is clear."""
    for theme in page.model["themes"]:
        cells = page.cells(theme, dimension)
        low, high = cells.get(worst), cells.get(best)
        if not low or not high or low["share"] is None or high["share"] is None:
            continue
        if "clear" in (low["confidence"], high["confidence"]):
            yield abs(low["share"] - high["share"]), theme["theme_id"]


def _one_group(page: Page) -> Finding | None:
    """The group of the user's own columns that speaks of a theme more than the others do."""
    words = page.words
    found = [
        (cell["share"] / cell["lift"] - cell["share"], theme["theme_id"], table, cell)
        for theme in page.particular()
        for table in theme["segments"]
        if table["dimension"] not in _SCORES
        for cell in table["levels"]
        if cell["confidence"] == "clear" and (cell["lift"] or 0) > 1 and cell["share"] is not None
    ]
    if not found:
        return None
    gap, theme_id, table, cell = min(found, key=lambda row: (*row[:2], row[3]["level"]))
    text = words.text(
        "“%(theme)s” stands out in one group, %(level)s: %(share)s mention it, against "
        "%(others)s of the others.",
        theme=page.name(theme_id),
        level=page.level(table["dimension"], cell["level"]),
        share=words.percent(cell["share"]),
        others=words.percent(cell["share"] + gap),
    )
    return Finding("segments", text, theme_id, table["dimension"])


def _most_mentioned(page: Page, said: Container[str | None]) -> Finding | None:
    """The theme, other than those already named, that most people mention, or most posts."""
    words = page.words
    known = [theme for theme in page.model["themes"] if page.mentions(theme)["n"]]
    known.sort(key=lambda theme: (-page.mentions(theme)["n"], theme["theme_id"]))
    left = _first(page, [theme["theme_id"] for theme in known], said)
    if left is None:
        return None
    theme = page.themes[left[0]]
    message = words.text(_MENTIONED[bool(theme["base"]), left[1]])
    told = {
        "theme": page.name(theme),
        "n": words.number(page.mentions(theme)["n"]),
        "share": words.percent(theme["share"]["value"]) if theme["base"] else "",
    }
    return Finding("segments", message % told, theme["theme_id"])


def quality(page: Page) -> Finding:
    """Say how many rows could be analysed."""
    over = page.model["overview"]
    if over["comments"] == over["rows_read"]:
        rows = page.words.number(over["rows_read"])
        return Finding(
            "quality", page.words.text("All %(rows)s rows could be analysed.", rows=rows)
        )
    text = page.words.text(
        "%(analysed)s of %(rows)s rows could be analysed; each of the others is accounted for.",
        analysed=page.words.number(over["comments"]),
        rows=page.words.number(over["rows_read"]),
    )
    return Finding("quality", text)

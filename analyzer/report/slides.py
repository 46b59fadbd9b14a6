"""The slides that a CX lead presents: each is one idea, and its title is the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analyzer.report import story
from analyzer.report.deck import BAD, GOOD, INK, MID, MUTED, Bar, Box, Deck, Paragraph
from analyzer.report.drawing import heat
from analyzer.report.limits import limit_sentence
from analyzer.report.view import HIDDEN

if TYPE_CHECKING:
    from analyzer.report.view import Page

__all__ = ["slides"]

_BARS: Final = 6
_QUOTES: Final = 3
_WAVES: Final = 6
_ROWS: Final = 10
_WORST: Final = 6  # of these rows, those that hurt
_LEVELS: Final = 6
_IN_GROUP: Final = 6
_LIMITS: Final = 6
_LABEL: Final = 44  # letters of a theme's name in a chart
_LEFT, _RIGHT = Box(0.6, 1.75, 7.9, 4.95), Box(8.9, 1.85, 3.85, 4.8)
_WHOLE = Box(0.6, 1.75, 12.1, 4.95)

Theme = dict[str, Any]


def slides(page: Page) -> bytes:
    """Draw the slides, in the page's language.

    Args:
        page: a report model in one language.

    Returns:
        A PPTX file with native charts, tables and text: headline, what hurts most, what changed,
        subjects named more or less often, what people love, the groups of themes, themes by
        segment, and what the figures cannot tell. A slide that would have nothing to show, such as
        changes of a single wave, is left out. The same model gives the same bytes.
    """
    deck, sections = Deck(page.words.text("Customer feedback report")), page.sections()
    _headline(deck, page)
    if page.top("hurts"):
        _ranking(deck, page, "hurts")
    if "changed" in sections:
        _changed(deck, page)
    if page.subjects(changed=True):
        _subjects(deck, page)
    if page.top("loves"):
        _ranking(deck, page, "loves")
    if page.groups():
        _groups(deck, page)
    if "segments" in sections:
        _segments(deck, page)
    _quality(deck, page)
    return deck.save()


def _short(text: str, letters: int = _LABEL) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _headline(deck: Deck, page: Page) -> None:
    words, over = page.words, page.model["overview"]
    sources = words.listing([source["name"] for source in page.model["quality"]["sources"]])
    deck.slide(
        story.headline(page).text,
        " ".join(found.text for found in story.three(page)),
        f"{_short(sources, 110)} · "
        + words.text("Rows read: %(n)s", n=words.number(over["rows_read"])),
    )
    titles = {
        "hurts": words.text("What hurts most"),
        "changed": words.text("What changed"),
        "segments": words.text("Who speaks of what"),
        "loves": words.text("What they love"),
    }
    paragraphs = []
    for found in story.three(page):
        title = titles[found.about]
        paragraphs.append(Paragraph(title, size=13, colour=MUTED, bold=True, after=2))
        paragraphs.append(Paragraph(found.text, size=20, after=22))
    deck.words(Box(0.6, 1.95, 5.9, 4.6), paragraphs)
    parts, title = _distribution(page)
    if parts:
        deck.words(Box(7.1, 1.95, 5.6, 0.4), [Paragraph(title, size=13, colour=MUTED, bold=True)])
        deck.stack(
            Box(7.0, 2.2, 5.8, 1.5),
            parts,
            "; ".join(f"{name} {words.percent(share)}" for name, share, _ in parts),
        )
    rows, form = _waves(page)
    if len(rows) > 1:
        caption = words.text("Wave by wave, with 95% intervals")
        deck.words(Box(7.1, 3.85, 5.6, 0.4), [Paragraph(caption, 13, MUTED, bold=True)])
        deck.bars(
            Box(7.0, 4.1, 5.8, 2.65),
            rows,
            name="NPS" if page.model["overview"]["nps"] else "CSAT",
            form=form,
            about="; ".join(row.label for row in rows),
            upright=True,
        )


def _distribution(page: Page) -> tuple[list[tuple[str, float, str]], str]:
    """Segments, satisfaction bands or sentiment: what there is, with its n."""
    words, over = page.words, page.model["overview"]
    n = words.size
    if page.model["situation"] == "nps":
        colours = {"detractor": BAD, "passive": MID, "promoter": GOOD}
        rows = reversed(over["nps_segments"])
        found = [(page.term("segment", r["level"]), r["share"], colours[r["level"]]) for r in rows]
        return found, f"NPS · {n(over['nps']['n'])}"
    if page.model["situation"] == "csat" and over["csat_bands"]:
        colours = {"low": BAD, "mid": MID, "high": GOOD}
        rows = reversed(over["csat_bands"])
        found = [
            (page.term("csat_band", r["level"]), r["share"], colours[r["level"]]) for r in rows
        ]
        return found, f"CSAT · {n(over['csat_top_box']['n'])}"
    colours = {"negative": BAD, "mixed": "8A6D9C", "neutral": MID, "positive": GOOD}
    moods = [row for row in over["sentiment"] if row["share"]]
    found = [
        (page.term("sentiment", r["sentiment"]), r["share"], colours[r["sentiment"]]) for r in moods
    ]
    base = n(moods[0]["base"] if moods else 0)
    return found, f"{words.text('Sentiment of the comments')} · {base}"


def _waves(page: Page) -> tuple[list[Bar], str]:
    """The score of the newest waves, as bars, and the number format of their axis."""
    words, over = page.words, page.model["overview"]
    metric = "nps" if over["nps"] else "csat"
    factor = 1 if metric == "nps" else 100
    rows = [row for row in over["waves"] if row["metric"] == metric and row["value"] is not None]
    bars = []
    for row in rows[-_WAVES:]:
        value = row["value"] * factor
        told = words.signed(value) if metric == "nps" else words.number(value)
        label = f"{row['wave']}\n{told} · {words.size(row['n'])}"
        colour = BAD if metric == "nps" and value < 0 else GOOD
        bars.append(Bar(label, value, row["low"] * factor, row["high"] * factor, colour))
    return bars, "+0;\N{MINUS SIGN}0;0" if metric == "nps" else "0"


def _ranking(deck: Deck, page: Page, ranking: str) -> None:
    found = story.hurts(page) if ranking == "hurts" else story.loves(page)
    themes = page.top(ranking)[:_BARS]
    explain = _explain(page, ranking)
    deck.slide(found.text, f"{found.text} {explain}", explain)
    colour = BAD if ranking == "hurts" else GOOD
    rows = [_bar(page, theme, ranking, colour) for theme in themes]
    shares = page.basis == "people"
    deck.bars(
        _LEFT,
        rows,
        name=_measured(page, ranking),
        form="0%" if shares else "+0.0;\N{MINUS SIGN}0.0;0",
        about="; ".join(row.label.replace("\n", ": ") for row in rows),
    )
    mood = "negative" if ranking == "hurts" else "positive"
    _quotes(deck, page, themes, mood)


def _measured(page: Page, ranking: str) -> str:
    words = page.words
    if page.basis == "impact":
        return words.text("NPS points associated with it")
    if page.basis == "csat_impact":
        return words.text("CSAT points associated with it")
    return words.text("Criticise it") if ranking == "hurts" else words.text("Praise it")


def _explain(page: Page, ranking: str) -> str:
    words = page.words
    if page.basis != "people":
        return words.text(
            "%(measure)s, with 95%% intervals. It says what goes together, not what causes what. "
            "Grey: cannot tell.",
            measure=_measured(page, ranking),
        )
    if page.model["overview"]["base"]:
        return (
            words.text("Share of all people who criticise the theme, with 95% intervals.")
            if ranking == "hurts"
            else words.text("Share of all people who praise the theme, with 95% intervals.")
        )
    return (
        words.text("Share of all mentions that criticise the theme.")
        if ranking == "hurts"
        else words.text("Share of all mentions that praise the theme.")
    )


def _bar(page: Page, theme: Theme, ranking: str, colour: str) -> Bar:
    words, measured = page.words, page.measure(theme, ranking)
    shares = page.basis == "people"
    people = page.people(measured if shares else page.mentions(theme))
    value, low, high = measured["value"], measured["low"], measured["high"]
    told = "–"
    if value is not None:
        told = words.percent(value) if shares else words.signed(value, 1)
    label = f"{_short(page.marked(theme))}\n{told} · {words.size(people)}"
    sure = measured["confidence"] != "cannot_tell"
    return Bar(label, value, low, high, colour if sure else MID)


def _quotes(deck: Deck, page: Page, themes: list[Theme], mood: str | None) -> None:
    """What people say of the first themes, in their words."""
    paragraphs = []
    for theme in themes[:_QUOTES]:
        quote = page.quote(theme, mood)
        if quote:
            said = page.words.text("“%(words)s”", words=quote["text"])
            paragraphs.append(Paragraph(said, size=15, italic=True, after=2))
            paragraphs.append(Paragraph(_short(page.name(theme)), 12, MUTED, bold=True, after=20))
    if paragraphs:
        deck.words(_RIGHT, paragraphs)


def _changed(deck: Deck, page: Page) -> None:
    words, rankings = page.words, page.model["rankings"]
    found = story.changed(page)
    compared = [theme for theme in page.model["themes"] if theme["wave"]]
    first = compared[0]["wave"]
    explain = words.text(
        "Share of people who mention each theme: %(wave)s (n = %(now)s) against %(previous)s "
        "(n = %(before)s).",
        **_both_waves(page, first),
    )
    deck.slide(found.text, f"{found.text} {explain}", explain)
    clear = page.named([*rankings["new"], *rankings["changed"]])
    others = [theme for theme in compared if theme not in clear]
    others.sort(key=lambda t: (-abs(t["wave"]["change"] or 0), t["theme_id"]))
    _pairs(deck, page, _LEFT, [*clear, *others][:_BARS])
    _quotes(deck, page, clear, None)


def _subjects(deck: Deck, page: Page) -> None:
    """Subjects of a list that is the same for both waves: those that changed, then the clearest."""
    words, named = page.words, page.subjects(changed=True)
    found, first = story.subject(page, named[0]), named[0]["wave"]
    explain = words.text(
        "People who speak of each subject of the starter codebook, a list that neither wave has "
        "shaped: %(wave)s (n = %(now)s) against %(previous)s (n = %(before)s).",
        **_both_waves(page, first),
    )
    deck.slide(found.text, f"{found.text} {explain}", explain)
    _pairs(deck, page, _WHOLE, [*named, *page.subjects(changed=False)][:_BARS])


def _both_waves(page: Page, compared: dict[str, Any]) -> dict[str, str]:
    """Names of two waves and how many people each rests on, as sentences have them."""
    return {
        "wave": compared["wave"],
        "now": page.words.number(compared["now"]["base"]),
        "previous": compared["previous"],
        "before": page.words.number(compared["before"]["base"]),
    }


def _pairs(deck: Deck, page: Page, box: Box, shown: list[Theme]) -> None:
    """Shares of people in two waves, side by side."""
    first = shown[0]["wave"]
    deck.pairs(
        box,
        [_change_label(page, theme) for theme in shown],
        [
            (first["previous"], [t["wave"]["before"]["share"] for t in shown], MID),
            (first["wave"], [t["wave"]["now"]["share"] for t in shown], INK),
        ],
        "; ".join(_change_label(page, theme).replace("\n", ": ") for theme in shown),
    )


def _change_label(page: Page, theme: Theme) -> str:
    wave = theme["wave"]
    people = page.words.size(f"{page.people(wave['before'])} → {page.people(wave['now'])}")
    return f"{_short(page.name(theme))}\n{page.term('wave', wave['verdict'])} · {people}"


def _groups(deck: Deck, page: Page) -> None:
    """What the themes are about, by group: names and how many mention each."""
    words, grouped = page.words, page.groups()
    found = words.plural(
        "What people speak of falls into %(n)s group.",
        "What people speak of falls into %(n)s groups.",
        len(page.model["groups"]),
    )
    explain = words.text("Themes of each group, with the number of people who mention them.")
    if not page.model["overview"]["base"]:
        explain = words.text("Themes of each group, with the number of mentions.")
    deck.slide(found, f"{found} {explain}", explain)
    texts = [[words.text("Group"), words.text("Themes")]]
    for name, themes in grouped[:_ROWS]:
        told = [f"{page.name(t)} ({page.people(page.mentions(t))})" for t in themes[:_IN_GROUP]]
        told += ["…"] if len(themes) > _IN_GROUP else []
        texts.append([_short(name), " · ".join(told)])
    height = min(4.95, 0.5 * len(texts))
    deck.table(Box(0.6, 1.75, 12.1, height), texts, [[None] * 2 for _ in texts], first=0.3)


def _segments(deck: Deck, page: Page) -> None:
    words = page.words
    found = story.segments(page)
    explain = words.text(
        "Share of each group that mentions a theme. ▲ and ▼ mark groups that clearly mention it "
        "more or less than all others do; “–” hides small groups.",
    )
    deck.slide(found.text, f"{found.text} {explain}", explain)
    shown = page.dimensions()
    table = next((each for each in shown if each["dimension"] == found.dimension), shown[0])
    levels, top = table["levels"][:_LEVELS], page.heat_top(table["dimension"])
    themes = _both_ends(page, found.theme_id)
    head = [words.text("Theme")]
    head += [
        f"{_short(page.level(table['dimension'], level['level']), 24)} · "
        f"{words.size(page.size(level['base']))}"
        for level in levels
    ]
    texts = [head]
    fills: list[list[int | None]] = [[None] * len(head)]
    for theme in themes:
        cells = page.cells(theme, table["dimension"])
        row = [cells.get(level["level"]) for level in levels]
        texts.append([_short(page.name(theme)), *(_share(page, cell) for cell in row)])
        fills.append([None, *(heat((cell or {}).get("share"), top) for cell in row)])
    deck.table(Box(0.6, 1.75, 12.1, min(4.95, 0.45 * len(texts))), texts, fills)


def _both_ends(page: Page, named: str | None) -> list[Theme]:
    """Themes for a table: what hurts most and what people love, and the one the title names."""
    rankings = page.model["rankings"]
    chosen = [*rankings["hurts"][:_WORST], *rankings["loves"]]
    if named is not None:
        chosen.insert(0, named)
    kept = list(dict.fromkeys([*chosen, *(theme["theme_id"] for theme in page.ordered_themes())]))
    shown = set(kept[:_ROWS])
    return [theme for theme in page.ordered_themes() if theme["theme_id"] in shown]


def _share(page: Page, cell: dict[str, Any] | None) -> str:
    if cell is None or cell["suppressed"]:
        return HIDDEN
    mark = ""
    if cell["confidence"] == "clear" and cell["lift"] is not None:
        mark = " ▲" if cell["lift"] > 1 else " ▼"
    return f"{page.share(cell)}{mark}"


def _quality(deck: Deck, page: Page) -> None:
    words, quality = page.words, page.model["quality"]
    found = story.quality(page)
    limits = [limit_sentence(words, limit) for limit in quality["limits"]]
    deck.slide(found.text, " ".join(limits), words.text("Every row and what became of it"))
    title = Paragraph(words.text("What these figures cannot tell"), 13, MUTED, bold=True)
    shown = limits if len(limits) <= _LIMITS else [*limits[: _LIMITS - 1], limits[-1]]
    deck.words(
        Box(0.6, 1.85, 6.2, 4.9), [title, *(Paragraph(told, size=15, after=10) for told in shown)]
    )
    rows: dict[str, int] = {}
    for file in quality["ledger"]:
        for reason in file["reasons"]:
            rows[reason["reason"]] = rows.get(reason["reason"], 0) + reason["n"]
    fates = sorted(rows.items(), key=lambda row: (row[0] != "analysed", -row[1], row[0]))
    texts = [[words.text("What became of the row"), words.text("Rows")]]
    texts += [[page.term("reason", reason), words.number(n)] for reason, n in fates[:_ROWS]]
    deck.table(
        Box(7.3, 1.85, 5.4, 0.42 * len(texts)), texts, [[None] * 2 for _ in texts], first=0.75
    )

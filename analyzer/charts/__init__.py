"""Charts of an analysis with Altair: for notebooks and, as SVG or PNG, for slides.

Every chart shows how many people stand behind a figure and its interval, and uses two colours that
people with any colour vision tell apart. Words are those of the report, in its three languages.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import altair as alt
import polars as pl

from analyzer.errors import ConfigError
from analyzer.report.model import build
from analyzer.report.plane import map_points
from analyzer.report.view import HIDDEN, Page
from analyzer.report.words import load

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.drawing import Label

__all__ = ["heatmap", "impact", "theme_map", "to_png", "to_svg"]

BAD: Final = "#b3401c"
GOOD: Final = "#0f6a9a"
UNSURE: Final = "#9aa2ac"
_INK: Final = "#1a1f26"
MUTED: Final = "#56606c"
_DOTS: Final = 2000
_SHRINK: Final = 0.8  # of the page's map
_Align = Literal["left", "center", "right"]
_ANCHORS: Final[tuple[tuple[str, _Align], ...]] = (
    ("start", "left"),
    ("middle", "center"),
    ("end", "right"),
)
_RAMP: Final = ["#eef1f8", "#d7deef", "#b6c3e2", "#8fa2d1", "#4d65a9", "#2c4180"]
_FONT: Final = "Inter, Segoe UI, Roboto, Helvetica Neue, Liberation Sans, Arial, sans-serif"


def impact(analysis: Analysis, language: str = "en") -> alt.LayerChart:
    """Points of NPS (or CSAT, on 0..100) associated with each theme, with 95% intervals.

    Args:
        analysis: a finished analysis.
        language: es, fr or en.

    Returns:
        A chart with a row a theme, the most costly first; grey where nobody can tell.

    Raises:
        ConfigError: There is no such language, or the files allow no impact (no score, or
            detractors only).
    """
    page = _page(analysis, language)
    if page.basis == "people":
        raise ConfigError(
            "These files allow no impact: they hold no score, or detractors only, so there is "
            "nobody to compare with. Use analysis.map() or analysis.heatmap()."
        )
    words = page.words
    title = words.text(
        "NPS points associated with it"
        if page.basis == "impact"
        else "CSAT points associated with it"
    )
    verdicts = alt.Scale(domain=["costs", "helps", "cannot_tell"], range=[BAD, GOOD, UNSURE])
    base = alt.Chart(_impact_rows(page)).encode(
        y=alt.Y("theme:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        color=alt.Color("verdict:N", scale=verdicts, legend=None),
        tooltip=[
            alt.Tooltip("theme:N", title=words.text("Theme")),
            alt.Tooltip("value:Q", format="+.1f", title=title),
            alt.Tooltip("between:N", title="95%"),
            alt.Tooltip("people:N", title=words.text("People")),
            alt.Tooltip("sure:N", title=words.text("How sure")),
        ],
    )
    bars = base.mark_bar(opacity=0.3, height=12).encode(x=alt.X("value:Q", title=title))
    whiskers = base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
        x=alt.X("low:Q", title=title), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x="value:Q")
    figures = base.mark_text(align="left", dx=8, fontSize=11).encode(
        x="end:Q", text="told:N", color=alt.value(MUTED)
    )
    chart = alt.layer(bars, whiskers, dots, figures).properties(
        title=heading(title, _told(analysis, page)), width=560, height=alt.Step(26)
    )
    return styled(chart)


def _impact_rows(page: Page) -> pl.DataFrame:
    words = page.words
    rows = []
    for theme in page.model["themes"]:
        measured = page.measure(theme)
        if measured["value"] is None:
            continue
        people = page.people(theme["respondents"])
        rows.append(
            {
                "theme": page.name(theme),
                **{key: measured[key] for key in ("value", "low", "high")},
                "end": max(0.0, measured["high"]),  # where the written figure is out of the way
                "between": _between(page, measured),
                "verdict": theme[page.basis]["verdict"],
                "sure": page.term("confidence", measured["confidence"]),
                "people": people,
                "told": f"{words.signed(measured['value'], 1)}  ({words.size(people)})",
            }
        )
    rows.sort(key=lambda row: (row["value"], row["theme"]))
    texts = dict.fromkeys(("theme", "between", "verdict", "sure", "people", "told"), pl.String)
    return pl.DataFrame(
        rows, schema={**texts, **dict.fromkeys(("value", "low", "high", "end"), pl.Float64)}
    )


def _between(page: Page, measured: dict[str, Any]) -> str:
    words = page.words
    return words.text(
        "%(low)s to %(high)s",
        low=words.number(measured["low"], 1),
        high=words.number(measured["high"], 1),
    )


def theme_map(analysis: Analysis, language: str = "en") -> alt.LayerChart:
    """Themes as bubbles on a plane, over a sample of the passages as dots.

    Args:
        analysis: a finished analysis.
        language: es, fr or en.

    Raises:
        ConfigError: There is no such language, or fewer than two themes.
    """
    page = _page(analysis, language)
    words = page.words
    drawn = page.map()
    if drawn is None:
        raise ConfigError("A map needs at least two themes that five people or more mention.")
    width, height = drawn["width"], drawn["height"]
    kinds = {"problem": words.text("Problem"), "strength": words.text("Strength")}
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=list(kinds.values()), range=[BAD, GOOD]),
        legend=alt.Legend(orient="bottom", symbolOpacity=1),
    )
    place = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False)),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False)),
    }
    bubbles = alt.Chart(_bubble_rows(page, drawn["bubbles"], kinds))
    layers: list[alt.Chart] = [
        alt.Chart(_passages(drawn["dots"], kinds))
        .mark_circle(size=9, opacity=0.22)
        .encode(**place, color=color),
        bubbles.mark_circle(opacity=0.8, stroke="white", strokeWidth=1.5).encode(
            **place,
            color=color,
            size=alt.Size("size:Q", legend=None, scale=None),
            tooltip=_bubble_tooltip(page),
        ),
    ]
    layers += _bubble_names(bubbles)
    chart = alt.layer(*layers).properties(
        title=heading(words.text("Map of what is said"), _told(analysis, page)),
        width=width * _SHRINK,
        height=height * _SHRINK,
    )
    return styled(chart)


def _bubble_tooltip(page: Page) -> list[alt.Tooltip]:
    words = page.words
    return [
        alt.Tooltip("theme:N", title=words.text("Theme")),
        alt.Tooltip("people:N", title=words.text("People")),
        alt.Tooltip("mentions:N", title=words.text("Mentions in social media")),
        alt.Tooltip("points:N", title=words.text("NPS points associated with it")),
    ]


def _bubble_names(bubbles: alt.Chart) -> list[alt.Chart]:
    """One layer for each side that a name can be written on."""
    return [
        bubbles.transform_filter(alt.datum.anchor == anchor)
        .mark_text(align=align, baseline="alphabetic", fontWeight=600, color=_INK)
        .encode(x=alt.X("label_x:Q", axis=None), y=alt.Y("label_y:Q", axis=None), text="label:N")
        for anchor, align in _ANCHORS
    ]


def _passages(places: dict[str, list[tuple[float, float]]], kinds: dict[str, str]) -> pl.DataFrame:
    rows = [
        {"kind": kinds[kind], "x": x, "y": y} for kind, found in places.items() for x, y in found
    ]
    return pl.DataFrame(rows, schema={"kind": pl.String, "x": pl.Float64, "y": pl.Float64})


def _bubble_rows(page: Page, bubbles: list[Label], kinds: dict[str, str]) -> pl.DataFrame:
    rows = []
    for bubble in bubbles:
        theme = page.themes[bubble.theme_id]
        measured = theme["impact"]
        points = "–"
        if measured["value"] is not None:
            points = f"{page.words.signed(measured['value'], 1)} ({_between(page, measured)})"
        rows.append(
            {
                "theme": page.name(theme),
                "kind": kinds[page.side(theme)],
                "people": page.people(theme["respondents"]),
                "mentions": page.people(theme["social"]),
                "points": points,
                "label": bubble.text,
                "anchor": bubble.anchor,
                "x": bubble.x,
                "y": bubble.y,
                "size": math.pi * (bubble.radius * _SHRINK) ** 2,
                "label_x": bubble.label_x,
                "label_y": bubble.label_y,
            }
        )
    return pl.DataFrame(rows)


def heatmap(analysis: Analysis, by: str = "nps_segment", language: str = "en") -> alt.LayerChart:
    """Share of each group that mentions each theme.

    Args:
        analysis: a finished analysis.
        by: ``nps_segment``, ``csat_band``, or a column that the analysis was broken down by.
        language: es, fr or en.

    Raises:
        ConfigError: There is no such language, or no such breakdown.
    """
    page = _page(analysis, language)
    words = page.words
    known = {table["dimension"]: table["levels"] for table in page.model["dimensions"]}
    if by not in known:
        raise ConfigError(
            f"There is no breakdown by {by!r} in this analysis; it has: "
            f"{', '.join(known) or 'none'}. Name the column when you analyse: analyze(..., "
            f"by=[{by!r}])."
        )
    order = [page.level(by, level["level"]) for level in known[by]]
    base = alt.Chart(_cells(page, by)).encode(
        x=alt.X(
            "level:N",
            sort=order,
            title=page.term("dimension", by),
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=120, grid=False),
        ),
        y=alt.Y("theme:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        tooltip=_cell_tooltip(page, by),
    )
    top = page.heat_top(by) or 1.0
    cells = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("share:Q", scale=alt.Scale(range=_RAMP, domain=[0, top]), legend=None)
    )
    figures = base.mark_text(fontSize=11.5, fontWeight=600).encode(
        text="told:N",
        color=alt.condition(
            alt.datum.share > 0.7 * top,
            alt.value("white"),
            alt.value(_INK),
        ),
    )
    chart = alt.layer(cells, figures).properties(
        title=heading(words.text("Who speaks of what"), _told(analysis, page)),
        width=alt.Step(112),
        height=alt.Step(30),
    )
    return styled(chart)


def to_svg(chart: alt.TopLevelMixin) -> str:
    """Draw a chart as SVG, offline."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def to_png(chart: alt.TopLevelMixin, scale: float = 2.0) -> bytes:
    """Draw a chart as PNG, offline.

    Args:
        chart: any chart of this module.
        scale: pixels per unit; 2 suits slides.
    """
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=scale))


def _page(analysis: Analysis, language: str) -> Page:
    return Page(build(analysis), load(language), map_points(analysis, _DOTS))


def _told(analysis: Analysis, page: Page) -> str:
    """The n behind a chart, for its subtitle."""
    words, people = page.words, analysis.linked.overview.base
    if people:
        return words.plural("%(n)s person", "%(n)s people", people)
    mentions = analysis.linked.overview.social_comments
    return words.plural("%(n)s mention", "%(n)s mentions", mentions)


def _cell_tooltip(page: Page, by: str) -> list[alt.Tooltip]:
    words = page.words
    return [
        alt.Tooltip("theme:N", title=words.text("Theme")),
        alt.Tooltip("level:N", title=page.term("dimension", by)),
        alt.Tooltip("told:N", title=words.text("Share of people")),
        alt.Tooltip("between:N", title="95%"),
        alt.Tooltip("n:N", title=words.text("People")),
        alt.Tooltip("base:N", title="n"),
    ]


def _cells(page: Page, by: str) -> pl.DataFrame:
    rows = [
        _cell(page, theme, by, level)
        for theme in page.ordered_themes()
        for level in page.cells(theme, by).values()
    ]
    schema = dict.fromkeys(("theme", "level", "told", "between", "n", "base"), pl.String)
    return pl.DataFrame(rows, schema={**schema, "share": pl.Float64})


def _cell(page: Page, theme: dict[str, Any], by: str, level: dict[str, Any]) -> dict[str, Any]:
    words = page.words
    shown = level["share"] is not None
    between = (
        words.text(
            "%(low)s to %(high)s",
            low=words.percent(level["low"]),
            high=words.percent(level["high"]),
        )
        if shown
        else "–"
    )
    people = page.cell(level)
    return {
        "theme": page.name(theme),
        "level": page.level(by, level["level"]),
        "told": f"{words.percent(level['share'])} · {people}" if shown else HIDDEN,
        "between": between,
        "n": people,
        "base": page.size(level["base"]),
        "share": level["share"],
    }


def heading(text: str, subtitle: str) -> alt.TitleParams:
    return alt.TitleParams(text=text, subtitle=subtitle, anchor="start", offset=14)


def styled(chart: alt.LayerChart | alt.FacetChart) -> alt.LayerChart:
    """One look for every chart, on white."""
    return cast(
        "alt.LayerChart",
        chart.configure(font=_FONT, background="white", padding=16)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_INK, titleColor=MUTED, labelFontSize=12, titleFontWeight=500, grid=False
        )
        .configure_axisX(grid=True, gridColor="#ebe8e2", domain=False, ticks=False)
        .configure_axisY(domain=False, ticks=False, labelPadding=8)
        .configure_title(
            fontSize=17, subtitleFontSize=12, subtitleColor=MUTED, color=_INK, fontWeight=700
        ),
    )

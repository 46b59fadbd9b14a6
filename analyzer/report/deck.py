"""Drawing slides: titles, text, native charts and tables; and a file with the same bytes twice."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Length, Pt

from analyzer.report.drawing import scale

__all__ = ["BAD", "GOOD", "HEAT", "INK", "MID", "MUTED", "Bar", "Box", "Deck", "Paragraph"]

INK, MUTED, MID, BAD, GOOD, TRACK = "1A1F26", "56606C", "B4BAC2", "B3401C", "0F6A9A", "EFEDE8"
HEAT: Final = ("F6F5F1", "EEF1F8", "D7DEEF", "B6C3E2", "8FA2D1", "4D65A9", "2C4180")
_FONT: Final = "Arial"  # on every machine that opens slides, or with a twin of the same width
_WIDTH, _HEIGHT = 13.333, 7.5
_TITLE_ONLY: Final = 5
_TITLES: Final = ((105, 28), (135, 24))  # letters that fit two lines, at a size
_SMALL_TITLE: Final = 20
_CREATED: Final = datetime(2000, 1, 1)
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_CONTROL: Final = re.compile(  # what no XML may hold
    "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Length, Length, Length, Length]:
        """The four lengths as python-pptx takes them."""
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


@dataclass(frozen=True)
class Paragraph:
    """Text of one look."""

    text: str
    size: float = 16
    colour: str = INK
    bold: bool = False
    italic: bool = False
    after: float = 6  # points below it


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, the interval around it, and its colour."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    colour: str = MID


class Deck:
    """Slides of one look, 16:9."""

    def __init__(self, title: str) -> None:
        """Start a deck without slides."""
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Inches(_WIDTH), Inches(_HEIGHT)
        told = self._deck.core_properties
        told.title, told.author, told.last_modified_by = title, "analyzer", "analyzer"
        told.created = told.modified = _CREATED
        self._layout = self._deck.slide_layouts[_TITLE_ONLY]
        _narrow_to_title(self._layout)
        self._slide: Any = None

    def slide(self, title: str, notes: str, foot: str) -> None:
        """Add a slide.

        Args:
            title: its finding, in a sentence.
            notes: for the speaker.
            foot: small print: what the figures are.
        """
        self._slide = self._deck.slides.add_slide(self._layout)
        frame = self._slide.shapes.title.text_frame
        size = next((size for letters, size in _TITLES if len(title) <= letters), _SMALL_TITLE)
        _fill(frame, [Paragraph(title, size=size, bold=True, after=0)])
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = 0
        rule = self._slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *Box(0.6, 0.36, 0.9, 0.06).emu())
        _solid(rule.fill, BAD)
        rule.line.fill.background()
        rule.shadow.inherit = False
        self._slide.notes_slide.notes_text_frame.text = _legal(notes)
        self.words(Box(0.6, 6.88, 12.1, 0.4), [Paragraph(foot, size=11, colour=MUTED, after=0)])

    def words(self, box: Box, paragraphs: Sequence[Paragraph]) -> None:
        """Add a box of text."""
        frame = self._slide.shapes.add_textbox(*box.emu()).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        _fill(frame, paragraphs)

    def bars(
        self,
        box: Box,
        rows: Sequence[Bar],
        *,
        name: str,
        form: str,
        about: str,
        upright: bool = False,
    ) -> None:
        """Add bars with their intervals, the first on top (or on the left when they are upright).

        Args:
            box: where.
            rows: the bars.
            name: of the series.
            form: Excel number format of the axis.
            about: the chart in words, for those who cannot see it.
            upright: columns instead of bars.
        """
        data = _data([row.label for row in rows], {name: [row.value for row in rows]}, form)
        kind = XL_CHART_TYPE.COLUMN_CLUSTERED if upright else XL_CHART_TYPE.BAR_CLUSTERED
        chart = self._chart(kind, box, data, about)
        _axes(chart, form, horizontal=not upright)
        chart.plots[0].gap_width = 90
        ends = scale([end for row in rows for end in (row.value, row.low, row.high)])
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = ends.low, ends.high
        chart.value_axis.major_unit = ends.ticks[1] - ends.ticks[0]
        series = chart.plots[0].series[0]
        _colour_points(series, [row.colour for row in rows])
        _whiskers(series, rows)

    def pairs(
        self,
        box: Box,
        labels: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None], str]],
        about: str,
    ) -> None:
        """Add horizontal bars in groups, such as before and now.

        Args:
            box: where.
            labels: of the groups, first on top.
            series: name, a share of each group, and colour.
            about: the chart in words.
        """
        data = _data(labels, {name: values for name, values, _ in series}, "0%")
        chart = self._chart(XL_CHART_TYPE.BAR_CLUSTERED, box, data, about)
        _axes(chart, "0%", horizontal=True)
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        _font(chart.legend.font, 12, INK)
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, -5
        for drawn, (_, _, colour) in zip(chart.plots[0].series, series, strict=True):
            _solid(drawn.format.fill, colour)

    def stack(self, box: Box, parts: Sequence[tuple[str, float, str]], about: str) -> None:
        """Add one bar of shares that add up to 1; parts are name, share and colour."""
        data = _data([""], {name: [share] for name, share, _ in parts}, "0%")
        chart = self._chart(XL_CHART_TYPE.BAR_STACKED_100, box, data, about)
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        _font(chart.legend.font, 12, INK)
        chart.value_axis.visible = chart.category_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.plots[0].gap_width = 30
        for drawn, (_, share, colour) in zip(chart.plots[0].series, parts, strict=True):
            _solid(drawn.format.fill, colour)
            if share >= 0.05:
                drawn.data_labels.show_value = True
                drawn.data_labels.number_format = "0%"
                drawn.data_labels.number_format_is_linked = False
                drawn.data_labels.position = XL_LABEL_POSITION.CENTER
                _font(drawn.data_labels.font, 14, INK if colour == MID else "FFFFFF", bold=True)

    def table(
        self,
        box: Box,
        rows: Sequence[Sequence[str]],
        fills: Sequence[Sequence[int | None]],
        *,
        first: float = 0.34,
    ) -> None:
        """Add a table whose first row and column are headers.

        Args:
            box: where; rows share its height.
            rows: texts of the cells.
            fills: step of `HEAT` of each cell, or None for a plain one.
            first: width of the first column, as a share of the box.
        """
        shape = self._slide.shapes.add_table(len(rows), len(rows[0]), *box.emu())
        table = shape.table
        named = first * box.width
        rest = (box.width - named) / max(len(rows[0]) - 1, 1)
        for number in range(len(rows[0])):
            table.columns[number].width = Inches(rest if number else named)
        for line, (texts, steps) in enumerate(zip(rows, fills, strict=True)):
            table.rows[line].height = Inches(box.height / len(rows))
            for number, (text, step) in enumerate(zip(texts, steps, strict=True)):
                _table_cell(table.cell(line, number), text, step, header=line == 0 or number == 0)

    def _chart(self, kind: Any, box: Box, data: Any, about: str) -> Any:  # noqa: ANN401
        frame = self._slide.shapes.add_chart(kind, *box.emu(), data)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", _legal(about))
        frame.chart.has_legend = frame.chart.has_title = False
        frame.chart.font.name = _FONT
        return frame.chart

    def save(self) -> bytes:
        """Return the file; the same slides give the same bytes."""
        buffer = io.BytesIO()
        self._deck.save(buffer)
        return _dateless(buffer.getvalue())


def _narrow_to_title(layout: Any) -> None:  # noqa: ANN401
    """Leave the title on the layout, where every slide inherits its place."""
    for shape in list(layout.placeholders):
        if shape.placeholder_format.idx == 0:
            shape.left, shape.top, shape.width, shape.height = Box(0.6, 0.45, 12.1, 1.1).emu()
        else:
            shape.element.getparent().remove(shape.element)


def _data(
    labels: Sequence[str], series: Mapping[str, Sequence[float | None]], form: str
) -> CategoryChartData:
    data: Any = CategoryChartData(number_format=form)  # type: ignore[no-untyped-call]
    data.categories = [_legal(label) for label in labels]
    for name, values in series.items():
        data.add_series(_legal(name), values)
    return data  # type: ignore[no-any-return]


def _legal(text: str) -> str:
    return _CONTROL.sub("", text)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour)  # type: ignore[no-untyped-call,no-any-return]


def _fill(frame: Any, paragraphs: Sequence[Paragraph]) -> None:  # noqa: ANN401
    for number, told in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(told.after)
        run = paragraph.add_run()
        run.text = _legal(told.text)
        _font(run.font, told.size, told.colour, bold=told.bold)
        run.font.italic = told.italic


def _font(font: Any, size: float, colour: str, *, bold: bool = False) -> None:  # noqa: ANN401
    font.name, font.size, font.bold = _FONT, Pt(size), bold
    font.color.rgb = _rgb(colour)


def _solid(fill: Any, colour: str) -> None:  # noqa: ANN401
    fill.solid()
    fill.fore_color.rgb = _rgb(colour)


def _axes(chart: Any, form: str, *, horizontal: bool) -> None:  # noqa: ANN401
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = horizontal  # the first on top
    names.format.line.color.rgb = _rgb(MUTED)
    names.has_major_gridlines = False
    _font(names.tick_labels.font, 12, INK)
    low = names._element.find("{*}tickLblPos")
    if low is not None:
        low.set("val", "low")
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = _rgb("E2DFD8")
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = form, False
    _font(values.tick_labels.font, 11, MUTED)


def _colour_points(series: Any, colours: Sequence[str]) -> None:  # noqa: ANN401
    series.invert_if_negative = False
    for number, colour in enumerate(colours):
        _solid(series.points[number].format.fill, colour)


def _whiskers(series: Any, rows: Sequence[Bar]) -> None:  # noqa: ANN401
    """Draw the intervals as error bars, which python-pptx has no word for."""
    known = [(i, r.value, r.low, r.high) for i, r in enumerate(rows)]
    plus = {i: h - v for i, v, _, h in known if v is not None and h is not None}
    minus = {i: v - low for i, v, low, _ in known if v is not None and low is not None}
    if not plus and not minus:
        return

    def numbers(values: dict[int, float]) -> str:
        points = "".join(
            f'<c:pt idx="{i}"><c:v>{values.get(i, 0.0):.6g}</c:v></c:pt>' for i in range(len(rows))
        )
        return (
            f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(rows)}"/>'
            f"{points}</c:numLit>"
        )

    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/><c:plus>{numbers(plus)}</c:plus><c:minus>{numbers(minus)}</c:minus>'
        f'<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="{INK}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    series._element.find("{*}cat").addprevious(bars)


def _table_cell(cell: Any, text: str, step: int | None, *, header: bool) -> None:  # noqa: ANN401
    _solid(cell.fill, "FFFFFF" if step is None else HEAT[step])
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    dark = step is not None and step >= len(HEAT) - 2
    frame = cell.text_frame
    frame.word_wrap = True
    _fill(frame, [Paragraph(text, size=12, colour="FFFFFF" if dark else INK, bold=header, after=0)])
    if step is not None:
        frame.paragraphs[0].alignment = PP_ALIGN.CENTER


def _dateless(packed: bytes) -> bytes:
    """Pack again with fixed dates, also in the workbooks behind charts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = _dateless(content)
            elif name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

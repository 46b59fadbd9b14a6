"""What the page needs beyond the model: charts' geometry, and figures as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.report.drawing import Scale, bubbles, scale
from analyzer.report.remarks import division
from analyzer.report.terms import term
from analyzer.report.words import Words

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis

__all__ = ["Page", "map_points"]

Theme = dict[str, Any]

_MAP_DOTS = 1500
_MAP_SIZE = (1000, 560)
_SHOWN_FIRST = 8
_QUOTE_LENGTH = 110
_QUOTE_WORDS = 3  # shorter ones say little without their comment
_COMMENT_LENGTH = 700
_OURS = ("all", "csat_band", "kind", "segment")  # dimensions with levels of our own


def map_points(analysis: Analysis) -> list[tuple[str, float, float]]:
    """Theme and place of every passage on the map, in a stable order."""
    placed = (
        analysis.mentions.select("feedback_id", "span", "theme_id")
        .join(analysis.positions, on=["feedback_id", "span"])
        .sort("feedback_id", "span", "theme_id")
    )
    return list(placed.select("theme_id", "x", "y").iter_rows())


class Page:
    """A report model in one language, as the templates read it."""

    def __init__(
        self, model: dict[str, Any], words: Words, points: list[tuple[str, float, float]]
    ) -> None:
        """Prepare a page.

        Args:
            model: result of `analyzer.report.build`.
            words: of the language.
            points: theme id, x and y of the spans on the map.
        """
        self.model = model
        self.words = words
        self.themes: dict[str, Theme] = {theme["theme_id"]: theme for theme in model["themes"]}
        self.basis: str = model["rankings"]["basis"]
        self.factor = 100.0 if self.basis == "csat_impact" else 1.0
        self._points = points
        self.few = f"<{model['minimum_cell']}"

    def name(self, theme: Theme | str) -> str:
        """Name of a theme in the page's language."""
        found = self.themes[theme] if isinstance(theme, str) else theme
        return str(found["names"][self.words.language])

    def term(self, group: str, code: str | None) -> str:
        """Word of a code; see `analyzer.report.terms`."""
        return term(self.words, group, code)

    def level(self, dimension: str, level: str) -> str:
        """Name of a level of a dimension: translated where it is ours, as it is otherwise."""
        if dimension == "language":
            return self.words.language_name(level)
        group = {"nps_segment": "segment"}.get(dimension, dimension)
        return self.term(group, level) if group in _OURS else level

    def redaction(self, kind: str) -> str:
        """What stands in the comments in place of a kind of personal data."""
        from analyzer.text.placeholders import placeholder

        return placeholder(kind, self.words.language)

    def people(self, cell: dict[str, Any]) -> str:
        """A count of people, or that they are fewer than may be shown."""
        return self.few if cell["suppressed"] else self.words.number(cell["n"])

    def size(self, n: int | None) -> str:
        """A number of people that the model does not hide itself, as `people`."""
        hidden = n is None or 0 < n < self.model["minimum_cell"]
        return self.few if hidden or n is None else self.words.number(n)

    def moods(self, theme: Theme) -> list[tuple[str, dict[str, Any]]]:
        """Groups by name with their feelings: all, then by score; nothing when all are hidden."""
        rows = [
            (self.level(table["dimension"], row["level"]), row)
            for table in theme["moods"]
            if table["dimension"] in ("all", "nps_segment", "csat_band")
            for row in table["levels"]
        ]
        return rows if any(not row["suppressed"] for _, row in rows) else []

    def divisions(self, theme: Theme) -> list[str]:
        """Say which groups feel differently about a theme than others, if any clearly do."""
        return [
            division(self.words, gap["verdict"], *self._sides(gap))
            for gap in theme["divided"]
            if gap["verdict"] != "cannot_tell"
        ]

    def _sides(self, gap: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """The group that feels best and the one that feels worst: name, tone and people."""
        best, worst = (
            {
                "name": self.level(gap["dimension"], gap[level]),
                "tone": self.words.signed(gap[polarity], 2),
                "n": self.words.number(gap[n]),
            }
            for level, polarity, n in (
                ("level", "polarity", "n"),
                ("other", "other_polarity", "other_n"),
            )
        )
        return best, worst

    def share(self, cell: dict[str, Any]) -> str:
        """A share, or an en dash when it is hidden."""
        return "–" if cell.get("share") is None else self.words.percent(cell["share"])

    def top(self, ids: list[str]) -> list[Theme]:
        """The themes of a ranking that are shown at once: those that can be told, if any can."""
        told = [theme for theme in ids if self._told(theme)] or ids
        return [self.themes[theme] for theme in told[:_SHOWN_FIRST]]

    def rest(self, ids: list[str]) -> list[Theme]:
        """The themes of a ranking that are folded away."""
        shown = {theme["theme_id"] for theme in self.top(ids)}
        return [self.themes[theme] for theme in ids if theme not in shown]

    def named(self, ids: list[str]) -> list[Theme]:
        """The themes with these ids."""
        return [self.themes[theme] for theme in ids]

    def _told(self, theme_id: str) -> bool:
        if self.basis == "people":
            return True
        return bool(self.themes[theme_id][self.basis]["verdict"] != "cannot_tell")

    def leader(self, ranking: str) -> Theme | None:
        """First theme of a ranking, when the data can tell that it belongs there."""
        ids = self.model["rankings"][ranking]
        if not ids:
            return None
        return self.themes[ids[0]] if self._told(ids[0]) else None

    def measure(self, theme: Theme) -> dict[str, Any]:
        """What a ranking draws: the impact, or the share of people when there is none."""
        if self.basis != "people":
            found = theme[self.basis]
            parts = {
                key: None if found[key] is None else found[key] * self.factor
                for key in ("value", "low", "high")
            }
            return {**parts, "confidence": found["confidence"]}
        if theme["base"]:
            return {**theme["share"], "confidence": None}
        social = self.model["social"]
        n = theme["social"]["n"]
        value = n / social["comments"] if social and n else None
        return {"value": value, "low": value, "high": value, "confidence": None}

    def ranking_scale(self, ids: list[str]) -> Scale:
        """One scale for all rows of a ranking."""
        values = [self.measure(self.themes[theme]) for theme in ids]
        return scale([row[key] for row in values for key in ("value", "low", "high")])

    def tick(self, value: float) -> str:
        """Label of a tick of the ranking's scale."""
        if self.basis == "people":
            return self.percent_tick(value)
        digits = 0 if value == round(value) else 1
        return self.words.signed(value, digits)

    def percent_tick(self, value: float) -> str:
        """Label of a tick that is a share; a half percent keeps its decimal."""
        whole = abs(100 * value - round(100 * value)) < 1e-6
        return self.words.percent(value, 0 if whole else 1)

    def change_scale(self, themes: list[Theme]) -> Scale:
        """One scale for the shares of two waves."""
        waves = [theme["wave"] for theme in themes]
        return scale([wave[side]["share"] for wave in waves for side in ("now", "before")])

    def quote(self, theme: Theme, sentiment: str | None = None) -> dict[str, Any] | None:
        """The evidence of the theme's most central comment, cut to a line."""
        ours = self.words.language
        ordered = sorted(  # what the reader reads first, and otherwise the most central
            theme["verbatims"],
            key=lambda v: (
                sentiment not in (None, v["sentiment"]),
                v["language"] != ours,
                len(v["text"][v["start"] : v["end"]].split()) < _QUOTE_WORDS,
            ),
        )
        for verbatim in ordered:
            text = verbatim["text"][verbatim["start"] : verbatim["end"]].strip()
            if len(text) > _QUOTE_LENGTH:
                text = text[:_QUOTE_LENGTH].rsplit(" ", 1)[0] + " …"
            text = text.rstrip(" ,;:")
            return {"text": " ".join(text.split()), "language": verbatim["language"]}
        return None

    def excerpt(self, verbatim: dict[str, Any]) -> tuple[str, str, str]:
        """What stands before the evidence, the evidence, and what follows; long ones shortened.

        Args:
            verbatim: a comment with ``text``, ``start`` and ``end``.

        Returns:
            Three texts of about 700 letters in all at most, cut between words.
        """
        text, start, end = verbatim["text"], verbatim["start"], verbatim["end"]
        before, said, after = text[:start], text[start:end], text[end:]
        if len(said) > _COMMENT_LENGTH:
            said = said[:_COMMENT_LENGTH].rsplit(" ", 1)[0] + " …"
        room = max(_COMMENT_LENGTH - len(said), 0)
        ahead = min(len(before), max(room // 2, room - len(after)))
        if len(before) > ahead:
            before = "… " + before[len(before) - ahead :].split(" ", 1)[-1]
        if len(after) > room - ahead:
            after = after[: room - ahead].rsplit(" ", 1)[0] + " …"
        return before, said, after

    def heat_top(self, dimension: str) -> float:
        """Largest share of a theme x segment table."""
        shares = [
            level["share"] or 0.0
            for theme in self.model["themes"]
            for table in theme["segments"]
            if table["dimension"] == dimension
            for level in table["levels"]
        ]
        return max(shares, default=0.0)

    def cells(self, theme: Theme, dimension: str) -> dict[str, dict[str, Any]]:
        """Cells of a theme in one table, by level."""
        for table in theme["segments"]:
            if table["dimension"] == dimension:
                return {level["level"]: level for level in table["levels"]}
        return {}

    def map(self, dots: int = _MAP_DOTS) -> dict[str, Any] | None:
        """Lay out the theme map.

        Args:
            dots: at most so many passages.

        Returns:
            ``width``, ``height``, ``bubbles`` (see `analyzer.report.drawing.Label`) and ``dots``
            (origin to places); None with fewer than two themes to show.
        """
        placed = [
            theme
            for theme in self.model["themes"]
            if theme["x"] is not None and theme["y"] is not None and self._size(theme)
        ]
        if len(placed) < 2:
            return None
        shown = [
            {
                "theme_id": theme["theme_id"],
                "x": theme["x"],
                "y": theme["y"],
                "size": self._size(theme),
                "text": self.name(theme),
            }
            for theme in placed
        ]
        width, height = _MAP_SIZE
        labels, place = bubbles(shown, width=width, height=height)
        known = {theme["theme_id"] for theme in placed}
        step = max(1, -(-len(self._points) // dots))
        passages: dict[str, list[tuple[float, float]]] = {"problem": [], "strength": []}
        for theme_id, x, y in self._points[::step]:
            left, top = place(x, y)
            if theme_id in known and 0 <= left <= width and 0 <= top <= height:
                passages[self.themes[theme_id]["origin"]].append((left, top))
        return {
            "width": width,
            "height": height,
            "bubbles": labels,
            "dots": passages,
        }

    def _size(self, theme: Theme) -> int:
        return (theme["respondents"]["n"] or 0) + (theme["social"]["n"] or 0)

    def social_themes(self) -> list[Theme]:
        """Themes by mentions in social media, most first."""
        spoken = [theme for theme in self.model["themes"] if theme["social"]["n"]]
        return sorted(spoken, key=lambda theme: (-theme["social"]["n"], theme["theme_id"]))

    def ordered_themes(self) -> list[Theme]:
        """Themes as the report orders them: what hurts, what they love, the others by size."""
        rankings = self.model["rankings"]
        order = [*rankings["hurts"], *rankings["loves"]]
        rest = sorted(
            (theme for theme in self.model["themes"] if theme["theme_id"] not in order),
            key=lambda theme: (-self._size(theme), theme["theme_id"]),
        )
        return [*(self.themes[theme] for theme in order), *rest]

    def grouped(self, ids: list[str]) -> list[Theme]:
        """The themes with these ids, in the order of the report."""
        return [theme for theme in self.ordered_themes() if theme["theme_id"] in ids]

    def newest(self, metric: str) -> dict[str, Any] | None:
        """Newest wave's score and its change from the wave before."""
        rows = [row for row in self.model["overview"]["waves"] if row["metric"] == metric]
        return rows[-1] if rows and rows[-1]["change"] is not None else None

"""What the page needs beyond the model: charts' geometry, and figures as people write them."""

from __future__ import annotations

from typing import Any

from analyzer.report.drawing import Scale, scale
from analyzer.report.plane import plane
from analyzer.report.ranking import broad, leader, told, well
from analyzer.report.remarks import division
from analyzer.report.terms import COUNTED, term
from analyzer.report.verbatims import doubtful, opposed, telling
from analyzer.report.words import Words

__all__ = ["HIDDEN", "Page"]

Theme = dict[str, Any]

_SHOWN_FIRST = 8
_PLACES = 2  # of names that may head a ranking, the best first
_QUOTE_LENGTH = 110
_QUOTE_WORDS = 3  # shorter ones say little without their comment
_COMMENT_LENGTH = 450
_ALMOST_ALL = 0.95
HIDDEN = "–"
_OURS = ("all", "csat_band", "kind", "segment")  # dimensions with levels of our own


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
        self._posts: int = model["social"]["comments"] if model["social"] else 0
        self.few = f"<{model['minimum_cell']}"
        self.posted = bool(model["social"] and model["social"]["posts"])

    def name(self, theme: Theme | str) -> str:
        """Name of a theme or subject in the page's language."""
        found = self.themes[theme] if isinstance(theme, str) else theme
        return str(found["names"][self.words.language]).replace("'", "’")

    def marked(self, theme: Theme) -> str:
        """Name of a theme; one that was found beside a codebook says so."""
        name = self.name(theme)
        if theme.get("status") != "candidate":
            return name
        return self.words.text("%(theme)s (candidate)", theme=name)

    def weight(self, theme: Theme) -> str:
        """Points of the score that go with a theme, in words; empty where that is not known."""
        measured, words = self.measure(theme), self.words
        if self.basis == "people" or measured["value"] is None:
            return ""
        points = words.signed(measured["value"], 1)
        if self.basis == "impact":
            return words.text("%(points)s NPS points", points=points)
        return words.text("%(points)s CSAT points", points=points)

    def untold(self, theme: Theme) -> str:
        """Why a theme has no impact on the score."""
        if theme["no_impact_reason"] == "same_score":
            return self.words.text("everybody’s score counts the same")
        return self.words.text("too few people to compare")

    def term(self, group: str, code: str | None) -> str:
        """Word of a code; see `analyzer.report.terms`."""
        if code == "social" and group in ("kind", "all") and not self.posted:
            return self.words.text("Comments without a score")
        return term(self.words, group, code)

    def sections(self) -> list[str]:
        """The parts of the page that have something to say, in their order."""
        model = self.model
        rankings = model["rankings"]
        themes = bool(model["themes"])
        shown = {
            "summary": True,
            "hurts": bool(rankings["hurts"] or rankings["loves"]),
            "changed": any(theme["wave"] for theme in model["themes"]),
            "loves": bool(rankings["hurts"] or rankings["loves"]),
            "segments": bool(self.dimensions()),
            "map": themes and self.map() is not None,
            "themes": themes,
            "outcomes": bool(model["outcomes"]),
            "social": bool(model["social"] and (self.posted or model["overview"]["base"])),
            "quality": True,
        }
        return [name for name, wanted in shown.items() if wanted]

    def dimensions(self) -> list[dict[str, Any]]:
        """The theme x segment tables of two groups or more in which any figure may be shown."""
        return [
            table
            for table in self.model["dimensions"]
            if len(table["levels"]) > 1
            and any(self.shown_cells(theme, table["dimension"]) for theme in self.model["themes"])
        ]

    def shown_cells(self, theme: Theme, dimension: str) -> bool:
        """Whether a theme's row of a table shows anybody."""
        cells = self.cells(theme, dimension).values()
        return any(cell["n"] for cell in cells)

    def pooled(self) -> bool:
        """Whether the score at the head of the report is over more than one wave."""
        waves = [row for row in self.model["overview"]["waves"] if row["metric"] == "nps"]
        score = self.model["overview"]["nps"]
        return len(waves) > 1 and bool(score) and score["n"] > waves[-1]["n"]

    def kinds(self) -> str:
        """How many of the comments are of each kind, such as survey answers and reviews."""
        told = self.model["overview"]["kinds"]
        return " · ".join(
            self.words.plural(*self._noun(row["kind"]), row["comments"]) for row in told
        )

    def _noun(self, kind: str) -> tuple[str, str]:
        return COUNTED["unscored" if kind == "social" and not self.posted else kind]

    def silent(self) -> list[dict[str, Any]]:
        """Who commented, by score; nothing where almost everybody did."""
        rates: list[dict[str, Any]] = self.model["overview"]["comment_rate"]
        rows = [row for row in rates if row["dimension"] == "nps_segment"] or rates
        return rows if any(row["rate"] < _ALMOST_ALL for row in rows) else []

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

    def cell(self, cell: dict[str, Any] | None) -> str:
        """A count in a row of groups, where a hidden one need not be small itself."""
        return HIDDEN if cell is None or cell["suppressed"] else self.words.number(cell["n"])

    def mentions(self, theme: Theme) -> dict[str, Any]:
        """How many mention a theme: people, or posts where nobody was asked."""
        found: dict[str, Any] = theme["respondents"] if theme["base"] else theme["social"]
        return found

    def count(self, theme: Theme) -> str:
        """`mentions` in words."""
        told = self.mentions(theme)
        n = 2 if told["n"] is None else told["n"]
        written = self.people(told)
        one, many = COUNTED["person" if theme["base"] else "mention"]
        return self.words.ngettext(one, many, n) % {"n": written}

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

    def top(self, ranking: str) -> list[Theme]:
        """The themes of a ranking that are shown at once.

        Those that can be told, if any can, and of these the ones about something in particular, if
        any is; none that may lead nothing, see `analyzer.report.ranking.well`.
        """
        ids = self.model["rankings"][ranking]
        known = [theme for theme in ids if told(self.themes[theme], self.basis)] or ids
        places = {theme: well(self.themes[theme], ranking, self._posts) for theme in known}
        for place in range(_PLACES):
            shown = [theme for theme in known if places[theme] == place]
            if shown:
                return [self.themes[theme] for theme in shown[:_SHOWN_FIRST]]
        return []

    def rest(self, ranking: str) -> list[Theme]:
        """The themes of a ranking that are folded away."""
        shown = {theme["theme_id"] for theme in self.top(ranking)}
        ids = self.model["rankings"][ranking]
        return [self.themes[theme] for theme in ids if theme not in shown]

    def particular(self) -> list[Theme]:
        """The themes that are about something in particular; all when none is."""
        themes: list[Theme] = self.model["themes"]
        found = [t for t in themes if not t["general"] and not broad(t, self._posts)]
        return found or themes

    def comparable(self) -> bool:
        """Whether any theme is mentioned by enough people, or posts, to be shown."""
        return any(self.mentions(theme)["n"] for theme in self.model["themes"])

    def named(self, ids: list[str]) -> list[Theme]:
        """The themes with these ids."""
        return [self.themes[theme] for theme in ids]

    def clear(self) -> bool:
        """Whether any theme goes with another score in a way that chance does not explain."""
        scored = self.basis != "people"
        return scored and any(told(theme, self.basis) for theme in self.model["themes"])

    def leader(self, ranking: str) -> Theme | None:
        """The theme that a headline names, if any may; see `analyzer.report.ranking.leader`."""
        ids = self.model["rankings"][ranking]
        found = leader(self.themes, ids, self.basis, ranking, self._posts)
        return None if found is None else self.themes[found]

    def measure(self, theme: Theme, ranking: str = "hurts") -> dict[str, Any]:
        """What a ranking is ordered by and draws.

        The impact; where there is none, the people who criticise the theme (of ``loves``: praise
        it) as a share of all, with ``n``. Posts are no sample, so their share has no interval.
        """
        if self.basis != "people":
            found = theme[self.basis]
            parts = {
                key: None if found[key] is None else found[key] * self.factor
                for key in ("value", "low", "high")
            }
            return {**parts, "confidence": found["confidence"]}
        voice = "complaints" if ranking == "hurts" else "praise"
        if theme["base"]:
            return {**theme[voice], "confidence": None}
        told, social = theme["posts"][voice], self.model["social"]
        value = told["n"] / social["comments"] if social and told["n"] is not None else None
        return {**told, "value": value, "low": value, "high": value, "confidence": None}

    def ranking_scale(self, ids: list[str], ranking: str) -> Scale:
        """One scale for all rows of a ranking."""
        values = [self.measure(self.themes[theme], ranking) for theme in ids]
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
        """The evidence of the theme's most telling comment, cut to a line.

        None where no comment has the sentiment, or only people whose score says the opposite.
        """

        def order(v: dict[str, Any]) -> tuple[int, ...]:  # then the most central first
            said = v["text"][v["start"] : v["end"]]
            short = len(said.split()) < _QUOTE_WORDS
            other = v["language"] != self.words.language
            unlike = sentiment not in (None, v["sentiment"])
            against = unlike or opposed(v, sentiment)
            return against, short, other, doubtful(v, sentiment), -telling(said, v, theme)

        best = min(theme["verbatims"], key=order, default=None)
        if best is None or order(best)[0]:
            return None
        text = best["text"][best["start"] : best["end"]].strip()
        if len(text) > _QUOTE_LENGTH:
            text = text[:_QUOTE_LENGTH].rsplit(" ", 1)[0] + " …"
        return {"text": " ".join(text.rstrip(" ,;:").split()), "language": best["language"]}

    def excerpt(self, verbatim: dict[str, Any]) -> tuple[str, str, str]:
        """What stands before the evidence, the evidence, and what follows; long ones shortened.

        Args:
            verbatim: a comment with ``text``, ``start`` and ``end``.

        Returns:
            Three texts of about 450 letters in all at most, cut between words.
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

    def map(self) -> dict[str, Any] | None:
        """Lay out the theme map; see `analyzer.report.plane.plane`."""
        shown = [
            {**theme, "origin": self.side(theme), "size": size, "text": self.name(theme)}
            for theme in self.model["themes"]
            if (size := self._size(theme))
        ]
        return plane(shown, self._points)

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

    def groups(self) -> list[tuple[str, list[Theme]]]:
        """Names of the groups of themes with their themes, those of no group last."""
        ordered, language = self.ordered_themes(), self.words.language
        found = [
            (
                _begun(group["names"][language]),
                [theme for theme in ordered if theme["theme_id"] in group["themes"]],
            )
            for group in self.model["groups"]
        ]
        placed = {name for group in self.model["groups"] for name in group["themes"]}
        alone = [theme for theme in ordered if theme["theme_id"] not in placed]
        if not found:
            return []
        return [*found, (self.words.text("Other themes"), alone)] if alone else found

    def good(self, theme: Theme) -> bool | None:
        """Whether a change is good news: less of a problem or more of a strength."""
        verdict = theme["wave"]["verdict"]
        if verdict in ("cannot_tell", "stable"):
            return None
        return bool((verdict in ("growing", "emerging")) == (self.side(theme) == "strength"))

    def side(self, theme: Theme) -> str:
        """Whether a theme is a problem or a strength: what more people call it."""
        told = theme if theme["base"] else theme["posts"]
        bad, good = (told[voice]["n"] or 0 for voice in ("complaints", "praise"))
        if bad == good:
            return str(theme["origin"])
        return "problem" if bad > good else "strength"

    def subjects(self, *, changed: bool) -> list[Theme]:
        """Subjects that are clearly named more or less often than before, or all others."""
        found, still = self.model["subjects"] or [], ("stable", "cannot_tell")
        return [one for one in found if (one["wave"]["verdict"] not in still) == changed]

    def newest(self, metric: str) -> dict[str, Any] | None:
        """Newest wave's score and its change from the wave before."""
        rows = [row for row in self.model["overview"]["waves"] if row["metric"] == metric]
        return rows[-1] if rows and rows[-1]["change"] is not None else None


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]

"""What a notebook shows of a result: escaped, redacted, and nothing of a few people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from analyzer.explore.frames import safe_themes
from analyzer.report.words import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from analyzer.analysis import Analysis
    from analyzer.explore import ThemeView
    from analyzer.explore.comparison import Comparison
    from analyzer.explore.search import Hits
    from analyzer.stats.scores import Score

__all__ = ["analysis_html", "comparison_html", "hits_html", "render", "theme_html"]

_THEMES: Final = 12
_COMMENTS: Final = 5
_HITS: Final = 20
_SIGNS: Final = {"negative": "−", "neutral": "○", "positive": "+"}
_VERDICTS: Final = {"cannot_tell": "cannot tell"}

# No colours but those of the page, so that dark notebooks stay dark; <mark> is readable on both.
_TABLE: Final = """
{% macro table(heads, rows, note) %}<table><thead><tr>
{% for head in heads %}<th style="text-align:left">{{ head }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr>{% for cell in row %}<td style="text-align:left">{{ cell }}</td>
{% endfor %}</tr>{% endfor %}</tbody></table>
{% if note %}<p><small>{{ note }}</small></p>{% endif %}{% endmacro %}
{% macro comment(one) %}<p style="margin:0.6em 0">{{ one.before }}<mark>{{ one.passage }}</mark>
{{- one.after }}<br><small>{{ one.about }}</small></p>{% endmacro %}
"""
_ANALYSIS: Final = """
<div><p><b>{{ head }}</b><br>{{ told }}</p>
{{ table(["theme", "", "people", "share", measure, ""], rows, note) }}</div>"""
_THEME: Final = """
<div><p><b>{{ id }} · {{ name }}</b>{% if others %} <small>{{ others }}</small>{% endif %}<br>
{{ told }}<br><small>{{ keywords }}</small></p>
{% if trend %}{{ table(["wave", "people", "of", "share", "95 %"], trend, "") }}{% endif %}
{% for one in comments %}{{ comment(one) }}{% endfor %}
<p><small>Nearest themes: {{ near }}</small></p></div>"""
_HITS_HTML: Final = """
<div><p><b>{{ head }}</b></p>{% for one in comments %}{{ comment(one) }}{% endfor %}
{% if note %}<p><small>{{ note }}</small></p>{% endif %}</div>"""
_COMPARISON: Final = """
<div><p><b>{{ head }}</b></p>
{% if scores %}{{ table(["score", "before", "now", "change", "95 %"], scores, "") }}{% endif %}
{{ table(["theme", "", "before", "now", "change in points", "95 %", ""], rows, note) }}</div>"""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined

    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render(template: str, **values: object) -> str:
    """Fill a template that may use the macros ``table`` and ``comment``; values are escaped."""
    return _environment().from_string(_TABLE + template).render(**values).strip()


def analysis_html(analysis: Analysis) -> str:
    """Score and themes of an analysis as a table; no comment's text."""
    overview = analysis.linked.overview
    score = "impact" if overview.nps is not None else "csat_impact"
    factor = 1 if score == "impact" else 100
    figures = {row["theme_id"]: row for row in safe_themes(analysis).to_dicts()}
    themes = sorted(
        analysis.themes.to_dicts(),
        key=lambda row: (_order(figures[row["theme_id"]][score]), row["theme_id"]),
    )
    language = analysis.main_language
    told = [f"{int(analysis.feedback['analysed'].sum()):,} comments", f"{len(themes)} themes"]
    told += [_score(name, value) for name, value in (("NPS", overview.nps), ("CSAT", overview.csat))
             if value is not None]  # fmt: skip
    told.append(f"{overview.base:,} people with a comment")
    if overview.social_comments:
        told.append(f"{overview.social_comments:,} mentions in social media")
    gone = int((analysis.ledger["reason"] == "filtered_out").sum())
    if gone:
        told.append(f"{gone:,} rows filtered out")
    left = len(themes) - _THEMES
    return str(
        render(
            _ANALYSIS,
            head=", ".join(source.name for source in analysis.sources),
            told=" · ".join(told),
            measure="goes with, " + ("NPS points" if factor == 1 else "CSAT points of 100"),
            rows=[
                _theme_cells(row, figures[row["theme_id"]], score, factor, language, analysis)
                for row in themes[:_THEMES]
            ],
            note=(f"and {left} more in .themes. " if left > 0 else "")
            + ".theme(id), .search(words), .impact(), .map(), .heatmap(), .compare(), .where(...)",
        )
    )


def _theme_cells(
    theme: dict[str, Any],
    figures: dict[str, Any],
    score: str,
    factor: int,
    language: str,
    analysis: Analysis,
) -> list[str]:
    words = load("en")
    hidden = figures["respondents"] is None
    impact = figures[score]
    told = "" if impact is None else words.signed(factor * impact, 1)
    if impact is not None:
        low, high = (factor * figures[f"{score}_{end}"] for end in ("low", "high"))
        told += f" ({words.signed(low, 1)} to {words.signed(high, 1)})"
    return [
        theme["theme_id"],
        theme[f"name_{language}"],
        f"<{analysis.linked.minimum_cell}" if hidden else words.number(figures["respondents"]),
        "" if hidden else words.percent(figures["share"]),
        told,
        "" if impact is None else _verdict(figures["verdict"]),
    ]


def theme_html(view: ThemeView) -> str:
    """Figures, keywords, trend and the most central comments of a theme."""
    words = load("en")
    figures = view.figures
    few = f"<{view.minimum_cell}"
    told = []
    if figures.get("respondents") is None:
        told.append(f"{few} people")
    else:
        told.append(
            f"{words.number(figures['respondents'])} people, {words.percent(figures['share'])} of "
            f"{words.number(figures['base'])}"
        )
        told += _theme_scores(figures)
    others = [view.name[code] for code in ("es", "fr") if view.name[code] != view.name["en"]]
    return str(
        render(
            _THEME,
            id=view.theme_id,
            name=view.name["en"],
            others=" · ".join(others),
            told=" · ".join(told),
            keywords=", ".join(view.keywords["en"]),
            trend=[
                _trend_cells(row, few) for row in view.trend.iter_rows(named=True)
            ],
            comments=[_comment(row) for row in view.comments.head(_COMMENTS).to_dicts()],
            near=", ".join(
                f"{row['theme_id']} {row['name_en']}" for row in view.neighbours.head(3).to_dicts()
            )
            or "none",
        )
    )  # fmt: skip


def _theme_scores(figures: dict[str, Any]) -> list[str]:
    words = load("en")
    told = []
    for name, factor, label in (("impact", 1, "NPS points"), ("csat_impact", 100, "CSAT points")):
        if figures[name] is not None:
            low, high = (words.signed(factor * figures[f"{name}_{end}"], 1)
                         for end in ("low", "high"))  # fmt: skip
            told.append(
                f"{words.signed(factor * figures[name], 1)} {label} go with it ({low} to {high})"
            )
    if figures["negative"] is not None:
        told.append(
            f"{words.percent(figures['negative'])} of its "
            f"{'passages in surveys' if figures['respondents'] else 'passages'} negative"
        )
    return told


def _trend_cells(row: dict[str, Any], few: str) -> list[str]:
    words = load("en")
    if row["n"] is None:
        return [row["wave"], few, words.number(row["base"]), "", ""]
    return [
        row["wave"],
        words.number(row["n"]),
        words.number(row["base"]),
        words.percent(row["share"]),
        f"{words.percent(row['low'])} to {words.percent(row['high'])}",
    ]


def hits_html(hits: Hits) -> str:
    """Found comments with the passage that matched highlighted."""
    left = len(hits) - _HITS
    return str(
        render(
            _HITS_HTML,
            head=f"{len(hits)} comments nearest to {hits.asked}",
            comments=[_comment(row) for row in hits.frame.head(_HITS).to_dicts()],
            note=f"and {left} more in .frame" if left > 0 else "",
        )
    )


def comparison_html(comparison: Comparison) -> str:
    """Scores of two waves and the themes by how much they changed."""
    words = load("en")
    rows = sorted(
        comparison.themes.to_dicts(),
        key=lambda row: (row["change"] is None, -abs(row["change"] or 0.0), row["theme_id"]),
    )
    hidden = sum(row["change"] is None for row in rows)
    return str(
        render(
            _COMPARISON,
            head=f"{comparison.previous} → {comparison.wave}",
            scores=list(_score_rows(comparison)),
            rows=[
                [
                    row["theme_id"],
                    row["name_en"],
                    words.percent(row["previous_share"]),
                    words.percent(row["share"]),
                    words.points(row["change"]),
                    f"{words.points(row['low'])} to {words.points(row['high'])}",
                    _verdict(row["verdict"]),
                ]
                for row in rows
                if row["change"] is not None
            ],
            note=f"themes of too few people in one of the waves: {hidden}" if hidden else "",
        )
    )


def _score_rows(comparison: Comparison) -> Iterable[list[str]]:
    words = load("en")
    rows = comparison.scores.to_dicts()
    for now in (row for row in rows if row["wave"] == comparison.wave):
        before = [row for row in rows if row["metric"] == now["metric"] and row is not now]
        if not before or now["change"] is None:
            continue
        factor = 1 if now["metric"] == "nps" else 100
        low, high = (words.signed(factor * now[f"change_{end}"], 1) for end in ("low", "high"))
        yield [
            now["metric"].upper(),
            f"{words.number(factor * before[0]['value'])} (n = {words.number(before[0]['n'])})",
            f"{words.number(factor * now['value'])} (n = {words.number(now['n'])})",
            words.signed(factor * now["change"], 1),
            f"{low} to {high}",
        ]


def _comment(row: dict[str, Any]) -> dict[str, str]:
    text, start, end = row["text"], row["start"], row["end"]
    about = [row["feedback_id"], row["language"], row["kind"], row["wave"], row.get("touchpoint")]
    if row["nps"] is not None:
        about.append(f"NPS {row['nps']}")
    if row["csat"] is not None:
        about.append(f"CSAT {100 * row['csat']:.0f} of 100")
    about.append(f"{_SIGNS[row['sentiment']]} {row['sentiment']}")
    about.append(row.get("theme_id") and f"{row['theme_id']} {row['name_en']}")
    about.append(f"similarity {row['similarity']:.2f}")
    return {
        "before": text[:start],
        "passage": text[start:end],
        "after": text[end:],
        "about": " · ".join(part for part in about if part),
    }


def _score(name: str, score: Score) -> str:
    words = load("en")
    if score.value is None or score.low is None or score.high is None:
        return f"{name}: too few scores (n = {score.n})"
    factor = 1 if name == "NPS" else 100
    value, low, high = (factor * x for x in (score.value, score.low, score.high))
    return (
        f"{name} {words.number(value)} ({words.number(low)} to {words.number(high)}, "
        f"n = {words.number(score.n)})"
    )


def _order(impact: float | None) -> tuple[bool, float]:
    return impact is None, impact or 0.0


def _verdict(code: str) -> str:
    return _VERDICTS.get(code, code)

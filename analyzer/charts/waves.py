"""Charts of waves: what changed between two, and how one theme went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt
import polars as pl

from analyzer.charts import BAD, GOOD, MUTED, UNSURE, heading, styled
from analyzer.errors import ConfigError
from analyzer.report.words import load

if TYPE_CHECKING:
    from analyzer.explore import ThemeView
    from analyzer.explore.comparison import Comparison
    from analyzer.report.words import Words

__all__ = ["changes", "trend"]

_UP: Final = ("growing", "emerging")
_DOWN: Final = ("fading", "gone")


def changes(comparison: Comparison, language: str = "en") -> alt.LayerChart:
    """Change of each theme's share of people, in points with 95% intervals.

    Args:
        comparison: of two waves.
        language: es, fr or en.

    Returns:
        A chart with a row a theme, the one that grew most first; orange where that is bad news (a
        problem grows or a strength fades), blue where it is good, grey where nobody can tell.
        Themes that too few people mention in one of the waves are left out.

    Raises:
        ConfigError: There is no such language, or too few people mention any theme.
    """
    words = load(language)
    rows = _change_rows(comparison, words)
    if rows.is_empty():
        raise ConfigError(
            f"No theme has enough people in both {comparison.previous} and {comparison.wave} to "
            "be drawn."
        )
    axis = words.text("Change in points (95%% interval)").replace("%%", "%")
    scale = alt.Scale(domain=["worse", "better", "unsure"], range=[BAD, GOOD, UNSURE])
    base = alt.Chart(rows).encode(
        y=alt.Y("theme:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        color=alt.Color("way:N", scale=scale, legend=None),
        tooltip=[
            alt.Tooltip("theme:N", title=words.text("Theme")),
            alt.Tooltip("told:N", title=words.text("Share of people, before and now")),
            alt.Tooltip("between:N", title="95%"),
        ],
    )
    zero = alt.Chart(pl.DataFrame({"x": [0.0]})).mark_rule(color=MUTED, opacity=0.5)
    whiskers = base.mark_rule(strokeWidth=2.5, strokeCap="round").encode(
        x=alt.X("low:Q", title=axis), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x="change:Q")
    figures = base.mark_text(align="left", dx=8, fontSize=11).encode(
        x="high:Q", text="told:N", color=alt.value(MUTED)
    )
    first = comparison.themes.row(0, named=True)
    people = words.size(f"{first['previous_base']}, {first['base']}")
    waves = f"{comparison.previous} → {comparison.wave}"
    title = words.text("%(name)s: %(value)s", name=words.text("What changed"), value=waves)
    return styled(
        alt.layer(zero.encode(x=alt.X("x:Q", title=axis)), whiskers, dots, figures).properties(
            title=heading(title, people),
            width=560,
            height=alt.Step(26),
        )
    )


def _change_rows(comparison: Comparison, words: Words) -> pl.DataFrame:
    rows = [
        {
            "theme": row[f"name_{words.language}"],
            **{key: 100 * row[key] for key in ("change", "low", "high")},
            "between": words.text(
                "%(low)s to %(high)s",
                low=words.signed(100 * row["low"], 1),
                high=words.signed(100 * row["high"], 1),
            ),
            "told": f"{words.percent(row['previous_share'])} → {words.percent(row['share'])}",
            "way": _way(row["verdict"], row["origin"]),
        }
        for row in comparison.themes.iter_rows(named=True)
        if row["change"] is not None
    ]
    rows.sort(key=lambda row: (-row["change"], row["theme"]))
    texts = dict.fromkeys(("theme", "between", "told", "way"), pl.String)
    return pl.DataFrame(
        rows, schema={**texts, **dict.fromkeys(("change", "low", "high"), pl.Float64)}
    )


def _way(verdict: str, origin: str) -> str:
    if verdict not in _UP + _DOWN:
        return "unsure"
    return "better" if (verdict in _UP) == (origin == "strength") else "worse"


def trend(view: ThemeView, language: str = "en") -> alt.LayerChart:
    """Share of people who mention a theme, wave by wave, with 95% intervals.

    Args:
        view: an opened theme.
        language: es, fr or en.

    Raises:
        ConfigError: There is no such language, or fewer than two waves have enough people.
    """
    words = load(language)
    shown = view.trend.drop_nulls("share")
    if len(shown) < 2:
        raise ConfigError(
            f"Theme {view.theme_id} has enough people in {len(shown)} wave(s); a trend needs two."
        )
    rows = shown.with_columns(
        told=pl.Series(
            [
                f"{words.percent(share)} ({words.size(n)})"
                for share, n in shown.select("share", "n").rows()
            ]
        )
    )
    share = words.text("Share of people")
    base = alt.Chart(rows).encode(
        x=alt.X(
            "wave:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelAngle=0, grid=False),
            scale=alt.Scale(paddingOuter=0.4),
        ),
        tooltip=[
            alt.Tooltip("wave:N", title=words.text("Wave")),
            alt.Tooltip("told:N", title=share),
        ],
    )
    y = alt.Y(
        "share:Q",
        title=share,
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(format="%", grid=True, gridColor="#ebe8e2"),
    )
    line = base.mark_line(color=MUTED, strokeWidth=1.5).encode(y=y)
    whiskers = base.mark_rule(color=GOOD, strokeWidth=2.5, strokeCap="round").encode(
        y=alt.Y("low:Q", title=share), y2="high:Q"
    )
    dots = base.mark_point(filled=True, size=80, opacity=1, color=GOOD).encode(y=y)
    figures = base.mark_text(align="left", dx=9, dy=16, fontSize=11, color=MUTED).encode(
        y=y, text="told:N"
    )
    return styled(
        alt.layer(line, whiskers, dots, figures).properties(
            title=heading(view.name[words.language], words.text("Wave by wave")),
            width=max(320, 150 * len(rows)),
            height=220,
        )
    )

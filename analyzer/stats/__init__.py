"""Statistics: every theme tied to NPS, CSAT, segments and waves, with intervals and q-values.

A difference is *associated with* a theme, never caused by it; the impact of a theme is a ceiling
on what mending it could change, not a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analyzer.stats.change import Change, change
from analyzer.stats.drivers import Drivers, drivers
from analyzer.stats.filters import where
from analyzer.stats.moods import divided, moods, moods_of
from analyzer.stats.outcomes import Outcomes, outcomes
from analyzer.stats.population import population, scored_answers, theme_spans, valid_mentions
from analyzer.stats.privacy import MINIMUM_CELL
from analyzer.stats.scores import LimitVerdict, Overview, Score, overview
from analyzer.stats.segments import check_dimensions, theme_segments
from analyzer.stats.targets import Targets
from analyzer.stats.themes import effort_table, impact_by_sentiment, theme_table
from analyzer.stats.volume import EngagementWeights, engagement, value_ranking, volume
from analyzer.stats.waves import theme_waves, wave_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

__all__ = [
    "Change",
    "Drivers",
    "EngagementWeights",
    "LimitVerdict",
    "Linked",
    "Outcomes",
    "Overview",
    "Score",
    "Targets",
    "divided",
    "engagement",
    "link",
    "moods",
    "outcomes",
    "value_ranking",
    "volume",
    "where",
]


@dataclass(frozen=True)
class Linked:
    """What is known of each theme.

    Attributes:
        overview: figures of the whole.
        themes: one row a theme, columns of ``themes.THEME_SCHEMA``.
        segments: one row a theme, dimension and level, columns of ``segments.SEGMENT_SCHEMA``.
        impacts: impact of negative and of positive mentions apart.
        effort: CES by theme, or None when nobody was asked.
        drivers: regression of NPS (of CSAT in data without NPS) on themes and feelings, or None.
        waves: newest wave against the one before, or None with fewer than two waves.
        wave_scores: NPS and CSAT of every wave over everybody who gave one, or None with fewer
            than two waves.
        change: the change of NPS (or CSAT) between the newest two waves decomposed, or None.
        moods: how people feel about each theme, as a whole and by segment, columns of
            ``moods.MOOD_SCHEMA``.
        divided: themes that segments disagree about, columns of ``moods.DIVIDED_SCHEMA``.
        minimum_cell: groups of fewer people are hidden, here and by whatever shows these tables.
        by: columns that were asked for beside NPS segment and CSAT band.
    """

    overview: Overview
    themes: pl.DataFrame
    segments: pl.DataFrame
    impacts: pl.DataFrame
    effort: pl.DataFrame | None
    drivers: Drivers | None
    waves: pl.DataFrame | None
    wave_scores: pl.DataFrame | None
    change: Change | None
    moods: pl.DataFrame
    divided: pl.DataFrame
    minimum_cell: int = MINIMUM_CELL
    by: tuple[str, ...] = ()


def link(
    feedback: pl.DataFrame,
    spans: pl.DataFrame,
    mentions: pl.DataFrame,
    theme_ids: Sequence[str],
    *,
    by: Sequence[str] = (),
    minimum_cell: int = MINIMUM_CELL,
    negative_limit: float = 0.10,
    top_box: float = 0.75,
) -> Linked:
    """Tie themes to scores and segments.

    Args:
        feedback: FEEDBACK frame, with the user's own columns.
        spans: SPANS frame.
        mentions: MENTIONS frame; every row counts. Themes outside ``theme_ids`` are ignored.
        theme_ids: themes to report, in the order of the tables.
        by: columns of ``feedback`` to break down by, beside NPS segment and CSAT band.
        minimum_cell: cells of fewer people are hidden; 0 hides nothing.
        negative_limit: largest acceptable share of dissatisfied people, 0..1.
        top_box: smallest CSAT (0..1) that counts as satisfied.

    Returns:
        The result; see ``Linked``.

    Raises:
        ConfigError: A column of ``by`` is not in the feedback, or names single people.
    """
    check_dimensions(feedback, by)
    mentioned = theme_spans(valid_mentions(feedback, mentions, theme_ids), spans)
    base = population(feedback, mentioned, theme_ids)
    metric: Literal["nps", "csat"] = "nps" if base.answers["s"].count() else "csat"
    segments = theme_segments(base, by, minimum_cell=minimum_cell)
    felt = moods_of(feedback, mentioned, base, by, minimum_cell=minimum_cell)
    return Linked(
        overview=overview(feedback, spans, base, negative_limit=negative_limit, top_box=top_box),
        themes=theme_table(base, mentioned, segments, top_box=top_box, minimum_cell=minimum_cell),
        segments=segments,
        impacts=impact_by_sentiment(base, minimum_cell=minimum_cell),
        effort=effort_table(base, minimum_cell=minimum_cell),
        drivers=drivers(base, metric),
        waves=theme_waves(base),
        wave_scores=wave_scores(scored_answers(feedback)),
        change=change(base, metric),
        moods=felt,
        divided=divided(felt),
        minimum_cell=minimum_cell,
        by=tuple(by),
    )

"""One wave held against another: what `Analysis.compare` gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import ConfigError
from analyzer.explore.restrict import relink
from analyzer.schema import LANGUAGES
from analyzer.stats.waves import WAVE_SCHEMA, wave_order

if TYPE_CHECKING:
    import altair as alt

    from analyzer.analysis import Analysis
    from analyzer.stats import Change, Linked

__all__ = ["Comparison", "compare"]

_COUNTS: Final = ("n", "share", "previous_n", "previous_share", "change", "low", "high", "p", "q")


@dataclass(frozen=True, repr=False)
class Comparison:
    """What changed between two waves.

    Attributes:
        wave: the newer wave.
        previous: the older wave.
        themes: one row a theme, in the order of the analysis: theme_id, origin (problem or
            strength), name_<language> and the columns of `analyzer.stats.waves.WAVE_SCHEMA`; counts
            are null where one of the two is of fewer people than may be shown. Shares are of
            people, in 0..1.
        scores: NPS and CSAT of both waves; columns of `analyzer.stats.waves.WAVE_SCORE_SCHEMA`.
        change: the change of the score, divided over the themes, or None where it cannot be; see
            `analyzer.stats.Change`.
    """

    wave: str
    previous: str
    themes: pl.DataFrame
    scores: pl.DataFrame
    change: Change | None

    def of(self, verdict: str) -> pl.DataFrame:
        """Rows of ``themes`` that are emerging, growing, stable, fading, gone or cannot_tell.

        Raises:
            ConfigError: There is no such verdict.
        """
        known = ("emerging", "growing", "stable", "fading", "gone", "cannot_tell")
        if verdict not in known:
            raise ConfigError(f"No theme is {verdict!r}. Ask for one of: {', '.join(known)}.")
        return self.themes.filter(pl.col("verdict") == verdict)

    def chart(self, language: str = "en") -> alt.LayerChart:
        """Change of each theme's share in points, with its interval, as an Altair chart."""
        from analyzer.charts.waves import changes

        return changes(self, language)

    def __repr__(self) -> str:
        """Waves and how many themes moved."""
        moved = self.themes.filter(~pl.col("verdict").is_in(["stable", "cannot_tell"])).height
        return f"<{self.previous} to {self.wave}: {moved} of {len(self.themes)} themes moved>"

    def _repr_html_(self) -> str:
        """Scores, then the themes by how much they changed."""
        from analyzer.explore.display import comparison_html

        return comparison_html(self)


def compare(analysis: Analysis, wave: str | None = None, other: str | None = None) -> Comparison:
    """Hold one wave of an analysis against another.

    Args:
        analysis: of at least two waves.
        wave: a wave to compare the newest one with; None for the one before it. With ``other``,
            one of the two.
        other: the other wave. Whichever is named first, the newer is held against the older.

    Returns:
        A `Comparison`.

    Raises:
        ConfigError: The analysis has no such wave, or only one.
    """
    linked = analysis.linked if wave is None and other is None else _two(analysis, wave, other)
    if linked.waves is None or linked.wave_scores is None:
        raise ConfigError(
            "There is one wave only, so there is nothing to compare with. Analyse the files of two "
            "waves together, or use Workspace.report(wave, compare=...)."
        )
    newest, previous = linked.waves.select("wave", "previous").row(0)
    names = analysis.themes.select("theme_id", "origin", *(f"name_{code}" for code in LANGUAGES))
    return Comparison(
        wave=newest,
        previous=previous,
        themes=names.join(
            _safe(linked.waves, linked.minimum_cell), on="theme_id", maintain_order="left"
        ),
        scores=linked.wave_scores.filter(pl.col("wave").is_in([previous, newest])),
        change=linked.change,
    )


def _two(analysis: Analysis, wave: str | None, other: str | None) -> Linked:
    order = wave_order(analysis.feedback.filter(pl.col("kind") != "social"))
    asked = [name for name in (wave, other) if name is not None]
    if len(asked) == 1 and order:
        asked.append(order[-1])
    unknown = [name for name in asked if name not in order]
    if unknown or len(set(asked)) < 2:
        raise ConfigError(
            f"{' and '.join(map(repr, asked))} are not two waves of this analysis; its waves are: "
            f"{', '.join(order) or 'none'}."
        )
    feedback = analysis.feedback.filter(pl.col("wave").is_in(asked))
    left = feedback.select("feedback_id")
    spans = analysis.spans.join(left, on="feedback_id", how="semi", maintain_order="left")
    mentions = analysis.mentions.join(left, on="feedback_id", how="semi", maintain_order="left")
    return relink(analysis, feedback, spans, mentions)


def _safe(waves: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """Both waves go where one is small: with the theme's total, one would give the other away."""
    small = pl.any_horizontal(
        (pl.col(name) > 0) & (pl.col(name) < minimum) for name in ("n", "previous_n")
    )
    return waves.with_columns(
        pl.when(~small).then(pl.col(name)).alias(name) for name in _COUNTS
    ).select(*WAVE_SCHEMA)

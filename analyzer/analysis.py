"""The result that everything downstream reads: `Analysis`, and what a notebook asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzer import explore
from analyzer.explore import search
from analyzer.schema import LANGUAGES

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.explore import ThemeView
    from analyzer.explore.comparison import Comparison
    from analyzer.explore.frames import Table
    from analyzer.explore.search import Hits
    from analyzer.quotes import Quotes
    from analyzer.sources import Source
    from analyzer.stats import Linked
    from analyzer.themes.result import Themes

__all__ = ["Analysis", "Quality"]

_MAIN_SHARE = 0.8


@dataclass(frozen=True)
class Quality:
    """How far the result can be trusted, and what made it.

    Attributes:
        language_leak: NMI of theme and language, 0 is none; see `analyzer.themes.leak`.
        language_corrected: whether language offsets were removed because the leak was high.
        low_confidence_share: share of mentions whose theme is only the nearest one.
        contradictions: comments whose text contradicts their score.
        encoder: fingerprint of the encoder.
        sentiment_model: fingerprint of the sentiment model.
        seed: of every random step.
    """

    language_leak: float
    language_corrected: bool
    low_confidence_share: float
    contradictions: int
    encoder: str
    sentiment_model: str
    seed: int


@dataclass(frozen=True, repr=False)
class Analysis:
    """The result that everything downstream reads; frames as in `analyzer.schema`.

    Attributes:
        feedback: one row a comment or score, text redacted.
        spans: one row a clause or sentence, with sentiment.
        mentions: one row a span-theme pair that counts.
        themes: one row a theme; see `analyzer.themes.result.Themes`.
        ledger: one row per row read, with its one fate.
        sources: how each file was read.
        linked: themes tied to scores and segments.
        positions: where each span lies on the map.
        quality: how far to trust all this.
        findings: kinds and counts of personal data that was redacted.
        found: the themes' geometry.
        encoder: what made the vectors.
        subjects: people by subjects of the starter codebook, against the wave that a report of a
            workspace compares with; see `analyzer.store.subjects.compare`. None without one.
    """

    feedback: pl.DataFrame
    spans: pl.DataFrame
    mentions: pl.DataFrame
    themes: pl.DataFrame
    ledger: pl.DataFrame
    sources: tuple[Source, ...]
    linked: Linked
    positions: pl.DataFrame
    quality: Quality
    findings: pl.DataFrame
    found: Themes
    encoder: BundledEncoder | SentenceTransformerEncoder
    subjects: pl.DataFrame | None = None

    @property
    def main_language(self) -> str:
        """The language of at least four in five analysed comments, else English."""
        analysed = self.feedback.select("language", "analysed").filter("analysed")
        spoken = analysed["language"].value_counts(sort=True)
        code, comments = spoken.row(0)
        enough = comments >= _MAIN_SHARE * int(spoken["count"].sum())
        return code if enough and code in LANGUAGES else "en"

    def theme(self, theme_id: str) -> ThemeView:
        """Everything about one theme; see `analyzer.explore.theme`."""
        return explore.theme(self, theme_id)

    def search(self, text: str, k: int = 20) -> Hits:
        """Find the k comments nearest in meaning; see `analyzer.explore.search.search`."""
        return search.search(self, text, k)

    def similar(self, feedback_id: str, k: int = 20) -> Hits:
        """Find the k comments most like one comment; see `analyzer.explore.search.similar`."""
        return search.similar(self, feedback_id, k)

    def examples(
        self, theme_id: str, n: int = 5, sentiment: str | None = None
    ) -> list[dict[str, Any]]:
        """Central, varied passages of a theme; see `analyzer.explore.examples`."""
        return explore.examples(self, theme_id, n, sentiment)

    def where(self, condition: str) -> Analysis:
        """Restrict to rows such as ``country = 'ES'``; see `analyzer.explore.restrict`."""
        from analyzer.explore.restrict import where

        return where(self, condition)

    def compare(self, wave: str | None = None, other: str | None = None) -> Comparison:
        """Hold one wave against another; see `analyzer.explore.comparison.compare`."""
        from analyzer.explore.comparison import compare

        return compare(self, wave, other)

    def quotes(self, **options: Any) -> Quotes:  # noqa: ANN401 - those of the function it calls
        """Promoter quotes that may be published; options as in `analyzer.quotes.select`."""
        from analyzer.quotes import select

        return select(self, **options)

    def table(self, name: Table = "mentions") -> pl.DataFrame:
        """Give a joined table without small groups; see `analyzer.explore.frames.table`."""
        from analyzer.explore.frames import table

        return table(self, name)

    def to_pandas(self, table: Table = "mentions") -> pd.DataFrame:
        """Hand a `table` to pandas.

        Raises:
            ConfigError: There is no such table, or pandas is not installed.
        """
        from analyzer.explore.frames import to_pandas

        return to_pandas(self, table)

    def map(self, language: str = "en") -> alt.Chart | alt.LayerChart:
        """Themes and their passages on a plane, as an Altair chart."""
        from analyzer import charts

        return charts.theme_map(self, language)

    def impact(self, language: str = "en") -> alt.Chart | alt.LayerChart:
        """What each theme costs or earns in NPS points, with intervals, as an Altair chart."""
        from analyzer import charts

        return charts.impact(self, language)

    def heatmap(self, by: str = "nps_segment", language: str = "en") -> alt.Chart | alt.LayerChart:
        """Share of each theme in each group of ``by``, as an Altair chart."""
        from analyzer import charts

        return charts.heatmap(self, by, language)

    def __repr__(self) -> str:
        """One line without any comment's text."""
        overview = self.linked.overview
        score = overview.nps
        nps = f", NPS {score.value:+.0f} (n={score.n})" if score and score.value is not None else ""
        return (
            f"<Analysis of {len(self.sources)} file(s): {int(self.feedback['analysed'].sum())} "
            f"comments, {len(self.themes)} themes{nps}>"
        )

    def _repr_html_(self) -> str:
        """Score, themes and their impact as a table; no comment's text."""
        from analyzer.explore.display import analysis_html

        return analysis_html(self)

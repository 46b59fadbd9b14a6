"""Tables of an analysis for pandas: joined, named, and without groups of a few people."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, get_args

import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES, segment_columns

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

    from analyzer.analysis import Analysis

__all__ = ["TABLES", "Table", "is_count", "safe_themes", "table", "to_pandas"]

Table = Literal["mentions", "themes", "segments", "feedback", "spans", "ledger"]
TABLES: Final[tuple[str, ...]] = get_args(Table)

_NAMES: Final = tuple(f"name_{code}" for code in LANGUAGES)
# Names that a user's own column must not take in the table of mentions.
_TAKEN: Final = frozenset({"theme_id", "span", "similarity", "confident", "sentiment", "polarity",
                           "passage", *_NAMES})  # fmt: skip
# Of the people who mention a theme, and so hidden with them.
_ALWAYS_SHOWN: Final = ("theme_id", "base", "social_mentions", "reason", "verdict")


def table(analysis: Analysis, name: Table) -> pl.DataFrame:
    """Give one table of an analysis.

    Args:
        analysis: a finished analysis.
        name: ``mentions``: a row a comment's passage and theme, with the theme's names, the
            passage, its sentiment, and the comment's scores, wave, touchpoint and your own columns;
            ``themes``: a row a theme, with names and every figure of
            `analyzer.stats.themes.THEME_SCHEMA`, null where fewer people than may be shown mention
            it; ``segments``: a row a theme and group; ``feedback``, ``spans`` and ``ledger`` as in
            `analyzer.schema`.

    Raises:
        ConfigError: There is no such table.
    """
    if name not in TABLES:
        raise ConfigError(f"There is no table {name!r}. Choose one of: {', '.join(TABLES)}.")
    if name == "mentions":
        return _mentions(analysis)
    if name == "themes":
        about = analysis.themes.select("theme_id", "origin", "parent_id", *_NAMES)
        return about.join(safe_themes(analysis), on="theme_id", maintain_order="left")
    if name == "segments":
        return analysis.linked.segments
    return {
        "feedback": analysis.feedback,
        "spans": analysis.spans,
        "ledger": analysis.ledger,
    }[name]


def is_count(value: object) -> bool:
    """Whether a value that somebody typed is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def safe_themes(analysis: Analysis) -> pl.DataFrame:
    """Figures of the themes, without those of fewer people than may be shown."""
    minimum = analysis.linked.minimum_cell
    few = (pl.col("respondents") > 0) & (pl.col("respondents") < minimum)
    hidden = [name for name in analysis.linked.themes.columns if name not in _ALWAYS_SHOWN]
    social = (pl.col("social_mentions") > 0) & (pl.col("social_mentions") < minimum)
    return analysis.linked.themes.with_columns(
        *(pl.when(~few).then(pl.col(name)).alias(name) for name in hidden),
        pl.when(~social).then("social_mentions").alias("social_mentions"),
    )


def to_pandas(analysis: Analysis, name: Table) -> pd.DataFrame:
    """Convert `table` to pandas.

    Raises:
        ConfigError: There is no such table, or pandas or pyarrow is not installed.
    """
    missing = [library for library in ("pandas", "pyarrow") if find_spec(library) is None]
    if missing:
        raise ConfigError(
            f"{' and '.join(missing)} is not installed, which to_pandas() needs. Run: pip install "
            "pandas pyarrow."
        )
    return table(analysis, name).to_pandas()


def _mentions(analysis: Analysis) -> pl.DataFrame:
    about = [
        "kind", "wave", "touchpoint", "channel", "created_at", "language", "nps", "nps_segment",
        "csat", "csat_band",
    ]  # fmt: skip
    own = [name for name in segment_columns(analysis.feedback) if name not in _TAKEN]
    return (
        analysis.mentions.join(
            analysis.themes.select("theme_id", *_NAMES), on="theme_id", maintain_order="left"
        )
        .join(
            analysis.spans.select("feedback_id", "span", "sentiment", "polarity", passage="text"),
            on=["feedback_id", "span"],
            maintain_order="left",
        )
        .join(
            analysis.feedback.select("feedback_id", *about, *own),
            on="feedback_id",
            maintain_order="left",
        )
    )

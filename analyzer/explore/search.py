"""Comments by meaning: near to words, or near to another comment, in any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.explore.frames import is_count
from analyzer.schema import LANGUAGES
from analyzer.themes.passages import join_spans

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    from numpy.typing import NDArray

    from analyzer.analysis import Analysis

__all__ = ["Hits", "described", "in_passages", "search", "similar"]


@dataclass(frozen=True, repr=False)
class Hits:
    """Comments that were found, best first.

    Attributes:
        frame: feedback_id, text, passage (what matched), start, end (of the passage in the text),
            language, kind, wave, nps, csat, sentiment (of the passage's strongest clause),
            theme_id, name_<language>, similarity.
        asked: the words, or the id of the comment, that were searched for.
    """

    frame: pl.DataFrame
    asked: str

    def __len__(self) -> int:
        """Comments found."""
        return len(self.frame)

    def __getitem__(self, column: str) -> pl.Series:
        """Give one column of the frame."""
        return self.frame[column]

    def to_pandas(self) -> pd.DataFrame:
        """Convert the frame to pandas."""
        return self.frame.to_pandas()

    def __repr__(self) -> str:
        """Numbers only."""
        best = f", best {self.frame['similarity'][0]:.2f}" if len(self) else ""
        return f"<{len(self)} comments{best}>"

    def _repr_html_(self) -> str:
        """Comments with the passage that matched highlighted."""
        from analyzer.explore.display import hits_html

        return hits_html(self)


def search(analysis: Analysis, text: str, k: int = 20) -> Hits:
    """Find comments by meaning; a Spanish query finds French and English comments too.

    Args:
        analysis: where to look.
        text: a few words.
        k: how many comments at most.

    Returns:
        `Hits`; similarity is the cosine of the words' vector and the best passage's.

    Raises:
        ConfigError: There are no words, or k is under 1.
    """
    if not isinstance(text, str) or not text.strip() or not is_count(k) or k < 1:
        told = f"{len(text)} characters" if isinstance(text, str) else repr(text)
        raise ConfigError(f"search needs words and k of at least 1, got {told}, {k!r}.")
    vector = analysis.encoder.encode([text])[0]
    return Hits(_nearest(analysis, analysis.found.vectors @ vector, k), text.strip())


def similar(analysis: Analysis, feedback_id: str, k: int = 20) -> Hits:
    """Find the comments most like one comment, in any language.

    Args:
        analysis: where to look.
        feedback_id: of a comment that was analysed; it is not among the hits.
        k: how many comments at most.

    Returns:
        `Hits`; similarity is the largest cosine of a passage of the one and a passage of the other.

    Raises:
        ConfigError: There is no such comment, it was not analysed, or k is under 1.
    """
    if not is_count(k) or k < 1:
        raise ConfigError(f"similar needs k of at least 1, got {k!r}.")
    if not isinstance(feedback_id, str):
        _refuse_comment(analysis, feedback_id)
    own = (analysis.spans["feedback_id"] == feedback_id).to_numpy()
    if not own.any():
        _refuse_comment(analysis, feedback_id)
    vectors = analysis.found.vectors
    near = (vectors @ vectors[own].T).max(axis=1)
    near[own] = -np.inf
    return Hits(_nearest(analysis, near, k), feedback_id)


def _refuse_comment(analysis: Analysis, feedback_id: object) -> NoReturn:
    rows = analysis.feedback.filter(pl.col("feedback_id") == str(feedback_id))
    if rows.is_empty() or not isinstance(feedback_id, str):
        raise ConfigError(
            f"There is no comment {feedback_id!r} in this analysis. Ids are texts, in the column "
            "feedback_id of analysis.feedback."
        )
    raise ConfigError(
        f"The comment {feedback_id!r} was not analysed ({rows['left_out'][0]}), so nothing can be "
        "like it. Choose one with analysed true."
    )


def in_passages(spans: pl.DataFrame, feedback: pl.DataFrame) -> pl.DataFrame:
    """Widen spans to the passages that were compared by meaning.

    Args:
        spans: SPANS frame; spans of a comment stand together.
        feedback: FEEDBACK frame with their comments.

    Returns:
        feedback_id, span, passage, start, end (of the passage in the comment), sentiment (of its
        span with the strongest polarity); one row a span.
    """
    passages = join_spans(spans, feedback)
    strongest = pl.col("sentiment").sort_by(pl.col("polarity").abs(), descending=True).first()
    return spans.with_columns(group=pl.Series(passages.of_span)).select(
        "feedback_id",
        "span",
        passages.texts[passages.of_span].alias("passage"),
        pl.col("start").min().over("group"),
        pl.col("end").max().over("group"),
        strongest.over("group"),
    )


def _nearest(analysis: Analysis, similarity: NDArray[np.float32], k: int) -> pl.DataFrame:
    """The k comments with the best passage: columns of `Hits.frame`."""
    best = (
        analysis.spans.select("feedback_id", "span")
        .with_columns(similarity=pl.Series(np.round(similarity, 4).astype(np.float64)))
        .filter(pl.col("similarity").is_finite())
        .sort(["similarity", "feedback_id", "span"], descending=[True, False, False])
        .unique("feedback_id", keep="first", maintain_order=True)
        .head(k)
    )
    ids = best.select("feedback_id")
    spans, feedback, mentions = (
        frame.join(ids, on="feedback_id", how="semi", maintain_order="left")
        for frame in (analysis.spans, analysis.feedback, analysis.mentions)
    )
    return described(best, spans, feedback, mentions, analysis.themes)


def described(
    best: pl.DataFrame,
    spans: pl.DataFrame,
    feedback: pl.DataFrame,
    mentions: pl.DataFrame,
    themes: pl.DataFrame,
) -> pl.DataFrame:
    """Say of found passages what a reader wants to know.

    Args:
        best: feedback_id, span, similarity; one row a comment, best first.
        spans: SPANS frame of these comments; spans of a comment stand together.
        feedback: FEEDBACK frame of these comments.
        mentions: MENTIONS frame of these comments.
        themes: theme_id and name_<language>.

    Returns:
        The columns of `Hits.frame`, in the order of ``best``.
    """
    names = [f"name_{code}" for code in LANGUAGES]
    named = (
        mentions.sort("similarity", descending=True, maintain_order=True)
        .unique(["feedback_id", "span"], keep="first", maintain_order=True)
        .select("feedback_id", "span", "theme_id")
        .join(themes.select("theme_id", *names), on="theme_id", how="left", maintain_order="left")
    )
    told = feedback.select("feedback_id", "text", "language", "kind", "wave", "nps", "csat")
    return (
        best.join(in_passages(spans, feedback), on=["feedback_id", "span"], maintain_order="left")
        .join(told, on="feedback_id", maintain_order="left")
        .join(named, on=["feedback_id", "span"], how="left", maintain_order="left")
        .select(
            "feedback_id", "text", "passage", "start", "end", "language", "kind", "wave", "nps",
            "csat", "sentiment", "theme_id", *names, "similarity",
        )
    )  # fmt: skip

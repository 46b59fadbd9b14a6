"""Passages of promoters' comments that could stand as quotes: runs of whole sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.text import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.pipeline import Analysis

__all__ = ["LONGEST", "SHORTEST", "Candidate", "candidates"]

SHORTEST: Final = 40
LONGEST: Final = 280
_MOST_SENTENCES: Final = 4
_GOOD_LENGTH: Final = 130  # characters that fill a card and are still read
_ENDS: Final = re.compile(r"[.!?…][\"')»”\]]*$")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One passage.

    Attributes:
        comment: hashed id of its comment.
        person: who wrote it; the comment itself where the file names no respondent.
        language: of the comment.
        text: verbatim from the redacted comment.
        first: number of its first span.
        last: number of its last span.
        rows: positions of its spans in the analysis.
        theme: theme id of its best positive span, or None where no theme is sure.
        themes: every theme that it mentions.
        consent: yes | unknown.
        quality: 0 to 1; how well it reads as a quote.
        about: what is exported with it: feedback_id, source, row, month, touchpoint, segment.
    """

    comment: str
    person: str
    language: str
    text: str
    first: int
    last: int
    rows: tuple[int, ...]
    theme: str | None
    themes: frozenset[str]
    consent: str
    quality: float
    about: dict[str, Any]

    def vector(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit mean of its spans' vectors."""
        mean = vectors[list(self.rows)].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def candidates(analysis: Analysis, comments: pl.DataFrame) -> Iterator[Candidate]:
    """Cut comments into passages.

    Every run of one to four whole neighbouring sentences with a positive span and at most 280
    characters is a passage; of a comment that has none, the shortest sentence with a positive span
    is one, so that what was wrong with it can be said.

    Args:
        analysis: gives spans and mentions.
        comments: feedback_id, comment, person, language, text, consent and what to export.

    Yields:
        Passages, in the order of the comments and then of the text.
    """
    themed = (
        analysis.mentions.filter("confident")
        .sort(["similarity", "theme_id"], descending=[True, False], maintain_order=True)
        .unique(["feedback_id", "span"], keep="first", maintain_order=True)
        .select("feedback_id", "span", "theme_id", "similarity")
    )
    spans = (
        analysis.spans.with_row_index("at")
        .join(comments.select("feedback_id"), on="feedback_id", how="semi", maintain_order="left")
        .join(themed, on=["feedback_id", "span"], how="left", maintain_order="left")
    )
    by_comment = {
        str(key[0]): frame.sort("span").to_dicts()
        for key, frame in spans.group_by("feedback_id", maintain_order=True)
    }
    for comment in comments.iter_rows(named=True):
        yield from _passages(comment, by_comment.get(comment["feedback_id"], []))


def _passages(comment: dict[str, Any], spans: list[dict[str, Any]]) -> Iterator[Candidate]:
    text = comment["text"]
    sentences = _sentences(text, spans)
    found: list[Candidate] = []
    whole: list[Candidate] = []
    for first in range(len(sentences)):
        for last in range(first, min(first + _MOST_SENTENCES, len(sentences))):
            run = [span for sentence in sentences[first : last + 1] for span in sentence]
            if not any(span["sentiment"] == "positive" for span in run):
                continue
            passage = _candidate(comment, text, run)
            if len(passage.text) <= LONGEST:
                found.append(passage)
            elif first == last:
                whole.append(passage)
    yield from found or sorted(whole, key=lambda passage: (len(passage.text), passage.first))[:1]


def _sentences(text: str, spans: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group spans into sentences: a clause that does not end one goes on in the next."""
    groups: list[list[dict[str, Any]]] = []
    open_ = False
    for number, span in enumerate(spans):
        if open_:
            groups[-1].append(span)
        else:
            groups.append([span])
        following = spans[number + 1]["start"] if number + 1 < len(spans) else len(text)
        gap = text[span["end"] : following]
        open_ = not (_ENDS.search(span["text"]) or "\n" in gap)
    return groups


def _candidate(comment: dict[str, Any], text: str, run: list[dict[str, Any]]) -> Candidate:
    passage = text[run[0]["start"] : run[-1]["end"]]
    liked = [s for s in run if s["sentiment"] == "positive" and s["theme_id"] is not None]
    best = min(liked, key=lambda s: (-s["similarity"], s["span"]), default=None)
    about = ("feedback_id", "source", "row", "month", "touchpoint", "segment")
    return Candidate(
        comment=comment["comment"],
        person=comment["person"],
        language=comment["language"],
        text=passage,
        first=run[0]["span"],
        last=run[-1]["span"],
        rows=tuple(s["at"] for s in run),
        theme=best["theme_id"] if best else None,
        themes=frozenset(s["theme_id"] for s in liked),
        consent=comment["consent"],
        quality=_quality(passage, run),
        about={name: comment[name] for name in about},
    )


def _quality(passage: str, run: list[dict[str, Any]]) -> float:
    """Warm, of a good length, clear in its theme, without holes."""
    weights = np.array([max(s["end"] - s["start"], 1) for s in run], dtype=np.float64)
    warmth = float(np.average([s["polarity"] for s in run], weights=weights))
    length = max(0.0, 1 - abs(len(passage) - _GOOD_LENGTH) / _GOOD_LENGTH)
    theme = max((s["similarity"] for s in run if s["similarity"] is not None), default=0.0)
    holes = len(PLACEHOLDER.findall(passage))
    score = 0.5 * warmth + 0.3 * length + 0.2 * theme - 0.2 * holes
    return round(min(1.0, max(0.0, score)), 6)

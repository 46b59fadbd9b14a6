"""Passages of promoters' comments that could stand as quotes: whole sentences, verbatim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES
from analyzer.text import PLACEHOLDER, span_languages
from analyzer.text.functionwords import function_words
from analyzer.text.placeholders import placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders.vectors import Gathered
    from analyzer.pipeline import Analysis

__all__ = ["CUT", "LONGEST", "SHORTEST", "Candidate", "candidates"]

SHORTEST: Final = 40
LONGEST: Final = 280
CUT: Final = " [...] "
_MOST_SENTENCES: Final = 4
_GOOD_LENGTH: Final = 130  # characters that fill a card and are still read
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_ENDS: Final = re.compile(r"[.!?…][\"')»”\]]*$")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One passage.

    Attributes:
        comment: hashed id of its comment.
        person: who wrote it; the comment itself where the file names no respondent.
        language: its own where it shows one beyond doubt, else its comment's.
        text: verbatim from the redacted comment, with `CUT` where sentences were left out.
        first: number of its first span.
        last: number of its last span.
        rows: positions of its spans in the analysis.
        theme: theme id of its best positive span, among those that lie nearer to their theme than
            half of all that is said about it; None where there is none.
        themes: every theme that it mentions.
        consent: yes | unknown.
        warmth: -1 to 1; mean polarity of its spans, by length.
        doubted: a part of its comment, which it leaves out, may be a complaint.
        taken_back: its comment, there or elsewhere, turns praise into the opposite.
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
    warmth: float
    doubted: bool
    taken_back: bool
    quality: float
    about: dict[str, Any]

    def vector(self, vectors: NDArray[np.float32] | Gathered) -> NDArray[np.float32]:
        """Unit mean of its spans' vectors."""
        mean = vectors[list(self.rows)].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def candidates(analysis: Analysis, comments: pl.DataFrame) -> Iterator[Candidate]:
    """Cut comments into passages.

    Every run of one to four whole neighbouring sentences of one language with a positive span, no
    negative one and at most 280 characters is a passage. So is what is left of a run when the
    sentences inside it that hold a negative span or a placeholder are cut out, with ``[...]`` where
    they stood. Of a comment that has no passage, the shortest sentence with a positive span is one,
    so that what was wrong with it can be said.

    Args:
        analysis: gives spans and mentions.
        comments: feedback_id, comment, person, language, text, consent, doubted,
            taken_back and what to export.

    Yields:
        Passages, in the order of the comments and then of the text.
    """
    themed = (
        analysis.mentions.filter("confident")
        .with_columns(near=pl.col("similarity") >= pl.col("similarity").median().over("theme_id"))
        .sort(["similarity", "theme_id"], descending=[True, False], maintain_order=True)
        .unique(["feedback_id", "span"], keep="first", maintain_order=True)
        .select("feedback_id", "span", "theme_id", "similarity", "near")
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
    languages = [
        _language(text[s[0]["start"] : s[-1]["end"]], comment["language"]) for s in sentences
    ]
    for first, language in enumerate(languages):
        for last in range(first, min(first + _MOST_SENTENCES, len(sentences))):
            if languages[last] != language:
                break  # a reader of one language would not understand it
            for parts in _parts(sentences[first : last + 1]):
                if not any(span["sentiment"] == "positive" for part in parts for span in part):
                    continue
                passage = _candidate(comment, text, language, parts)
                if len(passage.text) <= LONGEST:
                    found.append(passage)
                elif first == last:
                    whole.append(passage)
    yield from found or sorted(whole, key=lambda passage: (len(passage.text), passage.first))[:1]


def _parts(sentences: Sequence[list[dict[str, Any]]]) -> Iterator[list[list[dict[str, Any]]]]:
    """A run as it is, and what is left of it when sentences inside it are cut out.

    Each part is the spans of neighbouring sentences that are kept.
    """
    complains = [any(s["sentiment"] == "negative" for s in sentence) for sentence in sentences]
    if not any(complains):
        yield [[span for sentence in sentences for span in sentence]]
    cut = [
        bad or any(PLACEHOLDER.search(s["text"]) for s in sentence)
        for bad, sentence in zip(complains, sentences, strict=True)
    ]
    if cut[0] or cut[-1] or not any(cut):
        return
    parts: list[list[dict[str, Any]]] = [[]]
    for gone, sentence in zip(cut, sentences, strict=True):
        if not gone:
            parts[-1] += sentence
        elif parts[-1]:
            parts.append([])
    yield parts


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


def _candidate(
    comment: dict[str, Any], text: str, language: str, parts: Sequence[list[dict[str, Any]]]
) -> Candidate:
    passage = CUT.join(text[part[0]["start"] : part[-1]["end"]] for part in parts)
    run = [span for part in parts for span in part]
    liked = [s for s in run if s["sentiment"] == "positive" and s["theme_id"] is not None]
    near = [s for s in liked if s["near"]]
    best = min(near, key=lambda s: (-s["similarity"], s["span"]), default=None)
    about = ("feedback_id", "source", "row", "month", "touchpoint", "segment", "consent_month")
    return Candidate(
        comment=comment["comment"],
        person=comment["person"],
        language=language,
        text=passage,
        first=run[0]["span"],
        last=run[-1]["span"],
        rows=tuple(s["at"] for s in run),
        theme=best["theme_id"] if best else None,
        themes=frozenset(s["theme_id"] for s in liked),
        consent=comment["consent"],
        warmth=_warmth(run),
        doubted=comment["doubted"],
        taken_back=comment["taken_back"],
        quality=_quality(passage, run),
        about={name: comment[name] for name in about},
    )


def _language(passage: str, comment: str) -> str:
    """Language of a passage of a comment that may mix languages.

    It is another than the comment's where the passage has several function words of that one, and
    either three that no other language has or none of the comment's.
    """
    said = set(_LETTERS.findall(PLACEHOLDER.sub(" ", passage).lower()))
    shared: dict[str, int] = {code: len(said & function_words(code)) for code in LANGUAGES}
    best = max(shared, key=lambda code: shared[code])
    if shared.get(comment) == 0 and shared[best] > 1:
        return best
    return span_languages([passage], [comment])[0]


def _warmth(run: list[dict[str, Any]]) -> float:
    weights = np.array([max(s["end"] - s["start"], 1) for s in run], dtype=np.float64)
    return float(np.average([s["polarity"] for s in run], weights=weights))


def _quality(passage: str, run: list[dict[str, Any]]) -> float:
    """Warm, of a good length, clear in its theme, well formed, without holes."""
    length = max(0.0, 1 - abs(len(passage) - _GOOD_LENGTH) / _GOOD_LENGTH)
    theme = max((s["similarity"] for s in run if s["similarity"] is not None), default=0.0)
    names = {placeholder("NAME", language) for language in LANGUAGES}
    holes = PLACEHOLDER.findall(passage)
    named = sum(hole in names for hole in holes)
    # A name taken out is read over; any other hole makes one wonder what stood there.
    lost = 0.2 * named + 0.4 * (len(holes) - named) + 0.15 * passage.count(CUT)
    formed = (not passage[0].islower()) + bool(_ENDS.search(passage))
    score = 0.5 * _warmth(run) + 0.25 * length + 0.15 * theme + 0.05 * formed - lost
    return round(min(1.0, max(0.0, score)), 6)

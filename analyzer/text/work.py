"""What an engine does to comments, each by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.text.clean import clean
from analyzer.text.language import plain_language
from analyzer.text.pii import redact
from analyzer.text.spans import split

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Cleaning", "Redaction", "wanted_spans"]

_REDACTED: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "redacted": pl.String,
    "kinds": pl.List(pl.String),
    "starts": pl.List(pl.Int64),
    "ends": pl.List(pl.Int64),
}


@dataclass(frozen=True)
class Cleaning:
    """Column text to column clean, null where nothing is left."""

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Repair a part."""
        cleaned = [clean(text) or None for text in rows["text"].to_list()]
        return pl.DataFrame({"clean": cleaned}, schema={"clean": pl.String})


@dataclass(frozen=True)
class Redaction:
    """Columns text and language to what may be kept: redacted, kinds, starts and ends.

    Attributes:
        languages: that are analysed; spans plainly in another are left out.
    """

    languages: tuple[str, ...]

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Redact and split a part; offsets count in the redacted text."""
        done = []
        for raw, language in rows.select("text", "language").iter_rows():
            text, findings = redact(raw, language)
            spans = wanted_spans(text, language, self.languages)
            starts, ends = [start for start, _ in spans], [end for _, end in spans]
            done.append((text, [finding.type for finding in findings], starts, ends))
        return pl.DataFrame(done, schema=_REDACTED, orient="row")


def wanted_spans(text: str, language: str, languages: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of a comment, without those that are plainly in a language that is not analysed."""
    spans = split(text, language)
    if len(spans) < 2:
        return spans
    codes = [plain_language(text[start:end], languages) or language for start, end in spans]
    return [span for span, code in zip(spans, codes, strict=True) if code in languages] or spans

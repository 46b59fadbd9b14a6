"""From records as read to redacted comments, their spans, and an account of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analyzer import schema
from analyzer.text.clean import clean
from analyzer.text.duplicates import find_duplicates
from analyzer.text.language import detect
from analyzer.text.nonanswers import is_non_answer
from analyzer.text.pii import redact
from analyzer.text.spans import split

__all__ = ["Prepared", "prepare"]

Offsets = tuple[int, int]
_STEP: Final = 500  # comments between two calls of `progress`
_SPANS: Final = {
    name: schema.SPANS[name] for name in ("feedback_id", "span", "start", "end", "text")
}
_FINDINGS: Final = {"source": pl.String, "type": pl.String, "count": pl.Int64}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Comments that are ready to be encoded.

    Attributes:
        feedback: `schema.FEEDBACK` and the user's own columns, one row a record, duplicates taken
            out. ``text`` is redacted, and null where ``analysed`` is false.
        spans: feedback_id, span, start, end, text: one row a clause; offsets count in the redacted
            text.
        ledger: `schema.LEDGER` with stage "text", one row a record that came in. Reasons: analysed,
            no_comment, non_answer, duplicate, repost, other_language.
        findings: source, type, count of redacted values.
    """

    feedback: pl.DataFrame
    spans: pl.DataFrame
    ledger: pl.DataFrame
    findings: pl.DataFrame


def prepare(
    records: pl.DataFrame,
    *,
    languages: Sequence[str] = schema.LANGUAGES,
    progress: Callable[[int], None] | None = None,
) -> Prepared:
    """Clean, name the language, set aside what says nothing, redact and split.

    Args:
        records: `schema.RECORDS` and the user's own columns.
        languages: codes of the languages to analyse; comments in others keep their score and lose
            their text.
        progress: called with the number of records done since the last call.

    Returns:
        The comments, their spans, one ledger row a record, and counts of redacted values.

    Raises:
        ConfigError: A code in ``languages`` is not known.
    """
    frame = records.with_columns(_cleaned(records["text"]))
    frame = frame.with_columns(find_duplicates(frame))
    frame = frame.with_columns(_languages(frame, languages))
    frame = frame.with_columns(_reasons(frame, languages))
    open_rows = frame["left_out"].is_null()
    if progress:
        progress(frame.height - int(open_rows.sum()))
    texts, spans, findings = _redacted(frame, progress)
    frame = frame.with_columns(texts)
    # Nothing but placeholders was left.
    empty = open_rows & texts.is_null()
    frame = frame.with_columns(
        left_out=pl.when(empty).then(pl.lit("non_answer")).otherwise(pl.col("left_out"))
    )
    ledger = frame.select(
        "source",
        "row",
        stage=pl.lit("text"),
        reason=pl.col("left_out").fill_null("analysed"),
    )
    return Prepared(_feedback(frame), spans, ledger, findings)


def _cleaned(texts: pl.Series) -> pl.Series:
    repaired = {text: clean(text) or None for text in texts.drop_nulls().unique().to_list()}
    return pl.Series(
        "text", [None if t is None else repaired[t] for t in texts.to_list()], dtype=pl.String
    )


def _languages(frame: pl.DataFrame, languages: Sequence[str]) -> pl.Series:
    """A language for every row that has a comment and is no copy."""
    wanted = (frame["text"].is_not_null() & frame["left_out"].is_null()).arg_true()
    rows = frame[wanted]
    codes: list[str | None] = [None] * frame.height
    found = detect(rows["text"].to_list(), languages=languages, groups=rows["source"].to_list())
    for index, code in zip(wanted.to_list(), found, strict=True):
        codes[index] = code
    return pl.Series("language", codes, dtype=pl.String)


def _reasons(frame: pl.DataFrame, languages: Sequence[str]) -> pl.Series:
    """Why a row is left out; null when it is not."""
    reasons: list[str | None] = []
    columns = (frame[name].to_list() for name in ("text", "left_out", "language", "question"))
    for text, known, language, question in zip(*columns, strict=True):
        if text is None:
            reasons.append("no_comment")
        elif known is not None:
            reasons.append(known)
        elif is_non_answer(text, question):
            reasons.append("non_answer")
        elif language not in languages:
            reasons.append("other_language")
        else:
            reasons.append(None)
    return pl.Series("left_out", reasons, dtype=pl.String)


def _redacted(
    frame: pl.DataFrame, progress: Callable[[int], None] | None
) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Redacted text of the rows still open, their spans, and what was redacted in each file."""
    done: dict[tuple[str, str], tuple[str, tuple[str, ...], list[Offsets]]] = {}
    texts: list[str | None] = []
    rows: list[tuple[str, int, int, int, str]] = []
    counts: Counter[tuple[str, str]] = Counter()
    pending = 0
    columns = (
        frame[c].to_list() for c in ("feedback_id", "source", "text", "language", "left_out")
    )
    for ident, source, raw, language, left_out in zip(*columns, strict=True):
        if left_out is not None:
            texts.append(None)
            continue
        if (raw, language) not in done:
            text, findings = redact(raw, language)
            done[raw, language] = text, tuple(f.type for f in findings), split(text, language)
        text, types, offsets = done[raw, language]
        texts.append(text if offsets else None)
        rows += [(ident, i, s, e, text[s:e]) for i, (s, e) in enumerate(offsets)]
        counts.update((source, kind) for kind in types)
        pending += 1
        if progress and pending == _STEP:
            progress(pending)
            pending = 0
    if progress and pending:
        progress(pending)
    found = [(source, kind, count) for (source, kind), count in sorted(counts.items())]
    return (
        pl.Series("text", texts, dtype=pl.String),
        pl.DataFrame(rows, schema=_SPANS, orient="row"),
        pl.DataFrame(found, schema=_FINDINGS, orient="row"),
    )


def _feedback(frame: pl.DataFrame) -> pl.DataFrame:
    own = schema.segment_columns(frame)
    return (
        frame.filter(pl.col("left_out").ne_missing("duplicate"))
        .with_columns(
            nps_segment=schema.nps_segment(pl.col("nps")),
            csat_band=schema.csat_band(pl.col("csat")),
            analysed=pl.col("left_out").is_null(),
        )
        .select(*schema.FEEDBACK, *own)
    )

"""From records as read to redacted comments, their spans, and an account of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analyzer import schema
from analyzer.engine import Engine, LocalEngine, Work, parts
from analyzer.text.columns import without_personal_values
from analyzer.text.duplicates import find_duplicates
from analyzer.text.language import detect, plain_language
from analyzer.text.nonanswers import is_non_answer
from analyzer.text.spans import split
from analyzer.text.work import Cleaning, Redaction

__all__ = ["Prepared", "prepare"]

_STEP: Final = 500  # comments between two calls of `progress`
_SPANS: Final = ("feedback_id", "span", "start", "end", "text")


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
    engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> Prepared:
    """Clean, name the language, set aside what says nothing, redact and split.

    Args:
        records: `schema.RECORDS` and the user's own columns.
        languages: codes of the languages to analyse; comments in others keep their score and lose
            their text. Of a comment that mixes languages the spans in these are analysed.
        engine: where comments are redacted and split; by default this process.
        progress: called with the number of records done since the last call.

    Returns:
        The comments, their spans, one ledger row a record, and counts of redacted values.

    Raises:
        ConfigError: A code in ``languages`` is not known.
    """
    records = without_personal_values(records)
    runs_on = engine or LocalEngine(processes=1)
    frame = records.with_columns(_cleaned(records["text"], runs_on))
    frame = frame.with_columns(find_duplicates(frame))
    frame = frame.with_columns(_languages(frame, languages))
    frame = frame.with_columns(_reasons(frame, languages))
    open_rows = frame["left_out"].is_null()
    if progress:
        progress(frame.height - int(open_rows.sum()))
    texts, spans, findings = _redacted(frame, Redaction(tuple(languages)), runs_on, progress)
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


def _cleaned(texts: pl.Series, engine: Engine) -> pl.Series:
    once = texts.drop_nulls().unique(maintain_order=True).to_frame("text")
    done = _each(once, Cleaning(), engine)
    return (
        texts.to_frame("text")
        .join(done, on="text", how="left", maintain_order="left")["clean"]
        .alias("text")
    )


def _languages(frame: pl.DataFrame, languages: Sequence[str]) -> pl.Series:
    """A language for every row that has a comment and is no copy."""
    wanted = (frame["text"].is_not_null() & frame["left_out"].is_null()).arg_true()
    rows = frame[wanted]
    codes: list[str | None] = [None] * frame.height
    found = detect(rows["text"].to_list(), languages=languages, groups=rows["source"].to_list())
    for index, text, code in zip(wanted.to_list(), rows["text"], found, strict=True):
        codes[index] = code if code in languages else _partly(text, languages) or code
    return pl.Series("language", codes, dtype=pl.String)


def _partly(text: str, languages: Sequence[str]) -> str | None:
    """The first of ``languages`` in which a comment of another language has a span."""
    spans = split(text, "en")
    if len(spans) < 2:
        return None
    found = (plain_language(text[start:end], languages) for start, end in spans)
    return next((code for code in found if code in languages), None)


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
    frame: pl.DataFrame,
    work: Redaction,
    engine: Engine,
    progress: Callable[[int], None] | None,
) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Redacted text of the rows still open, their spans, and what was redacted in each file."""
    key = ["text", "language"]
    is_open = pl.col("left_out").is_null()
    once = frame.filter(is_open).group_by(key, maintain_order=True).agg(rows=pl.len())
    done = _each(once, work, engine, progress).drop("rows")
    rows = frame.select("feedback_id", "source", *key, open=is_open)
    rows = rows.join(done, on=key, how="left", maintain_order="left")
    texts = rows.select(
        text=pl.when(pl.col("open") & (pl.col("starts").list.len() > 0)).then("redacted")
    )
    rows = rows.filter("open")
    found = rows.select("source", type=pl.col("kinds")).explode("type").drop_nulls("type")
    counts = found.group_by("source", "type").agg(count=pl.len().cast(pl.Int64))
    return texts["text"], _spans(rows), counts.sort("source", "type")


def _spans(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a span, of one row a comment with its redacted text and offsets."""
    numbered = pl.int_ranges(0, pl.col("starts").list.len(), dtype=pl.Int32)
    spans = rows.filter(pl.col("starts").list.len() > 0).select(
        "feedback_id", "redacted", span=numbered, start="starts", end="ends"
    )
    spans = spans.explode("span", "start", "end").with_columns(
        text=pl.col("redacted").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    )
    return spans.select(pl.col(name).cast(schema.SPANS[name]) for name in _SPANS)


def _each(
    rows: pl.DataFrame,
    work: Work,
    engine: Engine,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Rows with what work makes of them beside; ``rows`` says how many comments one stands for."""
    shared = engine.worth(len(rows))
    pieces = parts(rows, engine.part_rows if shared else _STEP) or [rows]
    results = []
    for piece, result in zip(
        pieces, engine.map(work, pieces) if shared else map(work, pieces), strict=True
    ):
        results.append(pl.concat([piece, result], how="horizontal"))
        if progress:
            progress(int(piece["rows"].sum()))
    return pl.concat(results)


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

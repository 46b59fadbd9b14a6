"""From records as read to redacted comments, their spans, and an account of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analyzer import schema
from analyzer.engine import Engine, LocalEngine, parts
from analyzer.text.clean import clean
from analyzer.text.columns import without_personal_values
from analyzer.text.duplicates import find_duplicates
from analyzer.text.language import detect, plain_language
from analyzer.text.nonanswers import is_non_answer
from analyzer.text.pii import redact
from analyzer.text.spans import split

__all__ = ["Prepared", "prepare"]

Offsets = tuple[int, int]
_STEP: Final = 500  # comments between two calls of `progress`
_SPANS: Final = {
    name: schema.SPANS[name] for name in ("feedback_id", "span", "start", "end", "text")
}
_REDACTED: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "text": pl.String,
    "kinds": pl.List(pl.String),
    "starts": pl.List(pl.Int64),
    "ends": pl.List(pl.Int64),
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
    frame = records.with_columns(_cleaned(records["text"]))
    frame = frame.with_columns(find_duplicates(frame))
    frame = frame.with_columns(_languages(frame, languages))
    frame = frame.with_columns(_reasons(frame, languages))
    open_rows = frame["left_out"].is_null()
    if progress:
        progress(frame.height - int(open_rows.sum()))
    texts, spans, findings = _redacted(
        frame, languages, engine or LocalEngine(processes=1), progress
    )
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


def _spans(text: str, language: str, languages: Sequence[str]) -> list[Offsets]:
    """Spans of a comment, without those that are plainly in a language that is not analysed."""
    spans = split(text, language)
    if len(spans) < 2:
        return spans
    codes = [plain_language(text[start:end], languages) or language for start, end in spans]
    return [span for span, code in zip(spans, codes, strict=True) if code in languages] or spans


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
    languages: Sequence[str],
    engine: Engine,
    progress: Callable[[int], None] | None,
) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Redacted text of the rows still open, their spans, and what was redacted in each file."""
    done = _each_once(frame, languages, engine, progress)
    texts: list[str | None] = []
    rows: list[tuple[str, int, int, int, str]] = []
    counts: Counter[tuple[str, str]] = Counter()
    columns = (
        frame[c].to_list() for c in ("feedback_id", "source", "text", "language", "left_out")
    )
    for ident, source, raw, language, left_out in zip(*columns, strict=True):
        if left_out is not None:
            texts.append(None)
            continue
        text, types, offsets = done[raw, language]
        texts.append(text if offsets else None)
        rows += [(ident, i, s, e, text[s:e]) for i, (s, e) in enumerate(offsets)]
        counts.update((source, kind) for kind in types)
    found = [(source, kind, count) for (source, kind), count in sorted(counts.items())]
    return (
        pl.Series("text", texts, dtype=pl.String),
        pl.DataFrame(rows, schema=_SPANS, orient="row"),
        pl.DataFrame(found, schema=_FINDINGS, orient="row"),
    )


def _each_once(
    frame: pl.DataFrame,
    languages: Sequence[str],
    engine: Engine,
    progress: Callable[[int], None] | None,
) -> dict[tuple[str, str], tuple[str, list[str], list[Offsets]]]:
    """Redacted text, kinds of findings and spans of each distinct comment that is still open."""
    rows = frame.filter(pl.col("left_out").is_null()).select("text", "language")
    once = rows.group_by("text", "language", maintain_order=True).agg(rows=pl.len())
    work = Redaction(tuple(languages))
    shared = engine.worth(len(once))
    pieces = parts(once.drop("rows"), engine.part_rows if shared else _STEP)
    results = engine.map(work, pieces) if shared else map(work, pieces)
    done: dict[tuple[str, str], tuple[str, list[str], list[Offsets]]] = {}
    for piece, result in zip(pieces, results, strict=True):
        told = zip(piece.iter_rows(), result.iter_rows(), strict=True)
        for key, (text, kinds, starts, ends) in told:
            done[key] = text, kinds, list(zip(starts, ends, strict=True))
        if progress:
            progress(int(once["rows"][len(done) - len(piece) : len(done)].sum()))
    return done


@dataclass(frozen=True)
class Redaction:
    """Comments to what may be kept of them: text and language to text, kinds, starts and ends.

    Attributes:
        languages: that are analysed; spans plainly in another are left out.
    """

    languages: tuple[str, ...]

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Redact and split a part; offsets count in the redacted text."""
        done = []
        for raw, language in rows.iter_rows():
            text, findings = redact(raw, language)
            spans = _spans(text, language, self.languages)
            starts, ends = [start for start, _ in spans], [end for _, end in spans]
            done.append((text, [finding.type for finding in findings], starts, ends))
        return pl.DataFrame(done, schema=_REDACTED, orient="row")


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

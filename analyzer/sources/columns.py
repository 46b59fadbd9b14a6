"""What each column of a table is: text, scores, dates, segments, or nothing to be read."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer import schema
from analyzer.errors import ConfigError, MappingError
from analyzer.sources.choose import Chosen, choose_scores
from analyzer.sources.names import (
    CANONICAL,
    canonical_key,
    is_label,
    is_personal,
    meanings,
    normalise,
)
from analyzer.sources.notes import Note
from analyzer.sources.values import MISSING, parse_bool, parse_consent, parse_count, vocabulary
from analyzer.sources.words import choose_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.sources.model import Table

__all__ = ["Plan", "check_mapping", "plan_columns", "resolve_mapping"]

_SAMPLE: Final = 20_000
_ANSWERS: Final = 12  # to a question about consent, in all wordings
_SEGMENT_CHARS: Final = 80
_PLAIN_ROLES: Final = (
    "title",
    "feedback_id",
    "respondent_id",
    *schema.CONSENT_FACTS,
    "created_at",
    "consent",
    "likes",
    "replies",
    "shares",
    *schema.OUTCOMES,
    "question",
    "touchpoint",
    "wave",
    "channel",
    "language",
)


@dataclass(frozen=True)
class Plan:
    """How the columns of one file are read.

    Attributes:
        roles: canonical name to column, scores left out.
        fallback: columns that give the text where the main one is blank.
        question: the survey question of the text column, where the header says it.
        scores: score columns with their values and scales.
        segments: the user's own columns that are kept.
        notes: what was decided and what was left aside.
    """

    roles: dict[str, str]
    fallback: tuple[str, ...]
    question: str | None
    scores: tuple[Chosen, ...]
    segments: tuple[str, ...]
    notes: tuple[str, ...]


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return ``--map`` with canonical keys.

    Raises:
        ConfigError: A key is not known, is given twice, or excludes another.
    """
    checked: dict[str, str] = {}
    for key, column in mapping.items():
        canonical = canonical_key(key)
        if canonical is None:
            raise ConfigError(
                f"--map {key}={column}: {key!r} is not a known name. Known: {', '.join(CANONICAL)}."
            )
        if canonical in checked:
            raise ConfigError(f"--map gives {canonical} twice: {checked[canonical]!r}, {column!r}.")
        checked[canonical] = column
    for one, other in (("csat", "csat_inverted"), ("ces", "ces_effort")):
        if one in checked and other in checked:
            raise ConfigError(f"--map gives both {one} and {other}, which exclude each other.")
    return checked


def resolve_mapping(mapping: Mapping[str, str], tables: Sequence[Table]) -> list[dict[str, str]]:
    """Find the mapped columns in each file.

    Args:
        mapping: canonical name to the column that the user named.
        tables: every file of the run.

    Returns:
        For each table the mapped columns that it has, under the file's own spelling.

    Raises:
        MappingError: A column is in none of the files.
    """
    found: list[dict[str, str]] = [{} for _ in tables]
    for key, wanted in mapping.items():
        for table, here in zip(tables, found, strict=True):
            column = _find_column(wanted, table)
            if column is not None:
                here[key] = column
        if not any(key in here for here in found):
            raise MappingError(_not_found(key, wanted, tables))
    return found


def plan_columns(table: Table, name: str, mapping: Mapping[str, str]) -> Plan:
    """Decide what every column of a file is.

    Args:
        table: the file as strings.
        name: its name, for messages.
        mapping: canonical name to column, for the columns that the user mapped.

    Returns:
        The plan, with a note for every decision that an analyst could want to know.

    Raises:
        MappingError: There is no text column, two that are equally likely, or a score that could
            be of two kinds.
    """
    roles = {key: column for key, column in mapping.items() if key not in _SCORE_KEYS}
    notes: list[str] = []
    free = [
        c for c in table.frame.columns if c not in set(mapping.values()) and _readable(table, c)
    ]
    sample = table.frame.head(_SAMPLE)
    scores, score_notes = choose_scores(table, sample, name, mapping, free)
    used = set(mapping.values()) | {chosen.decision.column for chosen in scores}
    free = [column for column in free if column not in used]
    fallback: tuple[str, ...] = ()
    if "text" in roles:
        fallback = _spare(table, roles["text"])
    else:
        text = choose_text(table, sample, name, free)
        roles["text"], fallback = text.column, text.fallback
        notes.extend(text.notes)
    used |= {roles["text"], *fallback}
    for role in _PLAIN_ROLES:
        if role in roles:
            continue
        column = _best(role, table, sample, [c for c in free if c not in used], used)
        if column is not None:
            roles[role] = column
            used.add(column)
    language = roles.pop("language", None)
    if language:
        notes.append(Note("language_not_used", column=language))
    segments = _segments(
        table, used | set(mapping.values()), nps=any(c.decision.metric == "nps" for c in scores)
    )
    question = None if "question" in roles else _question(table, roles["text"])
    return Plan(roles, fallback, question, scores, segments, (*notes, *score_notes))


_SCORE_KEYS: Final = ("nps", "csat", "csat_inverted", "ces", "ces_effort")


def _find_column(wanted: str, table: Table) -> str | None:
    columns = table.frame.columns
    if wanted in columns:
        return wanted
    plain = normalise(wanted)
    for column in columns:
        if plain and normalise(column) == plain:
            return column
    for column, question in table.questions.items():
        if plain and normalise(question) == plain:
            return column
    return None


def _not_found(key: str, wanted: str, tables: Sequence[Table]) -> str:
    columns = list(dict.fromkeys(c for table in tables for c in table.frame.columns))
    plain = {normalise(column): column for column in columns}
    close = difflib.get_close_matches(normalise(wanted), list(plain), n=3, cutoff=0.5)
    hint = " or ".join(f"--map {key}={_quote(plain[match])}" for match in close)
    shown = ", ".join(columns[:30]) + (", ..." if len(columns) > 30 else "")
    return (
        f"--map {key}={_quote(wanted)}: no file has a column {wanted!r}. "
        + (f"Did you mean {hint}? " if hint else "")
        + f"Columns: {shown}."
    )


def _quote(column: str) -> str:
    return f'"{column}"' if not column.replace("_", "").isalnum() else column


def _spare(table: Table, text: str) -> tuple[str, ...]:
    """Columns that stand in for the one that the user named, where the vendor has such."""
    columns = table.frame.columns
    spare = table.dialect.all_columns("text_fallback", columns) if table.dialect else []
    return tuple(column for column in spare if column != text) if text in spare else ()


def _readable(table: Table, column: str) -> bool:
    if is_label(column):
        return False
    return not (table.dialect and table.dialect.ignores(column))


def _best(
    role: str, table: Table, sample: pl.DataFrame, free: list[str], used: set[str]
) -> str | None:
    """Return the best known column for a role whose values fit it."""
    if table.dialect:
        others = [c for c in table.frame.columns if c not in used]
        for column in table.dialect.all_columns(role, others):
            if _fits(role, sample[column]):
                return column
    ranked = [
        (rank, free.index(column), column)
        for column in free
        for rank in [meanings(column).get(role)]
        if rank is not None
    ]
    for _, _, column in sorted(ranked):
        if _fits(role, sample[column]):
            return column
    return None


def _fits(role: str, column: pl.Series) -> bool:
    """Whether the values of a column can be what its name says."""
    given = filled(column)
    if given.is_empty():
        return False
    if role in ("likes", "replies", "shares"):
        return parse_count(given).null_count() <= 0.2 * len(given)
    kind = schema.OUTCOMES.get(role)
    if kind == pl.Boolean:
        return parse_bool(given).null_count() <= 0.2 * len(given)
    if kind == pl.Float64:
        return int(given.str.contains(r"\d").sum()) >= 0.8 * len(given)
    if role == "consent":
        # Who refuses among many who were not asked must still be heard.
        few = given.n_unique() <= _ANSWERS
        return few or int((parse_consent(given) == "unknown").sum()) <= 0.5 * len(given)
    if role in ("created_at", "consent_date", "consent_until"):
        from analyzer.sources.dates import parse_dates

        head = given.head(500)
        return int(parse_dates(head).values["created_at"].null_count()) <= 0.5 * len(head)
    return _fits_words(role, column, given)


def _fits_words(role: str, column: pl.Series, given: pl.Series) -> bool:
    if role == "title":
        plain = set(given.str.to_lowercase().str.strip_chars(". ").unique())
        return not plain <= set(vocabulary()["honorifics"]) and (
            len(given) < 20 or given.n_unique() >= 0.05 * len(given)
        )
    if role == "respondent_id":
        return len(given) >= 0.5 * len(column)
    if role in ("touchpoint", "wave", "channel", "status", "question"):
        lengths = given.str.len_chars()
        return (given.n_unique() <= max(schema.MOST_LEVELS, 0.05 * len(given))) and (
            role == "question" or float(str(lengths.mean())) <= _SEGMENT_CHARS
        )
    return True


def filled(column: pl.Series) -> pl.Series:
    """Values that are not blank, null or a word for missing."""
    given = column.drop_nulls()
    plain = given.str.strip_chars().str.to_lowercase()
    return given.filter(~plain.is_in(sorted(MISSING)))


def _segments(table: Table, used: set[str], *, nps: bool) -> tuple[str, ...]:
    """Columns of the user's own that split respondents into a few groups."""
    kept = []
    for column in table.frame.columns:
        if column in used or not _readable(table, column) or is_personal(column):
            continue
        known = meanings(column)
        if set(known) & {"text", "title", "feedback_id", "respondent_id", "created_at", "language"}:
            if min(known.values()) < 1000:
                continue
        elif set(known) & {"likes", "replies", "shares", "nps", "ces"}:
            continue
        if _is_segment(table.frame[column], nps=nps):
            kept.append(column)
    return tuple(kept)


def _is_segment(column: pl.Series, *, nps: bool) -> bool:
    from analyzer.sources.scores import GROUPS
    from analyzer.sources.values import fold

    given = filled(column)
    distinct = given.unique()
    if (
        distinct.is_empty()
        or len(distinct) > max(schema.MOST_LEVELS, len(given) // schema.ROWS_A_LEVEL)
        or 2 * len(distinct) >= len(column)
    ):
        return False
    values = distinct.to_list()
    if nps and all(fold(value) in GROUPS for value in values):
        return False
    if any(len(value) > _SEGMENT_CHARS or value[0] in "[{" or "\n" in value for value in values):
        return False
    shapes = distinct.str.contains(
        r"\S@\S+\.\S|^https?://|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
        r"|^[+-]?\d+[.,]\d+$|^\+?\d[\d ().-]{8,}$"
    )
    return not bool(shapes.any())


def _question(table: Table, column: str) -> str | None:
    asked = table.questions.get(column, column)
    return asked if "?" in asked or len(asked.split()) >= 4 else None

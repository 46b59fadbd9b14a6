"""From a table and a plan to records, and the ledger of the rows that are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer import schema
from analyzer.sources.dates import parse_dates
from analyzer.sources.names import meanings, normalise
from analyzer.sources.notes import Note
from analyzer.sources.own import own_posts, sign_off, without_initials
from analyzer.sources.people import people_notes, respondents
from analyzer.sources.scores import TOLERANCE, fraction
from analyzer.sources.ties import LEFT, OWN_ID
from analyzer.sources.values import (
    MISSING,
    by_value,
    fold,
    joined_texts,
    named,
    one_spelling,
    parse_bool,
    parse_consent,
    parse_count,
    parse_duration,
    parse_number,
    vocabulary,
    words,
)

if TYPE_CHECKING:
    from analyzer.sources.choose import Chosen
    from analyzer.sources.columns import Plan
    from analyzer.sources.model import ScoreDecision, Table

__all__ = ["Assembled", "assemble"]

_LIST: Final = r"^\s*\[\s*[\"\]n]"  # a list of texts, an empty one, or one that begins with null


@dataclass(frozen=True)
class Assembled:
    """One file's records (without final ids), ledger, kind, date order and notes."""

    records: pl.DataFrame
    ledger: pl.DataFrame
    left: pl.DataFrame  # columns `ties.LEFT` of the rows that are left out
    kind: str
    date_order: str | None
    notes: tuple[str, ...]


def assemble(
    table: Table,
    plan: Plan,
    name: str,
    handles: frozenset[str] = frozenset(),
    date_order: str | None = None,
) -> Assembled:
    """Build records.

    Args:
        table: a file as strings.
        plan: what its columns are.
        name: the source's name.
        handles: the brand's own accounts, see `own.check_handles`.
        date_order: ``dmy`` or ``mdy`` where the user said it.

    Returns:
        `schema.RECORDS` columns plus segments and `ties.OWN_ID`; ``feedback_id`` is null where
        that cannot serve. Every row of the table is in records or in the ledger.
    """
    table, listed = _without_lists(table, plan)
    frame = table.frame
    text = _text(table, plan)
    scores = [_score(frame[chosen.decision.column], chosen) for chosen in plan.scores]
    kind = _kind(table, plan)
    own = own_posts(table, text, handles, {plan.roles["text"], *plan.segments})
    reason = _reasons(table, text, scores, own)
    dates, order, notes = _dates(table, plan, date_order)
    notes = (*listed, *notes, *_left_empty(frame, plan, scores, reason))
    people = plan.roles.get("respondent_id")
    notes = (*notes, *(people_notes(frame[people], people) if people else ()))
    if not handles:
        notes = (*notes, *sign_off(text, kind))
    elif kind in ("social", "ticket"):
        text = without_initials(text)
    columns: dict[str, pl.Series] = {
        "row": pl.Series(table.rows, dtype=pl.Int64),
        "text": text,
        "question": _question(table, plan),
        **{c.decision.metric: values for c, (values, _) in zip(plan.scores, scores, strict=True)},
        **{name: dates[name] for name in dates.columns},
        **_plain(table, plan),
    }
    records = pl.DataFrame([series.alias(key) for key, series in columns.items()])
    records = _conform(records, table, plan, name, kind)
    records = records.with_columns(pl.col("feedback_id").alias(OWN_ID))
    left = records.select("row", reason=reason).drop_nulls()
    never = [(row, "broken_row") for row in table.broken]
    never += [(row, "totals_row") for row in table.totals]
    ledger = (
        pl.concat([left, pl.DataFrame(never, schema=left.schema, orient="row")])
        .sort("row")
        .select(pl.lit(name).alias("source"), "row", pl.lit("read").alias("stage"), "reason")
    )
    stays = reason.is_null()
    records, told = _own_ids(records, stays, plan)
    kept, gone = records.filter(stays), records.filter(~stays)
    return Assembled(kept, ledger, gone.select(LEFT), kind, order, (*notes, *told))


def _without_lists(table: Table, plan: Plan) -> tuple[Table, tuple[str, ...]]:
    """Put together comments that are lists of texts, as JSON and Parquet have them."""
    names = dict.fromkeys([plan.roles["text"], *plan.fallback])
    notes = []
    for name in names:
        column = table.frame[name]
        lists = column.filter(column.str.contains(_LIST).fill_null(value=False)).unique()
        joined = {cell: text for cell in lists if (text := joined_texts(cell)) is not None}
        if joined:
            count = int(column.is_in(list(joined)).sum())
            notes.append(Note("lists_joined", n=count, column=name))
            table = replace(table, frame=table.frame.with_columns(column.replace(joined)))
    return table, tuple(notes)


def _text(table: Table, plan: Plan) -> pl.Series:
    """The comment with its title, as the vendor's repairs leave it; blank is null."""
    frame = table.frame
    columns = [plan.roles["text"], *plan.fallback]
    repairs = table.dialect.replace if table.dialect else ()

    def clean(column: str) -> pl.Expr:
        cell = pl.col(column)
        for repair in repairs:
            cell = cell.str.replace_all(repair.pattern, repair.by)
        cell = cell.str.strip_chars()
        return pl.when(cell != "").then(cell)

    text = pl.coalesce(clean(column) for column in columns)
    title = plan.roles.get("title")
    if title is not None and title not in columns:
        head = clean(title)
        said = text.str.starts_with(head.str.strip_chars(" .…!"))
        joined = pl.when(said).then(text).otherwise(head + "\n" + text)
        text = pl.when(head.is_null()).then(text).when(text.is_null()).then(head).otherwise(joined)
    return frame.select(text.alias("text"))["text"]


def _score(column: pl.Series, chosen: Chosen) -> tuple[pl.Series, pl.Series]:
    """Scores as the schema has them, and which cells are given but are no score of this scale."""
    decision, values = chosen.decision, chosen.values
    low, high = decision.minimum, decision.maximum

    def inside(cell: str) -> float | None:
        value = values.numbers.get(cell)
        if value is None or not low <= value <= high:
            return None
        if decision.metric == "nps":
            return value if value == int(value) else None
        return fraction(value, low, high, higher_is_better=decision.higher_is_better)

    read = by_value(column, inside, pl.Float64)
    blank = {*MISSING, *map(fold, values.codes)}
    given = by_value(column, lambda cell: fold(cell) not in blank, pl.Boolean).fill_null(False)
    dtype = pl.Int8 if decision.metric == "nps" else pl.Float64
    return read.cast(dtype), given & read.is_null()


def _reasons(
    table: Table, text: pl.Series, scores: list[tuple[pl.Series, pl.Series]], own: pl.Series
) -> pl.Series:
    """Why a row is left out, null where it is not; a vendor's own reasons come first.

    A score that is none costs the row only where the row has no other.
    """
    invalid = pl.Series([False] * table.frame.height, dtype=pl.Boolean)
    scored = invalid
    for values, bad in scores:
        invalid, scored = invalid | bad, scored | values.is_not_null()
    reason = (
        pl.when(own).then(pl.lit("own_post"))
        .when(invalid & ~scored).then(pl.lit("invalid_score"))
        .when(text.is_null() & ~scored).then(pl.lit("empty_row"))
    )  # fmt: skip
    frame = table.frame.with_columns(reason.alias("_reason"))
    for drop in reversed(table.dialect.drop) if table.dialect else ():
        for column in (c for c in table.frame.columns if normalise(c) == drop.column):
            hit = pl.col(column).str.contains(drop.pattern).fill_null(drop.unless)
            hit = ~hit if drop.unless else hit
            frame = frame.with_columns(
                pl.when(hit).then(pl.lit(drop.reason)).otherwise("_reason").alias("_reason")
            )
    return frame["_reason"]


def _left_empty(
    frame: pl.DataFrame, plan: Plan, scores: list[tuple[pl.Series, pl.Series]], reason: pl.Series
) -> list[Note]:
    """Notes on scores that count nowhere: codes for no answer, and what is outside its scale."""
    notes = []
    for chosen, (values, bad) in zip(plan.scores, scores, strict=True):
        column, codes = chosen.decision.column, chosen.values.codes
        if codes:
            coded = int(frame[column].is_in(codes).sum())
            notes.append(Note("codes_left_empty", n=coded, column=column, labels=codes))
        lost = int(bad.sum())
        kept = int((bad & reason.is_null()).sum())
        if lost > TOLERANCE * (lost + values.count()):
            notes.append(Note("scores_unread", n=lost, column=column))
        elif kept:
            notes.append(Note("scores_left_empty", n=kept, column=column))
    return notes


def _dates(
    table: Table, plan: Plan, order: str | None
) -> tuple[pl.DataFrame, str | None, tuple[str, ...]]:
    column = plan.roles.get("created_at")
    if column is None:
        return pl.DataFrame(), None, ()
    dates = parse_dates(table.frame[column], day_first=_day_first(table, plan), order=order)
    return dates.values, dates.order, dates.notes


def _day_first(table: Table, plan: Plan) -> bool | None:
    """What the file's language says about 03/04/2024: Spanish and French put the day first."""
    terms = {word for column in table.frame.columns for word in normalise(column).split()}
    foreign = terms & set(vocabulary()["day_first_words"])
    if len(foreign) >= 2:
        return True
    sample = table.frame[plan.roles["text"]].drop_nulls().head(300).str.to_lowercase()
    latin = sample.str.count_matches(
        r"\b(de|la|que|el|le|les|et|est|muy|pas|para|pour|con|avec|los)\b"
    )
    english = sample.str.count_matches(r"\b(the|and|to|is|was|of|for|it|very|not|with|my|i)\b")
    return True if int(latin.sum()) > 2 * int(english.sum()) else None


def _question(table: Table, plan: Plan) -> pl.Series:
    column = plan.roles.get("question")
    if column is not None:
        return table.frame[column]
    return pl.Series([plan.question], dtype=pl.String).new_from_index(0, table.frame.height)


def _plain(table: Table, plan: Plan) -> dict[str, pl.Series]:
    """Every other canonical column that the file has."""
    columns: dict[str, pl.Series] = {}
    for role, column in plan.roles.items():
        values = table.frame[column]
        if role in ("likes", "replies", "shares"):
            columns[role] = parse_count(values)
        elif role == "consent":
            columns[role] = parse_consent(values)
        elif role == "respondent_id":
            columns[role] = respondents(values, column)
        elif role in ("channel", "touchpoint", "wave"):
            columns[role] = one_spelling(named(words(values)))
        elif role in ("feedback_id", "status"):
            columns[role] = words(values)
        elif role.endswith("_seconds"):
            columns[role] = parse_duration(values, normalise(column))
        elif role == "lifetime_value":
            columns[role] = parse_number(values)
        elif schema.OUTCOMES.get(role) == pl.Boolean:
            columns[role] = parse_bool(values)
    return columns


def _conform(records: pl.DataFrame, table: Table, plan: Plan, name: str, kind: str) -> pl.DataFrame:
    """Bring a file's columns into the schema's order and types, its segments after them."""
    given = set(records.columns)
    constant = {"source": name, "kind": kind}
    if "channel" not in given and table.dialect and table.dialect.channel:
        constant["channel"] = table.dialect.channel
    if "consent" not in given:
        constant["consent"] = "unknown"
    reserved = schema.reserved_columns()
    segments = [
        one_spelling(words(table.frame[column])).alias(
            column + "_" if column in reserved else column
        )
        for column in plan.segments
    ]
    segments += [
        words(table.frame[plan.roles[role]]).alias(role)
        for role in schema.CONSENT_FACTS
        if role in plan.roles
    ]
    return records.select(
        (pl.col(key) if key in given else pl.lit(constant.get(key))).cast(dtype).alias(key)
        for key, dtype in schema.RECORDS.items()
    ).with_columns(segments)


def _own_ids(
    records: pl.DataFrame, stays: pl.Series, plan: Plan
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Keep ids that name rows; those that name people with a row for each question name people.

    Rows that do not stay have no say in what ids are.
    """
    column = plan.roles.get("feedback_id")
    kept = records.filter(stays)
    ids = kept["feedback_id"]
    if column is None or (ids.null_count() == 0 and ids.n_unique() == kept.height):
        return records, ()
    unnamed = records.with_columns(pl.lit(None, pl.String).alias("feedback_id"))
    if not _a_row_a_question(kept, plan):
        return unnamed, (Note("ids_unusable", column=column),) if kept.height else ()
    people = respondents(records["feedback_id"], column).alias("respondent_id")
    return unnamed.with_columns(people), (Note("ids_of_people", column=column),)


def _a_row_a_question(records: pl.DataFrame, plan: Plan) -> bool:
    """Whether a repeated id stands once by each question, and always with the same scores."""
    if "question" not in plan.roles or "respondent_id" in plan.roles:
        return False
    scores = [chosen.decision.metric for chosen in plan.scores]
    ids = records.select("feedback_id", "question", *scores)
    once = not ids.select("feedback_id", "question").is_duplicated().any()
    given = ids.group_by("feedback_id").agg(pl.col(name).n_unique() for name in scores)
    alike = all(int(given[name].max() or 0) <= 1 for name in scores)  # type: ignore[arg-type]
    return ids["feedback_id"].null_count() == 0 and once and alike


def _kind(table: Table, plan: Plan) -> str:
    if table.dialect is not None:
        return table.dialect.kind
    if not plan.scores:
        return "social"
    terms = {word for column in table.frame.columns for word in normalise(column).split()}
    if terms & set(vocabulary()["ticket_words"]) and ("status" in plan.roles or "ticket" in terms):
        return "ticket"
    if _rated(plan.scores) and ("title" in plan.roles or terms & set(vocabulary()["review_words"])):
        return "review"
    return "survey"


def _rated(scores: tuple[Chosen, ...]) -> bool:
    """A single rating, and no survey score beside it."""
    decisions: list[ScoreDecision] = [chosen.decision for chosen in scores]
    return (
        len(decisions) == 1
        and decisions[0].metric == "csat"
        and ("rating" in meanings(decisions[0].column))
    )

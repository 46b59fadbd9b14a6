"""From an analysis to quotes that marketing may publish, and the reason of everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer import __version__, schema
from analyzer.errors import ConfigError
from analyzer.explore.frames import is_count
from analyzer.quotes.candidates import candidates
from analyzer.quotes.choose import best_of_each, choose, without_duplicates
from analyzer.quotes.consent import Withdrawals, hashed, load_secret
from analyzer.quotes.gate import (
    COMMENT_RULES,
    EXPORTED,
    PASSAGE_RULES,
    RULES,
    Policy,
    comments_with_facts,
)
from analyzer.quotes.naming import shown_name
from analyzer.quotes.people import usual_names
from analyzer.quotes.permission import check_day, with_permission
from analyzer.quotes.wording import fold, rules_version
from analyzer.text import PLACEHOLDER
from analyzer.text.duplicates import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analyzer.pipeline import Analysis
    from analyzer.quotes.candidates import Candidate
    from analyzer.sources import Source

__all__ = ["AUDIT", "QUOTES", "Quotes", "select", "trace"]

QUOTES: Final[dict[str, type[pl.DataType]]] = {
    "quote": pl.String,  # verbatim from the redacted comment
    "language": pl.String,
    "theme_id": pl.String,
    "theme": pl.String,  # in the quote's language
    "month": pl.String,  # YYYY-MM
    "touchpoint": pl.String,
    "segment": pl.String,
    "consent": pl.String,  # yes | unknown
    "consent_source": pl.String,  # file and column that say so
    "consent_month": pl.String,  # YYYY-MM in which it was given, where the file says
    "redactions": pl.Int64,  # placeholders in the quote
    "comment": pl.String,  # hashed id
    "rules_version": pl.String,
    "analyzer_version": pl.String,
}
AUDIT: Final[dict[str, type[pl.DataType]]] = {
    "comment": pl.String,  # hashed id
    "first_span": pl.Int64,  # null where the whole comment was rejected
    "last_span": pl.Int64,
    "rule": pl.String,  # one of RULES
    "meaning": pl.String,  # what the rule asks of a quote
}
_UNKNOWN: Final = {"feedback_id": pl.String, "source": pl.String, "row": pl.Int64}
_ID_COLUMNS: Final = ("feedback_id", "respondent_id", "comment")
_FEWEST: Final = 5  # people in a touchpoint or segment before it is named beside a quote


@dataclass(frozen=True, repr=False)
class Quotes:
    """Quotes, and what became of every other comment.

    Attributes:
        quotes: one row a quote, first choice first; columns `QUOTES`.
        audit: one row a passage or comment and the rule that stopped it; columns `AUDIT`, no text.
        counts: rule, meaning, comments: each analysed comment once, under the rule that its best
            passage got to; ``exported`` is the number of quotes.
        unknown: feedback_id, source, row of the comments that only lack consent: whom to ask.
        withdrawals_unmatched: lines of the withdrawal list that match no comment.
        rules_version: version of the gate.
    """

    quotes: pl.DataFrame
    audit: pl.DataFrame
    counts: pl.DataFrame
    unknown: pl.DataFrame
    withdrawals_unmatched: int
    rules_version: str

    def __repr__(self) -> str:
        """Numbers only."""
        asked = int(self.counts["comments"].sum())
        return f"<{len(self.quotes)} quotes of {asked} comments, {len(self.unknown)} to ask>"


def select(
    analysis: Analysis,
    *,
    language: str | None = None,
    theme: str | None = None,
    segment: str | None = None,
    limit: int = 50,
    per_theme: int | None = None,
    unknown_consent: bool = False,
    allow_staff: bool = False,
    competitors: str | Sequence[str] = (),
    withdrawn: str | Path | None = None,
    as_of: date | str | None = None,
    cut_complaints: bool = False,
    secret: bytes | None = None,
) -> Quotes:
    """Choose promoter quotes that may be published.

    Args:
        analysis: where they come from.
        language: only quotes in it: es, fr or en.
        theme: only quotes that praise it: its id, or its name in any language.
        segment: a column of the user's own, shown beside each quote and kept varied.
        limit: quotes at most.
        per_theme: quotes at most of any one theme.
        unknown_consent: export comments without consent on record too; never those that refused.
        allow_staff: people may be named.
        competitors: names that no quote may hold; a string is one name.
        withdrawn: file of the ids of those who withdrew consent.
        as_of: day on which consent must hold, as a date or "2026-03-31"; needed where a file says
            until when it does.
        cut_complaints: quote comments with a complaint too, without the sentences that complain.
        secret: hashes the ids; None for the local one, see `consent.load_secret`.

    Returns:
        A `Quotes`.

    Raises:
        ConfigError: An argument has a value that cannot be used or is needed, or the secret cannot
            be read.
        InputError: The withdrawal list cannot be read.
    """
    _check(language, limit=limit, per_theme=per_theme)
    theme_id = _theme_id(analysis, theme)
    withdrawals = Withdrawals(None if withdrawn is None else _path(withdrawn))
    hidden = analysis.feedback.with_columns(
        comment=hashed(analysis.feedback["feedback_id"], secret or load_secret())
    )
    comments = _comments(analysis, segment, _withdrawn(hidden, analysis.sources, withdrawals))
    comments = with_permission(comments, analysis.sources, check_day(as_of))
    policy = Policy(
        unknown_consent=unknown_consent,
        allow_staff=allow_staff,
        competitors=_names(competitors),
        usual=usual_names(analysis.feedback["text"].drop_nulls().to_list()),
        cut_complaints=cut_complaints,
    )
    log = _Log()
    rejected, passed = _gate(analysis, comments, policy, log)
    asked = [
        p
        for p in passed
        if language in (None, p.language) and (theme_id is None or theme_id in p.themes)
    ]
    log.stop("asked", set(passed) - set(asked))
    chosen = _choose(asked, analysis, log, limit, per_theme)
    audit = pl.concat([rejected, log.audit()]).sort("comment", "first_span", "last_span")
    audit = audit.with_columns(meaning=pl.col("rule").replace_strict(RULES, return_dtype=pl.String))
    return Quotes(
        quotes=_frame(chosen, analysis, theme_id),
        audit=audit,
        counts=_counts(audit),
        unknown=log.unknown(),
        withdrawals_unmatched=withdrawals.unmatched(hidden, _ID_COLUMNS, analysis.sources),
        rules_version=rules_version(),
    )


def trace(analysis: Analysis, comment: str, secret: bytes | None = None) -> dict[str, Any]:
    """Find the comment behind a hashed id.

    Args:
        analysis: of the same files.
        comment: the id in an export.
        secret: the one that the export was made with.

    Returns:
        feedback_id, source (file), row.

    Raises:
        ConfigError: No comment has this id under this secret.
    """
    codes = hashed(analysis.feedback["feedback_id"], secret or load_secret())
    rows = analysis.feedback.select("feedback_id", "source", "row").filter(codes == comment)
    if rows.is_empty():
        raise ConfigError(
            f"No comment of these files has the id {comment!r}. Give the files and the secret that "
            "the quotes were exported with."
        )
    return rows.row(0, named=True)


class _Log:
    """Which rule stopped which passage."""

    def __init__(self) -> None:
        self._rules: dict[Candidate, str] = {}

    def passes(self, passage: Candidate, policy: Policy) -> bool:
        for name, rule in PASSAGE_RULES.items():
            if not rule(passage, policy):
                self._rules[passage] = name
                return False
        return True

    def stop(self, rule: str, passages: Iterable[Candidate]) -> None:
        self._rules.update(dict.fromkeys(passages, rule))

    def audit(self) -> pl.DataFrame:
        rows = [(p.comment, p.first, p.last, rule) for p, rule in self._rules.items()]
        return pl.DataFrame(rows, schema=list(AUDIT.items())[:4], orient="row")

    def unknown(self) -> pl.DataFrame:
        ids = {
            (p.about["feedback_id"], p.about["source"], p.about["row"])
            for p, rule in self._rules.items()
            if rule == "consent_unknown"
        }
        return pl.DataFrame(sorted(ids), schema=_UNKNOWN, orient="row").sort("source", "row")


def _check(language: str | None, **numbers: int | None) -> None:
    if language is not None and language not in schema.LANGUAGES:
        raise ConfigError(
            f"There are no quotes in {language!r}. Choose one of: {', '.join(schema.LANGUAGES)}."
        )
    for name, value in numbers.items():
        if value is not None and not (is_count(value) and value >= 1):
            option = name.replace("_", "-")
            raise ConfigError(f"--{option} must be a whole number of at least 1, got {value!r}.")


def _names(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if isinstance(given, Collection) and all(isinstance(name, str) for name in given):
        return tuple(given)
    raise ConfigError(
        f"competitors takes a name or a list of names, such as ['Otra Telecom'], got {given!r}."
    )


def _path(given: object) -> Path:
    if isinstance(given, str | Path):
        return Path(given)
    raise ConfigError(f"withdrawn takes the path of a file, got {given!r}.")


def _theme_id(analysis: Analysis, theme: str | None) -> str | None:
    if theme is None:
        return None
    names = [f"name_{code}" for code in schema.LANGUAGES]
    for row in analysis.themes.select("theme_id", *names).iter_rows():
        if fold(str(theme)) in {fold(value) for value in row}:
            return str(row[0])
    known = ", ".join(f"{i} {n}" for i, n in analysis.themes.select("theme_id", "name_en").rows())
    raise ConfigError(f"There is no theme {theme!r}; there are {known}.")


def _withdrawn(
    rows: pl.DataFrame, sources: Sequence[Source], withdrawals: Withdrawals
) -> pl.DataFrame:
    """Ids of every row, and whether the person or one of the person's answers is on the list."""
    meant = withdrawals.meant(rows, sources)
    flag = pl.Series("withdrawn", rows.select(withdrawals.hit(_ID_COLUMNS)).to_series() | meant)
    rows = rows.with_columns(flag)
    return rows.select(
        "feedback_id", "comment", shared(rows, pl.col("withdrawn")).alias("withdrawn")
    )


def _comments(analysis: Analysis, segment: str | None, withdrawn: pl.DataFrame) -> pl.DataFrame:
    """Analysed comments with hashed ids, persons, and groups that are large enough to be named.

    Args:
        analysis: where they come from.
        segment: a column of the user's own.
        withdrawn: feedback_id, comment (the hashed id) and withdrawn, of every row.
    """
    own = schema.segment_columns(analysis.feedback)
    if segment is not None and segment not in own:
        raise ConfigError(
            f"There is no column {segment!r} to tell quotes apart by; there are: "
            f"{', '.join(own) or 'none'}."
        )
    comments = comments_with_facts(analysis).drop("comment", "withdrawn", strict=False)
    comments = comments.join(withdrawn, on="feedback_id", how="left", maintain_order="left")
    return comments.with_columns(
        person=pl.coalesce("respondent_id", "comment"),
        month=pl.col("created_at").dt.strftime("%Y-%m"),
    ).with_columns(
        touchpoint=_large_enough("touchpoint"),
        segment=_large_enough(segment) if segment else pl.col("nps_segment"),
    )


def _large_enough(column: str) -> pl.Expr:
    people = pl.col("person").n_unique().over(column)
    return pl.when(people >= _FEWEST).then(pl.col(column))


def _gate(
    analysis: Analysis, comments: pl.DataFrame, policy: Policy, log: _Log
) -> tuple[pl.DataFrame, list[Candidate]]:
    """Audit rows of the comments that no passage stands for, and the passages that passed."""
    rejected, open_ = _apply_comment_rules(comments, policy)
    found = list(candidates(analysis, open_))
    return (
        pl.concat([rejected, _without_passage(open_, found)]),
        [passage for passage in found if log.passes(passage, policy)],
    )


def _apply_comment_rules(
    comments: pl.DataFrame, policy: Policy
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Audit rows of the comments that a rule stops, and the comments that are left."""
    reason = pl.coalesce(
        pl.when(~rule().fill_null(value=False)).then(pl.lit(name))
        for name, rule in COMMENT_RULES.items()
        if not (policy.cut_complaints and name == "negative_span")
    )
    judged = comments.with_columns(rule=reason)
    rejected = _whole(judged.filter(pl.col("rule").is_not_null()))
    return rejected, judged.filter(pl.col("rule").is_null())


def _without_passage(comments: pl.DataFrame, passages: Sequence[Candidate]) -> pl.DataFrame:
    """Audit rows of comments whose every sentence with praise complains too."""
    told = {passage.comment for passage in passages}
    silent = comments.filter(~pl.col("comment").is_in(sorted(told)))
    return _whole(silent.with_columns(rule=pl.lit("negative_span")))


def _whole(comments: pl.DataFrame) -> pl.DataFrame:
    return comments.select(
        "comment",
        first_span=pl.lit(None, pl.Int64),
        last_span=pl.lit(None, pl.Int64),
        rule="rule",
    )


def _choose(
    asked: Sequence[Candidate], analysis: Analysis, log: _Log, limit: int, per_theme: int | None
) -> list[Candidate]:
    vectors = analysis.found.vectors
    best, rest = best_of_each(asked, lambda passage: passage.comment)
    log.stop("better_passage", rest)
    distinct, rest = without_duplicates(best, vectors)
    log.stop("duplicate", rest)
    single, rest = best_of_each(distinct, lambda passage: passage.person)
    log.stop("one_per_person", rest)
    chosen, rest = choose(single, vectors, limit=limit, per_theme=per_theme)
    log.stop("choice", rest)
    log.stop(EXPORTED, chosen)
    return chosen


def _frame(chosen: Sequence[Candidate], analysis: Analysis, theme_id: str | None) -> pl.DataFrame:
    names = {row["theme_id"]: row for row in analysis.themes.iter_rows(named=True)}
    consent = {source.name: source.mapping.get("consent") for source in analysis.sources}
    version = rules_version()
    rows = []
    for passage in chosen:
        about, column = passage.about, consent.get(passage.about["source"])
        theme = theme_id or passage.theme
        rows.append(
            {
                "quote": passage.text,
                "language": passage.language,
                "theme_id": theme,
                "theme": shown_name(names[theme], passage.language, asked=theme_id is not None)
                if theme
                else None,
                "month": about["month"],
                "touchpoint": about["touchpoint"],
                "segment": about["segment"],
                "consent": passage.consent,
                "consent_source": f"{about['source']}: {column}" if column else None,
                "consent_month": about["consent_month"],
                "redactions": len(PLACEHOLDER.findall(passage.text)),
                "comment": passage.comment,
                "rules_version": version,
                "analyzer_version": __version__,
            }
        )
    return pl.DataFrame(rows, schema=QUOTES)


def _counts(audit: pl.DataFrame) -> pl.DataFrame:
    """Each comment once, under the furthest rule that one of its passages got to."""
    order = {name: place for place, name in enumerate(RULES)}
    furthest: dict[str, str] = {}
    for comment, rule in audit.select("comment", "rule").iter_rows():
        if comment not in furthest or order[rule] > order[furthest[comment]]:
            furthest[comment] = rule
    counted = Counter(furthest.values())
    return pl.DataFrame(
        [(name, meaning, counted[name]) for name, meaning in RULES.items()],
        schema={"rule": pl.String, "meaning": pl.String, "comments": pl.Int64},
        orient="row",
    )

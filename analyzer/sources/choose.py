"""Which columns are scores: the rules, in the order in which they are tried."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from analyzer.errors import MappingError
from analyzer.sources.anchors import higher_is_better
from analyzer.sources.asking import ambiguous, backwards, is_shifted, not_nps, quoted, unread
from analyzer.sources.model import ScoreDecision
from analyzer.sources.names import SCORE_ROLES, meanings, normalise, stated_scale
from analyzer.sources.notes import Note
from analyzer.sources.scores import ScoreValues, read_scores, scale_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from analyzer.sources.model import Table

__all__ = ["Chosen", "choose_scores"]

Metric = Literal["nps", "csat", "ces"]
_KEYS: Final[tuple[tuple[str, Metric], ...]] = (
    ("nps", "nps"),
    ("csat", "csat"),
    ("csat_inverted", "csat"),
    ("ces", "ces"),
    ("ces_effort", "ces"),
)
_UPSIDE_DOWN: Final = ("csat_inverted", "ces_effort")
_READ: Final = 0.5  # a column is a score when at least half of its cells are
_FITS: Final = 0.95
_ENOUGH: Final = 30  # answers that show which part of a scale nobody uses
_MOST: Final = 0.8
_RATED: Final = (
    r"(?i)^\s*(?:[\d.,]+\s*(?:/\s*(?:5|7|10|20)|(?:stars?|estrellas?|étoiles?))|[★⭐☆️]+)\s*$"
)
_EASE: Final = re.compile(r"\b(easy|easily|ease|facil|facilidad|facile|facilite|facilement)\b")
_DISSATISFIED: Final = re.compile(r"\b(?:insatisf|dissatisf|unsatisf|descontento|mecontent)\w*")
_OVERALL: Final = re.compile(
    r"\b(overall|global|globale|general|generale|in general|en general|nps|csat)\b"
)


@dataclass(frozen=True)
class Chosen:
    """A score column: the decision and the values it was made from."""

    decision: ScoreDecision
    values: ScoreValues


@dataclass(frozen=True)
class _Candidate:
    column: str
    known: Mapping[str, int]  # score role -> rank
    values: ScoreValues
    stated: tuple[float | None, float] | None  # scale that the header names


def choose_scores(
    table: Table, sample: pl.DataFrame, name: str, mapping: Mapping[str, str], free: list[str]
) -> tuple[tuple[Chosen, ...], tuple[str, ...]]:
    """Decide which columns are NPS, CSAT and CES.

    Args:
        table: the file.
        sample: its first rows, to see cheaply which columns can be scores.
        name: of the file, for messages.
        mapping: what the user said.
        free: columns that the user did not map.

    Returns:
        At most one column for each metric, and notes.

    Raises:
        MappingError: A column could be of two kinds, or a mapped one holds no such score.
    """
    chosen: dict[Metric, Chosen] = {}
    notes: list[str] = []
    for key, metric in _KEYS:
        if key in mapping:
            chosen[metric] = _mapped(table, name, mapping[key], key, metric)
    _from_dialect(table, free, chosen)
    taken = {c.decision.column for c in chosen.values()}
    candidates = _candidates(table, sample, [c for c in free if c not in taken], notes)
    if "nps" not in chosen:
        _choose_nps(name, candidates, chosen, notes)
    if "csat" not in chosen:
        _choose_csat(name, candidates, chosen, notes)
    if "ces" not in chosen:
        _choose_ces(name, candidates, chosen, notes)
    if not chosen:
        _choose_bare(table, sample, name, candidates, chosen, notes)
    return tuple(chosen[m] for m in ("nps", "csat", "ces") if m in chosen), tuple(notes)


def _mapped(table: Table, name: str, column: str, key: str, metric: Metric) -> Chosen:
    scale = table.dialect.score.get(metric) if table.dialect else None
    own = (
        scale.values
        if scale
        and scale.values
        and table.dialect
        and (table.dialect.column(metric, [column]) == column)
        else None
    )
    values = read_scores(table.frame[column], own)
    if own and values.share_read < _READ:
        values = read_scores(table.frame[column])
    values = values.without_codes()
    if values.groups:
        raise MappingError(
            f"{name}: --map {key}={column!r}: the column holds promoter groups, not scores. Map "
            "the column with the numbers."
        )
    if not values.total or values.share_read < _READ:
        raise MappingError(
            f"{name}: --map {key}={column!r}: fewer than half of its {values.total} values are "
            "scores. Map another column."
        )
    if metric == "nps":
        if values.share_within(0, 10, whole=True) < _FITS:
            raise MappingError(not_nps(name, column, values))
        bounds: tuple[float, float] | None = (0, 10)
    else:
        bounds = scale_of(values, metric, stated_scale(column))
    if bounds is None:
        raise MappingError(
            f"{name}: --map {key}={column!r}: the values fit no scale (1-5, 1-7, 0-10, 0-100). "
            f"Largest value: {values.largest():g}."
        )
    return _chosen(metric, column, bounds, "map", values, better=key not in _UPSIDE_DOWN)


def _from_dialect(table: Table, free: list[str], chosen: dict[Metric, Chosen]) -> None:
    dialect = table.dialect
    if dialect is None:
        return
    metrics: tuple[Metric, ...] = ("nps", "csat", "ces")
    for metric in metrics:
        if metric in chosen or metric not in dialect.score:
            continue
        scale = dialect.score[metric]
        for column in dialect.all_columns(metric, free):
            values = read_scores(table.frame[column], scale.values or None)
            if scale.values and values.share_read < _READ:
                values = read_scores(table.frame[column])  # labels instead of codes
            if values.total == 0 or values.groups or values.share_read < _READ:
                continue
            values = values.without_codes()
            bounds = (0.0, 1.0) if values.words else (scale.minimum, scale.maximum)
            if values.share_within(*bounds) < _FITS:
                continue
            chosen[metric] = _chosen(
                metric, column, bounds, "dialect", values, better=scale.higher_is_better
            )
            break


def _candidates(
    table: Table, sample: pl.DataFrame, free: list[str], notes: list[str]
) -> list[_Candidate]:
    found = []
    for column in free:
        known = meanings(table.questions.get(column, "")) | meanings(column)
        roles: dict[str, int] = {role: known[role] for role in SCORE_ROLES if role in known}
        if not known and _states_scale(sample[column]):
            roles = {"rating": 1000}
        if not roles or re.search(
            r"\b(group|grupo|groupe|segment|segmento|categor\w+|type|tipo)$", normalise(column)
        ):
            continue
        if read_scores(sample[column]).share_read < _READ:
            if min(roles.get(role, 1000) for role in ("nps", "csat", "ces")) < 1000:
                notes.extend(unread(column, read_scores(table.frame[column])))
            continue
        values = read_scores(table.frame[column])
        if values.share_read >= _READ and not values.groups:
            values = values.without_codes()
            stated = stated_scale(column) or stated_scale(table.questions.get(column, ""))
            found.append(_Candidate(column, roles, values, stated))
    return found


def _states_scale(column: pl.Series) -> bool:
    """Whether the cells themselves say that they are ratings: ``4/5``, stars."""
    head = column.drop_nulls().head(50)
    given = head.filter(head.str.contains(r"\S"))
    return bool(len(given)) and float(str(given.str.contains(_RATED).mean())) >= _MOST


def _choose_nps(
    name: str, candidates: list[_Candidate], chosen: dict[Metric, Chosen], notes: list[str]
) -> None:
    ranked = _ranked(candidates, "nps")
    ranked = [c for c in ranked if not c.values.words]
    if not ranked:
        return
    fitting = [c for c in ranked if _is_nps(c)]
    if not fitting:
        best = ranked[0]
        if best.known["nps"] < 1000 or is_shifted(best.values):
            raise MappingError(not_nps(name, best.column, best.values))
        option = f"--map csat={quoted(best.column)}"
        notes.append(Note("nps_not_read", column=best.column, option=option))
        return
    best = fitting[0]
    if len(ranked) > 1:
        others = tuple(c.column for c in ranked if c is not best)
        notes.append(Note("nps_chosen", column=best.column, columns=others))
    chosen["nps"] = _chosen("nps", best.column, (0, 10), "name", best.values)


def _is_nps(candidate: _Candidate) -> bool:
    """Whether the values are on NPS's scale: thirty answers from 1 to 5 and no other are not."""
    values, stated = candidate.values, candidate.stated
    if values.share_within(0, 10, whole=True) < _FITS or (stated and stated[1] != 10):
        return False
    return values.total < _ENOUGH or values.share_within(1, 5) < 1


def _choose_csat(
    name: str, candidates: list[_Candidate], chosen: dict[Metric, Chosen], notes: list[str]
) -> None:
    taken = {c.decision.column for c in chosen.values()}
    pool = [c for c in candidates if c.column not in taken and ({"csat", "rating"} & set(c.known))]
    pool = [c for c in pool if "nps" not in c.known or "csat" in c.known]
    if not pool:
        return
    best_class = min(_csat_class(c) for c in pool)
    first = [c for c in pool if _csat_class(c) == best_class]
    if len(first) > 1 and best_class >= 3:
        choices = tuple(f'--map csat="{c.column}"' for c in first)
        if chosen:
            notes.append(Note("csat_unclear", n=len(first), options=choices))
            return
        raise MappingError(
            f"{name}: {len(first)} columns could be the satisfaction score. Say which: "
            f"{' or '.join(choices)}."
        )
    best = first[0]
    bounds = scale_of(best.values, stated=best.stated)
    if bounds is None:
        notes.append(Note("no_csat_scale", column=best.column))
        return
    if bounds[1] == 10 and "csat" not in best.known and "nps" not in chosen:
        raise MappingError(ambiguous(name, best.column, best.values))
    better = None if best.values.words else higher_is_better(best.column)
    if better is None and not best.values.words and _DISSATISFIED.search(normalise(best.column)):
        notes.append(backwards(name, best.column, alone=not chosen))
        return
    if better is False:
        notes.append(Note("low_is_best", column=best.column))
    basis: Literal["name", "values"] = "name" if "csat" in best.known else "values"
    chosen["csat"] = _chosen(
        "csat", best.column, bounds, basis, best.values, better=better is not False
    )


def _choose_ces(
    name: str, candidates: list[_Candidate], chosen: dict[Metric, Chosen], notes: list[str]
) -> None:
    taken = {c.decision.column for c in chosen.values()}
    ranked = [c for c in _ranked(candidates, "ces") if c.column not in taken]
    if not ranked:
        return
    best = ranked[0]
    bounds = scale_of(best.values, "ces", best.stated)
    if bounds is None:
        return
    better = higher_is_better(best.column)
    if better is None and _EASE.search(normalise(best.column)):
        better = True
    if better is not None:
        chosen["ces"] = _chosen("ces", best.column, bounds, "name", best.values, better=better)
        return
    easy = f"--map ces={quoted(best.column)}"
    hard = f"--map ces_effort={quoted(best.column)}"
    if not chosen:
        raise MappingError(
            f"{name}: the direction of the effort score {best.column!r} is unclear; say {easy} "
            f"when a high value means easy, or {hard} when it means much effort."
        )
    notes.append(Note("effort_unclear", column=best.column, option=easy, other=hard))


def _choose_bare(
    table: Table,
    sample: pl.DataFrame,
    name: str,
    candidates: list[_Candidate],
    chosen: dict[Metric, Chosen],
    notes: list[str],
) -> None:
    """A column that is called "score" and nothing more."""
    ranked = _ranked(candidates, "score")
    if not ranked:
        return
    best = ranked[0]
    values = best.values
    grouped = any(read_scores(sample[c]).groups for c in sample.columns if c != best.column)
    if grouped and values.share_within(0, 10, whole=True) >= _FITS:
        chosen["nps"] = _chosen("nps", best.column, (0, 10), "values", values)
        return
    bounds = scale_of(values, stated=best.stated)
    if best.known["score"] >= 1000 and bounds != (1.0, 5.0):
        return  # a lead score, a credit score
    if bounds is None or (bounds == (0.0, 1.0) and not values.words):
        notes.append(Note("no_scale", column=best.column))
        return
    if bounds != (1.0, 5.0) and not values.words and values.top is None:
        raise MappingError(ambiguous(name, best.column, best.values))
    chosen["csat"] = _chosen("csat", best.column, bounds, "values", values)


def _ranked(candidates: list[_Candidate], role: str) -> list[_Candidate]:
    return sorted((c for c in candidates if role in c.known), key=lambda c: c.known[role])


def _csat_class(candidate: _Candidate) -> int:
    """0 named satisfaction, 1 named rating, 2 overall question, 3 any other question."""
    if candidate.known.get("csat", 1000) < 1000:
        return 0
    if candidate.known.get("rating", 1000) < 1000:
        return 1
    return 2 if _OVERALL.search(normalise(candidate.column)) else 3


def _chosen(
    metric: Metric,
    column: str,
    bounds: tuple[float, float],
    basis: Literal["name", "values", "map", "dialect"],
    values: ScoreValues,
    *,
    better: bool = True,
) -> Chosen:
    low, high = float(bounds[0]), float(bounds[1])
    return Chosen(ScoreDecision(metric, column, low, high, basis, better), values)

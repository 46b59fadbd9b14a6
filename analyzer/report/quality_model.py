"""The report model of data quality: how files were read, what was left out, what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analyzer.report.figures import figure
from analyzer.report.overview_model import comment_rates, languages, situation
from analyzer.schema import LANGUAGES
from analyzer.sources.notes import Note
from analyzer.stats.intervals import MINIMUM_SCORE

if TYPE_CHECKING:
    from analyzer.pipeline import Analysis
    from analyzer.report.base import Base
    from analyzer.sources import Source

__all__ = ["quality"]

_FEW_IN_LANGUAGE: Final = 30
_RATE_GAP: Final = 0.10
_FOREIGN: Final = "other_language"


def quality(analysis: Analysis, themes: list[dict[str, Any]], rows: Base) -> dict[str, Any]:
    """How the files were read, what was left out, and what the figures cannot tell."""
    work = analysis.quality
    stability = sorted(t["stability"] for t in themes if t["stability"] is not None)
    return {
        "ledger": _ledger(analysis),
        "sources": [_source(source) for source in analysis.sources],
        "language_leak": figure(work.language_leak),
        "language_corrected": bool(work.language_corrected),
        "low_confidence_share": figure(work.low_confidence_share),
        "contradictions": work.contradictions,
        "stability": {
            "median": figure(pl.Series(stability).median()) if stability else None,
            "lowest": stability[0] if stability else None,
        },
        "redactions": _redactions(analysis),
        "encoder": work.encoder,
        "sentiment_model": work.sentiment_model,
        "seed": work.seed,
        "limits": [
            *_limits_of_scores(analysis, themes),
            *_limits_of_themes(analysis, themes),
            *_limits_of_people(analysis, rows),
            {"code": "association"},
        ],
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "format": source.format,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "dialect": source.dialect,
        "rows": source.rows,
        "date_order": source.date_order,
        "mapping": dict(sorted(source.mapping.items())),
        "scores": [
            {
                "metric": score.metric,
                "column": score.column,
                "minimum": figure(score.minimum),
                "maximum": figure(score.maximum),
                "basis": score.basis,
                "higher_is_better": score.higher_is_better,
            }
            for score in source.scores
        ],
        "notes": [str(note) for note in source.notes],
        "note_codes": [_note(note) for note in source.notes],
    }


def _note(note: str) -> dict[str, Any]:
    """What a note says, without words; a note of which only the sentence is known has no code."""
    if not isinstance(note, Note):
        return {"code": None, "values": {}}
    told = note.told()
    rounded = {k: figure(v) if isinstance(v, float) else v for k, v in told["values"].items()}
    return {"code": told["code"], "values": rounded}


def _ledger(analysis: Analysis) -> list[dict[str, Any]]:
    """Rows of each file by what became of them, the analysed first."""
    counted = (
        analysis.ledger.group_by("source", "stage", "reason")
        .len()
        .with_columns(first=pl.col("reason") != "analysed")
    )
    counted = counted.sort(
        ["source", "first", "len", "reason", "stage"],
        descending=[False, False, True, False, False],
    )
    spoken = _other_languages(analysis)
    return [
        {
            "source": key[0],
            "rows": int(part["len"].sum()),
            "reasons": [
                row | ({"languages": spoken.get(key[0], [])} if row["reason"] == _FOREIGN else {})
                for row in part.select("stage", "reason", n="len").to_dicts()
            ],
        }
        for key, part in counted.group_by("source", maintain_order=True)
    ]


def _other_languages(analysis: Analysis) -> dict[Any, list[dict[str, Any]]]:
    """Source to the languages of its comments that are not analysed, the most frequent first."""
    foreign = analysis.ledger.filter(pl.col("reason") == _FOREIGN)
    rows = analysis.feedback.select("source", "row", "language")
    found = (
        foreign.join(rows, on=["source", "row"])
        .with_columns(pl.col("language").fill_null("und"))
        .group_by("source", "language")
        .agg(n=pl.len().cast(pl.Int64))
        .sort(["source", "n", "language"], descending=[False, True, False])
    )
    return {
        key[0]: part.select("language", "n").to_dicts()
        for key, part in found.group_by("source", maintain_order=True)
    }


def _redactions(analysis: Analysis) -> list[dict[str, Any]]:
    """Kinds of personal data that were replaced, the most frequent first."""
    found = analysis.findings.group_by("type").agg(n=pl.col("count").sum().cast(pl.Int64))
    return found.sort(["n", "type"], descending=[True, False]).to_dicts()


def _limits_of_scores(analysis: Analysis, themes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the scores cannot tell, as codes with the figures that the sentence needs."""
    whole = analysis.linked.overview
    state = situation(whole)
    found: list[dict[str, Any]] = [] if state == "nps" else [{"code": state}]
    rates = [
        row["rate"]
        for row in comment_rates(whole.comment_rate, MINIMUM_SCORE)
        if row["dimension"] == "nps_segment"
    ]
    if len(rates) > 1 and max(rates) - min(rates) > _RATE_GAP:
        found.append({"code": "comment_rate_gap", "low": min(rates), "high": max(rates)})
    basis = "csat_impact" if state == "csat" else "impact"
    known = [theme[basis] for theme in themes if theme[basis]["value"] is not None]
    unclear = sum(impact["verdict"] == "cannot_tell" for impact in known)
    if unclear:
        found.append({"code": "unclear_impacts", "n": unclear, "of": len(known)})
    return found


def _limits_of_themes(analysis: Analysis, themes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    few = sum(
        theme["respondents"]["suppressed"] or theme["nps"]["reason"] == "too_few"
        for theme in themes
    )
    if few and situation(analysis.linked.overview) == "nps":
        fewest = max(MINIMUM_SCORE, analysis.linked.minimum_cell)
        found.append({"code": "small_themes", "n": few, "fewest": fewest})
    weak = sum(theme["weak"] for theme in themes)
    if weak:
        found.append({"code": "weak_themes", "n": weak, "of": len(themes)})
    return found


def _limits_of_people(analysis: Analysis, rows: Base) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    analysed = languages(analysis.feedback.select("language", "analysed").filter("analysed"))
    sizes = {row["language"]: row["comments"] for row in analysed}
    small = [code for code in LANGUAGES if 0 < sizes.get(code, 0) < _FEW_IN_LANGUAGE]
    if small:
        found.append({"code": "small_languages", "languages": small})
    repeated = rows.answers.height - rows.answers["respondent"].n_unique()
    if repeated:
        found.append({"code": "repeated_people", "n": repeated})
    if analysis.linked.waves is None:
        found.append({"code": "one_wave"})
    if analysis.linked.by and rows.answers.is_empty():
        found.append({"code": "groups_of_posts", "columns": list(analysis.linked.by)})
    if analysis.linked.overview.social_comments:
        found.append({"code": "social_apart", "n": analysis.linked.overview.social_comments})
    if analysis.quality.contradictions:
        found.append({"code": "contradictions", "n": analysis.quality.contradictions})
    return found

"""Themes of a workspace at a glance: how many people now and before, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.explore.display import render
from analyzer.report.words import load
from analyzer.schema import LANGUAGES
from analyzer.store.status import order_of_waves
from analyzer.store.trend import safe_trend

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.store.database import Session

__all__ = ["main_language", "overview", "workspace_html"]

_MAIN_SHARE: Final = 0.8
_SHOWN: Final = 15
_VERBS: Final = (
    ".report(wave, compare), .subjects(wave, compare), .themes(), .theme(id), .search(words), "
    ".trend(id), .history(id), .rename(id, en=...), .merge(ids, id), .split(id), "
    ".move(comments, id), .exclude(id), .restore(id), .note(id, text), .undo(), .edits(), "
    ".query(sql)"
)
_HTML: Final = """
<div><p><b>{{ head }}</b><br>{{ told }}</p>
{% if waves %}{{ table(["wave", "comments", "people", "first", "last"], waves, "") }}{% endif %}
{% if rows %}{{ table(heads, rows, note) }}{% endif %}
<p><small>{{ verbs }}</small></p></div>"""


# The newest edit that moved comments of each theme, as the number of the history's next turn.
_EDITED: Final = (
    "SELECT theme_id, max(turn) AS edited FROM (SELECT "
    "unnest(from_json(json_extract(before, '$.themes_touched'), '[\"VARCHAR\"]')) AS theme_id, "
    "(before->>'$.turn')::BIGINT AS turn FROM edits "
    "WHERE undone_by IS NULL AND verb NOT IN ('undo', 'exclude', 'restore') AND comments > 0) "
    "GROUP BY ALL"
)


def overview(session: Session, language: str | None, minimum_cell: int) -> pl.DataFrame:
    """One row a theme that ever was, by theme_id.

    Args:
        session: a workspace that is open.
        language: of the names; None for the one of four in five comments, else English.
        minimum_cell: figures of fewer people are null.

    Returns:
        theme_id, name, comments, people and share (of the newest wave that has themes),
        share_before (of the wave before it), became (continued, growing ..., as the newest wave has
        it, whether its content changed, and whether an edit moved comments since; excluded; merged
        into another) and since.
    """
    themes = session.frame(
        "SELECT t.*, count(DISTINCT m.feedback_id) AS comments FROM themes t "
        "LEFT JOIN mentions m USING (theme_id) GROUP BY ALL"
    ).sort("theme_id")
    name = f"name_{language or main_language(session)}"
    told = session.frame("SELECT * FROM history").sort("turn")
    if themes.is_empty() or told.is_empty():
        return _empty()
    known = set(told["wave"])
    order = [wave for wave in order_of_waves(session) if wave in known]
    shares = safe_trend(session, None, minimum_cell)
    now = shares.filter(pl.col("wave") == order[-1]).select("theme_id", "people", "share")
    before = shares.filter(pl.col("wave").is_in(order[-2:-1]))
    status = (
        told.filter(pl.col("wave") == order[-1])
        .unique("theme_id", keep="last")
        .join(session.frame(_EDITED), on="theme_id", how="left")
        .select("theme_id", "status", "change", "drift", late=pl.col("edited") > pl.col("turn"))
    )
    frame = (
        themes.join(now, on="theme_id", how="left", maintain_order="left")
        .join(before.select("theme_id", share_before="share"), on="theme_id", how="left",
              maintain_order="left")
        .join(status, on="theme_id", how="left", maintain_order="left")
    )  # fmt: skip
    return frame.select(
        "theme_id", pl.col(name).alias("name"), "comments", "people", "share", "share_before",
        _became().alias("became"), "since",
    )  # fmt: skip


def main_language(session: Session) -> str:
    """The language of at least four in five comments, else English; as reports choose it."""
    spoken = session.frame(
        "SELECT language, count(*) AS n FROM feedback WHERE analysed GROUP BY ALL "
        "ORDER BY n DESC, language"
    )
    code, comments = spoken.row(0) if len(spoken) else ("en", 0)
    enough = comments >= _MAIN_SHARE * float(spoken["n"].sum())
    return str(code) if enough and code in LANGUAGES else "en"


def workspace_html(session: Session, folder: Path, waves: pl.DataFrame, minimum_cell: int) -> str:
    """Waves and themes of a workspace; no comment's text, and no figure of a few people."""
    words = load("en")
    found = overview(session, None, minimum_cell).filter(~pl.col("became").str.contains("merged"))
    ranked = found.sort("people", "theme_id", descending=[True, False], nulls_last=True)
    left = ranked.height - _SHOWN
    waiting = waves.filter(~pl.col("themes_assigned"))["wave"].to_list()
    told = f"{waves.height} waves, {waves['comments'].sum():,} comments, {found.height} themes"
    if waiting:
        told += f"; themes still to be given to {', '.join(waiting)}: .update()"
    return render(
        _HTML,
        head=f"Workspace {folder.name}",
        told=told,
        waves=[
            [row["wave"], f"{row['comments']:,}", f"{row['people']:,}",
             str(row["first"] or ""), str(row["last"] or "")]
            for row in waves.iter_rows(named=True)
        ],
        heads=["theme", "", "people", "share", "before", ""],
        rows=[
            [
                row["theme_id"], row["name"],
                f"<{minimum_cell}" if row["people"] is None else f"{row['people']:,}",
                "" if row["share"] is None else words.percent(row["share"]),
                "" if row["share_before"] is None else words.percent(row["share_before"]),
                row["became"],
            ]
            for row in ranked.head(_SHOWN).iter_rows(named=True)
        ],
        note=f"and {left} more in .themes()" if left > 0 else "",
        verbs=_VERBS,
    )  # fmt: skip


def _became() -> pl.Expr:
    beside = pl.col("status").is_in(["split", "merged"]) & pl.col("change").is_not_null()
    change = pl.when(beside).then(pl.format(", {}", "change")).otherwise(pl.lit(""))
    drift = pl.when("drift").then(pl.lit(", content changed")).otherwise(pl.lit(""))
    late = pl.when("late").then(pl.lit(", edited since")).otherwise(pl.lit(""))
    return (
        pl.when(pl.col("state") == "merged")
        .then(pl.format("merged into {}", "into_id"))
        .when(pl.col("state") == "excluded")
        .then(pl.lit("excluded"))
        .when(pl.col("status").is_null())
        .then(pl.lit("new, by a person"))
        .otherwise(pl.concat_str("status", change, drift, late))
    )


def _empty() -> pl.DataFrame:
    text, number, part = pl.String(), pl.Int64(), pl.Float64()
    return pl.DataFrame(
        schema={
            "theme_id": text, "name": text, "comments": number, "people": number, "share": part,
            "share_before": part, "became": text, "since": text,
        }
    )  # fmt: skip

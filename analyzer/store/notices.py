"""What a person should know of a file beside its rows: where else it is, and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.store.database import Session

__all__ = ["elsewhere", "gone"]

_MUCH: Final = 0.5  # share of a file's rows that makes it the file of another wave


def gone(known: pl.DataFrame, told: pl.DataFrame, wave: str) -> list[str]:
    """Say how many rows an earlier edition had that this one lacks; they stay.

    Args:
        known: rows of the wave before the file, with source and feedback_id.
        told: result of `analyzer.store.rows.plan` for the file.
        wave: the wave.
    """
    source = str(told["source"][0])
    mine = known.filter(pl.col("source") == source)
    count = mine.join(told, on="feedback_id", how="anti").height
    if not count:
        return []
    rows, are, still = ("row", "is", "counts") if count == 1 else ("rows", "are", "count")
    return [
        f"{wave}: {count:,} {rows} that {source!r} had before {are} not in this edition, and "
        f"still {still} in reports"
    ]


def elsewhere(session: Session, told: pl.DataFrame, wave: str) -> list[str]:
    """Say which other wave has new rows of a file, word for word, that are half of it or more."""
    fresh = told.filter(pl.col("action") != "unchanged").select("digest", "seen", "strong")
    found = session.matching("ledger", fresh.select("digest", "seen"))
    notes = []
    for (other,), rows in found.filter(pl.col("wave") != wave).group_by(
        "wave", maintain_order=True
    ):
        same = fresh.join(rows.unique(["digest", "seen"]), on=["digest", "seen"], how="semi")
        # Short answers without id, person or time are equal by chance.
        sure = bool(same["strong"].all()) or same.height == told.height
        if sure and same.height >= _MUCH * told.height:
            notes.append(
                f"{wave}: {same.height:,} of {told.height:,} rows of {told['source'][0]!r} are in "
                f"wave {other} too, and count in both. If it is the same file, put back a copy of "
                "the workspace from before"
            )
    return sorted(notes)

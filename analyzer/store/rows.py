"""Which rows of a file the workspace knows already, which are corrected and which are new."""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

from analyzer.text.columns import safe_id

__all__ = ["KNOWN", "identify", "plan"]

# What is kept of every row that was read, to know it again.
KNOWN: Final = ("source", "row", "feedback_id", "own_id", "digest", "seen", "strong")
_SAME_FILE: Final = 0.5  # share of rows in common that makes a file a new edition of another


def identify(records: pl.DataFrame) -> pl.DataFrame:
    """Fingerprint each record.

    Args:
        records: `analyzer.schema.RECORDS` of one file, and the user's own columns.

    Returns:
        In the order of the records: source, row, own_id (the file's own id, a digest where it names
        somebody, or null), digest (of everything the row says), seen (1 for the first row with this
        digest, 2 for the second ...) and strong (an id, a person or a time makes it unlikely that
        another row says the same).
    """
    numbered = pl.format("{}:{}", "source", "row")
    own = pl.when(pl.col("feedback_id") != numbered).then("feedback_id")
    content = sorted(set(records.columns) - {"source", "row", "feedback_id", "wave"})
    told = records.select(
        pl.struct(own.alias("own_id"), *content).struct.json_encode().alias("told")
    )["told"]
    digests = [hashlib.blake2b(row.encode(), digest_size=16).hexdigest() for row in told]
    return records.select(
        "source",
        "row",
        records.select(own.alias("own_id"))["own_id"].map_elements(safe_id, pl.String),
        pl.Series("digest", digests, dtype=pl.String),
        strong=own.is_not_null()
        | pl.col("respondent_id").is_not_null()
        | pl.col("created_at").is_not_null(),
    ).with_columns(seen=pl.int_range(1, pl.len() + 1).over("digest"))


def plan(known: pl.DataFrame, fresh: pl.DataFrame, wave: str) -> pl.DataFrame:
    """Decide the fate of each row of one file.

    A file is a new edition of one that the wave has when half of their rows are equal, or the name
    and half of the ids are. Rows equal to one of its rows are unchanged; others with the same id,
    or the same row number where the file has no ids, replace it. A row that another file of the
    wave has too is unchanged when an id, a person or a time tells it apart.

    Args:
        known: columns ``KNOWN`` of the wave's rows.
        fresh: result of `identify` for one file.
        wave: the wave.

    Returns:
        ``fresh`` in its order with action (unchanged | replaced | added), feedback_id (in the
        workspace), old_digest (of replaced rows) and source (its name in the workspace).
    """
    name = str(fresh["source"][0])
    edition = _edition(known, fresh, name)
    source = edition or _free_name(name, set(known["source"]))
    mine = known.filter(pl.col("source") == source)
    here = dict(zip(mine.select("digest", "seen").rows(), mine["feedback_id"], strict=True))
    strong = known.filter("strong" & (pl.col("source") != source))
    elsewhere = dict(zip(strong["digest"], strong["feedback_id"], strict=True))
    left = _left_over(mine, fresh)
    taken = set(known["feedback_id"])
    place = safe_id(source)  # a name in a file's name stays out of ids
    rows: list[tuple[str, str, str | None]] = []
    for row in fresh.iter_rows(named=True):
        key = row["own_id"] if row["own_id"] is not None else row["row"]
        if (row["digest"], row["seen"]) in here:
            rows.append(("unchanged", here[row["digest"], row["seen"]], None))
        elif key in left:
            rows.append(("replaced", *left.pop(key)))
        elif row["strong"] and row["digest"] in elsewhere:
            rows.append(("unchanged", elsewhere[row["digest"]], None))
        else:
            ident = _free_id(f"{wave}/{place}/{key}", taken)
            taken.add(ident)
            rows.append(("added", ident, None))
    schema = {"action": pl.String, "feedback_id": pl.String, "old_digest": pl.String}
    decided = pl.DataFrame(rows, schema=schema, orient="row")
    return pl.concat([fresh, decided], how="horizontal").with_columns(source=pl.lit(source))


def _edition(known: pl.DataFrame, fresh: pl.DataFrame, name: str) -> str | None:
    """Source of the wave that this file is a new edition of."""
    best: tuple[float, bool, str] | None = None
    for (source,), rows in known.group_by("source", maintain_order=True):
        same = rows.join(fresh, on=["digest", "seen"], how="semi")
        size = min(rows.height, fresh.height)
        alike = same.height / size
        whole = same.height == rows.height == fresh.height
        if source == name and rows["own_id"].null_count() == 0:
            ids = rows.join(fresh.drop_nulls("own_id"), on="own_id", how="semi").height
            alike = max(alike, ids / size)
        told_apart = source == name or bool(same["strong"].all()) or whole
        if alike >= _SAME_FILE and told_apart:
            candidate = (alike, source == name, str(source))
            best = candidate if best is None else max(best, candidate)
    return best[2] if best else None


def _left_over(mine: pl.DataFrame, fresh: pl.DataFrame) -> dict[str | int, tuple[str, str]]:
    """Rows of the old edition that the new one no longer has, by id or row number."""
    gone = mine.join(fresh, on=["digest", "seen"], how="anti", maintain_order="left")
    return {
        (row["own_id"] if row["own_id"] is not None else row["row"]): (
            row["feedback_id"],
            row["digest"],
        )
        for row in gone.iter_rows(named=True)
    }


def _free_name(name: str, taken: set[str]) -> str:
    free, copy = name, 2
    while free in taken:
        free, copy = f"{name} ({copy})", copy + 1
    return free


def _free_id(ident: str, taken: set[str]) -> str:
    free, copy = ident, 2
    while free in taken:
        free, copy = f"{ident}~{copy}", copy + 1
    return free

"""The workspace's tables: every column, in one place; docs/workspace.md explains them."""

from __future__ import annotations

from typing import Final

import polars as pl

from analyzer import schema

__all__ = ["SCHEMA_VERSION", "TABLES", "create_statements"]

SCHEMA_VERSION: Final = 4

_TYPES: Final = {
    pl.String: "VARCHAR",
    pl.Int8: "TINYINT",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Datetime: "TIMESTAMP",
}


def _columns(frame: dict[str, pl.DataType | type[pl.DataType]]) -> dict[str, str]:
    return {
        name: _TYPES[kind if isinstance(kind, type) else type(kind)] for name, kind in frame.items()
    }


_NAMES: Final = {
    **{f"name_{code}": "VARCHAR" for code in schema.LANGUAGES},
    **{f"keywords_{code}": "VARCHAR[]" for code in schema.LANGUAGES},
}

TABLES: Final[dict[str, dict[str, str]]] = {
    "meta": {"key": "VARCHAR", "value": "VARCHAR"},
    "ingests": {
        "ingest": "BIGINT",
        "wave": "VARCHAR",
        "made_at": "TIMESTAMP",
        "version": "VARCHAR",
        "added": "BIGINT",
        "replaced": "BIGINT",
        "unchanged": "BIGINT",
    },
    "waves": {"wave": "VARCHAR", "assigned": "BIGINT"},
    "sources": {
        "wave": "VARCHAR",
        "source": "VARCHAR",
        "ingest": "BIGINT",
        "description": "VARCHAR",
    },
    "ledger": {
        "wave": "VARCHAR",
        **_columns(schema.LEDGER),
        "feedback_id": "VARCHAR",
        "own_id": "VARCHAR",
        "digest": "VARCHAR",
        "seen": "BIGINT",
        "strong": "BOOLEAN",
    },
    "feedback": {**_columns(schema.FEEDBACK), "ingest": "BIGINT"},
    "segments": {"feedback_id": "VARCHAR", "name": "VARCHAR", "value": "VARCHAR"},
    "spans": {**_columns(schema.SPANS), "passage": "VARCHAR"},
    "mentions": {**_columns(schema.MENTIONS), "pinned": "BOOLEAN"},
    "aliases": {
        "feedback_id": "VARCHAR",
        "id": "VARCHAR",
        "words": "UBIGINT",
        "person": "VARCHAR",
    },
    "refusals": {"wave": "VARCHAR", "source": "VARCHAR", "person": "VARCHAR"},
    "corrections": {
        "ingest": "BIGINT",
        "feedback_id": "VARCHAR",
        "old_digest": "VARCHAR",
        "new_digest": "VARCHAR",
    },
    "findings": {
        "ingest": "BIGINT",
        "wave": "VARCHAR",
        "source": "VARCHAR",
        "type": "VARCHAR",
        "count": "BIGINT",
    },
    "vectors": {"file": "VARCHAR", "rows": "BIGINT", "sha256": "VARCHAR"},
    "passages": {"passage": "VARCHAR", "file": "VARCHAR"},
    "themes": {
        "theme_id": "VARCHAR",
        "origin": "VARCHAR",
        "parent_id": "VARCHAR",
        **_NAMES,
        "stability": "DOUBLE",
        "weak": "BOOLEAN",
        "state": "VARCHAR",
        "into_id": "VARCHAR",
        "since": "VARCHAR",
        "renamed": "BOOLEAN",
        "note": "VARCHAR",
        "match_limit": "DOUBLE",
    },
    "space": {
        "part": "VARCHAR",
        "theme_id": "VARCHAR",
        "number": "BIGINT",
        "vector": "FLOAT[]",
    },
    "history": {
        "wave": "VARCHAR",
        "compared": "VARCHAR",
        "theme_id": "VARCHAR",
        "status": "VARCHAR",
        "people": "BIGINT",
        "share": "DOUBLE",
        "share_before": "DOUBLE",
        "related": "VARCHAR[]",
        "overlap": "DOUBLE",
        "similarity": "DOUBLE",
        "similarity_limit": "DOUBLE",
        "drift": "BOOLEAN",
        "turn": "BIGINT",
        "change": "VARCHAR",
    },
    "edits": {
        "edit": "BIGINT",
        "verb": "VARCHAR",
        "detail": "VARCHAR",
        "author": "VARCHAR",
        "reason": "VARCHAR",
        "made_at": "TIMESTAMP",
        "comments": "BIGINT",
        "before": "VARCHAR",
        "undone_by": "BIGINT",
    },
    "edit_mentions": {
        "edit": "BIGINT",
        **_columns(schema.MENTIONS),
        "pinned": "BOOLEAN",
    },
    "examples": {
        "theme_id": "VARCHAR",
        "language": "VARCHAR",
        "text": "VARCHAR",
        "feedback_id": "VARCHAR",
        "edit": "BIGINT",
        "dropped_by": "BIGINT",
    },
    "wording": {
        "theme_id": "VARCHAR",
        "part": "VARCHAR",
        "language": "VARCHAR",
        "text": "VARCHAR",
        "edit": "BIGINT",
    },
    "forgotten": {"person": "VARCHAR"},
    "steps": {"version": "BIGINT", "made_at": "TIMESTAMP", "program": "VARCHAR"},
}


def create_statements() -> list[str]:
    """Return the statements that make an empty workspace."""
    return [
        f"CREATE TABLE {table} ({', '.join(f'{_quoted(c)} {kind}' for c, kind in columns.items())})"
        for table, columns in TABLES.items()
    ]


def _quoted(name: str) -> str:
    return f'"{name}"'

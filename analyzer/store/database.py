"""The workspace's one DuckDB file: opening, reading, writing whole or not at all."""

from __future__ import annotations

import re
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import polars as pl

from analyzer.errors import ConfigError, StoreError
from analyzer.store.migrations import migrate
from analyzer.store.tables import SCHEMA_VERSION, TABLES, create_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FILE", "LENT", "Database", "Session"]

FILE: Final = "workspace.duckdb"
LENT: Final = ".tmp-"
_PAUSE: Final = 0.1  # seconds between two tries to get the lock
_LOCKED: Final = ("Could not set lock", "being used by another process", "different configuration")
_FOREIGN: Final = ("not a valid DuckDB", "Corrupt", "checksum", "Failed to deserialize", "newer")
_REFUSED: Final = ("ermission", "read-only", "Read-only")
_KINDS = duckdb.StatementType
_LOOKS: Final = (_KINDS.SELECT, _KINDS.EXPLAIN, _KINDS.MULTI)  # the last is what a PIVOT is
_FULL: Final = ("No space left", "File too large", "Disk quota", "disk is full")


class Database:
    """A DuckDB file that is open only while something is read or written.

    Attributes:
        folder: the workspace.
        wait: seconds to wait for another process that writes.
    """

    def __init__(self, folder: Path, wait: float) -> None:
        self.folder = folder
        self.wait = wait

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    def create(self, meta: Mapping[str, str]) -> None:
        """Make the file with empty tables; it appears whole or not at all."""
        with self._guard(), tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as made:
            fresh = Path(made) / FILE
            with duckdb.connect(str(fresh)) as con:
                con.execute("BEGIN")
                for statement in create_statements():
                    con.execute(statement)
                values = {"schema_version": str(SCHEMA_VERSION), "revision": "0", **meta}
                con.executemany("INSERT INTO meta VALUES (?, ?)", sorted(values.items()))
                con.execute("COMMIT")
            fresh.replace(self.path)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that cannot write; many processes may have one at a time."""
        with self._guard():
            con = self._connect(read_only=True)
            try:
                session = Session(con, self.folder, None)
                self._version(session)
                yield session
            finally:
                con.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session in one transaction: committed at the end, rolled back on any error.

        A session that changed nothing leaves the revision as it is, so that of two processes which
        find that the other was faster one always gets on.
        """
        with self._guard():
            con = self._connect(read_only=False)
            try:
                session = Session(con, self.folder, self.folder)
                self._version(session)
                con.execute("BEGIN")
                yield session
                if session.changed:
                    revision = int(session.meta()["revision"])
                    session.set_meta("revision", str(revision + 1))
                con.execute("COMMIT")
            finally:
                con.close()

    def rebuild(self) -> None:
        """Copy what is there into a new file: a database keeps bytes that were deleted."""
        fresh = self.path.with_name(".rebuilt.duckdb")
        with self._guard():
            fresh.unlink(missing_ok=True)
            con = self._connect(read_only=False)
            try:
                con.execute("CHECKPOINT")
                con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
                con.execute("COPY FROM DATABASE workspace TO fresh")
                con.execute("DETACH fresh")
                fresh.replace(self.path)
            finally:
                con.close()
            self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        if not self.path.is_file():
            where = "this folder" if self.folder == Path() else self.folder
            raise StoreError(
                f"There is no workspace in {where}. Name one with --workspace DIR, or make one "
                f"with: analyzer init {self.folder}"
            )
        give_up = time.monotonic() + self.wait
        while True:
            try:
                seen = self.path.stat().st_ino
                con = duckdb.connect(str(self.path), read_only=read_only)
                if self.path.stat().st_ino == seen:
                    return con
                con.close()  # another process put a new file there meanwhile
            except duckdb.Error as error:
                locked = any(words in str(error) for words in _LOCKED)
                if not locked or time.monotonic() > give_up:
                    raise
            time.sleep(_PAUSE)

    def upgrade(self) -> None:
        """Bring tables that an older analyzer made up to this one's, whole or not at all."""
        with self._guard():
            con = self._connect(read_only=True)
            try:
                version = self._version(Session(con, self.folder, None))
            finally:
                con.close()
            if version == SCHEMA_VERSION:
                return
            con = self._connect(read_only=False)
            try:
                session = Session(con, self.folder, self.folder)
                con.execute("BEGIN")
                migrate(session, self._version(session), SCHEMA_VERSION)
                con.execute("COMMIT")
            finally:
                con.close()
        self.rebuild()

    def _version(self, session: Session) -> int:
        """Version of the tables, which this program knows or can bring up to date."""
        try:
            version = int(session.meta()["schema_version"])
        except (duckdb.CatalogException, KeyError, ValueError) as error:
            raise StoreError(
                f"{self.path} is a database, but not of a workspace. Name the folder that "
                "`analyzer init` made."
            ) from error
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.folder} was made by a newer analyzer (its tables have version {version}, "
                f"this one knows {SCHEMA_VERSION}). Update: pip install --upgrade analyzer"
            )
        return version

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what the database or the disk says into a sentence."""
        try:
            yield
        except duckdb.Error as error:
            raise StoreError(self._sentence(str(error))) from error
        except pl.exceptions.PolarsError as error:
            if not any(words in str(error) for words in (*_FULL, *_REFUSED)):
                raise
            raise StoreError(self._sentence(str(error))) from error
        except OSError as error:
            raise StoreError(
                f"The workspace {self.folder} could not be read or written: "
                f"{error.strerror or type(error).__name__}. What was there before is unchanged; "
                "check the disk's space and who may write there."
            ) from error

    def _sentence(self, said: str) -> str:
        if any(words in said for words in _LOCKED):
            by = re.search(r"\(PID (\d+)\)", said)
            who = f" (process {by[1]})" if by else ""
            return (
                f"Another program{who} is writing to {self.folder}, and was not done after "
                f"{self.wait:g} seconds. Nothing was changed; try again when it is done."
            )
        if any(words in said for words in _FULL):
            return (
                f"The disk of {self.folder} is full. Nothing was changed; free some space and try "
                "again."
            )
        if any(words in said for words in _FOREIGN):
            return (
                f"{self.path} is damaged or was written by a newer DuckDB, and cannot be opened. "
                "Update analyzer, or put back a copy of the folder from before."
            )
        if any(words in said for words in _REFUSED):
            return (
                f"{self.folder} cannot be written to. Nothing was changed; ask for the right to "
                "write there, or copy the folder to a place that is yours."
            )
        # The database's own words may quote a value, that is a comment: give the kind only.
        kind = said.split(":", 1)[0]
        return (
            f"The workspace {self.folder} could not be used ({kind}): its file may be damaged. Put "
            "back a copy of the folder from before; `analyzer doctor` tells whether that is whole."
        )


class _Stream:
    """A relation as an Arrow stream; polars keeps this, and not the relation, alive."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._capsule = relation.__arrow_c_stream__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


class Session:
    """Frames in and out of an open workspace."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, lending: Path | None) -> None:
        self._con = con
        self.folder = folder
        self._lending = lending  # where frames are lent from; None: the system's place
        self.changed = False

    def frame(self, sql: str, **values: Any) -> pl.DataFrame:  # noqa: ANN401 - any SQL value
        """Run a query; ``$name`` in it stands for ``values``."""
        relation = self._con.sql(sql, params=values) if values else self._con.sql(sql)
        return pl.DataFrame(_Stream(relation))

    def look(self, sql: str) -> pl.DataFrame:
        """Run a query that somebody wrote; the session can then ask its tables and no file.

        Raises:
            ConfigError: It is not one statement that only looks.
        """
        kinds = [statement.type for statement in self._con.extract_statements(sql)]
        if len(kinds) != 1 or kinds[0] not in _LOOKS:
            told = " and ".join(kind.name for kind in kinds) or "nothing"
            raise ConfigError(
                f"A query is one SELECT or WITH statement; got {told}. Nothing in a workspace is "
                "changed by a query."
            )
        self._con.execute("SET enable_external_access = false")
        return self.frame(sql)

    def run(self, sql: str, **values: Any) -> None:  # noqa: ANN401 - any SQL value
        """Run a statement that changes something."""
        self.changed = True
        self._con.execute(sql, values or None)

    def append(self, table: str, frame: pl.DataFrame) -> None:
        """Add rows; columns that the table lacks are an error, those the frame lacks are null."""
        if frame.is_empty():
            return
        with self.lent(frame) as name:
            self.run(f"INSERT INTO {table} BY NAME SELECT * FROM {name}")  # noqa: S608 - own names

    def delete(self, table: str, keys: pl.DataFrame) -> None:
        """Delete the rows whose values are in ``keys``; its columns are columns of the table."""
        if keys.is_empty():
            return
        same = " AND ".join(f'gone."{c}" IS NOT DISTINCT FROM {table}."{c}"' for c in keys.columns)
        with self.lent(keys.unique()) as name:
            self.run(f"DELETE FROM {table} USING {name} AS gone WHERE {same}")  # noqa: S608

    def matching(self, table: str, keys: pl.DataFrame) -> pl.DataFrame:
        """Rows of a table whose values are in ``keys``; its columns are columns of the table."""
        if keys.is_empty():
            return self.frame(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
        names = ", ".join(f'"{c}"' for c in keys.columns)
        with self.lent(keys.unique()) as name:
            return self.frame(f"SELECT * FROM {table} SEMI JOIN {name} USING ({names})")  # noqa: S608

    @contextmanager
    def lent(self, frame: pl.DataFrame) -> Iterator[str]:
        """Let SQL read a frame under the name yielded."""
        # A file, because DuckDB reads frames from memory only by way of pyarrow.
        with tempfile.TemporaryDirectory(dir=self._lending, prefix=LENT) as made:
            file = Path(made) / "rows.parquet"
            frame.write_parquet(file, compression="uncompressed")
            yield f"read_parquet('{str(file).replace(chr(39), chr(39) * 2)}')"

    def meta(self) -> dict[str, str]:
        """Everything in the table ``meta``."""
        return dict(self._con.execute("SELECT key, value FROM meta").fetchall())

    def set_meta(self, key: str, value: str) -> None:
        """Set one value of the table ``meta``."""
        self.run("DELETE FROM meta WHERE key = $key", key=key)
        self.run("INSERT INTO meta VALUES ($key, $value)", key=key, value=value)

    def next(self, table: str, column: str) -> int:
        """Return the number after the largest in a column, from 1."""
        return int(
            self.frame(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}").item()  # noqa: S608
        )

    def columns(self) -> dict[str, list[str]]:
        """Tables of the file and their columns."""
        rows = self._con.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'main' ORDER BY table_name, ordinal_position"
        ).fetchall()
        found: dict[str, list[str]] = {}
        for table, column in rows:
            found.setdefault(table, []).append(column)
        return found

    def text_columns(self) -> list[tuple[str, str, str]]:
        """Table, column and type of every column that holds text, or lists of texts."""
        rows: list[tuple[str, str, str]] = self._con.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'main' AND data_type IN ('VARCHAR', 'VARCHAR[]') "
            "ORDER BY table_name, ordinal_position"
        ).fetchall()
        return rows

    def missing(self) -> list[str]:
        """Tables and columns that a workspace needs and this file lacks."""
        found = self.columns()
        return [
            f"{table}.{column}"
            for table, columns in TABLES.items()
            for column in columns
            if column not in found.get(table, [])
        ]

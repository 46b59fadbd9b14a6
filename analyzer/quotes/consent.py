"""Who withdrew, and the local secret that hides ids."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import ConfigError, InputError
from analyzer.sources.delimited import detect_encoding
from analyzer.sources.people import hidden
from analyzer.sources.ties import ALIASES, NUMBER, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.sources import Source

__all__ = ["Withdrawals", "hashed", "load_secret", "secret_path"]

_LEAST: Final = 16  # bytes
_CELLS: Final = re.compile(r"[\t,;|]")
_QUOTED: Final = " \"'\ufeff"
_AROUND: Final = "\"'<>()[]."


def secret_path() -> Path:
    """Where the secret is kept: ``analyzer/quotes.key`` in the user's configuration folder."""
    root = os.environ.get("XDG_CONFIG_HOME")
    return (Path(root) if root else Path.home() / ".config") / "analyzer" / "quotes.key"


def load_secret(path: Path | None = None) -> bytes:
    """Read the secret that ids are hashed with; make a new one where there is none yet.

    Args:
        path: the file; None for `secret_path`. A new file can be read by its owner only.

    Returns:
        At least 16 bytes. The same secret gives the same hashed ids.

    Raises:
        ConfigError: The file cannot be read or made, is too short, or others can read it.
    """
    path = path or secret_path()
    try:
        _create(path)
        secret = path.read_bytes().strip()
        mode = path.stat().st_mode
    except OSError as error:
        raise ConfigError(
            f"Secret file {path}: {error.strerror}. It keeps the ids of quotes unreadable for "
            "others; name a file that you can write with --secret-file."
        ) from error
    if os.name != "nt" and mode & 0o077:
        raise ConfigError(f"Secret file {path} can be read by others. Run: chmod 600 {path}")
    if len(secret) < _LEAST:
        raise ConfigError(
            f"Secret file {path} holds {len(secret)} bytes, at least {_LEAST} are needed. "
            "Remove it to get a new one; hashed ids of earlier exports will then differ."
        )
    return secret


def _create(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another run was quicker
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")


def hashed(ids: pl.Series, secret: bytes) -> pl.Series:
    """Give each id 20 hexadecimal digits of HMAC-SHA-256; null stays null."""
    return pl.Series(
        ids.name,
        [
            None if value is None else hmac.new(secret, value.encode(), "sha256").hexdigest()[:20]
            for value in ids.to_list()
        ],
        dtype=pl.String,
    )


class Withdrawals:
    """A list of those who withdrew their consent.

    Every cell of every line counts, and every word of it, so that the list may be a file of ids,
    an export with more columns or lines such as ``Ana Gil <ana@example.org>``: a comment's id, its
    hashed id, a respondent's id, or the address or name that the respondent column held. Capitals,
    zeros in front and ".0" behind make no difference: one withdrawal too many costs a quote, one
    too few a person.
    """

    def __init__(self, path: Path | None) -> None:
        """Read the list.

        Args:
            path: a text or CSV file; None for an empty list.

        Raises:
            InputError: The file cannot be read, or is no text.
        """
        self.path = path
        self.lines: list[frozenset[str]] = [] if path is None else _read(path)
        listed = sorted({form for line in self.lines for form in line})
        self._listed = pl.Series(listed, dtype=pl.String)

    def hit(self, columns: Sequence[str]) -> pl.Expr:
        """Whether any of the columns holds something that is listed."""
        return pl.any_horizontal(
            near(pl.col(name)).is_in(self._listed.implode()).fill_null(value=False)
            for name in columns
        )

    def meant(self, feedback: pl.DataFrame, sources: Iterable[Source]) -> pl.Series:
        """Which rows the list means by an id of the file that they do not go by.

        That is the id of a row that repeats them, of a row without an answer of the same person,
        or their own where it cannot serve.

        Args:
            feedback: has source, row and respondent_id.
            sources: how each file was read.
        """
        called = pl.concat(
            [
                pl.DataFrame(schema={"source": pl.String, **ALIASES}),
                *(told.aliases.select(pl.lit(told.name).alias("source"), "*") for told in sources),
            ]
        )
        named = called.filter(pl.col("id").is_in(self._listed.implode()))
        same = pl.col("words").is_in(named["words"].drop_nulls().unique().implode())
        rows = pl.concat([named, called.filter(same)]).select("source", "row")
        here = pl.struct("source", "row").is_in(rows.to_struct().unique().implode())
        people = set(named["person"].drop_nulls())
        ids = feedback["respondent_id"].drop_nulls().unique() if people else ()
        told = [who for who in ids if not people.isdisjoint({who, hidden(who)})]
        return feedback.select(
            here | pl.col("respondent_id").is_in(told).fill_null(value=False)
        ).to_series()

    def unmatched(
        self, frame: pl.DataFrame, columns: Sequence[str], sources: Iterable[Source] = ()
    ) -> int:
        """Lines of the list that no row matches."""
        ids = (frame.select(near(pl.col(name))).to_series() for name in columns)
        known = {value for column in ids for value in column.drop_nulls().to_list()}
        known.update(*(told.aliases["id"] for told in sources))
        return sum(1 for line in self.lines if not known & line)


def _read(path: Path) -> list[frozenset[str]]:
    try:
        encoding, _ = detect_encoding(path)
        text = path.read_text(encoding, errors="replace")
    except OSError as error:
        raise InputError(
            f"Withdrawal list {path}: {error.strerror}. "
            "Without it nothing is exported; check the path."
        ) from error
    except InputError as error:
        raise InputError(
            f"Withdrawal list {path.name} is not a text file. Save it as CSV or as text, one id a "
            "line. Without it nothing is exported."
        ) from error
    lines = (_forms(line) for line in text.splitlines())
    return [line for line in lines if line]


def _forms(line: str) -> frozenset[str]:
    """Everything that a line may mean: its cells, their words, and the digests of both."""
    cells = [cell.strip(_QUOTED) for cell in _CELLS.split(line)]
    words = {word for cell in cells for word in (cell, *cell.split())}
    words |= {word.strip(_AROUND).removeprefix("mailto:") for word in words}
    words.discard("")
    plain = {re.sub(NUMBER, r"\1", word.lower()) for word in words}
    # Reading a file hides a name or an address as a digest.
    return frozenset(plain | {hidden(word) for word in words | plain})

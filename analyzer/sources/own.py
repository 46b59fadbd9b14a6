"""The brand's own voice among its customers': its posts, and its agents' initials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import ConfigError
from analyzer.sources.names import meanings, normalise
from analyzer.sources.notes import Note
from analyzer.sources.values import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.sources.model import Table

__all__ = ["check_handles", "own_posts", "sign_off", "without_initials"]

# Headers, in normalised spelling, of columns that say who wrote a row.
_AUTHOR: Final = re.compile(
    r"\b(author|autor|auteur|user|username|usuario|utilisateur|handle|screen name|acct|account"
    r"|influencer|from|sender|writer|profile|nickname|cuenta|compte)\b"
)
_ID: Final = re.compile(r"\b(id|url|link|count|followers|type|created|avatar|image|verified)\b")
# "^AB", "*DD", "~JL" at the end of a post: who of the team wrote it.
_INITIALS: Final = r"\s*[\^*~]\s?\p{Lu}\p{L}{0,2}\s*$"
_SHARED: Final = r"(?i)^\s*(?:RT|QT)\s+@"
_SIGNED: Final = 3  # posts with initials that make a note worth while


def check_handles(handles: str | Sequence[str]) -> frozenset[str]:
    """Return the brand's accounts in one spelling: no ``@``, lower case, no accents.

    Raises:
        ConfigError: A handle is blank.
    """
    given = (handles,) if isinstance(handles, str) else handles
    plain = frozenset(map(_plain, given))
    if "" in plain:
        raise ConfigError("A brand handle is blank. Give accounts such as @norvia or norvia_es.")
    return plain


def own_posts(table: Table, text: pl.Series, handles: frozenset[str], roles: set[str]) -> pl.Series:
    """Find the rows that the brand wrote, and copies of its posts.

    Args:
        table: the file.
        text: its comments, null where there is none.
        handles: the brand's accounts, from `check_handles`.
        roles: columns that were read as something else than the author.

    Returns:
        One boolean a row. An account matches by its whole name; ``@brand@server`` also by the part
        before the server.
    """
    own = pl.Series([False] * len(text), dtype=pl.Boolean)
    if not handles:
        return own
    for column in (c for c in table.frame.columns if _names_author(c) and c not in roles):
        own |= _is_one_of(table.frame[column], handles)
    names = "|".join(re.escape(handle) for handle in sorted(handles))
    shared = text.str.contains(_SHARED + rf"(?:{names})\b").fill_null(False)
    return own | shared


def without_initials(text: pl.Series) -> pl.Series:
    """Cut the initials with which agents sign off a post."""
    return text.str.replace(_INITIALS, "")


def sign_off(text: pl.Series, kind: str) -> tuple[str, ...]:
    """Return a note when agents sign posts and nobody said which account is the brand's."""
    if kind != "social":
        return ()
    signed = int(text.drop_nulls().str.contains(_INITIALS).sum())
    if signed < _SIGNED:
        return ()
    return (Note("signed_posts", n=signed),)


def _names_author(header: str) -> bool:
    name = normalise(header)
    if "text" in meanings(header) or _ID.search(name):
        return False
    return _AUTHOR.search(name) is not None or meanings(header).get("respondent_id", 1000) < 1000


def _is_one_of(column: pl.Series, handles: frozenset[str]) -> pl.Series:
    distinct = column.drop_nulls().unique()
    brand = [value for value in distinct if {_plain(value), _local(value)} & handles]
    return column.is_in(brand).fill_null(False)


def _plain(handle: str) -> str:
    return fold(handle).removeprefix("@").strip()


def _local(handle: str) -> str:
    """Return the name in ``name@server`` and in a link to a profile."""
    plain = _plain(handle)
    if "://" in plain:
        return plain.rstrip("/").rsplit("/", 1)[-1].removeprefix("@")
    return plain.split("@", 1)[0] if "@" in plain else plain

"""Steps from each version of the tables to the next; a workspace takes them when it is opened.

A released step is never changed. A new version of the tables needs one step here, the new columns
in `analyzer.store.tables`, and a line in docs/workspace.md.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.store.onename import one_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.store.database import Session

__all__ = ["STEPS", "migrate"]


def _to_2(session: Session) -> None:
    """Wording of themes from codebook files, changes of share beside a status, steps taken."""
    session.run("ALTER TABLE history ADD COLUMN change VARCHAR")
    session.run("ALTER TABLE examples ADD COLUMN dropped_by BIGINT")
    session.run(
        "CREATE TABLE wording (theme_id VARCHAR, part VARCHAR, language VARCHAR, text VARCHAR, "
        "edit BIGINT)"
    )
    session.run("CREATE TABLE steps (version BIGINT, made_at TIMESTAMP, program VARCHAR)")
    session.run(
        "UPDATE history SET change = status WHERE status IN ('growing', 'fading')",
    )


def _to_4(session: Session) -> None:
    """Refusals in rows that are left out, and ids that people may withdraw by."""
    session.run(
        "CREATE TABLE aliases (feedback_id VARCHAR, id VARCHAR, words UBIGINT, person VARCHAR)"
    )
    session.run("CREATE TABLE refusals (wave VARCHAR, source VARCHAR, person VARCHAR)")


STEPS: Final[dict[int, Callable[[Session], None]]] = {2: _to_2, 3: one_name, 4: _to_4}


def migrate(session: Session, version: int, newest: int) -> None:
    """Take every step from ``version`` to ``newest``.

    Args:
        session: an open transaction.
        version: of the tables now.
        newest: that this program knows.
    """
    from analyzer import __version__

    for step in range(version + 1, newest + 1):
        STEPS[step](session)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        taken = {"version": [step], "made_at": [now], "program": [__version__]}
        session.append("steps", pl.DataFrame(taken))
    session.set_meta("schema_version", str(newest))

"""What people do with the themes of a workspace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analyzer.store import codebook, edits, trend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.store.codebook import Difference
    from analyzer.store.database import Database, Session
    from analyzer.store.edits import Edit
    from analyzer.store.models import Models

__all__ = ["ThemeVerbs"]


class ThemeVerbs(ABC):
    """Listing and editing themes; a part of `analyzer.store.Workspace`."""

    folder: Path
    _database: Database

    @property
    @abstractmethod
    def models(self) -> Models:
        """The models of the workspace."""

    @abstractmethod
    def waves(self) -> pl.DataFrame:
        """List the waves, oldest first."""

    @abstractmethod
    def update(self) -> list[str]:
        """Give themes to every wave that waits for them."""

    @abstractmethod
    def _checked(self) -> dict[str, str]:
        """Return what the workspace says of itself, once the models fit."""

    def themes(self) -> pl.DataFrame:
        """Every theme there ever was: theme_id, names, state, since, note and comments."""
        self.update()
        with self._database.reading() as session:
            return session.frame(
                "SELECT theme_id, name_es, name_fr, name_en, origin, state, into_id, since, "
                "renamed, note, count(DISTINCT m.feedback_id) AS comments "
                "FROM themes t LEFT JOIN mentions m USING (theme_id) GROUP BY ALL"
            ).sort("theme_id")

    def history(self, theme_id: str | None = None) -> pl.DataFrame:
        """What became of themes, wave by wave; nothing in it is ever changed."""
        with self._database.reading() as session:
            rows = session.frame("SELECT * FROM history").sort("turn", "theme_id")
        return rows if theme_id is None else rows.filter(pl.col("theme_id") == theme_id)

    def trend(self, theme_id: str | None = None) -> pl.DataFrame:
        """Share of each theme in every wave, counted with the themes of today.

        Unlike `history`, which keeps what was said at the time, this follows edits.

        Args:
            theme_id: one theme; None for all.

        Returns:
            theme_id, wave (oldest first), people (distinct, who mention it), base (who have an
            analysed comment), share, low and high (Wilson's 95 % interval), change (of the share
            since the wave before), trend_p (Cochran-Armitage test over all waves, one value a
            theme; null with fewer than two).

        Raises:
            ConfigError: There is no such theme.
        """
        self.update()
        with self._database.reading() as session:
            return trend.trend(session, theme_id)

    def safe_trend(self, theme_id: str | None = None, minimum_cell: int = 5) -> pl.DataFrame:
        """Give `trend` without figures of fewer people than ``minimum_cell``."""
        self.update()
        with self._database.reading() as session:
            return trend.safe_trend(session, theme_id, minimum_cell)

    def edits(self) -> pl.DataFrame:
        """Edits, oldest first.

        Returns:
            edit, verb, themes, detail, author, reason, made_at, comments, undone_by.
        """
        with self._database.reading() as session:
            return session.frame(
                "SELECT edit, verb, coalesce(from_json(json_extract(detail, '$.themes'), "
                "'[\"VARCHAR\"]'), []) AS themes, * EXCLUDE (edit, verb, before) FROM edits"
            ).sort("edit")

    def rename(
        self,
        theme_id: str,
        *,
        author: str = "",
        reason: str = "",
        preview: bool = False,
        **names: str,
    ) -> Edit:
        """Rename a theme: ``rename("T03", en="Waiting", es="Espera", author="ana")``.

        Every edit takes an author and a reason; with ``preview`` nothing is changed, and the result
        says how many comments would move.

        Raises:
            ConfigError: There is no such theme, or the edit makes no sense.
        """
        who = edits.Author(author, reason)
        with self._editing(preview=preview) as session:
            return edits.rename(session, theme_id, names, who, preview=preview)

    def note(self, theme_id: str, text: str, *, author: str = "", reason: str = "") -> Edit:
        """Keep a remark on a theme; an empty text removes it."""
        with self._editing(preview=False) as session:
            return edits.note(session, theme_id, text, edits.Author(author, reason))

    def merge(
        self,
        sources: str | Sequence[str],
        into: str,
        *,
        author: str = "",
        reason: str = "",
        preview: bool = False,
    ) -> Edit:
        """Make several themes one, which keeps id and name of ``into``."""
        self.update()
        given = [sources] if isinstance(sources, str) else list(sources)
        with self._editing(preview=preview) as session:
            return edits.merge(session, given, into, edits.Author(author, reason), preview=preview)

    def split(
        self,
        theme_id: str,
        parts: int = 2,
        *,
        author: str = "",
        reason: str = "",
        preview: bool = False,
    ) -> Edit:
        """Divide a theme by what its comments say; the largest part keeps the id."""
        self.update()
        seed = int(self._checked()["seed"])
        with self._editing(preview=preview) as session:
            return edits.split(
                session,
                self.folder,
                theme_id,
                parts,
                self.models.encoder,
                edits.Author(author, reason),
                seed=seed,
                preview=preview,
            )

    def move(
        self,
        feedback_ids: str | Sequence[str],
        theme_id: str,
        *,
        author: str = "",
        reason: str = "",
        preview: bool = False,
    ) -> Edit:
        """Put comments into a theme by hand; no later assignment takes them out."""
        self.update()
        given = [feedback_ids] if isinstance(feedback_ids, str) else list(feedback_ids)
        who = edits.Author(author, reason)
        with self._editing(preview=preview) as session:
            return edits.move(session, self.folder, given, theme_id, who, preview=preview)

    def exclude(
        self, theme_id: str, *, author: str = "", reason: str = "", preview: bool = False
    ) -> Edit:
        """Take a theme out of reports; it goes on attracting its comments."""
        with self._editing(preview=preview) as session:
            return edits.exclude(session, theme_id, edits.Author(author, reason), preview=preview)

    def restore(
        self, theme_id: str, *, author: str = "", reason: str = "", preview: bool = False
    ) -> Edit:
        """Bring an excluded theme back."""
        with self._editing(preview=preview) as session:
            return edits.restore(session, theme_id, edits.Author(author, reason), preview=preview)

    def reassign(
        self,
        waves: str | Sequence[str] | None = None,
        *,
        author: str = "",
        reason: str = "",
        preview: bool = False,
    ) -> Edit:
        """Assign comments of the past anew to the themes of today; moved comments stay.

        Args:
            waves: a wave or several; None for all.
            author: who does it.
            reason: why.
            preview: tell how many comments would move, and change nothing.
        """
        self.update()
        every = self.waves()["wave"].to_list() if waves is None else waves
        chosen = [every] if isinstance(every, str) else list(every)
        who = edits.Author(author, reason)
        with self._editing(preview=preview) as session:
            return edits.reassign(session, self.folder, chosen, who, preview=preview)

    def undo(self, *, author: str = "", reason: str = "") -> Edit:
        """Take back the newest edit that stands; repeat it to go further back."""
        with self._editing(preview=False) as session:
            return edits.undo(session, edits.Author(author, reason))

    def codebook_export(self, out: str | Path) -> int:
        """Write the themes to a TOML file that people can edit; how many."""
        self.update()
        with self._database.reading() as session:
            return codebook.export(session, Path(out))

    def codebook_diff(self, path: str | Path) -> list[Difference]:
        """Tell how a codebook file differs from the workspace.

        Raises:
            ConfigError: The file is not valid; the message has the line.
        """
        with self._database.reading() as session:
            return codebook.differences(session, Path(path))

    def codebook_import(
        self, path: str | Path, *, author: str = "", reason: str = ""
    ) -> list[Difference]:
        """Take over what a codebook file says, each change as an edit.

        Themes with ids of your own are added, names, descriptions and examples are changed, themes
        that are not in the file are excluded. Past comments come to added themes with `reassign`.

        Raises:
            ConfigError: The file is not valid, or asks for what a workspace cannot do; the message
                has the line, and nothing is changed.
        """
        self.update()
        models = self.models
        who = edits.Author(author, reason)
        with self._editing(preview=False) as session:
            return codebook.bring(session, self.folder, Path(path), models, who)

    @contextmanager
    def _editing(self, *, preview: bool) -> Iterator[Session]:
        open_ = self._database.reading() if preview else self._database.writing()
        with open_ as session:
            yield session

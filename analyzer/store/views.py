"""What a notebook asks of a workspace: itself at a glance, one theme, comments by meaning."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.stats.privacy import MINIMUM_CELL
from analyzer.store import changes, lookup, overview, report, status, subjects, trend
from analyzer.store.frames import load_wave
from analyzer.store.verbs import ThemeVerbs

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analyzer.analysis import Analysis
    from analyzer.explore import ThemeView
    from analyzer.explore.search import Hits

__all__ = ["MINIMUM_CELL", "Views"]


class Views(ThemeVerbs):
    """Looking at a workspace; a part of `analyzer.store.Workspace`."""

    @abstractmethod
    def report(self, wave: str, compare: str | None = None, *, minimum_cell: int = 5) -> Analysis:
        """Analyse one wave."""

    def overview(
        self, language: str | None = None, *, minimum_cell: int = MINIMUM_CELL
    ) -> pl.DataFrame:
        """Every theme there ever was with its share now and before, and what became of it.

        Args:
            language: of the names; None for the one of four in five comments, else English.
            minimum_cell: figures of fewer people are null.

        Returns:
            theme_id, name, comments, people and share (in the newest wave), share_before, became
            (continued, growing, fading, emerging, split, merged, retired; excluded, merged into
            another or new, by a person) and since.
        """
        _check_language(language)
        self.update()
        with self._database.reading() as session:
            return overview.overview(session, language, minimum_cell)

    def subjects(
        self,
        wave: str,
        compare: str,
        *,
        language: str | None = None,
        codebook: str | Path | None = None,
        minimum_cell: int = MINIMUM_CELL,
    ) -> pl.DataFrame:
        """What people say more often than in another wave, by a list of subjects.

        Args:
            wave: the wave.
            compare: the one to compare with.
            language: of the names; None for the one of four in five comments, else English.
            codebook: a file of subjects; None for the starter codebook that comes with analyzer.
            minimum_cell: figures of fewer people are null.

        Returns:
            One row a subject, clear changes first, as `analyzer.store.subjects.compare` has them,
            with ``name`` in place of the names in three languages.

        Raises:
            ConfigError: There is no such wave or language, or the codebook is not valid.
            ModelError: The workspace was made with another encoder.
        """
        _check_language(language)
        self._checked()
        book = subjects.listed(codebook)
        with self._database.reading() as session:
            order = status.order_of_waves(session)
            status.check_waves(order, wave, compare)
            report.check_apart(order, wave, compare)
            chosen = language or overview.main_language(session)
            now, before = (load_wave(session, self.folder, [name]) for name in (wave, compare))
            seed = int(session.meta()["seed"])
        found = subjects.compare(
            (now, before), book, self.models.encoder, minimum_cell=minimum_cell, seed=seed
        )
        names = [f"name_{code}" for code in LANGUAGES]
        return found.rename({f"name_{chosen}": "name"}).drop(names, strict=False)

    def search(self, text: str, k: int = 20, wave: str | None = None) -> Hits:
        """Find comments by meaning in all waves, or in one; in any language.

        Args:
            text: a few words.
            k: how many comments at most.
            wave: only of this wave.

        Returns:
            Comments with the passage that matched, their wave and theme, best first.

        Raises:
            ConfigError: There are no words, k is under 1, or there is no such wave.
            ModelError: The workspace was made with another encoder.
        """
        self._checked()
        self._known_wave(wave)
        with self._database.reading() as session:
            return lookup.search(session, self.models.encoder, text, k, wave)

    def theme(
        self, theme_id: str, wave: str | None = None, *, minimum_cell: int = MINIMUM_CELL
    ) -> ThemeView:
        """Open a theme: figures and comments of one wave, and its share in every wave.

        Args:
            theme_id: one that is reported.
            wave: whose comments; None for the newest.
            minimum_cell: figures of fewer people are not shown.

        Raises:
            ConfigError: There is no such theme or wave, or it was merged into another.
        """
        self.update()
        with self._database.reading() as session:
            registry = changes.registry_of(session, theme_id)
            chosen = wave or status.order_of_waves(session)[-1]
            if changes.row_of(registry, theme_id)["state"] == "excluded":
                raise ConfigError(
                    f"Theme {theme_id} is excluded from reports. Bring it back with: "
                    f"analyzer themes restore {theme_id}"
                )
        view = self.report(chosen, minimum_cell=minimum_cell).theme(theme_id)
        with self._database.reading() as session:
            shares = trend.safe_trend(session, theme_id, minimum_cell)
        return replace(
            view,
            trend=shares.rename({"people": "n"}).select(
                "wave", "n", "base", "share", "low", "high"
            ),
        )

    def __repr__(self) -> str:
        """One line without any comment's text."""
        with self._database.reading() as session:
            counted = session.frame(
                "SELECT (SELECT count(*) FROM waves) AS waves, (SELECT count(*) FROM feedback "
                "WHERE analysed) AS comments, "
                "(SELECT count(*) FROM themes WHERE state <> 'merged') AS themes"
            ).row(0)
        waves, comments, themes = counted
        return f"<Workspace {self.folder}: {waves} waves, {comments:,} comments, {themes} themes>"

    def _repr_html_(self) -> str:
        """Waves and themes as tables, and what can be asked; no comment's text."""
        waves = self.waves()
        with self._database.reading() as session:
            return overview.workspace_html(session, self.folder, waves, MINIMUM_CELL)

    def _known_wave(self, wave: str | None) -> None:
        with self._database.reading() as session:
            status.check_waves(status.order_of_waves(session), wave)


def _check_language(language: str | None) -> None:
    if language is not None and language not in LANGUAGES:
        raise ConfigError(f"No names in {language!r}. Choose one of: {', '.join(LANGUAGES)}.")

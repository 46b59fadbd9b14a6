"""The workspace: a folder that remembers waves, themes and what people changed."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import duckdb
import polars as pl

from analyzer import __version__, sources
from analyzer.errors import ConfigError, InputError, StoreError
from analyzer.schema import LANGUAGES
from analyzer.store import (
    accepted,
    assign,
    edits,
    erasure,
    health,
    ingest,
    reencode,
    report,
    review,
    status,
)
from analyzer.store import models as models_
from analyzer.store.database import FILE, Database
from analyzer.store.models import Models
from analyzer.store.views import MINIMUM_CELL, Views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.analysis import Analysis
    from analyzer.store.erasure import Forgotten
    from analyzer.store.health import Problem
    from analyzer.store.ingest import Ingested, Progress
    from analyzer.store.review import Scores

__all__ = ["Workspace"]

_WAIT = 10.0
_LAST_SEED = 2**31 - 1
_T = TypeVar("_T", bound="str | Path")


class Workspace(Views):
    """Waves of feedback whose themes keep id, name and history.

    Methods that change something are transactions: they happen whole or not at all, one process
    after the other. Nothing is kept open between calls.
    """

    def __init__(
        self,
        folder: Path,
        *,
        encoder: str | None,
        sentiment_model: str | None,
        wait: float,
        cache: bool,
    ) -> None:
        self.folder = folder
        self._names = encoder, sentiment_model
        self._cache = cache
        self._database = Database(folder, wait)

    @classmethod
    def create(
        cls,
        folder: str | Path,
        *,
        encoder: str | None = None,
        sentiment_model: str | None = None,
        languages: str | Sequence[str] = LANGUAGES,
        seed: int = 0,
        wait: float = _WAIT,
        cache: bool = True,
    ) -> Workspace:
        """Make an empty workspace.

        Args:
            folder: made when it is missing; it may hold other files, but no workspace.
            encoder: folder or name of a sentence-transformers model; None for the bundled one.
            sentiment_model: folder or name of a text-classification model; None for the shipped.
            languages: language or languages to analyse in every wave.
            seed: of every random step, 0 to 2147483647.
            wait: seconds to wait for another process that writes.
            cache: keep vectors in the user's cache folder too.

        Raises:
            StoreError: There is a workspace already, or the folder cannot be written to.
            ConfigError: A language is not known, or the seed is out of range.
            ModelError: A model cannot be loaded.
        """
        path, languages = Path(folder), _several(languages)
        unknown = sorted(set(languages) - set(LANGUAGES))
        if unknown or not languages:
            raise ConfigError(
                f"Languages {', '.join(unknown) or '(none)'} are not known. Choose from: "
                f"{', '.join(LANGUAGES)}."
            )
        if not 0 <= seed <= _LAST_SEED:
            raise ConfigError(f"The seed is {seed}. Give a number from 0 to {_LAST_SEED}: --seed 0")
        if (path / FILE).exists():
            raise StoreError(f"{path} is a workspace already. Choose another folder, or use it.")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {path} cannot be made: {error.strerror}. Choose another."
            ) from error
        if not os.access(path, os.W_OK):
            raise StoreError(f"{path} cannot be written to. Choose another folder.")
        made = cls(path, encoder=encoder, sentiment_model=sentiment_model, wait=wait, cache=cache)
        told = {
            "created_by": __version__,
            "languages": ",".join(languages),
            "seed": str(seed),
            "salt": secrets.token_hex(16),
        }
        made._database.create({**told, **made.models.meta()})
        return made

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        encoder: str | None = None,
        sentiment_model: str | None = None,
        wait: float = _WAIT,
        cache: bool = True,
    ) -> Workspace:
        """Open a workspace; the arguments are those of `create`.

        Raises:
            StoreError: There is none, it is damaged, or a newer analyzer made it.
        """
        opened = cls(
            Path(folder),
            encoder=encoder,
            sentiment_model=sentiment_model,
            wait=wait,
            cache=cache,
        )
        opened._database.upgrade()
        return opened

    @cached_property
    def models(self) -> Models:
        """The models, loaded when they are first needed."""
        encoder, sentiment_model = self._names
        return Models.load(encoder, sentiment_model)

    def meta(self) -> dict[str, str]:
        """Return schema version, models and settings of the workspace."""
        with self._database.reading() as session:
            return session.meta()

    def query(self, sql: str) -> pl.DataFrame:
        """Run a query on the tables, which docs/workspace.md describes; nothing can be changed.

        Raises:
            ConfigError: The query is not valid, is not one SELECT, or reads or writes a file.
        """
        with self._database.reading() as session:
            try:
                return session.look(sql)
            except duckdb.ProgrammingError as error:
                raise ConfigError(f"The query cannot be run. {error}") from error
            except duckdb.PermissionException as error:
                raise ConfigError(
                    "The query reads or writes a file, and only tables of the workspace can be "
                    "asked. Take what it gives as a Polars frame: space.query(...).write_csv(...)"
                ) from error

    def ingest(
        self,
        files: str | Path | Sequence[str | Path],
        wave: str | None = None,
        mapping: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        *,
        brand_handles: str | Sequence[str] = (),
        date_order: Literal["dmy", "mdy"] | None = None,
    ) -> Ingested:
        """Add files to a wave. The same rows twice change nothing; corrected rows replace.

        Args:
            files: one or several, of any kind that `analyzer.analyze` reads.
            wave: its name, such as ``2026-Q3``; None when the files have a wave column.
            mapping: canonical name to column, in every file.
            progress: called with a stage's name, units done and units in all.
            brand_handles: accounts of the brand itself, whose posts are left out.
            date_order: what 03/04/2024 means; None to decide it from each file.

        Returns:
            What was added, replaced, unchanged and left out.

        Raises:
            InputError: There is no file, or one cannot be used or does not say its wave.
            MappingError: Columns are not recognised, or could mean two things.
            ModelError: The workspace was made with other models.
            StoreError: Another process writes for too long, or the disk is full.
        """
        paths = _several(files)
        if not paths:
            raise InputError("No file was given. Name at least one file of feedback to ingest.")
        meta = self.meta()
        return ingest.ingest(
            self._database,
            [
                sources.read([path], mapping, brand_handles=brand_handles, date_order=date_order)
                for path in paths
            ],
            wave,
            languages=meta["languages"].split(","),
            load_models=lambda: self.models,
            cache=self._cache,
            progress=progress or _silent,
        )

    def waves(self) -> pl.DataFrame:
        """List the waves, oldest first.

        Returns:
            wave, rows, comments, people, first and last date, nps_n (scores), themes_assigned.
        """
        with self._database.reading() as session:
            order = status.order_of_waves(session)
            frame = session.frame(
                "SELECT wave, count(*) AS rows, count(*) FILTER (analysed) AS comments, "
                "count(DISTINCT coalesce(respondent_id, 'f:' || feedback_id)) AS people, "
                "min(created_at)::DATE AS first, max(created_at)::DATE AS last, "
                "count(nps) AS nps_n, any_value(assigned) IS NOT NULL AS themes_assigned "
                "FROM feedback JOIN waves USING (wave) GROUP BY wave"
            )
        at = pl.DataFrame({"wave": order}, schema={"wave": pl.String})
        return at.join(frame, on="wave", maintain_order="left")

    def update(self) -> list[str]:
        """Give themes to every wave that waits for them; the waves that did."""
        meta = self._checked()
        return assign.update(self._database, self.models.encoder, int(meta["seed"]))

    def report(
        self,
        wave: str,
        compare: str | None = None,
        *,
        by: str | Sequence[str] = (),
        minimum_cell: int = MINIMUM_CELL,
    ) -> Analysis:
        """Analyse one wave, with changes against another.

        Args:
            wave: the wave; every figure but the changes is of it alone.
            compare: the wave to compare with.
            by: a column or columns to break themes down by, beside NPS segment and CSAT band.
            minimum_cell: groups of fewer people are not shown.

        Returns:
            An `Analysis`, whose ``themes`` have wave_status, drift, since and note too.

        Raises:
            ConfigError: There is no such wave, or it has no comment.
        """
        self.update()
        meta = self.meta()
        return report.analysis(
            self._database,
            self.models,
            wave,
            compare,
            by=_several(by),
            minimum_cell=minimum_cell,
            seed=int(meta["seed"]),
        )

    def forget(self, respondent_id: str) -> Forgotten:
        """Erase a person everywhere, and look for traces afterwards.

        Files that were written elsewhere - reports, quote exports, review sheets - are not known
        to the workspace and stay. Rows of the person in files ingested later are left out.

        Raises:
            ConfigError: Nobody has this id.
        """
        return erasure.forget(self._database, respondent_id)

    def doctor(self) -> list[Problem]:
        """Check that tables and files are whole; an empty list means they are."""
        return health.examine(self._database)

    def review_sample(
        self, wave: str, out: str | Path, *, n: int = 100, language: str = "en"
    ) -> int:
        """Write a blind sheet for coders: comments, candidate themes, empty columns.

        Args:
            wave: whose comments.
            out: an .xlsx file.
            n: comments at most, spread over the themes.
            language: of the theme names, es, fr or en.

        Returns:
            How many comments it has.
        """
        if language not in LANGUAGES:
            raise ConfigError(f"No names in {language!r}. Choose one of: {', '.join(LANGUAGES)}.")
        self.update()
        with self._database.reading() as session:
            seed = int(session.meta()["seed"])
            return review.sample(session, wave, Path(out), n=n, language=language, seed=seed)

    def review_score(
        self, sheets: str | Path | Sequence[str | Path], *, accept: bool = False, author: str = ""
    ) -> Scores:
        """Read filled sheets of one coder or two, and compare them with each other and analyzer.

        Args:
            sheets: one or two files.
            accept: move comments that the coders agree on, against analyzer, to the themes they
                gave, for good, and keep them as examples of these themes.
            author: who accepts.

        Raises:
            InputError: A sheet cannot be read, or names a theme that does not exist.
        """
        with self._database.reading() as session:
            seed = int(session.meta()["seed"])
            scores = review.score(session, [Path(sheet) for sheet in _several(sheets)], seed=seed)
        if accept and scores.corrections.height:
            with self._editing(preview=False) as session:
                edit = accepted.accept(session, self.folder, scores, edits.Author(author, "review"))
            return replace(scores, accepted=edit)
        return scores

    def reencode(self) -> int:
        """Redo vectors, sentiment and the place of every theme with the models of this call.

        Returns:
            Passages encoded. Themes keep id, name, comments and history.
        """
        return reencode.reencode(self._database, self.models, cache=self._cache)

    def _checked(self) -> dict[str, str]:
        meta = self.meta()
        models_.check(meta, self.models, self.folder)
        return meta


def _several(given: _T | Sequence[_T]) -> list[_T]:
    """One name or path, or several: a string is one, and not its letters."""
    return [given] if isinstance(given, str | Path) else list(given)


def _silent(stage: str, done: int, total: int) -> None:
    """Report to nobody."""

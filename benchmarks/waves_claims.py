"""What waves claim, held against what was planted; for waves.py."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analyzer.encoders import load_encoder
from analyzer.resources import folder
from analyzer.store import Workspace, subjects
from analyzer.store.frames import load_wave
from analyzer.themes.classify import CodebookModel
from analyzer.themes.codebook import Codebook

ABOUT = 2.0  # a theme is about a subject that its comments name this much oftener than all do
UP = {"new": True, "growing": True, "fading": False}


@dataclass(frozen=True)
class Judged:
    """What claims say: which planted changes they found, how many are right, what is wronged."""

    found: set[str]
    right: int
    wronged: set[str]  # subjects that wrong claims are about


def claims(
    lift: dict[tuple[str, str], float], made: list[tuple[str, bool]], truth: dict[str, str]
) -> Judged:
    """Hold claims (of what, and whether it grew) against what was planted."""
    found, right, wronged = set(), 0, set()
    for name, up in made:
        about = {subject for (of, subject), much in lift.items() if of == name and much >= ABOUT}
        hit = {kind for subject, kind in truth.items() if UP[kind] == up and subject in about}
        found |= hit
        right += bool(hit)
        wronged |= set() if hit else about
    return Judged(found, right, wronged)


def calm(judged: Judged, stable: list[str]) -> float:
    """Share of the subjects left alone that no wrong claim is about."""
    return 1 - len(judged.wronged & set(stable)) / max(1, len(stable))


def clear_subjects(space: Workspace) -> list[tuple[str, bool]]:
    """Subjects of the starter codebook whose share changed clearly, and whether it grew."""
    told = space.subjects("W2", "W1")
    clear = told.filter(pl.col("verdict").is_in(list(subjects.CHANGES)))
    return [(one, subjects.CHANGES[way] > 0) for one, way in clear["subject", "verdict"].rows()]


def named_subjects(space: Workspace) -> tuple[list[tuple[str, bool]], pl.DataFrame]:
    """Subjects whose share changed, and the comments that name each subject."""
    model = CodebookModel.fit(Codebook.load(folder("corpora") / "codebook.toml"), load_encoder())
    with space._database.reading() as session:
        waves = [load_wave(session, space.folder, [name]) for name in ("W1", "W2")]
    rows = pl.concat([subjects.said(wave, model, 0) for wave in waves])
    spoken = rows.drop_nulls("theme_id").select("theme_id", "feedback_id").unique()
    return clear_subjects(space), spoken


def contents(about: pl.DataFrame, said: pl.DataFrame) -> dict[tuple[str, str], float]:
    """How much more often the comments of a theme name a planted subject than all comments do.

    Args:
        about: feedback_id and a column a subject, whether the comment names it.
        said: theme_id and feedback_id.
    """
    names = pl.col(about.columns).exclude("feedback_id")
    base = about.select(names.mean()).row(0, named=True)
    rows = said.join(about, on="feedback_id")
    shares = rows.group_by("theme_id").agg(names.mean())
    return {
        (row["theme_id"], subject): row[subject] / max(base[subject], 1e-9)
        for row in shares.iter_rows(named=True)
        for subject in base
    }

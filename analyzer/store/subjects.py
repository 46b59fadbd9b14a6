"""What people say more often: two waves counted by a list of subjects that neither has shaped.

A theme is a cluster of one wave, and a subject that people say in a hundred ways lies in pieces of
several. A codebook is the same ruler for both waves, so that a test of its subjects is honest, and
it gathers what clusters scatter; what it does not list is left to themes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from analyzer.resources import folder
from analyzer.schema import LANGUAGES
from analyzer.stats.privacy import hide, small_cells
from analyzer.stats.waves import WAVE_SCHEMA, theme_waves
from analyzer.store.status import base_of
from analyzer.themes.classify import CodebookModel
from analyzer.themes.codebook import Codebook
from analyzer.themes.rows import sample

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.encoders import Encoder
    from analyzer.store.frames import Stored

__all__ = ["CHANGES", "compare", "listed", "said"]

CHANGES: Final = {"growing": 1, "emerging": 1, "fading": -1, "gone": -1}  # verdicts, and the way
_FEWEST: Final = 10  # people in both waves together, below which nothing is tested
_MOST_SPANS: Final = 12_000  # of a wave; beyond this a sample of people


def listed(codebook: str | Path | None = None) -> Codebook:
    """Load a list of subjects; the starter codebook that comes with analyzer by default."""
    return Codebook.load(codebook or folder("corpora") / "codebook.toml")


def said(
    stored: Stored, model: CodebookModel, seed: int, *, most: int = _MOST_SPANS
) -> pl.DataFrame:
    """Which passages speak of which subjects.

    Args:
        stored: comments of a wave.
        model: the subjects.
        seed: of the sample of people.
        most: passages, about; of a wave with more a sample of people is looked at.

    Returns:
        feedback_id, span, theme_id (the subject's id), of passages of the people looked at; one
        row without a subject for a passage of them that has none.
    """
    people, who = np.unique(np.array(stored.people, dtype=np.str_), return_inverse=True)
    enough = max(1, len(people) * most // max(1, len(who)))
    rows = np.flatnonzero(np.isin(who, sample(len(people), enough, seed)))
    spans = stored.spans[rows]
    with threadpool_limits(1):
        found = model.predict(
            spans["text"].to_list(),
            [stored.languages[i] for i in rows],
            vectors=stored.vectors[rows],
        )
    return (
        spans.select("feedback_id", "span")
        .with_columns(theme_id=pl.Series(found.themes, dtype=pl.List(pl.String)))
        .explode("theme_id", empty_as_null=True)
    )


def compare(
    waves: tuple[Stored, Stored],
    book: Codebook,
    encoder: Encoder,
    *,
    minimum_cell: int,
    seed: int,
) -> pl.DataFrame:
    """Count people by subject in two waves.

    Args:
        waves: comments of the two.
        book: the subjects.
        encoder: made the vectors.
        minimum_cell: figures of fewer people are null, and so is a change from or to them.
        seed: of samples of large waves.

    Returns:
        subject, name_es, name_fr, name_en, wave (the newer), previous, people, base, share,
        people_before, base_before, share_before, change, low, high (Newcombe's 95 % interval of the
        change), p, q and verdict, as `analyzer.stats.waves.theme_waves` has them, over subjects
        that ten people or more speak of; clear changes first. Empty when one of the waves has
        nobody to count.
    """
    model = CodebookModel.fit(book, encoder)
    mentions = pl.concat([said(wave, model, seed) for wave in waves])
    looked = mentions["feedback_id"].unique().implode()
    feedback = pl.concat([wave.feedback for wave in waves], how="diagonal")
    feedback = feedback.filter(pl.col("feedback_id").is_in(looked))
    spans = pl.concat([wave.spans for wave in waves])
    counted = mentions.drop_nulls("theme_id")
    every = theme_waves(base_of(feedback, spans, counted, book.ids))
    if every is None:
        return _shown(pl.DataFrame(schema=WAVE_SCHEMA), book, minimum_cell)
    enough = every.filter(pl.col("n") + pl.col("previous_n") >= _FEWEST)["theme_id"].to_list()
    tested = theme_waves(base_of(feedback, spans, counted, enough))
    return _shown(tested if tested is not None else every.clear(), book, minimum_cell)


def _shown(found: pl.DataFrame, book: Codebook, minimum_cell: int) -> pl.DataFrame:
    names = pl.DataFrame(
        {
            "theme_id": book.ids,
            **{f"name_{code}": [one.name_in(code) for one in book.theme] for code in LANGUAGES},
        }
    )
    frame = found.join(names, on="theme_id", how="left", maintain_order="left").select(
        pl.col("theme_id").alias("subject"), *names.columns[1:], "wave", "previous",
        pl.col("n").alias("people"), "base", "share",
        pl.col("previous_n").alias("people_before"), pl.col("previous_base").alias("base_before"),
        pl.col("previous_share").alias("share_before"), "change", "low", "high",
        "p", "q", "verdict",
    )  # fmt: skip
    cells = [
        frame.select("subject", respondents=count, base=base)
        for count, base in (("people", "base"), ("people_before", "base_before"))
    ]
    now, before = (small_cells(cell, within=["subject"], minimum=minimum_cell) for cell in cells)
    for few, figures in (
        (now, ("people", "share")),
        (before, ("people_before", "share_before")),
        (now | before, ("change", "low", "high")),
    ):
        frame = hide(frame.with_columns(suppressed=few), figures)
    clear = pl.col("verdict").is_in(list(CHANGES))
    return frame.drop("suppressed").sort(
        clear, "q", "subject", descending=[True, False, False], nulls_last=True
    )

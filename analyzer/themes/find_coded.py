"""Themes of a codebook, and candidates among what fits nowhere in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES, Language
from analyzer.themes.coded import code_spans
from analyzer.themes.focus import problem_rows
from analyzer.themes.hierarchy import PARENTS
from analyzer.themes.label import label_themes
from analyzer.themes.result import Themes, assemble, codes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.encoders import Encoder
    from analyzer.encoders.vectors import Rows
    from analyzer.themes.codebook import Codebook

__all__ = ["find_coded"]


def find_coded(
    joined: pl.DataFrame,
    texts: Sequence[str],
    rows: Rows,
    codebook: Codebook,
    encoder: Encoder,
    themes: int | None,
    seed: int,
) -> Themes:
    """Give spans the themes of a codebook; see `analyzer.themes.find.find_themes`.

    Args:
        joined: n spans with what is known of their comments.
        texts: n passages.
        rows: (n, d) unit rows of the passages.
        codebook: the themes.
        encoder: made the rows.
        themes: number of candidate themes; None to let stability decide.
        seed: of every random step.
    """
    languages = codes(joined)
    coded = code_spans(
        texts, languages, rows, problem_rows(joined), codebook, encoder,
        candidates=themes, seed=seed,
    )  # fmt: skip
    names = label_themes(
        joined["text"].to_list(),
        languages,
        coded.nearest,
        rows,
        coded.space,
        encoder,
        count=len(coded.space.limits),
        given=[{code: theme.name_in(code) for code in LANGUAGES} for theme in codebook.theme],
        polarity=joined["polarity"],
    )
    new = len(coded.stability)
    bad = (joined["polarity"].fill_null(0.0).to_numpy()[:, None] * coded.labels).sum(axis=0) <= 0
    parents = {group.id: group for group in codebook.group}
    used = [group for group in parents if any(t.parent == group for t in codebook.theme)]
    theme_ids = [*codebook.ids, *_new_ids(new, codebook.ids)]
    about = {
        "theme_id": theme_ids,
        "origin": ["problem" if hurts else "strength" for hurts in bad],
        "status": ["codebook"] * len(codebook.theme) + ["candidate"] * new,
        "parent_id": [*(theme.parent for theme in codebook.theme), *[None] * new],
        "stability": np.concatenate([np.full(len(codebook.theme), np.nan), coded.stability]),
        "size": coded.labels.sum(axis=0).astype(np.int64),
    }
    span, theme = np.nonzero(coded.labels)
    mentions = joined.select("feedback_id", "span")[span].with_columns(
        theme_id=pl.Series([theme_ids[i] for i in theme], dtype=pl.String),
        similarity=pl.Series(np.round(coded.scores[span, theme], 4)),
        confident=pl.lit(value=True),
    )
    parent_frame = pl.DataFrame(
        [
            {"parent_id": group, **_named(parents[group].name),
             "themes": sum(t.parent == group for t in codebook.theme)}
            for group in used
        ],
        schema=PARENTS,
    )  # fmt: skip
    found = assemble(joined, rows, coded.nearest, coded.space, names, about, mentions, parent_frame)
    # Only candidates are found by resampling; what people have agreed on was not measured.
    return replace(found, frame=found.frame.with_columns(pl.col("stability").fill_nan(None)))


def _named(name: dict[Language, str]) -> dict[str, str]:
    first = next(name[code] for code in LANGUAGES if code in name)
    return {f"name_{code}": name.get(code, first) for code in LANGUAGES}


def _new_ids(count: int, taken: Sequence[str]) -> list[str]:
    """Ids C01, C02, ... that the codebook does not use."""
    free = (f"C{number:02d}" for number in range(1, count + len(taken) + 1))
    return [name for name in free if name not in set(taken)][:count]

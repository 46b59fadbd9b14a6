"""Macro-themes: a second, coarser level when there are too many themes to hold in mind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analyzer.schema import LANGUAGES
from analyzer.themes.concepts import REMARKS, area_names, concepts, topics
from analyzer.themes.phrases import word_tables
from analyzer.themes.rows import cosines

if TYPE_CHECKING:
    from analyzer.encoders import Encoder
    from analyzer.themes.assign import ThemeSpace

__all__ = ["PARENTS", "macro_themes"]

PARENTS = {
    "parent_id": pl.String,
    **{f"name_{code}": pl.String for code in LANGUAGES},
    "themes": pl.Int64,
}

_NEEDED = 8  # at most so many themes are read without a second level
_MOST = 8  # macro-themes
_AREA = "area:"


def macro_themes(
    space: ThemeSpace, encoder: Encoder, taken: list[dict[str, str]]
) -> tuple[list[str | None], pl.DataFrame]:
    """Join themes whose names belong to one topic.

    A theme named by a concept of the shipped list has that concept's topic, any other theme the
    topic whose name is nearest to its own. Two themes of a topic make a macro-theme. A theme that
    is alone in its topic widens the macro-theme of a related topic to their common area; one that
    is alone in its area has no macro-theme.

    Args:
        space: where k themes lie.
        encoder: the encoder of ``space``.
        taken: names of the k themes per language, which no macro-theme takes again.

    Returns:
        For each theme the id of its macro-theme or None, and a frame of at most 8 macro-themes with
        the columns of `PARENTS`. Both are empty of macro-themes with 8 themes or fewer.
    """
    count = len(space.limits)
    if count <= _NEEDED:
        return [None] * count, pl.DataFrame(schema=PARENTS)
    groups = _grouped(_topics_of(taken, encoder))
    sizes = Counter(groups)
    order = [group for group in dict.fromkeys(groups) if group is not None]
    ids = {group: f"M{number + 1:02d}" for number, group in enumerate(order)}
    frame = pl.DataFrame(
        {
            "parent_id": [ids[group] for group in order],
            **{f"name_{code}": [_name(group)[code] for group in order] for code in LANGUAGES},
            "themes": [sizes[group] for group in order],
        },
        schema=PARENTS,
    )
    return [None if group is None else ids[group] for group in groups], frame


def _topics_of(names: list[dict[str, str]], encoder: Encoder) -> list[str]:
    """The topic of each theme, by its name."""
    known = {
        (code, text.casefold()): one.topic for one in concepts() for code, text in one.name.items()
    }
    mixed = {code: str(form).format("") for code, form in word_tables()["mixed"].items()}
    found = [
        REMARKS
        if any(name.get(code, "").endswith(mixed[code]) for code in LANGUAGES)
        else next(
            (
                known[code, text.casefold()]
                for code, text in name.items()
                if (code, text.casefold()) in known
            ),
            "",
        )
        for name in names
    ]
    strange = [i for i, topic in enumerate(found) if not topic]
    if strange:
        listed = list(topics())
        told = np.asarray(encoder.encode([" ".join(names[i].values()) for i in strange]))
        rows = np.asarray(encoder.encode([" ".join(_name(topic).values()) for topic in listed]))
        for i, nearest in zip(strange, np.argmax(cosines(told, rows), axis=1), strict=True):
            found[i] = listed[int(nearest)]
    return found


def _grouped(found: list[str]) -> list[str | None]:
    """Topics, or the areas that join them where one is alone or there are too many."""
    area = {topic: str(told["area"]) for topic, told in topics().items()}
    sizes = Counter(found)
    merged: dict[str, str | None] = {topic: topic for topic in found}
    for name in sorted({area[topic] for topic in found}):
        kin = sorted((size, topic) for topic, size in sizes.items() if area[topic] == name)
        lonely = sum(size == 1 for size, _ in kin)
        joined = kin[: max(lonely, 2)] if lonely else []
        for _, topic in joined:
            merged[topic] = f"{_AREA}{name}" if len(joined) > 1 else None
    groups = [merged[topic] for topic in found]
    while len(left := Counter(group for group in groups if group)) > _MOST:
        smallest = min(left, key=lambda group: (left[group], group))
        name = smallest.removeprefix(_AREA)
        wide = f"{_AREA}{area.get(name, name)}"
        kin_groups = {g for g in left if f"{_AREA}{area.get(g, g.removeprefix(_AREA))}" == wide}
        target = wide if len(kin_groups) > 1 else None
        groups = [target if group in kin_groups else group for group in groups]
    return groups


def _name(group: str) -> dict[str, str]:
    if group.startswith(_AREA):
        return area_names()[group.removeprefix(_AREA)]
    return topics()[group]

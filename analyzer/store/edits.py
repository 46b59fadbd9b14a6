"""What people change about themes: every edit has an author and a reason, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.errors import ConfigError
from analyzer.schema import LANGUAGES
from analyzer.store.assign import new_ids
from analyzer.store.changes import (
    Author,
    Change,
    Edit,
    do,
    limit_of,
    no_mentions,
    owned,
    registry_of,
    reported,
    row_of,
    space_of,
    stored_spans,
)
from analyzer.store.frames import Registry, Stored, as_mentions, load_wave, save_born, used_ids
from analyzer.store.status import check_waves, order_of_waves
from analyzer.store.undo import undo
from analyzer.themes.assign import ThemeSpace
from analyzer.themes.follow import centroids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.encoders import Encoder
    from analyzer.store.database import Session

__all__ = [
    "Author",
    "Edit",
    "exclude",
    "merge",
    "move",
    "note",
    "reassign",
    "rename",
    "restore",
    "split",
    "undo",
]

_FEWEST: Final = 4  # distinct passages a theme needs to be split in two


def rename(
    session: Session, theme_id: str, names: dict[str, str], author: Author, *, preview: bool
) -> Edit:
    """Call a theme something else, in one language or several."""
    registry = registry_of(session, theme_id)
    wrong = sorted(set(names) - set(LANGUAGES))
    blank = sorted(code for code, name in names.items() if not name.strip())
    if wrong or blank or not names:
        raise ConfigError(
            f"A name needs a language of {', '.join(LANGUAGES)} and at least one letter; got "
            f"{', '.join(wrong + blank) or 'no name'}."
        )
    columns = {f"name_{code}": name.strip() for code, name in names.items()} | {"renamed": True}
    change = Change(
        "rename",
        (theme_id,),
        {"names": names},
        no_mentions(session),
        {theme_id: columns},
        comments=0,
    )
    return do(session, registry, change, author, preview=preview)


def note(session: Session, theme_id: str, text: str, author: Author) -> Edit:
    """Keep a remark on a theme; an empty one takes it away."""
    registry = registry_of(session, theme_id)
    columns = {"note": text.strip() or None}
    change = Change("note", (theme_id,), {}, no_mentions(session), {theme_id: columns}, comments=0)
    return do(session, registry, change, author, preview=False)


def merge(
    session: Session, sources: Sequence[str], into: str, author: Author, *, preview: bool
) -> Edit:
    """Make several themes one, which keeps the id and name of ``into``."""
    registry = registry_of(session, into, *sources)
    reported(registry, into)
    if into in sources or len(set(sources)) != len(sources) or not sources:
        raise ConfigError(
            f"Themes to merge must be different ones; got {', '.join(sources) or 'none'} "
            f"into {into}."
        )
    moved = session.matching("mentions", pl.DataFrame({"theme_id": list(sources)}))
    owner = [registry.ids[i] for i in registry.space.owner]
    owner = [into if name in sources else name for name in owner]
    change = Change(
        "merge",
        (*sources, into),
        {"into": into},
        moved.with_columns(theme_id=pl.lit(into)),
        {name: {"state": "merged", "into_id": into} for name in sources},
        space=owned(registry, owner, {into: min(limit_of(registry, n) for n in (*sources, into))}),
    )
    return do(session, registry, change, author, preview=preview)


def split(
    session: Session,
    folder: Path,
    theme_id: str,
    parts: int,
    encoder: Encoder,
    author: Author,
    *,
    seed: int,
    preview: bool,
) -> Edit:
    """Divide a theme in ``parts``; the largest keeps the id, the others get new ones."""
    registry = registry_of(session, theme_id)
    own = session.matching("mentions", pl.DataFrame({"theme_id": [theme_id]}))
    stored = stored_spans(session, folder, own)
    own = stored.spans.select("feedback_id", "span").join(
        own, on=["feedback_id", "span"], maintain_order="left"
    )
    distinct = len(np.unique(stored.vectors, axis=0)) if len(own) else 0
    if parts < 2 or distinct < _FEWEST or parts > distinct // 2:
        raise ConfigError(
            f"Theme {theme_id} has {distinct} distinct passages and cannot be split into {parts}. "
            f"Ask for 2 to {max(2, distinct // 2)} parts of a theme with {_FEWEST} or more."
        )
    from analyzer.themes.discovery import discover

    texts = stored.spans["text"].to_list()
    found = discover(stored.vectors, stored.languages, texts=texts, themes=parts, seed=seed)
    label = _largest_first(found.labels, stored.spans["feedback_id"])
    ids = [theme_id, *new_ids(used_ids(session), parts - 1)]
    rows = registry.space.centre(stored.vectors, stored.languages)
    middles = centroids(rows, label, parts)
    owner = [registry.ids[i] for i in registry.space.owner]
    keep = [name != theme_id for name in owner]
    limit = limit_of(registry, theme_id)
    space = space_of(
        registry.space,
        [name for name, kept in zip(owner, keep, strict=True) if kept] + ids,
        np.vstack([registry.space.prototypes[keep], middles]),
        dict(zip(registry.ids, registry.space.limits.tolist(), strict=True))
        | dict.fromkeys(ids, limit),
    )
    at = [space[0].index(name) for name in ids]
    added = _split_rows(stored, label, np.array(at)[label], space, registry, ids, encoder)
    change = Change(
        "split",
        tuple(ids),
        {"parts": parts},
        own.with_columns(theme_id=pl.Series([ids[i] for i in label], dtype=pl.String)).filter(
            pl.Series(label > 0)
        ),
        {},
        added=added,
        space=space,
    )
    edit = do(session, registry, change, author, preview=preview)
    if not preview:
        save_born(session, ids[1:], middles[1:])
    return edit


def move(
    session: Session,
    folder: Path,
    feedback_ids: Sequence[str],
    theme_id: str,
    author: Author,
    *,
    preview: bool,
) -> Edit:
    """Put comments into a theme by hand; no later assignment takes them out."""
    registry = registry_of(session, theme_id)
    reported(registry, theme_id)
    wanted = pl.DataFrame({"feedback_id": list(feedback_ids)}, schema={"feedback_id": pl.String})
    mentions = session.matching("mentions", wanted)
    missing = sorted(set(feedback_ids) - set(mentions["feedback_id"]))
    if missing:
        raise ConfigError(
            f"{len(missing)} comments have no theme in {folder}, the first is {missing[0]!r}. "
            "Take ids from mentions.csv of a report of this workspace."
        )
    change = Change(
        "move",
        (theme_id,),
        {"comments": wanted.height},
        mentions.with_columns(theme_id=pl.lit(theme_id), pinned=pl.lit(value=True)),
        {},
    )
    return do(session, registry, change, author, preview=preview)


def exclude(session: Session, theme_id: str, author: Author, *, preview: bool) -> Edit:
    """Take a theme out of reports; it still attracts its comments, so that they stay out."""
    return _set_state(session, theme_id, "exclude", "excluded", author, preview=preview)


def restore(session: Session, theme_id: str, author: Author, *, preview: bool) -> Edit:
    """Bring an excluded theme back."""
    return _set_state(session, theme_id, "restore", "active", author, preview=preview)


def reassign(
    session: Session,
    folder: Path,
    waves: Sequence[str],
    author: Author,
    *,
    preview: bool,
) -> Edit:
    """Assign all comments of some waves anew to the themes of today; what is pinned stays."""
    registry = registry_of(session)
    check_waves(order_of_waves(session), *waves)
    stored = load_wave(session, folder, waves)
    mentions = session.matching("mentions", stored.spans.select("feedback_id", "span"))
    again = registry.space.assign(stored.vectors, stored.languages)
    fresh = as_mentions(stored.spans, registry.ids, again)
    old = mentions.filter(~pl.col("pinned")).select("feedback_id", "span", old="theme_id")
    moved = fresh.join(old, on=["feedback_id", "span"]).filter(pl.col("theme_id") != pl.col("old"))
    change = Change("reassign", (), {"waves": list(waves)}, moved.drop("old"), {})
    return do(session, registry, change, author, preview=preview)


def _set_state(
    session: Session, theme_id: str, verb: str, state: str, author: Author, *, preview: bool
) -> Edit:
    registry = registry_of(session)
    row = row_of(registry, theme_id)
    if row["state"] == "merged":
        raise ConfigError(
            f"Theme {theme_id} was merged into {row['into_id']}. Undo the merge instead: "
            "analyzer themes undo"
        )
    if (row["state"] == "excluded") == (state == "excluded"):
        raise ConfigError(f"Theme {theme_id} is {row['state']}: there is nothing to {verb}.")
    own = session.matching("mentions", pl.DataFrame({"theme_id": [theme_id]}))
    change = Change(
        verb,
        (theme_id,),
        {},
        no_mentions(session),
        {theme_id: {"state": state}},
        comments=own["feedback_id"].n_unique(),
    )
    return do(session, registry, change, author, preview=preview)


def _largest_first(label: NDArray[np.int64], comments: pl.Series) -> NDArray[np.int64]:
    """Number groups by how many comments they have; the first one keeps the theme's id."""
    pairs = pl.DataFrame({"label": label, "comment": comments}).unique()
    counts = np.bincount(pairs["label"].to_numpy(), minlength=int(label.max()) + 1)
    rank = np.empty_like(counts)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.asarray(rank[label], dtype=np.int64)


def _split_rows(
    stored: Stored,
    label: np.ndarray[Any, Any],
    theme: np.ndarray[Any, Any],
    space: tuple[list[str], ThemeSpace],
    registry: Registry,
    ids: list[str],
    encoder: Encoder,
) -> pl.DataFrame:
    """Rows of the parts that are new, named from their comments."""
    from analyzer.themes.label import label_themes

    names = label_themes(
        stored.spans["text"].to_list(), stored.languages, theme, stored.vectors, space[1], encoder,
        count=len(space[0]), polarity=stored.spans["polarity"],
    )  # fmt: skip
    parent = row_of(registry, ids[0])
    rows = []
    for name in ids[1:]:
        told = names[space[0].index(name)]
        rows.append(
            {
                **parent,
                "theme_id": name,
                **{f"name_{code}": told.name.get(code) for code in LANGUAGES},
                **{f"keywords_{code}": list(told.keywords[code]) for code in LANGUAGES},
                "renamed": False,
                "note": None,
                "state": "active",
            }
        )
    return pl.DataFrame(rows, schema=registry.themes.schema)

"""What a codebook file says of themes beside their names: descriptions and examples; new themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.encoders import BUNDLED
from analyzer.schema import LANGUAGES
from analyzer.store.changes import Author, Change, Edit, do, no_mentions, registry_of
from analyzer.store.frames import load_wave, save_born
from analyzer.store.status import order_of_waves, reference
from analyzer.themes.follow import extend
from analyzer.themes.rows import unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.store.database import Session
    from analyzer.store.models import Models
    from analyzer.themes.assign import ThemeSpace
    from analyzer.themes.codebook import CodebookTheme

__all__ = ["Wording", "add_theme", "reword", "spoken", "wordings"]

_SCHEMA: Final = {"part": pl.String, "language": pl.String, "text": pl.String}
_DESCRIPTION: Final = "description"
_EXAMPLE: Final = "example"


@dataclass(frozen=True)
class Wording:
    """Description and examples of a theme.

    Attributes:
        description: language and text, sorted.
        examples: language and text, sorted; accepted corrections among them.
    """

    description: tuple[tuple[str, str], ...] = ()
    examples: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, theme: CodebookTheme) -> Wording:
        """Read it from an entry of a codebook."""
        examples = {(code, text) for code, texts in theme.examples.items() for text in texts}
        return cls(tuple(sorted(theme.description.items())), tuple(sorted(examples)))


def wordings(session: Session) -> dict[str, Wording]:
    """Wording of every theme that has some: what the newest edit says, and accepted examples."""
    rows = session.frame(
        "SELECT theme_id, part, language, text FROM wording QUALIFY edit = max(edit) OVER "
        "(PARTITION BY theme_id)"
    ).drop_nulls("text")
    accepted = session.frame(
        "SELECT theme_id, 'example' AS part, language, text FROM examples WHERE dropped_by IS NULL"
    )
    found: dict[str, dict[str, set[tuple[str, str]]]] = {}
    for theme_id, part, language, text in pl.concat([rows, accepted]).iter_rows():
        found.setdefault(theme_id, {}).setdefault(part, set()).add((language, text))
    return {
        name: Wording(
            tuple(sorted(parts.get(_DESCRIPTION, ()))), tuple(sorted(parts.get(_EXAMPLE, ())))
        )
        for name, parts in found.items()
    }


def reword(session: Session, theme_id: str, wording: Wording, author: Author) -> Edit:
    """Give a theme another description and other examples; its comments stay where they are."""
    registry = registry_of(session, theme_id)
    number = session.next("edits", "edit")
    own = pl.DataFrame({"theme_id": [theme_id]})
    accepted = session.matching("examples", own).filter(pl.col("dropped_by").is_null())
    for language, text in accepted.select("language", "text").unique().iter_rows():
        if (language, text) not in wording.examples:
            session.run(
                "UPDATE examples SET dropped_by = $number WHERE theme_id = $theme AND text = $text "
                "AND language = $language AND dropped_by IS NULL",
                number=number, theme=theme_id, text=text, language=language,
            )  # fmt: skip
    kept = set(accepted.select("language", "text").iter_rows())
    _save(session, theme_id, wording, number, kept)
    told = {"examples": len(wording.examples), "descriptions": len(wording.description)}
    change = Change("reword", (theme_id,), told, no_mentions(session), {}, comments=0)
    return do(session, registry, change, author, preview=False)


def add_theme(
    session: Session, folder: Path, theme: CodebookTheme, models: Models, author: Author
) -> Edit:
    """Make a theme from its name, description and examples; it gets comments from now on.

    It lies at the mean of its texts, and its limit is the 97 % quantile of what comments that are
    there reach. Comments of the past come to it with `reassign`.
    """
    registry = registry_of(session)
    number = session.next("edits", "edit")
    wave = order_of_waves(session)[-1]
    texts, codes = spoken(theme)
    vectors = np.asarray(models.encoder.encode(texts), dtype=np.float32)
    rows = registry.space.centre(vectors, codes)
    space = extend(registry.space, [rows], _sample(session, folder, registry.space))
    added = pl.DataFrame(
        {
            "theme_id": [theme.id],
            "origin": [_origin(texts, codes, vectors, models)],
            **{f"name_{code}": [theme.name_in(code)] for code in LANGUAGES},
            **{f"keywords_{code}": pl.Series([[]], dtype=pl.List(pl.String)) for code in LANGUAGES},
            "weak": [False],
            "state": ["active"],
            "since": [wave],
            "renamed": [True],
        }
    )
    change = Change(
        "add",
        (theme.id,),
        {"names": theme.name},
        no_mentions(session),
        {},
        added=added,
        space=([*registry.ids, theme.id], space),
        comments=0,
    )
    edit = do(session, registry, change, author, preview=False)
    save_born(session, [theme.id], unit(rows.mean(axis=0, keepdims=True)))
    _save(session, theme.id, Wording.of(theme), number, set())
    return edit


def spoken(theme: CodebookTheme) -> tuple[list[str], list[str]]:
    """Texts of a theme that say where it lies, and their languages: examples count most."""
    told = [(code, text) for code, texts in theme.examples.items() for text in texts]
    told += [*theme.description.items(), *theme.name.items()]
    distinct = sorted(set(told))
    return [text for _, text in distinct], [code for code, _ in distinct]


def _save(
    session: Session,
    theme_id: str,
    wording: Wording,
    edit: int,
    accepted: set[tuple[str, str]],
) -> None:
    """Add what a theme is like from this edit on; a row without text says: nothing."""
    rows: list[tuple[str, str | None, str | None]] = [
        *((_DESCRIPTION, *one) for one in wording.description),
        *((_EXAMPLE, *one) for one in wording.examples if one not in accepted),
    ]
    frame = pl.DataFrame(rows or [(_EXAMPLE, None, None)], schema=_SCHEMA, orient="row")
    session.append("wording", frame.with_columns(theme_id=pl.lit(theme_id), edit=pl.lit(edit)))


def _sample(session: Session, folder: Path, space: ThemeSpace) -> NDArray[np.float32]:
    """Centred rows of the newest wave, to calibrate a limit by."""
    wave = order_of_waves(session)[-1]
    keys = session.frame(
        "SELECT s.feedback_id, span FROM spans s JOIN feedback USING (feedback_id) "
        "WHERE wave = $wave ORDER BY ALL",
        wave=wave,
    )
    chosen = keys[reference(keys.height, 0)]
    stored = load_wave(session, folder, [wave], spans=chosen)
    return space.centre(stored.vectors, stored.languages)


def _origin(
    texts: Iterable[str], codes: list[str], vectors: NDArray[np.float32], models: Models
) -> str:
    """Whether people complain of it or praise it, by the sentiment of its texts."""
    bundled = vectors if models.encoder.name == BUNDLED else None
    polarity = models.scorer.predict(list(texts), codes, vectors=bundled).polarity
    return "strength" if float(np.mean(polarity)) > 0 else "problem"

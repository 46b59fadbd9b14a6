"""Let people check: a blind sheet for one or two coders, and how well they and analyzer agree."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analyzer.errors import ConfigError, InputError, OutputError
from analyzer.stages import counted
from analyzer.store.frames import ACTIVE, load_registry
from analyzer.store.status import order_of_waves
from analyzer.store.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.store.changes import Edit
    from analyzer.store.database import Session

__all__ = ["Scores", "sample", "score"]

_COLUMNS: Final = ("feedback_id", "language", "comment")
_CANDIDATES: Final = 4
_CHOICE: Final = "themes (ids, comma between)"
_REMARK: Final = "remark"
_THEMES_SHEET: Final = "themes"
_BOOTSTRAP: Final = 500
_NONE: Final = "none"
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)  # a workbook of the same rows has the same bytes


@dataclass(frozen=True)
class Scores:
    """How well coders and analyzer agree.

    Attributes:
        overall: one row a pair (coder_1 + coder_2, coder_1 + analyzer ...): pair, comments, kappa,
            kappa_low, kappa_high, f1, f1_low, f1_high. Kappa is Cohen's over all comment and theme
            decisions; f1 is micro. Intervals: 95 %, bootstrap over comments.
        themes: the same for each theme: pair, theme_id, comments (that either gave it), kappa, f1,
            f1_low, f1_high.
        corrections: comments whose coders agree with each other and not with analyzer:
            feedback_id, themes, analyzer.
        accepted: the edit that moved them, if they were accepted.
    """

    overall: pl.DataFrame
    themes: pl.DataFrame
    corrections: pl.DataFrame = field(repr=False)
    accepted: Edit | None = None


def sample(session: Session, wave: str, out: Path, *, n: int, language: str, seed: int) -> int:
    """Write a blind sheet; see `analyzer.store.Workspace.review_sample`."""
    registry = load_registry(session)
    feedback = session.frame(
        "SELECT feedback_id, language, text FROM feedback WHERE wave = $wave AND analysed",
        wave=wave,
    ).sort("feedback_id")
    if registry is None or feedback.is_empty():
        known = ", ".join(order_of_waves(session)) or "none yet"
        raise ConfigError(
            f"Wave {wave!r} has no comment with themes. Ingest it first; there are {known}."
        )
    if n < 1:
        raise ConfigError(f"A sheet needs at least 1 comment, got {n}.")
    themes = registry.themes.filter(pl.col("state").is_in(ACTIVE))
    mentions = session.matching("mentions", feedback.select("feedback_id")).filter(
        pl.col("theme_id").is_in(themes["theme_id"].to_list())
    )
    chosen = _stratified(feedback, counted(mentions), n, seed)
    ids = themes["theme_id"].to_list()
    random = np.random.default_rng(seed)
    names = themes.select("theme_id", name=f"name_{language}")
    called = dict(names.iter_rows())
    rows = []
    said = mentions.group_by("feedback_id").agg("theme_id")
    own = dict(said.iter_rows())
    for feedback_id, code, text in chosen.iter_rows():
        offered = list(dict.fromkeys(own.get(feedback_id, [])))[:_CANDIDATES]
        rest = [name for name in ids if name not in offered]
        count = max(0, min(_CANDIDATES - len(offered), len(rest)))
        offered += random.choice(rest, count, replace=False).tolist() if count else []
        told = "\n".join(f"{name} {called[name]}" for name in sorted(offered))
        rows.append((feedback_id, code, text, told))
    frame = pl.DataFrame(rows, schema=[*_COLUMNS, "candidates"], orient="row")
    _write(frame, names, out)
    return frame.height


def score(session: Session, sheets: Sequence[Path], *, seed: int) -> Scores:
    """Read filled sheets back; see `analyzer.store.Workspace.review_score`."""
    if not 1 <= len(sheets) <= 2:
        raise ConfigError(f"Give the sheet of one coder or of two, got {len(sheets)}.")
    registry = load_registry(session)
    if registry is None:
        raise ConfigError("The workspace has no themes yet.")
    ids = registry.themes["theme_id"].to_list()
    coders = {f"coder_{i + 1}": _read(sheet, set(ids)) for i, sheet in enumerate(sheets)}
    shared = sorted(set.intersection(*(set(coder) for coder in coders.values())))
    if not shared:
        raise InputError(_nothing(sheets, coders))
    keys = pl.DataFrame({"feedback_id": shared})
    mentions = counted(session.matching("mentions", keys))
    own: dict[str, set[str]] = {name: set() for name in shared}
    for feedback_id, theme_id in mentions.select("feedback_id", "theme_id").iter_rows():
        own[feedback_id].add(theme_id)
    sides = {name: _matrix(shared, coder, ids) for name, coder in coders.items()}
    sides["analyzer"] = _matrix(shared, own, ids)
    names = list(sides)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    return Scores(
        overall=pl.DataFrame([_overall(f"{a} + {b}", sides[a], sides[b], seed) for a, b in pairs]),
        themes=pl.DataFrame(
            [
                row
                for a, b in pairs
                for row in _by_theme(f"{a} + {b}", sides[a], sides[b], ids, seed)
            ],
            schema=_THEME_SCHEMA,
        ),
        corrections=_corrections(shared, coders, own),
    )


def _nothing(sheets: Sequence[Path], coders: dict[str, dict[str, set[str]]]) -> str:
    for sheet, coder in zip(sheets, coders.values(), strict=True):
        if not coder:
            return (
                f"{sheet}: the column {_CHOICE!r} is empty. Write ids of the sheet "
                f"{_THEMES_SHEET!r} in it, or {_NONE}."
            )
    return "The sheets have no filled comment in common. Give sheets of one sample."


def _stratified(feedback: pl.DataFrame, mentions: pl.DataFrame, n: int, seed: int) -> pl.DataFrame:
    """Comments spread over themes, in random order that says nothing about them."""
    random = np.random.default_rng(seed)
    order = pl.Series(random.permutation(feedback.height))
    first = mentions.sort("similarity", descending=True).unique("feedback_id", keep="first")
    rows = (
        feedback.with_columns(order=order)
        .join(first.select("feedback_id", "theme_id"), on="feedback_id", how="left")
        .with_columns(turn=pl.col("order").rank("ordinal").over("theme_id"))
        .sort("turn", "order")
        .head(n)
    )
    return rows.sort("order").select("feedback_id", "language", "text")


def _write(frame: pl.DataFrame, names: pl.DataFrame, out: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    if out.suffix.lower() != ".xlsx":
        raise OutputError(f"A review sheet is a workbook: name it {out.stem}.xlsx, not {out.name}.")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _EPOCH})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    _sheet(book, "review", frame.with_columns(pl.lit("").alias(_CHOICE), pl.lit("").alias(_REMARK)),
           (wrap, bold), (22, 9, 70, 36, 30, 30))  # fmt: skip
    _sheet(book, _THEMES_SHEET, names, (wrap, bold), (12, 40))
    book.close()
    write_whole(out, buffer.getvalue())


def _sheet(
    book: Any,  # noqa: ANN401 - a library without types
    name: str,
    frame: pl.DataFrame,
    formats: tuple[Any, Any],
    widths: tuple[int, ...],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, (title, width) in enumerate(zip(frame.columns, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats[1])
    for number, row in enumerate(frame.iter_rows(), start=1):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value or "", formats[0])


def _read(sheet: Path, known: set[str]) -> dict[str, set[str]]:
    """Themes that a coder gave to each comment; rows left empty are not in it."""
    import fastexcel

    try:
        frame = fastexcel.read_excel(str(sheet)).load_sheet(0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, OSError) as error:
        raise InputError(f"{sheet} cannot be read as a workbook. Give the filled sheet.") from error
    if "feedback_id" not in frame.columns or _CHOICE not in frame.columns:
        raise InputError(
            f"{sheet} lacks the column feedback_id or {_CHOICE!r}. Give a sheet that "
            "`analyzer review sample` wrote."
        )
    found: dict[str, set[str]] = {}
    written = {name.casefold(): name for name in (*known, _NONE)}
    for number, (feedback_id, given) in enumerate(
        frame.select("feedback_id", _CHOICE).iter_rows(), start=2
    ):
        parts = {part.strip() for part in (given or "").replace(";", ",").split(",")} - {""}
        if not parts:
            continue
        unknown = sorted(part for part in parts if part.casefold() not in written)
        if unknown:
            raise InputError(
                f"{sheet}, row {number}: {', '.join(unknown)} is no theme. Write ids of the sheet "
                f"{_THEMES_SHEET!r}, or {_NONE}."
            )
        found[feedback_id] = {written[part.casefold()] for part in parts} - {_NONE}
    return found


def _matrix(rows: list[str], given: dict[str, set[str]], ids: list[str]) -> NDArray[np.int64]:
    return np.array([[int(name in given[row]) for name in ids] for row in rows])


_THEME_SCHEMA: Final = {
    "pair": pl.String, "theme_id": pl.String, "comments": pl.Int64, "kappa": pl.Float64,
    "f1": pl.Float64, "f1_low": pl.Float64, "f1_high": pl.Float64,
}  # fmt: skip


def _overall(
    pair: str, one: NDArray[np.int64], other: NDArray[np.int64], seed: int
) -> dict[str, Any]:
    kappa, f1 = _kappa(one, other), _f1(one, other)
    random = np.random.default_rng(seed)
    picks = random.integers(0, len(one), (_BOOTSTRAP, len(one)))
    kappas = _interval([_kappa(one[pick], other[pick]) for pick in picks])
    f1s = _interval([_f1(one[pick], other[pick]) for pick in picks])
    return {
        "pair": pair, "comments": len(one),
        "kappa": kappa, "kappa_low": kappas[0], "kappa_high": kappas[1],
        "f1": f1, "f1_low": f1s[0], "f1_high": f1s[1],
    }  # fmt: skip


def _by_theme(
    pair: str, one: NDArray[np.int64], other: NDArray[np.int64], ids: list[str], seed: int
) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    picks = random.integers(0, len(one), (_BOOTSTRAP, len(one)))
    rows = []
    for column, name in enumerate(ids):
        a, b = one[:, column], other[:, column]
        if not (a | b).any():
            continue
        low, high = _interval([_f1(a[pick], b[pick]) for pick in picks])
        rows.append(
            {
                "pair": pair,
                "theme_id": name,
                "comments": int((a | b).sum()),
                "kappa": _kappa(a, b),
                "f1": _f1(a, b),
                "f1_low": low,
                "f1_high": high,
            }
        )
    return rows


def _kappa(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    """Cohen's kappa; None where both say the same of every comment and chance would too."""
    from sklearn.metrics import cohen_kappa_score

    a, b = one.ravel(), other.ravel()
    if len(np.unique(np.concatenate([a, b]))) < 2:
        return None
    return round(float(cohen_kappa_score(a, b)), 4)


def _f1(one: NDArray[np.int64], other: NDArray[np.int64]) -> float | None:
    """Micro F1, which is the same from either side; None when nobody gave a theme."""
    given = int(one.sum() + other.sum())
    return round(2 * int((one & other).sum()) / given, 4) if given else None


def _interval(values: list[float | None]) -> tuple[float | None, float | None]:
    known = [value for value in values if value is not None]
    if not known:
        return None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def _corrections(
    rows: list[str], coders: dict[str, dict[str, set[str]]], own: dict[str, set[str]]
) -> pl.DataFrame:
    told = []
    for row in rows:
        given = [coder[row] for coder in coders.values()]
        if all(one == given[0] for one in given) and given[0] != own[row]:
            told.append(
                (
                    row,
                    ", ".join(sorted(given[0])) or _NONE,
                    ", ".join(sorted(own[row])) or _NONE,
                )
            )
    schema = {"feedback_id": pl.String, "themes": pl.String, "analyzer": pl.String}
    return pl.DataFrame(told, schema=schema, orient="row")

"""Frames that a notebook holds already: rows as strings, as of a Parquet file."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from analyzer.errors import ConfigError, InputError
from analyzer.sources.header import unique_names
from analyzer.sources.structured import typed_table

if TYPE_CHECKING:
    from analyzer.sources.model import Table

__all__ = ["FRAME", "Input", "checked", "read_frame"]

Frame = Any  # of polars, pandas, pyarrow or whatever else hands out Arrow's columns
Input = str | PathLike[str] | Frame
FRAME = "frame"


def checked(given: Input) -> Path | Frame:
    """Return a path as such and a frame as it is.

    Raises:
        ConfigError: It is neither.
    """
    if isinstance(given, str | PathLike):
        return Path(given)
    if isinstance(given, pl.DataFrame) or hasattr(given, "__arrow_c_stream__"):
        return given
    kind = type(given).__name__
    if isinstance(given, list | tuple | set):
        what = "Give files one by one: analyze('march.csv', 'april.csv'), or analyze(*files)."
    elif isinstance(given, pl.LazyFrame):
        what = "Give frame.collect()."
    else:
        what = "Give paths of files, or frames of polars or pandas with a column a question."
    raise ConfigError(f"A {kind} is no file and no frame. {what}")


def read_frame(frame: Frame, name: str) -> Table:
    """Read a frame of polars, pandas or pyarrow.

    Args:
        frame: one row a person's answers, posts or tickets; an index without a name is left out.
        name: what to call it.

    Returns:
        Its rows as strings, structs as dotted columns.

    Raises:
        InputError: It has no row, or values that Arrow cannot hold.
    """
    if hasattr(frame, "iloc"):  # of pandas
        frame = _without_objects(frame)
    try:
        columns = pl.DataFrame(frame)
    except (pl.exceptions.PolarsError, TypeError, ValueError, ImportError) as error:
        raise InputError(
            f"{name} cannot be read as a frame ({type(error).__name__}). Write it to a Parquet or "
            "CSV file and give that."
        ) from error
    if columns.is_empty():
        raise InputError(f"{name} has columns but no row.")
    return replace(typed_table(columns, "csv"), format=FRAME)  # known by the names of columns


def _without_objects(frame: Frame) -> Frame:
    """Values of mixed kinds as text, which Arrow needs, and an index with a name as a column."""
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index()
    names = [" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in frame]
    titles = unique_names(names)
    frame = frame.set_axis(titles, axis=1)
    mixed = {
        title: frame[title].where(frame[title].isna(), frame[title].map(_written))
        for title in titles
        if frame[title].dtype == object
    }
    return frame.assign(**mixed)


def _written(value: object) -> object:
    """A cell as text; lists and the like stay, for they are read as in JSON."""
    return value if isinstance(value, list | dict | bytes) else str(value)

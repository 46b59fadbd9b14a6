"""Where heavy, independent work runs: on this machine or on a Ray cluster, with equal results.

Reading, discovery and statistics stay with the process that asked: they need all rows at once and
take little. What is done row by row (redaction, encoding, sentiment) goes through an `Engine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from analyzer.engine.local import LocalEngine
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

__all__ = ["ENGINES", "Engine", "LocalEngine", "Work", "check_engine", "load_engine", "parts"]

ENGINES = ("local", "ray")
T = TypeVar("T")
R = TypeVar("R")


class Work(Protocol):
    """Something done to rows, the same for a row whatever stands beside it; it can be pickled."""

    def __call__(self, rows: pl.DataFrame, /) -> pl.DataFrame:
        """Return one row for each row, in their order."""
        ...


class Engine(Protocol):
    """Runs work over parts of a frame."""

    @property
    def name(self) -> str:
        """One of `ENGINES`."""
        ...

    @property
    def part_rows(self) -> int:
        """Rows that are worth sending as one part."""
        ...

    def worth(self, rows: int) -> bool:
        """Tell whether work on so many rows is to be cut into parts and mapped."""
        ...

    def map(self, work: Work, parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Give the results of the parts, in their order."""
        ...

    def spread(self, function: Callable[[T], R], items: Iterable[T]) -> Iterable[R]:
        """Apply a function to items, in their order, on this machine."""
        ...

    def close(self) -> None:
        """Give back what the engine holds on this machine."""
        ...


def load_engine(name: str = "local", address: str | None = None) -> Engine:
    """Choose an engine.

    Args:
        name: "local" or "ray".
        address: of a running Ray cluster, e.g. "ray://host:10001" or "auto"; None starts one on
            this machine.

    Returns:
        An `Engine`.

    Raises:
        ConfigError: The engine is not known, is not installed or cannot be reached; or an address
            is given for the local one.
    """
    check_engine(name, address)
    if name == "local":
        return LocalEngine()
    from analyzer.engine.ray_data import RayEngine

    return RayEngine(address)


def check_engine(name: str, address: str | None) -> None:
    """Refuse what `load_engine` would refuse whatever is installed.

    Raises:
        ConfigError: The engine is not known, or an address is given for the local one.
    """
    if name not in ENGINES:
        raise ConfigError(f"Engine {name!r} is not known. Choose one of {', '.join(ENGINES)}.")
    if name == "local" and address is not None:
        raise ConfigError("--address names a Ray cluster: add --engine ray, or leave it out.")


def parts(frame: pl.DataFrame, rows: int) -> list[pl.DataFrame]:
    """Cut a frame into parts of so many rows."""
    return [frame[start : start + rows] for start in range(0, len(frame), rows)]

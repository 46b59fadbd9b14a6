"""Work on this machine: in this process, and in one process a processor where there is much."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, TypeVar

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

    from analyzer.engine import Work

__all__ = ["LocalEngine"]

_PART_ROWS = 1_024
_LEAST_ROWS = 5_000  # below this, starting processes takes longer than they save
_MOST_PROCESSES = 8  # each holds a few hundred megabytes

T = TypeVar("T")
R = TypeVar("R")


class LocalEngine:
    """Runs Python-bound work in processes of its own, which start with the first large job.

    Encoding stays with the process that asks: its threads keep all processors busy as they are.
    Nothing that is sent to a process is written to disk.
    """

    name = "local"
    part_rows = _PART_ROWS
    least_rows = _LEAST_ROWS

    def __init__(self, processes: int | None = None) -> None:
        """Set up; no process starts yet.

        Args:
            processes: how many at most; by default one a processor, up to 8. 1 keeps everything in
                this process.
        """
        from joblib import cpu_count

        self._processes = processes or min(cpu_count(), _MOST_PROCESSES)
        self._started = False

    def worth(self, rows: int) -> bool:
        """Tell whether work on so many rows is to be cut into parts."""
        return self._processes > 1 and rows >= self.least_rows

    def map(self, work: Work, parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Give the results of the parts, in their order."""
        return self._run(work, parts)

    def spread(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Apply a function to items as `map` does; in the processes if they have started."""
        return self._run(function, items) if self._started else map(function, items)

    def _run(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        if self._processes == 1:
            yield from map(function, items)
            return
        from joblib import Parallel, delayed, parallel_config
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        self._started = True
        with parallel_config(backend="loky", inner_max_num_threads=1):
            pool = Parallel(self._processes, return_as="generator", batch_size=1, max_nbytes=None)
            results = pool(delayed(function)(item) for item in items)
        try:
            with warnings.catch_warnings():
                # A process that has loaded much is replaced: that is no news for an analyst.
                warnings.filterwarnings("ignore", "A worker stopped", UserWarning)
                yield from results
        except TerminatedWorkerError as error:
            raise ModelError(
                "A process that helped with the work was stopped by the system, most often because "
                "memory ran out. Close other programs, or analyse fewer rows at once (--where)."
            ) from error

    def close(self) -> None:
        """End the processes and give their memory back."""
        if self._started:
            from joblib.externals.loky import get_reusable_executor

            get_reusable_executor().shutdown(wait=True)
            self._started = False

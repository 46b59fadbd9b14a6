"""Work on a Ray cluster: streaming batches through actors that load their models once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from analyzer.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analyzer.engine import Work

__all__ = ["RayEngine"]

_ROW = "__row__"
_PART_ROWS = 2_048

T = TypeVar("T")
R = TypeVar("R")


class RayEngine:
    """Runs work as Ray Data batches over all processors of a cluster.

    A worker or a node that dies is replaced and its batches are done again; every row comes back
    once, or the run ends with an error. Rows travel through Ray's object store, never through a
    file of this program.
    """

    name = "ray"
    part_rows = _PART_ROWS

    def __init__(self, address: str | None = None) -> None:
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise ConfigError(
                "The Ray engine is not installed. Install it with pip install 'analyzer[scale]', "
                "or leave --engine out."
            ) from error
        self._ray: Any = ray
        if ray.is_initialized():
            return
        # A head that this process starts has no dashboard and prints nothing of its own.
        own: dict[str, Any] = {} if address else {"include_dashboard": False}
        try:
            ray.init(
                address, log_to_driver=False, logging_level=logging.ERROR,
                configure_logging=False, **own,
            )  # fmt: skip
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise ConfigError(
                f"No Ray cluster could be reached at {address or 'this machine'} "
                f"({type(error).__name__}). Check --address and that the cluster runs."
            ) from error

    @property
    def workers(self) -> int:
        """Processors of the cluster now, each of which gets an actor."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _actors(self, work: Work, parts: int) -> dict[str, Any]:
        """How many actors, and what each takes: a GPU where the work gains by one."""
        gpus = int(self._ray.cluster_resources().get("GPU", 0))
        if gpus and getattr(work, "wants_gpu", False):
            pool = self._pool(min(gpus, parts))
            return {"compute": pool, "num_gpus": 1, "batch_size": self.part_rows}
        return {"compute": self._pool(min(self.workers, parts)), "batch_size": None}

    def _pool(self, size: int) -> Any:  # noqa: ANN401 - Ray is imported where it is asked for
        return self._ray.data.ActorPoolStrategy(size=size)

    def worth(self, rows: int) -> bool:
        """Tell whether rows are enough for more than one part."""
        return rows > self.part_rows

    def spread(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Apply a function to items in this process."""
        return map(function, items)

    def close(self) -> None:
        """Leave the cluster as it is: others may use it."""

    def map(self, work: Work, parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Do the parts on the cluster and give their results in order, as they become ready.

        Raises:
            ModelError: The work failed on the cluster, or a row was lost.
        """
        data = self._ray.data
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        parts = list(parts)
        ends = np.cumsum([len(part) for part in parts]).tolist()
        tables = [
            part.with_columns(pl.Series(_ROW, np.arange(end - len(part), end))).to_arrow(
                compat_level=pl.CompatLevel.oldest()
            )
            for part, end in zip(parts, ends, strict=True)
        ]
        pipeline = data.from_arrow(tables).map_batches(
            _actor(work),
            batch_format="pyarrow",
            **self._actors(work, len(tables)),
        )
        expected = 0
        try:
            for table in pipeline.iter_batches(batch_size=None, batch_format="pyarrow"):
                frame = pl.DataFrame(pl.from_arrow(table))
                rows = frame[_ROW].to_numpy()
                if not np.array_equal(rows, np.arange(expected, expected + len(rows))):
                    raise ModelError("The cluster gave rows twice or out of order; run it again.")
                expected += len(rows)
                yield frame.drop(_ROW)
        except self._ray.exceptions.RayError as error:
            raise ModelError(
                f"Work on the Ray cluster failed ({type(error).__name__}) after {expected:,} of "
                f"{ends[-1]:,} rows. See the cluster's own logs, or leave --engine out."
            ) from error
        if parts and expected != ends[-1]:
            raise ModelError(
                f"The cluster gave back {expected:,} of {ends[-1]:,} rows; run it again."
            )


def _actor(work: Work) -> type:
    """Make a class that Ray starts once a worker; the work loads its models on the first batch."""

    class Actor:
        def __call__(self, table: Any) -> Any:  # noqa: ANN401 - Arrow tables, which need no import here
            from threadpoolctl import threadpool_limits

            frame = pl.DataFrame(pl.from_arrow(table))
            with threadpool_limits(1):
                done = work(frame.drop(_ROW))
            return done.with_columns(frame[_ROW]).to_arrow(compat_level=pl.CompatLevel.oldest())

    return Actor

"""Rows in blocks, on all processors: numpy lets other threads run while it calculates."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["over_blocks"]

_MOST = 8  # threads: each holds what its block needs


def over_blocks(work: Callable[[slice], None], rows: int, block: int) -> None:
    """Do work on blocks of rows, which do not wait for one another.

    Args:
        work: called with each block's slice, whose end may lie beyond the last row; it writes what
            it finds where no other block does.
        rows: how many there are.
        block: rows of a block.
    """
    parts = [slice(start, start + block) for start in range(0, rows, block)]
    if len(parts) < 2:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST)) as pool:
        for _ in pool.map(work, parts):
            pass

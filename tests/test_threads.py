"""Blocks of rows on all processors."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from analyzer.threads import over_blocks


@pytest.mark.parametrize("rows", [0, 1, 10, 11, 95])
def test_every_row_is_done_once(rows: int) -> None:
    done = np.zeros(rows)

    def work(part: slice) -> None:
        done[part] += 1

    over_blocks(work, rows, 10)
    assert (done == 1).all()


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors")
def test_blocks_run_side_by_side() -> None:
    """Each of two blocks waits for the other."""
    both = threading.Barrier(2, timeout=30)

    def work(_: slice) -> None:
        both.wait()

    over_blocks(work, 20, 10)


def test_one_block_needs_no_thread() -> None:
    names: list[str] = []
    over_blocks(lambda _: names.append(threading.current_thread().name), 5, 10)
    assert names == [threading.current_thread().name]


def test_an_error_in_a_block_reaches_the_caller() -> None:
    def work(part: slice) -> None:
        raise ValueError(part.start)

    with pytest.raises(ValueError, match="0"):
        over_blocks(work, 30, 10)

"""Vectors are computed once, and a broken cache costs time, never a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.encoders.cache import VectorCache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class Counting:
    """An encoder that remembers what it was asked; vectors are letter counts."""

    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.asked += texts
        if progress:
            progress(len(texts))
        return np.array([[len(t), t.count("a")] for t in texts], np.float32).reshape(-1, 2)


def test_second_time_encodes_nothing(tmp_path: Path) -> None:
    encoder = Counting()
    first = VectorCache(tmp_path, "one").encode(["b", "aa", "b"], encoder)  # type: ignore[arg-type]
    again = VectorCache(tmp_path, "one").encode(["aa", "b"], encoder)  # type: ignore[arg-type]
    assert sorted(encoder.asked) == ["aa", "b"]
    assert np.array_equal(again, first[[1, 0]])


def test_only_what_is_new_is_encoded(tmp_path: Path) -> None:
    encoder = Counting()
    VectorCache(tmp_path, "one").encode(["a", "b"], encoder)  # type: ignore[arg-type]
    encoder.asked.clear()
    done: list[int] = []
    VectorCache(tmp_path, "one").encode(["a", "b", "c"], encoder, done.append)  # type: ignore[arg-type]
    assert encoder.asked == ["c"]
    assert sum(done) == 3


def test_encoders_do_not_share(tmp_path: Path) -> None:
    encoder = Counting()
    VectorCache(tmp_path, "one").encode(["a"], encoder)  # type: ignore[arg-type]
    VectorCache(tmp_path, "two").encode(["a"], encoder)  # type: ignore[arg-type]
    assert encoder.asked == ["a", "a"]


def test_a_damaged_shard_is_dropped(tmp_path: Path) -> None:
    encoder = Counting()
    VectorCache(tmp_path, "one").encode(["a"], encoder)  # type: ignore[arg-type]
    (shard,) = tmp_path.rglob("*.npz")
    shard.write_bytes(shard.read_bytes()[:40])
    assert VectorCache(tmp_path, "one").encode(["a"], encoder)[0].tolist() == [1, 1]  # type: ignore[arg-type]
    assert encoder.asked == ["a", "a"]


def test_no_folder_means_no_file(tmp_path: Path) -> None:
    VectorCache(None, "one").encode(["a"], Counting())  # type: ignore[arg-type]
    blocked = tmp_path / "file"
    blocked.write_text("")
    rows = VectorCache(blocked, "one").encode(["aa"], Counting())  # type: ignore[arg-type]
    assert np.asarray(rows).tolist() == [[2, 2]]


def test_no_text_is_stored(tmp_path: Path) -> None:
    VectorCache(tmp_path, "one").encode(["secreto inconfundible"], Counting())  # type: ignore[arg-type]
    assert all(b"secreto" not in path.read_bytes() for path in tmp_path.rglob("*.npz"))

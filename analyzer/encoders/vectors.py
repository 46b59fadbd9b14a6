"""Vectors of many rows, held once each: in memory, or beyond it in a file without a name."""

from __future__ import annotations

import mmap
import tempfile
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gathered", "Rows", "Shelf", "only"]

Vectors = NDArray[np.float32]

_BLOCK = 65_536
_STEP = 256  # rows that are gathered from disk at a time
_LARGE = 1_000_000_000  # bytes, from which vectors lie on disk


class Shelf:
    """A float32 array (n, d) to be filled and read in blocks.

    Beyond a gigabyte it lies in a temporary file that has no name and goes with the process; what
    was read or written is handed back to the system at once, so that memory stays bounded.
    """

    def __init__(self, rows: int, dimension: int, *, large: int = _LARGE) -> None:
        size = rows * dimension * 4
        self._map: mmap.mmap | None = None
        if size < large:
            self.array: Vectors = np.empty((rows, dimension), dtype=np.float32)
            return
        with tempfile.TemporaryFile() as file:
            file.truncate(size)
            self._map = mmap.mmap(file.fileno(), size)
        self.array = np.frombuffer(self._map, dtype=np.float32).reshape(rows, dimension)

    @property
    def on_disk(self) -> bool:
        """Whether the array lies in a file."""
        return self._map is not None

    @classmethod
    def over(cls, array: Vectors) -> Shelf:
        """A shelf that is full already."""
        shelf = cls(0, array.shape[1])
        shelf.array = array
        return shelf

    def rest(self) -> None:
        """Let the system take back the memory of what was touched; the content stays."""
        if self._map is not None and hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)


class Gathered:
    """Rows (n, d) chosen from a shelf, each as often as wanted, copied only where they are read.

    Reads like an array: ``rows[3]``, ``rows[10:20]``, ``rows[mask]``, ``rows @ matrix`` and
    ``np.asarray(rows)``.
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, shelf: Shelf, index: NDArray[np.int64]) -> None:
        self._shelf, self.index = shelf, index

    @property
    def shape(self) -> tuple[int, int]:
        """(n, d)."""
        return len(self.index), self._shelf.array.shape[1]

    def __len__(self) -> int:
        """Return n."""
        return len(self.index)

    def __getitem__(self, key: Any) -> Vectors:  # noqa: ANN401 - whatever indexes an array
        """Copy some rows."""
        at = self.index[key]
        if at.ndim == 0 or not self._shelf.on_disk:
            return np.array(self._shelf.array[at])
        # The system maps up to 2 MB around each row of 2 KB: few at a time bound what it keeps.
        rows = np.empty((len(at), self._shelf.array.shape[1]), dtype=np.float32)
        for start in range(0, len(at), _STEP):
            rows[start : start + _STEP] = self._shelf.array[at[start : start + _STEP]]
            self._shelf.rest()
        return rows

    def __matmul__(self, other: Vectors) -> Vectors:
        """Multiply each distinct row once."""
        used, at = np.unique(self.index, return_inverse=True)
        once = Gathered(self._shelf, used)
        products = [once[i : i + _BLOCK] @ other for i in range(0, len(used), _BLOCK)]
        return np.asarray(np.concatenate(products)[at], dtype=np.float32)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401
        """Copy all rows into one array."""
        rows = self[:]
        return rows if dtype is None else rows.astype(dtype, copy=False)

    def write(self, file: BinaryIO) -> NDArray[np.int64]:
        """Write each row that is used once, as a NumPy array; return which of them each row is."""
        used, at = np.unique(self.index, return_inverse=True)
        shape = (len(used), self.shape[1])
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(used), _BLOCK):
            file.write(np.ascontiguousarray(self._shelf.array[used[start : start + _BLOCK]]).data)
            self._shelf.rest()
        return at

    def only(self, rows: NDArray[Any]) -> Gathered:
        """Choose some of the rows without copying any; indices or a mask."""
        return Gathered(self._shelf, self.index[rows])


Rows = Vectors | Gathered


def only(rows: Rows, chosen: NDArray[Any]) -> Rows:
    """Choose rows by indices or a mask, without a copy where that is possible."""
    return rows.only(chosen) if isinstance(rows, Gathered) else rows[chosen]

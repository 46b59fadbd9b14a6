"""What was found before: kept sealed for a run on the same rows with the same settings.

Only who has the rows can open it: the key is a digest of them, so that the cache tells nobody what
customers wrote. Vectors lie beside it under no name of theirs, as in the vector cache.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import polars as pl

from analyzer.encoders.vectors import Gathered, Shelf
from analyzer.resources import folder as resources
from analyzer.text.ner import VARIABLE
from analyzer.themes.assign import ThemeSpace
from analyzer.themes.result import Themes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Groundwork", "Recall"]

_KEPT: Final = 5  # runs
_LARGEST: Final = 2_000_000_000  # bytes of all runs; one that is larger is not kept,
_OF_FREE: Final = 10  # unless it takes no more than so much of the disk's free space: a tenth
_MESSAGE: Final = 2**31 - 1  # bytes that can be sealed at once
_BLOCK: Final = 65_536
_NONCE: Final = 12
_FRAMES: Final = ("feedback", "spans", "ledger", "findings")
_FOUND: Final = ("frame", "mentions", "positions", "parents")
_SPACE: Final = ("mean", "prototypes", "owner", "limits")
_OFFSET: Final = "offset_"
_SEALED: Final = ".sealed"


@dataclass(frozen=True)
class Groundwork:
    """All that takes long: comments ready to be counted, their spans and themes.

    Attributes:
        feedback: `schema.FEEDBACK` and the user's own columns.
        spans: `schema.SPANS`.
        ledger: `schema.LEDGER`, one row a record.
        findings: source, type, count of redacted values.
        found: the themes.
    """

    feedback: pl.DataFrame
    spans: pl.DataFrame
    ledger: pl.DataFrame
    findings: pl.DataFrame
    found: Themes


class Recall:
    """The last five runs, of two gigabytes together at most, or of a tenth of the free disk."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / "runs"

    def key(self, records: pl.DataFrame, *settings: object) -> bytes:
        """Digest of rows, settings, program, shipped files and installed packages; 32 bytes.

        Args:
            records: as read.
            settings: whatever else decides what is found, in a fixed order.
        """
        digest = hashlib.blake2b(digest_size=32)
        told = (settings, os.environ.get(VARIABLE), list(records.schema.items()))
        digest.update(repr(told).encode() + _program() + _packages())
        for start in range(0, len(records), _BLOCK):
            part = io.BytesIO()
            records[start : start + _BLOCK].rechunk().write_ipc(part)
            digest.update(part.getbuffer())
        return digest.digest()

    def load(self, key: bytes) -> Groundwork | None:
        """What a run under this key found; None if there is none that can be read."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._folder is None:
            return None
        sealed, rows = _files(self._folder, key)
        try:
            content = sealed.read_bytes()
            opened = AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], None)
            work = _unpack(opened, np.load(rows, mmap_mode="r", allow_pickle=False))
            for path in (sealed, rows):
                os.utime(path)  # used last, dropped last
        except FileNotFoundError:
            return None
        except (
            OSError,
            InvalidTag,
            ValueError,
            KeyError,
            zipfile.BadZipFile,
            pl.exceptions.PolarsError,
        ):
            return None  # and what cannot be read is written anew
        return work

    def save(self, key: bytes, work: Groundwork) -> None:
        """Keep a run; a folder that cannot be written means working again, nothing worse."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        vectors = work.found.vectors
        if self._folder is None or not isinstance(vectors, Gathered):
            return
        nonce = os.urandom(_NONCE)
        sealed, rows = _files(self._folder, key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            room = _room(self._folder)
            if len(np.unique(vectors.index)) * vectors.shape[1] * 4 > room:
                return
            with _whole(rows) as part:
                index = vectors.write(part)
            packed = _pack(work, index)
            if len(packed) > _MESSAGE:
                rows.unlink(missing_ok=True)
                return
            with _whole(sealed) as part:
                part.write(nonce)
                part.write(AESGCM(key).encrypt(nonce, packed, None))
            _shrink(self._folder, room)
        except OSError:
            return

    @staticmethod
    def clear(folder: Path) -> int:
        """Delete every run that is kept, since nobody can see whose words it holds.

        Args:
            folder: as given to `Recall`.

        Returns:
            Runs that are gone.
        """
        gone = 0
        for path in sorted(folder.glob("runs/*")):
            gone += path.suffix == _SEALED
            path.unlink(missing_ok=True)
        return gone


def _files(folder: Path, key: bytes) -> tuple[Path, Path]:
    name = hashlib.blake2b(key, digest_size=12).hexdigest()
    return folder / f"{name}{_SEALED}", folder / f"{name}.npy"


def _room(folder: Path) -> int:
    """Bytes that all runs may take."""
    return max(_LARGEST, shutil.disk_usage(folder).free // _OF_FREE)


def _shrink(folder: Path, room: int) -> None:
    """Keep the runs that were used last."""
    size = 0
    newest = sorted(folder.glob(f"*{_SEALED}"), key=lambda path: -path.stat().st_mtime_ns)
    for number, sealed in enumerate(newest):
        rows = sealed.with_suffix(".npy")
        size += sealed.stat().st_size + (rows.stat().st_size if rows.exists() else 0)
        if number >= _KEPT or (number and size > room):
            sealed.unlink(missing_ok=True)
            rows.unlink(missing_ok=True)


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            yield part  # type: ignore[misc]
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    Path(part.name).replace(path)


def _pack(work: Groundwork, index: NDArray[np.int64]) -> memoryview:
    found, space = work.found, work.found.space
    frames = {name: getattr(work, name) for name in _FRAMES}
    frames |= {f"found_{name}": getattr(found, name) for name in _FOUND}
    arrays = {name: getattr(space, name) for name in _SPACE}
    arrays |= {_OFFSET + code: offset for code, offset in space.offsets.items()}
    arrays |= {"index": index, "leak": np.float64(found.leak), "corrected": found.corrected}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as members:
        for name, frame in frames.items():
            part = io.BytesIO()
            frame.write_ipc(part, compression="zstd")
            members.writestr(name, part.getbuffer())
        part = io.BytesIO()
        np.savez(part, **arrays)
        members.writestr("arrays", part.getbuffer())
    return content.getbuffer()


def _unpack(content: bytes, rows: NDArray[np.float32]) -> Groundwork:
    with zipfile.ZipFile(io.BytesIO(content)) as members:

        def frame(name: str) -> pl.DataFrame:
            return pl.read_ipc(io.BytesIO(members.read(name)))

        with np.load(io.BytesIO(members.read("arrays")), allow_pickle=False) as arrays:
            offsets = {
                name.removeprefix(_OFFSET): arrays[name]
                for name in arrays.files
                if name.startswith(_OFFSET)
            }
            found = Themes(
                vectors=Gathered(Shelf.over(rows), arrays["index"]),
                space=ThemeSpace(**{name: arrays[name] for name in _SPACE}, offsets=offsets),
                leak=float(arrays["leak"]),
                corrected=bool(arrays["corrected"]),
                **{name: frame(f"found_{name}") for name in _FOUND},
            )
        return Groundwork(**{name: frame(name) for name in _FRAMES}, found=found)


@cache
def _program() -> bytes:
    """Digest of the package and of the files that are shipped with it."""
    digest = hashlib.blake2b(digest_size=16)
    for root in (Path(__file__).parent, resources("corpora")):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


@cache
def _packages() -> bytes:
    """Names and versions of what is installed, since a library's release may change a result."""
    names = {
        entry.name
        for place in map(Path, sys.path)
        if place.is_dir()
        for entry in place.iterdir()
        if entry.suffix in {".dist-info", ".egg-info"}
    }
    return "\n".join([sys.version, *sorted(names)]).encode()

"""Vectors that were computed once: shards of arrays on disk, found by content, never by text."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analyzer.encoders.vectors import Gathered, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.engine.work import RemoteEncoder

__all__ = ["VectorCache", "default_folder"]

Keys = NDArray[np.bytes_]

_KEY_BYTES = 16
_KEY = f"S{_KEY_BYTES}"  # sorts and compares; that trailing zeros are not seen costs nothing
_SHARD_ROWS = 65_536  # encoded and kept at a time
_LARGEST = 2_000_000_000  # bytes a fingerprint may fill; the oldest shards go first


def default_folder() -> Path:
    """Return ``$ANALYZER_CACHE``, else ``analyzer`` in the user's cache folder."""
    named = os.environ.get("ANALYZER_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "analyzer"


class VectorCache:
    """Vectors by encoder fingerprint and a digest of the redacted text.

    New vectors are kept in shards of up to 65,536, each written whole and then renamed, so that
    runs side by side never see half a file. A folder that cannot be read or written means encoding
    again, nothing worse.
    """

    def __init__(self, folder: Path | None, fingerprint: str) -> None:
        digest = hashlib.blake2b(fingerprint.encode(), digest_size=8).hexdigest()
        self._folder = None if folder is None else folder / "vectors" / digest

    def encode(
        self,
        texts: Sequence[str] | pl.Series,
        encoder: BundledEncoder | SentenceTransformerEncoder | RemoteEncoder,
        progress: Callable[[int], None] | None = None,
    ) -> Gathered:
        """Vectors (n, d) of n texts: from the cache, else from the encoder and then kept."""
        # Millions of texts take little memory as a column, and much as objects of their own.
        column = texts if isinstance(texts, pl.Series) else pl.Series(texts, dtype=pl.String)
        distinct = column.unique().sort()
        keys = _keys(distinct)
        shelf = Shelf(len(distinct), encoder.dimension)
        missing = self._load(keys, shelf)
        if progress and len(missing) < len(distinct):
            progress(len(distinct) - len(missing))
        for start in range(0, len(missing), _SHARD_ROWS):
            part = missing[start : start + _SHARD_ROWS]
            fresh = encoder.encode(distinct[part].to_list(), progress)
            shelf.array[part] = fresh
            shelf.rest()
            self._save(keys[part], fresh)
        return Gathered(shelf, distinct.search_sorted(column).cast(pl.Int64).to_numpy())

    @staticmethod
    def forget(folder: Path, texts: Iterable[str]) -> int:
        """Take texts out of the cache, whatever encoder they were for.

        Args:
            folder: as given to `VectorCache`.
            texts: what to forget.

        Returns:
            Vectors that are gone. A shard that cannot be read is deleted whole, and so is what a
            run that was cut off left behind.

        Raises:
            OSError: A shard that holds one of the texts cannot be written.
        """
        keys = {_key(text) for text in texts}
        gone = 0
        for part in folder.glob("vectors/*/*.part"):
            part.unlink(missing_ok=True)
        for shard in sorted(folder.glob("vectors/*/*.npz")):
            try:
                with shard.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    names, rows = arrays["keys"], arrays["vectors"]
            except FileNotFoundError:  # another run made room
                continue
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                shard.unlink(missing_ok=True)
                continue
            stay = np.array([name.tobytes() not in keys for name in names], dtype=np.bool_)
            if stay.all():
                continue
            gone += int((~stay).sum())
            if stay.any():
                _write(shard, names[stay], rows[stay])
            else:
                shard.unlink(missing_ok=True)
        return gone

    @staticmethod
    def files_with(folder: Path, texts: Iterable[str]) -> list[Path]:
        """Files of the cache that still hold the digest of a text, found by searching their bytes.

        Args:
            folder: as given to `VectorCache`.
            texts: what to look for.
        """
        keys = [_key(text) for text in texts]
        found = []
        for path in sorted(folder.glob("vectors/*/*")):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            if any(key in content for key in keys):
                found.append(path)
        return found

    def _shards(self) -> list[Path]:
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(self._folder.glob("*.npz"), key=lambda p: (p.stat().st_mtime_ns, p.name))

    def _load(self, keys: Keys, shelf: Shelf) -> NDArray[np.int64]:
        """Put known vectors in their places on the shelf; return the places that stay empty."""
        order = np.argsort(keys)
        ordered = keys[order]
        empty = np.ones(len(keys), dtype=np.bool_)
        for shard in self._shards():
            if not empty.any():
                break
            try:
                with shard.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    names = arrays["keys"].view(_KEY).ravel()
                    near = np.minimum(np.searchsorted(ordered, names), len(ordered) - 1)
                    rows = np.flatnonzero((ordered[near] == names) & empty[order[near]])
                    if not len(rows):
                        continue
                    places = order[near[rows]]
                    shelf.array[places] = arrays["vectors"][rows]
                shelf.rest()
                empty[places] = False
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                shard.unlink(missing_ok=True)
        return np.flatnonzero(empty)

    def _save(self, keys: Keys, vectors: NDArray[np.float32]) -> None:
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = hashlib.blake2b(keys.tobytes(), digest_size=12).hexdigest()
            names = keys.view(np.uint8).reshape(-1, _KEY_BYTES)
            _write(self._folder / f"{name}.npz", names, vectors)
            self._shrink()
        except OSError:
            return

    def _shrink(self) -> None:
        shards = self._shards()
        size = sum(shard.stat().st_size for shard in shards)
        while size > _LARGEST and len(shards) > 1:
            oldest = shards.pop(0)
            size -= oldest.stat().st_size
            oldest.unlink(missing_ok=True)


def _write(shard: Path, names: NDArray[np.uint8], vectors: NDArray[np.float32]) -> None:
    with tempfile.NamedTemporaryFile(dir=shard.parent, suffix=".part", delete=False) as part:
        np.savez(part, keys=names, vectors=vectors)
    Path(part.name).replace(shard)


def _keys(texts: pl.Series) -> Keys:
    blocks = [
        b"".join(map(_key, texts[start : start + _SHARD_ROWS]))
        for start in range(0, len(texts), _SHARD_ROWS)
    ]
    return np.frombuffer(b"".join(blocks), dtype=_KEY)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()

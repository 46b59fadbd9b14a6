"""Vectors that were computed once: shards of arrays on disk, found by content, never by text."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from analyzer.encoders.vectors import Gathered, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder
    from analyzer.engine.work import RemoteEncoder

__all__ = ["VectorCache", "default_folder"]

_KEY_BYTES = 16
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
        texts: Sequence[str],
        encoder: BundledEncoder | SentenceTransformerEncoder | RemoteEncoder,
        progress: Callable[[int], None] | None = None,
    ) -> Gathered:
        """Vectors (n, d) of n texts: from the cache, else from the encoder and then kept."""
        distinct = sorted(set(texts))
        keys = [_key(text) for text in distinct]
        shelf = Shelf(len(distinct), encoder.dimension)
        missing = self._load(keys, shelf)
        if progress and len(missing) < len(distinct):
            progress(len(distinct) - len(missing))
        for start in range(0, len(missing), _SHARD_ROWS):
            part = missing[start : start + _SHARD_ROWS]
            fresh = encoder.encode([distinct[i] for i in part], progress)
            shelf.array[part] = fresh
            shelf.rest()
            self._save([keys[i] for i in part], fresh)
        index = {text: i for i, text in enumerate(distinct)}
        return Gathered(shelf, np.fromiter((index[text] for text in texts), np.int64, len(texts)))

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

    def _load(self, keys: Sequence[bytes], shelf: Shelf) -> list[int]:
        """Put known vectors in their places on the shelf; return the places that stay empty."""
        places = {key: i for i, key in enumerate(keys)}
        for shard in self._shards():
            if not places:
                break
            try:
                with shard.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    names = [key.tobytes() for key in arrays["keys"]]
                    rows = [row for row, name in enumerate(names) if name in places]
                    if not rows:
                        continue
                    shelf.array[[places[names[row]] for row in rows]] = arrays["vectors"][rows]
                for row in rows:
                    del places[names[row]]
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                shard.unlink(missing_ok=True)
        shelf.rest()
        return sorted(places.values())

    def _save(self, keys: list[bytes], vectors: NDArray[np.float32]) -> None:
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = hashlib.blake2b(b"".join(keys), digest_size=12).hexdigest()
            names = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES)
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


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()

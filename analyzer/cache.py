"""Vectors that were computed once: shards of arrays on disk, found by content, never by text."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from analyzer.encoders import BundledEncoder, SentenceTransformerEncoder

__all__ = ["VectorCache", "default_folder"]

_KEY_BYTES = 16
_LARGEST = 2_000_000_000  # bytes a fingerprint may fill; the oldest shards go first


def default_folder() -> Path:
    """Return ``$ANALYZER_CACHE``, else ``analyzer`` in the user's cache folder."""
    named = os.environ.get("ANALYZER_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "analyzer"


class VectorCache:
    """Vectors by encoder fingerprint and a digest of the redacted text.

    Each run adds at most one shard, written whole and then renamed, so that runs side by side never
    see half a file. A folder that cannot be read or written means encoding again, nothing worse.
    """

    def __init__(self, folder: Path | None, fingerprint: str) -> None:
        digest = hashlib.blake2b(fingerprint.encode(), digest_size=8).hexdigest()
        self._folder = None if folder is None else folder / "vectors" / digest

    def encode(
        self,
        texts: Sequence[str],
        encoder: BundledEncoder | SentenceTransformerEncoder,
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Vectors (n, d) of n texts: from the cache, else from the encoder and then kept."""
        distinct = sorted(set(texts))
        keys = [_key(text) for text in distinct]
        known = self._load(set(keys))
        missing = [text for text, key in zip(distinct, keys, strict=True) if key not in known]
        if progress and len(missing) < len(distinct):
            progress(len(distinct) - len(missing))
        if missing:
            fresh = encoder.encode(missing, progress)
            fresh_keys = [_key(text) for text in missing]
            known.update(zip(fresh_keys, fresh, strict=True))
            self._save(fresh_keys, fresh)
        if not texts:
            return encoder.encode([])
        index = {text: known[key] for text, key in zip(distinct, keys, strict=True)}
        return np.stack([index[text] for text in texts])

    def _shards(self) -> list[Path]:
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(self._folder.glob("*.npz"), key=lambda p: (p.stat().st_mtime_ns, p.name))

    def _load(self, wanted: set[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found: dict[bytes, NDArray[np.float32]] = {}
        for shard in self._shards():
            if len(found) == len(wanted):
                break
            try:
                with shard.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    keys, vectors = arrays["keys"], None
                    for row, key in enumerate(keys):
                        name = key.tobytes()
                        if name in wanted and name not in found:
                            vectors = arrays["vectors"] if vectors is None else vectors
                            found[name] = vectors[row]
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                shard.unlink(missing_ok=True)
        return found

    def _save(self, keys: list[bytes], vectors: NDArray[np.float32]) -> None:
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = hashlib.blake2b(b"".join(keys), digest_size=12).hexdigest()
            with tempfile.NamedTemporaryFile(
                dir=self._folder, suffix=".part", delete=False
            ) as part:
                np.savez(
                    part,
                    keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES),
                    vectors=vectors,
                )
            Path(part.name).replace(self._folder / f"{name}.npz")
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


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).digest()

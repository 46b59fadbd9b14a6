"""Vectors of passages in Parquet files, found by a digest of the redacted text."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analyzer.errors import StoreError
from analyzer.store.database import LENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analyzer.store.database import Session

__all__ = ["FOLDER", "add", "load", "near", "passage_key", "rewrite", "sweep"]

FOLDER: Final = "vectors"


def passage_key(text: str) -> str:
    """Name a passage without saying it."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def add(session: Session, folder: Path, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Keep vectors of passages that have none yet, in one new file.

    Args:
        session: an open transaction; the file counts from its commit on.
        folder: the workspace.
        keys: n keys; keys that come twice have equal vectors.
        vectors: (n, d).
    """
    wanted = (
        pl.DataFrame({"passage": list(keys)}, schema={"passage": pl.String})
        .with_row_index("at")
        .unique("passage", keep="first", maintain_order=True)
    )
    known = session.matching("passages", wanted.select("passage"))
    new = wanted.join(known, on="passage", how="anti", maintain_order="left").sort("passage")
    if new.is_empty():
        return
    rows = vectors[new["at"].to_numpy()]
    frame = new.select("passage", vector=pl.Series(rows, dtype=pl.Array(pl.Float32, rows.shape[1])))
    name, digest = _write(folder / FOLDER, frame)
    session.append(
        "vectors", pl.DataFrame({"file": [name], "rows": [frame.height], "sha256": [digest]})
    )
    session.append("passages", frame.select("passage", file=pl.lit(name)))


def load(session: Session, folder: Path, keys: Sequence[str]) -> NDArray[np.float32]:
    """Vectors (n, d) of n passages, in their order.

    Raises:
        StoreError: A file is missing or damaged, or a passage has no vector.
    """
    wanted = pl.DataFrame({"passage": list(keys)}, schema={"passage": pl.String})
    known = session.matching("passages", wanted)
    parts = []
    for (file,), rows in known.group_by("file", maintain_order=True):
        frame = _read(folder / FOLDER / str(file))
        parts.append(frame.join(rows, on="passage", how="semi"))
    if not parts:
        return np.empty((0, 0), dtype=np.float32)
    found = pl.concat(parts).with_row_index("at")
    at = wanted.join(found.select("passage", "at"), on="passage", how="left", maintain_order="left")
    if at["at"].null_count():
        raise StoreError(
            f"{at['at'].null_count()} passages of {folder} have no vector. Run: analyzer doctor "
            f"--workspace {folder}"
        )
    return np.asarray(found["vector"].to_numpy()[at["at"].to_numpy()], dtype=np.float32)


def near(session: Session, folder: Path, asked: NDArray[np.float32]) -> pl.DataFrame:
    """Cosine of every passage and a vector (d,), one file after the other: passage, similarity.

    Raises:
        StoreError: A file is missing or damaged.
    """
    schema = {"passage": pl.String, "similarity": pl.Float64}
    parts = [pl.DataFrame(schema=schema)]
    for file in session.frame("SELECT file FROM vectors ORDER BY file")["file"]:
        frame = _read(folder / FOLDER / file)
        similar = np.round(frame["vector"].to_numpy() @ asked, 4).astype(np.float64)
        parts.append(frame.select("passage", similarity=pl.Series(similar)))
    return pl.concat(parts)


def rewrite(session: Session, folder: Path, gone: pl.DataFrame) -> None:
    """Put the vectors that stay into new files, where files hold some that go.

    Args:
        session: an open transaction; the old files are swept after its commit.
        folder: the workspace.
        gone: passage.
    """
    rows = session.matching("passages", gone.select("passage"))
    for file in rows["file"].unique().sort().to_list():
        frame = _read(folder / FOLDER / file)
        kept = frame.join(gone, on="passage", how="anti", maintain_order="left")
        session.run("DELETE FROM vectors WHERE file = $file", file=file)
        session.run("DELETE FROM passages WHERE file = $file", file=file)
        if kept.height:
            name, digest = _write(folder / FOLDER, kept)
            session.append(
                "vectors",
                pl.DataFrame({"file": [name], "rows": [kept.height], "sha256": [digest]}),
            )
            session.append("passages", kept.select("passage", file=pl.lit(name)))


def sweep(session: Session, folder: Path) -> list[str]:
    """Delete files that no commit refers to: a process was stopped, or the vectors were replaced.

    Args:
        session: an open session that holds the lock, outside a change of the table ``vectors``.
        folder: the workspace.

    Returns:
        Names of the files.
    """
    known = set(session.frame("SELECT file FROM vectors")["file"])
    gone = []
    for path in folder.glob(f"{LENT}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in sorted((folder / FOLDER).glob("*")):
        if path.name not in known:
            path.unlink(missing_ok=True)
            gone.append(path.name)
    return gone


def _write(folder: Path, frame: pl.DataFrame) -> tuple[str, str]:
    """Write a file that is on the disk before its name is; its name and digest."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4")
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest[:24]}.parquet"
    folder.mkdir(exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path.name, digest


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> StoreError:
    return StoreError(
        f"{path} is missing or damaged. Put it back from a copy of the workspace, or make the "
        f"vectors again: analyzer reencode --workspace {path.parent.parent}"
    )

"""Write a set of files whole, or none of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Content", "check_folder", "write_all"]

# What is large is made when its turn comes, and written to the path as it is made.
Content = str | bytes | Callable[[Path], object]


def check_folder(out: Path) -> None:
    """Refuse a folder that cannot be written to before long work starts.

    Args:
        out: the folder, which need not exist yet.

    Raises:
        OutputError: It is a file, or it or the first folder above it cannot be written to.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(
            f"Cannot write the report to {out}: that is a file. Name a folder, for example "
            f"{out.with_name(out.stem + '-report')}."
        )
    above = next(folder for folder in (out, *out.resolve().parents) if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise OutputError(
            f"Cannot write the report to {out}: {above} is not a folder that you may write to. "
            "Choose another with --out."
        )


def write_all(contents: Mapping[str, Content], out: Path) -> list[Path]:
    """Write files (a text as UTF-8) into a folder, which is made when it is missing.

    Everything is written to a folder beside the target first and moved in at the end, so that a
    full disk leaves what was there before.

    Args:
        contents: file name to text, bytes, or a function that writes the file at a path.
        out: the folder.

    Returns:
        The paths, in the order given.

    Raises:
        OutputError: The folder cannot be made or written to.
    """
    check_folder(out)
    stage: Path | None = None
    try:
        out.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".analyzer-", dir=out))
        for name, content in contents.items():
            if callable(content):
                content(stage / name)
            else:
                data = content.encode() if isinstance(content, str) else content
                (stage / name).write_bytes(data)
        _refuse_folders(contents, out)
        for name in contents:
            os.replace(stage / name, out / name)
    except OSError as error:
        raise OutputError(
            f"Cannot write the report to {out}: {error.strerror or error}. Choose a folder that "
            "you may write to, with space left on its disk."
        ) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
    return [out / name for name in contents]


def _refuse_folders(contents: Mapping[str, Content], out: Path) -> None:
    """Check what would make the last step stop half-way."""
    for name in contents:
        if (out / name).is_dir():
            raise OutputError(
                f"Cannot write {out / name}: a folder has that name. Move it away, or choose "
                "another folder for the report."
            )

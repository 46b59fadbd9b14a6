"""Files that people get: written whole, or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from analyzer.errors import OutputError

__all__ = ["write_whole"]


def write_whole(out: Path, content: bytes) -> None:
    """Write a file beside its place and move it there; folders above it are made.

    Raises:
        OutputError: It cannot be written; what was there before is unchanged.
    """
    part: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=".part-", delete=False) as file:
            part = Path(file.name)
            file.write(content)
        part.chmod(0o644)
        part.replace(out)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise OutputError(f"{out} cannot be written: {error.strerror}. Choose another.") from error

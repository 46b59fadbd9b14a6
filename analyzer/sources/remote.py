"""Files at an address, as ``s3://bucket/wave.parquet``: copied for as long as they are read."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["address_of", "fetched", "name_of"]

# Two letters at least, so that C:/ is a drive; a `Path` has lost one of the slashes.
_ADDRESS: Final = re.compile(r"([a-z][a-z0-9+.-]+):/{1,2}([^/].*|/.*)", re.DOTALL)
_BLOCK: Final = 1 << 20


def address_of(path: Path) -> str | None:
    """Return the address that a path stands for, or None where it is one of this machine."""
    found = _ADDRESS.fullmatch(path.as_posix())
    if found is None:
        return None
    return f"{found[1]}://{'/' if found[1] == 'file' else ''}{found[2]}"


def name_of(path: Path) -> str:
    """Return the name of the file, without the signature that an address may carry."""
    return path.name if address_of(path) is None else path.name.split("?", 1)[0]


@contextmanager
def fetched(path: Path) -> Iterator[Path]:
    """Give a copy of the file at an address, readable by its owner alone; it goes afterwards.

    Args:
        path: one that `address_of` finds an address in. Any scheme that fsspec knows serves; those
            of stores need its package for them (s3fs, gcsfs, adlfs) and take their keys from
            where it looks for them.

    Raises:
        InputError: The file does not exist or cannot be read, or a package is missing.
    """
    import fsspec

    address = address_of(path) or ""
    shown = address.split("?", 1)[0]
    with tempfile.TemporaryDirectory(prefix="analyzer-") as folder:
        copy = Path(folder) / PurePosixPath(name_of(path))
        try:
            with fsspec.open(address, "rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target, _BLOCK)
        except FileNotFoundError as error:
            raise InputError(
                f"{shown} does not exist, or cannot be reached. Check the address and the network."
            ) from error
        except (ImportError, ValueError) as error:
            raise InputError(
                f"{shown} has an address that cannot be read here. s3:// needs the package s3fs "
                "(pip install 'analyzer[scale]'), gs:// gcsfs, az:// adlfs, https:// aiohttp; or "
                "copy the file to this machine."
            ) from error
        except Exception as error:  # each store's library raises kinds of its own
            raise InputError(
                f"{shown} could not be read ({type(error).__name__}). Check the address, and "
                "the keys that this machine has for it."
            ) from error
        yield copy

"""Show a report in the browser of this machine."""

from __future__ import annotations

import webbrowser
from pathlib import Path

from analyzer.errors import InputError, OutputError

__all__ = ["show"]

_PAGE = "report.html"


def show(place: Path) -> Path:
    """Open a report's page.

    Args:
        place: the folder of a report, or the page itself.

    Returns:
        The page.

    Raises:
        InputError: There is no page.
        OutputError: No browser was found, or it did not start.
    """
    page = place / _PAGE if place.is_dir() else place
    if not page.is_file():
        raise InputError(
            f"There is no report at {page}. Write one with `analyzer report FILE --out {place}`, "
            "or name its folder: `analyzer open DIR`."
        )
    address = page.resolve().as_uri()
    try:
        started = webbrowser.open(address)
    except webbrowser.Error:
        started = False
    if not started:
        raise OutputError(
            f"No browser could be started on this machine. Open {page.resolve()} in one, or copy "
            "the file to where there is one: it needs nothing else."
        )
    return page

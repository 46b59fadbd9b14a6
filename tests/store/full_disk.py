"""Do one verb after another on a workspace whose files cannot grow; print what each said and left.

    python full_disk.py WORKSPACE PLACE BYTES VERB ...

PLACE has new.csv, book.toml and one.xlsx, and T06 is excluded; BYTES is the size up to which a file
can be written.
Prints a JSON list of {verb, error, said, changed, problems}.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import kill_points

from analyzer.errors import AnalyzerError
from analyzer.store import Workspace


def verbs(space: Workspace, place: Path) -> dict[str, Callable[[], object]]:
    """Everything that writes to a workspace."""
    ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
    person = kill_points.who(space)
    return {
        "undo": space.undo,
        "rename": lambda: space.rename("T01", en="Bills"),
        "note": lambda: space.note("T01", "ask the billing team"),
        "merge": lambda: space.merge(["T02", "T03"], "T01"),
        "split": lambda: space.split("T04", 2),
        "move": lambda: space.move(ident, "T01"),
        "exclude": lambda: space.exclude("T05"),
        "restore": lambda: space.restore("T06"),
        "reassign": space.reassign,
        "import": lambda: space.codebook_import(place / "book.toml"),
        "accept": lambda: space.review_score([place / "one.xlsx"], accept=True),
        "ingest": lambda: space.ingest(place / "new.csv", "full"),
        "forget": lambda: space.forget(person),
        "reencode": space.reencode,
    }


def main() -> None:
    """See the top."""
    folder, place, size = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    space = Workspace.open(folder, cache=False)
    space.models  # noqa: B018 - loaded before the disk is full
    acts = verbs(space, place)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    told = []
    before = kill_points.state(space)
    for verb in sys.argv[4:]:
        error, said = None, ""
        try:
            acts[verb]()
        except AnalyzerError as one:
            error, said = type(one).__name__, str(one)
        now = kill_points.state(space)
        problems = [problem.what for problem in space.doctor()]
        told.append({"verb": verb, "error": error, "said": said, "changed": now != before,
                     "problems": problems})  # fmt: skip
        before = now
    print(json.dumps(told))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()

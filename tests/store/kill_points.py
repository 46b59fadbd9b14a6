"""Run one verb on copies of a workspace, killed at chosen writes; print what is left each time.

    python kill_points.py WORKSPACE PLACE VERB POINTS

POINTS is how many of the writes to be killed at, evenly up to the last, or 0 for all.
Prints a JSON list of {point, killed, state, problems}; the first is of a run that nobody killed,
the last of no run at all.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from analyzer.store import Workspace
from analyzer.store.database import Session

TABLES = (
    "FROM edit_mentions", "FROM examples", "FROM feedback", "FROM forgotten", "FROM history",
    "FROM mentions", "FROM segments", "FROM space", "FROM spans", "FROM themes", "FROM wording",
    "SELECT * EXCLUDE (made_at) FROM edits",
)  # fmt: skip


def act(space: Workspace, verb: str, book: str) -> None:
    """Do one verb; every one of them writes more than once."""
    if verb == "merge":
        space.merge(["T02", "T03"], "T01", author="ana")
    elif verb == "rename":
        space.rename("T01", en="Bills", author="ana")
    elif verb == "move":
        ident = space.query("SELECT min(feedback_id) FROM mentions WHERE theme_id = 'T05'").item()
        space.move(ident, "T01", author="ana")
    elif verb == "split":
        space.split("T04", 2, author="ana")
    elif verb == "undo":
        space.undo(author="ana")
    elif verb == "import":
        space.codebook_import(book, author="ana")
    elif verb == "forget":
        space.forget(who(space))


def who(space: Workspace) -> str:
    """Somebody with a comment."""
    return str(
        space.query(
            "SELECT min(respondent_id) FROM feedback WHERE analysed AND length(text) > 60"
        ).item()
    )


def kill_at(point: int) -> list[int]:
    """Let this process be killed at a write; the list counts them."""
    seen = [0]

    def before(call: Any) -> Any:  # noqa: ANN401 - any method
        def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            seen[0] += 1
            if seen[0] == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return counted

    Session.run = before(Session.run)  # type: ignore[method-assign]
    Path.replace = before(Path.replace)  # type: ignore[method-assign]
    Path.unlink = before(Path.unlink)  # type: ignore[method-assign]
    return seen


def child(work: Any) -> tuple[bool, Any]:  # noqa: ANN401 - a function and what it gives
    """Run in a process of its own: whether it was killed, and what it gave."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        with os.fdopen(write, "w") as out:
            json.dump(work(), out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        said = told.read()
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status), json.loads(said) if said else None


def act_on(copy: Path, verb: str, book: Path, models: Any, point: int) -> tuple[bool, Any]:  # noqa: ANN401
    """Do the verb in a process that is killed at a write; 0 for none."""

    def work() -> int:
        seen = kill_at(point)
        act(opened(copy, models), verb, str(book))
        return seen[0]

    return child(work)


def look(copy: Path) -> dict[str, Any]:
    """What the tables hold, clocks aside, and what the doctor says."""

    def work() -> dict[str, Any]:
        space = opened(copy, None)
        return {"state": state(space), "problems": [problem.what for problem in space.doctor()]}

    return dict(child(work)[1])


def state(space: Workspace) -> list[Any]:
    """One number a table, that changes with what the table holds."""
    return [
        space.query(f"SELECT bit_xor(hash(t)) FROM ({rows}) t").item()  # noqa: S608
        for rows in TABLES
    ]


def opened(copy: Path, models: Any) -> Workspace:  # noqa: ANN401
    """Open a copy; models that were loaded before the processes parted are used again."""
    space = Workspace.open(copy, cache=False)
    if models is not None:
        space.__dict__["models"] = models
    return space


def main() -> None:
    """See the top."""
    folder, place, verb = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    wanted, book = int(sys.argv[4]), place / "book.toml"
    models = Workspace.open(folder, cache=False).models if verb in ("split", "import") else None
    whole = Path(shutil.copytree(folder, place / "whole"))
    _, writes = act_on(whole, verb, book, models, 0)
    told = [{"point": 0, "killed": False, **look(whole)}]
    count = wanted or writes
    for point in sorted({max(1, writes * i // count) for i in range(1, count + 1)}):
        copy = Path(shutil.copytree(folder, place / str(point)))
        killed, _ = act_on(copy, verb, book, models, point)
        told.append({"point": point, "killed": killed, **look(copy)})
        if verb == "forget":
            act_on(copy, verb, book, models, 0)
            told[-1]["again"] = look(copy)
        shutil.rmtree(copy)
    told.append({"point": None, "killed": False, **look(folder)})
    print(json.dumps(told))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()

"""Code in the documentation: found by the tests, and run again by ``python docs/examples.py``.

Blocks marked ``console`` hold commands after ``$`` and what they print, blocks marked ``sh``
commands only, blocks without a mark (indented ones too) commands or something else, blocks marked
``python`` statements. `main` runs the ``console`` blocks of the pages on the demo waves and writes
down what they print now.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Block", "blocks", "fill", "pages"]

ROOT = Path(__file__).parent.parent
_PROGRAMS = ("analyzer ", ".venv/", "make ", "pip ", "pip3 ", "python ", "python3 ")
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}\S.*\n)+")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Names that pages give to files, and which demo wave stands behind them.
_NAMES = {
    "nps_2026_q2.csv": ("nps_2026_q2.csv", "nps_q2.csv", "q2.csv"),
    "nps_2026_q3.csv": ("nps_2026_q3.csv", "nps_q3.csv", "q3.csv", "wave.csv"),
    "social_2026.jsonl": ("social_2026.jsonl", "mentions.jsonl"),
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where the text starts in the page."""

    language: str
    text: str
    start: int

    @property
    def commands(self) -> list[str]:
        """Commands in the block, without comments and prompts; a backslash continues a line."""
        lines = [line.strip() for line in self.text.replace("\\\n", " ").splitlines()]
        if self.language == "console":
            lines = [line[2:] for line in lines if line.startswith("$ ")]
        elif self.language == "":
            lines = [line for line in lines if line.startswith(_PROGRAMS)]
        elif self.language != "sh":
            return []
        return [re.sub(r"\s+# .*", "", line) for line in lines if line and line[0] != "#"]


def pages() -> list[Path]:
    """Every page that may hold code: docs/ and the README."""
    return [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def blocks(page: str) -> list[Block]:
    """Blocks of a page, in their order."""
    fenced = [Block(m[1], m[2], m.start(2)) for m in _FENCE.finditer(page)]
    rest = _FENCE.sub(lambda m: "\n" * len(m[0]), page)
    indented = [Block("", m[0], m.start()) for m in _INDENTED.finditer(rest)]
    return sorted(fenced + indented, key=lambda block: block.start)


def fill(folder: Path, every: int = 1) -> None:
    """Put the demo waves into a folder, under all names that pages use.

    Args:
        folder: where to.
        every: keep each n-th row only, for speed.
    """
    for source, names in _NAMES.items():
        head, *rows = (ROOT / "corpora" / "demo" / source).read_text("utf-8").splitlines(True)
        if source.endswith(".jsonl"):
            head, rows = "", [head, *rows]
        for name in names:
            (folder / name).write_text(head + "".join(rows[::every]), encoding="utf-8")
    shutil.copy(ROOT / "corpora" / "codebook.toml", folder / "codebook.toml")
    (folder / "withdrawn.csv").write_text("feedback_id\nR00513\n", encoding="utf-8")


def _refresh(path: Path) -> None:
    page = path.read_text("utf-8")
    console = [block for block in blocks(page) if block.language == "console"]
    if not console:
        return
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name))
        for block in console:
            told = "".join(_run(line, Path(name)) for line in block.commands).rstrip()
            page = page.replace(f"```console\n{block.text}```", f"```console\n{told}\n```", 1)
    path.write_text(page, encoding="utf-8")
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def _run(command: str, folder: Path) -> str:
    program = shutil.which("analyzer", path=str(Path(sys.executable).parent)) or "analyzer"
    done = subprocess.run(  # noqa: S602 - the commands are those of the documentation
        command.replace("analyzer", program, 1),
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", "XDG_CONFIG_HOME": str(folder / ".config")},
        capture_output=True,
        text=True,
        shell=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
    told = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines())
    told = re.sub(r"\n{2,}", "\n\n", told.replace(str(folder), ".")).strip("\n")
    return f"$ {command}\n{told}\n\n".replace("\n\n\n", "\n\n") if told else f"$ {command}\n"


def main(names: list[str]) -> None:
    """Refresh the pages whose path ends with one of the names, or all."""
    for path in pages():
        if not names or str(path).endswith(tuple(names)):
            _refresh(path)


if __name__ == "__main__":
    main(sys.argv[1:])

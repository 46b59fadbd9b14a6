"""What mkdocs does beside reading docs/: turn the notebooks, with their outputs, into pages."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from nbformat import NotebookNode

_NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for every notebook, and its pictures."""
    for path in sorted(_NOTEBOOKS.glob("*.ipynb")):
        text, pictures = page(nbformat.read(path, as_version=4), path.stem)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
        for name, content in pictures.items():
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    return files


def page(notebook: NotebookNode, stem: str) -> tuple[str, dict[str, bytes]]:
    """Write a notebook as Markdown.

    Args:
        notebook: with outputs.
        stem: of the names of its pictures.

    Returns:
        The page, and its pictures by file name.
    """
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(re.sub(r"\((\w+)\.ipynb\)", r"(\1.md)", cell.source))
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                name = f"{stem}-{len(pictures) + 1}.png"
                pictures[name] = base64.b64decode(data["image/png"])
                parts.append(f"![]({name})")
            elif "text/html" in data:
                parts.append(f"<div>{_flat(data['text/html'])}</div>")
            else:
                told = data.get("text/plain") or output.get("text", "")
                parts.append(f"```text\n{told.rstrip()}\n```")
    return "\n\n".join(parts) + "\n", pictures


def _flat(html: str) -> str:
    """One line, so that Markdown leaves it alone; without the style that tables bring along."""
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", " ", html).strip()

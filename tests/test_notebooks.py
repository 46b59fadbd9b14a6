"""Every notebook runs from top to bottom on the demo waves."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the kernel's own transport warnings
def test_a_notebook_runs(path: Path) -> None:
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    kept = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in kept), "a notebook shows its outputs in the repository"
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    pictures = [out for cell in kept for out in cell.outputs if "image/png" in out.get("data", {})]
    assert pictures

"""Run the notebooks on the demo waves and store their outputs: ``python notebooks/run.py [NAME]``.

Run it after a change that moves figures or pictures. All run in one kernel that is cleared in
between, so that libraries are loaded once. Paths, times and run numbers are not stored.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.manager import KernelManager
    from nbformat import NotebookNode

__all__ = ["NOTEBOOKS", "execute", "kernel"]

NOTEBOOKS = sorted(Path(__file__).parent.glob("*.ipynb"))
# Before each notebook; a progress bar's complaint about a missing widget says nothing of it.
_CLEAR = """%reset -f
import warnings
import polars
warnings.filterwarnings("ignore", message="IProgress not found")
polars.Config.restore_defaults();"""


@contextmanager
def kernel() -> Iterator[KernelManager]:
    """Run a kernel for `execute`; what notebooks leave in temporary folders goes with it."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        manager.start_kernel(env={**os.environ, "TMPDIR": scratch})
        try:
            yield manager
        finally:
            manager.shutdown_kernel(now=True)


def execute(path: Path, manager: KernelManager, timeout: int = 900) -> NotebookNode:
    """Run a notebook from top to bottom.

    Args:
        path: an .ipynb file, which stays as it is.
        manager: of a running kernel; whatever earlier notebooks left in it is cleared.
        timeout: seconds for one cell.

    Returns:
        The notebook with its outputs.

    Raises:
        CellExecutionError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    runner = NotebookClient(notebook, km=manager, timeout=timeout)
    cells = notebook.cells
    notebook.cells = [nbformat.v4.new_code_cell(_CLEAR), *cells]
    client = manager.client()
    runner.kc = client
    client.start_channels()
    client.wait_for_ready(timeout=timeout)
    for number, cell in enumerate(notebook.cells):
        runner.execute_cell(cell, number)
    client.stop_channels()
    notebook.cells = cells
    return notebook


def _clean(notebook: NotebookNode) -> None:
    counted = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type == "code":
            counted += 1
            cell.execution_count = counted
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
            for out in cell.outputs:
                out.pop("execution_count", None)
                if out.output_type == "execute_result":
                    out["execution_count"] = counted
                out.metadata = nbformat.NotebookNode() if "metadata" in out else out.get("metadata")
                if out.get("metadata", 0) is None:
                    del out["metadata"]
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )


def main(names: list[str]) -> None:
    """Run the notebooks whose name starts with one of the given ones, or all."""
    with kernel() as manager:
        for path in NOTEBOOKS:
            if names and not path.name.startswith(tuple(names)):
                continue
            notebook = execute(path, manager)
            _clean(notebook)
            nbformat.write(notebook, path)
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

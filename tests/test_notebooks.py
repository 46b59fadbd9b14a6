"""Every notebook runs from top to bottom on the demo waves."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def _load() -> Any:  # noqa: ANN401 - a script beside the package
    spec = importlib.util.spec_from_file_location("notebooks_run", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


run = _load()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One kernel for all, so that libraries are loaded once; it leaves no temporary folder."""
    place = tmp_path_factory.mktemp("kernel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(place))
        with run.kernel() as manager:
            yield manager
            assert list(place.iterdir())
        assert not list(place.iterdir())


def test_there_are_six() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == list("123456")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_gave(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [out for cell in code for out in cell.outputs]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert any("image/png" in out.get("data", {}) for out in shown)
    assert not any(out.output_type == "error" for out in shown)
    text = path.read_text("utf-8")
    assert str(Path.home()) not in text
    assert "/tmp/" not in text  # noqa: S108 - looks for one, makes none


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # the kernel's own transport warnings
def test_a_notebook_runs(path: Path, kernel: object) -> None:
    notebook = run.execute(path, kernel)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            told = [out.text for out in cell.outputs if out.get("name") == "stderr"]
            assert not any("Warning" in text for text in told), f"{path.name} warns: {told}"

"""What the documentation tells is what the program does, and the site can be built."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from analyzer import analyze
from analyzer.cli import app

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

    from analyzer import Analysis

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "cli.md").read_text("utf-8")


def load(name: str) -> Any:  # noqa: ANN401 - a module of the documentation
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


examples = load("examples")
PAGES = {str(path.relative_to(ROOT)): path for path in examples.pages()}

WAVES = "nps_2026_q2.csv nps_2026_q3.csv social_2026.jsonl"
# Commands that cannot run here, and why. Everything else runs.
NOT_RUN = {
    "make demo": "installs",
    "make test": "runs this",
    ".venv/bin/analyzer demo --out demo-report": "test_cli.py runs it",
    "python3 -m venv .venv": "installs",
    ".venv/bin/python -m pip install -e .": "installs",
    ".venv/bin/python -m pip install -e '.[dev]'": "installs",
    ".venv/bin/python -m pytest -n 2": "runs this",
    "pip install -r benchmarks/requirements.txt": "installs",
    "python benchmarks/themes.py DATA --peers --seeds 3": "needs data that is not shipped",
    f"analyzer quotes {WAVES} --trace 1f5a308e8e7ba73059ea": "the id depends on a local secret",
}


def commands(group: object, above: str = "analyzer") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        path = f"{above} {name}"
        if hasattr(command, "commands"):
            found |= commands(command, path)
        else:
            found[path] = command
    return found


COMMANDS = commands(typer.main.get_command(app))


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_every_command_and_option_is_documented(path: str) -> None:
    assert f"## `{path}" in REFERENCE, f"docs/cli.md has no section for {path}"
    section = REFERENCE.split(f"## `{path}", 1)[1].split("\n## ", 1)[0]
    command = COMMANDS[path]
    assert command.help
    for parameter in command.params:
        if parameter.name == "help":
            continue
        assert getattr(parameter, "help", None), f"{path}: {parameter.name} has no help text"
        if parameter.param_type_name == "option":
            for option in (*parameter.opts, *parameter.secondary_opts):
                if option.startswith("--"):
                    assert f"`{option}" in section, f"{path}: {option} is not in docs/cli.md"


def test_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for words in ("make demo", "make test", "pip install", "analyzer report", "analyzer quotes"):
        assert words in readme


def of_page(name: str, language: str) -> list[Any]:
    found = examples.blocks(PAGES[name].read_text("utf-8"))
    return [block for block in found if (block.language == "python") == (language == "python")]


WITH_COMMANDS = [
    name for name in PAGES if any(block.commands for block in of_page(name, "commands"))
]
WITH_PYTHON = [name for name in PAGES if of_page(name, "python")]


@pytest.fixture(scope="module")
def analysed_once() -> Callable[..., Analysis]:
    """`analyze`, which reads the same files with the same options only once: pages repeat them."""
    known: dict[str, Analysis] = {}

    def once(*files: str | Path, **options: Any) -> Analysis:  # noqa: ANN401 - as analyze has them
        silent = {name: value for name, value in options.items() if name != "progress"}
        key = f"{[(Path(file).name, Path(file).read_bytes()) for file in files]} {silent}"
        if key not in known:
            known[key] = analyze(*files, **options)
        return known[key]

    return once


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysed_once: Callable[..., Analysis]
) -> Path:
    """An empty folder with a part of the demo waves, as a reader would have them."""
    examples.fill(tmp_path, every=3)
    monkeypatch.setattr("analyzer.pipeline.analyze", analysed_once)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    return tmp_path


@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_commands_of_a_page_run(name: str, desk: Path) -> None:
    for line in (line for block in of_page(name, "commands") for line in block.commands):
        if line in NOT_RUN:
            continue
        program, *arguments = shlex.split(line)
        assert Path(program).name == "analyzer", f"{name}: run it or say why not: {line}"
        app(arguments, standalone_mode=False)
        if "--out" in arguments:
            assert (desk / arguments[arguments.index("--out") + 1]).exists(), line


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_statements_of_a_page_run(name: str, desk: Path) -> None:
    space: dict[str, object] = {}
    for block in of_page(name, "python"):
        exec(compile(block.text, name, "exec"), space)  # noqa: S102 - our own pages


def test_nothing_is_excused_that_is_not_there() -> None:
    every = [block for page in PAGES for block in of_page(page, "commands")]
    told = {line for block in every for line in block.commands}
    assert set(NOT_RUN) <= told


def test_examples_are_found_in_every_form_of_block() -> None:
    page = (
        "# A\n\n```console\n$ analyzer a \\\n  b # why\ntold\n$ analyzer c\n```\n\n"
        "    analyzer d\n\n"
        "```sh\n# note\nls\n```\n\n```\nanalyzer e\n12 rows\n```\n\n```python\nx = 1\n```\n"
    )
    found = [command for block in examples.blocks(page) for command in block.commands]
    assert [" ".join(command.split()) for command in found] == [
        "analyzer a b",
        "analyzer c",
        "analyzer d",
        "ls",
        "analyzer e",
    ]


def test_console_blocks_show_what_was_printed() -> None:
    for name in WITH_COMMANDS:
        for block in of_page(name, "commands"):
            if block.language == "console":
                printed = [line for line in block.text.splitlines() if not line.startswith("$ ")]
                assert any(printed), f"{name}: run python docs/examples.py {name}"


@pytest.mark.filterwarnings("ignore")  # of the site's generator and its plugins
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    mkdocs = pytest.importorskip("mkdocs.commands.build")
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(tmp_path / "site"))
    mkdocs.build(config)
    site = tmp_path / "site"
    listed = {path.stem for path in (ROOT / "docs").rglob("*.md")}
    assert listed <= {path.stem for path in site.rglob("*.html")}
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert (site / "notebooks" / f"{notebook.stem}.html").exists()
    python = (site / "reference" / "python.html").read_text("utf-8")
    for words in ("analyzer.analysis.Analysis", "minimum_cell", "ThemeView", "similar"):
        assert words in python, words
    assert "fonts.googleapis" not in python

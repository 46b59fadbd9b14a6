"""What the program can do and what the documentation tells are the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main

from analyzer.cli import app

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "cli.md").read_text("utf-8")


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

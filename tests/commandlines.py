"""What stands in help and documents as a command, put to the program's own parser."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer

from api.verbs import app

# Up to where the shell has its say.
_COMMAND = re.compile(r"(?<![\w/@])demarche ([^|<>)`\n]*)")
# What the shell works out first.
_BETWEEN = re.compile(r"\$\((?!demarche)[^()]*\)")


def commands() -> Iterator[tuple[str, Any]]:
    """Every verb with its command: `keys create` too."""
    yield from _below("", typer.main.get_command(app))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if path:
        yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _below(f"{path} {name}".strip(), one)


def found_in(text: str) -> list[str]:
    """The commands in lines for a shell."""
    return [found.strip() for found in _COMMAND.findall(_BETWEEN.sub("…", text))]


def parse(line: str) -> None:
    """Take a command apart as the program would. Raises what it would say, where it is not in order."""
    words = shlex.split(line.replace("NUMBER:DIGEST", "1:00"))
    if words == ["--help"]:
        return
    command: Any = typer.main.get_command(app)
    context = None
    while getattr(command, "commands", None):
        context = command.make_context("demarche", words[:1], parent=context, resilient_parsing=False)
        _, command, _ = command.resolve_command(context, words[:1])
        words = words[1:]
    command.make_context("demarche", words, parent=context)

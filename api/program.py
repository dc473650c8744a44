"""How a verb is declared and carried out: its help with examples, its settings, and what is said where it can't."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from api.settings import Settings

ABOUT = """\
[bold]Environment[/]
  DATABASE_URL   sqlite:///PATH (default sqlite:///var/demarche.sqlite3) or
                 postgresql://USER:PASSWORD@HOST/NAME
  HOST, PORT     where to listen (default 127.0.0.1, 8000)
  NO_COLOR       whatever it holds: no colours

[bold]Exit codes[/]
    0  done, and all is well
    1  done, and what was looked at has a fault
    2  the command line is not in order
    3  it can't be done; one sentence on standard error says why
  130  broken off by Ctrl-C, 143 by the system; nothing is left half done
"""

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for scripts.")]

_FORM: dict[str, Any] = {
    "no_args_is_help": True,
    "add_completion": False,
    "rich_markup_mode": "rich",
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


def group(says: str, *examples: str, **more: Any) -> typer.Typer:
    """A program of verbs, or a verb that has verbs of its own."""
    return typer.Typer(help=says, epilog=more.pop("epilog", None) or shown(examples), **_FORM, **more)


def shown(examples: tuple[str, ...]) -> str:
    """Examples as they stand at the end of a help."""
    return "\n".join(["[bold]Examples[/]", *(f"  {line}".replace("[", r"\[") for line in examples)])


def verb(
    into: typer.Typer, name: str, panel: str | None, *examples: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a verb; its docstring is its help, in lines as long as they are."""
    return into.command(name, epilog=shown(examples), rich_help_panel=panel)


def end(code: int) -> NoReturn:
    """The end of a verb, with this exit code."""
    raise typer.Exit(code)


@contextmanager
def work(reads_settings: bool = True) -> Iterator["Settings"]:
    """The settings of the environment. What can't be done is said in one sentence on standard error, and ends with 3."""
    # Only here, so that --help is quick and an early Ctrl-C quiet.
    from api.commands import failures
    from api.settings import Settings
    from api.store.dialects import Unusable

    try:
        settings = failures.read_settings() if reads_settings else Settings.model_construct()
        with failures.told(settings.database_url):
            yield settings
    except (failures.Failure, Unusable) as failure:
        sys.stderr.write(" ".join(str(failure).split()) + "\n")
        end(3)

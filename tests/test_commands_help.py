"""The help of the program, for people and for pipes; every example in it and in the documents is in order."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import commandlines
from tests.terminals import on_a_terminal
from tests.test_commands_program import ROOT, started

VERBS = dict(commandlines.commands())
DOCUMENTS = ["README.md", "SEALS.md"]
HEAVY = ("fastapi", "sqlalchemy", "pydantic", "psycopg", "alembic", "uvicorn", "pysqlite3")


def test_help_names_every_verb_setting_and_exit_code(tmp_path: Path) -> None:
    with started(tmp_path, "--help") as program:
        assert program.ended() == 0
        for word in (*VERBS, "DATABASE_URL", "HOST", "PORT", "NO_COLOR", "130", "143"):
            assert re.search(rf"\b{word.split()[0]}\b", program.out), word
        for code in (0, 1, 2, 3):
            assert re.search(rf"^ +{code}  \w", program.out, re.MULTILINE), code


@pytest.mark.parametrize("verb", VERBS)
def test_every_help_has_examples_that_are_in_order_and_stand_whole(tmp_path: Path, verb: str) -> None:
    help_of = VERBS[verb]
    examples = commandlines.found_in(help_of.epilog)
    assert examples
    for example in examples:
        assert example.startswith(verb)
        commandlines.parse(example)
    assert getattr(help_of, "commands", None) or any("--json" in one.opts for one in help_of.params)
    with started(tmp_path, *verb.split(), "--help", COLUMNS="80", GITHUB_ACTIONS="true") as program:
        assert program.ended() == 0
        assert program.err == ""
        assert "\x1b" not in program.out
        assert all(len(line) <= 80 for line in program.out.splitlines())
        for line in help_of.epilog.splitlines()[1:]:
            assert f" {line.strip()} ".replace("\\[", "[") in program.out, line


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_the_documents_is_in_order(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("$ ")] + re.findall(r"`[^`\n]+`", text)
    found = [one for line in lines for one in commandlines.found_in(line)]
    assert found
    for command in found:
        commandlines.parse(command)


def test_a_terminal_gets_colours_unless_it_wants_none() -> None:
    assert b"\x1b[1" in on_a_terminal("verify", "--help").ended(0)
    plain = on_a_terminal("verify", "--help", NO_COLOR="1").ended(0)
    assert not re.findall(rb"\x1b\[[0-9;]*3[0-9]", plain)  # what is bold is no colour


def test_help_comes_before_anything_heavy_is_imported() -> None:
    program = (
        f"import sys; from api.__main__ import main; main(['verify', '--help']); print(set(sys.modules) & {set(HEAVY)})"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_letters_that_a_terminal_can_not_show_are_no_trouble(tmp_path: Path) -> None:
    with started(tmp_path, "check-proof", "--help", PYTHONIOENCODING="ascii") as program:
        assert program.ended() == 0, program.err
        assert "GET /v1/proofs/" in program.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serf"], "No such command 'serf'. Did you mean 'serve'"),
        (["verify", "--seel", "1"], "No such option: --seel"),
        (["keys", "create", "newsroom"], "Missing argument 'ROLE'"),
    ],
    ids=" ".join,
)
def test_a_command_line_that_is_not_in_order_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    with started(tmp_path, *words) as program:
        assert program.ended() == 2
        assert said in program.err
        assert program.out == ""
        assert "Traceback" not in program.err

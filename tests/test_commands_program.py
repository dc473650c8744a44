"""The command line as users run it: a process and an environment of its own; every wait has an end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.database import Database
from api.settings import Settings
from tests import postgres
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds; a machine under load is slow, one that hangs is not worth more
TICK = 0.01


@contextmanager
def empty_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of a database in which nothing was ever done, of the kind that the fixture's parameter names."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder}/new/data.sqlite3"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"new_{os.getpid()}_{free_port()}"
    url = postgres.create_database(server, name)
    yield url.replace("postgresql+psycopg://", "postgresql://", 1)
    postgres.drop_database(server, name)


class Program:
    """A running `python -m api …`; what it prints goes to files, so that it never waits for a reader."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.port = environment.setdefault("PORT", str(free_port()))
        ours = {name.upper() for name in Settings.model_fields}
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        self._out, self._err = (folder / f"{self.port}.{end}" for end in ("out", "err"))
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "api", *arguments],
                cwd=folder,
                env={**inherited, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def out(self) -> str:
        """What it has printed so far."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it has complained about so far."""
        return self._err.read_text(encoding="utf-8")

    def url(self, path: str = "") -> str:
        """An address on it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def serving(self) -> "Program":
        """Wait until it says that it serves."""
        until(lambda: "/docs\n" in self.out or self.process.poll() is not None)
        assert "/docs\n" in self.out, (self.process.poll(), self.out, self.err)
        return self

    def ended(self) -> int:
        """Wait for its end, and give the exit code."""
        return self.process.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and give the exit code."""
        self.process.send_signal(number)
        return self.ended()


@contextmanager
def started(folder: Path, *arguments: str, **environment: str) -> Iterator[Program]:
    """A program that does not outlive the block."""
    program = Program(folder, *arguments, **environment)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.process.kill()
            program.ended()


def until(true: Callable[[], bool]) -> None:
    """Wait until it is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(TICK)


def refusal(program: Program) -> str:
    """The one sentence with which it gave up, after the exit code of a refusal, without a word on standard output."""
    assert program.ended() == 3, program.err
    sentence = program.err
    assert program.out == ""
    assert "Traceback" not in sentence
    assert sentence.count("\n") == 1, sentence
    assert sentence.endswith(".\n"), sentence
    return sentence.strip()


def table_counts(url: str) -> dict[str, int]:
    """How many rows there are in what the demo set and the first key fill."""
    tables = ("revision", "actor", "affiliation", "source", "topic", "record", "reaction", "api_key")
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            return {name: int((reading.row(f"SELECT count(*) FROM {name}") or (0,))[0]) for name in tables}
    finally:
        database.close()


def test_help_names_every_verb_and_setting(tmp_path: Path) -> None:
    with started(tmp_path, "--help") as program:
        assert program.ended() == 0
        for word in ("run", "migrate", "load-demo", "key", "DATABASE_URL", "HOST", "PORT"):
            assert word in program.out, word


def test_a_verb_that_there_is_not_is_refused_with_the_list(tmp_path: Path) -> None:
    with started(tmp_path, "serf") as program:
        assert program.ended() == 2
        assert "load-demo" in program.err
        assert "Traceback" not in program.err

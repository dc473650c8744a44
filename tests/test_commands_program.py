"""The command line as users run it: a process and an environment of its own; every wait has an end."""

import importlib
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

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
    """A running `demarche …`; what it prints goes to files, so that it never waits for a reader."""

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


def test_what_make_writes_runs_from_any_folder(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "the service", tmp_path / "elsewhere"
    (home / ".venv" / "bin").mkdir(parents=True)
    (elsewhere / "api").mkdir(parents=True)
    (elsewhere / "api" / "__main__.py").write_text("raise SystemExit('somebody else')")
    for name in ("api", "schemas", "Makefile"):
        (home / name).symlink_to(ROOT / name)
    python = home / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    subprocess.run(["make", ".venv/bin/demarche"], cwd=home, check=True, capture_output=True, timeout=PATIENCE)
    program = python.with_name("demarche")
    done = subprocess.run(
        [program, "keys", "--help"], cwd=elsewhere, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: demarche keys" in done.stdout


def test_who_packages_it_is_told_where_the_program_begins() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, name = scripts["demarche"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_broken_off_a_verb_says_so_by_its_exit_code_alone(tmp_path: Path, number: signal.Signals, code: int) -> None:
    url = f"sqlite:///{tmp_path}/data.sqlite3"
    with started(tmp_path, "migrate", DATABASE_URL=url) as made:
        assert made.ended() == 0
    writer = sqlite.connect(tmp_path / "data.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with started(tmp_path, "demo", DATABASE_URL=url) as waiting:
        until(lambda: (Path("/proc") / str(waiting.process.pid) / "fd").exists() and _has_open(waiting, "data.sqlite3"))
        assert waiting.stop(number) == code
        assert (waiting.out, waiting.err) == ("", "")
    writer.close()


def test_a_reader_who_has_seen_enough_is_no_trouble(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "api", "openapi"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.read(1) == b"{"
        program.stdout.close()
        assert program.wait(PATIENCE) == 128 + signal.SIGPIPE
        assert program.stderr.read() == b""


def _has_open(program: Program, name: str) -> bool:
    with suppress(OSError):
        return any(str(one.readlink()).endswith(name) for one in Path(f"/proc/{program.process.pid}/fd").iterdir())
    return False

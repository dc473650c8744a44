"""`demarche serve`, the real thing, on both databases: what a first start does, and no later one."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite

from tests import postgres
from tests import test_commands_program as programs
from tests.test_commands_program import started, table_counts

KEY = re.compile(r"The first admin key, shown only now: (dmr_[\w-]{43})\n")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, of which there is not even the folder."""
    with programs.empty_database(request, tmp_path) as url:
        yield url


def got(url: str, key: str = "") -> Any:
    """What stands at an address."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with urlopen(Request(url, headers=headers), timeout=programs.PATIENCE) as response:
        assert "server" not in response.headers
        return json.load(response) if response.headers["content-type"] == "application/json" else response.read()


def test_the_first_start_loads_the_demo_set_and_shows_a_key_and_the_second_does_neither(
    tmp_path: Path, new_url: str
) -> None:
    with started(tmp_path, "serve", DATABASE_URL=new_url) as first:
        first.serving()
        found = KEY.match(first.out)
        assert found, first.out
        assert got(first.url("/v1/me"), found[1])["role"] == "admin"
        assert f"curl -H 'Authorization: Bearer {found[1]}' {first.url('/v1/me')}\n" in first.out
        tried = re.search(r"curl '(.+)'\n", first.out)
        assert tried
        assert tried[1].startswith(first.url("/v1/"))
        assert len(got(tried[1])["items"]) == 3
        assert b"<html" in got(first.url("/docs"))
        assert f" {first.url('/v1/timeline')}\n" in first.out
        assert first.stop(signal.SIGINT) == 0
        assert first.err == ""
    loaded = table_counts(new_url)
    assert loaded["api_key"] == 2  # with the writer inside the service
    assert loaded["record"] >= 40

    with started(tmp_path, "serve", DATABASE_URL=new_url) as second:
        second.serving()
        assert "key" not in second.out.lower()
        assert found[1] not in second.out
        assert got(second.url("/v1/me"), found[1])["name"] == "first-admin"
        assert second.stop(signal.SIGTERM) == 0
        assert second.err == ""
    assert table_counts(new_url) == loaded


def test_scripts_are_told_of_a_start_by_a_document_a_line(tmp_path: Path) -> None:
    with started(tmp_path, "serve", "--json") as program:
        programs.until(lambda: program.out.count("\n") == 2 or program.process.poll() is not None)
        made, serving = map(json.loads, program.out.splitlines())
        assert serving == {
            "serving": program.url(),
            "documentation": program.url("/docs"),
            "data": "sqlite:///var/demarche.sqlite3",
        }
        assert got(program.url("/v1/me"), made["first_admin_key"])["role"] == "admin"
        assert program.stop() == 0
        assert program.err == ""


def test_without_any_setting_the_data_is_in_a_folder_of_its_own(tmp_path: Path) -> None:
    with started(tmp_path, "serve") as program:
        program.serving()
        assert program.stop() == 0
    assert (tmp_path / "var" / "demarche.sqlite3").is_file()


def test_every_way_to_write_postgresql_is_taken(tmp_path: Path, postgres_server: str) -> None:
    url = postgres.create_database(postgres_server, "three_ways")
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        with started(tmp_path, "migrate", DATABASE_URL=scheme + url[url.index("://") :]) as program:
            assert program.ended() == 0, program.err
            assert program.out.startswith("The database stands at ")
    postgres.drop_database(postgres_server, "three_ways")


def test_of_two_that_start_at_once_one_loads(tmp_path: Path, new_url: str) -> None:
    with (
        started(tmp_path, "serve", DATABASE_URL=new_url) as one,
        started(tmp_path, "serve", DATABASE_URL=new_url) as other,
    ):
        both = [one.serving(), other.serving()]
        assert sum(bool(KEY.search(program.out)) for program in both) == 1
        assert got(one.url("/v1/timeline")) == got(other.url("/v1/timeline"))
        assert [program.stop() for program in both] == [0, 0]
    counts = table_counts(new_url)
    assert counts["api_key"] == 2


def is_loading(url: str) -> bool:
    """Whether the schema stands and somebody is writing."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            seen = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND query LIKE 'INSERT INTO %' AND to_regclass('record') IS NOT NULL"
            ).fetchone()
            return seen is not None and seen[0] > 0
    path = Path(url.removeprefix("sqlite:///"))
    if not path.exists():
        return False
    connection = sqlite.connect(path, timeout=0, isolation_level=None)
    migrated = False
    try:
        migrated = bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'record'").fetchall())
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite.OperationalError:
        return migrated
    finally:
        connection.close()
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_start_that_is_broken_off_leaves_nothing_half(tmp_path: Path, new_url: str, number: signal.Signals) -> None:
    with started(tmp_path, "serve", DATABASE_URL=new_url) as broken:
        programs.until(lambda: is_loading(new_url) or broken.process.poll() is not None)
        assert broken.stop(number) == (-9 if number == signal.SIGKILL else 0)
        assert broken.err == ""
        has_key = KEY.search(broken.out)
    counts = table_counts(new_url)
    # On a machine that is slow to send the signal, all was done before it came.
    assert (has_key is not None) == (counts["record"] > 0)
    assert (counts["api_key"] > 0) == (counts["reaction"] > 0) == (counts["record"] > 0)
    with started(tmp_path, "serve", DATABASE_URL=new_url) as next_one:
        next_one.serving()
        assert (KEY.search(next_one.out) is None) == (counts["record"] > 0)
        assert next_one.stop() == 0
    with started(tmp_path, "demo", DATABASE_URL=new_url) as loader:
        assert loader.ended() == 0
        assert not re.search(r" [1-9]\d* loaded", loader.out), loader.out


def test_a_port_in_use_is_found_out_before_the_database_is_touched(tmp_path: Path, new_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(tmp_path, "serve", DATABASE_URL=new_url, PORT=str(port)) as program:
            said = programs.refusal(program)
    assert said.startswith(f"Port {port} of 127.0.0.1 is in use: end the program")
    if new_url.startswith("sqlite"):
        assert not (tmp_path / "new").exists()
    else:
        with psycopg.connect(new_url) as connection:
            assert connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,)


def test_somebody_elses_key_is_the_sign_of_a_database_in_use(tmp_path: Path, new_url: str) -> None:
    with started(tmp_path, "keys", "create", "ops", "admin", DATABASE_URL=new_url) as maker:
        assert maker.ended() == 0, maker.err
    with started(tmp_path, "serve", DATABASE_URL=new_url) as program:
        program.serving()
        assert not KEY.search(program.out)
        assert got(program.url("/v1/me"), maker.out.strip())["name"] == "ops"
        assert got(program.url("/v1/timeline"))["items"] == []
        assert program.stop() == 0


def test_a_write_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    with started(tmp_path, "serve") as program:
        program.serving()
        found = KEY.match(program.out)
        assert found
        other_writer = sqlite.connect(tmp_path / "var" / "demarche.sqlite3", isolation_level=None)
        other_writer.execute("BEGIN IMMEDIATE")
        body = b'{"slug": "late", "name": "Late", "kind": "office"}'
        head = f"POST /v1/actors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {found[1]}\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", int(program.port)), timeout=programs.PATIENCE) as line:
            line.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            got(program.url("/health/live"))  # answered later than the other was read
            program.process.send_signal(signal.SIGTERM)
            programs.until(lambda: is_closed(int(program.port)))
            other_writer.execute("ROLLBACK")
            other_writer.close()
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert program.ended() == 0
        assert program.err == ""


def is_closed(port: int) -> bool:
    """Whether nobody listens any more."""
    # A connection that is taken in the very moment of the closing is reset.
    with suppress(ConnectionResetError):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=programs.PATIENCE).close()
        except ConnectionRefusedError:
            return True
    return False

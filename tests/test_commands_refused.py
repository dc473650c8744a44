"""Everything that keeps a service from starting: one sentence, exit code 3, and never a traceback."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite

from api.commands.migrate import migrate
from api.database import Database
from api.settings import Settings
from api.store import keys
from tests import postgres
from tests import test_commands_program as programs
from tests.test_commands_program import started


def refused(folder: Path, **environment: str) -> str:
    """What `serve` says when it gives up."""
    with started(folder, "serve", **environment) as program:
        return programs.refusal(program)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PORT": "abc"}, "PORT is 'abc', but should be a valid integer: correct"),
        ({"PORT": "65536"}, "PORT is '65536', but should be less than or equal to 65535: correct"),
        ({"PORT": ""}, "PORT is ''"),
        ({"PORT": "x", "POOL_SIZE": "0"}, "; POOL_SIZE is '0'"),
        ({"HOST": ""}, "HOST is empty"),
        ({"HOST": "nowhere.invalid"}, "HOST=nowhere.invalid is no address of this machine"),
        ({"HOST": "192.0.2.7"}, "HOST=192.0.2.7 is no address of this machine"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not an address of a database: write it as sqlite:///"),
        ({"DATABASE_URL": "var/data.sqlite3"}, "DATABASE_URL is not an address"),
        ({"DATABASE_URL": "postgresql://u:secret@h:port/d"}, "DATABASE_URL is not an address"),
        ({"DATABASE_URL": "mysql://u:secret@h/d"}, "DATABASE_URL begins with mysql://, which is not supported"),
        ({"DATABASE_URL": "postgresql+psycopg2://u:secret@h/d"}, "DATABASE_URL begins with postgresql+psycopg2://"),
        ({"DATABASE_URL": "sqlite://"}, "must be a file"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "must be a file"),
        ({"DATABASE_URL": "sqlite:///data.sqlite3?mode=ro"}, "without options"),
        ({"DATABASE_URL": "sqlite:///a-file/data.sqlite3"}, "The folder a-file can't be made"),
        ({"DATABASE_URL": "sqlite:///a-folder"}, "a-folder can't be opened for writing"),
        ({"DATABASE_URL": "sqlite:///a-file"}, "a-file is not an SQLite database, or is damaged"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/d"}, "PostgreSQL at 127.0.0.1:1 can't be used (Connection refused)"),
        ({"DATABASE_URL": "postgresql://nowhere.invalid/d"}, "PostgreSQL at nowhere.invalid can't be used"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/d?colour=red"}, "an option that PostgreSQL does not know"),
    ],
    ids=lambda given: ",".join(given.values()) if isinstance(given, dict) else "",
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    (tmp_path / "a-file").write_text("This is text, and text is no database, however long it is.\n" * 20)
    (tmp_path / "a-folder").mkdir()
    sentence = refused(tmp_path, **environment)
    assert said in sentence
    assert "secret" not in sentence
    assert not (tmp_path / "var").exists()


def test_a_damaged_file_is_told_from_a_sound_one(tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite3"
    migrate(f"sqlite:///{file}")
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996  # the first page, after its header
    file.write_bytes(content)
    assert "is damaged: restore it" in refused(tmp_path, DATABASE_URL=f"sqlite:///{file}")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="there is no folder here that is closed to everybody")
def test_a_folder_that_nobody_can_write(tmp_path: Path) -> None:
    # Any other would be open to root, as whom the tests may run.
    assert "can't be opened for writing" in refused(tmp_path, DATABASE_URL="sqlite:////proc/data.sqlite3")
    assert "can't be made" in refused(tmp_path, DATABASE_URL="sqlite:////proc/new/data.sqlite3")


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, database_url: str) -> None:
    database = Database(Settings(database_url=database_url))
    with database.writing(keys.SYSTEM) as writing:
        writing.run("UPDATE alembic_version SET version_num = :new", {"new": "9999"})
    said = refused(tmp_path, DATABASE_URL=database_url)
    assert said.startswith("The database stands at revision 9999, which this version does not know: use the newer")
    with database.reading() as reading:
        assert reading.row("SELECT version_num FROM alembic_version") == ("9999",)
        assert reading.row("SELECT count(*) FROM record") == (0,)
    database.close()


def test_somebody_elses_tables_are_left_alone(tmp_path: Path) -> None:
    with sqlite.connect(tmp_path / "theirs.sqlite3") as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    said = refused(tmp_path, DATABASE_URL="sqlite:///theirs.sqlite3")
    assert said.startswith("This SQLite file holds the tables of another program")
    connection = sqlite.connect(tmp_path / "theirs.sqlite3")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    connection.close()


def test_a_database_that_another_holds_locked(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/data.sqlite3")
    connection = sqlite.connect(tmp_path / "data.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    said = refused(tmp_path, DATABASE_URL="sqlite:///data.sqlite3", BUSY_SECONDS="0.2")
    assert said == "Another program holds data.sqlite3 locked: end it, then try again."
    connection.close()


def test_a_postgresql_that_has_no_such_database_or_user(tmp_path: Path, postgres_server: str) -> None:
    url = postgres_server.replace("postgresql+psycopg://", "postgresql://", 1)
    said = refused(tmp_path, DATABASE_URL=url.replace("/postgres?", "/nowhere?"))
    assert "has no database 'nowhere': create it (createdb nowhere)" in said
    said = refused(tmp_path, DATABASE_URL=url.replace("//postgres@", "//nobody-knows@"))
    assert "does not let the user 'nobody-knows' in" in said


@contextmanager
def suspicious_postgresql() -> Iterator[int]:
    """The port of a server that takes nobody's password: it speaks just enough of PostgreSQL's protocol to say so."""
    fields = b'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0'

    def talk() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                while True:
                    size, code = struct.unpack("!ii", line.recv(8, socket.MSG_WAITALL))
                    if code in (80877103, 80877104):  # asks for encryption
                        line.sendall(b"N")
                        continue
                    line.recv(size - 8, socket.MSG_WAITALL)
                    line.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields)
                    break

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(programs.PATIENCE)


def test_a_wrong_password_is_not_shown(tmp_path: Path) -> None:
    with suspicious_postgresql() as port:
        said = refused(tmp_path, DATABASE_URL=f"postgresql://u:secret@127.0.0.1:{port}/d")
    assert said.startswith(
        f"PostgreSQL at 127.0.0.1:{port} does not let the user 'u' in: correct the user and the password"
    )
    assert "secret" not in said


def test_a_user_who_may_not_make_tables(tmp_path: Path, postgres_server: str) -> None:
    url = postgres.create_database(postgres_server, "closed").replace("+psycopg", "", 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute("CREATE ROLE only_reads LOGIN")
    try:
        if "//postgres@" not in url:
            pytest.skip("the server that was given may ask for passwords")
        said = refused(tmp_path, DATABASE_URL=url.replace("//postgres@", "//only_reads@"))
        assert said.startswith("The user 'only_reads' may not change the database 'closed' (permission denied")
    finally:
        postgres.drop_database(postgres_server, "closed")
        with psycopg.connect(postgres_server.replace("+psycopg", "", 1), autocommit=True) as connection:
            connection.execute("DROP ROLE only_reads")

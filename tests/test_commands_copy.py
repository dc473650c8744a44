"""`copy`, `backup` and `restore` between both databases: the same rows in every table, or nothing."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pysqlite3 import dbapi2 as sqlite

from api.__main__ import main
from api.commands.migrate import migrate, path
from api.main import create
from api.settings import Settings
from tests import lived, postgres
from tests import test_commands_program as programs
from tests.clients import Client
from tests.ports import free_port
from tests.test_commands_program import started
from tests.test_verify import tampering

KINDS = ("sqlite", "postgresql")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def source(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which everything has been done, which is the one of the environment."""
    lived.live(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The address of a new database of either kind."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/new/{free_port()}.sqlite3"
        made.append(f"copied_{free_port()}")
        return postgres.create_database(request.getfixturevalue("postgres_server"), made[-1])

    yield make
    for name in made:
        postgres.drop_database(request.getfixturevalue("postgres_server"), name)


def files(folder: Path) -> set[str]:
    """Which files lie in a folder, but for what SQLite keeps beside an open one."""
    return {one.name for one in folder.iterdir() if not one.name.endswith(("-wal", "-shm"))}


def answers(url: str, *paths: str) -> list[bytes]:
    """What a service on this database answers."""
    with Client(create(Settings(database_url=url))) as client:
        return [client.get(one).content for one in paths]


ASKED = (
    "/v1/timeline",
    "/v1/timeline?q=doubts",
    "/v1/timeline?q=%D0%BE%D1%82%D0%B2%D0%B5%D1%82",
    "/v1/changes",
    "/v1/snapshots",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_every_row_of_every_table(
    source: str,
    kind: str,
    empty: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = empty(kind)
    assert main(["copy", source, target, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    told = json.loads(printed.out)
    expected = lived.rows(source)
    assert lived.rows(target) == expected
    assert {name for name, rows in expected.items() if rows} >= lived.FILLED
    assert told["rows"] == {name: len(rows) for name, rows in expected.items()}
    assert told["verified"]["ok"]
    fresh = empty(kind)
    migrate(fresh)
    assert lived.schema(target) == lived.schema(fresh)
    assert answers(target, *ASKED) == answers(source, *ASKED)
    monkeypatch.setenv("DATABASE_URL", target)
    assert main(["verify", "--answers"]) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_only_an_empty_database_takes_a_copy(
    source: str, kind: str, empty: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    target = empty(kind)
    migrate(target)
    assert main(["copy", source, target, "--no-verify"]) == 0  # there are tables, and nothing in them
    before = lived.rows(target)
    assert main(["copy", source, target]) == 3
    assert "holds data already, and only an empty database takes a copy: correct TO." in capsys.readouterr().err
    assert lived.rows(target) == before
    older = empty(kind)
    migrate(older, "0007")
    assert main(["copy", source, older]) == 3
    assert "stands at another revision of the schema: correct TO, or migrate it first." in capsys.readouterr().err


def test_what_can_not_be_copied_is_named(
    source: str, empty: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = empty("sqlite")
    older, nothing = empty("sqlite"), empty("sqlite")
    migrate(older, "0007")
    migrate(nothing, "base")
    (tmp_path / "text").write_text("This is text, and text is no database, however long it is.\n" * 20)
    for given, said in (
        ("nonsense", "FROM is not an address of a database"),
        (f"sqlite:///{tmp_path}/nowhere", f"There is no file {tmp_path}/nowhere: correct FROM."),
        (f"sqlite:///{tmp_path}/text", "text is not an SQLite database, or is damaged"),
        (
            "postgresql://127.0.0.1:1/d",
            "PostgreSQL at 127.0.0.1:1 can't be used (Connection refused): start it, or correct FROM.",
        ),
        (nothing, "holds no data of Demarche: correct FROM."),
        (older, f"stands at revision 0007, this version at {path()[-1]}: run `demarche migrate` on it"),
    ):
        assert main(["copy", given, target]) == 3
        printed = capsys.readouterr()
        assert said in printed.err
        assert printed.err.count("\n") == 1
    assert main(["copy", source, "postgresql://127.0.0.1:1/d"]) == 3
    assert "correct TO." in capsys.readouterr().err
    assert main(["copy", source, f"sqlite:///{tmp_path}/a?mode=rw"]) == 3
    assert "TO of an SQLite file is sqlite:/// and the path, without options" in capsys.readouterr().err
    assert not (tmp_path / "new" / Path(target).name).exists()


def test_what_was_altered_is_copied_as_it_is_and_told(
    source: str, empty: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with tampering(Settings(database_url=source)) as (run, _, _):
        run("UPDATE record_version SET title = 'Refuses' WHERE seq = 9")
        run("DELETE FROM fingerprint WHERE seq = (SELECT max(seq) FROM revision)")
    target = empty("sqlite")
    assert main(["copy", source, target]) == 1
    printed = capsys.readouterr()
    assert "revision 9): it is not what was entered" in printed.err
    assert "its fingerprint is missing" in printed.err
    assert "Copied: " in printed.out
    assert lived.rows(target) == lived.rows(source)


@SQLITE
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "column",
    ["confidence = 700", "title = cast(x'ff' AS TEXT)", "title = x'ff00'", "title = char(65, 0, 66)", "latitude = 'x'",
     "actor_id = 9223372036854775807", "confidence = 5000000000", "document = 'text'"],
)  # fmt: skip
def test_rows_that_no_release_writes_are_refused_whole_or_copied_as_they_are(
    source: str, kind: str, column: str, empty: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with tampering(Settings(database_url=source)) as (run, _, _):
        run("PRAGMA ignore_check_constraints=ON")
        run(f"UPDATE record_version SET {column} WHERE seq = 9")
    target = empty(kind)
    code = main(["copy", source, target, "--no-verify"])
    if code == 0 and kind == "sqlite":  # where any column may hold anything
        assert lived.rows(target) == lived.rows(source)
        return
    assert code == 3
    printed = capsys.readouterr()
    assert "holds what its schema does not allow (" in printed.err
    assert "Traceback" not in printed.err
    migrate(target)
    assert not any(lived.rows(target).values())


def test_a_backup_is_one_moment_and_one_file_that_can_be_served(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    before, answered = lived.rows(source), answers(source, *ASKED)
    with tampering(Settings(database_url=source)) as (run, _, _):
        run("BEGIN")
        run("UPDATE api_key SET name = 'another' WHERE name = 'desk'")
        assert main(["backup", f"{folder}/today.sqlite3", "--json"]) == 0
        run("COMMIT")
    told = json.loads(capsys.readouterr().out)
    file = folder / "today.sqlite3"
    assert told == {"file": str(file), "bytes": file.stat().st_size, "revisions": len(before["revision"])}
    assert [one.name for one in folder.iterdir()] == ["today.sqlite3"]
    url = f"sqlite:///{file}"
    assert lived.rows(url) == before
    assert answers(url, *ASKED) == answered
    assert main(["backup", str(file)]) == 3
    assert capsys.readouterr().err.startswith(f"There is a file {file} already: name another one")
    assert main(["backup", f"{folder}/none/today.sqlite3"]) == 3
    assert "can't be written (No such file or directory)" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_is_restored_row_by_row(
    source: str,
    kind: str,
    empty: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "today.sqlite3"
    assert main(["backup", str(file)]) == 0
    content = file.read_bytes()
    file.chmod(0o400)
    assert main(["restore", str(file)]) == 3
    assert (
        "holds data already, and only an empty database takes a copy: correct DATABASE_URL." in capsys.readouterr().err
    )
    target = empty(kind)
    monkeypatch.setenv("DATABASE_URL", target)
    assert main(["restore", str(file)]) == 0
    assert "All is as it was entered" in capsys.readouterr().out
    assert lived.rows(target) == lived.rows(source)
    assert main(["verify", "--answers"]) == 0
    assert file.read_bytes() == content


@SQLITE
def test_a_database_of_an_earlier_version_can_be_backed_up_before_it_is_migrated(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(source, "0009")
    file = tmp_path / "before.sqlite3"
    assert main(["backup", str(file)]) == 0
    assert main(["restore", str(file)]) == 3
    assert "stands at revision 0009" in capsys.readouterr().err
    with closing(sqlite.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0009",)]


@SQLITE
def test_damage_is_found_before_anything_bears_a_name(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = Path(source.removeprefix("sqlite:///")), tmp_path / "backups"
    folder.mkdir()
    assert main(["backup", f"{folder}/good.sqlite3"]) == 0
    with closing(sqlite.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'record_tag'").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 100)
    assert main(["backup", f"{folder}/bad.sqlite3"]) == 3
    assert "damaged" in capsys.readouterr().err
    assert files(folder) == {"good.sqlite3"}
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/restored.sqlite3")
    assert main(["restore", str(file)]) == 3
    assert "is damaged" in capsys.readouterr().err
    assert not (tmp_path / "restored.sqlite3").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_broken_off_a_backup_leaves_no_file_that_bears_its_name(
    source: str, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with started(tmp_path, "backup", "backups/today.sqlite3", DATABASE_URL=source) as program:
        programs.until(lambda: any(folder.iterdir()) or program.process.poll() is not None)
        code = program.stop(number)
        assert program.err == ""
    # On a machine that is slow to send the signal, all was done before it came: the program had ended, or was about to.
    if files(folder) == {"today.sqlite3"}:
        assert code in (0, -number, 128 + number)
        assert lived.rows(f"sqlite:///{folder}/today.sqlite3") == lived.rows(source)
    elif number == signal.SIGKILL:
        assert all(name.endswith((".part", ".part-journal")) for name in files(folder))
    else:
        assert (code, files(folder)) == (128 + number, set())
    with started(tmp_path, "backup", "backups/tomorrow.sqlite3", DATABASE_URL=source) as program:
        assert program.ended() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment_a_copy_is_whole_or_there_is_none(
    source: str, kind: str, empty: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected, target = lived.rows(source), empty(kind)

    def has_begun() -> bool:
        if kind == "sqlite":
            return (tmp_path / "new").exists()
        with psycopg.connect(target.replace("+psycopg", "", 1)) as connection:
            found = connection.execute("SELECT to_regclass('snapshot_purge')").fetchone()
            return found != (None,)

    for wait in (0.0, 0.1, 0.3):
        with started(tmp_path, "copy", source, target, "--no-verify") as program:
            programs.until(lambda: has_begun() or program.process.poll() is not None)
            try:
                program.process.wait(wait)
            except subprocess.TimeoutExpired:
                program.stop(signal.SIGKILL)
            assert "Traceback" not in program.err
        if kind == "sqlite" and not Path(target.removeprefix("sqlite:///")).exists():
            continue
        migrate(target)
        found = lived.rows(target)
        assert found == expected or not any(found.values())
    if (
        not any(lived.rows(target).values())
        if kind == "postgresql"
        else not Path(target.removeprefix("sqlite:///")).exists()
    ):
        assert main(["copy", source, target]) == 0
    assert lived.rows(target) == expected

"""`doctor`: each thing that can be wrong is found and told with what to do; nothing is changed."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pysqlite3 import dbapi2 as sqlite

from api.__main__ import main
from api.commands import examinations
from api.commands.migrate import migrate
from api.settings import Settings
from tests import lived, postgres
from tests.ports import free_port
from tests.test_commands_program import started
from tests.test_verify import tampering

Asked = Callable[[], tuple[int, dict[str, tuple[str, str, str | None]]]]


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Asked:
    """Ask it: the exit code, and by what was looked at how that stands, what was found, and what to do."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", str(free_port()))

    def ask() -> tuple[int, dict[str, tuple[str, str, str | None]]]:
        capsys.readouterr()
        code = main(["doctor", "--json"])
        printed = capsys.readouterr()
        assert printed.err == ""
        told: dict[str, Any] = json.loads(printed.out)
        assert told["ok"] == (code == 0)
        checks = {one["name"]: (one["state"], one["found"], one["advice"]) for one in told["checks"]}
        assert len(checks) == len(told["checks"])
        for state, found, advice in checks.values():
            assert (state == "ok") == (advice is None), found
        assert any(state == "fault" for state, *_ in checks.values()) == (code == 1)
        return code, checks

    return ask


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which everything has been done."""
    lived.live(database_url)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


def test_of_a_sound_database_all_is_well(here: str, doctor: Asked) -> None:
    before = lived.rows(here)
    code, found = doctor()
    named = ["settings", "disk", "permissions", "database", "clock", "schema", "revisions", "keys", "seals", "port"]
    faults = {name for name, (state, *_) in found.items() if state != "ok"}
    if here.startswith("sqlite"):
        assert list(found) == named
        assert (code, faults) == (0, set())
        assert "journal_mode wal, synchronous 2, foreign_keys 1" in found["database"][1]
    else:  # what the tests' server is thrown away with
        assert list(found) == [name for name in named if name not in ("disk", "permissions")]
        assert faults == {"database"}
        assert "set fsync and full_page_writes and synchronous_commit to on" in str(found["database"][2])
    assert found["keys"][1] == "1 admin, 1 editor"
    assert lived.rows(here) == before


def test_people_get_lines_and_no_colours_in_a_file(here: str, tmp_path: Path) -> None:
    with started(tmp_path, "doctor", DATABASE_URL=here) as program:
        assert program.ended() == int(not here.startswith("sqlite"))
        assert "\x1b" not in program.out
        assert "\nok       schema       it stands at revision " in program.out
        assert program.out.splitlines()[-1].endswith("warnings: 0.")
        assert program.err == ""


def test_what_went_wrong_in_the_data_is_found(here: str, doctor: Asked) -> None:
    far = 32503680000000000  # the year 3000
    with tampering(Settings(database_url=here)) as (run, _, _):
        run(f"UPDATE revision SET recorded_at = {far} WHERE seq = (SELECT max(seq) FROM revision)")
        run(f"UPDATE api_key SET revoked_at = {far - 1} WHERE role = 'admin'")
        run("DELETE FROM fingerprint WHERE seq = (SELECT max(seq) FROM revision)")
        run("UPDATE seal SET sealed_at = 1000000, last_seq = last_seq - 1")
    code, found = doctor()
    assert code == 1
    assert found["revisions"][0] == "fault"
    assert found["revisions"][1].endswith(" MB, the last at 3000-01-01T00:00:00Z, which is in the future")
    assert found["keys"][:2] == ("warning", "1 editor")
    assert found["schema"] == (
        "warning",
        "1 revisions lack fingerprints",
        "Run `demarche migrate`: it goes on where it was broken off.",
    )
    assert found["seals"][0] == "warning"
    assert found["seals"][1].endswith("of 1970-01-01T00:00:01Z; not sealed yet: 1")


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("0009", "Take a backup, then run `demarche migrate`."),
        ("base", "`demarche serve` makes them, with the demo set."),
    ],
)
def test_a_schema_that_is_behind_is_found(
    database_url: str, revision: str, said: str, doctor: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    migrate(database_url, revision)
    _, found = doctor()
    assert found["schema"][0] == ("fault" if revision == "0009" else "warning")
    assert found["schema"][2] == said
    with tampering(Settings(database_url=database_url)) as (run, _, _):
        run("DELETE FROM alembic_version")
        run("INSERT INTO alembic_version VALUES ('9999')")
    code, found = doctor()
    assert (code, found["schema"][2]) == (1, "Use the newer version that made it.")


def test_files_that_are_no_database_of_ours_are_left_alone(
    tmp_path: Path, doctor: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///none/data.sqlite3")
    assert doctor()[1]["database"][:2] == ("warning", "there is no file none/data.sqlite3 yet")
    assert not (tmp_path / "none").exists()
    (tmp_path / "text").write_text("This is text, and text is no database, however long it is.\n" * 20)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///text")
    assert doctor()[1]["database"][:2] == ("fault", "text is not an SQLite database, or is damaged")
    with sqlite.connect(tmp_path / "theirs") as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    content = (tmp_path / "theirs").read_bytes()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///theirs")
    assert doctor()[1]["database"][:2] == ("fault", "theirs holds the tables of another program")
    assert (tmp_path / "theirs").read_bytes() == content


def test_disk_and_permissions_are_looked_at(tmp_path: Path, doctor: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data.sqlite3")
    migrate("sqlite:///data.sqlite3")
    (tmp_path / "data.sqlite3").chmod(0o666)
    assert doctor()[1]["permissions"][2] == "Close it: chmod o-w data.sqlite3"
    (tmp_path / "data.sqlite3").chmod(0o644)
    assert doctor()[1]["permissions"][0] == "ok"
    monkeypatch.setattr(examinations, "LEAST_ROOM", 10**18)
    code, found = doctor()
    assert (code, found["disk"][0]) == (1, "fault")


def test_a_clock_that_is_off_is_told(doctor: Asked, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr(examinations, "CLOCKS_APART", -(10**6))
    assert doctor()[1]["clock"][0] == "warning"


def test_settings_are_named_without_their_secrets(doctor: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/d?password=secret")
    code, found = doctor()
    assert code == 1
    assert found["database"][1:] == (
        "PostgreSQL at 127.0.0.1:1 can't be used (Connection refused)",
        "Start it, or correct DATABASE_URL.",
    )
    assert "u:***@127.0.0.1:1/d," in found["settings"][1]
    assert "secret" not in str(found)
    monkeypatch.setenv("PORT", "abc")
    code, found = doctor()
    assert (code, list(found)) == (1, ["settings"])
    assert found["settings"][1].startswith("PORT is 'abc', but should be a valid integer")


def test_a_port_in_use_is_a_fault_unless_the_service_has_it(
    tmp_path: Path, doctor: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.settimeout(0)
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        code, found = doctor()
        assert (code, found["port"][0]) == (1, "fault")
        assert "is in use" in found["port"][1]
    with started(tmp_path, "serve") as program:
        program.serving()
        monkeypatch.setenv("PORT", program.port)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/var/demarche.sqlite3")
        code, found = doctor()
        assert found["port"][:2] == ("ok", f"the service answers at {program.url()}")
        assert (code, found["seals"][:2]) == (0, ("warning", "none"))
        assert program.stop() == 0


def test_an_encoding_that_loses_letters_is_a_fault(
    postgres_server: str, doctor: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"ascii_{free_port()}"
    with postgres._connect(postgres_server) as connection:
        connection.execute(f"create database {name} encoding 'SQL_ASCII' locale 'C' template template0".encode())
    monkeypatch.setenv("DATABASE_URL", urlsplit(postgres_server)._replace(path=f"/{name}").geturl())
    found = doctor()[1]
    postgres.drop_database(postgres_server, name)
    assert found["database"][0] == "fault"
    assert "ENCODING 'UTF8'" in str(found["database"][2])

"""The verbs besides `serve`: keys, the demo set, migrations; and what is said where they can't."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2 as sqlite

from api.__main__ import main
from api.commands.migrate import path
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import dialects, keys
from tests import test_commands_program as programs
from tests.clients import Client
from tests.test_commands_program import started


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with programs.empty_database(request, tmp_path) as url:
        yield url


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, database_url: str) -> str:
    """The fresh database is the one of the environment."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


def test_a_key_is_made_shown_once_and_works(tmp_path: Path, new_url: str) -> None:
    with started(tmp_path, "keys", "create", "Новости", "editor", DATABASE_URL=new_url) as program:
        assert program.ended() == 0, program.err
        secret = program.out.strip()
        assert program.err == ""
    database = Database(Settings(database_url=new_url))
    with database.reading() as reading:
        writer = keys.find(reading, secret)
        assert writer
        assert (writer.name, writer.role) == ("Новости", "editor")
    database.close()
    with started(tmp_path, "keys", "create", "Новости", "admin", DATABASE_URL=new_url) as again:
        assert "already" in programs.refusal(again)
    assert programs.table_counts(new_url)["api_key"] == 2


def test_keys_are_listed_without_their_secrets_and_revoked(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "create", "newsroom", "editor"]) == 0
    secret = capsys.readouterr().out.strip()
    assert main(["keys", "create", "guest", "reader", "--expires", "2999-01-01T00:00:00Z", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["expires_at"] == "2999-01-01T00:00:00Z"
    assert main(["keys", "list"]) == 0
    table = capsys.readouterr().out
    assert [line.split()[:2] for line in table.splitlines()[1:]] == [["guest", "reader"], ["newsroom", "editor"]]
    assert main(["keys", "revoke", "newsroom"]) == 0
    assert capsys.readouterr().out.startswith("Revoked: newsroom, since 20")
    assert main(["keys", "list", "--json"]) == 0
    listed = capsys.readouterr().out
    assert secret not in table + listed
    assert [bool(one["revoked_at"]) for one in json.loads(listed)["items"]] == [False, True]
    database = Database(Settings(database_url=here))
    with database.reading() as reading:
        assert keys.find(reading, secret) is None
        assert keys.find(reading, made["secret"]) is not None
    database.close()
    assert main(["keys", "revoke", "nobody"]) == 3
    assert "`demarche keys list`" in capsys.readouterr().err


def test_an_instant_that_has_passed_ends_no_key(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    for given, said in (("2001-01-01T00:00:00Z", "has passed"), ("tomorrow", "instant")):
        assert main(["keys", "create", "guest", "reader", "--expires", given]) == 3
        assert said in capsys.readouterr().err
    assert programs.table_counts(here)["api_key"] == 0


def test_a_key_needs_a_role_that_there_is(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "create", "desk", "edtor"]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "'edtor' is no value of role (Did you mean editor?)\n"
    assert programs.table_counts(here)["api_key"] == 0


def test_demo_says_what_it_loaded_and_what_was_there(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    first = capsys.readouterr().out
    counts = programs.table_counts(here)
    assert main(["demo"]) == 0
    second = capsys.readouterr().out
    assert programs.table_counts(here) == counts
    names = ["actors", "affiliations", "sources", "topics", "statements", "events", "reactions"]
    assert [line.split()[0] for line in first.splitlines()] == names
    loaded = {line.split()[0]: int(line.split()[1]) for line in first.splitlines()}
    assert loaded["actors"] == counts["actor"]
    assert loaded["statements"] + loaded["events"] == counts["record"]
    assert [line.split()[1] for line in second.splitlines()] == ["0"] * 7
    assert [int(line.split()[3]) for line in second.splitlines()] == list(loaded.values())


def test_each_verb_gives_scripts_one_document(here: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def asked(*words: str) -> Any:
        assert main([*words, "--json"]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        assert printed.out.count("\n") == 1
        return json.loads(printed.out)

    assert asked("migrate") == {"revision": path()[-1], "migrations_run": 0, "undone": False}
    assert asked("demo")["statements"] == {"loaded": programs.table_counts(here)["record"] - 112, "there_already": 0}
    (sealed,) = asked("seal")["seals"]
    assert asked("seal") == {"seals": [], "newest": sealed}
    found = asked("verify", "--seal", sealed["published"])
    assert (found["ok"], found["versions"], found["seals"]) == (True, sealed["versions"], 1)
    with Client(create(Settings(database_url=here))) as client:
        proof = client.get("/v1/proofs/actor/kremlin").json()
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof))
    held = asked("check-proof", str(file))
    assert (held["holds"], held["published"]) == (True, sealed["published"])
    assert held["content"]["identity"]["slug"] == "kremlin"
    file.write_text(json.dumps({**proof, "salt": "00" * 16}))
    assert main(["check-proof", str(file), "--json"]) == 1
    printed = capsys.readouterr()
    bent = json.loads(printed.out)
    assert not bent["holds"]
    assert printed.err.splitlines() == bent["faults"]


def test_the_openapi_document_is_the_one_that_is_served(
    served_document: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(served_document)
    assert main(["openapi", str(tmp_path / "openapi.json"), "--json"]) == 0
    written = (tmp_path / "openapi.json").read_bytes()
    assert json.loads(written) == json.loads(served_document)
    assert json.loads(capsys.readouterr().out) == {"file": str(tmp_path / "openapi.json"), "bytes": len(written)}
    assert main(["openapi", str(tmp_path / "none" / "openapi.json")]) == 3
    assert "can't be written (No such file or directory)" in capsys.readouterr().err


def test_going_back_must_be_asked_for_twice(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo"])
    before = programs.table_counts(here)
    capsys.readouterr()
    assert main(["migrate", "base"]) == 3
    assert "add --undo" in capsys.readouterr().err
    assert programs.table_counts(here) == before
    assert main(["migrate", "base", "--undo"]) == 0
    assert main(["migrate"]) == 0
    assert set(programs.table_counts(here).values()) == {0}


def test_migrating_what_stands_there_already_does_nothing(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert "migrations run: 0." in capsys.readouterr().out
    assert main(["migrate", "0815"]) == 3
    assert capsys.readouterr().err.startswith("There is no revision '0815': give one of base, ")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SQLITE_PRAGMAS", tuple(one for one in dialects.SQLITE_PRAGMAS if "journal" not in one), "'journal_mode': 'delete'"),
        ("SQLITE_PRAGMAS", tuple(one for one in dialects.SQLITE_PRAGMAS if "foreign" not in one), "'foreign_keys': 0"),
        ("SQLITE_PRAGMAS", (*dialects.SQLITE_PRAGMAS, "synchronous=NORMAL"), "'synchronous': 1"),
        ("FIXED_SQLITE", (99,), "3.51.3 or later is needed"),
    ],
)  # fmt: skip
def test_an_sqlite_that_could_lose_a_record_is_not_used(
    name: str,
    value: object,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data.sqlite3")
    monkeypatch.setattr(dialects, name, value)
    assert main(["migrate"]) == 3  # which `serve` does first
    assert said in capsys.readouterr().err


def test_the_sqlite_in_use_is_one_without_the_bug() -> None:
    assert sqlite.sqlite_version_info >= (3, 51, 3)

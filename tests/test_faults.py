"""Locks, lost edits, kills and failing commits, on real files and several processes."""

import asyncio
from pathlib import Path

import pytest

from api.database import Database
from api.main import create
from api.settings import Settings
from tests import expect
from tests.clients import Client
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import statement, world
from tests.faults import editors, imports, kills, streams
from tests.faults.servers import servers

_FAILING_COMMIT = {
    "sqlite": [
        "CREATE TABLE broken (actor_id INTEGER REFERENCES actor (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER break_commit AFTER INSERT ON record BEGIN INSERT INTO broken VALUES (-1); END",
    ],
    "postgresql": [
        "CREATE FUNCTION break_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the commit fails'; END $$",
        "CREATE CONSTRAINT TRIGGER break_commit AFTER INSERT ON record DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION break_commit()",
    ],
}


def test_nothing_is_acknowledged_when_the_commit_fails(api: Api, settings: Settings) -> None:
    world(api)
    database = Database(settings)
    with database.connection() as connection:
        for sql in _FAILING_COMMIT[database.dialect]:
            connection.execute(sql)
    database.close()
    answer = api.send("POST", "/v1/statements", json=statement(), headers={"Idempotency-Key": "one"})
    expect.problem(answer, "internal")
    assert "commit fails" not in answer.text
    assert api.get("/v1/statements")["items"] == []
    expect.problem(api.send("POST", "/v1/statements", json=statement()), "internal")


@pytest.fixture
def desk(settings: Settings) -> str:
    """A key on a database with the little world in it."""
    key = make_key(settings.database_url, "desk", "editor")
    with Client(create(settings)) as client:
        world(Api(client, key))
    return key


def test_no_edit_is_lost_between_two_servers(settings: Settings, desk: str) -> None:
    with servers(settings.database_url, 2) as running:
        outcome = asyncio.run(editors.run(running, desk, editors=12, records=3, seconds=60, edits_each=5))
    assert sum(outcome.accepted.values()) == 60
    assert outcome.statuses[412] > 0
    outcome.assert_nothing_was_lost()


def test_what_was_acknowledged_outlives_kill_9(settings: Settings, desk: str) -> None:
    ledger = kills.run(settings.database_url, desk, kills=3, least=4)
    assert len(ledger.acknowledged) > 3
    assert set(ledger.statuses) <= {200, 201}
    kills.assert_whole(settings.database_url, ledger)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
def test_a_thousand_idle_readers_stay_under_300_mb(settings: Settings, desk: str) -> None:
    cost = streams.run(settings.database_url, desk, readers=100, seconds=0.1, writes=2)
    assert cost.memory_before + 10 * (cost.memory - cost.memory_before) < 300


def test_an_import_that_is_killed_ends_as_one_that_is_not(settings: Settings, desk: str, tmp_path: Path) -> None:
    path, rows = tmp_path / "rows.ndjson", 400
    imports.write_file(path, rows)
    assert imports.run(settings.database_url, path, kills=3, longest=0.1) > 0
    imports.take_in(settings.database_url, path)
    found = imports.state(settings.database_url)
    kept = rows - rows // imports.REJECTED_EACH
    assert [int(number) for number, _, _ in found["records"]] == sorted(
        (number for number in range(rows) if number % imports.REJECTED_EACH != imports.REJECTED_EACH - 1), key=str
    )
    assert {version for _, version, _ in found["records"]} == {1}
    assert [(state, done) for state, done, _ in found["batches"]] == [("done", rows)]
    assert len(found["rejects"]) == rows - kept
    assert found["written"] == kept

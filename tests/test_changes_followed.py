"""A reader that follows the cursor misses nothing and sees nothing twice, however late the commits of others come."""

import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from api.database import Database
from api.settings import Settings
from api.store import documents, keys, records, sources
from schemas.vocabularies import Kind
from tests.desk import nouns
from tests.expect import Api
from tests.factories import statement
from tests.faults.servers import servers
from tests.feed import FEED, ask, follow, told

WRITERS = 8
PATIENCE = 60  # seconds after which a wait has failed; nothing takes as long


class Reads:
    """How often the reader has read, for writers who hold their commit back until it has."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def add(self) -> None:
        """The reader has read once more."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, more: int) -> None:
        """Until the reader has read so often from now on."""
        with self._changed:
            wanted = self._count + more
            assert self._changed.wait_for(lambda: self._count >= wanted, PATIENCE)


def committed(settings: Settings) -> list[tuple[str, int]]:
    """The id or slug and version of each statement and source in the order of `seq`, as the tables have them."""
    database = Database(settings)
    try:
        with database.reading() as reading:
            return [
                (address, version)
                for _, address, version in reading.rows(
                    "SELECT v.seq, r.uid, v.version FROM record_version v JOIN record r ON r.id = v.record_id UNION ALL "
                    "SELECT v.seq, s.slug, v.version FROM source_version v JOIN source s ON s.id = v.source_id ORDER BY seq"
                )
            ]
    finally:
        database.close()


def seen(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """The same of what a reader was given."""
    return [(address, version) for _, noun, address, version in told(items) if noun in ("statement", "source")]


def test_commits_that_come_late_are_neither_missed_nor_seen_twice(api: Api, settings: Settings) -> None:
    """Eight writers, each with connections of its own as in a process of its own; each draws its place in the order and
    then holds its commit until the reader has read up to three times more. The reader takes pages of all sizes meanwhile."""
    nouns(api)
    reads, numbers = Reads(), itertools.count()

    def write(chance: random.Random) -> int:
        database = Database(settings)
        late = 0
        try:
            for _ in range(6):
                with database.writing(keys.SYSTEM) as writing:
                    made = documents.loads(records.create(writing, Kind.STATEMENT, statement()).body)["id"]
                    if chance.random() < 0.5:
                        records.amend(writing, Kind.STATEMENT, made, {"title": "New"}, None)
                    if chance.random() < 0.5:
                        sources.create(writing, {"slug": f"s-{next(numbers)}", "name": "One more"})
                    more = chance.choice((0, 1, 2, 3))
                    late += more > 0
                    reads.wait(more)
        finally:
            database.close()
        return late

    items: list[dict[str, Any]] = []
    after: str | None = None
    chance = random.Random(4)
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, random.Random(number)) for number in range(WRITERS)]
        last = False
        while not last:
            last = all(writer.done() for writer in writers)
            page = ask(api, after, limit=chance.choice((1, 2, 5, 50))).json()
            items += page["items"]
            after = page["next"]
            last = last and not page["more"]
            reads.add()
        assert sum(writer.result() for writer in writers) > 20
    assert len(seen(items)) > 48
    assert seen(items) == committed(settings)
    assert follow(api, limit=500) == (items, after)


# Each commit waits in the database itself, at one of three gates, until the reader opens it for a moment.
GATES = 3
_GATES = [
    "CREATE FUNCTION wait_at_a_gate() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN PERFORM pg_advisory_xact_lock_shared(-1 - NEW.seq % {GATES}); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER wait_at_a_gate AFTER INSERT ON revision DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION wait_at_a_gate()",
]


class Gates:
    """The gates of a PostgreSQL database, all closed; none elsewhere."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._chance = random.Random(5)
        self.waited = 0
        for gate in range(GATES if connection else 0):
            connection.execute("SELECT pg_advisory_lock(%s)", [-1 - gate])

    def open_one(self) -> None:
        """Let pass whoever waits at one of them, and wait until they have."""
        if self._connection is None:
            return
        gate = -1 - self._chance.randrange(GATES)
        waiting = self._connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ShareLock'"
        ).fetchone()
        self.waited += waiting[0] > 0
        self._connection.execute("SELECT pg_advisory_unlock(%s)", [gate])
        self._connection.execute("SELECT pg_advisory_lock(%s)", [gate])


@contextmanager
def gates(settings: Settings) -> Iterator[Gates]:
    """The gates, closed from here on."""
    if settings.database_url.startswith("sqlite"):
        yield Gates(None)
        return
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        for sql in _GATES:
            connection.execute(sql)
        yield Gates(connection)


@pytest.fixture
def key(api: Api) -> str:
    """An editor's key to a small desk."""
    nouns(api)
    return api.headers["Authorization"]


def test_two_servers_that_many_write_through_give_one_feed(key: str, settings: Settings) -> None:
    """Eight writers through two server processes; the reader asks now the one, now the other, between the commits."""
    headers = {"Authorization": key}

    def write(address: str) -> None:
        with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as client:
            for _ in range(5):
                made = client.post("/v1/statements", json=statement())
                assert made.status_code == 201, made.text
                changed = client.patch(
                    made.headers["location"], json={"title": "New"}, headers={"If-Match": made.headers["etag"]}
                )
                assert changed.status_code == 200, changed.text

    items: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    with ExitStack() as stack:
        running = stack.enter_context(servers(settings.database_url, 2))
        clients = [stack.enter_context(httpx.Client(base_url=one.address, timeout=PATIENCE)) for one in running]
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS))
        closed = stack.enter_context(gates(settings))
        writers: list[Future[None]] = [pool.submit(write, running[number % 2].address) for number in range(WRITERS)]
        for turn in itertools.count():
            last = all(writer.done() for writer in writers)
            response = clients[turn % 2].get(FEED, params={"limit": 1 + turn % 7, **after})
            assert response.status_code == 200, response.text
            page = response.json()
            items += page["items"]
            after = {"after": page["next"]}
            if last and not page["more"]:
                break
            closed.open_one()
        for writer in writers:
            writer.result()
    assert len(items) == 6 + 2 * 5 * WRITERS
    assert seen(items) == committed(settings)
    assert closed.waited > 40 or settings.database_url.startswith("sqlite")

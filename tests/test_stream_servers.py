"""The feed live from several server processes on one database: through cuts, a killed server, and an orderly end."""

import random
import resource
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from api.streams import MOST_STREAMS
from tests.desk import nouns, post, said
from tests.expect import Api
from tests.factories import statement
from tests.feed import anyone, follow
from tests.streams import PATIENCE, Listener, Stuck, bulky
from tests.test_commands_program import Program, started

WRITERS = 4
LAST = "The last word"
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"kind": ["statement", "source"]},
    {"topic": "truce-in-principle"},
    {"actor": "kremlin"},
]


@pytest.fixture
def programs(api: Api, settings: Settings, tmp_path: Path) -> Iterator[list[Program]]:
    """Two server processes on the database of `api`, which has a small desk in it."""
    nouns(api)
    with ExitStack() as stack:
        environment = {"DATABASE_URL": settings.database_url}
        running = [stack.enter_context(started(tmp_path, "serve", **environment)) for _ in range(2)]
        for program in running:
            program.serving()
        yield running


def write(address: str, key: str, rounds: int) -> None:
    """Make drafts, publish them, and let others speak meanwhile."""
    with httpx.Client(base_url=address, headers={"Authorization": key}, timeout=PATIENCE) as client:
        for number in range(rounds):
            body = statement(
                status="draft" if number % 2 else "published", on_behalf_of="kremlin" if number % 3 else None
            )
            made = client.post("/v1/statements", json=body)
            assert made.status_code == 201, made.text
            change = {"title": "New", "status": "published"}
            changed = client.patch(made.headers["location"], json=change, headers={"If-Match": made.headers["etag"]})
            assert changed.status_code == 200, changed.text


class Reader(Listener):
    """One who goes now to the one server, now to the other, and comes back whenever it is cut off."""

    def read(self, addresses: Sequence[str], chance: random.Random, longest: int) -> list[dict[str, Any]]:
        """All events up to the last word; the reader leaves after at most so many."""
        self.items: list[dict[str, Any]] = []
        self.cuts = 0
        while True:
            self.address = chance.choice(addresses)
            try:
                self.begin()
                for _ in range(chance.randint(0, longest)):
                    self.items.append(self.event())
                    if (self.items[-1]["representation"] or {}).get("title") == LAST:
                        return self.items
            except (EOFError, httpx.TransportError):
                pass  # the server has gone
            self.cut()
            self.cuts += 1


def without(item: dict[str, Any]) -> dict[str, Any]:
    """An item without what it is now, which is told with the names and answers of when it is read."""
    return {**item, "representation": item["representation"] is not None}


def assert_same(api: Api, reader: Reader, start: str) -> None:
    """The reader got what /v1/changes has, in its order, each once."""
    asker = api if "Authorization" in reader.headers else anyone(api)
    question = {name: value for name, value in reader.params.items() if name != "after"}
    assert [without(item) for item in reader.items] == [without(item) for item in follow(asker, start, **question)[0]]


def readers(api: Api, stack: ExitStack) -> list[tuple[Reader, str]]:
    """Each question of an editor and of nobody in particular, from now on."""
    found = []
    for asker in (api, anyone(api)):
        for question in QUESTIONS:
            start = follow(asker, **question)[1]
            key = asker.headers.get("Authorization")
            found.append((stack.enter_context(Reader("", key, after=start, **question)), start))
    return found


def test_nothing_is_missed_and_nothing_comes_twice_however_often_readers_are_cut_off(
    api: Api, programs: list[Program]
) -> None:
    addresses = [program.url() for program in programs]
    with ExitStack() as stack:
        asked = readers(api, stack)
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS + len(asked)))
        reading = [
            pool.submit(reader.read, addresses, random.Random(number), 12) for number, (reader, _) in enumerate(asked)
        ]
        writing = [
            pool.submit(write, addresses[number % 2], api.headers["Authorization"], 6) for number in range(WRITERS)
        ]
        for writer in writing:
            writer.result()
        said(api, title=LAST, on_behalf_of="kremlin")
        for one in reading:
            one.result()
        for reader, start in asked:
            assert_same(api, reader, start)
        assert len(asked[0][0].items) == 2 * 6 * WRITERS + 1
        assert sum(reader.cuts for reader, _ in asked) > 20


def test_whoever_listened_to_a_killed_server_goes_on_at_another(api: Api, programs: list[Program]) -> None:
    doomed, other = programs
    with ExitStack() as stack:
        asked = readers(api, stack)
        for reader, _ in asked:
            reader.address = doomed.url()
            reader.begin()
        gone = threading.Event()

        def read(reader: Reader) -> None:
            before = []
            try:
                while True:
                    before.append(reader.event())
                    if len(before) > 2:
                        ready.release()
            except (EOFError, httpx.TransportError):
                gone.wait(PATIENCE)
            reader.read([other.url()], random.Random(1), 1_000)
            reader.items[:0] = before

        ready = threading.Semaphore(0)
        pool = stack.enter_context(ThreadPoolExecutor(1 + len(asked)))
        reading = [pool.submit(read, reader) for reader, _ in asked]
        writing = pool.submit(write, other.url(), api.headers["Authorization"], 20)
        for _ in asked:
            assert ready.acquire(timeout=PATIENCE)
        doomed.process.kill()
        doomed.ended()
        gone.set()
        writing.result()
        said(api, title=LAST, on_behalf_of="kremlin")
        for one in reading:
            one.result()
        for reader, start in asked:
            assert_same(api, reader, start)
        assert len(asked[0][0].items) == 2 * 20 + 1


def anonymous_memory(program: Program) -> int:
    """Bytes of a process that are no file's."""
    status = Path(f"/proc/{program.process.pid}/status").read_text(encoding="ascii")
    return 1024 * int(status.partition("RssAnon:")[2].split()[0])


STUCK, BULK = 20, 150


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
def test_stuck_readers_cost_no_memory_and_hold_up_no_end(api: Api, programs: list[Program]) -> None:
    program, _ = programs
    start = follow(anyone(api))[1]
    with ExitStack() as stack:
        listener = stack.enter_context(Listener(program.url(), after=start))
        listener.begin()
        before = anonymous_memory(program)
        stuck = [Stuck(program.url(), start) for _ in range(STUCK)]
        for one in stuck:
            stack.enter_context(one.socket)
        bulky(api, BULK)
        post(api, "/v1/sources", {"slug": "the-end", "name": "The end"})
        listener.events("the-end")
        # What was written, twenty times over, is 120 MB; a queue for each of them would hold it.
        grown = anonymous_memory(program) - before
        assert grown < 40_000_000
        assert program.stop() == 0
        assert program.err == ""
        assert listener.to_the_end() in ([], [[f"id: {listener.last}"]])
        for one in stuck:
            assert one.rest()


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the limits of a process are read from /proc")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_may_have_as_many_connections_as_it_takes_streams(
    api: Api, settings: Settings, tmp_path: Path
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        with started(tmp_path, "serve", DATABASE_URL=settings.database_url) as program:
            limits = Path(f"/proc/{program.serving().process.pid}/limits").read_text(encoding="ascii")
            soft = int(limits.partition("Max open files")[2].split()[0])
            assert soft >= min(before[1], 2 * MOST_STREAMS)
            assert program.stop() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

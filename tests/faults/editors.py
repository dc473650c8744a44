"""Many editors on few records, through several servers: each reads, changes what it read, and sends it with If-Match."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.factories import statement
from tests.faults.servers import Server


@dataclass
class Outcome:
    """What the editors saw, and how the records stand afterwards."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)  # record -> edits answered with 200
    versions: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    def assert_nothing_was_lost(self) -> None:
        """Every accepted edit is one version and one count; nobody was answered with an error of ours."""
        assert not [status for status in self.statuses if status >= 500], self.statuses
        for path, version in self.versions.items():
            assert version == 1 + self.accepted[path], (path, version, self.accepted[path])
            assert self.counters[path] == self.accepted[path], (path, self.counters[path], self.accepted[path])


async def _edit(client: httpx.AsyncClient, paths: list[str], outcome: Outcome, until: float, most: int) -> None:
    done = 0
    while time.monotonic() < until and done < most:
        path = random.choice(paths)
        read = await client.get(path)
        outcome.statuses[read.status_code] += 1
        if read.status_code != 200:
            continue
        count = int(read.json()["summary"]) + 1
        sent = await client.patch(path, json={"summary": str(count)}, headers={"If-Match": read.headers["etag"]})
        outcome.statuses[sent.status_code] += 1
        if sent.status_code == 200:
            outcome.accepted[path] += 1
            done += 1


async def run(
    servers: list[Server], key: str, editors: int, records: int, seconds: float, edits_each: int = 10**9
) -> Outcome:
    """Let the editors work for some seconds, or until each has made its edits."""
    headers = {"Authorization": f"Bearer {key}"}
    outcome = Outcome()
    limits = httpx.Limits(max_connections=None)
    clients = [httpx.AsyncClient(base_url=one.address, headers=headers, timeout=60, limits=limits) for one in servers]
    try:
        paths = []
        for index in range(records):
            made = await clients[0].post("/v1/statements", json=statement(title=f"Record {index}", summary="0"))
            assert made.status_code == 201, made.text
            paths.append(made.headers["location"])
        until = time.monotonic() + seconds
        work = [_edit(clients[index % len(clients)], paths, outcome, until, edits_each) for index in range(editors)]
        await asyncio.gather(*work)
        for path in paths:
            body = (await clients[-1].get(path)).json()
            outcome.versions[path], outcome.counters[path] = body["version"], int(body["summary"])
    finally:
        for client in clients:
            await client.aclose()
    return outcome

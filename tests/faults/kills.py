"""A server killed at random moments under writes: what it acknowledged is there, and nothing is there by half."""

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field

import httpx

from api.database import Database
from api.settings import Settings
from tests.factories import statement
from tests.faults.servers import PATIENCE, Server

_numbers = itertools.count()


@dataclass
class Ledger:
    """What was acknowledged: for each external id the highest count in a 2xx, and the count sent last."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)


async def _write(client: httpx.AsyncClient, ledger: Ledger) -> None:
    """Make records and amend them until the server is gone."""
    while True:
        name = f"n{next(_numbers)}"
        body = statement(summary="0", external_source="kills", external_id=name, tags=["one", "two"], title=name)
        ledger.sent[name] = 0
        made = await client.post("/v1/statements", json=body)
        ledger.statuses[made.status_code] += 1
        if made.status_code != 201:
            continue
        ledger.acknowledged[name] = 0
        tag = made.headers["etag"]
        for count in (1, 2):
            ledger.sent[name] = count
            change = {"summary": str(count)}
            sent = await client.patch(f"/v1/statements/kills:{name}", json=change, headers={"If-Match": tag})
            ledger.statuses[sent.status_code] += 1
            if sent.status_code == 200:
                ledger.acknowledged[name] = count
                tag = sent.headers["etag"]


async def _until_killed(server: Server, key: str, ledger: Ledger, writers: int, after: float, least: int) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE) as client:
        work = [asyncio.create_task(_write(client, ledger)) for _ in range(writers)]
        broken, _ = await asyncio.wait(work, timeout=after, return_when=asyncio.FIRST_EXCEPTION)
        while len(ledger.acknowledged) < least and not broken:
            broken, _ = await asyncio.wait(work, timeout=0.01, return_when=asyncio.FIRST_EXCEPTION)
        server.kill()
        for result in await asyncio.gather(*work, return_exceptions=True):
            assert isinstance(result, httpx.TransportError), result


def run(url: str, key: str, kills: int, writers: int = 4, longest: float = 0.5, least: int = 0) -> Ledger:
    """Start a server, write, kill it at a random moment; again and again on the same database.

    The last one lives until so many writes have been acknowledged, however slow the machine is.
    """
    ledger = Ledger()
    for number in range(1, kills + 1):
        server = Server(url)
        try:
            server.wait()
            after = random.uniform(0.01, longest)
            asyncio.run(_until_killed(server, key, ledger, writers, after, least if number == kills else 0))
        finally:
            server.stop()
    return ledger


def assert_whole(url: str, ledger: Ledger) -> None:
    """Every acknowledged write is there, and every version has all its children and walked rows."""
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            found = dict(
                reading.rows(
                    "SELECT r.external_id, v.summary FROM record r "
                    "LEFT JOIN record_version v ON v.record_id = r.id AND v.superseded_seq IS NULL WHERE r.external_source = 'kills'"
                )
            )
            for name, count in ledger.acknowledged.items():
                assert name in found, f"{name} was acknowledged and is lost"
                assert count <= int(found[name]) <= ledger.sent[name], (name, count, found[name])
            halves = {
                "records without a current version": "SELECT count(*) FROM record r WHERE NOT EXISTS "
                "(SELECT 1 FROM record_version v WHERE v.record_id = r.id AND v.superseded_seq IS NULL)",
                "versions without children": "SELECT count(*) FROM record_version v JOIN record r ON r.id = v.record_id WHERE "
                "r.external_source = 'kills' AND ((SELECT count(*) FROM record_tag t WHERE t.seq = v.seq) <> 2 "
                "OR (SELECT count(*) FROM record_citation c WHERE c.seq = v.seq) <> 1 "
                "OR (SELECT count(*) FROM record_stance s WHERE s.seq = v.seq) <> 1 "
                "OR (SELECT count(*) FROM involvement i WHERE i.seq = v.seq) <> 2 "
                "OR (SELECT count(*) FROM record_topic x WHERE x.seq = v.seq) <> 2)",
                "walked rows that do not end with their version": "SELECT count(*) FROM record_version v JOIN involvement i ON i.seq = v.seq "
                "WHERE coalesce(i.superseded_seq, 0) <> coalesce(v.superseded_seq, 0)",
                "gaps in the order of writes": "SELECT max(seq) - count(*) FROM revision",
                "versions without a number": "SELECT count(*) FROM (SELECT record_id FROM record_version GROUP BY record_id "
                "HAVING max(version) <> count(*)) broken",
            }
            for what, sql in halves.items():
                row = reading.row(sql)
                assert row is not None
                assert row[0] == 0, f"{row[0]} {what}"
    finally:
        database.close()

"""Requests per CPU-second: the service against a constant answer and against the tutorial's way, on the same data.

All servers run at once, one process each, and are asked in turn, round after round, so that a change in the machine's
speed meets them alike. Every request answers fifty records.
"""

import json
import random
import statistics
from bisect import bisect
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from pysqlite3 import dbapi2 as sqlite

from schemas.dates import DAY
from schemas.records import position_mask
from schemas.vocabularies import Stance
from tests.benchmarks import load, serve, tutorial, world
from tests.benchmarks.generate import step
from tests.benchmarks.serve import Server

CONNECTIONS, ROUNDS, PAGE = 16, 3, 50
MINIMUM_RATIO = 20  # what the service promises against the tutorial's way
_EPOCH = date(1970, 1, 1).toordinal()
# The tutorial's answer shows these only where they are set; the service shows them on statements alone.
_OF_STATEMENTS = ("quote", "language", "translation", "translation_by", "channel", "prompted")
# The service alone reckons these.
_RECKONED = ("corroboration", "primary")

Question = tuple[str, dict[str, str]]  # the actor and the parameters


@dataclass
class Result:
    """What one server did under one workload, round by round."""

    name: str
    workload: str
    rate: list[float] = field(default_factory=list)
    per_cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    elsewhere: list[float] = field(default_factory=list)  # CPU-seconds a request in the database's own processes
    bytes: float = 0

    def middle(self, figure: str) -> float:
        """The median over the rounds."""
        return float(statistics.median(getattr(self, figure)))


def questions(store: Path, made: world.World, wanted: int) -> dict[str, list[Question]]:
    """Seeded requests with at least fifty answers each: by actor and dates; by topic, stance and confidence too."""
    pick = random.Random(made.seed + 3)
    connection = sqlite.connect(f"file:{store}?mode=ro", uri=True)
    skewed = list(accumulate(rank**-world.SKEW for rank in range(1, world.ACTORS + 1)))
    top = max(3, min(20, made.records // 50_000))
    walked = "SELECT earliest FROM {} WHERE {}actor = ? AND role = 0 AND earliest >= ? AND listed = 1 AND superseded_seq IS NULL"
    last = " ORDER BY earliest LIMIT 1 OFFSET 75"
    plain: list[Question] = []
    filtered: list[Question] = []
    for workload in (plain, filtered):
        for _ in range(wanted * 20):
            if len(workload) == wanted:
                break
            since = _EPOCH_DAY + pick.randrange(world.DAYS)
            if workload is plain:
                rank = (
                    bisect(skewed, pick.random() * skewed[-1]) + 1
                    if pick.random() < 0.5
                    else pick.randrange(world.ACTORS) + 1
                )
                extra: dict[str, str] = {}
                row = connection.execute(walked.format("involvement", "") + last, (rank, since * DAY)).fetchone()
            else:
                rank, number = pick.randrange(top) + 1, pick.randrange(world.ROOTS, world.TOPICS) + 1
                stance, least = pick.choice((Stance.SUPPORTS, Stance.OPPOSES)), pick.randrange(70)
                extra = {"topic": world.topic(number), "stance": stance, "min_confidence": str(least)}
                sql = (
                    walked.format("record_topic", "topic = ? AND ")
                    + " AND positions & ? <> 0 AND confidence >= ?"
                    + last
                )
                row = connection.execute(
                    sql, (number, rank, since * DAY, position_mask([stance], []), least)
                ).fetchone()
            if row:
                until = row[0] // DAY + 1 + pick.randrange(200)
                workload.append((world.actor(rank), {"from": _day(since), "to": _day(until), **extra}))
    connection.close()
    found = {"actor and dates": plain, "and topic, stance, confidence": filtered}
    return {name: workload for name, workload in found.items() if len(workload) >= wanted // 10}


_EPOCH_DAY = world.FIRST_DAY.toordinal() - _EPOCH


def _day(days: int) -> str:
    return date.fromordinal(days + _EPOCH).isoformat()


def _path(server: str, question: Question) -> str:
    slug, query = question
    place = f"/actors/{slug}/records" if server == "tutorial" else f"/v1/actors/{slug}/timeline"
    return f"{place}?{urlencode(query)}"


def compare(store: Path, made: world.World, seconds: float, postgres: str | None) -> list[Result]:
    """Run it all; the results by server and workload."""
    with step("choosing the requests"):
        asked = questions(store, made, 1_000)
    with ExitStack() as stack:
        servers = started(stack, store)
        if postgres:
            servers.append(stack.enter_context(serve.running("demarche on PostgreSQL", "demarche", postgres)))
        for workload in asked.values():
            check_alike(servers, workload[:10])
        body = store.with_name("constant.json")
        body.write_bytes(servers[0].get(_path("demarche", asked["actor and dates"][0])))
        servers.append(stack.enter_context(serve.running("constant", "constant", str(body))))
        results: list[Result] = []
        for name, workload in asked.items():
            results += _rounds(servers, name, workload, seconds, postgres)
        return results


def started(stack: ExitStack, store: Path) -> list[Server]:
    """The service and the tutorial's way, on the same records."""
    own = serve.running("demarche", "demarche", f"sqlite:///{store}")
    other = serve.running("tutorial", "tutorial", str(tutorial.filled(store)))
    return [stack.enter_context(own), stack.enter_context(other)]


def check_alike(servers: Sequence[Server], asked: Sequence[Question]) -> None:
    """That the servers answer fifty records each, and records that both answer with the same members and values."""
    for question in asked:
        answers = [_records(server, question) for server in servers]
        if {len(answer) for answer in answers} != {PAGE}:
            raise RuntimeError(f"{question} gives {[len(answer) for answer in answers]} records")
        ours, theirs, *others = answers
        shared = ours.keys() & theirs.keys()
        if not shared or any(ours[one] != theirs[one] for one in shared) or any(ours != other for other in others):
            raise RuntimeError(f"{question} is not answered alike")


def _records(server: Server, question: Question) -> dict[str, dict[str, Any]]:
    body = json.loads(server.get(_path(server.name, question)))
    found = {}
    for one in body if isinstance(body, list) else body["items"]:
        one["participants"].sort(key=lambda part: (part["actor"]["slug"], part["role"]))
        one["topics"].sort(key=lambda position: position["topic"]["slug"])
        found[one["id"]] = {
            name: value
            for name, value in one.items()
            if name not in _RECKONED and (name not in _OF_STATEMENTS or value is not None)
        }
    return found


def _rounds(
    servers: Sequence[Server], name: str, asked: Sequence[Question], seconds: float, postgres: str | None
) -> list[Result]:
    results = {server.name: Result(server.name, name) for server in servers}
    for number in range(ROUNDS + 1):
        for server in servers:
            paths = [_path(server.name, question) for question in asked]
            elsewhere = postgres if server.name.endswith("PostgreSQL") else None
            with step(f"{server.name}, {name}, round {number} of {ROUNDS}"):
                before, theirs = server.cpu(), _backends(elsewhere)
                seen = load.load(server.port, seconds if number else 1, CONNECTIONS, paths)
                used, theirs = server.cpu() - before, _backends(elsewhere) - theirs
            if seen["refused"]:
                raise RuntimeError(f"{server.name} refused {seen['refused']} of {seen['requests']} requests")
            if number:  # the first round warms up
                result = results[server.name]
                result.rate.append(seen["requests"] / seen["seconds"])
                result.per_cpu.append(seen["requests"] / used)
                result.p50.append(seen["p50"] * 1000)
                result.p99.append(seen["p99"] * 1000)
                result.elsewhere.append(theirs / seen["requests"])
                result.bytes = seen["bytes"] / seen["requests"]
    return list(results.values())


def _backends(url: str | None) -> float:
    """CPU-seconds of PostgreSQL's processes so far; 0 where the system has no /proc."""
    if url is None or not Path("/proc/self/stat").exists():
        return 0.0
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        pids = [
            row[0]
            for row in connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        ]
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / 100

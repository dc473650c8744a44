"""From bodies to rows, in any process: what the one door would write for a record version, collected instead of written."""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import SQLModel

from api.store.checks import Checked
from api.store.records import SHAPES
from api.store.rows import Meta, insert_version
from api.store.sessions import Stamp, Writer, Writing
from schemas.dates import SECOND
from schemas.records import (
    Involvement,
    Record,
    RecordCitation,
    RecordParticipant,
    RecordStance,
    RecordTag,
    RecordTopic,
    RecordVersion,
)  # fmt: skip
from schemas.texts import RecordText
from schemas.versions import Revision
from schemas.vocabularies import KeyRole
from tests.benchmarks.world import World

BASE = 1_767_225_600 * SECOND  # 2026-01-01: revision n was recorded n seconds later
DESK = Writer(2, "benchmark-desk", KeyRole.EDITOR)
# Every table that a record is written to, in the order in which they refer to each other.
TABLES: tuple[type[SQLModel], ...] = (
    Revision, Record, RecordVersion, RecordParticipant, RecordStance, RecordCitation, RecordTag, RecordText, Involvement, RecordTopic,
)  # fmt: skip
_ENDED = (RecordVersion, Involvement, RecordTopic)

Rows = dict[str, list[tuple[Any, ...]]]
Name = tuple[str, str]  # noun and slug


class Job(NamedTuple):
    """One version to make: `first` and `ended` are the revisions of its record's first version and of the next one."""

    seq: int
    number: int
    version: int
    first: int
    ended: int | None


class Clocked(Writing):
    """A write transaction whose clock follows the order of writes, so that a seed gives the same database again."""

    def now(self) -> int:
        """One second after the last revision."""
        super().now()
        assert self._last is not None
        return recorded_at(self._last.seq + 1)


class _Collecting(Writing):
    """Takes the rows of a version where the database would."""

    def __init__(self) -> None:
        super().__init__(None, "sqlite", DESK)
        self.found: dict[type[SQLModel], Sequence[Mapping[str, Any]]] = {}

    def insert(self, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the rows."""
        self.found[table] = rows


def recorded_at(seq: int) -> int:
    """When a revision was recorded, in microseconds."""
    return BASE + seq * SECOND


def uid(number: int, first: int) -> str:
    """A UUIDv7 as `api.store.ids` makes it, but always the same for the same record."""
    milliseconds = recorded_at(first) // 1000
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | random.Random(number).getrandbits(62)))


def collect(made: World, identities: Mapping[Name, int], job: Job) -> dict[type[SQLModel], Sequence[Mapping[str, Any]]]:
    """The rows of one version, by table."""
    kind, body = made.body(job.number, job.version)
    change_note = body.get("change_note")
    checked = Checked(SHAPES[kind].model_validate(body), identities)
    stamp = Stamp(job.seq, recorded_at(job.seq))
    meta = Meta(job.number, uid(job.number, job.first), kind, job.version, stamp, recorded_at(job.first), DESK.name)
    writing = _Collecting()
    insert_version(writing, meta, checked)
    found = writing.found
    for table in _ENDED if job.ended else ():  # as api.store.rows.retire would
        found[table] = [{**row, "superseded_seq": job.ended} for row in found[table]]
    found[Revision] = [
        {
            "seq": job.seq,
            "recorded_at": stamp.recorded_at,
            "recorded_by": DESK.id,
            "change_note": change_note,
            "restored_from": None,
        }
    ]
    if job.version == 1:
        found[Record] = [
            {
                "id": job.number,
                "uid": meta.uid,
                "kind": kind,
                "external_source": None,
                "external_id": None,
                "created_by": DESK.id,
            }
        ]
    return found


def make(made: World, identities: Mapping[Name, int], jobs: Sequence[Job]) -> Rows:
    """The rows of many versions as tuples in the order of the tables' columns."""
    rows: Rows = {str(table.__tablename__): [] for table in TABLES}
    for job in jobs:
        for table, found in collect(made, identities, job).items():
            columns = _columns(table)
            rows[str(table.__tablename__)] += [tuple(map(_plain, columns(row))) for row in found]
    return rows


def columns_of(table: type[SQLModel]) -> list[str]:
    """The columns of a table, in the order of `make`."""
    return list(table.__table__.columns.keys())  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    return str.__str__(value) if isinstance(value, str) else value


@lru_cache
def _columns(table: type[SQLModel]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    return itemgetter(*columns_of(table))


_here: tuple[World, Mapping[Name, int]] | None = None


def prepare(made: World, identities: Mapping[Name, int]) -> None:
    """Tell a worker process what all its jobs share."""
    global _here
    _here = made, identities


def make_here(jobs: Sequence[Job]) -> Rows:
    """`make` in a worker process."""
    assert _here is not None
    return make(*_here, jobs)


def plan(made: World, first: int) -> list[Job]:
    """Every version in the order of writes, from revision `first` on: corrections come a while after what they correct."""
    pick = random.Random(made.seed + 2)
    order: list[tuple[float, int, int]] = []
    for number in range(1, made.records + 1):
        when = float(number)
        for version in range(1, made.versions(number) + 1):
            order.append((when, number, version))
            when += pick.expovariate(20 / made.records)
    order.sort()
    firsts: dict[int, int] = {}
    for seq, (_, number, version) in enumerate(order, first):
        if version == 1:
            firsts[number] = seq
    jobs: list[Job] = []
    latest: dict[int, int] = {}
    for index in range(len(order) - 1, -1, -1):
        _, number, version = order[index]
        jobs.append(Job(first + index, number, version, firsts[number], latest.get(number)))
        latest[number] = first + index
    return jobs[::-1]


def names_of(made: World) -> list[tuple[str, dict[str, Any]]]:
    """Every noun of the world with its body, in the order in which they can be created."""
    nouns = (("actor", made.actors()), ("source", made.sources()), ("topic", made.topics()))
    return [(noun, body) for noun, bodies in nouns for body in bodies]

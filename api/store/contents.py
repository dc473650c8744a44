"""What a version says, as the bytes that its fingerprint is taken of: the same from either database, in every release.

They are JSON made of what is stored in columns and child tables, never of the rendered document, which may be rendered
anew. A column is left out where it is null, and a list where it is empty, so that a release which adds one does not
change what older versions say. Other things are named by their number: what slug belongs to it stands in their own
content. What later writes change (`superseded_seq`) and what can be made again from the rest is not in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from sqlalchemy import Float, Integer
from sqlmodel import SQLModel

from api.store import dialects
from api.store.sessions import Reading
from schemas.actors import Actor, ActorAlias, ActorVersion
from schemas.affiliations import Affiliation, AffiliationVersion
from schemas.purges import Purge, PurgedVersion, PurgeVersion
from schemas.reactions import Reaction, ReactionVersion
from schemas.records import Record, RecordCitation, RecordParticipant, RecordStance, RecordTag, RecordVersion
from schemas.sources import Source, SourceVersion
from schemas.topics import Topic, TopicVersion

FORMAT = 1
# Changed by later writes, or made of other columns: `document` and `folded` may be made anew, a check holds `topic_key`.
LEFT_OUT = ("superseded_seq", "document", "folded", "topic_key")


@dataclass(frozen=True, slots=True)
class Thing:
    """What has versions: the tables that hold its identity, its versions, and the lists that belong to a version."""

    name: str
    identity: type[SQLModel]
    version: type[SQLModel]
    lists: Mapping[str, type[SQLModel]] = field(default_factory=dict, hash=False)


THINGS = (
    Thing(
        "record",
        Record,
        RecordVersion,
        {"participants": RecordParticipant, "topics": RecordStance, "citations": RecordCitation, "tags": RecordTag},
    ),
    Thing("reaction", Reaction, ReactionVersion),
    Thing("actor", Actor, ActorVersion, {"aliases": ActorAlias}),
    Thing("affiliation", Affiliation, AffiliationVersion),
    Thing("source", Source, SourceVersion),
    Thing("topic", Topic, TopicVersion),
    Thing("purge", Purge, PurgeVersion, {"erased": PurgedVersion}),
)


class Content(NamedTuple):
    """What one version says; `before` is the version before of the same thing, by its seq, with its digest."""

    seq: int
    thing: Thing
    id: int
    version: int
    before: int | None
    digest_before: bytes | None
    said: bytes


class Column(NamedTuple):
    """How a column is written: the name in front of its value, and whether that is text."""

    key: str
    is_text: bool


def read(reading: Reading, things: Iterable[Thing], first: int, last: int) -> list[Content]:
    """The contents of the versions of these things within a range of seqs, in order."""
    found = [content for thing in things for content in _of(reading, thing, first, last)]
    found.sort(key=lambda content: content.seq)
    return found


def _of(reading: Reading, thing: Thing, first: int, last: int) -> list[Content]:
    sql, *groups = _question(reading.dialect, thing)
    of_lists = [_question_of_list(table) for table in thing.lists.values()]
    questions = [sql, *(question for question, _ in of_lists)]
    rows, *listed = reading.rows_of_each(questions, {"first": first, "last": last})
    if not rows:
        return []
    columns = list(zip(*rows, strict=True))
    objects = []
    start = _HEAD
    for group in groups:
        objects.append(_objects(group, columns[start : start + len(group)]))
        start += len(group)
    lists = [
        _lists(member, members, items)
        for member, (_, members), items in zip(thing.lists, of_lists, listed, strict=True)
    ]
    opening = f'{{"format":{FORMAT},"noun":"{thing.name}","version":'
    found = []
    for head, revision, identity, content in zip(zip(*columns[:_HEAD], strict=True), *objects, strict=True):
        seq, number, version, before, digest_before = head
        tail = "".join([items.get(seq, "") for items in lists])
        said = f'{opening}{version},"revision":{revision},"identity":{identity},"content":{content}{tail}}}'
        found.append(Content(seq, thing, number, version, before, digest_before, said.encode()))
    return found


def _objects(group: Sequence[Column], columns: Sequence[tuple[Any, ...]]) -> list[str]:
    """JSON objects out of columns, without their nulls: column by column, in half the time that an encoder takes."""
    cells: list[Iterable[str]] = []
    for (key, is_text), values in zip(group, columns, strict=True):
        write = quoted if is_text else str
        different = set(values)
        if different == {None}:
            continue
        if None in different or len(different) * 2 < len(values):
            # Most columns hold few words or numbers: each is written once.
            written = {value: "" if value is None else key + write(value) for value in different}
            cells.append(map(written.__getitem__, values))
        else:
            cells += [repeat(key), map(write, values)]
    return [f"{{{''.join(row)[1:]}}}" for row in zip(*cells, strict=False)]


def _lists(member: str, group: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> dict[int, str]:
    """The list of each version that has one, by seq."""
    found: dict[int, list[str]] = {}
    if rows:
        seqs, *columns = zip(*rows, strict=True)
        for seq, item in zip(seqs, _objects(group, columns), strict=True):
            found.setdefault(seq, []).append(item)
    return {seq: f',"{member}":[{",".join(items)}]' for seq, items in found.items()}


_HEAD = 5  # so many columns stand before those that are written
_REVISION = {
    "r.seq": Column(',"seq":', False),
    "r.recorded_at": Column(',"recorded_at":', False),
    "r.recorded_by": Column(',"recorded_by":', False),
    "k.name": Column(',"recorded_by_name":', True),
    "r.change_note": Column(',"change_note":', True),
    "r.restored_from": Column(',"restored_from":', False),
}


@lru_cache
def _question(dialect: str, thing: Thing) -> tuple[str, list[Column], list[Column], list[Column]]:
    """What asks for the versions of a range, and how its columns are written: of the revision, the identity, the version."""
    name, key = thing.name, f"{thing.name}_id"
    identity = _columns(thing.identity, "i", LEFT_OUT)
    version = _columns(thing.version, "v", (*LEFT_OUT, "seq", "version", key))
    asked = ["v.seq", f"v.{key}", "v.version", "p.seq", "b.digest", *_REVISION, *identity, *version]
    joins = [
        (name, "i", f"i.id = v.{key}", False),
        ("revision", "r", "r.seq = v.seq", False),
        ("api_key", "k", "k.id = r.recorded_by", False),
        (f"{name}_version", "p", f"p.{key} = v.{key} AND p.version = v.version - 1", True),
        ("fingerprint", "b", "b.seq = p.seq", True),
    ]
    joined = " ".join(dialects.by_key(dialect, *join) for join in joins)
    sql = (
        f"SELECT {', '.join(asked)} FROM {name}_version v {joined} WHERE v.seq BETWEEN :first AND :last ORDER BY v.seq"
    )
    return sql, list(_REVISION.values()), list(identity.values()), list(version.values())


@lru_cache
def _question_of_list(table: type[SQLModel]) -> tuple[str, list[Column]]:
    columns = _columns(table, "l", (*LEFT_OUT, "seq"))
    sql = f"SELECT l.seq, {', '.join(columns)} FROM {table.__tablename__} l"
    return f"{sql} WHERE l.seq BETWEEN :first AND :last ORDER BY l.seq, l.position", list(columns.values())


def _columns(table: type[SQLModel], alias: str, without: Sequence[str]) -> dict[str, Column]:
    """How the columns of a table are asked for and written, in their order."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return {
        # Only PostgreSQL knows a zero below zero.
        f"{alias}.{column.name}{' + 0.0' * isinstance(column.type, Float)}": Column(
            f',"{column.name}":', not isinstance(column.type, Integer | Float)
        )
        for column in columns
        if column.name not in without
    }

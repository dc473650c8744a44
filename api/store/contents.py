"""What a version says, as the bytes that its fingerprint is taken of: the same from either database, in every release.

They are JSON made of what is stored in columns and child tables, never of the rendered document, which may be rendered
anew. A column is left out where it is null, and a list where it is empty, so that a release which adds one does not
change what older versions say. Other things are named by their number: what slug belongs to it stands in their own
content. What later writes change (`superseded_seq`) and what can be made again from the rest is not in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Float, Integer
from sqlmodel import SQLModel

from api.store import dialects
from api.store.sessions import Reading
from schemas.actors import Actor, ActorAlias, ActorVersion
from schemas.affiliations import Affiliation, AffiliationVersion
from schemas.codings import Coding, CodingStance, CodingVersion
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
    Thing("coding", Coding, CodingVersion, {"topics": CodingStance}),
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
    sql, *_ = _question(reading.dialect, thing)
    fractions = _fractions(thing)
    opening = f'{{"format":{FORMAT},"noun":"{thing.name}","version":'
    found = []
    for seq, number, version, before, digest_before, revision, identity, lists, *parts in reading.rows(
        sql, {"first": first, "last": last}
    ):
        content = parts[0]
        for key, value, more in zip(fractions, parts[1::2], parts[2::2], strict=True):
            content += more if value is None else f"{key}{value}{more}"
        said = f'{opening}{version},"revision":{{{revision[1:]}}},"identity":{{{identity[1:]}}},"content":{{{content[1:]}}}{lists}}}'
        found.append(Content(seq, thing, number, version, before, digest_before, said.encode()))
    return found


def _cells(dialect: str, columns: Mapping[str, Column]) -> str:
    """SQL of the members that stand in columns, each with a comma before it; what is null is left out."""
    cells = [
        f"CASE WHEN {column} IS NOT NULL THEN '{key}' || {dialects.quoted(dialect, column) if is_text else column} END"
        for column, (key, is_text) in columns.items()
    ]
    return f"concat({', '.join(cells)})" if cells else "''"


@lru_cache
def _fractions(thing: Thing) -> list[str]:
    """The keys of columns that hold fractions: each database writes those in its own way, so Python does."""
    columns = _columns(thing.version, "v", (*LEFT_OUT, "seq", "version", f"{thing.name}_id"))
    return [one.key for column, one in columns.items() if column.endswith(_FRACTION)]


def _parts(dialect: str, columns: Mapping[str, Column]) -> list[str]:
    """SQL of the content of a version, in parts: between them stand the columns that hold fractions."""
    parts: list[str] = []
    gathered: dict[str, Column] = {}
    for column, one in columns.items():
        if column.endswith(_FRACTION):
            parts += [_cells(dialect, gathered), column]
            gathered = {}
        else:
            gathered[column] = one
    return [*parts, _cells(dialect, gathered)]


_FRACTION = " + 0.0"  # only PostgreSQL knows a zero below zero
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
    lists = (
        f"',\"{member}\":[' || ({_question_of_list(dialect, table)[0]}) || ']'" for member, table in thing.lists.items()
    )
    asked = [
        "v.seq", f"v.{key}", "v.version", "p.seq", "b.digest", _cells(dialect, _REVISION), _cells(dialect, identity),
        f"concat('', {', '.join(lists)})" if thing.lists else "''", *_parts(dialect, version),
    ]  # fmt: skip
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
def _question_of_list(dialect: str, table: type[SQLModel]) -> tuple[str, list[Column]]:
    """What asks for the list of a version `v`, its items in order, and how its columns are written."""
    columns = _columns(table, "l", (*LEFT_OUT, "seq"))
    item = f"'{{' || substr({_cells(dialect, columns)}, 2) || '}}'"
    joined = dialects.joined(dialect, item, "l.position")
    return f"SELECT {joined} FROM {table.__tablename__} l WHERE l.seq = v.seq", list(columns.values())


def _columns(table: type[SQLModel], alias: str, without: Sequence[str]) -> dict[str, Column]:
    """How the columns of a table are asked for and written, in their order."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return {
        f"{alias}.{column.name}{_FRACTION * isinstance(column.type, Float)}": Column(
            f',"{column.name}":', not isinstance(column.type, Integer | Float)
        )
        for column in columns
        if column.name not in without
    }

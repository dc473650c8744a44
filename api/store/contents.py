"""What a version says, as the bytes that its fingerprint is taken of: the same from either database, in every release.

They are JSON made of what is stored in columns and child tables, never of the rendered document, which may be rendered
anew. A column is left out where it is null, and a list where it is empty, so that a release which adds one does not
change what older versions say. Other things are named by their number: what slug belongs to it stands in their own
content. What later writes change (`superseded_seq`) and what can be made again from the rest is not in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Float
from sqlmodel import SQLModel

from api.store import dialects
from api.store.sessions import Reading
from schemas.actors import Actor, ActorAlias, ActorVersion
from schemas.affiliations import Affiliation, AffiliationVersion
from schemas.codings import Coding, CodingStance, CodingVersion
from schemas.dismissals import Dismissal, DismissalVersion
from schemas.merges import RecordMerge
from schemas.purges import Purge, PurgedVersion, PurgeVersion
from schemas.reactions import Reaction, ReactionVersion
from schemas.records import Record, RecordCitation, RecordParticipant, RecordStance, RecordTag, RecordVersion
from schemas.sources import Source, SourceVersion
from schemas.topics import Topic, TopicVersion

FORMAT = 1
# Changed by later writes, or made of other columns: `document`, `folded` and the groups may be made anew, a check holds `topic_key`.
LEFT_OUT = ("superseded_seq", "document", "folded", "topic_key", "url_group", "origin_group")


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
        {
            "participants": RecordParticipant,
            "topics": RecordStance,
            "citations": RecordCitation,
            "tags": RecordTag,
            "merged": RecordMerge,
        },
    ),
    Thing("reaction", Reaction, ReactionVersion),
    Thing("actor", Actor, ActorVersion, {"aliases": ActorAlias}),
    Thing("affiliation", Affiliation, AffiliationVersion),
    Thing("source", Source, SourceVersion),
    Thing("topic", Topic, TopicVersion),
    Thing("coding", Coding, CodingVersion, {"topics": CodingStance}),
    Thing("dismissal", Dismissal, DismissalVersion),
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
    """How a column is written: the name in front of its value, and whether it may be null, which is left out."""

    key: str
    is_optional: bool
    is_fraction: bool = False


def read(reading: Reading, things: Iterable[Thing], first: int, last: int) -> list[Content]:
    """The contents of the versions of these things within a range of seqs, in order."""
    found = [content for thing in things for content in _of(reading, thing, first, last)]
    found.sort(key=itemgetter(0))
    return found


def _of(reading: Reading, thing: Thing, first: int, last: int) -> Iterator[Content]:
    sql, *_ = _question(reading.dialect, thing)
    for seq, number, version, before, digest_before, said, *fractions in reading.rows(
        sql, {"first": first, "last": last}
    ):
        for one in fractions:
            # Each database writes those in its own way, so Python does; only PostgreSQL knows a zero below zero.
            if one is not None:
                said = said.replace(_GAP, repr(one + 0.0).encode(), 1)
        yield Content(seq, thing, number, version, before, digest_before, said)


# In place of a fraction; any such character within a text is escaped.
_GAP = b"\x1f"


def _members(dialect: str, columns: Mapping[str, Column]) -> str:
    """SQL of the members that stand in columns, in parts to put together; the first of them is never null.

    All are written as JSON, numbers too: on SQLite a text can stand in their columns, and must not pass for more of them.
    """
    cells = []
    for column, (key, is_optional, is_fraction) in columns.items():
        value = dialects.character(dialect, _GAP) if is_fraction else dialects.quoted(dialect, column)
        cells.append(
            f"CASE WHEN {column} IS NOT NULL THEN '{key}' || {value} END" if is_optional else f"'{key}', {value}"
        )
    return ", ".join(cells)


_REVISION = {
    "r.seq": Column('"seq":', False),
    "r.recorded_at": Column(',"recorded_at":', False),
    "r.recorded_by": Column(',"recorded_by":', False),
    "k.name": Column(',"recorded_by_name":', False),
    "r.change_note": Column(',"change_note":', True),
    "r.restored_from": Column(',"restored_from":', True),
}


@lru_cache
def _question(
    dialect: str, thing: Thing
) -> tuple[str, Mapping[str, Column], Mapping[str, Column], Mapping[str, Column]]:
    """What asks for the versions of a range, and how its columns are written: of the revision, the identity, the version."""
    name, key = thing.name, f"{thing.name}_id"
    identity = _columns(thing.identity, "i", LEFT_OUT)
    version = _columns(thing.version, "v", (*LEFT_OUT, "seq", "version", key))
    head = [
        f"""'{{"format":{FORMAT},"noun":"{name}","version":', {dialects.quoted(dialect, "v.version")}""",
        f"""',"revision":{{', {_members(dialect, _REVISION)}""",
        f"""'}},"identity":{{', {_members(dialect, identity)}""",
    ]
    tail = [f"""'}},"content":{{', {_members(dialect, version)}, '}}'"""]
    for member, table in thing.lists.items():
        tail.append(f"""',"{member}":[' || {_question_of_list(dialect, table)[0]} || ']'""")
    # In two, as PostgreSQL puts at most a hundred parts together at once.
    said = f"concat({', '.join(head)}) || concat({', '.join(tail)}, '}}')"
    asked = ["v.seq", f"v.{key}", "v.version", "p.seq", "b.digest", dialects.bytes_of(dialect, said)]
    asked += [column for column, one in version.items() if one.is_fraction]
    joins = [
        (name, "i", f"i.id = v.{key}", False),
        ("revision", "r", "r.seq = v.seq", False),
        ("api_key", "k", "k.id = r.recorded_by", False),
        (f"{name}_version", "p", f"p.{key} = v.{key} AND p.version = nullif(v.version - 1, 0)", True),
        ("fingerprint", "b", "b.seq = p.seq", True),
    ]
    joined = " ".join(dialects.by_key(dialect, *join) for join in joins)
    sql = (
        f"SELECT {', '.join(asked)} FROM {name}_version v {joined} WHERE v.seq BETWEEN :first AND :last ORDER BY v.seq"
    )
    return sql, _REVISION, identity, version


@lru_cache
def _question_of_list(dialect: str, table: type[SQLModel]) -> tuple[str, Mapping[str, Column]]:
    """What asks for the list of a version `v`, its items in order, and how its columns are written."""
    columns = _columns(table, "l", (*LEFT_OUT, "seq"))
    item = f"concat('{{', {_members(dialect, columns)}, '}}')"
    joined = dialects.joined_list(dialect, item, str(table.__tablename__), "l.seq = v.seq")
    # Asked once for all of the range: where a list is not used, it is looked for in no version.
    is_any = f"EXISTS (SELECT 1 FROM {table.__tablename__} WHERE seq BETWEEN :first AND :last)"
    return f"CASE WHEN {is_any} THEN ({joined}) END", columns


def _columns(table: type[SQLModel], alias: str, without: Sequence[str]) -> dict[str, Column]:
    """How the columns of a table are asked for and written, in their order."""
    columns = [one for one in table.__table__.columns if one.name not in without]  # type: ignore[attr-defined]
    return {
        f"{alias}.{column.name}": Column(
            f'{"," * (column is not columns[0])}"{column.name}":', bool(column.nullable), isinstance(column.type, Float)
        )
        for column in columns
    }

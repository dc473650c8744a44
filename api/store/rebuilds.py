"""What can be made again of what is stored: documents, words, the tables that lists walk, groups of citations, folded names.

Each version is put once more through `rows.insert_version`, the one that every write goes through, into no database: so
that what is made again is what a write would make today.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlmodel import SQLModel

from api.store import keys, stored
from api.store.answered import said
from api.store.checks import Checked
from api.store.rows import CITED, STATEMENTS_ONLY, Meta, insert_version
from api.store.sessions import Reading, Stamp, Writing
from api.store.stored import Stored
from schemas import dates
from schemas.confidence import ConfidenceScale, Grade
from schemas.fields import fold
from schemas.parts import Place
from schemas.records import Involvement, RecordCitation, RecordTopic, RecordVersion
from schemas.texts import RecordText
from schemas.vocabularies import ConditionType, Kind, Stance

CHUNK = 500  # revisions: so few are made again in one write transaction that nobody waits long
# What belongs to a version and is made of it alone; what the versions of a range have in these tables is replaced as a whole.
_WHOLE: dict[str, type[SQLModel]] = {"words": RecordText, "involvement": Involvement, "topics": RecordTopic}
KINDS = ("documents", *_WHOLE, "groups", "names")
_PLAIN = ("status", "date_basis", "title", "summary", "attribution", "hedge", "event_type", "event_mode", "rationale")

Tables = Mapping[type[SQLModel], Sequence[Mapping[str, Any]]]


@dataclass(slots=True)
class Found:
    """What differs from what would be made: by its kind, the versions; and what can't be made of what is stored."""

    differs: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    unmade: list[str] = field(default_factory=list)
    versions: int = 0


class _Collecting(Writing):
    """Takes the rows of a version where the database would."""

    def __init__(self) -> None:
        super().__init__(None, "sqlite", keys.SYSTEM)
        self.found: dict[type[SQLModel], Sequence[Mapping[str, Any]]] = {}

    def insert(self, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the rows."""
        self.found[table] = rows


class _Themselves(Mapping[tuple[str, Any], Any]):
    """The identities of nouns that are named by their identities."""

    def __getitem__(self, named: tuple[str, Any]) -> Any:
        return named[1]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        raise TypeError("there is no end of them")

    def __len__(self) -> int:
        raise TypeError("there is no end of them")


def look(reading: Reading, first: int, last: int) -> Found:
    """Compare the versions of a range of revisions with what would be made of them."""
    return _work(reading, None, first, last)


def mend(writing: Writing, first: int, last: int) -> Found:
    """Make again what differs in a range of revisions; answers what that was."""
    return _work(writing, writing, first, last)


def _work(reading: Reading, writing: Writing | None, first: int, last: int) -> Found:
    found = Found()
    standing = {kind: _standing(reading, table, first, last) for kind, table in _WHOLE.items()}
    left = {kind: set(rows) for kind, rows in standing.items()}
    for version in stored.versions(reading, first, last):
        one, seq = version.one, version.one["seq"]
        found.versions += 1
        for seqs in left.values():
            seqs.discard(seq)
        try:
            made: Tables = {} if one["is_deleted"] else _made(version)
        except (ValueError, KeyError, TypeError) as error:
            found.unmade.append(f"{version.named}: nothing can be made of what is stored ({error}).")
            continue
        for kind, table in _WHOLE.items():
            rows = made.get(table, [])
            if _as_set(table, rows) != standing[kind].get(seq, set()):
                found.differs[kind].append(seq)
                if writing:
                    _replace(writing, table, seq, rows)
        _hold_document(found, writing, version, made)
        _hold_groups(found, writing, version, made)
    for kind, table in _WHOLE.items():
        for seq in sorted(left[kind]):  # of what was erased
            found.differs[kind].append(seq)
            if writing:
                _replace(writing, table, seq, [])
    _hold_names(found, reading, writing, first, last)
    return found


def _made(version: Stored) -> Tables:
    """The rows that a write of this version would make today. Raises ValueError, KeyError or TypeError for what no write leaves."""
    one = version.one
    meta = Meta(
        one["record_id"], one["uid"], Kind(one["kind"]), one["version"], Stamp(one["seq"], one["changed_at"]),
        one["recorded_at"], one["recorded_by"],
    )  # fmt: skip
    collecting = _Collecting()
    insert_version(collecting, meta, Checked(_body(version), _Themselves()))
    ended = {"superseded_seq": one["superseded_seq"]}
    for table in (Involvement, RecordTopic):
        collecting.found[table] = [{**row, **ended} for row in collecting.found[table]]
    return collecting.found


def _body(version: Stored) -> Any:
    """A body that says what is stored; nouns are named by their identities."""
    one = version.one
    given = json.loads(one["confidence_given"])
    place = {"name": one["place_name"], **{name: one[name] for name in ("country", "latitude", "longitude")}}
    return SimpleNamespace(
        **{name: one[name] for name in (*_PLAIN, *STATEMENTS_ONLY, "external_source", "external_id")}
        | {"prompted": None if one["prompted"] is None else bool(one["prompted"])},
        date=dates.parse(one["date"]),
        effective=dates.parse(one["effective"]) if one["effective"] else None,
        actor=one["actor_id"],
        on_behalf_of=one["on_behalf_of_id"],
        participants=[SimpleNamespace(actor=actor, role=role) for actor, role in version.participants],
        topics=[
            SimpleNamespace(
                topic=topic, stance=Stance(stance), condition_type=ConditionType(condition_type), conditions=conditions,
                coding_certainty=certainty,
            )
            for topic, stance, condition_type, conditions, certainty in version.topics
        ],
        citations=[
            SimpleNamespace(source=source, **dict(zip(CITED, rest, strict=True))) for source, *rest in version.citations
        ],
        confidence=Grade(one["confidence"], given["value"], ConfidenceScale(given["scale"])),
        place=Place.model_construct(**place) if any(value is not None for value in place.values()) else None,
        tags=list(version.tags),
    )  # fmt: skip


def _columns(table: type[SQLModel]) -> list[str]:
    return [name for name in table.model_fields if name != "seq"]


def _standing(reading: Reading, table: type[SQLModel], first: int, last: int) -> dict[int, set[tuple[Any, ...]]]:
    found = stored.by_seq(reading, str(table.__tablename__), ", ".join(_columns(table)), "1", first, last)
    return {seq: set(rows) for seq, rows in found.items()}


def _as_set(table: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    columns = _columns(table)
    return {tuple(row[name] for name in columns) for row in rows}


def _replace(writing: Writing, table: type[SQLModel], seq: int, rows: Sequence[Mapping[str, Any]]) -> None:
    writing.run(f"DELETE FROM {table.__tablename__} WHERE seq = :seq", {"seq": seq})
    writing.insert(table, rows)


def _hold_document(found: Found, writing: Writing | None, version: Stored, made: Tables) -> None:
    if RecordVersion not in made:  # a tombstone keeps the document that it ended, and shows it to nobody
        return
    document, stands = made[RecordVersion][0]["document"], version.one["document"]
    # An equal one may be written otherwise: SQLite keeps no zero below zero, which was rendered as it was sent.
    if document != stands and said(document) != said(stands):
        seq = version.one["seq"]
        found.differs["documents"].append(seq)
        if writing:
            sql = "UPDATE record_version SET document = :document WHERE seq = :seq"
            writing.run(sql, {"document": document, "seq": seq})


def _hold_groups(found: Found, writing: Writing | None, version: Stored, made: Tables) -> None:
    rows = made.get(RecordCitation, [])
    if [(row["url_group"], row["origin_group"]) for row in rows] != [tuple(row) for row in version.groups]:
        found.differs["groups"].append(version.one["seq"])
        sql = "UPDATE record_citation SET url_group = :url, origin_group = :origin WHERE seq = :seq AND position = :position"
        for row in rows:
            if writing:
                told = {"url": row["url_group"], "origin": row["origin_group"]}
                writing.run(sql, {**told, "seq": row["seq"], "position": row["position"]})


def _hold_names(found: Found, reading: Reading, writing: Writing | None, first: int, last: int) -> None:
    sql = (
        "SELECT seq, position, alias, folded FROM actor_alias WHERE seq BETWEEN :first AND :last ORDER BY seq, position"
    )
    for seq, position, alias, folded in reading.rows(sql, {"first": first, "last": last}):
        if folded != fold(alias):
            found.differs["names"].append(seq)
            if writing:
                sql = "UPDATE actor_alias SET folded = :folded WHERE seq = :seq AND position = :position"
                writing.run(sql, {"folded": fold(alias), "seq": seq, "position": position})


def index_is_sound(writing: Writing) -> bool:
    """Whether the index of words has the words of every version and no others; that of PostgreSQL is the database's own."""
    if writing.dialect != "sqlite":
        return True
    try:
        writing.run("INSERT INTO record_word (record_word, rank) VALUES ('integrity-check', 1)", {})
    except sqlite.DatabaseError as error:
        if "malformed" not in str(error):
            raise
        return False
    return True


def remake_index(writing: Writing) -> None:
    """Make the index of words anew, in one go: a second for 100,000 versions."""
    writing.run("INSERT INTO record_word (record_word) VALUES ('rebuild')", {})

"""Imports taken back: what a batch made is deleted, what it changed stands again as before; what was touched since is left.

It goes from what names others to what is named, so that nothing is held by something that goes as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import Problem
from api.store import actors, affiliations, codings, current, reactions, records, sources, topics, versioned
from api.store.sessions import Gathering, Reading
from api.store.versioned import Noun
from schemas.imports import ImportChunk

_PATHS = {"reaction": reactions.PATH, "source": sources.PATH, "topic": topics.PATH, "actor": actors.PATH}
_NOUNS = {
    noun.name: noun
    for noun in (codings.NOUN, reactions.NOUN, affiliations.NOUN, topics.NOUN, sources.NOUN, actors.NOUN)
}
ORDER = ("coding", "reaction", "record", "affiliation", "topic", "source", "actor")
_LINKED = """SELECT 1 FROM reaction i JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
    WHERE i.from_id = :id OR i.to_id = :id UNION ALL SELECT 1 FROM coding i
    JOIN coding_version v ON v.coding_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0 WHERE i.record_id = :id"""
_MERGED = """SELECT 1 FROM record_merge m JOIN record_version t ON t.seq = m.seq AND t.superseded_seq IS NULL WHERE m.into_id = :id"""
MERGED = "Another record was merged into it: take the two apart first (POST …/unmerge)."
GONE_INTO = "It was merged into another record: take the two apart first (POST …/unmerge)."
NAMED = "It is named by a reaction or a coding that did not come by this import."


@dataclass(frozen=True, slots=True)
class Touched:
    """A thing that a batch wrote: its first version and its last revision by it, and how it stands."""

    noun: str
    id: int
    first_version: int
    last_seq: int
    seq: int
    version: int
    is_deleted: bool
    is_undone: bool


@dataclass(slots=True)
class Undone:
    """What became of things that were taken back."""

    deleted: int = 0
    restored: int = 0
    kept: list[dict[str, str]] = field(default_factory=list)


def touched(reading: Reading, batch_id: int, noun: str) -> list[Touched]:
    """All things of a noun that a batch wrote: the last made first, so that a topic goes before its parent."""
    rows = reading.rows(
        f"SELECT w.id, w.first_version, w.last_seq, v.seq, v.version, v.is_deleted, EXISTS (SELECT 1 FROM import_chunk u "
        "WHERE u.is_undo = 1 AND u.batch_id = :batch AND v.seq BETWEEN u.first_seq AND u.last_seq) FROM ("
        f"SELECT n.{noun}_id AS id, min(n.version) AS first_version, max(n.seq) AS last_seq FROM import_chunk c "
        f"JOIN {noun}_version n ON n.seq BETWEEN c.first_seq AND c.last_seq WHERE c.batch_id = :batch AND c.is_undo = 0 "
        f"GROUP BY n.{noun}_id) w JOIN {noun}_version v ON v.{noun}_id = w.id AND v.superseded_seq IS NULL ORDER BY w.last_seq DESC",
        {"batch": batch_id},
    )
    return [Touched(noun, row[0], row[1], row[2], row[3], row[4], bool(row[5]), bool(row[6])) for row in rows]


def take_back(writing: Gathering, batch_id: int, things: Sequence[Touched]) -> Undone:
    """Take back things of one noun, each whole or not at all."""
    first, undone = writing.last_seq + 1, Undone()
    for thing in things:
        if thing.is_undone or (thing.is_deleted and thing.seq == thing.last_seq):
            continue
        why = None
        if thing.seq != thing.last_seq:
            why = _touched(writing, thing)
        else:
            try:
                with writing.attempt():
                    why = _take_back(writing, thing, undone)
            except Problem as problem:
                why = problem.detail
        if why:
            undone.kept.append({"path": _path(writing, thing), "why": why})
    if writing.last_seq >= first:
        writing.insert(
            ImportChunk, [{"first_seq": first, "last_seq": writing.last_seq, "batch_id": batch_id, "is_undo": 1}]
        )
    return undone


def _touched(writing: Gathering, thing: Touched) -> str:
    if not thing.is_deleted:
        return f"It was edited since: it stands at version {thing.version}."
    is_merged = thing.noun == "record" and current.merged_into(writing, thing.id) is not None
    return GONE_INTO if is_merged else "It was deleted since."


def _take_back(writing: Gathering, thing: Touched, undone: Undone) -> str | None:
    stood = thing.first_version > 1 and not _was_deleted(writing, thing)
    if thing.noun == "record":
        kind, uid = current.identified(writing, thing.id)
        if stood:
            records.restore(writing, kind, uid, {"version": thing.first_version - 1}, [thing.version])
            _forget_row(writing, thing.id)
        elif writing.row(_MERGED, {"id": thing.id}):
            return MERGED
        elif writing.row(_LINKED, {"id": thing.id}):
            return NAMED
        else:
            records.delete(writing, kind, uid, None)
    else:
        noun = _NOUNS[thing.noun]
        row = versioned.select(noun, writing, "i.id = :id", {"id": thing.id})[0]
        if stood:
            versioned.restore(noun, writing, row, "", thing.first_version - 1, None)
        else:
            versioned.delete(noun, writing, row, "", None)
    undone.restored += stood
    undone.deleted += not stood
    return None


def _forget_row(writing: Gathering, record_id: int) -> None:
    """That a record no longer says what the row said, which is to be taken again; nor was it edited by hand."""
    sql = """UPDATE imported_record SET row_hash = :none, seq = (SELECT v.seq FROM record_version v
        WHERE v.record_id = :id AND v.superseded_seq IS NULL) WHERE record_id = :id"""
    writing.run(sql, {"id": record_id, "none": b""})


def _was_deleted(writing: Gathering, thing: Touched) -> bool:
    """Whether the version before the first of the batch was a tombstone."""
    sql = f"SELECT is_deleted FROM {thing.noun}_version WHERE {thing.noun}_id = :id AND version = :version"
    row = writing.row(sql, {"id": thing.id, "version": thing.first_version - 1})
    return bool(row and row[0])


def _path(reading: Reading, thing: Touched) -> str:
    if thing.noun == "record":
        return current.address_of(reading, thing.id)
    sql = {
        "affiliation": "SELECT a.slug, i.uid FROM affiliation i JOIN actor a ON a.id = i.member_id WHERE i.id = :id",
        "coding": "SELECT r.uid, i.coder FROM coding i JOIN record r ON r.id = i.record_id WHERE i.id = :id",
    }.get(thing.noun)
    if sql is None:
        noun: Noun = _NOUNS[thing.noun]
        row: Any = reading.row(f"SELECT i.{noun.address} FROM {thing.noun} i WHERE i.id = :id", {"id": thing.id})
        return f"{_PATHS[thing.noun]}/{row[0]}"
    row = reading.row(sql, {"id": thing.id})
    if thing.noun == "coding":
        return f"{codings.path(row[0])}/{row[1]}"
    return f"{actors.PATH}/{row[0]}/affiliations/{row[1]}"

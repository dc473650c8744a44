"""Purges: content erased for good. The one place in the store that takes anything away.

What stays of an erased version is that there was one: its number, its instants, who wrote it, its digest, and words of
closed lists that its table must hold. It is marked as deleted, so that lists, threads and timelines of any moment pass it
over as they do any tombstone; histories and the feed know from `purged_version` what it was.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Integer, LargeBinary

from api.errors import Problem, invalid, not_found
from api.store import (
    actors,
    affiliations,
    batches,
    checks,
    codings,
    contents,
    dialects,
    dismissals,
    documents,
    fingerprints,
    reactions,
    snapshots,
    sources,
    topics,
    versioned,
)
from api.store.checks import Json
from api.store.current import PATHS, identify
from api.store.documents import Rendered
from api.store.sessions import Stamp, Writing
from api.store.versioned import Noun
from schemas import dates
from schemas.problems import Fault
from schemas.purges import Purge, PurgeCreate, PurgedVersion, PurgeVersion
from schemas.vocabularies import Kind

_ADDRESS = re.compile(
    r"/v1/(?:actors/(?P<member>[^/]+)/(?P<affiliations>affiliations)|statements/(?P<record>.+)/(?P<codings>codings)|duplicates/(?P<dismissals>dismissals)|(?P<noun>statements|events|reactions|actors|sources|topics))/(?P<address>.+)"
)
_HINT = "Give the `path` of a statement, event, reaction, actor, affiliation, source, topic, coding, dismissal, snapshot or import, as in /v1/actors/kremlin."
_NOUNS = {
    "reactions": reactions.NOUN, "actors": actors.NOUN, "sources": sources.NOUN, "topics": topics.NOUN,
    "affiliations": affiliations.NOUN, "codings": codings.NOUN, "dismissals": dismissals.NOUN,
}  # fmt: skip
_KINDS = {"statements": Kind.STATEMENT, "events": Kind.EVENT}

# Tables whose rows hang on a version and hold or betray what it says, beside the lists of its content.
_HANGING = {
    "record": ("involvement", "record_topic", "record_text", "imported_record"),
    "reaction": ("reaction_source",),
}
# What is kept of a version: its place, and what its table must hold and a closed list has the words for.
_KEPT = {
    "seq", "version", "superseded_seq", "is_deleted", "status", "kind", "date_basis", "date_precision", "attribution",
}  # fmt: skip
# Where a blank would be no value that can be read back, or none that can be shown: old records still name a purged actor.
_BLANKS = {"name": "[purged]", "dates": "2000", "confidence_given": "{}", "citations": "[]"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing whose versions are erased, and how it stands."""

    table: str
    id: int
    address: str
    has_slug: bool
    path: str
    version: int
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class _Old:
    seq: int
    version: int
    was_deleted: bool
    is_purged: bool


def purge(writing: Writing, sent: Json, expected: Sequence[int]) -> Rendered:
    """Erase versions of a thing; all of it or nothing. Answers what was erased.

    Raises Problem `invalid`, `not-found`, `stale`, `standing` where the whole is asked for of what was not deleted, or
    `purged` where nothing is left to erase.
    """
    body = checks.check(writing, PurgeCreate, sent, {}).body
    path = unquote(body.path)
    if re.search(r"[\x00-\x1f]", path):
        raise invalid([Fault(where="body.path", message="it holds a control character", hint=_HINT)])
    if path.startswith(f"{snapshots.PATH}/") and body.versions is None:
        return _purge_snapshot(writing, path.removeprefix(f"{snapshots.PATH}/"), body.reason, expected)
    if path.startswith(f"{batches.PATH}/") and body.versions is None:
        return _purge_import(writing, path.removeprefix(f"{batches.PATH}/"), body.reason, expected)
    subject = _find(writing, path)
    if subject.version not in expected:
        tag = documents.etag(subject.version, b"")
        raise Problem(
            "stale",
            f"It is at version {subject.version} now; look at its history again.",
            headers={"ETag": tag},
            current={"version": subject.version},
        )
    chosen = _chosen(writing, subject, body.versions)
    is_whole = body.versions is None
    names = _names(writing, subject) if is_whole else []
    stamp = _erase(writing, subject, chosen, is_whole, body.reason)
    erased = snapshots.purge_of(writing, subject.table, [subject.id], stamp.recorded_at, names)
    path = _path_now(writing, subject) if is_whole else subject.path
    at_it = [one for one in _hanging_on(writing, subject) if is_whole and not _is_erased(writing, one)]
    for one in at_it:
        _erase(writing, one, [old for old in _versions(writing, one) if not old.is_purged], True, body.reason)
        erased += snapshots.purge_of(writing, one.table, [one.id], stamp.recorded_at)
    return _told(writing, path, [old.version for old in chosen], at_it, erased, stamp, body.reason)


def _told(
    writing: Writing,
    path: str,
    versions: Sequence[int],
    at_it: Sequence[Subject],
    erased: int,
    stamp: Stamp,
    reason: str,
    rejects: int = 0,
) -> Rendered:
    told = {
        "path": path,
        "versions": versions,
        "reactions": sum(one.table == "reaction" for one in at_it),
        "affiliations": sum(one.table == "affiliation" for one in at_it),
        "codings": sum(one.table == "coding" for one in at_it),
        "dismissals": sum(one.table == "dismissal" for one in at_it),
        "snapshots": erased,
        "rejects": rejects,
        "purged_at": dates.format_instant(stamp.recorded_at),
        "purged_by": writing.writer.name,
        "reason": reason,
    }
    return Rendered("/v1/purges", 1, documents.dumps(told))


def _purge_snapshot(writing: Writing, address: str, reason: str, expected: Sequence[int]) -> Rendered:
    """A snapshot by itself, whose query or title says what it should not; it has one version."""
    shown = snapshots.cite(writing, address, "")
    versioned.expect(shown, expected)
    stamp = writing.draw(reason)
    number = snapshots.purge(writing, address, stamp.recorded_at)
    _record(writing, stamp, "snapshot", number, is_whole=True, chosen=[])
    return _told(writing, shown.path, [], [], 1, stamp, reason)


def _purge_import(writing: Writing, address: str, reason: str, expected: Sequence[int]) -> Rendered:
    """What an import keeps of its file, beside the things that it made; it has one version."""
    shown = batches.find(writing, address)
    versioned.expect(shown, expected)
    number, rejects = batches.erase(writing, address)
    stamp = writing.draw(reason)
    _record(writing, stamp, "import", number, is_whole=True, chosen=[])
    return _told(writing, shown.path, [], [], 0, stamp, reason, rejects)


def _names(writing: Writing, subject: Subject) -> list[str]:
    """What a query may name the thing by."""
    if subject.table != "record":
        return [subject.address] if subject.has_slug else []
    sql = "SELECT external_id FROM record WHERE id = :id AND external_id IS NOT NULL"
    return [row[0] for row in writing.rows(sql, {"id": subject.id})]


def _find(writing: Writing, path: str) -> Subject:
    parts = _ADDRESS.fullmatch(path)
    if parts is None:
        raise invalid([Fault(where="body.path", message=f"{path[:100]!r} is no address of a thing", hint=_HINT)])
    address, name = parts["address"], parts["affiliations"] or parts["codings"] or parts["dismissals"] or parts["noun"]
    if name in _KINDS:
        current = identify(writing, address, _KINDS[name])
        if current is None:
            raise not_found(_KINDS[name], address)
        path = f"{PATHS[Kind(current.kind)]}/{current.uid}"
        return Subject("record", current.id, current.uid, False, path, current.version, bool(current.is_deleted))
    noun = _NOUNS[name]
    if parts["codings"]:
        return _find_coding(writing, parts["record"], address)
    where = f"i.{noun.address} = :given"
    if parts["member"]:
        where += " AND i.member_id = (SELECT a.id FROM actor a WHERE a.slug = :member)"
    found = _of(noun, writing, where, address, member=parts["member"] or "")
    if not found:
        raise not_found(noun.name, address)
    return replace(found[0], path=path)


def _find_coding(writing: Writing, statement: str, coder: str) -> Subject:
    record = identify(writing, statement, Kind.STATEMENT)
    if record is None:
        raise not_found(Kind.STATEMENT, statement)
    found = _of(codings.NOUN, writing, "i.coder = :given AND i.record_id = :record", coder, record=record.id)
    if not found:
        raise not_found("coding by", coder)
    return replace(found[0], path=f"{codings.path(record.uid)}/{coder}")


def _of(noun: Noun, writing: Writing, where: str, given: Any, **more: Any) -> list[Subject]:
    rows = versioned.select(noun, writing, where, {"given": given, **more}, "ORDER BY i.id")
    return [
        Subject(noun.name, row.id, row.address, noun.address == "slug", "", row.version, row.is_deleted) for row in rows
    ]


def _hanging_on(writing: Writing, subject: Subject) -> list[Subject]:
    """What says something of this thing and can't stand without it: links, codings and dismissals of a record, affiliations of an actor."""
    if subject.table == "record":
        links = _of(reactions.NOUN, writing, "(i.from_id = :given OR i.to_id = :given)", subject.id)
        pairs = _of(dismissals.NOUN, writing, "(i.one_id = :given OR i.other_id = :given)", subject.id)
        return [*links, *_of(codings.NOUN, writing, "i.record_id = :given", subject.id), *pairs]
    if subject.table == "actor":
        grouped = "EXISTS (SELECT 1 FROM affiliation_version g WHERE g.affiliation_id = i.id AND g.group_id = :given)"
        return _of(affiliations.NOUN, writing, f"(i.member_id = :given OR {grouped})", subject.id)
    return []


def _versions(writing: Writing, subject: Subject) -> list[_Old]:
    key = f"{subject.table}_id"
    sql = f"""SELECT v.seq, v.version, coalesce(x.was_deleted, v.is_deleted), x.seq IS NOT NULL FROM {subject.table}_version v
        LEFT JOIN purged_version x ON x.erased_seq = v.seq WHERE v.{key} = :id ORDER BY v.version"""
    return [_Old(row[0], row[1], bool(row[2]), bool(row[3])) for row in writing.rows(sql, {"id": subject.id})]


def _chosen(writing: Writing, subject: Subject, numbers: Sequence[int] | None) -> list[_Old]:
    """The versions to erase: with a version also the tombstone that repeats it."""
    found = _versions(writing, subject)
    if numbers is None and not subject.is_deleted:
        raise Problem(
            "standing", "It stands: delete it first, or name old versions in `versions`. A purge can't be undone."
        )
    known = {old.version for old in found}
    faults = [
        Fault(where=f"body.versions.{index}", message=f"there is no version {number}", hint=f"There are versions 1 to {max(known)}.")
        for index, number in enumerate(numbers or ()) if number not in known
    ]  # fmt: skip
    if numbers and not subject.is_deleted and subject.version in numbers:
        hint = "Amend it first, so that another version stands, or delete it."
        where = f"body.versions.{list(numbers).index(subject.version)}"
        faults.append(Fault(where=where, message=f"version {subject.version} is the one that stands", hint=hint))
    if faults:
        raise invalid(faults)
    chosen: list[_Old] = []
    repeats = False
    for old in found:
        repeats = numbers is None or old.version in numbers or (repeats and old.was_deleted)
        if repeats and not old.is_purged:
            chosen.append(old)
    if not chosen and (numbers is not None or _is_erased(writing, subject)):
        raise Problem("purged", "All of that was erased before; its history says when.")
    return chosen


def _is_erased(writing: Writing, subject: Subject) -> bool:
    """Whether the whole of it was erased before."""
    sql = "SELECT 1 FROM purge_version WHERE thing = :table AND thing_id = :id AND is_whole = 1"
    return writing.row(sql, {"table": subject.table, "id": subject.id}) is not None


def _erase(writing: Writing, subject: Subject, chosen: Sequence[_Old], is_whole: bool, reason: str) -> Stamp:
    table = f"{subject.table}_version"
    seqs = {"seqs": writing.listed([old.seq for old in chosen])}
    these = writing.any_of("seq", "seqs")
    thing = next(one for one in contents.THINGS if one.name == subject.table)
    lists = [str(one.__tablename__) for one in thing.lists.values()]
    for hanging in (*lists, *_HANGING.get(subject.table, ())):
        writing.run(f"DELETE FROM {hanging} WHERE {these}", seqs)
    _forget_answers(writing, subject, these, seqs)
    blank = ", ".join(f"{name} = {value}" for name, value in {"is_deleted": "1", **_blanks(thing)}.items())
    writing.run(f"UPDATE {table} SET {blank} WHERE {these}", {**seqs, "nothing": b""})
    writing.run(f"UPDATE revision SET change_note = NULL WHERE {these}", seqs)
    fingerprints.erase(writing, [old.seq for old in chosen])
    if is_whole:
        _erase_identity(writing, subject)
    stamp = writing.draw(reason)
    _record(writing, stamp, subject.table, subject.id, is_whole, chosen)
    return stamp


def _record(writing: Writing, stamp: Stamp, thing: str, thing_id: int, is_whole: bool, chosen: Sequence[_Old]) -> None:
    identity = writing.next_id("purge")
    writing.insert(Purge, [{"id": identity}])
    writing.insert(
        PurgeVersion,
        [{"seq": stamp.seq, "version": 1, "superseded_seq": None, "is_deleted": 0, "purge_id": identity,
          "thing": thing, "thing_id": thing_id, "is_whole": int(is_whole)}],
    )  # fmt: skip
    writing.insert(
        PurgedVersion,
        [
            {"seq": stamp.seq, "position": position, "erased_seq": old.seq, "was_deleted": int(old.was_deleted)}
            for position, old in enumerate(chosen)
        ],
    )


def _forget_answers(writing: Writing, subject: Subject, these: str, seqs: Json) -> None:
    """Drop what is kept to be answered again to a repeated POST: the thing itself, and what shows it by these names."""
    at = f"/v1/{subject.table}s/{subject.address}" if subject.has_slug else f"/{subject.address}"
    writing.run("DELETE FROM replay WHERE headers LIKE :at", {"at": f'%{at}"%'})
    if subject.has_slug:
        sql = f"DELETE FROM replay WHERE {dialects.holds(writing.dialect, 'body', 'shown')}"
        for (name,) in writing.rows(f"SELECT DISTINCT name FROM {subject.table}_version WHERE {these}", seqs):
            writing.run(sql, {"shown": documents.noun(subject.address, name)})


def _erase_identity(writing: Writing, subject: Subject) -> None:
    if subject.has_slug:
        sql = f"UPDATE {subject.table} SET slug = :slug WHERE id = :id"
        writing.run(sql, {"id": subject.id, "slug": _slug_now(writing, subject)})
    elif subject.table == "record":
        writing.run("UPDATE record SET external_source = NULL, external_id = NULL WHERE id = :id", {"id": subject.id})
    elif subject.table == "coding":
        coder = {"id": subject.id, "coder": _coder_now(subject)}
        writing.run("UPDATE coding SET coder = :coder WHERE id = :id", coder)


def _path_now(writing: Writing, subject: Subject) -> str:
    """The address of what was erased whole."""
    if subject.table == "coding":
        return f"{subject.path.rpartition('/')[0]}/{_coder_now(subject)}"
    return f"/v1/{subject.table}s/{_slug_now(writing, subject)}" if subject.has_slug else subject.path


def _coder_now(subject: Subject) -> str:
    """A name that says nothing, and that no coder can have."""
    return f"purged~{subject.id}"


def _slug_now(writing: Writing, subject: Subject) -> str:
    """A slug that says nothing, and that nobody has taken."""
    slug = f"purged-{subject.id}"
    while writing.row(
        f"SELECT 1 FROM {subject.table} WHERE slug = :slug AND id <> :id", {"slug": slug, "id": subject.id}
    ):
        slug += "-x"
    return slug


def _blanks(thing: contents.Thing) -> dict[str, str]:
    """SQL of what each column of a version holds when its content is gone: nothing, or as little as the table allows."""
    found: dict[str, str] = {}
    for column in thing.version.__table__.columns:  # type: ignore[attr-defined]
        if column.name in _KEPT or (column.foreign_keys and not column.nullable):
            continue
        if column.nullable:
            found[column.name] = "NULL"
        elif isinstance(column.type, Integer):  # of a kind for each database
            found[column.name] = "0"
        elif isinstance(column.type, LargeBinary):
            found[column.name] = ":nothing"
        else:
            found[column.name] = f"'{_BLANKS.get(column.name, '')}'"
    return found

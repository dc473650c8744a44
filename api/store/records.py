"""The one door for statements and events: every record is made, amended and deleted here, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.errors import Problem, not_found
from api.store import (
    checks,
    codings,
    corroboration,
    documents,
    grades,
    history,
    nouns,
    reactions,
    restores,
    versioned,
    walks,
)
from api.store.checks import Checked, Json
from api.store.current import (
    PATHS,
    Current,
    gone,
    identify,
    locate,
    may_see,
    sees_drafts_of,
)
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.history import Told
from api.store.ids import uuid7
from api.store.rows import Meta, insert_version, members_of, retire
from api.store.sessions import Reading, Writing
from api.store.shorts import expand, expand_patch, unscored
from schemas.events import EventCreate
from schemas.history import HistoryFilter
from schemas.parts import Place
from schemas.problems import Fault
from schemas.records import Record, RecordVersion
from schemas.statements import RecordCreate, StatementCreate
from schemas.vocabularies import KeyRole, Kind, Status

SHAPES: dict[Kind, type[RecordCreate]] = {Kind.STATEMENT: StatementCreate, Kind.EVENT: EventCreate}
REFERENCES = {
    "actor": "actor", "on_behalf_of": "actor", "participants.*.actor": "actor", "topics.*.topic": "topic", "citations.*.source": "source",
}  # fmt: skip
# What is set at creation, or said only then.
FIXED = ("external_source", "external_id", "reacts_to")


def find(
    reading: Reading, kind: Kind, address: str, version: int | None = None, explain: str | None = None
) -> Rendered:
    """One statement or event, as it stands or as a version recorded it, with what is to be explained.

    Raises Problem `not-found` or `deleted`.
    """
    if version is None:
        current = locate(reading, address, kind)
    else:
        newest = _newest(reading, kind, address)
        seq = history.at(reading, _told(reading, newest, address), version).seq
        current = _as_recorded(reading, newest, seq, version)
    found = rendered(reading, current)
    if explain is None:
        return found
    told = documents.dumps(corroboration.explained(reading, current.seq))
    return replace(found, body=found.body[:-1] + b',"corroboration_groups":' + told + b"}")


def versions(reading: Reading, directory: Directory, kind: Kind, address: str, filters: HistoryFilter) -> Listed:
    """Every version that may be seen, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    return history.page(reading, directory, told(reading, kind, address), filters)


def told(reading: Reading, kind: Kind, address: str) -> Told:
    """The versions of a record, as far as they may be seen. Raises Problem `not-found`."""
    return _told(reading, _newest(reading, kind, address), address)


def _newest(reading: Reading, kind: Kind, address: str) -> Current:
    current = identify(reading, address, kind)
    if current is None:
        raise not_found(kind, address)
    return current


def _told(reading: Reading, current: Current, address: str) -> Told:
    """The versions of a record: those that were drafts only to those who may see them."""
    since = (
        "{v}.seq"
        if sees_drafts_of(reading, current)
        else f"CASE WHEN {{v}}.status <> '{Status.DRAFT}' THEN {{v}}.seq END"
    )
    withdrawn = f"({{v}}.status = '{Status.WITHDRAWN}')"
    return Told(current.kind, address, "record", current.id, _documents, since=since, withdrawn=withdrawn, leaves=True)


def _documents(reading: Reading, seqs: Sequence[int]) -> Mapping[int, bytes]:
    return dict(zip(seqs, walks.fetch(reading, seqs), strict=True))


def _as_recorded(reading: Reading, current: Current, seq: int, version: int) -> Current:
    return replace(current, seq=seq, version=version, document=walks.fetch(reading, [seq])[0])


def rendered(reading: Reading, current: Current, created: bool = False) -> Rendered:
    """The answer that one version stands for, with today's names."""
    names = nouns.Names(reading)
    names.update(reactions.answers(reading, [current.id]))
    body = documents.splice([current.document], names)
    return Rendered(f"{PATHS[Kind(current.kind)]}/{current.uid}", current.version, body, created)


def create(writing: Writing, kind: Kind, sent: Json) -> Rendered:
    """Record a statement or event, and what it reacts to. Raises Problem `invalid`, `exists`, `forbidden`, or what a reaction raises."""
    long, shorts, found = expand(sent)
    found += [*incomplete(kind, long), *grades.faults(long), *reactions.unanswerable(writing, kind, sent)]
    checked = grades.put(checks.check(writing, SHAPES[kind], long, REFERENCES, shorts, found))
    body: RecordCreate = checked.body
    _may_write(writing, body.status, writing.writer.id)
    _refuse_known(writing, body)
    meta = enter(writing, kind, checked)
    for link in body.reacts_to:
        reactions.create(writing, {"from": meta.uid, "to": link.id, "type": link.type})
    return rendered(writing, locate(writing, meta.uid), created=True)


def enter(writing: Writing, kind: Kind, checked: Checked[RecordCreate], uid: str | None = None) -> Meta:
    """Write a body that is in order as a new record, under a new id or a given one that nothing has; it asks for nothing."""
    body, writer = checked.body, writing.writer
    stamp = writing.draw(body.change_note)
    at = stamp.recorded_at
    meta = Meta(writing.next_id("record"), uid or uuid7(at), kind, 1, stamp, at, writer.name)
    writing.insert(
        Record,
        [{"id": meta.id, "uid": meta.uid, "kind": kind, "external_source": body.external_source, "external_id": body.external_id,
          "created_by": writer.id}],
    )  # fmt: skip
    insert_version(writing, meta, checked)
    return meta


def amend(writing: Writing, kind: Kind, address: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch to the version that was read; without a change it makes no version.

    Raises Problem `not-found`, `deleted`, `forbidden`, `stale`, `invalid`, or `precedes` when a new date does not go
    with an answer.
    """
    current = locate(writing, address, kind)
    before = rendered(writing, current)
    _may_write(writing, Status(current.status), current.created_by)
    versioned.expect(before, expected)
    shown = documents.loads(before.body)
    if "corroboration_groups" in patch:
        shown["corroboration_groups"] = corroboration.explained(writing, current.seq)
    fields = SHAPES[kind].model_fields
    patch, shorts, found = expand_patch(patch, shown)
    editable = [name for name in fields if name not in FIXED and name in {*shown, "change_note"}]
    patch, odd = _without_odd(patch)
    patch, kept = grades.keep(patch, shown)
    sent, faults = checks.amended(kept, patch, editable, ("confidence",))
    sent, scores = unscored(sent, shown)
    found += [*odd, *faults, *scores, *(grades.faults(sent, shown["citations"]) if "confidence" in patch else [])]
    sent = _sendable(kind, sent, shown)
    checked = checks.check(writing, SHAPES[kind], sent, REFERENCES, shorts, [*found, *incomplete(kind, sent)])
    return _settle(writing, kind, current, grades.put(checked) if "confidence" in patch else checked)


def restore(writing: Writing, kind: Kind, address: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take up an earlier version as a new one; what was deleted comes back with the links that went with it, or with their other end.

    Raises Problem `not-found`, `forbidden`, `deleted` or `stale` when another version was read, `invalid`, `precedes`
    or `circle`.
    """
    current = _newest(writing, kind, address)
    if not may_see(writing, current):
        raise not_found(kind, address)
    _may_write(writing, Status(current.status), current.created_by)
    tombstone = gone(writing, current) if current.is_deleted else None
    if tombstone and "merged_into" in tombstone.members:
        raise tombstone
    restores.expect(rendered(writing, current), tombstone, expected)
    wanted, past = restores.wanted(writing, _told(writing, current, address), sent)
    return take_up(writing, kind, current, past.seq, past.version, wanted.change_note)


def take_up(
    writing: Writing, kind: Kind, current: Current, seq: int, version: int, change_note: str | None
) -> Rendered:
    """Write what an earlier version said as the next one. Raises Problem `invalid`, `precedes` or `circle`."""
    shown = documents.loads(rendered(writing, _as_recorded(writing, current, seq, version)).body)
    with restores.blamed(version):
        _, content = grades.keep({}, shown)
        body, _ = unscored({name: value for name, value in content.items() if value is not None}, shown)
        sent = {**_sendable(kind, body, shown), "change_note": change_note}
        return _settle(writing, kind, current, checks.check(writing, SHAPES[kind], sent, REFERENCES), version)


def _sendable(kind: Kind, body: Json, shown: Json) -> Json:
    """A body without the members that answers show beside it; what no answer shows stays, for the shape to refuse."""
    fields = SHAPES[kind].model_fields
    return {
        name: value
        for name, value in body.items()
        if (name in fields and name not in ("stance", "source")) or name not in shown
    }


def _settle(
    writing: Writing, kind: Kind, current: Current, checked: Checked[RecordCreate], restored_from: int | None = None
) -> Rendered:
    """Write a body as the next version of a record, unless it is what stands."""
    _may_write(writing, checked.body.status, current.created_by)
    if differs(writing, kind, current, checked):
        follow(writing, kind, current, checked, restored_from)
        current = locate(writing, current.uid)
    return rendered(writing, current)


def differs(writing: Writing, kind: Kind, current: Current, checked: Checked[RecordCreate]) -> bool:
    """Whether a body says anything else than what stands; who wrote it and when do not count."""
    if current.is_deleted:
        return True
    meta = Meta(current.id, current.uid, kind, current.version, None, 0, writing.writer.name)
    new = documents.render(members_of(meta, checked), 0)
    return documents.content(current.document) != documents.content(new)


def follow(
    writing: Writing, kind: Kind, current: Current, checked: Checked[RecordCreate], restored_from: int | None = None
) -> int:
    """Write a body that is in order as the next version of a record; answers its seq. Raises Problem `precedes` or `circle`."""
    body = checked.body
    stamp = writing.draw(body.change_note, restored_from)
    retire(writing, current.seq, stamp.seq)
    recorded_at = _recorded_at(writing, current.id, stamp.recorded_at if body.status is not Status.DRAFT else None)
    meta = Meta(current.id, current.uid, kind, current.version + 1, stamp, recorded_at, writing.writer.name)
    insert_version(writing, meta, checked)
    if current.is_deleted:
        reactions.restore_all_of(writing, current.id, body.change_note)
        codings.restore_all_of(writing, current.id, body.change_note)
    elif (body.date.earliest, body.date.latest) != (current.earliest, current.latest):
        reactions.refuse_impossible(writing, current.id)
    return stamp.seq


def _recorded_at(writing: Writing, record_id: int, published: int | None) -> int:
    """When a record was first entered; of what began as a draft, when it was first published, be it only now."""
    sql = f"""SELECT n.recorded_at, p.status FROM record_version p JOIN revision n ON n.seq = p.seq WHERE p.record_id = :id
        ORDER BY p.status = '{Status.DRAFT}', p.version LIMIT 1"""
    ((first, status),) = writing.rows(sql, {"id": record_id})
    return published if published is not None and status == Status.DRAFT else int(first)


def delete(
    writing: Writing, kind: Kind, address: str, expected: Sequence[int] | None, change_note: str | None = None
) -> None:
    """Leave a tombstone, also of its reactions and codings. Raises Problem `not-found`, `deleted`, `forbidden` or `stale`."""
    current = locate(writing, address, kind)
    _may_write(writing, Status(current.status), current.created_by)
    versioned.expect(rendered(writing, current), expected)
    stamp = writing.draw(change_note)
    retire(writing, current.seq, stamp.seq)
    versioned.entomb(RecordVersion, writing, current.seq, stamp.seq)
    # After the record itself: a link whose tombstone was written while an end was deleted is known to have gone with it.
    reactions.delete_all_of(writing, current.id)
    codings.delete_all_of(writing, current.id)


def _may_write(writing: Writing, status: Status, created_by: int) -> None:
    if writing.writer.role is KeyRole.CONTRIBUTOR and (status != Status.DRAFT or created_by != writing.writer.id):
        raise Problem(
            "forbidden",
            'A contributor writes drafts of its own ("status": "draft"), and nothing else: publishing, and changing '
            "what is published or another's, takes an editor.",
        )


def _refuse_known(writing: Writing, body: RecordCreate) -> None:
    if body.external_source is None:
        return
    named = f"{body.external_source}:{body.external_id}"
    known = identify(writing, named)
    if known is None:
        return
    if not may_see(writing, known):
        raise Problem("exists", f"{named} is taken by a record that this key may not see: give another external_id.")
    path, told = f"{PATHS[Kind(known.kind)]}/{known.uid}", f"{named} is recorded already."
    if known.is_deleted:
        into = gone(writing, known).members.get("merged_into")
        told = f"{named} is recorded already, and was deleted: POST {path}/restore brings it back."
        if into:
            path, told = into, f"{named} is recorded already, and was merged into {into}."
    raise Problem("exists", told, headers={"Location": path}, existing=path)


def incomplete(kind: Kind, sent: Json) -> list[Fault]:
    """What a record can't be without."""
    found = []
    if kind is Kind.STATEMENT and sent.get("topics") in (None, []):
        hint = "Give topic and stance; words without a position on anything tracked have the topic that they evade, and no_position."
        found.append(Fault(where="body.topics", message="a statement needs at least one topic", hint=hint))
    if sent.get("citations") in (None, []):
        hint = "Give source and url, or citations."
        found.append(Fault(where="body.citations", message="at least one citation is needed", hint=hint))
    return found


def _without_odd(patch: Json) -> tuple[Json, list[Fault]]:
    """A patch without what a merge would pass over in silence, and the faults of that."""
    found = []
    if "reacts_to" in patch:
        hint = "Link it by POST /v1/reactions."
        found.append(Fault(where="body.reacts_to", message="reacts_to is taken only at creation", hint=hint))
    place = patch.get("place")
    for name, value in place.items() if isinstance(place, dict) else ():
        if value is None and name not in Place.model_fields:
            found.append(Fault(where=f"body.place.{name[:60]}", message=f"there is no member {name[:60]!r}", hint=None))
    # A snippet is shown by a search, and may be sent back with the rest of an item.
    return {name: value for name, value in patch.items() if name not in ("reacts_to", "snippet")}, found

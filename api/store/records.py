"""The one door for statements and events: every record is made, amended and deleted here, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace

from api.errors import Problem
from api.store import checks, documents, grades, nouns, reactions, versioned
from api.store.checks import Json
from api.store.current import PATHS, Current, locate
from api.store.documents import Rendered
from api.store.ids import uuid7
from api.store.rows import Meta, insert_version, members_of, retire
from api.store.sessions import Reading, Writing
from api.store.shorts import expand, expand_patch, unscored
from schemas.events import EventCreate
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


def find(reading: Reading, kind: Kind, address: str) -> Rendered:
    """One statement or event. Raises Problem `not-found` or `deleted`."""
    return rendered(reading, locate(reading, address, kind))


def rendered(reading: Reading, current: Current, created: bool = False) -> Rendered:
    """The answer that one version stands for, with today's names."""
    names = nouns.Names(reading)
    names.update(reactions.answers(reading, [current.id]))
    body = documents.splice([current.document], names)
    return Rendered(f"{PATHS[Kind(current.kind)]}/{current.uid}", current.version, body, created)


def create(writing: Writing, kind: Kind, sent: Json) -> Rendered:
    """Record a statement or event, and what it reacts to. Raises Problem `invalid`, `exists`, `forbidden`, or what a reaction raises."""
    long, shorts, found = expand(sent)
    found += [*_incomplete(kind, long), *grades.faults(long), *reactions.unanswerable(writing, kind, sent)]
    checked = grades.put(checks.check(writing, SHAPES[kind], long, REFERENCES, shorts, found))
    body: RecordCreate = checked.body
    _may_write(writing, body.status, writing.writer.id)
    _refuse_known(writing, body)
    stamp = writing.draw(body.change_note)
    meta = Meta(
        writing.next_id("record"), uuid7(stamp.recorded_at), kind, 1, stamp, stamp.recorded_at, writing.writer.name
    )
    writing.insert(
        Record,
        [{"id": meta.id, "uid": meta.uid, "kind": kind, "external_source": body.external_source, "external_id": body.external_id,
          "created_by": writing.writer.id}],
    )  # fmt: skip
    insert_version(writing, meta, checked)
    for link in body.reacts_to:
        reactions.create(writing, {"from": meta.uid, "to": link.id, "type": link.type})
    return rendered(writing, locate(writing, meta.uid), created=True)


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
    fields = SHAPES[kind].model_fields
    patch, shorts, found = expand_patch(patch, shown)
    editable = [name for name in fields if name not in FIXED and name in {*shown, "change_note"}]
    patch, odd = _without_odd(patch)
    patch, kept = grades.keep(patch, shown)
    sent, faults = checks.amended(kept, patch, editable, ("confidence",))
    sent, scores = unscored(sent, shown)
    found += [*odd, *faults, *scores, *(grades.faults(sent, shown["citations"]) if "confidence" in patch else [])]
    sent = {
        name: value
        for name, value in sent.items()
        if (name in fields and name not in ("stance", "source")) or name not in shown
    }
    checked = checks.check(writing, SHAPES[kind], sent, REFERENCES, shorts, [*found, *_incomplete(kind, sent)])
    checked = grades.put(checked) if "confidence" in patch else checked
    body: RecordCreate = checked.body
    _may_write(writing, body.status, current.created_by)
    meta = Meta(current.id, current.uid, kind, current.version, None, current.recorded_at, writing.writer.name)
    after = members_of(meta, checked)
    if not _differs(current.document, after):
        return before
    stamp = writing.draw(body.change_note)
    retire(writing, current.seq, stamp.seq)
    insert_version(writing, replace(meta, version=current.version + 1, stamp=stamp), checked)
    if (body.date.earliest, body.date.latest) != (current.earliest, current.latest):
        reactions.refuse_impossible(writing, current.id)
    return rendered(writing, locate(writing, current.uid))


def delete(writing: Writing, kind: Kind, address: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone, also of the reactions that link it. Raises Problem `not-found`, `deleted`, `forbidden` or `stale`."""
    current = locate(writing, address, kind)
    _may_write(writing, Status(current.status), current.created_by)
    versioned.expect(rendered(writing, current), expected)
    reactions.delete_all_of(writing, current.id)
    stamp = writing.draw(None)
    retire(writing, current.seq, stamp.seq)
    versioned.entomb(RecordVersion, writing, current.seq, stamp.seq)


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
    row = writing.row(
        "SELECT r.uid, r.kind, v.is_deleted FROM record r "
        "JOIN record_version v ON v.record_id = r.id AND v.superseded_seq IS NULL WHERE external_source = :source AND external_id = :external",
        {"source": body.external_source, "external": body.external_id},
    )
    if row:
        path = f"{PATHS[Kind(row[1])]}/{row[0]}"
        told = f"{body.external_source}:{body.external_id} is recorded already" + (
            ", and was deleted." if row[2] else "."
        )
        raise Problem("exists", told, headers={"Location": path}, existing=path)


def _incomplete(kind: Kind, sent: Json) -> list[Fault]:
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
    return {name: value for name, value in patch.items() if name != "reacts_to"}, found


def _differs(document: bytes, after: Json) -> bool:
    """Whether an edit changes any content: who wrote it and when do not count."""
    new = documents.render(after, 0)
    return documents.content(document) != documents.content(new)

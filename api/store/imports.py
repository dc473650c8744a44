"""Rows of an import become records: what each comes to is decided here, and written through the doors of any other write.

A row stands for one thing, told by its id in the system it came from, else by its own id. What is there already and says
the same stays as it is; what says something else becomes the next version.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from api.errors import Problem
from api.store import (
    checks,
    current,
    differences,
    documents,
    grades,
    needs,
    nouns,
    puts,
    records,
    rows,
)
from api.store.checks import Checked, Json
from api.store.current import PATHS, Current
from api.store.needs import Met, Name
from api.store.rows import Meta
from api.store.sessions import Gathering
from api.store.shorts import expand
from schemas.imports import ImportedRecord
from schemas.problems import Fault
from schemas.statements import RecordCreate
from schemas.transfers import EditedRows, Row, RowFault
from schemas.vocabularies import Kind

KINDS = tuple(Kind)
UNNAMED = "import"  # the external_source of rows that have no id at all: their id is made of what they say


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row as far as it can be looked at without the database."""

    row: Row
    key: str  # what it stands for: the same for the same thing
    digest: bytes  # of what it says
    uid: str | None
    sent: Json
    shorts: Mapping[str, str]
    body: RecordCreate | None
    faults: Sequence[Fault]
    names: Sequence[Name] = ()  # the nouns that its body names


@dataclass(slots=True)
class Outcome:
    """What became of a row: created, changed, unchanged or rejected."""

    row: Row
    action: str
    path: str | None = None
    faults: Sequence[RowFault] = ()
    fields: Sequence[Json] = ()


@dataclass(slots=True)
class Taken:
    """What became of the rows of one chunk, and which nouns were made because they named them."""

    outcomes: list[Outcome] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """How rows are taken: for which batch, what is done about edits, and whether changes are told member by member."""

    batch_id: int
    edited: EditedRows
    is_told: bool


def prepare(row: Row) -> Prepared:
    """Check a row by its shape alone."""
    # Half of what JSON would cost; the members in another order are only looked at once more.
    said = repr((row.noun, row.body)).encode("utf-8", "replace")
    digest = hashlib.blake2b(said, digest_size=16).digest()
    body = dict(row.body)
    uid, found = None, list[Fault]()
    if row.noun in (*KINDS, "affiliation", "reaction", "coding"):
        uid, found = _uid(body.pop("id", None))
    if row.noun not in KINDS:
        return Prepared(row, _key_of_noun(row.noun, body), digest, uid, body, {}, None, found)
    if uid is None and not found and body.get("external_id") is None and body.get("external_source") is None:
        body |= {"external_source": UNNAMED, "external_id": digest.hex()[:24]}
    kind = Kind(row.noun)
    long, shorts, wrong = expand(body)
    found += [*wrong, *records.incomplete(kind, long), *grades.faults(long)]
    shaped, wrong = checks.shaped(records.SHAPES[kind], long)
    external = f"{long.get('external_source')}:{long['external_id']}" if long.get("external_id") is not None else uid
    return Prepared(
        row, f"record {external}", digest, uid, long, shorts, shaped, [*found, *wrong], tuple(_named(shaped))
    )


def _uid(given: Any) -> tuple[str | None, list[Fault]]:
    if given is None:
        return None, []
    try:
        if isinstance(given, str) and len(given) == 36:
            return str(UUID(given)), []
    except ValueError:
        pass
    hint = "Give a UUID as an export has it, or leave it out and give external_source and external_id."
    return None, [Fault(where="body.id", message=f"{str(given)[:60]!r} is no id", hint=hint)]


def _key_of_noun(noun: str, body: Json) -> str:
    named = {
        "affiliation": ("actor", "group", "role", "dates"),
        "reaction": ("from", "to", "type", "topic"),
        "coding": ("statement", "coder"),
    }.get(noun, ("slug",))
    return f"{noun} {json.dumps([_slug(body.get(name)) for name in named], default=str)}"


def _slug(value: Any) -> Any:
    return value.get("slug") if isinstance(value, dict) else value


def told(one: Prepared, faults: Sequence[Fault]) -> list[RowFault]:
    """Faults of members as faults of the columns that they came from."""
    return [_told(one.row, checks.shortened(fault, one.shorts)) for fault in faults]


def _told(row: Row, fault: Fault) -> RowFault:
    place = fault.where.removeprefix("body.").removeprefix("body")
    if place in row.columns:
        column, value = row.columns[place]
        return RowFault(column, value[:300], fault.message, fault.hint)
    found = _at(row.body, place.split(".") if place else [])
    shown = found if found is None or isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
    above = [name for name in row.columns if place.startswith(f"{name}.") or name.startswith(f"{place}.")]
    column = row.columns[above[0]][0] if above else place
    return RowFault(column or None, shown and shown[:300], fault.message, fault.hint)


def _at(value: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def take(writing: Gathering, way: Way, prepared: Sequence[Prepared]) -> Taken:
    """Write rows, in their order, as far as they are in order."""
    taken = Taken()
    met = Met()
    for is_record, group in groupby(prepared, key=lambda one: one.row.noun in KINDS):
        ones = list(group)
        needs.meet(writing, (need for one in ones if not one.faults for need in one.row.needs), met)
        if is_record:
            taken.outcomes += _records(writing, way, ones, met)
        else:
            taken.outcomes += [_noun(writing, way, one) for one in ones]
    taken.needed = met.made
    return taken


def _records(writing: Gathering, way: Way, ones: Sequence[Prepared], met: Met) -> Iterator[Outcome]:
    good = [one for one in ones if not one.faults]
    identities = _identities(writing, good, met)
    standing = current.standing(
        writing, [(one.sent.get("external_source"), one.sent.get("external_id"), one.uid) for one in good]
    )
    last = _last_imports(writing, [one.id for one in standing.values()])
    hints = nouns.MOST_HINTS
    for one in ones:
        faults = list(one.faults)
        unnamed = [] if faults else [name for name in one.names if name not in identities]
        for where, noun, slug in checks.names_in(one.sent, records.REFERENCES) if unnamed else ():
            if (noun, slug) not in identities:
                faults += _unmet(met, where, noun, slug) or [_missing(writing, where, noun, slug, hints)]
                hints -= 1
        if faults or one.body is None:
            yield Outcome(one.row, "rejected", faults=told(one, faults))
            continue
        checked = grades.put(Checked(one.body, identities))
        external = None if one.body.external_id is None else (one.body.external_source, one.body.external_id)
        there = None if external is None else standing.get(external)
        by_id = standing.get((None, one.uid)) if one.uid else None
        try:
            yield _record(writing, way, one, checked, there or by_id, by_id, last)
        except Problem as problem:
            found = problem.errors or [Fault(where="body", message=problem.detail, hint=None)]
            yield Outcome(one.row, "rejected", faults=told(one, found))


def _named(body: RecordCreate | None) -> Iterator[Name]:
    """The nouns that a body names."""
    if body is None:
        return
    yield "actor", body.actor
    if body.on_behalf_of is not None:
        yield "actor", body.on_behalf_of
    for participant in body.participants:
        yield "actor", participant.actor
    for position in body.topics:
        yield "topic", position.topic
    for citation in body.citations:
        yield "source", citation.source


def _identities(writing: Gathering, good: Sequence[Prepared], met: Met) -> dict[Name, int]:
    """The ids of all nouns that rows name, as far as they exist."""
    wanted = {name for one in good for name in one.names} - met.identities.keys()
    found = dict(met.identities)
    for noun in nouns.NOUNS:
        slugs = [slug for one, slug in wanted if one == noun]
        found |= {(noun, slug): identity for slug, identity in nouns.identities(writing, noun, slugs).items()}
    return found


def _unmet(met: Met, where: str, noun: str, slug: str) -> list[Fault]:
    """Why what a row names here could not be found or made."""
    found = met.unmet.get((noun, slug), ())
    return [one.model_copy(update={"where": f"body.{where}"}) if one.where == f"body.{noun}" else one for one in found]


def _missing(writing: Gathering, where: str, noun: str, slug: str, hints: int) -> Fault:
    near = nouns.nearest(writing, noun, slug) if hints > 0 else None
    hint = f"Did you mean {near}?" if near else f"Import the {noun}s first, or create it: POST /v1/{noun}s."
    return Fault(where=f"body.{where}", message=f"there is no {noun} {slug[:100]!r}", hint=hint)


def _record(
    writing: Gathering, way: Way, one: Prepared, checked: Checked[RecordCreate], there: Current | None, by_id: Current | None,
    last: Mapping[int, tuple[int, bytes]],
) -> Outcome:  # fmt: skip
    kind = Kind(one.row.noun)
    _refuse_twice(checked)
    if there is None:
        uid = one.uid
        if not checked.body.reacts_to:
            meta = records.enter(writing, kind, checked, uid)
        else:
            with writing.attempt():
                meta = records.enter(writing, kind, checked, uid)
                puts.answer(writing, meta.uid, checked.body.reacts_to)
        assert meta.stamp is not None
        writing.insert(ImportedRecord, [_imported(way, meta.id, meta.stamp.seq, one.digest)])
        return Outcome(one.row, "created", f"{PATHS[kind]}/{meta.uid}")
    path = f"{PATHS[Kind(there.kind)]}/{there.uid}"
    _refuse_another(one, kind, there, by_id, path)
    seq, digest = last.get(there.id, (None, None))
    if there.is_deleted and digest == one.digest and current.merged_into(writing, there.id) is not None:
        return Outcome(one.row, "unchanged", path)
    if there.is_deleted:
        if current.merged_into(writing, there.id) is not None:
            told = f"{path} was merged into another record, which has its citations now"
            raise _refused(told, "Amend that one, or take the two apart (POST …/unmerge).")
        if not _was_taken_back(writing, there.seq):
            raise _refused(f"{path} was deleted", f"POST {path}/restore brings it back; then import again.")
    elif digest == one.digest and (way.edited is EditedRows.REJECT or seq == there.seq):
        return Outcome(one.row, "unchanged", path)  # an edit made since stays, unless the file is to win
    elif not records.differs(writing, kind, there, checked):
        if seq is not None:
            _remember(writing, way, there.id, there.seq, one.digest)
        return Outcome(one.row, "unchanged", path)
    elif way.edited is EditedRows.REJECT:
        _refuse_edited(one, there, seq, path)
    fields = _fields(writing, kind, there, checked) if way.is_told else ()
    with writing.attempt():
        seq = records.follow(writing, kind, there, checked)
    _remember(writing, way, there.id, seq, one.digest)
    return Outcome(one.row, "changed", path, fields=fields)


def _refuse_edited(one: Prepared, there: Current, seq: int | None, path: str) -> None:
    """A row must not take back what was written since: since the answer that it was made of, or since its last import."""
    stood, stands = one.row.version, there.version
    if stood is not None and stood != stands:
        told = f"{path} is at version {stands} now, and the row was made of version {stood}"
        raise _refused(told, "Export it again, make the change by hand, or import with edited=overwrite.")
    if stood is None and seq not in (None, there.seq):
        told = f"{path} was edited here since its last import (it stands at version {stands}), and the row says something new"
        raise _refused(told, "Make the change by hand, or import with edited=overwrite.")


def _refused(told: str, hint: str) -> Problem:
    """That a row is not taken, why, and what would be right."""
    return Problem("invalid", told, [Fault(where="body", message=told, hint=hint)])


def _refuse_twice(checked: Checked[RecordCreate]) -> None:
    """Two names of one topic: it was found under another slug."""
    topics = [checked.identities["topic", one.topic] for one in checked.body.topics]
    if len(topics) != len(set(topics)):
        raise _refused("two of its topics are one and the same here", "Give one stance on each topic.")


def _refuse_another(one: Prepared, kind: Kind, there: Current, by_id: Current | None, path: str) -> None:
    if there.kind != kind:
        raise _refused(f"{path} is recorded under this id already, and is no {kind}", "Correct the id or the kind.")
    if by_id is not None and by_id.id != there.id:
        raise _refused(
            f"its id is that of another record than its external_id, which is {path}", "Leave one of them out."
        )
    given = one.sent.get("external_source"), one.sent.get("external_id")
    if by_id is not None and given != (there.external_source, there.external_id):
        told = f"external_source and external_id of {path} can't be changed"
        raise _refused(told, "Leave them out, or send them as they are.")


def _was_taken_back(writing: Gathering, seq: int) -> bool:
    """Whether a tombstone was written by an undo of an import."""
    sql = "SELECT 1 FROM import_chunk WHERE is_undo = 1 AND first_seq <= :seq AND last_seq >= :seq"
    return writing.row(sql, {"seq": seq}) is not None


def _last_imports(writing: Gathering, ids: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    sql = f"SELECT record_id, seq, row_hash FROM imported_record WHERE {writing.any_of('record_id', 'ids')}"
    found = writing.rows(sql, {"ids": writing.listed(ids)}) if ids else []
    return {row[0]: (row[1], bytes(row[2])) for row in found}


def _imported(way: Way, record_id: int, seq: int, digest: bytes) -> Json:
    return {"record_id": record_id, "batch_id": way.batch_id, "seq": seq, "row_hash": digest}


def _remember(writing: Gathering, way: Way, record_id: int, seq: int, digest: bytes) -> None:
    writing.run(
        "INSERT INTO imported_record (record_id, batch_id, seq, row_hash) VALUES (:record_id, :batch_id, :seq, :row_hash) "
        "ON CONFLICT (record_id) DO UPDATE SET batch_id = :batch_id, seq = :seq, row_hash = :row_hash",
        _imported(way, record_id, seq, digest),
    )


def _fields(writing: Gathering, kind: Kind, there: Current, checked: Checked[RecordCreate]) -> list[Json]:
    """What a change does to each member, as answers show it."""
    before = documents.loads(records.rendered(writing, there).body)
    meta = Meta(there.id, there.uid, kind, there.version, None, 0, writing.writer.name)
    new = documents.render(rows.members_of(meta, checked))
    after = documents.loads(documents.splice([new], nouns.Names(writing)))
    return differences.beside(before, after)


def _noun(writing: Gathering, way: Way, one: Prepared) -> Outcome:
    """Anything but a record: few, and each through its own door."""
    if one.faults:
        return Outcome(one.row, "rejected", faults=told(one, one.faults))
    try:
        with writing.attempt():
            put = puts.put(writing, one.row.noun, one.uid, one.sent)
    except Problem as problem:
        found = problem.errors or [Fault(where="body", message=problem.detail, hint=None)]
        return Outcome(one.row, "rejected", faults=told(one, found))
    return Outcome(one.row, put.action, put.path, fields=put.fields if way.is_told else ())

"""Merging: the citations and tags of two records in one, the other a tombstone that leads on to it; and taking them apart.

Everything is written through the doors that any edit goes through, in one transaction. Content is never mixed: what the
record that is kept says stays. What the merge wrote is known by its revisions, so that it can be taken back, as far as
nobody changed it since.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from api import cursors
from api.errors import Problem, invalid, not_found
from api.store import checks, documents, moves, records, versioned, walks
from api.store.checks import Json
from api.store.current import ADDRESS, PATHS, Current, address_of, identify, locate, may_see
from api.store.documents import Listed, Rendered
from api.store.moves import Moved
from api.store.sessions import Reading, Writing
from schemas import dates, unions
from schemas.merges import MergeCreate, MergeFilter, RecordMerge, UnmergeCreate
from schemas.problems import Fault
from schemas.records import LISTED
from schemas.vocabularies import Kind, Status

MOST = 100  # citations, and tags, of a record


def merge(writing: Writing, kind: Kind, address: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Merge another record into the one at an address. Answers what came of it.

    Raises Problem `not-found`, `deleted`, `stale` where another version of the one that is kept was read, or `invalid`.
    """
    body = checks.check(writing, MergeCreate, sent, {}).body
    kept = locate(writing, address, kind)
    before = records.rendered(writing, kept)
    versioned.expect(before, expected)
    other = _other(writing, kept, body)
    ours = documents.loads(before.body)
    theirs = documents.loads(records.rendered(writing, other).body)
    together: dict[str, list[Any]] = {
        "citations": unions.citations(ours["citations"], theirs["citations"]),
        "tags": unions.tags(ours["tags"], theirs["tags"]),
    }
    _refuse_too_many(together)
    of_draft = other.status == Status.DRAFT
    hanging = moves.hanging(writing, other, _note(f"Merged into {before.path}", body.change_note))
    note = _note(f"Merged with {'a draft' if of_draft else _path(other)}", body.change_note)
    records.amend(writing, kind, kept.uid, {**together, "change_note": note}, expected)
    records.delete(writing, kind, other.uid, None, _note(f"Merged into {before.path}", body.change_note))
    after, tombstone = _known(writing, kept.uid), _known(writing, other.uid)
    moved = moves.move(writing, hanging, other, after)
    _keep(writing, tombstone, kept, after)
    counts = {name: len(together[name]) - len(ours[name]) for name in together}
    return _told(writing, kind, kept, tombstone, counts, moved)


def _other(writing: Writing, kept: Current, body: MergeCreate) -> Current:
    """The record that is to be merged. Raises Problem `invalid` with everything that speaks against it."""
    try:
        other = locate(writing, body.with_)
    except Problem as problem:
        hint = "Give the id of a record that stands, or external_source:external_id."
        raise invalid([Fault(where="body.with", message=problem.detail, hint=hint)]) from None
    found = []
    if other.id == kept.id:
        found.append(("with", "that is this very record", "Give the id of the other one."))
    elif other.kind != kept.kind:
        hint = "Only two statements or two events can be merged; link the two by POST /v1/reactions."
        found.append(("with", f"that is {'an event' if other.kind == Kind.EVENT else 'a statement'}", hint))
    if other.version != body.with_version:
        hint = f"Look at {_path(other)} again, and send what you read there."
        found.append(("with_version", f"the other record is at version {other.version} now", hint))
    if _rank(kept) < _rank(other):
        hint = "Merge the other way round, or change the status first."
        message = f"that is {other.status}, and would vanish behind a record that is {kept.status}"
        found.append(("with", message, hint))
    if found:
        raise invalid([Fault(where=f"body.{where}", message=message, hint=hint) for where, message, hint in found])
    return other


def _rank(record: Current) -> int:
    """How public a record is: a draft, one that was withdrawn, or one that lists show."""
    return 2 if record.status in LISTED else int(record.status == Status.WITHDRAWN)


def _refuse_too_many(together: dict[str, Any]) -> None:
    found = [
        Fault(
            where="body.with",
            message=f"together they have {len(values)} {name}",
            hint=f"At most {MOST}; take some away first.",
        )
        for name, values in together.items()
        if len(values) > MOST
    ]
    if found:
        raise invalid(found)


def _keep(writing: Writing, tombstone: Current, before: Current, after: Current) -> None:
    ((last,),) = writing.rows("SELECT max(seq) FROM revision")
    row = {"seq": tombstone.seq, "position": 0, "into_id": after.id, "before_seq": before.seq, "after_seq": after.seq,
           "last_seq": last}  # fmt: skip
    writing.insert(RecordMerge, [row])


def unmerge(writing: Writing, kind: Kind, address: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take another record out of the one at an address again. Answers what came of it.

    Both are then what they were; where the one that was kept was edited since, it loses what came by the merge, and
    nothing else. Raises Problem `not-found`, `deleted`, `stale`, `invalid`, and what a restore raises.
    """
    body = checks.check(writing, UnmergeCreate, sent, {}).body
    kept = locate(writing, address, kind)
    versioned.expect(records.rendered(writing, kept), expected)
    tombstone, (before, after, last) = _merged(writing, kept, body.with_)
    moved = moves.take_back(writing, kept, tombstone.seq, last)
    counts = _part(writing, kind, kept, before, after, body.change_note, tombstone, moved)
    note = _note(f"No longer merged into {_path(kept)}", body.change_note)
    ((seq,),) = writing.rows(
        "SELECT v.seq FROM record_version v WHERE v.record_id = :id AND v.version = :version",
        {"id": tombstone.id, "version": tombstone.version - 1},
    )
    with _blamed():
        records.take_up(writing, kind, tombstone, seq, tombstone.version - 1, note)
    return _told(writing, kind, kept, _known(writing, tombstone.uid), counts, moved)


def _merged(writing: Writing, kept: Current, address: str) -> tuple[Current, Sequence[int]]:
    """The tombstone of what was merged into a record, and what the merge wrote. Raises Problem `invalid`."""
    other = identify(writing, address)
    sql = "SELECT m.into_id, m.before_seq, m.after_seq, m.last_seq FROM record_merge m WHERE m.seq = :seq"
    row = writing.row(sql, {"seq": other.seq}) if other else None
    if other is None or row is None or row[0] != kept.id:
        into = f"It was merged into {address_of(writing, row[0])}." if row else None
        fault = Fault(where="body.with", message="that is not merged into this record", hint=into)
        raise invalid([fault])
    return other, row[1:]


def _part(
    writing: Writing, kind: Kind, kept: Current, before: int, after: int, change_note: str | None, other: Current,
    moved: Moved,
) -> dict[str, int]:  # fmt: skip
    """Take from a record what came to it between two of its versions; answers how many citations and tags went."""
    if before == after:
        return {"citations": 0, "tags": 0}
    erased = "SELECT 1 FROM purged_version x WHERE x.erased_seq IN (:before, :after)"
    if writing.row(erased, {"before": before, "after": after}):
        detail = "The versions around the merge were erased for good, so that its citations and tags stay as they are."
        moved.leave(_path(kept), "purged", detail)
        return {"citations": 0, "tags": 0}
    note = _note(f"No longer merged with {'a draft' if other.status == Status.DRAFT else _path(other)}", change_note)
    old, new = walks.fetch(writing, [before, after])
    now = documents.loads(records.rendered(writing, kept).body)
    was, came = (documents.loads(records.rendered(writing, replace(kept, document=one)).body) for one in (old, new))
    if documents.content(new) == documents.content(kept.document):
        ((version,),) = writing.rows("SELECT v.version FROM record_version v WHERE v.seq = :seq", {"seq": before})
        with _blamed():
            records.take_up(writing, kind, kept, before, version, note)
    else:
        citations, changed = unions.without(was["citations"], came["citations"], now["citations"])
        if not citations:
            hint = "Give the record a citation of its own first."
            message = "without it the record would have no citation left"
            raise invalid([Fault(where="body.with", message=message, hint=hint)])
        if changed:
            detail = f"{len(changed)} of the citations that came by the merge were changed since, and stay."
            moved.leave(_path(kept), "stale", detail)
        tags = [tag for tag in now["tags"] if tag in was["tags"] or tag not in came["tags"]]
        records.amend(writing, kind, kept.uid, {"citations": citations, "tags": tags, "change_note": note}, None)
    left = documents.loads(records.rendered(writing, _known(writing, kept.uid)).body)
    return {name: len(now[name]) - len(left[name]) for name in ("citations", "tags")}


def page(reading: Reading, filters: MergeFilter) -> Listed:
    """One page of the merges that stand, the newest first. Raises Problem `invalid` or `cursor-mismatch`."""
    question = cursors.question(filters, "merges")
    before = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else (2**62,)
    values: dict[str, Any] = {"before": before[0], "limit": filters.limit + 1}
    where = ["m.seq < :before", "t.superseded_seq IS NULL"]
    if not reading.sees_drafts:
        values["viewer"] = reading.viewer.id if reading.viewer else 0
        seen = "({}.status <> '" + Status.DRAFT + "' OR {}.created_by = :viewer)"
        where += [seen.format("t", "r"), seen.format("k", "o")]
    if filters.record:
        values["records"] = reading.listed(_either(reading, filters.record))
        where.append(f"({reading.any_of('t.record_id', 'records')} OR {reading.any_of('m.into_id', 'records')})")
    sql = f"""SELECT m.seq, r.kind, r.uid, t.version, o.uid, k.version, n.recorded_at, a.name, n.change_note
        FROM record_merge m JOIN record_version t ON t.seq = m.seq JOIN record r ON r.id = t.record_id
        JOIN record o ON o.id = m.into_id JOIN record_version k ON k.record_id = o.id AND k.superseded_seq IS NULL
        JOIN revision n ON n.seq = m.seq JOIN api_key a ON a.id = n.recorded_by
        WHERE {" AND ".join(where)} ORDER BY m.seq DESC LIMIT :limit"""
    rows = reading.rows(sql, values)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    items = b",".join(documents.dumps(_item(*row[1:])) for row in rows)
    return Listed(items, cursors.encode(question, (rows[-1][0],)) if more else None, documents.tag_of(items))


def _either(reading: Reading, addresses: Sequence[str]) -> list[int]:
    """The records that a filter names, be they merged."""
    found = [(address, identify(reading, address)) for address in addresses]
    missing = [address for address, one in found if one is None or not may_see(reading, one)]
    if missing:
        told = [not_found("record", address).detail for address in missing]
        raise invalid([Fault(where="query.record", message=message, hint=ADDRESS) for message in told])
    return [one.id for _, one in found if one]


def _item(
    kind: str, merged: str, tombstone: int, kept: str, version: int, merged_at: int, merged_by: str, change_note: str | None
) -> Json:  # fmt: skip
    path = PATHS[Kind(kind)]
    return {
        "kind": kind,
        "merged": {"id": merged, "path": f"{path}/{merged}", "version": tombstone},
        "into": {"id": kept, "path": f"{path}/{kept}", "version": version},
        "merged_at": dates.format_instant(merged_at),
        "merged_by": merged_by,
        "change_note": change_note,
    }


@contextmanager
def _blamed() -> Iterator[None]:
    """Faults of what comes back are told of the record that was asked for: its members are in no body that was sent."""
    try:
        yield
    except Problem as problem:
        if problem.code != "invalid":
            raise
        raise invalid([fault.model_copy(update={"where": "body.with"}) for fault in problem.errors]) from None


def _known(writing: Writing, uid: str) -> Current:
    """How a record stands that is there."""
    current = identify(writing, uid)
    assert current is not None
    return current


def _path(record: Current) -> str:
    return f"{PATHS[Kind(record.kind)]}/{record.uid}"


def _note(told: str, given: str | None) -> str:
    return f"{told}: {given}" if given else told


def _told(
    writing: Writing, kind: Kind, kept: Current, other: Current, counts: dict[str, int], moved: Moved
) -> Rendered:
    found = records.rendered(writing, _known(writing, kept.uid))
    more = {
        "merged": {"id": other.uid, "path": f"{PATHS[kind]}/{other.uid}", "version": other.version},
        **counts,
        "moved": moved.paths,
        "left": moved.left,
    }
    body = b'{"record":' + found.body + b"," + documents.dumps(more)[1:]
    return Rendered(found.path, found.version, body)

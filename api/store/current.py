"""Records looked up by id: the current version, and who may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.errors import Problem, invalid, not_found
from api.store import dialects, versioned
from api.store.sessions import Reading, Writing
from schemas.problems import Fault
from schemas.vocabularies import Kind, Status

ADDRESS = "Give the id of a record, or external_source:external_id."
PATHS = {Kind.STATEMENT: "/v1/statements", Kind.EVENT: "/v1/events"}


@dataclass(frozen=True, slots=True)
class Current:
    """The current version of a record, as it is looked up before it is answered or changed."""

    id: int
    uid: str
    kind: str
    created_by: int
    external_source: str | None
    external_id: str | None
    seq: int
    version: int
    is_deleted: int
    status: str
    earliest: int
    latest: int
    document: bytes


def _current(reading: Reading, where: str) -> str:
    """SQL of the newest versions of records."""
    newest = dialects.by_key(reading.dialect, "record_version", "v", "v.record_id = r.id AND v.superseded_seq IS NULL")
    return f"""
    SELECT r.id, r.uid, r.kind, r.created_by, r.external_source, r.external_id,
           v.seq, v.version, v.is_deleted, v.status, v.earliest, v.latest, v.document
    FROM record r {newest} WHERE {where}"""


# Only a tombstone was merged into anything.
_MERGED = "JOIN record_merge m ON m.seq = t.seq WHERE t.superseded_seq IS NULL"


def locate(reading: Reading, address: str, kind: Kind | None = None) -> Current:
    """The current version at an id or at `external_source:external_id`.

    Raises Problem `not-found` (a draft is not found by those who may not see it), or what `gone` answers.
    """
    current = identify(reading, address, kind)
    if current is None or not may_see(reading, current):
        raise not_found(kind or "record", address)
    if current.is_deleted:
        raise gone(reading, current)
    return current


def gone(reading: Reading, current: Current) -> Problem:
    """The answer at a tombstone: `deleted` or `purged`; for reading, `merged` where it leads on to another record.

    A write is never led on: it was meant for this record.
    """
    told = versioned.gone(reading, current.kind, current.version, current.seq)
    into = merged_into(reading, current.id) if told.code == "deleted" else None
    rows = reading.rows(_current(reading, "r.id = :id"), {"id": into}) if into else []
    if not rows or not may_see(reading, Current(*rows[0])):
        return told
    path = address_of(reading, rows[0][0])
    if isinstance(reading, Writing):
        detail = f"This {current.kind} was merged into {path}. POST {path}/unmerge takes the two apart."
        return Problem("deleted", detail, headers=told.headers, merged_into=path)
    detail = f"This {current.kind} was merged into {path}."
    return Problem("merged", detail, headers={**told.headers, "Location": path}, merged_into=path)


def asked_for(reading: Reading, addresses: Sequence[str], parameter: str) -> list[int]:
    """The records that a filter names; for one that was merged, the one that it was merged into.

    Raises Problem `invalid` with all that can't be found.
    """
    found: list[int] = []
    missing = []
    for address in addresses:
        try:
            try:
                found.append(locate(reading, address).id)
            except Problem as problem:
                if problem.code != "merged":
                    raise
                found.append(locate(reading, problem.members["merged_into"].rpartition("/")[2]).id)
        except Problem as problem:
            missing.append(Fault(where=f"query.{parameter}", message=problem.detail, hint=ADDRESS))
    if missing:
        raise invalid(missing)
    return found


def address_of(reading: Reading, record_id: int) -> str:
    """The path of a record, by its number."""
    kind, uid = identified(reading, record_id)
    return f"{PATHS[kind]}/{uid}"


def identified(reading: Reading, record_id: int) -> tuple[Kind, str]:
    """The kind and the id of a record, by its number."""
    ((kind, uid),) = reading.rows("SELECT r.kind, r.uid FROM record r WHERE r.id = :id", {"id": record_id})
    return Kind(kind), uid


def merged_into(reading: Reading, record_id: int) -> int | None:
    """The record that a record was merged into, at the end of the chain where that was merged too; None where it was not."""
    sql = f"""
        WITH RECURSIVE on_to(id, depth) AS (
            SELECT m.into_id, 1 FROM record_version t {_MERGED} AND t.record_id = :id
            UNION ALL SELECT m.into_id, on_to.depth + 1 FROM on_to
                JOIN record_version t ON t.record_id = on_to.id {_MERGED}
        ) SELECT id FROM on_to ORDER BY depth DESC LIMIT 1"""
    row = reading.row(sql, {"id": record_id})
    return int(row[0]) if row else None


def followed(reading: Reading, ids: str) -> str:
    """SQL of the records of `ids`, and of those that they were merged into; another's draft leads nowhere."""
    mine = (
        f"t.record_id IN (SELECT o.id FROM record o WHERE o.created_by = {reading.viewer.id if reading.viewer else 0})"
    )
    seen = "" if reading.sees_drafts else f" AND (t.status <> '{Status.DRAFT}' OR {mine})"
    return f"""
        WITH RECURSIVE on_to(id) AS (
            {ids} UNION SELECT m.into_id FROM on_to
                JOIN record_version t ON t.record_id = on_to.id {_MERGED}{seen}
        ) SELECT id FROM on_to"""


def identify(reading: Reading, address: str, kind: Kind | None = None) -> Current | None:
    """The newest version at an address, be it a tombstone or a draft; what may be seen of it is for the caller to ask."""
    source, colon, external = address.partition(":")
    if colon:
        where, values = (
            "r.external_source = :source AND r.external_id = :external",
            {"source": source, "external": external},
        )
    else:
        where, values = "r.uid = :uid", {"uid": address.lower()}
    row = reading.row(_current(reading, where), values)
    return Current(*row) if row and kind in (None, row[2]) else None


def standing(
    reading: Reading, wanted: Iterable[tuple[str | None, str | None, str | None]]
) -> dict[tuple[str | None, str], Current]:
    """The newest versions, tombstones too, of many records: by external source and id, and by (None, id)."""
    by_source: dict[str, list[str]] = {}
    uids = []
    for source, external, uid in wanted:
        if source is not None and external is not None:
            by_source.setdefault(source, []).append(external)
        if uid is not None:
            uids.append(uid)
    found: dict[tuple[str | None, str], Current] = {}
    for source, externals in by_source.items():
        where = f"r.external_source = :source AND {reading.any_of('r.external_id', 'externals')}"
        for row in reading.rows(_current(reading, where), {"source": source, "externals": reading.listed(externals)}):
            one = Current(*row)
            found[source, str(one.external_id)] = one
    if uids:
        for row in reading.rows(_current(reading, reading.any_of("r.uid", "uids")), {"uids": reading.listed(uids)}):
            one = Current(*row)
            found[None, one.uid] = one
    return found


def may_see(reading: Reading, current: Current) -> bool:
    """Drafts are for editors, and for the key that made them."""
    return current.status != Status.DRAFT or sees_drafts_of(reading, current)


def sees_drafts_of(reading: Reading, current: Current) -> bool:
    """Whether the one who asks sees versions of a record also where they are drafts."""
    return reading.sees_drafts or (reading.viewer is not None and reading.viewer.id == current.created_by)

"""Records looked up by id: the current version, and who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.errors import not_found
from api.store import versioned
from api.store.sessions import Reading
from schemas.vocabularies import Kind, Status

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
    recorded_at: int


_CURRENT = """
    SELECT r.id, r.uid, r.kind, r.created_by, r.external_source, r.external_id,
           v.seq, v.version, v.is_deleted, v.status, v.earliest, v.latest, v.document, v0.recorded_at
    FROM record r JOIN record_version v ON v.record_id = r.id AND v.superseded_seq IS NULL
    JOIN record_version f ON f.record_id = r.id AND f.version = 1 JOIN revision v0 ON v0.seq = f.seq
    WHERE """


def locate(reading: Reading, address: str, kind: Kind | None = None) -> Current:
    """The current version at an id or at `external_source:external_id`.

    Raises Problem `not-found` (a draft is not found by those who may not see it) or `deleted`.
    """
    current = identify(reading, address, kind)
    if current is None or not may_see(reading, current):
        raise not_found(kind or "record", address)
    if current.is_deleted:
        raise versioned.gone(reading, current.kind, current.version, current.seq)
    return current


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
    row = reading.row(_CURRENT + where, values)
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
        for row in reading.rows(_CURRENT + where, {"source": source, "externals": reading.listed(externals)}):
            one = Current(*row)
            found[source, str(one.external_id)] = one
    if uids:
        for row in reading.rows(_CURRENT + reading.any_of("r.uid", "uids"), {"uids": reading.listed(uids)}):
            one = Current(*row)
            found[None, one.uid] = one
    return found


def may_see(reading: Reading, current: Current) -> bool:
    """Drafts are for editors, and for the key that made them."""
    return current.status != Status.DRAFT or sees_drafts_of(reading, current)


def sees_drafts_of(reading: Reading, current: Current) -> bool:
    """Whether the one who asks sees versions of a record also where they are drafts."""
    return reading.sees_drafts or (reading.viewer is not None and reading.viewer.id == current.created_by)

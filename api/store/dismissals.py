"""Dismissals: that two records, however alike, are two."""

from collections.abc import Mapping, Sequence

from api import cursors
from api.errors import Problem, not_found
from api.store import checks, documents, history, sight, versioned
from api.store.checks import Json
from api.store.current import ADDRESS, asked_for, locate
from api.store.directory import Directory
from api.store.documents import Listed, Rendered
from api.store.history import Told
from api.store.ids import uuid7
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun, Row
from schemas.dismissals import Dismissal, DismissalCreate, DismissalFilter, DismissalVersion
from schemas.history import HistoryFilter
from schemas.problems import Fault

PATH = "/v1/duplicates/dismissals"
ENDS = ("one_id", "other_id")


def _pair(reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    sql = f"""SELECT i.id, a.uid, b.uid FROM dismissal i JOIN record a ON a.id = i.one_id JOIN record b ON b.id = i.other_id
        WHERE {reading.any_of("i.id", "ids")}"""
    pairs = {row[0]: row[1:] for row in reading.rows(sql, {"ids": reading.listed([row.id for row in rows])})}
    return {row.seq: {"records": list(pairs[row.id])} for row in rows}


NOUN = Noun(
    name="dismissal",
    identity=Dismissal,
    version=DismissalVersion,
    shape=DismissalCreate,
    address="uid",
    columns=("note",),
    fixed=("records",),
    hangs_on=ENDS,
    show=_pair,
)


def create(writing: Writing, sent: Json) -> Rendered:
    """Say that two records are two; a dismissal that was deleted comes back as its next version.

    Raises Problem `invalid`, or `exists`.
    """
    also, ids = [], []
    records = sent.get("records")
    for place, address in enumerate(records[:2] if isinstance(records, list) else ()):
        if isinstance(address, str) and address.strip():
            try:
                ids.append(locate(writing, address).id)
            except Problem as problem:
                also.append(Fault(where=f"body.records.{place}", message=problem.detail, hint=ADDRESS))
    if len(ids) == 2 and ids[0] == ids[1]:
        hint = "Give two different ones."
        also.append(Fault(where="body.records.1", message="both are the same record", hint=hint))
    checked = checks.check(writing, DismissalCreate, sent, {}, also=also)
    pair = dict(zip(ENDS, sorted(ids), strict=True))
    rows = versioned.select(NOUN, writing, "i.one_id = :one_id AND i.other_id = :other_id", pair)
    if rows and not rows[0].is_deleted:
        path = f"{PATH}/{rows[0].address}"
        raise Problem("exists", "This pair is dismissed already.", headers={"Location": path}, existing=path)
    if rows:
        versioned.append(NOUN, writing, rows[0].id, rows[0].version + 1, checked, rows[0].seq)
        identity = rows[0].id
    else:
        identity = writing.next_id("dismissal")
        writing.insert(Dismissal, [{**pair, "id": identity, "uid": uuid7(writing.now())}])
        versioned.append(NOUN, writing, identity, 1, checked, None)
    (made,) = versioned.select(NOUN, writing, "i.id = :id", {"id": identity})
    return versioned.rendered(NOUN, writing, made, PATH, created=True)


def find(reading: Reading, uid: str, version: int | None = None) -> Rendered:
    """One dismissal, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    row = _newest(reading, uid)
    return history.find(NOUN, reading, row, PATH, version, _told(reading, row))


def delete(writing: Writing, uid: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone: the pair is offered again. Raises Problem `not-found`, `deleted` or `stale`."""
    row = versioned.alive(NOUN, writing, _newest(writing, uid))
    versioned.delete(NOUN, writing, row, PATH, expected)


def versions(reading: Reading, directory: Directory, uid: str, filters: HistoryFilter) -> Listed:
    """Every version that stood while both records could be seen, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    return history.page(reading, directory, told(reading, uid), filters)


def told(reading: Reading, uid: str) -> Told:
    """The versions of a dismissal, as far as they may be seen. Raises Problem `not-found`."""
    return _told(reading, _newest(reading, uid))


def _told(reading: Reading, row: Row) -> Told:
    return history.of_noun(NOUN, reading, row)


def _newest(reading: Reading, uid: str) -> Row:
    seen, values = sight.visible(reading, ENDS, deleted=True)
    rows = versioned.select(NOUN, reading, f"i.uid = :uid AND {seen}", {"uid": uid.lower(), **values})
    if not rows:
        raise not_found("dismissal", uid)
    return rows[0]


def page(reading: Reading, directory: Directory, filters: DismissalFilter) -> Listed:
    """One page of dismissals by entry; they stand whatever becomes of their records. Raises Problem `invalid` or `cursor-mismatch`."""
    question = cursors.question(filters, NOUN.name)
    after = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else (0,)
    seen, values = sight.visible(reading, ENDS, deleted=True)
    values |= {"after": after[0], "limit": filters.limit + 1}
    where = ["i.id > :after", "v.is_deleted = 0", seen]
    if filters.record:
        values["records"] = reading.listed(asked_for(reading, filters.record, "record"))
        where.append(f"({reading.any_of('i.one_id', 'records')} OR {reading.any_of('i.other_id', 'records')})")
    rows = versioned.select(NOUN, reading, " AND ".join(where), values, "ORDER BY i.id LIMIT :limit")
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    items = documents.splice(versioned.rows_as_documents(NOUN, reading, rows), directory.shown)
    return Listed(items, cursors.encode(question, (rows[-1].id,)) if more else None, documents.tag_of(items))

"""Codings: what single coders read in a statement, kept by versions beside what is published."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.errors import Problem, invalid, not_found
from api.store import checks, documents, history, lists, nouns, versioned
from api.store.checks import Checked, Json
from api.store.current import PATHS, Current, identify, locate, may_see
from api.store.directory import Directory
from api.store.documents import Listed, Rendered, gap
from api.store.history import Told
from api.store.ids import uuid7
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun, Row
from schemas.codings import (
    CODER,
    MOST_CODERS,
    Coding,
    CodingCreate,
    CodingFilter,
    CodingStance,
    CodingVersion,
)
from schemas.fields import closest
from schemas.history import HistoryFilter
from schemas.problems import Fault
from schemas.vocabularies import KeyRole, Kind, Stance, Status

_STANDS = "v.superseded_seq IS NULL AND v.is_deleted = 0"


def _said(reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    sql = f"""SELECT i.id, r.uid, i.coder FROM coding i JOIN record r ON r.id = i.record_id
        WHERE {reading.any_of("i.id", "ids")}"""
    of = {row[0]: row[1:] for row in reading.rows(sql, {"ids": reading.listed([row.id for row in rows])})}
    found: dict[int, Json] = {
        row.seq: {"statement": of[row.id][0], "coder": of[row.id][1], "topics": []} for row in rows
    }
    sql = f"""SELECT s.seq, s.topic_id, s.stance, s.condition_type, s.coding_certainty, s.rationale FROM coding_stance s
        WHERE {reading.any_of("s.seq", "seqs")} ORDER BY s.seq, s.position"""
    for seq, topic, stance, condition_type, certainty, rationale in reading.rows(
        sql, {"seqs": reading.listed(list(found))}
    ):
        found[seq]["topics"].append(
            {"topic": gap("topic", topic), "stance": stance, "condition_type": condition_type,
             "coding_certainty": certainty, "rationale": rationale}
        )  # fmt: skip
    return found


def _store_stances(writing: Writing, seq: int, checked: Checked[CodingCreate]) -> None:
    rows = [
        {"seq": seq, "position": position, "topic_id": checked.identity("topic", one.topic), "stance": one.stance,
         "condition_type": one.condition_type, "coding_certainty": one.coding_certainty, "rationale": one.rationale}
        for position, one in enumerate(checked.body.topics)
    ]  # fmt: skip
    writing.insert(CodingStance, rows)


NOUN = Noun(
    name="coding",
    identity=Coding,
    version=CodingVersion,
    shape=CodingCreate,
    address="uid",
    columns=(),
    nested={"topics.*.topic": "topic"},
    fixed=(),
    hangs_on=("record_id",),
    show=_said,
    children=_store_stances,
)


def path(statement: str) -> str:
    """Where the codings of a statement stand, by its id."""
    return f"{PATHS[Kind.STATEMENT]}/{statement}/codings"


def _rows(reading: Reading, record: int, coder: str) -> list[Row]:
    return versioned.select(
        NOUN, reading, "i.record_id = :record AND i.coder = :coder", {"record": record, "coder": coder}
    )


def _newest(reading: Reading, address: str, coder: str) -> tuple[Current, Row]:
    """A coding of a statement that may be seen, be either deleted. Raises Problem `not-found`."""
    record = identify(reading, address, Kind.STATEMENT)
    if record is None or not may_see(reading, record):
        raise not_found(Kind.STATEMENT, address)
    rows = _rows(reading, record.id, coder)
    if not rows or (rows[0].is_deleted and not history.is_told(reading, _told(reading, rows[0]))):
        sql = f"SELECT i.coder FROM coding i JOIN coding_version v ON v.coding_id = i.id AND {_STANDS} WHERE i.record_id = :record"
        known = [row[0] for row in reading.rows(sql, {"record": record.id})]
        raise not_found("coding by", coder, closest(coder, known))
    return record, rows[0]


def _at(record: Current, coder: str, found: Rendered, created: bool = False) -> Rendered:
    return replace(found, path=f"{path(record.uid)}/{coder}", created=created)


def find(reading: Reading, address: str, coder: str, version: int | None = None) -> Rendered:
    """One coder's coding, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    record, row = _newest(reading, address, coder)
    return _at(record, coder, history.find(NOUN, reading, row, "", version, _told(reading, row)))


def versions(reading: Reading, directory: Directory, address: str, coder: str, filters: HistoryFilter) -> Listed:
    """Every version that stood while the statement could be seen, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    return history.page(reading, directory, _told(reading, _newest(reading, address, coder)[1]), filters)


def told(reading: Reading, uid: str) -> Told:
    """The versions of the coding with this id, as far as they may be seen. Raises Problem `not-found`."""
    sql = "SELECT r.uid, i.coder FROM coding i JOIN record r ON r.id = i.record_id WHERE i.uid = :uid"
    where = reading.row(sql, {"uid": uid})
    if where is None:
        raise not_found("coding", uid)
    return _told(reading, _newest(reading, *where)[1])


def _told(reading: Reading, row: Row) -> Told:
    return history.of_noun(NOUN, reading, row)


def put(writing: Writing, address: str, coder: str, sent: Json, expected: Sequence[int] | None) -> Rendered:
    """Record what a coder reads in a statement, or put it in the place of what the same coder said before.

    Raises Problem `not-found` or `deleted` of the statement, `forbidden`, `precondition-required` where a coding stands
    and no version was named, `stale` where another one stands, or `invalid`.
    """
    record = locate(writing, address, Kind.STATEMENT)
    _may_write(writing, record)
    rows = _rows(writing, record.id, coder)
    if rows and not rows[0].is_deleted:
        if expected is None:
            told = (
                f"A coding by {coder} stands: send If-Match with the ETag that you read, so that nobody's edit is lost."
            )
            raise Problem("precondition-required", told)
        # A merge patch with every member is a replacement.
        return _at(record, coder, versioned.amend(NOUN, writing, rows[0], "", {"topics": None, **sent}, expected))
    if expected is not None and not (rows and rows[0].version in expected):
        raise Problem("stale", f"No coding by {coder} stands now; to make one, send no If-Match.", current=None)
    checked = checks.check(writing, CodingCreate, sent, NOUN.named, also=_refused(writing, record, coder))
    return _write(writing, record, coder, rows, checked)


def record(writing: Writing, statement: Current, coder: str, checked: Checked[CodingCreate]) -> Rendered:
    """Write a coding that is in order by itself, where none by the coder stands. Raises Problem `exists` or `invalid`."""
    rows = _rows(writing, statement.id, coder)
    if rows and not rows[0].is_deleted:
        at = f"{path(statement.uid)}/{coder}"
        raise Problem("exists", f"A coding by {coder} stands at {at}.", headers={"Location": at}, existing=at)
    if found := _refused(writing, statement, coder):
        raise invalid(found)
    return _write(writing, statement, coder, rows, checked)


def _write(
    writing: Writing, record: Current, coder: str, rows: Sequence[Row], checked: Checked[CodingCreate]
) -> Rendered:
    if rows:
        versioned.append(NOUN, writing, rows[0].id, rows[0].version + 1, checked, rows[0].seq)
    else:
        identity = writing.next_id("coding")
        row = {"id": identity, "uid": uuid7(writing.now()), "record_id": record.id, "coder": coder}
        writing.insert(Coding, [row])
        versioned.append(NOUN, writing, identity, 1, checked, None)
    made = versioned.rendered(NOUN, writing, _rows(writing, record.id, coder)[0], "")
    return _at(record, coder, made, created=True)


def version_of(writing: Writing, address: str, coder: str) -> int | None:
    """At which version a coder's coding of a statement stands; None where there is none. Raises Problem `not-found` or `deleted`."""
    rows = _rows(writing, locate(writing, address, Kind.STATEMENT).id, coder)
    return rows[0].version if rows and not rows[0].is_deleted else None


def _refused(writing: Writing, record: Current, coder: str) -> list[Fault]:
    """Why there can be no coding by this coder, whatever it says."""
    if not re.fullmatch(CODER, coder):
        hint = "1 to 60 of a-z, 0-9 and the hyphen, such as second-reader."
        return [Fault(where="path.coder", message=f"{coder[:60]!r} is no name of a coder", hint=hint)]
    sql = f"SELECT count(*) FROM coding i JOIN coding_version v ON v.coding_id = i.id AND {_STANDS} WHERE i.record_id = :record"
    row = writing.row(sql, {"record": record.id})
    if row and row[0] >= MOST_CODERS:
        message = f"{MOST_CODERS} coders have coded this statement, the most that it takes"
        return [Fault(where="path.coder", message=message, hint="Delete a coding that is not needed.")]
    return []


def _may_write(writing: Writing, record: Current) -> None:
    is_own_draft = record.status == Status.DRAFT and record.created_by == writing.writer.id
    if writing.writer.role is KeyRole.CONTRIBUTOR and not is_own_draft:
        raise Problem("forbidden", "A contributor codes drafts of its own, and nothing else: the rest takes an editor.")


def delete(writing: Writing, address: str, coder: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `not-found`, `deleted`, `forbidden` or `stale`."""
    record = locate(writing, address, Kind.STATEMENT)
    _may_write(writing, record)
    row = versioned.alive(NOUN, writing, _newest(writing, address, coder)[1])
    versioned.delete(NOUN, writing, row, "", expected)


def delete_all_of(writing: Writing, record_id: int) -> None:
    """Leave tombstones of all codings of a statement that is deleted."""
    for row in versioned.select(
        NOUN, writing, "i.record_id = :id AND v.is_deleted = 0", {"id": record_id}, "ORDER BY i.id"
    ):
        versioned.delete(NOUN, writing, row, "", None)


def restore_all_of(writing: Writing, record_id: int, change_note: str | None) -> None:
    """Bring back the codings that went with a statement which stands again: their tombstones came while it was deleted.

    Raises Problem `invalid` where one names a topic deleted since.
    """
    went = """i.record_id = :id AND v.is_deleted = 1 AND EXISTS (SELECT 1 FROM record_version e WHERE e.record_id = i.record_id
        AND e.is_deleted = 1 AND e.seq < v.seq AND (e.superseded_seq IS NULL OR e.superseded_seq > v.seq))"""
    found: list[Fault] = []
    for row in versioned.select(NOUN, writing, went, {"id": record_id}, "ORDER BY i.id"):
        try:
            versioned.restore(NOUN, writing, row, "", row.version - 1, change_note)
        except Problem as problem:
            found += [
                fault.model_copy(update={"where": f"body.coding {row.address}, {fault.where.removeprefix('body.')}"})
                for fault in problem.errors
            ]
    if found:
        raise invalid(found)


def listed(reading: Reading, filters: CodingFilter) -> Listed:
    """The codings of all statements that may be seen, by entry. Raises Problem `cursor-mismatch`."""
    seen = "" if reading.sees_drafts else f"AND (e.status <> '{Status.DRAFT}' OR r.created_by = :viewer)"
    conditions = [
        f"""EXISTS (SELECT 1 FROM record r JOIN record_version e ON e.record_id = r.id AND e.superseded_seq IS NULL
        WHERE r.id = i.record_id AND e.is_deleted = 0 {seen})"""
    ]
    values: Json = {"viewer": reading.viewer.id if reading.viewer else 0}
    if filters.coder:
        conditions.append(reading.any_of("i.coder", "coders"))
        values["coders"] = reading.listed(filters.coder)
    return lists.page(NOUN, reading, filters, conditions, values)


def page(reading: Reading, address: str) -> bytes:
    """All codings of a statement beside what is published. Raises Problem `not-found` or `deleted`."""
    record = locate(reading, address, Kind.STATEMENT)
    rows = versioned.select(
        NOUN, reading, "i.record_id = :record AND v.is_deleted = 0", {"record": record.id}, "ORDER BY i.coder"
    )
    said = documents.render({"id": record.uid, "topics": _topics(reading, record, rows)})
    codings = b",".join(versioned.rows_as_documents(NOUN, reading, rows))
    return documents.splice([said[:-1] + b',"codings":[' + codings + b"]}"], nouns.Names(reading))


def _topics(reading: Reading, record: Current, rows: Sequence[Row]) -> list[Json]:
    """What is published on each topic, and what the coders say to it."""
    sql = "SELECT s.topic_id, s.stance, s.condition_type FROM record_stance s WHERE s.seq = :seq ORDER BY s.position"
    published = {row[0]: row[1:] for row in reading.rows(sql, {"seq": record.seq})}
    sql = (
        f"SELECT s.topic_id, s.stance FROM coding_stance s WHERE {reading.any_of('s.seq', 'seqs')} ORDER BY s.topic_id"
    )
    read: dict[int, Counter[str]] = {topic: Counter() for topic in published}
    for topic, stance in reading.rows(sql, {"seqs": reading.listed([row.seq for row in rows])}):
        read.setdefault(topic, Counter())[stance] += 1
    return [_topic(topic, published.get(topic), tally) for topic, tally in read.items()]


def _topic(topic: int, published: Sequence[str] | None, tally: Counter[str]) -> Json:
    coders = tally.total()
    stance = published[0] if published else None
    agree = tally[stance] if stance else 0
    majority = next((one for one, count in tally.items() if 2 * count > coders), None)
    return {
        "topic": gap("topic", topic),
        "published": {"stance": published[0], "condition_type": published[1]} if published else None,
        "rule": "editor",
        "coders": coders,
        "agree": agree,
        "majority": majority,
        "tally": [{"stance": one, "coders": tally[one]} for one in Stance if tally[one]],
        "in_words": _in_words(stance, coders, agree, majority),
    }


def _in_words(stance: str | None, coders: int, agree: int, majority: str | None) -> str:
    if stance is None:
        told = "The statement itself says nothing on this topic, so that nothing is published."
    else:
        told = f"Published is what the statement says: {stance}."
    if not coders:
        return f"{told} Nobody has coded it."
    counted = f"{agree} of {coders} coders read the same" if stance else f"It was coded by {coders}"
    if majority is None:
        return f"{told} {counted}; no stance has a majority."
    return (
        f"{told} {counted}; {'so does their majority' if majority == stance else f'their majority reads {majority}'}."
    )

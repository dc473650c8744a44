"""Reactions: typed links between records, and what follows from them."""

import json
from collections.abc import Mapping, Sequence

from api.errors import Problem, invalid, not_found
from api.store import checks, dialects, documents, grades, history, sight, versioned
from api.store.checks import Checked, Json
from api.store.current import ADDRESS, PATHS, Current, locate
from api.store.directory import Directory
from api.store.documents import Listed, Rendered, gap
from api.store.history import Told
from api.store.ids import uuid7
from api.store.rows import CITED
from api.store.sessions import Reading, Writing
from api.store.versioned import Noun, Row
from schemas import dates
from schemas.actions import OF_LINKS
from schemas.confidence import as_given, label
from schemas.history import HistoryFilter
from schemas.problems import Fault
from schemas.reactions import (
    DERIVED,
    Reaction,
    ReactionAmend,
    ReactionCreate,
    ReactionSource,
    ReactionVersion,
)  # fmt: skip
from schemas.vocabularies import Kind, ReactionType, Status

PATH = "/v1/reactions"
_HIDDEN = "a draft of another key"
_VIOLATES = "only an event violates"
_ALLEGES = "A statement that claims a violation is linked alleges_violation."


def _link(reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    f, t = (
        dialects.by_key(reading.dialect, "record", one, f"{one}.id = i.{end}")
        for one, end in zip("ft", NOUN.hangs_on, strict=True)
    )
    sql = f"SELECT i.id, f.uid, t.uid, i.type, i.topic_id FROM reaction i {f} {t} WHERE {reading.any_of('i.id', 'ids')}"
    links = {row[0]: row[1:] for row in reading.rows(sql, {"ids": reading.listed([row.id for row in rows])})}
    return {
        row.seq: {
            "from": links[row.id][0],
            "to": links[row.id][1],
            "type": links[row.id][2],
            "topic": gap("topic", links[row.id][3]),
            "confidence_label": label(row.columns["confidence"]),
            "confidence_given": json.loads(row.columns["confidence_given"]),
            "citations": [
                {**one, "source": gap("source", one["source"])} for one in json.loads(row.columns["citations"])
            ],
        }
        for row in rows
    }


def _columns(_writing: Writing, _identity: int, checked: Checked[ReactionAmend]) -> Json:
    body = checked.body
    cited = [
        {"source": checked.identity("source", one.source), **{name: getattr(one, name) for name in CITED}}
        for one in body.citations
    ]
    given = documents.dumps(as_given(body.confidence)).decode()
    return {
        "confidence": body.confidence.value,
        "confidence_given": given,
        "citations": documents.dumps(cited).decode(),
    }


def _sources(writing: Writing, seq: int, checked: Checked[ReactionAmend]) -> None:
    cited = {checked.identity("source", one.source) for one in checked.body.citations}
    writing.insert(ReactionSource, [{"seq": seq, "source_id": source} for source in cited])


NOUN = Noun(
    name="reaction",
    identity=Reaction,
    version=ReactionVersion,
    shape=ReactionAmend,
    address="uid",
    columns=("confidence", "confidence_given", "citations", "note"),
    references={"asserted_by": ("actor", "asserted_by_id")},
    nested={"citations.*.source": "source"},
    fixed=(),
    hangs_on=("from_id", "to_id"),
    show=_link,
    store=_columns,
    children=_sources,
)


def find(reading: Reading, uid: str, version: int | None = None) -> Rendered:
    """One reaction, as it stands or as a version recorded it. Raises Problem `not-found` or `deleted`."""
    row = _newest(reading, uid)
    return history.find(NOUN, reading, row, PATH, version, _told(reading, row))


def _row(reading: Reading, uid: str) -> Row:
    return versioned.alive(NOUN, reading, _newest(reading, uid))


def _newest(reading: Reading, uid: str) -> Row:
    seen, values = sight.visible(reading, NOUN.hangs_on, deleted=True)
    rows = versioned.select(NOUN, reading, f"i.uid = :uid AND {seen}", {"uid": uid.lower(), **values})
    if not rows or (rows[0].is_deleted and not history.is_told(reading, _told(reading, rows[0]))):
        raise not_found("reaction", uid)
    return rows[0]


def versions(reading: Reading, directory: Directory, uid: str, filters: HistoryFilter) -> Listed:
    """Every version that stood while both ends could be seen, the newest first. Raises Problem `not-found` or `cursor-mismatch`."""
    return history.page(reading, directory, told(reading, uid), filters)


def told(reading: Reading, uid: str) -> Told:
    """The versions of a reaction, as far as they may be seen. Raises Problem `not-found`."""
    return _told(reading, _newest(reading, uid))


def _told(reading: Reading, row: Row) -> Told:
    return history.of_noun(NOUN, reading, row, words=OF_LINKS)


def unanswerable(writing: Writing, kind: Kind, sent: Json) -> list[Fault]:
    """What is wrong with the short form `reacts_to`, besides its shape: all of it, before anything is written."""
    links = sent.get("reacts_to")
    found: list[Fault] = []
    known: set[tuple[int, str]] = set()
    for index, link in enumerate(links[:50] if isinstance(links, list) else ()):
        where = f"body.reacts_to.{index}"
        given = link if isinstance(link, dict) else {"id": link}
        type_ = str(given.get("type", ReactionType.RESPONDS_TO))
        if type_ == ReactionType.VIOLATES and kind != Kind.EVENT:
            found.append(Fault(where=f"{where}.type", message=_VIOLATES, hint=_ALLEGES))
        address = given.get("id")
        if not isinstance(address, str) or not address.strip():
            continue
        try:
            answered = (locate(writing, address).id, type_)
        except Problem as problem:
            at = f"{where}.id" if isinstance(link, dict) else where
            found.append(Fault(where=at, message=problem.detail, hint=ADDRESS))
            continue
        if answered in known:
            found.append(Fault(where=where, message="the same answer is given twice", hint="Send it once."))
        known.add(answered)
    return found


def create(writing: Writing, sent: Json, uid: str | None = None) -> Rendered:
    """Link two records, under a new id or a given one that nothing has; a link that was deleted comes back as its next version.

    Raises Problem `invalid`, `exists`, `precedes` or `circle`.
    """
    references = {"topic": "topic", "asserted_by": "actor", "citations.*.source": "source"}
    also, ends = grades.faults(sent), {}
    for end in ("from", "to"):
        if isinstance(sent.get(end), str):
            try:
                ends[end] = locate(writing, sent[end])
            except Problem as problem:
                also.append(Fault(where=f"body.{end}", message=problem.detail, hint=ADDRESS))
    if sent.get("type") == ReactionType.VIOLATES and "from" in ends and ends["from"].kind != Kind.EVENT:
        also.append(Fault(where="body.type", message=_VIOLATES, hint=_ALLEGES))
    checked = grades.put(checks.check(writing, ReactionCreate, sent, references, also=also))
    topic = checked.identity("topic", checked.body.topic)
    return record(writing, ends["from"], ends["to"], checked.body.type, topic, checked, uid)


def record(
    writing: Writing, answer: Current, answered: Current, kind: str, topic: int | None, checked: Checked[ReactionAmend],
    uid: str | None = None,
) -> Rendered:  # fmt: skip
    """Write a link that is in order by itself. Raises Problem `exists`, `precedes` or `circle`."""
    _refuse(writing, answer, answered)
    link = {"from_id": answer.id, "to_id": answered.id, "type": kind, "topic_key": topic or 0}
    rows = versioned.select(
        NOUN, writing, "i.from_id = :from_id AND i.to_id = :to_id AND i.type = :type AND i.topic_key = :topic_key", link
    )
    if rows and not rows[0].is_deleted:
        path = f"{PATH}/{rows[0].address}"
        raise Problem("exists", "This link is recorded already.", headers={"Location": path}, existing=path)
    if rows:
        versioned.append(NOUN, writing, rows[0].id, rows[0].version + 1, checked, rows[0].seq)
        identity = rows[0].id
    else:
        identity = writing.next_id("reaction")
        writing.insert(Reaction, [{**link, "id": identity, "uid": uid or uuid7(writing.now()), "topic_id": topic}])
        versioned.append(NOUN, writing, identity, 1, checked, None)
    return versioned.rendered(
        NOUN, writing, versioned.select(NOUN, writing, "i.id = :id", {"id": identity})[0], PATH, created=True
    )


def amend(writing: Writing, uid: str, patch: Json, expected: Sequence[int] | None) -> Rendered:
    """Apply a merge patch; what is linked never changes. Raises Problem `not-found`, `deleted`, `stale` or `invalid`."""
    return versioned.amend(NOUN, writing, _row(writing, uid), PATH, patch, expected)


def delete(writing: Writing, uid: str, expected: Sequence[int] | None) -> None:
    """Leave a tombstone. Raises Problem `not-found`, `deleted` or `stale`."""
    versioned.delete(NOUN, writing, _row(writing, uid), PATH, expected)


def delete_all_of(writing: Writing, record_id: int) -> None:
    """Leave tombstones of all links of a record that is deleted."""
    linked = "(i.from_id = :id OR i.to_id = :id) AND v.is_deleted = 0"
    for row in versioned.select(NOUN, writing, linked, {"id": record_id}, "ORDER BY i.id"):
        versioned.delete(NOUN, writing, row, PATH, None)


def restore_all_of(writing: Writing, record_id: int, change_note: str | None) -> None:
    """Bring back the links of a record that stands again which went with it or with their other end, if that stands too.

    A link that stands has two ends that stand. So one that was deleted by hand had both at that moment, and one that
    went with an end did not: its tombstone came right after that of the record. (An erased version counts as deleted
    since; here it is what it was.)
    Raises Problem `invalid` where one names a noun deleted since, `precedes` or `circle` where one can't be any more.
    """
    gone = """SELECT 1 FROM record_version e LEFT JOIN purged_version x ON x.erased_seq = e.seq
        WHERE e.record_id IN (i.from_id, i.to_id) AND coalesce(x.was_deleted, e.is_deleted) = 1"""
    went = "e.seq < v.seq AND (e.superseded_seq IS NULL OR e.superseded_seq > v.seq)"
    linked = f"""(i.from_id = :id OR i.to_id = :id) AND v.is_deleted = 1
        AND NOT EXISTS ({gone} AND e.superseded_seq IS NULL) AND EXISTS ({gone} AND {went})"""
    rows = versioned.select(NOUN, writing, linked, {"id": record_id}, "ORDER BY i.id")
    found = _topics_gone(writing, rows)
    for row in rows:
        try:
            versioned.restore(NOUN, writing, row, PATH, row.version - 1, change_note)
        except Problem as problem:
            found += [_of_link(row, fault) for fault in problem.errors]
    if found:
        raise invalid(found)
    refuse_impossible(writing, record_id)
    if rows:
        _refuse_circle_through(writing, record_id)


def _refuse_circle_through(writing: Writing, record_id: int) -> None:
    """Where a record stands on a circle, both its links on the circle came back with it: each is named with its other end."""
    links, live = _links(writing)
    sql = f"""
        WITH RECURSIVE on_to(first, id) AS (
            SELECT i.id, i.to_id FROM reaction i {live} WHERE i.from_id = :id UNION
            SELECT on_to.first, i.to_id FROM on_to {links} WHERE on_to.id <> :id
        ) SELECT o.uid, o.to_id, i.uid, i.from_id FROM on_to {links} JOIN reaction o ON o.id = on_to.first
        WHERE i.to_id = :id LIMIT 1"""
    row = writing.row(sql, {"id": record_id})
    if row:
        answered, answer = _ends(writing, row[1], row[3])
        raise Problem(
            "circle",
            "With the reactions that come back with it, it would answer itself, through links made since: "
            f"it answers {answered} ({PATH}/{row[0]}), and {answer} answers it ({PATH}/{row[2]}).",
        )


def _links(reading: Reading) -> tuple[str, str]:
    """Joins with the links `i` that stand of each record `on_to`; the latter half alone leaves out those that do not stand."""
    live = dialects.by_key(
        reading.dialect,
        "reaction_version",
        "v",
        "v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0",
    )
    return f"{dialects.by_key(reading.dialect, 'reaction', 'i', 'i.from_id = on_to.id')} {live}", live


def _topics_gone(writing: Writing, rows: Sequence[Row]) -> list[Fault]:
    """Links whose topic was deleted since: it belongs to their identity, so that no check of a body looks at it."""
    sql = f"""SELECT i.id, t.slug FROM reaction i JOIN topic t ON t.id = i.topic_id
        JOIN topic_version v ON v.topic_id = t.id AND v.superseded_seq IS NULL AND v.is_deleted = 1
        WHERE {writing.any_of("i.id", "ids")}"""
    gone = dict(writing.rows(sql, {"ids": writing.listed([row.id for row in rows])}))
    return [
        _of_link(row, Fault(where="body.topic", message=f"there is no topic {gone[row.id]!r}", hint=None))
        for row in rows
        if row.id in gone
    ]


def _of_link(row: Row, fault: Fault) -> Fault:
    return fault.model_copy(update={"where": f"body.reaction {row.address}, {fault.where.removeprefix('body.')}"})


def _refuse(writing: Writing, answer: Current, answered: Current) -> None:
    if answer.id == answered.id:
        raise Problem("circle", "A record can't answer itself.")
    if answer.latest < answered.earliest:
        raise _precedes(writing, answer.id, answer.latest, answered.id, answered.earliest)
    sql = f"""
        WITH RECURSIVE on_to(id) AS (
            SELECT :answered UNION
            SELECT i.to_id FROM on_to {_links(writing)[0]}
        ) SELECT 1 FROM on_to WHERE id = :answer"""
    if writing.row(sql, {"answered": answered.id, "answer": answer.id}):
        raise Problem(
            "circle",
            f"{answered.uid} answers {answer.uid} already, perhaps through others, so it can't be answered by it.",
        )


def _precedes(writing: Writing, answer: int, last: int, answered: int, first: int, link: str | None = None) -> Problem:
    one, other = _ends(writing, answer, answered)
    by = f" by {PATH}/{link}" if link else ""
    if _HIDDEN in (one, other):
        return Problem("precedes", f"{one} would come before what it answers{by}, {other}.")
    came, there = dates.format_instant(last)[:10], dates.format_instant(first)[:10]
    told = f"{one} came on {came} at the latest; what it answers{by}, {other}, on {there} at the earliest. Look at both dates."
    return Problem("precedes", told)


def _ends(writing: Writing, *records: int) -> list[str]:
    """The addresses of records; of another's draft nothing is told."""
    sql = f"""SELECT r.id, r.kind, r.uid, e.status = '{Status.DRAFT}' AND r.created_by <> :writer FROM record r
        JOIN record_version e ON e.record_id = r.id AND e.superseded_seq IS NULL WHERE {writing.any_of("r.id", "ids")}"""
    found = {
        row[0]: _HIDDEN if row[3] and not writing.sees_drafts else f"{PATHS[Kind(row[1])]}/{row[2]}"
        for row in writing.rows(sql, {"ids": writing.listed(records), "writer": writing.writer.id})
    }
    return [found[one] for one in records]


def refuse_impossible(writing: Writing, record_id: int) -> None:
    """After a date has changed: no answer of or to this record may certainly precede what it answers. Raises Problem `precedes`."""
    sql = """
        SELECT f.id, fv.latest, t.id, tv.earliest, i.uid FROM reaction i
        JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
        JOIN record f ON f.id = i.from_id JOIN record_version fv ON fv.record_id = f.id AND fv.superseded_seq IS NULL
        JOIN record t ON t.id = i.to_id JOIN record_version tv ON tv.record_id = t.id AND tv.superseded_seq IS NULL
        WHERE (i.from_id = :id OR i.to_id = :id) AND fv.latest < tv.earliest"""
    row = writing.row(sql, {"id": record_id})
    if row:
        raise _precedes(writing, *row)


def answers(reading: Reading, ids: Sequence[int]) -> dict[bytes, bytes]:
    """What fills the gaps of these records where others retract, deny or clarify them; only listed records count."""
    sql = f"""SELECT i.to_id, i.type, f.uid FROM reaction i
        JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
        JOIN record f ON f.id = i.from_id
        JOIN record_version e ON e.record_id = f.id AND e.superseded_seq IS NULL AND e.is_deleted = 0
         AND e.status IN ('{Status.PUBLISHED}', '{Status.UNDER_REVIEW}')
        WHERE {reading.any_of("i.to_id", "ids")} AND i.type IN ('retracts', 'denies', 'clarifies') ORDER BY i.id"""
    found: dict[int, dict[str, list[str]]] = {}
    for record, kind, uid in reading.rows(sql, {"ids": reading.listed(list(ids))}):
        members = found.setdefault(record, {name: [] for name in DERIVED.values()})
        members[DERIVED[ReactionType(kind)]].append(uid)
    return {b"r%d" % record: documents.dumps(members)[1:-1] for record, members in found.items()}

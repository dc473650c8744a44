"""Records that disagree: of one actor on one topic and date, or linked as contradicting or denying.

The records that the filters keep are walked in the timeline's order, a whole day of beginnings at a time: records of one
date begin on one day, so that the database can group those by actor, topic and date. A page looks at so many records
at most, however rare conflicts are, and says where the next one goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api import cursors
from api.store import dialects, documents, reactions, scopes, walks
from api.store.conditions import conditions
from api.store.directory import Directory
from api.store.documents import Listed, gap
from api.store.sessions import Reading
from api.store.walks import Picked, Walk
from schemas import dates
from schemas.conflicts import ConflictFilter
from schemas.dates import CALENDAR_END, CALENDAR_START, DAY
from schemas.records import EVERYONE, KIND_CODES, ROLE_CODES, position_mask
from schemas.timeline import RecordFilter
from schemas.vocabularies import ConditionType, ConflictReason, Order, ReactionType, Stance

CHUNK = 1_000
MOST_EXAMINED = 20_000
_FOR = position_mask([stance for stance in Stance if (stance.score or 0) > 0], [])
_AGAINST = position_mask([stance for stance in Stance if (stance.score or 0) < 0], [])
_SCORED = [stance for stance in Stance if stance.score is not None]
_ON = {condition: position_mask(_SCORED, [condition]) for condition in ConditionType}
_LINKS = {
    ReactionType.CONTRADICTS: ConflictReason.CONTRADICTS,
    ReactionType.DENIES: ConflictReason.DENIES,
}

# Where an item stands among those of its day: what it is, and numbers that never change.
_Key = tuple[int, int, int, int, int]
_GROUPED, _LINKED = 0, 1
_FIRST, _LAST = (-1, 0, 0, 0, 0), (2, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Conflict:
    """One item, before it is rendered: versions by seq."""

    day: int
    key: _Key
    why: Sequence[ConflictReason]
    actor: int | None
    topic: int | None
    since: int
    until: int
    reaction: str | None
    seqs: Sequence[int]
    ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Stand:
    """A record of a group: whose it is, and where it stands."""

    seq: int
    id: int
    actor: int
    bit: int


def page(reading: Reading, directory: Directory, filters: ConflictFilter) -> Listed:
    """One page of conflicts, those of the newest day first. Raises Problem `invalid`, `cursor-mismatch` or `group-too-large`."""
    found = conditions(reading, directory, filters, KIND_CODES[filters.kind] if filters.kind else None)
    scope = scopes.scope(reading, directory, filters, None, found)
    walk = Walk(scope.stays, scope.roles, found, Order(filters.order))
    question = cursors.question(filters, "conflicts")
    position = cursors.decode(filters.cursor, question, (int,) * 6) if filters.cursor else None
    items, upcoming = _walked(reading, directory, filters, walk, position)
    body = _rendered(reading, directory, items)
    return Listed(body, cursors.encode(question, upcoming) if upcoming else None, documents.tag_of(body))


def _walked(
    reading: Reading, directory: Directory, filters: ConflictFilter, walk: Walk, position: tuple[int, ...] | None
) -> tuple[list[_Conflict], tuple[int, ...] | None]:
    """The items of a page, and the position that the next one goes on from."""
    is_asc = walk.order is Order.ASC
    items: list[_Conflict] = []
    after = _before(position[0], is_asc) if position else None
    size, examined = CHUNK, 0
    while True:
        rows = walks.pick(reading, walk, size + 1, after)
        cut = rows[size][1] // DAY if len(rows) > size else None
        kept = [row for row in rows if row[1] // DAY != cut]
        if cut is not None and not kept:  # a day with more records than that
            size *= 4
            continue
        found = [
            one for one in _among(reading, directory, filters, walk, kept) if set(one.why) & set(filters.why or one.why)
        ]
        if position:
            found = [one for one in found if _is_beyond((one.day, *one.key), position, is_asc)]
        items += sorted(found, key=lambda one: (one.day, one.key), reverse=not is_asc)
        if len(items) > filters.limit:
            last = items[filters.limit - 1]
            return items[: filters.limit], (last.day, *last.key)
        if cut is None:
            return items, None
        examined += len(kept)
        if examined >= MOST_EXAMINED:
            return items, (cut, *(_FIRST if is_asc else _LAST))
        after, size = _before(cut, is_asc), CHUNK


def _before(day: int, is_asc: bool) -> tuple[int, int, int]:
    """The position in the walk right before the first record that begins on a day."""
    return (day * DAY - 1, 2**62, 2**62) if is_asc else ((day + 1) * DAY, -(2**62), -(2**62))


def _is_beyond(one: tuple[int, ...], position: tuple[int, ...], is_asc: bool) -> bool:
    return one > position if is_asc else one < position


def _among(
    reading: Reading, directory: Directory, filters: ConflictFilter, walk: Walk, rows: Sequence[Picked]
) -> list[_Conflict]:
    """The conflicts of these records among each other, and the links that are listed by them."""
    if not rows:
        return []
    return [*_groups(reading, walk, rows), *_links(reading, directory, filters, walk, rows)]


def _groups(reading: Reading, walk: Walk, rows: Sequence[Picked]) -> list[_Conflict]:
    """Records of one agent, topic and date that take opposite sides, or positions under different kinds of conditions."""
    values: dict[str, Any] = {"seqs": reading.listed([row[0] for row in rows]), "scored": position_mask(_SCORED, [])}
    where = [
        reading.any_of("t.seq", "seqs"),
        f"t.role = {ROLE_CODES['agent']}",
        f"t.actor <> {EVERYONE}",
        "(t.positions & :scored) <> 0",
    ]
    if walk.conditions.topics:
        where.append(reading.any_of("t.topic", "topics"))
        values["topics"] = reading.listed(walk.conditions.topics)
    if walk.conditions.mask is not None:
        where.append("(t.positions & :mask) <> 0")
        values["mask"] = walk.conditions.mask
    # The remainder of a negative number is negative on both databases.
    day = f"(t.earliest - ((t.earliest % {DAY}) + {DAY}) % {DAY})"
    in_day = f"t.latest < {day} + {DAY}"

    def some(mask: int) -> str:
        return f"max(CASE WHEN (t.positions & {mask}) <> 0 THEN 1 ELSE 0 END)"

    told = dialects.joined(
        reading.dialect,
        "concat(t.seq, ':', t.id, ':', v.actor_id, ':', t.positions)",
        "t.earliest DESC, t.latest DESC, t.id DESC",
    )
    sql = f"""SELECT t.topic, t.actor, CASE WHEN {in_day} THEN {day} ELSE t.earliest END AS since,
            CASE WHEN {in_day} THEN {day} + {DAY - 1} ELSE t.latest END AS until, {told}
        FROM record_topic t JOIN record_version v ON v.seq = t.seq WHERE {" AND ".join(where)}
        GROUP BY t.topic, t.actor, since, until
        HAVING {some(_FOR)} + {some(_AGAINST)} = 2 OR {" + ".join(map(some, _ON.values()))} > 1"""
    found = []
    for topic, actor, since, until, told in reading.rows(sql, values):
        stands = [_Stand(*map(int, one.split(":"))) for one in told.split(",")]
        found.append(_grouped(topic, actor, since, until, stands))
    return _once(one for one in found if one)


def _grouped(topic: int, actor: int, since: int, until: int, stands: Sequence[_Stand]) -> tuple[_Conflict, bool] | None:
    """A conflict, and whether its actor speaks in all of it; None where another one does, under whom it is told."""
    why = []
    told = [one for one in stands if one.bit & (_FOR | _AGAINST)]
    if any(one.bit & _FOR for one in stands) and any(one.bit & _AGAINST for one in stands):
        why.append(ConflictReason.OPPOSITE_STANCES)
    if sum(any(one.bit & mask for one in stands) for mask in _ON.values()) > 1:
        why.append(ConflictReason.DIFFERENT_CONDITIONS)
        told = list(stands)
    speakers = {one.actor for one in told}
    if len(speakers) == 1 and speakers != {actor}:
        return None
    key = (_GROUPED, since, until, actor, topic)
    seqs, ids = [one.seq for one in told], [one.id for one in told]
    return _Conflict(since // DAY, key, why, actor, topic, since, until, None, seqs, ids), actor in speakers


def _once(found: Iterable[tuple[_Conflict, bool]]) -> list[_Conflict]:
    """The same records on the same topic only once, under an actor who speaks in them where there is one."""
    kept: dict[tuple[Any, ...], _Conflict] = {}
    for one, _ in sorted(found, key=lambda pair: (not pair[1], pair[0].key)):
        kept.setdefault((one.topic, *one.seqs), one)
    return list(kept.values())


def _links(
    reading: Reading, directory: Directory, filters: ConflictFilter, walk: Walk, rows: Sequence[Picked]
) -> list[_Conflict]:
    """The links of these records: each is listed by the record that contradicts or denies, or else by the other one.

    So it is found by either, and only once; of the other record it is enough that it may be seen.
    """
    at = {row[3]: row for row in rows}
    kinds = ", ".join(f"'{kind}'" for kind in _LINKS)
    sql = f"""SELECT i.id, i.uid, i.type, i.topic_id, i.from_id, i.to_id FROM reaction i
        JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
        WHERE i.type IN ({kinds}) AND ({reading.any_of("i.from_id", "ids")} OR {reading.any_of("i.to_id", "ids")})"""
    links = reading.rows(sql, {"ids": reading.listed(list(at))})
    if not links:
        return []
    others = sorted({end for link in links for end in link[4:6]} - set(at))
    kept = {row[3] for row in _picked(reading, walk, others)}
    status = conditions(reading, directory, RecordFilter(status=filters.status), None)
    everyone = Walk([(EVERYONE, CALENDAR_START, CALENDAR_END)], [ROLE_CODES["agent"]], status, walk.order)
    seen = at | {row[3]: row for row in _picked(reading, everyone, others)}
    speakers = _speakers(reading, [row[0] for row in seen.values()])
    found = []
    for number, uid, kind, topic, answer, answered in links:
        by = answer if answer in at else answered
        if answer not in seen or answered not in seen or (by == answered and answer in kept):
            continue
        seqs = [seen[answer][0], seen[answered][0]]
        actors = {speakers[seq] for seq in seqs}
        _, since, until, _ = seen[by]
        why, actor = [_LINKS[ReactionType(kind)]], actors.pop() if len(actors) == 1 else None
        key = (_LINKED, number, 0, 0, 0)
        found.append(_Conflict(since // DAY, key, why, actor, topic, since, until, uid, seqs, [answer, answered]))
    return found


def _picked(reading: Reading, walk: Walk, ids: Sequence[int]) -> list[Picked]:
    """Those of a few records that a walk would come by."""
    if not ids:
        return []
    few = replace(walk, conditions=replace(walk.conditions, few=list(ids)))
    return walks.pick(reading, few, len(ids), None)


def _speakers(reading: Reading, seqs: Sequence[int]) -> dict[int, int]:
    sql = f"SELECT v.seq, v.actor_id FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}"
    return dict(reading.rows(sql, {"seqs": reading.listed(list(seqs))}))


def _rendered(reading: Reading, directory: Directory, items: Sequence[_Conflict]) -> bytes:
    seqs = sorted({seq for one in items for seq in one.seqs})
    bodies = dict(zip(seqs, walks.fetch(reading, seqs), strict=True))
    made = []
    for one in items:
        head = {
            "why": one.why,
            "actor": gap("actor", one.actor),
            "topic": gap("topic", one.topic),
            "date_earliest": None if one.since == CALENDAR_START else dates.day_of(one.since),
            "date_latest": None if one.until == CALENDAR_END else dates.day_of(one.until),
            "reaction": {"id": one.reaction} if one.reaction else None,
        }
        records = b",".join(bodies[seq] for seq in one.seqs)
        made.append(documents.render(head)[:-1] + b',"records":[' + records + b"]}")
    others = reactions.answers(reading, sorted({record for one in items for record in one.ids}))
    return documents.splice(made, directory.shown, others)

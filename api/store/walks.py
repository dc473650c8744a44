"""Walking the index: the SQL of one page, for one actor or for a group, forwards and backwards, from any position.

A record overlaps the range from `low` to `high` in one of three ways, and each is a walk of its own: it starts inside
the range; it is shorter than a day and started in the day before; it is longer and started at any time before. One
predicate for all three would read an actor's whole past (5 ms where the three cost 0.01 to 0.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.store import dialects
from api.store.conditions import Conditions
from api.store.directory import Interval
from api.store.sessions import Reading
from schemas.dates import CALENDAR_END, CALENDAR_START, DAY
from schemas.vocabularies import Order

Picked = tuple[int, int, int, int]  # seq, earliest, latest, id
# Each of the named records is looked up for each actor and role: above this, a second is not enough.
MOST_LOOKED_UP = 1_000_000


@dataclass(frozen=True, slots=True)
class Walk:
    """Whose rows are walked, under which conditions, in which order."""

    stays: Sequence[Interval]
    roles: Sequence[int]
    conditions: Conditions
    order: Order

    @property
    def by_id(self) -> bool:
        """Whether the index by id serves better than the one by date: in the order of entry, or for a few named records."""
        if self.order.endswith("entered"):
            return True
        few = self.conditions.few
        return few is not None and len(few) * len(self.stays) * len(self.roles) <= MOST_LOOKED_UP


# One walked range: actor, role, topic (0: any); from low until when a record may start (and last, where all of it must lie
# within); bottom and top of the start of what began before low; and the position after which the walk goes on.
_Member = tuple[int, ...]
_COLUMNS = ("actor", "role", "topic", "low", "until", "bottom", "top", "at_earliest", "at_latest", "at_id")
_LOW, _HIGH = 3, 5
_LEAST, _MOST = -(2**62), 2**62


def pick(reading: Reading, walk: Walk, limit: int, after: tuple[int, ...] | None) -> list[Picked]:
    """The first rows after a position, each record once."""
    members = _members(walk, after)
    if not members:
        return []
    values = _values(reading, walk, limit, after)
    rows = tuple(_shared(reading, walk, after is not None))
    if walk.by_id:
        dated = any(member[_LOW:_HIGH] != (CALENDAR_START, CALENDAR_END) for member in members)
        sql = _by_id(reading.dialect, rows, walk.order, len(members) == 1, walk.conditions.within, dated)
        return _run(reading, sql, members, values)
    table = "record_topic" if walk.conditions.topics else "involvement"
    # Without a lower bound nothing can have started before it; nor can it, oldest first, once the cursor has reached it.
    floor = after[0] if after and walk.order is Order.ASC else CALENDAR_START
    late = not walk.conditions.within and any(member[_LOW] > floor for member in members)
    long = late and (walk.conditions.max_span is None or walk.conditions.max_span >= DAY)
    before = (*(("day",) if late else ()), *(("long",) if long else ()))
    ascending, single = walk.order is Order.ASC, len(members) == 1
    # What started before the range comes last when the newest come first: it is read only when the page is short.
    passes = [("inside",), before] if not ascending else [before, ("inside",)]
    if not single:
        passes = [("inside", *before)]
    picked: list[Picked] = []
    for arms in passes:
        if arms and len(picked) < limit:
            sql = _together(reading.dialect, table, arms, rows, ascending, single, after is not None)
            picked += _run(reading, sql, members, {**values, "limit": limit - len(picked)})
    return picked


def count(reading: Reading, walk: Walk, cap: int) -> int:
    """How many records there are, counted up to a cap."""
    return len(pick(reading, walk, cap, None))


def fetch(reading: Reading, seqs: Sequence[int]) -> list[bytes]:
    """The documents of these versions, in this order."""
    found = dict(reading.rows(_FETCH[reading.dialect], {"seqs": reading.listed(seqs)}))
    return [found[seq] for seq in seqs]


def _members(walk: Walk, after: tuple[int, ...] | None) -> list[_Member]:
    conditions = walk.conditions
    topics = conditions.topics if conditions.topics and not walk.by_id else [0]
    ascending = walk.order is Order.ASC
    members: list[_Member] = []
    for actor, since, last in walk.stays:
        low, until = max(since, conditions.since), min(last, conditions.until)
        if low > until:  # left before the range, or joined after it; a long record would span the gap
            continue
        # One bound in each direction: given a choice of two, the planner takes the wider one.
        at = (low - 1, _MOST, _MOST) if ascending else (until + 1, _LEAST, _LEAST)
        bottom, top = CALENDAR_START, low - 1
        if after and not walk.by_id:
            at = max(at, after) if ascending else min(at, after)  # type: ignore[assignment]
            bottom, top = (max(bottom, after[0]), top) if ascending else (bottom, min(top, after[0]))
        members += [(actor, role, topic, low, until, bottom, top, *at) for role in walk.roles for topic in topics]
    return members


def met(reading: Reading, conditions: Conditions) -> list[str]:
    """What a walked row `i` must meet, whichever way it is reached; `{until}` is the end of the range."""
    rows = ["i.superseded_seq IS NULL", *(["i.listed = 1"] if conditions.listed_only else []), *conditions.rows]
    if conditions.max_span is not None:
        rows.append("i.latest - i.earliest <= :max_span")
    if conditions.few is not None:
        rows.append(reading.any_of("i.id", "few"))
    if conditions.within:
        rows.append("i.latest <= {until}")
    return rows


def met_values(reading: Reading, conditions: Conditions) -> dict[str, Any]:
    """The values of `met`, and of a mask."""
    values = dict(conditions.values)
    if conditions.max_span is not None:
        values["max_span"] = conditions.max_span
    if conditions.mask is not None:
        values["mask"] = conditions.mask
    if conditions.few is not None:
        values["few"] = reading.listed(conditions.few)
    return values


def _values(reading: Reading, walk: Walk, limit: int, after: tuple[int, ...] | None) -> dict[str, Any]:
    conditions = walk.conditions
    values: dict[str, Any] = {**met_values(reading, conditions), "limit": limit}
    if walk.by_id and conditions.topics:
        values["topics"] = reading.listed(conditions.topics)
    if after is not None:
        values |= dict(
            zip(
                ("after_id",) if len(after) == 1 else ("after_earliest", "after_latest", "after_id"), after, strict=True
            )
        )
    return values


def _shared(reading: Reading, walk: Walk, is_continued: bool) -> list[str]:
    """The conditions on a walked row `i`, whichever way it is reached."""
    conditions = walk.conditions
    rows = met(reading, conditions)
    mask = " AND (i.positions & :mask) <> 0" if conditions.mask is not None else ""
    if walk.by_id and conditions.topics:
        on_topic = reading.any_of("t.topic", "topics") + mask.replace("i.", "t.")
        rows.append(
            f"EXISTS (SELECT 1 FROM record_topic t WHERE t.seq = i.seq AND t.actor = 0 AND t.role = 0 AND {on_topic})"
        )
    elif mask:
        rows.append(mask.removeprefix(" AND "))
    if is_continued and walk.by_id:
        sign = ">" if walk.order in (Order.ASC, Order.ENTERED) else "<"
        if walk.order.endswith("entered"):
            rows.append(f"i.id {sign} :after_id")
        else:
            rows.append(f"(i.earliest, i.latest, i.id) {sign} (:after_earliest, :after_latest, :after_id)")
    return rows


def _run(reading: Reading, sql: str, members: Sequence[_Member], values: dict[str, Any]) -> list[Picked]:
    if len(members) == 1:
        given: dict[str, Any] = dict(zip(_COLUMNS, members[0], strict=True))
    else:
        given = dialects.tabled(reading.dialect, _COLUMNS, "m", members)
    return reading.rows(sql, {**values, **given})


_POSITION = "(i.earliest, i.latest, i.id) {sign} ({at_earliest}, {at_latest}, {at_id})"
_BEFORE = "i.earliest <= {top} AND i.latest >= {low}"
_DAY = f"i.earliest >= {{low}} - {DAY} AND {_BEFORE} AND i.latest - i.earliest < {DAY}"
_LONG = f"i.earliest >= {{bottom}} AND {_BEFORE} AND i.latest - i.earliest >= {DAY}"
_BOUNDS = {
    "inside": {True: f"{_POSITION} AND i.earliest <= {{until}}", False: f"i.earliest >= {{low}} AND {_POSITION}"},
    "day": {True: _DAY, False: _DAY},
    "long": {True: _LONG, False: _LONG},
}
# The plus keeps an index from being entered by the position where it is to be entered by top or bottom.
_AFTER = "(+i.earliest, i.latest, i.id) {sign} (:after_earliest, :after_latest, :after_id)"
# Joined, not IN: without a sorted copy of the list, fifty documents take 180 us instead of 240.
_FETCH = {
    "sqlite": "SELECT v.seq, v.document FROM json_each(:seqs) j CROSS JOIN record_version v ON v.seq = j.value",
    "postgresql": "SELECT v.seq, v.document FROM record_version v WHERE v.seq = ANY(:seqs)",
}
_PICKED = "i.seq, i.earliest, i.latest, i.id"


@lru_cache(maxsize=1024)
def _together(
    dialect: str,
    table: str,
    arms: tuple[str, ...],
    rows: tuple[str, ...],
    ascending: bool,
    single: bool,
    continued: bool,
) -> str:
    """The page over one member or a group, out of the given arms; each arm stops at the limit by itself."""
    order = ", ".join(f"i.{column} {'ASC' if ascending else 'DESC'}" for column in ("earliest", "latest", "id"))
    outer = order.replace("i.", "")
    sign = ">" if ascending else "<"
    parts = []
    for arm in arms:
        # Named outright: chosen freely, the long arm was once read through the whole past of the actor.
        forced = f" INDEXED BY ix_{table}_long" if dialect == "sqlite" and arm == "long" else ""
        keys = ["i.actor = {actor}", "i.role = {role}", *(["i.topic = {topic}"] if table == "record_topic" else [])]
        after = [_AFTER] if continued and arm != "inside" else []
        where = " AND ".join([*keys, _BOUNDS[arm][ascending], *after, *rows]).replace("{sign}", sign)
        parts.append(_arm(dialect, f"{table} i{forced}", where, order, single))
    if len(parts) == 1 and single:
        return parts[0]
    union = " UNION ALL ".join(f"SELECT * FROM ({part}) a{index}" for index, part in enumerate(parts))
    prefix = "" if single else f"WITH {dialects.given(dialect, 'm', _COLUMNS)} "
    return f"{prefix}SELECT DISTINCT seq, earliest, latest, id FROM ({union}) u ORDER BY {outer} LIMIT :limit"


def _arm(dialect: str, table: str, where: str, order: str, single: bool) -> str:
    filled = where.format(**{name: f":{name}" if single else f"m.{name}" for name in _COLUMNS})
    if single:
        return f"SELECT {_PICKED} FROM {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    if dialect == "sqlite":
        return f"SELECT DISTINCT {_PICKED} FROM m CROSS JOIN {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    lateral = f"SELECT {_PICKED} FROM {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    return f"SELECT x.* FROM m CROSS JOIN LATERAL ({lateral}) x"


@lru_cache(maxsize=256)
def _by_id(dialect: str, rows: tuple[str, ...], order: Order, single: bool, within: bool, dated: bool) -> str:
    """The page through the index by id: in the order of entry, or of a few named records in the timeline's order."""
    keys = ["i.actor = {actor}", "i.role = {role}"]
    # Only where a date is asked: else PostgreSQL's generic plan takes an index by date and sorts all of an actor's past.
    bounds = ["+i.earliest >= {low}" if within else "+i.earliest <= {until} AND i.latest >= {low}"] if dated else []
    where = " AND ".join([*keys, *bounds, *rows])
    sorting = {
        Order.ENTERED: "i.id ASC",
        Order.ENTERED_DESC: "i.id DESC",
        Order.ASC: "i.earliest ASC, i.latest ASC, i.id ASC",
        Order.DESC: "i.earliest DESC, i.latest DESC, i.id DESC",
        Order.RELEVANCE: "i.earliest DESC, i.latest DESC, i.id DESC",
    }[order]
    forced = " INDEXED BY ix_involvement_entered" if dialect == "sqlite" else ""
    arm = _arm(dialect, f"involvement i{forced}", where, sorting, single)
    if single:
        return arm
    return f"WITH {dialects.given(dialect, 'm', _COLUMNS)} SELECT DISTINCT seq, earliest, latest, id FROM ({arm}) u ORDER BY {sorting.replace('i.', '')} LIMIT :limit"

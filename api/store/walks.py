"""Walking the index: the SQL of one page, for one actor or for a group, forwards and backwards, from any position.

A record overlaps the range from `low` to `high` in one of three ways, and each is a walk of its own: it starts inside
the range; it is shorter than a day and started in the day before; it is longer and started at any time before. One
predicate for all three would read an actor's whole past (5 ms where the three cost 0.01 to 0.2).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.store.conditions import Conditions
from api.store.directory import Interval
from api.store.sessions import Reading
from schemas.dates import CALENDAR_START, DAY
from schemas.vocabularies import Order

Picked = tuple[int, int, int, int]  # seq, earliest, latest, id


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
        return self.order.endswith("entered") or self.conditions.few is not None


# One walked range: actor, role, topic (0: any), low, high.
_Member = tuple[int, int, int, int, int]


def pick(reading: Reading, walk: Walk, limit: int, after: tuple[int, ...] | None) -> list[Picked]:
    """The first rows after a position, each record once."""
    members = _members(walk, after)
    values = _values(reading, walk, limit, after)
    rows = tuple(_shared(reading, walk, after is not None))
    if walk.by_id:
        sql = _by_id(reading.dialect, rows, walk.order, len(members) == 1, walk.conditions.within)
        return _run(reading, sql, members, values)
    table = "record_topic" if walk.conditions.topics else "involvement"
    # Without a lower bound nothing can have started before it.
    late = not walk.conditions.within and any(low > CALENDAR_START for _, _, _, low, _ in members)
    long = late and (walk.conditions.max_span is None or walk.conditions.max_span >= DAY)
    ascending = walk.order is Order.ASC
    if len(members) > 1:
        arms = ("inside", *(("day",) if late else ()), *(("long",) if long else ()))
        return _run(
            reading,
            _together(reading.dialect, table, arms, rows, ascending, False),
            members,
            values,
        )
    before = (*(("day",) if late else ()), *(("long",) if long else ()))
    # What started before the range comes last when the newest come first: it is read only when the page is short.
    passes = [("inside",), before] if not ascending else [before, ("inside",)]
    picked: list[Picked] = []
    for arms in passes:
        if arms and len(picked) < limit:
            sql = _together(reading.dialect, table, arms, rows, ascending, True)
            picked += _run(reading, sql, members, {**values, "limit": limit - len(picked)})
    return picked


def count(reading: Reading, walk: Walk, cap: int) -> int:
    """How many records there are, counted up to a cap."""
    return len(pick(reading, walk, cap, None))


def fetch(reading: Reading, seqs: Sequence[int]) -> list[bytes]:
    """The documents of these versions, in this order."""
    found = dict(
        reading.rows(
            f"SELECT v.seq, v.document FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}",
            {"seqs": reading.listed(seqs)},
        )
    )
    return [found[seq] for seq in seqs]


def _members(walk: Walk, after: tuple[int, ...] | None) -> list[_Member]:
    conditions = walk.conditions
    topics = conditions.topics if conditions.topics and not walk.by_id else [0]
    members = []
    for actor, since, until in walk.stays:
        low, high = max(since, conditions.since), min(until, conditions.until)
        if after and not walk.by_id:
            # The bound must be one number: given a choice between it and the position, the planner once read everything.
            low, high = (max(low, after[0]), high) if walk.order is Order.ASC and after[0] >= low else (low, high)
            high = min(high, after[0]) if walk.order is Order.DESC else high
        members += [(actor, role, topic, low, high) for role in walk.roles for topic in topics]
    return members


def _values(reading: Reading, walk: Walk, limit: int, after: tuple[int, ...] | None) -> dict[str, Any]:
    conditions = walk.conditions
    values: dict[str, Any] = {**conditions.values, "limit": limit}
    if conditions.max_span is not None:
        values["max_span"] = conditions.max_span
    if conditions.mask is not None:
        values["mask"] = conditions.mask
    if conditions.few is not None:
        values["few"] = reading.listed(conditions.few)
    if walk.by_id and conditions.topics:
        values["topics"] = reading.listed(conditions.topics)
    if after is not None:
        values |= (
            {"at_id": after[0]}
            if len(after) == 1
            else {"at_earliest": after[0], "at_latest": after[1], "at_id": after[2]}
        )
    return values


def _shared(reading: Reading, walk: Walk, is_continued: bool) -> list[str]:
    """The conditions on a walked row `i`, whichever way it is reached."""
    conditions = walk.conditions
    rows = ["i.superseded_seq IS NULL", *(["i.listed = 1"] if conditions.listed_only else []), *conditions.rows]
    if conditions.max_span is not None:
        rows.append("i.latest - i.earliest <= :max_span")
    mask = " AND (i.positions & :mask) <> 0" if conditions.mask is not None else ""
    if walk.by_id and conditions.topics:
        on_topic = reading.any_of("t.topic", "topics") + mask.replace("i.", "t.")
        rows.append(
            f"EXISTS (SELECT 1 FROM record_topic t WHERE t.seq = i.seq AND t.actor = 0 AND t.role = 0 AND {on_topic})"
        )
    elif mask:
        rows.append(mask.removeprefix(" AND "))
    if conditions.few is not None:
        rows.append(reading.any_of("i.id", "few"))
    if conditions.within:
        rows.append("i.latest <= {high}")
    if is_continued:
        sign = ">" if walk.order in (Order.ASC, Order.ENTERED) else "<"
        if walk.order.endswith("entered"):
            rows.append(f"i.id {sign} :at_id")
        else:
            rows.append(f"(i.earliest, i.latest, i.id) {sign} (:at_earliest, :at_latest, :at_id)")
    return rows


def _run(reading: Reading, sql: str, members: Sequence[_Member], values: dict[str, Any]) -> list[Picked]:
    if len(members) == 1:
        given: dict[str, Any] = dict(zip(("actor", "role", "topic", "low", "high"), members[0], strict=True))
    elif reading.dialect == "sqlite":
        given = {"members": json.dumps(members)}
    else:
        columns = zip(*members, strict=True)
        names = ("actors", "roles", "topics_walked", "lows", "highs")
        given = {name: list(column) for name, column in zip(names, columns, strict=True)}
    return reading.rows(sql, {**values, **given})


_BOUNDS = {
    "inside": "i.earliest >= {low} AND i.earliest <= {high}",
    "day": f"i.earliest >= {{low}} - {DAY} AND i.earliest < {{low}} AND i.earliest <= {{high}} AND i.latest >= {{low}} "
    f"AND i.latest - i.earliest < {DAY}",
    "long": f"i.latest - i.earliest >= {DAY} AND i.earliest < {{low}} AND i.earliest <= {{high}} AND i.latest >= {{low}}",
}
_PICKED = "i.seq, i.earliest, i.latest, i.id"
_MEMBER = {
    "sqlite": "WITH m(actor, role, topic, low, high) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, "
    "value ->> 4 FROM json_each(:members)) ",
    "postgresql": "WITH m AS MATERIALIZED (SELECT * FROM unnest(:actors::bigint[], :roles::int[], :topics_walked::bigint[], :lows::bigint[], "
    ":highs::bigint[]) AS u(actor, role, topic, low, high)) ",
}


@lru_cache(maxsize=1024)
def _together(
    dialect: str,
    table: str,
    arms: tuple[str, ...],
    rows: tuple[str, ...],
    ascending: bool,
    single: bool,
) -> str:
    """The page over one member or a group, out of the given arms; each arm stops at the limit by itself."""
    order = ", ".join(f"i.{column} {'ASC' if ascending else 'DESC'}" for column in ("earliest", "latest", "id"))
    outer = order.replace("i.", "")
    parts = []
    for arm in arms:
        # Named outright: chosen freely, the long arm was once read through the whole past of the actor.
        forced = f" INDEXED BY ix_{table}_long" if dialect == "sqlite" and arm == "long" else ""
        keys = ["i.actor = {actor}", "i.role = {role}", *(["i.topic = {topic}"] if table == "record_topic" else [])]
        where = " AND ".join([*keys, _BOUNDS[arm], *rows])
        parts.append(_arm(dialect, f"{table} i{forced}", where, order, single))
    if len(parts) == 1 and single:
        return parts[0]
    union = " UNION ALL ".join(f"SELECT * FROM ({part}) a{index}" for index, part in enumerate(parts))
    prefix = "" if single else _MEMBER[dialect]
    return f"{prefix}SELECT DISTINCT seq, earliest, latest, id FROM ({union}) u ORDER BY {outer} LIMIT :limit"


def _arm(dialect: str, table: str, where: str, order: str, single: bool) -> str:
    names = ("actor", "role", "topic", "low", "high")
    filled = _fill(where, {name: f":{name}" if single else f"m.{name}" for name in names})
    if single:
        return f"SELECT {_PICKED} FROM {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    if dialect == "sqlite":
        return f"SELECT DISTINCT {_PICKED} FROM m CROSS JOIN {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    lateral = f"SELECT {_PICKED} FROM {table} WHERE {filled} ORDER BY {order} LIMIT :limit"
    return f"SELECT x.* FROM m CROSS JOIN LATERAL ({lateral}) x"


@lru_cache(maxsize=256)
def _by_id(dialect: str, rows: tuple[str, ...], order: Order, single: bool, within: bool) -> str:
    """The page through the index by id: in the order of entry, or of a few named records in the timeline's order."""
    keys = ["i.actor = {actor}", "i.role = {role}"]
    bounds = "i.earliest >= {low}" if within else "i.earliest <= {high} AND i.latest >= {low}"
    where = " AND ".join([*keys, bounds, *rows])
    sorting = {
        Order.ENTERED: "i.id ASC",
        Order.ENTERED_DESC: "i.id DESC",
        Order.ASC: "i.earliest ASC, i.latest ASC, i.id ASC",
        Order.DESC: "i.earliest DESC, i.latest DESC, i.id DESC",
    }[order]
    forced = " INDEXED BY ix_involvement_entered" if dialect == "sqlite" else ""
    arm = _arm(dialect, f"involvement i{forced}", where, sorting, single)
    if single:
        return arm
    return f"{_MEMBER[dialect]}SELECT DISTINCT seq, earliest, latest, id FROM ({arm}) u ORDER BY {sorting.replace('i.', '')} LIMIT :limit"


def _fill(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text

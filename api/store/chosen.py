"""Rows to be counted: everything that a filter chooses, as SQL to be grouped, never a page of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.store import dialects, walks
from api.store.conditions import Conditions
from api.store.scopes import Scope
from api.store.sessions import Reading
from schemas.dates import CALENDAR_START, DAY

Branch = tuple[
    int, int, int | None, int
]  # a topic, the one it counts for, with which sign (None: not said), how far below

_STAY = ("actor", "role", "low", "until")
_BRANCH = ("topic", "shown", "sign", "depth")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A SELECT of all chosen rows, what must stand behind WITH for it, and the values of both.

    A record stands in it once for each of the actors, roles and topics that chose it.
    """

    ctes: list[str]
    rows: str
    values: dict[str, Any]


def chosen(
    reading: Reading,
    whose: Scope,
    found: Conditions,
    columns: str,
    branches: Sequence[Branch] | None = None,
    each_actor: bool = False,
) -> Chosen:
    """All rows `i` that the filter chooses; of the topics of `branches` `b`, or of any; `columns` is what is selected.

    With `each_actor`, where no actor was named, the rows are those of every actor in a role instead of one row for each record.
    """
    rows = walks.met(reading, found)
    if found.mask is not None:
        rows.append("(i.positions & :mask) <> 0")
    values = walks.met_values(reading, found)
    ctes, joined, keys = [], [], []
    table = "record_topic" if branches is not None else "involvement"
    if branches is not None:
        ctes.append(dialects.given(reading.dialect, "b", _BRANCH))
        values |= dialects.tabled(reading.dialect, _BRANCH, "b", branches)
        joined.append("b CROSS JOIN ")
        keys.append("i.topic = b.topic")
    stays = [
        (actor, role, max(since, found.since), min(until, found.until))
        for actor, since, until in whose.stays
        for role in whose.roles
        if max(since, found.since) <= min(until, found.until)
    ]
    if each_actor and whose.is_of_everyone:
        values |= {"low": found.since, "until": found.until}
        low, until = ":low", ":until"
        keys += ["i.actor > 0", f"i.role IN ({', '.join(map(str, whose.roles))})"]
    elif len(stays) == 1:
        values |= dict(zip(_STAY, stays[0], strict=True))
        low, until = ":low", ":until"
        keys += ["i.actor = :actor", "i.role = :role"]
    else:
        ctes.append(dialects.given(reading.dialect, "w", _STAY))
        values |= dialects.tabled(reading.dialect, _STAY, "w", stays)
        joined.append("w CROSS JOIN ")
        low, until = "w.low", "w.until"
        keys += ["i.actor = w.actor", "i.role = w.role"]
    late = not found.within and any(stay[2] > CALENDAR_START for stay in stays)
    parts = []
    for arm in _ARMS if late else ("inside",):
        # As in walks.py: chosen freely, the long arm was once read through the whole past of the actor.
        forced = f" INDEXED BY ix_{table}_long" if reading.dialect == "sqlite" and arm == "long" else ""
        where = " AND ".join([*keys, _ARMS[arm], *rows]).replace("{low}", low).replace("{until}", until)
        parts.append(f"SELECT {columns} FROM {''.join(joined)}{table} i{forced} WHERE {where}")
    return Chosen(ctes, " UNION ALL ".join(parts), values)


# A record meets the range in one of three ways, as in walks.py.
_ARMS = {
    "inside": "i.earliest >= {low} AND i.earliest <= {until}",
    "day": f"i.earliest >= {{low}} - {DAY} AND i.earliest < {{low}} AND i.latest >= {{low}} AND i.latest - i.earliest < {DAY}",
    "long": f"i.earliest < {{low}} AND i.latest >= {{low}} AND i.latest - i.earliest >= {DAY}",
}

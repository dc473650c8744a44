"""What each actor holds now on each topic: the latest stance, since when, on which record, and how steadily."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.store import dialects, stances, walks
from api.store.directory import Directory
from api.store.sessions import Reading
from api.store.stances import Account, Cell
from schemas.counting import Consistency
from schemas.records import ROLE_CODES
from schemas.stances import CurrentFilter
from schemas.vocabularies import Stance

OFF_SCALE = tuple(stance for stance in Stance if stance.score is None)
_MOSTLY = 0.75
_LOOK = ("n", "actor", "topic", "sign", "depth", "low", "until", "mask", "earliest", "latest", "id")
_BEFORE_ALL, _AFTER_ALL = (-(2**62),) * 3, (2**62,) * 3

_Place = tuple[int, ...]  # in the timeline's order: earliest, latest, id


@dataclass(frozen=True, slots=True)
class _Position:
    """A position that an actor took, in a record, as it counts for the topic that is shown."""

    place: _Place
    seq: int
    topic: int
    stance: Stance
    given: Stance
    condition_type: str
    conditions: str | None


def current(reading: Reading, directory: Directory, filters: CurrentFilter) -> dict[str, Any]:
    """The matrix, a row for each pair; pairs of which nothing was said are there too.

    Raises Problem `invalid` with all faults, or where it has more than 10,000 rows; `group-too-large`.
    """
    asked = stances.account(reading, directory, filters)
    units = stances.units(reading, asked, filters)
    sql = f"{units.sql} SELECT u.actor, u.topic, {stances.summed()}, {stances.left(units.reasons)} FROM unit u GROUP BY u.actor, u.topic"
    found: dict[Cell, Sequence[Any]] = {(row[0], row[1]): row[2:] for row in reading.rows(sql, units.values)}
    cells = stances.cells(directory, filters, found.keys())
    scales = {cell: scale for cell in cells if (scale := _scale(found.get(cell)))}
    held = _look(reading, asked, scales, "DESC", dict.fromkeys(scales, _AFTER_ALL))
    others = {cell: tuple(one for one in scales[cell] if one is not position.stance) for cell, position in held.items()}
    ended = _look(reading, asked, others, "DESC", {cell: position.place for cell, position in held.items()})
    after = {cell: ended[cell].place if cell in ended else _BEFORE_ALL for cell in held}
    since = _look(reading, asked, {cell: (position.stance,) for cell, position in held.items()}, "ASC", after)
    records = _records(reading, {position.seq for position in [*held.values(), *since.values()]})
    nothing = [0] * len(stances.COUNTS)
    items = []
    for names, cell in stances.named(directory, cells):
        counted = stances.counts(names, found.get(cell, nothing)[: len(nothing)])
        items.append({**counted, **_held(directory, held.get(cell), since.get(cell), records), **_steadiness(counted)})
    left = [sum(float(row[len(nothing) + index]) for row in found.values()) for index in range(len(stances.LEFT_OUT))]
    return {"items": items, "left_out": stances.left_out(reading, asked, left)}


def _scale(numbers: Sequence[Any] | None) -> tuple[Stance, ...]:
    """Among which stances the latest is looked for: those on the scale, where there is one."""
    if numbers is None or not any(numbers[: len(stances.COUNTS)]):
        return ()
    return stances.ON_SCALE if any(numbers[: len(stances.ON_SCALE)]) else OFF_SCALE


def _look(
    reading: Reading,
    asked: Account,
    wanted: Mapping[Cell, tuple[Stance, ...]],
    order: str,
    places: Mapping[Cell, _Place],
) -> dict[Cell, _Position]:
    """For each pair the first position with one of the stances wanted, from a place on, forwards or backwards in time.

    Walked along the index: it stops at the first one.
    """
    cells = list(wanted)
    stays: dict[int, list[tuple[int, int]]] = {}
    for actor, since, until in asked.whose.stays:
        stays.setdefault(actor, []).append((max(since, asked.found.since), min(until, asked.found.until)))
    everyone = [(asked.found.since, asked.found.until)] if asked.whose.is_of_everyone else []
    below: dict[int, list[tuple[int, int, int]]] = {}
    for topic, shown, sign, depth in asked.branches:
        if sign is not None:
            below.setdefault(shown, []).append((topic, sign, depth))
    looks = [
        (n, cell[0], topic, sign, depth, low, until, stances.masked(wanted[cell], sign), *places[cell])
        for n, cell in enumerate(cells)
        for topic, sign, depth in below[cell[1]]
        for low, until in everyone or stays[cell[0]]
    ]
    kept = [] if asked.is_of_any_attribution else [f"NOT {stances.FOREIGN}"]
    if asked.found.mask is not None:
        kept.append("(i.positions & :mask) <> 0")
    where = " AND ".join([*walks.met(reading, asked.found), *kept, f"NOT {stances.RETRACTED}"]).replace(
        "{until}", "c.until"
    )
    start = "i.earliest" if asked.found.within else "i.latest"
    than = "<" if order == "DESC" else ">"
    sql = f"""WITH {dialects.given(reading.dialect, "c", _LOOK)}, {stances.TAKEN}, seen AS (
        SELECT c.n, c.topic, c.sign, c.depth, (SELECT i.seq FROM record_topic i WHERE i.topic = c.topic AND i.actor = c.actor
            AND i.role = {ROLE_CODES["agent"]} AND i.earliest <= c.until AND {start} >= c.low AND (i.positions & c.mask) <> 0
            AND (i.earliest, i.latest, i.id) {than} (c.earliest, c.latest, c.id) AND {where}
            ORDER BY i.earliest {order}, i.latest {order}, i.id {order} LIMIT 1) AS seq FROM c)
        SELECT c.n, v.earliest, v.latest, v.record_id, v.seq, c.topic, c.sign, c.depth, s.stance, s.condition_type, s.conditions FROM seen c
        JOIN record_version v ON v.seq = c.seq JOIN record_stance s ON s.seq = c.seq AND s.topic_id = c.topic"""
    values = walks.met_values(reading, asked.found) | dialects.tabled(reading.dialect, _LOOK, "c", looks)
    found: dict[Cell, tuple[Any, _Position]] = {}
    for n, *place, seq, topic, turn, depth, stance, condition, text in reading.rows(sql, values) if looks else ():
        # Of one record, what it says on the topic itself, or nearest to it.
        key = (place, -depth) if order == "DESC" else ([-part for part in place], -depth)
        if cells[n] not in found or key > found[cells[n]][0]:
            given = Stance(stance)
            position = _Position(tuple(place), seq, topic, stances.turned(given, turn), given, condition, text)
            found[cells[n]] = key, position
    return {cell: position for cell, (_, position) in found.items()}


def _records(reading: Reading, seqs: Iterable[int]) -> dict[int, dict[str, Any]]:
    sql = f"""SELECT v.seq, r.uid, r.kind, v.date, v.title, v.confidence FROM record_version v JOIN record r ON r.id = v.record_id
        WHERE {reading.any_of("v.seq", "seqs")}"""
    members = ("id", "kind", "date", "title", "confidence")
    rows = reading.rows(sql, {"seqs": reading.listed(sorted(seqs))})
    return {row[0]: dict(zip(members, row[1:], strict=True)) for row in rows}


def _held(
    directory: Directory, held: _Position | None, since: _Position | None, records: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    if held is None or since is None:
        return dict.fromkeys(("stance", "stance_score", "condition_type", "since", "since_record", "record"))
    first = records[since.seq]
    record = {
        **records[held.seq],
        "topic": directory.shown_as("topic", held.topic).slug,
        "stance": held.given,
        "condition_type": held.condition_type,
        "conditions": held.conditions,
    }
    return {
        "stance": held.stance,
        "stance_score": held.stance.score,
        "condition_type": held.condition_type,
        "since": first["date"],
        "since_record": first["id"],
        "record": record,
    }


def _steadiness(counted: Mapping[str, Any]) -> dict[str, Any]:
    """The label and the tally. Above all it tells whether the actor was ever on the other side."""
    sides = {
        "for": counted["n_strongly_supports"] + counted["n_supports"],
        "against": counted["n_strongly_opposes"] + counted["n_opposes"],
        "neutral": counted["n_neutral"],
    }
    told = ", ".join(f"{round(n, 1):g} {side}" for side, n in sides.items() if n)
    if not told:
        return {"consistency": None, "tally": None}
    larger, smaller = max(sides["for"], sides["against"]), min(sides["for"], sides["against"])
    label = Consistency.MIXED
    if smaller == 0:
        label = Consistency.CONSISTENT
    elif larger >= _MOSTLY * (larger + smaller):
        label = Consistency.MOSTLY
    return {"consistency": label, "tally": told}

"""When an actor's stance on a topic shifted, from what to what, and on which records that rests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from api.errors import invalid
from api.store import breaks, dialects, periods, stances
from api.store.directory import Directory
from api.store.periods import LAST_DAY
from api.store.sessions import Reading
from api.store.stances import Account, Cell
from schemas.problems import Fault
from schemas.stances import ShiftFilter
from schemas.vocabularies import Stance

EVIDENCE = 3
VAGUEST = 31  # days
MOST_PAIRS, MOST_UNITS = 200, 10_000
METHOD = (
    "Least-squares segmentation: where two means describe the days in order better than one. A break stands if it is larger than in at least 385 of 399 "
    "random orders of the same days, so that of series that never change about one in twenty-seven shows one. At least 9 days, 3 on a side."
)
LIMITS = (
    "Records are neither independent of each other nor a sample of all that was said, so that there is no p-value; a shift may be one of attention, "
    "of coverage or of coding; it says nothing of the cause; a slow drift shows as one or more steps; what lasts for less than 3 days is not seen."
)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What an actor said of a topic on one day."""

    first_day: int
    last_day: int
    mean: float
    is_conditional: float
    record: int


def shifts(reading: Reading, directory: Directory, filters: ShiftFilter) -> dict[str, Any]:
    """The shifts of every pair that was asked for, by pair and date.

    Raises Problem `invalid` with all faults, or where that are too many days or pairs to look at; `group-too-large`.
    """
    asked = stances.account(reading, directory, filters)
    units = stances.units(reading, asked, filters, with_record=True)
    vague = f"u.first_day = 0 OR u.last_day = {LAST_DAY} OR u.last_day - u.first_day >= {VAGUEST}"
    left = reading.rows(
        f"{units.sql} SELECT {stances.left(units.reasons, vague)}, count(*) FILTER (WHERE u.n > 0 AND NOT ({vague})) FROM unit u",
        units.values,
    )[0]
    if left[-1] > MOST_UNITS:
        raise _too_many(f"{left[-1]:,} days to look at, more than {MOST_UNITS:,}")
    mean = f"{stances.TOTAL} * {dialects.fraction(reading.dialect)} / u.n"
    rows = reading.rows(
        f"{units.sql} SELECT u.actor, u.topic, u.first_day, u.last_day, {mean}, u.n_conditional * u.share, u.record "
        f"FROM unit u WHERE u.n > 0 AND NOT ({vague}) ORDER BY u.actor, u.topic, u.first_day, u.last_day, u.record",
        units.values,
    )
    series: dict[Cell, list[_Unit]] = {}
    for actor, topic, first, last, mean, conditional, record in rows:
        series.setdefault((actor, topic), []).append(_Unit(first, last, float(mean), float(conditional), record))
    looked_at = {cell: said for cell, said in series.items() if len(said) >= breaks.LEAST}
    if len(looked_at) > MOST_PAIRS:
        raise _too_many(f"{len(looked_at):,} pairs to look at, more than {MOST_PAIRS:,}")
    found = [
        (names, cell, before, after, one)
        for names, cell in stances.named(directory, looked_at)
        for before, after, one in _breaks(looked_at[cell])
    ]
    shown = {unit.record for *_, before, after, _ in found for unit in (*before[-EVIDENCE:], *after[:EVIDENCE])}
    records = _records(reading, directory, asked, shown)
    items = [
        {**names, **_shift(looked_at[cell], before, after, one, records, cell)}
        for names, cell, before, after, one in found
    ]
    pairs = {"looked_at": len(looked_at), "too_few": len(series) - len(looked_at)}
    return {
        "items": items,
        "pairs": pairs,
        "left_out": stances.left_out(reading, asked, left),
        "method": METHOD,
        "limits": LIMITS,
    }


def _too_many(told: str) -> Exception:
    return invalid(
        [
            Fault(
                where="query",
                message=f"that would be {told}",
                hint="Name actors and topics, or narrow it by from and to.",
            )
        ]
    )


def _breaks(said: Sequence[_Unit]) -> list[tuple[Sequence[_Unit], Sequence[_Unit], breaks.Break]]:
    """Each break with what was said between the one before it and itself, and from it to the next."""
    found = breaks.find([unit.mean for unit in said])
    bounds = [0, *(one.at for one in found), len(said)]
    parts = [said[start:end] for start, end in pairwise(bounds)]
    return [(before, after, one) for (before, after), one in zip(pairwise(parts), found, strict=True)]


def _shift(
    said: Sequence[_Unit],
    before: Sequence[_Unit],
    after: Sequence[_Unit],
    one: breaks.Break,
    records: Mapping[tuple[int, int], dict[str, Any]],
    cell: Cell,
) -> dict[str, Any]:
    means = [sum(unit.mean for unit in part) / len(part) for part in (before, after)]
    conditional = [sum(unit.is_conditional for unit in part) for part in (before, after)]
    deviations = [(unit.mean - mean) ** 2 for part, mean in zip((before, after), means, strict=True) for unit in part]
    noise = sqrt(sum(deviations) / len(deviations))
    shares = [n / len(part) for n, part in zip(conditional, (before, after), strict=True)]
    return {
        "date": periods.name_of(after[0].first_day),
        "not_before": periods.name_of(before[-1].first_day),
        "not_after": periods.name_of(after[0].last_day),
        "earliest": periods.name_of(said[one.first].first_day),
        "latest": periods.name_of(said[one.last].last_day),
        "from_stance": _nearest(means[0]),
        "to_stance": _nearest(means[1]),
        "from_mean": stances.rounded(means[0]),
        "to_mean": stances.rounded(means[1]),
        "effect": stances.rounded(means[1] - means[0]),
        "effect_sd": stances.rounded((means[1] - means[0]) / noise) if noise > 0 else None,
        "n_before": len(before),
        "n_after": len(after),
        "n_conditional_before": stances.number(conditional[0]),
        "n_conditional_after": stances.number(conditional[1]),
        "conditions": _conditions(*shares),
        "before": [records[cell[1], unit.record] for unit in before[-EVIDENCE:]],
        "after": [records[cell[1], unit.record] for unit in after[:EVIDENCE]],
    }


def _nearest(mean: float) -> Stance:
    """The stance whose score is nearest to a mean; of two, the milder."""
    return min(stances.ON_SCALE, key=lambda stance: (round(abs((stance.score or 0) - mean), 9), abs(stance.score or 0)))


def _conditions(before: float, after: float) -> str | None:
    """Whether preconditions came or went: from less than half of the days to half or more, or back."""
    if (before >= 0.5) == (after >= 0.5):
        return None
    return "appeared" if after >= 0.5 else "fell_away"


def _records(
    reading: Reading, directory: Directory, asked: Account, ids: set[int]
) -> dict[tuple[int, int], dict[str, Any]]:
    """The records behind, as they speak of each topic shown."""
    nearest: dict[int, list[tuple[int, int, int]]] = {}
    for topic, shown, sign, depth in asked.branches:
        if sign is not None:
            nearest.setdefault(topic, []).append((shown, sign, depth))
    sql = f"""SELECT r.id, r.uid, r.kind, v.date, v.title, v.confidence, s.topic_id, s.stance, s.condition_type, s.conditions
        FROM record r JOIN record_version v ON v.record_id = r.id AND v.superseded_seq IS NULL
        JOIN record_stance s ON s.seq = v.seq WHERE {reading.any_of("r.id", "ids")} ORDER BY r.id, s.position"""
    found: dict[tuple[int, int], tuple[int, dict[str, Any]]] = {}
    for identity, uid, kind, date, title, confidence, topic, stance, condition, conditions in reading.rows(
        sql, {"ids": reading.listed(sorted(ids))}
    ):
        for shown, _, depth in nearest.get(topic, []) if Stance(stance).score is not None else ():
            if (shown, identity) not in found or depth < found[shown, identity][0]:
                found[shown, identity] = depth, {
                    "id": uid, "kind": kind, "date": date, "title": title, "confidence": confidence,
                    "topic": directory.shown_as("topic", topic).slug, "stance": stance, "condition_type": condition,
                    "conditions": conditions,
                }  # fmt: skip
    return {key: record for key, (_, record) in found.items()}

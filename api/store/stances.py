"""Stances counted: which positions count for an actor and a topic, and how much each; all of it grouped by the database.

What counts as one is a unit: whatever an actor said on one topic on one day (or each record). The positions of a unit
share it evenly; those off the scale have a share only where none is on it.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from typing import Any

from api.errors import Problem, invalid
from api.store.chosen import Branch, chosen
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory
from api.store.scopes import Scope, scope
from api.store.sessions import Reading
from schemas.counting import CountOf, Weight
from schemas.dates import CALENDAR_START, DAY
from schemas.problems import Fault
from schemas.records import ATTRIBUTION_CODES, KIND_CODES, position_mask
from schemas.stances import CurrentFilter
from schemas.vocabularies import Attribution, ConditionType, ReactionType, Stance

MOST_ROWS = 10_000
OWN = (Attribution.OWN_WORDS, Attribution.OWN_OFFICE)
ON_SCALE = tuple(stance for stance in Stance if stance.score is not None)
LEFT_OUT = ("attribution", "retracted", "no_polarity", "same_day", "inexact", "no_confidence")

Cell = tuple[int, int]  # actor, topic


@dataclass(frozen=True, slots=True)
class Account:
    """What a filter asks to be counted: whose positions, on which topics, under which conditions."""

    whose: Scope
    found: Conditions
    branches: list[Branch]
    is_of_any_attribution: bool


def account(reading: Reading, directory: Directory, filters: CurrentFilter) -> Account:
    """What is to be counted. Raises Problem `invalid` with all faults, or `group-too-large`."""
    found = conditions(reading, directory, filters, KIND_CODES[filters.kind] if filters.kind else None)
    whose = scope(reading, directory, filters, None, found)
    topics = [directory.identities["topic"][slug] for slug in filters.topic]
    shown = sorted(set(topics)) if topics else sorted(directory.identities["topic"].values())
    branches = [branch for topic in shown for branch in directory.branches(topic)]
    return Account(whose, found, branches, bool(filters.attribution))


def masked(stances: Iterable[Stance], sign: int = 1) -> int:
    """The bits of positions that come to one of these stances once the sign is applied."""
    return position_mask([turned(stance, sign) for stance in stances], [])


def turned(stance: Stance, sign: int) -> Stance:
    """The stance on a proposition that is the opposite, where the sign is −1; what is off the scale stays."""
    if sign > 0 or stance.score is None:
        return stance
    return next(one for one in ON_SCALE if one.score == -stance.score)


def _when(stances: Iterable[Stance]) -> str:
    return f"(i.positions & {masked(stances)}) <> 0"


SCORE = f"CASE {' '.join(f'WHEN {_when([stance])} THEN {stance.score}' for stance in ON_SCALE)} END"
CONDITIONAL = f"(i.positions & {position_mask([], [ConditionType.PRECONDITIONS])}) <> 0"
DAYS = f"(i.earliest - ({CALENDAR_START})) / {DAY} AS first_day, (i.latest - ({CALENDAR_START})) / {DAY} AS last_day"
# What the actor itself took back; of one topic where the link names it, else altogether.
TAKEN = f"""taken(record, actor, topic) AS MATERIALIZED (
    SELECT i.to_id, x.actor, i.topic_key FROM reaction i
    JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
    JOIN record_version e ON e.record_id = i.from_id AND e.superseded_seq IS NULL AND e.is_deleted = 0
     AND e.status IN ('published', 'under_review')
    JOIN involvement x ON x.seq = e.seq AND x.role = 0 AND x.actor > 0 WHERE i.type = '{ReactionType.RETRACTS}')"""
RETRACTED = """((i.id, i.actor, 0) IN (SELECT t.record, t.actor, t.topic FROM taken t)
    OR (i.id, i.actor, i.topic) IN (SELECT t.record, t.actor, t.topic FROM taken t))"""
FOREIGN = f"i.attribution NOT IN ({', '.join(str(ATTRIBUTION_CODES[one]) for one in OWN)})"
COUNTS = ("n_strongly_supports", "n_supports", "n_neutral", "n_opposes", "n_strongly_opposes", "n_unclear", "n_no_position", "n_conditional")  # fmt: skip
SUMS = ("weight", "weighted", "squared")


def units(
    reading: Reading, asked: Account, filters: CurrentFilter, weight: Weight = Weight.NONE
) -> tuple[str, dict[str, Any]]:
    """SQL for behind WITH that ends with `unit`: one row for each actor, topic and unit, and its values.

    Its columns: actor, topic, first_day, last_day; the counts of its positions (`COUNTS`) and the sums over those on the
    scale (`SUMS`), all to be divided by `shares`; and how many records were left out, by reason.
    """
    foreign = "FALSE" if asked.is_of_any_attribution else FOREIGN
    why = f"CASE WHEN b.sign IS NULL THEN 3 WHEN {foreign} THEN 1 WHEN {RETRACTED} THEN 2 ELSE 0 END AS why"
    columns = (
        f"i.actor, b.shown AS topic, {DAYS}, i.id, b.sign * {SCORE} AS score, i.confidence, "
        f"CASE WHEN {_when([Stance.UNCLEAR])} THEN 1 ELSE 0 END AS is_unclear, "
        f"CASE WHEN {CONDITIONAL} THEN 1 ELSE 0 END AS is_conditional, {why}"
    )
    rows = chosen(reading, asked.whose, asked.found, columns, asked.branches, each_actor=True)
    weighed = "confidence" if weight is Weight.CONFIDENCE else "1"
    on_scale, counted = "why = 0 AND score IS NOT NULL", "count(*) FILTER (WHERE {})"
    picked = [
        *(
            f"{counted.format(f'why = 0 AND score = {stance.score}')} AS n_{stance}"
            for stance in ON_SCALE
        ),
        f"CASE WHEN {counted.format(on_scale)} > 0 THEN 0 ELSE {counted.format('why = 0 AND is_unclear = 1')} END AS n_unclear",
        f"CASE WHEN {counted.format(on_scale)} > 0 THEN 0 ELSE {counted.format('why = 0 AND is_unclear = 0')} END AS n_no_position",
        f"CASE WHEN {counted.format(on_scale)} > 0 THEN {counted.format(f'{on_scale} AND is_conditional = 1')} "
        f"ELSE {counted.format('why = 0 AND is_conditional = 1')} END AS n_conditional",
        f"CASE WHEN {counted.format(on_scale)} > 0 THEN {counted.format(on_scale)} ELSE {counted.format('why = 0')} END AS shares",
        f"coalesce(sum({weighed}) FILTER (WHERE {on_scale}), 0) AS weight",
        f"coalesce(sum({weighed} * score) FILTER (WHERE {on_scale}), 0) AS weighted",
        f"coalesce(sum({weighed} * score * score) FILTER (WHERE {on_scale}), 0) AS squared",
        "count(DISTINCT CASE WHEN why = 0 THEN id END) AS records",
        f"max(id) FILTER (WHERE {on_scale}) AS record",
        f"CASE WHEN {counted.format('why = 0')} > 0 THEN 1 ELSE 0 END AS counted",
        f"{counted.format('why = 1')} AS attribution",
        f"{counted.format('why = 2')} AS retracted",
        f"{counted.format('why = 3')} AS no_polarity",
        f"{counted.format(f'{on_scale} AND {weighed} IS NULL')} AS no_confidence",
    ]  # fmt: skip
    unit = "first_day, last_day" if filters.count is CountOf.DAYS else "first_day, last_day, id"
    sql = (
        f"WITH {', '.join([*rows.ctes, TAKEN])}, unit AS MATERIALIZED (SELECT actor, topic, first_day, last_day, {', '.join(picked)} "
        f"FROM ({rows.rows}) i GROUP BY actor, topic, {unit})"
    )
    return sql, rows.values


def summed(share: str = "1.0") -> str:
    """The columns of a sum over units, each counted by its share: the counts, the sums, and nothing of what was left out."""
    each = [f"coalesce(sum(u.{name} * {share} / nullif(u.shares, 0)), 0)" for name in (*COUNTS, *SUMS)]
    return ", ".join(f"{one} AS {name}" for one, name in zip(each, (*COUNTS, *SUMS), strict=True))


LEFT = (
    "coalesce(sum(u.attribution), 0), coalesce(sum(u.retracted), 0), coalesce(sum(u.no_polarity), 0), "
    "coalesce(sum(CASE WHEN u.records > u.counted THEN u.records - u.counted ELSE 0 END), 0), 0 AS inexact, coalesce(sum(u.no_confidence), 0)"
)


def left_out(numbers: Sequence[Any]) -> dict[str, int]:
    """What was left out, from the numbers of `LEFT`."""
    return dict(zip(LEFT_OUT, map(int, numbers), strict=False))


def counts(names: dict[str, str], numbers: Sequence[Any]) -> dict[str, Any]:
    """The members that every row has; `numbers` are those of `summed`."""
    found = {name: number(value) for name, value in zip(COUNTS, numbers, strict=False)}
    weight, weighted, squared = (float(one) for one in numbers[len(COUNTS) :])
    mean = weighted / weight if weight else None
    spread = None if mean is None else sqrt(max(0.0, squared / weight - mean * mean))
    n = number(sum(numbers[: len(ON_SCALE)]))
    return {**names, "n": n, "mean": rounded(mean), "spread": rounded(spread), **found}


def rounded(value: float | None) -> float | None:
    """Six decimals, which either database agrees on whatever the order of its sums."""
    return None if value is None else round(value, 6) + 0.0


def number(value: Any) -> float:
    """A count: whole where it is."""
    found = round(float(value), 6)
    return int(found) if found == int(found) else found


def cells(directory: Directory, filters: CurrentFilter, found: Set[Cell]) -> list[Cell]:
    """The rows: each actor with each topic, those named and those of which anything was said.

    Where neither actors nor topics were named, the pairs of which anything was said.
    """
    if not filters.actor and not filters.topic:
        return list(found)
    actors = {directory.identities["actor"][slug] for slug in filters.actor} | {actor for actor, _ in found}
    topics = {directory.identities["topic"][slug] for slug in filters.topic} or {topic for _, topic in found}
    if len(actors) * len(topics) > MOST_ROWS:
        raise too_many(f"{len(actors) * len(topics):,} pairs", "Name fewer actors or topics.")
    return [(actor, topic) for actor in actors for topic in topics]


def named(directory: Directory, cells: Iterable[Cell]) -> list[tuple[dict[str, str], Cell]]:
    """The pairs in the order of their slugs, each with the members that name it."""
    found = []
    for cell in cells:
        actor, topic = directory.shown_as("actor", cell[0]), directory.shown_as("topic", cell[1])
        names = {"actor": actor.slug, "actor_name": actor.name, "topic": topic.slug, "topic_name": topic.name}
        found.append((names, cell))
    return sorted(found, key=lambda one: (one[0]["actor"], one[0]["topic"]))


def too_many(told: str, hint: str) -> Problem:
    """The answer to a question with too long an answer."""
    return invalid([Fault(where="query", message=f"that would be {told}, more than {MOST_ROWS:,} rows", hint=hint)])

"""Stances counted: which positions count for an actor and a topic, and how much each; all of it grouped by the database.

What counts as one is a unit: whatever an actor said on one topic on one day (or each record). The positions of a unit
share it evenly; those off the scale have a share only where none is on it.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from math import sqrt
from typing import Any

from api.errors import Problem, invalid
from api.store import dialects, periods
from api.store.chosen import Branch, chosen
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory
from api.store.periods import Period
from api.store.scopes import Scope, scope
from api.store.sessions import Reading
from schemas.counting import CountOf, Interval, Weight
from schemas.dates import CALENDAR_START, DAY
from schemas.problems import Fault
from schemas.records import ATTRIBUTION_CODES, KIND_CODES, position_bit, position_mask
from schemas.stances import CurrentFilter
from schemas.vocabularies import Attribution, ConditionType, ReactionType, Stance

MOST_ROWS = 10_000
OWN = (Attribution.OWN_WORDS, Attribution.OWN_OFFICE)
ON_SCALE = tuple(stance for stance in Stance if stance.score is not None)
LEFT_OUT = ("attribution", "retracted", "same_day", "inexact", "no_confidence")

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


@cache
def masked(stances: tuple[Stance, ...], sign: int = 1) -> int:
    """The bits of positions that come to one of these stances once the sign is applied."""
    return position_mask([turned(stance, sign) for stance in stances], [])


def turned(stance: Stance, sign: int) -> Stance:
    """The stance on a proposition that is the opposite, where the sign is −1; what is off the scale stays."""
    if sign > 0 or stance.score is None:
        return stance
    return next(one for one in ON_SCALE if one.score == -stance.score)


def ladder(sign: int) -> str:
    """SQL of the place in `Stance` of what a walked position comes to once the sign is applied.

    A position is one bit, and the bits stand in the order of the stances: comparing is cheaper than masking.
    """
    words = list(Stance)
    steps = [
        f"WHEN i.positions < {position_bit(following, ConditionType.NONE)} THEN {words.index(turned(word, sign))}"
        for word, following in pairwise(words)
    ]
    return f"CASE {' '.join(steps)} ELSE {words.index(turned(words[-1], sign))} END"


DAYS = f"(i.earliest - ({CALENDAR_START})) / {DAY} AS first_day, (i.latest - ({CALENDAR_START})) / {DAY} AS last_day"
FOREIGN = f"i.attribution NOT IN ({', '.join(str(ATTRIBUTION_CODES[one]) for one in OWN)})"
# What the actor itself took back, by its own or its office's account, and did not reaffirm by taking that back too; of one topic
# where the link names it, else altogether.
_TAKING = f"""reaction i
    JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
    JOIN record_version e ON e.record_id = i.from_id AND e.superseded_seq IS NULL AND e.is_deleted = 0
     AND e.status IN ('published', 'under_review') AND e.attribution IN ({", ".join(f"'{one}'" for one in OWN)})
     AND NOT EXISTS (SELECT 1 FROM reaction j JOIN reaction_version w ON w.reaction_id = j.id AND w.superseded_seq IS NULL AND w.is_deleted = 0
        JOIN involvement y ON y.id = j.from_id AND y.actor = e.actor_id AND y.role = 0 AND y.superseded_seq IS NULL AND y.listed = 1
        WHERE j.to_id = i.from_id AND j.type = '{ReactionType.RETRACTS}')
    JOIN involvement x ON x.seq = e.seq AND x.role = 0 AND x.actor > 0 WHERE i.type = '{ReactionType.RETRACTS}'"""
TAKEN = f"taken(record, actor, topic) AS MATERIALIZED (SELECT i.to_id, x.actor, i.topic_key FROM {_TAKING})"
RETRACTED = """(i.id IN (SELECT t.record FROM taken t) AND ((i.id, i.actor, 0) IN (SELECT t.record, t.actor, t.topic FROM taken t)
    OR (i.id, i.actor, i.topic) IN (SELECT t.record, t.actor, t.topic FROM taken t)))"""
COUNTS = (*(f"n_{stance}" for stance in Stance), "n_conditional")
SUMS = ("weight", "weighted", "squared")
_SCORES = [stance.score for stance in Stance if stance.score is not None]  # the first of `COUNTS` are in their order
TOTAL = f"({' + '.join(f'{stance.score} * u.n_{stance}' for stance in ON_SCALE)})"  # of the scores in a unit; its mean times `n`


@dataclass(frozen=True, slots=True)
class Units:
    """SQL for behind WITH that ends with `unit`, its values, and for which reasons anything may be left out of it."""

    sql: str
    values: dict[str, Any]
    reasons: tuple[str, ...]


def units(
    reading: Reading, asked: Account, filters: CurrentFilter, weight: Weight = Weight.NONE, with_record: bool = False
) -> Units:
    """SQL for behind WITH that ends with `unit`: one row for each actor, topic and unit.

    Its columns: actor, topic, first_day, last_day; `n`, the positions on the scale; the counts of its positions (`COUNTS`), and where
    they are weighed the sums over those on the scale (`SUMS`), each to be multiplied by `share`; the newest `record` on the scale,
    where it is wanted; how many `records` there are; and how many were left out, a column for each of the reasons.
    """
    branches = [branch for branch in asked.branches if branch[2] is not None]
    signs = {sign for _, _, sign, _ in branches}
    taken = reading.row(f"SELECT 1 FROM {_TAKING} LIMIT 1") is not None
    # Each is asked only where it can be, for a question to each row costs as much as the counting.
    why = [
        *([] if asked.is_of_any_attribution else [f"WHEN {FOREIGN} THEN -1"]),
        *([f"WHEN {RETRACTED} THEN -2"] if taken else []),
        *([f"WHEN b.sign < 0 THEN {ladder(-1)}"] if -1 in signs else []),
    ]
    code = f"CASE {' '.join(why)} ELSE {ladder(1)} END" if why else ladder(1)
    conditional = f"(i.positions & {position_mask([], [ConditionType.PRECONDITIONS])}) <> 0"
    least, is_weighed = len(ON_SCALE), weight is Weight.CONFIDENCE
    several = any(depth for *_, depth in branches) or len({actor for actor, *_ in asked.whose.stays}) < len(
        asked.whose.stays
    )
    # All that is selected is sorted, so that nothing is that is not asked for.
    needs_id = several or with_record or filters.count is CountOf.RECORDS
    more = f"{', i.id' if needs_id else ''}{', i.confidence' if is_weighed else ''}"
    columns = f"i.actor, b.shown AS topic, {DAYS}, {code} AS code, {conditional} AS is_conditional{more}"
    rows = chosen(reading, asked.whose, asked.found, columns, branches, each_actor=True)
    chosen_rows, each = rows.rows, "1"
    if several:
        # One record may speak of several topics below the one that is shown: its positions share it.
        scale = f"CASE WHEN code < 0 THEN 0 WHEN code < {least} THEN 1 ELSE 2 END"
        each = "part"
        chosen_rows = f"SELECT i.*, {dialects.fraction(reading.dialect)} / count(*) OVER (PARTITION BY actor, topic, id, {scale}) AS part FROM ({rows.rows}) i"

    def counted(condition: str) -> str:
        return (
            f"coalesce(sum(part) FILTER (WHERE {condition}), 0)" if several else f"count(*) FILTER (WHERE {condition})"
        )

    on_scale = f"code BETWEEN 0 AND {least - 1}"
    # What can't be is not counted, and what two counts tell together is not counted a third time: each is asked of every row.
    lost = {} if asked.is_of_any_attribution else {"attribution": counted("code = -1")}
    if taken:
        lost["retracted"] = counted("code = -2")
    if is_weighed:
        lost["no_confidence"] = counted(f"{on_scale} AND confidence IS NULL")
    picked = [
        *(f"{counted(f'code = {code}')} AS n_{stance}" for code, stance in enumerate(Stance)),
        f"{counted(on_scale)} AS n",
        f"{counted(f'{on_scale} AND is_conditional')} AS conditional",
        f"{counted(f'code >= {least} AND is_conditional')} AS conditional_off",
        *(f"{count} AS {reason}" for reason, count in lost.items()),
        *([f"max(CASE WHEN {on_scale} THEN id END) AS record"] if with_record else []),
        *(["count(DISTINCT CASE WHEN code >= 0 THEN id END) AS records"] if several else []),
    ]
    if is_weighed:
        score = f"CASE code {' '.join(f'WHEN {code} THEN {stance.score}' for code, stance in enumerate(ON_SCALE))} END"
        picked += [
            f"coalesce(sum(confidence * {each}) FILTER (WHERE {on_scale}), 0) AS weight",
            f"coalesce(sum(confidence * {each} * {score}) FILTER (WHERE {on_scale}), 0) AS weighted",
            f"coalesce(sum(confidence * {each} * {score} * {score}) FILTER (WHERE {on_scale}), 0) AS squared",
        ]
    by_days = filters.count is CountOf.DAYS
    off = " + ".join(f"u.n_{stance}" for stance in Stance if stance.score is None)
    records = "u.records" if several else f"(u.n + {off})"
    shown = [
        "u.n",
        *(f"u.n_{stance}" for stance in ON_SCALE),
        *(f"CASE WHEN u.n > 0 THEN 0 ELSE u.n_{stance} END AS n_{stance}" for stance in Stance if stance.score is None),
        "CASE WHEN u.n > 0 THEN u.conditional ELSE u.conditional_off END AS n_conditional",
        f"{dialects.fraction(reading.dialect)} / nullif(CASE WHEN u.n > 0 THEN u.n ELSE {off} END, 0) AS share",
        *(f"u.{name}" for name in (*lost, *(["record"] if with_record else []), *(SUMS if is_weighed else ()))),
        f"{records} AS records",
        *([f"CASE WHEN {records} > 1 THEN {records} - 1 ELSE 0 END AS same_day"] if by_days else []),
    ]
    # Either is read once: what is materialized is written down and read again.
    sql = (
        f"WITH {', '.join([*rows.ctes, *([TAKEN] if taken else [])])}, "
        f"tally AS NOT MATERIALIZED (SELECT actor, topic, first_day, last_day, {', '.join(picked)} "
        f"FROM ({chosen_rows}) i GROUP BY actor, topic, first_day, last_day{'' if by_days else ', id'}), "
        f"unit AS NOT MATERIALIZED (SELECT u.actor, u.topic, u.first_day, u.last_day, {', '.join(shown)} "
        f"FROM tally u{dialects.once(reading.dialect)})"
    )
    return Units(sql, rows.values, (*lost, *(["same_day"] if by_days else [])))


def summed(weight: Weight = Weight.NONE, share: str = "u.share") -> str:
    """The columns of a sum over units, each counted by its share: the counts, and where they are weighed the sums."""
    names = COUNTS if weight is Weight.NONE else (*COUNTS, *SUMS)
    return ", ".join(f"coalesce(sum(u.{name} * {share}), 0) AS {name}" for name in names)


def left(reasons: Sequence[str], inexact: str | None = None) -> str:
    """The columns of what was left out of units, by `LEFT_OUT`; `inexact` is SQL that a unit's dates can't be placed."""
    sums = {reason: f"u.{reason}" for reason in reasons}
    if inexact:
        # All of such a unit is left out, for that one reason.
        sums["inexact"] = f"CASE WHEN {inexact} THEN u.records ELSE 0 END"
        if "same_day" in sums:
            sums["same_day"] = f"CASE WHEN {inexact} THEN 0 ELSE u.same_day END"
    return ", ".join(f"coalesce(sum({sums[reason]}), 0)" if reason in sums else "0" for reason in LEFT_OUT)


def left_out(reading: Reading, asked: Account, numbers: Iterable[Any]) -> dict[str, int]:
    """What was left out: the numbers of `left`, and what was said on topics below of which is not said how they count."""
    unsaid = [branch for branch in asked.branches if branch[2] is None]
    n = 0
    if unsaid:
        # A record may stand in several stays of an actor, and speak of several topics below the one that is shown.
        actors = {actor for actor, *_ in asked.whose.stays}
        is_repeated = len(unsaid) > 1 or len(actors) < len(asked.whose.stays)
        # Of one actor, topic and record are one number: to sort those takes two thirds of the time.
        is_of_one = len(actors) == 1 and not asked.whose.is_of_everyone
        columns = f"b.shown * {1 << 42} + i.id AS one" if is_of_one else "i.actor, b.shown, i.id AS one"
        rows = chosen(reading, asked.whose, asked.found, columns if is_repeated else "1", unsaid, each_actor=True)
        each = f"SELECT 1 FROM ({rows.rows}) i"
        if is_repeated:
            each += f" GROUP BY one{'' if is_of_one else ', actor, shown'}"
        n = reading.rows(f"WITH {', '.join(rows.ctes)} SELECT count(*) FROM ({each}) u", rows.values)[0][0]
    return {"no_polarity": int(n), **dict(zip(LEFT_OUT, map(round, numbers), strict=False))}


def counts(names: dict[str, str], numbers: Sequence[Any]) -> dict[str, Any]:
    """The members that every row has; `numbers` are those of `summed`."""
    if not any(numbers):
        return {**names, "n": 0, "mean": None, "spread": None, **dict.fromkeys(COUNTS, 0)}
    found = {name: number(value) for name, value in zip(COUNTS, numbers, strict=False)}
    scored = list(zip(_SCORES, map(float, numbers), strict=False))
    n = sum(n for _, n in scored)
    if len(numbers) > len(COUNTS):
        weight, weighted, squared = (float(one) for one in numbers[len(COUNTS) :])
    else:
        weight, weighted = n, sum(score * n for score, n in scored)
        squared = sum(score * score * n for score, n in scored)
    mean = weighted / weight if weight else None
    spread = None if mean is None else sqrt(max(0.0, squared / weight - mean * mean))
    return {**names, "n": number(n), "mean": rounded(mean), "spread": rounded(spread), **found}


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
    pairs = list(cells)
    actors = {actor: directory.shown_as("actor", actor) for actor in {actor for actor, _ in pairs}}
    topics = {topic: directory.shown_as("topic", topic) for topic in {topic for _, topic in pairs}}
    found = []
    for cell in pairs:
        actor, topic = actors[cell[0]], topics[cell[1]]
        names = {"actor": actor.slug, "actor_name": actor.name, "topic": topic.slug, "topic_name": topic.name}
        found.append((names, cell))
    return sorted(found, key=lambda one: (one[0]["actor"], one[0]["topic"]))


def shown_periods(interval: Interval, days: tuple[int, int] | None) -> list[Period]:
    """The periods to be shown. Raises Problem `invalid` where they are too many."""
    found = list(islice(periods.between(interval, *days), MOST_ROWS + 1)) if days else []
    if len(found) > MOST_ROWS:
        raise too_many(f"one row for each {interval}", "Narrow it by from and to, or take a longer interval.")
    return found


def too_many(told: str, hint: str) -> Problem:
    """The answer to a question with too long an answer."""
    return invalid([Fault(where="query", message=f"that would be {told}, more than {MOST_ROWS:,} rows", hint=hint)])

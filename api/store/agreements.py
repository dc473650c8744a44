"""How far coders agree: the database counts how many units are coded alike, and alpha is computed from these patterns.

A unit is one topic of one statement. Units with the same number of coders for each stance and condition type are one
pattern, so that what is fetched grows with the kinds of disagreement, not with the number of statements.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from api.errors import invalid
from api.store import documents
from api.store.alpha import METHOD, SOURCE, Difference, Pattern, alpha, nominal, ordinal
from api.store.checks import Json
from api.store.current import PATHS
from api.store.directory import Directory
from api.store.documents import gap
from api.store.sessions import Reading
from schemas.agreements import MOST_TOLD, AgreementFilter
from schemas.dates import CALENDAR_END, CALENDAR_START
from schemas.fields import closest
from schemas.problems import Fault
from schemas.records import LISTED
from schemas.vocabularies import ConditionType, Kind, Stance

_STANCES, _CONDITIONS = list(Stance), list(ConditionType)
_ALL_ALIKE = "All values are the same, so that nothing tells agreement from chance."
_SCORED = {stance: stance.score for stance in Stance if stance.score is not None}


class Coded(NamedTuple):
    """How many units of a topic are coded alike, and how: coders by stance and by condition type."""

    topic: int
    stances: Counter[Stance]
    conditions: Counter[ConditionType]
    units: int


@dataclass(slots=True)
class Asked:
    """Which codings are compared, as SQL over `i`, `s` and `e`, with its values."""

    where: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


def agreement(reading: Reading, directory: Directory, filters: AgreementFilter) -> bytes:
    """How far the coders agree that a filter asks for, in all and topic by topic. Raises Problem `invalid`."""
    asked = _asked(reading, directory, filters)
    coded = _coded(reading, asked)
    sql = f"SELECT s.topic_id, i.coder, count(*) {_from(asked)} GROUP BY s.topic_id, i.coder"
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for topic, coder, count in reading.rows(sql, asked.values):
        counts[topic][coder] = count
    total: Counter[str] = sum(counts.values(), Counter())
    slugs = {topic: documents.loads(directory.shown[b"t%d" % topic])["slug"] for topic in counts}
    said = {
        "method": METHOD,
        "source": SOURCE,
        "total": _agreement(coded, len(total)),
        "topics": [
            {
                "topic": gap("topic", topic),
                **_agreement([one for one in coded if one.topic == topic], len(counts[topic])),
            }
            for topic in sorted(counts, key=slugs.__getitem__)
        ],
        "coders": [{"coder": coder, "codes": total[coder]} for coder in sorted(total)],
        "disagreements": _disagreements(reading, asked),
    }
    return documents.splice([documents.render(said)], directory.shown)


def _asked(reading: Reading, directory: Directory, filters: AgreementFilter) -> Asked:
    faults: list[Fault] = []
    found = Asked()
    topics = directory.named("topic", filters.topic, "topic", faults)
    since = filters.from_.earliest if filters.from_ else CALENDAR_START
    until = filters.to.latest if filters.to else CALENDAR_END
    if since > until:
        hint = "Give the earlier date as from and the later one as to."
        faults.append(Fault(where="query.from", message="from lies after to", hint=hint))
    if filters.coder:
        rows = reading.rows(f"SELECT DISTINCT i.coder {_from(found)}")
        known = {row[0] for row in rows}
        for coder in filters.coder:
            if coder not in known:
                near = closest(coder, sorted(known))
                more = f"Did you mean {near}?" if near else None
                faults.append(Fault(where="query.coder", message=f"there is no coder {coder!r}", hint=more))
        found.where.append(reading.any_of("i.coder", "coders"))
        found.values["coders"] = reading.listed(filters.coder)
    if faults:
        raise invalid(faults)
    if filters.topic:
        found.where.append(reading.any_of("s.topic_id", "topics"))
        found.values["topics"] = reading.listed(directory.with_children(topics))
    if filters.from_ or filters.to:
        found.where.append("e.latest >= :since AND e.earliest <= :until")
        found.values |= {"since": since, "until": until}
    return found


def _from(asked: Asked) -> str:
    """SQL of the stances that stand, with their coding `i` and their statement `e`."""
    listed = ", ".join(f"'{status}'" for status in LISTED)
    where = ["v.superseded_seq IS NULL", "v.is_deleted = 0", *asked.where]
    return f"""FROM coding_version v JOIN coding i ON i.id = v.coding_id JOIN coding_stance s ON s.seq = v.seq
        JOIN record_version e ON e.record_id = i.record_id AND e.superseded_seq IS NULL AND e.is_deleted = 0
         AND e.status IN ({listed}) WHERE {" AND ".join(where)}"""


def _sums(column: str, values: Iterable[str]) -> list[str]:
    """SQL of how many coders of a unit gave each value."""
    return [f"sum(CASE WHEN s.{column} = '{value}' THEN 1 ELSE 0 END)" for value in values]


def _coded(reading: Reading, asked: Asked) -> list[Coded]:
    sums = [*_sums("stance", _STANCES), *_sums("condition_type", _CONDITIONS)]
    names = ", ".join(f"n{number}" for number in range(len(sums)))
    counted = ", ".join(f"{one} AS n{number}" for number, one in enumerate(sums))
    sql = (
        f"SELECT topic, {names}, count(*) FROM (SELECT s.topic_id AS topic, {counted} {_from(asked)} "
        f"GROUP BY i.record_id, s.topic_id) AS unit GROUP BY topic, {names}"
    )
    split = len(_STANCES)
    return [
        Coded(
            topic,
            Counter(dict(zip(_STANCES, map(int, numbers[:split]), strict=True))),
            Counter(dict(zip(_CONDITIONS, map(int, numbers[split:-1]), strict=True))),
            numbers[-1],
        )
        for topic, *numbers in reading.rows(sql, asked.values)
    ]


def _agreement(coded: Sequence[Coded], coders: int) -> Json:
    compared = [one for one in coded if one.stances.total() > 1]
    stances: Counter[Stance] = Counter()
    for one in compared:
        for stance, count in one.stances.items():
            stances[stance] += count * one.units
    units = sum(one.units for one in compared)
    return {
        "units": units,
        "single": sum(one.units for one in coded) - units,
        "coders": coders,
        "codes": stances.total(),
        "no_position": stances[Stance.NO_POSITION],
        "unclear": stances[Stance.UNCLEAR],
        "stance": _measure("ordinal", ordinal, compared, lambda one: {
            score: one.stances[stance] for stance, score in _SCORED.items()
        }),
        "stance_nominal": _measure("nominal", nominal, compared, lambda one: one.stances),
        "condition_type": _measure("nominal", nominal, compared, lambda one: one.conditions),
    }  # fmt: skip


def _measure(
    scale: str, difference: Difference, coded: Sequence[Coded], counts: Callable[[Coded], Mapping[Any, int]]
) -> Json:
    patterns = [Pattern({value: n for value, n in counts(one).items() if n}, one.units) for one in coded]
    patterns = [one for one in patterns if sum(one.counts.values()) > 1]
    pairs = sum(one.units * _pairs(sum(one.counts.values())) for one in patterns)
    same = sum(one.units * sum(map(_pairs, one.counts.values())) for one in patterns)
    found = alpha(patterns, difference)
    undefined = None
    if found is None:
        undefined = _ALL_ALIKE if patterns else "No unit has values of two coders."
    return {
        "scale": scale,
        "alpha": None if found is None else round(float(found), 4),
        "undefined": undefined,
        "units": sum(one.units for one in patterns),
        "values": sum(one.units * sum(one.counts.values()) for one in patterns),
        "percent": round(100 * same / pairs, 1) if pairs else None,
    }


def _pairs(coders: int) -> int:
    return coders * (coders - 1) // 2


def _disagreements(reading: Reading, asked: Asked) -> list[Json]:
    """The units that coders disagree on most, and what each of them read."""
    score = " ".join(f"WHEN '{stance}' THEN {score}" for stance, score in _SCORED.items())
    alike = " + ".join(f"{one} * {one}" for one in _sums("stance", _STANCES))
    sql = f"""SELECT record, topic FROM (
            SELECT i.record_id AS record, s.topic_id AS topic,
                   coalesce(max(CASE s.stance {score} END) - min(CASE s.stance {score} END), 0) AS apart,
                   (count(*) * count(*) - ({alike})) / 2 AS differing
            {_from(asked)} GROUP BY i.record_id, s.topic_id) AS unit
        WHERE differing > 0 ORDER BY apart DESC, differing DESC, record, topic LIMIT {MOST_TOLD}"""
    units = [(row[0], row[1]) for row in reading.rows(sql, asked.values)]
    codes: dict[tuple[int, int], list[Json]] = {unit: [] for unit in units}
    records: dict[int, Json] = {}
    if not units:
        return []
    uid = "(SELECT o.uid FROM record o WHERE o.id = i.record_id)"
    sql = f"""SELECT i.record_id, s.topic_id, i.coder, s.stance, s.condition_type, {uid}, e.title {_from(asked)}
        AND {reading.any_of("i.record_id", "records")} ORDER BY i.coder"""
    values = {**asked.values, "records": reading.listed([record for record, _ in units])}
    for record, topic, coder, stance, condition_type, uid, title in reading.rows(sql, values):
        records[record] = {"id": uid, "path": f"{PATHS[Kind.STATEMENT]}/{uid}", "title": title}
        if (record, topic) in codes:
            codes[record, topic].append({"coder": coder, "stance": stance, "condition_type": condition_type})
    return [
        {"record": records[record], "topic": gap("topic", topic), "codes": codes[record, topic]}
        for record, topic in units
    ]

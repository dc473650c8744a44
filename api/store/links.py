"""Links between records: from a filter to SQL over a link `i` with its version `v`, the answer `f` and what it answers, `t`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import invalid
from api.store import dialects
from api.store.directory import Directory
from api.store.sessions import Reading
from schemas.dates import CALENDAR_END, CALENDAR_START, DAY, SECOND
from schemas.links import LinkFilter
from schemas.problems import Fault
from schemas.records import EVERYONE, KIND_CODES, ROLE_CODES
from schemas.vocabularies import DateMatch

MOST_ROWS = 10_000
_STAY = ("named", "actor", "since", "until")
_LINK = "{v}.reaction_id = {i}.id AND {v}.superseded_seq IS NULL AND {v}.is_deleted = 0"
LINK = _LINK.format(v="v", i="i")
# The one row of a record that stands among everyone's: an index has all of it that is asked here.
_END = f"{{e}}.actor = {EVERYONE} AND {{e}}.role = {ROLE_CODES['agent']} AND {{e}}.id = {{id}} AND {{e}}.superseded_seq IS NULL"
FROM, TO = _END.format(e="f", id="i.from_id"), _END.format(e="t", id="i.to_id")
# Links between two records that anyone may see in a list.
JOINED = f"""reaction i JOIN reaction_version v ON {LINK}
    JOIN involvement f ON {FROM} AND f.listed = 1 JOIN involvement t ON {TO} AND t.listed = 1"""
# The listed answers `f` to a record `i`.
ANSWERS = f"""FROM reaction x JOIN reaction_version v ON {_LINK.format(v="v", i="x")}
    JOIN involvement f ON {_END.format(e="f", id="x.from_id")} AND f.listed = 1 WHERE x.to_id = i.id"""


@dataclass(slots=True)
class Conditions:
    """What links must meet: `rows` over `i`, `version` over `v`, `ends` over `f` and `t`, `actors` at which end who was named."""

    rows: list[str] = field(default_factory=list)
    version: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    actors: dict[str, Sequence[str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    within: bool = False

    def where(self, reading: Reading, walked: Sequence[str] = ()) -> list[str]:
        """All of it, for `JOINED`. `walked` are the parameters of actors by whose records the links are found already."""
        return [*self.of_links(reading, walked), *self.version, *self.ends]

    def of_links(self, reading: Reading, walked: Sequence[str] = ()) -> list[str]:
        """The conditions over `i` alone."""
        by = []
        for name, ends in self.actors.items():
            if name not in walked:
                either = [f"i.{end}_id IN ({spoken_by(reading, f'{name}_{end}', self.within)})" for end in ends]
                by.append(checked(" OR ".join(either)))
        return [*self.rows, *by]


@dataclass(frozen=True, slots=True)
class Lag:
    """The time from what is answered to the answer, as SQL over two rows with `earliest` and `latest`.

    `low` and `high` are calendar days in UTC, the least and the most that the dates allow; `high` is null where a date
    has an open end. `exact` is microseconds between two instants, each the second that it was written as; else null.
    `least` and `most` are microseconds: the exact ones, or those of the days.
    """

    low: str
    high: str
    exact: str
    least: str
    most: str


def lag(answer: str, answered: str) -> Lag:
    """The lag between the rows with these aliases; an answer can't come before what it answers, so it is never below 0."""
    first, last = f"{answer}.earliest", f"{answer}.latest"
    low = f"CASE WHEN {first} > {answered}.latest THEN {day_of(first)} - {day_of(f'{answered}.latest')} ELSE 0 END"
    is_open = f"{last} >= {CALENDAR_END} OR {answered}.earliest <= {CALENDAR_START}"
    high = f"CASE WHEN {is_open} THEN NULL ELSE {day_of(last)} - {day_of(f'{answered}.earliest')} END"
    instants = " AND ".join(f"{end}.latest - {end}.earliest < {SECOND}" for end in (answer, answered))
    exact = f"CASE WHEN {instants} THEN {first} - {answered}.earliest END"
    least, most = (f"coalesce({exact}, ({days}) * {DAY})" for days in (low, high))
    return Lag(low, high, exact, least, most)


def day_of(instant: str) -> str:
    """SQL of the day of an instant in microseconds, as days since 0001-01-01."""
    return f"({instant} + {-CALENDAR_START}) / {DAY}"


def conditions(reading: Reading, directory: Directory, filters: LinkFilter) -> Conditions:
    """What a filter asks for. Raises Problem `invalid` with every name that does not exist, or `group-too-large`."""
    found = Conditions(within=filters.date_match is DateMatch.WITHIN)
    faults: list[Fault] = []
    if filters.type:
        found.rows.append(reading.any_of("i.type", "types"))
        found.values["types"] = reading.listed([str(one) for one in filters.type])
    if filters.min_link_confidence is not None:
        found.version.append("v.confidence >= :min_link_confidence")
        found.values["min_link_confidence"] = filters.min_link_confidence
    for name in ("topic", "from_topic", "to_topic"):
        if getattr(filters, name):
            topics = directory.with_children(directory.named("topic", getattr(filters, name), name, faults))
            found.values[f"{name}s"] = reading.listed(topics)
            one = {"topic": "i", "from_topic": "f", "to_topic": "t"}[name]
            on_topic = reading.any_of("s.topic_id", f"{name}s")
            found.rows.append(reading.any_of("i.topic_id", "topics")) if one == "i" else found.ends.append(
                f"EXISTS (SELECT 1 FROM record_stance s WHERE s.seq = {one}.seq AND {on_topic})"
            )
    for name, one in (("from_kind", "f"), ("to_kind", "t")):
        if getattr(filters, name):
            found.ends.append(f"{one}.kind = :{name}")
            found.values[name] = KIND_CODES[getattr(filters, name)]
    if filters.min_confidence is not None:
        found.values["min_confidence"] = filters.min_confidence
        found.ends += [f"{end}.confidence >= :min_confidence" for end in ("f", "t")]
    since, until = _dated(filters, found, faults)
    _by_actor(reading, directory, filters, found, (since, until), faults)
    if faults:
        raise invalid(faults)
    return found


def _dated(filters: LinkFilter, found: Conditions, faults: list[Fault]) -> tuple[int, int]:
    """Conditions on dates and lags; answers the range of the answer's date."""
    since = filters.from_.earliest if filters.from_ else CALENDAR_START
    until = filters.to.latest if filters.to else CALENDAR_END
    if since > until:
        hint = "Give the earlier date as from and the later one as to."
        faults.append(Fault(where="query.from", message="from lies after to", hint=hint))
    if filters.from_ or filters.to:
        first, last = ("earliest", "latest") if found.within else ("latest", "earliest")
        found.ends += [f"f.{first} >= :since", f"f.{last} <= :until"]
        found.values |= {"since": since, "until": until}
    if filters.max_span is not None:
        found.ends += [f"{end}.latest - {end}.earliest <= :max_span" for end in ("f", "t")]
        found.values["max_span"] = filters.max_span
    if filters.min_lag is not None and filters.max_lag is not None and filters.min_lag > filters.max_lag:
        hint = "Give the shorter duration as min_lag and the longer one as max_lag."
        faults.append(Fault(where="query.min_lag", message="min_lag is longer than max_lag", hint=hint))
    between = lag("f", "t")
    if filters.min_lag is not None:
        is_longer = f"({between.least}) >= :min_lag"
        found.ends.append(is_longer if found.within else f"(({between.most}) IS NULL OR ({between.most}) >= :min_lag)")
        found.values["min_lag"] = filters.min_lag
    if filters.max_lag is not None:
        found.ends.append(f"({between.most if found.within else between.least}) <= :max_lag")
        found.values["max_lag"] = filters.max_lag
    return since, until


def _by_actor(
    reading: Reading,
    directory: Directory,
    filters: LinkFilter,
    found: Conditions,
    answered_in: tuple[int, int],
    faults: list[Fault],
) -> None:
    named = {name: getattr(filters, name) for name in ("actor", "from_actor", "to_actor")}
    if filters.affiliates is not None and not any(named.values()):
        hint = "Give actor, from_actor or to_actor too, or leave it out."
        faults.append(Fault(where="query.affiliates", message="affiliates means nothing without an actor", hint=hint))
    ranges = {"from": answered_in, "to": (CALENDAR_START, CALENDAR_END)}
    for name, slugs in named.items():
        if not slugs:
            continue
        actors = directory.named("actor", slugs, name, faults)
        found.actors[name] = ("from", "to") if name == "actor" else (name.removesuffix("_actor"),)
        for end in found.actors[name]:
            found.values |= bound(reading, directory, f"{name}_{end}", actors, bool(filters.affiliates), ranges[end])


def bound(
    reading: Reading,
    directory: Directory,
    parameter: str,
    actors: Sequence[int],
    affiliates: bool,
    dated: tuple[int, int] = (CALENDAR_START, CALENDAR_END),
) -> dict[str, Any]:
    """The values of `spoken_by`: whose records count for each of the actors, and from when until when.

    Raises Problem `group-too-large`.
    """
    if affiliates:
        directory.affiliates(actors, *dated)  # all together must not be too many
        rows = [(actor, *stay) for actor in sorted(set(actors)) for stay in directory.affiliates([actor], *dated)]
    else:
        rows = [(actor, actor, *dated) for actor in sorted(set(actors))]
    return dialects.tabled(reading.dialect, _STAY, parameter, rows)


def spoken_by(reading: Reading, parameter: str, within: bool = False, columns: str = "a.id") -> str:
    """SQL of the records that count for actors bound by `bound`: as actor, on_behalf_of or co_actor, during the time given.

    `m.named` is the actor that a record `a.id` counts for.
    """
    during = (
        "a.earliest >= m.since AND a.latest <= m.until" if within else "a.earliest <= m.until AND a.latest >= m.since"
    )
    return (
        f"SELECT {columns} FROM {dialects.table_of(reading.dialect, _STAY, parameter)} m CROSS JOIN involvement a "
        f"WHERE a.actor = m.actor AND a.role = {ROLE_CODES['agent']} AND a.superseded_seq IS NULL AND {during}"
    )


def checked(condition: str) -> str:
    """A condition that each row is held against, and by which no row is looked for.

    SQLite would look up each pair of two long lists in an index, PostgreSQL make loops of loops of it.
    """
    return f"(({condition}) IS TRUE)"


def paired(reading: Reading, asked: Conditions, columns: str, distinct: bool = False) -> str:
    """SELECT of links, once for each pair of an actor that answers (`one`) and an actor that is answered (`other`).

    These are the actors that were named, or else each actor, on_behalf_of and co_actor of the record.
    """
    tables, joins, where, actors = [JOINED], [], asked.where(reading, ("from_actor", "to_actor")), []
    for end, alias, record in (("from", "fa", "f"), ("to", "ta", "t")):
        named, member = f"{end}_actor_{end}", f"{alias}.named"
        if f"{end}_actor" not in asked.actors:
            role = ROLE_CODES["agent"]
            joins.append(
                f"JOIN involvement {alias} ON {alias}.seq = {record}.seq AND {alias}.role = {role} AND {alias}.actor <> {EVERYONE}"
            )
            member = f"{alias}.actor"
        elif len(tables) == 1:
            # The links are found by the records of the one that is named, or of the first of two.
            tables.insert(0, f"({spoken_by(reading, named, asked.within, 'DISTINCT m.named, a.id')}) {alias}")
            where.append(f"i.{end}_id = {alias}.id")
        else:
            stays = dialects.table_of(reading.dialect, _STAY, named)
            joins.append(f"CROSS JOIN (SELECT DISTINCT named FROM {stays} m) {alias}")
            counted = spoken_by(reading, named, asked.within, "m.named, a.id")
            where.append(checked(f"({alias}.named, i.{end}_id) IN ({counted})"))
        actors.append(member)
    chosen = f"{actors[0]} AS one, {actors[1]} AS other, {columns}"
    source = " ".join([" CROSS JOIN ".join(tables), *joins])
    return f"SELECT {'DISTINCT ' if distinct else ''}{chosen} FROM {source} WHERE {' AND '.join(where) or 'TRUE'}"


def refuse_too_many(rows: Sequence[Any], what: str) -> None:
    """Refuse an answer of more than 10,000 rows. Raises Problem `invalid`."""
    if len(rows) > MOST_ROWS:
        hint = "Narrow it, by from_actor and to_actor, or by from and to."
        raise invalid([Fault(where="query", message=f"the answer has more than {MOST_ROWS:,} {what}", hint=hint)])


def hours(microseconds: int) -> float:
    """Hours to four decimals, which is a third of a second."""
    return round(microseconds / (3600 * SECOND), 4)

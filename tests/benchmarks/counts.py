"""What counting costs, as a ratio to the same numbers by SQL written for nothing else.

The bare aggregate gives the counts of a row, each day once, and nothing else: no filters, no topics below, nothing of what
was left out, no vague dates, no names, no latest stance, no JSON. Beside it, simpler still, a mean over all records.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from api import queries
from api.database import Database
from api.settings import Settings
from api.store import current_stances, facets, stance_series
from api.store.directory import Directory, Shelf
from api.store.periods import LAST_DAY
from api.store.sessions import Reading
from api.store.stances import ON_SCALE, ladder
from schemas.dates import CALENDAR_START, DAY
from schemas.facets import FacetFilter
from schemas.records import position_mask
from schemas.stances import CurrentFilter, SeriesFilter
from schemas.vocabularies import ConditionType
from tests.benchmarks import world

MOST = 1.5
TURNS, TURNS_OVER_ALL = 15, 5  # what goes over all records takes ten seconds
_ACTORS = [world.actor(rank) for rank in range(1, 21)]
_TOPICS = [world.topic(world.ROOTS + number) for number in range(1, 11)]
_CURRENT = "i.superseded_seq IS NULL AND i.listed = 1 AND i.role = 0 AND i.attribution IN (0, 1)"
_DAYS = f"(i.earliest - ({CALENDAR_START})) / {DAY} AS first_day, (i.latest - ({CALENDAR_START})) / {DAY} AS last_day"
_MONTH = {
    "sqlite": "strftime('%Y-%m', first_day + 1721425.5)",
    "postgresql": "to_char(date '0001-01-01' + first_day::int, 'YYYY-MM')",
}
_SCORE = f"CASE {ladder(1)} {' '.join(f'WHEN {code} THEN {stance.score}' for code, stance in enumerate(ON_SCALE))} END"
_POSITION = (
    f"{ladder(1)} AS code, (i.positions & {position_mask([], [ConditionType.PRECONDITIONS])}) <> 0 AS is_conditional"
)
_TALLY = (
    ", ".join(f"count(*) FILTER (WHERE code = {code}) AS n{code}" for code in range(7))
    + ", count(*) FILTER (WHERE is_conditional) AS nc"
)
_SHARE = "coalesce(1.0 / nullif(n0 + n1 + n2 + n3 + n4, 0), 1.0 / (n5 + n6)) AS share"
_NUMBERS = ", ".join(f"sum({name} * share)" for name in ("n0", "n1", "n2", "n3", "n4", "n5", "n6", "nc"))


@dataclass(frozen=True)
class Count:
    """One question, and what it took: the service, the bare aggregate, and a mean over records; milliseconds, medians.

    The ratio is the median of those of single turns: a machine's speed may double within a minute, hardly within a second.
    """

    name: str
    rows: int
    service: float
    bare: float
    ratio: float
    simplest: float | None = None
    is_promised: bool = True


def measure(url: str) -> list[Count]:
    """The questions of the benchmark, on one database, each by turns with its bare aggregate."""
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            directory = Shelf().directory(reading)
            return [_matrix(reading, directory), _series(reading, directory), _facets(reading, directory)]
    finally:
        database.close()


def _by_turns(turns: int, *ways: Callable[[], Any]) -> tuple[float, float, float, float | None]:
    """What the service took, the bare aggregate, the ratio of the two, and the third way, if there is one."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(turns):
        for index, way in enumerate(ways):
            begun = time.perf_counter()
            way()
            took[index].append((time.perf_counter() - begun) * 1000)
    ratio = median(service / bare for service, bare in zip(took[0], took[1], strict=True))
    return median(took[0]), median(took[1]), ratio, median(took[2]) if took[2:] else None


def _matrix(reading: Reading, directory: Directory) -> Count:
    filters = CurrentFilter(actor=_ACTORS, topic=_TOPICS)
    values = {
        "actors": reading.listed([directory.identities["actor"][slug] for slug in _ACTORS]),
        "topics": reading.listed([directory.identities["topic"][slug] for slug in _TOPICS]),
    }
    rows = f"""FROM record_topic i WHERE {reading.any_of("i.topic", "topics")} AND {reading.any_of("i.actor", "actors")} AND {_CURRENT}"""
    bare = f"""SELECT actor, topic, {_NUMBERS} FROM (SELECT *, {_SHARE} FROM (SELECT actor, topic, first_day, last_day, {_TALLY} FROM (
        SELECT i.actor, i.topic, {_DAYS}, {_POSITION} {rows}) s GROUP BY 1, 2, 3, 4) t) u GROUP BY 1, 2"""
    simplest = f"SELECT i.actor, i.topic, count(*), avg({_SCORE}) {rows} GROUP BY 1, 2"
    ways = (
        lambda: current_stances.current(reading, directory, filters),
        lambda: reading.rows(bare, values),
        lambda: reading.rows(simplest, values),
    )
    read = reading.rows(f"SELECT count(*) {rows}", values)[0][0]
    return Count("current, 20 actors and 10 topics", read, *_by_turns(TURNS, *ways))


def _series(reading: Reading, directory: Directory) -> Count:
    filters = queries.parse(SeriesFilter, f"actor={_ACTORS[0]}&interval=month&from=2020&to=2024".encode())
    first, last = filters.from_.earliest, filters.to.latest  # type: ignore[union-attr]
    values = {"actor": directory.identities["actor"][_ACTORS[0]], "first": first, "last": last}
    rows = f"FROM record_topic i WHERE i.actor = :actor AND i.earliest <= :last AND i.latest >= :first AND {_CURRENT}"
    bare = f"""SELECT topic, {_MONTH[reading.dialect]} AS period, {_NUMBERS} FROM (SELECT *, {_SHARE} FROM (
        SELECT topic, first_day, last_day, {_TALLY} FROM (SELECT i.topic, {_DAYS}, {_POSITION} {rows}) s
        WHERE first_day > 0 AND last_day < {LAST_DAY} GROUP BY 1, 2, 3) t) u GROUP BY 1, 2"""
    simplest = f"""SELECT topic, {_MONTH[reading.dialect]} AS period, count(*), avg(score) FROM (
        SELECT i.topic, {_DAYS}, {_SCORE} AS score {rows}) s GROUP BY 1, 2"""
    ways = (
        lambda: stance_series.series(reading, directory, filters),
        lambda: reading.rows(bare, values),
        lambda: reading.rows(simplest, values),
    )
    read = reading.rows(f"SELECT count(*) {rows}", values)[0][0]
    return Count("series, one actor by month over 5 years", read, *_by_turns(TURNS, *ways))


def _facets(reading: Reading, directory: Directory) -> Count:
    filters = queries.parse(FacetFilter, b"facet=actor&facet=topic&facet=source&interval=month")
    current = "i.superseded_seq IS NULL AND i.listed = 1"
    bare = [
        f"SELECT i.actor, count(*) FROM involvement i WHERE i.actor > 0 AND i.role = 0 AND {current} GROUP BY 1",
        f"SELECT i.topic, count(*) FROM record_topic i WHERE i.actor = 0 AND i.role = 0 AND {current} GROUP BY 1",
        f"""SELECT c.source_id, count(DISTINCT i.id) FROM involvement i JOIN record_citation c ON c.seq = i.seq
            WHERE i.actor = 0 AND i.role = 0 AND {current} GROUP BY 1""",
        f"""SELECT {_MONTH[reading.dialect]}, sum(n) FROM (SELECT (i.earliest - ({CALENDAR_START})) / {DAY} AS first_day, count(*) AS n
            FROM involvement i WHERE i.actor = 0 AND i.role = 0 AND {current} GROUP BY 1) d GROUP BY 1""",
        f"SELECT i.kind, count(*) FROM involvement i WHERE i.actor = 0 AND i.role = 0 AND {current} GROUP BY 1",
    ]
    ways = (lambda: facets.facets(reading, directory, filters), lambda: [reading.rows(one) for one in bare])
    read = facets.facets(reading, directory, filters)["total"]["records"]
    taken = _by_turns(TURNS_OVER_ALL, *ways)
    return Count("facets actor, topic, source and a histogram, over all", read, *taken, is_promised=False)


def as_text(found: dict[str, list[Count]]) -> tuple[list[str], list[str]]:
    """The table, and what is above the promise."""
    lines = [
        "## Counting, to the bare SQL aggregate", "",
        f"Milliseconds in process, medians of {TURNS} by turns ({TURNS_OVER_ALL} over all), the ratio that of each turn. The bare aggregate gives the same numbers, each day once; the last column is a plain "
        f"mean over records. At most {MOST} times the bare one is promised of the first two.", "",
        "| database | question | rows read | service | bare | ratio | mean over records |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    misses = []
    for database, counts in found.items():
        for one in counts:
            simplest = "" if one.simplest is None else f"{one.simplest:,.0f}"
            lines.append(
                f"| {database} | {one.name} | {one.rows:,} | {one.service:,.0f} | {one.bare:,.0f} | {one.ratio:.2f} | {simplest} |"
            )
            if one.is_promised and one.ratio > MOST:
                misses.append(f"* {database}, {one.name}: {one.ratio:.2f} times the bare aggregate")
    return [*lines, "", *misses, ""], misses

"""What a page reads: every statement that the real code sends is explained and measured, on either database.

SQLite tells its plan, and a counter its steps; PostgreSQL tells both in EXPLAIN ANALYZE, with a plan for these values
and with the generic one, to which a prepared statement may change after five times.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql as quoting

from api.database import Database
from api.store import dialects, timeline
from api.store.directory import Shelf
from api.store.sessions import Reading
from tests.benchmarks.shapes import Shape

WALKED = ("involvement", "record_topic")
LARGE = (*WALKED, "record_version", "record_citation", "record_stance", "record_text", "revision")
# Steps of SQLite's machine for a row that is read and perhaps sorted, and those that come with the statements of a page.
STEPS_A_ROW, STEPS_A_PAGE = 40, 3_000
# PostgreSQL's for a row: the way down an index, the row, and its document where that lies apart.
BLOCKS_A_ROW = 8

# A scan of anything but the list of members, a subquery, or a list that was bound.
_TABLE_READ = re.compile(r"SCAN (?!m\b|u\b|a\d|json_each |j VIRTUAL|CONSTANT)")


@dataclass
class Asked:
    """One statement of a page as it was sent, and what it took."""

    sql: str
    values: Mapping[str, Any]
    answered: int
    steps: int = 0
    plan: list[str] = field(default_factory=list)

    @property
    def is_walk(self) -> bool:
        """Whether it picks the rows of the page."""
        return (
            re.search(r"FROM (m CROSS JOIN )?(LATERAL \(SELECT .*)?(involvement|record_topic) i", self.sql) is not None
        )


class Recording(Reading):
    """Reads as any other, and keeps what was asked."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.connection, reading.dialect, reading.viewer)
        self.at = reading.at
        self.asked: list[Asked] = []

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        if self.dialect == "sqlite":
            self.connection.set_progress_handler(step, 1)
        try:
            found = super().rows(sql, values)
        finally:
            if self.dialect == "sqlite":
                self.connection.set_progress_handler(None, 1)
        if self.at is not None:
            sql, values = dialects.of_the_past(sql), {**(values or {}), "at": self.at}
        self.asked.append(Asked(sql, values or {}, len(found), steps))
        return found


@dataclass
class Page:
    """What one page took."""

    shape: Shape
    answered: int
    asked: list[Asked]
    milliseconds: float
    read: int  # steps on SQLite, rows on PostgreSQL
    faults: list[str]


def _go_to(reading: Reading, shape: Shape) -> None:
    if shape.as_of:
        row = reading.row("SELECT max(seq) FROM revision")
        assert row is not None
        reading.at = int(row[0] * shape.as_of)


def timed(database: Database, shapes: Sequence[Shape], limit: int, times: int) -> list[float]:
    """Median milliseconds of each page; they take turns, so that what else the machine does meets all alike."""
    taken: list[list[float]] = [[] for _ in shapes]
    with ExitStack() as held:
        readings = [held.enter_context(database.reading()) for _ in shapes]
        asked = []
        for reading, shape in zip(readings, shapes, strict=True):
            _go_to(reading, shape)
            asked.append((reading, Shelf().directory(reading), shape.filters(limit), None, shape.subject))
        for _ in range(times):
            for one, spent in zip(asked, taken, strict=True):
                begun = time.perf_counter()
                timeline.page(*one)
                spent.append(time.perf_counter() - begun)
    return [sorted(spent)[len(spent) // 2] * 1000 for spent in taken]


def measure(database: Database, shape: Shape, limit: int, times: int = 1) -> Page:
    """Read a page as the service does, and hold what it read against what it may read."""
    milliseconds = timed(database, [shape], limit, times)[0]
    filters = shape.filters(limit)
    with database.reading() as reading:
        _go_to(reading, shape)
        directory = Shelf().directory(reading)
        recording = Recording(reading)
        listed = timeline.page(recording, directory, filters, None, shape.subject)
        assert listed is not None
        explain = _on_sqlite if database.dialect == "sqlite" else _on_postgresql
        read, faults = explain(reading, shape, limit, recording.asked)
    answered = listed.items.count(b'"date_earliest":')
    if answered == 0 and not shape.may_be_empty:
        faults.append("the page is empty, so it shows nothing")
    return Page(shape, answered, recording.asked, milliseconds, read, faults)


def _most(shape: Shape, limit: int) -> float:
    """The rows that a page may visit: each member's own, up to the limit, and once more what spans the range's start."""
    return (shape.rows or 0) + (limit + 1) * shape.passed * shape.members


def _on_sqlite(reading: Reading, shape: Shape, limit: int, asked: Sequence[Asked]) -> tuple[int, list[str]]:
    faults, used = [], ""
    for one in asked:
        one.plan = [row[3] for row in reading.connection.execute(f"EXPLAIN QUERY PLAN {one.sql}", one.values)]
        plan = "; ".join(one.plan)
        if re.search(r"AUTOMATIC|BLOOM", plan):
            faults.append(f"an index is built for one page: {plan}")
        faults += [f"reads a whole table: {line}" for line in one.plan if _TABLE_READ.match(line)]
        if one.is_walk:
            used += plan
            if "TEMP B-TREE" in plan and not shape.may_sort:
                faults.append(f"sorts: {plan}")
    if shape.walked.sqlite not in used:
        faults.append(f"does not walk {shape.walked.sqlite}: {used}")
    steps = sum(one.steps for one in asked)
    most = STEPS_A_PAGE + STEPS_A_ROW * _most(shape, limit)
    if steps > most:
        faults.append(f"takes {steps:,} steps, where {most:,.0f} should do: {[(one.steps, one.plan) for one in asked]}")
    return steps, faults


def _on_postgresql(reading: Reading, shape: Shape, limit: int, asked: Sequence[Asked]) -> tuple[int, list[str]]:
    faults: list[str] = []
    most_read = 0
    most = 200 + 3 * _most(shape, limit)
    for mode in ("force_custom_plan", "force_generic_plan"):
        reading.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        used: set[str] = set()
        read = blocks = 0
        for one in asked:
            plan = _explained(reading, one)
            blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            for node in _nodes(plan):
                kind, table = node["Node Type"], str(node.get("Relation Name", ""))
                rows = round(_visited(node))
                if "Sort" in kind:
                    one.plan.append(f"{kind} of {rows:,} rows")
                    if rows > most or (one.is_walk and not shape.may_sort):
                        faults.append(f"{mode}: sorts {rows:,} rows: {one.sql}")
                elif "Index Name" in node or table in LARGE:
                    one.plan.append(f"{kind} {node.get('Index Name', table)}, {rows:,} rows")
                    read += rows
                    if table in WALKED:
                        used.add(str(node.get("Index Name", kind)))
                    if kind == "Seq Scan":
                        faults.append(f"{mode}: reads all of {table}: {one.sql}")
        if shape.walked.postgresql not in used:
            faults.append(f"{mode}: does not walk {shape.walked.postgresql}, but {sorted(used)}")
        if read > most:
            faults.append(f"{mode}: reads {read:,} rows, where {most:,.0f} should do: {[one.plan for one in asked]}")
        if blocks > BLOCKS_A_ROW * most:
            faults.append(f"{mode}: reads {blocks:,} blocks for {read:,} rows: {[one.plan for one in asked]}")
        most_read = max(read, most_read)
    return most_read, faults


def rows_read(reading: Reading, asked: Sequence[Asked]) -> float:
    """How many rows these statements visit, on PostgreSQL under the worse of the two kinds of plan."""
    if reading.dialect == "sqlite":
        return sum(one.steps for one in asked) / STEPS_A_ROW
    read = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        reading.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        nodes = [node for one in asked for node in _nodes(_explained(reading, one))]
        read.append(sum(_visited(node) for node in nodes if "Index Name" in node or node.get("Relation Name") in LARGE))
    return max(read)


def _visited(node: Mapping[str, Any]) -> float:
    """The rows that a scan looked at, or that a sort was given."""
    if "Sort" in node["Node Type"]:
        return sum(float(below["Actual Rows"] * below["Actual Loops"]) for below in node["Plans"])
    passed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + passed) * node["Actual Loops"])


def _explained(reading: Reading, one: Asked) -> dict[str, Any]:
    """The plan of a prepared statement, run: its parameters are numbered, as psycopg prepares it."""
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    text = re.sub(r"(?<!:):([a-z_][a-z0-9_]*)", numbered, one.sql)
    kinds = ", ".join(_kind(one.values[name]) for name in names)
    execute = reading.connection.execute
    execute(f"PREPARE explained{f' ({kinds})' if kinds else ''} AS {text}")
    try:
        given = quoting.SQL(", ").join(quoting.Literal(one.values[name]) for name in names)
        call = quoting.SQL("EXECUTE explained ({})").format(given) if names else quoting.SQL("EXECUTE explained")
        found = execute(quoting.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}").format(call)).fetchone()
    finally:
        execute("DEALLOCATE explained")
    plan: dict[str, Any] = found[0][0]["Plan"]
    return plan


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "text[]" if value and isinstance(value[0], str) else "bigint[]"
    return "unknown" if isinstance(value, str) else "bigint"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)

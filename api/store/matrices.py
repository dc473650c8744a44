"""The matrix of answers: who answers whom, how, how often, and when."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

from api.store import dialects, documents, links
from api.store.directory import Directory
from api.store.sessions import Reading
from schemas import dates
from schemas.links import MatrixFilter


def matrix(reading: Reading, directory: Directory, filters: MatrixFilter) -> bytes:
    """The counts of listed links by the actors of both ends, type and, if asked, period of the answer's date.

    An answer whose date reaches over several periods counts in none of them (`period` null), so that the counts of a pair
    add up. Raises Problem `invalid`, also above 10,000 rows or periods, or `group-too-large`.
    """
    asked = links.conditions(reading, directory, filters)
    period = _period(reading, filters.interval) if filters.interval else "NULL"
    paired = links.paired(reading, asked, f"i.type, {period} AS period")
    sql = f"SELECT one, other, type, period, count(*) FROM ({paired}) p GROUP BY one, other, type, period LIMIT {links.MOST_ROWS + 1}"
    rows = reading.rows(sql, asked.values)
    links.refuse_too_many(rows, "rows")
    counted = reading.row(
        f"SELECT count(*) FROM {links.JOINED} WHERE {' AND '.join(asked.where(reading)) or 'TRUE'}", asked.values
    )
    found = sorted({row[3] for row in rows if row[3] is not None})
    periods = list(_between(found[0], found[-1], str(filters.interval))) if found else []
    links.refuse_too_many(periods, "periods")
    items = [
        {**pair(directory, one, other), "type": type_, "period": when, "n": n} for one, other, type_, when, n in rows
    ]
    items.sort(key=lambda row: (row["from_actor"], row["to_actor"], row["type"], row["period"] or "~"))
    as_of = dates.format_instant(filters.as_of) if filters.as_of is not None else None
    return documents.dumps({"items": items, "periods": periods, "links": counted[0] if counted else 0, "as_of": as_of})


def pair(directory: Directory, one: int, other: int) -> dict[str, str]:
    """The flat members for an actor that answers and one that is answered."""
    answers, answered = (json.loads(directory.shown[b"a%d" % actor]) for actor in (one, other))
    return {
        "from_actor": answers["slug"], "from_actor_name": answers["name"],
        "to_actor": answered["slug"], "to_actor_name": answered["name"],
    }  # fmt: skip


def _period(reading: Reading, interval: str) -> str:
    first, last = (
        dialects.period(reading.dialect, links.day_of(f"f.{end}"), interval) for end in ("earliest", "latest")
    )
    return f"CASE WHEN {first} = {last} THEN {first} END"


def _between(first: str, last: str, interval: str) -> Iterator[str]:
    """Every period from the first to the last, each by its first day; at most one more than may be answered."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    for _ in range(links.MOST_ROWS + 1):
        yield day.isoformat()
        if day >= end:
            return
        if interval in ("day", "week"):
            day += timedelta(days=7 if interval == "week" else 1)
        else:
            months = day.month - 1 + {"month": 1, "quarter": 3, "year": 12}[interval]
            day = date(day.year + months // 12, months % 12 + 1, 1)

"""The matrix of answers: who answers whom, how, how often, and when."""

import json
from itertools import islice

from api.store import documents, links, periods
from api.store.directory import Directory
from api.store.sessions import Reading
from schemas import dates
from schemas.counting import Interval
from schemas.links import MatrixFilter

_NO_PERIOD = dict.fromkeys(("period", "period_start", "period_end"))


def matrix(reading: Reading, directory: Directory, filters: MatrixFilter) -> bytes:
    """The counts of listed links by the actors of both ends, type and, if asked, period of the answer's date.

    An answer whose date reaches over several periods counts in none of them (`period` null), so that the counts of a pair
    add up. Raises Problem `invalid`, also above 10,000 rows or periods, or `group-too-large`.
    """
    asked = links.conditions(reading, directory, filters)
    period = _period(reading, filters.interval) if filters.interval else "cast(NULL AS bigint)"
    paired = links.paired(reading, asked, f"i.type, {period} AS period")
    sql = f"SELECT one, other, type, period, count(*) FROM ({paired}) p GROUP BY one, other, type, period LIMIT {links.MOST_ROWS + 1}"
    rows = reading.rows(sql, asked.values)
    links.refuse_too_many(rows, "rows")
    counted = reading.row(
        f"SELECT count(*) FROM {links.JOINED} WHERE {' AND '.join(asked.where(reading)) or 'TRUE'}", asked.values
    )
    known = {
        number: periods.of_number(filters.interval, number)
        for *_, number, _ in rows
        if filters.interval and number is not None
    }
    axis: list[periods.Period] = []
    if filters.interval and known:
        within = [known[min(known)].first, known[max(known)].last]
        axis = list(islice(periods.between(filters.interval, *within), links.MOST_ROWS + 1))
    links.refuse_too_many(axis, "periods")
    items = [
        {
            **pair(directory, one, other),
            "type": type_,
            **(periods.shown_as(known[number]) if number in known else _NO_PERIOD),
            "n": n,
        }
        for one, other, type_, number, n in rows
    ]
    items.sort(key=lambda row: (row["from_actor"], row["to_actor"], row["type"], row["period_start"] or "~"))
    as_of = dates.format_instant(filters.as_of) if filters.as_of is not None else None
    return documents.dumps(
        {
            "items": items,
            "periods": [periods.shown_as(one) for one in axis],
            "links": counted[0] if counted else 0,
            "as_of": as_of,
        }
    )


def pair(directory: Directory, one: int, other: int) -> dict[str, str]:
    """The flat members for an actor that answers and one that is answered."""
    answers, answered = (json.loads(directory.shown[b"a%d" % actor]) for actor in (one, other))
    return {
        "from_actor": answers["slug"], "from_actor_name": answers["name"],
        "to_actor": answered["slug"], "to_actor_name": answered["name"],
    }  # fmt: skip


def _period(reading: Reading, interval: Interval) -> str:
    """SQL of the number of the period that an answer's date lies in; null where that are several."""
    number = periods.numbered(reading.dialect, interval)
    first, last = (number.format(links.day_of(f"f.{end}")) for end in ("earliest", "latest"))
    return f"CASE WHEN {first} = {last} THEN {first} END"

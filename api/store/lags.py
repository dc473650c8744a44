"""Lags: how long it takes one actor to answer another, as quantiles and bars.

Quantiles are by nearest rank, the inverted distribution function (Hyndman and Fan, "Sample Quantiles in Statistical
Packages", 1996, definition 1): of n lags in order, the one at place ceil(p * n), so that it is always a lag that there is.
"""

from api.store import documents, links
from api.store.directory import Directory
from api.store.matrices import pair
from api.store.sessions import Reading
from schemas import dates
from schemas.links import BARS, QUANTILES, LinkFilter


def lags(reading: Reading, directory: Directory, filters: LinkFilter) -> bytes:
    """The lags of listed links by the actors of both ends; two records that are linked more than once count once.

    Raises Problem `invalid`, also above 10,000 pairs of actors, or `group-too-large`.
    """
    asked = links.conditions(reading, directory, filters)
    rows = reading.rows(_sql(reading, asked), asked.values)
    links.refuse_too_many(rows, "pairs of actors")
    items = []
    for one, other, n, n_exact, *numbers in rows:
        places = len(QUANTILES)
        low, high, exact = (dict(zip(QUANTILES, numbers[at * places :], strict=False)) for at in range(3))
        bars = numbers[3 * places :]
        items.append(
            {
                **pair(directory, one, other),
                "n": n,
                "days": {name: {"low": low[name], "high": high[name]} for name in QUANTILES},
                "n_exact": n_exact,
                "hours": {name: links.hours(exact[name]) for name in QUANTILES} if n_exact else None,
                "histogram": [
                    {"days_from": first, "days_to": last, "n_low": bars[2 * at], "n_high": bars[2 * at + 1]}
                    for at, (first, last) in enumerate(BARS)
                ],
            }
        )
    items.sort(key=lambda row: (row["from_actor"], row["to_actor"]))
    as_of = dates.format_instant(filters.as_of) if filters.as_of is not None else None
    return documents.dumps({"items": items, "as_of": as_of})


def _sql(reading: Reading, asked: links.Conditions) -> str:
    between = links.lag("f", "t")
    columns = f"i.from_id, i.to_id, {between.low} AS low, {between.high} AS high, {between.exact} AS exact"
    over = "PARTITION BY one, other"
    # Nulls last, on either database: an open end is longer than any other, and what is not exact has no place.
    ranked = ", ".join(
        f"row_number() OVER ({over} ORDER BY CASE WHEN {name} IS NULL THEN 1 ELSE 0 END, {name}) AS at_{name}"
        for name in ("low", "high", "exact")
    )
    quantiles = ", ".join(
        f"max(CASE WHEN at_{name} = ({percent} * {'n_exact' if name == 'exact' else 'n'} + 99) / 100 THEN {name} END)"
        for name in ("low", "high", "exact")
        for percent in QUANTILES.values()
    )
    bars = ", ".join(
        f"sum(CASE WHEN {_falls(name, *bar)} THEN 1 ELSE 0 END)" for bar in BARS for name in ("low", "high")
    )
    return f"""WITH pair AS ({links.paired(reading, asked, columns, distinct=True)}),
        ranked AS (SELECT one, other, low, high, exact, count(*) OVER ({over}) AS n, count(exact) OVER ({over}) AS n_exact, {ranked} FROM pair)
        SELECT one, other, max(n), max(n_exact), {quantiles}, {bars} FROM ranked GROUP BY one, other LIMIT {links.MOST_ROWS + 1}"""


def _falls(name: str, first: int, last: int | None) -> str:
    return f"{name} IS NULL OR {name} >= {first}" if last is None else f"{name} BETWEEN {first} AND {last}"

"""Stances over time: a row for each actor, topic and period, whether anything was said in it or not."""

from typing import Any

from api.store import dialects, periods, stances
from api.store.directory import Directory
from api.store.periods import LAST_DAY
from api.store.sessions import Reading
from api.store.stances import Units
from schemas.counting import Inexact, Weight
from schemas.stances import SeriesFilter

_PERIOD = ("number", "first_day", "last_day")


def series(reading: Reading, directory: Directory, filters: SeriesFilter) -> dict[str, Any]:
    """The rows, and what was left out.

    Periods run from `from` to `to`, or else from the first day of anything counted to its last. An open start is taken
    to be the start of that range, an open end its end or the day of the moment asked, whichever comes first.
    Raises Problem `invalid` with all faults, or where there would be more than 10,000 rows; `group-too-large`.
    """
    asked = stances.account(reading, directory, filters)
    units = stances.units(reading, asked, filters, filters.weight)
    today = periods.day_of(filters.as_of or reading.clock())
    extent = f"""{units.sql} SELECT min(CASE WHEN u.first_day > 0 THEN u.first_day ELSE u.last_day END),
        max(CASE WHEN u.last_day < {LAST_DAY} THEN u.last_day ELSE u.first_day END), max(u.last_day) FROM unit u WHERE u.share > 0"""
    days = periods.shown(filters.from_, filters.to, lambda: reading.rows(extent, units.values)[0], today)
    shown = stances.shown_periods(filters.interval, days)
    first, last = days or (0, 0)
    values = units.values | {"range_first": first, "range_last": last, "open_end": max(min(last, today), first)}
    cut = [(period.number, max(period.first, first), min(period.last, last)) for period in shown]
    values |= dialects.tabled(reading.dialect, _PERIOD, "p", cut)
    width = len(stances.COUNTS) + (0 if filters.weight is Weight.NONE else len(stances.SUMS))
    sql = f"""{units.sql}, {dialects.given(reading.dialect, "p", _PERIOD)}, {_grouped(reading.dialect, filters, units)}
        SELECT u.actor, u.topic, u.number, {stances.summed(filters.weight)} FROM shared u GROUP BY u.actor, u.topic, u.number
        UNION ALL SELECT 0, 0, 0, {_left(filters, units)}{", 0" * (width - len(stances.LEFT_OUT))} FROM grouped u"""
    found = {row[:3]: row[3:] for row in reading.rows(sql, values)}
    left = found.pop((0, 0, 0))
    cells = stances.cells(directory, filters, {(actor, topic) for actor, topic, _ in found})
    if len(cells) * len(shown) > stances.MOST_ROWS:
        told = f"{len(cells):,} pairs in {len(shown):,} periods"
        raise stances.too_many(told, "Name fewer actors or topics, or take a longer interval.")
    axis = [(period, periods.shown_as(period)) for period in shown]
    items = [
        {
            **stances.counts(names, found.get((*cell, period.number), [0] * width)),
            **told,
        }
        for names, cell in stances.named(directory, cells)
        for period, told in axis
    ]
    return {"items": items, "left_out": stances.left_out(reading, asked, left)}


def _grouped(dialect: str, filters: SeriesFilter, units: Units) -> str:
    """`grouped`: the units summed by the period they fall in, and by their dates where these lie in several periods or partly
    outside the range, or may not be taken as they are; `shared`: by each period.

    Vague dates are few, so that they are spread when all has been summed.
    """
    first, last = "u.first_day", "u.last_day"
    number = periods.numbered(dialect, filters.interval)
    names = stances.COUNTS if filters.weight is Weight.NONE else (*stances.COUNTS, *stances.SUMS)
    until = f"CASE WHEN {last} = {LAST_DAY} THEN CASE WHEN {first} > :open_end THEN {first} ELSE :open_end END ELSE {last} END"
    since = f"CASE WHEN {first} = 0 THEN :range_first ELSE {first} END"
    if filters.inexact is Inexact.EARLIEST:
        since = until = first
    cut = f"SELECT u.*, {since} AS since, {until} AS until FROM unit u"
    final = f"CASE WHEN u.until = u.since THEN NULL ELSE {number.format('u.until')} END"
    placed = (
        f"SELECT u.*, {number.format('u.since')} AS number, {final} AS final FROM ({cut}) u{dialects.once(dialect)}"
    )
    vague = "u.until <> u.since AND (u.final <> u.number OR u.since < :range_first OR u.until > :range_last)"
    several = {
        Inexact.SPREAD: vague,
        Inexact.EXCLUDE: f"{first} = 0 OR {last} = {LAST_DAY} OR ({vague})",
        Inexact.EARLIEST: f"{first} = 0 OR u.since < :range_first",
    }[filters.inexact]
    keys = f"u.actor, u.topic, u.number, CASE WHEN {several} THEN u.since END AS since, CASE WHEN {several} THEN u.until END AS until"
    left = "".join(f", sum(u.{name}) AS {name}" for name in (*units.reasons, "records"))
    grouped = f"grouped AS MATERIALIZED (SELECT {keys}, {stances.summed(filters.weight)}{left} FROM ({placed}) u GROUP BY 1, 2, 3, 4, 5)"
    exact = f"SELECT u.actor, u.topic, {', '.join(f'u.{name}' for name in names)}, u.number, 1 AS share FROM grouped u WHERE u.since IS NULL"
    if filters.inexact is not Inexact.SPREAD:
        return f"{grouped}, shared AS ({exact})"
    days = """(CASE WHEN u.until < p.last_day THEN u.until ELSE p.last_day END
        - CASE WHEN u.since > p.first_day THEN u.since ELSE p.first_day END + 1)"""
    return f"""{grouped}, shared AS ({exact}
        UNION ALL SELECT u.actor, u.topic, {", ".join(f"u.{name}" for name in names)}, p.number, {days} * {dialects.fraction(dialect)} / (u.until - u.since + 1)
        FROM grouped u JOIN p ON p.first_day <= u.until AND p.last_day >= u.since WHERE u.since IS NOT NULL)"""


def _left(filters: SeriesFilter, units: Units) -> str:
    """What was left out; of dates, those that were not to be spread, or that begin before the range."""
    return stances.left(units.reasons, None if filters.inexact is Inexact.SPREAD else "u.since IS NOT NULL")

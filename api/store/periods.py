"""Periods of the calendar: the days, weeks, months, quarters or years that a count is divided by.

Days are numbered from 0001-01-01, which is day 0, so that a division never meets a negative number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from api.store import dialects
from schemas.counting import Interval
from schemas.dates import CALENDAR_START, DAY, Span

_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
LAST_DAY = (date.max - date.min).days


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its number among those of its kind, its name, and its first and last day by number."""

    number: int
    name: str
    first: int
    last: int


def day_of(instant: int) -> int:
    """The number of the day that an instant (microseconds since 1970) lies in."""
    return (instant - CALENDAR_START) // DAY


def name_of(day: int) -> str:
    """A day by its number, as YYYY-MM-DD."""
    return (date.min + timedelta(days=day)).isoformat()


def shown(
    since: Span | None, until: Span | None, extent: Callable[[], tuple[int | None, int | None, int | None]], today: int
) -> tuple[int, int] | None:
    """The first and the last day of an account of time, by number; None where there is nothing to go by.

    It runs from the start of `since` to the end of `until`; where one is missing or open, from the first day of what is
    counted to its last, or today where something has an open end. `extent` tells the first, the last and the furthest.
    """
    first = day_of(since.earliest) if since and not since.open_start else None
    last = day_of(until.latest) if until and not until.open_end else None
    if first is None or last is None:
        low, high, furthest = extent()
        if low is None or high is None:
            return None if first is None and last is None else (first or last or 0, last or first or 0)
        first = low if first is None else first
        last = max(high, today if furthest == LAST_DAY else 0) if last is None else last
    return first, max(first, last)


def numbered(dialect: str, interval: Interval) -> str:
    """SQL of the number of the period that the day `{0}` lies in, as `Period.number` has it."""
    if interval is Interval.DAY:
        return "{0}"
    if interval is Interval.WEEK:
        return "({0} / 7)"
    month = dialects.month_of(dialect)
    quarter = f"({month} / 100 * 4 + ({month} % 100 - 1) / 3)"
    return {Interval.MONTH: month, Interval.QUARTER: quarter, Interval.YEAR: f"({month} / 100)"}[interval]


def of_number(interval: Interval, number: int) -> Period:
    """The period with this number."""
    if interval in (Interval.DAY, Interval.WEEK):
        day = number * (7 if interval is Interval.WEEK else 1)
    else:
        year, month = {
            Interval.MONTH: divmod(number, 100), Interval.QUARTER: (number // 4, number % 4 * 3 + 1), Interval.YEAR: (number, 1),
        }[interval]  # fmt: skip
        day = (date(year, month, 1) - date.min).days
    return next(between(interval, day, day))


def shown_as(period: Period) -> dict[str, str]:
    """The members that name a period in a row."""
    return {"period": period.name, "period_start": name_of(period.first), "period_end": name_of(period.last)}


def between(interval: Interval, first: int, last: int) -> Iterator[Period]:
    """The periods that days `first` to `last` fall in, in order, each whole.

    They are named 2025-03-13, 2025-W11 (ISO 8601: Monday to Sunday), 2025-03, 2025-Q1 and 2025.
    """
    start = _start(interval, date.min + timedelta(days=first))
    while (begin := (start - date.min).days) <= last:
        after = _after(interval, start)
        yield Period(
            _number(interval, start, begin),
            _name(interval, start),
            begin,
            LAST_DAY if after is None else (after - date.min).days - 1,
        )
        if after is None:
            return
        start = after


def _start(interval: Interval, day: date) -> date:
    if interval is Interval.DAY:
        return day
    if interval is Interval.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[interval]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _after(interval: Interval, start: date) -> date | None:
    """The start of the next period; None where the calendar ends."""
    try:
        if interval in _MONTHS:
            months = start.year * 12 + start.month - 1 + _MONTHS[interval]
            return date(months // 12, months % 12 + 1, 1)
        return start + timedelta(days=7 if interval is Interval.WEEK else 1)
    except (ValueError, OverflowError):
        return None


def _number(interval: Interval, start: date, day: int) -> int:
    """Days and weeks are counted from 0001-01-01, a Monday; a month is 202503, quarters and years are counted from the year 0."""
    if interval is Interval.MONTH:
        return start.year * 100 + start.month
    if interval is Interval.QUARTER:
        return start.year * 4 + (start.month - 1) // 3
    if interval is Interval.YEAR:
        return start.year
    return day // 7 if interval is Interval.WEEK else day


def _name(interval: Interval, start: date) -> str:
    if interval is Interval.YEAR:
        return f"{start.year:04}"
    if interval is Interval.MONTH:
        return f"{start.year:04}-{start.month:02}"
    if interval is Interval.QUARTER:
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    if interval is Interval.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    return start.isoformat()

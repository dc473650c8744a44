"""Dates of the world: from the text a person wrote to the earliest and latest instant it can mean.

The notation is EDTF (ISO 8601-2) levels 0 and 1, and from level 2 the set `[a,b]`, "one of these". The text is kept
as given and its bounds are derived from it, so that "in March", "on the 11th or the 12th" and "since 2022" can stand
in one ordered list and be filtered by one range.

Instants are integers: microseconds since 1970-01-01T00:00:00Z. Bounds are inclusive, a day lasts from 00:00:00 to its
last microsecond in UTC, and the calendar is the Gregorian one, carried back to the year 1. Everything refused raises
`DateProblem`. The length of a text is capped and no pattern can backtrack far, so the work is linear in the text.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

SECOND = 1_000_000
DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_Day: TypeAlias = tuple[int, int, int]  # year, month, day: the year may lie outside what `date` can hold

# The first and the last microsecond that can be stored; each also stands for an open end.
CALENDAR_START = (date.min.toordinal() - _EPOCH) * DAY
CALENDAR_END = (date.max.toordinal() + 1 - _EPOCH) * DAY - 1

# ASCII only: \d would also take the digits of other scripts.
_PLAIN = re.compile(r"[!-~]{1,100}")
_DATE = re.compile(
    r"""(-?)(?:
        ([0-9]{3}X|[0-9]{2}XX|[0-9]XXX)       # decade, century, millennium
      | ([0-9]{4})(?:
            -XX(?:-XX)?                       # a month not known bounds no less than its year
          | -(2[1-4])                         # season
          | -([0-9]{2})(?:-(?:XX|([0-9]{2})))?
        )?
    )[?~%]?""",
    re.VERBOSE,
)
_CLOCK = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
_DATE_TIME = re.compile(rf"(-?){_CLOCK}(Z|[+-][0-9]{{2}}(?::[0-9]{{2}})?)?")
_INSTANT = re.compile(rf"{_CLOCK}(?:\.([0-9]{{1,9}}))?(Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_FRACTION = re.compile(r"[Tt][0-9:]+\.")
_LOST_PLUS = re.compile(r"[Tt][0-9:.]+ [0-9]{2}")
_PERIOD = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)
_PERIOD_UNITS = (366 * DAY, 31 * DAY, 7 * DAY, DAY, 3600 * SECOND, 60 * SECOND, SECOND)

_OUTSIDE = "'{0}' is well-formed, but lies or reaches outside the years 0001 to 9999."
_OUTSIDE_HINT = "Only dates from 0001-01-01 to the end of 9999-12-31, in UTC, can be recorded, such as 2025-03-13."
_TIME_HINT = "Write hours, minutes and whole seconds, and the zone where known: 2025-03-11T14:00:00Z or …+03:00."
_INSTANT_HINT = "Write the date, the time with seconds, and Z or the offset from UTC: 2025-03-11T14:00:00Z or …+03:00."
_PERIOD_HINT = "Write whole numbers, of up to nine digits, with their units: P31D, P2W, P6M, P1Y, PT12H or P1DT12H."

# What people write instead of a date that can be read, most telling first: pattern, message, hint.
_FAULTS = (
    (
        r"(?=.*?\.\.)[-0-9X.?~%]+",
        "'{0}' uses '..' where it has no meaning: it stands alone, as the open end of an interval.",
        "Write 1985/.. for 'since 1985' and ../1985 for 'until 1985'.",
    ),
    (r"Y-?[1-9][0-9]{4,}", _OUTSIDE, _OUTSIDE_HINT),
    (
        r"Y?-?[0-9]+[ES][0-9S]+",
        "'{0}' writes a year with an exponent (E) or significant digits (S), which is not supported.",
        "Write 2025 for a year, 202X for a decade, 20XX for a century.",
    ),
    (
        r"(?=[^?~%]*[?~%])[-0-9X?~%]+",
        "'{0}' has ? ~ or % on a part of the date, or more than once, which is not supported.",
        "Put one mark at the end, for the whole date: 2025-03? uncertain, 2025-03~ approximate, 2025-03% both.",
    ),
    (
        r"(?=[^X]*X)[-0-9X]+[?~%]?",
        "'{0}' has an unspecified digit X in a place that is not supported.",
        "X stands for whole parts from the right, or for the last digits of a year: 2025-03-XX, 2025-XX, 202X, 19XX.",
    ),
    (r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt].*", "The time in '{0}' can't be read.", _TIME_HINT),
    (
        r"[0-9]{8}|[0-9]{1,4}[.-][0-9]{1,2}(?:[.-][0-9]{1,4})?",
        "'{0}' is not in the order year-month-day, with hyphens and two digits each for month and day.",
        "Write 2025-03-01 or 2025-03.",
    ),
    (
        r"-?[0-9]+",
        "'{0}' is not a year: a year has four digits.",
        "Write 2025; in an interval write out both dates: 2025-03-11/2025-03-13.",
    ),
    (
        r"\{.*",
        "'{0}' is a set of which all dates are meant ({{a,b}}), which is not supported.",
        "Record each date by itself, or write [2025-03-11,2025-03-12] for 'one of these'.",
    ),
    (
        r".*",
        "'{0}' is not a date.",
        "Write what is known: 2025-03-13, 2025-03, 2025, 2025-03~, 2025-03-11/2025-03-13 or 2022-02-24/..",
    ),
)


class Precision(StrEnum):
    """How much of the calendar a date leaves open: a written unit, or the form that has no one unit."""

    SECOND = "second"
    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    MILLENNIUM = "millennium"
    INTERVAL = "interval"
    ONE_OF = "one_of"


class DateProblem(ValueError):
    """A date that can't be taken: `message` says what is wrong with it, `hint` what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


@dataclass(frozen=True, slots=True)
class Span:
    """A date as given and what it can mean: every instant from `earliest` to `latest`, in microseconds, inclusive.

    An open end has the calendar's end as its bound; only `open_start` and `open_end` tell it from a written one.
    """

    text: str
    earliest: int
    latest: int
    precision: Precision
    open_start: bool = False
    open_end: bool = False

    @property
    def date_earliest(self) -> str | None:
        """The first day (UTC) as YYYY-MM-DD, or None where the start is open."""
        return None if self.open_start else day_of(self.earliest)

    @property
    def date_latest(self) -> str | None:
        """The last day (UTC) as YYYY-MM-DD, or None where the end is open."""
        return None if self.open_end else day_of(self.latest)


@lru_cache(maxsize=4096)  # many records have the same date
def parse(text: str) -> Span:
    """Read the date of a record: a date, a date-time in whole seconds, an interval `a/b` or a set `[a,b]`.

    A date-time without a zone bounds its whole written day: without the zone, the time places nothing within it. The
    marks ? ~ % are kept in the text and widen nothing. Seasons are those of the northern half: 21 is
    March to May, and winter, 24, runs from December of its year into February of the next.

    Raises DateProblem for everything else, also for what is well-formed but outside the calendar.
    """
    _check_characters(text)
    if text[0] == "[":
        return _one_of(text)
    if text[0] != "{" and "/" in text:
        return _interval(text)
    return _date_time(text) if "T" in text else _date(text)


@lru_cache(maxsize=4096)
def parse_bound(text: str) -> Span:
    """Read the bound of a range filter: all that `parse` takes, RFC 3339 instants, and 13-digit epoch milliseconds.

    Milliseconds, and an instant written with a fraction of a second, are exact: earliest equals latest. An instant in
    whole seconds bounds its second, as in a record. Raises DateProblem; a '+' that a query string turned into a space
    is not repaired, because a guess here would shift the range.
    """
    _check_characters(text)
    if re.fullmatch(r"[0-9]{9,}", text):
        if len(text) != 13:
            message = f"'{text}' has {len(text)} digits; a number is taken as milliseconds since 1970, in 13 digits."
            raise DateProblem(message, "Write 1741701600000, or better the date: 2025-03-11T14:00:00Z.")
        return _exact(text, int(text) * 1000)
    if _FRACTION.search(text):
        return _exact(text, parse_instant(text))
    if _INSTANT.fullmatch(text.upper()):
        return replace(parse(text.upper()), text=text)
    return parse(text)


@lru_cache(maxsize=4096)  # whoever gathers notes one instant for many records
def parse_instant(text: str) -> int:
    """Microseconds of an RFC 3339 instant; t and z may be lower case, digits beyond microseconds are cut off.

    Raises DateProblem for anything else: seconds and zone are mandatory, a fraction has one to nine digits.
    """
    _check_characters(text)
    match = _INSTANT.fullmatch(text.upper())
    if match is None:
        raise DateProblem(f"'{text}' is not an instant with seconds and a zone.", _INSTANT_HINT)
    *clock, fraction, zone = match.groups()
    day, second = _clock(text, "", clock)
    return _to_utc(text, day, second, zone) + int((fraction or "")[:6].ljust(6, "0"))


def parse_period(text: str) -> int:
    """Microseconds of an ISO 8601 duration in whole numbers: P31D, P2W, P1Y6M, PT12H.

    A month counts 31 days and a year 366, the longest they can be: the period is the limit beyond which dates are too
    vague, and a limit of one month must let every month pass. Raises DateProblem for anything else, for a period of
    no length and for one longer than the calendar.
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise DateProblem(f"{text[:40]!a} is not a period of time.", _PERIOD_HINT)
    length = sum(int(number) * unit for number, unit in zip(match.groups("0"), _PERIOD_UNITS, strict=True))
    if length == 0:
        raise DateProblem(f"'{text}' is a period of no length, which no date fits.", _PERIOD_HINT)
    if length > CALENDAR_END - CALENDAR_START:
        raise DateProblem(f"'{text}' is longer than the whole calendar, the years 0001 to 9999.", _PERIOD_HINT)
    return length


@lru_cache(maxsize=4096)
def format_instant(us: int) -> str:
    """Microseconds as `YYYY-MM-DDThh:mm:ss[.ffffff]Z`. Raises ValueError outside the calendar, where no stored instant can be."""
    if not CALENDAR_START <= us <= CALENDAR_END:
        raise ValueError(f"{us} microseconds is outside the years 0001 to 9999")
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).isoformat().replace("+00:00", "Z")


def _interval(text: str) -> Span:
    ends = text.split("/")
    if len(ends) != 2:
        message = f"'{text}' has {len(ends) - 1} slashes: one slash separates the start of an interval from its end."
        raise DateProblem(message, "Write 2025-03-11/2025-03-13; within a date stand hyphens: 2025-03-11.")
    start, end = (None if end in ("", "..") else _member(end, "an interval") for end in ends)
    if start is None and end is None:
        message = f"'{text}' is open at both ends, so it says nothing about when."
        raise DateProblem(message, "Give at least one end: 2025-03-11/.. or ../2025-03-11.")
    # Comparing first instants lets 2004-06/2004-06-11 pass, which begins in its vague start, and refuses the reverse.
    if start and end and end.earliest < start.earliest:
        message = f"The interval's end '{end.text}' begins before its start '{start.text}'."
        raise DateProblem(message, "Write the earlier date first: 2025-03-11/2025-03-13.")
    earliest = start.earliest if start else CALENDAR_START
    latest = end.latest if end else CALENDAR_END
    return Span(text, earliest, latest, Precision.INTERVAL, open_start=start is None, open_end=end is None)


def _one_of(text: str) -> Span:
    hint = "Write two or more dates between the brackets, with commas and no spaces: [2025-03-11,2025-03-13]."
    if text[-1] != "]":
        raise DateProblem(f"'{text}' begins with '[' but does not end with ']'.", hint)
    members = text[1:-1].split(",")
    for member in members:
        if ".." in member or "/" in member:
            raise DateProblem(f"'{member}' is a range inside a set, which is not supported.", hint)
    if len(members) < 2 or "" in members:
        raise DateProblem(f"'{text}' does not have a date on each side of a comma.", hint)
    spans = [_member(member, "a set") for member in members]
    return Span(text, min(s.earliest for s in spans), max(s.latest for s in spans), Precision.ONE_OF)


def _member(text: str, where: str) -> Span:
    """A date within an interval or a set, neither of which takes a time of day."""
    if re.match(r"[-0-9]+T", text):
        raise DateProblem(f"'{text}' has a time, but {where} is made of dates.", "Write the day alone: 2025-03-11.")
    return _date(text)


def _date(text: str) -> Span:
    match = _DATE.fullmatch(text)
    if match is None:
        raise _fault(text)
    sign, masked, written, season, month_text, day_text = match.groups()
    if masked:
        first, last = (_year(text, sign, masked.replace("X", digit)) for digit in "09")
        precision = (Precision.DECADE, Precision.CENTURY, Precision.MILLENNIUM)[masked.count("X") - 1]
        return _days(text, (first, 1, 1), (last, 12, 31), precision)
    year = _year(text, sign, written)
    if season:
        start = 3 * (int(season) - 20)
        end_year, end = (year, start + 2) if start < 12 else (year + 1, 2)
        return _days(text, (year, start, 1), (end_year, end, monthrange(end_year, end)[1]), Precision.SEASON)
    if month_text is None:
        return _days(text, (year, 1, 1), (year, 12, 31), Precision.YEAR)
    month, day = int(month_text), int(day_text or 1)
    length = _check_day(text, year, month, day)
    if day_text is None:
        return _days(text, (year, month, 1), (year, month, length), Precision.MONTH)
    return _days(text, (year, month, day), (year, month, day), Precision.DAY)


def _date_time(text: str) -> Span:
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise _fault(text)
    sign, *clock, zone = match.groups()
    day, second = _clock(text, sign, clock)
    if zone is None:
        return _days(text, day, day, Precision.DAY)
    earliest = _to_utc(text, day, second, zone)
    return Span(text, earliest, earliest + SECOND - 1, Precision.SECOND)


def _clock(text: str, sign: str, digits: list[str]) -> tuple[_Day, int]:
    """The day and the second of that day, both as written, from the six numbers of a date-time."""
    year = _year(text, sign, digits[0])
    month, day, hour, minute, second = (int(number) for number in digits[1:])
    _check_day(text, year, month, day)
    if hour > 23:
        raise DateProblem(f"'{text}' has the hour {hour:02}; hours run from 00 to 23.", "Midnight is T00:00:00.")
    if minute > 59 or second > 59:
        what = f"the minute {minute:02}" if minute > 59 else f"the second {second:02}"
        raise DateProblem(f"'{text}' has {what}; minutes and seconds run from 00 to 59.", _TIME_HINT)
    return (year, month, day), 3600 * hour + 60 * minute + second


def _to_utc(text: str, day: _Day, second: int, zone: str) -> int:
    """Microseconds of a second of a day in a zone: Z, ±hh or ±hh:mm."""
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[4:] or 0))
    if hours > 23 or minutes > 59:
        raise DateProblem(f"'{text}' has the offset {zone}; offsets end at 23:59.", "Write +03:00 for Moscow.")
    offset = 3600 * hours + 60 * minutes
    us = _days(text, day, day, Precision.DAY).earliest
    us += (second + offset if zone[0] == "-" else second - offset) * SECOND
    if not CALENDAR_START <= us <= CALENDAR_END:
        raise DateProblem(_OUTSIDE.format(text), _OUTSIDE_HINT)
    return us


def _days(text: str, first: _Day, last: _Day, precision: Precision) -> Span:
    """The span of whole days from `first` to `last`; here, at last, the years must be those of the calendar."""
    if first[0] < date.min.year or last[0] > date.max.year:
        raise DateProblem(_OUTSIDE.format(text), _OUTSIDE_HINT)
    earliest = (date(*first).toordinal() - _EPOCH) * DAY
    latest = (date(*last).toordinal() - _EPOCH) * DAY + DAY - 1
    return Span(text, earliest, latest, precision)


def _exact(text: str, us: int) -> Span:
    return Span(text, us, us, Precision.SECOND)


def _year(text: str, sign: str, digits: str) -> int:
    if sign and digits == "0000":
        raise DateProblem(f"'{text}' has the year -0000, which does not exist.", _OUTSIDE_HINT)
    return -int(digits) if sign else int(digits)


def _check_day(text: str, year: int, month: int, day: int) -> int:
    """The number of days in the month; raises where the month or the day does not exist."""
    if not 1 <= month <= 12:
        message = f"'{text}' has {month:02} for a month: only 01 to 12, and the seasons 21 to 24 alone, are supported."
        raise DateProblem(message, "Write 2025-03 for March; 2025-21 for spring, 22 summer, 23 autumn, 24 winter.")
    length = monthrange(year, month)[1]
    if not 1 <= day <= length:
        message = f"'{text}' has the day {day:02}, which does not exist: that month has the days 01 to {length}."
        raise DateProblem(message, "Where the day is not known, write the month alone: 2025-02.")
    return length


def day_of(us: int) -> str:
    """The day (UTC) of an instant in microseconds, as YYYY-MM-DD."""
    return date.fromordinal(us // DAY + _EPOCH).isoformat()


def _fault(text: str) -> DateProblem:
    """The most telling account of why no pattern took the text."""
    message, hint = next((message, hint) for pattern, message, hint in _FAULTS if re.fullmatch(pattern, text))
    return DateProblem(message.format(text), hint)


def _check_characters(text: str) -> None:
    """Refuse what no date has, before anything reads or quotes the text; a text that passes is safe to show."""
    if _PLAIN.fullmatch(text):
        return
    if not text:
        raise DateProblem("The date is empty.", "Write a date such as 2025-03-13.")
    if len(text) > 100:
        message = f"The date is {len(text)} characters long; 100 is the most."
        raise DateProblem(message, "Write a date such as 2025-03-13, and words about it in the summary.")
    position, character = next((n, c) for n, c in enumerate(text, 1) if not "!" <= c <= "~")
    # A lone surrogate or a direction mark must not reach the answer as it is.
    shown = character if character.isprintable() else ascii(character)[1:-1]
    if character.isspace():
        hint = "Dates have no spaces: 2025-03-13, or [2025-03-11,2025-03-13]."
        if _LOST_PLUS.search(text):
            hint = "In an address a plus sign must be written %2B: 2025-03-11T14:00:00%2B03:00."
        raise DateProblem(f"There is a space or line break at character {position}.", hint)
    hint = "Only the digits 0-9, plain hyphens and the signs of EDTF are taken: 2025-03-13."
    raise DateProblem(f"There is '{shown}' at character {position}, which no date has.", hint)

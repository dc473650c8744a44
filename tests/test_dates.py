"""Dates: what is taken, what it bounds, and what is said of the rest."""

from datetime import date

import pytest

from schemas.dates import (
    CALENDAR_END,
    CALENDAR_START,
    DAY,
    Precision,
    Span,
    parse,
    parse_bound,
)
from tests.instants import SECOND, us


def test_the_calendar() -> None:
    assert us(1, 1, 1) == CALENDAR_START
    assert us(9999, 12, 31, 23, 59, 59, 999_999) == CALENDAR_END
    assert us(1970, 1, 2) == DAY


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2025-03-13", "2025-03-13", "2025-03-13", "day"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "day"),
        ("0001-01-01", "0001-01-01", "0001-01-01", "day"),
        ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
        ("1969-12-31", "1969-12-31", "1969-12-31", "day"),
        ("2025-03", "2025-03-01", "2025-03-31", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("1900-02", "1900-02-01", "1900-02-28", "month"),
        ("2025-12", "2025-12-01", "2025-12-31", "month"),
        ("2025", "2025-01-01", "2025-12-31", "year"),
        ("2025-03-13?", "2025-03-13", "2025-03-13", "day"),
        ("2025-03~", "2025-03-01", "2025-03-31", "month"),
        ("2025%", "2025-01-01", "2025-12-31", "year"),
        ("2025-03-XX", "2025-03-01", "2025-03-31", "month"),
        ("2025-03-XX~", "2025-03-01", "2025-03-31", "month"),
        ("2025-XX", "2025-01-01", "2025-12-31", "year"),
        ("2025-XX-XX", "2025-01-01", "2025-12-31", "year"),
        ("202X", "2020-01-01", "2029-12-31", "decade"),
        ("999X", "9990-01-01", "9999-12-31", "decade"),
        ("19XX?", "1900-01-01", "1999-12-31", "century"),
        ("1XXX", "1000-01-01", "1999-12-31", "millennium"),
        ("2025-21", "2025-03-01", "2025-05-31", "season"),
        ("2025-22~", "2025-06-01", "2025-08-31", "season"),
        ("2025-23", "2025-09-01", "2025-11-30", "season"),
        ("2022-24", "2022-12-01", "2023-02-28", "season"),
        ("2023-24", "2023-12-01", "2024-02-29", "season"),
        ("2025-03-11T23:30:00", "2025-03-11", "2025-03-11", "day"),
        ("2025-03-11/2025-03-13", "2025-03-11", "2025-03-13", "interval"),
        ("2025-03/2025-03-13", "2025-03-01", "2025-03-13", "interval"),
        ("2025-03-01/2025-03", "2025-03-01", "2025-03-31", "interval"),
        ("2025/2025", "2025-01-01", "2025-12-31", "interval"),
        ("2024-23/2024-24", "2024-09-01", "2025-02-28", "interval"),
        ("202X/2022-XX", "2020-01-01", "2022-12-31", "interval"),
        ("2022-02-24/..", "2022-02-24", None, "interval"),
        ("2022-02-24~/", "2022-02-24", None, "interval"),
        ("../2025-05", None, "2025-05-31", "interval"),
        ("/2025", None, "2025-12-31", "interval"),
        ("[2025-03-11,2025-03-13]", "2025-03-11", "2025-03-13", "one_of"),
        ("[2025-03-13,2024,2025-02]", "2024-01-01", "2025-03-13", "one_of"),
        ("[202X,2030-21?]", "2020-01-01", "2030-05-31", "one_of"),
    ],
)
def test_whole_days(text: str, first: str | None, last: str | None, precision: str) -> None:
    span = parse(text)
    assert (span.text, span.date_earliest, span.date_latest, span.precision) == (text, first, last, precision)
    assert (span.open_start, span.open_end) == (first is None, last is None)
    assert span.earliest == (us(*date.fromisoformat(first).timetuple()[:3]) if first else CALENDAR_START)
    assert span.latest == (us(*date.fromisoformat(last).timetuple()[:3]) + DAY - 1 if last else CALENDAR_END)
    assert parse_bound(text) == span


@pytest.mark.parametrize(
    ("text", "earliest"),
    [
        ("2025-03-11T14:00:00Z", us(2025, 3, 11, 14)),
        ("2025-03-11T14:00:00+03:00", us(2025, 3, 11, 11)),
        ("2025-03-11T00:30:00+05:45", us(2025, 3, 10, 18, 45)),
        ("2024-12-31T22:00:01-04", us(2025, 1, 1, 2, 0, 1)),
        ("2025-03-11T23:59:59-03:30", us(2025, 3, 12, 3, 29, 59)),
        ("0001-01-01T00:00:00Z", CALENDAR_START),
        ("9999-12-31T23:59:59Z", CALENDAR_END - SECOND + 1),
    ],
)
def test_whole_seconds(text: str, earliest: int) -> None:
    span = parse(text)
    assert span == Span(text, earliest, earliest + SECOND - 1, Precision.SECOND, open_start=False, open_end=False)
    assert parse_bound(text) == span


def test_the_ends_of_the_calendar_are_not_open_ends() -> None:
    assert parse("0001").date_earliest == "0001-01-01"
    assert parse("9999").date_latest == "9999-12-31"
    assert parse("0001").earliest == parse("../2025").earliest
    assert parse("9999").latest == parse("2025/..").latest

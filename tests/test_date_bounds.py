"""Bounds of filters, instants and periods."""

import pytest

from schemas.dates import (
    CALENDAR_END,
    CALENDAR_START,
    DAY,
    Precision,
    Span,
    format_instant,
    parse,
    parse_bound,
    parse_instant,
    parse_period,
)
from tests.instants import OUTSIDE, SECOND, problem, us


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-11T14:00:00.123Z", us(2025, 3, 11, 14, 0, 0, 123_000)),
        ("2025-03-11t14:00:00.5z", us(2025, 3, 11, 14, 0, 0, 500_000)),
        ("2025-03-11T14:00:00.000+03:00", us(2025, 3, 11, 11)),
        ("2025-03-11T14:00:00.123456789-00:30", us(2025, 3, 11, 14, 30, 0, 123_456)),
        ("9999-12-31T23:59:59.999999999Z", CALENDAR_END),
        ("1741701600123", 1_741_701_600_123_000),
        ("0000000000000", 0),
    ],
)
def test_an_exact_instant_bounds_itself(text: str, instant: int) -> None:
    assert parse_bound(text) == Span(text, instant, instant, Precision.SECOND)
    problem(text)


def test_an_instant_in_whole_seconds_bounds_its_second_in_either_case() -> None:
    text = "2025-03-11t14:00:00z"
    assert parse_bound(text) == Span(text, us(2025, 3, 11, 14), us(2025, 3, 11, 14) + SECOND - 1, Precision.SECOND)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1741701600", "10 digits"),
        ("17417016001234", "14 digits"),
        ("-1741701600000", "a year has four digits"),
        ("2025-03-11T14:00:00.5", "not an instant"),
        ("2025-03-11T14:00:00.5+03", "not an instant"),
        ("2025-03-11t14:00:00", "The time in"),
        ("2025-03-11T14:00:00.Z", "not an instant"),
        ("2025-03-11T14:00:00.1234567890Z", "not an instant"),
        ("2025-02-30T14:00:00.5Z", "the day 30"),
        ("../..", "open at both ends"),
        ("2025-03-11T14:00:00.5Z/2026", "not an instant"),
    ],
)
def test_bounds_refused(text: str, words: str) -> None:
    assert words in problem(text, parse_bound).message


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2025-03-11T14:00:00+03:00", us(2025, 3, 11, 11)),
        ("2025-03-11T14:00:00-04:30", us(2025, 3, 11, 18, 30)),
        ("2025-03-11t14:00:00z", us(2025, 3, 11, 14)),
        ("2025-03-11T14:00:00.1Z", us(2025, 3, 11, 14, 0, 0, 100_000)),
        ("2025-03-11T14:00:00.000001Z", us(2025, 3, 11, 14, 0, 0, 1)),
        ("2025-03-11T14:00:00.000000999Z", us(2025, 3, 11, 14)),
        ("0001-01-01T00:00:00Z", CALENDAR_START),
        ("9999-12-31T23:59:59.999999Z", CALENDAR_END),
    ],
)
def test_instants(text: str, instant: int) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025-03-11", "not an instant"),
        ("2025-03-11T14:00:00", "not an instant"),
        ("2025-03-11T14:00Z", "not an instant"),
        ("2025-03-11T14:00:00+03", "not an instant"),
        ("2025-03-11T14:00:00+0300", "not an instant"),
        ("2025-03-11T14:00:00,5Z", "not an instant"),
        ("2025-03-11T14:00:00.Z", "not an instant"),
        ("-2025-03-11T14:00:00Z", "not an instant"),
        ("1741701600000", "not an instant"),
        ("2025-03-11 14:00:00Z", "space"),
        ("2025-03-11T14:00:00Z\n", "line break"),
        ("2025-03-11T14:00:0٠Z", "'٠'"),
        ("2025-03-11T24:00:00Z", "the hour 24"),
        ("2016-12-31T23:59:60Z", "the second 60"),
        ("2023-02-29T00:00:00Z", "the day 29"),
        ("2023-13-01T00:00:00Z", "13 for a month"),
        ("2025-03-11T14:00:00+03:75", "the offset +03:75"),
        ("0000-12-31T23:59:59Z", OUTSIDE),
        ("0001-01-01T00:59:59.999999+01:00", OUTSIDE),
        ("9999-12-31T23:59:59.5-00:01", OUTSIDE),
    ],
)
def test_instants_refused(text: str, words: str) -> None:
    assert words in problem(text, parse_instant).message


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P31D", 31 * DAY),
        ("P2W", 14 * DAY),
        ("P6M", 186 * DAY),
        ("P1Y", 366 * DAY),
        ("PT12H", DAY // 2),
        ("PT5M", 300 * SECOND),
        ("PT1S", SECOND),
        ("P1M", 31 * DAY),
        ("P1Y2M1W3DT4H5M6S", (366 + 62 + 7 + 3) * DAY + (4 * 3600 + 5 * 60 + 6) * SECOND),
        ("P0Y1D", DAY),
        ("P999Y", 999 * 366 * DAY),
    ],
)
def test_periods(text: str, length: int) -> None:
    assert parse_period(text) == length


@pytest.mark.parametrize("text", ["2025-02", "2024-12", "2024", "2025", "2025-03-13", "2025-03-11T14:00:00Z"])
def test_every_unit_fits_its_period(text: str) -> None:
    span = parse(text)
    period = {"second": "PT1S", "day": "P1D", "month": "P1M", "year": "P1Y"}[span.precision]
    assert span.latest - span.earliest < parse_period(period)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((text, "not a period") for text in ("", "P", "PT", "P1DT", "31D", "-P1D", "P-1D", "+P1D", "p1d", "P1.5D")),
        *((text, "not a period") for text in ("P1", "P1D1M", "P1H", "PT1D", "P 1D", "P1D ", "P1D\n", "P٣D", "\ud800")),
        ("P1234567890D", "not a period"),
        ("P0D", "no length"),
        ("PT0S", "no length"),
        ("P999999999Y", "longer than the whole calendar"),
        ("P3652060D", "longer than the whole calendar"),
    ],
)
def test_periods_refused(text: str, words: str) -> None:
    refusal = problem(text, parse_period)
    assert words in refusal.message
    assert "P31D" in refusal.hint
    str(refusal).encode("utf-8")


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (us(2025, 3, 11, 14, 0, 0, 500_000), "2025-03-11T14:00:00.500000Z"),
        (CALENDAR_START, "0001-01-01T00:00:00Z"),
        (CALENDAR_END, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_format_instant(instant: int, text: str) -> None:
    assert format_instant(instant) == text


@pytest.mark.parametrize("instant", [CALENDAR_START - 1, CALENDAR_END + 1, 10**30])
def test_format_instant_outside_the_calendar(instant: int) -> None:
    with pytest.raises(ValueError, match=OUTSIDE):
        format_instant(instant)

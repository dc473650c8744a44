"""Dates: what is taken, what it bounds, and what is said of the rest.

The published EDTF vectors are read from ../shared where they are present; the cases written out here stand without.
"""

import json
import pickle
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.dates import (
    CALENDAR_END,
    CALENDAR_START,
    DAY,
    DateProblem,
    Precision,
    Span,
    format_instant,
    parse,
    parse_bound,
    parse_instant,
    parse_period,
)

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "edtf" / "vectors.json"
OUTSIDE = "outside the years 0001 to 9999"
SECOND = 1_000_000


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> int:
    """An instant by another road than the module's: the difference of two aware datetimes."""
    instant = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def problem(text: str, reader: Callable[[str], Any] = parse) -> DateProblem:
    with pytest.raises(DateProblem) as caught:
        reader(text)
    return caught.value


# --- the published vectors -------------------------------------------------------------------------------------------

BOTH_OPEN = {"/..", "../", "../.."}

# Rows of the published bounds where we differ on purpose: what we answer instead, days or the words of the refusal.
DIFFERENCES: dict[str, tuple[str | None, str | None] | str] = {
    # An open end stays open: no ten years are made up, and infinity is told by absence.
    "/2006": (None, "2006-12-31"),
    "2004-06-01/": ("2004-06-01", None),
    "1984-06-02?/": ("1984-06-02", None),
    "../2006": (None, "2006-12-31"),
    "2004-01-01/..": ("2004-01-01", None),
    # A winter is not over on New Year's Eve.
    "2010-24": ("2010-12-01", "2011-02-28"),
    # Before the year 1 and after the year 9999.
    "-0999": OUTSIDE,
    "0000": OUTSIDE,
    "-2005/-1999-02": OUTSIDE,
    "-01XX": OUTSIDE,
    "-0275~": OUTSIDE,
    "-0001~": OUTSIDE,
    "0000~": OUTSIDE,
    "-01XX~": OUTSIDE,
    "Y170000002": OUTSIDE,
    "Y-170000002": OUTSIDE,
    # Level 2: marks on parts of a date.
    "2004?-06-11": "on a part of the date",
    "2004-06~-11": "on a part of the date",
    "2004-06-~11": "on a part of the date",
    "2004-%06": "on a part of the date",
    "2004-?06-?11": "on a part of the date",
    "2004?-06-~11": "on a part of the date",
    "?2004-%06": "on a part of the date",
    "2004?-%06": "on a part of the date",
    "2004?-~06-~04": "on a part of the date",
    "2011-~06-~04": "on a part of the date",
    "2004-06-~01/2004-06-~20": "on a part of the date",
    # Level 2: unspecified digits with something known to their right.
    "156X-12-25": "unspecified digit X",
    "15XX-12-25": "unspecified digit X",
    "1560-XX-25": "unspecified digit X",
    "15XX-12-XX": "unspecified digit X",
    "XXXX-XX-23": "unspecified digit X",
    # Level 2: ranges in sets, and spaces, which the standard has not either.
    "[..1760-12-03]": "range inside a set",
    "[1760-12..]": "range inside a set",
    "[1667, 1668, 1670..1672]": "space",
    "[1760-01, 1760-02, 1760-12..]": "space",
    "[1667, 1760-12]": "space",
    "{1667,1668, 1670..1672}": "space",
    "{1960, 1961-12}": "space",
    # Level 2: years in other notations, and seasons beyond 24.
    "Y17E7": "exponent",
    "Y-17E7": "exponent",
    "Y17101E4S3": "exponent",
    "Y3388E2S3": "exponent",
    "1950S2": "significant digits",
    "1953S2": "significant digits",
    "1953S3": "significant digits",
    "Y171010000S3": "significant digits",
    "2001-29": "seasons 21 to 24",
    "2001-34": "seasons 21 to 24",
}


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    if not VECTORS.exists():
        pytest.skip(f"the published EDTF vectors are not at {VECTORS}")
    content: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return content


def answer(text: str) -> tuple[str | None, str | None] | str:
    try:
        span = parse(text)
    except DateProblem as refusal:
        return refusal.message
    return span.date_earliest, span.date_latest


def test_the_published_valid_strings_of_levels_0_and_1(vectors: dict[str, Any]) -> None:
    lists = ("level_0", "level_0_intervals", "level_1", "level_1_intervals")
    texts = {text for name in lists for text in vectors["valid"][name]}
    assert len(texts) > 80
    assert texts >= BOTH_OPEN
    outside = {text for text in texts if re.search(r"(?:^|/)(?:-|Y|0000)", text)}
    assert len(outside) > 20
    for text in texts - outside - BOTH_OPEN:
        assert parse(text).text == text
    for text in outside:
        assert OUTSIDE in problem(text).message, text
    for text in BOTH_OPEN:
        assert "open at both ends" in problem(text).message


def test_the_published_invalid_strings_are_refused(vectors: dict[str, Any]) -> None:
    texts = [text for name in ("dates", "intervals") for text in vectors["invalid_sample"][name]]
    assert len(texts) > 20
    for text in texts:
        problem(text)
        problem(text, parse_bound)


def test_the_published_level_2_strings_are_refused(vectors: dict[str, Any]) -> None:
    # A season with a mark is on the list of level 2, yet an interval of level 1 has one too (1952-23~/1953).
    assert parse("2011-23~").precision is Precision.SEASON
    for text in set(vectors["valid"]["level_2"]) - {"2011-23~"}:
        assert re.search("supported|outside", problem(text).message), text


def test_the_published_bounds(vectors: dict[str, Any]) -> None:
    rows: list[tuple[str, list[str]]] = vectors["bounds"]
    assert {text for text, _ in rows} >= set(DIFFERENCES), "a listed difference is no longer in the vectors"
    for text, values in rows:
        # One or three values: one strict day (and its two fuzzy ones); two or four: the strict pair comes first.
        strict = (values[0], values[1] if len(values) % 2 == 0 else values[0])
        ours = answer(text)
        if text not in DIFFERENCES:
            assert ours == strict, text
            continue
        assert ours != strict, f"{text} is listed as a difference and is none"
        expected = DIFFERENCES[text]
        if isinstance(expected, str):
            assert isinstance(ours, str), text
            assert expected in ours, text
        else:
            assert ours == expected, text


# --- what a date bounds ----------------------------------------------------------------------------------------------


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


# --- what is refused, and in what words ------------------------------------------------------------------------------

REFUSED = [
    ("", "empty"),
    ("2" * 101, "101 characters long"),
    ("2025-03-13 ", "space or line break at character 11"),
    ("2025-03-13\n", "space or line break at character 11"),
    ("2025 /2026", "space or line break at character 5"),
    ("[2025,\u00a02026]", "space or line break at character 7"),
    ("٢٠٢٥", "'٢' at character 1"),
    ("\uff12\uff10\uff12\uff15", "'\uff12' at character 1"),
    ("2025–03–13", "'–' at character 5"),
    ("2025-03-1²", "'²' at character 10"),
    ("2025-\ud800", r"'\ud800' at character 6"),
    ("\u202e2025", r"'\u202e' at character 1"),
    ("2025\x00", r"'\x00' at character 5"),
    ("March", "'March' is not a date"),
    ("OCTOBER/2025", "'OCTOBER' is not a date"),
    ("13.03.2025", "not in the order year-month-day"),
    ("2025-3-13", "not in the order year-month-day"),
    ("20250313", "not in the order year-month-day"),
    ("025", "a year has four digits"),
    ("20255", "a year has four digits"),
    ("2025-03-11/13", "'13' is not a year"),
    ("2023-02-30", "the day 30, which does not exist: that month has the days 01 to 28"),
    ("1900-02-29", "the days 01 to 28"),
    ("2025-04-31", "the days 01 to 30"),
    ("2025-04-00", "the day 00"),
    ("2025-13", "13 for a month"),
    ("2025-00-01", "00 for a month"),
    ("2025-20", "20 for a month"),
    ("2025-25", "seasons 21 to 24 alone, are supported"),
    ("2025-41", "41 for a month"),
    ("2025-21-03", "21 for a month"),
    ("2025-21-XX", "21 for a month"),
    ("2025-02-30T10:00:00Z", "the day 30"),
    ("2025-03-11T24:00:00Z", "the hour 24"),
    ("2025-03-11T24:00:00", "the hour 24"),
    ("2025-03-11T14:60:00Z", "the minute 60"),
    ("2016-12-31T23:59:60Z", "the second 60"),
    ("2025-03-11T14:00:00+24:00", "the offset +24:00"),
    ("2025-03-11T14:00:00-03:60", "the offset -03:60"),
    ("2025-03-11T14:00Z", "The time in '2025-03-11T14:00Z'"),
    ("2025-03-11T14:00:00.5Z", "The time in"),
    ("2025-03-11T14:00:00+0300", "The time in"),
    ("2025-03-11t14:00:00z", "The time in"),
    ("2025-03-11T14:00:00Z?", "The time in"),
    ("2025-03T14:00:00Z", "is not a date"),
    ("1741701600000", "a year has four digits"),
    ("0000", OUTSIDE),
    ("0000-02-29", OUTSIDE),
    ("-2004-06-11%", OUTSIDE),
    ("-20XX", OUTSIDE),
    ("000X", OUTSIDE),
    ("Y170000002", OUTSIDE),
    ("9999-24", OUTSIDE),
    ("0000-12-31T23:00:00Z", OUTSIDE),
    ("0001-01-01T00:00:00+00:01", OUTSIDE),
    ("9999-12-31T23:59:59-01", OUTSIDE),
    ("2025/Y10000", OUTSIDE),
    ("[-0044-03-15,2025]", OUTSIDE),
    ("-2003-02-29", "the days 01 to 28"),
    ("-0000", "the year -0000, which does not exist"),
    ("2025?~", "or more than once"),
    ("?2025", "on a part of the date"),
    ("2025?-03", "on a part of the date"),
    ("202X-03", "unspecified digit X"),
    ("202X-XX", "unspecified digit X"),
    ("2025-XX-13", "unspecified digit X"),
    ("2025-0X", "unspecified digit X"),
    ("2025-03-1X", "unspecified digit X"),
    ("XXXX", "unspecified digit X"),
    ("2X25", "unspecified digit X"),
    ("Y2025E3", "exponent"),
    ("1950S2", "significant digits"),
    ("{2025,2026}", "all dates are meant"),
    ("{2025/2026}", "all dates are meant"),
    ("1985..", "'..' where it has no meaning"),
    ("..", "'..' where it has no meaning"),
    ("/", "open at both ends"),
    ("/..", "open at both ends"),
    ("../", "open at both ends"),
    ("../..", "open at both ends"),
    ("2025/03/13", "2 slashes"),
    ("2025-03-13/2025-03-11", "end '2025-03-11' begins before its start '2025-03-13'"),
    ("2012-23/2012-22", "begins before its start"),
    ("2004-06-11%/2004-06~", "begins before its start"),
    ("2025-03-11T14:00:00Z/2025-03-12", "'2025-03-11T14:00:00Z' has a time, but an interval"),
    ("2025-03-11/2025-03-12T14:00:00", "has a time, but an interval"),
    ("2025/[2026,2027]", "'[2026,2027]' is not a date"),
    ("[2025,2026", "does not end with ']'"),
    ("[", "does not end with ']'"),
    ("[2025,2026]?", "does not end with ']'"),
    ("[]", "on each side of a comma"),
    ("[2025]", "on each side of a comma"),
    ("[2025,]", "on each side of a comma"),
    ("[2025,,2026]", "on each side of a comma"),
    ("[2025,2027..2029]", "'2027..2029' is a range inside a set"),
    ("[..2025]", "range inside a set"),
    ("[2025/2026,2028]", "'2025/2026' is a range inside a set"),
    ("[2025,2026-02-30]", "'2026-02-30' has the day 30"),
    ("[[2025,2026],2027]", "'[2025' is not a date"),
    ("[2025,2026-03-11T14:00:00Z]", "has a time, but a set"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    refusal = problem(text)
    assert words in refusal.message
    assert refusal.message.endswith((".", "?"))
    assert str(refusal) == f"{refusal.message} {refusal.hint}"
    # An error is sent as JSON in UTF-8 and may be carried between processes.
    str(refusal).encode("utf-8")
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)  # noqa: S301


@pytest.mark.parametrize("text", [text for text, _ in REFUSED])
def test_what_the_hint_proposes_is_right(text: str) -> None:
    hint = problem(text).hint
    assert hint
    for word in re.findall(r"(?:\.\./|\[)?[0-9]{2}[0-9X]{2}[^\s;]*", hint):
        proposals = [word, word.rstrip(".,:'")]
        assert any(isinstance(answer(proposal), tuple) for proposal in proposals), word


def test_a_plus_lost_in_a_query_string_is_explained_and_not_repaired() -> None:
    for reader in (parse_bound, parse_instant):
        refusal = problem("2025-03-11T14:00:00 03:00", reader)
        assert "space" in refusal.message
        assert "%2B" in refusal.hint


def test_hostile_text_is_refused_at_once() -> None:
    for text in ("9" * 5_000_000, "[" + "2025," * 1_000_000 + "2026]", "/" * 1_000_000, " " * 1_000_000, "[" * 1000):
        for reader in (parse, parse_bound, parse_instant, parse_period):
            assert len(str(problem(text, reader))) < 400


# --- bounds, instants, periods ---------------------------------------------------------------------------------------


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


# --- what holds for all ----------------------------------------------------------------------------------------------

instants = st.integers(CALENDAR_START, CALENDAR_END)
marks = st.sampled_from(["", "?", "~", "%"])


def cuts(day: date) -> Iterator[str]:
    """The ways to write a day ever more vaguely, without a winter or decade that leaves the calendar."""
    year, month = f"{day.year:04}", f"{day.month:02}"
    yield from (day.isoformat(), f"{year}-{month}", f"{year}-{month}-XX", year, f"{year}-XX", f"{year}-XX-XX")
    if 3 <= day.month <= 11:
        yield f"{year}-{20 + day.month // 3}"
    elif day.month == 12 and day.year < 9999:
        yield f"{year}-24"
    elif day.month < 3 and day.year > 1:
        yield f"{day.year - 1:04}-24"
    yield from (year[:known] + "X" * (4 - known) for known in (1, 2, 3) if int(year[:known]) > 0)


dates_with_days = st.dates().flatmap(
    lambda day: st.tuples(st.just(day), st.builds(str.__add__, st.sampled_from(list(cuts(day))), marks))
)
some_dates = dates_with_days.map(lambda pair: pair[1])
edtf_noise = st.text(alphabet="0123456789X-/.,[]{}?~%TZY:+SE ", max_size=40)
any_text = st.one_of(
    st.text(max_size=120),
    edtf_noise,
    st.builds("{}{}{}".format, some_dates, edtf_noise, some_dates),
    st.from_regex(r"\A[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]*)?([Zz]|[+-].*)?\Z"),
)


@given(st.dates())
@example(date.min)
@example(date.max)
def test_any_day_round_trips(day: date) -> None:
    span = parse(day.isoformat())
    assert span.date_earliest == span.date_latest == day.isoformat()
    assert span.earliest == us(day.year, day.month, day.day)
    assert span.latest - span.earliest == DAY - 1


@given(instants)
@example(CALENDAR_START)
@example(CALENDAR_END)
def test_any_instant_round_trips(instant: int) -> None:
    text = format_instant(instant)
    assert parse_instant(text) == instant
    bound = parse_bound(text)
    assert bound.earliest <= instant <= bound.latest


@given(dates_with_days)
def test_a_vaguer_date_contains_the_day(pair: tuple[date, str]) -> None:
    day, text = pair
    span, exact = parse(text), parse(day.isoformat())
    assert span.earliest <= exact.earliest <= exact.latest <= span.latest


@given(st.lists(some_dates, min_size=2, max_size=8))
def test_every_member_of_a_set_lies_inside(texts: list[str]) -> None:
    span, members = parse(f"[{','.join(texts)}]"), [parse(text) for text in texts]
    assert span.precision is Precision.ONE_OF
    assert all(span.earliest <= member.earliest and member.latest <= span.latest for member in members)
    assert span.earliest in {member.earliest for member in members}
    assert span.latest in {member.latest for member in members}


@given(some_dates, some_dates)
def test_an_interval_runs_from_its_start_to_its_end(first: str, second: str) -> None:
    start, end = sorted((parse(first), parse(second)), key=lambda span: span.earliest)
    span = parse(f"{start.text}/{end.text}")
    assert (span.earliest, span.latest) == (start.earliest, end.latest)
    assert (parse(f"{start.text}/..").earliest, parse(f"{start.text}/..").latest) == (start.earliest, CALENDAR_END)
    if start.earliest < end.earliest:
        problem(f"{end.text}/{start.text}")


@given(any_text)
@example("-000X")
@example("9999-24/..")
@example("Y" + "9" * 99)
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (parse, parse_bound):
        try:
            span = reader(text)
        except DateProblem:
            refusal = problem(text, reader)
            assert refusal.message
            assert refusal.hint
            str(refusal).encode("utf-8")
            continue
        assert span == reader(text)
        assert span.text == text
        assert CALENDAR_START <= span.earliest <= span.latest <= CALENDAR_END
        assert not (span.open_start and span.open_end)


@given(any_text)
def test_any_text_is_an_instant_or_refused(text: str) -> None:
    try:
        instant = parse_instant(text)
    except DateProblem:
        return
    assert CALENDAR_START <= instant <= CALENDAR_END
    assert parse_bound(text).earliest == instant


@given(st.one_of(st.text(max_size=20), st.text(alphabet="PT0123456789YMWDHS-", max_size=12).map("P".__add__)))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        length = parse_period(text)
    except DateProblem:
        return
    assert 0 < length <= CALENDAR_END - CALENDAR_START

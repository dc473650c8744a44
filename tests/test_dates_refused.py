"""Dates that are refused, and in what words."""

import pickle
import re

import pytest

from schemas.dates import (
    parse,
    parse_bound,
    parse_instant,
    parse_period,
)
from tests.instants import OUTSIDE, answer, problem

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

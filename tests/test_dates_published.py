"""Dates against the published EDTF vectors, read from ../shared where they are present."""

import json
import re
from typing import Any

import pytest

from schemas.dates import (
    Precision,
    parse,
    parse_bound,
)
from tests.instants import OUTSIDE, answer, problem
from tests.published import DATA

VECTORS = DATA / "edtf" / "vectors.json"

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

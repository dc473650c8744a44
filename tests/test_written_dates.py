"""Dates as people write them: several styles in one column, nothing guessed, clock times in the zone that is meant."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.mapped.written_dates import (
    USUAL,
    FormatProblem,
    Style,
    WrittenDateProblem,
    compiled,
    interval,
    read,
)
from schemas import dates


def refusal(text: str, style: Style = Style()) -> str:  # noqa: B008 (frozen)
    with pytest.raises(WrittenDateProblem) as refused:
        read(text, style)
    return f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-03-13", "2025-03-13"), ("2025-03", "2025-03"), ("2025-03~", "2025-03~"), ("2025-03-11/2025-03-13", "2025-03-11/2025-03-13"),
        ("March 5, 2022", "2022-03-05"), ("Sept. 5, 2022", "2022-09-05"), ("5 февраля 2025", "2025-02-05"), ("7 травня 2022", "2022-05-07"),
        ("3rd May 2024", "2024-05-03"), ("20250313", "2025-03-13"), ("25/12/2024", "2024-12-25"), ("12/25/2024", "2024-12-25"),
        ("04/04/2025", "2025-04-04"), ("31.12.2024", "2024-12-31"), ("March 2022", "2022-03"), ("2022-05-17T23:48:46", "2022-05-17T23:48:46"),
        ("2014-01-22 00:00:00.000", "2014-01-22T00:00:00"), ("2022-06-24T17:30:00Z", "2022-06-24T17:30:00Z"),
        ("2022-06-24 17:30+0300", "2022-06-24T17:30:00+03:00"), ("13. März 2025", "2025-03-13"), ("1er mars 2025", "2025-03-01"),
        ("le 13 mars 2025", "2025-03-13"), ("11 марта 2025 г.", "2025-03-11"), ("13 березня 2025 року", "2025-03-13"), ("13-Mar-2025", "2025-03-13"),
        ("Thursday 13 March 2025", "2025-03-13"), ("Thursday, March 13, 2025", "2025-03-13"), ("Donnerstag, 13. März 2025", "2025-03-13"),
        ("Thu 13 Mar 2025", "2025-03-13"), ("13.3.2025, 14:05", "2025-03-13T14:05:00"),
    ],
)  # fmt: skip
def test_usual_styles_are_read_without_being_named(written: str, meant: str) -> None:
    assert read(written, Style()) == meant
    dates.parse(meant)


@pytest.mark.parametrize("written", ["03/04/2025", "3.4.2025", "07-08-2002", "12/06/2024 5:00"])
def test_what_can_be_read_in_two_ways_is_refused_until_the_mapping_decides(written: str) -> None:
    assert "can be" in refusal(written)
    assert 'order = "day_first"' in refusal(written)
    assert read(written, Style(order="day_first")) != read(written, Style(order="month_first"))


def test_a_style_decides_as_an_order_does() -> None:
    assert read("03/04/2025", Style(("MM/DD/YYYY",))) == "2025-03-04"
    assert read("03/04/2025", Style(("DD/MM/YYYY", "YYYY-MM-DD"))) == "2025-04-03"
    assert "can be 2025-03-04 and 2025-04-03" in refusal("03/04/2025", Style(("MM/DD/YYYY", "D/M/YYYY")))
    assert "no such day" in refusal("12/25/2024", Style(order="day_first"))


def test_styles_are_tried_in_order_and_no_other_is() -> None:
    style = Style(("D MMMM YYYY 'года'", "WWW, MMM D, YYYY 'at' hh:mm AM", "EDTF"))
    assert read("5 февраля 2025 года", style) == "2025-02-05"
    assert read("Monday, Mar 3, 2025 at 5:07 p.m.", style) == "2025-03-03T17:07:00"
    assert read("2025-03~", style) == "2025-03~"
    assert "not written as a date of this column" in refusal("5.2.2025", style)


def test_a_clock_time_is_in_the_zone_that_the_mapping_says() -> None:
    moscow = Style(zone="Europe/Moscow")
    assert read("2025-03-11T14:00:00", moscow) == "2025-03-11T14:00:00+03:00"
    assert read("2025-03-11T14:00:00Z", moscow) == "2025-03-11T14:00:00Z"
    assert read("2025-03-11T14:00:00Z", Style(zone="Europe/Moscow", trust_zone=False)) == "2025-03-11T14:00:00+03:00"
    assert read("2025-03-11T14:00:00Z", Style(trust_zone=False)) == "2025-03-11T14:00:00"
    assert read("2025-03-11T14:00:00Z", Style(day_only=True)) == "2025-03-11"
    assert read("2025-07-11 14:00", Style(zone="Europe/Kyiv")) == "2025-07-11T14:00:00+03:00"
    # The hour that was there twice, and one that never was: the day alone is known.
    assert read("2022-10-30 03:30", Style(zone="Europe/Kyiv")) == "2022-10-30T03:30:00"
    assert read("2022-03-27 03:30", Style(zone="Europe/Kyiv")) == "2022-03-27T03:30:00"


def test_two_ends_make_one_date() -> None:
    assert interval("2014-01-22T00:00:00", "2014-01-22T12:00:00") == "2014-01-22"
    assert interval("2014-01-22", "2014-01-25") == "2014-01-22/2014-01-25"
    assert interval("2024-02-01", "2024-02-29") == "2024-02"
    assert interval("2023-02-01", "2023-02-27") == "2023-02-01/2023-02-27"
    assert interval("2014-01-01", "2014-12-31") == "2014"


@pytest.mark.parametrize("style", ["DD/MM/YY", "MM/DD", "YYYY YYYY", "YYYY hh:mm", "foo YYYY"])
def test_a_style_that_says_too_little_is_refused(style: str) -> None:
    with pytest.raises(FormatProblem):
        compiled(style)


@given(
    st.dates(),
    st.sampled_from([form for form in USUAL if compiled(form).order is None and "D" in form and "hh" not in form]),
)
def test_a_day_is_read_in_every_style_that_leaves_no_doubt(day: date, form: str) -> None:
    months = "January February March April May June July August September October November December".split()
    parts = {
        "YYYY": f"{day.year:04}",
        "MMMM": months[day.month - 1],
        "MMM": months[day.month - 1][:3],
        "WWW": "Thu",
        "MM": f"{day.month:02}",
        "DD": f"{day.day:02}",
        "D": str(day.day),
    }
    text = re.sub("YYYY|MMMM|MMM|WWW|MM|DD|D", lambda token: parts[token[0]], form).replace("'", "")
    assert read(text, Style((form,))) == day.isoformat()


@given(
    st.text(max_size=30)
    | st.from_regex(r"[0-9]{1,4}[./ -][0-9]{1,2}[./ -][0-9]{1,4}( [0-9]{1,2}:[0-9]{2})?", fullmatch=True)
)
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    try:
        dates.parse(read(text, Style()))
    except WrittenDateProblem:
        return
    except dates.DateProblem as problem:
        raise AssertionError(text) from problem

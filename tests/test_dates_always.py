"""Dates: what holds for all of them."""

from collections.abc import Iterator
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.dates import (
    CALENDAR_END,
    CALENDAR_START,
    DAY,
    DateProblem,
    Precision,
    format_instant,
    parse,
    parse_bound,
    parse_instant,
    parse_period,
)
from tests.instants import problem, us

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

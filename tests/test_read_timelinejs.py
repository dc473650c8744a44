"""TimelineJS in: slides of its JSON, versions 2 and 3, and rows of its sheet."""

import csv
import io
import json
from typing import Any

import pytest

from api.formats.readers import timelinejs
from schemas.transfers import Reject, Row, Skipped
from tests.published import DATA
from tests.read import Json, Read, of, only, read, refusal, told

HEADER = (
    "Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit,Media Caption,"
    "Media Thumbnail,Type,Group,Background"
)
SHARED = DATA / "timelinejs"
with_the_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the published data is not beside the checkout")


def slide(start: Any, **more: Any) -> Json:
    return {
        "start_date": start,
        "text": {"headline": "<b>Offers</b> a truce", "text": "<p>One</p><p>Two &amp; three</p>"},
        **more,
    }


def rows(*slides: Any, mapping: dict[str, str] | None = None, **more: Any) -> list[Read]:
    return read(timelinejs.read, json.dumps({"events": [*slides], **more}).encode(), mapping)


def sheet(*lines: str) -> list[Read]:
    return read(timelinejs.read, "\r\n".join([HEADER, *lines]).encode())


def date(found: list[Read]) -> str:
    return str(only(found, Row).body["date"])


def test_a_slide_is_a_statement_of_its_group() -> None:
    media = {"url": "//example.org/a.jpg", "caption": "<i>A picture</i>", "credit": "Somebody"}
    found = only(
        rows(
            slide(
                {"year": "2025", "month": 3, "day": "11"}, group="Ministry of Examples", media=media, unique_id="offer"
            )
        ),
        Row,
    )
    assert found.noun == "statement"
    assert found.body == {
        "date": "2025-03-11", "title": "Offers a truce", "summary": "One\n\nTwo & three", "actor": "ministry-of-examples",
        "topics": [{"topic": "uncoded", "stance": "no_position", "coding_certainty": "low"}], "confidence": None,
        "rationale": "From a slide of TimelineJS, which says no stance; to be coded.",
        "citations": [{"source": "example-org", "url": "https://example.org/a.jpg", "excerpt": "A picture\nSomebody"}],
        "external_source": "timelinejs", "external_id": "offer",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ({"year": 1963}, None, "1963"),
        ({"year": "622", "month": "08", "day": ""}, None, "0622-08"),
        ({"year": "2,025", "month": 3.0}, None, "2025-03"),
        ({"year": 2025, "month": 3, "day": 11, "hour": 14, "minute": "05"}, None, "2025-03-11T14:05:00"),
        ({"year": 2025, "month": 3, "day": 11, "hour": 14}, {"year": ""}, "2025-03-11T14:00:00"),
        ({"year": 2025}, {"year": 2026, "month": 2}, "2025/2026-02"),
        ({"year": 2025, "month": 3, "day": 11}, {"year": 2025, "month": 3, "day": 11}, "2025-03-11"),
        (
            {"year": 2025, "month": 3, "day": 11, "hour": 14},
            {"year": 2025, "month": 3, "day": 12, "hour": 1},
            "2025-03-11/2025-03-12",
        ),
        ("2012,1,26,14,30", "", "2012-01-26T14:30:00"),
        ("2012", None, "2012"),
        ("2012-01-26", None, "2012-01-26"),
    ],
)
def test_dates_keep_the_precision_that_they_have(start: Any, end: Any, written: str) -> None:
    assert date(rows(slide(start, end_date=end))) == written


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("c. 1850", "1850~"),
        ("circa 1850", "1850~"),
        ("1850 (approximate)", "1850~"),
        ("1850 (uncertain)", "1850?"),
        ("1850?", "1850?"),
        ("The year 1850", "1850"),
    ],
)
def test_what_is_shown_for_a_date_may_say_that_it_is_vague(shown: str, written: str) -> None:
    found = only(rows(slide({"year": 1850}, display_date=shown)), Row)
    assert found.body["date"] == written
    assert f"shown as “{shown}”" in found.body["rationale"]


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (None, None, "needs a start"),
        ({"month": 3}, None, "without a year"),
        ({"year": 2025, "day": 3}, None, "without a month"),
        ({"year": 2025, "month": 13}, None, "not from 1 to 12"),
        ({"year": 2025, "month": 2, "day": 30}, None, "does not exist"),
        ({"year": -500}, None, "outside the years"),
        ({"year": "MMXXV"}, None, "no whole number"),
        ({"year": 2025.5}, None, "no whole number"),
        ({"year": True}, None, "no whole number"),
        ({"year": [2025]}, None, "no whole number"),
        ({"year": 2025}, {"year": 2024}, "before its start"),
        ({"year": 2025}, "1/2/2025", "can't be read for certain"),
        (5, None, "an object with a year"),
    ],
)
def test_a_date_that_can_not_be_read_is_told(start: Any, end: Any, why: str) -> None:
    assert why in told(only(rows(slide(start, end_date=end)), Reject))


def test_title_slides_and_eras_are_skipped_with_the_reason() -> None:
    found = rows(
        slide({"year": 2025}),
        title={"text": {"headline": "All of it"}},
        eras=[{"start_date": {"year": 2025}}],
        scale="human",
    )
    assert [skipped.why.partition(":")[0] for skipped in of(found, Skipped)] == ["title slide", "era"]
    assert len(found) == 3


def test_the_id_of_a_slide_is_its_own_or_made_of_its_content() -> None:
    one, two, again = (slide({"year": year}) for year in (2024, 2025, 2024))
    found = rows(one, two, again)
    ids = [row.body["external_id"] for row in of(found, Row)]
    assert len(set(ids)) == 2
    assert all(id_.startswith("sha256:") for id_ in ids)
    assert "same slide" in only(found, Skipped).why
    assert [row.body["external_id"] for row in of(rows(two, one), Row)] == ids[::-1]
    twice = rows(slide({"year": 2024}, unique_id="a"), slide({"year": 2025}, unique_id="a"))
    assert "another slide" in told(only(twice, Reject))
    odd = only(rows(slide({"year": 2024}, unique_id="a/thread")), Row)
    assert odd.body["external_id"].startswith("sha256:")


def test_a_slide_without_a_headline_has_the_first_of_its_words_and_one_without_words_is_refused() -> None:
    assert only(rows({"start_date": {"year": 2025}, "text": {"text": "Only this."}}), Row).body["title"] == "Only this."
    assert only(rows({"start_date": {"year": 2025}, "media": {"caption": "A map"}}), Row).body["title"] == "A map"
    assert "no words" in told(only(rows({"start_date": {"year": 2025}}), Reject))
    long = only(rows({"start_date": {"year": 2025}, "text": {"headline": "word " * 100}}), Row)
    assert len(long.body["title"]) <= 300
    assert "is cut" in told(long)


def test_the_mapping_says_who_and_what_where_the_slide_does_not() -> None:
    given = {
        "actor": "kremlin",
        "source": "tass",
        "topic": "sanctions",
        "confidence": "70",
        "event_type": "CONSULT",
        "external_source": "my-timeline",
    }
    found = only(rows(slide({"year": 2025}), mapping=given), Row)
    assert (found.noun, found.body["event_type"], found.body["actor"], found.body["confidence"]) == (
        "event",
        "CONSULT",
        "kremlin",
        70,
    )
    assert (found.body["citations"][0]["source"], found.body["topics"][0]["topic"]) == ("tass", "sanctions")
    assert (found.body["external_source"], found.needs) == ("my-timeline", ())
    assert only(rows(slide({"year": 2025}, group="Others"), mapping=given), Row).body["actor"] == "others"


def test_media_that_is_no_address_is_the_place_in_the_source_or_an_excerpt() -> None:
    picture = only(rows(slide({"year": 2025}, media={"url": "/img/a.png"})), Row)
    assert picture.body["citations"] == [{"source": "timelinejs-file", "locator": "/img/a.png"}]
    words = only(rows(slide({"year": 2025}, media={"url": "<blockquote>Said &ldquo;no&rdquo;</blockquote>"})), Row)
    assert words.body["citations"][0]["excerpt"] == "Said “no”"
    none = only(rows(slide({"year": 2025}, media={"url": "javascript:alert(1)"})), Row)
    assert "url" not in none.body["citations"][0]


def test_version_2_is_read_too() -> None:
    old = {
        "timeline": {
            "headline": "All of it", "type": "default", "text": "About it", "asset": {"media": "x"},
            "date": [{"startDate": "2012,1,26", "endDate": "2012,1,27", "headline": "A slide", "text": "<p>Words</p>", "tag": "Office",
                      "asset": {"media": "https://example.org/v", "credit": "Credit", "caption": "Caption"}}],
            "era": [{"startDate": "2011,12,10", "endDate": "2012"}],
        }
    }  # fmt: skip
    found = read(timelinejs.read, json.dumps(old).encode())
    body = only(found, Row).body
    assert (body["date"], body["title"], body["actor"], body["summary"]) == (
        "2012-01-26/2012-01-27",
        "A slide",
        "office",
        "Words",
    )
    assert body["citations"][0]["url"] == "https://example.org/v"
    assert len(of(found, Skipped)) == 2
    slides = read(timelinejs.read, json.dumps({"timeline": {"slides": [slide({"year": 2025})]}}).encode())
    assert date(slides) == "2025"


def test_the_sheet_gives_the_same_rows() -> None:
    found = sheet(
        '2025,3,11,2:05 PM,,,,,,"<b>Offers</b> a truce","<p>One</p><p>Two &amp; three</p>",https://example.org/a,Somebody,A picture,,,Ministry of Examples,#fff',
        ",,,,,,,,,All of it,,,,,,title,,",
        "1990,,,,1999,,,,,,,,,,,era,,",
        ",,,,,,,,,,,,,,,,,",
        "2025,3,11,25:00,,,,,,A,,,,,,,,",
        ",,,,,,,,,No date,,,,,,,,",
    )
    assert [(type(row).__name__, row.line) for row in found] == [
        ("Row", 2), ("Skipped", 3), ("Skipped", 4), ("Skipped", 5), ("Reject", 6), ("Reject", 7),
    ]  # fmt: skip
    row = found[0]
    assert isinstance(row, Row)
    assert (row.body["date"], row.body["title"]) == ("2025-03-11T14:05:00", "Offers a truce")
    assert row.cells["Headline"] == "<b>Offers</b> a truce"
    as_json = only(rows(slide({"year": 2025, "month": 3, "day": 11, "hour": 14, "minute": 5}, group="Ministry of Examples",
                              media={"url": "https://example.org/a", "credit": "Somebody", "caption": "A picture"})), Row)  # fmt: skip
    assert {**row.body, "external_id": ""} == {**as_json.body, "external_id": ""}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"{}", "no timeline"),
        (b'{"events": []}', "no timeline"),
        (b"[1]", "no timeline"),
        (b'{"events": [{"start_date"', "cut off"),
        (b"a,b\r\n1,2\r\n", "no columns Year and Headline"),
        (b"Start Date,End Date,Headline\r\n1/2/2012,,A\r\n", "older sheet"),
        (b"PK\x03\x04", "ZIP"),
    ],
)
def test_a_file_that_is_no_timeline_is_refused_with_the_reason(content: bytes, what: str) -> None:
    assert what in refusal(timelinejs.read, content)


@with_the_data
@pytest.mark.parametrize(
    ("name", "slides", "skipped"),
    [("houston_timeline3.json", 18, 1), ("template_eras.json", 20, 4), ("welcome_welcome.json", 17, 0)],
)
def test_the_published_timelines_are_read_whole(name: str, slides: int, skipped: int) -> None:
    found = read(timelinejs.read, SHARED / name)
    assert (len(of(found, Row)), len(of(found, Skipped)), len(found)) == (slides, skipped, slides + skipped)


@with_the_data
def test_the_published_sheet_is_read_whole() -> None:
    content = (SHARED / "women_in_computing.csv").read_bytes()
    found = read(timelinejs.read, content)
    assert len(found) == len([*csv.DictReader(io.StringIO(content.decode()))])
    assert (len(of(found, Row)), len(of(found, Skipped))) == (10, 1)

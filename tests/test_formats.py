"""Each format as a real reader of it takes it: the demo set, and records with every kind of date and every awkward text."""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import feedparser
import icalendar
import pandas
import pytest
import stix2validator
from geojson_pydantic import FeatureCollection
from starlette.testclient import TestClient

from api.formats.columns import header
from api.formats.writers.wordings import when
from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.desk import post
from tests.expect import Api
from tests.factories import event, statement, world

Json = dict[str, Any]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AWKWARD = "=1+1; a, \"b\" <script>alert('&amp;')</script>\r\nnext\tline \\n ]]> “ü” 💥 " + "длинный " * 30
DATES = [
    "2025-03-13", "2025-03", "2025-03~", "2025-03-13?", "2025%", "2025-03-XX", "202X", "2025-22", "2025-03-11T14:00:00Z",
    "2025-03-11T23:30:00-05:00", "2025-03-11T14:00:00", "2025-03-11/2025-03-13", "2022-02-24/..", "../2022-02-24", "2022~/..",
    "[2025-03-11,2025-03-13]", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "9999/..", "../0001",
]  # fmt: skip


@pytest.fixture
def records(api: Api) -> list[Json]:
    """A record of each kind of date, and one of every awkward thing, as the timeline has them, oldest first."""
    world(api)
    for number, written in enumerate(DATES):
        post(
            api,
            "/v1/statements",
            statement(date=written, title=f"Number {number}", external_source="x", external_id=str(number)),
        )
    place = {"name": "Nowhere; at all, really", "country": "CL", "latitude": -33.8, "longitude": -70.5}
    cited = [
        {"source": "kremlin-ru", "locator": AWKWARD[:300]},
        {"source": "some-blog", "url": "http://x.example/a;b,c?d='e'&f=1", "excerpt": AWKWARD},
    ]
    more = {
        "title": AWKWARD[:300], "summary": AWKWARD, "quote": AWKWARD, "language": "ru", "conditions": AWKWARD, "condition_type": "preconditions",
        "tags": ["a, b; c", "=2"], "rationale": AWKWARD, "place": place, "citations": cited, "source": None, "url": None, "confidence": None,
        "participants": [{"actor": "nato", "role": "target"}], "effective": "../2025-05-01", "prompted": True, "translation": AWKWARD,
    }  # fmt: skip
    body = {
        **statement(**{name: value for name, value in more.items() if value is None}),
        **{k: v for k, v in more.items() if v is not None},
    }
    post(api, "/v1/statements", {**body, "confidence": None})
    post(
        api,
        "/v1/statements",
        statement(
            status="withdrawn",
            title="Taken back",
            confidence={"value": 2, "scale": "admiralty"},
            on_behalf_of="kremlin",
        ),
    )
    post(api, "/v1/statements", statement(status="under_review", stance="no_position", title="Asked"))
    post(
        api,
        "/v1/events",
        event(
            topics=[{"topic": "sanctions", "stance": "strongly_opposes"}, {"topic": "ceasefire", "stance": "neutral"}]
        ),
    )
    found: list[Json] = api.get("/v1/timeline", params={**ALL, "limit": "500"})["items"]
    assert len(found) == len(DATES) + 4
    return found


ALL = {"order": "asc", "status": ["published", "under_review", "withdrawn"]}


@pytest.fixture
def asked(api: Api, records: list[Json]) -> Any:
    """What stands at an address with a suffix, with all of these records."""

    def ask(suffix: str, **more: str) -> bytes:
        answer = api.send("GET", f"/v1/timeline.{suffix}", params={**ALL, **more})
        assert answer.status_code == 200, answer.text
        return answer.content

    return ask


def test_feedparser_reads_atom(asked: Any, records: list[Json]) -> None:
    feed = feedparser.parse(asked("atom", limit="500"))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.id.startswith("urn:uuid:")
    assert feed.feed.title.startswith("Demarche: /v1/timeline")
    assert feed.feed.updated == max(one["changed_at"] for one in records)
    assert [entry.id for entry in feed.entries] == [f"urn:uuid:{one['id']}" for one in records]
    for entry, one in zip(feed.entries, records, strict=True):
        assert entry.title == f"{when(one)} · {one['actor']['name']}: {one['title']}".replace("\r\n", "\n")
        assert (entry.published, entry.updated) == (one["recorded_at"], one["changed_at"])
        assert entry.author == one["actor"]["name"]
        assert entry.content[0].type == "text/plain"
        assert one["citations"][-1]["url"] in [link.href for link in entry.links]
        assert [tag.term for tag in entry.tags] == [one["kind"], *(topic["topic"]["slug"] for topic in one["topics"])]
    first = feedparser.parse(asked("atom"))
    assert len(first.entries) == len(records)  # fewer than 50
    assert [link.rel for link in first.feed.links] == ["self", "alternate"]
    second = feedparser.parse(asked("atom", limit="2"))
    assert [link.rel for link in second.feed.links] == ["self", "alternate", "next"]


def test_a_json_feed_keeps_the_rules_of_version_1_1(asked: Any, records: list[Json]) -> None:
    feed = json.loads(asked("jsonfeed.json", limit="500"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert set(feed) == {"version", "title", "feed_url", "items"}
    known = {
        "id",
        "url",
        "external_url",
        "title",
        "content_text",
        "summary",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
    }
    for item, one in zip(feed["items"], records, strict=True):
        assert set(item) - known == {"_demarche"}  # an extension begins with an underscore
        assert item["id"] == one["id"]
        assert re.match(r"\S", item["content_text"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo
        assert item["authors"] == [{"name": one["actor"]["name"]}]
        assert all(isinstance(tag, str) for tag in item["tags"])
    assert json.loads(asked("jsonfeed.json", limit="2"))["next_url"].startswith("/v1/timeline.jsonfeed.json?")


def test_icalendar_reads_every_entry_with_its_days(asked: Any, records: list[Json]) -> None:
    content = asked("ics")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert not calendar.errors
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//Demarche//Demarche//EN")
    entries = calendar.walk("VEVENT")
    assert [str(entry["uid"]) for entry in entries] == [one["id"] for one in records]
    for entry, one in zip(entries, records, strict=True):
        assert not entry.errors
        assert entry["sequence"] == one["version"]
        assert str(entry["x-demarche-edtf"]) == one["date"]
        start, end = entry["dtstart"].dt, entry["dtend"].dt if "dtend" in entry else None
        if one["date_precision"] == "second":
            assert isinstance(start, datetime)
            assert end is None
            continue
        assert not isinstance(start, datetime)
        assert start == date.fromisoformat(one["date_earliest"] or one["date_latest"])
        is_open = None in (one["date_earliest"], one["date_latest"]) or one["date_latest"] == "9999-12-31"
        assert end == (None if is_open else date.fromisoformat(one["date_latest"]) + timedelta(days=1))
    moments = {str(entry["x-demarche-edtf"]): entry["dtstart"].dt.isoformat() for entry in entries}
    assert moments["2025-03-11T23:30:00-05:00"] == "2025-03-12T04:30:00+00:00"
    odd = next(entry for entry in entries if "geo" in entry)
    assert (odd["geo"].latitude, odd["geo"].longitude) == (-33.8, -70.5)
    assert str(odd["location"]) == "Nowhere; at all, really, CL"
    assert str(odd["summary"]) == f"Vladimir Putin: {AWKWARD[:300]}".replace("\r\n", "\n")
    assert AWKWARD.replace("\r\n", "\n") in str(odd["description"])
    assert str(odd["url"]) == "http://x.example/a;b,c?d='e'&f=1"
    assert {str(one["status"]) for one in entries} == {"CONFIRMED", "TENTATIVE", "CANCELLED"}


def test_stix_validator_has_nothing_against_the_bundle(asked: Any, records: list[Json]) -> None:
    content = asked("stix.json")
    result = stix2validator.validate_string(content.decode(), stix2validator.ValidationOptions(version="2.1"))
    told = (
        [str(fault) for one in [result, *result.object_results] for fault in (*one.errors, *one.warnings)]
        if not result.is_valid
        else []
    )
    assert result.is_valid, told[:10]
    bundle = json.loads(content)
    objects = {one["id"]: one for one in bundle["objects"]}
    assert len(objects) == len(bundle["objects"])
    for one in objects.values():
        for name, value in one.items():
            for reference in [value] if name.endswith("_ref") else value if name.endswith("_refs") else ():
                assert reference in objects
    (extension,) = [one["id"] for one in objects.values() if one["type"] == "extension-definition"]
    told_of = {one["extensions"][extension]["record_id"]: one for one in objects.values() if "extensions" in one}
    assert list(told_of) == [one["id"] for one in records]
    for record in records:
        one = told_of[record["id"]]
        assert one["type"] == {"statement": "note", "event": "report"}[record["kind"]]
        assert one.get("confidence") == record["confidence"]
        assert ("revoked" in one) == (record["status"] == "withdrawn")
        assert one["extensions"][extension]["date"] == record["date"]
    opinions = [one["opinion"] for one in objects.values() if one["type"] == "opinion"]
    assert {"agree", "strongly-disagree", "neutral"} == set(opinions)
    assert asked("stix.json") == content


def test_geojson_is_a_collection_of_features_with_and_without_a_place(asked: Any, records: list[Json]) -> None:
    content = asked("geojson")
    found: Any = FeatureCollection.model_validate_json(content)
    assert [feature.id for feature in found.features] == [one["id"] for one in records]
    assert sum(feature.geometry is None for feature in found.features) == len(records) - 1
    (placed,) = [one for one in json.loads(content)["features"] if one["geometry"]]
    assert placed["geometry"] == {"type": "Point", "coordinates": [-70.5, -33.8]}
    assert list(placed["properties"]) == header("record")
    assert placed["properties"]["tags"] == ["a, b; c", "=2"]
    assert placed["properties"]["title"] == AWKWARD[:300]


def test_timelinejs_has_slides_with_dates_in_order_and_no_markup_of_others(asked: Any, records: list[Json]) -> None:
    found = json.loads(asked("timelinejs.json"))
    assert set(found) == {"scale", "title", "events"}
    assert found["scale"] == "human"
    assert len({slide["unique_id"] for slide in [found["title"], *found["events"]]}) == len(records) + 1
    for slide, one in zip(found["events"], records, strict=True):
        start, end = slide["start_date"], slide.get("end_date")
        first, last = one["date_earliest"] or one["date_latest"], one["date_latest"] or one["date_earliest"]
        if one["date_precision"] != "second":
            assert f"{start['year']:04}-{start['month']:02}-{start['day']:02}" == first
            assert set(start) == {"year", "month", "day"}
            assert (end is None) == (first == last)
            assert end is None or f"{end['year']:04}-{end['month']:02}-{end['day']:02}" == last
        else:
            assert set(start) == {"year", "month", "day", "hour", "minute", "second"}
        for text in (slide["text"]["headline"], slide["text"]["text"], slide["display_date"], slide["group"]):
            assert "<script" not in text
            assert set(re.findall(r"</?(\w+)", text)) <= {"p", "br", "a"}
    told = {slide["display_date"] for slide in found["events"]}
    assert {
        "since 2022-02-24",
        "until 2022-02-24",
        "2025-03 (approximate)",
        "2025-03-11 or 2025-03-13",
        "2025-03-11 14:00:00 UTC",
    } <= told


def test_pandas_reads_csv_as_it_was(asked: Any, records: list[Json]) -> None:
    frame = pandas.read_csv(io.BytesIO(asked("csv")), keep_default_na=False, lineterminator=None)
    assert list(frame.columns) == header("record")
    assert list(frame["id"]) == [one["id"] for one in records]
    odd = frame[frame["latitude"] != ""].iloc[0]
    assert float(odd["latitude"]) == -33.8
    assert odd["title"].removeprefix("'") == AWKWARD[:300]
    assert odd["title"].startswith("'=")
    assert json.loads(odd["tags"]) == ["a, b; c", "=2"]
    numbers = pandas.read_csv(io.BytesIO(asked("csv")))
    assert list(numbers["confidence"].dropna()) == [
        one["confidence"] for one in records if one["confidence"] is not None
    ]
    assert set(numbers["stance_score"].dropna()) == {-2, 1}


def test_every_line_of_ndjson_is_an_item(asked: Any, records: list[Json]) -> None:
    content = asked("ndjson")
    assert content.endswith(b"\n")
    assert [json.loads(line) for line in content.splitlines()] == records


@pytest.fixture
def demo(sqlite_demo: Any) -> Iterator[TestClient]:
    """The demo set."""
    with Client(create(Settings(database_url=f"sqlite:///{sqlite_demo}"))) as opened:
        yield opened


def test_all_of_the_demo_set_is_read(demo: TestClient, database_url: str) -> None:
    total = demo.get("/v1/facets").json()["total"]["records"]
    read: dict[str, Callable[[bytes], int]] = {
        "ndjson": lambda content: len(content.splitlines()),
        "csv": lambda content: len(pandas.read_csv(io.BytesIO(content))),
        "ics": lambda content: len(icalendar.Calendar.from_ical(content).walk("VEVENT")),
        "geojson": lambda content: len(FeatureCollection.model_validate_json(content).features),
        "timelinejs.json": lambda content: len(json.loads(content)["events"]),
        "stix.json": lambda content: sum("extensions" in one for one in json.loads(content)["objects"]),
    }
    for suffix, count in read.items():
        answer = demo.get(f"/v1/timeline.{suffix}")
        assert answer.status_code == 200
        assert count(answer.content) == total, suffix
    result = stix2validator.validate_string(
        demo.get("/v1/timeline.stix.json").text, stix2validator.ValidationOptions(version="2.1")
    )
    assert result.is_valid

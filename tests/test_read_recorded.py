"""What readers give can be recorded as it stands: each noun and row through its own POST."""

import json
from typing import Any

from api.formats.readers import feeds, misp, stix, timelinejs
from schemas.transfers import Need, Row
from tests.desk import post
from tests.expect import Api
from tests.published import DATA
from tests.read import Reader, of, read
from tests.test_read_feeds import ENTRY, ITEM, JSON_ITEM, RDF_ITEM, atom, json_feed, rdf, rss
from tests.test_read_misp import attribute, grade, made
from tests.test_read_stix import MINISTRY, bundle, report
from tests.test_read_stix import made as stix_made
from tests.test_read_timelinejs import slide

PLURALS = {
    "actor": "actors",
    "source": "sources",
    "topic": "topics",
    "statement": "statements",
    "event": "events",
    "reaction": "reactions",
}


def record(api: Api, rows: list[Row]) -> list[dict[str, Any]]:
    """Make what the rows need and is not there yet, and record them."""
    nouns: dict[tuple[str, str], Need] = {(need.noun, need.body["slug"]): need for row in rows for need in row.needs}
    for (noun, slug), need in nouns.items():
        if api.client.get(f"/v1/{PLURALS[noun]}/{slug}").status_code == 404:
            post(api, f"/v1/{PLURALS[noun]}", need.body)
    return [post(api, f"/v1/{PLURALS[row.noun]}", row.body) for row in rows]


def rows(reader: Reader, content: Any) -> list[Row]:
    return of(read(reader, content), Row)


def test_a_bundle_is_recorded_with_its_links(api: Api) -> None:
    opinion = stix_made("opinion", 3, opinion="disagree", created_by_ref=MINISTRY["id"], object_refs=[report(1)["id"]])
    note = stix_made("note", 4, content="Words.", object_refs=[opinion["id"]])
    incident = stix_made("incident", 5, name="A grid goes dark", first_seen="2025-03-01T10:00:00Z")
    found = record(api, rows(stix.read, bundle(note, MINISTRY, report(1, labels=["truce"]), opinion, incident)))
    assert [item.get("kind") for item in found] == ["statement", "statement", "statement", "event", None, None]
    said = found[2]
    assert said["stance"] == "opposes"
    assert said["topics"][0]["topic"]["name"] == "STIX report: Offers a truce"
    # One account, however many places it refers to; and published by the speaker's own source.
    assert (found[1]["corroboration"], found[1]["primary"]) == (1, True)
    thread = api.get(f"/v1/statements/stix:{report(1)['id']}/thread")
    assert len(thread["nodes" if "nodes" in thread else "items"]) == 3


def test_grades_of_a_misp_event_are_recorded_as_given(api: Api) -> None:
    links = [attribute("link", "https://example.org/a"), attribute("link", "https://example.net/b")]
    events = [{"Event": made(*grade("b", 2))}, {"Event": made(*grade("f", 6), uuid="2", Attribute=links)}]
    one, several = record(api, rows(misp.read, json.dumps(events).encode()))
    assert (one["confidence"], one["confidence_given"]) == (70, {"value": "B2", "scale": "admiralty"})
    assert (one["citations"][0]["reliability"], one["citations"][0]["credibility"]) == ("B", 2)
    assert (several["confidence"], several["citations"][2]["reliability"]) == (None, "F")


def test_slides_and_entries_are_recorded(api: Api) -> None:
    slides = {"events": [slide({"year": 2025, "month": 3}, group="Ministry of Examples"), slide({"year": 622})]}
    found = record(api, rows(timelinejs.read, json.dumps(slides).encode()))
    assert [item["date_precision"] for item in found] == ["month", "year"]
    for number, content in enumerate((rss(ITEM), atom(ENTRY), rdf(RDF_ITEM), json_feed(JSON_ITEM))):
        content = content.replace(b"id-1", f"id-{number}".encode())
        (entry,) = record(api, rows(feeds.read, content))
        assert (entry["status"], entry["external_id"]) == ("draft", f"id-{number}")


def test_the_published_files_are_recorded_whole(api: Api) -> None:
    files = [(stix.read, "stix/*.json"), (timelinejs.read, "timelinejs/*.json"), (timelinejs.read, "timelinejs/*.csv")]
    for reader, names in files:
        for file in sorted(DATA.glob(names)):
            assert record(api, rows(reader, file))

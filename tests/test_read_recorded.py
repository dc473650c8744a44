"""Other tools' files through the import, on both databases: what is read is recorded, and the same file again changes nothing."""

import json
from typing import Any

import pytest

from tests.desk import post
from tests.expect import Api
from tests.published import DATA
from tests.test_imports import counts, send
from tests.test_read_feeds import ENTRY, ITEM, JSON_ITEM, RDF_ITEM, atom, json_feed, rdf, rss
from tests.test_read_misp import attribute, grade, made
from tests.test_read_stix import MINISTRY, bundle, report
from tests.test_read_stix import made as stix_made
from tests.test_read_timelinejs import slide

Json = dict[str, Any]


def taken(api: Api, kind: str, content: bytes, **params: Any) -> Json:
    """Import a file twice; nothing is rejected, and the second time nothing is new."""
    first: Json = send(api, content, format=kind, **params)
    assert first["rejected"] == 0, first["rejects"]
    second = send(api, content, format=kind, **params)
    for noun in ("statement", "event", "reaction"):
        assert [*counts(second, noun)] in ([], ["unchanged"])
        assert [*counts(second, noun).values()] == [*counts(first, noun).values()]
    return first


def test_a_bundle_is_recorded_with_its_links(api: Api) -> None:
    opinion = stix_made("opinion", 3, opinion="disagree", created_by_ref=MINISTRY["id"], object_refs=[report(1)["id"]])
    note = stix_made("note", 4, content="Words.", object_refs=[opinion["id"]])
    incident = stix_made("incident", 5, name="A grid goes dark", first_seen="2025-03-01T10:00:00Z")
    told = taken(api, "stix", bundle(note, MINISTRY, report(1, labels=["truce"]), opinion, incident))
    assert [counts(told, noun) for noun in ("statement", "event", "reaction")] == [
        {"created": 3},
        {"created": 1},
        {"created": 2},
    ]
    said = api.get(f"/v1/statements/stix:{opinion['id']}")
    assert (said["stance"], said["topics"][0]["topic"]["name"]) == ("opposes", "STIX report: Offers a truce")
    # One account, however many places it refers to; and published by the speaker's own source.
    written = api.get(f"/v1/statements/stix:{report(1)['id']}")
    assert (written["corroboration"], written["primary"]) == (1, True)


def test_an_actor_that_is_known_by_its_name_is_taken_under_its_own_slug(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "moe", "kind": "government", "name": "Ministry", "aliases": [MINISTRY["name"]]})
    taken(api, "stix", bundle(MINISTRY, report(1)))
    written = api.get(f"/v1/statements/stix:{report(1)['id']}")
    assert (written["actor"]["slug"], written["primary"]) == ("moe", True)


def test_grades_of_a_misp_event_are_recorded_as_given(api: Api) -> None:
    links = [attribute("link", "https://example.org/a"), attribute("link", "https://example.net/b")]
    events = [{"Event": made(*grade("b", 2))}, {"Event": made(*grade("f", 6), uuid="2", Attribute=links)}]
    taken(api, "misp", json.dumps(events).encode())
    one, several = (api.get(f"/v1/statements/misp:{event['Event']['uuid']}") for event in events)
    assert (one["confidence"], one["confidence_given"]) == (70, {"value": "B2", "scale": "admiralty"})
    assert (one["citations"][0]["reliability"], one["citations"][0]["credibility"]) == ("B", 2)
    assert (several["confidence"], several["citations"][2]["reliability"]) == (None, "F")


def test_slides_are_recorded(api: Api) -> None:
    slides = [slide({"year": 2025, "month": 3}, group="Ministry of Examples", unique_id="a"), slide({"year": 622})]
    taken(api, "timelinejs", json.dumps({"events": slides}).encode())
    assert api.get("/v1/statements/timelinejs:a")["date_precision"] == "month"


def test_what_is_known_of_the_whole_file_is_said_beside_it(api: Api) -> None:
    post(api, "/v1/actors", {"slug": "office", "kind": "office", "name": "The Office"})
    content = json.dumps({"events": [slide({"year": 2025}, unique_id="a")]}).encode()
    said = '{"actor": "office", "event_type": "CONSULT", "external_source": "mine"}'
    taken(api, "timelinejs", content, mapping=said)
    made_of_it = api.get("/v1/events/mine:a")
    assert (made_of_it["actor"]["slug"], made_of_it["event_type"]) == ("office", "CONSULT")
    for wrong, why in (
        ("actor = ", "no TOML"),
        ("{", "no JSON"),
        ("actor = 5", "no text"),
        ('actors = "office"', "did you mean actor?"),
    ):
        assert why in send(api, content, 422, format="timelinejs", mapping=wrong)["detail"]


@pytest.mark.parametrize("content", [rss(ITEM), atom(ENTRY), rdf(RDF_ITEM), json_feed(JSON_ITEM)], ids=["rss", "atom", "rdf", "json"])  # fmt: skip
def test_entries_are_recorded_as_drafts(api: Api, content: bytes) -> None:
    taken(api, "feed", content)
    assert api.get("/v1/statements/example.org:id-1")["status"] == "draft"


def test_a_file_of_another_kind_is_refused_in_words(api: Api) -> None:
    for kind in ("stix", "misp", "timelinejs", "feed"):
        answer = api.send("POST", "/v1/imports", params={"format": kind}, content=b"<html></html>")
        assert answer.status_code == 422
        assert "file" in answer.json()["detail"].lower()


@pytest.mark.skipif(not (DATA / "stix").is_dir(), reason="the published data is not beside the checkout")
def test_the_published_files_are_recorded_whole(api: Api) -> None:
    files = [*(("stix", file) for file in sorted(DATA.glob("stix/*.json")))]
    files += [("timelinejs", file) for name in ("*.json", "*.csv") for file in sorted(DATA.glob(f"timelinejs/{name}"))]
    assert len(files) == 6
    for kind, file in files:
        assert taken(api, kind, file.read_bytes())["rows"]

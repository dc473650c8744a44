"""STIX bundles in: words are statements, attacks are events, the rest is told and left out."""

import io
import json
from collections import Counter
from typing import Any

import pytest

from api.formats.readers import stix
from schemas.transfers import Reject, Row, Skipped
from schemas.vocabularies import VOCABULARIES
from tests.published import DATA
from tests.read import Json, Read, of, only, read, refusal, told

UUID = "0b626d41-1d8d-4b96-86fa-ad49cea2cf{:02x}"
MINISTRY: Json = {"type": "identity", "id": f"identity--{UUID.format(1)}", "name": "Ministry of Examples", "identity_class": "organization",
                  "sectors": ["government-national"], "modified": "2025-01-01T00:00:00Z"}  # fmt: skip
STAMPS = {"created": "2025-03-11T14:00:00.250Z", "modified": "2025-03-11T15:00:00.000Z"}


def made(kind: str, number: int = 9, **more: Any) -> Json:
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{UUID.format(number)}", **STAMPS, **more}


def report(number: int = 9, **more: Any) -> Json:
    given = {"name": "Offers a truce", "published": "2025-03-11T12:00:00.5Z", "created_by_ref": MINISTRY["id"], **more}
    return made("report", number, **given)


def bundle(*objects: Any) -> bytes:
    return json.dumps({"type": "bundle", "id": f"bundle--{UUID.format(0)}", "objects": [*objects]}, indent=1).encode()


def rows(*objects: Any, mapping: dict[str, str] | None = None) -> list[Read]:
    found = read(stix.read, bundle(*objects), mapping)
    # Each object is told once; links between records come after them, and are counted beside them.
    links = [row for row in of(found, Row) if row.noun == "reaction"]
    links_as_objects = [one for one in objects if isinstance(one, dict) and one.get("type") == "relationship"]
    assert len(objects) == len(found) - len(
        [row for row in links if json.loads(row.cells["json"]) not in links_as_objects]
    )
    return found


def test_a_report_is_a_statement_of_who_made_it() -> None:
    cited = {
        "source_name": "Example News",
        "url": "https://news.example.org/1",
        "external_id": "p. 3",
        "description": "On the offer.",
    }
    row = only(
        rows(
            MINISTRY,
            report(
                description="More words.",
                confidence=0,
                labels=["truce", "truce", " "],
                lang="en",
                external_references=[cited],
            ),
        ),
        Row,
    )
    content = bundle(MINISTRY, report(description="More words.")).decode()
    assert row.line == content[: content.index('"type": "report"')].count("\n")
    assert {name: row.body[name] for name in ("date", "date_basis", "title", "summary", "actor", "confidence", "tags", "language")} == {
        "date": "2025-03-11T12:00:00Z", "date_basis": "published", "title": "Offers a truce", "summary": "More words.",
        "actor": "ministry-of-examples", "confidence": 0, "tags": ["truce"], "language": "en",
    }  # fmt: skip
    assert row.body["topics"] == [{"topic": "uncoded", "stance": "no_position", "coding_certainty": "low"}]
    assert (row.body["external_source"], row.body["external_id"]) == ("stix", f"report--{UUID.format(9)}")
    assert "status" not in row.body
    origin = f"stix:report--{UUID.format(9)}"
    assert row.body["citations"] == [
        {"source": "ministry-of-examples", "locator": f"report--{UUID.format(9)}", "origin": origin, "published_at": "2025-03-11T12:00:00Z"},
        {"source": "example-news", "role": "report", "origin": origin, "url": "https://news.example.org/1", "locator": "p. 3",
         "excerpt": "On the offer."},
    ]  # fmt: skip
    actor = row.needs[0]
    assert (actor.noun, actor.body["kind"], actor.names) == ("actor", "government", ("Ministry of Examples",))
    assert row.columns["title"] == ("name", "Offers a truce")


def test_an_absent_confidence_can_not_be_judged_and_a_wrong_one_is_told() -> None:
    assert only(rows(MINISTRY, report()), Row).body["confidence"] is None
    for wrong in (101, -1, 1.5, True, "high?"):
        fault = only(rows(MINISTRY, report(confidence=wrong)), Reject).faults[0]
        assert fault.column == "confidence"


def test_the_five_opinions_are_stances_on_the_object_they_are_about() -> None:
    stances = {term.value: (term.crosswalk or {}).get("stix_opinion") for term in VOCABULARIES["stances"].terms}
    assert sorted(stix.STANCES) == ["agree", "disagree", "neutral", "strongly-agree", "strongly-disagree"]
    for opinion, stance in stix.STANCES.items():
        assert stances[stance] == opinion
        given = made(
            "opinion",
            opinion=opinion,
            explanation="Because.",
            created_by_ref=MINISTRY["id"],
            object_refs=[report(1)["id"]],
        )
        found = rows(MINISTRY, report(1), given)
        row = next(row for row in of(found, Row) if row.body.get("external_id") == given["id"])
        (position,) = row.body["topics"]
        assert (position["stance"], position["coding_certainty"]) == (stance, "high")
        assert row.body["title"].endswith(": Offers a truce")
        topic = next(need for need in row.needs if need.noun == "topic")
        assert topic.body["name"] == "STIX report: Offers a truce"
        link = of(found, Row)[-1]
        assert link.body == {"from": f"stix:{given['id']}", "to": f"stix:{report(1)['id']}", "type": "responds_to"}
    wrong = made("opinion", opinion="somewhat-agree", object_refs=[report(1)["id"]])
    assert "is none of STIX's opinions" in told(only(rows(wrong), Reject))
    assert "about one object" in told(only(rows(made("opinion", opinion="agree", object_refs=[])), Reject))


def test_a_topic_is_worded_without_the_name_of_the_object_which_may_hold_and_or_not() -> None:
    about = report(1, name="Supplies & not much else and don't ask")
    given = made("opinion", opinion="agree", created_by_ref=MINISTRY["id"], object_refs=[about["id"]])
    assert len(of(rows(MINISTRY, about, given), Row)) == 3


def test_a_note_answers_the_records_that_it_is_about_and_that_are_there() -> None:
    note = made(
        "note",
        2,
        content="First line. " * 50,
        created_by_ref=MINISTRY["id"],
        object_refs=[report(1)["id"], report(7)["id"], made("malware")["id"]],
    )
    found = of(rows(note, report(1), MINISTRY), Row)
    assert [row.noun for row in found] == ["statement", "statement", "reaction"]
    assert found[0].body["title"].endswith("…")
    assert len(found[0].body["title"]) <= 300
    assert found[2].body["to"] == f"stix:{report(1)['id']}"


def test_an_incident_is_an_event_with_who_did_it_to_whom_and_where() -> None:
    group = made("intrusion-set", 3, name="Night Heron", aliases=["Heron"])
    town = made("location", 4, name="Kyiv", country="UA", latitude=50.45, longitude=30.52)
    incident = made(
        "incident",
        5,
        name="A grid goes dark",
        first_seen="2025-03-01T10:00:00Z",
        last_seen="2025-03-02T10:00:00Z",
        created_by_ref=MINISTRY["id"],
    )
    campaign = made("campaign", 6, name="Winter")
    links = [
        made("relationship", 10 + index, relationship_type=kind, source_ref=source["id"], target_ref=target["id"])
        for index, (kind, source, target) in enumerate(
            [
                ("attributed-to", incident, campaign),
                ("attributed-to", campaign, group),
                ("targets", incident, MINISTRY),
                ("located-at", incident, town),
            ]
        )
    ]
    found = rows(incident, campaign, *links, town, group, MINISTRY)
    row = only(found, Row)
    assert {name: row.body[name] for name in ("date", "actor", "event_type", "event_mode", "attribution", "participants", "place")} == {
        "date": "2025-03-01/2025-03-02", "actor": "night-heron", "event_type": "COERCE", "event_mode": "cyber", "attribution": "third_party",
        "participants": [{"actor": "ministry-of-examples", "role": "target"}],
        "place": {"name": "Kyiv", "country": "UA", "latitude": 50.45, "longitude": 30.52},
    }  # fmt: skip
    assert next(need for need in row.needs if need.body["slug"] == "night-heron").body["aliases"] == ["Heron"]
    assert "campaign: has no date of its own" in [skipped.why for skipped in of(found, Skipped)]
    for country, known in (("ua", {"country": "UA"}), (["UA"], {}), ("Ukraine", {})):
        elsewhere = made("location", 4, name="Kyiv", country=country)
        assert only(rows(incident, links[3], elsewhere), Row).body["place"] == {"name": "Kyiv", **known}
    nobody = only(rows(made("incident", name="A grid goes dark")), Row)
    assert (nobody.body["actor"], nobody.body["date_basis"]) == ("unnamed-attacker", "published")


def test_circles_of_attribution_end() -> None:
    one, two = made("campaign", 1, name="One", first_seen="2025-03-01T00:00:00Z"), made("campaign", 2, name="Two")
    links = [
        made("relationship", number, relationship_type="attributed-to", source_ref=a["id"], target_ref=b["id"])
        for number, a, b in ((3, one, two), (4, two, one))
    ]
    assert only(rows(one, two, *links), Row).body["actor"] == "unnamed-attacker"


def test_a_sighting_of_an_attack_is_an_event_and_one_of_a_trace_is_none() -> None:
    group = made("threat-actor", 3, name="Night Heron")
    seen = made(
        "sighting",
        4,
        sighting_of_ref=group["id"],
        where_sighted_refs=[MINISTRY["id"]],
        first_seen="2025-03-01T10:00:00Z",
    )
    row = only(rows(group, MINISTRY, seen), Row)
    assert (row.noun, row.body["title"], row.body["actor"]) == ("event", "Seen: Night Heron", "night-heron")
    for changed in (
        {"sighting_of_ref": made("indicator")["id"]},
        {"x_opencti_negative": True},
        {"count": 0},
        {"sighting_of_ref": 5},
    ):
        assert isinstance(rows(group, MINISTRY, seen | changed)[2], Skipped)


@pytest.mark.parametrize("level", ["TLP:GREEN", "tlp:amber", "TLP:AMBER+STRICT", "TLP:RED", "TLP:MADE-UP"])
def test_what_is_not_for_everybody_becomes_a_draft(level: str) -> None:
    marking = made(
        "marking-definition", 3, definition_type="tlp", definition={"tlp": level.lower().removeprefix("tlp:")}
    )
    named = made(
        "marking-definition",
        4,
        name=level,
        extensions={"extension-definition--1": {"tlp_2_0": level.lower().removeprefix("tlp:")}},
    )
    for mark in (marking, named):
        for refs in (
            {"object_marking_refs": [mark["id"]]},
            {"granular_markings": [{"marking_ref": mark["id"], "selectors": ["name"]}]},
        ):
            row = only(rows(mark, MINISTRY, report(**refs)), Row)
            assert row.body["status"] == "draft"
            assert "kept as a draft" in told(row)


def test_a_marking_that_is_not_in_the_file_holds_back_unless_it_is_known_to_everybody() -> None:
    refs = {
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": False,  # TLP:WHITE
        "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": False,  # TLP:CLEAR
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": True,  # TLP:RED of version 1
        "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": True,  # TLP:RED of version 2
        f"marking-definition--{UUID.format(8)}": True,
    }
    for ref, held in refs.items():
        row = only(rows(MINISTRY, report(object_marking_refs=[ref])), Row)
        assert (row.body.get("status") == "draft") is held, ref
    copyrighted = made("marking-definition", 3, definition_type="statement", definition={"statement": "Copyright"})
    assert "status" not in only(rows(copyrighted, MINISTRY, report(object_marking_refs=[copyrighted["id"]])), Row).body


def test_the_newest_version_of_an_object_counts_and_a_revoked_one_is_withdrawn() -> None:
    old, new = (
        report(modified="2025-03-11T15:00:00Z"),
        report(modified="2025-03-12T15:00:00Z", name="Offers a longer truce"),
    )
    for objects in ((MINISTRY, old, new), (MINISTRY, new, old), (MINISTRY, new, new)):
        found = rows(*objects)
        assert only(found, Row).body["title"] == "Offers a longer truce"
        assert "stands in the file again" in of(found, Skipped)[1].why
    row = only(rows(MINISTRY, report(revoked=True)), Row)
    assert row.body["status"] == "withdrawn"


def test_two_identities_of_one_name_are_two_actors() -> None:
    other = MINISTRY | {"id": f"identity--{UUID.format(2)}"}
    found = of(rows(MINISTRY, other, report(3), report(4, created_by_ref=other["id"])), Row)
    assert found[0].body["actor"] == "ministry-of-examples"
    assert found[1].body["actor"].startswith("ministry-of-examples-")


def test_who_wrote_what_nobody_is_named_for_can_be_said() -> None:
    anonymous = report(created_by_ref=f"identity--{UUID.format(7)}")
    row = only(rows(anonymous), Row)
    assert (row.body["actor"], row.body["citations"][0]["source"]) == ("unnamed-stix-author", "stix-bundle")
    assert "is no identity that the file holds" in told(row)
    given = {
        "actor": "kremlin",
        "source": "tass",
        "topic": "sanctions",
        "confidence": "high",
        "external_source": "desk",
    }
    row = only(rows(anonymous, mapping=given), Row)
    assert (row.body["actor"], row.body["citations"][0]["source"], row.body["topics"][0]["topic"]) == (
        "kremlin",
        "tass",
        "sanctions",
    )
    assert (row.body["confidence"], row.body["external_source"], row.needs) == ("high", "desk", ())
    assert only(rows(made("note", content="Words.", authors=["A. Writer"])), Row).body["actor"] == "a-writer"
    # What the file says goes before what is said of it.
    assert only(rows(MINISTRY, report(confidence=5), mapping=given), Row).body["confidence"] == 5


def test_relationships_that_say_how_one_record_answers_another_are_reactions() -> None:
    link = made(
        "relationship",
        5,
        relationship_type="responds-to",
        source_ref=report(1)["id"],
        target_ref=report(2)["id"],
        confidence=60,
        description="Names it.",
    )
    row = of(rows(link, MINISTRY, report(1), report(2)), Row)[-1]
    assert row.body == {
        "from": f"stix:{report(1)['id']}", "to": f"stix:{report(2)['id']}", "type": "responds_to", "confidence": 60, "note": "Names it.",
    }  # fmt: skip
    for changed in ({"relationship_type": "related-to"}, {"target_ref": made("malware")["id"]}, {"source_ref": None}):
        assert isinstance(rows(link | changed)[0], Skipped)


def test_what_is_no_object_is_told_with_its_line() -> None:
    objects = [
        5,
        "x",
        [],
        {},
        {"type": 5},
        {"type": "report"},
        {"type": "report", "id": "report--1"},
        {"type": "report", "id": report()["id"]},
    ]
    found = rows(*objects)
    assert all(isinstance(row, Reject) for row in found)
    assert [row.line for row in found] == sorted(row.line for row in found)
    assert {fault.column for fault in of(found, Reject)[-1].faults} == {"created", "name"}


def test_objects_may_stand_before_the_type_of_the_bundle() -> None:
    content = json.dumps({"objects": [report(), MINISTRY], "type": "bundle"}).encode()
    assert only(read(stix.read, content), Row).body["actor"] == "ministry-of-examples"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"  ", "ends too early"),
        (b"[]", "no STIX bundle"),
        (b"5", "no STIX bundle"),
        (b'{"type": "bundle"}', "no list"),
        (b'{"type": "bundle", "objects": []}', "no list"),
        (b'{"type": "report", "objects": [{}]}', "its type is 'report'"),
        (b"<stix:STIX_Package/>", "XML"),
        (b"PK\x03\x04rest", "ZIP"),
        (b'{"type": "bundle", "objects": [{"type": "report"}', "cut off"),
        (b'{"type": "bundle", "objects": [{"type": "report}]}', "cut off"),
        (b'{"type": "bundle",\n "objects": [{"type" "report"}]}', "line 2"),
        (b'{"type": "bundle", "objects": [{}]} {}', "something follows"),
    ],
)
def test_a_file_that_is_no_bundle_is_refused_with_the_reason(content: bytes, what: str) -> None:
    assert what in refusal(stix.read, content)


def test_a_mapping_that_says_what_there_is_not_is_refused() -> None:
    for wrong, what in (
        ({"actors": "kremlin"}, "did you mean actor?"),
        ({"event_type": "CONSULT"}, "does not take"),
        ({"actor": "The Kremlin"}, "no slug"),
        ({"confidence": "hgih"}, "hgih"),
        ({"external_source": "a b"}, "no name of a system"),
    ):
        assert what in refusal(stix.read, bundle(report()), wrong)


@pytest.mark.skipif(not (DATA / "stix").is_dir(), reason="the published data is not beside the checkout")
def test_the_published_bundles_are_read_object_by_object() -> None:
    counts = {}
    for name in ("opencti_bundle", "threat-reports__apt1"):
        objects = json.loads((DATA / "stix" / f"{name}.json").read_text(encoding="utf-8"))["objects"]
        found = read(stix.read, DATA / "stix" / f"{name}.json")
        answers = [row for row in of(found, Row) if row.noun == "reaction"]
        assert len(found) - len(answers) == len(objects)
        counts[name] = Counter(row.noun if isinstance(row, Row) else type(row).__name__ for row in found)
    assert counts == {
        "opencti_bundle": {"statement": 3, "event": 2, "reaction": 2, "Skipped": 54},
        "threat-reports__apt1": {"statement": 1, "Skipped": 75},
    }


def test_a_mapping_may_be_toml_or_json() -> None:
    for said in ('actor = "kremlin"\n# and no more\n', ' {"actor": "kremlin"}'):
        (row,) = stix.read(io.BytesIO(bundle(report(created_by_ref=None))), said)
        assert isinstance(row, Row)
        assert row.body["actor"] == "kremlin"

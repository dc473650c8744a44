"""What a POST of a statement refuses: every fault at once, each at the place that the sender wrote."""

from typing import Any

from schemas.vocabularies import EVENT_MODES, EventMode, EventType
from tests import expect
from tests.desk import nouns, post
from tests.expect import Api
from tests.factories import statement


def refused(api: Api, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The faults of a POST, by place."""
    return expect.faults(api.send("POST", "/v1/statements", json=body))


def test_all_faults_of_a_body_come_at_once(api: Api) -> None:
    nouns(api)
    found = refused(
        api,
        statement(
            date="13.03.2025", title=" ", actor="vladimir-puttin", topic="truce-in-principel", stance="suports",
            source="kremlin", url="kremlin.ru", confidence="hgih", colour="red", status="publised", prompted="yes",
            event_type="AGREE", event_mode="phone", external_id="7", tags=["a", "a"], reacts_to=["nothing"],
            participants=[{"actor": "kremlim", "role": "host"}], place={"latitude": 91},
        ),
    )  # fmt: skip
    assert set(found) == {
        f"body.{name}"
        for name in (
            "date", "title", "actor", "topic", "stance", "source", "url", "confidence", "colour", "status", "prompted",
            "event_mode", "external_id", "tags", "reacts_to.0", "participants.0.actor", "place.latitude",
        )
    }  # fmt: skip
    for name, near in (
        ("actor", "vladimir-putin"), ("topic", "truce-in-principle"), ("stance", "supports"), ("source", "kremlin-ru"),
        ("confidence", "high"), ("status", "published"), ("participants.0.actor", "kremlin"),
    ):  # fmt: skip
        assert near in found[f"body.{name}"]["hint"], name
    assert list(api.walk("/v1/statements")) == []


def test_an_empty_body_is_told_all_that_is_needed(api: Api) -> None:
    found = refused(api, {})
    assert set(found) == {f"body.{name}" for name in ("date", "title", "actor", "topics", "confidence", "citations")}


def test_a_required_member_is_missed_by_its_name(api: Api) -> None:
    nouns(api)
    for name in ("date", "title", "actor", "confidence"):
        assert set(refused(api, statement(**{name: None}))) == {f"body.{name}"}


def test_a_short_form_and_its_long_form_do_not_go_together(api: Api) -> None:
    nouns(api)
    body = statement(
        topics=[{"topic": "sanctions", "stance": "opposes"}], citations=[{"source": "tass", "locator": "1"}]
    )
    assert set(refused(api, body)) == {"body.topic", "body.stance", "body.source", "body.url"}


def test_half_a_short_form_is_told_at_the_short_name(api: Api) -> None:
    nouns(api)
    assert set(refused(api, statement(stance=None))) == {"body.stance"}
    assert set(refused(api, statement(topic=None))) == {"body.topic"}
    assert set(refused(api, statement(url=None))) == {"body.url"}
    assert set(refused(api, statement(source=None))) == {"body.source"}
    assert set(refused(api, statement(conditions="Who monitors it"))) == {"body.conditions"}


def test_faults_of_a_long_form_are_told_where_they_stand(api: Api) -> None:
    nouns(api)
    body = statement(topic=None, stance=None, source=None, url=None)
    body["topics"] = [
        {"topic": "sanctions", "stance": "opposes", "conditions": "x"},
        {"topic": "sanktions", "stance": "no"},
        "x",
    ]
    body["citations"] = [{"source": "tass"}, {"source": "tas", "locator": " ", "credibility": 7, "reliability": "G"}]
    assert set(refused(api, body)) == {
        "body.topics.0.conditions", "body.topics.1.topic", "body.topics.1.stance", "body.topics.2",
        "body.citations.0", "body.citations.1.source", "body.citations.1.locator", "body.citations.1.credibility",
        "body.citations.1.reliability",
    }  # fmt: skip


def test_nothing_is_named_twice(api: Api) -> None:
    nouns(api)
    twice = [{"topic": "sanctions", "stance": "opposes"}, {"topic": "sanctions", "stance": "supports"}]
    parts = [{"actor": "kremlin", "role": "host"}] * 2
    body = statement(topic=None, stance=None, topics=twice, participants=parts, tags=["a", " a "])
    assert set(refused(api, body)) == {"body.topics", "body.participants", "body.tags"}


def test_a_place_has_both_coordinates_and_says_something(api: Api) -> None:
    nouns(api)
    assert set(refused(api, statement(place={"latitude": 50.5}))) == {"body.place.longitude"}
    assert set(refused(api, statement(place={"longitude": 50.5}))) == {"body.place.longitude"}
    assert set(refused(api, statement(place={}))) == {"body.place"}
    assert set(refused(api, statement(place={"country": "UK"}))) == {"body.place.country"}
    assert set(refused(api, statement(place={"latitude": True, "longitude": "30"}))) == {
        "body.place.latitude", "body.place.longitude",
    }  # fmt: skip


def test_every_mode_goes_with_its_own_types_alone(api: Api) -> None:
    nouns(api)
    fits = {(kind, mode) for kind, modes in EVENT_MODES.items() for mode in modes}
    for mode in (EventMode.PHONE, EventMode.RESTRICT, EventMode.CEASEFIRE):
        for kind in EventType:
            body = statement(event_type=kind, event_mode=mode)
            if (kind, mode) in fits:
                assert post(api, "/v1/statements", body)["event_mode"] == mode
            else:
                assert set(refused(api, body)) == {"body.event_mode"}
    assert set(refused(api, statement(event_mode="phone"))) == {"body.event_mode"}


def test_what_is_derived_is_not_taken_at_creation(api: Api) -> None:
    nouns(api)
    names = ("id", "kind", "version", "date_earliest", "stance_score", "recorded_by", "retracted_by")
    assert set(refused(api, statement(**dict.fromkeys(names, "x")))) == {f"body.{name}" for name in names}


def test_a_deleted_noun_can_not_be_named(api: Api) -> None:
    nouns(api)
    assert api.drop("/v1/actors/kremlin").status_code == 204
    assert set(refused(api, statement(on_behalf_of="kremlin"))) == {"body.on_behalf_of"}


def test_an_outside_id_may_hold_slashes_but_not_end_in_thread(api: Api) -> None:
    nouns(api)
    outside = {"external_source": "wire", "external_id": "2025/03/13/7"}
    made = api.make("/v1/statements", statement(**outside))
    assert api.get("/v1/statements/wire:2025/03/13/7") == made
    assert [item["record"]["id"] for item in api.get("/v1/statements/wire:2025/03/13/7/thread")["items"]] == [
        made["id"]
    ]
    assert set(refused(api, statement(external_source="wire", external_id="7/thread"))) == {"body.external_id"}
    expect.problem(api.send("DELETE", "/v1/statements/wire:2025/03/13/7/thread"), "method-not-allowed")

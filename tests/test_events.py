"""Events: what they share with statements, and where they differ."""

from schemas.events import EventRead
from tests import expect
from tests.desk import done, nobody, nouns, post, said, uid
from tests.expect import Api
from tests.factories import event
from tests.test_statements import FULL, plain

WORDS_ALONE = ("quote", "language", "translation", "translation_by", "channel", "prompted")
FULL_EVENT = {name: value for name, value in FULL.items() if name not in WORDS_ALONE}


def test_the_smallest_event_has_no_topic_and_no_stance(api: Api) -> None:
    nouns(api)
    made = api.make("/v1/events", event())
    EventRead.model_validate(made)
    assert set(made) == set(EventRead.model_fields) - {"snippet"}
    assert (made["kind"], made["topics"], made["stance"], made["stance_score"]) == ("event", [], None, None)
    assert (made["event_type"], made["event_mode"], made["confidence"]) == ("CONSULT", "phone", 90)


def test_every_member_of_an_event_comes_back_as_it_was_sent(api: Api) -> None:
    nouns(api)
    made = api.make("/v1/events", FULL_EVENT)
    shown = plain(made)
    assert {name: shown[name] for name in FULL_EVENT} == {**FULL_EVENT, "confidence": 70}
    assert made["stance"] == "supports"


def test_an_event_needs_its_type_and_takes_no_words(api: Api) -> None:
    nouns(api)
    body = event(event_type=None, quote="x", channel="speech", prompted=True)
    found = expect.faults(api.send("POST", "/v1/events", json=body))
    assert set(found) == {"body.event_type", "body.quote", "body.channel", "body.prompted"}
    assert set(expect.faults(api.send("POST", "/v1/events", json=event(event_mode="drone")))) == {"body.event_mode"}
    path = done(api)
    assert set(expect.faults(api.patch(path, {"event_type": None}))) == {"body.event_type"}
    assert set(expect.faults(api.patch(path, {"event_type": "AGREE"}))) == {"body.event_mode"}
    after = api.patch(path, {"event_type": "AGREE", "event_mode": None}).json()
    assert (after["event_type"], after["event_mode"]) == ("AGREE", None)


def test_an_event_can_have_topics_and_lose_them(api: Api) -> None:
    nouns(api)
    path = done(api, topic="sanctions", stance="opposes")
    assert api.get(path)["stance"] == "opposes"
    after = api.patch(path, {"topics": None}).json()
    assert (after["topics"], after["stance"], after["stance_score"]) == ([], None, None)


def test_a_deleted_event_leaves_its_tombstone(api: Api) -> None:
    nouns(api)
    path = done(api)
    assert api.drop(path).status_code == 204
    gone = api.send("GET", path)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"2-')
    expect.problem(api.send("GET", path.replace("events", "statements")), "not-found")


def test_an_outside_id_serves_wherever_an_id_is_taken(api: Api) -> None:
    nouns(api)
    first = post(api, "/v1/events", event(external_source="acled", external_id="UKR:1 b"))
    path = "/v1/events/acled:UKR:1 b"
    assert nobody(api, "GET", path).json() == first
    answer = said(api, date="2025-03-19", reacts_to=["acled:UKR:1 b"])
    found = api.get(f"{path}/thread")
    assert [one["record"]["id"] for one in found["items"]] == [first["id"], uid(answer)]
    link = {"from": uid(answer), "to": "acled:UKR:1 b", "type": "rejects"}
    assert api.make("/v1/reactions", link)["to"] == first["id"]
    assert len(list(api.walk("/v1/reactions", record="acled:UKR:1 b"))) == 2
    assert [one["id"] for one in api.walk("/v1/timeline", id="acled:UKR:1 b")] == [first["id"]]
    assert api.patch(path, {"title": "New"}).json()["version"] == 2
    assert api.drop(path).status_code == 204
    expect.problem(api.send("GET", f"/v1/events/{first['id']}"), "deleted")
    expect.problem(api.send("GET", path), "deleted")


def test_an_outside_id_is_taken_once_for_both_kinds_and_for_good(api: Api) -> None:
    nouns(api)
    path = done(api, external_source="acled", external_id="7")
    for kind, body in (("statements", FULL), ("events", event())):
        again = api.send("POST", f"/v1/{kind}", json={**body, "external_source": "acled", "external_id": "7"})
        assert expect.problem(again, "exists")["existing"] == path
        assert again.headers["location"] == path
    post(api, "/v1/events", event(external_source="ucdp", external_id="7"))
    found = expect.faults(api.patch(path, {"external_source": None, "external_id": "8"}))
    assert set(found) == {"body.external_source", "body.external_id"}
    assert api.patch(path, {"external_source": "acled", "external_id": "7"}).json()["version"] == 1
    assert api.drop(path).status_code == 204
    again = api.send("POST", "/v1/events", json=event(external_source="acled", external_id="7"))
    expect.problem(again, "exists")


def test_an_outside_id_has_both_halves(api: Api) -> None:
    nouns(api)
    for body in (event(external_source="acled"), event(external_id="7")):
        assert set(expect.faults(api.send("POST", "/v1/events", json=body))) == {"body.external_id"}
    for name in ("a:b", "a b", "-a", ""):
        response = api.send("POST", "/v1/events", json=event(external_source=name, external_id="7"))
        assert set(expect.faults(response)) == {"body.external_source"}

"""Codings: one coder's reading of a statement, whole, by versions; what is published stays what the statement says."""

from typing import Any

import pytest

from api.settings import Settings
from schemas import codings
from tests import expect
from tests.coders import coded, put, recoded, said_of
from tests.desk import done, nobody, post, restore, said, store, uid
from tests.expect import Api
from tests.factories import world
from tests.feed import changes, told
from tests.test_fingerprints import assert_whole
from tests.test_moments import now, then


@pytest.fixture
def desk(api: Api) -> Api:
    """An editor in a little world."""
    world(api)
    return api


FULL: dict[str, Any] = {
    "topics": [
        {"topic": "truce-in-principle", "stance": "supports", "condition_type": "preconditions", "coding_certainty": "low",
         "rationale": "Says yes to the idea, no to the plan"},
        {"topic": "sanctions", "stance": "no_position"},
    ],
    "change_note": "First reading",
}  # fmt: skip


def test_a_coding_comes_back_as_it_was_put_and_again_as_it_was_read(desk: Api) -> None:
    path = said(desk)
    answer = put(desk, path, "second-reader", FULL)
    assert answer.status_code == 201
    place = answer.headers["location"]
    assert place == f"{path}/codings/second-reader"
    made = answer.json()
    assert made["statement"] == uid(path)
    assert (made["coder"], made["version"]) == ("second-reader", 1)
    assert made["topics"] == [
        {**FULL["topics"][0], "topic": {"slug": "truce-in-principle", "name": "Truce in principle"}},
        {"topic": {"slug": "sanctions", "name": "Sanctions"}, "stance": "no_position", "condition_type": "none",
         "coding_certainty": None, "rationale": None},
    ]  # fmt: skip
    read = nobody(desk, "GET", place)
    assert (read.json(), read.headers["etag"]) == (made, answer.headers["etag"])
    again = put(desk, path, "second-reader", {**made, "change_note": "Looked at it"}, desk.tag(place))
    assert (again.status_code, again.json()) == (200, made)
    assert len(desk.get(f"{place}/history")["items"]) == 1
    tag = desk.tag(place)
    assert desk.patch("/v1/topics/sanctions", {"name": "Renamed"}).status_code == 200
    assert desk.tag(place) != tag
    assert recoded(desk, path, "second-reader", FULL)["version"] == 1


def test_to_replace_a_coding_takes_the_version_that_was_read(desk: Api) -> None:
    path = said(desk)
    made = coded(desk, path, "a", sanctions="supports", ceasefire="neutral")
    place = f"{path}/codings/a"
    tag = desk.tag(place)
    expect.problem(put(desk, path, "a", said_of(sanctions="opposes")), "precondition-required")
    expect.problem(put(desk, path, "a", said_of(sanctions="opposes"), "*"), "precondition-required")
    after = put(desk, path, "a", said_of(sanctions="opposes"), tag).json()
    assert (after["version"], after["id"], after["recorded_at"]) == (2, made["id"], made["recorded_at"])
    assert [(one["topic"]["slug"], one["stance"]) for one in after["topics"]] == [("sanctions", "opposes")]
    stale = expect.problem(put(desk, path, "a", said_of(sanctions="supports"), tag), "stale")
    assert stale["current"] == after
    assert expect.problem(put(desk, path, "b", said_of(sanctions="supports"), tag), "stale")["current"] is None
    expect.problem(desk.send("DELETE", place, headers={"If-Match": tag}), "stale")
    expect.problem(desk.send("DELETE", place), "precondition-required")
    assert desk.get(place) == after
    assert [one["coder"] for one in desk.get(f"{path}/codings")["codings"]] == ["a"]


def test_all_that_is_wrong_with_a_coding_is_told_at_once(desk: Api) -> None:
    path = said(desk)
    body = {
        "topics": [
            {"topic": "sanctons", "stance": "suports", "coding_certainty": "sure", "conditions": "None"},
            {"topic": "ceasefire"},
        ],
        "coder": "a",
    }
    found = expect.faults(put(desk, path, "Second Reader", body))
    assert {where: fault["hint"] for where, fault in found.items()} == {
        "path.coder": "1 to 60 of a-z, 0-9 and the hyphen, such as second-reader.",
        "body.topics.0.topic": "Did you mean sanctions?",
        "body.topics.0.stance": "Did you mean supports?",
        "body.topics.0.coding_certainty": "One of high, medium, low.",
        "body.topics.0.conditions": "Did you mean condition_type?",
        "body.topics.1.stance": 'It is required. Such as "supports".',
        "body.coder": None,
    }
    wrong: dict[str, Any]
    for wrong in ({}, {"topics": []}, {"topics": None}, {"topics": [{"topic": "sanctions", "stance": "supports"}] * 2}):
        assert set(expect.faults(put(desk, path, "a", wrong))) == {"body.topics"}, wrong
    for name in ("a" * 61, "ä", "a.b", "A"):
        assert set(expect.faults(put(desk, path, name, FULL))) == {"path.coder"}, name
    assert put(desk, path, "a" * 60, FULL).status_code == 201
    # What is read-only may be sent back, and not be changed.
    made = desk.get(f"{path}/codings/{'a' * 60}")
    wrong = {**made, "topics": [], "coder": "b", "version": 7, "statement": "x", "stance": "supports"}
    found = expect.faults(put(desk, path, "a" * 60, wrong, desk.tag(f"{path}/codings/{'a' * 60}")))
    assert set(found) == {"body.topics", "body.coder", "body.version", "body.statement", "body.stance"}
    assert desk.get(f"{path}/codings/{'a' * 60}") == made


def test_a_coding_is_of_a_statement_that_is_there(desk: Api) -> None:
    path, event = said(desk, external_source="acled", external_id="UKR/1"), done(desk)
    coded(desk, path, "second-reader", sanctions="supports")
    for missing in ("/v1/statements/nothing", event.replace("events", "statements")):
        for below in ("/codings", "/codings/a", "/codings/a/history"):
            expect.problem(desk.send("GET", missing + below), "not-found")
        expect.problem(put(desk, missing, "a", FULL), "not-found")
    expect.problem(put(desk, event, "a", FULL), "not-found")
    near = expect.problem(desk.send("GET", f"{path}/codings/second-readr"), "not-found")
    assert near["detail"] == "There is no coding by 'second-readr'. Did you mean second-reader?"
    expect.problem(desk.send("DELETE", f"{path}/codings/a", headers={"If-Match": '"1-0"'}), "not-found")
    # The external id serves as well, also one with slashes.
    outside = "/v1/statements/acled:UKR/1"
    assert desk.get(f"{outside}/codings")["id"] == uid(path)
    assert desk.get(f"{outside}/codings/second-reader") == desk.get(f"{path}/codings/second-reader")
    assert len(desk.get(f"{outside}/codings/second-reader/history")["items"]) == 1
    assert put(desk, outside, "b", FULL).headers["location"] == f"{path}/codings/b"
    for external in ("1/codings", "1/codings/a", "codings/1/codings/a/2"):
        body = {"date": "2025", "actor": "kremlin", "title": "T", "topic": "sanctions", "stance": "supports", "source": "kremlin-ru",
                "url": "http://en.kremlin.ru/1", "confidence": 50, "external_source": "acled", "external_id": external}  # fmt: skip
        found = expect.faults(desk.send("POST", "/v1/statements", json=body))
        assert "can't have /codings in it" in found["body.external_id"]["message"]
    assert said(desk, external_source="acled", external_id="codings/1-codings")


def test_what_is_published_is_the_statement_whatever_the_coders_say(desk: Api) -> None:
    path = said(desk, topic=None, stance=None, topics=[
        {"topic": "truce-in-principle", "stance": "supports", "condition_type": "modalities"}, {"topic": "ceasefire", "stance": "neutral"},
    ])  # fmt: skip
    before = desk.get(path)
    coded(desk, path, "c", truce_in_principle="opposes", sanctions="unclear")
    coded(desk, path, "a", truce_in_principle="opposes", sanctions="opposes")
    coded(desk, path, "b", truce_in_principle="supports")
    assert desk.get(path) == before
    found = nobody(desk, "GET", f"{path}/codings").json()
    assert found["id"] == uid(path)
    assert [one["coder"] for one in found["codings"]] == ["a", "b", "c"]
    assert found["codings"][0] == desk.get(f"{path}/codings/a")
    truce, ceasefire, sanctions = found["topics"]
    assert truce == {
        "topic": {"slug": "truce-in-principle", "name": "Truce in principle"},
        "published": {"stance": "supports", "condition_type": "modalities"},
        "rule": "editor", "coders": 3, "agree": 1, "majority": "opposes",
        "tally": [{"stance": "supports", "coders": 1}, {"stance": "opposes", "coders": 2}],
        "in_words": "Published is what the statement says: supports. 1 of 3 coders read the same; their majority reads opposes.",
    }  # fmt: skip
    assert (ceasefire["published"]["stance"], ceasefire["coders"], ceasefire["majority"]) == ("neutral", 0, None)
    assert ceasefire["in_words"] == "Published is what the statement says: neutral. Nobody has coded it."
    assert (sanctions["published"], sanctions["coders"], sanctions["agree"], sanctions["majority"]) == (
        None,
        2,
        0,
        None,
    )
    assert "nothing is published. It was coded by 2; no stance has a majority." in sanctions["in_words"]
    recoded(desk, path, "a", said_of(truce_in_principle="supports"))
    told_now = desk.get(f"{path}/codings")["topics"][0]["in_words"]
    assert told_now.endswith("2 of 3 coders read the same; so does their majority.")
    tag = nobody(desk, "GET", f"{path}/codings").headers["etag"]
    assert nobody(desk, "GET", f"{path}/codings", headers={"If-None-Match": tag}).status_code == 304


def test_every_version_is_kept_told_and_fingerprinted(desk: Api, settings: Settings) -> None:
    path = said(desk)
    start = changes(desk)
    first = put(desk, path, "a", FULL).json()
    instant = now(desk)
    place = f"{path}/codings/a"
    recoded(desk, path, "a", {**said_of(sanctions="opposes"), "change_note": "Heard again"})
    assert desk.drop(place).status_code == 204
    gone = desk.send("GET", place)
    expect.problem(gone, "deleted")
    assert gone.headers["etag"].startswith('"3-')
    assert desk.get(f"{path}/codings")["codings"] == []
    assert then(desk, place, instant) == first
    assert then(desk, f"{path}/codings", instant)["codings"] == [first]
    assert desk.get(f"{place}?version=1") == {**first, "changed_at": first["recorded_at"]}
    assert desk.get(f"{place}?version=2")["topics"][0]["stance"] == "opposes"
    expect.problem(desk.send("GET", f"{place}?version=3"), "deleted")
    expect.problem(desk.send("GET", f"{place}?version=4"), "not-found")
    back = put(desk, path, "a", FULL)
    assert (back.status_code, back.json()["version"], back.json()["id"]) == (201, 4, first["id"])
    assert desk.drop(place).status_code == 204
    again = put(desk, path, "a", FULL, desk.send("GET", place).headers["etag"])
    assert (again.status_code, again.json()["version"]) == (201, 6)
    history = desk.get(f"{place}/history")["items"]
    assert [(one["version"], one["action"]) for one in history] == [
        (6, "restored"), (5, "deleted"), (4, "restored"), (3, "deleted"), (2, "changed"), (1, "created"),
    ]  # fmt: skip
    assert (history[4]["recorded_by"], history[4]["change_note"], history[4]["changed"]) == (
        "desk",
        "Heard again",
        ["topics"],
    )
    assert (history[5]["change_note"], history[5]["patch"]) == ("First reading", [])
    items = changes(desk)[len(start) :]
    assert told(items) == [(one["action"], "coding", first["id"], one["version"]) for one in reversed(history)]
    assert {one["path"] for one in items} == {place}
    assert [one["representation"] is None for one in items] == [False, False, True, False, True, False]
    assert items[0]["representation"] == first
    assert items[1]["patch"] == history[4]["patch"]
    with store(settings) as writing:
        assert_whole(writing)


def test_codings_go_and_come_back_with_their_statement(desk: Api) -> None:
    path, other = said(desk), said(desk)
    coded(desk, path, "kept", sanctions="supports")
    coded(desk, path, "dropped", ceasefire="opposes")
    coded(desk, other, "kept", sanctions="neutral")
    assert desk.drop(f"{path}/codings/dropped").status_code == 204
    assert desk.drop(path).status_code == 204
    for method, body in (("GET", None), ("PUT", FULL), ("DELETE", None)):
        given = {"json": body} if body else {"headers": {"If-Match": '"2-0"'}}
        expect.problem(desk.send(method, f"{path}/codings/kept", **given), "deleted")
    expect.problem(desk.send("GET", f"{path}/codings"), "deleted")
    assert [one["action"] for one in desk.get(f"{path}/codings/kept/history")["items"]] == ["deleted", "created"]
    assert expect.problem(desk.drop("/v1/topics/sanctions"), "in-use")["uses"] == {"codings": 1}
    assert desk.drop(f"{other}/codings/kept").status_code == 204
    assert desk.drop("/v1/topics/sanctions").status_code == 204
    refused = expect.faults(restore(desk, path, 1))
    assert "there is no topic 'sanctions'" in refused["body.version"]["message"]
    expect.problem(desk.send("GET", path), "deleted")
    sanctions = {"slug": "sanctions", "name": "Sanctions", "proposition": "The West should keep its sanctions."}
    post(desk, "/v1/topics", sanctions)
    start = len(changes(desk))
    assert restore(desk, path, 1).status_code == 200
    assert [(one["action"], one["noun"], one["version"]) for one in changes(desk)[start:]] == [
        ("restored", "statement", 3), ("restored", "coding", 3),
    ]  # fmt: skip
    assert [one["coder"] for one in desk.get(f"{path}/codings")["codings"]] == ["kept"]
    assert desk.get(f"{path}/codings/kept/history")["items"][0]["restored_from"] == 1
    expect.problem(desk.send("GET", f"{path}/codings/dropped"), "deleted")


def test_a_topic_that_is_coded_is_in_use(desk: Api) -> None:
    path = said(desk)
    for coder in "ab":
        coded(desk, path, coder, sanctions="supports")
    assert expect.problem(desk.drop("/v1/topics/sanctions"), "in-use")["uses"] == {"codings": 2}
    recoded(desk, path, "a", said_of(ceasefire="supports"))
    assert "named by 1 coding." in expect.problem(desk.drop("/v1/topics/sanctions"), "in-use")["detail"]
    assert desk.drop(f"{path}/codings/b").status_code == 204
    assert desk.drop("/v1/topics/sanctions").status_code == 204
    assert set(expect.faults(put(desk, path, "b", said_of(sanctions="supports")))) == {"body.topics.0.topic"}


def test_a_statement_takes_so_many_coders_and_no_more(desk: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codings.MOST_CODERS == 100
    monkeypatch.setattr("api.store.codings.MOST_CODERS", 2)
    path = said(desk)
    for coder in "ab":
        coded(desk, path, coder, sanctions="supports")
    found = expect.faults(put(desk, path, "c", said_of(sanctions="suports")))
    assert set(found) == {"path.coder", "body.topics.0.stance"}
    recoded(desk, path, "a", said_of(sanctions="opposes"))
    assert desk.drop(f"{path}/codings/b").status_code == 204
    coded(desk, path, "c", sanctions="supports")


def test_the_feed_is_narrowed_to_codings_by_noun_and_by_topic(desk: Api) -> None:
    path = said(desk)
    coded(desk, path, "a", truce_in_principle="supports")
    recoded(desk, path, "a", said_of(sanctions="supports"))
    recoded(desk, path, "a", said_of(sanctions="opposes"))
    for params, versions in (
        ({"kind": "coding"}, [1, 2, 3]), ({"kind": "coding", "topic": "ceasefire"}, [1, 2]), ({"kind": "coding", "topic": "sanctions"}, [2, 3]),
        ({"kind": "coding", "actor": "vladimir-putin"}, []), ({"kind": "reaction"}, []),
    ):  # fmt: skip
        assert [one["version"] for one in changes(desk, limit=1, **params)] == versions, params

"""PATCH: a JSON merge patch on the version that was read, short forms on the one topic or citation, no edit lost."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from api.store.checks import merge
from tests import expect
from tests.desk import done, nouns, said
from tests.expect import Api
from tests.factories import statement
from tests.test_statements import FULL

Json = Any


def reference(target: Json, patch: Json) -> Json:
    """MergePatch of RFC 7396, section 2, line by line."""
    if isinstance(patch, dict):
        result = dict(target) if isinstance(target, dict) else {}
        for name, value in patch.items():
            if value is None:
                if name in result:
                    del result[name]
            else:
                result[name] = reference(result.get(name), value)
        return result
    return patch


PLACE_MEMBERS: dict[str, some.SearchStrategy[Json]] = {
    "name": some.sampled_from([None, "Moscow", "Москва"]),
    "country": some.sampled_from([None, "RU", "UA"]),
    "latitude": some.sampled_from([None, 55.75, -1]),
    "longitude": some.sampled_from([None, 37.5, 0]),
}
PATCHES = some.fixed_dictionaries(
    {},
    optional={
        "title": some.sampled_from([None, "One", "Two"]),
        "summary": some.sampled_from([None, "Short", "Long"]),
        "on_behalf_of": some.sampled_from([None, "kremlin", {"slug": "kremlin"}]),
        "place": some.none() | some.fixed_dictionaries({}, optional=PLACE_MEMBERS),
        "tags": some.sampled_from([None, [], ["a"], ["b", "a"]]),
        "prompted": some.sampled_from([None, True, False]),
        "attribution": some.sampled_from([None, "own_words", "third_party"]),
    },
)
DEFAULTS = {"attribution": "own_words", "tags": []}


def sendable(shown: dict[str, Any]) -> dict[str, Any]:
    """The members that the patches touch, as a document without nulls."""
    body = {name: shown[name] for name in ("title", "summary", "tags", "prompted", "attribution", "place")}
    body["on_behalf_of"] = shown["on_behalf_of"] and shown["on_behalf_of"]["slug"]
    if body["place"]:
        body["place"] = {name: value for name, value in body["place"].items() if value is not None}
    return {name: value for name, value in body.items() if value is not None}


def is_sound(body: dict[str, Any]) -> bool:
    """Whether a merged document is a statement."""
    place = body.get("place", {"name": "x"})
    return "title" in body and bool(place) and ("latitude" in place) == ("longitude" in place)


@settings(max_examples=25)
@given(patch=PATCHES)
def test_a_patch_does_what_the_standard_says(api: Api, patch: dict[str, Any]) -> None:
    found = api.send("GET", "/v1/statements").json()["items"]
    if not found:
        nouns(api)
    path = f"/v1/statements/{found[0]['id']}" if found else said(api)
    before = api.get(path)
    plain = {
        name: value["slug"] if isinstance(value, dict) and "slug" in value else value for name, value in patch.items()
    }
    wanted = reference(sendable(before), plain)
    response = api.patch(path, patch)
    if not is_sound(wanted):
        expect.problem(response, "invalid")
        assert api.get(path) == before
        return
    assert response.status_code == 200, response.text
    after = response.json()
    assert {**DEFAULTS, **sendable(after)} == {**DEFAULTS, **wanted}
    assert after["version"] == before["version"] + (sendable(after) != sendable(before))


KEYS = some.sampled_from("abc")
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(target=VALUES, patch=VALUES)
def test_merging_is_that_of_the_standard(target: Json, patch: Json) -> None:
    assert merge(target, patch) == reference(target, patch)


# The examples of RFC 7396, appendix A: what stands, the patch, what comes of it.
EXAMPLES: list[tuple[Json, Json, Json]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), EXAMPLES)
def test_merging_follows_the_examples_of_the_standard(target: Json, patch: Json, result: Json) -> None:
    assert merge(target, patch) == result


def test_what_a_get_returns_can_be_sent_back_whole_without_a_new_version(api: Api) -> None:
    nouns(api)
    event = {
        name: FULL[name] for name in ("topics", "citations", "place", "tags", "participants", "effective", "confidence")
    }
    paths = [said(api, topic=None, stance=None, source=None, url=None, **FULL_REST), said(api)]
    paths += [done(api, source=None, url=None, **event), done(api)]
    for path in paths:
        read = api.send("GET", path)
        response = api.patch(path, read.json(), read.headers["etag"])
        assert response.status_code == 200, response.text
        assert (response.json(), response.headers["etag"]) == (read.json(), read.headers["etag"])


FULL_REST = {name: value for name, value in FULL.items() if name not in ("date", "title", "actor", "confidence")}


def test_what_a_get_returns_can_be_edited_and_sent_back_whole(api: Api) -> None:
    nouns(api)
    path = said(api, topic=None, stance=None, source=None, url=None, **FULL_REST)
    shown = api.get(path)
    shown["topics"][1] = {**shown["topics"][1], "stance": "neutral"}
    shown["citations"] = shown["citations"][1:]
    shown["source"] = "kremlin-ru"
    shown |= {"title": "New", "place": None, "on_behalf_of": "vladimir-putin", "confidence": 40, "status": "published"}
    response = api.patch(path, shown)
    assert response.status_code == 200, response.text
    after = response.json()
    assert [position["stance_score"] for position in after["topics"]] == [1, 0]
    assert [cited["source"]["slug"] for cited in after["citations"]] == ["tass"]
    assert (after["source"]["slug"], after["place"], after["title"]) == ("tass", None, "New")
    assert (after["confidence"], after["confidence_given"]) == (40, {"value": 40, "scale": "stix"})
    assert (after["on_behalf_of"]["slug"], after["status"], after["version"]) == ("vladimir-putin", "published", 2)


def test_what_is_read_only_is_refused_by_name_when_it_is_changed(api: Api) -> None:
    nouns(api)
    path = said(api, external_source="acled", external_id="1")
    shown = api.get(path)
    changes = {
        "id": "x", "kind": "event", "version": 7, "date_earliest": "2025-03-12", "date_latest": None,
        "date_precision": "month", "stance_score": 2, "confidence_label": "low", "external_source": "ucdp",
        "external_id": None, "recorded_at": "2025-03-13T14:00:00Z", "changed_at": "2025-03-13T14:00:00Z",
        "recorded_by": "me", "confidence_given": {"value": 1, "scale": "stix"}, "retracted_by": ["x"], "denied_by": ["x"],
        "clarified_by": None,
    }  # fmt: skip
    found = expect.faults(api.patch(path, changes))
    assert set(found) == {f"body.{name}" for name in changes}
    assert api.get(path) == shown
    topics = [{**shown["topics"][0], "stance_score": 2}]
    assert set(expect.faults(api.patch(path, {"topics": topics}))) == {"body.topics.0.stance_score"}


def test_a_score_may_follow_its_stance(api: Api) -> None:
    nouns(api)
    path = said(api)
    topics = [{**api.get(path)["topics"][0], "stance": "opposes", "stance_score": -1}]
    assert api.patch(path, {"topics": topics}).json()["stance_score"] == -1


def test_short_forms_change_the_one_topic_and_the_one_citation(api: Api) -> None:
    nouns(api)
    path = said(
        api, source=None, url=None, citations=[{"source": "tass", "url": "https://tass.com/1", "credibility": 3}]
    )
    patch = {"stance": "opposes", "condition_type": "preconditions", "conditions": "First", "source": "kremlin-ru"}
    after = api.patch(path, patch).json()
    assert after["topics"][0]["topic"]["slug"] == "truce-in-principle"
    assert [after["topics"][0][name] for name in ("stance", "condition_type", "conditions")] == [
        "opposes", "preconditions", "First",
    ]  # fmt: skip
    assert after["citations"][0]["source"]["slug"] == "kremlin-ru"
    assert (after["citations"][0]["url"], after["citations"][0]["credibility"]) == ("https://tass.com/1", 3)
    after = api.patch(
        path, {"topic": {"slug": "sanctions"}, "coding_certainty": "low", "url": "https://tass.com/2"}
    ).json()
    assert (after["topics"][0]["topic"]["slug"], after["stance"]) == ("sanctions", "opposes")
    assert after["citations"][0]["url"] == "https://tass.com/2"
    after = api.patch(path, {"conditions": None, "condition_type": "none"}).json()
    assert (after["topics"][0]["conditions"], after["topics"][0]["condition_type"]) == (None, "none")
    assert after["topics"][0]["coding_certainty"] == "low"


def test_short_forms_are_refused_where_there_is_not_exactly_one(api: Api) -> None:
    nouns(api)
    path = said(api, topic=None, stance=None, source=None, url=None, topics=FULL["topics"], citations=FULL["citations"])
    found = expect.faults(api.patch(path, {"stance": "neutral", "conditions": "x", "url": "https://tass.com/2"}))
    assert set(found) == {"body.stance", "body.conditions", "body.url"}
    assert set(expect.faults(api.patch(done(api), {"topic": "sanctions", "stance": "neutral"}))) == {
        "body.topic", "body.stance",
    }  # fmt: skip
    assert api.patch(path, {"stance": "supports", "source": "kremlin-ru"}).json()["version"] == 1


def test_short_and_long_forms_in_one_patch_are_refused_by_name(api: Api) -> None:
    nouns(api)
    path = said(api)
    body = {"stance": "opposes", "topics": api.get(path)["topics"], "url": "https://a.example", "citations": None}
    assert set(expect.faults(api.patch(path, body))) == {"body.stance", "body.url", "body.citations"}


def test_faults_of_a_short_form_in_a_patch_are_told_at_the_short_name(api: Api) -> None:
    nouns(api)
    path = said(api)
    assert set(expect.faults(api.patch(path, {"stance": "oposes", "url": "tass", "topic": "sanctoins"}))) == {
        "body.stance", "body.url", "body.topic",
    }  # fmt: skip
    assert set(expect.faults(api.patch(path, {"stance": None, "source": None}))) == {"body.stance", "body.source"}
    assert set(expect.faults(api.patch(path, {"url": None}))) == {"body.url"}
    assert set(expect.faults(api.patch(path, {"conditions": "Who monitors it"}))) == {"body.conditions"}


def test_null_removes_and_is_refused_on_what_is_required(api: Api) -> None:
    nouns(api)
    path = said(api, topic=None, stance=None, source=None, url=None, **FULL_REST)
    required = dict.fromkeys(("date", "title", "actor", "topics", "citations"))
    assert set(expect.faults(api.patch(path, required))) == {f"body.{name}" for name in required}
    gone = ("effective", "summary", "on_behalf_of", "hedge", "quote", "language", "translation", "translation_by", "channel",
            "prompted", "place", "rationale", "event_mode")  # fmt: skip
    after = api.patch(path, {**dict.fromkeys(gone), "tags": None, "participants": None, "attribution": None}).json()
    assert [after[name] for name in gone] == [None] * len(gone)
    assert (after["tags"], after["participants"], after["attribution"]) == ([], [], "own_words")


def test_a_member_that_does_not_exist_is_refused_also_when_it_is_null(api: Api) -> None:
    nouns(api)
    path = said(api)
    patch = {"colour": None, "titel": "x", "place": {"country": "RU", "town": None}, "reacts_to": None}
    found = expect.faults(api.patch(path, patch))
    assert set(found) == {"body.colour", "body.titel", "body.place.town", "body.reacts_to"}
    assert found["body.titel"]["hint"] == "Did you mean title?"
    for noun in ("actors/kremlin", "sources/tass", "topics/sanctions"):
        assert set(expect.faults(api.patch(f"/v1/{noun}", {"colour": None}))) == {"body.colour"}


def test_a_body_of_the_wrong_kinds_is_refused_not_failed(api: Api) -> None:
    nouns(api)
    path = said(api)
    for topic in (["x"], {}, {"slug": ["x"]}, 7):
        topics = [{"topic": topic, "stance": ["supports"], "stance_score": []}]
        assert "body.topics.0.topic" in expect.faults(api.patch(path, {"topics": topics}))
    for wrong in ({"topics": "x"}, {"citations": {"a": 1}}, {"place": "Moscow"}, {"actor": 3}, {"tags": {"a": 1}}):
        name = next(iter(wrong))
        assert any(where.startswith(f"body.{name}") for where in expect.faults(api.patch(path, wrong)))


def test_a_patch_may_bear_the_media_type_of_merge_patches(api: Api) -> None:
    nouns(api)
    path = said(api)
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": api.tag(path)}
    assert api.send("PATCH", path, content=b'{"title": "New"}', headers=headers).json()["title"] == "New"
    headers = {"Content-Type": "application/merge-patch+json"}
    expect.problem(api.send("POST", "/v1/statements", json=statement(), headers=headers), "unsupported-media-type")

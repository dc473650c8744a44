"""Bodies: what is no JSON, no text or no number of ours is refused by its place, in words, and nothing is stored."""

import json
import re
import time
from typing import Any

import pytest

from api.bodies import parse
from api.errors import MOST_FAULTS, Problem
from api.settings import Settings
from tests import expect, hostile
from tests.conftest import make_key
from tests.desk import said
from tests.expect import Api
from tests.factories import statement, world


def post(api: Api, content: bytes, path: str = "/v1/statements", **headers: str) -> Any:
    return api.send("POST", path, content=content, headers={**hostile.JSON, **headers})


def test_what_is_not_json_is_refused_with_the_place_where_it_stops_to_be(api: Api, settings: Settings) -> None:
    with hostile.nothing_stored(settings):
        for name, (body, told) in hostile.NOT_JSON.items():
            problem = expect.problem(post(api, body), "malformed-json")
            assert told in problem["detail"], f"{name}: {problem['detail']}"


def test_what_no_database_keeps_is_refused_by_its_place(api: Api, settings: Settings) -> None:
    with hostile.nothing_stored(settings):
        for name, (body, where, told) in hostile.NOT_KEEPABLE.items():
            found = expect.faults(post(api, body))
            assert list(found) == [where], name
            assert told in found[where]["message"], name
            assert found[where]["hint"], name


def test_all_that_can_not_be_kept_is_told_at_once() -> None:
    body = b'{"a": 1e400, "b": "\\u0000", "c": [{"d": 1, "d": 2}], "e": 9223372036854775808}'
    with pytest.raises(Problem) as refused:
        parse(body)
    assert [fault.where for fault in refused.value.errors] == ["body.a", "body.b", "body.c.0.d", "body.e"]


def test_whole_characters_outside_the_basic_plane_are_fine() -> None:
    assert parse(b'{"title": "\\ud83d\\ude00 \xf0\x9f\x98\x80"}') == {"title": "😀 😀"}
    assert parse(b'{"n": 9223372036854775807, "m": -9223372036854775807, "f": 1.5e300}')["n"] == 2**63 - 1


@pytest.mark.parametrize(
    "body",
    [hostile.doubled(60_000), hostile.flood(70_000), hostile.nested(400_000), b'{"tags": [' + b"1," * 400_000 + b"1]}"],
    ids=["a member twice among 60,000", "70,000 unknown members", "400,000 deep", "400,001 items"],
)
def test_a_megabyte_of_malice_costs_no_second(api: Api, settings: Settings, body: bytes) -> None:
    world(api)
    with hostile.nothing_stored(settings):
        begun = time.process_time()
        answer = post(api, body)
        assert time.process_time() - begun < 2
    expect.problem(answer, "invalid")
    assert len(answer.content) < 30_000


def test_no_more_faults_are_told_than_anyone_reads() -> None:
    with pytest.raises(Problem) as refused:
        parse(json.dumps({f"a{number}": "\x00" for number in range(1000)}).encode())
    assert len(refused.value.errors) == MOST_FAULTS
    assert f"the first {MOST_FAULTS}" in refused.value.detail


def test_a_huge_name_or_value_is_not_sent_back(api: Api) -> None:
    for body in (
        {"x" * 100_000: 1},
        statement(title="x" * 100_000),
        statement(date="9" * 100_000),
        statement(actor="a" * 100_000),
    ):
        answer = post(api, json.dumps(body).encode())
        expect.problem(answer, "invalid")
        assert "x" * 100 not in answer.text
        assert "a" * 101 not in answer.text
        assert len(answer.content) < 3_000


MINIMAL: dict[str, dict[str, Any]] = {
    "/v1/statements": statement(),
    "/v1/events": {**statement(), "event_type": "CONSULT"},
    "/v1/actors": {"slug": "new-one", "kind": "person", "name": "New One"},
    "/v1/sources": {"slug": "new-one", "name": "New One"},
    "/v1/topics": {"slug": "new-one", "name": "New one", "proposition": "The parties should talk."},
    "/v1/actors/kremlin/affiliations": {"group": "nato", "dates": "2012/.."},
    "/v1/actors/kremlin/restore": {"version": 1},
    "/v1/reactions": {"from": "a", "to": "b", "type": "rejects"},
    "/v1/keys": {"name": "new-one", "role": "reader"},
    "/v1/snapshots": {"query": "/v1/actors/kremlin"},
    "/v1/purges": {"path": "/v1/actors/kremlin", "reason": "A request"},
    "/v1/duplicates/dismissals": {"records": ["a", "b"]},
    "/v1/statements/{id}/merge": {"with": "a", "with_version": 1},
    "/v1/statements/{id}/unmerge": {"with": "a"},
    "/v1/statements/{id}/codings/{coder}": {"topics": [{"topic": "sanctions", "stance": "neutral"}]},
}
# As they stand at any version.
ANY_VERSION = ", ".join(f'"{number}-0"' for number in range(1, 100))


def test_every_wrong_value_of_every_member_is_refused_in_words_for_an_analyst(api: Api, settings: Settings) -> None:
    world(api)
    admin = Api(api.client, make_key(settings.database_url, "head", "admin"))
    document = admin.get("/openapi.json")
    components = document["components"]["schemas"]
    shapes = {
        (method, path): operations[method]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition(
            "/"
        )[2]
        for path, operations in document["paths"].items()
        for method in ("post", "put")
        # To restore takes the same body everywhere, and so does merging.
        if "application/json" in operations.get(method, {}).get("requestBody", {}).get("content", {})
        and (not path.endswith("/restore") or path == "/v1/actors/{slug}/restore")
        and not re.search("^/v1/events/.*merge$", path)
    }
    assert {path.replace("{slug}", "kremlin") for _, path in shapes} == set(MINIMAL)
    statement_path = said(admin)
    coded = f"{statement_path}/codings/second-reader"
    template = "/v1/statements/{id}/codings/{coder}"
    assert admin.send("PUT", coded, json=MINIMAL[template]).status_code == 201
    tried = refused = 0
    for (method, path), shape in shapes.items():
        path = path.replace("{slug}", "kremlin")
        place = coded if path == template else path.replace("/v1/statements/{id}", statement_path)
        for member in components[shape]["properties"]:
            for number, value in enumerate(hostile.WRONG):
                # A name of its own, so that what is valid by chance is not refused as known already.
                fresh = {"slug": f"new-{member.replace('_', '-')}-{number}"} if "slug" in MINIMAL[path] else {}
                body = json.dumps({**MINIMAL[path], **fresh, member: value}).encode()
                headers = {**hostile.JSON, "If-Match": '"1-0"' if method == "post" else ANY_VERSION}
                answer = admin.send(method.upper(), place, content=body, headers=headers)
                tried += 1
                assert answer.status_code in (200, 201, 409, 422), (
                    f"{member} {value!r}: {answer.status_code} {answer.text[:500]}"
                )
                if answer.status_code != 422:
                    continue
                refused += 1
                for fault in expect.problem(answer, "invalid")["errors"]:
                    told = f"{fault['message']} {fault['hint']}"
                    assert not [words for words in hostile.FOREIGN if words in told], (
                        f"{path} {member} {value!r}: {fault}"
                    )
                    assert len(fault["message"]) < 400, fault
                    assert fault["where"].startswith("body"), fault
    assert tried > 1500
    assert refused > tried * 0.7


@pytest.mark.parametrize(
    ("member", "value", "told", "hint"),
    [
        ("confidence", True, "true is no integer", None),
        ("confidence", "85", "a number in quotes", "85"),
        ("title", 5, "5 is not text", "Such as"),
        ("prompted", 1, "1 is not true or false", "Such as true."),
        ("prompted", "true", "'true' is not true or false", "Such as true."),
        ("place", {"latitude": "55.7", "longitude": True}, "'55.7' is not a number", "Such as 55.75."),
        ("place", {"latitude": 91, "longitude": 0}, "latitude is more than 90: 91", "At most 90."),
        ("place", {"latitude": 0, "longitude": -181}, "longitude is less than -180: -181", "At least -180."),
        ("stance", "suports", "'suports' is no value of stance", "Did you mean supports?"),
        ("stance", "Supports", "'Supports' is no value of stance", "Did you mean supports?"),
        ("stance", "yes", "'yes' is no value of stance", "One of strongly_supports, supports"),
        ("event_type", "consult", "'consult' is no value of event_type", "Did you mean CONSULT?"),
        ("tags", "istanbul", "'istanbul' is not a list", 'Such as ["istanbul-talks"].'),
        ("tags", ["a"] * 101, "tags has more than 100 items", "At most 100."),
        ("participants", ["kremlin"], "'kremlin' is not an object", "Such as"),
        ("title", "x" * 301, "title is longer than 300 characters", "Shorten it."),
        ("title", "  ", "title is blank", "Write some text"),
        ("summary", "a\u0007", "summary holds the control character U+0007", "Remove it"),
        ("actor", "Vladimir Putin", "'Vladimir Putin' is no slug", "Small letters"),
        ("change_note", "", "change_note is empty", "Give a value"),
        ("actor", {"slug": "kremlin", "role": "host"}, "'role' does not belong here", "Give the slug alone"),
        ("actor", {"slug": "kremlin", "name": 5}, "'name' does not belong here", "Give the slug alone"),
        ("actor", {"name": "The Kremlin"}, 'an object here needs a "slug"', "Give the slug alone"),
        ("url", "kremlin.ru/x", "url is not a web address", "http"),
    ],
)  # fmt: skip
def test_a_fault_says_what_was_given_and_what_would_be_right(
    api: Api, member: str, value: Any, told: str, hint: str | None
) -> None:
    faults = expect.problem(api.send("POST", "/v1/statements", json=statement(**{member: value})), "invalid")["errors"]
    found = [fault for fault in faults if told in fault["message"]]
    assert found, faults
    assert hint is None or hint in found[0]["hint"], found


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"titel": "x"}, "Did you mean title?"),
        ({"foo": 1}, None),
        ({"bar": 1}, None),
        ({"citations": [{"source": "kremlin-ru", "locator": "p. 1", "reliabilty": "A"}]}, "Did you mean reliability?"),
        ({"participants": [{"actor": "kremlin", "rol": "host"}]}, "Did you mean role?"),
        ({"place": {"name": "Moscow", "lattitude": 5}}, "Did you mean latitude?"),
    ],
)
def test_an_unknown_member_is_named_with_the_closest_one_at_any_depth(
    api: Api, body: dict[str, Any], hint: str | None
) -> None:
    faults = expect.problem(api.send("POST", "/v1/statements", json=statement(**body)), "invalid")["errors"]
    found = [fault for fault in faults if "there is no member" in fault["message"]]
    assert [fault["hint"] for fault in found] == [hint]


def test_the_members_of_a_reaction_are_hinted_by_the_names_that_are_sent(api: Api) -> None:
    found = expect.faults(api.send("POST", "/v1/reactions", json={"form": "a", "to": "b", "type": "rejects"}))
    assert found["body.form"]["hint"] == "Did you mean from?"
    assert found["body.from"]["message"] == "from is missing"


def test_faults_of_shape_and_unknown_names_come_in_one_answer(api: Api, settings: Settings) -> None:
    world(api)
    body = statement(
        actor="vladimir-putn", topic="sanction", stance="suports", source="kremlin", confidence="hgih", title="", foo=1
    )
    with hostile.nothing_stored(settings):
        found = expect.faults(api.send("POST", "/v1/statements", json=body))
    assert set(found) == {
        f"body.{name}" for name in ("actor", "topic", "stance", "source", "confidence", "title", "foo")
    }
    assert found["body.actor"]["hint"] == "Did you mean vladimir-putin?"
    assert found["body.topic"]["hint"] == "Did you mean sanctions?"
    assert found["body.source"]["hint"] == "Did you mean kremlin-ru?"

"""Query strings: one table of endpoint × parameter, held against the document; nothing in one is ever ignored."""

import re
from typing import Any

import pytest

from api.commands import seal as sealing
from api.queries import parse
from api.settings import Settings
from schemas.fields import closest
from schemas.timeline import TimelineFilter
from tests import expect, hostile
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import event, statement, world

NEVER = ("foo", "limits", "Actor", "from_", "offset", "sort", "page", "__proto__")


@pytest.fixture
def admin(api: Api, settings: Settings) -> Api:
    """An admin in a little world."""
    world(api)
    return Api(api.client, make_key(settings.database_url, "head", "admin"))


def addresses(api: Api) -> dict[str, str]:
    """Each path of the document with something that stands there; a stream ends there as soon as it has begun."""
    app: Any = api.client.app
    app.state.streams.close()
    first = api.make("/v1/statements", statement())
    second = api.make("/v1/events", event())
    link = api.make("/v1/reactions", {"from": second["id"], "to": first["id"], "type": "responds_to"})
    belongs = api.get("/v1/actors/kremlin/affiliations?side=member")["items"][0]
    coding = {"topics": [{"topic": "sanctions", "stance": "neutral"}]}
    assert api.send("PUT", f"/v1/statements/{first['id']}/codings/second-reader", json=coding).status_code == 201
    dismissed = api.make("/v1/duplicates/dismissals", {"records": [first["id"], second["id"]]})
    taken = api.send("POST", "/v1/snapshots", json={"query": "/v1/timeline"}).json()
    batch = api.send("POST", "/v1/imports?format=ndjson", content=b"{}").json()
    ids = {"statements": first["id"], "events": second["id"], "reactions": link["id"], "affiliations": belongs["id"],
           "snapshots": taken["id"], "imports": batch["id"], "dismissals": dismissed["id"]}  # fmt: skip
    slugs = {"actors": "kremlin", "sources": "kremlin-ru", "topics": "ceasefire", "keys": "head"}
    sealing.seal(app.state.database)
    found = {}
    for path in api.get("/openapi.json")["paths"]:
        real = re.sub(r"/(\w+)/\{slug\}", lambda one: f"/{one[1]}/{slugs[one[1]]}", path)
        real = (
            real.replace("{noun}/{id}", f"statement/{first['id']}")
            .replace("{number}", "1")
            .replace("{coder}", "second-reader")
            .replace("{format}", "json")
        )
        found[path] = re.sub(r"/(\w+)/\{id\}", lambda one: f"/{one[1]}/{ids[one[1]]}", real)
    return found


def test_each_endpoint_takes_the_parameters_of_the_document_and_no_other(admin: Api) -> None:
    document = admin.get("/openapi.json")
    places = addresses(admin)
    operations = [(path, method, one) for path, item in document["paths"].items() for method, one in item.items()]
    table = {
        (path, method): {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "query"}
        for path, method, operation in operations
    }
    every = {name for documented in table.values() for name in documented} | set(NEVER)
    assert len(every) > 40
    taken = refused = 0
    for (path, method), documented in table.items():
        headers = {**hostile.JSON, **hostile.LOCKED.get(method.upper(), {})}
        for name in sorted(every):
            value = documented.get(name, {}).get("example", "x")
            given = {**NEEDED.get((path, method), {}), name: str(value).lower() if isinstance(value, bool) else value}
            answer = admin.send(method.upper(), places[path], params=given, headers=headers)
            errors = answer.json().get("errors", []) if answer.status_code == 422 else []
            unknown = [fault["where"] for fault in errors if "there is no parameter" in fault["message"]]
            told = f"{method} {path}?{name}: {answer.status_code} {answer.text[:300]}"
            if name in documented:
                taken += 1
                assert unknown == [], told
                # As of a day before anything was recorded there is nothing to be found.
                assert answer.status_code in (
                    (404,) if name == "as_of" and re.search("{(?!format)", path) else (200, 201, 422)
                ), told
                if answer.status_code == 404:
                    continue
                assert not [fault for fault in errors if fault["where"] != f"query.{name}"], told
                assert answer.status_code != 422 or re.search(
                    "[Tt]here is no|without|not a cursor|is empty", answer.text
                ), told
            else:
                refused += 1
                assert unknown == [f"query.{name}"], told
    assert taken > 150
    assert refused > 1500


def test_every_parameter_is_refused_when_it_is_empty_or_given_twice(admin: Api) -> None:
    document = admin.get("/openapi.json")
    places = addresses(admin)
    for path, item in document["paths"].items():
        for one in item.get("get", {}).get("parameters", []):
            if one["in"] != "query":
                continue
            name = one["name"]
            for query in (name, f"{name}="):
                empty = expect.faults(admin.send("GET", f"{places[path]}?{query}"))
                assert empty[f"query.{name}"]["message"] == f"{name} is empty"
            twice = admin.send("GET", f"{places[path]}?{name}=1&{name}=1")
            errors = twice.json().get("errors", []) if twice.status_code == 422 else []
            is_told = f"{name} is given twice" in [fault["message"] for fault in errors]
            assert is_told == (one["schema"].get("type") != "array"), f"{path}?{name}: {twice.text[:300]}"


# What a request can't do without, whatever is tried.
NEEDED = {("/v1/imports", "post"): {"format": "ndjson"}}
# Their filters are those of the timeline; those of an export are those of what it is of.
SAME = ("/v1/statements", "/v1/events", "/v1/actors/{slug}/timeline", "/v1/events/{id}/thread")


def test_every_wrong_value_of_every_parameter_is_refused_in_words_for_an_analyst(
    admin: Api, settings: Settings
) -> None:
    document = admin.get("/openapi.json")
    places = addresses(admin)
    values = ["x", "-1", "0", "1.5", "9" * 18, "9" * 400, "true", "TRUE", " ", "💥", "a b", "'; --", "%", "null", "NaN", "1e400", "..",
              "2025-02-30", "0000", "10000", "1e5", "P1", "9" * 13, "a" * 101, "x" * 3_000, "\u00a0"]  # fmt: skip
    with hostile.nothing_stored(settings):
        exports = {path for path in document["paths"] if path.endswith(".{format}")} - {"/v1/topics.{format}"}
        for path in sorted(set(document["paths"]) - set(SAME) - exports):
            for one in document["paths"][path].get("get", {}).get("parameters", []):
                for value in values if one["in"] == "query" else ():
                    answer = admin.send("GET", places[path], params={one["name"]: value})
                    told = f"{path}?{one['name']}={value[:40]!r}: {answer.status_code} {answer.text[:400]}"
                    assert answer.status_code in (200, 404, 422), told
                    assert not [words for words in hostile.FOREIGN if words in answer.text], told
                    assert answer.status_code == 200 or len(answer.content) < 1_500, told


@pytest.mark.parametrize(
    ("query", "where", "told", "hint"),
    [
        ("limt=5", "limt", "there is no parameter 'limt'", "Did you mean limit?"),
        ("foo=5", "foo", "there is no parameter 'foo'", "One of as_of, limit, cursor, "),
        ("From=2025", "From", "there is no parameter 'From'", "Did you mean from?"),
        ("limit=0", "limit", "limit is less than 1: 0", "At least 1."),
        ("limit=501", "limit", "limit is more than 500: 501", "At most 500."),
        ("limit=2147483648", "limit", "limit is more than 500: 2147483648", "At most 500."),
        ("limit=0001" + "0" * 60, "limit", "limit is more than 500: 0001000", "At most 500."),
        ("limit=50.0", "limit", "'50.0' is no whole number", "Digits alone"),
        ("limit=%2B5", "limit", "'+5' is no whole number", "Digits alone"),
        ("limit=٥", "limit", "'٥' is no whole number", "Digits alone"),
        ("stance=suports", "stance", "'suports' is no value of stance", "Did you mean supports?"),
        ("event_type=consult", "event_type", "'consult' is no value of event_type", "Did you mean CONSULT?"),
        ("count=all", "count", "'all' is no value of count", "One of capped."),
        ("order=newest", "order", "'newest' is no value of order", "One of desc, asc"),
        ("affiliates=1&actor=kremlin", "affiliates", "'1' is neither true nor false", "Write true or false."),
        ("role=agent", "role", "role means nothing without an actor", "Give actor too"),
        ("affiliates=true", "affiliates", "affiliates means nothing without an actor", "Give actor too"),
        ("affiliates=false", "affiliates", "affiliates means nothing without an actor", "Give actor too"),
        ("actor=kremln", "actor", "there is no actor 'kremln'", "Did you mean kremlin?"),
        ("actor=putin", "actor", "there is no actor 'putin'", "Did you mean vladimir-putin?"),
        ("topic=truce", "topic", "there is no topic 'truce'", "Did you mean truce-in-principle?"),
        ("target=ukraine", "target", "there is no actor 'ukraine'", None),
        ("source=kremlin", "source", "there is no source 'kremlin'", "Did you mean kremlin-ru?"),
        ("actor=Kremlin", "actor", "'Kremlin' is no slug", "Small letters"),
        ("actor=" + "a" * 101, "actor", "actor is longer than 100 characters", "Shorten it."),
        ("tag=a" + "&tag=a" * 100, "tag", "tag has more than 100 items", "At most 100."),
        ("tag=a%00b", "tag", "tag holds a control character", "Remove it."),
        ("tag=a%0D%0Ab", "tag", "tag holds a control character", "Remove it."),
        ("tag=%FF", "tag", "tag is not UTF-8", "Percent-encode"),
        ("tag=%ED%A0%80", "tag", "tag is not UTF-8", "Percent-encode"),
        ("%FF=1", "?", "there is no parameter '?'", "One of"),
        ("=5", "", "there is no parameter ''", "One of"),
        ("from=2026&to=2025", "from", "from lies after to", "Give the earlier date"),
        ("bbox=1,2,3", "bbox", "'1,2,3' is no bounding box", "Four numbers"),
        ("bbox=nan,0,0,0", "bbox", "is no bounding box", "Four numbers"),
        ("bbox=1_0,2,30,4", "bbox", "is no bounding box", "Four numbers"),
        ("bbox=10,5,20,4", "bbox", "south north of its north", "Four numbers"),
        ("bbox=190,5,20,14", "bbox", "does not lie on the globe", "Four numbers"),
        ("min_reliability=F", "min_reliability", "can't be judged", "A to E"),
        ("min_confidence=101", "min_confidence", "min_confidence is more than 100: 101", "At most 100."),
    ],
)  # fmt: skip
def test_a_fault_says_what_was_given_and_what_would_be_right(
    api: Api, query: str, where: str, told: str, hint: str | None
) -> None:
    world(api)
    found = expect.faults(api.send("GET", f"/v1/timeline?{query}"))
    assert list(found) == [f"query.{where}"]
    fault: dict[str, Any] = found[f"query.{where}"]
    assert told in fault["message"]
    assert (fault["hint"] is None) if hint is None else hint in fault["hint"]


def test_faults_of_form_and_unknown_names_come_in_one_answer(api: Api) -> None:
    world(api)
    query = "actor=kremln&topic=ceasefir&source=x&target=y&stance=z&limit=0&foo=1&from=2025-13&tag=&order=asc&order=asc"
    found = expect.faults(api.send("GET", f"/v1/timeline?{query}"))
    wrong = ("actor", "topic", "source", "target", "stance", "limit", "foo", "from", "tag", "order")
    assert set(found) == {f"query.{name}" for name in wrong}
    assert found["query.actor"]["hint"] == "Did you mean kremlin?"


def test_an_unknown_slug_in_the_path_is_not_found_with_the_closest(api: Api) -> None:
    world(api)
    for path, near in [
        ("/v1/actors/kremln", "kremlin"), ("/v1/actors/kremln/timeline", "kremlin"), ("/v1/actors/putin", "vladimir-putin"),
        ("/v1/actors/kremln/affiliations", "kremlin"), ("/v1/topics/ceasefir", "ceasefire"), ("/v1/sources/kremlin", "kremlin-ru"),
    ]:  # fmt: skip
        detail = expect.problem(api.send("GET", path), "not-found")["detail"]
        assert detail.endswith(f"Did you mean {near}?"), detail
    detail = expect.problem(api.send("GET", "/v1/actors/xyzzy"), "not-found")["detail"]
    assert "Did you mean" not in detail


@pytest.mark.parametrize("name", ["%00", "a%00b", "a%0Ab", "%7F", "%1F"])
def test_a_control_character_in_a_path_is_refused(api: Api, name: str) -> None:
    for path in (
        f"/v1/actors/{name}",
        f"/v1/actors/{name}/timeline",
        f"/v1/statements/{name}",
        f"/v1/statements/x:{name}",
    ):
        found = expect.faults(api.send("GET", path))
        assert {"path.slug", "path.id"} & set(found), found


@pytest.mark.parametrize(
    "name", ["%FF", "%ED%A0%80", "a%2Fb", "..%2F..", "KREMLIN", "x" * 5000, "9" * 400, "9223372036854775808", "💥", "'"]
)
def test_any_other_name_in_a_path_is_just_not_there(api: Api, name: str) -> None:
    for path in (f"/v1/actors/{name}", f"/v1/statements/{name}", f"/v1/statements/x:{name}", f"/v1/reactions/{name}"):
        answer = api.send("GET", path)
        expect.problem(answer, "not-found")
        assert len(answer.content) < 800


def test_raw_bytes_are_read_as_utf_8() -> None:
    assert parse(TimelineFilter, "tag=Да".encode()).tag == ["Да"]
    assert parse(TimelineFilter, b"tag=%D0%94%D0%B0&tag=a+b%2Bc").tag == ["Да", "a b+c"]
    assert [fault.where for fault in parse(TimelineFilter, b"tag=\xff&tag=%ff")._faults] == ["query.tag", "query.tag"]


def test_so_many_parameters_are_refused_together(api: Api) -> None:
    found = expect.faults(api.send("GET", "/v1/timeline?" + "tag=a&" * 1_001))
    assert found["query"]["message"] == "there are more than 1,000 parameters"


def test_a_hint_is_near_or_absent() -> None:
    names = [
        "from",
        "to",
        "actor",
        "limit",
        "kremlin",
        "vladimir-putin",
        "state-department",
        "us-state-department",
        "CONSULT",
    ]
    assert {
        word: closest(word, names) for word in ("foo", "bar", "ukraine", "x", "", "or", "department-of-state-x")
    } == dict.fromkeys(("foo", "bar", "ukraine", "x", "", "or", "department-of-state-x"))
    assert closest("form", names) == "from"
    assert closest("putin", names) == "vladimir-putin"
    assert closest("state-departement", names) == "state-department"
    assert closest("consult", names) == "CONSULT"
    assert closest("department", names) == "state-department"

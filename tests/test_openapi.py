"""The OpenAPI document: complete, true, and such that the tools of our users are content with it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.errors import CODES
from api.handlers import STREAM
from schemas.vocabularies import VOCABULARIES
from tests.expect import Api
from tests.factories import event, statement, world
from tests.openapi_tools import TOOLS, broken, misfits, own_faults
from tests.test_queries import addresses

Json = dict[str, Any]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def document(client: TestClient) -> Json:
    """The document as it is served."""
    answer = client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    found: Json = answer.json()
    return found


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


@SQLITE
def test_it_is_openapi_3_1_and_says_what_the_service_is(document: Json) -> None:
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert {"title", "version", "summary", "description", "license", "contact"} <= set(document["info"])
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert all(tags.values())
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} == set(tags)


@SQLITE
def test_every_operation_says_what_it_does_under_a_short_name_of_its_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) > 40
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+){1,3}", name) for name in names), names
    for path, method, operation in operations(document):
        assert len(operation["summary"]) < 60, path
        assert len(operation["description"]) > 15, f"{method} {path}"
        assert operation["description"] != operation["summary"]


@SQLITE
def test_every_field_and_parameter_is_described_with_an_example_that_fits(document: Json) -> None:
    faults = []
    for place, one in fields(document):
        if not one.get("description"):
            faults.append(f"{place} has no description")
        given = one.get("examples", [one["example"]] if "example" in one else [])
        if not given:
            faults.append(f"{place} has no example")
        for value in given:
            faults += [f"{place}: {told}" for told in misfits(value, one.get("schema", one), document)]
    assert not faults, "\n".join(faults)


def fields(document: Json) -> Iterator[tuple[str, Json]]:
    """Every parameter, header and member, at any depth."""
    for path, method, operation in operations(document):
        for one in operation.get("parameters", []):
            yield f"{method} {path} {one['name']}", one
    for name, one in document["components"]["headers"].items():
        yield name, one
    for name, schema in document["components"]["schemas"].items():
        yield from members(name, schema)


def members(place: str, schema: Any) -> Iterator[tuple[str, Json]]:
    if isinstance(schema, dict):
        for name, one in schema.get("properties", {}).items():
            yield f"{place}.{name}", one
        for part in schema.values():
            yield from members(place, part)
    elif isinstance(schema, list):
        for part in schema:
            yield from members(place, part)


@SQLITE
def test_every_operation_shows_an_answer_and_a_body_that_fit_their_schemas(document: Json) -> None:
    for path, method, operation in operations(document):
        success = next(one for status, one in operation["responses"].items() if status.startswith("2"))
        contents = {**success.get("content", {}), **operation.get("requestBody", {}).get("content", {})}
        assert contents or method == "delete", f"{method} {path}"
        for content in contents.values():
            assert not misfits(content["example"], content["schema"], document), f"{method} {path}"


@SQLITE
def test_every_operation_tells_its_refusals_with_their_codes(document: Json) -> None:
    always = {"406", "422", "500", "503"}
    wanted = {"get": always, "post": always | {"400", "401", "403", "413", "415"}, "delete": always | {"401", "403", "404"},
              "patch": always | {"400", "401", "403", "404", "410", "412", "413", "415", "428"}}  # fmt: skip
    wanted["put"] = wanted["patch"]
    told = set()
    for path, method, operation in operations(document):
        # A file can't be no JSON.
        needless = {"400", "413", "415"} if path.startswith("/v1/imports") else set()
        assert wanted[method] - needless <= set(operation["responses"]), f"{method} {path}"
        for status, response in operation["responses"].items():
            if status[0] not in "45" and status != "308":
                continue
            content = response["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            for code, example in content["examples"].items():
                assert example == {"$ref": f"#/components/examples/{code}"}
                value = document["components"]["examples"][code]["value"]
                assert (value["code"], value["status"]) == (code, int(status))
                assert not misfits(value, content["schema"], document)
                assert f"`{code}`" in response["description"]
                told.add(code)
    assert told == set(CODES) - {"method-not-allowed"}


@SQLITE
def test_reading_takes_a_key_and_writing_needs_one(document: Json) -> None:
    assert document["components"]["securitySchemes"] == {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer dmr_…`."}
    }
    for path, method, operation in operations(document):
        if path.startswith("/health/"):
            assert "security" not in operation
        elif method == "get" and not path.startswith(("/v1/keys", "/v1/imports")):
            assert operation["security"] == [{}, {"key": []}], path
        else:
            assert operation["security"] == [{"key": []}], path


@SQLITE
def test_every_member_of_an_answer_is_always_there(document: Json) -> None:
    answered: set[str] = set()
    waiting = [content["schema"] for _, _, one in operations(document) for response in one["responses"].values()
               for kind, content in response.get("content", {}).items() if kind == "application/json"]  # fmt: skip
    while waiting:
        for name in set(re.findall(r"#/components/schemas/(\w+)", json.dumps(waiting.pop()))) - answered:
            answered.add(name)
            waiting.append(document["components"]["schemas"][name])
    assert {"StatementRead", "TimelinePage", "ThreadItem", "Key"} <= answered
    for name in answered:
        schema = document["components"]["schemas"][name]
        absent = set(schema.get("properties", {})) - set(schema.get("required", []))
        if name in ("TimelinePage", "StatementPage", "EventPage"):
            assert absent == {"count", "as_of"}, name
        elif name.endswith("Page") and name not in (
            "ChangePage",
            "KeyPage",
            "SnapshotPage",
            "VocabularyPage",
            "ImportPage",
            "RejectPage",
        ):
            assert absent == {"as_of"}, name
        elif name in ("StatementRead", "EventRead"):
            assert absent == {"snippet"}, name
        elif name.endswith("Explained"):
            assert absent == {"corroboration_groups", "snippet"}, name
        else:  # what is not always there says when it is
            assert all(schema["properties"][one]["description"].startswith("Present with `as_of`") for one in absent), (
                name
            )


@SQLITE
def test_nothing_points_nowhere_and_nothing_is_left_over(document: Json) -> None:
    text = json.dumps(document)
    pointed = set(re.findall(r'"#/components/(\w+/[^"]+)"', text))
    there = {f"{kind}/{name}" for kind in ("schemas", "headers", "examples") for name in document["components"][kind]}
    assert pointed == there
    assert not [name for name in there if not re.fullmatch(r"\w+/[A-Za-z][A-Za-z-]*", name)]
    assert "HTTPValidationError" not in text


def test_what_is_answered_is_what_the_document_says(api: Api) -> None:
    world(api)
    document = api.get("/openapi.json")
    api.make(
        "/v1/statements",
        statement(participants=[{"actor": "nato", "role": "target"}], place={"name": "Moscow"}, effective="../2025"),
    )
    places = addresses(api)
    checked = 0
    for path, item in document["paths"].items():
        if (
            "get" in item
            and not path.startswith("/v1/keys")
            and path != STREAM
            and not path.endswith((".csv", "rejects.ndjson"))
        ):
            content = item["get"]["responses"]["200"]["content"]["application/json"]
            answer = api.get(places[path])
            assert not misfits(answer, content["schema"], document), path
            checked += 1
    counted = api.get("/v1/timeline?count=capped&limit=1")
    assert not misfits(
        counted,
        document["paths"]["/v1/timeline"]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
        document,
    )
    assert counted["count"]["n"] == 3
    assert checked > 20


def test_the_examples_of_the_bodies_work_as_they_stand(api: Api) -> None:
    world(api)
    document = api.get("/openapi.json")
    api.make("/v1/actors", {"slug": "donald-trump", "kind": "person", "name": "Donald Trump"})
    for path, shape in (("/v1/statements", statement()), ("/v1/events", event())):
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        assert set(shape) <= set(body) | {"event_mode"}
        made = api.make(path, body)
        patch = document["paths"][f"{path}/{{id}}"]["patch"]["requestBody"]["content"]["application/merge-patch+json"][
            "example"
        ]
        assert api.patch(f"{path}/{made['id']}", patch).status_code == 200
    for noun in ("actors", "sources", "topics"):
        body = document["paths"][f"/v1/{noun}"]["post"]["requestBody"]["content"]["application/json"]["example"]
        assert api.send("POST", f"/v1/{noun}", json={**body, "slug": "another"}).status_code == 201
        patch = document["paths"][f"/v1/{noun}/{{slug}}"]["patch"]["requestBody"]["content"][
            "application/merge-patch+json"
        ]["example"]
        assert api.patch(f"/v1/{noun}/another", patch).status_code == 200


@SQLITE
def test_closed_lists_are_those_of_the_vocabularies(document: Json) -> None:
    for name, vocabulary in (
        ("Stance", "stances"),
        ("EventType", "event_types"),
        ("ReactionType", "reaction_types"),
        ("Role", "roles"),
    ):
        assert document["components"]["schemas"][name]["enum"] == [
            term.value for term in VOCABULARIES[vocabulary].terms
        ]


@pytest.mark.parametrize("tools", [TOOLS, TOOLS.parent / "timelinejs"], ids=["openapi", "timelinejs"])
def test_the_tools_are_pinned_by_hash_and_name_no_place_to_get_them_from(tools: Path) -> None:
    lock = json.loads((tools / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((tools / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 20
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for name, one in packages.items():
        assert one["integrity"].startswith("sha512-"), name
        assert not {"resolved", "link"} & set(one), name


@SQLITE
def test_a_broken_document_is_found_out(document: Json) -> None:
    assert own_faults(document) == []
    for name, spoilt in broken(document).items():
        assert own_faults(spoilt), name

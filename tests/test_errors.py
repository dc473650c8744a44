"""Every code of the table of problems is provoked here, by a request; no other code can be, and none tells of the inside."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api import streams
from api.database import Database
from api.errors import CODES
from api.main import create
from api.settings import Settings
from api.store import directory, sources
from tests import expect, hostile, postgres
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import event, statement, world

API = Path(__file__).resolve().parents[1] / "api"


def _later(api: Api) -> dict[str, Any]:
    """Two statements, the second a year after the first, with their ids in the order of their dates."""
    first = api.make("/v1/statements", statement(date="2024-03-13"))
    second = api.make("/v1/statements", statement(date="2025-03-13"))
    return {"earlier": first["id"], "later": second["id"]}


def _link(api: Api, answer: str, to: str) -> Response:
    return api.send("POST", "/v1/reactions", json={"from": answer, "to": to, "type": "rejects"})


def _precedes(api: Api) -> Response:
    ids = _later(api)
    return _link(api, ids["earlier"], ids["later"])


def _exists(api: Api) -> Response:
    return api.send("POST", "/v1/actors", json={"slug": "kremlin", "kind": "office", "name": "Kremlin"})


def _circle(api: Api) -> Response:
    return api.send("POST", "/v1/actors/the-west/affiliations", json={"group": "finland", "dates": "2024/.."})


def _deleted(api: Api) -> Response:
    path = f"/v1/statements/{api.make('/v1/statements', statement())['id']}"
    assert api.drop(path).status_code == 204
    return api.send("GET", path)


def _merged(api: Api) -> Response:
    paths = [f"/v1/statements/{api.make('/v1/statements', statement())['id']}" for _ in range(2)]
    body = {"with": paths[1].rpartition("/")[2], "with_version": 1}
    made = api.send("POST", f"{paths[0]}/merge", json=body, headers={"If-Match": api.tag(paths[0])})
    assert made.status_code == 200, made.text
    return api.send("GET", paths[1], follow_redirects=False)


def _stale(api: Api) -> Response:
    path = f"/v1/statements/{api.make('/v1/statements', statement())['id']}"
    return api.patch(path, {"title": "New"}, '"7-0123456789abcdef"')


def _purge(api: Api, path: str) -> Response:
    url = api.client.app.state.settings.database_url  # type: ignore[attr-defined]
    admin = Api(api.client, make_key(url, "the-admin", "admin"))
    return admin.send(
        "POST", "/v1/purges", json={"path": path, "reason": "A request"}, headers={"If-Match": api.tag(path)}
    )


def _purged(api: Api) -> Response:
    api.make("/v1/actors", {"slug": "nobody-any-more", "kind": "person", "name": "Nobody"})
    api.drop("/v1/actors/nobody-any-more")
    return api.send("GET", _purge(api, "/v1/actors/nobody-any-more").json()["path"])


def _reused(api: Api) -> Response:
    api.make("/v1/statements", statement(), **{"Idempotency-Key": "one"})
    return api.send("POST", "/v1/statements", json=statement(title="Another"), headers={"Idempotency-Key": "one"})


def _mismatch(api: Api) -> Response:
    cursor = api.get("/v1/actors", params={"limit": 1})["next"]
    return api.send("GET", "/v1/actors", params={"kind": "office", "cursor": cursor})


def _group_too_large(api: Api) -> Response:
    return api.send("GET", "/v1/timeline", params={"actor": "the-west", "affiliates": "true"})


def _internal(api: Api) -> Response:
    return api.send("GET", "/v1/sources")


def _unavailable(api: Api) -> Response:
    return api.send("GET", "/v1/topics")


def _body(content: bytes, **headers: str) -> Callable[[Api], Response]:
    return lambda api: api.send("POST", "/v1/statements", content=content, headers={**hostile.JSON, **headers})


PROVOKED: dict[str, Callable[[Api], Response]] = {
    "merged": _merged,
    "malformed-json": _body(b"{"),
    "key-required": lambda api: api.client.post("/v1/statements", json=statement()),
    "key-invalid": lambda api: api.client.get("/v1/me", headers={"Authorization": "Bearer dmr_none"}),
    "forbidden": lambda api: api.send("GET", "/v1/keys"),
    "not-found": lambda api: api.send("GET", "/v1/actors/nobody"),
    "not-sealed": lambda api: api.send("GET", "/v1/proofs/actor/kremlin"),
    "method-not-allowed": lambda api: api.send("PUT", "/v1/actors/kremlin"),
    "not-acceptable": lambda api: api.send("GET", "/v1/timeline", headers={"Accept": "text/html"}),
    "exists": _exists,
    "in-use": lambda api: api.drop("/v1/actors/kremlin"),
    "circle": _circle,
    "precedes": _precedes,
    "standing": lambda api: _purge(api, "/v1/actors/kremlin"),
    "deleted": _deleted,
    "purged": _purged,
    "stale": _stale,
    "too-large": _body(b" " * 2_000_000),
    "unsupported-media-type": _body(b"{}", **{"Content-Type": "text/plain"}),
    "invalid": _body(b"{}"),
    "unreadable": lambda api: api.send("POST", "/v1/imports?format=csv", content=b"\x00\x01\xff" * 100),
    "rejected": lambda api: api.send("POST", "/v1/imports?format=ndjson&on_error=abort", content=b"{}"),
    "cursor-mismatch": _mismatch,
    "group-too-large": _group_too_large,
    "key-reused": _reused,
    "precondition-required": lambda api: api.send("PATCH", "/v1/actors/kremlin", json={"name": "K"}),
    "internal": _internal,
    "too-many-streams": lambda api: api.send("GET", "/v1/changes/stream"),
    "unavailable": _unavailable,
}  # fmt: skip
# What a problem has beyond the members of all, and the headers that go with it.
MORE = {
    "merged": {"merged_into"}, "invalid": {"errors"}, "exists": {"existing"}, "in-use": {"uses"}, "stale": {"current"}, "internal": {"request_id"}, "purged": {"purged_at"},
    "rejected": {"report"},
}  # fmt: skip
HEADERS = {
    "key-required": {"www-authenticate": "Bearer"}, "key-invalid": {"www-authenticate": "Bearer"}, "unavailable": {"retry-after": r"\d+"},
    "too-many-streams": {"retry-after": r"\d+"},
    "method-not-allowed": {"allow": "DELETE, GET, HEAD, OPTIONS, PATCH"}, "exists": {"location": "/v1/actors/kremlin"},
    "merged": {"etag": '"2-[0-9a-f]{16}"', "location": "/v1/statements/[0-9a-f-]{36}"},
    "deleted": {"etag": '"2-[0-9a-f]{16}"'}, "stale": {"etag": '"1-[0-9a-f]{16}"'},
    "purged": {"etag": '"2-[0-9a-f]{16}"'},
}  # fmt: skip


def _raise(error: Exception) -> Callable[..., Any]:
    def raising(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return raising


@pytest.mark.parametrize("code", PROVOKED)
def test_every_code_is_provoked_and_documented(
    api: Api,
    settings: Settings,
    document: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world(api)
    if code == "group-too-large":
        monkeypatch.setattr(directory, "MOST_MEMBERS", 2)
    elif code == "too-many-streams":
        monkeypatch.setattr(streams, "MOST_STREAMS", 0)
    elif code == "internal":
        monkeypatch.setattr(sources, "page", _raise(RuntimeError("a secret of the inside")))
    elif code == "unavailable":
        _take_away(settings, api)
    answer = PROVOKED[code](api)
    body = expect.problem(answer, code)
    assert set(body) == {"type", "title", "status", "detail", "code"} | MORE.get(code, set())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name, value in HEADERS.get(code, {}).items():
        assert re.fullmatch(value, answer.headers[name]), answer.headers
    assert "secret" not in answer.text
    if code != "method-not-allowed":
        operation = _operation(document, answer)
        assert str(answer.status_code) in operation["responses"]
        named = operation["responses"][str(answer.status_code)]["content"]["application/problem+json"]["examples"]
        assert code in named


def _operation(document: dict[str, Any], answer: Response) -> dict[str, Any]:
    asked = answer.request
    for path, operations in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path.replace(".", r"\.")), asked.url.path):
            found: dict[str, Any] = operations[asked.method.lower()]
            return found
    raise AssertionError(asked.url.path)


def _take_away(settings: Settings, api: Api) -> None:
    """Make the database go away under a running service."""
    if settings.database_url.startswith("sqlite"):
        # What an SQLite file is when its disk is damaged; the service has it mapped, so that it sees it at once.
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        file.with_name(file.name + "-wal").unlink()
        file.with_name(file.name + "-shm").unlink()
        file.write_bytes(b"\x00" * file.stat().st_size)
        api.client.app.state.database.close()  # type: ignore[attr-defined]
    else:
        parts = urlsplit(settings.database_url)
        postgres.drop_database(parts._replace(path="/postgres").geturl(), parts.path.strip("/"))


def test_the_table_of_codes_is_the_whole_of_them() -> None:
    assert list(PROVOKED) == list(CODES)
    used = set()
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}: which code is this?"
                used.add(node.args[0].value)
    assert used == set(CODES)
    for code, (status, title, meaning) in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert status == 308 if code == "merged" else 400 <= status < 600
        assert title
        assert meaning.endswith(".")


def test_a_write_that_fails_is_told_without_its_reason_and_stores_nothing(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world(api)
    monkeypatch.setattr("api.store.records.insert_version", _raise(RuntimeError("a secret of the inside")))
    with hostile.nothing_stored(settings):
        answer = api.send("POST", "/v1/statements", json=statement(), headers={"Idempotency-Key": "k"})
    body = expect.problem(answer, "internal")
    assert "secret" not in answer.text
    assert body["request_id"] in caplog.text
    assert "a secret of the inside" in caplog.text
    monkeypatch.undo()
    api.make("/v1/statements", statement(), **{"Idempotency-Key": "k"})


def test_no_refused_write_stores_anything(api: Api, settings: Settings, client: TestClient) -> None:
    world(api)
    reader = Api(client, make_key(settings.database_url, "eyes", "reader"))
    made = api.make("/v1/statements", statement(external_source="acled", external_id="1"))
    path = f"/v1/statements/{made['id']}"
    with hostile.nothing_stored(settings):
        expect.problem(reader.send("POST", "/v1/statements", json=statement()), "forbidden")
        expect.problem(client.post("/v1/statements", json=statement()), "key-required")
        expect.problem(api.send("POST", "/v1/statements?foo=1", json=statement()), "invalid")
        expect.problem(
            api.send("POST", "/v1/statements", json=statement(external_source="acled", external_id="1")), "exists"
        )
        expect.problem(
            api.send("POST", "/v1/statements", json=statement(reacts_to=[{"id": made["id"], "type": "?"}])), "invalid"
        )
        expect.problem(
            api.send("POST", "/v1/statements", json=statement(date="2020", reacts_to=[{"id": made["id"]}])), "precedes"
        )
        expect.problem(api.send("POST", "/v1/events", json=event(event_type="?")), "invalid")
        expect.problem(api.patch(path, {"title": ""}), "invalid")
        expect.problem(api.patch(path, {"external_id": "2"}), "invalid")
        expect.problem(api.patch(path, {"title": "New"}, '"9-00"'), "stale")
        expect.problem(api.send("DELETE", path), "precondition-required")
        expect.problem(api.send("DELETE", path, headers={"If-Match": "*"}), "precondition-required")
        expect.problem(api.send("DELETE", f"{path}?now=1", headers={"If-Match": api.tag(path)}), "invalid")
        expect.problem(api.drop("/v1/topics/ceasefire"), "in-use")


def test_a_tag_that_is_none_of_ours_is_stale(api: Api) -> None:
    world(api)
    for tag in ("junk", '"1"', '"1-zz"', '"-1-00"', '"' + "9" * 5000 + '-00"', "W/", '"1-00', "\u00e9"):
        answer = api.send("DELETE", "/v1/sources/some-blog", headers={"If-Match": tag.encode("latin-1")})
        assert expect.problem(answer, "stale")["current"]["slug"] == "some-blog"


def test_an_idempotency_key_is_one_short_word(api: Api) -> None:
    for value in ("", " ", "a b", "é", "x" * 256):
        answer = api.send("POST", "/v1/statements", json={}, headers={"Idempotency-Key": value.encode()})
        assert "header.Idempotency-Key" in expect.faults(answer)
    pairs = [*api.headers.items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert "header.Idempotency-Key" in expect.faults(api.client.post("/v1/statements", json={}, headers=pairs))


def test_what_is_no_key_of_ours_is_refused_for_reading_too(client: TestClient) -> None:
    for value in ("Bearer", "Bearer ", "Basic abc", "Bearer é", "Bearer a b", "Bearer " + "x" * 5000, "x", ""):
        for path in ("/v1/timeline", "/v1/vocabularies", "/v1/me"):
            sent = [(b"authorization", value.encode("latin-1"))]
            expect.problem(client.get(path, headers=sent), "key-invalid")


def test_two_keys_are_none(api: Api) -> None:
    pairs = [*api.headers.items(), *api.headers.items()]
    expect.problem(api.client.get("/v1/me", headers=pairs), "key-invalid")


def test_without_public_reads_reading_needs_a_key(settings: Settings) -> None:
    closed = settings.model_copy(update={"public_reads": False})
    with TestClient(create(closed)) as client:
        document = client.get("/openapi.json").json()
        for path, item in document["paths"].items():
            if "get" in item and path.startswith("/v1/"):
                expect.problem(client.get(re.sub(r"\{\w+\}", "x", path)), "key-required")
                assert item["get"]["security"] == [{"key": []}]
        assert client.get("/health/ready").status_code == 200
        reader = Api(client, make_key(settings.database_url, "eyes", "reader"))
        assert reader.get("/v1/timeline") == {"items": [], "next": None}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_another_writer_holds_can_be_read_and_not_written(settings: Settings) -> None:
    key = make_key(settings.database_url, "desk", "editor")
    other = Database(settings)
    with (
        other.connection() as connection,
        TestClient(create(settings.model_copy(update={"busy_seconds": 0.05}))) as client,
    ):
        connection.execute("BEGIN IMMEDIATE")
        api = Api(client, key)
        answer = api.send("POST", "/v1/actors", json={"slug": "a", "kind": "person", "name": "A"})
        body = expect.problem(answer, "unavailable")
        assert body["detail"].startswith("Another writer holds the database.")
        assert int(answer.headers["retry-after"]) > 0
        assert api.get("/v1/actors") == {"items": [], "next": None}
        connection.execute("ROLLBACK")
        api.make("/v1/actors", {"slug": "a", "kind": "person", "name": "A"})
    other.close()


def test_the_inside_is_in_no_answer() -> None:
    shown = json.dumps({code: CODES[code]._asdict() for code in CODES})
    for word in ("sqlite", "psycopg", "pydantic", "Traceback", "SELECT"):
        assert word not in shown

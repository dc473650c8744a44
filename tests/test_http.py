"""HTTP: HEAD, OPTIONS and Allow, ETag and 304, Link, kinds of content, sizes of bodies, browsers, connections."""

import asyncio
import http.client
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.handlers import STREAM
from api.main import create
from api.settings import Settings
from api.store import sources
from tests import expect, hostile, live
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import statement, world
from tests.test_queries import addresses

OURS = ("/openapi.json", "/docs", "/docs/init.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css")


@pytest.fixture
def admin(api: Api, settings: Settings) -> Api:
    """An admin in a little world."""
    world(api)
    return Api(api.client, make_key(settings.database_url, "head", "admin"))


def gets(api: Api) -> list[str]:
    """Every address that can be read to its end, with something that stands there."""
    paths = api.get("/openapi.json")["paths"]
    places = addresses(api)
    return [places[path] for path, item in paths.items() if "get" in item and path != STREAM] + list(OURS)


def kept(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("date", "server")}


def test_head_answers_as_get_does_without_a_body(admin: Api) -> None:
    places = gets(admin)
    assert len(places) > 25
    for path in [*places, "/v1/actors/nobody", "/v1/nothing", "/v1/timeline?foo=1"]:
        read, asked = admin.send("GET", path), admin.send("HEAD", path)
        assert asked.status_code == read.status_code, path
        assert kept(asked) == kept(read), path
        assert int(asked.headers["content-length"]) == len(read.content), path
        assert asked.content == b"", path


def test_no_server_is_handed_a_body_for_head() -> None:
    # A server that trusts us would send it, and the next answer on the connection would begin with it.
    scope = {"type": "http", "method": "HEAD", "path": "/docs", "query_string": b"", "headers": [], "root_path": ""}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(create(Settings(database_url="sqlite:///none.sqlite3"))(scope, receive, send))
    assert sent[0]["status"] == 200
    assert [message["body"] for message in sent[1:]] == [b""]
    assert scope["method"] == "HEAD"


def test_head_can_be_answered_with_304(admin: Api) -> None:
    answer = admin.send("HEAD", "/v1/timeline", headers={"If-None-Match": admin.tag("/v1/timeline")})
    assert (answer.status_code, answer.content) == (304, b"")


def test_allow_is_complete_and_options_answers_with_it(admin: Api) -> None:
    document = admin.get("/openapi.json")
    places = addresses(admin)
    for path, item in document["paths"].items():
        methods = {method.upper() for method in item} | {"OPTIONS"} | ({"HEAD"} if "get" in item else set())
        asked = admin.send("OPTIONS", places[path])
        assert (asked.status_code, asked.content) == (204, b""), path
        assert set(asked.headers["allow"].split(", ")) == methods, path
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "FOO"} - methods:
            refused = admin.send(method, places[path])
            assert refused.status_code == 405, f"{method} {path}"
            assert set(refused.headers["allow"].split(", ")) == methods, f"{method} {path}"
            if method != "HEAD":
                expect.problem(refused, "method-not-allowed")


def test_nothing_stands_behind_a_trailing_slash_and_nobody_is_sent_elsewhere(admin: Api) -> None:
    for path in gets(admin):
        for method in ("GET", "POST", "OPTIONS", "PUT"):
            expect.problem(admin.send(method, f"{path}/"), "not-found")
    for path in (
        "//v1/actors",
        "/V1/actors",
        "/v1//actors",
        "//evil.example/v1",
        "/v1/actors/kremlin/nothing",
        "/docs/../v1",
    ):
        expect.problem(admin.send("GET", f"http://testserver{path}"), "not-found")


def test_every_representation_has_a_tag_and_is_not_sent_twice(admin: Api) -> None:
    for path in gets(admin):
        if path.startswith("/health/"):
            continue
        read = admin.send("GET", path)
        assert read.status_code == 200, f"{path}: {read.text}"
        tag = read.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f.-]+"', tag), path
        for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = admin.send("GET", path, headers={"If-None-Match": given})
            assert (again.status_code, again.content) == (304, b""), f"{path} {given}"
            assert again.headers["cache-control"] == read.headers["cache-control"]
            assert again.headers["vary"] == read.headers["vary"]
            assert tag in again.headers["etag"]
        for given in ('"x"', "x", "", f'{tag[:-1]}0"', "\u00e9"):
            other = admin.send("GET", path, headers={"If-None-Match": given.encode("latin-1")})
            assert other.status_code == 200, f"{path} {given}"
            assert other.headers["etag"] == tag


def test_the_tag_changes_with_what_it_stands_for(admin: Api) -> None:
    lists = ("/v1/timeline", "/v1/statements", "/v1/actors/kremlin/timeline?role=any", "/v1/timeline?count=capped")
    before = {path: admin.tag(path) for path in lists}
    made = admin.make("/v1/statements", statement(on_behalf_of="kremlin"))
    after = {path: admin.tag(path) for path in lists}
    assert all(before[path] != after[path] for path in lists)
    path = f"/v1/statements/{made['id']}"
    tag = admin.tag(path)
    assert admin.patch("/v1/actors/kremlin", {"name": "Kremlin"}).status_code == 200
    assert admin.tag(path) != tag
    assert all(admin.tag(one) != after[one] for one in lists)


@pytest.mark.parametrize("path", ["/v1/actors", "/v1/timeline", "/v1/sources"])
def test_a_page_that_gets_a_successor_is_another_page(admin: Api, path: str) -> None:
    admin.make("/v1/statements", statement())
    full = len(list(admin.walk(path)))
    before = admin.send("GET", path, params={"limit": full})
    assert before.json()["next"] is None
    admin.make("/v1/statements", statement(date="2020"))
    for noun, more in (("actors", {"kind": "person"}), ("sources", {})):
        admin.make(f"/v1/{noun}", {"slug": "zz-last", "name": "Last", **more})
    after = admin.send("GET", path, params={"limit": full}, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["next"]


def test_a_count_is_part_of_what_the_tag_stands_for(admin: Api) -> None:
    admin.make("/v1/statements", statement())
    plain = admin.tag("/v1/timeline?limit=1")
    answer = admin.send("GET", "/v1/timeline?limit=1&count=capped", headers={"If-None-Match": plain})
    assert answer.json()["count"] == {"n": 1, "at_least": False}
    assert (
        admin.send(
            "GET", "/v1/timeline?limit=1&count=capped", headers={"If-None-Match": answer.headers["etag"]}
        ).status_code
        == 304
    )
    admin.make("/v1/statements", statement(date="2020"))
    changed = admin.send("GET", "/v1/timeline?limit=1&count=capped", headers={"If-None-Match": answer.headers["etag"]})
    assert changed.json()["count"]["n"] == 2


def test_what_a_key_may_see_is_for_its_holder(admin: Api, client: TestClient) -> None:
    for path in ("/v1/timeline", "/v1/actors/kremlin", "/v1/vocabularies"):
        assert client.get(path).headers["cache-control"] == "public, no-cache"
        assert admin.send("GET", path).headers["cache-control"] == "private, no-cache"
        assert set(client.get(path).headers["vary"].split(", ")) == {"Accept", "Authorization"}
    made = admin.send("POST", "/v1/keys", json={"name": "once", "role": "reader"})
    assert made.headers["cache-control"] == "no-store"


def linked(api: Api, answer: Response) -> Iterator[Response]:
    """Follow the Link header to the end."""
    while True:
        yield answer
        if "link" not in answer.headers:
            return
        found = re.fullmatch(r'<(/[^>]+)>; rel="next"', answer.headers["link"])
        assert found, answer.headers["link"]
        answer = api.send("GET", found[1])
        assert answer.status_code == 200, answer.text


def test_the_next_link_keeps_the_filters_and_leads_to_the_end(admin: Api) -> None:
    for number in range(7):
        tags = ["a & b=c", "Да/?#"] if number % 2 else ["other"]
        admin.make("/v1/statements", statement(date=f"2025-03-{10 + number}", tags=tags))
    query = {
        "limit": 2,
        "tag": ["a & b=c", "x"],
        "from": "2025-03",
        "topic": "ceasefire",
        "min_confidence": "70",
        "order": "asc",
    }
    pages = list(linked(admin, admin.send("GET", "/v1/timeline", params=query)))
    assert [one["date"] for page in pages for one in page.json()["items"]] == ["2025-03-11", "2025-03-13", "2025-03-15"]
    assert len(pages) == 2
    walked = [
        one["slug"]
        for page in linked(admin, admin.send("GET", "/v1/actors?kind=person&limit=1"))
        for one in page.json()["items"]
    ]
    assert walked == ["boris-johnson", "dmitry-peskov", "vladimir-putin"]


def test_the_next_link_knows_the_prefix_of_a_proxy(settings: Settings, admin: Api) -> None:
    with TestClient(create(settings), root_path="/demarche") as client:
        answer = client.get("/demarche/v1/actors?limit=1")
        assert answer.headers["link"].startswith("</demarche/v1/actors?limit=1&cursor=")
        assert client.get(urlsplit(answer.headers["link"][1:].partition(">")[0]).geturl()).status_code == 200


@pytest.mark.parametrize(
    ("accept", "is_taken"),
    [
        ("*/*", True), ("application/*", True), ("application/json", True), ("APPLICATION/JSON", True), ("", True),
        ("text/html, application/json;q=0.1", True), ("text/html,*/*;q=0.01", True), ("application/json; charset=utf-8", True),
        ("application/json;q=0", False), ("application/json;q=0.000, */*", False), ("*/*;q=0, application/json", True),
        ("text/html", False), ("application/xml, */*;q=0", False), ("application/problem+json", False), ("garbage", False), (",", False),
    ],
)  # fmt: skip
def test_an_answer_has_a_kind_that_was_asked_for(client: TestClient, accept: str, is_taken: bool) -> None:
    answer = client.get("/v1/vocabularies", headers={"Accept": accept})
    if is_taken:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
    else:
        expect.problem(answer, "not-acceptable")
    assert client.get("/docs", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({}, False), ({"Content-Type": ""}, False), ({"Content-Type": "text/plain"}, False),
        ({"Content-Type": "application/x-www-form-urlencoded"}, False), ({"Content-Type": "application/merge-patch+json"}, False),
        ({"Content-Type": "application/json, text/plain"}, False), ({"Content-Type": "application/vnd.api+json"}, False),
        ({"Content-Type": "application/json; charset=utf-16"}, False), ({"Content-Type": "application/json; charset=latin-1"}, False),
        ({"Content-Type": "application/json"}, True), ({"Content-Type": 'Application/JSON; Charset="UTF-8"'}, True),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, False),
        ({"Content-Type": "application/json", "Content-Encoding": "br"}, False),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, True),
    ],
)  # fmt: skip
def test_a_body_is_json_in_utf_8_and_says_so(api: Api, headers: dict[str, str], is_taken: bool) -> None:
    answer = api.send("POST", "/v1/statements", content=b"{}", headers=headers)
    expect.problem(answer, "invalid" if is_taken else "unsupported-media-type")


def test_a_merge_patch_has_its_own_kind_or_json(admin: Api) -> None:
    for number, kind in enumerate(("application/merge-patch+json", "application/json")):
        headers = {"Content-Type": kind, "If-Match": admin.tag("/v1/sources/some-blog")}
        answer = admin.send("PATCH", "/v1/sources/some-blog", content=b'{"name": "Blog %d"}' % number, headers=headers)
        assert answer.status_code == 200, answer.text


def test_a_body_has_a_largest_size_however_it_is_sent(api: Api, settings: Settings) -> None:
    world(api)
    most = settings.max_body_bytes
    body = b'{"slug": "big", "kind": "person", "name": "Big"' + b" " * (most - 48) + b"}"
    assert len(body) == most
    with hostile.nothing_stored(settings):
        for content in (body + b" ", iter([body, b" "])):
            for path in ("/v1/actors", "/v1/statements", "/v1/keys"):
                answer = api.send("POST", path, content=content, headers=hostile.JSON)
                expect.problem(
                    answer, "forbidden" if path == "/v1/keys" and not isinstance(content, bytes) else "too-large"
                )
                content = body + b" " if isinstance(content, bytes) else iter([body, b" "])
        expect.problem(api.send("GET", "/v1/actors", headers={"Content-Length": "9" * 30}), "too-large")
    assert api.send("POST", "/v1/actors", content=iter([body[:9], body[9:]]), headers=hostile.JSON).status_code == 201


def test_browsers_read_from_anywhere_and_write_from_nowhere(client: TestClient) -> None:
    origin = {"Origin": "https://dashboard.example"}
    for path in ("/v1/timeline", "/v1/timeline?foo=1", "/v1/nothing", "/v1/actors/nobody", "/openapi.json"):
        answer = client.get(path, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert set(answer.headers["access-control-expose-headers"].split(", ")) >= {
            "ETag",
            "Link",
            "Location",
            "Retry-After",
        }
        assert "access-control-allow-credentials" not in answer.headers
        assert "origin" not in answer.headers.get("vary", "").lower()
    for path in ("/v1/timeline", "/v1/statements", "/v1/actors/kremlin"):
        for method in ("GET", "POST", "PATCH", "DELETE"):
            asking = {
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization,if-none-match",
            }
            asked = client.options(path, headers={**origin, **asking})
            assert (asked.status_code, asked.content) == (204, b"")
            # What is not named here is refused by the browser.
            assert asked.headers["access-control-allow-methods"] == "GET, HEAD"
            assert {"authorization", "if-none-match"} <= set(
                asked.headers["access-control-allow-headers"].lower().split(", ")
            )
            assert "if-match" not in asked.headers["access-control-allow-headers"].lower().split(", ")


class Wire:
    """One connection, kept open as long as both sides want it."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.connection.connect()
        self.socket = self.connection.sock

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_given: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        self.connection.request(
            method, path, body, headers, encode_chunked=body is not None and not isinstance(body, bytes)
        )
        answer = self.connection.getresponse()
        found = answer.status, answer.read()
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert self.connection.sock is self.socket, f"the connection was closed after {method} {path}: {found}"
        return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_connection_stays_good_after_every_kind_of_refusal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_given: Any) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(sources, "page", failing)
    key = f"Bearer {make_key(settings.database_url, 'desk', 'editor')}"
    big = b" " * (settings.max_body_bytes + 1)
    asked: list[tuple[int, tuple[str, str, Any], dict[str, str]]] = [
        (500, ("GET", "/v1/sources", None), {}),
        (500, ("HEAD", "/v1/sources", None), {}),
        (200, ("HEAD", "/v1/timeline", None), {}),
        (413, ("POST", "/v1/actors", big), {"Authorization": key, **hostile.JSON}),
        (413, ("POST", "/v1/actors", iter([big])), {"Authorization": key, "Transfer-Encoding": "chunked", **hostile.JSON}),
        (401, ("POST", "/v1/actors", b"{}"), hostile.JSON),
        (405, ("PUT", "/v1/actors", b"{}"), hostile.JSON),
        (404, ("POST", "/v1/nothing", b"{}"), hostile.JSON),
        (422, ("POST", "/v1/actors", b"{}"), {"Authorization": key, **hostile.JSON}),
        (406, ("GET", "/v1/actors", None), {"Accept": "text/html"}),
        (204, ("OPTIONS", "/v1/actors", None), {}),
        (304, ("GET", "/v1/actors", None), {"If-None-Match": "*"}),
        (422, ("GET", "/v1/actors/%00", None), {}),
    ]  # fmt: skip
    with live.served(create(settings)) as url, Wire(url) as wire:
        for status, (method, path, body), headers in asked:
            answered, content = wire.ask(method, path, body, **headers)
            assert answered == status, f"{method} {path}: {content!r}"
            assert b"secret" not in content
            assert wire.ask("GET", "/health/live")[0] == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_leaves_in_the_middle_of_a_body_is_no_bug(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    key = make_key(settings.database_url, "desk", "editor")
    with live.served(create(settings)) as url, Wire(url) as wire, Wire(url) as other:
        head = f"POST /v1/actors HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"
        wire.socket.sendall(head.encode() + b'{"slug"')
        wire.connection.close()
        assert other.ask("GET", "/v1/actors") == (200, b'{"items":[],"next":null}')
    assert "failed" not in caplog.text

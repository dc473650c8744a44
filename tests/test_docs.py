"""The documentation page works without internet: nothing but addresses of our own, under a policy that allows no other."""

import re
from html.parser import HTMLParser
from importlib.metadata import version
from importlib.resources import files

import pytest
from starlette.testclient import TestClient

from api.main import create
from api.settings import Settings
from tests import expect

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Page(HTMLParser):
    """What a page fetches, and what it runs from within itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.inline: list[str] = []
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset"):
                self.fetched.append(value or "")
            if name.startswith("on") or name == "style":
                self.inline.append(f"{name}={value}")

    def handle_endtag(self, _tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style") and data.strip():
            self.inline.append(data)


def test_the_page_fetches_only_from_beside_itself_and_runs_nothing_inline(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    assert page.inline == []
    assert "docs/swagger-ui-bundle.js" in page.fetched
    for address in page.fetched:
        assert re.fullmatch(r"data:,|[a-z][a-z./-]*", address), address
        if not address.startswith("data:"):
            assert client.get(f"/{address}").status_code == 200, address


def test_the_policy_allows_nothing_but_ourselves(client: TestClient) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in client.get("/docs").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    for sources in policy.values():
        assert not re.search(r"https?:|\*|unsafe-eval", sources)
    assert "unsafe-inline" not in policy["script-src"]


def test_the_scripts_are_those_of_the_pinned_package(client: TestClient) -> None:
    assert version("fastapi-swagger")
    for name, kind in (("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")):
        answer = client.get(f"/docs/{name}")
        assert answer.content == (files("fastapi_swagger") / "resources" / name).read_bytes()
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.content) > 100_000
        again = client.get(f"/docs/{name}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_our_own_script_names_no_other_server(client: TestClient) -> None:
    script = client.get("/docs/init.js").text
    assert "SwaggerUIBundle(" in script
    assert 'url: "openapi.json"' in script
    assert "validatorUrl: null" in script  # else the page asks a server of its makers about us
    assert not re.search(r"https?://", script)


def test_the_page_works_behind_a_prefix(settings: Settings) -> None:
    with TestClient(create(settings), root_path="/demarche") as client:
        page = Page(client.get("/demarche/docs").text)
        for address in page.fetched:
            if not address.startswith("data:"):
                assert client.get(f"/demarche/{address}").status_code == 200, address
        # Where the page sends what is tried out.
        assert [one["url"] for one in client.get("/demarche/openapi.json").json()["servers"]] == ["/demarche"]


def test_pages_of_the_framework_that_need_internet_are_not_there(client: TestClient) -> None:
    for path in (
        "/redoc",
        "/docs/oauth2-redirect",
        "/docs/swagger-ui-bundle.js.map",
        "/docs/../api/main.py",
        "/docs/init.js/",
    ):
        expect.problem(client.get(path), "not-found")

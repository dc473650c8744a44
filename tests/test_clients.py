"""What the tests stand on: our client answers what Starlette's does, and a free port stays free."""

import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.ports import free_port

JSON = {"Content-Type": "application/json"}
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/timeline", {}),
    ("GET", "/v1/timeline?actor=%D0%BF&actor=a+b", {}),
    ("GET", "/v1/actors/%D0%BF%2Fx", {}),
    ("GET", "/v1/actors", {"params": {"q": "Путин & co"}}),
    ("GET", "/v1/actors", {"headers": [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]}),
    ("GET", "/v1/actors", {"headers": [(b"authorization", b"Bearer \xff")]}),
    ("GET", "/openapi.json", {}),
    ("HEAD", "/v1/timeline", {}),
    ("OPTIONS", "/v1/timeline", {"headers": {"Origin": "https://dashboard.example"}}),
    ("POST", "/v1/actors", {"json": {"slug": "a"}}),
    ("POST", "/v1/actors", {"content": b'{"slug"', "headers": JSON}),
    ("PUT", "/v1/actors", {"json": {}}),
    ("GET", "/nothing", {}),
]


@pytest.fixture
def both(settings: Settings) -> Iterator[tuple[TestClient, Client]]:
    """Starlette's client and ours, of the same service."""
    with TestClient(create(settings), raise_server_exceptions=False) as theirs, Client(create(settings), False) as ours:
        yield theirs, ours


@pytest.mark.parametrize(("method", "path", "given"), ASKED, ids=lambda given: given if isinstance(given, str) else "")
def test_our_client_answers_as_starlettes_does(
    both: tuple[TestClient, Client], method: str, path: str, given: dict[str, Any]
) -> None:
    theirs, ours = (client.request(method, path, **given) for client in both)
    assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)
    assert ours.headers.multi_items() == theirs.headers.multi_items()
    assert ours.request.url == theirs.request.url


def test_a_bug_that_no_handler_takes_is_raised_or_answered_as_one_likes() -> None:
    app = FastAPI()

    @app.get("/")
    def fail() -> None:
        raise RuntimeError("a bug")

    with Client(app, raise_server_exceptions=False) as client:
        assert client.get("/").status_code == 500
    with Client(app) as client, pytest.raises(RuntimeError, match="a bug"):
        client.get("/")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may give out ports in another way")
def test_a_free_port_is_given_to_nobody_else_and_can_be_listened_on() -> None:
    found = [free_port() for _ in range(200)]
    assert len(set(found)) == len(found)
    drawn = [socket.create_server(("127.0.0.1", 0)) for _ in range(200)]
    assert not {one.getsockname()[1] for one in drawn} & set(found)
    for one in drawn:
        one.close()
    for port in found:
        socket.create_server(("127.0.0.1", port)).close()

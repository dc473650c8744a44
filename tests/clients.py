"""A test client whose request goes to the service's event loop and back once: Starlette's goes there and back eight times."""

import asyncio
from typing import Any, Self
from urllib.parse import unquote

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message


class Client(TestClient):
    """The same client, for use as a context; what a request is answered with comes when all of it is there."""

    def __init__(self, app: FastAPI, raise_server_exceptions: bool = True, root_path: str = "") -> None:
        super().__init__(
            app,
            raise_server_exceptions=raise_server_exceptions,
            root_path=root_path,
            backend_options={"use_uvloop": True},  # as the service is run
        )
        self._raising, self._root_path = raise_server_exceptions, root_path
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        assert self.portal is not None
        self._loop = self.portal.call(asyncio.get_running_loop)
        self._transport = _Transport(self)
        return self

    def ask(self, request: httpx2.Request) -> httpx2.Response:
        """Let the service answer, on its own loop."""
        assert self._loop is not None
        exchange = _Exchange(request, self._root_path, self.app_state)
        try:
            asyncio.run_coroutine_threadsafe(exchange.run(self.app), self._loop).result()
        except Exception:
            if self._raising:
                raise
        return exchange.response()


class _Transport(httpx2.BaseTransport):
    def __init__(self, client: Client) -> None:
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._client.ask(request)


class _Exchange:
    """One request and its answer."""

    def __init__(self, request: httpx2.Request, root_path: str, state: dict[str, Any]) -> None:
        self._request = request
        self._body: bytes | None = request.read()
        url = request.url
        self._scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.partition(b"?")[0],
            "root_path": root_path,
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("testclient", 50000),
            "server": [url.host, url.port or 80],
            "state": state.copy(),
        }
        self._start: Message | None = None
        self._parts: list[bytes] = []
        self._ended = asyncio.Event()

    async def run(self, app: Any) -> None:
        """Until the service is done with it."""
        await app(self._scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._body is None:
            await self._ended.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body}

    async def _send(self, message: Message) -> None:
        assert not self._ended.is_set(), f"{message['type']} after the end of the answer"
        if message["type"] == "http.response.start":
            assert self._start is None, "the answer began twice"
            self._start = message
            return
        assert message["type"] == "http.response.body", message["type"]
        assert self._start is not None, "the answer's body came before its beginning"
        self._parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._ended.set()

    def response(self) -> httpx2.Response:
        """What was answered."""
        if self._start is None:
            return httpx2.Response(500, request=self._request)
        content = b"" if self._request.method == "HEAD" else b"".join(self._parts)
        return httpx2.Response(
            self._start["status"],
            headers=self._start.get("headers", []),
            stream=httpx2.ByteStream(content),
            request=self._request,
        )

"""Readers of an event stream: one who keeps the last id as an EventSource does, and comes back; and one who is stuck."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.desk import said
from tests.expect import Api
from tests.feed import FEED

STREAM = f"{FEED}/stream"
PATIENCE = 60  # seconds after which a wait has failed; nothing takes as long


class Listener:
    """One reader; `address` may be set to that of another server before it comes back."""

    def __init__(self, address: str, key: str | None = None, last: str | None = None, **params: Any) -> None:
        self.address = address
        self.params = params
        self.headers = {"Accept": "text/event-stream", **({"Authorization": key} if key else {})}
        self.last = last
        self.raw = b""
        self._client = httpx.Client(timeout=PATIENCE)
        self._response: httpx.Response | None = None
        self._chunks: Iterator[bytes] = iter(())
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.cut()
        self._client.close()

    def connect(self) -> httpx.Response:
        """Ask for the stream, from the last id on if there is one."""
        headers = {**self.headers, **({"Last-Event-ID": self.last} if self.last else {})}
        request = self._client.build_request("GET", self.address + STREAM, params=self.params, headers=headers)
        self._response = self._client.send(request, stream=True)
        self._chunks, self._rest = self._response.iter_raw(), b""
        return self._response

    def begin(self) -> Self:
        """Connect, and wait for the first word."""
        response = self.connect()
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        retry, at = self.block()
        assert retry == "retry: 2000"
        assert at.startswith("id: ")
        return self

    def cut(self) -> None:
        """Break off; what was received of an event by half is lost."""
        if self._response is not None:
            self._response.close()
            self._response = None

    def block(self) -> list[str]:
        """The lines up to the next empty one. Raises EOFError at the end of the stream."""
        while b"\n\n" not in self._rest:
            try:
                chunk = next(self._chunks)
            except StopIteration:
                raise EOFError from None
            self._rest += chunk
            self.raw += chunk
        text, _, self._rest = self._rest.partition(b"\n\n")
        lines = text.decode().split("\n")
        for line in lines:
            if line.startswith("id: "):
                self.last = line[4:]
        return lines

    def event(self) -> dict[str, Any]:
        """The next event's data; whatever is none is passed over."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            data = [line[6:] for line in self.block() if line.startswith("data: ")]
            if data:
                (only,) = data
                item: dict[str, Any] = json.loads(only)
                return item
        raise AssertionError("no event came")

    def events(self, until: str) -> list[dict[str, Any]]:
        """All events up to that of the thing with this slug or id, which is the last."""
        found = [self.event()]
        while until not in (found[-1]["slug"], found[-1]["id"]):
            found.append(self.event())
        return found

    def to_the_end(self) -> list[list[str]]:
        """All that comes until the server ends the stream."""
        found = []
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                found.append(self.block())
            except EOFError:
                return found
        raise AssertionError("the stream does not end")


class Stuck:
    """A reader that asks, and then reads nothing for a while."""

    def __init__(self, address: str, after: str) -> None:
        place = urlsplit(address)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect((place.hostname, place.port))
        self.socket.sendall(f"GET {STREAM}?after={after} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def rest(self) -> bytes:
        """All that can still be read."""
        found = b""
        with suppress(ConnectionResetError):
            while part := self.socket.recv(65_536):
                found += part
        return found


def bulky(api: Api, count: int) -> None:
    """So many changes of 40 kB each."""
    for number in range(count):
        said(api, title=f"Number {number}", summary="й" * 20_000)

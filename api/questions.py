"""The service asks itself, inside the process: what a GET answers, through everything that a GET goes through.

So that no filter is written twice: a snapshot or an export has what the list has, to whoever may see it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import Message, Scope

PAGE = 500  # items, the most that a list gives at once


@dataclass(frozen=True, slots=True)
class Told:
    """What the service answered."""

    status: int
    headers: Headers
    body: bytes

    @property
    def next(self) -> bytes | None:
        """The query of the next page, where there is one."""
        link = self.headers.get("link")
        return urlsplit(link.removeprefix("<").partition(">")[0]).query.encode() if link else None


class Refused(Exception):
    """The service refused itself what it had begun to answer."""

    def __init__(self, told: Told) -> None:
        problem = json.loads(told.body)
        faults = [
            f"{one['message']}{f' ({hint})' if (hint := one['hint']) else ''}" for one in problem.get("errors", ())
        ]
        super().__init__("; ".join(faults) or problem["detail"])


def encoded(pairs: Sequence[tuple[str, str]]) -> bytes:
    """A query string of pairs that were read with the error handler `surrogateescape`."""
    return urlencode(pairs, quote_via=quote, safe=":/,@", errors="surrogateescape").encode()


def scope(path: str, query: bytes, headers: Sequence[tuple[bytes, bytes]] = (), state: str | None = None) -> Scope:
    """A GET from nowhere; `state` is an extra key that says in whose name."""
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
        "path": path, "raw_path": quote(path).encode(), "query_string": query, "headers": list(headers), "client": None, "server": None,
        **({state: True} if state else {}),
    }  # fmt: skip


async def ask(app: FastAPI, asked: Scope) -> Told:
    """What the service answers."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(asked, receive, send)
    body = b"".join([message.get("body", b"") for message in sent[1:]])
    return Told(sent[0]["status"], Headers(raw=sent[0]["headers"]), body)

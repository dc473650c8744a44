"""One application in one process on 127.0.0.1, which also answers how much CPU it has used.

`python -m tests.benchmarks.serve demarche sqlite:///…` prints the port as soon as it answers.
"""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import queries
from api.main import create
from api.settings import Settings
from schemas.timeline import ActorTimelineFilter
from tests.benchmarks import tutorial

CPU = "/benchmark-cpu"
_Asked = Annotated[ActorTimelineFilter, Depends(queries.asked(ActorTimelineFilter))]


def constant(body: bytes) -> FastAPI:
    """What is left when nothing is read: the same route and filters in FastAPI, and always the same bytes."""
    app = FastAPI()

    @app.get("/v1/actors/{slug}/timeline")
    async def read_constant(slug: str, asked: _Asked) -> Response:
        return Response(body, media_type="application/json")

    return app


class Metered:
    """Around every application alike: answers the CPU-seconds of this process at an address of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] == "http" and scope["path"] == CPU:
            await Response(json.dumps(time.process_time()))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class Server:
    """A running server: where it listens and what it has used."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.port = port

    def get(self, path: str) -> bytes:
        """One request by itself; it must succeed."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{self.name} answers {answer.status} to {path}: {body[:500]!r}")
            return body
        finally:
            connection.close()

    def cpu(self) -> float:
        """CPU-seconds used so far."""
        return float(json.loads(self.get(CPU)))


@contextlib.contextmanager
def running(name: str, kind: str, what: str) -> Iterator[Server]:
    """A server in a process of its own, ended with the context."""
    command = [sys.executable, "-m", "tests.benchmarks.serve", kind, what]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server of {name} does not start: {' '.join(command)}")
        yield Server(name, int(line))
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def _main(kind: str, what: str) -> None:
    if kind == "demarche":
        app = create(Settings(database_url=what))
    elif kind == "tutorial":
        app = tutorial.create(Path(what))
    else:
        app = constant(Path(what).read_bytes())
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Metered(app), loop="uvloop", http="httptools", access_log=False, log_level="warning")

    class Told(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(listening.getsockname()[1], flush=True)

    Told(config).run([listening])


if __name__ == "__main__":
    _main(*sys.argv[1:])

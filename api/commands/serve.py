"""`serve`: a port, a migrated database, on the first start the demo set and a key, then the server."""

import errno
import logging
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import NamedTuple

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.commands import demo, keys, output
from api.commands.failures import Failure
from api.commands.migrate import migrate
from api.database import Database
from api.main import create
from api.settings import Settings
from api.streams import ABORT, MOST_STREAMS

DEMO_QUESTION = "/v1/actors/kremlin/timeline?topic=ceasefire&limit=3"
ANY_QUESTION = "/v1/timeline?limit=3"


def listen(host: str, port: int) -> list[socket.socket]:
    """Take the port before anything else is done, on every address that the host stands for. Raises Failure."""
    wrong_host = Failure(
        f"HOST={host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 to be reached from others."
    )
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise wrong_host from None
    opened: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            try:
                opened.append(socket.create_server(address[:2], family=family, backlog=2048))
            except PermissionError:
                raise Failure(f"Port {port} is not for this user: choose one above 1023, as in PORT=8000.") from None
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    other = port + 1 if port < 65535 else port - 1
                    raise Failure(
                        f"Port {port} of {host} is in use: end the program that has it, or choose another, as in PORT={other}."
                    ) from None
        if not opened:
            raise wrong_host
    except BaseException:
        for one in opened:
            one.close()
        raise
    return opened


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (nothing is bound here)
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


class Connection(HttpToolsProtocol):
    """Can be broken off by an answer whose reader takes no more; to close it would wait for that reader."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}


class Server(uvicorn.Server):
    """Says so when it accepts connections, and ends the streams before it waits for the connections to close."""

    def __init__(self, app: FastAPI, announce: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app, workers=1, http=Connection, ws="none", lifespan="on", interface="asgi3",
                loop="auto",  # uvloop, which there is everywhere but on Windows
                log_config=None, log_level="warning", access_log=False,
                server_header=False, proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )  # fmt: skip
        self._app = app
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._app.state.streams.close()
        await super().shutdown(sockets)


class Prepared(NamedTuple):
    """What there is to say of the database that will be served."""

    place: str
    has_demo: bool
    secret: str | None  # on the first start alone


def prepare(settings: Settings, as_json: bool) -> Prepared:
    """Bring the database to where it can be served; the first start's key is shown here."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        secret = keys.first_start(database)
        if secret:
            # It is nowhere else, and if what follows fails it is needed all the same.
            output.tell(as_json, {"first_admin_key": secret}, [f"The first admin key, shown only now: {secret}"])
        with database.reading() as reading:
            row = reading.row("SELECT 1 FROM record WHERE external_source = :source LIMIT 1", {"source": demo.SOURCE})
        return Prepared(database.describe(), row is not None, secret)
    finally:
        database.close()


def allow_streams() -> None:
    """Let this process have as many open files as streams need, where the system lets us: 1,024 are usual at first."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # not there on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * MOST_STREAMS if hard == resource.RLIM_INFINITY else min(hard, 2 * MOST_STREAMS)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run(settings: Settings, as_json: bool) -> None:
    """The verb: serve until a signal comes."""
    with ExitStack() as held:
        sockets = [held.enter_context(one) for one in listen(settings.host, settings.port)]
        serve(settings, sockets, prepare(settings, as_json), as_json)


def serve(settings: Settings, sockets: list[socket.socket], prepared: Prepared, as_json: bool) -> None:
    """Answer requests, and say where."""
    at = address(settings.host, settings.port)

    def announce() -> None:
        lines = {
            "Documentation": f"{at}/docs",
            "Timeline": f"{at}/v1/timeline",
            "Try": f"curl '{at}{DEMO_QUESTION if prepared.has_demo else ANY_QUESTION}'",
            "With the key": f"curl -H 'Authorization: Bearer {prepared.secret}' {at}/v1/me",
            "Data": prepared.place,
        }
        if prepared.secret is None:
            del lines["With the key"]
        told = {"serving": at, "documentation": f"{at}/docs", "data": prepared.place}
        output.tell(as_json, told, (f"{name:14} {line}" for name, line in lines.items()))

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    allow_streams()
    Server(create(settings), announce).run(sockets)

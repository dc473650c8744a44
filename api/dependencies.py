"""What endpoints are given: who asks, the parsed body, the versions expected, and the two ways to the store."""

import re
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from api import bodies, queries
from api.database import Database
from api.errors import Problem, invalid
from api.store import directory, keys, moments, replays
from api.store.checks import Json
from api.store.directory import Directory
from api.store.documents import Rendered
from api.store.replays import Once
from api.store.sessions import Reading, Writer, Writing
from schemas.problems import Fault
from schemas.vocabularies import KeyRole

P = ParamSpec("P")
T = TypeVar("T")

# Only to show the scheme in the documentation; `viewer` reads the header itself.
Bearer = HTTPBearer(scheme_name="key", description="An API key: `Authorization: Bearer dmr_…`.", auto_error=False)

# Set by the service itself where it asks in the name of the public: then reading needs no key, and shows what anyone may see.
ANYONE = "demarche.anyone"
# The same where it asks for whoever runs it, who has the database itself: then every draft is shown.
OPERATOR = "demarche.operator"

CHALLENGE = {"WWW-Authenticate": "Bearer"}


def database(request: Request) -> Database:
    """The database of this service."""
    opened: Database = request.app.state.database
    return opened


async def viewer(request: Request) -> Writer | None:
    """Who asks; None without a key. Raises Problem `key-invalid`, or `key-required` where reading needs a key."""
    given = request.headers.getlist("authorization")
    if OPERATOR in request.scope:
        return keys.SYSTEM
    if not given:
        if not request.app.state.settings.public_reads and ANYONE not in request.scope:
            raise Problem("key-required", "Reading needs a key here.", headers=CHALLENGE)
        return None
    scheme, _, secret = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or not secret.strip():
        raise Problem("key-invalid", "Send one header: Authorization: Bearer <key>.", headers=CHALLENGE)
    writer = await database(request).read_fast(None, keys.find, secret.strip())
    if writer is None:
        raise Problem("key-invalid", "This key is unknown, expired or revoked.", headers=CHALLENGE)
    return writer


Viewer = Annotated[Writer | None, Depends(viewer)]


class Reader:
    """How an endpoint reads: `await reading(store.function, …)`, or `await reading.at(asked.as_of)(…)` for the past."""

    def __init__(self, request: Request, who: Viewer) -> None:
        self._database = database(request)
        self._shelf: directory.Shelf = request.app.state.shelf
        self._instant: int | None = None
        self.viewer = who

    def at(self, instant: int | None) -> "Reader":
        """Read what stood at this instant; None is now."""
        then = copy(self)
        then._instant = instant
        return then

    async def __call__(self, ask: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read what an index bounds: on SQLite without leaving the event loop. Raises Problem `invalid` for the future."""
        return await self._read(self._database.read_fast, lambda reading: ask(reading, *args, **kwargs))

    async def _read(self, way: Callable[..., Awaitable[T]], ask: Callable[[Reading], T]) -> T:
        instant = self._instant
        if instant is None:
            return await way(self.viewer, ask)
        if not await self._database.read_fast(None, moments.is_settled, instant):
            await self._database.write(keys.SYSTEM, moments.settle, instant)

        def then(reading: Reading) -> T:
            moments.go_to(reading, instant)
            return ask(reading)

        return await way(self.viewer, then)

    async def slowly(self, ask: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read what takes its time: in a thread."""
        return await self._read(self._database.read, lambda reading: ask(reading, *args, **kwargs))

    async def listing(
        self, bounded: bool, ask: Callable[Concatenate[Reading, Directory, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read with the directory of the same moment; in a thread unless the cost is bounded."""
        way = self._database.read_fast if bounded else self._database.read

        def with_directory(reading: Reading) -> T:
            return ask(reading, self._shelf.directory(reading), *args, **kwargs)

        return await self._read(way, with_directory)


async def _reader(request: Request, who: Viewer) -> Reader:
    # A class as a dependency is run in a thread: that took a seventh of the requests per CPU-second.
    return Reader(request, who)


Reads = Annotated[Reader, Depends(_reader)]


def _needs(role: KeyRole, asks: bool = False) -> Callable[..., Any]:
    """Whose key has at least this role; unless the endpoint `asks` for parameters, there are none."""
    order = list(KeyRole)

    async def asking(who: Viewer, _documented: Annotated[Any, Depends(Bearer)]) -> Writer:
        if who is None:
            raise Problem("key-required", "This needs a key: Authorization: Bearer <key>.", headers=CHALLENGE)
        if order.index(who.role) < order.index(role):
            raise Problem("forbidden", f"This takes the role {role}; the key {who.name!r} has the role {who.role}.")
        return who

    async def writer(who: Annotated[Writer, Depends(asking)], _asked: queries.NothingAsked) -> Writer:
        return who

    return asking if asks else writer


class Change:
    """How an endpoint writes: `await writing(store.function, …)`; when it returns, the change is committed."""

    def __init__(self, request: Request, writer: Writer) -> None:
        self._request = request
        self.writer = writer

    async def __call__(self, change: Callable[Concatenate[Writing, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make a change."""
        return await database(self._request).write(self.writer, change, *args, **kwargs)

    async def scrub(self) -> None:
        """Have the database let go of what was erased, as far as it can."""
        await database(self._request).scrub()

    async def once(
        self, body: Json, change: Callable[Concatenate[Writing, P], Rendered], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[Rendered, bool]:
        """Make a change by POST, once for one Idempotency-Key; also whether it had been made before."""
        named = self._named(body)
        if named is None:
            return await self(change, *args, **kwargs), False

        def run(writing: Writing) -> tuple[Rendered, bool]:
            return replays.once(writing, named, lambda: change(writing, *args, **kwargs))

        return await database(self._request).write(self.writer, run)

    async def replayed(self, body: Json) -> Rendered | None:
        """What a POST with this Idempotency-Key was answered before: asked ahead of work that comes before the change."""
        named = self._named(body)
        return None if named is None else await database(self._request).read_fast(self.writer, replays.find, named)

    def _named(self, body: Json) -> Once | None:
        sent = self._request.headers.getlist("idempotency-key")
        if not sent:
            return None
        key = sent[0]
        if len(sent) > 1 or not re.fullmatch(r"[!-~]{1,255}", key):
            fault = Fault(
                where="header.Idempotency-Key",
                message="it is not one header of 1 to 255 printable ASCII characters",
                hint="A UUID will do.",
            )
            raise invalid([fault])
        return Once(self.writer.id, key, self._request.method, self._request.scope["path"][:500], body)


async def _contributor(request: Request, who: Annotated[Writer, Depends(_needs(KeyRole.CONTRIBUTOR))]) -> Change:
    return Change(request, who)


async def _editor(request: Request, who: Annotated[Writer, Depends(_needs(KeyRole.EDITOR))]) -> Change:
    return Change(request, who)


async def _importer(request: Request, who: Annotated[Writer, Depends(_needs(KeyRole.EDITOR, asks=True))]) -> Change:
    return Change(request, who)


async def _admin(request: Request, who: Annotated[Writer, Depends(_needs(KeyRole.ADMIN))]) -> Change:
    return Change(request, who)


Contributor = Annotated[Change, Depends(_contributor)]
Editor = Annotated[Change, Depends(_editor)]
Importer = Annotated[Change, Depends(_importer)]
Admin = Annotated[Change, Depends(_admin)]


async def _body(request: Request) -> Json:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    kind, charset = kind.strip(), parameters.strip().replace('"', "")
    allowed = kind == "application/json" or (kind == "application/merge-patch+json" and request.method == "PATCH")
    coding = request.headers.get("content-encoding", "").strip().lower()
    if not allowed:
        told = f"this is {kind[:60]}" if kind else "this has no Content-Type"
    elif charset not in ("", "charset=utf-8", "charset=utf8"):
        told = f"this is in {charset[:60].removeprefix('charset=')}"
    elif coding not in ("", "identity"):
        told = f"this is compressed with {coding[:60]}"
    else:
        return bodies.parse(await request.body())
    raise Problem("unsupported-media-type", f"Send application/json in UTF-8, uncompressed; {told}.")


async def _expected(request: Request) -> list[int]:
    given = ",".join(request.headers.getlist("if-match")).strip()
    if given in ("", "*"):
        raise Problem(
            "precondition-required", "Send If-Match with the ETag that you read; it is in the ETag header of a GET."
        )
    tags = [tag.strip() for tag in given.split(",")]
    # Proxies that compress make tags weak; the version in them stays what it was.
    found = [re.fullmatch(r'(?:W/)?"([0-9]{1,9})-[0-9a-f]+"', tag) for tag in tags]
    versions = [int(match[1]) for match in found if match]
    return versions or [0]


async def _expected_if_any(request: Request) -> list[int] | None:
    return await _expected(request) if "if-match" in request.headers else None


Body = Annotated[Json, Depends(_body)]
Expected = Annotated[list[int], Depends(_expected)]
ExpectedIfAny = Annotated[list[int] | None, Depends(_expected_if_any)]

"""The change feed live: who listens, what wakes them, and how an answer without an end is sent.

One watcher per process looks at the newest revision while somebody listens, and is woken by the writes of its own
process; so any number of processes can share a database, and nothing else. Nothing is queued for anybody: a reader takes
its next page after the one before was sent, and readers who want the same page share it.
"""

import asyncio
import logging
import math
from contextlib import suppress
from dataclasses import dataclass

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from api.database import Database
from api.errors import Problem
from api.store import changes, keys
from api.store.directory import Shelf
from api.store.sessions import Reading, Writer
from schemas.changes import ChangeFilter, StreamFilter
from schemas.vocabularies import KeyRole

log = logging.getLogger("demarche")

MOST_STREAMS = 5_000  # per process
LOOK_SECONDS = 0.25  # after so long a write of another process is noticed
REST_SECONDS = (
    0.1  # between two looks, however many writes there are: a thousand readers are woken ten times a second at most
)
BEAT_SECONDS = 15.0  # after so long without a word a proxy may take a connection for dead
SEND_SECONDS = 30.0  # whoever takes none of PIECE bytes for so long is cut off
GRACE_SECONDS = 1.0  # the same at the end of a stream
RETRY_SECONDS = 2  # after so long a browser comes back; also when a page that failed is tried again
PIECE = 16_384
READ_AT_ONCE = 2  # pages, so that those who are woken together leave connections for everybody else
MOST_KEPT = 32  # pages, for readers who come a moment after others with the same question
ABORT = "demarche.abort"  # the extension by which the server breaks a connection off; see api/commands/run.py

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept, Authorization", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed as it is streamed."""

    text: bytes
    next: str
    more: bool


class Streams:
    """All streams of one process."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self.newest = 0
        self._database = database
        self._shelf = shelf
        self._open: set[Stream] = set()
        self._pages: dict[tuple[str, Writer | None], asyncio.Task[Page]] = {}
        self._turns = asyncio.Semaphore(READ_AT_ONCE)
        self._written = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        self._is_closing = False
        database.on_write = self._written.set

    def __len__(self) -> int:
        return len(self._open)

    async def open(self, viewer: Writer | None, asked: StreamFilter) -> "Stream":
        """A stream from a cursor on, or from now on; what is wrong with the question is raised before it begins.

        Raises Problem `invalid`, `cursor-mismatch`, `too-many-streams` or `unavailable`.
        """
        if len(self._open) >= MOST_STREAMS:
            raise Problem(
                "too-many-streams",
                f"This process serves {MOST_STREAMS:,} streams already. Try again later, or ask /v1/changes.",
                headers={"Retry-After": "30"},
            )
        stream = Stream(self, viewer, asked)
        self._open.add(stream)
        try:
            await self._look()
            await stream.begin()
        except BaseException:
            self.forget(stream)
            raise
        if self._is_closing:
            stream.end()
        elif self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return stream

    def forget(self, stream: "Stream") -> None:
        """A stream has ended."""
        self._open.discard(stream)

    def close(self) -> None:
        """End every stream: the server is about to stop, and would wait for them."""
        self._is_closing = True
        if self._watcher is not None:
            self._watcher.cancel()
        for stream in self._open:
            stream.end()

    async def page(self, viewer: Writer | None, asked: ChangeFilter, cursor: str) -> Page:
        """What follows a cursor, which names the filters too, up to the newest revision that was looked at."""
        key = cursor, viewer
        found = self._pages.get(key)
        if found is None:
            following = asked.model_copy(update={"cursor": cursor})
            found = self._pages[key] = asyncio.create_task(self._read(viewer, following, self.newest))
            while len(self._pages) > MOST_KEPT:
                del self._pages[next(iter(self._pages))]
        try:
            # One reader who leaves must not take the page away from the others.
            return await asyncio.shield(found)
        except Exception:
            if self._pages.get(key) is found:
                del self._pages[key]
            raise

    async def _read(self, viewer: Writer | None, asked: ChangeFilter, until: int) -> Page:
        def ask(reading: Reading) -> Page:
            fed = changes.page(reading, self._shelf.directory(reading), asked, until)
            blocks = [_event(item, after) for item, after in zip(fed.items, fed.ids, strict=True)]
            return Page(b"".join(blocks), fed.next, fed.more)

        async with self._turns:
            return await self._database.read(viewer, ask)

    async def _watch(self) -> None:
        """Look now and then, for as long as somebody listens."""
        try:
            while self._open:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._written.wait()
                self._written.clear()
                # A database that is away for a while is looked at again; the streams stay.
                with suppress(Problem):
                    await self._look()
                await asyncio.sleep(REST_SECONDS)
        except Exception:
            log.exception("the watcher of the streams failed")
            for stream in self._open:
                stream.end()  # whoever comes back starts it anew; nobody is left waiting for nothing

    async def _look(self) -> None:
        """The newest revision and the keys that work no more, of one moment: what was written after a key was revoked
        lies beyond `newest`, and is not shown to its holder."""
        holders = {stream.key for stream in self._open if stream.key is not None}

        def ask(reading: Reading) -> tuple[int, set[int]]:
            return changes.newest(reading), keys.ended(reading, holders)

        newest, ended = await self._database.read_fast(None, ask)
        for stream in [stream for stream in self._open if stream.key in ended]:
            stream.end()
        if newest > self.newest:  # two looks can end in the other order
            self.newest = newest
            self._pages.clear()
            for stream in self._open:
                stream.wake()


def _event(item: bytes, after: str) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (after.encode(), item)


def _eyes(viewer: Writer | None) -> Writer | None:
    """One of all those who see the same: drafts are for editors, and for the contributor whose they are."""
    if viewer is None or viewer.role is KeyRole.READER:
        return None
    return viewer if viewer.role is KeyRole.CONTRIBUTOR else keys.SYSTEM


class Stream(StreamingResponse):
    """One reader's answer."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, viewer: Writer | None, asked: StreamFilter) -> None:
        super().__init__((), headers=_HEADERS)
        self.key = viewer.id if viewer else None
        self._streams = streams
        self._eyes = _eyes(viewer)
        self._asked = ChangeFilter(cursor=asked.cursor, kind=asked.kind, actor=asked.actor, topic=asked.topic)
        self._page = Page(b"", "", more=True)
        self._looked = 0  # the newest revision when the page was read
        self._at = ""  # the cursor behind all that was sent
        self._told = ""  # the cursor that the reader has
        self._beat_at = 0.0
        self._woken = asyncio.Event()
        self._is_over = False
        self._stop_at = math.inf
        self._deadline: asyncio.Timeout | None = None

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def end(self) -> None:
        """Come to an end, by force if the reader takes nothing."""
        self._is_over = True
        self._woken.set()
        self._stop_at = min(self._stop_at, asyncio.get_running_loop().time() + GRACE_SECONDS)
        if self._deadline is not None and not self._deadline.expired():
            self._deadline.reschedule(self._stop_at)

    async def begin(self) -> None:
        """Read the first page, which tells whether the question is a good one."""
        self._told = self._at = self._asked.cursor or changes.upcoming(self._asked, self._streams.newest)
        await self._read_on()

    async def _read_on(self) -> None:
        looked = self._streams.newest
        self._page = await self._streams.page(self._eyes, self._asked, self._at)
        self._looked = looked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader leaves or takes nothing more, or the stream is ended from here."""
        watching = asyncio.create_task(self._until_gone(receive))
        try:
            await self._run(send)
        except TimeoutError:
            # To close the connection would be to wait for the reader all the same.
            if extension := scope.get("extensions", {}).get(ABORT):
                extension["abort"]()
                await watching
        finally:
            watching.cancel()
            self._streams.forget(self)

    async def _until_gone(self, receive: Receive) -> None:
        with suppress(Problem):  # there was a body, and that too large
            while (await receive())["type"] != "http.disconnect":
                pass
        self.end()

    async def _run(self, send: Send) -> None:
        await self._pass(send, {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await self._send(send, b"retry: %d000\nid: %s\n\n" % (RETRY_SECONDS, self._told.encode()))
        if not self._is_over:
            await self._send_page(send)
        clock = asyncio.get_running_loop().time
        while not self._is_over:
            if clock() >= self._beat_at:
                await self._beat(send)
            elif self._page.more or self._looked != self._streams.newest:
                await self._go_on(send)
            else:
                await self._wait(self._beat_at)
        if self._told != self._at:
            await self._beat(send)
        await self._pass(send, {"type": "http.response.body", "body": b"", "more_body": False})

    async def _go_on(self, send: Send) -> None:
        try:
            await self._read_on()
        except Problem as problem:
            if problem.code != "unavailable":
                self.end()  # whoever comes back with this cursor is told why
            await self._wait(asyncio.get_running_loop().time() + RETRY_SECONDS)
        else:
            await self._send_page(send)

    async def _send_page(self, send: Send) -> None:
        if self._page.text:
            await self._send(send, self._page.text)
            self._told = self._page.next
        self._at = self._page.next

    async def _beat(self, send: Send) -> None:
        """A sign of life; with it, how far the reader has come where there was nothing to show."""
        await self._send(send, b":\n\n" if self._told == self._at else b"id: %s\n\n" % self._at.encode())
        self._told = self._at

    async def _send(self, send: Send, text: bytes) -> None:
        for start in range(0, len(text), PIECE):
            await self._pass(
                send, {"type": "http.response.body", "body": text[start : start + PIECE], "more_body": True}
            )
        self._beat_at = asyncio.get_running_loop().time() + BEAT_SECONDS

    async def _pass(self, send: Send, message: Message) -> None:
        """Hand a piece to the server, which takes it when the reader has taken most of what went before."""
        deadline = min(self._stop_at, asyncio.get_running_loop().time() + SEND_SECONDS)
        try:
            async with asyncio.timeout_at(deadline) as self._deadline:
                await send(message)
        finally:
            self._deadline = None

    async def _wait(self, until: float) -> None:
        """Until it is woken, at the latest until then."""
        timer = asyncio.get_running_loop().call_at(until, self._woken.set)
        await self._woken.wait()
        self._woken.clear()
        timer.cancel()

"""Answers that are sent while they are made: to a reader who goes on reading, until it has all of it or the answer fails.

What fails in the middle ends without its end: the connection breaks, so that nobody takes a part for the whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from api.errors import Problem
from api.questions import Refused
from api.streams import ABORT, PIECE, SEND_SECONDS

log = logging.getLogger("demarche")


MOST_DOWNLOADS = 200  # per process; each has a page in memory


class Download(StreamingResponse):
    """One reader's answer, in pieces of any size; `under_way` are all of this process."""

    def __init__(
        self, pieces: AsyncIterator[bytes], content_type: str, headers: Mapping[str, str], under_way: set["Download"]
    ) -> None:
        super().__init__((), headers={"Content-Type": content_type, **headers})
        self._pieces = pieces
        self._under_way = under_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. Raises what the pieces raise, where the server can't break the connection off by itself."""
        self._under_way.add(self)
        sending = asyncio.create_task(self._send(send))
        watching = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        except (TimeoutError, Refused) as error:
            abort = scope.get("extensions", {}).get(ABORT)
            if not abort:
                raise
            # The reader takes nothing, or what it was promised can't be had any more.
            log.warning("an export was broken off: %s", error or "its reader took nothing")
            abort["abort"]()
        finally:
            for task in (sending, watching):
                task.cancel()
            await asyncio.gather(sending, watching, return_exceptions=True)
            self._under_way.discard(self)

    async def _send(self, send: Send) -> None:
        await _pass(send, {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._pieces) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    body = piece[start : start + PIECE]
                    await _pass(send, {"type": "http.response.body", "body": body, "more_body": True})
        await _pass(send, {"type": "http.response.body", "body": b"", "more_body": False})


async def _pass(send: Send, message: Message) -> None:
    """Hand a piece to the server, which takes it when the reader has taken most of what went before."""
    async with asyncio.timeout(SEND_SECONDS):
        await send(message)


async def _until_gone(receive: Receive) -> None:
    with suppress(Problem):  # there was a body, and that too large
        while (await receive())["type"] != "http.disconnect":
            pass

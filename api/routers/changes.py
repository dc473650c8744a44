"""The change feed, page by page and live: HTTP only; the questions are in api/store/changes.py."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from api import answers, queries
from api.dependencies import Reads
from api.errors import invalid
from api.handlers import EVENT_STREAM
from api.openapi import LAST_EVENT_ID, refused
from api.store import changes
from api.streams import Streams
from schemas.changes import ChangeFilter, ChangePage, StreamFilter
from schemas.problems import Fault
from schemas.timeline import MOST_OF_A_CURSOR

router = APIRouter(prefix="/v1/changes", tags=["changes"])
Asked = Annotated[ChangeFilter, Depends(queries.asked(ChangeFilter))]
AskedStream = Annotated[StreamFilter, Depends(queries.asked(StreamFilter))]

_STREAM_EXAMPLE = 'retry: 2000\nid: WyJ…\n\nid: WyJ…\ndata: {"action":"created","noun":"statement",…}\n\n:\n\n'
_STREAM: dict[str, Any] = {
    "content": {EVENT_STREAM: {"schema": {"type": "string", "examples": [_STREAM_EXAMPLE]}}},
}


@router.get(
    "", summary="Follow what changes", response_model=ChangePage, openapi_extra=queries.parameters(ChangeFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_changes(request: Request, reading: Reads, asked: Asked) -> Response:
    """Everything that was created, changed, withdrawn, deleted, restored, linked or unlinked, in the order of the commits.

    A feed never ends: `next` is always there, and whoever goes on from it misses no change and sees none twice. Ask
    on at once while `more` is true, and later when it is false. One request looks through 5,000 revisions at most, so
    that with filters it may answer with few items, or none, and `more`. A write that changed nothing is no change.

    Drafts show only to those who may see them. For everybody else a record is created when it is first published,
    withdrawn without a representation when it becomes a draft again, and restored after that; so are its links and
    codings. With `actor` there are no sources, topics, reactions and codings; with `topic` no actors, affiliations and sources.
    """
    return answers.feed(request, await reading.listing(False, changes.page, asked))


@router.get(
    "/stream", summary="Follow what changes, live", response_class=StreamingResponse,
    openapi_extra={"parameters": [*queries.parameters(StreamFilter)["parameters"], LAST_EVENT_ID]},
    responses={200: _STREAM, **refused("invalid", "cursor-mismatch", "key-required", "key-invalid", "too-many-streams")},
)  # fmt: skip
async def stream_changes(request: Request, reading: Reads, asked: AskedStream) -> Response:
    """The items of `/v1/changes` as Server-Sent Events, as they are committed: no event is missed, and none sent twice.

    Each event has no name, so that `onmessage` of an `EventSource` gets it; its `data` is one item of `/v1/changes` on one
    line. Its `id` is a cursor: after a cut, a browser sends it back as `Last-Event-ID` by itself; it is also taken as
    `after`, here and at `/v1/changes` with the same filters, and so is a `next` of `/v1/changes` here. Without either the
    stream begins with what comes from now on; it says at once with which `id`.

    Every 15 seconds without an event there is a comment, or an `id` alone, where what was done is not for this reader.
    Whoever takes nothing for 30 seconds is cut off, and can come back with the last `id`; so can everybody when the
    server stops. The stream ends when its key is revoked or expires.
    """
    streams: Streams = request.app.state.streams
    given = ",".join(request.headers.getlist("last-event-id")).strip()
    if len(given) > MOST_OF_A_CURSOR:
        fault = Fault(
            where="header.Last-Event-ID", message="it is no id of an event", hint="Send the last id as it came."
        )
        raise invalid([fault])
    return await streams.open(reading.viewer, asked.model_copy(update={"cursor": given}) if given else asked)

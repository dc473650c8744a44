"""Events: HTTP only; the one door for writes is api/store/records.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Contributor, Expected, Reads
from api.openapi import refused, takes
from api.routers.addresses import HISTORY, RECORD, RESTORE, THREAD
from api.store import records, threads, timeline
from api.store.conditions import is_bounded
from schemas.events import EventCreate, EventExplained, EventRead
from schemas.history import HistoryFilter, RecordVersionFilter, Restore, VersionRead
from schemas.pages import CountedPage, PastPage
from schemas.reactions import Thread, ThreadFilter
from schemas.timeline import EventFilter
from schemas.vocabularies import Kind

router = APIRouter(prefix="/v1/events", tags=["events"])
EXAMPLE = {
    "date": "2025-03-18", "actor": "donald-trump", "title": "Speaks with the Russian president by telephone",
    "event_type": "CONSULT", "event_mode": "phone", "participants": [{"actor": "vladimir-putin", "role": "addressee"}],
    "source": "kremlin-ru", "url": "http://en.kremlin.ru/events/president/news/76477", "confidence": 90,
}  # fmt: skip
Asked = Annotated[EventFilter, Depends(queries.asked(EventFilter))]
AskedVersion = Annotated[RecordVersionFilter, Depends(queries.asked(RecordVersionFilter))]
AskedThread = Annotated[ThreadFilter, Depends(queries.asked(ThreadFilter))]


@router.get(
    "", summary="List events", response_model=CountedPage[EventRead], openapi_extra=queries.parameters(EventFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_events(request: Request, reading: Reads, asked: Asked) -> Response:
    """Events of any actors, newest first; the filters are those of the timeline."""
    page = await reading.at(asked.as_of).listing(
        is_bounded(asked), timeline.page, asked, Kind.EVENT, None, answers.known_tag(request)
    )
    return answers.many(request, page, asked.as_of)


@router.post(
    "", summary="Record an event", status_code=201, response_model=EventRead,
    openapi_extra={**takes(EventCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "precedes", "circle", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_event(request: Request, writing: Contributor, body: Body) -> Response:
    """A thing done. Its PLOVER `event_type` is required, topics are not."""
    return answers.one(request, *await writing.once(body, records.create, Kind.EVENT, body))


@router.get(
    RECORD, summary="Read an event", response_model=EventExplained, openapi_extra=queries.parameters(RecordVersionFilter),
    responses=refused("merged", "not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_event(request: Request, reading: Reads, id: queries.IdPath, asked: AskedVersion) -> Response:
    """One event, with the ETag that an edit needs. `external_source:external_id` serves as id too.

    `version` gives an earlier version with today's names, also of what has been deleted since.
    """
    return answers.one(
        request,
        await reading.at(asked.as_of)(records.find, Kind.EVENT, id, asked.version, asked.explain),
        as_of=asked.as_of,
    )


@router.patch(
    RECORD, summary="Amend an event", response_model=EventRead,
    openapi_extra={**takes(EventCreate, {"event_mode": "phone"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "precedes", "deleted", "purged", "stale", "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_event(
    request: Request, writing: Contributor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes (on `confidence` it means "can't be judged").

    Short forms act where there is exactly one topic or citation. An edit that changes nothing makes no version.
    """
    return answers.one(request, await writing(records.amend, Kind.EVENT, id, body, expected))


@router.delete(
    RECORD, summary="Delete an event", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_event(writing: Contributor, id: queries.IdPath, expected: Expected) -> Response:
    """Leaves a tombstone, of its reactions too; every version is kept."""
    await writing(records.delete, Kind.EVENT, id, expected)
    return Response(status_code=204)


@router.get(
    THREAD, summary="Read the thread of an event", response_model=Thread, openapi_extra=queries.parameters(ThreadFilter),
    responses=refused("merged", "not-found", "deleted", "purged", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_event_thread(request: Request, reading: Reads, id: queries.IdPath, asked: AskedThread) -> Response:
    """The chain of answers around it, both ways, nearest first, to any depth within the limit."""
    found = await reading.at(asked.as_of).listing(False, threads.thread, Kind.EVENT, id, asked)
    return answers.body(request, found, as_of=asked.as_of)


@router.get(
    HISTORY, summary="Read the history of an event", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_event_history(
    request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too.

    To those who may not see drafts it begins with the first public version, and tells nothing of any draft.
    """
    found = await reading.at(asked.as_of).listing(False, records.versions, Kind.EVENT, id, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    RESTORE, summary="Restore a version of an event", response_model=EventRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another speech"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "precedes", "circle", "deleted", "purged", "stale",
                      "too-large", "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_event(
    request: Request, writing: Contributor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone, and brings back the reactions that went with it,
    once both their records stand again.
    """
    return answers.one(request, *await writing.once(body, records.restore, Kind.EVENT, id, body, expected))

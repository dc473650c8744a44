"""Statements: HTTP only; the one door for writes is api/store/records.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Contributor, Expected, Reads
from api.openapi import refused, takes
from api.routers.addresses import HISTORY, RECORD, RESTORE, THREAD
from api.store import records, threads, timeline
from api.store.conditions import is_bounded
from schemas.history import HistoryFilter, RecordVersionFilter, Restore, VersionRead
from schemas.pages import CountedPage, PastPage
from schemas.reactions import Thread, ThreadFilter
from schemas.statements import StatementCreate, StatementExplained, StatementRead
from schemas.timeline import StatementFilter
from schemas.vocabularies import Kind

router = APIRouter(prefix="/v1/statements", tags=["statements"])
EXAMPLE = {
    "date": "2025-03-13", "actor": "vladimir-putin", "title": "Agrees with the idea of a truce, raises questions first",
    "topic": "truce-in-principle", "stance": "supports", "source": "kremlin-ru",
    "url": "http://en.kremlin.ru/events/president/news/76450", "confidence": "high",
}  # fmt: skip
Asked = Annotated[StatementFilter, Depends(queries.asked(StatementFilter))]
AskedVersion = Annotated[RecordVersionFilter, Depends(queries.asked(RecordVersionFilter))]
AskedThread = Annotated[ThreadFilter, Depends(queries.asked(ThreadFilter))]


@router.get(
    "", summary="List statements", response_model=CountedPage[StatementRead], openapi_extra=queries.parameters(StatementFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_statements(request: Request, reading: Reads, asked: Asked) -> Response:
    """Statements of any actors, newest first; the filters are those of the timeline."""
    page = await reading.at(asked.as_of).listing(
        is_bounded(asked), timeline.page, asked, Kind.STATEMENT, None, answers.known_tag(request)
    )
    return answers.many(request, page, asked.as_of)


@router.post(
    "", summary="Record a statement", status_code=201, response_model=StatementRead,
    openapi_extra={**takes(StatementCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "precedes", "circle", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_statement(request: Request, writing: Contributor, body: Body) -> Response:
    """One actor on one occasion is one statement, whatever number of topics it touches."""
    return answers.one(request, *await writing.once(body, records.create, Kind.STATEMENT, body))


@router.get(
    RECORD, summary="Read a statement", response_model=StatementExplained, openapi_extra=queries.parameters(RecordVersionFilter),
    responses=refused("merged", "not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_statement(request: Request, reading: Reads, id: queries.IdPath, asked: AskedVersion) -> Response:
    """One statement, with the ETag that an edit needs. `external_source:external_id` serves as id too.

    `version` gives an earlier version with today's names, also of what has been deleted since.
    """
    return answers.one(
        request,
        await reading.at(asked.as_of)(records.find, Kind.STATEMENT, id, asked.version, asked.explain),
        as_of=asked.as_of,
    )


@router.patch(
    RECORD, summary="Amend a statement", response_model=StatementRead,
    openapi_extra={**takes(StatementCreate, {"stance": "supports", "condition_type": "preconditions", "conditions": "Mobilisation stops first"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "precedes", "deleted", "purged", "stale", "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_statement(
    request: Request, writing: Contributor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes (on `confidence` it means "can't be judged").

    Short forms act where there is exactly one topic or citation. An edit that changes nothing makes no version.
    """
    return answers.one(request, await writing(records.amend, Kind.STATEMENT, id, body, expected))


@router.delete(
    RECORD, summary="Delete a statement", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_statement(writing: Contributor, id: queries.IdPath, expected: Expected) -> Response:
    """Leaves a tombstone, of its reactions and codings too; every version is kept."""
    await writing(records.delete, Kind.STATEMENT, id, expected)
    return Response(status_code=204)


@router.get(
    THREAD, summary="Read the thread of a statement", response_model=Thread, openapi_extra=queries.parameters(ThreadFilter),
    responses=refused("merged", "not-found", "deleted", "purged", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_statement_thread(request: Request, reading: Reads, id: queries.IdPath, asked: AskedThread) -> Response:
    """The chain of answers around it, both ways, nearest first, to any depth within the limit."""
    found = await reading.at(asked.as_of).listing(False, threads.thread, Kind.STATEMENT, id, asked)
    return answers.body(request, found, as_of=asked.as_of)


@router.get(
    HISTORY, summary="Read the history of a statement", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_statement_history(
    request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too.

    To those who may not see drafts it begins with the first public version, and tells nothing of any draft.
    """
    found = await reading.at(asked.as_of).listing(False, records.versions, Kind.STATEMENT, id, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    RESTORE, summary="Restore a version of a statement", response_model=StatementRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another speech"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "precedes", "circle", "deleted", "purged", "stale",
                      "too-large", "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_statement(
    request: Request, writing: Contributor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone, and brings back its codings and the reactions that went with it,
    once both their records stand again.
    """
    return answers.one(request, *await writing.once(body, records.restore, Kind.STATEMENT, id, body, expected))

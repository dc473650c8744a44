"""Sources: HTTP only; the questions are in api/store/sources.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import sources
from schemas.history import HistoryFilter, Restore, VersionFilter, VersionRead
from schemas.pages import PastPage
from schemas.sources import SourceCreate, SourceFilter, SourceRead

router = APIRouter(prefix="/v1/sources", tags=["sources"])
EXAMPLE = {"slug": "kremlin-ru", "name": "kremlin.ru", "url": "http://kremlin.ru", "reliability": "B"}
Asked = Annotated[SourceFilter, Depends(queries.asked(SourceFilter))]


@router.get(
    "", summary="List sources", response_model=PastPage[SourceRead], openapi_extra=queries.parameters(SourceFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_sources(request: Request, reading: Reads, asked: Asked) -> Response:
    """Who publishes, by slug; `reliability` and `owner` narrow the list."""
    return answers.many(request, await reading.at(asked.as_of)(sources.page, asked), asked.as_of)


@router.post(
    "", summary="Create a source", status_code=201, response_model=SourceRead,
    openapi_extra={**takes(SourceCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_source(request: Request, writing: Editor, body: Body) -> Response:
    """Who publishes, with an Admiralty grade and its reason."""
    return answers.one(request, *await writing.once(body, sources.create, body))


@router.get(
    "/{slug}", summary="Read a source", response_model=SourceRead,
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"), openapi_extra=queries.parameters(VersionFilter),
)  # fmt: skip
async def read_source(
    request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedVersion
) -> Response:
    """One source, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(request, await reading.at(asked.as_of)(sources.find, slug, asked.version), as_of=asked.as_of)


@router.patch(
    "/{slug}", summary="Amend a source", response_model=SourceRead,
    openapi_extra={**takes(SourceCreate, {"reliability": "B", "reliability_reason": "Publishes full transcripts"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_source(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes. A rename shows everywhere at once and rewrites nothing."""
    return answers.one(request, await writing(sources.amend, slug, body, expected))


@router.delete(
    "/{slug}", summary="Delete a source", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "in-use", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_source(writing: Editor, slug: queries.SlugPath, expected: Expected) -> Response:
    """Leaves a tombstone; refused with the counts while anything names it."""
    await writing(sources.delete, slug, expected)
    return Response(status_code=204)


@router.get(
    "/{slug}/history", summary="Read the history of a source", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_source_history(
    request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, sources.versions, slug, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    "/{slug}/restore", summary="Restore a version of a source", response_model=SourceRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another source"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large",
                      "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_source(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone.
    """
    return answers.one(request, *await writing.once(body, sources.restore, slug, body, expected))

"""Merging records and taking them apart: HTTP only; what is done is in api/store/merges.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.routers.addresses import MERGE, UNMERGE
from api.store import merges
from schemas.merges import MergeCreate, MergeFilter, MergeItem, MergeRead, UnmergeCreate
from schemas.pages import PastPage
from schemas.vocabularies import Kind

router = APIRouter(prefix="/v1", tags=["duplicates"])
EXAMPLE = {
    "with": "01958f3e-7c00-7000-8000-000000000002",
    "with_version": 1,
    "change_note": "One call, entered twice",
}
Asked = Annotated[MergeFilter, Depends(queries.asked(MergeFilter))]
HEADERS = {"parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]}
REFUSED = refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large",
                  "unsupported-media-type", "invalid", "key-reused", "precondition-required")  # fmt: skip
REFUSED_APART = REFUSED | refused("precedes", "circle")


@router.get(
    "/duplicates/merges", summary="List merges", response_model=PastPage[MergeItem], openapi_extra=queries.parameters(MergeFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_merges(request: Request, reading: Reads, asked: Asked) -> Response:
    """The merges that stand, newest first: what was merged into what, when and by whom. Those taken apart again are in the histories."""
    return answers.many(request, await reading.at(asked.as_of).slowly(merges.page, asked), asked.as_of)


@router.post(
    f"/statements{MERGE}", summary="Merge a statement into this one", response_model=MergeRead,
    openapi_extra={**takes(MergeCreate, EXAMPLE), **HEADERS}, responses=REFUSED,
)  # fmt: skip
async def merge_statement(
    request: Request, writing: Editor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """This one keeps what it says, and gets the citations and tags of the other, each once. The other leaves a tombstone
    whose address leads on to this one.

    Its reactions and codings are made for this one, where that can be; `left` has the others, which stay with the tombstone.
    """
    return answers.one(request, *await writing.once(body, merges.merge, Kind.STATEMENT, id, body, expected))


@router.post(
    f"/statements{UNMERGE}", summary="Take a statement out of this one again", response_model=MergeRead,
    openapi_extra={**takes(UnmergeCreate, {"with": EXAMPLE["with"]}), **HEADERS}, responses=REFUSED_APART,
)  # fmt: skip
async def unmerge_statement(
    request: Request, writing: Editor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """Both are what they were before the merge. What was edited since stays, and this one loses what came by the merge alone."""
    return answers.one(request, *await writing.once(body, merges.unmerge, Kind.STATEMENT, id, body, expected))


@router.post(
    f"/events{MERGE}", summary="Merge an event into this one", response_model=MergeRead,
    openapi_extra={**takes(MergeCreate, EXAMPLE), **HEADERS}, responses=REFUSED,
)  # fmt: skip
async def merge_event(
    request: Request, writing: Editor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """This one keeps what it says, and gets the citations and tags of the other, each once. The other leaves a tombstone
    whose address leads on to this one.

    Its reactions are made for this one, where that can be; `left` has the others, which stay with the tombstone.
    """
    return answers.one(request, *await writing.once(body, merges.merge, Kind.EVENT, id, body, expected))


@router.post(
    f"/events{UNMERGE}", summary="Take an event out of this one again", response_model=MergeRead,
    openapi_extra={**takes(UnmergeCreate, {"with": EXAMPLE["with"]}), **HEADERS}, responses=REFUSED_APART,
)  # fmt: skip
async def unmerge_event(
    request: Request, writing: Editor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """Both are what they were before the merge. What was edited since stays, and this one loses what came by the merge alone."""
    return answers.one(request, *await writing.once(body, merges.unmerge, Kind.EVENT, id, body, expected))

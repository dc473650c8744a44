"""Duplicates, and pairs that were dismissed: HTTP only; the questions are in api/store/duplicates.py and dismissals.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import dismissals, duplicates
from schemas.dismissals import DismissalCreate, DismissalFilter, DismissalRead
from schemas.duplicates import DuplicateFilter, DuplicateRead
from schemas.history import HistoryFilter, VersionFilter, VersionRead
from schemas.pages import PastPage

router = APIRouter(prefix="/v1/duplicates", tags=["duplicates"])
Asked = Annotated[DuplicateFilter, Depends(queries.asked(DuplicateFilter))]
AskedDismissals = Annotated[DismissalFilter, Depends(queries.asked(DismissalFilter))]
EXAMPLE = {
    "records": ["01958f3e-7c00-7000-8000-000000000001", "01958f3e-7c00-7000-8000-000000000002"],
    "note": "Two calls on one day, by both readouts",
}


@router.get(
    "", summary="List records that may be one, or repeat another", response_model=PastPage[DuplicateRead],
    openapi_extra=queries.parameters(DuplicateFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_duplicates(request: Request, reading: Reads, asked: Asked) -> Response:
    """Pairs with an actor in common: of near dates and with one page or near texts (`merge`), or with a near text or the
    same stance on a topic days later (`repeat`). Nothing is merged or linked by itself; each has a request that would do it.

    Left out are pairs that a reaction joins, and those that were dismissed. Of a merge it is enough that the filters keep one
    of the two, of a repeat they must keep the later one. A page may have fewer items than `limit`, or none: `next` alone
    tells whether there is more.
    """
    found = await reading.at(asked.as_of).listing(False, duplicates.page, asked)
    return answers.many(request, found, asked.as_of)


@router.get(
    "/dismissals", summary="List dismissals", response_model=PastPage[DismissalRead], openapi_extra=queries.parameters(DismissalFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_dismissals(request: Request, reading: Reads, asked: AskedDismissals) -> Response:
    """Pairs of records that are two, by entry: they are not offered as duplicates."""
    found = await reading.at(asked.as_of).listing(False, dismissals.page, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    "/dismissals", summary="Dismiss a pair", status_code=201, response_model=DismissalRead,
    openapi_extra={**takes(DismissalCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_dismissal(request: Request, writing: Editor, body: Body) -> Response:
    """That two records are two, however alike: from then on the pair is not offered."""
    return answers.one(request, *await writing.once(body, dismissals.create, body))


@router.get(
    "/dismissals/{id}", summary="Read a dismissal", response_model=DismissalRead, openapi_extra=queries.parameters(VersionFilter),
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_dismissal(request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedVersion) -> Response:
    """One dismissal, with the ETag that its deletion needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(request, await reading.at(asked.as_of)(dismissals.find, id, asked.version), as_of=asked.as_of)


@router.delete(
    "/dismissals/{id}", summary="Take a dismissal back", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_dismissal(writing: Editor, id: queries.IdPath, expected: Expected) -> Response:
    """Leaves a tombstone; the pair may be offered again. The same pair can be dismissed again, as its next version."""
    await writing(dismissals.delete, id, expected)
    return Response(status_code=204)


@router.get(
    "/dismissals/{id}/history", summary="Read the history of a dismissal", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_dismissal_history(
    request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when and why. Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, dismissals.versions, id, asked)
    return answers.many(request, found, asked.as_of)

"""Affiliations of an actor: HTTP only; the questions are in api/store/affiliations.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import affiliations
from schemas.affiliations import AffiliationCreate, AffiliationFilter, AffiliationRead
from schemas.history import HistoryFilter, Restore, VersionFilter, VersionRead
from schemas.pages import PastPage

router = APIRouter(prefix="/v1/actors/{slug}/affiliations", tags=["actors"])
EXAMPLE = {"group": "kremlin", "role": "president", "dates": "2012-05-07/.."}
Asked = Annotated[AffiliationFilter, Depends(queries.asked(AffiliationFilter))]


@router.get(
    "", summary="List affiliations", response_model=PastPage[AffiliationRead], openapi_extra=queries.parameters(AffiliationFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_affiliations(request: Request, reading: Reads, slug: queries.SlugPath, asked: Asked) -> Response:
    """What the actor belongs to and who belongs to it, by entry."""
    return answers.many(request, await reading.at(asked.as_of)(affiliations.page, slug, asked), asked.as_of)


@router.post(
    "", summary="Create an affiliation", status_code=201, response_model=AffiliationRead,
    openapi_extra={**takes(AffiliationCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "exists", "circle", "too-large",
                      "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_affiliation(request: Request, writing: Editor, slug: queries.SlugPath, body: Body) -> Response:
    """That the actor belongs to another one, from when to when. Circles are refused whatever their dates."""
    return answers.one(request, *await writing.once(body, affiliations.create, slug, body))


@router.get(
    "/{id}", summary="Read an affiliation", response_model=AffiliationRead, openapi_extra=queries.parameters(VersionFilter),
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_affiliation(
    request: Request, reading: Reads, slug: queries.SlugPath, id: queries.IdPath, asked: queries.AskedVersion
) -> Response:
    """One affiliation, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(
        request, await reading.at(asked.as_of)(affiliations.find, slug, id, asked.version), as_of=asked.as_of
    )


@router.patch(
    "/{id}", summary="Amend an affiliation", response_model=AffiliationRead,
    openapi_extra={**takes(AffiliationCreate, {"dates": "2012-05-07/2030"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "exists", "circle", "deleted", "purged", "stale",
                      "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_affiliation(
    request: Request, writing: Editor, slug: queries.SlugPath, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes."""
    return answers.one(request, await writing(affiliations.amend, slug, id, body, expected))


@router.delete(
    "/{id}", summary="Delete an affiliation", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_affiliation(
    writing: Editor, slug: queries.SlugPath, id: queries.IdPath, expected: Expected
) -> Response:
    """Leaves a tombstone."""
    await writing(affiliations.delete, slug, id, expected)
    return Response(status_code=204)


@router.get(
    "/{id}/history", summary="Read the history of an affiliation", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_affiliation_history(
    request: Request, reading: Reads, slug: queries.SlugPath, id: queries.IdPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, affiliations.versions, slug, id, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    "/{id}/restore", summary="Restore a version of an affiliation", response_model=AffiliationRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another office"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "exists", "circle", "deleted", "stale",
                      "too-large", "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_affiliation(
    request: Request, writing: Editor, slug: queries.SlugPath, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone.
    """
    return answers.one(request, *await writing.once(body, affiliations.restore, slug, id, body, expected))

"""Actors: HTTP only; the questions are in api/store/actors.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import actors
from schemas.actors import ActorCreate, ActorFilter, ActorRead
from schemas.history import HistoryFilter, Restore, VersionFilter, VersionRead
from schemas.pages import PastPage

router = APIRouter(prefix="/v1/actors", tags=["actors"])
EXAMPLE = {
    "slug": "vladimir-putin",
    "kind": "person",
    "name": "Vladimir Putin",
    "aliases": ["Владимир Путин"],
    "country": "RU",
}
Asked = Annotated[ActorFilter, Depends(queries.asked(ActorFilter))]


@router.get(
    "", summary="List actors", response_model=PastPage[ActorRead], openapi_extra=queries.parameters(ActorFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_actors(request: Request, reading: Reads, asked: Asked) -> Response:
    """Who speaks and acts, by slug. `q` finds by name or alias in any script."""
    return answers.many(request, await reading.at(asked.as_of)(actors.page, asked), asked.as_of)


@router.post(
    "", summary="Create an actor", status_code=201, response_model=ActorRead,
    openapi_extra={**takes(ActorCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_actor(request: Request, writing: Editor, body: Body) -> Response:
    """A person, office, government, organization, alliance, bloc, medium, armed group or unnamed voice."""
    return answers.one(request, *await writing.once(body, actors.create, body))


@router.get(
    "/{slug}", summary="Read an actor", response_model=ActorRead,
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"), openapi_extra=queries.parameters(VersionFilter),
)  # fmt: skip
async def read_actor(request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedVersion) -> Response:
    """One actor, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(request, await reading.at(asked.as_of)(actors.find, slug, asked.version), as_of=asked.as_of)


@router.patch(
    "/{slug}", summary="Amend an actor", response_model=ActorRead,
    openapi_extra={**takes(ActorCreate, {"aliases": ["Владимир Путин", "Putin"]}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_actor(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes. A rename shows everywhere at once and rewrites nothing."""
    return answers.one(request, await writing(actors.amend, slug, body, expected))


@router.delete(
    "/{slug}", summary="Delete an actor", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "in-use", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_actor(writing: Editor, slug: queries.SlugPath, expected: Expected) -> Response:
    """Leaves a tombstone; refused with the counts while anything names it."""
    await writing(actors.delete, slug, expected)
    return Response(status_code=204)


@router.get(
    "/{slug}/history", summary="Read the history of an actor", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_actor_history(
    request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, actors.versions, slug, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    "/{slug}/restore", summary="Restore a version of an actor", response_model=ActorRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another actor"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large",
                      "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_actor(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone.
    """
    return answers.one(request, *await writing.once(body, actors.restore, slug, body, expected))

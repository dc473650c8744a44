"""API keys, and who I am."""

from fastapi import APIRouter, Request, Response

from api import answers, queries
from api.dependencies import Admin, Body, Reads
from api.errors import invalid
from api.openapi import refused, takes
from api.store import documents, keys
from schemas.keys import Key, KeyCreate, Me, NewKey
from schemas.pages import Page
from schemas.problems import Fault
from schemas.vocabularies import KeyRole

router = APIRouter(prefix="/v1", tags=["keys"])

_MAY = {
    KeyRole.READER: "read what is public, also where reading needs a key",
    KeyRole.CONTRIBUTOR: "write drafts of its own, take snapshots",
    KeyRole.EDITOR: "write all records, nouns and reactions",
    KeyRole.ADMIN: "make and revoke keys, and erase content for good",
}


@router.get(
    "/keys", summary="List API keys", response_model=Page[Key], openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("key-required", "key-invalid", "forbidden", "invalid"),
)  # fmt: skip
async def list_keys(request: Request, _writing: Admin, reading: Reads, _asked: queries.NothingAsked) -> Response:
    """All keys by name, without their secrets."""
    return answers.body(request, await reading(keys.page))


@router.post(
    "/keys", summary="Create an API key", status_code=201, response_model=NewKey,
    openapi_extra=takes(KeyCreate, {"name": "newsroom-desk", "role": "editor"}),
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "too-large", "unsupported-media-type", "invalid"),
)  # fmt: skip
async def create_key(request: Request, writing: Admin, body: Body) -> Response:
    """The answer is the only place where the secret is shown; an Idempotency-Key is refused, for no secret is kept."""
    if "idempotency-key" in request.headers:
        message = "a key is made once, and its secret is not kept to be shown again"
        hint = "Leave it out; when an answer was lost, revoke that key and make another."
        raise invalid([Fault(where="header.Idempotency-Key", message=message, hint=hint)])
    made = await writing(keys.create, body)
    return Response(made.body, 201, {"Location": made.path, "Cache-Control": "no-store"}, "application/json")


@router.get(
    "/keys/{slug}", summary="Read an API key", response_model=Key, openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "invalid"),
)  # fmt: skip
async def read_key(
    request: Request, _writing: Admin, reading: Reads, slug: queries.SlugPath, _asked: queries.NothingAsked
) -> Response:
    """One key by its name, without its secret."""
    return answers.body(request, await reading(keys.find_named, slug))


@router.delete(
    "/keys/{slug}", summary="Revoke an API key", status_code=204,
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "invalid"),
)  # fmt: skip
async def revoke_key(writing: Admin, slug: queries.SlugPath) -> Response:
    """For good, and at once; the name stays in the history and is never used again."""
    await writing(keys.revoke, slug)
    return Response(status_code=204)


@router.get(
    "/me", summary="Read who I am", response_model=Me, openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_me(request: Request, reading: Reads, _asked: queries.NothingAsked) -> Response:
    """The name and role of the key sent, and what it may do."""
    who = reading.viewer
    roles = list(KeyRole)[: list(KeyRole).index(who.role) + 1] if who else []
    may = [_MAY[role] for role in roles] or ["read what is public"]
    content = documents.dumps({"name": who.name if who else None, "role": who.role if who else None, "may": may})
    return answers.body(request, content)

"""Purges: HTTP only; what is erased is in api/store/purges.py."""

from fastapi import APIRouter, Request, Response

from api import answers, openapi
from api.dependencies import Admin, Body, Expected
from api.openapi import refused, takes
from api.store import purges
from schemas.purges import PurgeCreate, PurgeRead

router = APIRouter(prefix="/v1/purges", tags=["purges"])
EXAMPLE = {
    "path": "/v1/statements/01958f3e-7c00-7000-8000-000000000001",
    "reason": "Request of a private person, 2026/17",
}


@router.post(
    "", summary="Erase content for good", response_model=PurgeRead,
    openapi_extra={**takes(PurgeCreate, EXAMPLE), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "standing", "purged", "stale", "too-large",
                      "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def purge_content(request: Request, writing: Admin, expected: Expected, body: Body) -> Response:
    """For the law's sake, by an admin alone: takes away what versions of one thing say, and the salt of their fingerprints.

    `If-Match` takes the ETag of the thing as it stands, or of its tombstone. Without `versions` the thing must have been
    deleted before; then every version goes, with the reactions and codings of a record, the affiliations of an actor, an external id,
    and a slug, which becomes `purged-<number>`. With `versions` old ones go, with the tombstones that repeat them.

    A snapshot goes by itself too, where its query or title says what it should not, with the ETag of its citation. Of an
    import goes what it keeps of its file: what stood in rejected rows, its name, options and reasons; the things that it made stay.

    The histories, the feed and a 410 say that it was done, when and why. `as_of` a moment before shows nothing of it
    either. Whoever keeps a copy by `/v1/changes` is told by an item `purged`, whatever actors and topics are followed.
    """
    made = await writing.once(body, purges.purge, body, expected)
    await writing.scrub()
    return answers.one(request, *made)

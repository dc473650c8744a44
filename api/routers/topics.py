"""Topics: HTTP only; the questions are in api/store/topics.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import topics
from schemas.history import HistoryFilter, Restore, VersionFilter, VersionRead
from schemas.pages import PastPage
from schemas.topics import TopicCreate, TopicFilter, TopicRead

router = APIRouter(prefix="/v1/topics", tags=["topics"])
EXAMPLE = {
    "slug": "truce-in-principle",
    "name": "A truce in principle",
    "proposition": "The parties should stop fighting.",
}
Asked = Annotated[TopicFilter, Depends(queries.asked(TopicFilter))]


@router.get(
    "", summary="List topics", response_model=PastPage[TopicRead], openapi_extra=queries.parameters(TopicFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_topics(request: Request, reading: Reads, asked: Asked) -> Response:
    """By slug; `parent` narrows to the children of a topic."""
    return answers.many(request, await reading.at(asked.as_of)(topics.page, asked), asked.as_of)


@router.post(
    "", summary="Create a topic", status_code=201, response_model=TopicRead,
    openapi_extra={**takes(TopicCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "circle", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_topic(request: Request, writing: Editor, body: Body) -> Response:
    """One proposition, "A should do B", so that supporting and opposing it are clear."""
    return answers.one(request, *await writing.once(body, topics.create, body))


@router.get(
    "/{slug}", summary="Read a topic", response_model=TopicRead,
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"), openapi_extra=queries.parameters(VersionFilter),
)  # fmt: skip
async def read_topic(request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedVersion) -> Response:
    """One topic, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(request, await reading.at(asked.as_of)(topics.find, slug, asked.version), as_of=asked.as_of)


@router.patch(
    "/{slug}", summary="Amend a topic", response_model=TopicRead,
    openapi_extra={**takes(TopicCreate, {"description": "Any pause in the fighting"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "circle", "deleted", "purged", "stale", "too-large", "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_topic(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396): members replace, null removes. A rename shows everywhere at once and rewrites nothing."""
    return answers.one(request, await writing(topics.amend, slug, body, expected))


@router.delete(
    "/{slug}", summary="Delete a topic", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "in-use", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_topic(writing: Editor, slug: queries.SlugPath, expected: Expected) -> Response:
    """Leaves a tombstone; refused with the counts while anything names it."""
    await writing(topics.delete, slug, expected)
    return Response(status_code=204)


@router.get(
    "/{slug}/history", summary="Read the history of a topic", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_topic_history(
    request: Request, reading: Reads, slug: queries.SlugPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, topics.versions, slug, asked)
    return answers.many(request, found, asked.as_of)


@router.post(
    "/{slug}/restore", summary="Restore a version of a topic", response_model=TopicRead,
    openapi_extra={**takes(Restore, {"version": 1, "change_note": "The edit was about another topic"}), "parameters": [openapi.IF_MATCH, openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "circle", "deleted", "purged", "stale", "too-large",
                      "unsupported-media-type", "invalid", "key-reused", "precondition-required"),
)  # fmt: skip
async def restore_topic(
    request: Request, writing: Editor, slug: queries.SlugPath, expected: Expected, body: Body
) -> Response:
    """A new version with the content of an earlier one, through the checks of any edit.

    Where that is what stands already, it makes no version and keeps no note, as an edit that changes nothing.
    What was deleted takes the ETag of its tombstone.
    """
    return answers.one(request, *await writing.once(body, topics.restore, slug, body, expected))

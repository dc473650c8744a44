"""Reactions: HTTP only; the questions are in api/store/reactions.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.convertors import StringConvertor, register_url_convertor

from api import answers, openapi, queries
from api.dependencies import Body, Editor, Expected, Reads
from api.openapi import refused, takes
from api.store import ends, reactions
from schemas.history import HistoryFilter, VersionFilter, VersionRead
from schemas.pages import PastPage
from schemas.reactions import ReactionAmend, ReactionCreate, ReactionFilter, ReactionItem, ReactionRead


class _Id(StringConvertor):
    """An id is no word that stands for a question about all reactions, which takes other methods than an id does."""

    regex = r"(?!(?:matrix|lags|unanswered)(?:$|\.))[^/]+"


register_url_convertor("reaction", _Id())
router = APIRouter(prefix="/v1/reactions", tags=["reactions"])
EXAMPLE = {
    "from": "01958f3e-7c00-7000-8000-000000000002",
    "to": "01958f3e-7c00-7000-8000-000000000001",
    "type": "conditions",
}
Asked = Annotated[ReactionFilter, Depends(queries.asked(ReactionFilter))]


@router.get(
    "", summary="List reactions", response_model=PastPage[ReactionItem], openapi_extra=queries.parameters(ReactionFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_reactions(request: Request, reading: Reads, asked: Asked) -> Response:
    """Links between records, by entry, each with both records in short and the time between them.

    `from_…` filters are about the record that answers, `to_…` about the one that is answered; `from` and `to` are dates.
    """
    page = await reading.at(asked.as_of).listing(ends.is_bounded(asked), ends.page, asked)
    return answers.many(request, page, asked.as_of)


@router.post(
    "", summary="Link two records", status_code=201, response_model=ReactionRead,
    openapi_extra={**takes(ReactionCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "exists", "precedes", "circle", "too-large",
                      "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def create_reaction(request: Request, writing: Editor, body: Body) -> Response:
    """That one record answers another: unique by from, to, type and topic."""
    return answers.one(request, *await writing.once(body, reactions.create, body))


@router.get(
    "/{id:reaction}", summary="Read a reaction", response_model=ReactionRead, openapi_extra=queries.parameters(VersionFilter),
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_reaction(request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedVersion) -> Response:
    """One reaction, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    return answers.one(request, await reading.at(asked.as_of)(reactions.find, id, asked.version), as_of=asked.as_of)


@router.patch(
    "/{id:reaction}", summary="Amend a reaction", response_model=ReactionRead,
    openapi_extra={**takes(ReactionAmend, {"confidence": "high"}, patch=True), "parameters": [openapi.IF_MATCH]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large",
                      "unsupported-media-type", "invalid", "precondition-required"),
)  # fmt: skip
async def amend_reaction(
    request: Request, writing: Editor, id: queries.IdPath, expected: Expected, body: Body
) -> Response:
    """JSON Merge Patch (RFC 7396). What is linked never changes: delete the link and make another."""
    return answers.one(request, await writing(reactions.amend, id, body, expected))


@router.delete(
    "/{id:reaction}", summary="Delete a reaction", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_reaction(writing: Editor, id: queries.IdPath, expected: Expected) -> Response:
    """Leaves a tombstone; the same link can be made again, as its next version."""
    await writing(reactions.delete, id, expected)
    return Response(status_code=204)


@router.get(
    "/{id}/history", summary="Read the history of a reaction", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_reaction_history(
    request: Request, reading: Reads, id: queries.IdPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too.

    Those who may not see drafts see what stood while neither end was one.
    """
    found = await reading.at(asked.as_of).listing(False, reactions.versions, id, asked)
    return answers.many(request, found, asked.as_of)

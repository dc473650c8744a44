"""The change feed: HTTP only; the questions are in api/store/changes.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import changes
from schemas.changes import ChangeFilter, ChangePage

router = APIRouter(prefix="/v1/changes", tags=["changes"])
Asked = Annotated[ChangeFilter, Depends(queries.asked(ChangeFilter))]


@router.get(
    "", summary="Follow what changes", response_model=ChangePage, openapi_extra=queries.parameters(ChangeFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_changes(request: Request, reading: Reads, asked: Asked) -> Response:
    """Everything that was created, changed, withdrawn, deleted, restored, linked or unlinked, in the order of the commits.

    A feed never ends: `next` is always there, and whoever goes on from it misses no change and sees none twice. Ask
    on at once while `more` is true, and later when it is false. One request looks through 5,000 revisions at most, so
    that with filters it may answer with few items, or none, and `more`. A write that changed nothing is no change.

    Drafts show only to those who may see them. For everybody else a record is created when it is first published,
    withdrawn without a representation when it becomes a draft again, and restored after that; so are its links.
    With `actor` there are no sources, topics and reactions; with `topic` no actors, affiliations and sources.
    """
    return answers.feed(request, await reading.listing(False, changes.page, asked))

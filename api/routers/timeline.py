"""The main job: what actors said and did, in order."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import timeline
from api.store.conditions import is_bounded
from schemas.pages import AnyRecord, CountedPage
from schemas.timeline import ActorTimelineFilter, TimelineFilter

router = APIRouter(prefix="/v1", tags=["timeline"])
Asked = Annotated[TimelineFilter, Depends(queries.asked(TimelineFilter))]
AskedOfOne = Annotated[ActorTimelineFilter, Depends(queries.asked(ActorTimelineFilter))]


@router.get(
    "/timeline", summary="Read the timeline of any actors", response_model=CountedPage[AnyRecord],
    openapi_extra=queries.parameters(TimelineFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def read_timeline(request: Request, reading: Reads, asked: Asked) -> Response:
    """Statements and events of the actors given, or of all, newest first.

    `topic`, `stance` and `condition_type` must match on one and the same topic of the record.
    """
    page = await reading.at(asked.as_of).listing(
        is_bounded(asked), timeline.page, asked, None, None, answers.known_tag(request)
    )
    return answers.many(request, page, asked.as_of)


@router.get(
    "/actors/{slug}/timeline", summary="Read one actor's timeline", response_model=CountedPage[AnyRecord],
    openapi_extra=queries.parameters(ActorTimelineFilter),
    responses=refused("not-found", "deleted", "invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def read_actor_timeline(request: Request, reading: Reads, slug: queries.SlugPath, asked: AskedOfOne) -> Response:
    """What this actor said and did, newest first; with `affiliates=true` also its members and office-holders, each
    only while affiliated on the record's date."""
    page = await reading.at(asked.as_of).listing(
        is_bounded(asked), timeline.page, asked, None, slug, answers.known_tag(request)
    )
    return answers.many(request, page, asked.as_of)

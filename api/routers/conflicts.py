"""Conflicts: HTTP only; the questions are in api/store/conflicts.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import conflicts
from schemas.conflicts import ConflictFilter, ConflictRead
from schemas.pages import PastPage

router = APIRouter(prefix="/v1/conflicts", tags=["conflicts"])
Asked = Annotated[ConflictFilter, Depends(queries.asked(ConflictFilter))]


@router.get(
    "", summary="List conflicts", response_model=PastPage[ConflictRead], openapi_extra=queries.parameters(ConflictFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_conflicts(request: Request, reading: Reads, asked: Asked) -> Response:
    """Where records disagree: one actor, topic and date with opposite stances or different conditions, and pairs linked
    `contradicts` or `denies`.

    Dates are the same that lie within one day (UTC), or have the same bounds. The same records are told once, under the
    actor who speaks in them. A page may have fewer items than `limit`, or none: `next` alone tells whether there is more.
    """
    found = await reading.at(asked.as_of).listing(False, conflicts.page, asked)
    return answers.many(request, found, asked.as_of)

"""Facets: how many records there are of each actor, topic, source and so on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import facets
from schemas.facets import FacetFilter, Facets

router = APIRouter(prefix="/v1", tags=["facets"])
Asked = Annotated[FacetFilter, Depends(queries.asked(FacetFilter))]


@router.get(
    "/facets", summary="Count records by what they have", response_model=Facets,
    openapi_extra=queries.parameters(FacetFilter), responses=refused("invalid", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def read_facets(request: Request, reading: Reads, asked: Asked) -> Response:
    """How many records meet the filters, and by `facet` how many of them have each value.

    Each facet is counted without its own filter, so that it shows what else could be chosen: with `actor=kremlin` the facet `actor` has
    everyone. `interval` adds a histogram over the dates.
    """
    found = await reading.at(asked.as_of).listing(False, facets.facets, asked)
    return answers.counted(request, found, asked.as_of)

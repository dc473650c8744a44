"""Who answers whom, how fast, and who did not: HTTP only; the questions are in the store."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from api.store import lags, matrices, silences
from schemas.links import Lags, LinkFilter, Matrix, MatrixFilter, UnansweredFilter
from schemas.pages import AnyRecord, CountedPage

router = APIRouter(prefix="/v1/reactions", tags=["reactions"])
AskedMatrix = Annotated[MatrixFilter, Depends(queries.asked(MatrixFilter))]
AskedLags = Annotated[LinkFilter, Depends(queries.asked(LinkFilter))]
AskedUnanswered = Annotated[UnansweredFilter, Depends(queries.asked(UnansweredFilter))]
REFUSED = refused("invalid", "group-too-large", "key-required", "key-invalid")


@router.get(
    "/matrix", summary="Read who answers whom", response_model=Matrix, openapi_extra=queries.parameters(MatrixFilter), responses=REFUSED,
)  # fmt: skip
async def read_reaction_matrix(request: Request, reading: Reads, asked: AskedMatrix) -> Response:
    """How many links there are from one actor to another, by type and, with `interval`, by the period of the answer.

    A link counts once for each pair of an actor, on_behalf_of or co_actor of the answer and one of what is answered. Where
    `from_actor` or `to_actor` is given, it counts for the actors named alone; with `affiliates=true` what members and
    office-holders said counts for those. Only links whose records are published or under review. At most 10,000 rows.
    """
    found = await reading.at(asked.as_of).listing(False, matrices.matrix, asked)
    return answers.body(request, found, as_of=asked.as_of)


@router.get(
    "/lags", summary="Read how long answers take", response_model=Lags, openapi_extra=queries.parameters(LinkFilter), responses=REFUSED,
)  # fmt: skip
async def read_reaction_lags(request: Request, reading: Reads, asked: AskedLags) -> Response:
    """From what is answered to the answer: quantiles and a histogram for each pair of actors, as in the matrix.

    Two records that are linked more than once count once. Inexact dates give a lower and an upper bound for each lag, and
    each bound has quantiles of its own, by nearest rank: of n lags in order, the one at place ceil(p * n).
    """
    found = await reading.at(asked.as_of).listing(False, lags.lags, asked)
    return answers.body(request, found, as_of=asked.as_of)


@router.get(
    "/unanswered", summary="List signals without an answer in time", response_model=CountedPage[AnyRecord],
    openapi_extra=queries.parameters(UnansweredFilter),
    responses=refused("invalid", "cursor-mismatch", "group-too-large", "key-required", "key-invalid"),
)  # fmt: skip
async def list_unanswered_signals(request: Request, reading: Reads, asked: AskedUnanswered) -> Response:
    """The records of `actor`, newest first, that `by` has not answered `within` a time; filters as in the timeline.

    A record is listed once the day is over on which its time ran out, counted from its last possible day to now or to `as_of`;
    before, it is still open, and left out. An answer whose date is inexact counts where it may have come in time. Answers
    are those that are published or under review.
    """
    page = await reading.at(asked.as_of).listing(False, silences.page, asked, answers.known_tag(request))
    return answers.many(request, page, asked.as_of)

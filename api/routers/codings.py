"""Codings of statements, and how far coders agree: HTTP only; the questions are in api/store/codings.py and agreements.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api import answers, openapi, queries
from api.dependencies import Body, Contributor, Expected, ExpectedIfAny, Reads
from api.openapi import refused, takes
from api.routers.addresses import CODINGS
from api.store import agreements, codings
from schemas.agreements import AgreementFilter, AgreementRead
from schemas.codings import CodingCreate, CodingFilter, CodingRead, Codings, CodingsFilter
from schemas.history import HistoryFilter, VersionFilter, VersionRead
from schemas.pages import PastPage

router = APIRouter(tags=["codings"])
EXAMPLE = {"topics": [{"topic": "truce-in-principle", "stance": "supports", "condition_type": "preconditions"}]}
ALL = f"/v1/statements{CODINGS}"
ONE = f"{ALL}/{{coder}}"
AskedList = Annotated[CodingFilter, Depends(queries.asked(CodingFilter))]
AskedCodings = Annotated[CodingsFilter, Depends(queries.asked(CodingsFilter))]
AskedAgreement = Annotated[AgreementFilter, Depends(queries.asked(AgreementFilter))]


@router.get(
    ALL, summary="List the codings of a statement", response_model=Codings, openapi_extra=queries.parameters(CodingsFilter),
    responses=refused("merged", "not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def list_codings(request: Request, reading: Reads, id: queries.IdPath, asked: AskedCodings) -> Response:
    """What every coder read, and for each topic what is published, by which rule, and how many coders agree."""
    return answers.body(request, await reading.at(asked.as_of)(codings.page, id), as_of=asked.as_of)


@router.get(
    ONE, summary="Read a coding", response_model=CodingRead, openapi_extra=queries.parameters(VersionFilter),
    responses=refused("not-found", "deleted", "purged", "key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def read_coding(
    request: Request, reading: Reads, id: queries.IdPath, coder: queries.CoderPath, asked: queries.AskedVersion
) -> Response:
    """What one coder read, with the ETag that an edit needs; with `version` an earlier version, also of what has been deleted since."""
    found = await reading.at(asked.as_of)(codings.find, id, coder, asked.version)
    return answers.one(request, found, as_of=asked.as_of)


@router.put(
    ONE, summary="Record or replace a coding", response_model=CodingRead,
    openapi_extra={**takes(CodingCreate, EXAMPLE), "parameters": [openapi.IF_MATCH_WHERE_IT_STANDS]},
    responses={201: {"model": CodingRead},
               **refused("malformed-json", "key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "too-large",
                         "unsupported-media-type", "invalid", "precondition-required")},
)  # fmt: skip
async def put_coding(
    request: Request,
    writing: Contributor,
    id: queries.IdPath,
    coder: queries.CoderPath,
    expected: ExpectedIfAny,
    body: Body,
) -> Response:
    """One coder's reading of a statement, whole. What is published stays what the statement says.

    `coder` is a name that this project gives a coder, not a key; the history says which key wrote it. To replace what
    stands takes If-Match; the same again makes no version. To restore a version, send it again.
    """
    return answers.one(request, await writing(codings.put, id, coder, body, expected))


@router.delete(
    ONE, summary="Delete a coding", status_code=204, openapi_extra={"parameters": [openapi.IF_MATCH]},
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "deleted", "purged", "stale", "precondition-required", "invalid"),
)  # fmt: skip
async def delete_coding(
    writing: Contributor, id: queries.IdPath, coder: queries.CoderPath, expected: Expected
) -> Response:
    """Leaves a tombstone; every version is kept."""
    await writing(codings.delete, id, coder, expected)
    return Response(status_code=204)


@router.get(
    f"{ONE}/history", summary="Read the history of a coding", response_model=PastPage[VersionRead], openapi_extra=queries.parameters(HistoryFilter),
    responses=refused("not-found", "invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def read_coding_history(
    request: Request, reading: Reads, id: queries.IdPath, coder: queries.CoderPath, asked: queries.AskedHistory
) -> Response:
    """Every version, newest first: who wrote it, when, why, and what it changed (RFC 6902). Of what was deleted, too."""
    found = await reading.at(asked.as_of).listing(False, codings.versions, id, coder, asked)
    return answers.many(request, found, asked.as_of)


@router.get(
    "/v1/codings", summary="List the codings of all statements", response_model=PastPage[CodingRead], openapi_extra=queries.parameters(CodingFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_all_codings(request: Request, reading: Reads, asked: AskedList) -> Response:
    """What every coder read in any statement, by entry."""
    return answers.many(request, await reading.at(asked.as_of)(codings.listed, asked), asked.as_of)


@router.get(
    "/v1/codings/agreement", summary="Measure how far coders agree", response_model=AgreementRead, openapi_extra=queries.parameters(AgreementFilter),
    responses=refused("invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_agreement(request: Request, reading: Reads, asked: AskedAgreement) -> Response:
    """Krippendorff's alpha and counts over the codings of published statements, in all and by topic, and where coders disagree most."""
    found = await reading.at(asked.as_of).listing(False, agreements.agreement, asked)
    return answers.body(request, found, as_of=asked.as_of)

"""Seals and proofs: HTTP only; the questions are in api/store/seals.py and api/store/proofs.py."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api import answers, queries
from api.dependencies import Reads
from api.errors import not_found
from api.openapi import refused
from api.routers.addresses import RECORD
from api.store import proofs, seals
from api.store.directory import Directory
from api.store.sessions import Reading
from schemas.pages import PastPage
from schemas.seals import ProofFilter, ProofRead, SealFilter, SealRead
from schemas.timeline import MomentFilter

router = APIRouter(prefix="/v1", tags=["seals"])
Asked = Annotated[SealFilter, Depends(queries.asked(SealFilter))]
AskedMoment = Annotated[MomentFilter, Depends(queries.asked(MomentFilter))]
AskedProof = Annotated[ProofFilter, Depends(queries.asked(ProofFilter))]


@router.get(
    "/seals", summary="List seals", response_model=PastPage[SealRead], openapi_extra=queries.parameters(SealFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_seals(request: Request, reading: Reads, asked: Asked) -> Response:
    """Newest first. Each is over all versions entered since the one before, and chained to it.

    Whoever keeps the digest of one elsewhere can tell whether anything entered before it was altered since.
    """
    return answers.many(request, await reading.at(asked.as_of)(seals.page, asked), asked.as_of)


@router.get(
    "/seals/{number}", summary="Read a seal", response_model=SealRead, openapi_extra=queries.parameters(MomentFilter),
    responses=refused("not-found", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_seal(
    request: Request, reading: Reads, asked: AskedMoment,
    number: Annotated[str, Path(description="Its number; 1 is the first.", examples=["1"])],
) -> Response:  # fmt: skip
    """One seal, with all that its digest is taken of."""
    if not re.fullmatch(r"[0-9]{1,18}", number):
        raise not_found("seal", number)
    found = await reading.at(asked.as_of)(seals.find, int(number), asked.as_of)
    return answers.body(request, found, as_of=asked.as_of)


@router.get(
    f"/proofs/{{noun}}{RECORD}", summary="Read the proof of a version", response_model=ProofRead, openapi_extra=queries.parameters(ProofFilter),
    responses=refused("not-found", "not-sealed", "deleted", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_proof(
    request: Request, reading: Reads, asked: AskedProof, id: queries.IdPath,
    noun: Annotated[str, Path(description="statement, event, reaction, actor, affiliation, source, topic, coding or dismissal.", examples=["statement"])],
) -> Response:  # fmt: skip
    """That this version was under a seal word for word, to be checked without this service: `demarche check-proof FILE`.

    `content` is what was hashed, with the salt and the digest of the version before; the path leads from there to the
    root of the seal. Only what may be seen can be proven; tombstones and what is not sealed yet can not. An actor, a
    source and a topic are named by their slug.
    """

    def find(opened: Reading, _directory: Directory) -> bytes:
        """In a thread: all digests under the seal are read."""
        return proofs.find(opened, noun, id, asked.version)

    return answers.body(request, await reading.listing(False, find))

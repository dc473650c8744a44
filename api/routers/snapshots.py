"""Snapshots: HTTP only; the answers to be kept come from api/captures.py, the questions are in api/store/snapshots.py."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response

from api import answers, captures, openapi, queries
from api.dependencies import Body, Contributor, Reads
from api.openapi import refused, takes
from api.routers.addresses import UNDOTTED
from api.store import checks, moments, snapshots
from api.store.snapshots import Asked
from schemas.pages import Page
from schemas.snapshots import SnapshotCreate, SnapshotDocument, SnapshotFilter, SnapshotRead

router = APIRouter(prefix="/v1/snapshots", tags=["snapshots"])
EXAMPLE = {"query": "/v1/timeline?actor=kremlin&topic=ceasefire", "as_of": "2025-03-20", "title": "The Kremlin on a ceasefire"}  # fmt: skip
AskedPage = Annotated[SnapshotFilter, Depends(queries.asked(SnapshotFilter))]


@router.get(
    "", summary="List snapshots", response_model=Page[SnapshotRead], openapi_extra=queries.parameters(SnapshotFilter),
    responses=refused("invalid", "cursor-mismatch", "key-required", "key-invalid"),
)  # fmt: skip
async def list_snapshots(request: Request, reading: Reads, asked: AskedPage) -> Response:
    """All snapshots with their citations, newest first; also those that were purged, and when."""
    return answers.many(request, await reading(snapshots.page, asked, answers.site(request)))


@router.post(
    "", summary="Take a snapshot", status_code=201, response_model=SnapshotRead,
    openapi_extra={**takes(SnapshotCreate, EXAMPLE), "parameters": [openapi.IDEMPOTENCY_KEY]},
    responses=refused("malformed-json", "key-required", "key-invalid", "forbidden", "too-large", "unsupported-media-type", "invalid", "key-reused"),
)  # fmt: skip
async def take_snapshot(request: Request, reading: Reads, writing: Contributor, body: Body) -> Response:
    """Keeps the whole answer to a read, as of a moment, under a permanent address that always has the same bytes.

    It is the answer that anyone gets: never a draft, whoever takes it. At most 10,000 items and 10 MB; a larger one is
    refused. The same query, moment and title again is answered with the snapshot that there is, and 200.
    """
    if before := await writing.replayed(body):
        return answers.one(request, before, replayed=True)
    sent = (await reading(checks.check, SnapshotCreate, body, {})).body
    found = captures.address(request.app, sent)
    instant = await writing(moments.settle, 0) if found.as_of is None else found.as_of
    asked, site = Asked(found.text, instant, sent.title), answers.site(request)
    purges = await reading(snapshots.purges)
    pages = await captures.pages(request.app, found, instant)
    answered = await anyio.to_thread.run_sync(snapshots.join, pages, found.noun)
    made = await writing.once(body, snapshots.create, asked, answered, purges, site)
    return answers.one(request, *made)


@router.get(
    UNDOTTED, summary="Read a snapshot", response_model=SnapshotDocument, openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("not-found", "purged", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_snapshot(
    request: Request, reading: Reads, id: queries.SnapshotPath, _asked: queries.NothingAsked
) -> Response:
    """The answer as it was kept: the same bytes for ever, whose SHA-256 is in `Repr-Digest` (RFC 9530) and the citation.

    It may be kept by caches for good. Only the purge of something that it shows takes it away: 410 `purged`.
    """
    # Ten megabytes take a tenth of a second.
    sha256, content = await reading.slowly(snapshots.find, id, (answers.known_tag(request) or "").strip('"'))
    return answers.frozen(request, sha256, content)


@router.get(
    f"{UNDOTTED}/citation", summary="Read how to cite a snapshot", response_model=SnapshotRead, openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("not-found", "invalid", "key-required", "key-invalid"),
)  # fmt: skip
async def read_snapshot_citation(
    request: Request, reading: Reads, id: queries.SnapshotPath, _asked: queries.NothingAsked
) -> Response:
    """What the snapshot is of, its SHA-256, and a text to cite it by; also of one that was purged."""
    return answers.one(request, await reading(snapshots.cite, id, answers.site(request)))

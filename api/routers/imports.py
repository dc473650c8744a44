"""Imports: HTTP only; files are taken in by api/imports.py, as they are on the command line."""

import tempfile
from typing import IO, Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response

from api import answers, imports, queries
from api.dependencies import Importer, Reads, database
from api.errors import Problem
from api.openapi import refused
from api.store import batches, documents
from schemas.imports import (
    ImportAsked,
    ImportDone,
    ImportFilter,
    ImportRead,
    ImportUndone,
    RejectFilter,
    RejectRead,
)
from schemas.pages import Page
from schemas.transfers import Unreadable

router = APIRouter(prefix="/v1/imports", tags=["imports"])
IN_MEMORY = 1 << 20
AskedFile = Annotated[ImportAsked, Depends(queries.asked(ImportAsked))]
AskedPage = Annotated[ImportFilter, Depends(queries.asked(ImportFilter))]
AskedRejects = Annotated[RejectFilter, Depends(queries.asked(RejectFilter))]
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True, "description": "The file, as it is.",
        "content": {"application/octet-stream": {
            "schema": {"type": "string", "format": "binary"},
            "example": '{"noun": "actor", "slug": "kremlin", "kind": "office", "name": "The Kremlin"}',
        }},
    }
}  # fmt: skip


@router.post(
    "", summary="Take in a file", status_code=201, response_model=ImportDone,
    openapi_extra={**_FILE, **queries.parameters(ImportAsked)},
    responses={200: {"model": ImportDone, "description": "A dry run: nothing was written."},
               **refused("key-required", "key-invalid", "forbidden", "stale", "too-large", "unsupported-media-type", "invalid", "unreadable", "rejected")},
)  # fmt: skip
async def import_file(request: Request, writing: Importer, asked: AskedFile) -> Response:
    """Takes statements, events and nouns out of a file: what is new is made, what changed gets a new version.

    A row stands for one thing, by `external_source` and `external_id`, else by `id`: the same file twice changes nothing.
    Up to 5,000 rows, or 32 MB, are taken all together or not at all; of a larger file each half second of work is kept, and the same
    file again goes on where it was broken off. With `dry_run=true` the answer is the same, and nothing is written.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem("unsupported-media-type", "Send the file as it is, uncompressed.")
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as held:
        async for block in request.stream():
            if held.tell() + len(block) <= IN_MEMORY:
                held.write(block)
            else:
                await anyio.to_thread.run_sync(held.write, block)
        held.seek(0)
        told = await anyio.to_thread.run_sync(_take_in, request, writing, held, asked)
    if asked.dry_run:
        return Response(documents.dumps(told), 200, {"Cache-Control": "no-store"}, "application/json")
    headers = {"Location": request.scope.get("root_path", "") + told["path"], "Cache-Control": "no-store"}
    return Response(documents.dumps(told), 201, headers, "application/json")


def _take_in(request: Request, writing: Importer, held: IO[bytes], asked: ImportAsked) -> dict[str, Any]:
    """The import itself, in a thread. Raises Problem `unreadable` and what `imports.take_in` raises."""
    try:
        return imports.take_in(database(request), writing.writer, held, asked)
    except Unreadable as error:
        raise Problem("unreadable", str(error)) from error


@router.get(
    "", summary="List imports", response_model=Page[ImportRead], openapi_extra=queries.parameters(ImportFilter),
    responses=refused("key-required", "key-invalid", "forbidden", "invalid", "cursor-mismatch"),
)  # fmt: skip
async def list_imports(request: Request, _writing: Importer, reading: Reads, asked: AskedPage) -> Response:
    """Every file that was taken in, newest first: by whom, when, and what became of its rows."""
    return answers.many(request, await reading(batches.page, asked))


@router.get(
    "/{id}", summary="Read an import", response_model=ImportRead, openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "invalid"),
)  # fmt: skip
async def read_import(
    request: Request, _writing: Importer, reading: Reads, id: queries.ImportPath, _asked: queries.NothingAsked
) -> Response:
    """One file that was taken in; while it is under way, how far it has come."""
    return answers.one(request, await reading(batches.find, id))


@router.get(
    "/{id}/rejects", summary="List rejected rows", response_model=Page[RejectRead],
    openapi_extra=queries.parameters(RejectFilter),
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "invalid", "cursor-mismatch"),
)  # fmt: skip
async def list_rejects(
    request: Request, _writing: Importer, reading: Reads, id: queries.ImportPath, asked: AskedRejects
) -> Response:
    """Each with its line, the columns at fault, what stands there, and what would be right; in the order of the file."""
    return answers.many(request, await reading(batches.rejects, id, asked))


@router.get(
    "/{id}/rejects.csv", summary="Download rejected rows", response_class=Response,
    openapi_extra=queries.parameters(queries.Nothing),
    responses={200: {"content": {"text/csv": {"schema": {"type": "string", "examples": ["json,import_line,import_column,import_value,import_problem,import_hint"]}}}},
               **refused("key-required", "key-invalid", "forbidden", "not-found", "invalid")},
)  # fmt: skip
async def download_rejects(
    request: Request, _writing: Importer, reading: Reads, id: queries.ImportPath, _asked: queries.NothingAsked
) -> Response:
    """The rows as they stood, with what is wrong in columns of its own at the end: to be mended and taken in again.

    Rows of a format of JSON are in `rejects.ndjson`.
    """
    return answers.body(request, await reading.slowly(batches.rejects_as_csv, id), "text/csv; charset=utf-8")


@router.get(
    "/{id}/rejects.ndjson", summary="Download rejected rows as JSON lines", response_class=Response,
    openapi_extra=queries.parameters(queries.Nothing),
    responses={200: {"content": {"text/plain": {"schema": {"type": "string", "examples": ['{"noun": "statement", "date": "2025-13-01"}']}}}},
               **refused("key-required", "key-invalid", "forbidden", "not-found", "invalid")},
)  # fmt: skip
async def download_rejected_lines(
    request: Request, _writing: Importer, reading: Reads, id: queries.ImportPath, _asked: queries.NothingAsked
) -> Response:
    """For formats of JSON: the objects as they stood, a line each, to be mended and taken in again."""
    return answers.body(request, await reading.slowly(batches.rejects_as_lines, id), "text/plain; charset=utf-8")


@router.post(
    "/{id}/undo", summary="Take an import back", response_model=ImportUndone,
    responses=refused("key-required", "key-invalid", "forbidden", "not-found", "stale", "invalid"),
)  # fmt: skip
async def undo_import(
    request: Request, writing: Importer, id: queries.ImportPath, _asked: queries.NothingAsked
) -> Response:
    """What it made is deleted, what it changed stands again as before: each as a new version, so that nothing is lost.

    What was edited since, or is named by something that came otherwise, is left, and told in `kept`.
    """
    told = await anyio.to_thread.run_sync(imports.take_back, database(request), writing.writer, id)
    return Response(documents.dumps(told), 200, {"Cache-Control": "no-store"}, "application/json")

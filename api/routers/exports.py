"""Exports: HTTP only. One address with a suffix for each list and count of api/exportables.py; api/deliveries.py answers."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Depends, Path, Request, Response

from api import deliveries, queries
from api.dependencies import Reads
from api.exportables import EXPORTABLES, Exportable
from api.formats.writers.outputs import Format
from api.formats.writers.registry import FORMATS
from api.openapi import refused
from api.routers.addresses import UNDOTTED
from schemas.exports import SnapshotExport
from schemas.snapshots import SnapshotDocument

router = APIRouter()


_FORMATS = "The suffix decides, whatever `Accept` says. The address without a suffix answers in the same formats to an `Accept` that likes one of them better than JSON."
_REFUSED = ("not-found", "invalid", "key-required", "key-invalid")


def _suffix(formats: Iterable[str]) -> Any:
    """A path parameter that ends the address."""
    described = Path(description="The format.", examples=["csv"], json_schema_extra={"enum": list(formats)})
    return Annotated[str, described]


def _documented(formats: Iterable[Format]) -> dict[int | str, dict[str, Any]]:
    """The media types beside JSON, whose shape is that of the list."""
    kinds = {
        one.media_type: {"schema": {"type": "string", "examples": [one.example]}}
        for one in formats
        if one.suffix != "json"
    }
    return {200: {"content": kinds}}


def _endpoint(of: Exportable) -> Callable[..., Awaitable[Response]]:
    """The endpoint of one list or count: what it does is said where it is put on the router."""
    suffix = _suffix(of.formats)

    async def whole(request: Request, reading: Reads, format: suffix) -> Response:  # type: ignore[valid-type]
        """In the format of the suffix."""
        return await deliveries.deliver(request, reading, of, of.path, format)

    async def of_one(request: Request, reading: Reads, slug: queries.SlugPath, format: suffix) -> Response:  # type: ignore[valid-type]
        """In the format of the suffix, of one actor."""
        return await deliveries.deliver(request, reading, of, of.path.format(slug=slug), format)

    return of_one if "{slug}" in of.path else whole


SnapshotSuffix: TypeAlias = _suffix(FORMATS)  # type: ignore[valid-type]
AskedOfSnapshot = Annotated[SnapshotExport, Depends(queries.asked(SnapshotExport))]

for one in EXPORTABLES.values():
    router.add_api_route(
        f"{one.path}.{{format}}", _endpoint(one), methods=["GET"], name=one.name, tags=[one.tag], summary=one.what, response_model=one.answer,
        description=f"{one.what}: the filters are those of `{one.path}`. {_FORMATS}", openapi_extra=queries.parameters(one.asked),
        responses={**_documented(one.formats.values()), **refused(*_REFUSED, *(["cursor-mismatch", "too-many-streams"] if one.is_paged else []), "group-too-large", "deleted")},
    )  # fmt: skip


@router.get(
    f"/v1/snapshots{UNDOTTED}.{{format}}", tags=["snapshots"], summary="Export what a snapshot keeps", response_model=SnapshotDocument,
    openapi_extra=queries.parameters(SnapshotExport), responses={**_documented(FORMATS.values()), **refused(*_REFUSED, "purged")},
)  # fmt: skip
async def export_snapshot(
    request: Request, reading: Reads, id: queries.SnapshotPath, format: SnapshotSuffix, asked: AskedOfSnapshot
) -> Response:
    """The items of the answer that it keeps; `.json` is the snapshot itself. Which formats there are hangs on what it is of."""
    return await deliveries.deliver_snapshot(request, reading, id, format, asked.profile is not None)

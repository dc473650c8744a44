"""Whether the service lives, and whether it can answer."""

from fastapi import APIRouter, Request
from pydantic import Field

from api import queries
from api.dependencies import database
from api.openapi import refused
from api.store import migrations
from schemas.base import Shown

router = APIRouter(prefix="/health", tags=["health"])


class Health(Shown):
    """How the service is."""

    status: str = Field(description="ok", examples=["ok"])
    database: str | None = Field(default=None, description="sqlite or postgresql.", examples=["sqlite"])
    revision: str | None = Field(
        default=None, description="The migration that the database stands at.", examples=["0001"]
    )


@router.get(
    "/live", summary="Read whether the process lives", responses=refused("invalid"), openapi_extra=queries.parameters(queries.Nothing)
)  # fmt: skip
async def read_live(_asked: queries.NothingAsked) -> Health:
    """Answers as long as the process does; asks nothing of the database."""
    return Health(status="ok")


@router.get(
    "/ready", summary="Read whether the service can answer", responses=refused("invalid"), openapi_extra=queries.parameters(queries.Nothing)
)  # fmt: skip
async def read_ready(request: Request, _asked: queries.NothingAsked) -> Health:
    """Answers when the database does."""
    opened = database(request)
    revision = await opened.read(None, migrations.revision)
    return Health(status="ok", database=opened.dialect, revision=revision)

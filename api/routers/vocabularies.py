"""Every closed list, with labels, scores and crosswalks."""

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from api import answers, queries
from api.dependencies import Reads
from api.openapi import refused
from schemas.pages import Page
from schemas.vocabularies import VOCABULARIES, Vocabulary

router = APIRouter(prefix="/v1/vocabularies", tags=["vocabularies"])
_ALL = b'{"items":' + TypeAdapter(list[Vocabulary]).dump_json(list(VOCABULARIES.values())) + b',"next":null}'


@router.get(
    "", summary="List vocabularies", response_model=Page[Vocabulary], openapi_extra=queries.parameters(queries.Nothing),
    responses=refused("key-required", "key-invalid", "invalid"),
)  # fmt: skip
async def list_vocabularies(request: Request, _reading: Reads, _asked: queries.NothingAsked) -> Response:
    """Every closed list of the API: each word with its meaning, its score and its place in other standards."""
    return answers.body(request, _ALL)

"""The OpenAPI document and the page that shows it, without a word to any other server."""

from importlib.resources import files
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, Response

from api.errors import CODES
from api.pages import DOCS_PAGE, DOCS_SCRIPT
from schemas.actors import ActorCreate
from schemas.affiliations import AffiliationCreate
from schemas.events import EventCreate
from schemas.keys import KeyCreate
from schemas.problems import Problem
from schemas.reactions import ReactionAmend, ReactionCreate
from schemas.sources import SourceCreate
from schemas.statements import StatementCreate
from schemas.topics import TopicCreate

BODIES: tuple[type[BaseModel], ...] = (
    ActorCreate, AffiliationCreate, SourceCreate, TopicCreate, StatementCreate, EventCreate, ReactionCreate, ReactionAmend, KeyCreate,
)  # fmt: skip
_REF = "#/components/schemas/{model}"

ABOUT: dict[str, Any] = {
    "title": "Demarche",
    "version": "0.1.0",
    "summary": "What the parties to a conflict say and do.",
    "description": "Dated statements and events, each with source, stance and confidence: what did each side say about X, how sure are we, "
    "when did it shift, who answered?",
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "contact": {"name": "Demarche", "url": "https://github.com/demarche/demarche"},
    "servers": [{"url": "/", "description": "This server"}],
    "openapi_tags": [
        {"name": "timeline", "description": "The main job: what actors said and did, in order."},
        {"name": "statements", "description": "Words: one actor on one occasion."},
        {"name": "events", "description": "Deeds: meetings, calls, signed texts, orders, strikes, exchanges."},
        {"name": "reactions", "description": "Typed links: this record answers that one."},
        {"name": "actors", "description": "Who speaks and acts, and to whom they belong."},
        {"name": "sources", "description": "Who published it."},
        {"name": "topics", "description": "The propositions that stances are taken on."},
        {"name": "vocabularies", "description": "Every closed list with its meaning."},
        {"name": "keys", "description": "Who may write."},
        {"name": "health", "description": "Operation."},
    ],
}


def refused(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The error responses of an operation, for a route's `responses`."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in sorted({*codes, "internal", "unavailable", "not-acceptable"}, key=lambda one: CODES[one].status):
        status = CODES[code].status
        described = f"`{code}`: {CODES[code].meaning}"
        if status in found:
            found[status]["description"] += f" {described}"
            continue
        example = {
            "type": f"urn:demarche:problem:{code}",
            "title": CODES[code].title,
            "status": status,
            "detail": CODES[code].meaning,
            "code": code,
        }
        found[status] = {
            "description": described,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
            },
        }
    return found


def takes(shape: type[BaseModel], example: dict[str, Any], patch: bool = False) -> dict[str, Any]:
    """The request body of an operation, for a route's `openapi_extra`."""
    schema = {"$ref": f"#/components/schemas/{_patch_name(shape) if patch else shape.__name__}"}
    kinds = ("application/merge-patch+json", "application/json") if patch else ("application/json",)
    return {
        "requestBody": {"required": True, "content": {kind: {"schema": schema, "example": example} for kind in kinds}}
    }


IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True, "description": "The ETag that was read.",
    "schema": {"type": "string"}, "example": '"1-4f1d2c3b4a596877"',
}  # fmt: skip
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "The same key with the same body answers with the first result, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255}, "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}  # fmt: skip


def _patch_name(shape: type[BaseModel]) -> str:
    return shape.__name__.replace("Create", "Patch").replace("Amend", "Patch")


def _patch_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The merge patch of a body: nothing is required, and null removes."""
    properties = {}
    for name, one in schema["properties"].items():
        if name == "reacts_to":
            continue
        variants = one.get("anyOf") or [
            {key: value for key, value in one.items() if key not in ("description", "examples", "default", "title")}
        ]
        nullable = variants if {"type": "null"} in variants else [*variants, {"type": "null"}]
        properties[name] = {
            "anyOf": nullable,
            "description": one["description"],
            "examples": one.get("examples", [None]),
        }
    text = "What is to change (JSON Merge Patch, RFC 7396): members replace, null removes, the rest stays."
    return {"type": "object", "description": text, "properties": properties}


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an app, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    about = {name: value for name, value in ABOUT.items() if name != "openapi_tags"}
    made = get_openapi(routes=app.routes, tags=ABOUT["openapi_tags"], **about)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    shapes: list[tuple[type[BaseModel], Literal["validation"]]] = [(shape, "validation") for shape in (*BODIES, Problem)]
    _, extra = models_json_schema(shapes, ref_template=_REF)
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    for shape in BODIES:
        schemas[_patch_name(shape)] = {**_patch_of(extra["$defs"][shape.__name__]), "title": _patch_name(shape)}
    for unused in ("HTTPValidationError", "ValidationError", "KeyPatch"):
        schemas.pop(unused, None)
    app.openapi_schema = made
    return made


def install(app: FastAPI) -> None:
    """Serve the document and the page."""
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    assets = files("fastapi_swagger") / "resources"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    kept = {"Cache-Control": "public, max-age=86400"}

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document(_request: Request) -> Response:
        import json

        return Response(
            json.dumps(document(app), ensure_ascii=False),
            headers={"Cache-Control": "no-cache"},
            media_type="application/json",
        )

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(DOCS_PAGE, headers={"Content-Security-Policy": policy})

    @app.get("/docs/init.js", include_in_schema=False)
    async def docs_script() -> Response:
        return Response(DOCS_SCRIPT, media_type="text/javascript", headers=kept)

    @app.get("/docs/swagger-ui-bundle.js", include_in_schema=False)
    async def docs_bundle() -> Response:
        return Response((assets / "swagger-ui-bundle.js").read_bytes(), media_type="text/javascript", headers=kept)

    @app.get("/docs/swagger-ui.css", include_in_schema=False)
    async def docs_style() -> Response:
        return Response((assets / "swagger-ui.css").read_bytes(), media_type="text/css", headers=kept)

"""The OpenAPI document and the page that shows it, without a word to any other server."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from api import answers
from api.errors import CODES
from api.examples import example
from api.handlers import EVENT_STREAM, JSON
from api.pages import DOCS_PAGE, DOCS_SCRIPT
from schemas.asked import BODIES, FILTERS
from schemas.problems import Problem

_REF = "#/components/schemas/{model}"
_COMPONENT = re.compile(r"#/components/([a-z]+/[^\"]+)")
# What is set when a thing is made and never changes is no part of a patch.
_FIXED = ("slug", "external_source", "external_id", "reacts_to")
_EXAMPLE_LINK = "/v1/timeline?limit=1&cursor=WyI2ZjY5ZTc2MGFmNTRmYmI3MTIiLDE3NDE5MTA0MDAsMTc0MTk5Njc5OSwxMl0"

ABOUT: dict[str, Any] = {
    "title": "Demarche",
    "version": "0.1.0",
    "summary": "What the parties to a conflict say and do.",
    "description": "Dated statements and events, each with source, stance and confidence: what did each side say about X, how sure are we, "
    "when did it shift, who answered?",
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "contact": {"name": "Demarche"},
    "servers": [{"url": "/", "description": "This server"}],
    "openapi_tags": [
        {"name": "timeline", "description": "The main job: what actors said and did, in order."},
        {"name": "statements", "description": "Words: one actor on one occasion."},
        {"name": "events", "description": "Deeds: meetings, calls, signed texts, orders, strikes, exchanges."},
        {"name": "reactions", "description": "Typed links: this record answers that one."},
        {"name": "conflicts", "description": "Where records disagree."},
        {
            "name": "duplicates",
            "description": "Records that may be one, or repeat another; merging, and taking apart again.",
        },
        {"name": "stances", "description": "What each side holds, over time, and when it shifted."},
        {"name": "facets", "description": "How many records there are of each actor, topic, source and so on."},
        {"name": "actors", "description": "Who speaks and acts, and to whom they belong."},
        {"name": "sources", "description": "Who published it."},
        {"name": "topics", "description": "The propositions that stances are taken on."},
        {"name": "codings", "description": "How single coders read a statement, and how far they agree."},
        {"name": "changes", "description": "What was done to any of them, in order, to follow."},
        {"name": "imports", "description": "Files taken in, row by row, and taken back."},
        {"name": "snapshots", "description": "Answers kept for good, to be cited."},
        {"name": "seals", "description": "What shows whether anything was altered since it was entered."},
        {"name": "vocabularies", "description": "Every closed list with its meaning."},
        {"name": "keys", "description": "Who may write."},
        {"name": "purges", "description": "Content erased for good, for the law's sake."},
        {"name": "health", "description": "Operation."},
    ],
}


# Beyond the members that all problems have.
_MEMBERS: dict[str, dict[str, Any]] = {
    "merged": {"merged_into": "/v1/statements/01958f3e-7c00-7000-8000-000000000001"},
    "invalid": {"errors": [{"where": "body.confidence", "message": "'hgih' is no confidence", "hint": "high"}]},
    "exists": {"existing": "/v1/actors/kremlin"},
    "in-use": {"uses": {"records": 12, "affiliations": 3}},
    "purged": {"purged_at": "2026-11-01T09:30:00Z"},
    "internal": {"request_id": "5e1f0b6c8f0f4b0f8d8e6a3a0c1d2e3f"},
}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


HEADERS = {
    "ETag": _header("What If-None-Match and If-Match compare.", '"1-4f1d2c3b4a596877"'),
    "As-Of": _header(
        "The instant of the past that the answer stands for; only with `as_of`.", "2026-11-01T23:59:59.999999Z"
    ),
    "Link": _header('The next page, `<…>; rel="next"`; absent at the end.', f'<{_EXAMPLE_LINK}>; rel="next"'),
    "Location": _header("The address of what was made.", "/v1/statements/01958f3e-7c00-7000-8000-000000000001"),
    "Idempotent-Replayed": _header("`true` where the answer is that of an earlier request with this key.", "true"),
    "Repr-Digest": _header(
        "The SHA-256 of the answer in base64 (RFC 9530).", "sha-256=:d9zZoAjL3VMZHQyPR0gWcSCJgxlWGCKN3ErmDOj4JXI=:"
    ),
    "Retry-After": _header("Seconds after which to try again.", "2"),
    "WWW-Authenticate": _header("The scheme that is wanted.", "Bearer"),
}
_HEADERS_OF = {308: ["Location", "ETag"], 401: ["WWW-Authenticate"], 410: ["ETag"], 412: ["ETag"], 503: ["Retry-After"]}


def _headers(*names: str) -> dict[str, Any]:
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}} if names else {}


def _problems() -> dict[str, Any]:
    """An example of every problem, by its code."""
    found = {}
    for code, (status, title, meaning) in CODES.items():
        value = {"type": f"urn:demarche:problem:{code}", "title": title, "status": status, "detail": meaning}
        found[code] = {"summary": title, "value": {**value, "code": code, **_MEMBERS.get(code, {})}}
    return found


def refused(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The error responses of an operation, for a route's `responses`."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in sorted({*codes, "internal", "unavailable", "not-acceptable"}, key=lambda one: (CODES[one].status, one)):
        status, _, meaning = CODES[code]
        response = found.setdefault(
            status,
            {
                "description": "",
                **_headers(*_HEADERS_OF.get(status, [])),
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
                },
            },
        )
        response["description"] = f"{response['description']} `{code}`: {meaning}".strip()
        examples = response["content"]["application/problem+json"]["examples"]
        examples[code] = {"$ref": f"#/components/examples/{code}"}
    return found


def takes(shape: type[BaseModel], example: dict[str, Any], patch: bool = False) -> dict[str, Any]:
    """The request body of an operation, for a route's `openapi_extra`."""
    schema = {"$ref": f"#/components/schemas/{_patch_name(shape) if patch else shape.__name__}"}
    # Of two kinds, the Python generator makes a client that can't be imported; application/json is taken for a patch too.
    kind = "application/merge-patch+json" if patch else "application/json"
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema, "example": example}}}}


IF_MATCH_WHERE_IT_STANDS = {
    "name": "If-Match", "in": "header", "required": False,
    "description": "The ETag that was read: needed to replace what stands, left out to make what does not.",
    "schema": {"type": "string"}, "example": '"1-4f1d2c3b4a596877"',
}  # fmt: skip
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True, "description": "The ETag that was read.",
    "schema": {"type": "string"}, "example": '"1-4f1d2c3b4a596877"',
}  # fmt: skip
LAST_EVENT_ID = {
    "name": "Last-Event-ID", "in": "header", "required": False,
    "description": "The `id` of the last event that was received; wins over `after`. Browsers send it by themselves.",
    "schema": {"type": "string", "maxLength": 2000}, "example": "WyJ…",
}  # fmt: skip
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "The same key with the same body answers with the first result, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255}, "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}  # fmt: skip
IF_NONE_MATCH = {
    "name": "If-None-Match", "in": "header", "required": False,
    "description": "The ETag of what you have: the answer is 304 where it is still so.",
    "schema": {"type": "string"}, "example": '"1-4f1d2c3b4a596877"',
}  # fmt: skip


def _patch_name(shape: type[BaseModel]) -> str:
    return shape.__name__.replace("Create", "Patch").replace("Amend", "Patch")


def _patch_of(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The merge patch of a body: nothing is required, and null removes."""
    properties = {}
    for member, one in schema["properties"].items():
        if member in _FIXED:
            continue
        variants = one.get("anyOf") or [
            {key: value for key, value in one.items() if key not in ("description", "examples", "default", "title")}
        ]
        nullable = variants if {"type": "null"} in variants else [*variants, {"type": "null"}]
        properties[member] = {"anyOf": nullable, **{key: one[key] for key in ("description", "examples") if key in one}}
    text = "What is to change (JSON Merge Patch, RFC 7396): members replace, null removes, the rest stays."
    return {"title": name, "type": "object", "description": text, "properties": properties}


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an app, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    about = {name: value for name, value in ABOUT.items() if name != "openapi_tags"}
    made = get_openapi(routes=app.routes, tags=ABOUT["openapi_tags"], **about)
    made["components"] |= {"headers": HEADERS, "examples": _problems()}
    schemas = made["components"]["schemas"]
    described: list[type[BaseModel]] = [*BODIES, *FILTERS, Problem]
    shapes: list[tuple[type[BaseModel], Literal["validation"]]] = [(shape, "validation") for shape in described]
    _, extra = models_json_schema(shapes, ref_template=_REF)
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    for shape in BODIES:
        name = _patch_name(shape)
        if name == shape.__name__:
            continue  # it is sent by POST alone
        schemas[name] = _patch_of(extra["$defs"][shape.__name__], name)
    made = _renamed(_hoisted(made))
    _prune(made)
    schemas = made["components"]["schemas"]
    for schema in schemas.values():
        for member in _SOMETIMES:
            one = schema.get("properties", {}).get(member, {})
            if one.get("description", "").startswith("Present with"):
                schema["required"].remove(member)
                kept = {key: value for key, value in one.items() if key in ("description", "examples")}
                schema["properties"][member] = {**one["anyOf"][0], **kept}
        if "snippet" in schema.get("required", ()):
            schema["required"].remove("snippet")
        for member, one in schema.get("properties", {}).items():
            one.setdefault("examples", [example(one, schemas, member)])
    public: list[Any] = [{}, {"key": []}] if app.state.settings.public_reads else [{"key": []}]
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation, schemas, public)
    app.openapi_schema = made
    return made


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any], public: list[Any]) -> None:
    """What FastAPI leaves out of an operation: examples, headers, 304, and that a key may be sent."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        schema.pop("title", None)
        if "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]
        schema.pop("description", None)
    responses = operation["responses"]
    for status in [status for status in responses if status.startswith("2")]:
        _succeed(path, method, operation, schemas, public, status)
    operation["responses"] = dict(sorted(responses.items()))


def _succeed(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any], public: list[Any], status: str
) -> None:
    """The same of one answer that succeeds; a PUT has two."""
    responses = operation["responses"]
    success = responses[status]
    success["description"] = {"200": "As it stands.", "201": "Made.", "204": "Done; there is nothing to show."}[status]
    for kind, content in success.get("content", {}).items():
        content["example"] = example(content["schema"], schemas)
        if kind == EVENT_STREAM:
            success["description"] = "As it happens; there is no end."
            operation.setdefault("security", public)
            continue
        if kind != JSON:
            continue  # the same answer in another format
        is_page = "next" in content["example"]
        if not path.startswith("/v1/"):
            continue
        if method == "get":
            dated = any(parameter["name"] == "as_of" for parameter in operation.get("parameters", []))
            success |= _headers(
                "ETag",
                *(["Link"] if is_page else []),
                *(["As-Of"] if dated else []),
                *(["Repr-Digest"] if path == "/v1/snapshots/{id}" else []),
            )
            responses["304"] = {"description": "It is still as you have it.", **_headers("ETag")}
            operation.setdefault("parameters", []).append(IF_NONE_MATCH)
            operation.setdefault("security", public)
        elif method == "patch":
            success |= _headers("ETag")
        else:
            made = ["Location"] if status == "201" else []
            replayed = ["Idempotent-Replayed"] if method == "post" else []
            success |= _headers(*made, *([] if path.startswith(_WITHOUT_TAG) else ["ETag", *replayed]))


_WITHOUT_TAG = ("/v1/keys", "/v1/imports")
# The members of an answer that are not always there.
_SOMETIMES = ("count", "as_of", "corroboration_groups")


def _renamed(made: dict[str, Any]) -> dict[str, Any]:
    """`Page_ActorRead_` is a name for a machine; generated clients have a class of it."""
    names = {}
    for name in made["components"]["schemas"]:
        found = re.fullmatch(r"(?:Counted|Past)?Page_(?:(Annotated_Union_\w+)|(\w+?)(?:Read)?_)", name)
        if found:
            names[name] = f"{'Timeline' if found[1] else found[2]}Page"
    text = json.dumps(made)
    for old, new in names.items():
        text = text.replace(f'/schemas/{old}"', f'/schemas/{new}"').replace(f'"{old}":', f'"{new}":')
    renamed: dict[str, Any] = json.loads(text)
    for name in names.values():
        renamed["components"]["schemas"][name]["title"] = name
    return renamed


def _hoisted(made: dict[str, Any]) -> dict[str, Any]:
    """Objects that stand inside many members get a name, so that a generated client has one class of each."""
    found: dict[str, Any] = {}

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(one) for one in part]
        if not isinstance(part, dict):
            return part
        name = _INLINE.get(tuple(part["properties"])) if part.get("type") == "object" and "properties" in part else None
        if name is None or "title" in part:
            return {key: walk(one) for key, one in part.items()}
        found[name] = {**part, "title": name, "description": _INLINE_TEXTS[name]}
        return {"$ref": f"#/components/schemas/{name}"}

    walked: dict[str, Any] = walk(made)
    walked["components"]["schemas"] |= found
    return walked


_INLINE = {("slug", "name"): "NounRef", ("value", "scale"): "GivenConfidence"}
_INLINE_TEXTS = {
    "NounRef": "An actor, source or topic as answers have it; the slug counts.",
    "GivenConfidence": "A confidence with the scale that it is meant on.",
}


def _prune(made: dict[str, Any]) -> None:
    """Leave out the components that nothing leads to."""
    components = {
        f"{kind}/{name}": one for kind in ("schemas", "examples") for name, one in made["components"][kind].items()
    }
    reached: set[str] = set()
    waiting: list[Any] = [made["paths"]]
    while waiting:
        for name in _COMPONENT.findall(json.dumps(waiting.pop())):
            if name in components and name not in reached:
                reached.add(name)
                waiting.append(components[name])
    for kind in ("schemas", "examples"):
        named = made["components"][kind]
        made["components"][kind] = {name: one for name, one in named.items() if f"{kind}/{name}" in reached}


def install(app: FastAPI) -> None:
    """Serve the document and the page."""
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    assets = files("fastapi_swagger") / "resources"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @cache
    def rendered(prefix: str) -> bytes:
        servers = [{**server, "url": prefix or "/"} for server in ABOUT["servers"]]
        return json.dumps({**document(app), "servers": servers}, ensure_ascii=False).encode()

    @cache
    def asset(name: str) -> bytes:
        return (assets / name).read_bytes()

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document(request: Request) -> Response:
        return answers.body(request, rendered(request.scope.get("root_path", "")))

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        page = answers.body(request, DOCS_PAGE.encode(), "text/html")
        page.headers["Content-Security-Policy"] = policy
        return page

    @app.get("/docs/init.js", include_in_schema=False)
    async def docs_script(request: Request) -> Response:
        return answers.body(request, DOCS_SCRIPT.encode(), "text/javascript")

    @app.get("/docs/swagger-ui-bundle.js", include_in_schema=False)
    async def docs_bundle(request: Request) -> Response:
        return answers.body(request, asset("swagger-ui-bundle.js"), "text/javascript")

    @app.get("/docs/swagger-ui.css", include_in_schema=False)
    async def docs_style(request: Request) -> Response:
        return answers.body(request, asset("swagger-ui.css"), "text/css")

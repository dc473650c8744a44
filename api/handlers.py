"""The edge: every refusal as problem+json, nothing of the inside in an error, HEAD wherever GET is, complete Allow."""

import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import negotiations
from api.errors import CODES, Problem

log = logging.getLogger("demarche")

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
_ANY = ("", "*/*", JSON)
IMPORTS = "/v1/imports"  # takes files
EVENT_STREAM, STREAM = "text/event-stream", "/v1/changes/stream"
_QUALITY = re.compile(r"(?:^|;)\s*q\s*=\s*([0-9.]+)")
# Dashboards in a browser read from anywhere; writing from one needs a key, which no other site has.
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Content-Disposition, ETag, Link, Location, Repr-Digest, Retry-After"),
]
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Authorization, If-None-Match, Last-Event-ID"),
    (b"access-control-max-age", b"600"),
]


def answer(problem: Problem) -> Response:
    """A problem as RFC 9457 wants it."""
    code = CODES[problem.code]
    body = {
        "type": f"urn:demarche:problem:{problem.code}",
        "title": code.title,
        "status": code.status,
        "detail": problem.detail,
        "code": problem.code,
        **({"errors": [fault.model_dump() for fault in problem.errors]} if problem.errors else {}),
        **problem.members,
    }
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, code.status, {"Cache-Control": "no-store", **problem.headers}, PROBLEM_JSON)


async def _of_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if error.code == "merged":
        error.headers["Location"] = _led_on(request, error.headers["Location"])
    return answer(error)


def _led_on(request: Request, path: str) -> str:
    """What was asked of one record, asked of another: its thread, or a moment in the past."""
    noun, _, uid = path.rpartition("/")
    head, _, below = request.scope["path"].partition(f"{noun}/{request.path_params['id']}")
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{quote(head)}{noun}/{uid}{quote(below)}{'?' if query else ''}{query}"


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allow = ", ".join(allowed(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allow})
        return answer(Problem("method-not-allowed", f"This address takes {allow}.", headers={"Allow": allow}))
    if error.status_code == 404:
        return answer(Problem("not-found", "Nothing stands at this address; /docs lists all there are."))
    return answer(Problem("malformed-json", str(error.detail)))


def allowed(request: Request) -> list[str]:
    """Every method that some route takes at this path."""
    found = {"OPTIONS"}
    for context in iter_route_contexts(request.app.router.routes):
        methods = getattr(context, "methods", None) or set()
        for method in methods:
            if context.matches({**request.scope, "method": method})[0] is Match.FULL:
                found.add(method)
    if "GET" in found:
        found.add("HEAD")
    return sorted(found)


class Guard:
    """Around every request: HEAD as GET without a body, the size of the body, no kind not asked for, no exception out.

    It stands inside the server's own error handling, which would close the connection after a 500 without saying so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headless = scope["method"] == "HEAD"
        if headless:
            # A copy: the server must go on to know that no body follows, or it closes the connection.
            scope = {**scope, "method": "GET"}
        limits = scope["app"].state.settings
        most: int = limits.max_import_bytes if _path(scope) == IMPORTS else limits.max_body_bytes
        started, received = False, 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise _too_large(most)
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                more = [*_ALWAYS, *_PREFLIGHT] if scope["method"] == "OPTIONS" else _ALWAYS
                message["headers"] = [*message["headers"], *more]
            elif headless:
                await send({**message, "body": b"", "more_body": False})
                if message.get("more_body"):
                    raise ClientDisconnect  # nobody waits for the rest, and a stream has no end
                return
            await send(message)

        try:
            headers = Headers(scope=scope)
            refusal, suffix = _refusal(scope, headers, most)
            if suffix:
                scope = {**scope, "path": f"{scope['path']}.{suffix}"}
            if refusal:
                await answer(refusal)(scope, receive, sending)
            else:
                await self.app(scope, receiving, sending)
        except ClientDisconnect:
            return  # whoever asked has gone in the middle of the body
        except Exception:
            request_id = uuid.uuid4().hex
            log.exception(
                "request %s failed: %s %s", request_id, scope["method"], scope["path"].encode("unicode_escape").decode()
            )
            if started:
                raise
            bug = Problem("internal", "This is a bug. Nothing was changed.", request_id=request_id)
            await answer(bug)(scope, receive, sending)


def _path(scope: Scope) -> str:
    """The path as the routes have it, without what a proxy puts before it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _refusal(scope: Scope, headers: Headers, most: int) -> tuple[Problem | None, str | None]:
    """What the headers alone forbid; and the suffix of the address, where they ask for another format than JSON."""
    length = headers.get("content-length", "")
    if length.isdigit() and (len(length) > 18 or int(length) > most):
        return _too_large(most), None
    path = _path(scope)
    if path == STREAM and not _takes(headers, EVENT_STREAM):
        return Problem("not-acceptable", f"This answer is a stream: send Accept: {EVENT_STREAM}, or no Accept."), None
    if not path.startswith("/v1/") or path == STREAM or headers.get("accept", "*/*") in _ANY:
        return None, None
    offered = negotiations.formats(path) if scope["method"] == "GET" else {}
    if negotiations.has_suffix(path):
        return None, None  # the address has chosen
    if not offered:
        if _takes(headers, JSON):
            return None, None
        return Problem("not-acceptable", f"Every answer is JSON: send Accept: {JSON}, or no Accept."), None
    suffix = negotiations.preferred(",".join(headers.getlist("accept")), offered)
    if suffix is None:
        kinds = ", ".join(one.media_type for one in offered.values())
        return Problem(
            "not-acceptable", f"This is to be had as {kinds}: send Accept with one of them, or no Accept."
        ), None
    return None, None if suffix == "json" else suffix


def _too_large(most: int) -> Problem:
    return Problem("too-large", f"A body may have {most:,} bytes.")


def _takes(headers: Headers, answered: str) -> bool:
    """Whether this kind of content may be sent: what the most specific range that covers it says."""
    accept = ",".join(headers.getlist("accept")).strip()
    if accept in ("", "*/*", answered):
        return True
    ranges = ("*/*", answered.partition("/")[0] + "/*", answered)
    rank, takes = -1, False
    for part in accept.lower().split(","):
        kind, _, parameters = part.partition(";")
        if kind.strip() in ranges and ranges.index(kind.strip()) > rank:
            quality = _QUALITY.search(parameters)
            rank = ranges.index(kind.strip())
            takes = quality is None or any(digit in "123456789" for digit in quality[1])
    return takes


def install(app: FastAPI) -> None:
    """Put all of it on an app."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        Problem: _of_problem,
        HTTPException: _of_http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Guard)

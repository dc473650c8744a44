"""The edge: every refusal as problem+json, nothing of the inside in an error, HEAD wherever GET is, complete Allow."""

import json
import logging
import uuid
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CODES, Problem

log = logging.getLogger("demarche")

PROBLEM_JSON = "application/problem+json"
_JSON_RANGES = ("*/*", "application/*", "application/json", PROBLEM_JSON)


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


async def _of_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error)


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allow = ", ".join(allowed(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allow})
        return answer(Problem("method-not-allowed", f"This address takes {allow}.", headers={"Allow": allow}))
    if error.status_code == 413:
        most = request.app.state.settings.max_body_bytes
        return answer(Problem("too-large", f"A body may have {most:,} bytes."))
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
    """Around every request: an id, HEAD as GET without a body, no answer in a kind not asked for, no exception let out.

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
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            elif headless:
                message = {**message, "body": b""}
            await send(message)

        try:
            if scope["path"].startswith("/v1/") and not _takes_json(scope):
                refusal = Problem(
                    "not-acceptable", "Every answer is JSON: send Accept: application/json, or no Accept."
                )
                await answer(refusal)(scope, receive, sending)
            else:
                await self.app(scope, receive, sending)
        except Exception:
            request_id = uuid.uuid4().hex
            log.exception(
                "request %s failed: %s %s", request_id, scope["method"], scope["path"].encode("unicode_escape").decode()
            )
            if started:
                raise
            bug = Problem("internal", "This is a bug. Nothing was changed.", request_id=request_id)
            await answer(bug)(scope, receive, sending)


def _takes_json(scope: Scope) -> bool:
    accept = Headers(scope=scope).get("accept")
    if accept is None or accept == "*/*":
        return True
    for part in accept.split(","):
        kind, _, parameters = part.partition(";")
        if kind.strip().lower() in _JSON_RANGES and parameters.replace(" ", "") not in ("q=0", "q=0.0"):
            return True
    return not accept.strip()


def install(app: FastAPI) -> None:
    """Put all of it on an app."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        Problem: _of_problem,
        HTTPException: _of_http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Guard)

"""From rendered bytes to responses: tags, 304, Location, Link, and who may keep a copy."""

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request, Response

from api.store.documents import Fed, Listed, Rendered, dumps, tag_of
from schemas import dates


def one(request: Request, rendered: Rendered, replayed: bool = False, as_of: int | None = None) -> Response:
    """One thing; 201 with its address when it was just made, 304 when the asker has it."""
    headers = {"ETag": rendered.etag, **_caching(request), **_moment(as_of)}
    if rendered.created:
        headers["Location"] = request.scope.get("root_path", "") + rendered.path
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if request.method == "GET" and _has(request, rendered.etag):
        return Response(status_code=304, headers=headers)
    return Response(rendered.body, 201 if rendered.created else 200, headers, "application/json")


def many(request: Request, listed: Listed | None, as_of: int | None = None) -> Response:
    """One page; 304 when the asker has it."""
    shared = {**_caching(request), **_moment(as_of)}
    if listed is None:
        return Response(status_code=304, headers={"ETag": request.headers.get("if-none-match", ""), **shared})
    tail = b',"next":null'
    if listed.next:
        tail = b',"next":"' + listed.next.encode() + b'"'
    if listed.count is not None:
        tail += b',"count":{"n":%d,"at_least":%s}' % (
            min(listed.count, 1000),
            b"true" if listed.count > 1000 else b"false",
        )
    if as_of is not None:
        tail += b',"as_of":"' + dates.format_instant(as_of).encode() + b'"'
    # The same items with another `next` or `count` are another page; `known_tag` takes off what is added here.
    more = (".n" if listed.next else "") + ("" if listed.count is None else f".{listed.count}")
    tag = f'{listed.tag[:-1]}{more}"'
    headers = {"ETag": tag, **shared}
    if listed.next:
        headers["Link"] = f'<{_with_cursor(request, listed.next)}>; rel="next"'
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(b'{"items":[' + listed.items + b"]" + tail + b"}", 200, headers, "application/json")


def feed(request: Request, fed: Fed) -> Response:
    """One page of a feed; the Link header leads on only where there is more already, or who follows it would never stop."""
    tail = b'],"next":"' + fed.next.encode() + b'","more":' + (b"true" if fed.more else b"false") + b"}"
    response = body(request, b'{"items":[' + b",".join(fed.items) + tail)
    if fed.more:
        response.headers["Link"] = f'<{_with_cursor(request, fed.next, "after")}>; rel="next"'
    return response


def body(request: Request, content: bytes, kind: str = "application/json", as_of: int | None = None) -> Response:
    """An answer that has no version of its own; 304 when the asker has it."""
    tag = tag_of(content)
    headers = {"ETag": tag, **_caching(request), **_moment(as_of)}
    if _has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, kind)


def counted(request: Request, found: Mapping[str, Any], as_of: int | None = None) -> Response:
    """What was counted; 304 when the asker has it."""
    moment = {} if as_of is None else {"as_of": dates.format_instant(as_of)}
    return body(request, dumps({**found, **moment}), as_of=as_of)


def frozen(request: Request, sha256: str, content: bytes | None) -> Response:
    """What never changes, with its digest (RFC 9530); 304 when the asker has it, which it does when there is no content.

    It is the same for everybody, so that any cache may keep it for good; where reading needs a key, only the asker's own.
    """
    is_public = request.app.state.settings.public_reads
    headers = {
        "ETag": f'"{sha256}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
        "Cache-Control": f"{'public' if is_public else 'private'}, max-age=31536000, immutable",
        "Vary": "Accept" if is_public else "Accept, Authorization",
    }
    if content is None or _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, "application/json")


def streamed(request: Request, tag: str, instant: int) -> tuple[dict[str, str], bool]:
    """The headers of an answer that is sent while it is made, as of an instant; and whether the asker has it.

    The tag is a weak one: made smaller on the way, the answer has other bytes.
    """
    headers = {"ETag": f"W/{tag}", **_caching(request), **_moment(instant)}
    return headers | {"Vary": f"{headers['Vary']}, Accept-Encoding"}, _has(request, tag)


def site(request: Request) -> str:
    """The address of the service as its operator gave it; never the Host header, which is whatever the asker wrote."""
    found: str = request.app.state.settings.public_url
    return found.rstrip("/")


def known_tag(request: Request) -> str | None:
    """The one tag that the asker has, when it sent just one; lists are compared before they are read."""
    given = request.headers.get("if-none-match")
    known = re.fullmatch(r'(?:W/)?("[0-9a-f]+)(?:\.n)?"', given.strip()) if given else None
    return f'{known[1]}"' if known else None


def _has(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match")
    return given is not None and (
        given.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in given.split(",")]
    )


def _caching(request: Request) -> dict[str, str]:
    """Public answers may be kept and asked after; answers to a key are for its holder."""
    private = "authorization" in request.headers
    return {"Cache-Control": "private, no-cache" if private else "public, no-cache", "Vary": "Accept, Authorization"}


def _moment(as_of: int | None) -> dict[str, str]:
    """The instant that an answer of the past stands for."""
    return {} if as_of is None else {"As-Of": dates.format_instant(as_of)}


def _with_cursor(request: Request, cursor: str, name: str = "cursor") -> str:
    """The same address with another cursor; the path has the prefix of a proxy already."""
    pairs = parse_qsl(request.scope["query_string"].decode("utf-8"))
    query = [*[pair for pair in pairs if pair[0] != name], (name, cursor)]
    return f"{quote(request.scope['path'])}?{urlencode(query)}"

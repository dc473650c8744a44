"""Exports as they are answered: streamed where they are whole, with tags that cost no reading, and made smaller on the way."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

import anyio.to_thread
from fastapi import Request, Response

from api import answers, compressions, downloads, exports
from api.dependencies import Reader, database
from api.downloads import Download
from api.errors import Problem, invalid
from api.exportables import EXPORTABLES, Exportable
from api.exports import Asked, Asker, Walk
from api.formats.writers import registry
from api.formats.writers.outputs import Answer, Format
from api.openapi import ABOUT
from api.questions import Told
from api.store import keys, moments, snapshots
from api.store.documents import loads
from schemas import dates
from schemas.fields import closest
from schemas.problems import Fault
from schemas.transfers import Json

# What the middleware puts on every answer, and what the server counts by itself.
_AGAIN = re.compile("content-length|x-content-type-options|access-control-.*")


def asker(request: Request) -> Asker:
    """The service, asked with the key that came with a request."""
    key = request.headers.get("authorization")
    headers = [(b"authorization", key.encode("latin-1"))] if key else []
    return Asker(request.app, headers, formatting=request.app.state.formatting)


async def deliver(request: Request, reading: Reader, of: Exportable, path: str, suffix: str) -> Response:
    """The answer in the format of a suffix. Raises Problem `not-found` where there is no such format, or `invalid`."""
    chosen = _chosen(suffix, of.formats)
    asking, query = asker(request), request.scope["query_string"]
    asked, faults = exports.read(of, chosen, path, query, answers.site(request))
    if faults:
        places = {fault.where for fault in faults}
        more = await exports.faults_of_list(asking, asked, faults)
        raise invalid([*faults, *(fault for fault in more if fault.where not in places)])
    if suffix == "json" and not asked.is_content:
        return await _as_it_is(request, asking, asked)
    if asked.is_whole:
        return await _whole(request, reading, asking, asked)
    told = await asking.ask(asked.path, asked.pairs)
    if told.status != 200:
        return _relayed(request, asked, told)
    body = loads(told.body)
    if not of.is_paged:
        return await _written(request, asking, asked, asked.answer(), of.counted(body))
    following = _following(request, asked, told)
    members = {name: value for name, value in body.items() if name != "items"}
    response = await _written(request, asking, asked, asked.answer(next=following, members=members), body["items"])
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


async def deliver_snapshot(request: Request, reading: Reader, id: str, suffix: str, is_content: bool) -> Response:
    """What a snapshot keeps, in the format of a suffix. Raises Problem `not-found` where there is no such format, `invalid` or `purged`."""
    if suffix == "json" and not is_content:
        sha256, content = await reading.slowly(snapshots.find, id, (answers.known_tag(request) or "").strip('"'))
        return answers.frozen(request, sha256, content)
    _, content = await reading.slowly(snapshots.find, id, "")
    assert content is not None
    kept = await anyio.to_thread.run_sync(loads, content)
    path, _, query = kept["snapshot"]["query"].partition("?")
    of, items = kept_items(path, kept["answer"])
    chosen = _chosen(suffix, of.formats if of else {"json": registry.FORMATS["json"]})
    if of is None or (is_content and not (of.has_content and suffix in exports.IN_CONTENT)):
        told = "profile has no place here: this has no content that could be taken in again"
        raise invalid([Fault(where="query.profile", message=told, hint="Leave it out.")])
    asked = Asked(
        of,
        chosen,
        path,
        parse_qsl(query),
        None,
        dates.parse_instant(kept["snapshot"]["as_of"]),
        is_content,
        answers.site(request),
    )
    return await _written(request, asker(request), asked, asked.answer(), items)


def kept_items(path: str, answer: Json) -> tuple[Exportable | None, list[Json]]:
    """What a snapshot of an address keeps, as items of a table; none of what has no rows."""
    for template, of in EXPORTABLES.items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            return of, of.counted(answer)
    parts = path.split("/")[2:]
    if parts[0] in ("statements", "events"):
        if parts[-1] == "thread":
            return EXPORTABLES["/v1/timeline"], [one["record"] for one in answer["items"]]
        if "codings" in answer or "coder" in answer:
            return EXPORTABLES["/v1/codings"], answer.get("codings", [answer])
        return EXPORTABLES["/v1/timeline"], [answer]
    if len(parts) == 4:
        return EXPORTABLES["/v1/actors/{slug}/affiliations"], [answer]
    return (EXPORTABLES.get(f"/v1/{parts[0]}"), [answer]) if "version" in answer else (None, [])


def _chosen(suffix: str, offered: Mapping[str, Format]) -> Format:
    if suffix not in offered:
        near = closest(suffix, offered)
        hint = f" Did you mean .{near}?" if near else ""
        raise Problem(
            "not-found", f"There is no such format here, but {', '.join('.' + one for one in offered)}.{hint}"
        )
    return offered[suffix]


def _relayed(request: Request, asked: Asked, told: Told) -> Response:
    """An answer of the service to itself, handed on; what has moved has moved in every format."""
    kept = {name: value for name, value in told.headers.items() if not _AGAIN.fullmatch(name)}
    if "location" in kept:
        path, query = kept["location"].partition("?")[0], request.scope["query_string"].decode("latin-1")
        kept["location"] = f"{path}.{asked.format.suffix}" + (f"?{query}" if query else "")
    return Response(told.body, told.status, kept)


async def _as_it_is(request: Request, asking: Asker, asked: Asked) -> Response:
    """The page of JSON that the list gives, under the tag that it gives it; links go on with the suffix."""
    if known := request.headers.get("if-none-match"):
        asking = replace(asking, headers=[*asking.headers, (b"if-none-match", known.encode("latin-1"))])
    told = await asking.ask(asked.path, asked.pairs)
    response = _relayed(request, asked, told)
    if following := _following(request, asked, told):
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


async def _whole(request: Request, reading: Reader, asking: Asker, asked: Asked) -> Response:
    """All of a list, streamed; 304 when the asker has it, which costs no reading."""
    instant, purges = await reading(moments.last)
    if asked.as_of is not None:
        instant = asked.as_of
    elif asked.of.is_of_now:
        instant = await database(request).write(keys.SYSTEM, moments.settle, 0)
    walk = Walk(asking, asked.path, asked.pairs, instant, asked.limit)
    viewer = reading.viewer.id if reading.viewer else None
    question = (ABOUT["version"], asked.format.suffix, asked.answer(), asked.limit, instant, purges, viewer)
    tag = f'"{hashlib.blake2b(repr(question).encode("utf-8", "replace"), digest_size=12).hexdigest()}"'
    headers, is_known = answers.streamed(request, tag, instant)
    if is_known:
        return Response(status_code=304, headers=headers)
    if len(request.app.state.downloads) >= downloads.MOST_DOWNLOADS:
        detail = f"This process sends {downloads.MOST_DOWNLOADS:,} exports already. Try again later, or ask for .json, page by page."
        raise Problem("too-many-streams", detail, headers={"Retry-After": "30"})
    told = await walk.begin()
    if told.status != 200:
        return _relayed(request, asked, told)
    coding = compressions.chosen(request.headers.get("accept-encoding", ""))
    headers |= {"Content-Disposition": _named(asked)} | ({"Content-Encoding": coding} if coding else {})
    output = asked.format.open(asked.answer(instant))
    sent = exports.pieces(asking, output, walk, compressions.opened(coding))
    return Download(sent, asked.format.content_type, headers, request.app.state.downloads)


async def _written(request: Request, asking: Asker, asked: Asked, answer: Answer, items: Sequence[Any]) -> Response:
    """An answer that is at hand, under a tag of its own."""
    content = await exports.write_all(asking, asked.format.open(answer), items)
    response = answers.body(request, content, asked.format.content_type, asked.as_of)
    if response.status_code != 200:
        return response
    response.headers["Content-Disposition"] = _named(asked)
    if asked.format.suffix == "json":
        return response
    response.headers["Vary"] += ", Accept-Encoding"
    coding = compressions.chosen(request.headers.get("accept-encoding", ""))
    if coding:
        stream = compressions.opened(coding)
        response.body = stream.add(content) + stream.end()
        response.headers.update({"Content-Encoding": coding, "Content-Length": str(len(response.body))})
        # Another representation: no byte of it is that of the other.
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
    return response


def _following(request: Request, asked: Asked, told: Told) -> str | None:
    """The address of the next page in the same format."""
    if told.next is None:
        return None
    query = told.next.decode() + ("&profile=content" if asked.is_content else "")
    return f"{request.scope.get('root_path', '')}{quote(asked.path)}.{asked.format.suffix}?{query}"


def _named(asked: Asked) -> str:
    """A name for the file: `actors-kremlin-timeline.csv`."""
    stem = "-".join(re.findall(r"[a-z0-9][a-z0-9-]*", asked.path.removeprefix("/v1/").lower()))[:100]
    return f'inline; filename="{stem}.{asked.format.suffix}"'

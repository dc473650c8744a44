"""A small desk to write at: few nouns, the people who hold keys, and the store itself for what no answer shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from httpx2 import Response

from api.database import Database
from api.settings import Settings
from api.store import actors, keys, sources, topics
from api.store.sessions import Writing
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import event, statement


def nouns(api: Api) -> None:
    """Two actors, two topics and two sources: what the smallest bodies name, and one more of each. All in one write."""
    app: Any = api.client.app
    with app.state.database.writing(keys.SYSTEM) as writing:
        for slug, kind, name in (("vladimir-putin", "person", "Vladimir Putin"), ("kremlin", "office", "The Kremlin")):
            actors.create(writing, {"slug": slug, "kind": kind, "name": name})
        for slug in ("truce-in-principle", "sanctions"):
            topics.create(writing, {"slug": slug, "name": slug, "proposition": "The parties should accept it."})
        for slug in ("kremlin-ru", "tass"):
            sources.create(writing, {"slug": slug, "name": slug})


def post(api: Api, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Create, without a second look at what was made."""
    response = api.send("POST", path, json=body, headers=headers)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def said(api: Api, **changes: Any) -> str:
    """The path of a new statement."""
    return f"/v1/statements/{post(api, '/v1/statements', statement(**changes))['id']}"


def done(api: Api, **changes: Any) -> str:
    """The path of a new event."""
    return f"/v1/events/{post(api, '/v1/events', event(**changes))['id']}"


def uid(path: str) -> str:
    """The id at the end of a path."""
    return path.rpartition("/")[2]


def link(api: Api, answer: str, answered: str, kind: str = "responds_to", **more: Any) -> dict[str, Any]:
    """A reaction between the records at two paths."""
    return post(api, "/v1/reactions", {"from": uid(answer), "to": uid(answered), "type": kind, **more})


def holder(api: Api, settings: Settings, role: str, name: str | None = None) -> Api:
    """The same service, asked with a key of this role."""
    return Api(api.client, make_key(settings.database_url, name or f"the-{role}", role))


def nobody(api: Api, method: str, path: str, **given: Any) -> Response:
    """The same service, asked without a key."""
    return api.client.request(method, path, **given)


def anyone(api: Api) -> Api:
    """The same service, asked without a key throughout."""
    found = Api(api.client, "")
    found.headers = {}
    return found


@contextmanager
def store(settings: Settings) -> Iterator[Writing]:
    """The database itself."""
    database = Database(settings)
    try:
        with database.writing(keys.SYSTEM) as writing:
            yield writing
    finally:
        database.close()


def restore(api: Api, path: str, version: Any, tag: str | None = None, **more: Any) -> Response:
    """A request to restore a version, with the tag given or the one that stands there, be it that of a tombstone."""
    headers = {"If-Match": tag or api.tag(path), **more.pop("headers", {})}
    return api.send("POST", f"{path}/restore", json={"version": version, **more}, headers=headers)

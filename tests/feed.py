"""How a reader follows the change feed, and what each of its pages is held against."""

from collections.abc import Iterable
from typing import Any

from httpx2 import Response

from tests.expect import Api

FEED = "/v1/changes"


def anyone(api: Api) -> Api:
    """The same service, asked without a key."""
    reader = Api(api.client, "")
    reader.headers = {}
    return reader


def ask(reader: Api, after: str | None = None, **params: Any) -> Response:
    """One request, which succeeds; every page has its shape."""
    response = reader.send("GET", FEED, params={**params, **({"after": after} if after else {})})
    assert response.status_code == 200, response.text
    page = response.json()
    assert set(page) == {"items", "next", "more"}
    assert len(page["items"]) <= int(params.get("limit", 50))
    assert page["next"]
    assert page["more"] == ("link" in response.headers)
    return response


def follow(reader: Api, after: str | None = None, **params: Any) -> tuple[list[dict[str, Any]], str]:
    """All that there is to fetch now, and where to go on from."""
    found: list[dict[str, Any]] = []
    while True:
        page = ask(reader, after, **params).json()
        assert page["next"] != after or not page["more"], "it stands still"
        found += page["items"]
        after = page["next"]
        if not page["more"]:
            assert ask(reader, after, **params).json() == {"items": [], "next": after, "more": False}
            return found, str(after)


def changes(reader: Api, after: str | None = None, **params: Any) -> list[dict[str, Any]]:
    """All that there is to fetch now."""
    return follow(reader, after, **params)[0]


def told(items: Iterable[dict[str, Any]]) -> list[tuple[str, str, str, int]]:
    """What a reader looks at first: action, noun, id or slug, version."""
    return [(one["action"], one["noun"], one["id"] or one["slug"], one["version"]) for one in items]


def brief(items: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Actions and nouns alone."""
    return [(one["action"], one["noun"]) for one in items]

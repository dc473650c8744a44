"""How coders are heard at a desk: a coding is put, and what it says is short."""

from typing import Any

from httpx2 import Response

from tests.expect import Api


def said_of(**stances: str) -> dict[str, Any]:
    """A body with a stance for each topic; an underscore stands for a hyphen."""
    return {"topics": [{"topic": topic.replace("_", "-"), "stance": stance} for topic, stance in stances.items()]}


def put(api: Api, path: str, coder: str, body: dict[str, Any], tag: str | None = None) -> Response:
    """PUT a coding of the statement at a path, with a tag if one is given."""
    return api.send("PUT", f"{path}/codings/{coder}", json=body, headers={"If-Match": tag} if tag else {})


def coded(api: Api, path: str, coder: str, **stances: str) -> dict[str, Any]:
    """A new coding."""
    response = put(api, path, coder, said_of(**stances))
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def recoded(api: Api, path: str, coder: str, body: dict[str, Any]) -> dict[str, Any]:
    """A coding in the place of the one that stands."""
    response = put(api, path, coder, body, api.tag(f"{path}/codings/{coder}"))
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made

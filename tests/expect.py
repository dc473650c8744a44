"""What every answer is held against: the error body, the list envelope, and a client that asserts as it goes."""

from collections.abc import Iterator
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from api.errors import CODES


def problem(response: Response, code: str) -> dict[str, Any]:
    """That a response is the documented problem with this code; answers its body."""
    body: dict[str, Any] = response.json()
    assert body.get("code") == code, f"{response.status_code} {response.text[:600]}"
    assert response.status_code == CODES[code].status
    assert response.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:demarche:problem:{code}"
    assert body["status"] == response.status_code
    assert body["title"] == CODES[code].title
    assert body["detail"]
    assert ("errors" in body) == (code == "invalid")
    return body


def faults(response: Response) -> dict[str, dict[str, Any]]:
    """The faults of a 422, by place."""
    return {fault["where"]: fault for fault in problem(response, "invalid")["errors"]}


class Api:
    """A client with a key. `get`, `make`, `patch` and `drop` assert success and answer the body."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def send(self, method: str, path: str, **given: Any) -> Response:
        """Any request, with the key."""
        headers = {**self.headers, **given.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **given)

    def get(self, path: str, **given: Any) -> Any:
        """What stands at a path."""
        response = self.send("GET", path, **given)
        assert response.status_code == 200, response.text
        return response.json()

    def make(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        """Create, and find the same at its Location."""
        response = self.send("POST", path, json=body, headers=headers)
        assert response.status_code == 201, response.text
        assert self.get(response.headers["location"]) == response.json()
        return response.json()

    def tag(self, path: str) -> str:
        """The ETag that stands at a path."""
        return str(self.send("GET", path).headers["etag"])

    def patch(self, path: str, body: dict[str, Any], tag: str | None = None) -> Response:
        """A merge patch with the tag given, or with the one that stands there."""
        return self.send("PATCH", path, json=body, headers={"If-Match": tag or self.tag(path)})

    def drop(self, path: str) -> Response:
        """A DELETE with the tag that stands there."""
        return self.send("DELETE", path, headers={"If-Match": self.tag(path)})

    def walk(self, path: str, limit: int = 50, **params: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list to its end."""
        cursor: str | None = None
        while True:
            given = {**params, "limit": limit, **({"cursor": cursor} if cursor else {})}
            response = self.send("GET", path, params=given)
            assert response.status_code == 200, response.text
            body = response.json()
            assert {"items", "next"} <= set(body)
            assert (body["next"] is None) == ("link" not in response.headers)
            assert len(body["items"]) <= limit
            yield from body["items"]
            cursor = body["next"]
            if cursor is None:
                return

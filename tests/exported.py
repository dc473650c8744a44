"""What exports are tried on: a few records of every kind, and their lines."""

import json
from typing import Any

from httpx2 import Response

from tests.desk import done, link, said
from tests.expect import Api
from tests.factories import world

Json = dict[str, Any]


def lines(answer: Response) -> list[Json]:
    """The items of an answer in NDJSON."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    return [json.loads(line) for line in answer.text.splitlines()]


def some(api: Api, count: int = 8) -> list[str]:
    """So many statements in a little world, and an event."""
    world(api)
    paths = [said(api, title=f"Number {number}", date=f"2025-03-{10 + number // 2}") for number in range(count)]
    event = done(api)
    link(api, event, paths[0])
    coding = {"topics": [{"topic": "sanctions", "stance": "neutral"}]}
    for coder in ("a", "b"):
        assert api.send("PUT", f"{paths[0]}/codings/{coder}", json=coding).status_code == 201
    return [*paths, event]

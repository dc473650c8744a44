"""Only a purge takes a snapshot away: every one that shows the thing, nothing of it stays, and it is told when."""

import re
from contextlib import suppress
from typing import Any

import pytest
from httpx2 import Response

from api import captures
from api.settings import Settings
from api.store import snapshots
from api.store.sessions import Writing
from schemas import dates
from schemas.snapshots import ADDRESSES
from tests.desk import done, link, nobody, post, said, store, uid
from tests.expect import Api, problem
from tests.factories import world
from tests.test_moments import now
from tests.test_snapshots import PATH, kept, take


def purge_in(writing: Writing, noun: str, address: str) -> str:
    """Erase the snapshots that show a thing, as its purge does; answers when."""
    row = writing.row(f"SELECT id FROM {noun} WHERE {ADDRESSES[noun]} = :address", {"address": address})
    assert row is not None
    at = writing.now()
    snapshots.purge_of(writing, noun, [row[0]], at)
    return dates.format_instant(at)


def purge(settings: Settings, noun: str, address: str) -> str:
    """The same for good."""
    with store(settings) as writing:
        return purge_in(writing, noun, address)


def gone(api: Api, taken: dict[str, Any]) -> Response | None:
    """The 410 at the address of a snapshot; None while it stands."""
    answer = nobody(api, "GET", taken["path"])
    if answer.status_code == 200:
        return None
    assert set(problem(answer, "purged")) == {"type", "title", "status", "detail", "code", "purged_at"}
    return answer


@pytest.fixture
def taken(api: Api) -> dict[str, dict[str, Any]]:
    """Snapshots of every kind, over a statement, an event that answers it, and all nouns."""
    world(api)
    statement, event = said(api, date="2025-03-01"), done(api, actor="dmitry-peskov")
    other = said(api, actor="finland", topic="sanctions", source="some-blog")
    reaction = link(api, event, statement, topic="truce-in-principle", asserted_by="nato")
    stay = api.get("/v1/actors/dmitry-peskov/affiliations")["items"][0]["id"]
    post(api, "/v1/sources", {"slug": "owned", "name": "Owned", "owner": "the-west"})
    queries = {
        "statement": statement, "event": event, "thread": f"{statement}/thread", "timeline": "/v1/timeline?actor=vladimir-putin",
        "other": other, "reaction": f"/v1/reactions/{reaction['id']}", "actor": "/v1/actors/dmitry-peskov",
        "affiliation": f"/v1/actors/dmitry-peskov/affiliations/{stay}", "sources": "/v1/sources", "topic": "/v1/topics/truce-in-principle",
    }  # fmt: skip
    return {name: take(api, query, title=f"On {name}") for name, query in queries.items()}


# noun, the snapshot whose last part of the query is its address (or the address), and those that show it
SHOWN: list[tuple[str, str, set[str]]] = [
    ("record", "statement", {"statement", "thread", "timeline"}),
    ("record", "event", {"event", "thread"}),
    ("record", "other", {"other"}),
    ("reaction", "reaction", {"reaction", "thread"}),
    ("affiliation", "affiliation", {"affiliation"}),
    ("actor", "actor", {"event", "thread", "actor", "affiliation"}),
    ("actor", "kremlin", {"affiliation"}),
    ("actor", "nato", {"reaction", "thread"}),
    ("actor", "the-west", {"sources"}),
    ("actor", "boris-johnson", set()),
    ("source", "some-blog", {"other", "sources"}),
    ("topic", "ceasefire", {"topic"}),
    ("topic", "topic", {"statement", "thread", "timeline", "reaction", "topic"}),
]


class Undone(Exception):
    """So that the next purge finds all as it was."""


def test_a_purge_erases_every_snapshot_that_shows_the_thing(
    api: Api, settings: Settings, taken: dict[str, dict[str, Any]]
) -> None:
    names = {one["id"]: name for name, one in taken.items()}
    for noun, of, showing in SHOWN:
        with suppress(Undone), store(settings) as writing:
            purge_in(writing, noun, uid(taken[of]["query"]) if of in taken else of)
            erased = writing.rows("SELECT uid FROM snapshot WHERE purged_at IS NOT NULL")
            assert {names[row[0]] for row in erased} == showing, (noun, of)
            raise Undone
    noun, of, showing = SHOWN[0]
    purge(settings, noun, uid(taken[of]["query"]))
    assert {name for name, one in taken.items() if gone(api, one)} == showing
    for name in set(taken) - showing:
        kept(api, taken[name])


def test_nothing_of_what_was_erased_is_left_and_it_is_told_when(
    api: Api, settings: Settings, taken: dict[str, dict[str, Any]]
) -> None:
    statement = taken["statement"]
    body = {"query": statement["query"], "as_of": statement["as_of"], "title": "With a key"}
    keyed = api.send("POST", PATH, json=body, headers={"Idempotency-Key": "one"}).json()
    purged_at = purge(settings, "record", uid(statement["query"]))
    answer = gone(api, statement)
    assert answer is not None
    assert answer.json()["purged_at"] == purged_at
    assert answer.headers["cache-control"] == "no-store"
    assert (
        nobody(api, "GET", statement["path"], headers={"If-None-Match": f'"{statement["sha256"]}"'}).status_code == 410
    )
    told = nobody(api, "GET", f"{statement['path']}/citation").json()
    assert told == {
        **statement, "query": None, "title": None, "sha256": None, "purged_at": purged_at,
        "citation": f"Demarche, as of {statement['as_of']}, 1 item, {statement['path']}, erased for good at {purged_at}",
    }  # fmt: skip
    assert told in api.get(PATH)["items"]
    with store(settings) as writing:
        for table in ("snapshot", "snapshot_shown", "replay"):
            left = repr(writing.rows(f"SELECT * FROM {table}"))
            for secret in (statement["sha256"], keyed["sha256"], "With a key", f"'{statement['query']}'"):
                assert secret not in left, table
    assert purge(settings, "record", uid(statement["query"])) > purged_at
    again = gone(api, statement)
    assert again is not None
    assert again.json()["purged_at"] == purged_at
    assert take(api, statement["query"], as_of=statement["as_of"], title="On statement")["id"] != statement["id"]


def test_what_is_purged_while_it_is_read_is_not_kept(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    path = said(api)
    asking = captures.pages

    async def interrupted(*asked: Any) -> Any:
        found = await asking(*asked)
        purge(settings, "record", uid(path))
        return found

    monkeypatch.setattr(captures, "pages", interrupted)
    answer = api.send("POST", PATH, json={"query": path, "as_of": now(api)})
    problem(answer, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert api.get(PATH)["items"] == []
    monkeypatch.undo()
    assert kept(api, take(api, path))


def test_every_noun_in_an_answer_is_found(api: Api) -> None:
    """A member that shows a noun, or a read that takes `as_of`, which is not known here would be missed by a purge."""
    document = api.get("/openapi.json")
    shown = {
        member
        for name, schema in document["components"]["schemas"].items()
        if name.endswith(("Read", "Item", "Thread")) or name in ("TopicPosition", "Participant")
        for member, one in schema.get("properties", {}).items()
        if re.search(r'#/components/schemas/Noun["\']', repr(one))
    }
    assert {"actor", "source", "topic", "owner", "parent", "asserted_by"} <= shown <= set(snapshots.NOUN_OF)
    dated = {
        operation["get"]["operationId"]
        for path, operation in document["paths"].items()
        if "as_of" in [one["name"] for one in operation.get("get", {}).get("parameters", ())]
        and not path.endswith(("/history", ".{format}"))
    }
    assert dated - {"list_seals", "read_seal"} == set(captures.KEPT)
    assert set(captures.KEPT.values()) | set(snapshots.NOUN_OF.values()) == set(ADDRESSES)

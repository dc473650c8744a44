"""Snapshots: a short address that has the same bytes for ever, whatever is written later, on both databases."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api import captures
from api.dependencies import ANYONE
from api.main import create
from api.settings import Settings
from api.store import actors, records, snapshots
from schemas.snapshots import SnapshotCreate
from schemas.vocabularies import Kind
from tests import hostile
from tests.desk import anyone, holder, link, nobody, post, said, store, uid
from tests.expect import Api, faults, problem
from tests.factories import statement, world
from tests.test_moments import now

PATH = "/v1/snapshots"


def take(api: Api, query: str, **more: Any) -> dict[str, Any]:
    """A new snapshot."""
    return post(api, PATH, {"query": query, **more})


def kept(api: Api, taken: dict[str, Any]) -> bytes:
    """The bytes at the address of a snapshot, asked without a key, and found to be those that were told of."""
    answer = nobody(api, "GET", taken["path"])
    assert answer.status_code == 200, answer.text
    digest = hashlib.sha256(answer.content)
    assert (digest.hexdigest(), len(answer.content)) == (taken["sha256"], taken["bytes"])
    assert answer.headers["etag"] == f'"{taken["sha256"]}"'
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    return answer.content


@contextmanager
def nothing_kept(settings: Settings) -> Iterator[None]:
    """That what is done inside adds no row to any table, but for the horizon of as-of answers."""
    before = hostile.rows(settings)
    yield
    assert {**hostile.rows(settings), "horizon": 1} == {**before, "horizon": 1}


def edit_much(settings: Settings, paths: list[str], times: int = 200) -> None:
    """So many edits and records, in one write."""
    with store(settings) as writing:
        for number in range(times):
            if number % 9 == 0:
                records.create(writing, Kind.STATEMENT, statement(title=f"Later {number}"))
            path = paths[number % len(paths)]
            change = {"title": f"Edit {number}"}
            if path is paths[-1]:
                change["date"] = f"202{number % 5}-0{1 + number % 9}"
            records.amend(writing, Kind.STATEMENT, uid(path), change, None)


def test_it_has_the_same_bytes_whatever_is_written_later(api: Api, settings: Settings) -> None:
    world(api)
    paths = [said(api, title=f"First {number}", date=f"2025-03-{10 + number}") for number in range(4)]
    link(api, paths[1], paths[0], "clarifies")
    queries = [
        "/v1/timeline?actor=kremlin&affiliates=true&topic=ceasefire&stance=supports&min_confidence=70&from=2025-03-11&order=asc",
        "/v1/actors/russia/timeline?affiliates=true", "/v1/statements", "/v1/reactions", "/v1/actors?q=putin", "/v1/sources",
        "/v1/topics", "/v1/actors/kremlin/affiliations", paths[0], f"{paths[0]}?version=1", f"{paths[0]}/thread?depth=1",
    ]  # fmt: skip
    instant = now(api)
    expected = {query: api.get(query, params={"as_of": instant}) for query in queries if "?" not in query}
    taken = {query: take(api, query, as_of=instant) for query in queries}
    before = {query: kept(api, one) for query, one in taken.items()}
    for query, content in before.items():
        whole = json.loads(content)
        assert whole["snapshot"] == {
            name: taken[query][name] for name in ("id", "title", "query", "as_of", "created_at")
        }
        assert whole["answer"] == expected.get(query, whole["answer"])
        assert whole["count"] == taken[query]["count"] == len(whole["answer"].get("items", [None])) > 0
    assert [one["title"] for one in json.loads(before[queries[0]])["answer"]["items"]] == [
        "First 1",
        "First 2",
        "First 3",
    ]

    edit_much(settings, paths)
    assert api.patch("/v1/actors/vladimir-putin", {"name": "Renamed"}).status_code == 200
    assert api.patch("/v1/sources/kremlin-ru", {"reliability": "E"}).status_code == 200
    assert api.drop(paths[0]).status_code == 204
    assert {query: kept(api, one) for query, one in taken.items()} == before
    with TestClient(create(settings)) as restarted:
        assert restarted.get(taken[queries[0]]["path"]).content == before[queries[0]]
    for method in ("PATCH", "PUT", "DELETE"):
        problem(api.send(method, taken[queries[0]]["path"], json={}), "method-not-allowed")


def test_it_holds_all_pages_of_the_answer(api: Api, settings: Settings) -> None:
    with store(settings) as writing:
        for number in range(1_001):
            actors.create(writing, {"slug": f"actor-{number:04}", "kind": "person", "name": f"Actor {number}"})
    taken = take(api, "/v1/actors?kind=person")
    whole = json.loads(kept(api, taken))
    assert taken["count"] == whole["count"] == 1_001
    assert [one["slug"] for one in whole["answer"]["items"]] == [f"actor-{number:04}" for number in range(1_001)]
    assert whole["answer"]["next"] is None


def test_pages_read_while_others_write_are_of_one_moment(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    paths = [said(api, title=f"First {number}") for number in range(7)]
    expected = api.get("/v1/timeline", params={"as_of": now(api)})["items"]
    asking = captures._get

    async def interrupted(*asked: Any) -> Any:
        found = await asking(*asked)
        edit_much(settings, paths, 5)
        return found

    monkeypatch.setattr(captures, "_get", interrupted)
    monkeypatch.setattr(captures, "PAGE", 2)
    whole = json.loads(kept(api, take(api, "/v1/timeline")))
    assert whole["answer"]["items"] == expected
    assert len(api.get("/v1/timeline")["items"]) > len(expected)


def test_nobody_keeps_a_draft_in_it(api: Api, settings: Settings) -> None:
    world(api)
    contributor = holder(api, settings, "contributor")
    public = said(api, title="Public")
    drafts = [said(api, title="Secret", status="draft"), said(contributor, title="Secret", status="draft")]
    was_public = said(api, title="Once public")
    assert api.patch(was_public, {"status": "draft", "title": "Secret"}).status_code == 200
    link(api, drafts[0], public, "denies")
    for taker in (api, contributor, holder(api, settings, "admin")):
        for query in ("/v1/timeline", "/v1/statements?status=draft", public, f"{public}/thread", "/v1/reactions"):
            content = kept(api, take(taker, query))
            assert b"Secret" not in content
            assert not [path for path in (*drafts, was_public) if uid(path).encode() in content]
        for path in (*drafts, was_public):
            told = faults(taker.send("POST", PATH, json={"query": path}))
            assert "there is no statement" in told["body.query"]["message"]


REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({"query": "/v1/timeline?actor=kremln"}, "query", "there is no actor 'kremln'", "Did you mean kremlin?"),
    ({"query": "/v1/timeline?actr=kremlin"}, "query", "there is no parameter 'actr'", "Did you mean actor?"),
    ({"query": "/v1/timeline?stance=suports"}, "query", "'suports' is no value of stance", "Did you mean supports?"),
    ({"query": "/v1/actors/kremln"}, "query", "there is no actor 'kremln'", "Did you mean kremlin?"),
    ({"query": "/v1/timeline?limit=5"}, "query", "limit has no place in a snapshot", "narrow it"),
    ({"query": "/v1/timeline?cursor=WyI"}, "query", "cursor has no place", "Leave it out"),
    ({"query": "/v1/timeline?count=capped"}, "query", "count has no place", "Leave it out"),
    ({"query": "/v1/timeline?tag=%FF"}, "query", "tag is not UTF-8", "Percent-encode"),
    ({"query": "/v1/timelines"}, "query", "'/v1/timelines' is no address of a read", "Timelines, lists"),
    ({"query": "/v1/keys"}, "query", "'/v1/keys' can't be kept", "Timelines, lists"),
    ({"query": "/v1/changes"}, "query", "can't be kept", "Timelines, lists"),
    ({"query": "/v1/snapshots"}, "query", "can't be kept", "Timelines, lists"),
    ({"query": "/v1/actors/kremlin/history"}, "query", "can't be kept", "Timelines, lists"),
    ({"query": "http://127.0.0.1/v1/timeline"}, "query", "is no address of a read", "without the server"),
    ({"query": "timeline"}, "query", "is no address of a read", "From /v1/ on"),
    ({"query": "/v1/timeline?tag=a b"}, "query", "is no address of a read", "%20"),
    ({"query": "/v1/timeline#top"}, "query", "is no address of a read", "From /v1/ on"),
    ({"query": ""}, "query", "is no address of a read", "From /v1/ on"),
    ({"query": "/v1/actors/%00"}, "query", "slug holds a control character", "Remove it."),
    ({"query": "/v1/" + "a" * 8000}, "query", "longer than 8000", "Shorten it."),
    ({}, "query", "query is missing", "It is required."),
    ({"query": "/v1/timeline", "as_of": "2199"}, "as_of", "lies in the future", "It is 2"),
    ({"query": "/v1/timeline?as_of=2199"}, "query", "lies in the future", "It is 2"),
    ({"query": "/v1/timeline?as_of=2025-13"}, "query", "'2025-13'", "Write 2025-03"),
    ({"query": "/v1/timeline?as_of=2025&as_of=2025"}, "query", "as_of is given twice", "Give it once."),
    ({"query": "/v1/timeline?as_of=2025", "as_of": "2025"}, "as_of", "as_of is given twice", "Give it once."),
    ({"query": "/v1/timeline", "as_of": "2022-02-24/.."}, "as_of", "open end", "Give a day"),
    ({"query": "/v1/timeline", "as_of": 2025}, "as_of", "is text", "Such as"),
    ({"query": "/v1/timeline", "as_of": ""}, "as_of", "is blank", "Write some text"),
    ({"query": "/v1/timeline", "title": " "}, "title", "is blank", "Write some text"),
    ({"query": "/v1/timeline", "titel": "x"}, "titel", "there is no member 'titel'", "Did you mean title?"),
]  # fmt: skip


def test_what_can_not_be_kept_is_refused_in_words(api: Api, settings: Settings) -> None:
    world(api)
    with nothing_kept(settings):
        for body, where, told, hint in REFUSED:
            found = faults(api.send("POST", PATH, json=body))
            assert list(found) == [f"body.{where}"], body
            assert told in found[f"body.{where}"]["message"], body
            assert hint in found[f"body.{where}"]["hint"], body


def test_an_answer_too_large_to_be_kept_is_refused(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    for _ in range(5):
        said(api)
    monkeypatch.setattr(captures, "PAGE", 2)
    monkeypatch.setattr(captures, "MOST_ITEMS", 4)
    with nothing_kept(settings):
        told = faults(api.send("POST", PATH, json={"query": "/v1/timeline", "as_of": now(api)}))["body.query"]
    assert (told["message"], "from and to" in told["hint"]) == (
        "its answer has more than 4 items, the most that is kept",
        True,
    )
    monkeypatch.setattr(captures, "MOST_BYTES", 3_000)
    with nothing_kept(settings):
        told = faults(api.send("POST", PATH, json={"query": "/v1/timeline", "as_of": now(api)}))["body.query"]
    assert re.fullmatch("its first 2 items have more than 3,000 bytes, the most that is kept", told["message"])
    monkeypatch.setattr(captures, "MOST_BYTES", 10**6)
    monkeypatch.setattr(captures, "MOST_ITEMS", 6)
    assert take(api, "/v1/timeline")["count"] == 5


def test_the_same_question_again_is_answered_with_the_same_snapshot(api: Api, settings: Settings) -> None:
    world(api)
    said(api)
    instant = now(api)
    first = take(api, "/v1/timeline?topic=ceasefire&actor=kremlin&affiliates=true", as_of=instant, title="Mine")
    assert first["query"] == "/v1/timeline?actor=kremlin&affiliates=true&topic=ceasefire"
    for body in (
        {"query": "/v1/timeline?affiliates=true&actor=kremlin&topic=ceasefire", "as_of": instant, "title": "Mine"},
        {"query": f"/v1/timeline?topic=c%65asefire&as_of={instant}&actor=kremlin&affiliates=true", "title": "Mine"},
    ):
        again = holder(api, settings, "contributor", body["query"][-9:]).send("POST", PATH, json=body)
        assert (again.status_code, again.json()) == (200, first)
        assert "location" not in again.headers
    others = [
        take(api, first["query"], as_of=instant), take(api, first["query"], as_of=instant, title="Theirs"),
        take(api, first["query"], title="Mine"), take(api, "/v1/timeline?actor=kremlin&affiliates=true", as_of=instant, title="Mine"),
    ]  # fmt: skip
    assert len({one["id"] for one in (first, *others)}) == 5
    assert len({kept(api, one) for one in (first, *others)}) == 5


@tuned(max_examples=20)
@given(pairs=st.permutations([("tag", "a b"), ("tag", "Да"), ("topic", "ceasefire"), ("url", "http://x/?a=1&b=2")]))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_order_of_parameters_makes_no_other_question(client: TestClient, pairs: list[tuple[str, str]]) -> None:
    given = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    app: Any = client.app
    found = captures.address(app, SnapshotCreate(query=f"/v1/timeline?{given}")).text
    assert found == "/v1/timeline?tag=a%20b&tag=%D0%94%D0%B0&topic=ceasefire&url=http://x/%3Fa%3D1%26b%3D2"
    assert captures.address(app, SnapshotCreate(query=found)).text == found


def test_a_repeated_request_is_answered_as_before(api: Api) -> None:
    world(api)
    said(api)
    body = {"query": "/v1/actors/finland/timeline"}
    headers = {"Idempotency-Key": "one"}
    first = api.send("POST", PATH, json=body, headers=headers)
    assert (first.status_code, first.headers["location"]) == (201, first.json()["path"])
    stay = api.get("/v1/actors/finland/affiliations")["items"][0]["id"]
    assert api.drop(f"/v1/actors/finland/affiliations/{stay}").status_code == 204
    assert api.drop("/v1/actors/finland").status_code == 204
    again = api.send("POST", PATH, json=body, headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    problem(api.send("POST", PATH, json={"query": "/v1/timeline"}, headers=headers), "key-reused")
    assert len(api.get(PATH)["items"]) == 1


def test_who_may_take_one(api: Api, settings: Settings) -> None:
    problem(nobody(api, "POST", PATH, json={"query": "/v1/timeline"}), "key-required")
    problem(holder(api, settings, "reader").send("POST", PATH, json={"query": "/v1/timeline"}), "forbidden")
    assert take(holder(api, settings, "contributor"), "/v1/timeline")["created_by"] == "the-contributor"


def test_caches_may_keep_it_for_good(api: Api) -> None:
    world(api)
    taken = take(api, "/v1/actors")
    content = kept(api, taken)
    for asker in (api, anyone(api)):
        answer = asker.send("GET", taken["path"])
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "authorization" not in answer.headers["vary"].lower()
        for known in (answer.headers["etag"], f"W/{answer.headers['etag']}", f'"x", {answer.headers["etag"]}', "*"):
            again = asker.send("GET", taken["path"], headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), known
            assert again.headers["repr-digest"] == answer.headers["repr-digest"]
        assert asker.send("GET", taken["path"], headers={"If-None-Match": '"0"'}).content == content
        assert asker.send("HEAD", taken["path"]).headers["content-length"] == str(len(content))
    typed = taken["id"].upper().replace("0", "O").replace("1", "I")
    assert nobody(api, "GET", f"{PATH}/{typed}").content == content
    for missing in ("nothing", "%00", "x" * 3000, "💥"):
        assert nobody(api, "GET", f"{PATH}/{missing}").json()["code"] in ("not-found", "invalid")


def test_where_reading_needs_a_key_so_does_a_snapshot(settings: Settings, api: Api) -> None:
    world(api)
    said(api, title="Public")
    said(api, title="Secret", status="draft")
    closed = settings.model_copy(update={"public_reads": False})
    with TestClient(create(closed)) as client:
        desk = Api(client, api.headers["Authorization"].removeprefix("Bearer "))
        taken = take(desk, "/v1/timeline")
        for path in (PATH, taken["path"], f"{taken['path']}/citation"):
            problem(client.get(path), "key-required")
        answer = desk.send("GET", taken["path"])
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert "Authorization" in answer.headers["vary"]
        assert (b"Public" in answer.content, b"Secret" in answer.content) == (True, False)
        problem(client.get("/v1/timeline"), "key-required")
        problem(client.get("/v1/timeline", headers={ANYONE: "1"}), "key-required")


def test_they_are_listed_newest_first_each_with_its_citation(api: Api) -> None:
    world(api)
    made = [take(api, "/v1/topics", title=f"Topics {number}") for number in range(5)]
    listed = list(anyone(api).walk(PATH, limit=2))
    assert listed == made[::-1]
    for one in made:
        assert nobody(api, "GET", f"{one['path']}/citation").json() == one
    problem(api.send("GET", PATH, params={"cursor": "WyJ4Il0"}), "cursor-mismatch")
    problem(api.send("GET", f"{PATH}/nothing/citation"), "not-found")


def test_the_citation_has_all_that_is_needed_to_find_it_and_to_check_it(settings: Settings, api: Api) -> None:
    world(api)
    said(api)
    taken = take(api, "/v1/timeline?topic=ceasefire", as_of=now(api), title="A truce,\n in words")
    assert taken["citation"] == (
        f"Demarche, “A truce, in words”, /v1/timeline?topic=ceasefire, as of {taken['as_of']}, 1 item, {taken['path']}, SHA-256 {taken['sha256']}"
    )
    known = settings.model_copy(update={"public_url": "https://demarche.example/data/"})
    with TestClient(create(known), root_path="/data") as client:
        asked = client.get(f"/data{taken['path']}/citation", headers={"Host": "evil.example"}).json()
        assert f", https://demarche.example/data{taken['path']}, " in asked["citation"]
        assert {**asked, "citation": taken["citation"]} == taken
        untitled = Api(client, api.headers["Authorization"].removeprefix("Bearer "))
        made = untitled.send("POST", f"/data{PATH}", json={"query": "/v1/sources"})
        assert made.headers["location"] == f"/data{made.json()['path']}"
        assert made.json()["citation"].startswith("Demarche, /v1/sources, as of ")


def test_concurrent_twins_make_one(api: Api, settings: Settings) -> None:
    world(api)
    body = {"query": "/v1/actors", "as_of": now(api)}

    def ask(_number: int) -> Response:
        return api.send("POST", PATH, json=body)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(6)))
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.content for one in answers}) == 1
    assert len(api.get(PATH)["items"]) == 1


def test_bytes_that_were_altered_do_not_have_the_sha256_that_is_cited(api: Api, settings: Settings) -> None:
    world(api)
    taken, other = take(api, "/v1/actors"), take(api, "/v1/topics")
    with store(settings) as writing:
        assert list(snapshots.altered(writing)) == []
        row = writing.row("SELECT content FROM snapshot WHERE uid = :uid", {"uid": taken["id"]})
        assert row is not None
        changed = {"content": bytes(row[0]).replace(b"Kremlin", b"Cremlin"), "uid": taken["id"]}
        writing.run("UPDATE snapshot SET content = :content WHERE uid = :uid", changed)
        found = list(snapshots.altered(writing))
    assert len(found) == 1
    assert taken["id"] in found[0]
    assert other["id"] not in found[0]

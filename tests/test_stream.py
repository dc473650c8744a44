"""The feed live: the same items for the same reader, from any cursor on, through cuts, other processes and slow readers."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from api import streams
from api.main import create
from api.settings import Settings
from api.store import changes as feed
from api.store import sources, topics
from tests import expect, live
from tests.conftest import make_key
from tests.desk import anyone, done, holder, link, nouns, post, said, store, uid
from tests.expect import Api
from tests.feed import ask, changes, follow
from tests.openapi_tools import misfits
from tests.streams import PATIENCE, STREAM, Listener, Stuck, bulky
from tests.test_commands_program import until


@pytest.fixture
def served(settings: Settings) -> Iterator[str]:
    """The address of a server on the same database as `api`, which writes as another process would."""
    with live.served(create(settings)) as address:
        yield address


def mark(api: Api, slug: str = "the-end") -> str:
    """A last change, which everybody may see."""
    return str(post(api, "/v1/sources", {"slug": slug, "name": slug})["slug"])


def key_of(api: Api) -> str | None:
    return api.headers.get("Authorization")


def everything(api: Api, author: Api) -> None:
    """Changes of all kinds, a draft's among them."""
    first, second = said(api), done(api)
    made = link(api, second, first)["id"]
    assert api.patch(first, {"title": "Новое\u2028and\x85more", "summary": "In a\nparagraph"}).status_code == 200
    said(api, status="draft", title="A secret of the desk's")
    draft = said(author, status="draft", title="A secret", change_note="A secret")
    link(api, draft, first, "denies", note="Looked at")
    assert api.patch("/v1/actors/kremlin", {"name": "Kremlin"}).status_code == 200
    assert author.patch(draft, {"title": "A secret still"}).status_code == 200
    assert api.patch(draft, {"title": "Told", "status": "published"}).status_code == 200
    assert api.patch(first, {"status": "withdrawn"}).status_code == 200
    assert api.patch(draft, {"status": "draft", "title": "A secret"}).status_code == 200
    assert api.drop(f"/v1/reactions/{made}").status_code == 204
    assert api.drop(second).status_code == 204


def without(item: dict[str, Any]) -> dict[str, Any]:
    """An item without what it is now, which is told with the names and answers of when it is read."""
    return {**item, "representation": item["representation"] is not None}


def test_each_reader_gets_live_what_the_feed_has_for_it(api: Api, settings: Settings, served: str) -> None:
    nouns(api)
    author, other = holder(api, settings, "contributor"), holder(api, settings, "contributor", "another")
    readers = [anyone(api), holder(api, settings, "reader"), author, other, api, holder(api, settings, "admin")]
    questions: list[dict[str, Any]] = [
        {}, {"kind": ["statement", "source"]}, {"topic": "truce-in-principle", "kind": ["reaction", "statement"]},
        {"actor": "kremlin"},
    ]  # fmt: skip
    asked = [(reader, question) for reader in readers for question in questions]
    starts = [follow(reader, **question)[1] for reader, question in asked]
    listeners = [Listener(served, key_of(reader), **question).begin() for reader, question in asked]
    try:
        everything(api, author)
        mark(api)
        document = api.get("/openapi.json")
        for (reader, question), start, listener in zip(asked, starts, listeners, strict=True):
            items, end = follow(reader, start, **question)
            assert [without(listener.event()) for _ in items] == [without(item) for item in items]
            assert not [
                fault for item in items for fault in misfits(item, {"$ref": "#/components/schemas/Change"}, document)
            ]
            assert ask(reader, listener.last, **question).json() == {"items": [], "next": end, "more": False}
            if reader not in (author, api, readers[-1]):
                assert b"secret" not in listener.raw
        assert len(changes(api, starts[0])) > len(changes(author, starts[0])) > len(changes(other, starts[0])) > 10
    finally:
        for listener in listeners:
            listener.__exit__(None, None, None)


def test_a_stream_goes_on_from_any_event_and_from_any_page(api: Api, settings: Settings, served: str) -> None:
    nouns(api)
    everything(api, holder(api, settings, "contributor"))
    last = mark(api)
    reader = anyone(api)
    items, end = follow(reader)
    with Listener(served, after=ask(reader, limit=1).json()["next"]) as listener:
        assert listener.begin().events(last) == items[1:]
        assert listener.last == end
    for number in range(1, len(items)):
        with Listener(served, after=ask(reader, limit=number).json()["next"]) as listener:
            listener.begin()
            assert listener.event() == items[number]
            at = listener.last
        assert changes(reader, at) == items[number + 1 :]
        with Listener(served, last=at, after=end) as listener:  # Last-Event-ID wins
            assert listener.begin().last == at
            if number < len(items) - 1:
                assert listener.event() == items[number + 1]


def test_without_a_cursor_it_begins_with_what_comes_and_says_where(api: Api, served: str) -> None:
    nouns(api)
    with Listener(served) as listener:
        listener.begin()
        assert listener.last == follow(anyone(api))[1]
        listener.cut()
        path = said(api)
        listener.begin()
        assert listener.event()["id"] == uid(path)


def test_what_is_wrong_with_a_question_is_told_before_the_stream_begins(api: Api) -> None:
    nouns(api)
    app: Any = api.client.app
    app.state.streams.close()  # one that begins all the same has an end
    cursor = follow(api)[1]
    for given, headers, code in (
        ({"after": "nonsense"}, {}, "cursor-mismatch"),
        ({}, {"Last-Event-ID": "nonsense"}, "cursor-mismatch"),
        ({}, {"Last-Event-ID": "x" * 2001}, "invalid"),
        ({"after": cursor}, {"Last-Event-ID": "~"}, "cursor-mismatch"),
        ({"after": cursor, "kind": "actor"}, {}, "cursor-mismatch"),
        ({"kind": "actor"}, {"Last-Event-ID": cursor}, "cursor-mismatch"),
        ({"actor": "kremlim"}, {}, "invalid"),
        ({"kind": "statment"}, {}, "invalid"),
        ({"limit": "5"}, {}, "invalid"),
        ({"as_of": "2025"}, {}, "invalid"),
        ({}, {"Accept": "application/json"}, "not-acceptable"),
        ({}, {"Authorization": "Bearer nobody's"}, "key-invalid"),
    ):
        answer = api.client.get(STREAM, params=given, headers=list(headers.items()))
        expect.problem(answer, code)


def test_head_has_the_headers_and_leaves_no_stream(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    app: Any = create(settings)
    with live.served(app) as address:
        for accept in ("text/event-stream", "*/*", "text/*;q=0.5", "application/json, text/event-stream"):
            answer = httpx.head(address + STREAM, headers={"Accept": accept}, timeout=PATIENCE)
            assert (answer.status_code, answer.content) == (200, b"")
            assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
        until(lambda: len(app.state.streams) == 0)
    assert not caplog.records


def test_what_lies_far_behind_comes_page_by_page(
    api: Api, settings: Settings, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MOST_WALKED", 60)
    nouns(api)
    with store(settings) as writing:
        for number in range(250):
            sources.create(writing, {"slug": f"s-{number}", "name": "One of many"})
            if number % 120 == 100:
                topics.create(writing, {"slug": f"t-{number}", "name": "A few", "proposition": "It should be."})
    for question in ({}, {"kind": "topic"}):
        items, _ = follow(anyone(api), **question)
        with Listener(served, after=ask(anyone(api), limit=1, **question).json()["next"], **question) as listener:
            listener.begin()
            assert [listener.event() for _ in items[1:]] == items[1:]
            assert len(items) > 3


def test_a_reader_moves_on_over_what_it_does_not_see(
    api: Api, settings: Settings, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.05)
    nouns(api)
    with Listener(served, kind="topic") as listener:
        listener.begin()
        assert listener.block() == [":"]
        begun = listener.last
        mark(api)
        said(api, status="draft")
        end = follow(anyone(api), kind="topic")[1]
        for _ in range(1_000):
            if listener.last == end:
                break
            assert listener.block() in ([":"], [f"id: {listener.last}"])
        assert begun != end == listener.last
        assert listener.block() == [":"]


def test_a_revoked_or_expired_key_ends_its_streams_alone(api: Api, settings: Settings, served: str) -> None:
    nouns(api)
    keys = {name: "Bearer " + make_key(settings.database_url, name, "editor") for name in ("revoked", "expired")}
    admin = holder(api, settings, "admin")
    with (
        Listener(served, keys["revoked"]) as revoked,
        Listener(served, keys["expired"]) as expired,
        Listener(served, key_of(api)) as kept,
        Listener(served) as public,
    ):
        for listener in (revoked, expired, kept, public):
            listener.begin()
        assert admin.send("DELETE", "/v1/keys/revoked").status_code == 204
        path = said(api, status="draft", title="Not for you")
        assert b"Not for you" not in repr(revoked.to_the_end()).encode()
        with store(settings) as writing:
            writing.run("UPDATE api_key SET expires_at = :at WHERE name = 'expired'", {"at": 1})
        expired.to_the_end()
        assert kept.event()["id"] == uid(path)
        mark(api)
        for listener in (kept, public):
            assert listener.event()["slug"] == "the-end"
        for listener in (revoked, expired):
            expect.problem(
                api.client.get(STREAM, headers={"Authorization": listener.headers["Authorization"]}), "key-invalid"
            )


def test_a_reader_that_takes_nothing_is_cut_off_and_can_come_back(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SEND_SECONDS", 0.3)
    nouns(api)
    start = follow(anyone(api))[1]
    app: Any = create(settings)
    with live.served(app) as address:
        stuck = Stuck(address, start)
        with stuck.socket:
            until(lambda: hasattr(app.state, "streams") and len(app.state.streams) == 1)
            bulky(api, 100)
            until(lambda: len(app.state.streams) == 0)
            got = stuck.rest()
        assert not got.endswith(b"0\r\n\r\n")  # which would say that it is complete
        monkeypatch.setattr(streams, "SEND_SECONDS", PATIENCE)
        last = mark(api)
        items = changes(anyone(api), start)
        whole = re.findall(rb"id: (\S+)\ndata: [^\n]+\n\n", dechunked(got))
        assert 0 < len(whole) < len(items)
        with Listener(address, last=whole[-1].decode()) as listener:
            assert listener.begin().events(last) == items[len(whole) :]


def dechunked(answer: bytes) -> bytes:
    """The body of an answer in chunks, of which the last may be cut off."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body


def test_a_write_of_the_same_process_is_told_at_once(api: Api, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LOOK_SECONDS", 1_000.0)
    nouns(api)
    with Listener(served) as listener:
        listener.begin()
        for slug in ("one", "two"):
            made = httpx.post(
                f"{served}/v1/sources", json={"slug": slug, "name": slug}, headers=api.headers, timeout=PATIENCE
            )
            assert made.status_code == 201
            assert listener.event()["slug"] == slug


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_stream_outlasts_a_database_that_is_away_for_a_while(
    api: Api, settings: Settings, served: str, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.05)
    nouns(api)
    name = urlsplit(settings.database_url).path.strip("/")
    with (
        Listener(served) as listener,
        psycopg.connect(postgres_server.replace("+psycopg", ""), autocommit=True) as server,
    ):
        listener.begin()
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert httpx.get(f"{served}/v1/changes", timeout=PATIENCE).status_code == 503
        assert httpx.get(served + STREAM, timeout=PATIENCE).status_code == 503
        for _ in range(50):
            assert listener.block() == [":"]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert mark(api) == listener.event()["slug"]

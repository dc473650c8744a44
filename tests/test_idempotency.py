"""Idempotency-Key: a POST that is sent twice is done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from httpx2 import Response

from api.settings import Settings
from tests import expect
from tests.desk import holder, nobody, nouns, post, said, store, uid
from tests.expect import Api
from tests.factories import event, statement


def send(api: Api, body: dict[str, Any], key: str = "a key", path: str = "/v1/statements") -> Response:
    """A POST with an Idempotency-Key."""
    return api.send("POST", path, json=body, headers={"Idempotency-Key": key.replace(" ", "-")})


def count(api: Api, path: str = "/v1/timeline") -> int:
    """How many records are listed."""
    return len(list(api.walk(path)))


def test_the_same_body_is_answered_alike_and_recorded_once(api: Api) -> None:
    nouns(api)
    first = send(api, statement())
    assert "idempotent-replayed" not in first.headers
    assert api.patch(first.headers["location"], {"title": "Changed since"}).status_code == 200
    turned = dict(reversed(statement().items()))
    for body in (statement(), turned):
        again = send(api, body)
        assert again.headers["idempotent-replayed"] == "true"
        assert (again.status_code, again.content) == (201, first.content)
        for name in ("location", "etag", "content-type"):
            assert again.headers[name] == first.headers[name]
    assert count(api) == 1


def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    nouns(api)
    send(api, statement())
    expect.problem(send(api, statement(title="Another")), "key-reused")
    expect.problem(send(api, {}), "key-reused")
    assert count(api) == 1


def test_a_key_counts_for_its_holder_and_path_alone(api: Api, settings: Settings) -> None:
    nouns(api)
    send(api, statement())
    other = send(holder(api, settings, "editor"), statement())
    assert (other.status_code, "idempotent-replayed" in other.headers) == (201, False)
    assert send(api, event(), path="/v1/events").status_code == 201
    assert send(api, statement(), key="another").status_code == 201
    assert count(api) == 4


def test_every_post_is_done_once(api: Api) -> None:
    nouns(api)
    posts: dict[str, dict[str, Any]] = {
        "/v1/actors": {"slug": "nato", "kind": "alliance", "name": "NATO"},
        "/v1/sources": {"slug": "reuters", "name": "Reuters"},
        "/v1/topics": {"slug": "aid", "name": "Aid", "proposition": "The West should send aid."},
        "/v1/reactions": {"from": uid(said(api)), "to": uid(said(api)), "type": "rejects"},
        "/v1/actors/vladimir-putin/affiliations": {"group": "kremlin", "dates": "2012/.."},
    }
    for path, body in posts.items():
        first, again = send(api, body, path=path), send(api, body, path=path)
        assert (first.status_code, again.status_code) == (201, 201)
        assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
        expect.problem(api.send("POST", path, json=body), "exists")


def test_a_failure_is_not_kept(api: Api, settings: Settings) -> None:
    nouns(api)
    body = statement(actor="latecomer")
    expect.problem(send(api, body), "invalid")
    expect.problem(send(holder(api, settings, "reader"), body), "forbidden")
    expect.problem(
        nobody(api, "POST", "/v1/statements", json=body, headers={"Idempotency-Key": "a-key"}), "key-required"
    )
    post(api, "/v1/actors", {"slug": "latecomer", "kind": "person", "name": "Latecomer"})
    made = send(api, body)
    assert (made.status_code, "idempotent-replayed" in made.headers) == (201, False)


def test_concurrent_twins_make_one_record(api: Api) -> None:
    nouns(api)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(api, statement()), range(8)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sorted(one.headers.get("idempotent-replayed", "false") for one in answers) == ["false", *["true"] * 7]
    assert count(api) == 1


def test_concurrent_posts_without_a_key_are_all_recorded(api: Api) -> None:
    nouns(api)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: api.send("POST", "/v1/statements", json=statement()).json()["id"], range(8)))
    assert len(set(made)) == count(api) == 8


def test_one_of_concurrent_edits_wins_and_no_other_is_lost_in_silence(api: Api) -> None:
    nouns(api)
    path = said(api)
    tag = api.tag(path)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: api.patch(path, {"title": f"Title {number}"}, tag), range(8)))
    won = [one for one in answers if one.status_code == 200]
    assert len(won) == 1
    for lost in (one for one in answers if one not in won):
        assert expect.problem(lost, "stale")["current"] == won[0].json()
    assert api.get(path) == won[0].json()


def test_a_key_that_is_none_is_refused(api: Api) -> None:
    for key in ("", "x" * 256, "a b", "ключ", "a\tb"):
        response = api.send("POST", "/v1/statements", json=statement(), headers={"Idempotency-Key": key.encode()})
        assert set(expect.faults(response)) == {"header.Idempotency-Key"}, key


def test_a_key_may_have_255_characters(api: Api) -> None:
    nouns(api)
    assert send(api, statement(), key="~" * 255).status_code == 201
    assert send(api, statement(), key="~" * 255).headers["idempotent-replayed"] == "true"


def test_a_key_is_kept_for_a_day(api: Api, settings: Settings) -> None:
    nouns(api)
    send(api, statement())
    hour = 3600 * 1_000_000
    for age, replayed in ((23 * hour, True), (2 * hour, False)):
        with store(settings) as writing:
            assert writing.run("UPDATE replay SET recorded_at = recorded_at - :age", {"age": age}) == 1
        assert ("idempotent-replayed" in send(api, statement()).headers) is replayed
    assert count(api) == 2
    with store(settings) as writing:
        assert len(writing.rows("SELECT 1 FROM replay")) == 1

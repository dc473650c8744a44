"""What did we know on day D: every read as of a moment, whatever is written later, on both databases."""

import threading
from typing import Any

import pytest
from httpx2 import Response

from api.database import Database
from api.settings import Settings
from api.store import dialects, keys, moments, records
from schemas import dates
from schemas.vocabularies import Kind
from tests.desk import done, holder, link, nobody, post, said, store, uid
from tests.expect import Api, faults, problem
from tests.factories import statement, world


def now(api: Api) -> str:
    """The database's own clock, but no earlier than what it recorded last: many writes may share its millisecond."""
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as reading:
        return dates.format_instant(max(reading.clock(), moments.settled(reading)))


def then(api: Api, path: str, instant: str, **params: Any) -> Any:
    """What an address answers as of an instant, which the answer names."""
    answer = api.send("GET", path, params={**params, "as_of": instant})
    assert answer.status_code == 200, answer.text
    assert dates.parse_instant(answer.headers["as-of"]) == dates.parse_instant(instant)
    body = answer.json()
    if "next" in body:
        assert body["as_of"] == answer.headers["as-of"]
    return body


def ids(body: Any) -> list[str]:
    return [item["id"] for item in body["items"]]


def test_an_edit_a_delete_and_a_later_record_leave_the_past_as_it_was(api: Api) -> None:
    world(api)
    first, second = said(api, title="As first written"), said(api)
    instant = now(api)
    before = {
        path: then(api, path, instant)
        for path in ("/v1/timeline", "/v1/statements", "/v1/actors/kremlin/timeline", first, second)
    }
    assert api.patch(first, {"title": "As amended", "date": "2024-01"}).status_code == 200
    amended = api.get(first)["changed_at"]
    assert ids(then(api, "/v1/timeline", amended)) == [uid(second), uid(first)]  # the very moment of the edit
    assert api.drop(second).status_code == 204
    later = said(api)
    assert {path: then(api, path, instant) for path in before} == before
    assert before[first]["title"] == "As first written"
    assert sorted(ids(before["/v1/timeline"])) == sorted([uid(first), uid(second)])
    assert sorted(ids(api.get("/v1/timeline"))) == sorted([uid(first), uid(later)])
    problem(api.send("GET", later, params={"as_of": instant}), "not-found")
    problem(api.send("GET", second), "deleted")
    assert sorted(ids(then(api, "/v1/timeline", now(api)))) == sorted([uid(first), uid(later)])


def test_a_noun_that_was_entered_later_is_told_as_such(api: Api) -> None:
    world(api)
    instant = now(api)
    api.make("/v1/actors", {"slug": "mediator", "kind": "person", "name": "A mediator"})
    for path, params in (("/v1/timeline", {"actor": "mediator"}), ("/v1/statements", {"target": "mediator"})):
        fault = faults(api.send("GET", path, params={**params, "as_of": instant}))[f"query.{next(iter(params))}"]
        assert (fault["message"], fault["hint"]) == (
            "there was no actor 'mediator' then: it was entered later",
            "Ask for a later `as_of`.",
        )
        assert api.get(path, params=params)["items"] == []
    unknown = faults(api.send("GET", "/v1/timeline", params={"actor": "mediatr", "as_of": instant}))["query.actor"]
    assert unknown["message"] == "there is no actor 'mediatr'"
    for path in ("/v1/actors/mediator/timeline", "/v1/actors/mediator"):
        told = problem(api.send("GET", path, params={"as_of": instant}), "not-found")["detail"]
        assert told == "There was no actor 'mediator' then: it was entered later. Ask for a later `as_of`."
        assert api.send("GET", path).status_code == 200
    unknown = problem(api.send("GET", "/v1/actors/mediatr/timeline", params={"as_of": instant}), "not-found")
    assert unknown["detail"].startswith("There is no actor 'mediatr'.")


def test_names_grades_and_affiliations_are_those_of_the_time(api: Api) -> None:
    world(api)
    path = said(api)
    instant = now(api)
    assert api.patch("/v1/actors/vladimir-putin", {"name": "V. V. Putin"}).status_code == 200
    assert api.patch("/v1/sources/kremlin-ru", {"reliability": "E"}).status_code == 200
    stay = next(
        one for one in api.get("/v1/actors/vladimir-putin/affiliations")["items"] if one["group"]["slug"] == "kremlin"
    )
    assert api.drop(f"/v1/actors/vladimir-putin/affiliations/{stay['id']}").status_code == 204
    assert api.patch("/v1/topics/truce-in-principle", {"parent": None, "parent_polarity": None}).status_code == 200
    assert api.get(path)["actor"]["name"] == "V. V. Putin"
    assert then(api, path, instant)["actor"]["name"] == "Vladimir Putin"
    assert then(api, "/v1/actors/vladimir-putin", instant)["name"] == "Vladimir Putin"
    assert then(api, "/v1/timeline", instant)["items"][0]["actor"]["name"] == "Vladimir Putin"
    for query in ({"min_reliability": "B"}, {"actor": "kremlin", "affiliates": "true"}, {"topic": "ceasefire"}):
        assert ids(api.get("/v1/timeline", params=query)) == [], query
        assert ids(then(api, "/v1/timeline", instant, **query)) == [uid(path)], query
    assert len(then(api, "/v1/actors/vladimir-putin/affiliations", instant)["items"]) == 1
    assert then(api, "/v1/topics/truce-in-principle", instant)["parent"]["slug"] == "ceasefire"
    assert then(api, "/v1/sources", instant)["items"][0]["reliability"] == "B"


def test_links_and_threads_are_those_of_the_time(api: Api) -> None:
    world(api)
    answered, answer = said(api), done(api, date="2025-03-19")
    before = now(api)
    made = link(api, answer, answered, "denies")
    between = now(api)
    assert api.drop(f"/v1/reactions/{made['id']}").status_code == 204
    assert then(api, answered, between)["denied_by"] == [uid(answer)]
    assert then(api, answered, before)["denied_by"] == api.get(answered)["denied_by"] == []
    assert then(api, f"/v1/reactions/{made['id']}", between) == made
    problem(api.send("GET", f"/v1/reactions/{made['id']}", params={"as_of": before}), "not-found")
    assert ids(then(api, "/v1/reactions", between)) == [made["id"]]
    assert len(then(api, f"{answered}/thread", between)["items"]) == 2
    assert len(then(api, f"{answered}/thread", before)["items"]) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2999-01-01", "lies in the future"),
        ("2999-01-01T00:00:00Z", "lies in the future"),
        ("9999-12-31", "9999-12-31T23:59:59.999999Z lies in the future"),
        ("9999", "9999-12-31T23:59:59.999999Z lies in the future"),
        ("2025-03/..", "open end"),
        ("yesterday", "yesterday"),
        ("2025-03-11T14:00", "2025-03-11T14:00"),
    ],
)
def test_what_is_no_moment_of_the_past_is_refused(api: Api, asked: str, told: str) -> None:
    for path in ("/v1/timeline", "/v1/actors", "/v1/statements/01958f3e-7c00-7000-8000-000000000001"):
        assert told in faults(api.send("GET", path, params={"as_of": asked}))["query.as_of"]["message"]


def test_a_day_is_over_at_its_end(api: Api) -> None:
    today = now(api)[:10]
    assert "future" in faults(api.send("GET", "/v1/timeline", params={"as_of": today}))["query.as_of"]["message"]
    answer = api.send("GET", "/v1/timeline", params={"as_of": "2025-03"})
    assert answer.json() == {"items": [], "next": None, "as_of": "2025-03-31T23:59:59.999999Z"}


def test_what_was_a_draft_at_the_time_is_shown_to_those_who_saw_it(api: Api, settings: Settings) -> None:
    world(api)
    writer, other = holder(api, settings, "contributor"), holder(api, settings, "contributor", "another")
    path = said(writer, status="draft", title="Draft words")
    instant = now(api)
    assert api.patch(path, {"status": "published", "title": "Public words"}).status_code == 200
    asked = {"as_of": instant}
    for reader in (other.send("GET", path, params=asked), nobody(api, "GET", path, params=asked)):
        problem(reader, "not-found")
    for reader in (
        nobody(api, "GET", "/v1/timeline", params={**asked, "status": "draft"}),
        other.send("GET", "/v1/timeline", params={**asked, "status": "draft"}),
    ):
        assert reader.json()["items"] == []
    assert then(writer, path, instant)["title"] == then(api, path, instant)["title"] == "Draft words"
    assert ids(then(api, "/v1/timeline", instant, status="draft")) == [uid(path)]
    assert ids(then(api, "/v1/timeline", instant)) == []
    assert nobody(api, "GET", path).json()["title"] == "Public words"


def test_pages_of_a_moment_stay_as_they_are_while_a_thousand_edits_are_written(api: Api, settings: Settings) -> None:
    world(api)
    paths = [said(api, date=f"2025-0{1 + number % 5}", title=f"Words {number}") for number in range(40)]
    instant = now(api)

    def pages() -> list[bytes]:
        found: list[bytes] = []
        cursor = None
        while not found or cursor:
            given = {
                "as_of": instant,
                "limit": 7,
                "actor": "kremlin",
                "affiliates": "true",
                **({"cursor": cursor} if cursor else {}),
            }
            answer = api.send("GET", "/v1/timeline", params=given)
            found.append(answer.content)
            cursor = answer.json()["next"]
        return found

    before = pages()
    assert len(before) == 6
    database = Database(settings)
    with database.writing(keys.SYSTEM) as writing:
        for number in range(1000):
            address = uid(paths[number % len(paths)])
            change = {"title": f"Edit {number}", "date": f"202{number % 5}-0{1 + number % 9}"}
            if number % 9 == 0:
                records.create(writing, Kind.STATEMENT, statement(date=change["date"]))
            else:
                records.amend(writing, Kind.STATEMENT, address, change, None)
    database.close()
    assert api.patch("/v1/actors/vladimir-putin", {"name": "Renamed"}).status_code == 200
    assert api.drop(paths[3]).status_code == 204
    assert pages() == before


def test_a_writer_under_way_is_waited_for_and_adds_nothing_later(api: Api, settings: Settings) -> None:
    world(api)
    said(api)
    drawn, go_on = threading.Event(), threading.Event()
    other = Database(settings)

    def slow() -> None:
        with other.writing(keys.SYSTEM) as writing:
            records.create(writing, Kind.STATEMENT, statement(title="Under way"))
            drawn.set()
            assert go_on.wait(60)

    writer = threading.Thread(target=slow)
    writer.start()
    assert drawn.wait(60)
    instant = now(api)  # after the revision was drawn, before it is committed
    answers: list[Response] = []
    reader = threading.Thread(target=lambda: answers.append(api.send("GET", "/v1/timeline", params={"as_of": instant})))
    reader.start()
    reader.join(0.5)
    assert reader.is_alive(), "it was answered although a revision of that time was still under way"
    go_on.set()
    writer.join()
    reader.join()
    other.close()
    assert [item["title"] for item in answers[0].json()["items"]].count("Under way") == 1
    assert api.send("GET", "/v1/timeline", params={"as_of": instant}).content == answers[0].content


def test_a_moment_in_the_future_is_refused_without_waiting_for_a_writer(api: Api, settings: Settings) -> None:
    world(api)
    with store(settings) as writing:
        records.create(writing, Kind.STATEMENT, statement(title="Under way"))
        answers: list[Response] = []
        asked = {"as_of": "2999-01-01"}
        reader = threading.Thread(target=lambda: answers.append(api.send("GET", "/v1/timeline", params=asked)))
        reader.start()
        reader.join(10)
        assert answers, "it waits for the writer"
    assert "future" in faults(answers[0])["query.as_of"]["message"]


def test_a_clock_that_jumps_back_adds_nothing_to_what_was_answered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    world(api)
    said(api)
    instant = now(api)
    before = api.send("GET", "/v1/timeline", params={"as_of": instant}).content
    clock = dialects.clock(api.client.app.state.database.dialect)  # type: ignore[attr-defined]
    monkeypatch.setattr(dialects, "clock", lambda _name: f"{clock} - 3600000000")
    later = post(api, "/v1/statements", statement(title="Written by a clock an hour slow"))
    assert later["recorded_at"] > instant
    assert api.send("GET", "/v1/timeline", params={"as_of": instant}).content == before
    assert "future" not in str(then(api, "/v1/timeline", later["recorded_at"]))
    assert ids(then(api, "/v1/timeline", later["recorded_at"]))[0] == later["id"]


def test_instants_of_long_ago_cost_no_write(api: Api) -> None:
    world(api)
    instant = post(api, "/v1/statements", statement())["recorded_at"]
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as reading:
        settled = moments.settled(reading)
    then(api, "/v1/timeline", instant)
    then(api, "/v1/timeline", "2025-01-01T00:00:00Z")
    with database.reading() as reading:
        assert moments.settled(reading) == settled


def test_cursors_belong_to_their_moment(api: Api) -> None:
    world(api)
    said(api)
    said(api)
    first = now(api)
    second = post(api, "/v1/statements", statement())["recorded_at"]
    cursor = then(api, "/v1/timeline", first, limit=1)["next"]
    assert len(then(api, "/v1/timeline", first, cursor=cursor)["items"]) == 1
    for params in ({"cursor": cursor}, {"cursor": cursor, "as_of": second}):
        problem(api.send("GET", "/v1/timeline", params=params), "cursor-mismatch")


def test_an_answer_of_the_past_is_known_again(api: Api) -> None:
    world(api)
    path = said(api)
    instant = now(api)
    for address in ("/v1/timeline", path, "/v1/actors"):
        answer = api.send("GET", address, params={"as_of": instant})
        known = {"If-None-Match": answer.headers["etag"]}
        again = api.send("GET", address, params={"as_of": instant}, headers=known)
        assert (again.status_code, again.headers["as-of"]) == (304, answer.headers["as-of"])


def test_a_history_as_of_a_moment_ends_there(api: Api) -> None:
    world(api)
    path = said(api, title="First")
    instant = now(api)
    assert api.patch(path, {"title": "Second"}).status_code == 200
    assert [one["version"] for one in api.get(f"{path}/history")["items"]] == [2, 1]
    assert [one["version"] for one in then(api, f"{path}/history", instant)["items"]] == [1]
    assert then(api, path, instant, version=1)["title"] == api.get(path, params={"version": 1})["title"] == "First"
    problem(api.send("GET", path, params={"version": 2, "as_of": instant}), "not-found")
    missing = api.send("GET", path, params={"version": 3, "as_of": instant}).content
    assert api.patch(path, {"title": "Third"}).status_code == 200
    assert api.send("GET", path, params={"version": 4, "as_of": instant}).json()["detail"].endswith("version 1.")
    assert api.send("GET", path, params={"version": 3, "as_of": instant}).content == missing
    assert len(then(api, "/v1/actors/kremlin/history", instant)["items"]) == 1

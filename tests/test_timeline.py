"""The main job: what an actor said and did, in order, by whom it was said for them, and on which topic."""

from typing import Any

import pytest

from api.database import Database
from api.store import actors, affiliations, directory, keys
from tests import expect
from tests.expect import Api
from tests.factories import event, statement, world


@pytest.fixture
def told(api: Api) -> Api:
    """The little world."""
    world(api)
    return api


def titles(api: Api, path: str = "/v1/timeline", **params: Any) -> list[str]:
    """The titles of one page, in order."""
    return [item["title"] for item in api.get(path, params=params)["items"]]


def test_the_newest_comes_first_and_asc_is_its_exact_reverse(told: Api) -> None:
    for date in ("2025-03-13", "2024", "2025-03", "2025-03-13T10:00:00Z", "2022-02-24/..", "2025-03-13"):
        told.make("/v1/statements", statement(date=date, title=date))
    newest = [item["id"] for item in told.walk("/v1/timeline", limit=2)]
    assert len(newest) == 6
    assert [item["id"] for item in told.walk("/v1/timeline", limit=2, order="asc")] == newest[::-1]
    assert titles(told) == ["2025-03-13T10:00:00Z", "2025-03-13", "2025-03-13", "2025-03", "2024", "2022-02-24/.."]


def test_an_actor_is_found_as_speaker_as_body_spoken_for_and_as_co_actor(told: Api) -> None:
    told.make("/v1/statements", statement(title="speaks", actor="kremlin"))
    told.make("/v1/statements", statement(title="spoken for", actor="dmitry-peskov", on_behalf_of="kremlin"))
    part = {"actor": "kremlin", "role": "co_actor"}
    told.make("/v1/statements", statement(title="signs too", actor="vladimir-putin", participants=[part]))
    told.make("/v1/statements", statement(title="is told", participants=[{"actor": "kremlin", "role": "addressee"}]))
    told.make("/v1/statements", statement(title="another", actor="boris-johnson"))
    assert set(titles(told, "/v1/actors/kremlin/timeline")) == {"speaks", "spoken for", "signs too"}
    assert titles(told, "/v1/actors/kremlin/timeline", role="addressee") == ["is told"]
    assert len(titles(told, "/v1/actors/kremlin/timeline", role="any")) == 4


def test_a_record_with_one_actor_in_several_parts_stands_there_once(told: Api) -> None:
    parts = [{"actor": "kremlin", "role": role} for role in ("co_actor", "addressee", "host")]
    told.make("/v1/statements", statement(actor="kremlin", on_behalf_of="kremlin", participants=parts))
    assert len(titles(told, "/v1/actors/kremlin/timeline", role="any", affiliates="true")) == 1
    assert len(titles(told, actor=["kremlin", "russia"], affiliates="true", role="any")) == 1


def test_members_count_only_while_they_belong(told: Api) -> None:
    for date in ("2022-09-06", "2022-09-07", "2022-09"):
        told.make("/v1/statements", statement(date=date, actor="boris-johnson", title=f"Johnson {date}"))
    for date in ("2023-04-03", "2023-04-04"):
        told.make("/v1/statements", statement(date=date, actor="finland", title=f"Finland {date}"))
    assert titles(told, "/v1/actors/united-kingdom/timeline") == []
    assert set(titles(told, "/v1/actors/united-kingdom/timeline", affiliates="true")) == {
        "Johnson 2022-09-06",
        "Johnson 2022-09",
    }
    assert set(titles(told, "/v1/actors/the-west/timeline", affiliates="true")) == {
        "Finland 2023-04-04",
        "Johnson 2022-09",
        "Johnson 2022-09-06",
    }
    within = {"affiliates": "true", "date_match": "within"}
    assert titles(told, "/v1/actors/united-kingdom/timeline", **within) == ["Johnson 2022-09-06"]


def test_an_affiliation_that_changes_changes_the_timeline_at_once(told: Api) -> None:
    told.make("/v1/statements", statement(date="2023-01-10", actor="finland", title="Finland"))
    assert titles(told, "/v1/actors/nato/timeline", affiliates="true") == []
    found = told.get("/v1/actors/finland/affiliations")["items"][0]
    path = f"/v1/actors/finland/affiliations/{found['id']}"
    assert told.patch(path, {"dates": "2023/.."}).status_code == 200
    assert titles(told, "/v1/actors/nato/timeline", affiliates="true") == ["Finland"]
    assert told.drop(path).status_code == 204
    assert titles(told, "/v1/actors/nato/timeline", affiliates="true") == []


def test_topic_stance_and_condition_hold_on_one_and_the_same_topic(told: Api) -> None:
    topics = [
        {"topic": "truce-in-principle", "stance": "supports"},
        {"topic": "sanctions", "stance": "opposes", "condition_type": "preconditions"},
    ]
    told.make("/v1/statements", statement(topic=None, stance=None, topics=topics))
    assert len(titles(told, topic="truce-in-principle", stance="supports")) == 1
    assert len(titles(told, topic="sanctions", stance="opposes", condition_type="preconditions")) == 1
    assert len(titles(told, stance="opposes", condition_type="preconditions")) == 1
    assert titles(told, topic="sanctions", stance="supports") == []
    assert titles(told, stance="supports", condition_type="preconditions") == []
    assert titles(told, topic="truce-in-principle", condition_type="preconditions") == []


def test_a_topic_brings_its_children(told: Api) -> None:
    told.make("/v1/statements", statement())
    assert len(titles(told, topic="ceasefire")) == 1
    assert len(titles(told, topic=["ceasefire", "truce-in-principle"])) == 1
    assert titles(told, topic="sanctions") == []


def test_no_confidence_is_below_no_bound(told: Api) -> None:
    made = told.make("/v1/statements", statement(confidence=0))
    null = told.make("/v1/statements", {**statement(), "confidence": None})
    assert null["confidence"] is None
    assert [item["id"] for item in told.get("/v1/timeline", params={"min_confidence": 0})["items"]] == [made["id"]]
    assert len(titles(told)) == 2


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"from": "2025-03", "to": "2025-03"}, {"day", "noon", "month", "war"}),
        ({"from": "2025-03-13T11:00:00Z"}, {"day", "noon", "month", "war"}),
        ({"from": "2025-03-13T12:30:00Z"}, {"day", "month", "war"}),
        ({"from": "1741867200000", "to": "1741867200000"}, {"day", "noon", "month", "war"}),  # 12:00 that day
        ({"to": "2025-02"}, {"war"}),
        ({"from": "2025-03", "to": "2025-03", "date_match": "within"}, {"day", "noon", "month"}),
        ({"from": "2025-03-13", "to": "2025-03-13", "date_match": "within"}, {"day", "noon"}),
        ({"max_span": "P1D"}, {"day", "noon"}),
        ({"max_span": "P31D"}, {"day", "noon", "month"}),
    ],
)
def test_a_range_keeps_what_may_fall_in_it(told: Api, params: dict[str, str], found: set[str]) -> None:
    dates = {"day": "2025-03-13", "noon": "2025-03-13T12:00:00Z", "month": "2025-03", "war": "2022-02-24/.."}
    for title, date in dates.items():
        told.make("/v1/statements", statement(date=date, title=title))
    for order in ("desc", "asc"):
        assert set(titles(told, **params, order=order)) == found
        assert set(titles(told, "/v1/actors/vladimir-putin/timeline", **params, order=order)) == found
        assert set(titles(told, actor="russia", affiliates="true", **params, order=order)) == found
        assert set(titles(told, topic="ceasefire", **params, order=order)) == found


def test_statements_and_events_are_two_lists_and_one_timeline(told: Api) -> None:
    told.make("/v1/statements", statement(title="words"))
    told.make("/v1/events", event(title="deed"))
    assert titles(told) == ["deed", "words"]
    assert titles(told, kind="event") == titles(told, "/v1/events") == ["deed"]
    assert titles(told, kind="statement") == titles(told, "/v1/statements") == ["words"]


def test_the_beside_filters_each_find_their_record(told: Api) -> None:
    target = {"actor": "finland", "role": "target"}
    place = {"name": "Istanbul", "country": "TR", "latitude": 41.0, "longitude": 29.0}
    rich = told.make(
        "/v1/statements",
        statement(
            title="rich", participants=[target], place=place, tags=["istanbul-talks"], language="ru-RU", channel="leak",
            attribution="counterpart", event_type="ACCUSE", effective="2025-03-18/2025-04-17", external_source="x", external_id="7",
        ),
    )  # fmt: skip
    told.make("/v1/statements", statement(title="plain", source="some-blog", url="https://example.org/1"))
    for params in (
        {"target": "finland"}, {"country": "TR"}, {"bbox": "28,40,30,42"}, {"bbox": "28,40,-170,42"}, {"tag": "istanbul-talks"},
        {"language": "ru"}, {"language": "RU-ru"}, {"channel": "leak"}, {"attribution": "counterpart"}, {"event_type": "ACCUSE"},
        {"effective_from": "2025-04-17", "effective_to": "2025-04-20"}, {"external_id": "7"}, {"external_id": "x:7"}, {"id": "x:7"}, {"id": rich["id"]},
        {"min_reliability": "B"}, {"source": "kremlin-ru"}, {"url": "http://en.kremlin.ru/events/president/news/76450"},
    ):  # fmt: skip
        assert titles(told, **params) == ["rich"], params
        assert titles(told, **params, actor="russia", affiliates="true", order="asc") == ["rich"], params
        assert titles(told, **params, order="entered") == ["rich"], params
    assert titles(told, min_reliability="E", order="entered") == ["rich", "plain"]
    assert titles(told, bbox="0,0,1,1") == titles(told, effective_from="2025-04-18") == titles(told, tag="other") == []
    assert titles(told, external_id="y:7") == titles(told, external_id="x:") == titles(told, id="y:7") == []


def test_drafts_and_withdrawn_records_are_in_no_list_that_does_not_ask(told: Api) -> None:
    for status in ("draft", "published", "under_review", "withdrawn"):
        told.make("/v1/statements", statement(title=status, status=status))
    assert set(titles(told)) == {"published", "under_review"}
    assert titles(told, status="withdrawn") == ["withdrawn"]
    assert set(titles(told, status=["draft", "published"])) == {"draft", "published"}
    anonymous = told.client.get("/v1/timeline", params={"status": "draft", "count": "capped"}).json()
    assert (anonymous["items"], anonymous["count"]) == ([], {"n": 0, "at_least": False})


def test_the_order_of_entry_and_what_changed_since(told: Api) -> None:
    first = told.make("/v1/statements", statement(date="2025", title="first"))
    told.make("/v1/statements", statement(date="2020", title="second"))
    assert titles(told, order="entered") == ["first", "second"]
    assert titles(told, order="-entered") == ["second", "first"]
    assert [item["title"] for item in told.walk("/v1/timeline", limit=1, order="-entered")] == ["second", "first"]
    changed = told.patch(f"/v1/statements/{first['id']}", {"title": "first, changed"}).json()
    assert titles(told, changed_since=changed["changed_at"]) == ["first, changed"]
    assert titles(told, changed_since="2999-01-01T00:00:00Z") == []


def test_a_renamed_actor_shows_its_new_name_on_the_next_page(told: Api) -> None:
    told.make("/v1/statements", statement())
    before = told.send("GET", "/v1/timeline")
    assert told.patch("/v1/actors/vladimir-putin", {"name": "V. V. Putin"}).status_code == 200
    after = told.send("GET", "/v1/timeline")
    assert after.json()["items"][0]["actor"] == {"slug": "vladimir-putin", "name": "V. V. Putin"}
    assert after.json()["items"][0]["version"] == 1
    assert before.headers["etag"] != after.headers["etag"]


def test_a_cursor_belongs_to_its_question(told: Api) -> None:
    for day in (1, 2, 3):
        told.make("/v1/statements", statement(date=f"2025-03-0{day}"))
    cursor = told.get("/v1/timeline", params={"limit": 1, "kind": "statement"})["next"]
    more = told.get("/v1/timeline", params={"limit": 2, "kind": "statement", "cursor": cursor})
    assert (len(more["items"]), more["next"]) == (2, None)
    for params in ({}, {"kind": "event"}, {"kind": "statement", "order": "asc"}):
        expect.problem(told.send("GET", "/v1/timeline", params={**params, "cursor": cursor}), "cursor-mismatch")
    expect.problem(told.send("GET", "/v1/timeline", params={"cursor": "nonsense"}), "cursor-mismatch")


def test_a_group_above_the_limit_is_refused(told: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert directory.MOST_MEMBERS == 2_000
    monkeypatch.setattr(directory, "MOST_MEMBERS", 40)
    told.make("/v1/actors", {"slug": "crowd", "kind": "bloc", "name": "A crowd"})
    database: Database = told.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        for index in range(40):
            actors.create(writing, {"slug": f"one-{index}", "kind": "person", "name": f"One {index}"})
            affiliations.create(writing, f"one-{index}", {"group": "crowd", "dates": "2022/.."})
    expect.problem(told.send("GET", "/v1/actors/crowd/timeline", params={"affiliates": "true"}), "group-too-large")
    assert told.drop("/v1/actors/one-0/affiliations/" + told.get("/v1/actors/one-0/affiliations")["items"][0]["id"])
    assert titles(told, "/v1/actors/crowd/timeline", affiliates="true") == []

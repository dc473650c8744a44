"""Who answers whom, how fast, and who did not: whatever is written, the answers are those of plain Python, on both databases."""

from collections import Counter
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from schemas.vocabularies import ReactionType
from tests import exchanges
from tests.desk import anyone
from tests.exchanges import LENGTHS, World
from tests.expect import Api
from tests.factories import event, statement, world
from tests.test_moments import now

Json = dict[str, Any]
ACTORS = ["vladimir-putin", "kremlin", "boris-johnson", "united-kingdom", "finland", "nato"]
NAMED = [*ACTORS, "russia", "the-west"]
DATES = [
    "2021-12-31", "2022-09-05", "2022-09-06", "2022-09-07", "2023-04-03", "2023-04-04", "2025-03-13", "2025-03-14", "2025-03-17",
    "2025-03-20", "2025-04-30", "2025-03-13T08:00:00Z", "2025-03-13T23:30:00Z", "2025-03-14T00:45:10Z", "2025-03-20T12:00:00Z",
    "2025-03", "2025-03-13/2025-03-16", "2025", "2025-03-12/..", "../2025-03-14", "2022-09", "2026-10-01", "0044-03-15", "1944-06-06",
]  # fmt: skip
TYPES = [one for one in ReactionType if one != "violates"]
some = st.sampled_from


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def lists(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(some(values), min_size=1, max_size=2)


BODIES = st.fixed_dictionaries({
    "date": some(DATES), "actor": some(ACTORS), "on_behalf_of": perhaps(some(["kremlin", "united-kingdom"])),
    "participants": st.lists(st.fixed_dictionaries({"actor": some(ACTORS), "role": some(["co_actor", "co_actor", "target"])}), max_size=2),
    "topic": some(["ceasefire", "truce-in-principle", "sanctions"]), "confidence": some([None, 20, 60, 90]),
    "status": some(["published"] * 6 + ["under_review", "draft", "withdrawn"]),
})  # fmt: skip
ASKED: dict[str, st.SearchStrategy[Any]] = {
    "type": lists([str(one) for one in TYPES]), "topic": lists(["ceasefire", "sanctions"]), "actor": lists(NAMED),
    "from_actor": lists(NAMED), "to_actor": lists(NAMED), "affiliates": some(["true", "true", "false"]),
    "from_topic": lists(["ceasefire", "sanctions"]), "to_topic": lists(["ceasefire", "truce-in-principle"]),
    "from_kind": some(["statement", "event"]), "to_kind": some(["statement", "event"]), "from": some(["2022-09-06", "2025-03-14"]),
    "to": some(["2025-03-14", "2025-03-31"]), "date_match": some(["overlaps", "within"]), "min_confidence": some([50, 90]),
    "min_link_confidence": some([50]), "min_lag": some(["PT6H", "P1D"]), "max_lag": some(["P1D", "P7D"]),
}  # fmt: skip
# Few at a time, or else hardly a link meets them all; actors more often than others.
FILTERS = st.lists(
    some([*ASKED, "actor", "from_actor", "from_actor", "to_actor", "affiliates", "affiliates"]), max_size=4
).flatmap(lambda names: st.fixed_dictionaries({name: ASKED[name] for name in names}))
SILENCES = st.fixed_dictionaries({"within": some(sorted(LENGTHS))}, optional={
    "actor": lists(NAMED), "by": lists(NAMED), "affiliates": some(["true", "false"]), "topic": lists(["ceasefire"]),
    "from": some(["2022-09-06", "2025-03-14"]), "type": lists(["responds_to", "rejects"]),
})  # fmt: skip


PLACES = st.integers(0, 13)
LINKS = st.tuples(PLACES, PLACES, some(TYPES[:5]), some([None, 40, 80]), perhaps(some(["ceasefire", "sanctions"])))
CHANGES = st.tuples(
    some(["date", "status", "delete", "unlink"]), PLACES, some(DATES), some(["published", "withdrawn", "draft"])
)
# A filter of links with an interval, and one of silences; of which moment, and whether `as_of` has to say so.
QUESTIONS = st.tuples(FILTERS, perhaps(some(sorted(exchanges.PERIODS))), SILENCES, st.integers(0, 30), st.booleans())


def times(strategy: st.SearchStrategy[Any], number: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=number, max_size=number)


class Desk:
    """Writes, and the world as single reads tell it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.world = World()

    def record(self, body: Json, is_event: bool) -> None:
        """A record; some can't be, as with the same participant twice."""
        made = {**(event if is_event else statement)(**body, stance="supports"), "confidence": body["confidence"]}
        response = self.api.send("POST", f"/v1/{'events' if is_event else 'statements'}", json=made)
        if response.status_code == 201:
            self.world.records[response.json()["id"]] = response.json()

    def link(self, one: int, other: int, kind: str, confidence: int | None, topic: str | None) -> None:
        """A link between two of the last records, where that can be."""
        last = list(self.world.records)[-14:]
        body = {
            "from": last[one % len(last)],
            "to": last[other % len(last)],
            "type": kind,
            "confidence": confidence,
            "topic": topic,
        }
        response = self.api.send("POST", "/v1/reactions", json=body)
        assert response.status_code in (201, 409)
        if response.status_code == 201:
            self.world.links[response.json()["id"]] = response.json()

    def change(self, action: str, place: int, date: str, status: str) -> None:
        """An edit or a delete of one of the last records or links."""
        last = list(self.world.links if action == "unlink" else self.world.records)[-14:]
        number = last[place % len(last)]
        if action == "unlink":
            assert self.api.drop(f"/v1/reactions/{number}").status_code == 204
            del self.world.links[number]
            return
        path = f"/v1/{self.world.records[number]['kind']}s/{number}"
        if action == "delete":
            assert self.api.drop(path).status_code == 204
            del self.world.records[number]
            self.world.links = {
                key: one for key, one in self.world.links.items() if number not in (one["from"], one["to"])
            }
            return
        value = date if action == "date" else status
        assert self.api.patch(path, {action: value}).status_code in (200, 409)
        self.world.records[number] = self.api.get(path)


def asked_of(filters: Json, *actors: str) -> Json:
    """A filter as it can be asked: affiliates mean nothing without an actor."""
    return filters if any(filters.get(name) for name in actors) else {**filters, "affiliates": None}


def given_(filters: Json) -> Json:
    return {name: value for name, value in filters.items() if value is not None}


def compare_links(api: Api, world: World, filters: Json, interval: str | None, as_of: Json) -> int:
    """Hold list, matrix and lags against plain Python; answers how many links were counted."""
    filters = given_(asked_of(filters, "actor", "from_actor", "to_actor"))
    expected = exchanges.listed(world, filters)
    public = {**filters, "status": ["published", "under_review"], **as_of}
    found = list(api.walk("/v1/reactions", limit=7, **public))
    assert [one["id"] for one in found] == sorted((one["id"] for one in expected), key=list(world.links).index)
    for one in found:
        ends = [world.records[one[name]] for name in ("from", "to")]
        for name, end in zip(("from_record", "to_record"), ends, strict=True):
            assert {**end, "topic": end["topics"][0]["topic"] if end["topics"] else None}.items() >= one[name].items()
        low, high, hours = exchanges.lag(*ends)
        assert (one["lag_days_min"], one["lag_days_max"]) == (low, high)
        assert one["lag_hours"] == (None if hours is None else round(hours, 4))
    everything = {one["id"] for one in api.walk("/v1/reactions", limit=500, **filters, **as_of)}
    assert everything == {one["id"] for one in world.links.values() if exchanges.meets(world, one, filters)}

    matrix = api.get("/v1/reactions/matrix", params=given_({**filters, "interval": interval, **as_of}))
    rows = {(one["from_actor"], one["to_actor"], one["type"], one["period_start"]): one["n"] for one in matrix["items"]}
    assert len(rows) == len(matrix["items"])
    assert Counter(rows) == exchanges.matrix(world, {**filters, "interval": interval})
    assert matrix["links"] == len(expected)
    periods = [period for *_, period in rows if period]
    axis = [one["period_start"] for one in matrix["periods"]]
    assert set(periods) <= set(axis)
    assert axis[:1] + axis[-1:] == ([min(periods), max(periods)] if periods else [])
    assert axis == sorted(set(axis))

    lags = api.get("/v1/reactions/lags", params={**filters, **as_of})["items"]
    assert len({(one["from_actor"], one["to_actor"]) for one in lags}) == len(lags)
    measured = {(one["from_actor"], one["to_actor"]): one for one in lags}
    wanted = exchanges.lags(world, filters)
    assert {pair: {name: one[name] for name in next(iter(wanted.values()))} for pair, one in measured.items()} == wanted
    return len(expected)


def compare_silences(api: Api, world: World, filters: Json, as_of: Json, today: date) -> int:
    """Hold the list of signals without an answer against plain Python; answers how many there are."""
    filters = given_(asked_of(filters, "actor", "by"))
    found = list(api.walk("/v1/reactions/unanswered", limit=5, **filters, **as_of))
    assert {one["id"] for one in found} == exchanges.unanswered(world, filters, today)
    assert len({one["id"] for one in found}) == len(found)
    assert [one["date_earliest"] or "" for one in found] == sorted(
        (one["date_earliest"] or "" for one in found), reverse=True
    )
    for one in found:
        assert one == world.records[one["id"]] | {
            name: one[name] for name in ("retracted_by", "denied_by", "clarified_by")
        }
    return len(found)


def test_all_that_is_counted_is_what_plain_python_counts(api: Api) -> None:
    world(api)
    desk = Desk(api)
    moments: list[tuple[str, World]] = []
    counted = {"links": 0, "silences": 0}

    @profile(
        max_examples=8,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        times(st.tuples(BODIES, some([False, False, True])), 8),
        times(LINKS, 20),
        times(CHANGES, 2),
        times(QUESTIONS, 4),
    )
    def check(records: list[Any], links: list[Any], changes: list[Any], questions: list[Any]) -> None:
        for write, drawn in ((desk.record, records), (desk.link, links), (desk.change, changes)):
            for one in drawn:
                write(*one)
        moments.append((now(api), deepcopy(desk.world)))
        for filters, interval, silences, place, is_past in questions:
            instant, then = moments[-1 - place % len(moments)]
            as_of = {"as_of": instant} if is_past or then is not moments[-1][1] else {}
            counted["links"] += compare_links(api, then, filters, interval, as_of)
            counted["silences"] += compare_silences(api, then, silences, as_of, date.fromisoformat(instant[:10]))
        compare_links(api, desk.world, {}, "month", {})
        compare_silences(api, desk.world, {"within": "P7D"}, {}, date.fromisoformat(now(api)[:10]))

    check()
    assert len(desk.world.links) > 50
    assert min(counted.values()) > 100, counted
    drafts = {number for number, one in desk.world.records.items() if one["status"] == "draft"}
    assert drafts
    public = {one["id"] for one in anyone(api).walk("/v1/reactions", limit=500)}
    assert public == {key for key, one in desk.world.links.items() if not drafts & {one["from"], one["to"]}}

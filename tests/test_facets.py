"""Facets: each number is how many records the lists have with that value, its own filter left out."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from schemas.vocabularies import Status
from tests import expect, positions
from tests.expect import Api
from tests.factories import world
from tests.test_moments import now

OWN = {
    "actor": ("actor", "affiliates", "role"), "bloc": ("actor", "affiliates", "role"), "topic": ("topic",), "stance": ("stance",),
    "kind": ("kind",), "event_type": ("event_type",), "source": ("source",), "reliability": ("min_reliability",), "country": ("country",),
    "language": ("language",), "status": ("status",), "confidence": ("min_confidence",), "year": ("from", "to"),
}  # fmt: skip
CHOICES: dict[str, dict[str, Any]] = {
    "all": {},
    "an actor": {"actor": "ann"},
    "a target": {"actor": ["ann", "bob"], "role": "target"},
    "in any role": {"actor": "bob", "role": "any", "kind": "statement"},
    "affiliates": {"actor": "club", "affiliates": "true", "from": "2025"},
    "a topic and a stance on it": {"topic": "root", "stance": "supports", "actor": "ann"},
    "a stance under a condition": {"stance": ["supports", "opposes"], "condition_type": "preconditions"},
    "a source and its reliability": {"source": "daily", "min_reliability": "B", "min_confidence": "15"},
    "days": {"from": "2025-01-05", "to": "2025-02", "status": ["published", "withdrawn"]},
    "certainly within": {"from": "2025", "to": "2025-02", "date_match": "within", "language": "en"},
    "a country": {"country": "TR", "event_type": "AGREE"},
}  # fmt: skip


def chosen(api: Api, asked: dict[str, Any], facet: str) -> list[dict[str, Any]]:
    """The records of the list, without the facet's own filter; of all statuses where that is what is counted by."""
    rest = {name: value for name, value in asked.items() if name not in OWN[facet]}
    return list(api.walk("/v1/timeline", 500, **rest, **({"status": list(Status)} if facet == "status" else {})))


def values(record: dict[str, Any], facet: str, asked: dict[str, Any]) -> set[str | None]:
    """Which values a record has."""
    if facet == "actor":
        roles = {"target": {"target"}, "any": {"agent", "target"}}.get(asked.get("role", ""), {"agent"})
        targets = {one["actor"]["slug"] for one in record["participants"] if one["role"] == "target"}
        return (positions.agents(record) if "agent" in roles else set()) | (targets if "target" in roles else set())
    if facet in ("topic", "stance"):
        wanted = asked.get("stance", []) if facet == "topic" else []
        stances = {wanted} if isinstance(wanted, str) else set(wanted)
        found: set[str | None] = set()
        for one in record["topics"]:
            if facet == "stance" and "topic" in asked and not positions.sign(one["topic"]["slug"], asked["topic"])[0]:
                continue
            if stances and one["stance"] not in stances:
                continue
            if "condition_type" in asked and one["condition_type"] != asked["condition_type"]:
                continue
            if facet == "topic":
                found |= {shown for shown in positions.TOPICS if positions.sign(one["topic"]["slug"], shown)[0]}
            else:
                found.add(one["stance"])
        return found
    if facet == "source":
        return {one["source"]["slug"] for one in record["citations"]}
    if facet == "reliability":
        default = {"daily": "A", "weekly": "C", "rumours": None}
        grades = [one["reliability"] or default[one["source"]["slug"]] for one in record["citations"]]
        return {min((grade for grade in grades if grade), default=None)}
    if facet == "country":
        return {record["place"]["country"] if record["place"] else None}
    if facet == "confidence":
        return {record["confidence_label"]}
    return {record.get(facet)}


@pytest.mark.parametrize("name", CHOICES)
def test_each_facet_counts_what_the_lists_have(api: Api, name: str) -> None:
    positions.fill(api, 4)
    asked = CHOICES[name]
    answered = api.get("/v1/facets", params={**asked, "facet": list(OWN)})
    found = list(api.walk("/v1/timeline", 500, **asked))
    kinds = Counter(record["kind"] for record in found)
    assert answered["total"] == {"records": len(found), "statements": kinds["statement"], "events": kinds["event"]}
    assert [one["facet"] for one in answered["facets"]] == list(OWN)
    for one in answered["facets"]:
        facet, counts = one["facet"], {value["value"]: value["n"] for value in one["values"]}
        records = chosen(api, asked, facet)
        expected: Counter[str | None]
        if facet == "bloc":
            rest = {name: value for name, value in asked.items() if name not in OWN[facet]}
            expected = Counter({"club": len(list(api.walk("/v1/timeline", 500, **rest, actor="club", affiliates="true",
                                                         **({"role": asked["role"]} if "role" in asked else {}))))})  # fmt: skip
        elif facet == "year":
            years = (("2024", date(2024, 1, 1), date(2024, 12, 31)), ("2025", date(2025, 1, 1), date(2025, 12, 31)))
            expected = Counter(
                year for year, first, last in years for record in records
                if positions.day(record["date_earliest"], date.min) <= last and positions.day(record["date_latest"], date.max) >= first
            )  # fmt: skip
            counts = {year: n for year, n in counts.items() if year in ("2024", "2025")}
        else:
            expected = Counter(value for record in records for value in values(record, facet, asked))
        assert counts == {value: n for value, n in expected.items() if n}, (facet, asked)
        assert one["more"] is False


def test_the_commonest_come_first_and_the_rest_is_told_of(api: Api) -> None:
    positions.fill(api, 4)
    [every] = api.get("/v1/facets?facet=topic")["facets"]
    counts = [value["n"] for value in every["values"]]
    assert counts == sorted(counts, reverse=True)
    [top] = api.get("/v1/facets?facet=topic&top=2")["facets"]
    assert top == {"facet": "topic", "values": every["values"][:2], "more": True}
    assert every["values"][0]["label"] == every["values"][0]["value"].title()


def test_years_keep_their_order_and_the_commonest_are_shown(api: Api) -> None:
    positions.fill(api, 4)
    [every] = api.get("/v1/facets?facet=year&top=500")["facets"]
    years = [one["value"] for one in every["values"]]
    assert years == sorted(years)
    [top] = api.get("/v1/facets?facet=year&top=2")["facets"]
    assert [one["value"] for one in top["values"]] == ["2024", "2025"]


def test_only_what_is_asked_for_is_counted(api: Api) -> None:
    world(api)
    assert api.get("/v1/facets") == {
        "total": {"records": 0, "statements": 0, "events": 0},
        "facets": [],
        "histogram": None,
    }
    assert api.get("/v1/facets?interval=day&facet=topic") == {
        "total": {"records": 0, "statements": 0, "events": 0},
        "facets": [{"facet": "topic", "values": [], "more": False}],
        "histogram": [],
    }


def test_the_histogram_has_each_record_in_every_period_it_may_fall_in(api: Api) -> None:
    positions.fill(api, 5)
    bars = api.get("/v1/facets", params={"interval": "month", "actor": "ann", "from": "2024-11", "to": "2025-03"})[
        "histogram"
    ]
    assert [bar["period"] for bar in bars] == ["2024-11", "2024-12", "2025-01", "2025-02", "2025-03"]
    for bar in bars:
        asked = {"actor": "ann", "from": bar["period_start"], "to": bar["period_end"]}
        assert bar["n"] == len(list(api.walk("/v1/timeline", 500, **asked))), bar
    assert bars[0]["n"] < bars[1]["n"]
    whole = api.get("/v1/facets?interval=year")["histogram"]
    assert [bar["period"] for bar in whole] == [str(year) for year in range(2024, int(now(api)[:4]) + 1)]


def test_facets_of_a_past_moment(api: Api) -> None:
    positions.fill(api, 4, 20)
    moment, asked = now(api), {"facet": list(OWN)}
    before = api.get("/v1/facets", params=asked)
    for record in list(api.walk("/v1/statements"))[:4]:
        api.drop(f"/v1/statements/{record['id']}")
    assert api.get("/v1/facets", params=asked) != before
    then = api.get("/v1/facets", params={**asked, "as_of": moment})
    assert then == {**before, "as_of": moment}


def test_what_cannot_be_counted_is_refused(api: Api) -> None:
    world(api)
    told = expect.faults(api.send("GET", "/v1/facets?facet=actors&interval=hour&top=0&limit=5&role=target"))
    assert set(told) == {"query.facet", "query.interval", "query.top", "query.limit", "query.role"}
    assert "actor" in str(told["query.facet"]["hint"])
    assert (
        "more than 10,000 rows"
        in expect.faults(api.send("GET", "/v1/facets?interval=day&from=1900&to=2025"))["query"]["message"]
    )

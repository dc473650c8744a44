"""Shifts: found where the lists show them, with the records around them, and with what can't be said."""

from collections import defaultdict
from typing import Any

from api.store import breaks
from tests import expect, positions
from tests.desk import said
from tests.expect import Api
from tests.factories import world
from tests.test_moments import now

ASKED = "/v1/stances/shifts?actor=vladimir-putin&topic=truce-in-principle"


def turn(api: Api) -> None:
    """Eight days for it, one of them twice, then nine against it, with preconditions."""
    for day in range(1, 9):
        said(api, date=f"2025-03-{day:02}", stance="strongly_supports" if day == 2 else "supports")
    said(api, date="2025-03-02", stance="neutral")
    for day in range(10, 19):
        said(api, date=f"2025-03-{day:02}", topic=None, stance=None, topics=[
            {"topic": "truce-in-principle", "stance": "opposes", "condition_type": "preconditions", "conditions": "First the arms"}
        ])  # fmt: skip


def test_a_shift_is_told_with_its_day_and_the_records_around_it(api: Api) -> None:
    world(api)
    turn(api)
    found = api.get(ASKED)
    [shift] = found["items"]
    records = {record["id"]: record for record in api.walk("/v1/statements")}
    assert found["pairs"] == {"looked_at": 1, "too_few": 0}
    assert (shift["date"], shift["not_before"], shift["not_after"]) == ("2025-03-10", "2025-03-08", "2025-03-10")
    assert (shift["earliest"], shift["latest"]) == ("2025-03-10", "2025-03-10")
    assert (shift["from_stance"], shift["to_stance"]) == ("supports", "opposes")
    assert (shift["from_mean"], shift["to_mean"], shift["effect"]) == (1, -1, -2)
    assert (shift["n_before"], shift["n_after"]) == (8, 9)
    assert (shift["n_conditional_before"], shift["n_conditional_after"], shift["conditions"]) == (0, 9, "appeared")
    assert [one["date"] for one in shift["before"]] == ["2025-03-06", "2025-03-07", "2025-03-08"]
    assert [one["date"] for one in shift["after"]] == ["2025-03-10", "2025-03-11", "2025-03-12"]
    for one in (*shift["before"], *shift["after"]):
        [position] = records[one["id"]]["topics"]
        assert (one["stance"], one["condition_type"], one["conditions"]) == (
            position["stance"], position["condition_type"], position["conditions"],
        )  # fmt: skip
        assert (one["topic"], one["title"], one["confidence"]) == (
            "truce-in-principle",
            records[one["id"]]["title"],
            85,
        )
    assert "p-value" in found["limits"]
    # For the parent it counts by its polarity.
    [parent] = api.get("/v1/stances/shifts?actor=vladimir-putin&topic=ceasefire")["items"]
    assert {**parent, "topic": 0, "topic_name": 0} == {**shift, "topic": 0, "topic_name": 0}


def test_a_series_without_a_shift_or_with_too_few_days_has_none(api: Api) -> None:
    world(api)
    for day in range(1, 7):
        said(api, date=f"2025-03-{day:02}", stance="supports" if day < 4 else "opposes")
    found = api.get(ASKED)
    assert (found["items"], found["pairs"]) == ([], {"looked_at": 0, "too_few": 1})
    for day in range(7, 30):
        said(api, date=f"2025-03-{day:02}", stance="supports" if day % 2 else "opposes")
    found = api.get(ASKED)
    assert (found["items"], found["pairs"]) == ([], {"looked_at": 1, "too_few": 0})


def test_vague_dates_are_left_out_and_counted(api: Api) -> None:
    world(api)
    turn(api)
    before = api.get(ASKED)
    for date in ("2024", "2025-03-09/..", "../2025-03-01", "2025-02-01/2025-03-04"):
        said(api, date=date, stance="opposes")
    after = api.get(ASKED)
    assert after["items"] == before["items"]
    assert after["left_out"]["inexact"] == 4
    said(api, date="2024", stance="supports")  # left out for the one reason, not for another of the same day as well
    left = api.get(ASKED)["left_out"]
    assert (left["inexact"], left["same_day"]) == (5, after["left_out"]["same_day"])
    said(api, date="2025-02", stance="supports")
    assert api.get(ASKED)["items"][0]["n_before"] == 9


def test_a_shift_was_not_known_before_its_records_were_entered(api: Api) -> None:
    world(api)
    moment = now(api)
    turn(api)
    later = now(api)
    assert api.get(ASKED, params={"as_of": moment, **_asked()})["items"] == []
    assert api.get(ASKED, params={"as_of": later, **_asked()})["items"] == api.get(ASKED)["items"]


def _asked() -> dict[str, Any]:
    return {"actor": "vladimir-putin", "topic": "truce-in-principle"}


def test_the_days_that_are_looked_at_are_those_of_plain_counting(api: Api) -> None:
    positions.fill(api, 6, 90)
    for day in range(1, 13):  # someone who does change
        said(api, date=f"2025-05-{day:02}", actor="bob", topic="other", source="daily", url="https://example.org/x",
             stance="supports" if day < 7 else "strongly_opposes")  # fmt: skip
    found = api.get("/v1/stances/shifts?count=records")
    taken, _ = positions.positions(api)
    series = defaultdict(list)
    for one in positions.units([one for one in taken if one["score"] is not None], "records"):
        if positions.days(one["first"], one["last"]) <= 31:
            series[one["actor"], one["topic"]].append(one)
    expected, looked_at = [], 0
    for (actor, topic), members in sorted(series.items()):
        units = defaultdict(list)
        for one in members:
            units[one["first"], one["last"], one["record"]].append(one["score"])
        ordered = sorted(units)
        looked_at += len(ordered) >= breaks.LEAST
        means = [sum(units[key]) / len(units[key]) for key in ordered]
        expected += [(actor, topic, ordered[one.at][0].isoformat()) for one in breaks.find(means)]
    assert found["pairs"] == {"looked_at": looked_at, "too_few": len(series) - looked_at}
    assert looked_at >= 3
    assert [(one["actor"], one["topic"], one["date"]) for one in found["items"]] == expected
    assert ("bob", "other") in {(actor, topic) for actor, topic, _ in expected}


def test_an_unknown_parameter_is_refused(api: Api) -> None:
    world(api)
    assert "query.interval" in expect.faults(api.send("GET", f"{ASKED}&interval=day"))

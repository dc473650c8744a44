"""The stance matrix: each number against the same worked out in plain Python from the lists, for worlds made by chance."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.database import Database
from api.store import actors, dialects, keys, periods, topics
from schemas.counting import Interval
from tests import expect, positions
from tests.desk import link, nobody, said
from tests.expect import Api
from tests.factories import world
from tests.test_moments import now

COUNTED: dict[str, dict[str, Any]] = {
    "by default": {},
    "every record": {"count": "records"},
    "of one actor on one topic": {"actor": "ann", "topic": "root"},
    "of any attribution": {"attribution": list(positions.ATTRIBUTIONS[2:])},
    "in a range": {"from": "2025-01-05", "to": "2025-01-31"},
    "certainly in a range": {"from": "2025-01-01", "to": "2025-01-31", "date_match": "within"},
    "at a confidence": {"min_confidence": "40", "max_span": "P31D"},
    "on one topic with what is withdrawn": {"topic": "other", "status": ["published", "withdrawn"]},
    "of events": {"kind": "event"},
    "of those under a condition": {"condition_type": "preconditions"},
    "by a source": {"source": "daily", "min_reliability": "B"},
}


def shared(asked: dict[str, Any]) -> dict[str, Any]:
    """What a list is asked for the same records; a filter of topics is for the rows, and so is none here."""
    return {
        name: value
        for name, value in asked.items()
        if name not in ("count", "topic", "actor", "interval", "weight", "inexact")
    }


def cells(asked: dict[str, Any], found: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The positions of each row that is asked for."""
    rows = defaultdict(list)
    for one in found:
        if asked.get("actor", one["actor"]) == one["actor"] and asked.get("topic", one["topic"]) == one["topic"]:
            rows[one["actor"], one["topic"]].append(one)
    return rows


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", COUNTED)
def test_the_matrix_is_what_plain_counting_gives(api: Api, name: str, seed: int) -> None:
    positions.fill(api, seed)
    asked = COUNTED[name]
    answered = api.get("/v1/stances/current", params=asked)
    own_only = "attribution" not in asked
    found, left = positions.positions(api, own_only, **shared(asked))
    # A condition on the position holds for each position by itself, not for the record.
    if "condition_type" in asked:
        found = [one for one in found if one["conditional"]]
    expected = {
        cell: positions.units(members, asked.get("count", "days")) for cell, members in cells(asked, found).items()
    }
    rows = {(row["actor"], row["topic"]): row for row in answered["items"]}
    assert {cell for cell, row in rows.items() if row["tally"] or row["stance"]} == set(expected)
    for cell, members in expected.items():
        assert positions.same(rows[cell], positions.row(members)), (cell, rows[cell], positions.row(members))
        _check_latest(rows[cell], cells(asked, found)[cell])
    if "topic" not in asked and "condition_type" not in asked:
        assert {name: answered["left_out"][name] for name in left} == left
        kept = sum(len({one["record"] for one in members}) for members in cells(asked, found).values())
        together = {(one["actor"], one["topic"], one["first"], one["last"]) for one in found}
        assert answered["left_out"]["same_day"] == (kept - len(together) if asked.get("count") != "records" else 0)


def _check_latest(row: dict[str, Any], members: list[dict[str, Any]]) -> None:
    """The latest stance, and since when, by the order of the lists."""
    on_scale = [one for one in members if one["score"] is not None]
    ordered = on_scale or members  # the lists' order, newest first
    newest = [one for one in ordered if one["record"] == ordered[0]["record"]]
    assert row["record"]["id"] == ordered[0]["record"]
    assert row["record"]["topic"] in {one["own"] for one in newest}
    assert row["stance_score"] in {one["score"] for one in newest}
    held = next(one for one in ordered if one["own"] == row["record"]["topic"] and one["record"] == row["record"]["id"])
    assert row["record"]["stance"] == held["given"]
    if not on_scale:
        assert row["stance"] in ("unclear", "no_position")
        assert row["mean"] is None
        return
    assert row["stance_score"] == positions.SCORES[row["stance"]]
    assert row["condition_type"] == row["record"]["condition_type"]
    records = list(dict.fromkeys(one["record"] for one in ordered))
    scores = [{one["score"] for one in ordered if one["record"] == record} for record in records]
    others = (index for index in range(1, len(records)) if scores[index] - {row["stance_score"]})
    end = next(others, len(records))
    since = max(index for index in range(end) if row["stance_score"] in scores[index])
    assert row["since_record"] == records[since]
    assert row["since"] == next(one["date"] for one in ordered if one["record"] == records[since])


def test_a_pair_of_which_nothing_was_said_is_there_with_null(api: Api) -> None:
    world(api)
    said(api, stance="neutral")
    asked = "actor=vladimir-putin&actor=kremlin&topic=truce-in-principle&topic=sanctions"
    found = {(row["actor"], row["topic"]): row for row in api.get(f"/v1/stances/current?{asked}")["items"]}
    assert list(found) == [
        ("kremlin", "sanctions"), ("kremlin", "truce-in-principle"),
        ("vladimir-putin", "sanctions"), ("vladimir-putin", "truce-in-principle"),
    ]  # fmt: skip
    assert found["vladimir-putin", "truce-in-principle"]["mean"] == 0
    nothing = found["kremlin", "sanctions"]
    assert nothing["n"] == 0
    for name in ("mean", "spread", "stance", "condition_type", "since", "record", "consistency", "tally"):
        assert nothing[name] is None


@pytest.mark.parametrize(
    ("stances", "label", "tally"),
    [
        (["supports"] * 5 + ["opposes"], "mostly", "5 for, 1 against"),
        (["supports", "strongly_supports", "neutral"], "consistent", "2 for, 1 neutral"),
        (["opposes", "opposes", "opposes", "supports"], "mostly", "1 for, 3 against"),
        (["opposes", "opposes", "supports", "no_position"], "mixed", "1 for, 2 against"),
        (["neutral"], "consistent", "1 neutral"),
        (["unclear", "no_position"], None, None),
    ],
)
def test_the_label_and_the_tally_tell_how_steady(
    api: Api, stances: list[str], label: str | None, tally: str | None
) -> None:
    world(api)
    for number, stance in enumerate(stances):
        said(api, date=f"2025-03-{number + 1:02}", stance=stance)
    [row] = api.get("/v1/stances/current?actor=vladimir-putin&topic=truce-in-principle")["items"]
    assert (row["consistency"], row["tally"]) == (label, tally)


def test_affiliates_have_rows_of_their_own_and_count_only_while_they_belong(api: Api) -> None:
    positions.fill(api, 1)
    together = api.get("/v1/stances/current?actor=club&affiliates=true&topic=root")["items"]
    assert [row["actor"] for row in together] == ["ann", "bob", "club"]
    alone = {
        slug: api.get(f"/v1/stances/current?actor={slug}&topic=root")["items"][0]["n"] for slug in positions.ACTORS
    }
    assert together[2]["n"] == alone["club"]
    since = api.get("/v1/stances/current?actor=ann&topic=root&from=2025-01-01&to=2025-02-27")["items"][0]
    assert together[0] == since
    assert alone["ann"] > since["n"]


def test_the_matrix_of_a_past_moment_is_what_was_answered_then(api: Api) -> None:
    positions.fill(api, 1, 30)
    moment = now(api)
    before = api.get("/v1/stances/current")
    asked = {"from": "2024", "to": "2025"}
    series = api.get("/v1/stances/series", params=asked)
    for record in list(api.walk("/v1/statements"))[:5]:
        assert api.patch(f"/v1/statements/{record['id']}", {"attribution": "inferred"}).status_code == 200
    assert api.patch("/v1/topics/reverse", {"parent_polarity": 1}).status_code == 200
    assert api.get("/v1/stances/current") != before
    then = api.get("/v1/stances/current", params={"as_of": moment})
    assert then.pop("as_of") == moment
    assert then == before
    assert api.get("/v1/stances/series", params=asked) != series
    assert api.get("/v1/stances/series", params={**asked, "as_of": moment})["items"] == series["items"]


def test_what_was_taken_back_counts_again_once_that_is_taken_back(api: Api) -> None:
    world(api)
    asked = "/v1/stances/current?actor=vladimir-putin&topic=truce-in-principle"
    first = said(api, date="2025-03-01", stance="opposes")
    by_others = said(api, date="2025-03-02", topic="sanctions", attribution="third_party")
    link(api, by_others, first, "retracts")
    assert api.get(asked)["items"][0]["n"] == 1
    own = said(api, date="2025-03-03", topic="sanctions")
    link(api, own, first, "retracts")
    assert api.get(asked)["items"][0]["n"] == 0
    assert api.get(asked)["left_out"]["retracted"] == 1
    link(api, said(api, date="2025-03-04", topic="sanctions"), own, "retracts")
    assert api.get(asked)["items"][0]["n"] == 1


def test_the_records_of_a_day_share_it_evenly_whatever_number_of_topics_they_touch(api: Api) -> None:
    world(api)
    for slug in ("aa", "bb"):
        api.make(
            "/v1/topics",
            {"slug": slug, "name": slug, "proposition": "They should.", "parent": "ceasefire", "parent_polarity": 1},
        )
    said(
        api,
        topic=None,
        stance=None,
        topics=[{"topic": topic, "stance": "supports"} for topic in ("aa", "bb", "truce-in-principle")],
    )
    said(api, topic="ceasefire", stance="strongly_opposes")
    [row] = api.get("/v1/stances/current?actor=vladimir-putin&topic=ceasefire")["items"]
    assert (row["n"], row["n_supports"], row["n_strongly_opposes"], row["mean"]) == (1, 0.5, 0.5, -0.5)


def test_drafts_count_for_nobody_who_may_not_see_them(api: Api) -> None:
    world(api)
    said(api, status="draft")
    asked = "/v1/stances/current?actor=vladimir-putin&topic=truce-in-principle"
    assert api.get(asked)["items"][0]["n"] == 0
    assert api.get(f"{asked}&status=draft")["items"][0]["n"] == 1
    row = nobody(api, "GET", f"{asked}&status=draft").json()["items"][0]
    assert (row["n"], row["record"]) == (0, None)


def test_a_matrix_that_is_too_large_is_refused(api: Api) -> None:
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        for number in range(101):
            actors.create(writing, {"slug": f"a{number}", "kind": "person", "name": f"A{number}"})
            topics.create(writing, {"slug": f"t{number}", "name": f"T{number}", "proposition": "They should."})
    asked = [("actor", f"a{number}") for number in range(100)] + [("topic", f"t{number}") for number in range(100)]
    assert len(api.get(f"/v1/stances/current?{urlencode(asked)}")["items"]) == 10_000
    series = f"/v1/stances/series?{urlencode(asked)}&from=2024&to=2025&interval=year"
    days = "/v1/stances/series?actor=a1&interval=day&from=0001&to=9999"
    assert "one row for each day" in expect.faults(api.send("GET", days))["query"]["message"]
    assert "10,000 pairs in 2 periods" in expect.faults(api.send("GET", series))["query"]["message"]


def test_every_fault_of_the_question_is_told(api: Api) -> None:
    world(api)
    told = expect.faults(
        api.send("GET", "/v1/stances/current?actor=kremln&topic=truce&count=weeks&role=target&limit=5")
    )
    assert set(told) == {"query.actor", "query.topic", "query.count", "query.role", "query.limit"}
    assert told["query.actor"]["hint"] == "Did you mean kremlin?"
    assert "query.affiliates" in expect.faults(api.send("GET", "/v1/stances/series?affiliates=true"))


# Of a `from`: the first and the last day of the range that is asked for with it.
RANGES = {
    "2024-12-25": (date(2024, 12, 25), date(2025, 3, 5)),
    "2025-01": (date(2025, 1, 1), date(2025, 3, 31)),
    "2024-12-10": (date(2024, 12, 10), date(2025, 2, 20)),
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("inexact", ["spread", "exclude", "earliest"])
@pytest.mark.parametrize(
    ("interval", "asked"),
    [("month", {}), ("day", {"from": "2024-12-25", "to": "2025-03-05", "topic": "root", "actor": "ann"}),
     ("week", {"from": "2025-01", "to": "2025-03", "actor": "bob"}), ("quarter", {"count": "records", "weight": "confidence"}),
     ("year", {"weight": "confidence", "topic": "root"}), ("year", {"from": "2024-12-10", "to": "2025-02-20"}),
     ("month", {"from": "2024-12-10", "to": "2025-02-20", "count": "records"})],
)  # fmt: skip
def test_the_series_is_what_plain_counting_gives(
    api: Api, interval: str, inexact: str, asked: dict[str, Any], seed: int
) -> None:
    positions.fill(api, seed)
    answered = api.get("/v1/stances/series", params={"interval": interval, "inexact": inexact, **asked})
    found, _ = positions.positions(api, **shared(asked))
    rows = answered["items"]
    starts = sorted({(row["period_start"], row["period_end"]) for row in rows})
    for (_, end), (start, _) in pairwise(starts):
        assert date.fromisoformat(start) - date.fromisoformat(end) == timedelta(days=1)
    today = date.fromisoformat(now(api)[:10])
    if "from" in asked:
        low, high = RANGES[asked["from"]]
    else:
        low = min(one["first"] if one["first"] > date.min else one["last"] for one in found)
        high = max(one["last"] if one["last"] < date.max else one["first"] for one in found)
        high = max(high, today) if any(one["last"] == date.max for one in found) else high
    assert starts[0][0] <= low.isoformat() <= starts[0][1]
    assert starts[-1][0] <= high.isoformat() <= starts[-1][1]
    lost = 0.0
    expected: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for members in cells(asked, found).values():
        for one in positions.units(members, asked.get("count", "days")):
            starts_open, ends_open = one["first"] == date.min, one["last"] == date.max
            since = low if starts_open else one["first"]
            until = max(min(high, today), since) if ends_open else one["last"]
            if inexact == "earliest":
                until = since
            inside = [
                (start, max(low, date.fromisoformat(start)), min(high, date.fromisoformat(end)))
                for start, end in starts
                if start <= until.isoformat() and end >= since.isoformat()
            ]
            is_within = len(inside) == 1 and inside[0][1] <= since <= until <= inside[0][2]
            if inexact != "spread" and (starts_open or not is_within or (ends_open and inexact == "exclude")):
                lost += 1
                continue
            for start, opens, closes in inside:
                common = positions.days(max(since, opens), min(until, closes))
                share = common / positions.days(since, until)
                expected[one["actor"], one["topic"], start].append({**one, "share": one["share"] * share})
    assert {(row["actor"], row["topic"], row["period_start"]) for row in rows} >= set(expected)
    weight = asked.get("weight", "none")
    for row in rows:
        cell = (row["actor"], row["topic"], row["period_start"])
        assert positions.same(row, positions.row(expected.get(cell, []), weight)), (
            row,
            positions.row(expected.get(cell, []), weight),
        )
    assert (answered["left_out"]["inexact"] > 0) == (lost > 0)
    assert (answered["left_out"]["no_confidence"] > 0) == (weight == "confidence")


def test_a_record_is_left_out_of_a_series_for_one_reason(api: Api) -> None:
    world(api)
    for day in ("2025-03-13", "2025-03-13", "2025-03-13", "2025-03", "2025-03", "2025-03/2025-04", "2025-03/2025-04"):
        said(api, date=day, stance="supports")
    said(api, date="2025-03-14", stance="supports", attribution="third_party")
    for asked, left in (
        ({"interval": "day", "inexact": "exclude"}, {"attribution": 1, "same_day": 2, "inexact": 4}),
        ({"interval": "month", "inexact": "exclude"}, {"attribution": 1, "same_day": 3, "inexact": 2}),
        ({"interval": "month"}, {"attribution": 1, "same_day": 4, "inexact": 0}),
        ({"interval": "month", "count": "records", "inexact": "exclude"}, {"attribution": 1, "same_day": 0, "inexact": 2}),
    ):  # fmt: skip
        found = api.get(
            "/v1/stances/series", params={"actor": "vladimir-putin", "topic": "truce-in-principle", **asked}
        )["left_out"]
        assert {name: found[name] for name in left} == left, asked


def test_a_share_is_the_same_whatever_the_interval(api: Api) -> None:
    world(api)
    asked = {"actor": "vladimir-putin", "topic": "truce-in-principle", "from": "2024-12-01", "to": "2025-04-15"}
    for day, days, left, within in (
        ("2024-11-20/2024-12-05", 16, 5, 5),
        ("2025-04-10/2025-04-19", 10, 0, 6),
        ("../2025-03", 121, 31, 121),
        ("2025-02-01/..", 74, 0, 74),
        ("2025-01-31", 1, 0, 1),
    ):
        path = said(api, date=day, stance="supports")
        for interval in ("day", "month", "quarter", "year"):
            rows = api.get("/v1/stances/series", params={**asked, "interval": interval})["items"]
            before = sum(row["n"] for row in rows if row["period_start"] < "2025")
            total = sum(row["n"] for row in rows)
            assert (before, total) == (pytest.approx(left / days, abs=1e-4), pytest.approx(within / days, abs=1e-4))
            for inexact in ("exclude", "earliest"):
                found = api.get("/v1/stances/series", params={**asked, "interval": interval, "inexact": inexact})
                begins = inexact == "earliest" and day.startswith("2025")
                kept = begins or days == 1 or (day.startswith("2025-01") and interval != "day")
                assert (sum(row["n"] for row in found["items"]), found["left_out"]["inexact"]) == (kept, not kept), (
                    day,
                    interval,
                    inexact,
                )
        assert api.drop(path).status_code == 204


def test_periods_are_those_of_the_calendar(api: Api) -> None:
    world(api)
    said(api, date="2024-02-29", confidence=80)
    for interval, day, name, start, end in (
        ("day", "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("week", "2024-12-31", "2025-W01", "2024-12-30", "2025-01-05"),
        ("week", "2021-01-03", "2020-W53", "2020-12-28", "2021-01-03"),
        ("month", "2024-02-29", "2024-02", "2024-02-01", "2024-02-29"),
        ("month", "1900-02-10", "1900-02", "1900-02-01", "1900-02-28"),
        ("quarter", "2025-12-31", "2025-Q4", "2025-10-01", "2025-12-31"),
        ("year", "2025-05-05", "2025", "2025-01-01", "2025-12-31"),
        ("year", "9999-12-31", "9999", "9999-01-01", "9999-12-31"),
        ("month", "0001-01-01", "0001-01", "0001-01-01", "0001-01-31"),
    ):
        asked = {"actor": "vladimir-putin", "topic": "truce-in-principle", "interval": interval, "from": day, "to": day}
        [row] = api.get("/v1/stances/series", params=asked)["items"]
        assert [row[part] for part in ("period", "period_start", "period_end")] == [name, start, end]
        assert row["n"] == (1 if day == "2024-02-29" else 0)


@settings(max_examples=300)
@given(st.dates())
def test_a_day_lies_in_the_period_of_its_number(day: date) -> None:
    number = (day - date.min).days
    for interval in Interval:
        [period] = periods.between(interval, number, number)
        assert period.first <= number <= period.last
        assert periods.of_number(interval, period.number) == period
        if period.last < periods.LAST_DAY:
            [following] = periods.between(interval, period.last + 1, period.last + 1)
            assert following.first == period.last + 1
            is_december = interval is Interval.MONTH and period.number % 100 == 12
            assert following.number == period.number + (89 if is_december else 1)


def test_the_database_numbers_months_as_we_do(api: Api) -> None:
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    days = [*range(0, periods.LAST_DAY, 997), *range(738_000, 738_800), periods.LAST_DAY]
    with database.reading() as reading:
        sql = f"SELECT {dialects.month_of(reading.dialect).format('j.value')} FROM "
        table = "json_each(:days) j" if reading.dialect == "sqlite" else "unnest(:days) AS j(value)"
        found = [row[0] for row in reading.rows(sql + table, {"days": reading.listed(days)})]
    assert found == [next(periods.between(Interval.MONTH, one, one)).number for one in days]

"""Links in plain Python: which of them meet a filter, who answers whom, how fast, and who did not.

Reckoned from the answers for single records and links, day by day; nothing of the store is used.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.factories import AFFILIATIONS, TOPICS

Json = dict[str, Any]
FIRST, LAST = date.min.toordinal(), date.max.toordinal()
PARTS = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
BARS = [(0, 0), (1, 1), (2, 3), (4, 7), (8, 30), (31, None)]
LENGTHS = {"PT6H": 0.25, "PT12H": 0.5, "P1D": 1, "P2D": 2, "P7D": 7, "P31D": 31, "P1Y": 366, "P2Y": 732}


@dataclass
class World:
    """Records and links as they were answered one by one, all that stand."""

    records: dict[str, Json] = field(default_factory=dict)
    links: dict[str, Json] = field(default_factory=dict)


def days(record: Json) -> tuple[int, int]:
    """The first and the last day that a date can mean."""
    first, last = record["date_earliest"], record["date_latest"]
    return (
        date.fromisoformat(first).toordinal() if first else FIRST,
        date.fromisoformat(last).toordinal() if last else LAST,
    )


def lag(answer: Json, answered: Json) -> tuple[int, int | None, float | None]:
    """Days at least and at most, and hours between two instants."""
    (first, last), (opened, closed) = days(answer), days(answered)
    is_open = answer["date_latest"] is None or answered["date_earliest"] is None
    hours = None
    if answer["date_precision"] == answered["date_precision"] == "second":
        ends = [datetime.fromisoformat(one["date"].replace("Z", "+00:00")) for one in (answer, answered)]
        hours = (ends[0] - ends[1]) / timedelta(hours=1)
    return max(0, first - closed), None if is_open else last - opened, hours


def stays(actor: str, since: int = FIRST, until: int = LAST) -> Iterator[tuple[str, int, int]]:
    """The actor, its members and theirs, with the days on which they belonged."""
    yield actor, since, until
    for member, group, dates in AFFILIATIONS:
        if group == actor:
            joined, left = (text if len(text) != 4 else f"{text}-01-01" for text in dates.split("/"))
            first, last = max(since, _day(joined, FIRST)), min(until, _day(left, LAST))
            if first <= last:
                yield from stays(member, first, last)


def _day(text: str, otherwise: int) -> int:
    return otherwise if text == ".." else date.fromisoformat(text).toordinal()


def agents(record: Json) -> set[str]:
    """Who says or does it."""
    also = [one["actor"] for one in record["participants"] if one["role"] == "co_actor"]
    return {one["slug"] for one in (record["actor"], record["on_behalf_of"], *also) if one}


def counts_for(record: Json, actor: str, asked: Json, since: int = FIRST, until: int = LAST) -> bool:
    """Whether a record counts for an actor, within a range of days."""
    first, last = days(record)
    among = stays(actor, since, until) if asked.get("affiliates") == "true" else [(actor, since, until)]
    return any(
        one in agents(record)
        and (since <= first and last <= until if is_within(asked) else first <= until and last >= since)
        for one, since, until in among
    )


def is_within(asked: Json) -> bool:
    """Whether only what certainly meets the filter counts."""
    return bool(asked.get("date_match") == "within")


def below(topics: list[str]) -> set[str]:
    """These topics and their children."""
    return {*topics, *(one["slug"] for one in TOPICS if one.get("parent") in topics)}


def span(asked: Json) -> tuple[int, int]:
    """The days from `from` to `to`, both whole days."""
    return _day(asked.get("from", ".."), FIRST), _day(asked.get("to", ".."), LAST)


def meets(world: World, link: Json, asked: Json) -> bool:
    """Whether a link meets a filter."""
    answer, answered = world.records[link["from"]], world.records[link["to"]]
    since, until = span(asked)
    (first, last), (low, high, hours) = days(answer), lag(answer, answered)
    least, most = (low, math.inf if high is None else high) if hours is None else (hours / 24, hours / 24)
    shortest, longest = LENGTHS.get(asked.get("min_lag", ""), 0), LENGTHS.get(asked.get("max_lag", ""), math.inf)
    by = {
        name: [
            any(counts_for(record, actor, asked, *where) for actor in asked.get(name, []))
            for record, where in ((answer, (since, until)), (answered, (FIRST, LAST)))
        ]
        for name in ("actor", "from_actor", "to_actor")
    }
    return all([
        not asked.get("type") or link["type"] in asked["type"],
        not asked.get("topic") or (link["topic"] or {}).get("slug") in below(asked["topic"]),
        *(not asked.get(f"{end}_kind") or one["kind"] == asked[f"{end}_kind"] for end, one in (("from", answer), ("to", answered))),
        *(
            not asked.get(f"{end}_topic") or {on["topic"]["slug"] for on in one["topics"]} & below(asked[f"{end}_topic"])
            for end, one in (("from", answer), ("to", answered))
        ),
        since <= first and last <= until if is_within(asked) else first <= until and last >= since,
        least >= shortest if is_within(asked) else most >= shortest,
        most <= longest if is_within(asked) else least <= longest,
        *((one["confidence"] or -1) >= asked.get("min_confidence", -1) for one in (answer, answered)),
        (link["confidence"] or -1) >= asked.get("min_link_confidence", -1),
        not asked.get("actor") or any(by["actor"]),
        not asked.get("from_actor") or by["from_actor"][0],
        not asked.get("to_actor") or by["to_actor"][1],
    ])  # fmt: skip


def listed(world: World, asked: Json) -> list[Json]:
    """The links between records that anyone may see in lists, as far as they meet the filter."""
    public = {uid for uid, one in world.records.items() if one["status"] in ("published", "under_review")}
    return [one for one in world.links.values() if {one["from"], one["to"]} <= public and meets(world, one, asked)]


def pairs(world: World, link: Json, asked: Json) -> list[tuple[str, str]]:
    """The actors for which a link counts."""
    sides = []
    for end, where in (("from", span(asked)), ("to", (FIRST, LAST))):
        record = world.records[link[end]]
        named = [actor for actor in set(asked.get(f"{end}_actor", [])) if counts_for(record, actor, asked, *where)]
        sides.append(named if asked.get(f"{end}_actor") else sorted(agents(record)))
    return [(one, other) for one in sides[0] for other in sides[1]]


def _month(day: date) -> date:
    return day.replace(day=1)


PERIODS: Mapping[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": _month,
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def matrix(world: World, asked: Json) -> Counter[tuple[str, str, str, str | None]]:
    """How many links there are by actors, type and period."""
    found: Counter[tuple[str, str, str, str | None]] = Counter()
    for link in listed(world, asked):
        period = None
        if asked.get("interval"):
            first, last = (
                PERIODS[asked["interval"]](date.fromordinal(day)) for day in days(world.records[link["from"]])
            )
            period = first.isoformat() if first == last else None
        found.update((*pair, link["type"], period) for pair in pairs(world, link, asked))
    return found


def lags(world: World, asked: Json) -> dict[tuple[str, str], Json]:
    """Quantiles and bars by actors."""
    known: dict[tuple[str, str], dict[tuple[str, str], tuple[int, int | None, float | None]]] = {}
    for link in listed(world, asked):
        between = lag(world.records[link["from"]], world.records[link["to"]])
        for pair in pairs(world, link, asked):
            known.setdefault(pair, {})[link["from"], link["to"]] = between
    found = {}
    for pair, measured in known.items():
        low = sorted(one[0] for one in measured.values())
        high = sorted((one[1] for one in measured.values()), key=lambda one: math.inf if one is None else one)
        hours = sorted(one[2] for one in measured.values() if one[2] is not None)
        found[pair] = {
            "n": len(low), "n_exact": len(hours),
            "days": {name: {"low": quantile(low, part), "high": quantile(high, part)} for name, part in PARTS.items()},
            "hours": {name: round(quantile(hours, part), 4) for name, part in PARTS.items()} if hours else None,
            "histogram": [
                {"days_from": first, "days_to": last, "n_low": within(low, first, last), "n_high": within(high, first, last)}
                for first, last in BARS
            ],
        }  # fmt: skip
    return found


def quantile(ordered: list[Any], part: float) -> Any:
    """The smallest that at least this part is not above."""
    return next(one for at, one in enumerate(ordered, 1) if at / len(ordered) >= part)


def within(values: list[Any], first: int, last: int | None) -> int:
    """How many lie in a bar; what has no end lies in the last."""
    return sum(first <= (math.inf if one is None else one) <= (math.inf if last is None else last) for one in values)


def unanswered(world: World, asked: Json, today: date) -> set[str]:
    """The listed records of `actor` that had their time and got no answer of `by` in it."""
    time = LENGTHS[asked.get("within", "P7D")]
    public = {uid: one for uid, one in world.records.items() if one["status"] in ("published", "under_review")}
    since, until = span(asked)

    def in_time(link: Json) -> bool:
        answer, answered = public[link["from"]], public[link["to"]]
        low, _, hours = lag(answer, answered)
        counts = not asked.get("by") or any(
            counts_for(answer, actor, {**asked, "date_match": None}) for actor in asked["by"]
        )
        return (
            counts
            and (low if hours is None else hours / 24) <= time
            and link["type"] in asked.get("type", [link["type"]])
        )

    answered = {one["to"] for one in world.links.values() if {one["from"], one["to"]} <= set(public) and in_time(one)}
    return {
        uid for uid, one in public.items()
        if today.toordinal() - days(one)[1] > time and uid not in answered
        and (not asked.get("actor") or any(counts_for(one, actor, asked, since, until) for actor in asked["actor"]))
        and (days(one)[0] <= until and days(one)[1] >= since)
        and (not asked.get("topic") or {on["topic"]["slug"] for on in one["topics"]} & below(asked["topic"]))
    }  # fmt: skip

"""Any records, links and dismissals against a plain comparison of every two, now and as of a moment; on both databases."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as some

from api.database import Database
from api.errors import Problem
from api.store import dismissals, duplicates, keys, reactions, records
from api.store.documents import loads
from schemas.vocabularies import Kind
from tests.expect import Api
from tests.factories import event, statement, world
from tests.test_moments import now

Json = dict[str, Any]

ACTORS = ["vladimir-putin", "dmitry-peskov", "kremlin", "finland"]
PAGES = {
    "http://kremlin.ru/1": "1", "https://www.kremlin.ru/1/?utm_source=x#top": "1", "http://kremlin.ru/2": "2", "http://kremlin.ru/3": "3",
}  # fmt: skip
WORDS = some.lists(some.sampled_from("truce talks peace army grain Kyiv envoy".split()), min_size=2, max_size=6)
BODIES = some.fixed_dictionaries(
    {
        "kind": some.sampled_from(["statement", "statement", "event"]),
        "date": some.sampled_from(
            ["2025-03-10", "2025-03-10", "2025-03-11", "2025-03-11T23:00:00Z", "2025-03-12", "2025-03-14", "2025-03-10/2025-03-11",
             "2025-03-10/2025-03-12", "2025-03", "2025-03-11/..", "2025-03-20", "1969-12-31"]
        ),
        "actor": some.sampled_from(ACTORS),
        "on_behalf_of": some.sampled_from([None, None, "kremlin"]),
        "participants": some.lists(
            some.builds(lambda actor, role: {"actor": actor, "role": role}, some.sampled_from(ACTORS),
                        some.sampled_from(["co_actor", "target", "addressee"])),
            max_size=2, unique_by=lambda one: str(one["actor"]),
        ),
        "topics": some.lists(
            some.builds(lambda topic, stance: {"topic": topic, "stance": stance}, some.sampled_from(["truce-in-principle", "sanctions"]),
                        some.sampled_from(["supports", "opposes", "neutral", "unclear"])),
            min_size=1, max_size=2, unique_by=lambda one: str(one["topic"]),
        ),
        "title": WORDS.map(" ".join),
        "quote": some.none() | WORDS.map(" ".join),
        "url": some.sampled_from(list(PAGES)),
        "event_type": some.sampled_from(["CONSULT", "SUPPORT"]),
        "confidence": some.sampled_from([30, 80]),
        "status": some.sampled_from(["published"] * 4 + ["under_review", "draft", "withdrawn"]),
        "said": some.one_of(
            some.none(), some.none(), some.tuples(some.integers(1, 6), some.sampled_from(["repeats", "rejects", "dismissed"]))
        ),
    }
)  # fmt: skip
ASKED: list[Json] = [
    {}, {"order": "asc"}, {"offer": "merge", "within": "P3D"}, {"offer": "repeat", "repeats_within": "P6D"}, {"actor": "kremlin"},
    {"actor": "kremlin", "role": "target"}, {"topic": "sanctions"}, {"min_confidence": 50, "order": "asc"}, {"kind": "event"}, {"within": "PT12H"},
    {"from": "2025-03-11", "to": "2025-03-12", "date_match": "within"}, {"actor": "kremlin", "affiliates": "true", "stance": "opposes"},
    {"status": ["published", "draft"]}, {"min_score": "0.5"},
]  # fmt: skip


class Found(NamedTuple):
    """A pair as the definition has it."""

    offer: str
    records: tuple[str, str]  # the later one, the earlier one
    reasons: frozenset[str]
    doubts: frozenset[str]
    actors: frozenset[str]


def named(record: Json, *roles: str) -> set[str]:
    """Who has one of these parts."""
    return {one["actor"]["slug"] for one in record["participants"] if one["role"] in roles}


def agents(record: Json) -> set[str]:
    """Whose record it is."""
    others = {record["on_behalf_of"]["slug"]} if record["on_behalf_of"] else set()
    return {record["actor"]["slug"], *others, *named(record, "co_actor")}


def days(record: Json) -> tuple[int, int]:
    """Its bounds, as numbers of days."""
    first, last = (record[name] for name in ("date_earliest", "date_latest"))
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() if last else 10**7


def near(one: str | None, other: str | None) -> bool:
    """Whether six in ten of the words of either are in both."""
    left, right = (set((text or "").lower().split()) for text in (one, other))
    return bool(left and right) and Fraction(len(left & right), len(left | right)) >= Fraction(6, 10)


def positions(record: Json) -> set[tuple[str, str]]:
    """The stances that it takes."""
    return {(one["topic"]["slug"], one["stance"]) for one in record["topics"]}


def alike(one: Json, other: Json) -> bool:
    """Whether the words of two records are near."""
    return near(one["title"], other["title"]) or near(one.get("quote"), other.get("quote"))


def told(offer: str, later: Json, earlier: Json) -> Found:
    """All that speaks for a pair and against it."""
    same_day = days(later) == days(earlier)
    reasons = {
        "same_actor": True,
        "same_day": same_day,
        "near_date": offer == "merge" and not same_day,
        "same_url": PAGES[later["citations"][0]["url"]] == PAGES[earlier["citations"][0]["url"]],
        "near_title": near(later["title"], earlier["title"]),
        "near_quote": near(later.get("quote"), earlier.get("quote")),
        "same_topic_and_stance": bool(positions(later) & positions(earlier)),
        "same_event_type": later["event_type"] == earlier["event_type"],
    }
    parts = [named(one, "addressee", "target") for one in (later, earlier)]
    doubts = {
        "other_speaker": later["actor"]["slug"] not in agents(earlier)
        and earlier["actor"]["slug"] not in agents(later),
        "other_counterpart": all(parts) and not parts[0] & parts[1],
        "other_event_type": later["event_type"] != earlier["event_type"],
    }
    both = (later["id"], earlier["id"])
    names = [frozenset(name for name, holds in found.items() if holds) for found in (reasons, doubts)]
    return Found(offer, both, names[0], names[1], frozenset(agents(later) & agents(earlier)))


def expected(
    kept: set[str], listed: list[Json], said: list[Json], dismissed: list[Json], asked: Json
) -> Iterator[Found]:
    """The pairs of records that a list has from the newest on, each with all before it."""
    reach = {"P3D": 3, "PT12H": 0}.get(asked.get("within", ""), 1)
    back = {"P6D": 6}.get(asked.get("repeats_within", ""), 31)
    judged = {frozenset([one["from"], one["to"]]) for one in said} | {frozenset(one["records"]) for one in dismissed}
    repeating = {one["from"] for one in said if one["type"] == "repeats"}
    offers = {asked["offer"]} if "offer" in asked else {"merge", "repeat"}
    ranks = {
        (actor, record["id"]): rank
        for actor in ACTORS for kind in ("statement", "event")
        for rank, record in enumerate(one for one in listed if one["kind"] == kind and actor in agents(one))
    }  # fmt: skip

    def shared(one: Json, other: Json) -> set[str]:
        """The actors of both, of whom not too many records lie in between."""
        both = agents(one) & agents(other) if one["kind"] == other["kind"] else set()
        return {
            actor
            for actor in both
            if abs(ranks[actor, one["id"]] - ranks[actor, other["id"]]) <= duplicates.MOST_LOADED
        }

    pairs = [pair for pair in combinations(listed, 2) if shared(*pair)]
    for later, earlier in pairs if "merge" in offers else ():
        is_near = all(abs(one - other) <= reach for one, other in zip(days(later), days(earlier), strict=True))
        found = told("merge", later, earlier)
        is_told = kept & set(found.records) and frozenset(found.records) not in judged
        if is_near and is_told and (alike(later, earlier) or "same_url" in found.reasons):
            yield found
    made: set[Found] = set()
    for later in listed if "repeat" in offers else ():
        if later["id"] not in kept or later["id"] in repeating:
            continue
        before = [
            earlier for one, earlier in pairs
            if one is later and days(later)[0] - days(earlier)[1] > reach and days(later)[0] - days(earlier)[0] <= back
        ]  # fmt: skip
        for actor in agents(later):
            mine = [one for one in before if actor in shared(later, one)]
            held = [position for position in positions(later) if position[1] != "unclear"]
            last = [next((one for one in mine if alike(one, later)), None)]
            last += [next((one for one in mine if position in positions(one)), None) for position in held]
            made |= {
                told("repeat", later, one) for one in last if one and frozenset([one["id"], later["id"]]) not in judged
            }
    yield from made


@pytest.mark.parametrize("is_small", [True, False], ids=["small pages", "usual pages"])
def test_any_pairs_are_offered_as_the_definition_has_it(
    api: Api, is_small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    if is_small:
        for name, most in (
            ("FEWEST", 3),
            ("GROWTH", 2),
            ("MOST_LOADED", 6),
            ("MOST_EXAMINED", 20),
            ("MOST_COMPARED", 30),
        ):
            monkeypatch.setattr(duplicates, name, most)
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    written: list[str] = []

    @profile(
        max_examples=75,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(BODIES)
    def make(body: Json) -> None:
        sent = {name: value for name, value in body.items() if name not in ("said", "kind")}
        kind = Kind(body["kind"])
        whole = (
            statement(**sent, topic=None, stance=None)
            if kind is Kind.STATEMENT
            else event(**{**sent, "quote": None, "event_mode": None})
        )
        with database.writing(keys.SYSTEM) as writing:
            written.append(loads(records.create(writing, kind, whole).body)["id"])
        if body["said"] and body["said"][0] < len(written):
            step, what = body["said"]
            pair = [written[-1], written[-1 - step]]
            with suppress(Problem), database.writing(keys.SYSTEM) as writing:
                if what == "dismissed":
                    dismissals.create(writing, {"records": pair})
                else:
                    reactions.create(writing, {"from": pair[0], "to": pair[1], "type": what})

    make()
    questions = ASKED[:4] if is_small else ASKED
    before, instant = [seen(api, asked) for asked in questions], now(api)
    for number, uid in enumerate(written[::4]):
        kind = "statements" if api.send("GET", f"/v1/statements/{uid}").status_code == 200 else "events"
        change = {"date": "2025-03-12"} if number % 2 else {"title": "truce talks peace army"}
        assert api.patch(f"/v1/{kind}/{uid}", change).status_code in (200, 409)
    assert [seen(api, {**asked, "as_of": instant}) for asked in questions] == before
    after = [seen(api, asked) for asked in questions]
    assert after != before
    assert after[0] == after[1][::-1]
    assert {offer for offer, *_ in after[0]} == {"merge", "repeat"}
    if not is_small:
        assert len({reason for one in after[0] for reason in one.reasons}) == 8
        assert len({doubt for one in after[0] for doubt in one.doubts}) == 3


def seen(api: Api, asked: Json) -> list[Found]:
    """The pairs of a question in their order, which are what plain Python finds, each once, however long the pages are."""
    moment = {name: value for name, value in asked.items() if name == "as_of"}
    of_list = {
        name: value for name, value in asked.items() if name not in ("offer", "within", "repeats_within", "min_score")
    }
    kept = {record["id"] for record in api.walk("/v1/timeline", 500, **of_list)}
    status = {name: value for name, value in asked.items() if name == "status"}
    listed = list(api.walk("/v1/timeline", 500, **moment, **status))
    said, dismissed = (list(api.walk(path, 500, **moment)) for path in ("/v1/reactions", "/v1/duplicates/dismissals"))
    question = {"min_score": 0, **asked}
    items = list(api.walk("/v1/duplicates", 500, **question))
    assert items == list(api.walk("/v1/duplicates", 7, **question))
    found = [
        Found(
            one["offer"], (one["records"][0]["id"], one["records"][1]["id"]), frozenset(one["reasons"]), frozenset(one["doubts"]),
            frozenset(actor["slug"] for actor in one["actors"]),
        )
        for one in items
    ]  # fmt: skip
    assert len({frozenset(one.records) for one in found}) == len(found)
    if "min_score" in asked:
        every = {
            (one["offer"], *(record["id"] for record in one["records"])): one["score"]
            for one in api.walk("/v1/duplicates", 500, min_score=0, **moment)
        }
        assert {(one.offer, *one.records) for one in found} == {pair for pair, score in every.items() if score >= 0.5}
    else:
        assert set(found) == set(expected(kept, listed, said, dismissed, asked)), asked
    return found

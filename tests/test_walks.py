"""Every list of records against plain Python: random filters, walked to the end page by page, on either database."""

import random
import re
from urllib.parse import urlencode

import pytest

from api import queries
from api.database import Database
from api.settings import Settings
from api.store import timeline
from api.store.directory import Directory, Shelf
from api.store.sessions import Reading
from schemas.timeline import RecordFilter, TimelineFilter
from schemas.vocabularies import Status
from tests.benchmarks import world
from tests.benchmarks.brute import everything, expected, graph
from tests.benchmarks.made import DESK
from tests.benchmarks.small import generated

FILTERS = 200


def asked(pick: random.Random) -> tuple[list[tuple[str, str]], str | None]:
    """A random filter as a query, and now and then the actor in the path."""
    query: list[tuple[str, str]] = []

    def perhaps(chance: float, name: str, *values: str) -> None:
        if pick.random() < chance:
            query.extend((name, value) for value in values)

    ranks = [*range(1, 8), 19, 39, 59, world.BLOC]
    who = pick.choice(ranks)
    subject = None
    if pick.random() < 0.8:
        if pick.random() < 0.2:
            subject = world.actor(who)
        else:
            query += [("actor", world.actor(rank)) for rank in {who, *pick.sample(ranks, pick.choice((0, 0, 1, 3)))}]
        perhaps(0.6 if world.is_group(who) else 0.1, "affiliates", "true")
        perhaps(0.4, "role", pick.choice(("any", "any", "addressee", "target", "mediator", "host", "agent")))
    first = pick.randrange(world.DAYS)
    day = world.FIRST_DAY.fromordinal(world.FIRST_DAY.toordinal() + first)
    last = day.fromordinal(day.toordinal() + pick.choice((0, 3, 40, 400)))
    perhaps(0.5, "from", pick.choice((f"{day}", f"{day:%Y-%m}", f"{day}T13:30:00Z")))
    perhaps(0.5, "to", pick.choice((f"{last}", f"{last:%Y}", f"{last}T15:00:00Z")))
    perhaps(0.25, "date_match", pick.choice(("within", "within", "overlaps")))
    perhaps(0.2, "max_span", pick.choice(("PT1S", "PT6H", "P1D", "P31D", "P3M")))
    if pick.random() < 0.4:
        query += [("topic", world.topic(number)) for number in pick.sample(range(1, 25), pick.choice((1, 1, 2)))]
    perhaps(0.3, "stance", *{pick.choice(("supports", "opposes", "neutral", "unclear")) for _ in range(2)})
    perhaps(0.15, "condition_type", pick.choice(("none", "preconditions")))
    perhaps(0.3, "min_confidence", str(pick.randrange(101)))
    perhaps(0.2, "kind", pick.choice(("statement", "event")))
    perhaps(0.15, "status", *{pick.choice(list(Status)) for _ in range(2)})
    perhaps(0.05, "target", world.actor(pick.randrange(1, 4)))
    perhaps(0.07, "source", world.source(pick.randrange(1, world.SOURCES)))
    perhaps(0.05, "tag", f"tag-{pick.randrange(500)}")
    perhaps(0.05, "min_reliability", pick.choice("ABCDE"))
    perhaps(0.05, "event_type", "CONSULT", "AGREE")
    perhaps(0.05, "channel", "briefing")
    perhaps(0.05, "country", "TR", "UA")
    perhaps(0.05, "language", "uk")
    perhaps(0.6, "order", pick.choice(("asc", "asc", "desc", "entered", "-entered")))
    return query, subject


def walked(reading: Reading, directory: Directory, filters: RecordFilter, subject: str | None) -> list[str]:
    """The ids of every page."""
    found: list[str] = []
    while True:
        page = timeline.page(reading, directory, filters, None, subject)
        assert page is not None
        ids = [uid.decode() for uid in re.findall(rb'(?:^|,)\{"id":"([0-9a-f-]{36})","kind"', page.items)]
        assert len(ids) <= filters.limit
        found += ids
        if page.next is None:
            return found
        assert len(ids) == filters.limit
        filters = filters.model_copy(update={"cursor": page.next})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_any_list_walked_to_its_end_is_what_plain_python_finds(kind: str, request: pytest.FixtureRequest) -> None:
    database = Database(Settings(database_url=generated(kind, request)))
    pick = random.Random(1)
    faults, found = [], 0
    with database.reading(DESK) as reading:
        directory = Shelf().directory(reading)
        records, known = everything(reading), graph(reading)
        for number in range(FILTERS):
            query, subject = asked(pick)
            filters = queries.parse(TimelineFilter, urlencode(query).encode())
            right = [record.uid for record in expected(records, known, filters, subject)]
            found += len(right)
            limit = min(500, max(1, len(right) // pick.randrange(1, 6) + pick.randrange(2)))
            given = walked(reading, directory, filters.model_copy(update={"limit": limit}), subject)
            if given != right:
                missing, extra = len({*right} - {*given}), len({*given} - {*right})
                faults.append(
                    f"{number}: {subject} {query} limit {limit}: {missing} missing, {extra} too many of {len(right)}"
                )
    database.close()
    assert not faults, "\n".join(faults)
    assert found > 50 * FILTERS, "the filters find too little to show anything"

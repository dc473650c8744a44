"""Small valid bodies, and a little world of actors, topics and a source to hang records on."""

from typing import Any

from api.database import Database
from api.store import actors, affiliations, keys, sources, topics
from tests.expect import Api


def statement(**changes: Any) -> dict[str, Any]:
    """A minimal statement as a person would type it first; None leaves a member out."""
    body = {
        "date": "2025-03-13",
        "actor": "vladimir-putin",
        "title": "Agrees with the idea of a truce, raises questions first",
        "topic": "truce-in-principle",
        "stance": "supports",
        "source": "kremlin-ru",
        "url": "http://en.kremlin.ru/events/president/news/76450",
        "confidence": "high",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def event(**changes: Any) -> dict[str, Any]:
    """A minimal event; None leaves a member out."""
    body = {
        "date": "2025-03-18",
        "actor": "vladimir-putin",
        "title": "Speaks by telephone",
        "event_type": "CONSULT",
        "event_mode": "phone",
        "source": "kremlin-ru",
        "url": "http://en.kremlin.ru/events/president/news/76477",
        "confidence": 90,
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


ACTORS = [
    ("vladimir-putin", "person", "Vladimir Putin"),
    ("dmitry-peskov", "person", "Dmitry Peskov"),
    ("kremlin", "office", "The Kremlin"),
    ("russia", "government", "Russia"),
    ("boris-johnson", "person", "Boris Johnson"),
    ("united-kingdom", "government", "United Kingdom"),
    ("finland", "government", "Finland"),
    ("nato", "alliance", "NATO"),
    ("the-west", "bloc", "The West"),
]
AFFILIATIONS = [
    ("vladimir-putin", "kremlin", "2012-05-07/.."),
    ("dmitry-peskov", "kremlin", "2012/.."),
    ("kremlin", "russia", "1991-12-26/.."),
    ("boris-johnson", "united-kingdom", "2019-07-24/2022-09-06"),
    ("united-kingdom", "nato", "1949-08-24/.."),
    ("finland", "nato", "2023-04-04/.."),
    ("nato", "the-west", "1949-04-04/.."),
]
TOPICS: list[dict[str, Any]] = [
    {"slug": "ceasefire", "name": "Ceasefire", "proposition": "The parties should stop fighting."},
    {"slug": "truce-in-principle", "name": "Truce in principle", "proposition": "The parties should accept a truce.",
     "parent": "ceasefire", "parent_polarity": 1},
    {"slug": "sanctions", "name": "Sanctions", "proposition": "The West should keep its sanctions."},
]  # fmt: skip
SOURCES = [
    {"slug": "kremlin-ru", "name": "kremlin.ru", "reliability": "B"},
    {"slug": "some-blog", "name": "A blog", "reliability": "E"},
]


def world(api: Api) -> None:
    """Actors of two sides with dated affiliations, a topic with a child, and two sources, in one transaction."""
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        for slug, kind, name in ACTORS:
            actors.create(writing, {"slug": slug, "kind": kind, "name": name})
        for member, group, dates in AFFILIATIONS:
            affiliations.create(writing, member, {"group": group, "dates": dates})
        for topic in TOPICS:
            topics.create(writing, topic)
        for source in SOURCES:
            sources.create(writing, source)

"""Small valid bodies, and a little world of actors, topics and a source to hang records on."""

from typing import Any

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


def world(api: Api) -> None:
    """Actors of two sides with dated affiliations, a topic with a child, and two sources."""
    for slug, kind, name in [
        ("vladimir-putin", "person", "Vladimir Putin"),
        ("dmitry-peskov", "person", "Dmitry Peskov"),
        ("kremlin", "office", "The Kremlin"),
        ("russia", "government", "Russia"),
        ("boris-johnson", "person", "Boris Johnson"),
        ("united-kingdom", "government", "United Kingdom"),
        ("finland", "government", "Finland"),
        ("nato", "alliance", "NATO"),
        ("the-west", "bloc", "The West"),
    ]:
        api.make("/v1/actors", {"slug": slug, "kind": kind, "name": name})
    for member, group, dates in [
        ("vladimir-putin", "kremlin", "2012-05-07/.."),
        ("dmitry-peskov", "kremlin", "2012/.."),
        ("kremlin", "russia", "1991-12-26/.."),
        ("boris-johnson", "united-kingdom", "2019-07-24/2022-09-06"),
        ("united-kingdom", "nato", "1949-08-24/.."),
        ("finland", "nato", "2023-04-04/.."),
        ("nato", "the-west", "1949-04-04/.."),
    ]:
        api.make(f"/v1/actors/{member}/affiliations", {"group": group, "dates": dates})
    api.make(
        "/v1/topics", {"slug": "ceasefire", "name": "Ceasefire", "proposition": "The parties should stop fighting."}
    )
    api.make(
        "/v1/topics",
        {"slug": "truce-in-principle", "name": "Truce in principle", "proposition": "The parties should accept a truce.",
         "parent": "ceasefire", "parent_polarity": 1},
    )  # fmt: skip
    api.make(
        "/v1/topics", {"slug": "sanctions", "name": "Sanctions", "proposition": "The West should keep its sanctions."}
    )
    api.make("/v1/sources", {"slug": "kremlin-ru", "name": "kremlin.ru", "reliability": "B"})
    api.make("/v1/sources", {"slug": "some-blog", "name": "A blog", "reliability": "E"})

"""A little world of positions by chance, and the same counts worked out in plain Python from the answers of the lists alone."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from math import sqrt
from typing import Any

from api.database import Database
from api.store import actors, affiliations, keys, reactions, records, sources, topics
from schemas.vocabularies import Kind
from tests.expect import Api

ACTORS = ("ann", "bob", "club")
# topic -> parent and polarity: a chain with a turn in it, and a branch that is neither for nor against what is above it.
TOPICS: dict[str, tuple[str | None, int | None]] = {
    "root": (None, None), "part": ("root", 1), "reverse": ("root", -1), "below-reverse": ("reverse", -1), "aside": ("root", None),
    "below-aside": ("aside", 1), "other": (None, None),
}  # fmt: skip
STANCES = ("strongly_supports", "supports", "neutral", "opposes", "strongly_opposes", "no_position", "unclear")
SCORES = {"strongly_supports": 2, "supports": 1, "neutral": 0, "opposes": -1, "strongly_opposes": -2}
ATTRIBUTIONS = ("own_words", "own_words", "own_words", "own_office", "counterpart", "inferred")
_DATES = (
    "2024-12-30", "2024-12-31", "2025-01-01", "2025-01-05", "2025-01-06", "2025-02-28", "2025-03-01", "2025-01-05T08:00:00Z",
    "2025-01-05T23:30:00-03:00", "2025-01-05/2025-01-06", "2025-02", "2025", "2024-12-31/2025-03-01", "2025-02-27/..", "../2025-01-02",
)  # fmt: skip


def fill(api: Api, seed: int, n: int = 60) -> None:
    """Statements and events by chance, some taken back by their actor, some by another."""
    pick = random.Random(seed)
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        for slug in ACTORS:
            actors.create(writing, {"slug": slug, "kind": "bloc" if slug == "club" else "person", "name": slug.title()})
        affiliations.create(writing, "ann", {"group": "club", "dates": "2025-01-01/2025-02-27"})
        affiliations.create(writing, "bob", {"group": "club", "dates": "../2025-01-05"})
        for slug, (parent, polarity) in TOPICS.items():
            body: dict[str, Any] = {"slug": slug, "name": slug.title(), "proposition": "The parties should do it."}
            topics.create(writing, body | ({"parent": parent, "parent_polarity": polarity} if parent else {}))
        for slug, reliability in (("daily", "A"), ("weekly", "C"), ("rumours", None)):
            sources.create(
                writing, {"slug": slug, "name": slug.title(), **({"reliability": reliability} if reliability else {})}
            )
        made = []
        for _ in range(n):
            chosen = pick.sample(list(TOPICS), pick.choice((1, 1, 2, 3)))
            kind = pick.choice((Kind.STATEMENT, Kind.STATEMENT, Kind.EVENT))
            body = {
                "date": pick.choice(_DATES),
                "actor": pick.choice(ACTORS),
                "title": "Speaks",
                "topics": [
                    {"topic": topic, "stance": pick.choice(STANCES),
                     "condition_type": pick.choice(("none", "none", "modalities", "preconditions"))}
                    for topic in chosen
                ],
                "citations": [
                    {"source": source, "url": f"https://example.org/{source}/{pick.randrange(9)}",
                     **({"reliability": pick.choice("BDF")} if pick.random() < 0.2 else {})}
                    for source in pick.sample(("daily", "weekly", "rumours"), pick.choice((1, 1, 2)))
                ],
                "confidence": pick.choice((None, 0, 15, 40, 85, 100)),
                "attribution": pick.choice(ATTRIBUTIONS),
            }  # fmt: skip
            other = pick.choice(ACTORS)
            if other != body["actor"] and pick.random() < 0.3:
                body["participants"] = [{"actor": other, "role": pick.choice(("co_actor", "target"))}]
            elif other != body["actor"] and pick.random() < 0.3:
                body["on_behalf_of"] = other
            if kind is Kind.EVENT:
                body |= {
                    "event_type": pick.choice(("CONSULT", "AGREE")),
                    "place": {"name": "There", "country": pick.choice(("TR", "FR"))},
                }
            else:
                body["language"] = pick.choice(("ru", "en", "en-GB"))
            body["status"] = pick.choice(("published", "published", "published", "under_review", "withdrawn"))
            made.append(_id(records.create(writing, kind, body).path))
        late = records.create(writing, Kind.STATEMENT, {
            "date": "2025-04-01", "actor": "ann", "title": "Takes it back", "topic": "other", "stance": "neutral", "source": "daily",
            "url": "https://example.org/late", "confidence": 85,
        })  # fmt: skip
        for answered in pick.sample(made, min(8, n - 1)):
            link = {"from": _id(late.path), "to": answered, "type": "retracts"}
            reactions.create(writing, link | ({"topic": pick.choice(list(TOPICS))} if pick.random() < 0.5 else {}))


def _id(path: str) -> str:
    return path.rpartition("/")[2]


def day(text: str | None, default: date) -> date:
    """A day of an answer; an open end is the calendar's."""
    return default if text is None else date.fromisoformat(text)


def agents(record: dict[str, Any]) -> set[str]:
    """Whose stance a record tells."""
    found = {record["actor"]["slug"]} | ({record["on_behalf_of"]["slug"]} if record["on_behalf_of"] else set())
    return found | {one["actor"]["slug"] for one in record["participants"] if one["role"] == "co_actor"}


def sign(topic: str, shown: str) -> tuple[bool, int | None]:
    """Whether a topic is another or below it, and how it counts for it."""
    turn: int | None = 1
    at: str | None = topic
    while at is not None:
        if at == shown:
            return True, turn
        parent, polarity = TOPICS[at]
        turn = None if turn is None or polarity is None else turn * polarity
        at = parent
    return False, None


def positions(api: Api, own_only: bool = True, **asked: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Every position that counts, for each actor and topic it counts for, and how many were left out."""
    taken = set()
    everything = {one["id"]: one for one in api.walk("/v1/timeline", 500)}
    for link in api.walk("/v1/reactions", 500, type="retracts"):
        own = everything.get(link["from"], {}).get("attribution") in ("own_words", "own_office")
        if own:
            taken |= {
                (link["to"], actor, link["topic"]["slug"] if link["topic"] else None)
                for actor in agents(everything[link["from"]])
            }
    found: list[dict[str, Any]] = []
    left: dict[str, set[tuple[str, str, str]]] = {
        reason: set() for reason in ("attribution", "retracted", "no_polarity")
    }
    for record in api.walk("/v1/timeline", 500, **asked):
        for actor in agents(record):
            for one in record["topics"]:
                topic = one["topic"]["slug"]
                for shown in TOPICS:
                    is_below, turn = sign(topic, shown)
                    if not is_below:
                        continue
                    where = (actor, shown, record["id"])
                    if turn is None:
                        left["no_polarity"].add(where)
                    elif own_only and record["attribution"] not in ("own_words", "own_office"):
                        left["attribution"].add(where)
                    elif taken & {(record["id"], actor, None), (record["id"], actor, topic)}:
                        left["retracted"].add(where)
                    else:
                        score = SCORES.get(one["stance"])
                        found.append({
                            "actor": actor, "topic": shown, "record": record["id"], "own": topic, "given": one["stance"],
                            "score": None if score is None else score * turn, "conditional": one["condition_type"] == "preconditions",
                            "confidence": record["confidence"], "first": day(record["date_earliest"], date.min),
                            "last": day(record["date_latest"], date.max), "date": record["date"],
                        })  # fmt: skip
    return found, {reason: len(those) for reason, those in left.items()}


def units(found: list[dict[str, Any]], count: str = "days") -> list[dict[str, Any]]:
    """The positions, each with the share it has in its unit: records share it evenly, and the positions of each its share.

    Those off the scale count only where none is on it.
    """
    together = defaultdict(list)
    for one in found:
        key = (one["actor"], one["topic"], one["first"], one["last"]) + ((one["record"],) if count == "records" else ())
        together[key].append(one)
    shared = []
    for members in together.values():
        counted = [one for one in members if one["score"] is not None] or members
        of_record = Counter(one["record"] for one in counted)
        shared += [{**one, "share": 1 / len(of_record) / of_record[one["record"]]} for one in counted]
    return shared


def row(members: list[dict[str, Any]], weight: str = "none") -> dict[str, Any]:
    """The counts of a row, from positions with their shares."""
    on_scale = [one for one in members if one["score"] is not None]
    weighed = [(one["share"] * (1 if weight == "none" else one["confidence"] or 0), one["score"]) for one in on_scale]
    total = sum(share for share, _ in weighed)
    mean = sum(share * score for share, score in weighed) / total if total else None
    variance = 0.0 if mean is None else sum(share * (score - mean) ** 2 for share, score in weighed) / total
    counts = {
        f"n_{stance}": sum(one["share"] for one in on_scale if one["score"] == score)
        for stance, score in SCORES.items()
    }
    return counts | {
        "n": sum(one["share"] for one in on_scale),
        "mean": mean,
        "spread": None if mean is None else sqrt(max(variance, 0.0)),
        "n_unclear": sum(one["share"] for one in members if one["given"] == "unclear"),
        "n_no_position": sum(one["share"] for one in members if one["given"] == "no_position"),
        "n_conditional": sum(one["share"] for one in members if one["conditional"]),
    }


def same(answered: dict[str, Any], expected: dict[str, Any]) -> bool:
    """That an answer has these members, numbers up to the six decimals that answers have."""
    return all(
        answered[name] == value
        if value is None or not isinstance(value, float | int)
        else abs(answered[name] - value) < 2e-6
        for name, value in expected.items()
    )


def days(first: date, last: date) -> int:
    """How many days there are from one to another, both counted."""
    return (last - first) // timedelta(days=1) + 1

"""The world of the benchmark, made up from a seed: who there is, who belongs to whom, and each record's body.

A body depends on the seed, its number and its version alone, so that any record can be made again by itself.
"""

import random
from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from schemas.vocabularies import Kind

ACTORS, SOURCES, TOPICS, ROOTS = 1_000, 200, 50, 10
GROUPS, MEMBERS = 50, 20
# Actor 1 has a fifth of all records: 1 / rank ** SKEW.
SKEW = 1.14
BLOC = ACTORS
REWRITTEN = 20  # the actor whose records all have OLD_VERSIONS older versions
OLD_VERSIONS = 20
FIRST_DAY, DAYS = date(2021, 1, 1), 1_826

_RUSSIAN = """мы с предложениями согласны но исходим из того что прекращение боевых действий должно вести к долгосрочному миру и
устранять первопричины кризиса переговоры продолжатся на следующей неделе в прежнем составе после обмена списками""".split()
_ENGLISH = """we agree with the proposals but proceed from the fact that a cessation should lead to lasting peace and remove
the root causes of this crisis the talks will go on next week in the same composition after an exchange of lists""".split()
_STANCES = ("supports", "strongly_supports", "opposes", "strongly_opposes", "neutral", "no_position", "unclear")
_EVENTS = (
    ("CONSULT", "phone"),
    ("CONSULT", "visit"),
    ("AGREE", None),
    ("REQUEST", None),
    ("AID", None),
    ("SANCTION", None),
)
_ROLES = (("addressee", 0.3), ("target", 0.1), ("co_actor", 0.05), ("mediator", 0.03), ("host", 0.03))
_STATUSES = (("withdrawn", 0.01), ("draft", 0.02), ("under_review", 0.04))
_LANGUAGES = (("ru", 0.5), ("uk", 0.8), ("en", 1.0))
_CHANNELS = ("speech", "interview", "press_conference", "briefing", "readout", "post", "document")
_COUNTRIES = ("RU", "UA", "TR", "US", "FR", "DE", "SA", "BY")
_WORDS = ("low", "medium", "high")


def actor(rank: int) -> str:
    """The slug of the actor at this rank; the first has most records."""
    return f"actor-{rank}"


def source(number: int) -> str:
    """The slug of a source."""
    return f"source-{number}"


def topic(number: int) -> str:
    """The slug of a topic; the first ten are roots, each with four children."""
    return f"topic-{number}"


def is_group(rank: int) -> bool:
    """Whether others belong to this actor: every twentieth, and the bloc of them all."""
    return rank % (ACTORS // GROUPS) == ACTORS // GROUPS - 1


@dataclass(frozen=True)
class World:
    """Everything that a seed and a number of records decide."""

    seed: int
    records: int
    vague: float = 0.03  # how many dates are months, intervals, years or open
    _actors: list[float] = field(init=False)
    _topics: list[float] = field(init=False)
    _sentences: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "_actors", list(accumulate(rank**-SKEW for rank in range(1, ACTORS + 1))))
        put(self, "_topics", list(accumulate(number**-0.6 for number in range(1, TOPICS + 1))))
        pick = random.Random(self.seed)
        put(self, "_sentences", [
            tuple(" ".join(pick.sample(words, 13)).capitalize() + "." for words in (_RUSSIAN, _ENGLISH))
            for _ in range(256)
        ])  # fmt: skip

    def actors(self) -> list[dict[str, Any]]:
        """Persons, fifty groups and one bloc."""
        kinds = {BLOC: "bloc"} | {rank: "government" for rank in range(1, ACTORS) if is_group(rank)}
        return [
            {"slug": actor(rank), "kind": kinds.get(rank, "person"), "name": f"Actor number {rank}"}
            for rank in range(1, ACTORS + 1)
        ]

    def sources(self) -> list[dict[str, Any]]:
        """Sources of all grades."""
        return [
            {"slug": source(number), "name": f"Source number {number}", "reliability": "ABCDEF"[number % 6]}
            for number in range(1, SOURCES + 1)
        ]

    def topics(self) -> list[dict[str, Any]]:
        """A tree: ten topics and four below each."""
        made = []
        for number in range(1, TOPICS + 1):
            one = {"slug": topic(number), "name": f"Topic number {number}", "proposition": "A should do B."}
            made.append(one if number <= ROOTS else {**one, "parent": topic((number - 1) % ROOTS + 1)})
        return made

    def affiliations(self) -> list[tuple[str, str, str]]:
        """Member, group, dates: twenty members to each group, the first group the largest actors, all groups in the bloc."""
        pick = random.Random(self.seed + 1)
        groups = [rank for rank in range(1, ACTORS) if is_group(rank)]
        persons = [rank for rank in range(1, ACTORS) if not is_group(rank)]
        made = []
        for index, group in enumerate(groups):
            for member in persons[:MEMBERS] if index == 0 else pick.sample(persons, MEMBERS):
                joined = FIRST_DAY + timedelta(days=pick.randrange(-400, DAYS // 2))
                left = joined + timedelta(days=pick.randrange(200, DAYS))
                until = ".." if pick.random() < 0.4 else left.isoformat()
                made.append((actor(member), actor(group), f"{joined}/{until}"))
            made.append((actor(group), actor(BLOC), f"{2015 + index % 10}/.."))
        return made

    def body(self, number: int, version: int = 1) -> tuple[Kind, dict[str, Any]]:
        """What was sent to record this; a later version corrects the title, and now and then date and confidence."""
        pick = random.Random(self.seed * 1_000_000_007 + number)
        chance = pick.random
        kind = Kind.STATEMENT if chance() < 0.8 else Kind.EVENT
        who = self._rank(chance)
        russian, english = pick.choice(self._sentences)
        _, second = pick.choice(self._sentences)
        body: dict[str, Any] = {
            "date": self._date(pick),
            "actor": actor(who),
            "title": f"{english[:70].strip()} ({number})",
            "summary": f"{second} {english}",
            "topics": self._positions(pick, 1 if kind is Kind.STATEMENT or chance() < 0.7 else 0),
            "confidence": pick.randrange(101) if chance() < 0.7 else pick.choice(_WORDS),
            "citations": self._citations(pick, number, second),
            "rationale": second,
            "tags": [f"tag-{pick.randrange(500)}"],
            "status": next((status for status, limit in _STATUSES if chance() < limit), "published"),
            "participants": [],
        }
        if chance() < 0.03:
            body["confidence"] = None
        parts = {who}
        for role, limit in _ROLES:
            if chance() < limit:
                other = self._rank(chance)
                # Now and then the same actor has two parts in it.
                if other not in parts or chance() < 0.3:
                    body["participants"].append({"actor": actor(other), "role": role})
                parts.add(other)
        if chance() < 0.2:
            body["on_behalf_of"] = actor(self._rank(chance))
        if chance() < 0.3:
            body["place"] = {
                "name": "Somewhere",
                "country": pick.choice(_COUNTRIES),
                "latitude": 50.45,
                "longitude": 30.52,
            }
        if kind is Kind.EVENT:
            body["event_type"], mode = pick.choice(_EVENTS)
            body |= {"event_mode": mode} if mode else {}
        else:
            shade = chance()
            body |= {
                "quote": russian, "translation": english, "translation_by": "editor", "prompted": shade < 0.5,
                "language": next(tag for tag, limit in _LANGUAGES if shade <= limit), "channel": pick.choice(_CHANNELS),
            }  # fmt: skip
        if version > 1:
            body["title"] += f", corrected {version - 1}"
            body["change_note"] = "Corrected after the transcript"
            if chance() < 0.2:
                body |= {"date": self._date(pick), "confidence": pick.randrange(101)}
        return kind, body

    def versions(self, number: int) -> int:
        """How many versions this record has."""
        pick = random.Random(self.seed * 1_000_000_007 + number)
        pick.random()
        if self._rank(pick.random) == REWRITTEN:
            return OLD_VERSIONS + 1
        return 2 if random.Random(self.seed * 998_244_353 + number).random() < 0.3 else 1

    def _rank(self, chance: Any) -> int:
        return bisect(self._actors, chance() * self._actors[-1]) + 1

    def _date(self, pick: random.Random) -> str:
        day = FIRST_DAY + timedelta(days=pick.randrange(DAYS))
        shape = pick.random() / self.vague
        if shape < 0.5:
            return f"{day:%Y-%m}"
        if shape < 0.93:
            return f"{day}/{day + timedelta(days=pick.randrange(1, 120))}"
        if shape < 0.98:
            return f"{day:%Y}"
        if shape < 1:
            return f"{day}/.."
        if pick.random() < 0.12:
            return f"{day}T{pick.randrange(24):02}:{pick.randrange(60):02}:00Z"
        return day.isoformat()

    def _positions(self, pick: random.Random, least: int) -> list[dict[str, Any]]:
        wanted = max(least, pick.randrange(4) if least else 0)
        numbers = {bisect(self._topics, pick.random() * self._topics[-1]) + 1 for _ in range(wanted)}
        made = []
        for number in sorted(numbers):
            one = {
                "topic": topic(number),
                "stance": pick.choices(_STANCES, (40, 6, 30, 6, 8, 6, 4))[0],
                "coding_certainty": "high",
            }
            if pick.random() < 0.15:
                one |= {
                    "condition_type": "preconditions",
                    "conditions": "Mobilisation stops for the length of the truce",
                }
            made.append(one)
        return made

    def _citations(self, pick: random.Random, number: int, excerpt: str) -> list[dict[str, Any]]:
        return [
            {
                "source": source(pick.randrange(SOURCES) + 1), "url": f"https://example.org/news/{number}/{part}",
                "published_at": "2025-03-13", "credibility": 2, "role": "original" if part == 0 else "report",
                "excerpt": excerpt, "archive_url": f"https://archive.example.org/20250313/news/{number}/{part}",
                "retrieved_at": "2025-03-14T09:30:00Z",
            }
            for part in range(1 if pick.random() < 0.7 else 2)
        ]  # fmt: skip

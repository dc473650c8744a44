"""Stretches of time around some records: all that their actors said and did then, held in memory to be compared.

Records that may be one, or repeat each other, have an actor in common and lie near each other in time. So whatever a
record can be like stands in the walked rows of its actors, from so many days before it to so many days after; each row
is read once, however many records it lies near.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from api.store import dialects
from api.store.sessions import Reading
from api.store.walks import Picked
from schemas import addresses, likeness
from schemas.dates import DAY
from schemas.likeness import Words
from schemas.records import EVERYONE, ROLE_CODES
from schemas.vocabularies import Stance

_SCORED = frozenset(str(stance) for stance in Stance if stance.score is not None)
_WINDOW = ("actor", "low", "high")


class Reach(NamedTuple):
    """How far apart, in days: two dates of one thing; and a position from what it repeats, 0 where no repeats are wanted."""

    near: int
    back: int


@dataclass(slots=True)
class Record:
    """What of a record is compared."""

    id: int
    seq: int
    kind: int
    earliest: int
    latest: int
    agents: set[int] = field(default_factory=set)  # as far as they have a part in the stretch
    title: Words = frozenset()
    quote: Words = frozenset()
    positions: frozenset[tuple[int, str]] = frozenset()
    pages: frozenset[str] = frozenset()

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the timeline's order."""
        return self.earliest, self.latest, self.id

    @property
    def days(self) -> tuple[int, int]:
        """Its first and its last possible day."""
        return self.earliest // DAY, self.latest // DAY


@dataclass(slots=True)
class Stretch:
    """The records of a stretch, and what finds those that are like one of them. `compared` counts the texts compared."""

    reach: Reach
    records: dict[int, Record]
    compared: int = 0
    _of_text: dict[str, dict[Words, list[Record]]] = field(default_factory=dict)
    _marked: dict[str, dict[str, list[Words]]] = field(default_factory=dict)
    _near: dict[tuple[str, Words], list[Words]] = field(default_factory=dict)
    _of_page: dict[str, list[Record]] = field(default_factory=dict)
    _of_position: dict[tuple[int, int, int, str], list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("title", "quote"):
            texts = self._of_text[name] = {}
            for one in self.records.values():
                if words := getattr(one, name):
                    texts.setdefault(words, []).append(one)
            marked = self._marked[name] = {}
            for words in texts:
                for mark in likeness.marks(words):
                    marked.setdefault(mark, []).append(words)
        for one in sorted(self.records.values(), key=lambda record: record.place):
            for page in one.pages:
                self._of_page.setdefault(page, []).append(one)
            for topic, stance in one.positions:
                for actor in one.agents:
                    self._of_position.setdefault((actor, one.kind, topic, stance), []).append(one)

    def merges(self, one: Record) -> Iterator[Record]:
        """The records that may be the same thing: an actor in common, a near date, and a near text or one page."""
        found = {other.id: other for other in self._alike(one)}
        found |= {other.id: other for page in one.pages for other in self._of_page.get(page, ())}
        for other in found.values():
            if other.kind == one.kind and other.id != one.id and one.agents & other.agents and self.is_near(one, other):
                yield other

    def repeats(self, one: Record) -> Iterator[Record]:
        """What a record may repeat: of each of its actors the last one before it with a near text, and the last one with
        the same stance on each of its topics."""
        found: dict[int, Record] = {}
        alike = [other for other in self._alike(one) if other.kind == one.kind and self._is_before(other, one)]
        for actor in one.agents:
            of_actor = [other for other in alike if actor in other.agents]
            if of_actor:
                last = max(of_actor, key=lambda record: record.place)
                found[last.id] = last
            for topic, stance in one.positions:
                if stance in _SCORED and (before := self._last(actor, one, topic, stance)):
                    found[before.id] = before
        yield from found.values()

    def is_near(self, one: Record, other: Record) -> bool:
        """Whether both bounds of two dates are near enough for one thing."""
        return all(abs(left - right) <= self.reach.near for left, right in zip(one.days, other.days, strict=True))

    def _is_before(self, one: Record, other: Record) -> bool:
        """Whether a record came certainly before another, too long for one thing and not too long for a repeat."""
        first = other.days[0]
        return first - one.days[1] > self.reach.near and first - one.days[0] <= self.reach.back

    def _last(self, actor: int, one: Record, topic: int, stance: str) -> Record | None:
        held = self._of_position[actor, one.kind, topic, stance]
        first = one.days[0]
        until = bisect_left(held, (first - self.reach.near) * DAY, key=lambda record: record.earliest)
        for place in range(until - 1, -1, -1):
            if first - held[place].days[0] > self.reach.back:
                break
            if self._is_before(held[place], one):
                return held[place]
        return None

    def _alike(self, one: Record) -> Iterator[Record]:
        """The records with a near title or quote, itself among them."""
        for name in ("title", "quote"):
            words = getattr(one, name)
            if not words:
                continue
            if (name, words) not in self._near:
                marked = self._marked[name]
                others = {other for mark in likeness.marks(words) for other in marked[mark]}
                self.compared += len(others)
                self._near[name, words] = [other for other in others if likeness.is_near(words, other)]
            for other in self._near[name, words]:
                self.compared += len(self._of_text[name][other])
                yield from self._of_text[name][other]


def load(
    reading: Reading, rows: Sequence[Picked], reach: Reach, met: Sequence[str], values: Mapping[str, Any], most: int | None
) -> Stretch | None:  # fmt: skip
    """The stretch around walked records, of what meets `met`; None where more than `most` records lie in it."""
    agents = _agents(reading, [row[0] for row in rows])
    windows: dict[int, list[tuple[int, int]]] = {}
    for seq, earliest, _, _ in rows:
        day = earliest // DAY
        window = (day - max(reach.near, reach.back)) * DAY, (day + reach.near + 1) * DAY - 1
        for actor in agents.get(seq, ()):
            windows.setdefault(actor, []).append(window)
    bound = [(actor, *window) for actor, found in windows.items() for window in _joined(found)]
    where = f"i.actor = m.actor AND i.role = {ROLE_CODES['agent']} AND i.earliest BETWEEN m.low AND m.high AND {' AND '.join(met)}"
    sql = (
        f"WITH {dialects.given(reading.dialect, 'm', _WINDOW)} SELECT i.actor, i.id, i.seq, i.kind, i.earliest, i.latest "
        f"FROM m {dialects.by_key(reading.dialect, 'involvement', 'i', where)} {'' if most is None else 'LIMIT :most'}"
    )
    given = {**values, **dialects.tabled(reading.dialect, _WINDOW, "m", bound)}
    if most is not None:
        given["most"] = most + 1
    found = reading.rows(sql, given)
    if most is not None and len(found) > most:
        return None
    records: dict[int, Record] = {}
    for actor, number, *rest in found:
        records.setdefault(number, Record(number, *rest)).agents.add(actor)
    _describe(reading, records.values())
    return Stretch(reach, records)


def _agents(reading: Reading, seqs: Sequence[int]) -> dict[int, list[int]]:
    sql = (
        f"SELECT x.seq, x.actor FROM involvement x WHERE {reading.any_of('x.seq', 'seqs')} "
        f"AND x.role = {ROLE_CODES['agent']} AND x.actor <> {EVERYONE}"
    )
    found: dict[int, list[int]] = {}
    for seq, actor in reading.rows(sql, {"seqs": reading.listed(seqs)}):
        found.setdefault(seq, []).append(actor)
    return found


def _joined(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(windows):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def _describe(reading: Reading, records: Iterable[Record]) -> None:
    """Fill in what is compared."""
    at = {one.seq: one for one in records}
    values = {"seqs": reading.listed(list(at))}
    of_seqs = reading.any_of("x.seq", "seqs")
    for seq, title, quote in reading.rows(f"SELECT x.seq, x.title, x.quote FROM record_text x WHERE {of_seqs}", values):
        at[seq].title, at[seq].quote = frozenset(title.split()), frozenset(quote.split())
    for seq, topic, stance in reading.rows(
        f"SELECT x.seq, x.topic_id, x.stance FROM record_stance x WHERE {of_seqs}", values
    ):
        at[seq].positions |= {(topic, stance)}
    for seq, url in reading.rows(
        f"SELECT x.seq, x.url FROM record_citation x WHERE {of_seqs} AND x.url IS NOT NULL", values
    ):
        at[seq].pages |= {canonical(url)}


@lru_cache(maxsize=50_000)
def canonical(url: str) -> str:
    """`schemas.addresses.canonical`, kept: it takes longer than all else that is done with a record here."""
    return addresses.canonical(url)

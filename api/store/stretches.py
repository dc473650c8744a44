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

from api.store import dialects, walks
from api.store.conditions import Conditions
from api.store.sessions import Reading
from api.store.walks import Picked
from schemas import addresses, likeness
from schemas.dates import DAY
from schemas.likeness import Words
from schemas.records import EVERYONE, ROLE_CODES
from schemas.vocabularies import Stance

_SCORED = frozenset(str(stance) for stance in Stance if stance.score is not None)
_BOUND = ("actor", "low", "high")
_Place = tuple[str, int, int]  # title or quote, an actor, and the number of a span of days


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
    def texts(self) -> Iterator[tuple[str, Words]]:
        """Its title and its quote, where they hold a word."""
        return ((name, words) for name, words in (("title", self.title), ("quote", self.quote)) if words)

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
    nearest: int | None = None  # of an actor's records, how many before and after one can be like it
    compared: int = 0
    # By place: the records with a text, the texts with a mark, the texts near one.
    _of_text: dict[_Place, dict[Words, list[Record]]] = field(default_factory=dict)
    _marked: dict[_Place, dict[str, list[Words]]] = field(default_factory=dict)
    _near: dict[tuple[_Place, Words], list[Words]] = field(default_factory=dict)
    _marks: dict[Words, list[str]] = field(default_factory=dict)
    _of_page: dict[str, list[Record]] = field(default_factory=dict)
    _of_position: dict[tuple[int, int, int, str], list[Record]] = field(default_factory=dict)
    _rank: dict[tuple[int, int], int] = field(default_factory=dict)  # by actor and record, among those of its kind

    def __post_init__(self) -> None:
        counts: dict[tuple[int, int], int] = {}
        for one in sorted(self.records.values(), key=lambda record: record.place):
            for actor in one.agents if self.nearest else ():
                self._rank[actor, one.id] = counts[actor, one.kind] = counts.get((actor, one.kind), 0) + 1
            for page in one.pages:
                self._of_page.setdefault(page, []).append(one)
            for name, words in one.texts:
                for actor in one.agents:
                    self._add((name, actor, self._span(one)), words, one)
            for topic, stance in one.positions:
                for actor in one.agents:
                    self._of_position.setdefault((actor, one.kind, topic, stance), []).append(one)

    def _span(self, one: Record) -> int:
        """The number of the span of days in which it begins: what it can be like begins in this one or one beside it."""
        return one.days[0] // (max(self.reach.near, self.reach.back) + 1)

    def _add(self, place: _Place, words: Words, one: Record) -> None:
        held = self._of_text.setdefault(place, {}).setdefault(words, [])
        if not held:
            if words not in self._marks:
                self._marks[words] = likeness.marks(words)
            marked = self._marked.setdefault(place, {})
            for mark in self._marks[words]:
                marked.setdefault(mark, []).append(words)
        held.append(one)

    def merges(self, one: Record) -> Iterator[Record]:
        """The records that may be the same thing: an actor in common, a near date, and a near text or one page."""
        found = {other.id: other for other in self._alike(one)}
        found |= {other.id: other for page in one.pages for other in self._of_page.get(page, ())}
        for other in found.values():
            may = (self._can_be_like(actor, one, other) for actor in one.agents & other.agents)
            if other.kind == one.kind and other.id != one.id and self.is_near(one, other) and any(may):
                yield other

    def repeats(self, one: Record) -> Iterator[Record]:
        """What a record may repeat: of each of its actors the last one before it with a near text, and the last one with
        the same stance on each of its topics."""
        found: dict[int, Record] = {}
        alike = [other for other in self._alike(one) if other.kind == one.kind and self._is_before(other, one)]
        for actor in one.agents:
            of_actor = [other for other in alike if actor in other.agents and self._can_be_like(actor, one, other)]
            if of_actor:
                last = max(of_actor, key=lambda record: record.place)
                found[last.id] = last
            for topic, stance in one.positions:
                if stance in _SCORED and (before := self._last(actor, one, topic, stance)):
                    found[before.id] = before
        yield from found.values()

    def _can_be_like(self, actor: int, one: Record, other: Record) -> bool:
        """Whether two records of one kind are near enough among those of an actor, of whom there may be very many."""
        return self.nearest is None or abs(self._rank[actor, one.id] - self._rank[actor, other.id]) <= self.nearest

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
                return held[place] if self._can_be_like(actor, one, held[place]) else None
        return None

    def _alike(self, one: Record) -> Iterator[Record]:
        """The records of its actors about its time with a near title or quote, itself among them, some more than once."""
        span = self._span(one)
        for name, words in one.texts:
            for actor in one.agents:
                for place in ((name, actor, span - 1), (name, actor, span), (name, actor, span + 1)):
                    for other in self._near_texts(place, words):
                        held = self._of_text[place][other]
                        self.compared += len(held)
                        yield from held

    def _near_texts(self, place: _Place, words: Words) -> list[Words]:
        marked = self._marked.get(place)
        if marked is None:
            return []
        if (place, words) not in self._near:
            others = {other for mark in self._marks[words] for other in marked.get(mark, ())}
            self.compared += len(others)
            self._near[place, words] = likeness.near(words, others)
        return self._near[place, words]


def load(
    reading: Reading, rows: Sequence[Picked], reach: Reach, met: Conditions, most: int | None, nearest: int | None = None
) -> Stretch | None:  # fmt: skip
    """The stretch around walked records, of what meets these conditions; None where more than `most` records lie in it.

    With `nearest`, of each actor no more than so many of either kind before each of the records, and after it.
    """
    windows = list(_windows(reading, rows, reach))
    of_actor = f"i.actor = m.actor AND i.role = {ROLE_CODES['agent']} AND {' AND '.join(walks.met(reading, met))}"
    values = walks.met_values(reading, met)
    if nearest is not None:
        windows = _narrowed(reading, windows, of_actor, values, nearest)
    by_actor: dict[int, list[tuple[int, int]]] = {}
    for window in windows:
        by_actor.setdefault(window.actor, []).append((window.low, window.high))
    bound = [(actor, *span) for actor, spans in by_actor.items() for span in _joined(spans)]
    within = f"{of_actor} AND i.earliest BETWEEN m.low AND m.high"
    sql = (
        f"WITH {dialects.given(reading.dialect, 'm', _BOUND)} SELECT i.actor, i.id, i.seq, i.kind, i.earliest, i.latest "
        f"FROM m {dialects.by_key(reading.dialect, 'involvement', 'i', within)} {'' if most is None else 'LIMIT :most'}"
    )
    given = {**values, **dialects.tabled(reading.dialect, _BOUND, "m", bound), **({"most": most + 1} if most else {})}
    found = reading.rows(sql, given)
    if most is not None and len(found) > most:
        return None
    records: dict[int, Record] = {}
    for actor, number, *rest in found:
        if number not in records:
            records[number] = Record(number, *rest)
        records[number].agents.add(actor)
    _describe(reading, records.values())
    return Stretch(reach, records, nearest)


class _Window(NamedTuple):
    """Where what a record can be like may begin, of one of its actors."""

    actor: int
    low: int
    high: int
    kind: int
    earliest: int
    latest: int
    id: int


def _windows(reading: Reading, rows: Sequence[Picked], reach: Reach) -> Iterator[_Window]:
    sql = (
        f"SELECT x.seq, x.kind, x.actor FROM involvement x WHERE {reading.any_of('x.seq', 'seqs')} "
        f"AND x.role = {ROLE_CODES['agent']} AND x.actor <> {EVERYONE}"
    )
    at = {row[0]: row for row in rows}
    for seq, kind, actor in reading.rows(sql, {"seqs": reading.listed(list(at))}):
        _, earliest, latest, number = at[seq]
        day = earliest // DAY
        low, high = (day - max(reach.near, reach.back)) * DAY, (day + reach.near + 1) * DAY - 1
        yield _Window(actor, low, high, kind, earliest, latest, number)


def _narrowed(
    reading: Reading, windows: Sequence[_Window], of_actor: str, values: Mapping[str, Any], nearest: int
) -> list[_Window]:
    """The windows as far as so many records of their kind reach."""
    place, here = "(i.earliest, i.latest, i.id)", "(m.earliest, m.latest, m.id)"

    def bound(beyond: str, sign: str, order: str) -> str:
        by = ", ".join(f"i.{column} {order}" for column in ("earliest", "latest", "id"))
        return (
            f"coalesce((SELECT i.earliest FROM involvement i WHERE {of_actor} AND i.kind = m.kind AND {beyond} "
            f"AND {place} {sign} {here} ORDER BY {by} LIMIT 1 OFFSET :nearest), m.{'low' if order == 'DESC' else 'high'})"
        )

    sql = (
        f"WITH {dialects.given(reading.dialect, 'm', _Window._fields)} SELECT m.actor, "
        f"{bound('i.earliest >= m.low', '<=', 'DESC')}, {bound('i.earliest <= m.high', '>=', 'ASC')}, "
        "m.kind, m.earliest, m.latest, m.id FROM m"
    )
    given = {**values, "nearest": nearest, **dialects.tabled(reading.dialect, _Window._fields, "m", windows)}
    return [_Window(*row) for row in reading.rows(sql, given)]


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

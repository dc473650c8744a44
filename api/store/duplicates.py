"""Duplicates: pairs of records that may be one, or a position said again, with what speaks for it and against it.

The records that the filters keep are walked in the timeline's order, some at a time, each held against the stretch of
its actors around it. A pair is listed by the later of the two, or by the earlier one where the filters keep that alone;
a repeat always by the later one. A page looks at so many records at most, and says where the next one goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api import cursors
from api.store import documents, resemblances, scopes, stretches, walks
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory
from api.store.documents import Listed
from api.store.resemblances import Pair
from api.store.sessions import Reading
from api.store.stretches import Reach, Record, Stretch
from api.store.walks import Picked, Walk
from schemas.dates import DAY
from schemas.duplicates import REPEATS_WITHIN, WITHIN, DuplicateFilter
from schemas.findings import DuplicateOffer
from schemas.records import KIND_CODES
from schemas.timeline import RecordFilter
from schemas.vocabularies import Order

FEWEST, GROWTH = (
    50,
    4,
)  # so many records are walked first, and so many times more each time that too few pairs were found
# Walked rows of one stretch; of an actor with more about a record, so many before it and after it are looked at.
MOST_LOADED = 2_000
MOST_EXAMINED = 2_500  # of one page
MOST_COMPARED = 50_000  # texts, of one page
_ALL = 2**62  # after every partner of a record


@dataclass(frozen=True, slots=True)
class _Search:
    """What is asked, and the walk that it takes."""

    filters: DuplicateFilter
    walk: Walk
    seen: Conditions  # what the other record of a pair must meet
    reach: Reach

    @property
    def is_asc(self) -> bool:
        """Whether the oldest come first."""
        return self.walk.order is Order.ASC


def page(reading: Reading, directory: Directory, filters: DuplicateFilter) -> Listed:
    """One page of pairs, those of the newest record first. Raises Problem `invalid`, `cursor-mismatch` or `group-too-large`."""
    kind = KIND_CODES[filters.kind] if filters.kind else None
    found = conditions(reading, directory, filters, kind)
    scope = scopes.scope(reading, directory, filters, None, found)
    wanted = filters.offer or list(DuplicateOffer)
    back = (filters.repeats_within or REPEATS_WITHIN) // DAY if DuplicateOffer.REPEAT in wanted else 0
    search = _Search(
        filters,
        Walk(scope.stays, scope.roles, found, Order(filters.order)),
        conditions(reading, directory, RecordFilter(status=filters.status), kind),
        Reach((filters.within or WITHIN) // DAY, back),
    )
    question = cursors.question(filters, "duplicates")
    position = cursors.decode(filters.cursor, question, (int,) * 4) if filters.cursor else None
    pairs, upcoming = _walked(reading, search, position)
    body = b",".join(map(documents.dumps, resemblances.shown(reading, directory, pairs)))
    return Listed(body, cursors.encode(question, upcoming) if upcoming else None, documents.tag_of(body))


def _walked(
    reading: Reading, search: _Search, position: tuple[int, ...] | None
) -> tuple[list[Pair], tuple[int, ...] | None]:
    """The pairs of a page, and the position that the next one goes on from."""
    limit = search.filters.limit
    pairs: list[Pair] = []
    after = _right_before(position, search.is_asc) if position else None
    size, most, examined, compared = FEWEST, MOST_LOADED, 0, 0
    while True:
        rows = walks.pick(reading, search.walk, size + 1, after)
        more, rows = len(rows) > size, rows[:size]
        stretch = _stretch(reading, search, rows)
        if stretch is None:  # fewer at a time, as many lie around them
            size = most = max(1, len(rows) // GROWTH)
            continue
        waiting: list[Pair] = []
        for number, row in enumerate(rows, 1):
            waiting += _of_record(search, stretch, row, position)
            is_much = compared + stretch.compared >= MOST_COMPARED
            if number < len(rows) and len(waiting) <= limit - len(pairs) and not is_much:
                continue
            pairs += _listed(reading, search, waiting)
            waiting = []
            if len(pairs) > limit:
                last = pairs[limit - 1]
                return pairs[:limit], (*last.anchor.place, last.partner.id)
            if is_much:
                is_end = number == len(rows) and not more
                return pairs, None if is_end else (*row[1:], _ALL if search.is_asc else -_ALL)
        if not more:
            return pairs, None
        examined, compared = examined + len(stretch.records), compared + stretch.compared
        if examined >= MOST_EXAMINED:
            return pairs, (*rows[-1][1:], _ALL if search.is_asc else -_ALL)
        after, size = rows[-1][1:], min(size * GROWTH, most)


def _right_before(position: tuple[int, ...], is_asc: bool) -> tuple[int, int, int]:
    """The position in the walk right before a record that may have more pairs to list; else the record's own."""
    earliest, latest, number, partner = position
    if abs(partner) == _ALL:
        return earliest, latest, number
    return (earliest, latest, number - 1) if is_asc else (earliest, latest, number + 1)


def _stretch(reading: Reading, search: _Search, rows: Sequence[Picked]) -> Stretch | None:
    """All around some records; None where it would be too much at a time."""
    found = stretches.load(reading, rows, search.reach, search.seen, MOST_LOADED)
    if found is not None or len(rows) > FEWEST:
        return found
    most = None if len(rows) == 1 else GROWTH * MOST_LOADED
    return stretches.load(reading, rows, search.reach, search.seen, most, nearest=MOST_LOADED)


def _of_record(search: _Search, stretch: Stretch, row: Picked, position: tuple[int, ...] | None) -> Iterator[Pair]:
    """The pairs that a record may list, in order, after the position that a page goes on from."""
    one = stretch.records.get(row[3])
    if one is None:  # nobody speaks in it
        return
    wanted = search.filters.offer or list(DuplicateOffer)
    others: list[tuple[Record, DuplicateOffer]] = []
    if DuplicateOffer.MERGE in wanted:
        others += [(other, DuplicateOffer.MERGE) for other in stretch.merges(one)]
    if DuplicateOffer.REPEAT in wanted:
        others += [(other, DuplicateOffer.REPEAT) for other in stretch.repeats(one)]
    others.sort(key=lambda pair: pair[0].id, reverse=not search.is_asc)
    for other, offer in others:
        if position and one.place == position[:3]:
            beyond = other.id > position[3] if search.is_asc else other.id < position[3]
            if not beyond:
                continue
        yield Pair(offer, one, other)


def _listed(reading: Reading, search: _Search, pairs: Sequence[Pair]) -> list[Pair]:
    """Those of the pairs that are listed where they were found, and of which nobody said anything yet, with their scores."""
    if not pairs:
        return []
    later = sorted({one.partner.id for one in pairs if one.partner.place > one.anchor.place})
    kept: set[int] = set()
    if later:
        few = replace(search.walk, conditions=replace(search.walk.conditions, few=later))
        kept = {row[3] for row in walks.pick(reading, few, len(later), None)}
    mine = [one for one in pairs if one.partner.place < one.anchor.place or one.partner.id not in kept]
    least = search.filters.min_score
    scored = [one for one in resemblances.scored(reading, mine) if one.score >= least]
    return resemblances.unjudged(reading, scored)

"""The pages whose cost is promised, and how much each may read: its own rows, whatever the size of the database."""

from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from api import cursors, queries
from schemas.dates import parse_bound
from schemas.timeline import ActorTimelineFilter, RecordFilter, TimelineFilter
from tests.benchmarks import world

GROUP = world.ACTORS // world.GROUPS - 1  # the first group: the twenty actors with the most records
SMALL_GROUP = 2 * world.ACTORS // world.GROUPS - 1


class Walked(NamedTuple):
    """The index that a page walks, on either database."""

    sqlite: str
    postgresql: str


BY_DATE = Walked("PRIMARY KEY", "ix_involvement_current")
LONG = Walked("ix_involvement_long", "ix_involvement_current_long")
BY_ENTRY = Walked("ix_involvement_entered", "ix_involvement_current_entered")
BY_TOPIC = Walked("PRIMARY KEY", "ix_record_topic_current")
PAST = Walked("PRIMARY KEY", "pk_involvement")
LONG_PAST = Walked("ix_involvement_long", "ix_involvement_past_long")
TOPIC_PAST = Walked("PRIMARY KEY", "pk_record_topic")


@dataclass(frozen=True)
class Shape:
    """One kind of page: what is asked, and what may be read for one row that is answered.

    `members` is how many actors (times topics) are walked, `passed` how many rows are passed over for one that meets
    the conditions, `walked` is where the rows must come from.
    """

    name: str
    asked: tuple[tuple[str, str], ...] = ()
    subject: str | None = None
    position: str | None = None
    members: int = 1
    passed: float = 1.0
    walked: Walked = BY_DATE
    may_sort: bool = False
    may_be_empty: bool = False
    rows: int | None = None  # what is counted, where that is more than the page
    as_of: float = 0  # which share of all revisions had been written at the moment asked about; 0 is now

    def filters(self, limit: int) -> RecordFilter:
        """The filter as a request would give it, at the cursor."""
        model = ActorTimelineFilter if self.subject else TimelineFilter
        query = [*self.asked, ("limit", str(limit))]
        filters = queries.parse(model, urlencode(query).encode())
        if self.position is None:
            return filters
        question = cursors.question(filters, "", self.subject or "")
        if filters.order.endswith("entered"):
            return filters.model_copy(update={"cursor": cursors.encode(question, (int(self.position),))})
        at = parse_bound(self.position)
        return filters.model_copy(update={"cursor": cursors.encode(question, (at.earliest, at.latest, 1))})


_ONE = world.actor(1)
_PAST = (("from", "2021-11"), ("to", "2022-06"))
_DAY = (("from", "2022-03-03"), ("to", "2022-03-03"))
_AFFILIATES = ("affiliates", "true")
_TOPIC = ("topic", world.topic(world.ROOTS + 1))  # a leaf

NOW = (
    Shape("actor, first page", (), _ONE),
    Shape("actor, deep cursor", (), _ONE, "2021-03-01"),
    Shape("actor, ascending", (("order", "asc"),), _ONE),
    Shape("actor, ascending, deep cursor", (("order", "asc"),), _ONE, "2024-11-01"),
    Shape("actor, window in the past", _PAST, _ONE),
    Shape("actor, window, deep cursor", (("from", "2021-02"), ("to", "2024-06")), _ONE, "2021-06-01"),
    Shape("actor, a day, short page", (*_DAY, ("min_confidence", "97")), _ONE, passed=60, may_sort=True, may_be_empty=True, walked=LONG),
    Shape("actor, window, ascending", (*_PAST, ("order", "asc")), _ONE, passed=60, may_sort=True, walked=LONG),
    Shape("actor, within", (*_PAST, ("date_match", "within")), _ONE, passed=1.2),
    Shape("actor, min_confidence", (("min_confidence", "70"),), _ONE, passed=5),
    Shape("actor, min_confidence, deep cursor", (("min_confidence", "70"),), _ONE, "2021-06-01", passed=5),
    Shape("actor, kind", (("kind", "event"),), _ONE, passed=8),
    Shape("actor, max_span", (("max_span", "P31D"),), _ONE, passed=1.2),
    Shape("actor, any role", (("role", "any"),), _ONE, members=5, may_sort=True),
    Shape("topic and stance", (_TOPIC, ("stance", "supports")), _ONE, passed=4, walked=BY_TOPIC),
    Shape("topic and stance, deep cursor", (_TOPIC, ("stance", "supports")), _ONE, "2022-09-01", passed=4, walked=BY_TOPIC),
    Shape("topic with children", (("topic", world.topic(1)),), _ONE, members=5, may_sort=True, walked=BY_TOPIC),
    Shape("topic, stance, confidence, window", (_TOPIC, ("stance", "supports"), ("min_confidence", "30"), ("from", "2021-11"), ("to", "2024-06")), _ONE, passed=20, may_sort=True, walked=BY_TOPIC),
    Shape("stance alone", (("stance", "opposes"),), _ONE, passed=6),
    Shape("twenty affiliates", (_AFFILIATES,), world.actor(GROUP), members=21, may_sort=True),
    Shape("twenty affiliates, deep cursor", (_AFFILIATES,), world.actor(GROUP), "2021-06-01", members=21, may_sort=True),
    Shape("twenty affiliates, window", (_AFFILIATES, *_PAST), world.actor(GROUP), members=21, may_sort=True, walked=LONG),
    Shape("twenty affiliates, window, deep cursor", (_AFFILIATES, *_PAST), world.actor(GROUP), "2022-01-15", members=21, may_sort=True, walked=LONG),
    Shape("twenty affiliates, ascending", (_AFFILIATES, ("order", "asc")), world.actor(GROUP), members=21, may_sort=True),
    Shape("twenty small affiliates", (_AFFILIATES,), world.actor(SMALL_GROUP), members=21, may_sort=True),
    Shape("bloc with all its affiliates", (_AFFILIATES,), world.actor(world.BLOC), members=1_000, may_sort=True),
    Shape("everyone, first page"),
    Shape("everyone, deep cursor", (), None, "2021-03-01"),
    Shape("everyone, topic and stance", (_TOPIC, ("stance", "supports")), passed=4, walked=BY_TOPIC),
    Shape("actor, last entered", (("order", "-entered"),), _ONE, walked=BY_ENTRY),
    Shape("actor, first entered, deep cursor", (("order", "entered"),), _ONE, "1000", walked=BY_ENTRY),
    Shape("actor, counted", (("count", "capped"),), _ONE, rows=1_001),
)  # fmt: skip


def _as_of(name: str, walked: Walked, passed: float = 1.0) -> Shape:
    """A page of today, asked of a moment with a fifth of the revisions yet to come; versions of other times are passed over."""
    now = next(shape for shape in NOW if shape.name == name)
    return replace(now, name=f"{name}, as of", walked=walked, passed=now.passed * 3 * passed, as_of=0.8)


PAST_PAGES = (
    _as_of("actor, first page", PAST),
    _as_of("actor, deep cursor", PAST),
    _as_of("actor, window in the past", PAST),
    _as_of("topic and stance", TOPIC_PAST),
    _as_of("twenty affiliates", PAST),
    _as_of("twenty affiliates, window", LONG_PAST),
    _as_of("everyone, first page", PAST),
)
SHAPES = (*NOW, *PAST_PAGES)

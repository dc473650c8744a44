"""Lists by brute force: every current record looked at in plain Python, for tests of the walks over the indexes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.store.sessions import Reading
from schemas.dates import CALENDAR_END, CALENDAR_START
from schemas.timeline import RecordFilter
from schemas.vocabularies import ConditionType, Reliability, Stance, Status


@dataclass(frozen=True)
class Known:
    """One current record as its own tables have it, not the walked ones."""

    id: int
    uid: str
    kind: str
    status: str
    earliest: int
    latest: int
    confidence: int | None
    parts: frozenset[tuple[str, str]]  # actor and role
    positions: frozenset[tuple[str, str, str]]  # topic, stance and condition type
    sources: frozenset[str]
    tags: frozenset[str]
    grade: str
    event_type: str | None
    channel: str | None
    country: str | None
    language: str | None


def everything(reading: Reading) -> list[Known]:
    """All current records, whatever their status."""

    def children(sql: str) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        for seq, *rest in reading.rows(sql):
            found.setdefault(seq, []).append(tuple(rest))
        return found

    parts = children("SELECT p.seq, a.slug, p.role FROM record_participant p JOIN actor a ON a.id = p.actor_id")
    taken = children(
        "SELECT s.seq, t.slug, s.stance, s.condition_type FROM record_stance s JOIN topic t ON t.id = s.topic_id"
    )
    cited = children(
        "SELECT c.seq, s.slug, coalesce(c.reliability, v.reliability) FROM record_citation c JOIN source s ON s.id = c.source_id "
        "JOIN source_version v ON v.source_id = s.id AND v.superseded_seq IS NULL"
    )
    tags = children("SELECT seq, tag FROM record_tag")
    rows = reading.rows(
        "SELECT v.seq, a.slug, b.slug, r.id, r.uid, r.kind, v.status, v.earliest, v.latest, v.confidence, v.event_type, v.channel, "
        "v.country, v.language FROM record_version v JOIN record r ON r.id = v.record_id JOIN actor a ON a.id = v.actor_id "
        "LEFT JOIN actor b ON b.id = v.on_behalf_of_id WHERE v.superseded_seq IS NULL AND v.is_deleted = 0"
    )
    found = []
    for seq, who, office, *own, event_type, channel, country, language in rows:
        parts_of = {(who, "agent"), *([(office, "agent")] if office else [])}
        parts_of |= {(one, "agent" if role == "co_actor" else role) for one, role in parts.get(seq, [])}
        sources, grades = zip(*cited[seq], strict=True)
        grade = min((grade for grade in grades if grade != "F"), default="F")
        labels = frozenset(tag for (tag,) in tags.get(seq, []))
        children_of = (frozenset(parts_of), frozenset(taken.get(seq, [])), frozenset(sources), labels, grade)
        found.append(Known(*own, *children_of, event_type, channel, country, language))  # type: ignore[call-arg]
    return found


@dataclass(frozen=True)
class Graph:
    """Who belonged to whom, and which topic lies below which, as the world made them."""

    members: dict[str, list[tuple[str, int, int]]]
    parents: dict[str, str]

    def stays(self, group: str, since: int, until: int) -> Iterator[tuple[str, int, int]]:
        """The group and everyone below it, with the time of each path."""
        yield group, since, until
        for member, first, last in self.members.get(group, []):
            if max(first, since) <= min(last, until):
                yield from self.stays(member, max(first, since), min(last, until))


def graph(reading: Reading) -> Graph:
    """The current affiliations and the tree of topics."""
    members: dict[str, list[tuple[str, int, int]]] = {}
    for member, group, first, last in reading.rows(
        "SELECT m.slug, g.slug, v.earliest, v.latest FROM affiliation_version v JOIN actor m ON m.id = v.member_id JOIN actor g ON g.id = v.group_id"
    ):
        members.setdefault(group, []).append((member, first, last))
    topics = reading.rows(
        "SELECT t.slug, p.slug FROM topic_version v JOIN topic t ON t.id = v.topic_id JOIN topic p ON p.id = v.parent_id"
    )
    return Graph(members, dict(topics))


def expected(records: list[Known], graph: Graph, filters: RecordFilter, subject: str | None) -> list[Known]:
    """What a list must hold, in order, found by looking at every record."""
    since = filters.from_.earliest if filters.from_ else CALENDAR_START
    until = filters.to.latest if filters.to else CALENDAR_END
    groups = [subject] if subject else getattr(filters, "actor", [])
    stays: dict[str, list[tuple[int, int]]] = {}
    for group in groups:
        whole = (group, CALENDAR_START, CALENDAR_END)
        for who, first, last in graph.stays(*whole) if filters.affiliates else [whole]:
            stays.setdefault(who, []).append((first, last))
    whose = {who: list(_joined(sorted(times))) for who, times in stays.items()}

    def in_range(record: Known, first: int, last: int) -> bool:
        low, high = max(first, since), min(last, until)
        if filters.date_match == "within":
            return low <= record.earliest and record.latest <= high
        return record.earliest <= high and record.latest >= low and low <= high

    def of_whom(record: Known) -> bool:
        if not groups:
            return in_range(record, CALENDAR_START, CALENDAR_END)
        role = filters.role or "agent"
        return any(
            (part == role or role == "any") and any(in_range(record, *stay) for stay in whose.get(who, []))
            for who, part in record.parts
        )

    def on_topic(record: Known) -> bool:
        if not (filters.topic or filters.stance or filters.condition_type):
            return True
        return any(
            (not filters.topic or topic in filters.topic or graph.parents.get(topic) in filters.topic)
            and stance in (filters.stance or list(Stance))
            and condition in (filters.condition_type or list(ConditionType))
            for topic, stance, condition in record.positions
        )

    kind = getattr(filters, "kind", None)
    found = [
        record
        for record in records
        if record.status in (filters.status or (Status.PUBLISHED, Status.UNDER_REVIEW))
        and (kind is None or record.kind == kind)
        and (
            filters.min_confidence is None
            or (record.confidence is not None and record.confidence >= filters.min_confidence)
        )
        and (filters.max_span is None or record.latest - record.earliest <= filters.max_span)
        and (not filters.target or any((who, "target") in record.parts for who in filters.target))
        and (not filters.source or record.sources & {*filters.source})
        and (not filters.tag or record.tags & {*filters.tag})
        and (not filters.min_reliability or Reliability.F > filters.min_reliability >= record.grade)
        and all(
            not getattr(filters, name) or getattr(record, name) in getattr(filters, name)
            for name in ("event_type", "channel", "country", "language")
        )
        and of_whom(record)
        and on_topic(record)
    ]
    by_id = filters.order.endswith("entered")
    found.sort(key=lambda record: (record.id,) if by_id else (record.earliest, record.latest, record.id))
    return found if filters.order in ("asc", "entered") else found[::-1]


def _joined(times: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    while times:
        first, last = times.pop(0)
        while times and times[0][0] <= last + 1:
            last = max(last, times.pop(0)[1])
        yield first, last

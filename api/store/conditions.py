"""From a filter to SQL: what the walked rows themselves tell, and what must be looked up beside them."""

from dataclasses import dataclass, field
from typing import Any

from api.store import corroboration, matches
from api.store.current import followed
from api.store.directory import Directory
from api.store.matches import Match
from api.store.sessions import Reading
from schemas.dates import CALENDAR_END, CALENDAR_START
from schemas.problems import Fault
from schemas.records import ROLE_CODES, STATUS_CODES, position_mask
from schemas.timeline import ChoiceFilter, RecordFilter
from schemas.vocabularies import DateMatch, Order, Reliability, Status

# A filter that names so few records is answered from them, not by walking through everyone's past.
FEW = 500

# Filters that need a look beside the walked rows: their cost is not bounded by the page.
_UNBOUNDED = (
    # A group of 2,000 under many topics takes a tenth of a second.
    "affiliates",
    # Every moment has a directory of its own, which is read whole the first time.
    "as_of",
    "q",
    "target", "attribution", "source", "min_reliability", "min_corroboration", "event_type", "country", "bbox", "language", "tag", "channel",
    "effective_from", "effective_to", "id", "url", "external_id", "count",
)  # fmt: skip


@dataclass(slots=True)
class Conditions:
    """What a record must meet, as SQL over a walked row `i`, with its values."""

    since: int = CALENDAR_START
    until: int = CALENDAR_END
    within: bool = False
    max_span: int | None = None
    listed_only: bool = True
    topics: list[int] = field(default_factory=list)
    mask: int | None = None
    rows: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    few: list[int] | None = None
    match: Match | None = None
    faults: list[Fault] = field(default_factory=list)


def is_bounded(filters: RecordFilter) -> bool:
    """Whether an index bounds the page's cost, so that it may be read on the event loop."""
    return not any(getattr(filters, name) for name in _UNBOUNDED) and not filters.order.endswith("entered")


def conditions(reading: Reading, directory: Directory, filters: ChoiceFilter, kind: int | None) -> Conditions:
    """What the filter asks for. Names that do not exist become faults in the result."""
    found = Conditions(
        within=filters.date_match is DateMatch.WITHIN, max_span=filters.max_span, faults=list(filters._faults)
    )
    if filters.from_:
        found.since = filters.from_.earliest
    if filters.to:
        found.until = filters.to.latest
    if found.since > found.until:
        hint = "Give the earlier date as from and the later one as to."
        found.faults.append(Fault(where="query.from", message="from lies after to", hint=hint))
    found.topics = directory.with_children(directory.named("topic", filters.topic, "topic", found.faults))
    if filters.stance or filters.condition_type:
        found.mask = position_mask(filters.stance, filters.condition_type)
    _visible(reading, filters, found)
    if kind is not None:
        found.rows.append(f"i.kind = {kind}")
    if filters.min_confidence is not None:
        found.rows.append("i.confidence >= :min_confidence")
        found.values["min_confidence"] = filters.min_confidence
    if filters.changed_since is not None:
        row = reading.row(
            "SELECT min(seq) FROM revision WHERE recorded_at >= :changed_since",
            {"changed_since": filters.changed_since},
        )
        found.rows.append("i.seq >= :since_seq")
        found.values["since_seq"] = row[0] if row and row[0] is not None else 2**62
    _beside(reading, directory, filters, found)
    _searched(reading, directory, filters, found)
    return found


def _searched(reading: Reading, directory: Directory, filters: ChoiceFilter, found: Conditions) -> None:
    if filters.q is not None:
        most = matches.MANY_RANKED if getattr(filters, "order", None) is Order.RELEVANCE else matches.MANY
        found.match = matches.match(reading, directory, filters.q, most)
        found.rows.append(found.match.sql)
        found.values |= found.match.values
        if found.few is None:
            found.few = found.match.few
    elif getattr(filters, "order", None) is Order.RELEVANCE and not any(
        fault.where == "query.q" for fault in found.faults
    ):
        hint = "Give q, or another order."
        found.faults.append(Fault(where="query.order", message="relevance means nothing without q", hint=hint))


def _visible(reading: Reading, filters: ChoiceFilter, found: Conditions) -> None:
    if not filters.status:
        return
    found.listed_only = False
    codes = sorted(STATUS_CODES[status] for status in filters.status)
    found.rows.append(f"i.status IN ({', '.join(map(str, codes))})")
    if Status.DRAFT in filters.status and not reading.sees_drafts:
        viewer = reading.viewer.id if reading.viewer else 0
        found.rows.append("(i.status <> 0 OR i.id IN (SELECT r.id FROM record r WHERE r.created_by = :viewer))")
        found.values["viewer"] = viewer


def _beside(reading: Reading, directory: Directory, filters: ChoiceFilter, found: Conditions) -> None:
    """Conditions on the version, its citations, tags and participants."""
    version: list[str] = []
    for name in ("attribution", "event_type", "channel", "country"):
        given = getattr(filters, name)
        if given:
            version.append(reading.any_of(f"v.{name}", name))
            found.values[name] = reading.listed([str(one) for one in given])
    if filters.language:
        parts = []
        for index, tag in enumerate(filters.language):
            parts.append(f"lower(v.language) = :language{index} OR lower(v.language) LIKE :language{index} || '-%'")
            found.values[f"language{index}"] = tag.lower()
        version.append(f"({' OR '.join(parts)})")
    if filters.effective_from:
        version.append("v.effective_latest >= :effective_from")
        found.values["effective_from"] = filters.effective_from.earliest
    if filters.effective_to:
        version.append("v.effective_earliest <= :effective_to")
        found.values["effective_to"] = filters.effective_to.latest
    if (
        filters.effective_from
        and filters.effective_to
        and filters.effective_from.earliest > filters.effective_to.latest
    ):
        hint = "Give the earlier date as effective_from and the later one as effective_to."
        message = "effective_from lies after effective_to"
        found.faults.append(Fault(where="query.effective_from", message=message, hint=hint))
    if filters.bbox:
        west, south, east, north = filters.bbox
        across = (
            "v.longitude >= :west OR v.longitude <= :east"
            if west > east
            else "v.longitude >= :west AND v.longitude <= :east"
        )
        version.append(f"v.latitude BETWEEN :south AND :north AND ({across})")
        found.values |= {"west": west, "south": south, "east": east, "north": north}
    if version:
        found.rows.append(f"EXISTS (SELECT 1 FROM record_version v WHERE v.seq = i.seq AND {' AND '.join(version)})")
    if filters.target:
        targets = directory.named("actor", filters.target, "target", found.faults)
        found.values["targets"] = reading.listed(targets)
        role = ROLE_CODES["target"]
        found.rows.append(
            f"EXISTS (SELECT 1 FROM involvement x WHERE x.seq = i.seq AND x.role = {role} AND {reading.any_of('x.actor', 'targets')})"
        )
    _cited(reading, directory, filters, found)
    if filters.min_corroboration is not None:
        found.values["min_corroboration"] = filters.min_corroboration
        found.rows.append(corroboration.is_at_least(filters.min_corroboration))
    if filters.tag:
        found.values["tags"] = reading.listed(filters.tag)
        _looked_up(reading, found, f"SELECT c.seq FROM record_tag c WHERE {reading.any_of('c.tag', 'tags')}")
    if filters.external_id is not None:
        source, colon, rest = filters.external_id.partition(":")
        found.values |= {"external_id": filters.external_id}
        sql = "SELECT r.id FROM record r WHERE r.external_id = :external_id"
        if colon:
            found.values |= {"external_source": source, "external_rest": rest}
            sql += " OR (r.external_source = :external_source AND r.external_id = :external_rest)"
        sql = followed(reading, sql)
        found.rows.append(f"i.id IN ({sql})")
        _few(reading, found, sql)
    if filters.id:
        pairs = [address.partition(":") for address in filters.id]
        found.values["uids"] = reading.listed([left.lower() for left, colon, _ in pairs if not colon])
        found.values["outsides"] = reading.listed([address for address in filters.id if ":" in address])
        found.values["externals"] = reading.listed([rest for _, colon, rest in pairs if colon])  # what an index finds
        sql = (
            f"SELECT r.id FROM record r WHERE {reading.any_of('r.uid', 'uids')} OR ({reading.any_of('r.external_id', 'externals')} "
            f"AND {reading.any_of('r.external_source || chr(58) || r.external_id', 'outsides')})"
        )
        if reading.dialect == "sqlite":
            sql = sql.replace("chr(58)", "char(58)")
        sql = followed(reading, sql)
        found.rows.append(f"i.id IN ({sql})")
        _few(reading, found, sql)


def _cited(reading: Reading, directory: Directory, filters: ChoiceFilter, found: Conditions) -> None:
    if filters.source:
        sources = directory.named("source", filters.source, "source", found.faults)
        found.values["sources"] = reading.listed(sources)
        _looked_up(
            reading, found, f"SELECT c.seq FROM record_citation c WHERE {reading.any_of('c.source_id', 'sources')}"
        )
    if filters.url is not None:
        found.values["url"] = filters.url
        _looked_up(reading, found, "SELECT c.seq FROM record_citation c WHERE c.url = :url")
    if filters.min_reliability:
        grades = [
            str(grade) for grade in Reliability if grade <= filters.min_reliability and grade is not Reliability.F
        ]
        found.values["grades"] = reading.listed(grades)
        found.rows.append(
            "EXISTS (SELECT 1 FROM record_citation c LEFT JOIN source_version s ON s.source_id = c.source_id AND s.superseded_seq IS NULL "
            f"WHERE c.seq = i.seq AND {reading.any_of('coalesce(c.reliability, s.reliability)', 'grades')})"
        )


def _looked_up(reading: Reading, found: Conditions, seqs: str) -> None:
    """A condition on a child of the version; where few versions meet it, their records are named outright."""
    found.rows.append(f"EXISTS ({seqs} AND c.seq = i.seq)")
    if found.few is None:
        rows = reading.rows(f"{seqs} LIMIT {FEW + 1}", found.values)
        if len(rows) <= FEW:
            sql = f"SELECT DISTINCT v.record_id FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}"
            found.few = [row[0] for row in reading.rows(sql, {"seqs": reading.listed([row[0] for row in rows])})]


def _few(reading: Reading, found: Conditions, ids: str) -> None:
    if found.few is None:
        rows = reading.rows(f"{ids} LIMIT {FEW + 1}", found.values)
        if len(rows) <= FEW:
            found.few = [row[0] for row in rows]

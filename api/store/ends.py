"""Reactions as they are listed: each with the records at both ends in short, and the time between them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from api import cursors
from api.store import documents, links, reactions, sight, versioned
from api.store.checks import Json
from api.store.current import asked_for
from api.store.directory import Directory
from api.store.documents import Listed, gap
from api.store.sessions import Reading
from api.store.versioned import Row
from schemas import dates
from schemas.reactions import ReactionFilter
from schemas.records import STATUS_CODES


def is_bounded(filters: ReactionFilter) -> bool:
    """Whether an index bounds the cost of a page, so that it may be read on the event loop."""
    return not filters.model_fields_set - {"limit", "cursor", "record"}


def page(reading: Reading, directory: Directory, filters: ReactionFilter) -> Listed:
    """Links by entry, each with both its ends in short. Raises Problem `invalid`, `cursor-mismatch` or `group-too-large`."""
    asked = links.conditions(reading, directory, filters)
    question = cursors.question(filters, reactions.NOUN.name, "")
    after = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else (0,)
    seen, values = sight.visible(reading, reactions.NOUN.hangs_on)
    values |= {**asked.values, "after": after[0], "limit": filters.limit + 1}
    where = ["i.id > :after", *asked.of_links(reading)]
    if filters.record:
        values["records"] = reading.listed(asked_for(reading, filters.record, "record"))
        where.append(f"({reading.any_of('i.from_id', 'records')} OR {reading.any_of('i.to_id', 'records')})")
    where.append(f"EXISTS (SELECT 1 FROM reaction_version v WHERE {' AND '.join([links.LINK, *asked.version])})")
    at_ends = list(asked.ends)
    if filters.status:
        codes = ", ".join(str(STATUS_CODES[one]) for one in filters.status)
        at_ends += [f"{end}.status IN ({codes})" for end in ("f", "t")]
    if at_ends:
        both = f"SELECT 1 FROM involvement f JOIN involvement t ON {links.TO} WHERE {links.FROM}"
        where.append(links.checked(f"EXISTS ({both} AND {' AND '.join(at_ends)})"))
    # Picked first, and from one table: joined with the others, all links were read for a page, and sorted.
    picked = f"SELECT i.id FROM reaction i WHERE {' AND '.join([*where, seen])} ORDER BY i.id LIMIT :limit"
    ids = [row[0] for row in reading.rows(picked, values)]
    more, ids = len(ids) > filters.limit, ids[: filters.limit]
    rows = versioned.select(
        _WITH_ENDS, reading, reading.any_of("i.id", "ids"), {"ids": reading.listed(ids)}, "ORDER BY i.id"
    )
    items = documents.splice(versioned.rows_as_documents(_WITH_ENDS, reading, rows), directory.shown)
    return Listed(items, cursors.encode(question, (ids[-1],)) if more else None, documents.tag_of(items))


def _show(reading: Reading, rows: Sequence[Row]) -> Mapping[int, Json]:
    """What a link in a list shows beyond the link itself: both records, and the time between them."""
    between = links.lag("f", "t")
    sql = f"""SELECT i.id, i.from_id, i.to_id, {between.low}, {between.high}, {between.exact} FROM reaction i
        JOIN record_version f ON f.record_id = i.from_id AND f.superseded_seq IS NULL
        JOIN record_version t ON t.record_id = i.to_id AND t.superseded_seq IS NULL WHERE {reading.any_of("i.id", "ids")}"""
    found = {row[0]: row[1:] for row in reading.rows(sql, {"ids": reading.listed([row.id for row in rows])})}
    ends = _ends(reading, sorted({record for link in found.values() for record in link[:2]}))
    more = {}
    for row in rows:
        answer, answered, low, high, exact = found[row.id]
        more[row.seq] = {
            "from_record": ends[answer], "to_record": ends[answered],
            "lag_days_min": low, "lag_days_max": high, "lag_hours": None if exact is None else links.hours(exact),
        }  # fmt: skip
    return {seq: {**members, **more[seq]} for seq, members in reactions.NOUN.show(reading, rows).items()}


def _ends(reading: Reading, records: Sequence[int]) -> dict[int, Json]:
    sql = f"""SELECT r.id, r.uid, r.kind, e.status, e.title, e.date, e.actor_id, s.topic_id, s.stance FROM record r
        JOIN record_version e ON e.record_id = r.id AND e.superseded_seq IS NULL
        LEFT JOIN record_stance s ON s.seq = e.seq AND s.position = 0 WHERE {reading.any_of("r.id", "records")}"""
    found = {}
    for number, uid, kind, status, title, date, actor, topic, stance in reading.rows(
        sql, {"records": reading.listed(records)}
    ):
        span = dates.parse(date)
        found[number] = {
            "id": uid, "kind": kind, "status": status, "title": title, "date": date, "date_earliest": span.date_earliest,
            "date_latest": span.date_latest, "actor": gap("actor", actor), "topic": gap("topic", topic), "stance": stance,
        }  # fmt: skip
    return found


_WITH_ENDS = replace(reactions.NOUN, show=_show)

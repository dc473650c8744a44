"""Whether records are answered as they are stored: their rendered documents, and the tables that every list walks.

Neither is fingerprinted, as both are made of the columns; here they are made of them once more, and compared.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from api.store.audits import Audit
from api.store.documents import GAP
from api.store.rows import CITED, STATEMENTS_ONLY
from api.store.sessions import Reading
from schemas import dates
from schemas.confidence import label
from schemas.corroboration import basis, groups, is_call
from schemas.records import EVERYONE, KIND_CODES, LISTED, ROLE_CODES, STATUS_CODES, position_bit
from schemas.vocabularies import Kind, Stance, Status

Json = dict[str, Any]
# The gaps that stand for whole members.
_OF_RECORDS = {b"r": b'"answers":"', b"c": b'"basis":"'}
_VERSION = (
    "seq", "record_id", "version", "superseded_seq", "is_deleted", "status", "date", "earliest", "latest", "date_precision",
    "date_basis", "effective", "title", "summary", "actor_id", "on_behalf_of_id", "confidence", "confidence_given", "attribution",
    "hedge", "event_type", "event_mode", "place_name", "country", "latitude", "longitude", "rationale", *STATEMENTS_ONLY, "document",
)  # fmt: skip
_BESIDE = ("uid", "kind", "external_source", "external_id", "changed_at", "recorded_by", "recorded_at")
_STANCE = ("topic_id", "stance", "condition_type", "conditions", "coding_certainty")
_WALKED = "superseded_seq, listed, status, kind, confidence, actor, role, earliest, latest, id, positions"
_AS_STORED = ("status", "date", "date_basis", "date_precision", "effective", "title", "summary", "confidence", "attribution", "hedge",
              "event_type", "event_mode", "rationale", "external_source", "external_id", "version", "kind", "recorded_by")  # fmt: skip


def revisions(reading: Reading, first: int, last: int) -> Audit:
    """Compare the records of a range of revisions with how they are answered and listed."""
    audit, values = Audit(), {"first": first, "last": last}
    sql = (
        f"SELECT {', '.join(f'v.{column}' for column in _VERSION)}, i.uid, i.kind, i.external_source, i.external_id, "
        "r.recorded_at, k.name, r0.recorded_at FROM record_version v JOIN record i ON i.id = v.record_id "
        "JOIN revision r ON r.seq = v.seq JOIN api_key k ON k.id = r.recorded_by "
        "JOIN record_version v0 ON v0.record_id = v.record_id AND v0.version = 1 JOIN revision r0 ON r0.seq = v0.seq "
        "WHERE v.seq BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM purged_version x WHERE x.erased_seq = v.seq) ORDER BY v.seq"
    )

    def of_each(table: str, columns: str, order: str) -> dict[int, list[tuple[Any, ...]]]:
        asked = f"SELECT seq, {columns} FROM {table} WHERE seq BETWEEN :first AND :last ORDER BY seq, {order}"
        return {
            seq: [row[1:] for row in rows] for seq, rows in groupby(reading.rows(asked, values), lambda row: row[0])
        }

    participants = of_each("record_participant", "actor_id, role", "position")
    topics = of_each("record_stance", ", ".join(_STANCE), "position")
    citations = of_each("record_citation", f"source_id, {', '.join(CITED)}", "position")
    grouped = of_each("record_citation", "role, url, origin, url_group, origin_group", "position")
    tags = of_each("record_tag", "tag", "position")
    involved, by_topic = (
        of_each("involvement", _WALKED, "actor, role"),
        of_each("record_topic", f"{_WALKED}, topic", "topic, actor, role"),
    )
    for row in reading.rows(sql, values):
        one = dict(zip((*_VERSION, *_BESIDE), row, strict=True))
        seq = one["seq"]
        named = f"{one['kind']} {one['uid']}, version {one['version']} (revision {seq})".capitalize()
        parts, stances = participants.get(seq, []), topics.get(seq, [])
        walked, walked_by_topic = ([], []) if one["is_deleted"] else _walked(one, parts, stances)
        # A tombstone keeps the document that it ended, and shows it to nobody.
        if not one["is_deleted"] and _said(one["document"]) != _members(
            one, parts, stances, citations.get(seq, []), tags.get(seq, [])
        ):
            audit.tell(seq, f"{named}: what is answered for it is not what is stored.")
        shared = grouped.get(seq, [])
        if [row[3:] for row in shared] != groups(row[:3] for row in shared):
            audit.tell(seq, f"{named}: its citations are not grouped as they are stored.")
        if (
            sorted(involved.get(seq, []), key=repr) != walked
            or sorted(by_topic.get(seq, []), key=repr) != walked_by_topic
        ):
            audit.tell(seq, f"{named}: it is not listed as it is stored.")
    return audit


def _said(document: Any) -> Any:
    """A document as JSON, with a word for each of its gaps; None where it is none."""
    if not isinstance(document, bytes):
        return None
    parts = document.split(GAP)
    for place in range(1, len(parts), 2):
        opened = _OF_RECORDS.get(parts[place][:1], b'"')
        parts[place] = opened + parts[place] + b'"'
    try:
        return json.loads(b"".join(parts))
    except ValueError:
        return None


def _gap(letter: str, identity: int | None) -> str | None:
    return None if identity is None else f"{letter}{identity}"


def _members(
    one: Mapping[str, Any], parts: Sequence[Any], stances: Sequence[Any], cited: Sequence[Any], tags: Sequence[Any]
) -> Json:
    """What a record's document has to say, out of columns and lists."""
    span = dates.parse(one["date"])
    of_call = is_call(one["event_type"], one["channel"])
    told = [(source, *(row[CITED.index(name)] for name in ("role", "url", "origin"))) for source, *row in cited]
    found = basis(one["actor_id"], one["on_behalf_of_id"], parts, of_call, told)
    positions = [
        {"topic": _gap("t", topic), "stance": stance, "stance_score": Stance(stance).score, "condition_type": condition_type,
         "conditions": conditions, "coding_certainty": certainty}
        for topic, stance, condition_type, conditions, certainty in stances
    ]  # fmt: skip
    citations = [{"source": _gap("s", source), **dict(zip(CITED, rest, strict=True))} for source, *rest in cited]
    place = {"name": one["place_name"], **{name: one[name] for name in ("country", "latitude", "longitude")}}
    prompted = None if one["prompted"] is None else bool(one["prompted"])
    of_statements = {**{name: one[name] for name in STATEMENTS_ONLY}, "prompted": prompted}
    return {
        **{name: one[name] for name in _AS_STORED},
        "id": one["uid"],
        "date_earliest": span.date_earliest,
        "date_latest": span.date_latest,
        "actor": _gap("a", one["actor_id"]),
        "on_behalf_of": _gap("a", one["on_behalf_of_id"]),
        "participants": [{"actor": _gap("a", actor), "role": role} for actor, role in parts],
        "stance": positions[0]["stance"] if positions else None,
        "stance_score": positions[0]["stance_score"] if positions else None,
        "topics": positions,
        "confidence_label": label(one["confidence"]),
        "confidence_given": json.loads(one["confidence_given"]),
        "source": citations[0]["source"] if citations else None,
        "citations": citations,
        **(of_statements if one["kind"] == Kind.STATEMENT else {}),
        "place": place if any(value is not None for value in place.values()) else None,
        "tags": [tag for (tag,) in tags],
        "recorded_at": dates.format_instant(one["recorded_at"]),
        "changed_at": dates.format_instant(one["changed_at"]),
        "answers": f"r{one['record_id']}",
        "basis": f"c{found.key}",
    }


def _walked(
    one: Mapping[str, Any], parts: Sequence[Any], stances: Sequence[Any]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows under which a version has to stand in the two tables that lists walk."""
    agents = [one["actor_id"], *([one["on_behalf_of_id"]] if one["on_behalf_of_id"] else [])]
    involved = {(EVERYONE, 0), *((actor, ROLE_CODES["agent"]) for actor in agents)}
    involved |= {(actor, ROLE_CODES["agent" if role == "co_actor" else role]) for actor, role in parts}
    status = Status(one["status"])
    head = (
        one["superseded_seq"],
        int(status in LISTED),
        STATUS_CODES[status],
        KIND_CODES[Kind(one["kind"])],
        one["confidence"],
    )
    bits = {topic: position_bit(stance, condition) for topic, stance, condition, *_ in stances}
    tail = (one["earliest"], one["latest"], one["record_id"])
    rows = [(*head, actor, role, *tail, sum(set(bits.values()))) for actor, role in involved]
    by_topic = [(*head, actor, role, *tail, bit, topic) for topic, bit in bits.items() for actor, role in involved]
    return sorted(rows, key=repr), sorted(by_topic, key=repr)

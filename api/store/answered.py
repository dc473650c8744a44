"""Whether records are answered as they are stored: their rendered documents, and the tables that every list walks.

Neither is fingerprinted, as both are made of the columns; here they are made of them once more, and compared.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from api.store import stored
from api.store.audits import Audit
from api.store.documents import GAP
from api.store.rows import CITED, STATEMENTS_ONLY
from api.store.sessions import Reading
from api.store.stored import Stored
from schemas import dates
from schemas.confidence import label
from schemas.corroboration import basis, groups, is_call
from schemas.records import EVERYONE, KIND_CODES, LISTED, ROLE_CODES, STATUS_CODES, position_bit
from schemas.vocabularies import Kind, Stance, Status

Json = dict[str, Any]
# The gaps that stand for whole members.
_OF_RECORDS = {b"r": b'"answers":"', b"c": b'"basis":"'}
_WALKED = "superseded_seq, listed, status, kind, confidence, actor, role, earliest, latest, id, positions"
_AS_STORED = ("status", "date", "date_basis", "date_precision", "effective", "title", "summary", "confidence", "attribution", "hedge",
              "event_type", "event_mode", "rationale", "external_source", "external_id", "version", "kind", "recorded_by")  # fmt: skip


def revisions(reading: Reading, first: int, last: int) -> Audit:
    """Compare the records of a range of revisions with how they are answered and listed."""
    audit = Audit()
    involved = stored.by_seq(reading, "involvement", _WALKED, "actor, role", first, last)
    by_topic = stored.by_seq(reading, "record_topic", f"{_WALKED}, topic", "topic, actor, role", first, last)
    for version in stored.versions(reading, first, last):
        one = version.one
        seq, named = one["seq"], version.named
        parts, stances = version.participants, version.topics
        walked, walked_by_topic = ([], []) if one["is_deleted"] else _walked(one, parts, stances)
        # A tombstone keeps the document that it ended, and shows it to nobody.
        if not one["is_deleted"] and said(one["document"]) != _members(version):
            audit.tell(seq, f"{named}: what is answered for it is not what is stored.")
        if list(version.groups) != groups(row[1:] for row in _told(version.citations)):
            audit.tell(seq, f"{named}: its citations are not grouped as they are stored.")
        if (
            sorted(involved.get(seq, []), key=repr) != walked
            or sorted(by_topic.get(seq, []), key=repr) != walked_by_topic
        ):
            audit.tell(seq, f"{named}: it is not listed as it is stored.")
    return audit


def said(document: Any) -> Any:
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


def _told(citations: Sequence[Any]) -> list[tuple[int, str, str | None, str | None]]:
    """Of citations as they are stored, what their origin depends on: source, role, url, origin."""
    return [(source, *(row[CITED.index(name)] for name in ("role", "url", "origin"))) for source, *row in citations]


def _members(version: Stored) -> Json:
    """What a record's document has to say, out of columns and lists."""
    one, parts, stances, cited = version.one, version.participants, version.topics, version.citations
    span = dates.parse(one["date"])
    of_call = is_call(one["event_type"], one["channel"])
    found = basis(one["actor_id"], one["on_behalf_of_id"], parts, of_call, _told(cited))
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
        "tags": version.tags,
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

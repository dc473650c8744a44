"""From a checked body to rows: the version, its children, the two walked tables and the rendered answer, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.store import documents, texts
from api.store.checks import Checked, Json
from api.store.documents import gap
from api.store.sessions import Stamp, Writing
from schemas import dates
from schemas.confidence import as_given, label
from schemas.corroboration import Basis, Groups, basis, groups, is_call
from schemas.records import (
    ATTRIBUTION_CODES,
    EVERYONE,
    KIND_CODES,
    LISTED,
    ROLE_CODES,
    STATUS_CODES,
    Involvement,
    RecordCitation,
    RecordParticipant,
    RecordStance,
    RecordTag,
    RecordTopic,
    RecordVersion,
    position_bit,
)  # fmt: skip
from schemas.texts import RecordText
from schemas.vocabularies import Kind

STATEMENTS_ONLY = ("quote", "language", "translation", "translation_by", "channel", "prompted")
CITED = (
    "url",
    "locator",
    "published_at",
    "credibility",
    "reliability",
    "role",
    "origin",
    "excerpt",
    "retrieved_at",
    "archive_url",
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a version is besides its content."""

    id: int
    uid: str
    kind: Kind
    version: int
    stamp: Stamp | None  # None, as 0 below, where only what it says is wanted
    recorded_at: int
    recorded_by: str


def members_of(meta: Meta, checked: Checked[Any]) -> Json:
    """The members of the answer, in order, with gaps for nouns."""
    body = checked.body
    topics = [
        {
            "topic": gap("topic", checked.identity("topic", position.topic)),
            "stance": position.stance,
            "stance_score": position.stance.score,
            "condition_type": position.condition_type,
            "conditions": position.conditions,
            "coding_certainty": position.coding_certainty,
        }
        for position in body.topics
    ]
    citations = [
        {
            "source": gap("source", checked.identity("source", citation.source)),
            **{name: getattr(citation, name) for name in CITED},
        }
        for citation in body.citations
    ]
    changed_at = meta.stamp.recorded_at if meta.stamp else meta.recorded_at
    return {
        "id": meta.uid,
        "kind": meta.kind,
        "version": meta.version,
        "status": body.status,
        "date": body.date.text,
        "date_basis": body.date_basis,
        "date_earliest": body.date.date_earliest,
        "date_latest": body.date.date_latest,
        "date_precision": body.date.precision,
        "effective": body.effective.text if body.effective else None,
        "title": body.title,
        "summary": body.summary,
        "actor": gap("actor", checked.identity("actor", body.actor)),
        "on_behalf_of": gap("actor", checked.identity("actor", body.on_behalf_of)),
        "participants": [
            {"actor": gap("actor", checked.identity("actor", one.actor)), "role": one.role} for one in body.participants
        ],
        "stance": topics[0]["stance"] if topics else None,
        "stance_score": topics[0]["stance_score"] if topics else None,
        "topics": topics,
        "confidence": body.confidence.value,
        "confidence_label": label(body.confidence.value),
        "confidence_given": as_given(body.confidence),
        "attribution": body.attribution,
        "hedge": body.hedge,
        "source": citations[0]["source"],
        "citations": citations,
        **({name: getattr(body, name) for name in STATEMENTS_ONLY} if meta.kind is Kind.STATEMENT else {}),
        "event_type": body.event_type,
        "event_mode": body.event_mode,
        "place": body.place.model_dump() if body.place else None,
        "tags": body.tags,
        "rationale": body.rationale,
        "external_source": body.external_source,
        "external_id": body.external_id,
        "recorded_at": dates.format_instant(meta.recorded_at),
        "changed_at": dates.format_instant(changed_at),
        "recorded_by": meta.recorded_by,
    }


def insert_version(writing: Writing, meta: Meta, checked: Checked[Any]) -> None:
    """Write one version of a record with everything that hangs on it."""
    assert meta.stamp is not None
    body, seq = checked.body, meta.stamp.seq
    shared = groups((one.role, one.url, one.origin) for one in body.citations)
    document = documents.render(members_of(meta, checked), meta.id, _basis(checked, shared).key)
    writing.insert(RecordVersion, [_version(meta, checked, document)])
    writing.insert(
        RecordParticipant,
        [
            {"seq": seq, "position": index, "actor_id": checked.identity("actor", one.actor), "role": one.role}
            for index, one in enumerate(body.participants)
        ],
    )
    writing.insert(
        RecordStance,
        [
            {"seq": seq, "position": index, "topic_id": checked.identity("topic", one.topic), "stance": one.stance,
             "condition_type": one.condition_type, "conditions": one.conditions, "coding_certainty": one.coding_certainty}
            for index, one in enumerate(body.topics)
        ],
    )  # fmt: skip
    writing.insert(
        RecordCitation,
        [
            {"seq": seq, "position": index, "source_id": checked.identity("source", one.source),
             **{name: getattr(one, name) for name in CITED}, "url_group": same.url, "origin_group": same.origin}
            for index, (one, same) in enumerate(zip(body.citations, shared, strict=True))
        ],
    )  # fmt: skip
    writing.insert(RecordTag, [{"seq": seq, "position": index, "tag": tag} for index, tag in enumerate(body.tags)])
    involved = _involved(checked)
    writing.insert(RecordText, [texts.row(seq, texts.of_body(body), (actor for actor, _ in involved))])
    walked = {
        "earliest": body.date.earliest, "latest": body.date.latest, "id": meta.id, "seq": seq, "superseded_seq": None,
        "listed": int(body.status in LISTED), "status": STATUS_CODES[body.status], "kind": KIND_CODES[meta.kind],
        "confidence": body.confidence.value,
    }  # fmt: skip
    bits = {checked.identity("topic", one.topic): position_bit(one.stance, one.condition_type) for one in body.topics}
    positions = sum(set(bits.values()))
    attribution = ATTRIBUTION_CODES[body.attribution]
    writing.insert(
        Involvement, [{**walked, "actor": actor, "role": role, "positions": positions} for actor, role in involved]
    )
    writing.insert(
        RecordTopic,
        [
            {**walked, "topic": topic, "actor": actor, "role": role, "positions": bit, "attribution": attribution}
            for topic, bit in bits.items()
            for actor, role in involved
        ],
    )


def _basis(checked: Checked[Any], shared: Sequence[Groups]) -> Basis:
    """What the corroboration of the version depends on."""
    body = checked.body
    actor = checked.identity("actor", body.actor)
    assert actor is not None
    return basis(
        actor,
        checked.identity("actor", body.on_behalf_of),
        [(checked.identities["actor", one.actor], one.role) for one in body.participants],
        is_call(body.event_type, getattr(body, "channel", None)),
        [(checked.identities["source", one.source], one.role, one.url, one.origin) for one in body.citations],
        shared,
    )


def _involved(checked: Checked[Any]) -> list[tuple[int, int]]:
    """Each actor once in each role class, and everyone."""
    body = checked.body
    found = {(EVERYONE, 0): None, (checked.identity("actor", body.actor), ROLE_CODES["agent"]): None}
    if body.on_behalf_of:
        found[checked.identity("actor", body.on_behalf_of), ROLE_CODES["agent"]] = None
    for one in body.participants:
        found[checked.identity("actor", one.actor), ROLE_CODES["agent" if one.role == "co_actor" else one.role]] = None
    return [(int(actor or 0), role) for actor, role in found]


def _version(meta: Meta, checked: Checked[Any], document: bytes) -> Json:
    assert meta.stamp is not None
    body = checked.body
    place = body.place
    return {
        "seq": meta.stamp.seq,
        "record_id": meta.id,
        "version": meta.version,
        "superseded_seq": None,
        "is_deleted": 0,
        "date": body.date.text,
        "earliest": body.date.earliest,
        "latest": body.date.latest,
        "date_precision": body.date.precision,
        "effective": body.effective.text if body.effective else None,
        "effective_earliest": body.effective.earliest if body.effective else None,
        "effective_latest": body.effective.latest if body.effective else None,
        "actor_id": checked.identity("actor", body.actor),
        "on_behalf_of_id": checked.identity("actor", body.on_behalf_of),
        "confidence": body.confidence.value,
        "confidence_given": documents.dumps(as_given(body.confidence)).decode(),
        "place_name": place.name if place else None,
        "country": place.country if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "document": document,
        **{
            name: getattr(body, name, None)
            for name in (
                "status",
                "date_basis",
                "title",
                "summary",
                "attribution",
                "hedge",
                "event_type",
                "event_mode",
                "rationale",
                *STATEMENTS_ONLY,
            )
        },
        "prompted": None if getattr(body, "prompted", None) is None else int(body.prompted),
    }


def retire(writing: Writing, old: int, seq: int) -> None:
    """End a version everywhere it stands: from `seq` on it is no longer current."""
    for table in ("record_version", "involvement", "record_topic"):
        writing.run(f"UPDATE {table} SET superseded_seq = :seq WHERE seq = :old", {"seq": seq, "old": old})

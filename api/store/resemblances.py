"""What makes a pair of records alike: reasons and doubts, the score they come to, what was said of it, and how it is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from api.store import documents, reactions, sight, walks
from api.store.checks import Json
from api.store.current import PATHS
from api.store.directory import Directory
from api.store.sessions import Reading
from api.store.stretches import Record
from schemas import likeness
from schemas.findings import DuplicateDoubt, DuplicateOffer, DuplicateReason
from schemas.likeness import Words
from schemas.records import EVERYONE, LISTED, ROLE_CODES
from schemas.vocabularies import Kind, ReactionType, Status

_AGENT = ROLE_CODES["agent"]
_COUNTERPARTS = (ROLE_CODES["addressee"], ROLE_CODES["target"])
_TEXTS = {DuplicateReason.NEAR_TITLE: "title", DuplicateReason.NEAR_QUOTE: "quote"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that are alike: the one by which they are listed, and the other."""

    offer: DuplicateOffer
    anchor: Record
    partner: Record
    reasons: Sequence[DuplicateReason] = ()
    doubts: Sequence[DuplicateDoubt] = ()
    score: float = 0.0
    actors: Sequence[int] = ()

    @property
    def records(self) -> tuple[Record, Record]:
        """The later one, then the earlier one."""
        one, other = sorted((self.anchor, self.partner), key=lambda record: record.place, reverse=True)
        return one, other


@dataclass(slots=True)
class _Parts:
    """Who has a part in a record, and what it is."""

    speaker: int = 0
    event_type: str | None = None
    agents: set[int] = field(default_factory=set)
    counterparts: set[int] = field(default_factory=set)


def scored(reading: Reading, pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs with all that speaks for them and against them."""
    parts = _parts(reading, sorted({record.seq for pair in pairs for record in pair.records}))
    for pair in pairs:
        one, other = (parts[record.seq] for record in pair.records)
        reasons, texts = _reasons(pair, one, other)
        doubts = list(_doubts(one, other))
        score = likeness.score(pair.offer, reasons, doubts, texts)
        yield replace(pair, reasons=reasons, doubts=doubts, score=score, actors=sorted(one.agents & other.agents))


def _parts(reading: Reading, seqs: Sequence[int]) -> dict[int, _Parts]:
    values = {"seqs": reading.listed(seqs)}
    sql = f"SELECT v.seq, v.actor_id, v.event_type FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}"
    found = {seq: _Parts(speaker, event_type) for seq, speaker, event_type in reading.rows(sql, values)}
    sql = f"SELECT x.seq, x.role, x.actor FROM involvement x WHERE {reading.any_of('x.seq', 'seqs')} AND x.actor <> {EVERYONE}"
    for seq, role, actor in reading.rows(sql, values):
        if role == _AGENT:
            found[seq].agents.add(actor)
        elif role in _COUNTERPARTS:
            found[seq].counterparts.add(actor)
    return found


def _reasons(
    pair: Pair, one: _Parts, other: _Parts
) -> tuple[list[DuplicateReason], dict[DuplicateReason, tuple[Words, Words]]]:
    later, earlier = pair.records
    near = {reason: (getattr(later, name), getattr(earlier, name)) for reason, name in _TEXTS.items()}
    texts = {reason: both for reason, both in near.items() if likeness.is_near(*both)}
    holds = {
        DuplicateReason.SAME_ACTOR: True,
        DuplicateReason.SAME_DAY: later.days == earlier.days,
        DuplicateReason.NEAR_DATE: pair.offer is DuplicateOffer.MERGE and later.days != earlier.days,
        DuplicateReason.SAME_URL: bool(later.pages & earlier.pages),
        **dict.fromkeys(texts, True),
        DuplicateReason.SAME_TOPIC_AND_STANCE: bool(later.positions & earlier.positions),
        DuplicateReason.SAME_EVENT_TYPE: one.event_type is not None and one.event_type == other.event_type,
    }
    return [reason for reason in DuplicateReason if holds.get(reason)], texts


def _doubts(one: _Parts, other: _Parts) -> Iterator[DuplicateDoubt]:
    if one.speaker not in other.agents and other.speaker not in one.agents:
        yield DuplicateDoubt.OTHER_SPEAKER
    if one.counterparts and other.counterparts and not one.counterparts & other.counterparts:
        yield DuplicateDoubt.OTHER_COUNTERPART
    if one.event_type and other.event_type and one.event_type != other.event_type:
        yield DuplicateDoubt.OTHER_EVENT_TYPE


def unjudged(reading: Reading, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of which nobody has said what they are: no link joins the two, nobody dismissed them, and of a repeat the
    later record is not linked as repeating another one already."""
    if not pairs:
        return []
    seen, values = sight.visible(reading, reactions.NOUN.hangs_on)
    ids = {"ids": reading.listed(sorted({record.id for pair in pairs for record in pair.records}))}
    sql = f"""SELECT i.from_id, i.to_id, i.type FROM reaction i
        JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
        WHERE {reading.any_of("i.from_id", "ids")} AND {seen}"""
    links = reading.rows(sql, {**ids, **values})
    told = {frozenset(row[:2]) for row in links}
    repeating = {row[0] for row in links if row[2] == ReactionType.REPEATS}
    sql = f"""SELECT i.one_id, i.other_id FROM dismissal i
        JOIN dismissal_version v ON v.dismissal_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
        WHERE {reading.any_of("i.one_id", "ids")} AND {reading.any_of("i.other_id", "ids")}"""
    told |= {frozenset(row) for row in reading.rows(sql, ids)}
    return [
        pair
        for pair in pairs
        if frozenset(record.id for record in pair.records) not in told
        and not (pair.offer is DuplicateOffer.REPEAT and pair.records[0].id in repeating)
    ]


def shown(reading: Reading, directory: Directory, pairs: Sequence[Pair]) -> list[Json]:
    """The pairs as they are answered."""
    records = {record.id: record for pair in pairs for record in pair.records}
    answers = reactions.answers(reading, sorted(records))
    bodies = dict(zip(records, walks.fetch(reading, [one.seq for one in records.values()]), strict=True))
    found = {}
    for number, body in bodies.items():
        whole = documents.splice([body], directory.shown, answers)
        record = documents.loads(whole)
        found[number] = {**record, "etag": documents.etag(record["version"], whole)}
    return [_shown(reading, directory, pair, [found[record.id] for record in pair.records]) for pair in pairs]


def _shown(reading: Reading, directory: Directory, pair: Pair, records: Sequence[Json]) -> Json:
    actors = [directory.shown_as("actor", actor).model_dump() for actor in pair.actors]
    return {
        "offer": pair.offer,
        "score": pair.score,
        "reasons": pair.reasons,
        "doubts": pair.doubts,
        "why": _why(pair, records, [actor["name"] for actor in actors]),
        "actors": actors,
        "records": [_short(record) for record in records],
        "request": _request(pair, records) if reading.at is None else None,
    }


_SHORT = ("id", "kind", "status", "title", "date", "date_earliest", "date_latest", "actor")


def _short(record: Json) -> Json:
    first = record["topics"][0]["topic"] if record["topics"] else None
    return {
        **{name: record[name] for name in _SHORT},
        "topic": first, "stance": record["stance"], "path": _path(record), "version": record["version"], "etag": record["etag"],
        "source": record["source"], "url": record["citations"][0]["url"], "recorded_at": record["recorded_at"],
    }  # fmt: skip


def _path(record: Json) -> str:
    return f"{PATHS[Kind(record['kind'])]}/{record['id']}"


def _request(pair: Pair, records: Sequence[Json]) -> Json:
    later, earlier = records
    if pair.offer is DuplicateOffer.REPEAT:
        shared = _positions(later) & _positions(earlier)
        topic = {"topic": next(iter(shared))[0]} if len(shared) == 1 else {}
        body = {"from": later["id"], "to": earlier["id"], "type": ReactionType.REPEATS, **topic}
        return {"method": "POST", "path": reactions.PATH, "headers": {}, "body": body}
    entered = sorted(zip(pair.records, records, strict=True), key=lambda one: (-_rank(one[1]), one[0].id))
    kept, other = (record for _, record in entered)
    return {
        "method": "POST",
        "path": f"{_path(kept)}/merge",
        "headers": {"If-Match": kept["etag"]},
        "body": {"with": other["id"], "with_version": other["version"]},
    }


def _rank(record: Json) -> int:
    return 2 if record["status"] in LISTED else int(record["status"] == Status.WITHDRAWN)


def _positions(record: Json) -> set[tuple[str, str]]:
    return {(one["topic"]["slug"], one["stance"]) for one in record["topics"]}


def _why(pair: Pair, records: Sequence[Json], actors: Sequence[str]) -> str:
    """What the words of closed lists say of these two, in a sentence or two."""
    later, earlier = records
    told = [f"Both are of {' and '.join(actors)}"]
    for reason in pair.reasons:
        if reason is DuplicateReason.SAME_DAY:
            told.append(
                f"on {later['date']}"
                if later["date"] == earlier["date"]
                else f"on {later['date']} and {earlier['date']}"
            )
        elif reason is DuplicateReason.NEAR_DATE:
            told.append(f"on {earlier['date']} and {later['date']}")
        elif reason is DuplicateReason.SAME_URL:
            told.append(f"both cite {min(pair.anchor.pages & pair.partner.pages)}")
        elif reason in _TEXTS:
            one, other = (getattr(record, _TEXTS[reason]) for record in pair.records)
            told.append(f"their {_TEXTS[reason]}s share {len(one & other)} of {len(one | other)} words")
        elif reason is DuplicateReason.SAME_TOPIC_AND_STANCE:
            shared = sorted(_positions(later) & _positions(earlier))
            told.append("both have " + ", ".join(f"{stance} on {topic}" for topic, stance in shared))
        elif reason is DuplicateReason.SAME_EVENT_TYPE:
            told.append(f"both are {later['event_type']}")
    if pair.offer is DuplicateOffer.REPEAT:
        told.insert(1, f"on {earlier['date']} and again on {later['date']}")
    sentence = told[0] + ("," if len(told) > 1 else "") + " " + "; ".join(told[1:])
    doubts = [_DOUBTED[doubt] for doubt in pair.doubts]
    return f"{sentence.strip()}." + (f" But {', '.join(doubts)}." if doubts else "")


_DOUBTED = {
    DuplicateDoubt.OTHER_SPEAKER: "others speak",
    DuplicateDoubt.OTHER_COUNTERPART: "others are addressed or meant",
    DuplicateDoubt.OTHER_EVENT_TYPE: "they are of different types",
}

"""STIX 2.1: a bundle in which every record is an object, with what STIX has no place for in one documented extension.

| here | there |
| --- | --- |
| statement | `note`: `abstract` is the title, `content` the words; `authors` and `object_refs` name who spoke, for whom and to whom |
| event | `report`, published on its first possible day (its last, where the start is open); `object_refs` name who took part |
| actor named by a record | `identity` |
| topic named by a record | `grouping` of the context `unspecified` |
| stance on a topic, where it is on the scale | `opinion` of the actor on the topic, from `strongly-disagree` (−2) to `strongly-agree` (+2) |
| citation | `external_references` |
| confidence | `confidence`; left out where it can't be judged |
| status `withdrawn` | `revoked` |
| the rest | the property extension below |

Ids are made from ours (UUIDv5), so that the same record always has the same id. Nouns are named as they stand at the
moment of the answer, which is also when STIX is told that they were modified.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from api.formats.contents import content
from api.formats.writers.outputs import Answer, Commas
from api.formats.writers.wordings import lines
from schemas.transfers import Json

SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:demarche:stix")
_BEGINNING = "1970-01-01T00:00:00.000Z"
_OPINIONS = {-2: "strongly-disagree", -1: "disagree", 0: "neutral", 1: "agree", 2: "strongly-agree"}
# What an object of STIX says by itself, or what only counts here.
_ELSEWHERE = {"noun", "id", "title", "summary", "confidence", "quote", "language", "tags"}
_SCHEMA = {
    "description": "What Demarche records of a statement or event, under the names of its API, and STIX 2.1 has no place for. Members "
    "without a value are left out.",
    "record_id": "the id of the record", "date": "when it was said or done, EDTF (ISO 8601-2)", "date_basis": "how the date is known",
    "date_earliest, date_latest": "its bounds, days in UTC", "date_precision": "how exact it is", "effective": "when it holds, EDTF",
    "actor, on_behalf_of": "slugs", "participants": "others with a part in it, and in which role",
    "topics": "slug, stance, condition_type, conditions, coding_certainty", "attribution": "whose account it is",
    "confidence_given": "the confidence and its scale", "hedge": "how likely the speaker put it",
    "citations": "source (slug), url, locator, published_at, reliability (A-F), credibility (1-6), role, origin, excerpt …",
    "translation, translation_by, channel, prompted": "of a statement", "event_type, event_mode": "PLOVER", "place": "name, country, latitude, longitude",
    "rationale": "why it is coded so", "external_source, external_id": "its id where it came from", "status": "editorial",
}  # fmt: skip


class Bundle:
    """STIX being written. Of nouns that it has named, it keeps the ids: as many as there are actors and topics."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._commas = Commas()
        self._named: set[str] = set()
        self._modified = _milliseconds(answer.as_of) if answer.as_of else _BEGINNING

    def head(self) -> bytes:
        """The bundle, who made it, and what its extension means."""
        here = self._object("identity", "service", name="Demarche", identity_class="system", modified=_BEGINNING)
        self._service = here["id"]
        extension = self._object(
            "extension-definition", "record", name="Demarche record", modified=_BEGINNING, created_by_ref=self._service,
            description="A dated statement or event of a party to a conflict.", schema=json.dumps(_SCHEMA, ensure_ascii=False),
            version="1.0.0", extension_types=["property-extension"],
        )  # fmt: skip
        self._extension = extension["id"]
        name = identifier("bundle", f"{self._answer.address} {self._answer.as_of}")
        return f'{{"type":"bundle","id":"{name}","objects":['.encode() + self._commas([here, extension])

    def items(self, items: Sequence[Json]) -> bytes:
        """The objects of each, those that it names before it where they were not named yet."""
        return self._commas([one for item in items for one in self._objects(item)])

    def tail(self) -> bytes:
        """The end."""
        return b"]}"

    def _objects(self, item: Json) -> Iterator[Json]:
        actors = {
            one["slug"]: one
            for one in (item["actor"], item["on_behalf_of"], *(one["actor"] for one in item["participants"]))
            if one
        }
        for one in actors.values():
            yield from self._name("identity", one)
        for position in item["topics"]:
            yield from self._name("grouping", position["topic"], context="unspecified", object_refs=[self._service])
        record = self._record(item, [identifier("identity", slug) for slug in actors])
        yield record
        for position in item["topics"]:
            if position["stance_score"] is not None:
                yield self._opinion(item, position, record)

    def _name(self, kind: str, noun: Mapping[str, str], **members: Any) -> Iterator[Json]:
        name = identifier(kind, noun["slug"])
        if name not in self._named:
            self._named.add(name)
            yield self._object(
                kind, noun["slug"], name=noun["name"], modified=self._modified, created_by_ref=self._service, **members
            )

    def _record(self, item: Json, actors: Sequence[str]) -> Json:
        shared = {
            **_clocks(item),
            "created_by_ref": self._service,
            "confidence": item["confidence"],
            "revoked": item["status"] == "withdrawn" or None,
            "labels": [*(one["topic"]["slug"] for one in item["topics"]), *item["tags"]],
            "lang": item.get("language"),
            "object_refs": list(actors),
            "external_references": [_reference(one) for one in item["citations"]],
            "extensions": {self._extension: {"extension_type": "property-extension", **_rest(item)}},
        }
        if item["kind"] == "statement":
            said = "\n".join(lines(item))
            return self._object(
                "note", item["id"], abstract=item["title"], content=said, authors=[item["actor"]["name"]], **shared
            )
        published = f"{item['date_earliest'] or item['date_latest']}T00:00:00.000Z"
        return self._object(
            "report", item["id"], name=item["title"], description=item["summary"], published=published, **shared
        )

    def _opinion(self, item: Json, position: Json, record: Json) -> Json:
        topic = position["topic"]["slug"]
        return self._object(
            "opinion", f"{item['id']} {topic}", **_clocks(item), created_by_ref=self._service, confidence=item["confidence"], revoked=record.get("revoked"),
            opinion=_OPINIONS[position["stance_score"]], explanation=position["conditions"], authors=[item["actor"]["name"]],
            object_refs=[identifier("grouping", topic), record["id"]],
        )  # fmt: skip

    def _object(self, kind: str, of: str, **members: Any) -> Json:
        """An object; null is no value in STIX, nor is an empty list."""
        head = {"type": kind, "spec_version": "2.1", "id": identifier(kind, of), "created": _BEGINNING}
        return {key: value for key, value in (head | members).items() if value is not None and value != []}


@lru_cache(4096)
def identifier(kind: str, name: str) -> str:
    """The id of an object of STIX, always the same for the same thing of ours."""
    return f"{kind}--{uuid.uuid5(SPACE, f'{kind} {name}')}"


def _rest(item: Json) -> Json:
    line = content(item["kind"], item)
    found = {
        "record_id": item["id"],
        **{name: item[name] for name in ("date_earliest", "date_latest", "date_precision", "confidence_given")},
        **{name: value for name, value in line.items() if name not in _ELSEWHERE},
    }
    kept: Json = _filled(found)
    return kept


def _filled(value: Any) -> Any:
    """Without what has no value, at any depth."""
    if isinstance(value, dict):
        reduced = {name: _filled(one) for name, one in value.items()}
        return {name: one for name, one in reduced.items() if one is not None and one not in ([], {})}
    if isinstance(value, list):
        return [_filled(one) for one in value]
    return value


def _reference(cited: Json) -> Json:
    said = {"url": cited["url"], "external_id": cited["locator"], "description": cited["excerpt"]}
    return {"source_name": cited["source"]["name"], **{name: value for name, value in said.items() if value}}


def _clocks(item: Json) -> Json:
    return {"created": _milliseconds(item["recorded_at"]), "modified": _milliseconds(item["changed_at"])}


def _milliseconds(instant: str) -> str:
    """As STIX has instants: to the millisecond."""
    second, _, fraction = instant.rstrip("Z").partition(".")
    return f"{second}.{fraction[:3].ljust(3, '0')}Z"

"""STIX 2.1 bundles in: reports, notes and opinions as statements, incidents and campaigns as events, the rest told and left out.

The rules stand in docs/imports-other-formats.md. A bundle is read twice: once for its identities, places and markings,
and once for its records, so that an object may stand before what it refers to.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from api.formats.readers import nouns, stix_authors, stix_index, stix_own
from api.formats.readers.constants import Constants, constants
from api.formats.readers.drafts import Draft, instant
from api.formats.readers.files.cells import shorten
from api.formats.readers.nouns import UNCODED
from api.formats.readers.stix_authors import SYSTEM
from api.formats.readers.stix_index import ACTORS, ID, Index, listed
from api.formats.readers.texts import clean, line
from schemas.transfers import Json, Need, Reject, Row, Skipped
from schemas.vocabularies import VOCABULARIES, CodingCertainty, EventMode, EventType, ReactionType

STANCES: Final[dict[str, str]] = {
    str(term.crosswalk["stix_opinion"]): term.value
    for term in VOCABULARIES["stances"].terms
    if term.crosswalk and term.crosswalk.get("stix_opinion")
}
"""STIX's five opinions, and the stance that each stands for."""

STATEMENTS: Final = ("report", "note", "opinion")
EVENTS: Final = ("incident", "campaign")
_REACTIONS: Final = tuple(ReactionType)
_ATTACKER: Final = nouns.unnamed(
    "unnamed-attacker", "Unnamed attacker", "Stands for whoever did what nobody is named for."
)

# Why an object has no place among words and deeds of parties.
_TECHNICAL = "describes means or traces of attacks, which are neither words nor deeds of a party"
_LEFT_OUT: Final = {
    "identity": "is an actor or source, made where a record names it",
    "threat-actor": "is an actor, made where a record names it",
    "intrusion-set": "is an actor, made where a record names it",
    "location": "is a place, taken into the records that name it",
    "marking-definition": "says who may read what, which decides what becomes a draft",
    "grouping": "puts objects together without saying anything of them",
    "observed-data": "holds what machines recorded, and is nobody's words",
    "language-content": "translates another object; translations are not read",
    "extension-definition": "describes an extension, and records nothing",
} | dict.fromkeys(
    ("attack-pattern", "course-of-action", "indicator", "infrastructure", "malware", "malware-analysis", "tool", "vulnerability",
     "artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr",
     "mac-addr", "mutex", "network-traffic", "process", "software", "url", "user-account", "windows-registry-key", "x509-certificate"),
    _TECHNICAL,
)  # fmt: skip


def read(
    file: BinaryIO, mapping: Mapping[str, str] | str | None = None, encoding: str | None = None
) -> Iterator[Row | Reject | Skipped]:
    """The rows of a bundle: one of each object, and after all of them one for each link between two records.

    `mapping` may say actor, source, topic and confidence for objects that don't. Raises Unreadable.
    """
    given = constants(mapping, without=("event_type",))
    system = given.external_source or SYSTEM
    index = stix_index.index(file, encoding)
    done: set[str] = set()
    recorded: set[str] = set()
    links: list[tuple[Row, str | None]] = []  # with the record that must have been read for it
    for piece in stix_index.objects(file, encoding):
        told, cells = piece.value, {"json": piece.text}
        draft = Draft(piece.line, "statement", cells)
        if not isinstance(told, dict) or not isinstance(told.get("type"), str):
            draft.refuse(
                None,
                None,
                "an object of a bundle has a type and an id",
                'Such as {"type": "report", "id": "report--…"}.',
            )
            yield draft.done()
            continue
        kind = told["type"]
        reads = kind in (*STATEMENTS, *EVENTS, "sighting", "relationship")
        id_ = told.get("id")
        if reads and not (isinstance(id_, str) and ID.fullmatch(id_) and id_.startswith(f"{kind}--")):
            draft.refuse(
                "id",
                id_,
                "is no id of a STIX object of this type",
                f"Such as {kind}--0b626d41-1d8d-4b96-86fa-ad49cea2cfd4.",
            )
            yield draft.done()
        elif not reads:
            yield Skipped(
                piece.line, f"{kind[:60]}: {_LEFT_OUT.get(kind, 'is of a type that this reader does not know')}"
            )
        elif id_ in index.newest and (id_ in done or stix_index.modified(told) < index.newest[str(id_)]):
            yield Skipped(
                piece.line, f"{kind}: the same object stands in the file again, in this version or a newer one"
            )
        else:
            if id_ in index.newest:
                done.add(str(id_))
            found = (
                _relationship(draft, told, system)
                if kind == "relationship"
                else _object(draft, told, kind, index, given)
            )
            if not isinstance(found, Row):
                yield found
            elif found.noun == "reaction":
                links.append((found, None))
            else:
                if hash(id_) in index.asked:
                    recorded.add(str(id_))
                if stix_own.extension(told) is None:
                    links += _answers(draft.line, told, system)
                yield found
    yield from (link for link, record in links if record is None or record in recorded)


def _object(draft: Draft, told: Json, kind: str, index: Index, given: Constants) -> Row | Reject | Skipped:
    own = stix_own.extension(told)
    if own is not None:
        return stix_own.row(draft, told, own, index.names)
    if kind == "opinion" and stix_index.by_service(index, told):
        return Skipped(draft.line, "opinion: its stance stands in the record that it is about")
    if kind == "sighting":
        why = _unfit_sighting(told)
        return Skipped(draft.line, f"sighting: {why}") if why else _event(draft, told, kind, index, given)
    if kind == "campaign" and not (told.get("first_seen") or told.get("last_seen")):
        return Skipped(draft.line, "campaign: has no date of its own")
    return _event(draft, told, kind, index, given) if kind in EVENTS else _statement(draft, told, kind, index, given)


def _statement(draft: Draft, told: Json, kind: str, index: Index, given: Constants) -> Row | Reject:
    column = "published" if told.get("published") else "created"
    _when(draft, told.get(column), column, "published")
    words = {"report": "description", "note": "content", "opinion": "explanation"}[kind]
    text = clean(told.get(words))
    name = line(told.get("abstract")) if kind == "note" else line(told.get("name"))
    certainty = CodingCertainty.LOW
    if kind == "opinion":
        name, certainty = _opinion(draft, told, index), CodingCertainty.HIGH
    draft.title(name or line(text), words if text and not name else "abstract" if kind == "note" else "name")
    draft.text("summary", text, 20_000, words)
    stix_authors.author(draft, told, index, given)
    draft.language(told.get("lang"), "lang")
    draft.body["channel"] = "document"
    code = f"From a STIX {kind}" + (
        ": its opinion is the stance, on the object that it is about."
        if certainty is CodingCertainty.HIGH
        else ", which says no stance; to be coded."
    )
    return _rest(draft, told, index, given, certainty, code)


def _opinion(draft: Draft, told: Json, index: Index) -> str:
    """The title of an opinion; its stance is put on each object that it is about."""
    given = told.get("opinion")
    stance = STANCES.get(given) if isinstance(given, str) else None
    if stance is None:
        draft.refuse("opinion", given, "is none of STIX's opinions", ", ".join(STANCES))
        return ""
    refs = [ref for ref in listed(told.get("object_refs")) if isinstance(ref, str) and ID.fullmatch(ref)]
    refs = list(dict.fromkeys(refs))
    if not refs:
        draft.refuse("object_refs", None, "an opinion is about one object or more", "Name them in object_refs.")
        return ""
    if len(refs) > 100:
        draft.warn("object_refs", len(refs), "is about more than 100 objects; the first 100 are kept")
    draft.put(
        "topics",
        [
            {"topic": draft.need(_about(ref, index)), "stance": stance, "coding_certainty": CodingCertainty.HIGH.value}
            for ref in refs[:100]
        ],
        "opinion",
        given,
    )
    more = f" and {len(refs) - 1} more" if len(refs) > 1 else ""
    return f"{str(given).replace('-', ' ').capitalize()}: {stix_index.named(index, refs[0])}{more}"


def _about(ref: str, index: Index) -> Need:
    """The topic of opinions on an object. Its proposition names it by its id: a name may hold "and" or "not"."""
    kind, _, uuid = ref.partition("--")
    return Need(
        "topic",
        {
            "slug": f"stix-{kind[:60].strip('-')}-{uuid.lower()}",
            "name": shorten(f"STIX {kind}: {stix_index.named(index, ref)}", 200),
            "proposition": f"Readers should take the information of the STIX object {uuid.lower()} for correct.",
        },
    )


def _event(draft: Draft, told: Json, kind: str, index: Index, given: Constants) -> Row | Reject:
    draft.noun = "event"
    start, end = told.get("first_seen"), told.get("last_seen")
    if start or end:
        _span(draft, start, end)
    else:
        _when(draft, told.get("created"), "created", "published")
    about = told.get("sighting_of_ref") if kind == "sighting" else None
    name = f"Seen: {stix_index.named(index, about)}" if isinstance(about, str) else line(told.get("name"))
    draft.title(name or line(told.get("description")), "sighting_of_ref" if about else "name")
    draft.text("summary", clean(told.get("description")), 20_000, "description")
    draft.body |= {
        "event_type": EventType.COERCE.value,
        "event_mode": EventMode.CYBER.value,
        "attribution": "third_party",
    }
    id_ = str(about or told["id"])
    doer = _doer(index, id_)
    draft.put("actor", draft.need(doer or _ATTACKER) if doer or not given.actor else given.actor, "attributed-to", id_)
    struck = index.linked(id_, "targets") + [
        ref for ref in listed(told.get("where_sighted_refs")) if isinstance(ref, str)
    ]
    parts = [draft.need(index.actors[ref]) for ref in dict.fromkeys(struck) if ref in index.actors]
    if parts := list(dict.fromkeys(parts))[:200]:
        draft.put("participants", [{"actor": slug, "role": "target"} for slug in parts], "targets", ", ".join(parts))
    places = [index.places[ref] for ref in (*struck, *index.linked(id_, "located-at")) if index.places.get(ref)]
    if places:
        draft.put("place", places[0], "location")
    told_as = f"From a STIX {kind}: an attack on computers, COERCE cyber."
    return _rest(draft, told, index, given, CodingCertainty.LOW, told_as)


def _doer(index: Index, id_: str) -> Need | None:
    """Who an incident or a campaign is laid to, if need be by way of the campaign that it belongs to."""
    seen: set[str] = set()
    ahead = [id_]
    while ahead:
        here = ahead.pop(0)
        if here in index.actors:
            return index.actors[here]
        if here not in seen:
            seen.add(here)
            ahead += index.linked(here, "attributed-to")
    return None


def _unfit_sighting(told: Json) -> str | None:
    about = told.get("sighting_of_ref")
    kind = about.partition("--")[0] if isinstance(about, str) else ""
    if told.get("x_opencti_negative") is True or told.get("count") == 0:
        return "says that it was a false alarm"
    return None if kind in ("campaign", "incident", *ACTORS[1:]) else f"of {kind or 'nothing'}, which {_TECHNICAL}"


def _relationship(draft: Draft, told: Json, system: str) -> Row | Reject | Skipped:
    how, source, target = (told.get(name) for name in ("relationship_type", "source_ref", "target_ref"))
    plain = str(how).replace("-", "_")
    kinds = [str(ref).partition("--")[0] for ref in (source, target)]
    if how in stix_index.TOLD:
        return Skipped(draft.line, f"relationship: {how} is taken into the record that it begins at, if there is one")
    if plain not in _REACTIONS:
        return Skipped(draft.line, f"relationship: {line(str(how))[:60]} is no answer of one record to another")
    if not all(kind in (*STATEMENTS, *EVENTS, "sighting") for kind in kinds):
        return Skipped(draft.line, "relationship: links what is no record here")
    draft.noun = "reaction"
    draft.put("from", f"{system}:{source}", "source_ref")
    draft.put("to", f"{system}:{target}", "target_ref")
    draft.put("type", plain, "relationship_type", how)
    if told.get("confidence") is not None:
        draft.confidence(told["confidence"], "confidence")
    draft.text("note", clean(told.get("description")), 5000, "description")
    return draft.done()


def _answers(number: int, told: Json, system: str) -> Iterator[tuple[Row, str]]:
    """Notes and opinions answer the records that they are about, as if a relationship said so."""
    if told["type"] not in ("note", "opinion"):
        return
    for ref in dict.fromkeys(ref for ref in listed(told.get("object_refs")) if isinstance(ref, str)):
        if ref != told["id"] and ref.partition("--")[0] in (*STATEMENTS, *EVENTS):
            body = {"from": f"{system}:{told['id']}", "to": f"{system}:{ref}", "type": ReactionType.RESPONDS_TO.value}
            name = f"relationship--{uuid.uuid5(uuid.NAMESPACE_OID, ' '.join((told['id'], ref)))}"
            link = {
                "type": "relationship",
                "id": name,
                "relationship_type": "responds-to",
                "source_ref": told["id"],
                "target_ref": ref,
            }
            yield Row(number, "reaction", body, {"json": json.dumps(link)}, {"to": ("object_refs", ref)}), ref


def _rest(
    draft: Draft, told: Json, index: Index, given: Constants, certainty: CodingCertainty, rationale: str
) -> Row | Reject:
    """What every object has: its citations, confidence, labels, markings and id."""
    if told.get("confidence") is not None:
        draft.confidence(told["confidence"], "confidence")
    draft.fall_back(given, UNCODED, certainty, rationale)
    draft.put("citations", stix_authors.citations(draft, told, index, given), "external_references", told["id"])
    draft.tags([tag for tag in listed(told.get("labels")) if isinstance(tag, str)], "labels")
    if told.get("revoked") is True:
        draft.body["status"] = "withdrawn"
        draft.warn("revoked", "true", "was revoked by its author, and is withdrawn here")
    if why := stix_index.restriction(index, told):
        draft.hold_back("object_marking_refs", why, why)
    draft.body |= {"external_source": given.external_source or SYSTEM, "external_id": told["id"]}
    return draft.done()


def _when(draft: Draft, stamp: object, column: str, basis: str) -> None:
    """The instant of a time stamp as the date; its basis says what it stands for."""
    found = instant(stamp)
    if found is None:
        draft.refuse(column, stamp, "is no time stamp", "Such as 2025-03-11T14:00:00Z.")
        return
    draft.date("date", found, column, stamp)
    draft.body["date_basis"] = basis


def _span(draft: Draft, start: object, end: object) -> None:
    """From the first to the last sighting, as days where they differ."""
    ends = [instant(stamp) if stamp else None for stamp in (start, end)]
    for name, stamp, found in zip(("first_seen", "last_seen"), (start, end), ends, strict=True):
        if stamp and found is None:
            draft.refuse(name, stamp, "is no time stamp", "Such as 2025-03-11T14:00:00Z.")
    first, last = (one or other for one, other in (ends, ends[::-1]))
    if first is None or last is None:
        return
    written = first if first == last else first[:10] if first[:10] == last[:10] else f"{first[:10]}/{last[:10]}"
    draft.date("date", written, "first_seen", f"{first} to {last}")


__all__ = ["EVENTS", "STANCES", "STATEMENTS", "SYSTEM", "read"]

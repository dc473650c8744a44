"""What a STIX bundle has to be known for before any object can be told: who its identities are, what its markings forbid."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from api.formats.readers import nouns, stix_own
from api.formats.readers.files import pieces
from api.formats.readers.files.cells import shorten
from api.formats.readers.files.pieces import Piece
from api.formats.readers.texts import clean, digest, line
from schemas import dates
from schemas.countries import COUNTRIES
from schemas.transfers import Need, Unreadable
from schemas.vocabularies import ActorKind

OBJECTS = frozenset({("objects",)})
ID = re.compile(r"[a-z][a-z0-9-]{0,99}--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

# The markings that STIX 2.1 and TLP 2.0 define once for all, which bundles name without holding them.
_TLP: Final = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
OPEN: Final = ("white", "clear")
"""The levels of the Traffic Light Protocol that let everybody read it; green is for a community, not for the public."""

_KINDS: Final = {
    "individual": ActorKind.PERSON,
    "organization": ActorKind.ORGANIZATION,
    "system": ActorKind.ORGANIZATION,
    "group": ActorKind.ORGANIZATION,
    "class": ActorKind.UNNAMED,
}
# Objects that stand for somebody who acts.
ACTORS: Final = ("identity", "threat-actor", "intrusion-set")
# Objects that make records: each may stand in the file again, in another version.
RECORDS: Final = ("report", "note", "opinion", "incident", "campaign", "sighting")
# Objects whose names are always kept: there are few of them.
_NAMED: Final = (*ACTORS, "grouping", "location")
# Of the relationships, those that say who did something, to whom, where.
TOLD: Final = ("attributed-to", "targets", "located-at")


@dataclass
class Index:
    """The nouns of a bundle by their ids, and what else of it records are told by. Of other objects it keeps as little as it can."""

    actors: dict[str, Need] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    markings: dict[str, str | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)  # of nouns, and of records that stand there more than once
    links: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)  # which services wrote records of their own into it
    asked: set[int] = field(default_factory=set)  # hashes of the ids that notes, opinions and sightings are about

    def linked(self, id_: str, kind: str) -> list[str]:
        """The ids that a relationship of this kind leads to."""
        return [target for told, target in self.links.get(id_, ()) if told == kind]


def objects(file: BinaryIO, encoding: str | None) -> Iterator[Piece]:
    """The objects of a bundle. Raises Unreadable where the file is none."""
    found = False
    for piece in pieces.read(file, encoding, OBJECTS):
        if piece.path == ("objects",):
            found = True
            yield piece
        elif piece.path == () or (piece.path == ("type",) and piece.value != "bundle"):
            told = f"its type is {piece.value!r:.60}" if piece.path else "it is no object"
            raise Unreadable(
                f"The file is no STIX bundle: {told}. Give an object with type bundle and a list of objects."
            )
    if not found:
        raise Unreadable('The file is no STIX bundle with objects: it has no list "objects", or an empty one.')


def index(file: BinaryIO, encoding: str | None) -> Index:
    """What stands in a bundle; a second reading only where names are asked for. Raises Unreadable where the file is none."""
    found = Index()
    seen: set[int] = set()
    for piece in objects(file, encoding):
        if isinstance(piece.value, dict) and isinstance(id_ := piece.value.get("id"), str):
            kind = piece.value.get("type")
            if kind in RECORDS and hash(id_) in seen:
                found.newest[id_] = 0
            seen |= {hash(id_)} if kind in RECORDS else set()
            _note(found, piece.value, id_, str(kind))
    del seen
    if found.asked or any(id_.partition("--")[0] in RECORDS for id_ in found.newest):
        for piece in objects(file, encoding):
            if isinstance(piece.value, dict) and isinstance(id_ := piece.value.get("id"), str):
                _look_up(found, piece.value, id_)
    return found


def _look_up(found: Index, told: Mapping[str, Any], id_: str) -> None:
    if hash(id_) in found.asked and (name := _name(told)):
        found.names[id_] = name
    if told.get("type") in RECORDS and id_ in found.newest:
        found.newest[id_] = max(found.newest[id_], modified(told))


def by_service(index_: Index, told: Mapping[str, Any]) -> bool:
    """Whether an object was made by a service that wrote its own records into the bundle."""
    by = told.get("created_by_ref")
    return isinstance(by, str) and by in index_.services


def modified(told: Mapping[str, Any]) -> int:
    """When this version of an object was made, in microseconds; 0 where it does not say."""
    stamp = told.get("modified", told.get("created"))
    try:
        return dates.parse_instant(stamp) if isinstance(stamp, str) else 0
    except dates.DateProblem:
        return 0


def named(index_: Index, id_: str) -> str:
    """What to call an object: its name, or its type."""
    return index_.names.get(id_) or id_.partition("--")[0].replace("-", " ")


def _note(found: Index, told: Mapping[str, Any], id_: str, kind: str) -> None:
    if kind == "relationship":
        source, target, how = told.get("source_ref"), told.get("target_ref"), told.get("relationship_type")
        if isinstance(source, str) and isinstance(target, str) and how in TOLD and told.get("revoked") is not True:
            found.links.setdefault(source, []).append((str(how), target))
    elif kind == "marking-definition":
        found.markings[id_] = _level(told)
    elif kind in RECORDS:
        if stix_own.extension(told) is not None:
            found.services |= {told["created_by_ref"]} if isinstance(told.get("created_by_ref"), str) else set()
        elif kind != "opinion" or not by_service(found, told):
            refs = (*listed(told.get("object_refs")), told.get("sighting_of_ref")) if kind != "report" else ()
            found.asked.update(hash(ref) for ref in refs if isinstance(ref, str))
    elif kind in _NAMED and modified(told) >= found.newest.get(id_, 0):
        found.newest[id_] = modified(told)
        if name := _name(told):
            found.names[id_] = name
        if kind in ACTORS and name:
            found.actors[id_] = _actor(found, told, id_, kind, name)
        elif kind == "location":
            found.places[id_] = _place(told)


def _name(told: Mapping[str, Any]) -> str:
    return shorten(line(told.get("name")) or line(told.get("abstract")) or line(told.get("content")), 200)


def _actor(found: Index, told: Mapping[str, Any], id_: str, kind: str, name: str) -> Need:
    sectors = told.get("sectors")
    of_state = isinstance(sectors, list) and any(str(sector).startswith("government") for sector in sectors)
    if kind == "identity":
        sort = _KINDS.get(str(told.get("identity_class")), ActorKind.ORGANIZATION)
        sort = ActorKind.GOVERNMENT if of_state and sort is ActorKind.ORGANIZATION else sort
    else:
        sort = ActorKind.PERSON if told.get("resource_level") == "individual" else ActorKind.ORGANIZATION
    more = told.get("aliases") or told.get("x_opencti_aliases")
    aliases = [shorten(line(one), 200) for one in more if line(one)][:100] if isinstance(more, list) else []
    described = shorten(clean(told.get("description")), 5000)
    need = nouns.actor(name, sort, aliases=list(dict.fromkeys(aliases)), description=described)
    own = need.body["slug"]
    # Two things of one name are two, unless they are one thing in two versions.
    if found.slugs.setdefault(own, id_) != id_:
        need = Need("actor", need.body | {"slug": f"{own[:80].strip('-')}-{digest(id_)[:12]}"})
    return need


def _place(told: Mapping[str, Any]) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if name := shorten(line(told.get("name")) or line(told.get("region")), 300):
        place["name"] = name
    if (country := line(told.get("country")).upper()) in COUNTRIES:
        place["country"] = country
    north, east = _degrees(told.get("latitude"), 90), _degrees(told.get("longitude"), 180)
    if north is not None and east is not None:
        place |= {"latitude": north, "longitude": east}
    return place


def _degrees(value: Any, most: int) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and -most <= value <= most else None


def _level(told: Mapping[str, Any]) -> str | None:
    """The TLP level that a marking stands for; None for one that is no TLP, such as a copyright."""
    for part in told.get("extensions", {}).values() if isinstance(told.get("extensions"), dict) else ():
        if isinstance(part, dict) and isinstance(part.get("tlp_2_0"), str):
            return str(part["tlp_2_0"]).lower()
    definition = told.get("definition")
    if isinstance(definition, dict):
        level = next((value for name, value in definition.items() if str(name).lower() == "tlp"), None)
        if isinstance(level, str):
            return line(level).lower().removeprefix("tlp:")
    name = line(told.get("name")).lower()
    if name.startswith("tlp:"):
        return name.removeprefix("tlp:")
    return "unknown" if str(told.get("definition_type")).lower() == "tlp" else None


def restriction(index_: Index, told: Mapping[str, Any]) -> str | None:
    """Why an object may not be read by everybody; None where nothing forbids it."""
    refs = told.get("object_marking_refs")
    refs = [ref for ref in refs if isinstance(ref, str)] if isinstance(refs, list) else []
    parts = told.get("granular_markings")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and isinstance(part.get("marking_ref"), str):
            refs.append(part["marking_ref"])
    for ref in refs:
        if ref not in index_.markings and ref.removeprefix("marking-definition--") not in _TLP:
            return f"is marked by {ref[:60]}, which the file does not hold"
        level = _TLP.get(ref.removeprefix("marking-definition--")) or index_.markings.get(ref)
        if level is not None and level not in OPEN:
            return f"is marked TLP:{level[:20].upper()}"
    return None


def listed(value: object) -> list[Any]:
    """A list; nothing of what is none."""
    return value if isinstance(value, list) else []

"""What machine-coded event data have in common, whoever coded them, and the rules by which they become records.

A machine read a sentence of an article and put codes on it; nobody looked. So each record is `under_review`, its date has
the basis `machine`, its account is a third party's, its coding certainty is low, and its rationale says all of that. The
rules and their reasons stand in docs/imports-machine-coded.md.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from api.formats.readers import slugs
from api.formats.readers.files.cells import shorten
from api.formats.readers.machine_coded.coded_actors import Party, the
from schemas.addresses import canonical
from schemas.plover import EventMode, EventType
from schemas.transfers import Json, Need, Row, RowFault, RowNoun
from schemas.vocabularies import ParticipantRole, Stance

_NO_ADDRESS: Final = re.compile(r"[\s<>\"\\\x00-\x1f\x7f]")
_HOST: Final = re.compile(r"[^\W_][\w.-]{0,150}(?::\d{1,5})?")
_LEAST_SCORE: Final = 1.5
# Codes that the lists of CAMEO which go round do not mean alike: 016 is a denial in one and sympathy in another.
DISPUTED: Final = frozenset({"015", "016", "017", "018"})
_TARGETED: Final = frozenset(
    {
        EventType.ACCUSE, EventType.THREATEN, EventType.PROTEST, EventType.SANCTION, EventType.MOBILIZE, EventType.COERCE,
        EventType.ASSAULT,
    }
)  # fmt: skip

# What all pair topics belong to; words without a pair have it too, and no stance on it.
PARTIES: Final = Need(
    "topic",
    {
        "slug": "cooperation-of-parties",
        "name": "Cooperation of the parties",
        "proposition": "The parties should cooperate with each other.",
        "description": "What machine-coded words are on, with a topic below it for each pair of countries or bodies. Stances on "
        "them come from a number for the kind of act, not from what was said.",
    },
)


@dataclass(frozen=True, slots=True)
class Act:
    """What was said or done: words or a deed, its PLOVER type and mode, contexts, and words for a title."""

    spoken: bool
    event_type: EventType | None
    event_mode: EventMode | None
    contexts: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one row, before the rules of all machine-coded data."""

    system: str
    identity: str
    date: str
    date_basis: str
    actor: Party
    others: tuple[tuple[Party, ParticipantRole], ...]
    act: Act
    stance: Stance
    confidence: int | None
    citation: Json
    source: Need
    rationale: str
    place: Json | None = None
    tags: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    warnings: tuple[RowFault, ...] = ()
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def shown(text: str) -> str:
    """Text as long as a locator or the name of a place may be."""
    return shorten(text, 300)


def stance(score: float | None, *, asks: bool = False, declines: bool = False) -> Stance:
    """The default stance on whether the two sides should cooperate, from a Goldstein or PLOVER number.

    `supports` from 1.5 up, `opposes` from −1.5 down, `unclear` between them and without a number. Never a strong stance,
    which is for commitments that somebody has read, and never `neutral`, which an actor declares. One who asks for
    something (`asks`: CAMEO root 10, PLOVER REQUEST) has a negative number for the tone of asking, which is no stance:
    `unclear`. One who declines to comment has `no_position`.
    """
    if declines:
        return Stance.NO_POSITION
    if score is None or asks or abs(score) < _LEAST_SCORE:
        return Stance.UNCLEAR
    return Stance.SUPPORTS if score > 0 else Stance.OPPOSES


def role_of_other(event_type: EventType | None) -> ParticipantRole:
    """What the other side is: the target of accusations, threats and hostile deeds, else the one addressed."""
    return ParticipantRole.TARGET if event_type in _TARGETED else ParticipantRole.ADDRESSEE


@lru_cache(maxsize=20_000)
def pair_topic(one: tuple[str, str], other: tuple[str, str]) -> Need:
    """The topic of a pair, the same whoever of them speaks: "Russia should cooperate with Ukraine."."""
    (first, first_name), (second, second_name) = sorted((one, other))
    # A proposition holds no "and", though some countries do.
    names = [re.sub(r"\s+(?:and|&)\s+", "-", name, flags=re.IGNORECASE) for name in (first_name, second_name)]
    sentence = f"{the(names[0])} should cooperate with {the(names[1])}."
    body = {
        "slug": slugs.slugify(f"cooperation-{first}-{second}"),
        "name": shorten(f"Cooperation: {names[0]} – {names[1]}", 200),
        "proposition": sentence[:1].upper() + sentence[1:],
        "parent": PARTIES.body["slug"],
        "parent_polarity": 1,
        "description": "Made for machine-coded words of either side to the other.",
    }
    return Need("topic", body)


def row(reading: Reading, line: int, cells: Mapping[str, str]) -> Row:
    """The record that a reading becomes, with all it needs, in the order in which it is to be made."""
    act, actor = reading.act, reading.actor
    others = [(party, role) for party, role in reading.others if party.slug != actor.slug]
    body: Json = {
        "date": reading.date,
        "date_basis": reading.date_basis,
        "title": _title(actor, others, act.words),
        "actor": actor.slug,
        "participants": _participants(actor, others),
        "confidence": reading.confidence,
        "attribution": "third_party",
        "citations": [reading.citation],
        "event_type": act.event_type and act.event_type.value,
        "event_mode": act.event_mode and act.event_mode.value,
        "place": reading.place,
        "tags": list(dict.fromkeys(("machine-coded", *act.contexts, *reading.tags))),
        "rationale": shorten(reading.rationale, 20_000),
        "external_source": reading.system,
        "external_id": reading.identity,
        "status": "under_review",
    }
    if actor.body and actor.body != actor.slug:
        body["on_behalf_of"] = actor.body
    needs = [*reading.needs, reading.source, *actor.needs]
    for party, _ in others:
        needs += party.needs
    if act.spoken:
        topics, position = _position(actor, others, reading.stance)
        body["topics"] = [position]
        needs += topics
    kept = {name: value for name, value in body.items() if value is not None or name == "confidence"}
    noun: RowNoun = "statement" if act.spoken else "event"
    doubts = tuple(
        RowFault(None, party.shown, party.doubt, "The actor was made from the code as it stands; rename it, or merge it into another.")
        for party in (actor, *(party for party, _ in others))
        if party.doubt
    )  # fmt: skip
    # Each once, as it is named first: a later one may have groups that are named behind the first.
    once = {(need.noun, need.body["slug"]): need for need in reversed(needs)}
    first = tuple(once[name] for name in dict.fromkeys((need.noun, need.body["slug"]) for need in needs))
    return Row(line, noun, kept, cells, reading.columns, first, reading.warnings + doubts)


def _title(actor: Party, others: Sequence[tuple[Party, ParticipantRole]], words: str) -> str:
    """ "Russia → Ukraine: negotiates"; of several on a side the first, and how many more."""
    sides = [[actor], []]
    for party, role in others:
        sides[role is not ParticipantRole.CO_ACTOR].append(party)
    told = [shorten(side[0].shown, 100) + (f" +{len(side) - 1}" if len(side) > 1 else "") for side in sides if side]
    return f"{' → '.join(told)}: {shorten(words, 80)}"


def _participants(actor: Party, others: Sequence[tuple[Party, ParticipantRole]]) -> list[Json]:
    """Each other once in each role, and beside a named official the body that the code says."""
    seen: dict[tuple[str, str], None] = {}
    for party, role in others:
        seen[party.slug, role.value] = None
        if party.body and party.body not in (actor.slug, actor.body):
            seen[party.body, role.value] = None
    return [{"actor": slug, "role": role} for slug, role in seen][:200]


def _position(
    actor: Party, others: Sequence[tuple[Party, ParticipantRole]], taken: Stance
) -> tuple[tuple[Need, ...], Json]:
    other = next((party for party, role in others if party.side and role is not ParticipantRole.CO_ACTOR), None)
    needs: tuple[Need, ...] = (PARTIES,)
    if actor.side and other and other.side and other.side != actor.side:
        needs = (PARTIES, pair_topic(actor.side, other.side))
    elif taken is not Stance.NO_POSITION:
        taken = Stance.UNCLEAR  # on the cooperation of whom?
    return needs, {"topic": needs[-1].body["slug"], "stance": taken.value, "coding_certainty": "low"}


@lru_cache(maxsize=20_000)
def publisher(address: str) -> tuple[Need, Json] | None:
    """The source of a web address, and the parts of a citation that say where; None where it is no web address.

    All records of an article have one `origin`, its address in the form that all copies of it share.
    """
    url = _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", address.strip())
    parts = re.match(r"(https?)://([^\s/?#]+)", url, re.IGNORECASE)
    if parts is None or len(url.encode("utf-8", "surrogatepass")) > 2048:
        return None
    form = canonical(url)
    host = form.partition("/")[0].partition("?")[0]
    if not _HOST.fullmatch(host):
        return None
    origin = form if len(form) <= 300 else "sha256:" + hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()
    body = {"slug": slugs.slugify(host), "name": host, "url": f"{parts[1].lower()}://{host}"}
    return Need("source", body, (host,)), {"source": body["slug"], "url": url, "origin": origin, "role": "report"}


@lru_cache(maxsize=20_000)
def outlet(name: str) -> Need:
    """The source of a name that is no address, such as "Agence France-Presse"."""
    told = shorten(name, 200)
    return Need("source", {"slug": slugs.slugify(told), "name": told}, (told,))

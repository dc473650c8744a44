"""POLECAT events: the successor of ICEWS, with PLOVER types and modes, several actors in one cell, and 40 columns.

The columns are those of the files ngecEvents in Harvard's Dataverse (doi:10.7910/DVN/AJGVIT), in any way of writing. Column
five is "Intensity" or "Event Intensity". Some files have tabs too many at the ends of rows, which are let be; some have
names of columns, such as "Headline", that no row fills, and those are read in the order of the others. Lists are parted
by semicolons, and "None" stands for nothing. No row says how many told of it: confidence is null.
"""

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import BinaryIO, Final

from api.formats.readers.files.tables import Cells
from api.formats.readers.machine_coded import acts, coded_actors, headed, named_actors, nations, places
from api.formats.readers.machine_coded.acts import Act, Reading
from api.formats.readers.machine_coded.coded_actors import OFFICIAL, ROLES, Party
from api.formats.readers.machine_coded.headed import Line
from schemas.fields import closest
from schemas.plover import EVENT_MODES, EventMode, EventType
from schemas.transfers import Need, Reject, Row, RowFault, Skipped
from schemas.vocabularies import ParticipantRole

_COLUMNS: Final = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts",
    *(f"{name}" for side in ("Actor", "Recipient") for name in (
        f"{side} Name", f"{side} Country", f"{side} COW", f"Primary {side} Sector", f"{side} Sectors", f"{side} Title",
        f"{side} Name Raw", f"Wikipedia {side} ID")),
    "Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename",
    "Feature Type", "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
_NAMES: Final = {headed.key(name): name for name in (*_COLUMNS, "Headline")} | {"eventintensity": "Intensity"}
_NEEDED: Final = (("Event ID",), ("Event Date", "Publication Date"), ("Event Type",), ("Actor Name", "Recipient Name"))

POLECAT: Final = Need(
    "source",
    {"slug": "polecat", "name": "POLECAT", "url": "https://doi.org/10.7910/DVN/AJGVIT",
     "description": "Machine-coded events, cited where a row has no publisher."},
    ("POLECAT",),
)  # fmt: skip

_T: Final = EventType
_WORDS: Final = {
    _T.AGREE: "says it will cooperate", _T.CONSULT: "meets or talks", _T.SUPPORT: "backs", _T.CONCEDE: "gives way in words",
    _T.COOPERATE: "cooperates in practice", _T.AID: "gives aid", _T.RETREAT: "gives way in deed", _T.REQUEST: "makes a request",
    _T.ACCUSE: "accuses or criticises", _T.REJECT: "rejects", _T.THREATEN: "threatens", _T.PROTEST: "protests",
    _T.SANCTION: "punishes without force", _T.MOBILIZE: "mobilises", _T.COERCE: "coerces", _T.ASSAULT: "attacks",
}  # fmt: skip
_SPOKEN: Final = frozenset({_T.AGREE, _T.CONCEDE, _T.SUPPORT, _T.REQUEST, _T.ACCUSE, _T.REJECT, _T.THREATEN})


def read(file: BinaryIO, mapping: object = None, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """The rows of a POLECAT file. Raises Unreadable for another kind of file; POLECAT's columns need no mapping."""
    opened = headed.open_rows(file, mapping, encoding, "POLECAT")
    header = opened.first.cells
    while not header[-1].strip():
        header.pop()
    found = headed.known(header, _NAMES)
    headed.need_columns(found, _NEEDED, "POLECAT events")
    if set(_COLUMNS) < {_NAMES.get(headed.key(name), name) for name in header}:
        return (_taken(line) for line in _without_surplus(opened, header, found))
    return (_taken(line) for line in headed.lines(opened, header, found))


def _without_surplus(
    opened: headed.Opened, header: list[str], found: dict[str, str]
) -> Iterator[Line | Reject | Skipped]:
    """The rows of a table with names too many: one that has just the 40 cells has them in their own order."""
    own = [found[name] for name in _COLUMNS]
    for row in opened.rest:
        wide = not isinstance(row, Cells) or len(row.cells) != len(own)
        yield from headed.lines(
            headed.Opened(opened.first, iter((row,)), opened.delimiter), header if wide else own, found
        )


def _taken(line: Line | Reject | Skipped) -> Row | Reject | Skipped:
    if not isinstance(line, Line):
        return line
    faults = []
    if not line["Event ID"]:
        faults.append(line.fault("Event ID", "the id of the event is missing", "POLECAT gives each event one."))
    day = headed.day(line["Event Date"])
    published = headed.day(line["Publication Date"])
    if day is None and (line["Event Date"] or published is None):
        faults.append(line.fault("Event Date", "this is no day", "Year first: 2018-06-01."))
    event_type = next((one for one in EventType if one == line["Event Type"].upper()), None)
    if event_type is None:
        near = closest(line["Event Type"], list(EventType))
        hint = f"Did you mean {near}?" if near else f"PLOVER has {', '.join(EventType)}."
        faults.append(line.fault("Event Type", "this is no PLOVER type", hint))
    if not any(line[f"{side} {name}"] for side in ("Actor", "Recipient") for name in ("Name", "Name Raw", "Country")):
        faults.append(line.fault("Actor Name", "the row names no actor at all", "Give an actor or a recipient."))
    if event_type is None or faults:
        return Reject(line.line, line.cells, tuple(faults))
    return acts.row(_reading(line, day, published, event_type), line.line, line.cells)


def _reading(line: Line, day: date | None, published: date | None, event_type: EventType) -> Reading:
    mode, warnings = _mode(line, event_type)
    place, faults = places.placed(line, line["Placename"], line["Feature Type"])
    if day is None:
        hint = "The record is taken with the day of publication."
        warnings.append(line.fault("Event Date", "the row has no day of the event", hint))
    agents, others = _parties(line, "Actor"), _parties(line, "Recipient")
    role = acts.role_of_other(event_type)
    event = acts.shown(line["Event ID"])
    source = acts.outlet(line["Source"]) if line["Source"] else POLECAT
    citation = {"source": source.body["slug"], "locator": acts.shown(f"event {event}"), "role": "report"}
    if published:
        citation["published_at"] = published.isoformat()
    if line["Headline"]:
        citation["excerpt"] = acts.shown(line["Headline"])
    article, parted, _ = event.rpartition("_")
    if parted and article:
        citation["origin"] = acts.shown(f"polecat:{article}")
    spoken = event_type in _SPOKEN and mode is not EventMode.INVESTIGATE
    contexts = tuple(context.casefold()[:100] for context in _listed(line["Contexts"]) if context)
    words = _WORDS[event_type] + (f" ({mode.value})" if mode else "")
    said = f"POLECAT event {event}, {event_type}{f' {mode.value}' if mode else ''}, intensity {line['Intensity'] or 'not given'}"
    rule = " The stance follows from the intensity of the type alone, not from what was said." if spoken else ""
    return Reading(
        system="polecat",
        identity=event,
        date=(day or published or date.min).isoformat(),
        date_basis="machine" if day else "published",
        actor=agents[0] if agents else coded_actors.NOBODY,
        others=(*((party, ParticipantRole.CO_ACTOR) for party in agents[1:]), *((party, role) for party in others)),
        act=Act(spoken, event_type, mode, contexts[:50], words),
        stance=acts.stance(line.number("Intensity"), asks=event_type is EventType.REQUEST),
        confidence=None,
        citation=citation,
        source=source,
        rationale=f"Coded by a machine, and read by nobody since: {said}.{rule}",
        place=place,
        tags=("polecat",),
        warnings=(*warnings, *faults),
        columns=_columns(line),
    )


def _mode(line: Line, event_type: EventType) -> tuple[EventMode | None, list[RowFault]]:
    given = line["Event Mode"].casefold()
    if not given:
        return None, []
    if given not in EVENT_MODES[event_type]:
        modes = ", ".join(EVENT_MODES[event_type]) or "no modes"
        message = f"this is no mode of {event_type}"
        return None, [line.fault("Event Mode", message, f"It has {modes}. The record is taken without a mode.")]
    return EventMode(given), []


def _listed(cell: str) -> list[str]:
    """What stands in a list, with an empty text for each "None"."""
    parts = [headed.plain(part) for part in cell.split(";")] if cell else []
    return ["" if part.casefold() in headed.NOTHING else part for part in parts]


def _parties(line: Line, side: str) -> list[Party]:
    """Each actor of a list, with its own country and sector where these lists are as long; a lone country goes for all."""
    names = _listed(line[f"{side} Name"]) or _listed(line[f"{side} Name Raw"])
    countries, sectors = _listed(line[f"{side} Country"]), _listed(line[f"Primary {side} Sector"])
    if len(countries) == 1:
        countries *= max(len(names), 1)
    elif names and len(countries) != len(names):
        countries = []
    if len(sectors) != max(len(names), len(countries)):
        sectors = sectors * max(len(names), 1) if len(sectors) == 1 else []
    found: dict[str, Party] = {}
    for name, country, sector in zip_longest(names, countries, sectors, fillvalue=""):
        party = _party(name, country, sector.upper())
        if party:
            found.setdefault(party.slug, party)
    return list(found.values())


def _party(name: str, country: str, sector: str) -> Party | None:
    if not name:
        nation = nations.named(country)
        return coded_actors.state(nation) if nation else None
    role = ROLES.get(sector)
    return named_actors.of_country(name, role.named if role else "unnamed", country, official=sector in OFFICIAL)


def _columns(line: Line) -> dict[str, tuple[str, str]]:
    members = {
        "date": "Event Date", "external_id": "Event ID", "title": "Actor Name", "actor": "Actor Name",
        "participants.0.actor": "Recipient Name", "event_type": "Event Type", "event_mode": "Event Mode",
        "topics.0.stance": "Intensity", "citations.0.source": "Source", "citations.0.published_at": "Publication Date",
        "place.name": "Placename", "place.country": "Country", "place.latitude": "Latitude", "place.longitude": "Longitude",
        "tags": "Contexts",
    }  # fmt: skip
    return {member: line.origin(name) for member, name in members.items() if line.column(name) in line.cells}

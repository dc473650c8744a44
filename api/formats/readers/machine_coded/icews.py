"""ICEWS events: the tables of the Integrated Crisis Early Warning System, by tabs or commas, with their 20 columns.

The columns are those of the yearly files in Harvard's Dataverse (doi:10.7910/DVN/28075), in any order and way of writing.
An event's id is not unique there, and is together with the day; so both make the id here. No row says how many told of it:
confidence is null.
"""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

from api.formats.readers.machine_coded import acts, coded_actors, headed, named_actors, places
from api.formats.readers.machine_coded.acts import Act, Reading
from api.formats.readers.machine_coded.coded_actors import Party
from api.formats.readers.machine_coded.headed import Line
from schemas import cameo
from schemas.transfers import Need, Reject, Row, Skipped

_COLUMNS: Final = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity",
    "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District",
    "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
_NAMES: Final = {headed.key(name): name for name in _COLUMNS}
_NEEDED: Final = (("Event ID",), ("Event Date",), ("CAMEO Code",), ("Source Name", "Target Name"))

ICEWS: Final = Need(
    "source",
    {"slug": "icews", "name": "ICEWS", "url": "https://dataverse.harvard.edu/dataverse/icews",
     "description": "Machine-coded events, cited where a row has no publisher."},
    ("ICEWS",),
)  # fmt: skip

# Words that a sector has in it, the kind of a named actor with it, and of one who is only described.
_KINDS: Final = (
    ("media", "media", "unnamed"), ("insurgent", "armed_group", "armed_group"), ("rebel", "armed_group", "armed_group"),
    ("separatist", "armed_group", "armed_group"), ("international government", "organization", "organization"),
    ("military", "government", "government"), ("police", "government", "government"), ("judicial", "government", "government"),
    ("legislative", "government", "government"), ("executive", "government", "government"), ("ministry", "government", "government"),
    ("government", "government", "government"), ("part", "organization", "unnamed"), ("business", "organization", "unnamed"),
    ("corporation", "organization", "unnamed"), ("ngo", "organization", "unnamed"), ("organization", "organization", "unnamed"),
)  # fmt: skip


def read(file: BinaryIO, mapping: object = None, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """The rows of an ICEWS file. Raises Unreadable for another kind of file; ICEWS' columns need no mapping."""
    opened = headed.open_rows(file, mapping, encoding, "ICEWS")
    header = opened.first.cells
    found = headed.known(header, _NAMES)
    headed.need_columns(found, _NEEDED, "ICEWS events")
    return (_taken(line) for line in headed.lines(opened, header, found))


def _taken(line: Line | Reject | Skipped) -> Row | Reject | Skipped:
    if not isinstance(line, Line):
        return line
    faults = []
    if not line["Event ID"]:
        faults.append(line.fault("Event ID", "the id of the event is missing", "ICEWS numbers each event."))
    day = headed.day(line["Event Date"])
    if day is None:
        faults.append(line.fault("Event Date", "this is no day", "Year first: 2018-06-01."))
    code = cameo.find(line.whole("CAMEO Code"))
    if code is None:
        faults.append(line.fault("CAMEO Code", "this is no CAMEO code", "Two to four digits, from 010 to 2042."))
    if not line["Source Name"] and not line["Target Name"]:
        faults.append(line.fault("Source Name", "the row names no actor at all", "Give the source or the target."))
    if day is None or code is None or faults:
        return Reject(line.line, line.cells, tuple(faults))
    return acts.row(_reading(line, day, code), line.line, line.cells)


def _reading(line: Line, day: date, code: str) -> Reading:
    coded = cameo.CODES[code]
    written = line.whole("CAMEO Code")
    warnings = []
    if written.lstrip("0") != code.lstrip("0"):
        warnings.append(
            line.fault(
                "CAMEO Code", f"this code is read as {code}, {coded.words}", "It is bare, or not in CAMEO's list."
            )
        )
    place, faults = places.placed(line)
    actor, other = _actor(line, "Source"), _actor(line, "Target")
    event = f"{line.whole('Event ID')[:250]}-{day:%Y%m%d}"
    story = line.whole("Story ID")
    sentence = f", sentence {line.whole('Sentence Number')}" if line["Sentence Number"] else ""
    source = acts.outlet(line["Publisher"]) if line["Publisher"] else ICEWS
    locator = f"story {story}{sentence}" if story else f"event {event}"
    citation = {"source": source.body["slug"], "locator": acts.shown(locator), "role": "report"}
    if story:
        citation["origin"] = acts.shown(f"icews-story:{story}")
    taken = acts.stance(
        line.number("Intensity"), asks=code.startswith("10") or code in acts.DISPUTED, declines=code == "011"
    )
    said = f"ICEWS event {event}, CAMEO {written} ({coded.words}), intensity {line['Intensity'] or 'not given'}"
    rule = (
        " The stance follows from the intensity of the code alone, not from what was said."
        if cameo.is_spoken(code)
        else ""
    )
    return Reading(
        system="icews",
        identity=event,
        date=day.isoformat(),
        date_basis="machine",
        actor=actor or coded_actors.NOBODY,
        others=((other, acts.role_of_other(coded.event_type)),) if other else (),
        act=Act(cameo.is_spoken(code), coded.event_type, coded.event_mode, coded.contexts, coded.words),
        stance=taken,
        confidence=None,
        citation=citation,
        source=source,
        rationale=f"Coded by a machine, and read by nobody since: {said}.{rule}",
        place=place,
        tags=("icews",),
        warnings=(*warnings, *faults),
        columns=_columns(line),
    )


def _actor(line: Line, side: str) -> Party | None:
    name = line[f"{side} Name"]
    if not name:
        return None
    sectors = line[f"{side} Sectors"].casefold()
    kind, part = next(((kind, part) for word, kind, part in _KINDS if word in sectors), ("unnamed", "unnamed"))
    return named_actors.of_country(name, kind, line[f"{side} Country"], official=kind == "government", part=part)


def _columns(line: Line) -> dict[str, tuple[str, str]]:
    members = {
        "date": "Event Date", "external_id": "Event ID", "title": "Source Name", "actor": "Source Name",
        "participants.0.actor": "Target Name", "event_type": "CAMEO Code", "event_mode": "CAMEO Code",
        "topics.0.stance": "Intensity", "citations.0.locator": "Story ID", "citations.0.source": "Publisher",
        "place.name": "City", "place.country": "Country", "place.latitude": "Latitude", "place.longitude": "Longitude",
    }  # fmt: skip
    return {member: line.origin(name) for member, name in members.items() if line.column(name) in line.cells}

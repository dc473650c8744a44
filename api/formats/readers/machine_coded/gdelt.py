"""GDELT event tables: 2.0 (61 columns), 1.0 (57 or 58), also mixed in one file, and tables with a line of names.

Each row is one event that a machine coded out of one sentence, with CAMEO codes; it becomes a statement or an event by the
rules of `acts`. The files of mentions and of the knowledge graph are not read.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

from api.formats.readers.files import tables
from api.formats.readers.files.tables import Cells
from api.formats.readers.machine_coded import acts, coded_actors, headed, nations, places
from api.formats.readers.machine_coded.acts import Act, Reading
from api.formats.readers.machine_coded.coded_actors import Party
from api.formats.readers.machine_coded.headed import Line
from schemas import cameo
from schemas.transfers import Json, Need, Reject, Row, RowFault, Skipped, Unreadable

_ACTOR: Final = (
    "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code".split()
)
_EVENT: Final = "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles AvgTone".split()
_GEO: Final = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID".split()
_GEOS: Final = ("Actor1Geo", "Actor2Geo", "ActionGeo")


def _layout(geo: list[str]) -> tuple[str, ...]:
    return (
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
        *(f"Actor{number}{name}" for number in (1, 2) for name in _ACTOR),
        *_EVENT,
        *(f"{place}_{name}" for place in _GEOS for name in geo),
        "DATEADDED", "SOURCEURL",
    )  # fmt: skip


_SECOND: Final = _layout(_GEO)
_FIRST: Final = _layout([name for name in _GEO if name != "ADM2Code"])
LAYOUTS: Final = {61: _SECOND, 58: _FIRST, 57: _FIRST[:-1]}

_NAMES: Final = {headed.key(name): name for name in _SECOND} | {
    "day": "SQLDATE", "date": "SQLDATE", "eventdate": "SQLDATE", "globaleventsid": "GLOBALEVENTID", "eventid": "GLOBALEVENTID",
    "goldstein": "GoldsteinScale", "url": "SOURCEURL", "dateadd": "DATEADDED", "actiongeolon": "ActionGeo_Long",
    "actiongeolongitude": "ActionGeo_Long", "actiongeolatitude": "ActionGeo_Lat", "actiongeoname": "ActionGeo_FullName",
    "actiongeocountry": "ActionGeo_CountryCode", "isroot": "IsRootEvent",
}  # fmt: skip
_NEEDED: Final = (
    ("GLOBALEVENTID",), ("SQLDATE",), ("EventCode", "EventBaseCode", "EventRootCode"),
    ("Actor1Code", "Actor1Name", "Actor2Code", "Actor2Name"),
)  # fmt: skip
# Files of GDELT that are no events.
_OTHERS: Final = {
    16: "mentions",
    27: "the knowledge graph",
    11: "the knowledge graph 1.0",
    15: "counts of the knowledge graph",
}

GDELT: Final = Need(
    "source",
    {"slug": "gdelt", "name": "GDELT Project", "url": "https://www.gdeltproject.org",
     "description": "Machine-coded events out of the world's news, cited where a row has no article."},
    ("GDELT Project", "GDELT"),
)  # fmt: skip

# How many independent sources the first quarter of an hour showed, and what that is worth; more is never worth more.
CONFIDENCE: Final = ((10, 50), (5, 40), (3, 30), (2, 25), (1, 15))
_MANY_ARTICLES, _MOST_DAYS, _LESS, _LEAST = 10, 30, 10, 5


def read(file: BinaryIO, mapping: object = None, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """The rows of a GDELT event file. Raises Unreadable for another kind of file; GDELT's columns need no mapping."""
    opened = headed.open_rows(file, mapping, encoding, "GDELT")
    first = opened.first.cells
    found = headed.known(first, _NAMES)
    if "GLOBALEVENTID" in found or len(found) > 4:
        headed.need_columns(found, _NEEDED, "GDELT events")
        return (_taken(line) for line in headed.lines(opened, first, found))
    if len(first) not in LAYOUTS or not re.fullmatch(r"\d{8}", first[1].strip()):
        other = _OTHERS.get(len(first))
        told = f" It looks like GDELT's {other}, of which only the events are read." if other else ""
        raise Unreadable(
            f"This is no GDELT table of events: its first row has {len(first)} cells and no names of columns. "
            f"GDELT 2.0 has 61, GDELT 1.0 has 57 or 58, parted by tabs, with an eight-digit date in the second.{told}"
        )
    return (_taken(line) for line in _headless(opened))


def _headless(opened: headed.Opened) -> Iterator[Line | Reject | Skipped]:
    for row in opened.rows:
        if not isinstance(row, Cells):
            yield row
        elif headed.is_empty(row):
            yield Skipped(row.line, "an empty row")
        elif len(row.cells) in LAYOUTS:
            names = LAYOUTS[len(row.cells)]
            cells = dict(zip(names, row.cells, strict=True))
            yield Line(row.line, cells, {})
        else:
            message = f"the row has {len(row.cells):,} cells; GDELT events have 61 (2.0), or 57 or 58 (1.0)"
            cells = tables.named(LAYOUTS[max(LAYOUTS)], row.cells, opened.delimiter)
            yield Reject(row.line, cells, (RowFault(None, None, message, "Is the row cut off, or a tab in a cell?"),))


def _taken(line: Line | Reject | Skipped) -> Row | Reject | Skipped:
    if not isinstance(line, Line):
        return line
    faults = []
    identity = line.whole("GLOBALEVENTID")
    if not re.fullmatch(r"[0-9]{1,20}", identity):
        faults.append(
            line.fault(
                "GLOBALEVENTID", "the id of the event is missing or no whole number", "GDELT numbers each event."
            )
        )
    day = headed.day(line.whole("SQLDATE"))
    if day is None:
        faults.append(line.fault("SQLDATE", "this is no day", "Eight digits, year first: 20170101."))
    code_name, code = _code(line)
    if code is None:
        faults.append(line.fault(code_name, "this is no CAMEO code", "Two to four digits, from 010 to 2042."))
    if not any(line[f"Actor{number}{name}"] for number in (1, 2) for name in ("Code", "Name")):
        faults.append(
            line.fault("Actor1Code", "the row names no actor at all", "Give the code or the name of Actor1 or Actor2.")
        )
    if day is None or code is None or faults:
        return Reject(line.line, line.cells, tuple(faults))
    return acts.row(_reading(line, identity, day, code_name, code), line.line, line.cells)


def _code(line: Line) -> tuple[str, str | None]:
    """The column of the narrowest code that the row has, and the code of the table that it stands for."""
    name = next((one for one in ("EventCode", "EventBaseCode", "EventRootCode") if line[one]), "EventCode")
    return name, cameo.find(line.whole(name), line.whole("EventRootCode"))


def _reading(line: Line, identity: str, day: date, code_name: str, code: str) -> Reading:
    coded = cameo.CODES[code]
    written = line.whole(code_name)
    warnings = []
    if written.lstrip("0") != code.lstrip("0"):
        warnings.append(
            line.fault(code_name, f"this code is read as {code}, {coded.words}", "It is bare, or not in CAMEO's list.")
        )
    published, doubt = _published(line, day)
    place, faults = _place(line)
    source, citation = _citation(line, identity)
    if published:
        citation["published_at"] = published
    actor, other = (_actor(line, number) for number in (1, 2))
    score = line.number("GoldsteinScale")
    taken = acts.stance(score, asks=code.startswith("10") or code in acts.DISPUTED, declines=code == "011")
    role = acts.role_of_other(coded.event_type)
    return Reading(
        system="gdelt",
        identity=identity,
        date=day.isoformat(),
        date_basis="machine",
        actor=actor or coded_actors.NOBODY,
        others=((other, role),) if other else (),
        act=Act(cameo.is_spoken(code), coded.event_type, coded.event_mode, coded.contexts, coded.words),
        stance=taken,
        confidence=_confidence(line, doubted=doubt is not None),
        citation=citation,
        source=source,
        rationale=_rationale(line, identity, code),
        place=place,
        tags=("gdelt", "date-doubtful") if doubt else ("gdelt",),
        warnings=(*warnings, *((doubt,) if doubt else ()), *faults),
        columns=_columns(line, code_name),
    )


def _actor(line: Line, number: int) -> Party | None:
    code, name = (line[f"Actor{number}{part}"] for part in ("Code", "Name"))
    if not code and not name:
        return None
    said = {line[f"{geo}_FullName"] for geo in _GEOS}
    named = {part.strip().casefold() for text in said for part in text.split(",")}
    return coded_actors.decode(code, name, line[f"Actor{number}CountryCode"], bool(name) and name.casefold() in named)


def _published(line: Line, day: date) -> tuple[str | None, RowFault | None]:
    """When GDELT added the row, and what is doubtful when that is far from the day of the event."""
    added = headed.instant(line.whole("DATEADDED"))
    if added is None:
        return None, None
    days = (date.fromisoformat(added[:10]) - day).days
    if abs(days) <= _MOST_DAYS:
        return added, None
    years, rest = divmod(abs(days) + 3, 365)
    about = f", about {years} year{'s' if years > 1 else ''} to the day" if years and rest < 7 + years // 4 else ""
    when = "before" if days > 0 else "after"
    message = f"the day is {abs(days):,} days {when} that on which GDELT read of it{about}"
    hint = "GDELT misreads dates in articles so; the record is tagged date-doubtful, with less confidence."
    return added, line.fault("SQLDATE", message, hint)


def _place(line: Line) -> tuple[Json | None, tuple[RowFault, ...]]:
    fips = line["ActionGeo_CountryCode"]
    country = nations.FIPS.get(fips)
    whole = line.whole("ActionGeo_Type") == "1"
    place, faults = places.located(
        line, line["ActionGeo_FullName"], country, ("ActionGeo_Lat", "ActionGeo_Long"), whole=whole
    )
    if fips and country is None:
        hint = "The record is taken without a country; ISO has no code for seas and for states that are no more."
        faults = (*faults, line.fault("ActionGeo_CountryCode", "this FIPS code has no ISO country", hint))
    return place, faults


def _citation(line: Line, identity: str) -> tuple[Need, Json]:
    """The article; without an address the outlet by its name; without that, or with a broken address, GDELT itself."""
    address = line["SOURCEURL"]
    found = acts.publisher(address) if address else None
    if found:
        return found[0], dict(found[1])
    if not address:
        return GDELT, {"source": "gdelt", "locator": f"event {identity}", "role": "report"}
    if address.casefold().startswith(("http:", "https:")):
        return GDELT, {"source": "gdelt", "locator": acts.shown(address), "role": "report"}
    source = acts.outlet(re.split(r"\s*/\s*", address)[0] or address)
    return source, {"source": source.body["slug"], "locator": acts.shown(address), "role": "report"}


def _confidence(line: Line, *, doubted: bool) -> int | None:
    """How sure it is that this was said or done so: from how many sources told it, and never above 50.

    By NumSources, from 10 up 50, from 5 up 40, from 3 up 30, 2 is 25, 1 is 15; ten articles or more add 5 up to 50. Ten less
    where the event is not of the article's first sentences (IsRootEvent 0), and ten less where the date is doubtful, down to
    5. Without a count of sources, articles or mentions it can't be judged.
    """
    counts = [line.number(name) for name in ("NumSources", "NumArticles", "NumMentions")]
    if not any(count is not None and count > 0 for count in counts):
        return None
    sources, articles, mentions = (count or 0 for count in counts)
    value = next((worth for least, worth in CONFIDENCE if sources >= least), CONFIDENCE[-1][1])
    if max(articles, mentions) >= _MANY_ARTICLES:
        value = min(value + 5, CONFIDENCE[0][1])
    value -= _LESS * (line.whole("IsRootEvent") == "0") + _LESS * doubted
    return max(value, _LEAST)


def _rationale(line: Line, identity: str, code: str) -> str:
    said = [
        f"Coded by a machine, and read by nobody since: GDELT event {identity}, CAMEO {line.whole('EventCode') or code} ({cameo.CODES[code].words})"
    ]
    said += [
        f"{label} {line[name]}"
        for label, name in (("Goldstein", "GoldsteinScale"), ("QuadClass", "QuadClass"))
        if line[name]
    ]
    for number in (1, 2):
        actor, name = line[f"Actor{number}Code"], line[f"Actor{number}Name"]
        said.append(f"Actor{number} {actor or '–'} “{name}”" if name else f"Actor{number} {actor or 'not given'}")
    counted = [
        f"{line.whole(name)} {name[3:].casefold()}"
        for name in ("NumMentions", "NumSources", "NumArticles")
        if line[name]
    ]
    counts = f" Counted at first sight: {', '.join(counted)}." if counted else ""
    rule = (
        " The stance follows from the Goldstein number of the code alone, not from what was said."
        if cameo.is_spoken(code)
        else ""
    )
    return f"{'; '.join(said)}.{counts}{rule}"


def _columns(line: Line, code_name: str) -> dict[str, tuple[str, str]]:
    members = {
        "date": "SQLDATE", "external_id": "GLOBALEVENTID", "title": "Actor1Name", "actor": "Actor1Code",
        "participants.0.actor": "Actor2Code", "event_type": code_name, "event_mode": code_name, "topics.0.stance": "GoldsteinScale",
        "confidence": "NumSources", "citations.0.url": "SOURCEURL", "citations.0.locator": "SOURCEURL",
        "citations.0.published_at": "DATEADDED", "place.name": "ActionGeo_FullName", "place.country": "ActionGeo_CountryCode",
        "place.latitude": "ActionGeo_Lat", "place.longitude": "ActionGeo_Long",
    }  # fmt: skip
    return {member: line.origin(name) for member, name in members.items() if line.column(name) in line.cells}

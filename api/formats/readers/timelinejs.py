"""TimelineJS in: each slide of its JSON (versions 2 and 3) or of its sheet as CSV is a statement, or an event if the mapping says so.

The rules stand in docs/imports-other-formats.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from api.formats.readers import nouns, timelinejs_dates
from api.formats.readers.constants import Constants, constants
from api.formats.readers.drafts import Draft, is_url
from api.formats.readers.files import pieces, tables
from api.formats.readers.files.cells import shorten
from api.formats.readers.files.pieces import Path
from api.formats.readers.nouns import UNCODED
from api.formats.readers.texts import clean, digest, external, line, plain
from api.formats.readers.timelinejs_dates import NotADate
from schemas.transfers import Json, Need, Reject, Row, Skipped, Unreadable
from schemas.vocabularies import ActorKind, CodingCertainty

SYSTEM: Final = "timelinejs"
_SLIDES: Final = frozenset(
    {("events",), ("slides",), ("timeline", "date"), ("timeline", "events"), ("timeline", "slides")}
)
_ERAS: Final = frozenset({("eras",), ("timeline", "era"), ("timeline", "eras")})
_TITLES: Final = frozenset({("title",), ("timeline", "title")})
_INSIDE: Final = frozenset({("timeline",)})
_LISTS: Final = _SLIDES | _ERAS
# What stands in the head of version 2's title slide, beside the timeline itself.
_HEAD: Final = ("headline", "text", "startDate", "asset")
_SHEET: Final = ("year", "headline")
_NOBODY: Final = nouns.unnamed(
    "unnamed-timeline-actor", "Unnamed actor of a timeline", "Stands for whoever the slides of a timeline do not name."
)
_WHY: Final = {
    "title": "title slide: it heads the timeline and tells nothing dated",
    "era": "era: it colours a stretch of the axis",
}


def read(
    file: BinaryIO, mapping: Mapping[str, str] | str | None = None, encoding: str | None = None
) -> Iterator[Row | Reject | Skipped]:
    """The rows of a timeline, one of each slide; title slides and eras are skipped.

    `mapping` may say actor, source, topic, confidence, event_type (slides are then events) and external_source: ids
    are unique within one timeline only, so that each timeline should have its own. Raises Unreadable.
    """
    given = constants(mapping)
    slides = _from_json(file, encoding) if pieces.is_json(file) else _from_sheet(file, encoding)
    seen: dict[str, str] = {}
    for found in slides:
        yield found if isinstance(found, Reject | Skipped) else _slide(*found, given, seen)


def _from_json(file: BinaryIO, encoding: str | None) -> Iterator[tuple[Draft, Json] | Reject | Skipped]:
    found = False
    for piece in pieces.read(file, encoding, _LISTS, _INSIDE):
        found = found or piece.path in _SLIDES
    if not found:
        raise Unreadable(
            'The file is no timeline of TimelineJS: there are no "events" in it, and no "timeline" with "date" or "slides".'
        )
    for piece in pieces.read(file, encoding, _LISTS, _INSIDE):
        draft = Draft(piece.line, "statement", {"json": piece.text})
        if piece.path in _TITLES or (piece.path[:1] == ("timeline",) and piece.path[1:] == _HEAD[:1]):
            yield Skipped(piece.line, _WHY["title"])
        elif piece.path in _ERAS:
            yield Skipped(piece.line, _WHY["era"])
        elif piece.path in _SLIDES and isinstance(piece.value, dict):
            yield draft, _version_3(piece.value, piece.path)
        elif piece.path in _SLIDES:
            draft.refuse(
                None, None, "a slide is an object", 'Such as {"start_date": {"year": 2025}, "text": {"headline": "…"}}.'
            )
            yield draft.rejected()


def _version_3(told: Json, path: Path) -> Json:
    """A slide of version 2 in the members of version 3."""
    if path != ("timeline", "date"):
        return told
    asset = told.get("asset") if isinstance(told.get("asset"), dict) else {}
    return {
        "start_date": told.get("startDate"),
        "end_date": told.get("endDate"),
        "display_date": told.get("displayDate"),
        "text": {"headline": told.get("headline"), "text": told.get("text")},
        "media": {**(asset or {}), "url": (asset or {}).get("media")},
        "group": told.get("tag"),
        "unique_id": told.get("id"),
    }


def _from_sheet(file: BinaryIO, encoding: str | None) -> Iterator[tuple[Draft, Json] | Reject | Skipped]:
    table = tables.read(file, encoding=encoding)
    names = {"".join(name.lower().split()): index for index, name in enumerate(table.columns)}
    if not all(name in names for name in _SHEET):
        old = "startdate" in names
        raise Unreadable(
            "The file is the older sheet of TimelineJS, whose dates are single texts: give it as a mapped CSV, which says in what order they are."
            if old
            else "The file is no sheet of TimelineJS: it has no columns Year and Headline."
        )
    for row in table.rows:
        if isinstance(row, Reject | Skipped):
            yield row
            continue
        cells = {name: row.cells[index].strip() for name, index in names.items()}
        kind = cells.get("type", "").lower()
        if kind in _WHY:
            yield Skipped(row.line, _WHY[kind])
        elif not any(cells.values()):
            yield Skipped(row.line, "an empty row")
        else:
            yield Draft(row.line, "statement", table.named(row.cells)), _of_cells(cells)


def _of_cells(cells: Mapping[str, str]) -> Json:
    def ends(before: str) -> Json:
        return {
            **{name: cells.get(before + name) for name in ("year", "month", "day")},
            "time": cells.get(f"{before}time"),
        }

    return {
        "start_date": ends(""),
        "end_date": ends("end"),
        "display_date": cells.get("displaydate"),
        "text": {"headline": cells.get("headline"), "text": cells.get("text")},
        "media": {"url": cells.get("media"), "credit": cells.get("mediacredit"), "caption": cells.get("mediacaption")},
        "group": cells.get("group"),
        "unique_id": cells.get("uniqueid"),
    }


def _slide(draft: Draft, told: Json, given: Constants, seen: dict[str, str]) -> Row | Reject | Skipped:
    words, media = _object(told.get("text")), _object(told.get("media"))
    own = line(str(told.get("unique_id") or told.get("id") or ""))
    content = digest(*(told.get(name) for name in ("start_date", "end_date", "group", "text")), media.get("url"))
    id_ = external(own) if own else f"sha256:{content}"
    if seen.get(id_) == content:
        return Skipped(draft.line, "slide: the same slide stands in the file before")
    if id_ in seen:
        draft.refuse("unique_id", own, "stands on another slide of the file too", "Give each slide an id of its own.")
    seen[id_] = content
    _date(draft, told)
    text, caption = plain(words.get("text")), plain(media.get("caption"))
    headline = line(plain(words.get("headline")))
    draft.title(headline or line(text) or line(caption), "headline" if headline else "text")
    draft.text("summary", text, 20_000, "text")
    _actor(draft, told.get("group"), given)
    if given.event_type:
        draft.noun = "event"
        draft.body["event_type"] = given.event_type
    shown = line(plain(told.get("display_date"))) or line(plain(_object(told.get("start_date")).get("display_date")))
    code = "From a slide of TimelineJS, which says no stance; to be coded." + (
        f" Its date is shown as “{shown[:200]}”." if shown else ""
    )
    draft.fall_back(given, UNCODED, CodingCertainty.LOW, code)
    draft.put(
        "citations",
        [_citation(draft, media, caption, own or f"“{headline}”", given)],
        "media",
        media.get("url") or "",
    )
    draft.body |= {"external_source": given.external_source or SYSTEM, "external_id": id_}
    return draft.done()


def _date(draft: Draft, told: Json) -> None:
    ends = {}
    for name in ("start_date", "end_date"):
        try:
            ends[name] = _end(told.get(name))
        except NotADate as fault:
            draft.refuse(name, told.get(name), fault.message, fault.hint)
            return
    if not ends["start_date"]:
        draft.refuse(
            "start_date", told.get("start_date"), "a slide needs a start with a year", 'Such as {"year": 2025}.'
        )
        return
    start = _object(told.get("start_date"))
    shown = line(plain(told.get("display_date"))) or line(plain(start.get("display_date")))
    written, is_cut = timelinejs_dates.edtf(ends["start_date"], ends["end_date"], shown)
    if is_cut:
        draft.warn(
            "start_date", told.get("start_date"), "has a time of day, which an interval or a vague date leaves out"
        )
    draft.date("date", written, "start_date", told.get("start_date"))


def _end(given: Any) -> dict[str, int]:
    """One end of a slide's time; a sheet has the time of day in a cell of its own."""
    if isinstance(given, dict) and given.get("time"):
        given = given | timelinejs_dates.from_clock(str(given["time"]))
    if isinstance(given, dict) and not any(str(given.get(name) or "").strip() for name in ("year", "month", "day")):
        return {}
    return timelinejs_dates.parts(given)


def _actor(draft: Draft, group: object, given: Constants) -> None:
    """The group of a slide as its actor: taken by its name where one is known, else made as an organisation."""
    name = line(plain(group))
    if name:
        draft.put("actor", draft.need(nouns.actor(name, ActorKind.ORGANIZATION)), "group", name)
    elif given.actor:
        draft.body["actor"] = given.actor
    else:
        draft.put("actor", draft.need(_NOBODY), "group", "")


def _citation(draft: Draft, media: Json, caption: str, slide: str, given: Constants) -> Json:
    """The media of a slide as its citation; where there is none, the slide itself."""
    url = clean(media.get("url"))
    url = f"https:{url}" if url.startswith("//") else url
    credit = line(plain(media.get("credit")))
    cited: Json = {}
    if is_url(url):
        cited["url"] = url
    elif "<" in url:
        # An embedded quotation or frame instead of an address.
        caption = caption or plain(url)
    elif url:
        draft.warn("media", url, "is no web address, and is kept as the place in the source")
        cited["locator"] = url[:300]
    excerpt = "\n".join(part for part in (caption, credit) if part)
    if excerpt:
        cited["excerpt"] = excerpt[:5000]
    if "url" not in cited and "locator" not in cited:
        cited["locator"] = shorten(f"slide {slide}", 300)
    source = given.source or draft.need(nouns.site(url) if "url" in cited else _TIMELINE)
    return {"source": source, **cited}


_TIMELINE: Final = Need("source", {"slug": "timelinejs-file", "name": "A file of TimelineJS"})


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}

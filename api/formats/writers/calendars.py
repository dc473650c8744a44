"""iCalendar (RFC 5545): records as entries of a calendar, each under its id, with its version as SEQUENCE.

A record dated to the second is a moment. Any other takes whole days, from its first possible one to its last; one with
an open end stands on the day that is known, and its text says so. No entry makes anybody busy.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from api.formats.writers.outputs import Answer
from api.formats.writers.wordings import address_of, headline, instant_of, lines
from schemas import dates
from schemas.transfers import Json

_STATUS = {"published": "CONFIRMED", "under_review": "TENTATIVE", "withdrawn": "CANCELLED", "draft": "TENTATIVE"}
_SPECIAL = re.compile(r"[\\;,]")
_BREAK = re.compile(r"\r\n|\r|\n")
LINE = 75  # octets


class Calendar:
    """iCalendar being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def head(self) -> bytes:
        """The calendar up to its entries."""
        name = _text(f"Demarche: {self._answer.address}")
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Demarche//Demarche//EN",
            f"NAME:{name}",
            f"X-WR-CALNAME:{name}",
        ]
        return _folded(lines)

    def items(self, items: Sequence[Json]) -> bytes:
        """An entry each."""
        return b"".join([_folded(_entry(item)) for item in items])

    def tail(self) -> bytes:
        """The end."""
        return b"END:VCALENDAR\r\n"


def _entry(item: Json) -> list[str]:
    cited, place = address_of(item), item["place"] or {}
    latitude, where = place.get("latitude"), ", ".join(filter(None, (place.get("name"), place.get("country"))))
    tags = ",".join(map(_text, [item["kind"], *(one["topic"]["slug"] for one in item["topics"]), *item["tags"]]))
    return [
        "BEGIN:VEVENT",
        f"UID:{item['id']}",
        f"DTSTAMP:{_stamp(item['changed_at'])}",
        f"CREATED:{_stamp(item['recorded_at'])}",
        f"LAST-MODIFIED:{_stamp(item['changed_at'])}",
        f"SEQUENCE:{item['version']}",
        *_days(item),
        f"SUMMARY:{_text(headline(item))}",
        f"DESCRIPTION:{_text(chr(10).join(lines(item)))}",
        *([f"LOCATION:{_text(where)}"] if where else []),
        *([f"GEO:{latitude};{place['longitude']}"] if latitude is not None else []),
        *([f"URL:{cited}"] if cited else []),
        f"CATEGORIES:{tags}",
        f"STATUS:{_STATUS[item['status']]}",
        "TRANSP:TRANSPARENT",
        f"X-DEMARCHE-EDTF;VALUE=TEXT:{_text(item['date'])}",
        "END:VEVENT",
    ]


def _days(item: Json) -> list[str]:
    instant = instant_of(item)
    if instant is not None:
        return [f"DTSTART:{_stamp(dates.format_instant(instant))}"]
    first, last = item["date_earliest"] or item["date_latest"], item["date_latest"]
    begins = f"DTSTART;VALUE=DATE:{first.replace('-', '')}"
    # The end is the day after the last; the calendar has none after 9999, and an entry without an end takes one day.
    if item["date_earliest"] is None or last is None or last == date.max.isoformat():
        return [begins]
    after = date.fromisoformat(last) + timedelta(days=1)
    return [begins, f"DTEND;VALUE=DATE:{after.isoformat().replace('-', '')}"]


def _stamp(instant: str) -> str:
    return instant[:19].replace("-", "").replace(":", "") + "Z"


def _text(text: str) -> str:
    return _BREAK.sub(r"\\n", _SPECIAL.sub(r"\\\g<0>", text))


def _folded(lines: Sequence[str]) -> bytes:
    return b"".join([_fold(line.encode()) for line in lines])


def _fold(line: bytes) -> bytes:
    """A line in pieces of 75 octets, no character cut in two; each after the first begins with a blank."""
    if len(line) <= LINE:
        return line + b"\r\n"
    found, start, room = [], 0, LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        found.append(line[start:end])
        start, room = end, LINE - 1
    return b"\r\n ".join([*found, line[start:]]) + b"\r\n"

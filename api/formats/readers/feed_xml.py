"""Atom and RSS as they are found: taken apart into their entries, each of which feedparser then reads alone.

feedparser reads a whole feed into memory, tries to open what it is given as a file or an address, and parses HTML that is not
well-formed in time that grows with the square of its length. So it is given one entry at a time, as bytes that are known
to be well-formed and hold no declarations: entities that a file declares are never expanded, and nothing is ever fetched.
"""

import html.entities
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import feedparser

from api.formats.readers.drafts import Draft, is_url
from api.formats.readers.feed_entries import Entry, Feed, moment
from api.formats.readers.files import encodings
from api.formats.readers.texts import clean, line, plain
from schemas.transfers import Reject, Unreadable

LONGEST_FILE: Final = 16_000_000
LONGEST_ENTRY: Final = 1_000_000
_DEEPEST: Final = 100
_LONGEST_DATE: Final = 100
_WINDOW: Final = 1 << 16
_LONGEST_ENTITY: Final = 40
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# Encodings that feeds declare and tables seldom have.
_EASTERN: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "shift_jis": "shift_jis", "euc-jp": "euc_jp", "euc-kr": "euc_kr",
}  # fmt: skip
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_NUMBERED: Final = re.compile(r"&#(?:([0-9]{1,7})|x([0-9a-fA-F]{1,6}));")
_ENTRIES: Final = ("item", "entry")
_ROOTS: Final = ("rss", "rdf", "feed", "channel")
_DATES: Final = ("pubdate", "published", "updated", "date", "created", "issued", "modified", "lastbuilddate", "available", "expirationdate")  # fmt: skip
_DAY: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


@dataclass
class _Place:
    """Where an entry stands in the bytes of the feed."""

    start: int
    end: int
    line: int
    has_long_date: bool = False


class _Scan:
    """One pass over the feed: where its entries are, what encloses them, and that it is well-formed."""

    def __init__(self, data: bytes) -> None:
        self.places: list[_Place] = []
        self.around: list[tuple[str, Mapping[str, str]]] = []
        self.undeclared: set[str] = set()
        self._data = data
        self._open: list[str] = []
        self._entry_depth = 0
        self._declared = {"xml", "xmlns"}
        self._used: set[str] = set()
        self._date_length = -1
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._finish
        self._parser.CharacterDataHandler = self._characters

    def run(self) -> None:
        """Raises Unreadable where it is no feed."""
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            raise Unreadable(
                f"The file is no well-formed XML at line {error.lineno}: {expat.ErrorString(error.code)}."
            ) from None
        self.undeclared = self._used - self._declared

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        if not self._open and local not in _ROOTS:
            what = "an HTML page" if local == "html" else f"XML of another kind: it begins with <{name[:60]}>"
            raise Unreadable(f"The file is no feed but {what}. Give the feed itself: Atom, RSS or JSON Feed.")
        if len(self._open) >= _DEEPEST:
            raise Unreadable(
                f"Elements stand more than {_DEEPEST} deep in each other at line {self._parser.CurrentLineNumber}, which no feed needs."
            )
        for one in (name, *attributes):
            prefix, colon, rest = one.partition(":")
            if colon:
                self._used.add(prefix)
                if prefix == "xmlns":
                    self._declared.add(rest)
        if not self._entry_depth and local in _ENTRIES and self._open and all(one in _ROOTS for one in self._open):
            self._entry_depth = len(self._open) + 1
            self.places.append(_Place(self._parser.CurrentByteIndex, 0, self._parser.CurrentLineNumber))
        elif not self._entry_depth and local in _ROOTS and len(self.around) == len(self._open) < 2:
            self.around.append((name, attributes))
        self._open.append(local)
        self._date_length = 0 if local in _DATES else -1

    def _finish(self, _: str) -> None:
        self._date_length = -1
        if self._entry_depth == len(self._open):
            self._entry_depth = 0
            end = self._data.find(b">", self._parser.CurrentByteIndex)
            self.places[-1].end = end + 1
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._date_length < 0:
            return
        self._date_length += len(text)
        if self._date_length > _LONGEST_DATE:
            if not self._entry_depth:
                raise Unreadable(
                    f"A date of the feed is longer than {_LONGEST_DATE} characters, at line {self._parser.CurrentLineNumber}."
                )
            self.places[-1].has_long_date = True


def read(file: BinaryIO, encoding: str | None) -> tuple[Feed, Iterator[Entry | Reject]]:
    """The feed of an XML file, and its entries. Raises Unreadable."""
    data = _mended(_text(file, encoding))
    scan = _Scan(data)
    scan.run()
    rest = _without(data, scan.places)
    if len(rest) > LONGEST_ENTRY:
        raise Unreadable(
            f"What stands around the entries of the feed is longer than {LONGEST_ENTRY:,} bytes, which no feed needs."
        )
    return _feed(_parsed(_rooted(rest, scan))["feed"]), _entries(data, scan)


def _text(file: BinaryIO, encoding: str | None) -> str:
    size = file.seek(0, io.SEEK_END)
    if size > LONGEST_FILE:
        raise Unreadable(f"The feed has {size:,} bytes; {LONGEST_FILE:,} are the most. Split it.")
    file.seek(0)
    start = _DECLARED.match(file.read(300))
    declared = encoding or (start[1].decode("ascii") if start else None)
    if declared and declared.lower() in _EASTERN:
        file.seek(0)
        try:
            return file.read().decode(_EASTERN[declared.lower()])
        except UnicodeDecodeError as error:
            raise Unreadable(f"The feed says that it is in {declared}, but byte {error.start} is not.") from None
    return "".join(encodings.pieces(file, _codec(file, encoding, declared)))


def _codec(file: BinaryIO, encoding: str | None, declared: str | None) -> str:
    """The encoding that the feed declares, unless it is not in it."""
    try:
        return encodings.find(file, declared)
    except Unreadable:
        if encoding is not None or declared is None:
            raise
    return encodings.find(file)


def _mended(text: str) -> bytes:
    """A feed as XML takes it: entities of HTML as letters, a bare & written out, characters that XML forbids left out.

    An entity that the file itself declares becomes the text of its name. What stands before the first element, where
    entities are declared, is left out, but for its line breaks.
    """
    text = _ILLEGAL.sub("", text)
    root = _root(text)
    parts = ["\n" * text.count("\n", 0, root)]
    position, size = root, 0
    while position < len(text):
        start, end = _verbatim(text, position)
        for window in _windows(text, position, start):
            parts.append(_AMPERSAND.sub(_named, _NUMBERED.sub(_numbered, window)))
            size += len(parts[-1])
            if size > 2 * LONGEST_FILE:
                raise Unreadable("The feed has so many bare & that it grows too large once they are written out.")
        parts.append(text[start:end])
        position = end
    return "".join(parts).encode("utf-8", "replace")


def _windows(text: str, start: int, end: int) -> Iterator[str]:
    """A stretch of text in pieces that can be worked on in little memory; none ends within an entity."""
    while start < end:
        stop = min(start + _WINDOW, end)
        if stop < end and (sign := text.rfind("&", stop - _LONGEST_ENTITY, stop)) > start:
            stop = sign
        yield text[start:stop]
        start = stop


def _root(text: str) -> int:
    """Where the first element begins. Raises Unreadable where there is none."""
    position = text.find("<")
    while 0 <= position < len(text) - 1:
        if text.startswith("<!--", position):
            end = text.find("-->", position + 4)
        elif text.startswith("<?", position):
            end = text.find("?>", position)
        elif text.startswith("<!", position):
            end = _end_of_declarations(text, position)
        else:
            return position
        position = text.find("<", end) if end > 0 else -1
    raise Unreadable("The file is no feed: it is neither XML with an element in it nor JSON.")


def _end_of_declarations(text: str, start: int) -> int:
    """Where a DOCTYPE ends: at the > after its ], passing over what stands in quotation marks."""
    depth, position = 0, start + 2
    while found := re.compile("[\"'\\[\\]<>]").search(text, position):
        position = found.end()
        if found[0] in "\"'":
            position = text.find(found[0], position) + 1
            if not position:
                return -1
        elif found[0] in "[<":
            depth += 1
        elif depth:
            depth -= 1
        elif found[0] == ">":
            return found.start()
    return -1


def _verbatim(text: str, position: int) -> tuple[int, int]:
    """Where the next CDATA section or comment begins and ends, which are taken as they stand."""
    starts = [(text.find(sign, position), sign, close) for sign, close in (("<![CDATA[", "]]>"), ("<!--", "-->"))]
    start, sign, close = min((one for one in starts if one[0] >= 0), default=(len(text), "", ""))
    if not sign:
        return start, start
    end = text.find(close, start + len(sign))
    return start, len(text) if end < 0 else end + len(close)


def _named(found: re.Match[str]) -> str:
    letter = html.entities.html5.get(found[1] or "")
    return letter if letter and letter not in "<>&\"'" else f"&amp;{found[1] or ''}"


def _numbered(found: re.Match[str]) -> str:
    """A numbered character that XML allows stays as it is."""
    number = int(found[1]) if found[1] else int(found[2], 16)
    fine = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    return found[0] if fine else ""


def _without(data: bytes, places: list[_Place]) -> bytes:
    ends = [0, *(place.end for place in places)]
    starts = [*(place.start for place in places), len(data)]
    return b"".join(data[end:start] for end, start in zip(ends, starts, strict=True))


def _rooted(rest: bytes, scan: _Scan) -> bytes:
    """What stands around the entries, with the prefixes declared that it uses without."""
    name = scan.around[0][0].encode()
    spaces = "".join(f" xmlns:{prefix}={quoteattr(f'urn:undeclared:{prefix}')}" for prefix in sorted(scan.undeclared))
    return rest.replace(b"<" + name, b"<" + name + spaces.encode(), 1)


def _entries(data: bytes, scan: _Scan) -> Iterator[Entry | Reject]:
    opening = closing = b""
    for index, (name, attributes) in enumerate(scan.around):
        told = dict(attributes)
        if index == 0:
            told |= {f"xmlns:{prefix}": f"urn:undeclared:{prefix}" for prefix in scan.undeclared}
        inside = "".join(f" {key}={quoteattr(value)}" for key, value in told.items())
        opening += f"<{name}{inside}>".encode()
        closing = f"</{name}>".encode() + closing
    for place in scan.places:
        raw = data[place.start : place.end]
        cells = {"xml": raw.decode()}
        if len(raw) > LONGEST_ENTRY or place.has_long_date:
            draft = Draft(place.line, "statement", cells)
            told_as = (
                f"is longer than {LONGEST_ENTRY:,} bytes" if len(raw) > LONGEST_ENTRY else "has a date that is no date"
            )
            draft.refuse(None, None, f"the entry {told_as}", "Shorten it.")
            yield draft.rejected()
            continue
        found = _parsed(opening + raw + closing)["entries"]
        yield _entry(found[0], place.line, cells) if found else Entry(place.line, cells)


def _parsed(document: bytes) -> Any:
    # A file object, never the bytes themselves, which feedparser would take for the name of a file first.
    stream = io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?>" + document)
    return feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)


def _feed(told: Any) -> Feed:
    links = (clean(link.get("href")) for link in told.get("links", ()) if link.get("rel") in ("alternate", "self"))
    url = next((link for link in (clean(told.get("link")), *links) if is_url(link)), "")
    return Feed(
        _words(told, "title", one_line=True),
        url,
        clean(told.get("language")),
        _when(told, "updated") or _when(told, "published"),
    )


def _entry(told: Any, number: int, cells: Mapping[str, str]) -> Entry:
    contents = told.get("content") or [{}]
    source = told.get("source")
    stamps = [clean(dict.get(told, name)) for name in ("published", "updated", "created")]
    dates = [_when(told, name) for name in ("published", "updated", "created")]
    authors = [line(one.get("name") or one.get("email")) for one in told.get("authors") or [] if one] or [
        line(told.get("author"))
    ]
    return Entry(
        number,
        cells,
        id=line(told.get("id")),
        url=clean(told.get("link")),
        title=_words(told, "title", one_line=True),
        summary=_words(told, "summary") or plain(contents[0].get("value")),
        published=dates[0],
        updated=dates[1] or dates[2],
        undated=next((stamp for stamp in stamps if stamp), ""),
        authors=tuple(name for name in authors if name),
        tags=[line(tag.get("term")) for tag in told.get("tags") or []],
        language=clean((told.get("title_detail") or {}).get("language") or ""),
        origin=_feed(source) if source else None,
    )


def _words(told: Any, name: str, one_line: bool = False) -> str:
    """A text of the feed, out of HTML where it is HTML."""
    value = told.get(name)
    kind = (told.get(f"{name}_detail") or {}).get("type")
    words = clean(value) if kind == "text/plain" else plain(value)
    return line(words) if one_line else words


def _when(told: Any, name: str) -> str | None:
    """A date as EDTF: as it stands where it is a plain day or less, else the instant that feedparser reads in it."""
    # feedparser answers a question for `updated` with `published` where there is no other: ask for what is there.
    written = clean(dict.get(told, name))
    if _DAY.fullmatch(written):
        return moment(written)
    parsed = dict.get(told, f"{name}_parsed")
    try:
        return datetime(*parsed[:6]).strftime("%Y-%m-%dT%H:%M:%SZ") if parsed else None  # noqa: DTZ001 (in UTC)
    except ValueError:
        return None

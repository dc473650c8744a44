"""JSON Feed, versions 1 and 1.1: its feed and its entries."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from api.formats.readers.drafts import Draft
from api.formats.readers.feed_entries import Entry, Feed, moment
from api.formats.readers.files import pieces
from api.formats.readers.files.pieces import Piece
from api.formats.readers.texts import clean, line, plain
from schemas.transfers import Reject, Unreadable

_ITEMS: Final = frozenset({("items",)})


def read(file: BinaryIO, encoding: str | None) -> tuple[Feed, Iterator[Entry | Reject]]:
    """The feed of a file, and its entries. Raises Unreadable, also for a file that breaks off."""
    # Members of the feed may stand behind its items.
    told = {piece.path[0]: piece.value for piece in pieces.read(file, encoding, _ITEMS) if piece.path}
    if "jsonfeed.org/version/" not in clean(told.get("version")):
        raise Unreadable('The file is no JSON Feed: its "version" is not https://jsonfeed.org/version/1 or 1.1.')
    url = clean(told.get("home_page_url")) or clean(told.get("feed_url"))
    return Feed(line(told.get("title")), url, clean(told.get("language"))), _entries(file, encoding)


def _entries(file: BinaryIO, encoding: str | None) -> Iterator[Entry | Reject]:
    for piece in pieces.read(file, encoding, _ITEMS):
        if piece.path != ("items",):
            continue
        if isinstance(piece.value, dict):
            yield _entry(piece, piece.value)
        else:
            draft = Draft(piece.line, "statement", {"json": piece.text})
            draft.refuse(None, None, "an item of a feed is an object", 'Such as {"id": "1", "content_text": "…"}.')
            yield draft.rejected()


def _entry(piece: Piece, told: dict[str, Any]) -> Entry:
    stamps = [clean(told.get(name)) for name in ("date_published", "date_modified")]
    authors = told.get("authors") if isinstance(told.get("authors"), list) else [told.get("author")]
    tags = told.get("tags")
    id_ = told.get("id")
    return Entry(
        piece.line,
        {"json": piece.text},
        id=line(str(id_)) if isinstance(id_, str | int) and not isinstance(id_, bool) else "",
        url=clean(told.get("url")) or clean(told.get("external_url")),
        title=line(told.get("title")),
        summary=clean(told.get("summary")) or clean(told.get("content_text")) or plain(told.get("content_html")),
        published=moment(stamps[0]),
        updated=moment(stamps[1]),
        undated=next((stamp for stamp in stamps if stamp), ""),
        authors=tuple(
            name for name in (line(one.get("name")) for one in authors or () if isinstance(one, dict)) if name
        ),
        tags=[line(tag) for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        language=clean(told.get("language")),
    )

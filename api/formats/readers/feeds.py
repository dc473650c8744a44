"""Atom, RSS and JSON Feed in: each entry is a draft for review. Nothing is fetched; what is read is the file alone.

The rules stand in docs/imports-other-formats.md.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from api.formats.readers import feed_entries, feed_json, feed_xml
from api.formats.readers.constants import constants
from api.formats.readers.files import pieces
from schemas.transfers import Reject, Row, Skipped


def read(
    file: BinaryIO, mapping: Mapping[str, str] | str | None = None, encoding: str | None = None
) -> Iterator[Row | Reject | Skipped]:
    """The rows of a feed, one draft of each entry.

    `mapping` may say actor, source, topic, confidence, event_type and external_source. Raises Unreadable.
    """
    given = constants(mapping)
    feed, entries = (feed_json if pieces.is_json(file) else feed_xml).read(file, encoding)
    for entry in entries:
        yield entry if isinstance(entry, Reject) else feed_entries.row(entry, feed, given)

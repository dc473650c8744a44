"""Readers of files: each gives rows as their POST would take them, rows that can't be taken, and rows that hold nothing."""

from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from api.formats.readers import ndjson
from schemas.transfers import ImportFormat, Reject, Row, Skipped, Unreadable


def read(
    kind: ImportFormat, file: IO[bytes], mapping: str | None, encoding: str | None
) -> Iterator[Row | Reject | Skipped]:
    """Every row of a file. Raises Unreadable, at once or on the way."""
    if kind is ImportFormat.NDJSON:
        return ndjson.read(cast(BinaryIO, file), encoding)
    raise Unreadable(f"{kind} can't be read yet{mapping or ''}.")

"""Our own lines of JSON: an object a line, as an export with `profile=content` has them, or as a POST takes them.

The member `noun` says what a line is about; without it, it is a statement, or an event where it has `"kind": "event"`.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from api.formats import lines
from schemas.transfers import Reject, Row, RowFault, Skipped

NOUNS = ("actor", "source", "topic", "affiliation", "statement", "event", "reaction", "coding")


def read(file: BinaryIO, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """Every line as a row. Raises Unreadable."""
    for parsed in lines.read(file, encoding=encoding, as_written=False):
        yield _row(parsed) if isinstance(parsed, lines.Parsed) else parsed


def _row(parsed: lines.Parsed) -> Row | Reject:
    members: dict[str, Any] = dict(parsed.members)
    cells = {"json": parsed.text}
    kind = members.get("kind") if members.get("kind") in ("statement", "event") else None
    noun = members.pop("noun", kind or "statement")
    if noun not in NOUNS:
        fault = RowFault("noun", str(noun)[:60], "this is no noun", f"One of {', '.join(NOUNS)}.")
        return Reject(parsed.line, cells, (fault,))
    if noun in ("statement", "event"):
        if kind not in (None, noun):
            fault = RowFault("kind", kind, f"the line says that it is a {noun}", "Say it once.")
            return Reject(parsed.line, cells, (fault,))
        members.pop("kind", None)
    return Row(parsed.line, noun, members, cells)

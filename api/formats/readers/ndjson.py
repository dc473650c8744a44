"""Our own lines of JSON: an object a line, as an export has them, or as a POST takes them.

The member `noun` says what a line is about; without it, it is a statement, or an event where it has `"kind": "event"`. A
line of an answer, with versions and clocks, is told by what it has, and read for its content.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, get_args

from api.formats import contents
from api.formats.readers.files import lines
from schemas.transfers import Reject, Row, RowFault, RowNoun, Skipped

NOUNS: tuple[str, ...] = get_args(RowNoun)
_KINDS = ("statement", "event")
# What only answers have, and which members tell of which noun an answer is.
_ANSWERED = "recorded_at"
_TELLING = {
    "reaction": ("from", "to"), "coding": ("statement", "coder"), "affiliation": ("actor", "group"), "topic": ("proposition",),
    "actor": ("aliases",), "source": ("reliability",),
}  # fmt: skip


def read(file: BinaryIO, _mapping: str | None = None, encoding: str | None = None) -> Iterator[Row | Reject | Skipped]:
    """Every line as a row. Raises Unreadable."""
    for parsed in lines.read(file, encoding=encoding, as_written=False):
        yield _row(parsed) if isinstance(parsed, lines.Parsed) else parsed


def _row(parsed: lines.Parsed) -> Row | Reject:
    members = dict(parsed.members)
    cells = {"json": parsed.text}
    kind = members["kind"] if members.get("kind") in _KINDS else None
    if _ANSWERED in members and "noun" not in members:
        noun = kind or next(
            (one for one, names in _TELLING.items() if all(name in members for name in names)), "statement"
        )
        version = members.get("version")
        stood = version if type(version) is int else None
        return Row(parsed.line, noun, _content(noun, members), cells, version=stood)  # type: ignore[arg-type]
    noun = members.pop("noun", kind or "statement")
    if noun not in NOUNS:
        fault = RowFault("noun", str(noun)[:60], "this is no noun", f"One of {', '.join(NOUNS)}.")
        return Reject(parsed.line, cells, (fault,))
    if noun in _KINDS:
        if kind not in (None, noun):
            fault = RowFault("kind", kind, f"the line says that it is a {noun}", "Say it once.")
            return Reject(parsed.line, cells, (fault,))
        members.pop("kind", None)
    return Row(parsed.line, noun, members, cells)


def _content(noun: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer says, without what follows from it; one that lacks members is for the checks of any row."""
    try:
        said = contents.content(noun, members)
    except KeyError:
        return dict(members)
    del said["noun"]
    return said

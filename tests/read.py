"""What tests of readers do: read bytes, look at one thing, and see that a row is one that its POST takes."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pytest

from api.store import grades
from api.store.shorts import expand
from schemas.actors import ActorCreate
from schemas.events import EventCreate
from schemas.reactions import ReactionCreate
from schemas.sources import SourceCreate
from schemas.statements import StatementCreate
from schemas.topics import TopicCreate
from schemas.transfers import Reject, Row, Skipped, Unreadable

Json = dict[str, Any]
Read = Row | Reject | Skipped
Reader = Callable[[BinaryIO, Mapping[str, str] | str | None, str | None], Iterator[Read]]
Kind = TypeVar("Kind", Row, Reject, Skipped)

SHAPES: dict[str, Any] = {"statement": StatementCreate, "event": EventCreate, "reaction": ReactionCreate}
NOUNS: dict[str, Any] = {"actor": ActorCreate, "source": SourceCreate, "topic": TopicCreate}


def read(reader: Reader, content: bytes | Path, mapping: Mapping[str, str] | None = None) -> list[Read]:
    """All that a reader gives; every row of it fits."""
    file = io.BytesIO(content if isinstance(content, bytes) else content.read_bytes())
    found = [*reader(file, mapping, None)]
    for row in found:
        if isinstance(row, Row):
            fits(row, mapping or {})
        else:
            assert isinstance(row, Reject | Skipped)
            assert row.line >= 1
    return found


def refusal(reader: Reader, content: bytes, mapping: Mapping[str, str] | None = None) -> str:
    """Why a file as a whole is refused: one or two sentences in plain words."""
    with pytest.raises(Unreadable) as refused:
        read(reader, content, mapping)
    told = str(refused.value)
    assert told.endswith((".", "?"))
    assert len(told) < 500
    return told


def only(found: list[Read], kind: type[Kind]) -> Kind:
    """The one thing of its kind that was read."""
    (one,) = [row for row in found if isinstance(row, kind)]
    return one


def of(found: list[Read], kind: type[Kind]) -> list[Kind]:
    """What was read of one kind."""
    return [row for row in found if isinstance(row, kind)]


def told(row: Row | Reject) -> str:
    """Everything that is said of a row."""
    faults = row.warnings if isinstance(row, Row) else row.faults
    return "\n".join(f"{fault.column}: {fault.message} {fault.hint or ''}" for fault in faults)


def fits(row: Row, given: Mapping[str, str]) -> None:
    """See that its POST takes the row, and that it needs each noun before it names it."""
    # An id goes beside the body; the import takes it out.
    long, _, found = expand({name: value for name, value in row.body.items() if name != "id"})
    assert not found
    SHAPES[row.noun].model_validate(long)
    assert not grades.faults(long)
    assert row.noun == "reaction" or long.get("citations")
    assert row.noun != "statement" or long.get("topics")
    assert all(isinstance(value, str) for value in row.cells.values())
    assert set(row.columns) <= set(row.body)
    known = {(noun, slug) for noun, slug in given.items()}
    for need in row.needs:
        NOUNS[need.noun].model_validate(need.body)
        assert ("actor", need.body.get("owner")) in known or "owner" not in need.body
        known.add((need.noun, need.body["slug"]))
    assert _named(long) <= known


def _named(body: Json) -> set[tuple[str, str]]:
    actors = [body.get("actor"), body.get("on_behalf_of"), *(one["actor"] for one in body.get("participants", []))]
    topics = [one["topic"] for one in body.get("topics", [])]
    sources = [one["source"] for one in body.get("citations", [])]
    groups = {"actor": actors, "topic": topics, "source": sources}
    return {(noun, slug) for noun, slugs in groups.items() for slug in slugs if slug is not None}

"""What a reader of files gave, held against the shapes that its rows are to be written with."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

from pydantic import BaseModel

from api.store.shorts import expand
from schemas.actors import ActorCreate
from schemas.affiliations import AffiliationCreate
from schemas.events import EventCreate
from schemas.sources import SourceCreate
from schemas.statements import StatementCreate
from schemas.topics import TopicCreate
from schemas.transfers import Reject, Row, Skipped

Read = Callable[[BinaryIO], Iterator[Row | Reject | Skipped]]
_NOUNS: dict[str, type[BaseModel]] = {"actor": ActorCreate, "source": SourceCreate, "topic": TopicCreate}
_RECORDS: dict[str, type[BaseModel]] = {"statement": StatementCreate, "event": EventCreate}


def taken(read: Read, content: bytes) -> list[Row | Reject | Skipped]:
    """All that a reader gives of a file, each row of it checked."""
    return [*checked(read(io.BytesIO(content)))]


def one(read: Read, content: bytes) -> Row:
    """The one row of a file that has one."""
    (row,) = taken(read, content)
    assert isinstance(row, Row), row
    return row


def refused(read: Read, content: bytes) -> Reject:
    """The one row of a file whose row can't be taken."""
    (row,) = taken(read, content)
    assert isinstance(row, Reject), row
    return row


def checked(rows: Iterable[Row | Reject | Skipped]) -> Iterator[Row | Reject | Skipped]:
    """The same, each row's body taken by its shape, and every noun that it names needed before it is named."""
    for row in rows:
        if isinstance(row, Row):
            check(row)
        elif isinstance(row, Reject):
            assert row.faults, row
        yield row


def check(row: Row) -> None:
    """Refuse a row that could not be written as it stands, if the database had nothing."""
    body, _, faults = expand(row.body)
    assert not faults
    _RECORDS[row.noun].model_validate(body)
    made: set[tuple[str, str]] = set()
    for need in row.needs:
        _NOUNS[need.noun].model_validate(need.body)
        for group in need.groups:
            AffiliationCreate.model_validate(group)
            assert ("actor", group["group"]) in made, row
        if need.body.get("parent"):
            assert ("topic", need.body["parent"]) in made, row
        made.add((need.noun, need.body["slug"]))
    assert named(body) <= made, row
    for member, (column, value) in row.columns.items():
        assert row.cells[column] == value, member


def named(body: dict[str, Any]) -> set[tuple[str, str]]:
    """The nouns that a record's body names."""
    actors = [body["actor"], body.get("on_behalf_of"), *(one["actor"] for one in body.get("participants", []))]
    return (
        {("actor", slug) for slug in actors if slug}
        | {("source", one["source"]) for one in body["citations"]}
        | {("topic", one["topic"]) for one in body.get("topics", [])}
    )
